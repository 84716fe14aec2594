/* SPDX-License-Identifier: Apache-2.0 */
/* Cases as their parties and the staff read them. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/reading.h"

#define PAGE_ROWS 50
#define EVENTS_PAGE 100

/* The case of the path, if this visitor may see it: else there is none. */
static int
seen_case(struct visit *v, struct dossier **out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	struct err why = ERR_INIT;

	if (office_load(v->o, v->q->param[0], &d, &why) < 0)
		return err_set(e, why.code == E_INPUT ? E_NOT_FOUND : why.code,
		    "%s", why.detail);
	if (!visit_may_see(v, d))
		return err_set(e, E_NOT_FOUND, "there is no such case");
	*out = TAKE(d);
	return 0;
}

/* Show the state as of now: a read before the clock's tick sees it too. */
static int
seen_case_now(struct visit *v, struct dossier **out, struct err *e)
{
	struct flow_due due;
	int rv;

	if (seen_case(v, out, e) < 0)
		return -1;
	if (!flow_next_due(*out, &due) || due.at > v->now)
		return 0;
	dossier_free(TAKE(*out));
	pthread_mutex_lock(&v->o->act);
	rv = office_load_now(v->o, v->q->param[0], out, e);
	pthread_mutex_unlock(&v->o->act);
	return rv;
}

struct list {
	const struct visit *v;
	struct json *items;
	unsigned n;
	char last[LIMIT_ID_BYTES + 1];
};

static int
case_row(const struct index_dossier *row, void *arg, struct err *e)
{
	struct list *l = arg;
	struct json *j = jsonx_object();
	char at[INSTANT_TEXT];

	(void)e;
	jsonx_set_str(j, "case", row->id);
	if (row->scheme != NULL && row->scheme[0] != '\0')
		jsonx_set_str(j, "scheme", row->scheme);
	jsonx_set_str(j, "kind", row->kind);
	jsonx_set_str(j, "state", row->state);
	if (row->received_at != 0)
		jsonx_set_str(
		    j, "received_at", instant_format(row->received_at, at));
	jsonx_set_str(j, "number", row->number);
	jsonx_set_str(j, "head", row->head);
	jsonx_add(l->items, j);
	snprintf(l->last, sizeof(l->last), "%s", row->id);
	l->n++;
	return 0;
}

/*
 * Those whose cases are few see these alone: members, chairs, delegates, and
 * who is an applicant besides.  An applicant has asked for the own ones only.
 */
static bool
sees_few(const struct visit *v)
{
	unsigned all = ROLE_SECRETARIAT | ROLE_OFFICER | ROLE_AUDITOR;

	return (v->roles & all) == 0 && visit_is_staff(v);
}

/* The rows of one page that may be seen. */
static void
page_filter(const struct list *page, struct json *out)
{
	for (size_t i = 0; i < jsonx_len(page->items); i++) {
		const struct json *row = jsonx_at(page->items, i);
		CLEANUP(dossier_freep) struct dossier *d = NULL;
		struct err quiet = ERR_INIT;

		if (office_load(page->v->o, jsonx_get_str(row, "case"), &d,
			&quiet) == 0 &&
		    visit_may_see(page->v, d))
			jsonx_add(out, jsonx_dup(row));
	}
}

/*
 * Page after page until there are enough, so that the next one begins behind
 * a case that was shown: a cursor names none that is hidden.
 */
static int
few_list(struct index_dossier_query *q, struct list *l, struct err *e)
{
	struct list page = { .v = l->v };
	char after[LIMIT_ID_BYTES + 1] = "";
	const struct json *last;

	do {
		page.n = 0;
		page.items = jsonx_array();
		if (index_dossier_list(l->v->o->index, q, case_row, &page, e) <
		    0) {
			jsonx_free(page.items);
			return -1;
		}
		page_filter(&page, l->items);
		jsonx_free(page.items);
		snprintf(after, sizeof(after), "%s", page.last);
		q->page.after = after;
	} while (page.n == PAGE_ROWS && jsonx_len(l->items) < PAGE_ROWS);
	q->page.after = NULL; /* ours */
	l->n = page.n;
	if (jsonx_len(l->items) == 0) {
		l->n = 0;
		return 0;
	}
	last = jsonx_at(l->items, jsonx_len(l->items) - 1);
	snprintf(l->last, sizeof(l->last), "%s", jsonx_get_str(last, "case"));
	return 0;
}

/* {"items", "next"?} and the Link header of the next page. */
static void
answer_list(struct answer *a, struct list *l, const char *path,
    const char *scheme, const char *state)
{
	struct json *j = jsonx_object();
	CLEANUP(freep) char *link = NULL;

	jsonx_set(j, "items", l->items);
	if (l->n == PAGE_ROWS) {
		jsonx_set_str(j, "next", l->last);
		link = xasprintf("<%s?cursor=%s%s%s%s%s>; rel=\"next\"", path,
		    l->last, scheme == NULL ? "" : "&scheme=",
		    scheme == NULL ? "" : scheme,
		    state == NULL ? "" : "&state=", state == NULL ? "" : state);
		answer_header(a, FR_LINK, link);
	}
	answer_json(a, 200, j);
}

int
get_cases(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(freep) char *scheme = query_text(v, "scheme");
	CLEANUP(freep) char *state = query_text(v, "state");
	CLEANUP(freep) char *cursor = query_text(v, "cursor");
	struct list l = { .v = v, .items = jsonx_array() };
	struct index_dossier_query q = {
		.applicant = visit_is_staff(v) ? NULL : v->account.person,
		.scheme = scheme,
		.state = state,
		.page = { cursor, PAGE_ROWS },
	};

	int rv = office_catch_up(v->o, v->now, e);

	if (rv == 0)
		rv = sees_few(v)
		    ? few_list(&q, &l, e)
		    : index_dossier_list(v->o->index, &q, case_row, &l, e);
	if (rv < 0) {
		jsonx_free(l.items);
		return -1;
	}
	/* Filters that let a row through are plain words. */
	answer_list(a, &l, "/v1/cases", scheme, state);
	return 0;
}

/* Who may read what the body keeps secret of the case. */
static bool
may_read(const struct visit *v, const struct dossier *d)
{
	return (visit_roles_in(v, d) & (ROLE_SECRETARIAT | ROLE_OFFICER)) != 0;
}

int
get_case(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	struct json *j;

	if (seen_case_now(v, &d, e) < 0)
		return -1;
	j = office_case_seen(v, d);
	/* For those who decide on it. */
	if (may_read(v, d))
		jsonx_set(j, "withholding", office_withholding_json(v->o, d));
	answer_json(a, 200, j);
	answer_etag(v, a, d->head);
	return 0;
}

/* Review sheets and drafts of others are the body's own (Art. 20). */
static void
event_redact(struct json *event)
{
	const char *role = jsonx_get_str(event, "role");

	if (role == NULL || strcmp(role, "applicant") != 0)
		jsonx_set(event, "data", jsonx_object());
}

/* Who is invited sees what became of the own seat. */
static bool
is_shown(
    const struct visit *v, const struct dossier *d, const struct json *event)
{
	const struct dossier_seat *seat = seat_of(d, v->account.person);
	const char *instance = jsonx_get_str(event, "instance");
	const char *machine = jsonx_get_str(event, "machine");

	if (visit_access(v, d) != ACCESS_NAMES)
		return true;
	return seat != NULL && machine != NULL && instance != NULL &&
	    strcmp(machine, machine_name(M_SEAT)) == 0 &&
	    strcmp(instance, seat->instance) == 0;
}

static int
event_item(struct visit *v, const struct dossier *d, int64_t seq,
    struct json *items, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct json *event = NULL;

	if (store_event_get(v->o->store, d->id, (uint64_t)seq, &text, e) < 0 ||
	    jsonx_parse(buf_slice(&text), LIMIT_EVENT_BYTES, &event, e) < 0)
		return -1;
	if (visit_roles_in(v, d) == ROLE_APPLICANT)
		event_redact(event);
	if (is_shown(v, d, event))
		jsonx_add(items, event);
	else
		jsonx_free(event);
	return 0;
}

/* Pages by sequence: the case of a month's readings has no end. */
static int
events_from(const struct visit *v, int64_t *out, struct err *e)
{
	CLEANUP(freep) char *cursor = query_text(v, "cursor");
	uint64_t after = 0;

	if (cursor != NULL && dec_parse(cursor, INT32_MAX, &after, e) < 0)
		return err_wrap(e, "cursor");
	*out = (int64_t)after + 1;
	return 0;
}

int
get_case_events(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(jsonx_freep) struct json *items = jsonx_array();
	struct json *j;
	char next[24];
	int64_t seq, last;

	if (events_from(v, &seq, e) < 0 || seen_case(v, &d, e) < 0)
		return -1;
	last = seq + EVENTS_PAGE - 1 < d->seq ? seq + EVENTS_PAGE - 1 : d->seq;
	for (; seq <= last; seq++)
		if (event_item(v, d, seq, items, e) < 0)
			return -1;
	j = jsonx_object();
	jsonx_set(j, "items", TAKE(items));
	if (last < d->seq) {
		snprintf(next, sizeof(next), "%lld", (long long)last);
		jsonx_set_str(j, "next", next);
	}
	answer_json(a, 200, j);
	answer_etag(v, a, d->head);
	return 0;
}

int
get_case_findings(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(sec_doc_freep) struct sec_doc *record = NULL;
	const struct json *findings;
	struct json *j;

	if (seen_case(v, &d, e) < 0)
		return -1;
	if (visit_access(v, d) != ACCESS_CASE)
		return err_set(e, E_NOT_FOUND, "there is no such case");
	if (office_record(v->o, d, &record, e) < 0)
		return -1;
	findings = jsonx_get(sec_doc_inside(record), "findings");
	j = jsonx_object();
	jsonx_set(
	    j, "items", findings == NULL ? jsonx_array() : jsonx_dup(findings));
	answer_json(a, 200, j);
	answer_etag(v, a, d->head);
	return 0;
}

/* Is the object open to one role? */
static bool
object_open(const struct dossier *of, int64_t n, unsigned role)
{
	const struct dossier_document *doc = dossier_document_find(of, n);

	if (n == 0)
		return reading_all(of, role);
	return doc != NULL && (reading_roles(doc->tag) & role) != 0;
}

static int
reading_refuse(enum reading why, bool open, struct err *e)
{
	if (!open)
		return err_set(e, E_FLOW_ROLE,
		    "the key opens papers that are not yours to read: read the "
		    "others by their number");
	if (why == READING_STATED)
		return err_set(e, E_FLOW_ROLE,
		    "a reviewer states to have no interest before they read: "
		    "?statement=%s",
		    READING_STATEMENT);
	return err_set(
	    e, E_FLOW_ROLE, "its reviewers read it, and who acts in the case");
}

/* REGULATION 3 and 6.4: as which of their roles they read it. */
static int
reading_role(struct visit *v, const struct dossier *of, int64_t n,
    const char *said, unsigned *out, struct err *e)
{
	unsigned roles = visit_roles_in(v, of) & ~(unsigned)ROLE_APPLICANT;
	enum reading worst = READING_CLOSED;
	bool any = false;

	for (unsigned role; roles != 0; roles &= ~role) {
		enum reading is;

		role = roles & (~roles + 1);
		is = reading_of(of, v->account.person, role);
		if (!object_open(of, n, role))
			continue;
		any = true;
		worst = is < worst ? is : worst;
		if (is == READING_FREE ||
		    (is == READING_STATED && said != NULL)) {
			*out = role;
			return 0;
		}
	}
	return reading_refuse(worst, any, e);
}

/*
 * A reading of something secret is an event of its own, in the case of the
 * month, durable before the bytes leave (Art. 20).
 */
static int
reading_commit(struct visit *v, const char *id_of, const char *what, int64_t n,
    const char *disclosure, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(dossier_freep) struct dossier *of = NULL;
	CLEANUP(act_write_done) struct act_write w;
	struct store_dossier_head head;
	CLEANUP(freep) char *said = query_text(v, "statement");
	char at[INSTANT_TEXT], id[LIMIT_ID_BYTES + 1];
	unsigned role = 0;

	if (said != NULL && strcmp(said, READING_STATEMENT) != 0)
		return err_set(
		    e, E_INPUT, "statement: want %s", READING_STATEMENT);
	instant_format(v->now, at);
	snprintf(id, sizeof(id), "access-%.7s", at);
	act_write_init(&w);
	/* As the case is now: who may read it has not changed meanwhile. */
	if (office_load(v->o, id_of, &of, e) < 0 ||
	    reading_role(v, of, n, said, &role, e) < 0)
		return -1;
	/* Body acts move no state: the head alone, not a month of readings. */
	if (store_dossier_head(v->o->store, id, &head, e) < 0)
		return -1;
	d = dossier_new(id);
	d->seq = (int64_t)head.seq;
	if (head.seq > 0)
		hex_encode(head.event_hash, sizeof(head.event_hash), d->head);
	snprintf(w.plan.primary.event, sizeof(w.plan.primary.event), "read");
	w.plan.article = "20(1)";
	w.plan.role = (enum flow_role)role;
	w.actor = v->account.person;
	jsonx_set_str(w.data, "case", of->id);
	jsonx_set_str(w.data, "object", what);
	if (n != 0)
		jsonx_set_int(w.data, "n", n);
	jsonx_set_str(w.data, "disclosure", disclosure);
	jsonx_set_str(w.data, "statement", said);
	return office_commit(v->o, d, &w, e);
}

int
office_reading(struct visit *v, const struct dossier *of, const char *what,
    int64_t n, const char *disclosure, struct err *e)
{
	int rv;

	pthread_mutex_lock(&v->o->act);
	rv = reading_commit(v, of->id, what, n, disclosure, e);
	pthread_mutex_unlock(&v->o->act);
	return rv;
}

/* The case whose papers this visitor may read: not one's own as staff. */
static int
read_case(struct visit *v, struct dossier **out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;

	if (seen_case(v, &d, e) < 0)
		return -1;
	if (!may_read(v, d))
		return err_set(e, E_NOT_FOUND, "there is no such case");
	*out = TAKE(d);
	return 0;
}

/* One whose tag is not for this reader is not there (REGULATION 6.4). */
static int
tag_check(
    const struct visit *v, const struct dossier *d, int64_t n, struct err *e)
{
	const struct dossier_document *doc = dossier_document_find(d, n);

	if (doc == NULL || !visit_may_read(v, d, doc->tag))
		return err_set(e, E_NOT_FOUND, "there is no such document");
	return 0;
}

int
get_case_document(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(freep) char *disclosure = query_text(v, "disclosure");
	uint64_t n;

	if (dec_parse(v->q->param[1], 1000000, &n, e) < 0) {
		struct err again = ERR_INIT;

		*e = again;
		return err_set(e, E_NOT_FOUND, "there is no such document");
	}
	if (seen_case(v, &d, e) < 0 || tag_check(v, d, (int64_t)n, e) < 0)
		return -1;
	/* For a third party: only what a disclosure has handed over. */
	if (disclosure != NULL &&
	    office_disclosed(d, disclosure, (int64_t)n, &v->refusal, e) < 0)
		return -1;
	if (office_document(v->o, d, (int64_t)n, &fd, e) < 0 ||
	    office_reading(v, d, "document", (int64_t)n, disclosure, e) < 0 ||
	    blob_check(fd, LIMIT_TOTAL_BYTES, &a->fd_size, e) < 0)
		return -1;
	a->status = 200;
	a->fd = TAKE_FD(fd);
	answer_header(a, FR_CONTENT_TYPE, "application/octet-stream");
	answer_header(a, FR_CONTENT_DISPOSITION, "attachment");
	answer_header(a, FR_CACHE_CONTROL, "no-store");
	return 0;
}

/* Key and key id for `openssl cms -decrypt -secretkey -secretkeyid`. */
int
get_case_key(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(secret_freep) struct secret *key = NULL;
	CLEANUP(sec_doc_freep) struct sec_doc *record = NULL;
	char hex[2 * VAULT_KEY_BYTES + 1];
	char id[2 * LIMIT_ID_BYTES + 1];
	struct json *j;

	if (read_case(v, &d, e) < 0 || office_shred_check(d, e) < 0 ||
	    office_record(v->o, d, &record, e) < 0 ||
	    vault_case_key(v->o->vault, d->id, VAULT_EXISTING, &key, e) < 0 ||
	    office_reading(v, d, "key", 0, NULL, e) < 0)
		return -1;
	j = jsonx_object();
	jsonx_set_str(j, "case", d->id);
	jsonx_set_str(j, "key_id", hex_encode(d->id, strlen(d->id), id));
	jsonx_set_str(
	    j, "key", hex_encode(secret_slice(key).p, VAULT_KEY_BYTES, hex));
	answer_json(a, 200, j);
	answer_header(a, FR_CACHE_CONTROL, "no-store");
	secret_wipe(hex, sizeof(hex));
	return 0;
}
