/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that sets a state: events folded into a dossier. */
#include "workflow_int.h"

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/tag.h"

/* One step, which must follow from the state and stand in the tables. */
static int
step_apply(struct dossier *d, const struct event *ev, const struct flow_step *s,
    struct err *e)
{
	const struct flow_row *row =
	    flow_row_find(s->machine, s->from, s->event);
	struct dossier_machine *m;

	if (row == NULL || row->to != s->to)
		return err_set(e, E_STORE_CORRUPT,
		    "%s/%lld: no rule allows %s.%s", d->id, (long long)ev->seq,
		    machine_name(s->machine), s->event);
	if (dossier_state(d, s->machine, s->instance) != s->from)
		return err_set(e, E_STORE_CORRUPT,
		    "%s/%lld: %s is not in state %s", d->id, (long long)ev->seq,
		    machine_name(s->machine), state_name(s->from));
	m = dossier_instance(d, s->machine, s->instance);
	m->state = s->to;
	m->flags = (m->flags & ~row->clears) | row->sets;
	fold_case(d, ev, s);
	fold_term(d, ev, s);
	fold_theme(d, ev, s);
	fold_body(d, ev, s);
	return 0;
}

/* Instances longer than an id would be cut, and two become one. */
static bool
instance_is_good(const char *instance)
{
	return instance[0] != '\0' && strlen(instance) <= LIMIT_ID_BYTES;
}

static int
step_read(const struct json *j, struct flow_step *out, struct err *e)
{
	const char *machine = jsonx_get_str(j, "machine");
	const char *instance = jsonx_get_str(j, "instance");
	const char *from = jsonx_get_str(j, "from");
	const char *event = jsonx_get_str(j, "event");
	const char *to = jsonx_get_str(j, "to");
	struct flow_step s = { 0 };

	if (machine == NULL || instance == NULL || from == NULL ||
	    event == NULL || to == NULL || !instance_is_good(instance) ||
	    (s.machine = machine_parse(machine)) == M_NONE)
		return err_set(e, E_STORE_CORRUPT, "a step is malformed");
	s.from = strcmp(from, "-") == 0 ? S_NONE : state_parse(s.machine, from);
	s.to = state_parse(s.machine, to);
	if (s.to == S_NONE || (s.from == S_NONE && strcmp(from, "-") != 0))
		return err_set(
		    e, E_STORE_CORRUPT, "unknown state of %s", machine);
	word_copy(s.instance, sizeof(s.instance), instance);
	word_copy(s.event, sizeof(s.event), event);
	*out = s;
	return 0;
}

/*
 * Only who may do it did it: the word's row names the roles.  A delegate works
 * as secretariat; what another case owes, the system does.
 */
static int
role_check(const struct event *ev, const struct flow_step *s, struct err *e)
{
	const struct flow_row *row =
	    flow_row_find(s->machine, s->from, s->event);
	enum flow_role role =
	    ev->role == NULL ? ROLE_NONE : role_parse(ev->role);

	if (row == NULL || (row->roles & (unsigned)role) != 0)
		return 0; /* no row: step_apply says so */
	if (role == ROLE_DELEGATE && (row->roles & ROLE_SECRETARIAT) != 0)
		return 0;
	if (role == ROLE_SYSTEM && ev->cause != NULL)
		return 0;
	return err_set(e, E_STORE_CORRUPT, "%s/%lld: %s.%s is not open to %s",
	    ev->case_id, (long long)ev->seq, machine_name(s->machine), s->event,
	    ev->role == NULL ? "nobody" : ev->role);
}

/*
 * The word itself happens as soon as its state allows: an intake brings its
 * bundle and its application into being by effects before it submits.
 */
static int
steps_apply(struct dossier *d, const struct event *ev, const struct json *json,
    struct err *e)
{
	bool done = strcmp(ev->machine, "body") == 0;
	struct flow_step primary = { 0 }, s;

	if (!done &&
	    (step_read(json, &primary, e) < 0 ||
		role_check(ev, &primary, e) < 0))
		return -1;
	for (size_t i = 0; i <= jsonx_len(ev->effects); i++) {
		if (!done &&
		    dossier_state(d, primary.machine, primary.instance) ==
			primary.from) {
			if (step_apply(d, ev, &primary, e) < 0)
				return -1;
			done = true;
		}
		if (i == jsonx_len(ev->effects))
			break;
		if (step_read(jsonx_at(ev->effects, i), &s, e) < 0 ||
		    step_apply(d, ev, &s, e) < 0)
			return -1;
	}
	if (!done)
		return err_set(e, E_STORE_CORRUPT,
		    "%s/%lld: %s.%s does not follow from the state", d->id,
		    (long long)ev->seq, ev->machine, ev->event);
	return 0;
}

static int
document_read(const struct json *j, int64_t last, struct dossier_document *out,
    struct err *e)
{
	out->n = jsonx_get_int(j, "n", 0);
	out->size = jsonx_get_int(j, "size", -1);
	if (out->n <= last || out->size < 0)
		return err_set(e, E_STORE_CORRUPT, "docs: numbers must rise");
	fold_text(j, "commitment", out->commitment, sizeof(out->commitment));
	fold_text(j, "tag", out->tag, sizeof(out->tag));
	return 0;
}

/* data.documents says what the papers of an act are. */
static void
role_read(const struct json *papers, struct dossier_document *doc)
{
	for (size_t i = 0; i < jsonx_len(papers); i++)
		if (jsonx_get_int(jsonx_at(papers, i), "n", 0) == doc->n)
			fold_text(jsonx_at(papers, i), "role", doc->role,
			    sizeof(doc->role));
}

/* BINDING-2: a document's tag is what its recorded sources give. */
static int
tag_check(
    const struct json *tags, const struct dossier_document *doc, struct err *e)
{
	for (size_t i = 0; i < jsonx_len(tags); i++) {
		const struct json *j = jsonx_at(tags, i);
		const struct tag_sources s = {
			.member = tag_parse(jsonx_get_str(j, "stated")),
			.label = tag_parse(jsonx_get_str(j, "label")),
			.excluded = jsonx_get_bool(j, "excluded", false),
		};

		if (jsonx_get_int(j, "n", 0) == doc->n &&
		    strcmp(tag_name(tag_effective(&s)), doc->tag) != 0)
			return err_set(e, E_STORE_CORRUPT,
			    "docs: the tag of %lld is not that of its sources",
			    (long long)doc->n);
	}
	return 0;
}

/*
 * Papers of earlier bundles stay: what was decided on may be read again.  An
 * intake has a record; papers of other acts only join.
 */
static int
documents_apply(struct dossier *d, const struct event *ev, struct err *e)
{
	size_t n = jsonx_len(ev->docs);
	bool intake = jsonx_get(ev->data, "record") != NULL;
	int64_t last =
	    d->n_documents == 0 ? 0 : d->documents[d->n_documents - 1].n;

	if (n == 0)
		return 0;
	d->documents =
	    xrealloc(d->documents, d->n_documents + n, sizeof(*d->documents));
	if (intake)
		d->record = jsonx_get_int(ev->data, "record", 0);
	for (size_t i = 0; i < n; i++) {
		struct dossier_document *doc = &d->documents[d->n_documents];

		*doc = (struct dossier_document){ 0 };
		if (document_read(jsonx_at(ev->docs, i), last, doc, e) < 0 ||
		    tag_check(jsonx_get(ev->data, "tags"), doc, e) < 0)
			return -1;
		role_read(jsonx_get(ev->data, "documents"), doc);
		last = doc->n;
		if (intake && i == 0)
			d->first_document = doc->n;
		d->n_documents++;
	}
	return 0;
}

static bool
event_holds(const struct event *ev, const char *machine, const char *event)
{
	if (strcmp(ev->machine, machine) == 0 && strcmp(ev->event, event) == 0)
		return true;
	for (size_t i = 0; i < jsonx_len(ev->effects); i++) {
		const struct json *j = jsonx_at(ev->effects, i);
		const char *m = jsonx_get_str(j, "machine");
		const char *w = jsonx_get_str(j, "event");

		if (m != NULL && w != NULL && strcmp(m, machine) == 0 &&
		    strcmp(w, event) == 0)
			return true;
	}
	return false;
}

/* Which events move the basis of decisions (INTERFACE 7). */
static void
basis_apply(struct dossier *d, const struct event *ev, const uint8_t hash[32])
{
	static const struct {
		const char *machine, *event;
	} words[] = {
		{ "bundle", "examine_done" },
		{ "bundle", "register_paper" },
		{ "application", "close_survey" },
		{ "seat", "opine" },
		{ "seat", "conflict_found" },
		{ "application", "close_opinions" },
	};

	for (size_t i = 0; i < NELEM(words); i++) {
		if (!event_holds(ev, words[i].machine, words[i].event))
			continue;
		d->basis =
		    xrealloc(d->basis, d->n_basis + 1, sizeof(*d->basis));
		memcpy(d->basis[d->n_basis++], hash, 32);
		return;
	}
}

/* The key of the case is no more: by which decision. */
static void
shred_apply(struct dossier *d, const struct event *ev)
{
	if (strcmp(ev->machine, "body") == 0 &&
	    strcmp(ev->event, "shred") == 0 && ev->decision_id != NULL)
		word_copy(d->shredded, sizeof(d->shredded), ev->decision_id);
}

static void
role_apply(struct dossier *d, const struct event *ev)
{
	enum flow_role role =
	    ev->role == NULL ? ROLE_NONE : role_parse(ev->role);

	if (role != ROLE_NONE && role != ROLE_SYSTEM)
		dossier_acted(d, ev->actor, (unsigned)role);
}

static int
link_check(const struct dossier *d, const struct json *json,
    const struct event *ev, struct err *e)
{
	const char *prev = jsonx_get_str(json, "prev");

	if (strcmp(ev->case_id, d->id) != 0 || ev->seq != d->seq + 1)
		return err_set(e, E_STORE_CORRUPT,
		    "%s: want event %lld, have %s/%lld", d->id,
		    (long long)d->seq + 1, ev->case_id, (long long)ev->seq);
	if (d->seq > 0 && d->scheme[0] != '\0' &&
	    (ev->scheme == NULL || strcmp(ev->scheme, d->scheme) != 0))
		return err_set(e, E_STORE_CORRUPT,
		    "%s/%lld is under another scheme", d->id,
		    (long long)ev->seq);
	if (prev == NULL || strcmp(prev, d->head) != 0)
		return err_set(e, E_STORE_CORRUPT,
		    "%s/%lld does not continue the event before it", d->id,
		    (long long)ev->seq);
	return 0;
}

int
dossier_apply_parsed(struct dossier *d, const struct json *json,
    const uint8_t hash[32], struct err *e)
{
	struct event ev;

	if (event_read(json, &ev, e) < 0 || link_check(d, json, &ev, e) < 0)
		return -1;
	if (steps_apply(d, &ev, json, e) < 0)
		return -1;
	if (ev.scheme != NULL && ev.scheme[0] != '\0')
		word_copy(d->scheme, sizeof(d->scheme), ev.scheme);
	if (documents_apply(d, &ev, e) < 0)
		return -1;
	role_apply(d, &ev);
	shred_apply(d, &ev);
	basis_apply(d, &ev, hash);
	hex_encode(hash, 32, d->head);
	d->seq = ev.seq;
	if (jsonx_get(ev.data, "record") != NULL) {
		word_copy(d->intake_event, sizeof(d->intake_event), d->head);
		d->intake_seq = d->seq;
	}
	return 0;
}

int
dossier_apply(struct dossier *d, struct slice event, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *json = NULL;
	uint8_t hash[32];

	if (jsonx_parse_canonical(event, LIMIT_EVENT_BYTES, &json, e) < 0)
		return -1;
	sha256_of(event, hash);
	return dossier_apply_parsed(d, json, hash, e);
}
