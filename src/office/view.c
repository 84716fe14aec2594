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
	struct json *receipt;

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
	jsonx_set(j, "documents",
	    d->shredded[0] != '\0'
		? destroyed_json(d)
		: list_of(jsonx_get(record, "members"), doc, NELEM(doc)));
	jsonx_set(j, "findings",
	    findings == NULL ? jsonx_array() : jsonx_dup(findings));
	receipt =
	    d->shredded[0] != '\0' ? NULL : office_receipt_json(o, d, record);
	jsonx_set(j, "receipt", receipt != NULL ? receipt : jsonx_null());
}

/* What only an application has: cases of the body's own acts have none. */
static void
set_application(struct office *o, const struct dossier *d, struct json *j)
{
	enum state s = dossier_state(d, M_APPLICATION, "1");

	if (s == S_NONE)
		return;
	jsonx_set_str(j, "kind", d->kind);
	jsonx_set_str(j, "scheme", d->scheme);
	jsonx_set_str(j, "state", state_name(s));
	if (d->received_at != 0)
		set_instant(j, "received_at", d->received_at);
	set_record(o, d, j);
	if (d->certification.number[0] != '\0')
		jsonx_set_str(j, "number", d->certification.number);
	jsonx_set(j, "certification", certification_json(d));
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

struct json *
office_case_json(struct office *o, const struct dossier *d)
{
	struct json *j = jsonx_object();
	struct json *deadlines = dossier_deadlines(d);

	office_register_tasks(o, d, deadlines);
	jsonx_set_str(j, "schema", "nintei.case/1");
	jsonx_set_str(j, "case", d->id);
	set_application(o, d, j);
	jsonx_set(j, "machines", dossier_machines_json(d));
	jsonx_set(j, "decisions", dossier_decisions_json(d));
	jsonx_set(j, "deadlines", deadlines);
	if (d->n_disclosures > 0)
		jsonx_set(j, "disclosures", office_disclosures_json(d));
	jsonx_set_str(j, "head", d->head);
	if (o->development)
		jsonx_set_bool(j, "development", true);
	return j;
}
