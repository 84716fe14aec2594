/* SPDX-License-Identifier: Apache-2.0 */
/* Guards of a certified service: its term, its end, compliance, the mark. */
#include "workflow_int.h"

#include "nintei/themes.h"

bool
guard_in_force(const struct guard_in *in)
{
	return dossier_in_force(in->d);
}

bool
guard_continuation(const struct guard_in *in)
{
	return guard_is(in->d, M_CERTIFICATION, FLAG_CONTINUATION);
}

/* Decided before D 24:00 (Art. 12(2)). */
bool
guard_before_end(const struct guard_in *in)
{
	int64_t end = day_end(in->d->certification.valid_through);

	return end != 0 && in->act->now < end;
}

bool
guard_gap_allowed(const struct guard_in *in)
{
	struct params p;

	guard_policy(in->facts, &p);
	return p.gap_renewal == POLICY_RENEW;
}

/* --- succession and termination --- */

/* What the act is about; of an effect, what its word is about. */
static const char *
word_instance(const struct guard_in *in, enum machine m)
{
	if (in->row->machine == m)
		return in->instance;
	return in->plan->primary.machine == m ? in->plan->primary.instance : "";
}

/* A day that has come, and not before the certification. */
static bool
is_of_life(const struct guard_in *in, const char *day)
{
	int64_t at = day_begin(day);

	return at != 0 && at <= in->act->now &&
	    at >= day_begin(in->d->certification.certified_on);
}

bool
guard_succession(const struct guard_in *in)
{
	const struct dossier_succession *s =
	    dossier_succession_find(in->d, in->instance);
	struct theme_succession what;
	struct params p;

	if (s == NULL || s->evidence == 0 || !is_of_life(in, s->event_day))
		return false;
	guard_policy(in->facts, &p);
	what.kind = s->kind;
	what.survivor = s->survivor;
	what.handed_over = s->handed_over;
	return theme_is_succession(&p, &what);
}

bool
guard_event_before_end(const struct guard_in *in)
{
	const struct dossier_succession *s =
	    dossier_succession_find(in->d, word_instance(in, M_SUCCESSION));
	int64_t day = s == NULL ? 0 : day_begin(s->event_day);

	return day != 0 && in->d->certification.ended_at != 0 &&
	    day < in->d->certification.ended_at;
}

/*
 * The body's form with the last day of the service (Art. 13(2)), which is not
 * before the certification: what was over then is not ended by a notice.
 */
bool
guard_form_ok(const struct guard_in *in)
{
	const char *day = jsonx_get_str(in->act->data, "last_day");
	const char *since = in->d->certification.certified_on;

	return day != NULL && day_begin(day) != 0 &&
	    day_begin(day) >= day_begin(since);
}

/* Every paper in hand came back, or its loss was stated. */
static bool
papers_are_back(const struct dossier *d, bool loss_counts, bool loss_now)
{
	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];
		bool held = m->state == S_PAPER_HELD || m->state == S_PAPER_DUE;

		if (m->machine != M_PAPER)
			continue;
		if ((held && !loss_now) ||
		    (m->state == S_PAPER_LOST && !loss_counts))
			return false;
	}
	return true;
}

bool
guard_paper_attached(const struct guard_in *in)
{
	const char *said = jsonx_get_str(in->act->data, "paper");
	bool loss = said != NULL && strcmp(said, "loss_statement") == 0;
	struct params p;

	guard_policy(in->facts, &p);
	return papers_are_back(in->d, p.loss_statement_accepted,
	    loss && p.loss_statement_accepted);
}

bool
guard_end_reached(const struct guard_in *in)
{
	const struct dossier_termination *t =
	    dossier_termination_find(in->d, in->instance);
	int64_t end = t == NULL ? 0 : day_end(t->last_day);

	return end != 0 && in->act->now >= end;
}

/* What the confirmation recorded says whether a proposal holds it back. */
bool
guard_revocation_proposed(const struct guard_in *in)
{
	const struct dossier_termination *t =
	    dossier_termination_find(in->d, in->instance);

	return dossier_state(in->d, M_COMPLIANCE, "1") == S_COMP_PROPOSED &&
	    (t == NULL || t->waits);
}

/* --- compliance --- */

bool
guard_insufficient(const struct guard_in *in)
{
	return guard_is(in->d, M_COMPLIANCE, FLAG_INSUFFICIENT);
}

/* Shown when it was proposed; then the decision names the same grounds. */
bool
guard_ground_shown(const struct guard_in *in)
{
	const struct dossier_decision *dec = NULL;
	struct theme_record record;
	struct params p;

	theme_record_of(in->d, &record);
	guard_policy(in->facts, &p);
	if (strcmp(in->row->event, "propose_revocation") == 0)
		return theme_grounds_missing(&p, &record, in->act->data) == 0;
	dec = guard_decision(in);
	return dec != NULL && theme_grounds_read(dec->grounds) != 0;
}

bool
guard_measures_done(const struct guard_in *in)
{
	const struct dossier_emergency *m =
	    dossier_emergency_find(in->d, in->instance);

	return m != NULL && m->progress > 0 && m->cause && m->measures;
}

/* --- the mark --- */

bool
guard_ended(const struct guard_in *in)
{
	return guard_is(in->d, M_MARK, FLAG_ENDED);
}

/* A person saw what breaks one of 10(1) to (6). */
bool
guard_confirmed(const struct guard_in *in)
{
	struct err e = ERR_INIT;
	unsigned broken;

	return in->facts->scheme != NULL &&
	    theme_mark_breaches(in->facts->scheme, in->act->data,
		guard_ended(in), &broken, &e) == 0 &&
	    broken != 0;
}
