/* SPDX-License-Identifier: Apache-2.0 */
/* Clock events: a pure function of the records. */
#include "workflow_int.h"

#include <string.h>

/* Keep the earlier of two; ties go by REGULATION 4's order of calls. */
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
offer_term(const struct dossier *d, struct flow_due *best)
{
	struct err e = ERR_INIT;
	struct jday last;

	if (!dossier_in_force(d) ||
	    jday_parse(d->certification.valid_through, &last, &e) < 0)
		return;
	offer(best, instant_of_jday(jday_add_days(last, 1)), M_CERTIFICATION,
	    "term_ends", "1");
}

bool
flow_next_due(const struct dossier *d, struct flow_due *out)
{
	struct flow_due best = { 0 };

	offer_term(d, &best);
	if (dossier_state(d, M_FEE, "1") == S_FEE_DUE)
		offer(&best, d->fee_due_at, M_FEE, "due_passed", "1");
	for (size_t i = 0; i < d->n_decisions; i++) {
		const struct dossier_decision *dec = &d->decisions[i];
		enum state s = dossier_state(d, M_DECISION, dec->id);

		if (s == S_DEC_OPEN || s == S_DEC_APPROVED)
			offer(&best, dec->expires_at, M_DECISION, "ttl_passed",
			    dec->id);
	}
	if (best.at == 0)
		return false;
	*out = best;
	return true;
}
