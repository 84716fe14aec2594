/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the read model that one event changes. */
#include "office_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "project_int.h"

static void
rows_done(struct rows *r)
{
	free(r->machines);
	free(r->flags);
	free(r->documents);
	free(r->decisions);
	buf_free(&r->view);
	buf_free(&r->search);
	buf_free(&r->hold);
	buf_free(&r->content);
	jsonx_freep(&r->deadlines_json);
	pub_doc_free(r->entry);
	free(r->deadlines);
	for (size_t i = 0; i < r->n_publications; i++) {
		free(r->publication_text[i]);
		free(r->publication_instance[i]);
	}
}

/*
 * What a case is about: its application, or of the body's own cases the
 * version, contract or question that came last.  NULL: lists pass it over.
 */
static const struct dossier_machine *
subject_of(const struct dossier *d)
{
	static const enum machine subjects[] = { M_APPLICATION, M_RULES,
		M_DELEGATION, M_TICKET };
	const struct dossier_machine *m = NULL;

	for (size_t i = 0; m == NULL && i < NELEM(subjects); i++)
		m = dossier_last(d, subjects[i]);
	return m;
}

static void
rows_dossier(struct rows *r, const struct dossier *d)
{
	struct flow_due due = { 0 };
	bool certified = d->certification.number[0] != '\0';
	const struct dossier_machine *m = subject_of(d);

	if (m == NULL)
		return;
	flow_next_due(d, &due);
	r->dossier.id = d->id;
	r->dossier.scheme = d->scheme;
	r->dossier.kind =
	    m->machine == M_APPLICATION ? d->kind : machine_name(m->machine);
	r->dossier.applicant = d->applicant;
	r->dossier.state = state_name(m->state);
	r->dossier.received_at = d->received_at;
	r->dossier.number = certified ? d->certification.number : NULL;
	r->dossier.base = d->base[0] != '\0' ? d->base : NULL;
	r->dossier.head = d->head;
	r->dossier.seq = d->seq;
	r->dossier.next_clock = due.at;
	r->u.dossier = &r->dossier;
}

bool
rows_move(const struct json *event, const char *machine, const char *instance)
{
	const struct json *effects = jsonx_get(event, "effects");
	const struct json *step = event;

	for (size_t i = 0; step != NULL; step = jsonx_at(effects, i++)) {
		const char *m = jsonx_get_str(step, "machine");
		const char *n = jsonx_get_str(step, "instance");

		if (m != NULL && strcmp(m, machine) == 0 &&
		    (instance == NULL ||
			(n != NULL && strcmp(n, instance) == 0)))
			return true;
	}
	return false;
}

/* Words of the flags, one space between; out holds FLAGS_TEXT. */
static const char *
flags_text(unsigned flags, char out[FLAGS_TEXT])
{
	size_t n = 0;

	out[0] = '\0';
	for (unsigned bit = 1; bit <= flags; bit <<= 1)
		if ((flags & bit) != 0 && flag_name(bit) != NULL &&
		    n < FLAGS_TEXT)
			n += (size_t)snprintf(out + n, FLAGS_TEXT - n, "%s%s",
			    n > 0 ? " " : "", flag_name(bit));
	return out;
}

static void
rows_machines(struct rows *r, const struct dossier *d, const struct json *event)
{
	struct index_machine *row = r->machines =
	    xcalloc(d->n_machines, sizeof(*r->machines));

	r->flags = xcalloc(d->n_machines, FLAGS_TEXT);
	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];

		if (!rows_move(event, machine_name(m->machine), m->instance))
			continue;
		row->dossier = d->id;
		row->machine = machine_name(m->machine);
		row->instance = m->instance;
		row->state = state_name(m->state);
		row->flags = flags_text(m->flags, r->flags[row - r->machines]);
		row++;
	}
	r->u.machines = r->machines;
	r->u.nmachines = (size_t)(row - r->machines);
}

/* Documents are only ever added, by the event that brings them. */
static void
rows_documents(
    struct rows *r, const struct dossier *d, const struct json *event)
{
	size_t n = jsonx_len(jsonx_get(event, "docs"));

	if (n > d->n_documents)
		n = d->n_documents;
	r->documents = xcalloc(n, sizeof(*r->documents));
	for (size_t i = 0; i < n; i++) {
		const struct dossier_document *doc =
		    &d->documents[d->n_documents - n + i];

		r->documents[i].dossier = d->id;
		r->documents[i].n = doc->n;
		r->documents[i].size = doc->size;
		r->documents[i].tag = doc->tag;
		r->documents[i].commitment = doc->commitment;
	}
	r->u.documents = r->documents;
	r->u.ndocuments = n;
}

static void
rows_decisions(
    struct rows *r, const struct dossier *d, const struct json *event)
{
	struct index_decision *row = r->decisions =
	    xcalloc(d->n_decisions, sizeof(*r->decisions));

	for (size_t i = 0; i < d->n_decisions; i++) {
		const struct dossier_decision *dec = &d->decisions[i];

		if (!rows_move(event, "decision", dec->id))
			continue;
		row->id = dec->id;
		row->dossier = d->id;
		row->kind = dec->kind;
		row->outcome = dec->outcome;
		row->state = state_name(dossier_state(d, M_DECISION, dec->id));
		row->expires_at = dec->expires_at;
		row++;
	}
	r->u.decisions = r->decisions;
	r->u.ndecisions = (size_t)(row - r->decisions);
}

/* A number frozen into a decision is taken, whatever becomes of it. */
static void
rows_serial(struct rows *r, const struct json *event)
{
	const char *number = jsonx_get_str(
	    jsonx_get(jsonx_get(event, "data"), "decision"), "cert_number");
	const char *kind = jsonx_get_str(
	    jsonx_get(jsonx_get(event, "data"), "decision"), "kind");
	int64_t serial = 0;
	size_t n;

	if (number == NULL || kind == NULL || strcmp(kind, "certify") != 0)
		return;
	n = strcspn(number, "0123456789");
	if (n >= sizeof(r->prefix))
		return;
	snprintf(r->prefix, sizeof(r->prefix), "%.*s", (int)n, number);
	for (const char *p = number + n; *p >= '0' && *p <= '9'; p++)
		serial = serial * 10 + (*p - '0');
	r->u.serial_prefix = r->prefix;
	r->u.serial_value = serial;
}

/* What the case awaits, as it says itself. */
static void
rows_deadlines(struct rows *r, const struct dossier *d)
{
	struct json *list = r->deadlines_json = dossier_deadlines(d);
	size_t n = jsonx_len(list);

	r->deadlines = xcalloc(n, sizeof(*r->deadlines));
	for (size_t i = 0; i < n; i++) {
		const struct json *line = jsonx_at(list, i);

		r->deadlines[i].dossier = d->id;
		r->deadlines[i].n = (int64_t)i + 1;
		r->deadlines[i].date = jsonx_get_str(line, "date");
		r->deadlines[i].what = jsonx_get_str(line, "what");
		r->deadlines[i].article = jsonx_get_str(line, "article");
	}
	r->u.has_deadlines = true;
	r->u.deadlines = r->deadlines;
	r->u.ndeadlines = n;
}

static int
rows_event(struct rows *r, const struct dossier *d,
    const struct store_event *ev, const struct json *event, struct err *e)
{
	const char *at = jsonx_get_str(event, "recorded_at");

	r->u.commit = ev->done.commit;
	r->u.log_size = (int64_t)ev->done.log_size;
	r->u.event.dossier = d->id;
	r->u.event.seq = d->seq;
	r->u.event.machine = jsonx_get_str(event, "machine");
	r->u.event.event = jsonx_get_str(event, "event");
	r->u.event.actor = jsonx_get_str(event, "actor");
	r->u.event.role = jsonx_get_str(event, "role");
	r->u.event.article = jsonx_get_str(event, "article");
	r->u.event.hash = hex_encode(ev->done.event_hash, 32, r->hash);
	r->u.request = jsonx_get_str(event, "request");
	return instant_parse(at == NULL ? "" : at, &r->u.event.recorded_at, e);
}

int
office_project(struct index *x, const struct dossier *d,
    const struct store_event *ev, const struct json *event, struct err *e)
{
	CLEANUP(rows_done)
	struct rows r = { .view = BUF_INIT(ROWS_VIEW_BYTES),
		.search = BUF_INIT(ROWS_SEARCH_BYTES),
		.content = BUF_INIT(ROWS_VIEW_BYTES),
		.hold = BUF_INIT(ROWS_VIEW_BYTES) };

	if (rows_event(&r, d, ev, event, e) < 0)
		return -1;
	rows_dossier(&r, d);
	rows_machines(&r, d, event);
	rows_documents(&r, d, event);
	rows_decisions(&r, d, event);
	rows_serial(&r, event);
	rows_deadlines(&r, d);
	rows_fees(&r, d, event);
	r.u.settles = jsonx_get_str(event, "cause");
	if (rows_public(x, &r, d, event, e) < 0 ||
	    rows_owed(x, &r, d, event, e) < 0)
		return -1;
	return index_apply(x, &r.u, e);
}

/* Dossiers on their way through a replay; folded again if they were dropped. */
#define REPLAY_DOSSIERS 65536
struct replay {
	struct index *index;
	struct store *store;
	struct cache *cache;
	uint64_t n;
};

/* The dossier before event seq. */
static int
replay_dossier(struct replay *r, const char *id, uint64_t seq,
    struct dossier **out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);

	if ((*out = cache_get(r->cache, id)) != NULL)
		return 0;
	d = dossier_new(id);
	for (uint64_t i = 1; i < seq; i++) {
		buf_reset(&text);
		if (store_event_get(r->store, id, i, &text, e) < 0 ||
		    dossier_apply(d, buf_slice(&text), e) < 0)
			return -1;
	}
	*out = cache_put(r->cache, TAKE(d));
	return 0;
}

static int
replay_event(const struct store_event *ev, void *arg, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *event = NULL;
	struct replay *r = arg;
	struct dossier *d;

	/* Canonical it was when it entered; the log holds its hash. */
	if (jsonx_parse(ev->text, LIMIT_EVENT_BYTES, &event, e) < 0 ||
	    replay_dossier(r, ev->dossier, ev->seq, &d, e) < 0 ||
	    dossier_apply_parsed(d, event, ev->done.event_hash, e) < 0 ||
	    office_project(r->index, d, ev, event, e) < 0)
		return -1;
	r->n++;
	return 0;
}

int
office_replay(struct index *x, struct store *s, uint64_t *out_n, struct err *e)
{
	CLEANUP(cache_freep) struct cache *cache = cache_new(REPLAY_DOSSIERS);
	struct replay r = { .index = x, .store = s, .cache = cache };

	if (index_replay(x, s, replay_event, &r, e) < 0)
		return -1;
	*out_n = r.n;
	return 0;
}
