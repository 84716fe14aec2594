/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that sets a state: events folded into a dossier. */
#include "workflow_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/tag.h"

static void
copy_member(const struct json *j, const char *key, char *out, size_t cap)
{
	const char *text = jsonx_get_str(j, key);

	if (text != NULL)
		word_copy(out, cap, text);
}

/* 0 when absent or malformed. */
static int64_t
instant_member(const struct json *j, const char *key)
{
	const char *text = jsonx_get_str(j, key);
	struct err e = ERR_INIT;
	int64_t at;

	return text != NULL && instant_parse(text, &at, &e) == 0 ? at : 0;
}

/* Facts that one act leaves behind; the state itself is set elsewhere. */
typedef void (*fact_fn)(
    struct dossier *d, const struct event *ev, const char *instance);

static void
fact_bundle(struct dossier *d, const struct event *ev, const char *instance)
{
	(void)instance;
	d->bundles++;
	copy_member(jsonx_get(ev->data, "bundle"), "sha256", d->bundle,
	    sizeof(d->bundle));
	d->complete = jsonx_get_bool(ev->data, "complete", false);
	d->to_correct =
	    jsonx_get_int(jsonx_get(ev->data, "findings"), "correct", 0);
	d->existence[0] = '\0';
	copy_member(jsonx_get(ev->data, "existence"), "grade", d->existence,
	    sizeof(d->existence));
	d->correction_due_at = instant_member(ev->data, "correction_due_at");
}

static void
fact_submit(struct dossier *d, const struct event *ev, const char *instance)
{
	const struct json *fee = jsonx_get(ev->data, "fee");

	fact_bundle(d, ev, instance);
	copy_member(ev->data, "kind", d->kind, sizeof(d->kind));
	word_copy(d->applicant, sizeof(d->applicant), ev->actor);
	d->received_at = instant_member(ev->data, "received_at");
	d->fee_amount = jsonx_get_int(fee, "amount", 0);
	d->fee_due_at = instant_member(fee, "due_at");
}

static void
fact_request_correction(
    struct dossier *d, const struct event *ev, const char *instance)
{
	(void)instance;
	d->correction_due_at = instant_member(ev->data, "correction_due_at");
}

static void
fact_pay(struct dossier *d, const struct event *ev, const char *instance)
{
	(void)instance;
	d->fee_received += jsonx_get_int(ev->data, "amount", 0);
}

static void
review_hash(const struct json *review, char out[DOSSIER_HASH])
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_EVENT_BYTES);

	if (review == NULL)
		return;
	jsonx_canonical(review, &b);
	sha256_hex(buf_slice(&b), out);
}

static void
fact_freeze(struct dossier *d, const struct event *ev, const char *instance)
{
	const struct json *j = jsonx_get(ev->data, "decision");
	struct dossier_decision *dec = dossier_decision_new(d, instance);

	copy_member(j, "kind", dec->kind, sizeof(dec->kind));
	copy_member(j, "outcome", dec->outcome, sizeof(dec->outcome));
	copy_member(j, "case_basis", dec->basis, sizeof(dec->basis));
	copy_member(j, "sha256", dec->sha256, sizeof(dec->sha256));
	copy_member(j, "grounds", dec->grounds, sizeof(dec->grounds));
	copy_member(j, "instance", dec->instance, sizeof(dec->instance));
	copy_member(
	    j, "certified_on", dec->certified_on, sizeof(dec->certified_on));
	word_copy(dec->proposer, sizeof(dec->proposer), ev->actor);
	dec->needed = jsonx_get_int(j, "needed", 0);
	dec->expires_at = instant_member(j, "expires_at");
	review_hash(jsonx_get(ev->data, "review"), dec->review);
}

static struct dossier_decision *
decision_mutable(struct dossier *d, const char *id)
{
	for (size_t i = 0; i < d->n_decisions; i++)
		if (strcmp(d->decisions[i].id, id) == 0)
			return &d->decisions[i];
	return NULL;
}

static void
signature_add(struct dossier *d, const struct event *ev, const char *instance,
    bool objection)
{
	struct dossier_decision *dec = decision_mutable(d, instance);
	struct dossier_signature *s;

	if (dec == NULL || dec->n_signatures == DOSSIER_SIGNATURES)
		return;
	s = &dec->signatures[dec->n_signatures++];
	word_copy(s->person, sizeof(s->person), ev->actor);
	s->objection = objection;
	s->at = ev->recorded_at;
}

static void
fact_sign(struct dossier *d, const struct event *ev, const char *instance)
{
	signature_add(d, ev, instance, false);
}

static void
fact_object(struct dossier *d, const struct event *ev, const char *instance)
{
	signature_add(d, ev, instance, true);
}

static void
fact_certify(struct dossier *d, const struct event *ev, const char *instance)
{
	const struct json *j = jsonx_get(ev->data, "certification");
	struct dossier_certification *c = &d->certification;

	(void)instance;
	copy_member(j, "number", c->number, sizeof(c->number));
	copy_member(
	    j, "certified_on", c->certified_on, sizeof(c->certified_on));
	copy_member(
	    j, "valid_through", c->valid_through, sizeof(c->valid_through));
	copy_member(j, "service", c->service, sizeof(c->service));
	copy_member(j, "operator", c->operator_name, sizeof(c->operator_name));
	copy_member(j, "corporate_number", c->corporate_number,
	    sizeof(c->corporate_number));
	c->term = 1;
	c->in_force_from = ev->effective_at;
}

static void
fact_ended(struct dossier *d, const struct event *ev, const char *instance)
{
	(void)instance;
	d->certification.ended_at = ev->effective_at;
}

static void
fact_signed(struct dossier *d, const struct event *ev, const char *instance)
{
	(void)instance;
	copy_member(ev->data, "serial", d->certification.serial,
	    sizeof(d->certification.serial));
}

/* A person links numbers of the same service for Art. 8. */
static void
fact_lineage(struct dossier *d, const struct event *ev, const char *instance)
{
	const struct json *list = jsonx_get(ev->data, "lineage");

	(void)instance;
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *number = jsonx_str(jsonx_at(list, i));

		if (number != NULL && d->n_lineage < NELEM(d->lineage))
			word_copy(d->lineage[d->n_lineage++],
			    sizeof(d->lineage[0]), number);
	}
}

static const struct {
	enum machine machine;
	const char *event;
	fact_fn fn;
} facts[] = {
	{ M_APPLICATION, "submit", fact_submit },
	{ M_APPLICATION, "resubmit", fact_bundle },
	{ M_APPLICATION, "request_correction", fact_request_correction },
	{ M_APPLICATION, "request_correction", fact_lineage },
	{ M_APPLICATION, "decide_certify", fact_certify },
	{ M_FEE, "pay", fact_pay },
	{ M_FEE, "pay", fact_lineage },
	{ M_FEE, "pay_part", fact_pay },
	{ M_DECISION, "freeze", fact_freeze },
	{ M_DECISION, "sign", fact_sign },
	{ M_DECISION, "object", fact_object },
	{ M_CERTIFICATION, "revoke", fact_ended },
	{ M_CERTIFICATION, "term_ends", fact_ended },
	{ M_ARTEFACT, "sign", fact_signed },
};

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
	for (size_t i = 0; i < NELEM(facts); i++)
		if (facts[i].machine == s->machine &&
		    strcmp(facts[i].event, s->event) == 0)
			facts[i].fn(d, ev, s->instance);
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

/* Only who may do it did it: the word's row names the roles. */
static int
role_check(const struct event *ev, const struct flow_step *s, struct err *e)
{
	const struct flow_row *row =
	    flow_row_find(s->machine, s->from, s->event);
	enum flow_role role =
	    ev->role == NULL ? ROLE_NONE : role_parse(ev->role);

	if (row == NULL || (row->roles & (unsigned)role) != 0)
		return 0; /* no row: step_apply says so */
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
	copy_member(j, "commitment", out->commitment, sizeof(out->commitment));
	copy_member(j, "tag", out->tag, sizeof(out->tag));
	return 0;
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

/* Papers of earlier bundles stay: what was decided on may be read again. */
static int
documents_apply(struct dossier *d, const struct event *ev, struct err *e)
{
	size_t n = jsonx_len(ev->docs);
	int64_t last =
	    d->n_documents == 0 ? 0 : d->documents[d->n_documents - 1].n;

	if (n == 0)
		return 0;
	d->documents =
	    xrealloc(d->documents, d->n_documents + n, sizeof(*d->documents));
	d->record = jsonx_get_int(ev->data, "record", 0);
	for (size_t i = 0; i < n; i++) {
		struct dossier_document *doc = &d->documents[d->n_documents];

		*doc = (struct dossier_document){ 0 };
		if (document_read(jsonx_at(ev->docs, i), last, doc, e) < 0 ||
		    tag_check(jsonx_get(ev->data, "tags"), doc, e) < 0)
			return -1;
		last = doc->n;
		if (i == 0)
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
	if (jsonx_len(ev.docs) > 0) {
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
