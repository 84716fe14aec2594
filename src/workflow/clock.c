/* SPDX-License-Identifier: Apache-2.0 */
/* Clock events: a pure function of the records. */
#include "workflow_int.h"

/*
 * Keep the earlier of two; ties go by REGULATION 4's order of calls:
 * rules.effective, term events, end_of_term, take_effect, due and ttl, notices.
 */
static void
offer(struct flow_due *best, int64_t at, enum machine m, const char *event,
    const char *instance)
{
	if (at == 0 || (best->at != 0 && best->at <= at))
		return;
	best->at = at;
	best->machine = m;
	best->event = event;
	word_copy(best->instance, sizeof(best->instance), instance);
}

static void
offer_rules(const struct dossier *d, struct flow_due *best)
{
	for (size_t i = 0; i < d->n_rules; i++) {
		const struct dossier_rules *r = &d->rules[i];

		if (dossier_state(d, M_RULES, r->instance) == S_RULES_ANNOUNCED)
			offer(best, day_begin(r->effective_from), M_RULES,
			    "effective", r->instance);
	}
}

/* What the end of the present term brings. */
static void
offer_term(const struct dossier *d, struct flow_due *best)
{
	enum state s = dossier_state(d, M_CERTIFICATION, "1");
	const char *event = "term_ends";

	if (s != S_CERT_ISSUING && s != S_CERT_VALID)
		return;
	if (s == S_CERT_VALID && guard_is(d, M_CERTIFICATION, FLAG_NEXT_TERM))
		event = "next_term_begins";
	else if (s == S_CERT_VALID &&
	    guard_is(d, M_CERTIFICATION, FLAG_CONTINUATION))
		event = "term_ends_continued";
	offer(best, day_end(d->certification.valid_through), M_CERTIFICATION,
	    event, "1");
}

/* Certificates of a continuation have an end of their own. */
static void
offer_artefacts(const struct dossier *d, struct flow_due *best)
{
	for (size_t i = 0; i < d->n_artefacts; i++) {
		const struct dossier_artefact *a = &d->artefacts[i];
		enum state s = dossier_state(d, M_ARTEFACT, a->instance);

		if (a->continuation && a->not_after != 0 &&
		    (s == S_ART_SIGNED || s == S_ART_DELIVERED))
			offer(best, a->not_after + 1, M_ARTEFACT, "end_of_term",
			    a->instance);
	}
}

static void
offer_terminations(const struct dossier *d, struct flow_due *best)
{
	bool proposed = dossier_state(d, M_COMPLIANCE, "1") == S_COMP_PROPOSED;

	for (size_t i = 0; i < d->n_terminations; i++) {
		const struct dossier_termination *t = &d->terminations[i];

		if (dossier_state(d, M_TERMINATION, t->instance) ==
			S_TERMINATION_SCHEDULED &&
		    !(proposed && t->waits))
			offer(best, day_end(t->last_day), M_TERMINATION,
			    "take_effect", t->instance);
	}
}

static void
offer_decisions(const struct dossier *d, struct flow_due *best)
{
	for (size_t i = 0; i < d->n_decisions; i++) {
		const struct dossier_decision *dec = &d->decisions[i];
		enum state s = dossier_state(d, M_DECISION, dec->id);

		if (s == S_DEC_OPEN || s == S_DEC_APPROVED)
			offer(best, dec->expires_at, M_DECISION, "ttl_passed",
			    dec->id);
	}
}

static void
offer_due(const struct dossier *d, struct flow_due *best)
{
	const struct dossier_compliance *c = &d->compliance;

	if (dossier_state(d, M_FEE, "1") == S_FEE_DUE)
		offer(best, d->fee_due_at, M_FEE, "due_passed", "1");
	if (c->silence_counts)
		offer(best, c->inquiry_due_at, M_COMPLIANCE, "due_passed", "1");
	offer(best, c->improvement_due_at, M_COMPLIANCE, "due_passed", "1");
	for (size_t i = 0; i < d->n_emergencies; i++)
		offer(best, d->emergencies[i].progress_due_at, M_EMERGENCY,
		    "progress_due_passed", d->emergencies[i].instance);
	offer_decisions(d, best);
	if (dossier_state(d, M_TICKET, "1") == S_TICKET_ANSWERED)
		offer(best, d->ticket_close_at, M_TICKET, "close", "1");
}

static void
offer_notices(const struct dossier *d, struct flow_due *best)
{
	for (size_t i = 0; i < d->n_notices; i++)
		offer(best, d->notices[i].unread_at, M_NOTICE, "unread",
		    d->notices[i].instance);
}

bool
flow_next_due(const struct dossier *d, struct flow_due *out)
{
	struct flow_due best = { 0 };

	offer_rules(d, &best);
	offer_term(d, &best);
	offer_artefacts(d, &best);
	offer_terminations(d, &best);
	offer_due(d, &best);
	offer_notices(d, &best);
	if (best.at == 0)
		return false;
	*out = best;
	return true;
}
