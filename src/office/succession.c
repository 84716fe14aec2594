/* SPDX-License-Identifier: Apache-2.0 */
/* Arts. 9(2) and 13(1): what the operator tells, and what others find. */
#include "themes_int.h"

#include <string.h>

#include "nintei/term.h"

/* The day of the event lies behind, and not before the certification. */
static int
event_day_check(const struct command *c, bool required, struct err *e)
{
	const char *day = jsonx_get_str(c->w.data, "event_day");
	const char *since = c->d->certification.certified_on;

	if (theme_past_day(c, "event_day", required, e) < 0)
		return -1;
	if (day != NULL && since[0] != '\0' && strcmp(day, since) < 0)
		return err_set(e, E_INPUT,
		    "data.event_day is before the certification (%s)", since);
	return 0;
}

/* Learned of no earlier than it happened. */
static int
known_day_check(const struct command *c, struct err *e)
{
	const char *day = jsonx_get_str(c->w.data, "event_day");
	const char *known = jsonx_get_str(c->w.data, "known_on");

	if (theme_past_day(c, "known_on", false, e) < 0)
		return -1;
	if (day != NULL && known != NULL && strcmp(known, day) < 0)
		return err_set(
		    e, E_INPUT, "data.known_on is before data.event_day");
	return 0;
}

/* The day of knowledge is kept beside the day of the event. */
int
report_prepare(struct command *c, struct err *e)
{
	char today[JDAY_TEXT];

	if (event_day_check(c, true, e) < 0 || known_day_check(c, e) < 0)
		return -1;
	if (jsonx_get(c->w.data, "known_on") == NULL)
		jsonx_set_str(c->w.data, "known_on",
		    jday_format(jday_of_instant(c->v->now), today));
	return 0;
}

int
evidence_prepare(struct command *c, struct err *e)
{
	if (event_day_check(c, false, e) < 0)
		return -1;
	return theme_want(c, "evidence", e);
}

/* --- change notices: never refused --- */

int
ask_prepare(struct command *c, struct err *e)
{
	return theme_want(c, "demand", e);
}

int
supplement_prepare(struct command *c, struct err *e)
{
	return theme_want(c, "answer", e);
}

/*
 * Recorded, whatever it says.  Items of form B that it changes are published
 * with it.  A printed field asks for a reissue, whose officers sign the new
 * names; doubt about the criteria leads to an inquiry.
 */
int
record_prepare(struct command *c, struct err *e)
{
	if (theme_inquiry(c, e) < 0)
		return -1;
	return office_publish_change(
	    c->v->o, c->d, c->w.plan.primary.instance, c->w.data, e);
}
