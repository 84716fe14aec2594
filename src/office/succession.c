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

/* The names that the certificate prints, as they are from now on. */
static int
printed_fields(struct command *c, struct err *e)
{
	static const char *const names[] = { "service", "operator",
		"corporate_number" };
	const struct json *fields = jsonx_get(c->w.data, "fields");
	struct json *out = jsonx_object();
	size_t n = 0;

	jsonx_set(c->w.data, "certification", out);
	for (size_t i = 0; i < NELEM(names); i++) {
		const char *value = jsonx_get_str(fields, names[i]);

		if (value == NULL)
			continue;
		if (value[0] == '\0' || strlen(value) > 700)
			return err_set(e, E_INPUT,
			    "data.fields.%s: want a name", names[i]);
		jsonx_set_str(out, names[i], value);
		n++;
	}
	if (n == 0 || n != jsonx_len(fields))
		return err_set(e, E_INPUT,
		    "data.fields: want the new service, operator or "
		    "corporate_number, and nothing else");
	jsonx_del(c->w.data, "fields");
	return 0;
}

/*
 * Recorded, whatever it says.  A printed field asks for a reissue; doubt
 * about the criteria leads to an inquiry.
 */
int
record_prepare(struct command *c, struct err *e)
{
	bool printed = jsonx_get_bool(c->w.data, "printed", false);

	if (!printed && jsonx_get(c->w.data, "fields") != NULL)
		return err_set(
		    e, E_INPUT, "data.fields: only with data.printed");
	if (printed && printed_fields(c, e) < 0)
		return -1;
	return theme_inquiry(c, e);
}
