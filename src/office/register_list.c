/* SPDX-License-Identifier: Apache-2.0 */
/* The public register: entries now and as of any day, and their versions. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/text.h"

#include "register_int.h"

#define PAGE_ROWS 50
#define DAY_SECONDS 86400

/* --- as of which day, known by when --- */

/* A day means its end. */
static int
known_read(const char *text, int64_t now, int64_t *out, struct err *e)
{
	struct err why = ERR_INIT;
	struct jday day;

	if (text == NULL) {
		*out = now;
		return 0;
	}
	if (instant_parse(text, out, &why) == 0) {
		if (*out <= now)
			return 0;
	} else if (jday_parse(text, &day, &why) == 0) {
		*out = instant_of_jday(jday_add_days(day, 1)) - 1;
		if (jday_cmp(day, jday_of_instant(now)) <= 0) {
			*out = *out > now ? now : *out;
			return 0;
		}
	} else
		return err_set(e, E_INPUT, "known: want a day or an instant");
	return err_set(e, E_INPUT, "known lies ahead");
}

int
asked_read(const struct visit *v, struct asked *out, struct err *e)
{
	CLEANUP(freep) char *as_of = query_text(v, "as_of");
	CLEANUP(freep) char *known = query_text(v, "known");

	*out = (struct asked){ .has = as_of != NULL };
	if (as_of == NULL)
		return known == NULL
		    ? 0
		    : err_set(e, E_INPUT, "known goes with as_of");
	if (jday_parse(as_of, &out->q.day, e) < 0)
		return err_wrap(e, "as_of");
	return known_read(known, v->now, &out->q.known, e);
}

/* --- entries --- */

void
views_done(struct views *l)
{
	for (size_t i = 0; i < l->n; i++)
		jsonx_free(l->entry[i]);
	free(l->entry);
}

int
views_fn(const struct index_certification *row, void *arg, struct err *e)
{
	struct views *l = arg;
	struct json *entry = NULL;

	if (jsonx_parse(slice_str(row->view), REGISTER_VIEW_BYTES, &entry, e) <
	    0)
		return -1;
	if ((l->n & (l->n - 1)) == 0)
		l->entry = xrealloc(
		    l->entry, l->n == 0 ? 1 : 2 * l->n, sizeof(struct json *));
	l->entry[l->n++] = entry;
	snprintf(l->last, sizeof(l->last), "%s", row->number);
	return 0;
}

static int
version_fn(const struct index_version *row, void *arg, struct err *e)
{
	struct json *list = arg;
	struct json *entry = NULL;
	struct json *one;
	char text[24];

	if (jsonx_parse(slice_str(row->view), REGISTER_VIEW_BYTES, &entry, e) <
	    0)
		return -1;
	one = jsonx_object();
	snprintf(text, sizeof(text), "%" PRId64, row->n);
	jsonx_set_str(one, "version", text);
	set_instant(one, "at", row->at);
	set_instant(one, "recorded_at", row->recorded_at);
	jsonx_set(one, "entry", entry);
	jsonx_add(list, one);
	return 0;
}

int
versions_read(
    struct office *o, const char *number, struct json **out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *list = jsonx_array();

	if (index_version_list(o->index, number, version_fn, list, e) < 0)
		return -1;
	*out = TAKE(list);
	return 0;
}

/* expired_listing: what ended so long ago is no longer listed (Art. 11(3)). */
static bool
is_hidden(struct office *o, const struct json *entry)
{
	const char *id = jsonx_get_str(entry, "scheme");
	const char *end = jsonx_get_str(entry, "valid_through");
	const struct scheme *s = scheme_find(o->schemes, id);
	struct err none = ERR_INIT;
	struct jday day;

	if (s == NULL || s->params.expired_listing != POLICY_HIDE ||
	    end == NULL || jday_parse(end, &day, &none) < 0)
		return false;
	return clock_now(&o->clock) - instant_of_jday(day) >
	    (s->params.expired_listing_years * 366 + 1) * DAY_SECONDS;
}

int
entry_asked(struct office *o, const struct json *entry, const struct asked *a,
    struct pub_doc **out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *versions = NULL;

	*out = NULL;
	if (is_hidden(o, entry))
		return 0;
	if (!a->has) {
		*out = pub_doc_stored(jsonx_dup(entry));
		return 0;
	}
	if (versions_read(o, jsonx_get_str(entry, "number"), &versions, e) < 0)
		return -1;
	*out = derive_entry_as_of(entry, versions, &a->q);
	return 0;
}

void
answer_pub(struct answer *a, struct pub_doc *take)
{
	answer_json(a, 200, pub_doc_release(take));
}

/* --- the list --- */

static bool
state_fits(const struct pub_doc *entry, const char *state)
{
	const char *have = jsonx_get_str(pub_json(entry), "state");

	return state == NULL || (have != NULL && strcmp(have, state) == 0);
}

static int
items_make(struct office *o, const struct views *l, const struct asked *asked,
    const char *state, struct pub_doc *items, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		CLEANUP(pub_doc_freep) struct pub_doc *entry = NULL;

		if (entry_asked(o, l->entry[i], asked, &entry, e) < 0)
			return -1;
		if (entry != NULL && state_fits(entry, state))
			pub_add(items, TAKE(entry));
	}
	return 0;
}

/* Of another day the state is computed: the index cannot ask for it. */
static int
page_read(struct visit *v, const struct asked *asked, const char *state,
    struct views *out, struct err *e)
{
	CLEANUP(freep) char *q = query_text(v, "q");
	CLEANUP(freep) char *scheme = query_text(v, "scheme");
	CLEANUP(freep) char *cursor = query_text(v, "cursor");
	CLEANUP(buf_free) struct buf folded = BUF_INIT(KIB(8));
	struct index_register_query ask = { NULL, scheme,
		asked->has ? NULL : state, { cursor, PAGE_ROWS } };

	if (office_catch_up(v->o, v->now, e) < 0)
		return -1;
	if (q != NULL && text_casefold_key(slice_str(q), &folded, e) < 0)
		return -1;
	ask.q = buf_str(&folded);
	return index_register_list(v->o->index, &ask, views_fn, out, e);
}

int
get_register(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(freep) char *state = query_text(v, "state");
	CLEANUP(views_done) struct views l = { 0 };
	CLEANUP(pub_doc_freep) struct pub_doc *items = pub_list_new();
	CLEANUP(pub_doc_freep) struct pub_doc *j = pub_doc_new();
	struct asked asked;

	if (asked_read(v, &asked, e) < 0 ||
	    page_read(v, &asked, state, &l, e) < 0 ||
	    items_make(v->o, &l, &asked, state, items, e) < 0)
		return -1;
	pub_set_doc(j, "items", TAKE(items));
	if (v->o->development)
		pub_set_bool(j, "development", true);
	if (l.n == PAGE_ROWS)
		pub_set(j, "next", pub_own(l.last));
	answer_pub(a, TAKE(j));
	answer_public(v, a);
	return 0;
}

/* --- one entry --- */

static int
entry_read(struct visit *v, struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(REGISTER_VIEW_BYTES);
	struct index_certification row;

	if (office_catch_up(v->o, v->now, e) < 0 ||
	    index_certification_get(
		v->o->index, v->q->param[0], &hold, &row, e) < 0)
		return -1;
	return jsonx_parse(slice_str(row.view), REGISTER_VIEW_BYTES, out, e);
}

int
get_register_entry(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *entry = NULL;
	CLEANUP(pub_doc_freep) struct pub_doc *doc = NULL;
	struct asked asked;

	if (asked_read(v, &asked, e) < 0 || entry_read(v, &entry, e) < 0 ||
	    entry_asked(v->o, entry, &asked, &doc, e) < 0)
		return -1;
	if (doc == NULL)
		return err_set(e, E_NOT_FOUND, "the register had none then");
	if (v->o->development)
		pub_set_bool(doc, "development", true);
	answer_pub(a, TAKE(doc));
	answer_public(v, a);
	return 0;
}

/* --- what changed from version to version --- */

/* Items of form B as the guideline calls them, from the scheme. */
static struct pub_doc *
names_of(struct office *o, const char *scheme)
{
	const struct scheme *s = scheme_find(o->schemes, scheme);
	struct pub_doc *names = pub_doc_new();

	for (size_t i = 0; s != NULL && i < s->n_criteria; i++) {
		const struct criterion *c = &s->criteria[i];
		struct pub_doc *name = pub_doc_new();

		pub_set(name, "group", pub_own(c->group));
		pub_set(name, "item", pub_own(c->item));
		pub_set_doc(names, c->id, name);
	}
	return names;
}

static struct pub_doc *
version_line(const struct json *before, const struct json *version)
{
	const struct json *entry = jsonx_get(version, "entry");
	struct pub_doc *line = pub_doc_new();

	pub_set(line, "version", pub_own(jsonx_get_str(version, "version")));
	pub_set(line, "at", pub_own(jsonx_get_str(version, "at")));
	pub_set(line, "recorded_at",
	    pub_own(jsonx_get_str(version, "recorded_at")));
	pub_set_doc(line, "entry", pub_doc_stored(jsonx_dup(entry)));
	if (before != NULL)
		pub_set_doc(line, "changes",
		    derive_version_diff(jsonx_get(before, "entry"), entry));
	return line;
}

int
get_register_versions(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *entry = NULL;
	CLEANUP(jsonx_freep) struct json *versions = NULL;
	struct pub_doc *items, *j;

	if (entry_read(v, &entry, e) < 0 ||
	    versions_read(v->o, v->q->param[0], &versions, e) < 0)
		return -1;
	items = pub_list_new();
	for (size_t i = 0; i < jsonx_len(versions); i++)
		pub_add(items,
		    version_line(i == 0 ? NULL : jsonx_at(versions, i - 1),
			jsonx_at(versions, i)));
	j = pub_doc_new();
	pub_set(j, "number", pub_own(v->q->param[0]));
	pub_set_doc(j, "items", items);
	pub_set_doc(j, "names", names_of(v->o, jsonx_get_str(entry, "scheme")));
	if (v->o->development)
		pub_set_bool(j, "development", true);
	answer_pub(a, j);
	answer_public(v, a);
	return 0;
}
