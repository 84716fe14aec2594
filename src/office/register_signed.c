/* SPDX-License-Identifier: Apache-2.0 */
/* The register as a signed file, and signed answers that nothing was there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/statement.h"
#include "nintei/text.h"

#include "register_int.h"

#define PAGE_ROWS 200
#define EXPORT_LIFE (24 * 3600) /* seconds until not_after */
#define EXPORT_KEPT (12 * 3600) /* and until another is made */
#define EXPORT_SLOTS 3 /* of now, and as many of other days */
#define NEAR_ROWS 50 /* shown at most; all of them are judged */
#define NAME_BYTES 400 /* of a name that a statement repeats */

/* --- the export --- */

struct slot {
	struct sealed sealed;
	char sha256[SHA256_HEX]; /* of the document; "" while empty */
	int64_t changed; /* of the register, when it was made */
	int64_t made_at;
	bool has;
	struct derive_as_of q;
};
struct exports {
	pthread_mutex_t lock; /* one is made at a time */
	/* [0] of now: what others ask of other days drives none of these out.
	 */
	struct slot slots[2][EXPORT_SLOTS];
	unsigned next[2];
};

struct exports *
exports_new(void)
{
	struct exports *x = xcalloc(1, sizeof(*x));

	pthread_mutex_init(&x->lock, NULL);
	for (size_t i = 0; i < 2 * EXPORT_SLOTS; i++)
		sealed_init(&x->slots[i % 2][i / 2].sealed);
	return x;
}

void
exports_free(struct exports *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < 2 * EXPORT_SLOTS; i++)
		sealed_done(&x->slots[i % 2][i / 2].sealed);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

static int
page_add(struct office *o, const struct views *l, const struct asked *asked,
    struct json *entries, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct pub_doc *entry = NULL;

		if (entry_asked(o, l->entry[i], asked, &entry, e) < 0)
			return -1;
		if (entry != NULL)
			jsonx_add(entries, pub_doc_release(entry));
	}
	return 0;
}

static int
entries_make(struct office *o, const struct asked *asked, struct json *entries,
    struct err *e)
{
	char last[24] = "";
	bool more = true;

	while (more) {
		CLEANUP(views_done) struct views l = { 0 };
		struct index_register_query q = { .page = { last, PAGE_ROWS } };

		if (index_register_list(o->index, &q, views_fn, &l, e) < 0 ||
		    page_add(o, &l, asked, entries, e) < 0)
			return -1;
		snprintf(last, sizeof(last), "%s", l.last);
		more = l.n == PAGE_ROWS;
	}
	return 0;
}

static void
as_of_set(struct json *doc, const struct asked *asked)
{
	struct json *j;
	char day[JDAY_TEXT];

	if (!asked->has)
		return;
	j = jsonx_object();
	jsonx_set_str(j, "day", jday_format(asked->q.day, day));
	set_instant(j, "known", asked->q.known);
	jsonx_set(doc, "as_of", j);
}

/* Entries and log as they are at one instant: the lock is held. */
static int
export_collect(struct office *o, const struct asked *asked, struct slot *s,
    struct json *doc, struct err *e)
{
	struct json *entries = jsonx_array();

	s->made_at = clock_now(&o->clock);
	jsonx_set(doc, "entries", entries);
	as_of_set(doc, asked);
	set_instant(doc, "not_after", s->made_at + EXPORT_LIFE);
	if (statement_head(o, STATEMENT_EXPORT, s->made_at, doc, e) < 0 ||
	    index_register_changed(o->index, &s->changed, e) < 0)
		return -1;
	return entries_make(o, asked, entries, e);
}

/* The signer knows at once what the index hears a moment later. */
static int
export_make(
    struct office *o, const struct asked *asked, struct slot *s, struct err *e)
{
	struct err why = ERR_INIT;

	s->sha256[0] = '\0';
	for (unsigned i = 0; i < SEALED_TRIES; i++) {
		CLEANUP(jsonx_freep) struct json *doc = jsonx_object();
		int rv;

		pthread_mutex_lock(&o->act);
		rv = export_collect(o, asked, s, doc, e);
		pthread_mutex_unlock(&o->act);
		if (rv < 0)
			return -1;
		why = (struct err)ERR_INIT;
		if (statement_seal(o, doc, &s->sealed, &why) == 0) {
			sha256_hex(buf_slice(&s->sealed.json), s->sha256);
			s->has = asked->has;
			s->q = asked->q;
			return 0;
		}
		if (why.code != E_SIGNER_REFUSED)
			break;
	}
	*e = why;
	if (e->code == E_SIGNER_REFUSED)
		e->code = E_UNAVAILABLE;
	return err_wrap(e, "register export");
}

/* Good for what is asked, and neither old nor overtaken. */
static bool
slot_fits(const struct slot *s, const struct asked *asked, int64_t changed,
    int64_t now)
{
	if (s->sha256[0] == '\0' || s->has != asked->has ||
	    s->changed != changed || now < s->made_at ||
	    now - s->made_at > EXPORT_KEPT)
		return false;
	return !asked->has ||
	    (jday_cmp(s->q.day, asked->q.day) == 0 &&
		s->q.known == asked->q.known);
}

/* The lock of the exports is held. */
static int
export_find(struct office *o, const struct asked *asked, int64_t now,
    struct slot **out, struct err *e)
{
	struct exports *x = o->exports;
	struct slot *of = x->slots[asked->has], *s;
	int64_t changed;

	if (index_register_changed(o->index, &changed, e) < 0)
		return -1;
	for (size_t i = 0; i < EXPORT_SLOTS; i++)
		if (slot_fits(&of[i], asked, changed, now)) {
			*out = &of[i];
			return 0;
		}
	s = &of[x->next[asked->has]];
	x->next[asked->has] = (x->next[asked->has] + 1) % EXPORT_SLOTS;
	if (export_make(o, asked, s, e) < 0)
		return -1;
	*out = s;
	return 0;
}

int
get_register_export(struct visit *v, struct answer *a, struct err *e)
{
	struct exports *x = v->o->exports;
	struct asked asked;
	struct slot *s;
	int rv;

	if (asked_read(v, &asked, e) < 0)
		return -1;
	if (asked.has &&
	    jday_cmp(asked.q.day, jday_of_instant(asked.q.known)) > 0)
		return err_set(e, E_INPUT, "as_of lies ahead of known");
	if (office_catch_up(v->o, v->now, e) < 0)
		return -1;
	pthread_mutex_lock(&x->lock);
	rv = export_find(v->o, &asked, v->now, &s, e);
	if (rv == 0)
		answer_bytes(a, "application/json", buf_slice(&s->sealed.json));
	pthread_mutex_unlock(&x->lock);
	if (rv == 0)
		answer_public(v, a);
	return rv;
}

/* The export that the hash names. */
static const struct sealed *
export_by_hash(const struct visit *v, const char *of)
{
	const struct exports *x = v->o->exports;

	for (size_t i = 0; i < 2 * EXPORT_SLOTS; i++)
		if (strcmp(x->slots[i % 2][i / 2].sha256, of) == 0)
			return &x->slots[i % 2][i / 2].sealed;
	return NULL;
}

static int
export_seal(struct visit *v, struct answer *a, bool stamp, struct err *e)
{
	struct sealed_kept kept = { &v->o->exports->lock, export_by_hash };

	return sealed_answer(v, a, &kept, stamp, e);
}

int
get_register_export_cms(struct visit *v, struct answer *a, struct err *e)
{
	return export_seal(v, a, false, e);
}

int
get_register_export_tst(struct visit *v, struct answer *a, struct err *e)
{
	return export_seal(v, a, true, e);
}

/* --- absence --- */

struct question {
	char *scheme, *number, *service, *operator_name;
	struct jday on;
	int64_t now;
	struct buf folded, folded_operator;
};

static void
question_done(struct question *q)
{
	free(q->scheme);
	free(q->number);
	free(q->service);
	free(q->operator_name);
	buf_free(&q->folded);
	buf_free(&q->folded_operator);
}

/*
 * The statement repeats what was asked: a number that can be one, or a name
 * in one line, so that nobody has a text of their own signed.
 */
static int
asked_check(const struct question *q, struct err *e)
{
	const char *name = q->service;
	size_t n = name == NULL ? 1 : strlen(name);

	if (q->number != NULL && !scheme_number_valid(q->number))
		return err_set(e, E_INPUT, "number: want a number");
	if (n == 0 || n > NAME_BYTES)
		return err_set(
		    e, E_INPUT, "service: want 1 to %d bytes", NAME_BYTES);
	for (size_t i = 0; name != NULL && i < n; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return err_set(
			    e, E_INPUT, "service: a control character");
	return 0;
}

static int
question_read(const struct visit *v, struct question *q, struct err *e)
{
	CLEANUP(freep) char *on = query_text(v, "on");

	q->scheme = query_text(v, "scheme");
	q->number = query_text(v, "number");
	q->service = query_text(v, "service");
	q->operator_name = query_text(v, "operator");
	q->now = v->now;
	if (q->scheme == NULL || scheme_find(v->o->schemes, q->scheme) == NULL)
		return err_set(e, E_INPUT, "scheme: want the id of a scheme");
	if ((q->number == NULL) == (q->service == NULL))
		return err_set(e, E_INPUT, "want either number or service");
	if (asked_check(q, e) < 0)
		return -1;
	if (jday_parse(on == NULL ? "" : on, &q->on, e) < 0)
		return err_wrap(e, "on");
	if (jday_cmp(q->on, jday_of_instant(v->now)) > 0)
		return err_set(e, E_INPUT, "on lies ahead");
	if (q->operator_name != NULL &&
	    text_casefold_key(
		slice_str(q->operator_name), &q->folded_operator, e) < 0)
		return -1;
	return q->service == NULL
	    ? 0
	    : text_casefold_key(slice_str(q->service), &q->folded, e);
}

/* Folded alike: width, case and blanks do not make another name. */
static int
is_same(const char *text, const struct buf *folded, bool *out, struct err *e)
{
	CLEANUP(buf_free) struct buf mine = BUF_INIT(KIB(8));

	*out = false;
	if (text == NULL)
		return 0;
	if (text_casefold_key(slice_str(text), &mine, e) < 0)
		return -1;
	*out = strcmp(buf_str(&mine), buf_str(folded)) == 0;
	return 0;
}

/* Any version of it had this name. */
static int
was_named(struct office *o, const char *number, const struct question *q,
    bool *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *versions = NULL;

	*out = q->number != NULL;
	if (versions_read(o, number, &versions, e) < 0)
		return -1;
	for (size_t i = 0; !*out && i < jsonx_len(versions); i++)
		if (is_same(
			jsonx_get_str(jsonx_get(jsonx_at(versions, i), "entry"),
			    "service"),
			&q->folded, out, e) < 0)
			return -1;
	return 0;
}

/* A certification that may be meant, as it stood on the day. */
static int
near_add(struct json *list, const struct json *entry, const struct question *q,
    struct err *e)
{
	static const char *const keys[] = { "number", "service", "operator",
		"state", "state_ja", "certified_on", "valid_through" };
	struct derive_as_of as_of = { q->on, q->now };
	struct json *line = jsonx_object();
	bool same = false;

	jsonx_add(list, line);
	for (size_t i = 0; i < NELEM(keys); i++) {
		const char *text = jsonx_get_str(entry, keys[i]);

		if (text != NULL)
			jsonx_set_str(line, keys[i], text);
	}
	jsonx_set_bool(line, "in_force", derive_entry_in_force(entry, &as_of));
	if (q->operator_name == NULL)
		return 0;
	if (is_same(jsonx_get_str(entry, "operator"), &q->folded_operator,
		&same, e) < 0)
		return -1;
	jsonx_set_bool(line, "same_operator", same);
	return 0;
}

struct found {
	struct json *certified, *near;
};

static int
candidate_add(struct office *o, const struct json *entry,
    const struct question *q, struct found *f, struct err *e)
{
	struct derive_as_of as_of = { q->on, q->now };
	bool named = false;

	if (was_named(o, jsonx_get_str(entry, "number"), q, &named, e) < 0)
		return -1;
	named = named && derive_entry_in_force(entry, &as_of);
	if (!named && jsonx_len(f->near) >= NEAR_ROWS)
		return 0;
	return near_add(named ? f->certified : f->near, entry, q, e);
}

/* Those that may be meant, page by page: nothing after the first is lost. */
static int
page_judge(struct office *o, const struct question *q, char after[24],
    struct found *f, bool *out_more, struct err *e)
{
	CLEANUP(views_done) struct views l = { 0 };
	struct index_register_query ask = { .q = buf_str(&q->folded),
		.scheme = q->scheme,
		.page = { after, PAGE_ROWS } };

	if (index_register_list(o->index, &ask, views_fn, &l, e) < 0)
		return -1;
	for (size_t i = 0; i < l.n; i++)
		if (candidate_add(o, l.entry[i], q, f, e) < 0)
			return -1;
	snprintf(after, 24, "%s", l.last);
	*out_more = l.n == PAGE_ROWS;
	return 0;
}

static int
number_judge(
    struct office *o, const struct question *q, struct found *f, struct err *e)
{
	CLEANUP(views_done) struct views l = { 0 };
	CLEANUP(buf_free) struct buf hold = BUF_INIT(REGISTER_VIEW_BYTES);
	struct index_certification row;
	struct err none = ERR_INIT;

	if (index_certification_get(o->index, q->number, &hold, &row, &none) <
	    0)
		return none.code == E_NOT_FOUND
		    ? 0
		    : err_set(e, none.code, "%s", none.detail);
	if (views_fn(&row, &l, e) < 0)
		return -1;
	return candidate_add(o, l.entry[0], q, f, e);
}

/* What the register has on that day, under this name and near it. */
static int
candidates_judge(
    struct office *o, const struct question *q, struct found *f, struct err *e)
{
	char after[24] = "";
	bool more = true;

	if (q->number != NULL)
		return number_judge(o, q, f, e);
	while (more)
		if (page_judge(o, q, after, f, &more, e) < 0)
			return -1;
	return 0;
}

static int
absence_doc(
    struct office *o, const struct question *q, struct json *doc, struct err *e)
{
	char day[JDAY_TEXT];

	jsonx_set_str(doc, "scheme", q->scheme);
	jsonx_set_str(doc, "on", jday_format(q->on, day));
	if (q->number != NULL)
		jsonx_set_str(doc, "number", q->number);
	else
		jsonx_set_str(doc, "service", q->service);
	return statement_head(o, STATEMENT_ABSENCE, q->now, doc, e);
}

static int
absence_say(
    struct office *o, const struct question *q, struct json *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = jsonx_object();
	CLEANUP(sealed_done) struct sealed sealed;

	sealed_init(&sealed);
	if (absence_doc(o, q, doc, e) < 0 ||
	    statement_seal(o, doc, &sealed, e) < 0)
		return -1;
	jsonx_set(out, "statement", jsonx_dup(doc));
	set_base64(out, "cms", &sealed.cms);
	set_base64(out, "tst", &sealed.tst);
	return 0;
}

int
get_register_absence(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(question_done)
	struct question q = { .folded = BUF_INIT(KIB(8)),
		.folded_operator = BUF_INIT(KIB(8)) };
	CLEANUP(jsonx_freep) struct json *out = jsonx_object();
	struct found f = { jsonx_array(), jsonx_array() };
	bool absent;

	jsonx_set(out, "certified", f.certified);
	jsonx_set(out, "near", f.near);
	if (question_read(v, &q, e) < 0 ||
	    office_catch_up(v->o, v->now, e) < 0 ||
	    candidates_judge(v->o, &q, &f, e) < 0)
		return -1;
	absent = jsonx_len(f.certified) == 0;
	jsonx_set_bool(out, "absent", absent);
	if (absent && absence_say(v->o, &q, out, e) < 0)
		return -1;
	answer_json(a, 200, TAKE(out));
	answer_header(a, FR_CACHE_CONTROL, "no-store");
	return 0;
}
