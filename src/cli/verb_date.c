/* SPDX-License-Identifier: Apache-2.0 */
/* nintei date: the regulation's calendar, with the reasoning. */
#include "cli_int.h"

#include <string.h>

#include "nintei/limits.h"

/* What the policy says, or the regulation's own values. */
struct calendar {
	struct term_rule rule;
	int bar_years;
	bool include_anniversary;
};

static int
calendar_of(const struct cli *c, struct calendar *out, struct err *e)
{
	CLEANUP(scheme_set_freep) struct scheme_set *set = NULL;
	const struct scheme *s;

	*out = (struct calendar){ { 2, false, 60, 30 }, 1, false };
	if (c->a.scheme != NULL) {
		if (local_schemes(c, &set, e) < 0)
			return -1;
		s = scheme_find(set, c->a.scheme);
		if (s == NULL)
			return err_set(
			    e, E_NOT_FOUND, "no scheme %.40s", c->a.scheme);
		*out = (struct calendar){ scheme_term_rule(s), s->bar_years,
			s->params.bar_includes_anniversary };
	}
	if (c->a.first_day_counts)
		out->rule.first_day_counts = true;
	if (c->a.include_anniversary)
		out->include_anniversary = true;
	return 0;
}

static void
set_day(struct json *o, const char *key, struct jday d)
{
	char text[JDAY_TEXT];

	jsonx_set_str(o, key, jday_format(d, text));
}

/* Sentences, one a line, as an array. */
static struct json *
sentences(const struct buf *text)
{
	struct json *a = jsonx_array();
	const char *p = buf_str(text);
	size_t n;

	for (; *p != '\0'; p += n + (p[n] == '\n')) {
		n = strcspn(p, "\n");
		jsonx_add(a, jsonx_string_n(slice_of(p, n)));
	}
	return a;
}

/* JSON, or one row for each member, then the reasoning if asked for. */
static void
answer(const struct cli *c, struct json *o, const struct buf *ja,
    const struct buf *en)
{
	struct json *why;
	const struct json *value;
	const char *key;
	size_t i;

	if (c->a.json) {
		if (c->a.explain) {
			why = jsonx_object();
			jsonx_set(why, "ja", sentences(ja));
			jsonx_set(why, "en", sentences(en));
			jsonx_set(o, "explanation", why);
		}
		print_json(o);
		return;
	}
	for (i = 0; jsonx_member(o, i, &key, &value); i++)
		printf("%-24s %s\n", key,
		    jsonx_str(value) != NULL            ? jsonx_str(value)
			: jsonx_get_bool(o, key, false) ? "true"
							: "false");
	if (c->a.explain)
		printf("\n%s", buf_str(c->ja ? ja : en));
}

int
date_term(struct cli *c, struct err *e)
{
	CLEANUP(buf_free) struct buf ja = BUF_INIT(KIB(16));
	CLEANUP(buf_free) struct buf en = BUF_INIT(KIB(16));
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	struct calendar cal;
	struct term t, next;
	struct jday d;

	if (calendar_of(c, &cal, e) < 0 || local_day(c, c->a.pos[0], &d, e) < 0)
		return -1;
	term_first(d, &cal.rule, &t);
	term_next(&t, &cal.rule, &next);
	set_day(o, "certified_on", d);
	jsonx_set_bool(o, "first_day_counts", cal.rule.first_day_counts);
	set_day(o, "valid_through", t.valid_through);
	set_day(o, "window_opens", t.window_opens);
	set_day(o, "window_closes", t.window_closes);
	set_day(o, "next_from", next.starts);
	set_day(o, "next_valid_through", next.valid_through);
	term_explain(&t, &cal.rule, &ja, &en);
	answer(c, o, &ja, &en);
	return 0;
}

int
date_window(struct cli *c, struct err *e)
{
	CLEANUP(buf_free) struct buf ja = BUF_INIT(KIB(16));
	CLEANUP(buf_free) struct buf en = BUF_INIT(KIB(16));
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	struct calendar cal;
	struct term t;
	struct jday d;

	if (calendar_of(c, &cal, e) < 0 || local_day(c, c->a.pos[0], &d, e) < 0)
		return -1;
	term_window(d, &cal.rule, &t);
	set_day(o, "valid_through", d);
	set_day(o, "window_opens", t.window_opens);
	set_day(o, "window_closes", t.window_closes);
	window_explain(&t, &cal.rule, &ja, &en);
	answer(c, o, &ja, &en);
	return 0;
}

int
date_bar(struct cli *c, struct err *e)
{
	CLEANUP(buf_free) struct buf ja = BUF_INIT(KIB(16));
	CLEANUP(buf_free) struct buf en = BUF_INIT(KIB(16));
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	struct calendar cal;
	struct jday d, from;

	if (calendar_of(c, &cal, e) < 0 || local_day(c, c->a.pos[0], &d, e) < 0)
		return -1;
	from = bar_earliest(d, cal.bar_years, cal.include_anniversary);
	set_day(o, "application_date", d);
	jsonx_set_bool(o, "bar_includes_anniversary", cal.include_anniversary);
	set_day(o, "earliest_barred", from);
	set_day(o, "latest_not_barring", jday_add_days(from, -1));
	bar_explain(d, cal.bar_years, cal.include_anniversary, &ja, &en);
	answer(c, o, &ja, &en);
	return 0;
}
