/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/deadlines: what is awaited, of all cases or of the asker's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar_int.h"
#include "nintei/derive_versions.h"
#include "nintei/flow_next.h"
#include "office_int.h"

#define DAYS_AHEAD 180 /* unless the asker names a day */
#define DAYS_OF_CASE 3660 /* ten years */
#define REMINDS_BEFORE 121 /* D - 120 is the first (REGULATION 6.1) */
#define ROWS_MAX 2000
#define CASES_PAGE 200
#define TEXT_BYTES MIB(8)

struct due {
	struct visit *v;
	char from[JDAY_TEXT], through[JDAY_TEXT];
	char ends_from[JDAY_TEXT], ends_through[JDAY_TEXT];
	char *dossier, *scheme, *what, *role; /* filters; NULL: any */
	bool calendar;
	char id[CASES_PAGE][LIMIT_ID_BYTES + 1];
	size_t n;
	struct row {
		struct json *j;
		const char *date;
	} * rows;
	size_t n_rows;
	bool more;
};

static void
due_done(struct due *q)
{
	freep(&q->dossier);
	freep(&q->scheme);
	freep(&q->what);
	freep(&q->role);
	for (size_t i = 0; i < q->n_rows; i++)
		jsonx_free(q->rows[i].j);
	free(q->rows);
}

static int
id_fn(const char *dossier, void *arg, struct err *e)
{
	struct due *q = arg;

	(void)e;
	snprintf(q->id[q->n++], sizeof(q->id[0]), "%s", dossier);
	return 0;
}

static bool
passes(const struct due *q, const struct json *line)
{
	const char *date = jsonx_get_str(line, "date");
	const char *what = jsonx_get_str(line, "what");
	const char *role = jsonx_get_str(line, "for");

	if (date == NULL || strcmp(date, q->from) < 0 ||
	    strcmp(date, q->through) > 0)
		return false;
	if (q->what != NULL && (what == NULL || strcmp(what, q->what) != 0))
		return false;
	return q->role == NULL || (role != NULL && strcmp(role, q->role) == 0);
}

static void
row_add(struct due *q, const struct dossier *d, const struct json *line)
{
	struct json *j;

	if (q->n_rows == ROWS_MAX) {
		q->more = true;
		return;
	}
	j = jsonx_dup(line);
	jsonx_set_str(j, "case", d->id);
	jsonx_set_str(j, "scheme", d->scheme);
	if (d->certification.number[0] != '\0')
		jsonx_set_str(j, "number", d->certification.number);
	q->rows = xrealloc(q->rows, q->n_rows + 1, sizeof(*q->rows));
	q->rows[q->n_rows].date = jsonx_get_str(j, "date");
	q->rows[q->n_rows++].j = j;
}

/* One case: what its records and the policy say together. */
static int
case_add(struct due *q, const char *id, struct err *e)
{
	struct office *o = q->v->o;
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(relation_done) struct relation of = { 0 };
	CLEANUP(jsonx_freep) struct json *list = NULL;
	struct flow_facts facts = { 0 };

	if (office_load(o, id, &d, e) < 0)
		return -1;
	if (visit_access(q->v, d) < ACCESS_OPEN ||
	    (q->scheme != NULL && strcmp(q->scheme, d->scheme) != 0))
		return 0;
	facts.scheme = derive_scheme(o->schemes, d, q->v->now);
	if (office_relation(o, d, &of, &facts, e) < 0)
		return -1;
	list = flow_deadlines(d, &facts);
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (passes(q, jsonx_at(list, i)))
			row_add(q, d, jsonx_at(list, i));
	return 0;
}

/* The one that was asked for; what one may not see is not there. */
static int
one_case(struct due *q, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	struct err why = ERR_INIT;
	int rv;

	if (office_load(q->v->o, q->dossier, &d, &why) < 0)
		return err_set(e, why.code == E_INPUT ? E_NOT_FOUND : why.code,
		    "%s", why.detail);
	if (visit_access(q->v, d) < ACCESS_OPEN)
		return err_set(e, E_NOT_FOUND, "there is no such case");
	pthread_mutex_lock(&q->v->o->act);
	rv = case_add(q, q->dossier, e);
	pthread_mutex_unlock(&q->v->o->act);
	return rv;
}

/* Page by page over the cases with something in these days. */
static int
cases_walk(struct due *q, struct err *e)
{
	bool staff = visit_is_staff(q->v);
	char after[LIMIT_ID_BYTES + 1] = "";
	struct index_due_query ask = { q->from, q->through, q->ends_from,
		q->ends_through, staff ? NULL : q->v->account.person,
		{ after, CASES_PAGE } };
	int rv = 0;

	do {
		q->n = 0;
		if (index_due_list(q->v->o->index, &ask, id_fn, q, e) < 0)
			return -1;
		pthread_mutex_lock(&q->v->o->act);
		for (size_t i = 0; rv == 0 && i < q->n; i++)
			rv = case_add(q, q->id[i], e);
		pthread_mutex_unlock(&q->v->o->act);
		if (q->n > 0)
			snprintf(after, sizeof(after), "%s", q->id[q->n - 1]);
	} while (rv == 0 && q->n == CASES_PAGE && !q->more);
	return rv;
}

static int
by_date(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int by = strcmp(x->date, y->date);

	if (by != 0)
		return by;
	by = strcmp(jsonx_get_str(x->j, "case"), jsonx_get_str(y->j, "case"));
	return by != 0
	    ? by
	    : strcmp(jsonx_get_str(x->j, "what"), jsonx_get_str(y->j, "what"));
}

/* A query's day, or so many days from today. */
static int
day_read(const struct visit *v, const char *name, int days, char out[JDAY_TEXT],
    struct jday *out_day, struct err *e)
{
	CLEANUP(freep) char *text = query_text(v, name);

	*out_day = jday_add_days(jday_of_instant(v->now), days);
	if (text != NULL && jday_parse(text, out_day, e) < 0)
		return err_wrap(e, "%s", name);
	jday_format(*out_day, out);
	return 0;
}

static int
due_read(struct visit *v, struct due *q, struct err *e)
{
	CLEANUP(freep) char *format = query_text(v, "format");
	struct jday from, through;

	q->v = v;
	q->dossier = query_text(v, "case");
	q->scheme = query_text(v, "scheme");
	q->what = query_text(v, "what");
	q->role = query_text(v, "for");
	q->calendar = format != NULL && strcmp(format, "ics") == 0;
	if (format != NULL && !q->calendar && strcmp(format, "json") != 0)
		return err_set(e, E_INPUT, "format: want json or ics");
	/* Of one case everything that it awaits, however far away. */
	if (day_read(v, "from", 0, q->from, &from, e) < 0 ||
	    day_read(v, "to", q->dossier == NULL ? DAYS_AHEAD : DAYS_OF_CASE,
		q->through, &through, e) < 0)
		return -1;
	jday_format(jday_add_days(from, -2), q->ends_from);
	jday_format(jday_add_days(through, REMINDS_BEFORE), q->ends_through);
	return 0;
}

static void
entry_put(
    const struct due *q, const struct json *j, const char *nth, struct buf *out)
{
	const char *what = jsonx_get_str(j, "what");
	const char *article = jsonx_get_str(j, "article");
	const char *number = jsonx_get_str(j, "number");
	const char *instance = jsonx_get_str(j, "instance");
	const char *id = jsonx_get_str(j, "case");
	CLEANUP(freep)
	char *summary = xasprintf("%s: %s", number != NULL ? number : id, what);
	CLEANUP(freep)
	char *text = xasprintf("%s/v1/cases/%s\nArt. %s",
	    q->v->o->config->urls.https, id, article == NULL ? "-" : article);
	struct calendar_entry t = { .dossier = id,
		.what = what,
		.instance = instance == NULL ? "" : instance,
		.nth = nth,
		.stamp = q->v->now,
		.summary = summary,
		.description = text };
	struct err none = ERR_INIT;

	if (jday_parse(jsonx_get_str(j, "date"), &t.day, &none) == 0)
		calendar_add(out, &t);
}

/* Of several that are the same but for their day, the n-th. */
static void
nth_text(const struct due *q, size_t at, char out[16])
{
	const struct json *j = q->rows[at].j;
	size_t n = 0;

	for (size_t i = 0; i < at; i++) {
		const struct json *o = q->rows[i].j;
		const char *a = jsonx_get_str(j, "instance");
		const char *b = jsonx_get_str(o, "instance");

		n += strcmp(jsonx_get_str(j, "case"),
			 jsonx_get_str(o, "case")) == 0 &&
		    strcmp(jsonx_get_str(j, "what"),
			jsonx_get_str(o, "what")) == 0 &&
		    strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
	}
	snprintf(out, 16, "%zu", n);
}

static int
calendar_answer(const struct due *q, struct answer *a, struct err *e)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(TEXT_BYTES);

	calendar_begin(&out);
	for (size_t i = 0; i < q->n_rows; i++) {
		char nth[16];

		nth_text(q, i, nth);
		entry_put(q, q->rows[i].j, nth, &out);
	}
	calendar_end(&out);
	if (!buf_ok(&out))
		return err_set(e, E_LIMIT, "ask for fewer days");
	answer_bytes(a, "text/calendar; charset=utf-8", buf_slice(&out));
	return 0;
}

int
get_deadlines(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(due_done) struct due q = { 0 };
	struct json *j, *items;

	if (office_catch_up(v->o, v->now, e) < 0 || due_read(v, &q, e) < 0 ||
	    (q.dossier != NULL ? one_case(&q, e) : cases_walk(&q, e)) < 0)
		return -1;
	if (q.n_rows > 0)
		qsort(q.rows, q.n_rows, sizeof(*q.rows), by_date);
	if (q.more)
		return err_set(e, E_LIMIT,
		    "more than %d deadlines: ask for fewer days", ROWS_MAX);
	if (q.calendar)
		return calendar_answer(&q, a, e);
	items = jsonx_array();
	for (size_t i = 0; i < q.n_rows; i++)
		jsonx_add(items, TAKE(q.rows[i].j));
	j = jsonx_object();
	jsonx_set_str(j, "from", q.from);
	jsonx_set_str(j, "to", q.through);
	jsonx_set(j, "items", items);
	answer_json(a, 200, j);
	return 0;
}
