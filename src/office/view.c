/* SPDX-License-Identifier: Apache-2.0 */
/* The case document (INTERFACE 7). */
#include "office_int.h"

#include <string.h>

#include "nintei/instant.h"
#include "nintei/log.h"

static struct json *
members_of(const struct json *j, const char *const *keys, size_t n)
{
	struct json *out = jsonx_object();

	for (size_t i = 0; i < n; i++)
		jsonx_set(out, keys[i], jsonx_dup(jsonx_get(j, keys[i])));
	return out;
}

/* What has the first of the keys: a member that was not kept has no n. */
static struct json *
list_of(const struct json *list, const char *const *keys, size_t n)
{
	struct json *out = jsonx_array();

	for (size_t i = 0; i < jsonx_len(list); i++)
		if (jsonx_get(jsonx_at(list, i), keys[0]) != NULL)
			jsonx_add(out, members_of(jsonx_at(list, i), keys, n));
	return out;
}

static struct json *
certification_json(const struct dossier *d)
{
	const struct dossier_certification *c = &d->certification;
	struct json *j;

	if (c->number[0] == '\0')
		return NULL;
	j = jsonx_object();
	jsonx_set_str(
	    j, "state", state_name(dossier_state(d, M_CERTIFICATION, "1")));
	jsonx_set_str(j, "certified_on", c->certified_on);
	jsonx_set_str(j, "valid_through", c->valid_through);
	jsonx_set_int(j, "term", c->term);
	return j;
}

/* What the history keeps of documents that nobody can read any more. */
static struct json *
destroyed_json(const struct dossier *d)
{
	struct json *list = jsonx_array();

	for (size_t i = 0; i < d->n_documents; i++) {
		struct json *j = jsonx_object();

		jsonx_set_int(j, "n", d->documents[i].n);
		jsonx_set_int(j, "size", d->documents[i].size);
		jsonx_set_str(j, "tag", d->documents[i].tag);
		jsonx_set_str(j, "destroyed", d->shredded);
		jsonx_add(list, j);
	}
	return list;
}

/* What stands in the open of it too: kind, scheme, state, receipt, number. */
static bool
set_open(const struct dossier *d, struct json *j)
{
	enum state s = dossier_state(d, M_APPLICATION, "1");

	if (s == S_NONE)
		return false;
	jsonx_set_str(j, "kind", d->kind);
	jsonx_set_str(j, "scheme", d->scheme);
	jsonx_set_str(j, "state", state_name(s));
	if (d->received_at != 0)
		set_instant(j, "received_at", d->received_at);
	if (d->certification.number[0] != '\0')
		jsonx_set_str(j, "number", d->certification.number);
	if (d->base[0] != '\0')
		jsonx_set_str(j, "base", d->base);
	jsonx_set(j, "certification", certification_json(d));
	return true;
}

/* Papers of acts, which no intake record lists. */
static void
add_papers(const struct dossier *d, struct json *documents)
{
	for (size_t i = 0; i < d->n_documents; i++) {
		const struct dossier_document *doc = &d->documents[i];
		bool listed = doc->n == d->record;
		struct json *j;

		for (size_t k = 0; !listed && k < jsonx_len(documents); k++)
			listed = jsonx_get_int(
				     jsonx_at(documents, k), "n", 0) == doc->n;
		if (listed || doc->role[0] == '\0')
			continue;
		j = jsonx_object();
		jsonx_set_int(j, "n", doc->n);
		jsonx_set_str(j, "role", doc->role);
		jsonx_set_int(j, "size", doc->size);
		jsonx_set_str(j, "tag", doc->tag);
		jsonx_add(documents, j);
	}
}

/* What only the encrypted record knows. */
static void
set_record(struct office *o, const struct dossier *d, struct json *j)
{
	static const char *const doc[] = { "n", "path", "role", "size",
		"sha256", "tag" };
	CLEANUP(sec_doc_freep) struct sec_doc *kept = NULL;
	const struct json *record;
	struct err e = ERR_INIT;
	const struct json *findings;
	struct json *receipt, *documents;

	/* Without its key a case is erased; any other reason is a fault. */
	if (office_record(o, d, &kept, &e) < 0) {
		err_trail(&e, "case %s", d->id);
		if (e.code != E_NOT_FOUND)
			log_err("case.record", &e, NULL);
	}
	record = sec_doc_inside(kept);
	findings = jsonx_get(record, "findings");
	jsonx_set(j, "applicant",
	    record == NULL ? jsonx_object()
			   : jsonx_dup(jsonx_get(record, "applicant")));
	jsonx_set(j, "service",
	    record == NULL ? jsonx_object()
			   : jsonx_dup(jsonx_get(record, "service")));
	documents = d->shredded[0] != '\0'
	    ? destroyed_json(d)
	    : list_of(jsonx_get(record, "members"), doc, NELEM(doc));
	if (d->shredded[0] == '\0')
		add_papers(d, documents);
	jsonx_set(j, "documents", documents);
	jsonx_set(j, "findings",
	    findings == NULL ? jsonx_array() : jsonx_dup(findings));
	receipt =
	    d->shredded[0] != '\0' ? NULL : office_receipt_json(o, d, record);
	jsonx_set(j, "receipt", receipt != NULL ? receipt : jsonx_null());
}

/* The record alone knows the reasons: they are as secret as the item. */
struct json *
office_withholding_json(struct office *o, const struct dossier *d)
{
	static const char *const wish[] = { "item", "reason" };
	CLEANUP(sec_doc_freep) struct sec_doc *kept = NULL;
	const struct json *list;
	struct err e = ERR_INIT;

	if (office_record(o, d, &kept, &e) < 0)
		return NULL; /* set_record has said so */
	list = jsonx_get(sec_doc_inside(kept), "withhold");
	return jsonx_len(list) == 0 ? NULL : list_of(list, wish, NELEM(wish));
}

static struct json *
frame_json(const struct office *o, const struct dossier *d)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "schema", "nintei.case/1");
	jsonx_set_str(j, "case", d->id);
	jsonx_set_str(j, "head", d->head);
	if (o->development)
		jsonx_set_bool(j, "development", true);
	return j;
}

struct json *
office_case_json(struct office *o, const struct dossier *d)
{
	struct json *j = frame_json(o, d);
	struct json *deadlines = dossier_deadlines(d);

	office_register_tasks(o, d, deadlines);
	if (set_open(d, j))
		set_record(o, d, j);
	jsonx_set(j, "machines", dossier_machines_json(d));
	jsonx_set(j, "decisions", dossier_decisions_json(d));
	jsonx_set(j, "deadlines", deadlines);
	if (d->n_disclosures > 0)
		jsonx_set(j, "disclosures", office_disclosures_json(d));
	return j;
}

/* Members that an application's document always has, without their values. */
static void
set_empty(struct json *j)
{
	static const char *const lists[] = { "documents", "decisions",
		"deadlines", "findings" };

	for (size_t i = 0; i < NELEM(lists); i++)
		if (jsonx_get(j, lists[i]) == NULL)
			jsonx_set(j, lists[i], jsonx_array());
	if (jsonx_get(j, "applicant") == NULL)
		jsonx_set(j, "applicant", jsonx_object());
	if (jsonx_get(j, "service") == NULL)
		jsonx_set(j, "service", jsonx_object());
	jsonx_set(j, "receipt", jsonx_null());
}

/* For auditors: what a clone shows them, nothing that was decrypted. */
static struct json *
open_json(const struct visit *v, const struct dossier *d)
{
	struct json *j = frame_json(v->o, d), *documents = jsonx_array();
	bool application = set_open(d, j);

	for (size_t i = 0; i < d->n_documents; i++) {
		struct json *doc = jsonx_object();

		jsonx_set_int(doc, "n", d->documents[i].n);
		jsonx_set_int(doc, "size", d->documents[i].size);
		jsonx_set_str(doc, "tag", d->documents[i].tag);
		jsonx_add(documents, doc);
	}
	jsonx_set(j, "machines", dossier_machines_json(d));
	jsonx_set(j, "decisions", dossier_decisions_json(d));
	jsonx_set(j, "deadlines", dossier_deadlines(d));
	jsonx_set(j, "documents", documents);
	if (application)
		set_empty(j);
	return j;
}

static struct json *
name_of(const struct json *record, const char *member)
{
	struct json *j = jsonx_object();

	jsonx_set_str(
	    j, "name", jsonx_get_str(jsonx_get(record, member), "name"));
	return j;
}

static struct json *
seat_json(const struct dossier *d, const struct dossier_seat *seat)
{
	struct json *list = jsonx_array(), *j = jsonx_object();

	jsonx_set_str(j, "machine", machine_name(M_SEAT));
	jsonx_set_str(j, "instance", seat->instance);
	jsonx_set_str(
	    j, "state", state_name(dossier_state(d, M_SEAT, seat->instance)));
	jsonx_set(j, "flags", jsonx_array());
	jsonx_add(list, j);
	return list;
}

/* An invitation: whom it is about, so that the member can declare (Art. 7). */
static struct json *
names_json(const struct visit *v, const struct dossier *d)
{
	const struct dossier_seat *seat = seat_of(d, v->account.person);
	CLEANUP(sec_doc_freep) struct sec_doc *kept = NULL;
	struct json *j = frame_json(v->o, d);
	const struct json *record;
	struct err e = ERR_INIT;

	if (office_record(v->o, d, &kept, &e) < 0 && e.code != E_NOT_FOUND)
		log_err("case.record", &e, NULL);
	record = sec_doc_inside(kept);
	jsonx_set_str(j, "kind", d->kind);
	jsonx_set_str(j, "scheme", d->scheme);
	jsonx_set_str(
	    j, "state", state_name(dossier_state(d, M_APPLICATION, "1")));
	set_instant(j, "received_at", d->received_at);
	jsonx_set(j, "applicant", name_of(record, "applicant"));
	jsonx_set(j, "service", name_of(record, "service"));
	if (seat != NULL)
		jsonx_set(j, "machines", seat_json(d, seat));
	set_empty(j);
	return j;
}

/* Only those that the visitor may read, or brought. */
static struct json *
readable(const struct visit *v, const struct dossier *d,
    const struct json *documents)
{
	bool own = visit_roles_in(v, d) == (unsigned)ROLE_APPLICANT;
	struct json *out = jsonx_array();

	for (size_t i = 0; i < jsonx_len(documents); i++) {
		const struct json *doc = jsonx_at(documents, i);
		const char *tag = jsonx_get_str(doc, "tag");
		bool inside = tag != NULL &&
		    (strcmp(tag, "internal") == 0 ||
			strcmp(tag, "committee_only") == 0);
		bool member = jsonx_get(doc, "path") != NULL;

		if (own ? member || !inside
			: tag != NULL && visit_may_read(v, d, tag))
			jsonx_add(out, jsonx_dup(doc));
	}
	return out;
}

struct json *
office_case_seen(const struct visit *v, const struct dossier *d)
{
	struct json *j;

	switch (visit_access(v, d)) {
	case ACCESS_NONE: /* closed by the visitor's own act */
	case ACCESS_NAMES:
		return names_json(v, d);
	case ACCESS_OPEN:
		return open_json(v, d);
	case ACCESS_CASE:
		break;
	}
	j = office_case_json(v->o, d);
	if (jsonx_get(j, "documents") != NULL && d->shredded[0] == '\0')
		jsonx_set(
		    j, "documents", readable(v, d, jsonx_get(j, "documents")));
	return j;
}
