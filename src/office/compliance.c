/* SPDX-License-Identifier: Apache-2.0 */
/* Arts. 15 to 17: inquiry, survey, improvement, revocation. */
#include "themes_int.h"

#include <string.h>

#include "execute_int.h"
#include "nintei/derive_entry.h"
#include "nintei/term.h"

/* --- the commands --- */

/*
 * The demand is a document: what is asked, about the service or the mark.  An
 * emergency may have led to it (Art. 14, 15).
 */
int
inquire_prepare(struct command *c, struct err *e)
{
	const char *source = jsonx_get_str(c->w.data, "source");

	if (source != NULL && dossier_emergency_find(c->d, source) == NULL)
		return err_set(e, E_INPUT,
		    "data.source: the case has no emergency \"%.40s\"", source);
	if (theme_want(c, "demand", e) < 0)
		return -1;
	return theme_inquiry(c, e);
}

int
answer_prepare(struct command *c, struct err *e)
{
	return theme_want(c, "answer", e);
}

int
operator_answer_prepare(struct command *c, struct err *e)
{
	return theme_want(c, "answer", e);
}

/* Whose finding it is says the actor under the signed commit. */
int
finding_prepare(struct command *c, struct err *e)
{
	return theme_want(c, "finding", e);
}

/* What was wanting is demanded once more; the due date begins anew. */
int
insufficient_prepare(struct command *c, struct err *e)
{
	const struct params *p = &theme_scheme(c)->params;

	if (theme_want(c, "finding", e) < 0)
		return -1;
	return theme_due(c, "due_on", "inquiry_due_at", p->inquiry_due_days, e);
}

int
survey_prepare(struct command *c, struct err *e)
{
	if (theme_past_day(c, "surveyed_on", true, e) < 0)
		return -1;
	return theme_want(c, "report", e);
}

int
survey_refused_prepare(struct command *c, struct err *e)
{
	if (theme_past_day(c, "refused_on", true, e) < 0)
		return -1;
	return theme_want(c, "report", e);
}

/* The operator is heard: until when, and in which form it will be told. */
int
revocation_prepare(struct command *c, struct err *e)
{
	const struct params *p = &theme_scheme(c)->params;

	return theme_due(
	    c, "answer_due_on", "answer_due_at", p->answer_days, e);
}

/* --- carrying out --- */

/* Members of the signed detail that the event repeats for who folds it. */
static void
detail_copy(struct execution *x, const char *member)
{
	const struct json *j = jsonx_get(x->detail, member);

	if (j != NULL)
		jsonx_set(x->w->data, member, jsonx_dup(j));
}

int
execute_survey15(struct execution *x, struct err *e)
{
	(void)e;
	detail_copy(x, "survey_on");
	detail_copy(x, "cost_charged");
	return 0;
}

/* request_improvement and extend: the due date that the officers signed. */
int
execute_improvement(struct execution *x, struct err *e)
{
	const char *on = jsonx_get_str(x->detail, "due_on");
	struct jday day;

	if (on == NULL)
		return err_set(e, E_STORE_CORRUPT, "detail: no due_on");
	if (jday_parse(on, &day, e) < 0)
		return -1;
	set_instant(x->w->data, "improvement_due_at",
	    instant_of_jday(jday_add_days(day, 1)));
	return 0;
}

/* The text that the officers signed, without what Art. 20 keeps secret. */
int
execute_publish_improvement(struct execution *x, struct err *e)
{
	return office_publish_kind(x->o, x->d, PUBLICATION_improvement,
	    x->detail, x->dec, x->w->data, e);
}

/* A request that was published has a published outcome. */
int
execute_improvement_closed(struct execution *x, struct err *e)
{
	if (!x->d->compliance.improvement_public)
		return 0;
	return office_publish_kind(x->o, x->d, PUBLICATION_improvement_outcome,
	    x->detail, x->dec, x->w->data, e);
}
