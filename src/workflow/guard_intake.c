/* SPDX-License-Identifier: Apache-2.0 */
/* Guards of intake and application. */
#include "workflow_int.h"

#include "nintei/scheme.h"

bool
guard_quota_ok(const struct guard_in *in)
{
	return in->facts->quota_ok;
}

bool
guard_hash_matches(const struct guard_in *in)
{
	return in->facts->hash_matches;
}

bool
guard_archive_safe(const struct guard_in *in)
{
	return in->facts->archive_safe;
}

bool
guard_two_person_check(const struct guard_in *in)
{
	return in->facts->two_person_check;
}

bool
guard_may_apply(const struct guard_in *in)
{
	return in->facts->may_apply;
}

bool
guard_complete(const struct guard_in *in)
{
	return in->facts->complete;
}

bool
guard_art8_bar(const struct guard_in *in)
{
	return in->facts->art8_bar;
}

bool
guard_partial(const struct guard_in *in)
{
	return in->facts->partial;
}

bool
guard_base_valid(const struct guard_in *in)
{
	return in->facts->base != NULL &&
	    dossier_state(in->facts->base, M_CERTIFICATION, "1") ==
	    S_CERT_VALID;
}

bool
guard_renewal_pending(const struct guard_in *in)
{
	return in->facts->pending_renewal != NULL &&
	    in->facts->pending_renewal[0] != '\0';
}

/* Of the case itself, or of the base that a renewal would continue. */
bool
guard_next_term(const struct guard_in *in)
{
	const struct dossier *d =
	    in->row->machine == M_APPLICATION ? in->facts->base : in->d;

	return guard_is(d, M_CERTIFICATION, FLAG_NEXT_TERM);
}

/* A case that was opened for a base; an act that opens one says its kind. */
bool
guard_renewal(const struct guard_in *in)
{
	const char *kind = jsonx_get_str(in->act->data, "kind");

	return in->d->base[0] != '\0' || strcmp(in->d->kind, "renewal") == 0 ||
	    (kind != NULL && strcmp(kind, "renewal") == 0);
}

/* --- the window of Art. 12(1) --- */

/* L 142, of papers: a close on a day without business moves on. */
static struct jday
paper_close(struct jday closes, const struct params *p)
{
	while (p->paper_on_holiday_next_day && !business_day(closes))
		closes = jday_add_days(closes, 1);
	return closes;
}

static bool
is_paper(const struct guard_in *in)
{
	return strncmp(in->row->event, "submit_paper", 12) == 0;
}

/* A paper counts by its arrival stamp, or by its postmark. */
static int64_t
received(const struct guard_in *in, const struct params *p)
{
	const char *postmark = jsonx_get_str(in->act->data, "postmark");
	int64_t stamp = fold_instant(in->act->data, "received_at");

	if (!is_paper(in))
		return in->act->now;
	if (p->paper_arrival == POLICY_POSTMARK && postmark != NULL)
		return day_begin(postmark);
	return stamp;
}

/* Officers may let in what an outage kept outside, not what came too soon. */
static bool
late_is_allowed(const struct guard_in *in, const struct params *p)
{
	const struct dossier *base = in->facts->base;
	const struct dossier_decision *dec =
	    dossier_decision_live(base, "late_allowed");

	return p->late_renewal != POLICY_NEVER && dec != NULL &&
	    in->facts->approvals_verified &&
	    dossier_state(base, M_DECISION, dec->id) == S_DEC_APPROVED;
}

bool
guard_window_ok(const struct guard_in *in)
{
	const struct dossier *base = in->facts->base;
	struct term_rule rule;
	struct params p;
	struct err e = ERR_INIT;
	struct jday last;
	struct term t;
	int64_t at;

	if (!guard_renewal(in))
		return true;
	if (base == NULL || in->facts->scheme == NULL ||
	    jday_parse(base->certification.valid_through, &last, &e) < 0)
		return false;
	guard_policy(in->facts, &p);
	rule = scheme_term_rule(in->facts->scheme);
	term_window(last, &rule, &t);
	if (is_paper(in))
		t.window_closes = paper_close(t.window_closes, &p);
	at = received(in, &p);
	if (at == 0 || term_window_open(&t, at))
		return at != 0;
	return at >= instant_of_jday(jday_add_days(t.window_closes, 1)) &&
	    late_is_allowed(in, &p);
}

/* --- the application --- */

bool
guard_overdue(const struct guard_in *in)
{
	const struct dossier *d = in->d;
	int64_t now = in->act->now;
	enum state app = dossier_state(d, M_APPLICATION, "1");

	if (dossier_state(d, M_FEE, "1") == S_FEE_OVERDUE)
		return true;
	return app == S_APP_CORRECTING && d->correction_due_at != 0 &&
	    now >= d->correction_due_at;
}

bool
guard_fee_paid(const struct guard_in *in)
{
	return dossier_state(in->d, M_FEE, "1") == S_FEE_PAID;
}

/* The last bundle is stored and nothing in it is left to be put right. */
bool
guard_intake_ok(const struct guard_in *in)
{
	const struct dossier_machine *b = dossier_last(in->d, M_BUNDLE);

	return b != NULL && b->state == S_BUNDLE_STORED && in->d->complete &&
	    in->d->to_correct == 0;
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

bool
guard_report_signed(const struct guard_in *in)
{
	struct review_count n = review_count(in);

	return n.all > 0 && n.judged == n.all;
}

bool
guard_criteria_met(const struct guard_in *in)
{
	struct review_count n = review_count(in);

	return n.all > 0 && n.met == n.all;
}

bool
guard_reasons_given(const struct guard_in *in)
{
	struct review_count n = review_count(in);
	const char *reasons = jsonx_get_str(in->act->data, "reasons");

	return n.judged - n.met == n.reasoned && reasons != NULL &&
	    reasons[0] != '\0';
}

bool
guard_proposal_certify(const struct guard_in *in)
{
	return dossier_decision_live(in->d, "certify") != NULL;
}

bool
guard_amount_ok(const struct guard_in *in)
{
	int64_t paid = jsonx_get_int(in->act->data, "amount", 0);

	return paid > 0 && in->d->fee_received + paid >= in->d->fee_amount;
}

bool
guard_survey_open(const struct guard_in *in)
{
	return guard_is(in->d, M_APPLICATION, FLAG_SURVEY_OPEN);
}

bool
guard_opinion_open(const struct guard_in *in)
{
	return guard_is(in->d, M_APPLICATION, FLAG_OPINION_OPEN);
}

bool
guard_may_withhold(const struct guard_in *in)
{
	const struct scheme *s = in->facts->criteria != NULL
	    ? in->facts->criteria
	    : in->facts->scheme;

	return s != NULL && scheme_may_withhold(s, in->instance);
}
