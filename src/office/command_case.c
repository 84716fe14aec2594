/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of an application: correction, fee, review, withholding. */
#include "command_int.h"

#include <string.h>

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

/* An interest in the case, or another part in it (REGULATION 3). */
static bool
is_party(const struct dossier *d, const char *who)
{
	const char *conflicted[DOSSIER_CONFLICTED];
	size_t n = dossier_conflicted(d, conflicted);
	unsigned acted = dossier_roles_of(d, who);
	unsigned staff = ROLE_SECRETARIAT | ROLE_DELEGATE;

	for (size_t i = 0; i < n; i++)
		if (strcmp(conflicted[i], who) == 0)
			return true;
	return seat_of(d, who) != NULL || (acted != 0 && (acted & staff) == 0);
}

/* Of the roster's secretariat, or a delegate for this case; each once. */
static int
reviewer_check(
    const struct command *c, const struct json *list, size_t i, struct err *e)
{
	struct office *o = c->v->o;
	const char *who = jsonx_str(jsonx_at(list, i));

	if (who == NULL)
		return err_set(e, E_INPUT, "data.reviewers: want persons");
	for (size_t k = 0; k < i; k++)
		if (jsonx_equal(jsonx_at(list, k), jsonx_at(list, i)))
			return err_set(e, E_INPUT,
			    "data.reviewers: %.40s is named twice", who);
	if (!roster_has_role(
		roster_get(o->roster, who), ROSTER_SECRETARIAT, c->v->now) &&
	    !office_is_delegate(o, who, c->d))
		return err_set(e, E_INPUT,
		    "data.reviewers: %.40s is not of the secretariat, nor a "
		    "delegate for this case",
		    who);
	if (is_party(c->d, who))
		return err_set(e, E_INPUT,
		    "data.reviewers: %.40s has another part in this case", who);
	return 0;
}

int
prepare_accept(struct command *c, struct err *e)
{
	const struct json *list = jsonx_get(c->w.data, "reviewers");

	if (jsonx_len(list) == 0)
		return err_set(e, E_INPUT,
		    "data.reviewers: want the persons who will review");
	if (jsonx_len(list) > DOSSIER_REVIEWERS)
		return err_set(e, E_INPUT, "data.reviewers: want at most 16");
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (reviewer_check(c, list, i, e) < 0)
			return -1;
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
