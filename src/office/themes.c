/* SPDX-License-Identifier: Apache-2.0 */
/* What commands about a certified service ask alike. */
#include "themes_int.h"

#include <string.h>

#include "nintei/term.h"

const struct scheme *
theme_scheme(const struct command *c)
{
	return c->facts.scheme;
}

int
theme_want(const struct command *c, const char *role, struct err *e)
{
	const struct json *list = jsonx_get(c->body, "documents");

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *have = jsonx_get_str(jsonx_at(list, i), "role");

		if (have != NULL && strcmp(have, role) == 0)
			return 0;
	}
	return err_set(e, E_INPUT, "documents: want one of role \"%s\"", role);
}

int
theme_due(struct command *c, const char *from, const char *to, int64_t days,
    struct err *e)
{
	const char *text = jsonx_get_str(c->w.data, from);
	int64_t at = end_of_day_after(c->v->now, days);
	struct jday day;

	if (text != NULL) {
		if (jday_parse(text, &day, e) < 0)
			return err_wrap(e, "data.%s", from);
		at = instant_of_jday(jday_add_days(day, 1));
		if (at <= c->v->now)
			return err_set(
			    e, E_INPUT, "data.%s: want a day to come", from);
	}
	set_instant(c->w.data, to, at);
	return 0;
}

int
theme_past_day(
    const struct command *c, const char *member, bool required, struct err *e)
{
	const char *text = jsonx_get_str(c->w.data, member);
	struct jday day;

	if (text == NULL)
		return !required
		    ? 0
		    : err_set(e, E_INPUT, "data.%s: want a date", member);
	if (jday_parse(text, &day, e) < 0)
		return err_wrap(e, "data.%s", member);
	if (jday_cmp(day, jday_of_instant(c->v->now)) > 0)
		return err_set(e, E_INPUT, "data.%s lies ahead", member);
	return 0;
}

/* Is the step among what the act leads to? */
static bool
theme_leads_to(const struct command *c, enum machine m, const char *event)
{
	const struct flow_plan *p = &c->w.plan;

	if (p->primary.machine == m && strcmp(p->primary.event, event) == 0)
		return true;
	for (size_t i = 0; i < p->n_effects; i++)
		if (p->effects[i].machine == m &&
		    strcmp(p->effects[i].event, event) == 0)
			return true;
	return false;
}

int
theme_inquiry(struct command *c, struct err *e)
{
	const struct params *p = &theme_scheme(c)->params;

	if (!theme_leads_to(c, M_COMPLIANCE, "inquire"))
		return 0;
	jsonx_set_bool(c->w.data, "silence_counts", p->silence_is_insufficient);
	return theme_due(c, "due_on", "inquiry_due_at", p->inquiry_due_days, e);
}
