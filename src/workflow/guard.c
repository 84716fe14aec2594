/* SPDX-License-Identifier: Apache-2.0 */
/* Guards: one function a name of REGULATION 8. */
#include "workflow_int.h"

#include <stdio.h>
#include <string.h>

static bool
quota_ok(const struct guard_in *in)
{
	return in->facts->quota_ok;
}

static bool
hash_matches(const struct guard_in *in)
{
	return in->facts->hash_matches;
}

static bool
archive_safe(const struct guard_in *in)
{
	return in->facts->archive_safe;
}

static bool
may_apply(const struct guard_in *in)
{
	return in->facts->may_apply;
}

static bool
window_ok(const struct guard_in *in)
{
	return in->facts->window_ok;
}

static bool
complete(const struct guard_in *in)
{
	return in->facts->complete;
}

static bool
overdue(const struct guard_in *in)
{
	const struct dossier *d = in->d;
	int64_t now = in->act->now;
	enum state app = dossier_state(d, M_APPLICATION, "1");

	if (dossier_state(d, M_FEE, "1") == S_FEE_OVERDUE)
		return true;
	return app == S_APP_CORRECTING && d->correction_due_at != 0 &&
	    now >= d->correction_due_at;
}

static bool
fee_paid(const struct guard_in *in)
{
	return dossier_state(in->d, M_FEE, "1") == S_FEE_PAID;
}

/* The last bundle is stored and nothing in it is left to be put right. */
static bool
intake_ok(const struct guard_in *in)
{
	const struct dossier_machine *b = dossier_last(in->d, M_BUNDLE);

	return b != NULL && b->state == S_BUNDLE_STORED && in->d->complete &&
	    in->d->to_correct == 0;
}

static bool
art8_bar(const struct guard_in *in)
{
	return in->facts->art8_bar;
}

/* How many criteria are judged, met, and unmet with a reason. */
struct review_count {
	size_t all, judged, met, reasoned;
};

static struct review_count
review_count(const struct guard_in *in)
{
	const struct json *review = jsonx_get(in->act->data, "review");
	const struct scheme *s = in->facts->criteria != NULL
	    ? in->facts->criteria
	    : in->facts->scheme;
	struct review_count n = { 0 };

	for (size_t i = 0; s != NULL && i < s->n_criteria; i++) {
		const struct json *row = jsonx_get(review, s->criteria[i].id);
		const char *reason = jsonx_get_str(row, "reason");
		bool judged =
		    jsonx_kind(jsonx_get(row, "met")) == JSON_KIND_BOOL;
		bool met = jsonx_get_bool(row, "met", false);

		n.all++;
		n.judged += judged;
		n.met += met;
		n.reasoned +=
		    judged && !met && reason != NULL && reason[0] != '\0';
	}
	return n;
}

static bool
report_signed(const struct guard_in *in)
{
	struct review_count n = review_count(in);

	return n.all > 0 && n.judged == n.all;
}

static bool
criteria_met(const struct guard_in *in)
{
	struct review_count n = review_count(in);

	return n.all > 0 && n.met == n.all;
}

static bool
reasons_given(const struct guard_in *in)
{
	struct review_count n = review_count(in);
	const char *reasons = jsonx_get_str(in->act->data, "reasons");

	return n.judged - n.met == n.reasoned && reasons != NULL &&
	    reasons[0] != '\0';
}

static bool
proposal_certify(const struct guard_in *in)
{
	return dossier_decision_live(in->d, "certify") != NULL;
}

/* A decision about one instance permits its word there and nowhere else. */
static bool
decision_fits(const struct guard_in *in, const struct dossier_decision *dec)
{
	return dec->instance[0] == '\0' ||
	    (strcmp(dec->instance, in->instance) == 0 &&
		strcmp(dec->outcome, in->row->event) == 0);
}

static bool
approved(const struct guard_in *in)
{
	const char *proved = in->facts->decision;
	const struct dossier_decision *dec = proved == NULL
	    ? dossier_decision_live(in->d, in->row->kind)
	    : dossier_decision_find(in->d, proved);

	if (dec != NULL && strcmp(dec->kind, in->row->kind) != 0)
		return false;
	if (dec != NULL && !decision_fits(in, dec))
		return false;
	return dec != NULL &&
	    dossier_state(in->d, M_DECISION, dec->id) == S_DEC_APPROVED;
}

static bool
amount_ok(const struct guard_in *in)
{
	int64_t paid = jsonx_get_int(in->act->data, "amount", 0);

	return paid > 0 && in->d->fee_received + paid >= in->d->fee_amount;
}

static bool
verdict(const struct guard_in *in, unsigned bit)
{
	return in->facts->approvals_checked &&
	    (in->facts->approvals_failed & bit) == 0;
}

static bool
signature_valid(const struct guard_in *in)
{
	return verdict(in, FLOW_APPROVAL_SIGNATURE);
}

static bool
role_ok(const struct guard_in *in)
{
	return verdict(in, FLOW_APPROVAL_ROLE);
}

static bool
not_proposer(const struct guard_in *in)
{
	return verdict(in, FLOW_APPROVAL_PROPOSER);
}

static bool
distinct(const struct guard_in *in)
{
	return verdict(in, FLOW_APPROVAL_DISTINCT);
}

static bool
no_conflict(const struct guard_in *in)
{
	return verdict(in, FLOW_APPROVAL_CONFLICT);
}

static bool
basis_current(const struct guard_in *in)
{
	return in->facts->basis_current;
}

static bool
quorum_reached(const struct guard_in *in)
{
	return in->facts->quorum_reached;
}

static bool
approvals_verified(const struct guard_in *in)
{
	return in->facts->approvals_verified;
}

/* All artefacts that were ordered are signed, by the plan's end. */
static bool
artefacts_signed(const struct guard_in *in)
{
	const struct dossier *d = in->d;
	bool any = false;

	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];

		if (m->machine != M_ARTEFACT)
			continue;
		if (flow_plan_state(in->plan, d, M_ARTEFACT, m->instance) ==
		    S_ART_ORDERED)
			return false;
		any = true;
	}
	return any;
}

static bool
in_force(const struct guard_in *in)
{
	return dossier_in_force(in->d);
}

/* "2,7": items of Art. 17(1), rising. */
static bool
grounds_read(const char *text, bool out[10])
{
	int last = 0;

	for (const char *p = text; *p != '\0'; p++) {
		int g = *p - '0';

		if (g < 1 || g > 9 || g <= last)
			return false;
		out[g] = true;
		last = g;
		if (p[1] == '\0')
			return true;
		if (*++p != ',')
			return false;
	}
	return false;
}

/*
 * Items with evidence; items 4 to 7 need the finding that there was no just
 * reason (a false answer under item 6 needs none).
 */
static bool
ground_shown(const struct guard_in *in)
{
	const struct json *data = in->act->data;
	const char *grounds = jsonx_get_str(data, "grounds");
	const struct dossier_decision *dec =
	    dossier_decision_live(in->d, "revoke");
	bool item[10] = { false };
	bool no_just = jsonx_get_bool(data, "no_just_reason", false);
	bool false_answer = jsonx_get_bool(data, "false_answer", false);

	if (grounds == NULL && dec != NULL)
		return grounds_read(dec->grounds, item);
	if (grounds == NULL || !grounds_read(grounds, item))
		return false;
	if (jsonx_len(jsonx_get(data, "evidence")) == 0)
		return false;
	if (item[4] || item[5] || item[7])
		return no_just;
	return !item[6] || no_just || false_answer;
}

/* Art. 11(2): a part of what is published, and none that never waits. */
static bool
partial(const struct guard_in *in)
{
	return in->facts->partial;
}

static bool
may_withhold(const struct guard_in *in)
{
	const struct scheme *s = in->facts->criteria != NULL
	    ? in->facts->criteria
	    : in->facts->scheme;

	return s != NULL && scheme_may_withhold(s, in->instance);
}

/* A flag of the machine's first instance. */
static bool
flag_is_set(const struct guard_in *in, enum machine m, enum flow_flag flag)
{
	const struct dossier_machine *found = dossier_last(in->d, m);

	return found != NULL && (found->flags & (unsigned)flag) != 0;
}

static bool
two_person_check(const struct guard_in *in)
{
	return in->facts->two_person_check;
}

static bool
base_valid(const struct guard_in *in)
{
	return in->facts->base_valid;
}

static bool
renewal_pending(const struct guard_in *in)
{
	return in->facts->renewal_pending;
}

static bool
next_term(const struct guard_in *in)
{
	return flag_is_set(in, M_CERTIFICATION, FLAG_NEXT_TERM);
}

static bool
renewal(const struct guard_in *in)
{
	return in->facts->renewal;
}

static bool
survey_open(const struct guard_in *in)
{
	return flag_is_set(in, M_APPLICATION, FLAG_SURVEY_OPEN);
}

static bool
opinion_open(const struct guard_in *in)
{
	return flag_is_set(in, M_APPLICATION, FLAG_OPINION_OPEN);
}

static bool
committee_quorum(const struct guard_in *in)
{
	return in->facts->committee_quorum;
}

static bool
before_end(const struct guard_in *in)
{
	return in->facts->before_end;
}

static bool
gap_allowed(const struct guard_in *in)
{
	return in->facts->gap_allowed;
}

static bool
continuation(const struct guard_in *in)
{
	return flag_is_set(in, M_CERTIFICATION, FLAG_CONTINUATION);
}

static bool
event_before_end(const struct guard_in *in)
{
	return in->facts->event_before_end;
}

static bool
succession(const struct guard_in *in)
{
	return in->facts->succession;
}

static bool
form_ok(const struct guard_in *in)
{
	return in->facts->form_ok;
}

static bool
paper_attached(const struct guard_in *in)
{
	return in->facts->paper_attached;
}

static bool
end_reached(const struct guard_in *in)
{
	return in->facts->end_reached;
}

static bool
revocation_proposed(const struct guard_in *in)
{
	return in->facts->revocation_proposed;
}

static bool
insufficient(const struct guard_in *in)
{
	return flag_is_set(in, M_COMPLIANCE, FLAG_INSUFFICIENT);
}

static bool
measures_done(const struct guard_in *in)
{
	return in->facts->measures_done;
}

static bool
confirmed(const struct guard_in *in)
{
	return in->facts->confirmed;
}

static bool
ended(const struct guard_in *in)
{
	return flag_is_set(in, M_MARK, FLAG_ENDED);
}

static bool
legal(const struct guard_in *in)
{
	return in->facts->legal;
}

static bool
notice_enough(const struct guard_in *in)
{
	return in->facts->notice_enough;
}

static bool
notice_elapsed(const struct guard_in *in)
{
	return in->facts->notice_elapsed;
}

static bool
knowledge_shown(const struct guard_in *in)
{
	return in->facts->knowledge_shown;
}

static bool
consented(const struct guard_in *in)
{
	return in->facts->consented;
}

static bool
order_executed(const struct guard_in *in)
{
	return in->facts->order_executed;
}

static bool
exception_shown(const struct guard_in *in)
{
	return in->facts->exception_shown;
}

static bool
by_consent(const struct guard_in *in)
{
	return in->facts->by_consent;
}

static bool
within_scope(const struct guard_in *in)
{
	return in->facts->within_scope;
}

static const struct {
	const char *name;
	bool (*holds)(const struct guard_in *in);
} guards[G_MAX] = {
	[G_NONE] = { "", NULL },
#define GUARD(id, name, fn) [G_##id] = { name, fn },
#include "nintei/flow_guards.inc"
#undef GUARD
};

const char *
guard_name(enum guard g)
{
	return guards[(unsigned)g < G_MAX ? g : G_NONE].name;
}

size_t
guards_failed(const struct guard_in *in, enum guard failed[FLOW_GUARDS])
{
	size_t n = 0;

	for (size_t i = 0; i < FLOW_GUARDS && in->row->guards[i] != 0; i++) {
		int g = in->row->guards[i];
		enum guard id = (enum guard)(g < 0 ? -g : g);

		if (guards[id].holds(in) == (g < 0))
			failed[n++] = id;
	}
	return n;
}

void
guards_text(const struct flow_row *row, char *out, size_t cap)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < FLOW_GUARDS && row->guards[i] != 0; i++) {
		int g = row->guards[i];
		bool of_kind = g == G_APPROVED && row->kind != NULL;
		int n = snprintf(out + used, cap - used, "%s%s%s%s%s%s",
		    i > 0 ? " " : "", g < 0 ? "!" : "",
		    guard_name((enum guard)(g < 0 ? -g : g)),
		    of_kind ? "(" : "", of_kind ? row->kind : "",
		    of_kind ? ")" : "");

		if (n < 0 || (size_t)n >= cap - used)
			return;
		used += (size_t)n;
	}
}
