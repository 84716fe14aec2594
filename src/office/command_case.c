/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of an application: correction, fee, review, withholding. */
#include "command_int.h"

#include "nintei/derive_versions.h"
#include "nintei/term.h"

/* The due date of a correction: data.due, or the policy's days. */
int
prepare_correction(struct command *c, struct err *e)
{
	const struct scheme *s =
	    derive_scheme(c->v->o->schemes, c->d, c->v->now);
	const char *due = jsonx_get_str(c->w.data, "due");
	struct jday day;
	int64_t at = end_of_day_after(
	    c->v->now, s == NULL ? 14 : s->params.correction_days);

	if (due != NULL) {
		if (jday_parse(due, &day, e) < 0)
			return -1;
		at = instant_of_jday(jday_add_days(day, 1));
		if (at <= c->v->now)
			return err_set(e, E_INPUT, "data.due lies in the past");
	}
	set_instant(c->w.data, "correction_due_at", at);
	return 0;
}

int
prepare_payment(struct command *c, struct err *e)
{
	const char *on = jsonx_get_str(c->w.data, "paid_on");
	struct jday day;

	if (jsonx_get_int(c->w.data, "amount", 0) <= 0)
		return err_set(e, E_INPUT, "data.amount: want yen, above zero");
	if (on == NULL)
		return err_set(e, E_INPUT, "data.paid_on: want a date");
	if (jday_parse(on, &day, e) < 0)
		return -1;
	if (jday_cmp(day, jday_of_instant(c->v->now)) > 0)
		return err_set(e, E_INPUT, "data.paid_on lies ahead");
	return 0;
}

int
prepare_accept(struct command *c, struct err *e)
{
	if (jsonx_len(jsonx_get(c->w.data, "reviewers")) == 0)
		return err_set(e, E_INPUT,
		    "data.reviewers: want the persons who will review");
	return 0;
}

/* What the applicant no longer asks to withhold is published (Art. 11(1)). */
int
prepare_give_up(struct command *c, struct err *e)
{
	const struct dossier_decision *by = office_certified_by(c->d);

	if (by == NULL || c->d->certification.serial[0] == '\0')
		return 0;
	return office_publish_item(
	    c->v->o, c->d, c->w.plan.primary.instance, by, c->w.data, e);
}

/* Who may act begins in genesis: the case by its first proposal. */
int
begin_roster(struct command *c, struct err *e)
{
	(void)c;
	(void)e;
	return 0;
}
