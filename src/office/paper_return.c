/* SPDX-License-Identifier: Apache-2.0 */
/* Arts. 10(8), 13(3): the paper certificate, back or lost. */
#include "themes_int.h"

/* The day it came; its picture is kept. */
int
returned_prepare(struct command *c, struct err *e)
{
	if (theme_past_day(c, "received_on", true, e) < 0)
		return -1;
	return theme_want(c, "image", e);
}

/* The operator's signed statement, where the policy takes one. */
int
loss_prepare(struct command *c, struct err *e)
{
	const struct scheme *s = theme_scheme(c);

	if (s == NULL || !s->params.loss_statement_accepted)
		return err_set(e, E_FLOW_STEP,
		    "the policy loss_statement_accepted takes no statement");
	if (office_personal_must(c, PERSONAL_DECLARATION, e) < 0 ||
	    theme_past_day(c, "lost_on", false, e) < 0)
		return -1;
	return theme_want(c, "statement", e);
}

/* Made anew: with it goes a record of its dispatch. */
int
replace_prepare(struct command *c, struct err *e)
{
	return theme_want(c, "dispatch", e);
}
