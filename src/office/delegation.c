/* SPDX-License-Identifier: Apache-2.0 */
/* Art. 19: work that a third party does, decided, published, then opened. */
#include <stdio.h>
#include <string.h>

#include "body_int.h"
#include "nintei/derive_entry.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/term.h"

#define TEXT_MAX 500 /* of a name, of the work; in bytes */
#define PAPER_BYTES MIB(4)

int
begin_delegation(struct command *c, struct err *e)
{
	(void)e;
	(void)c;
	return 0;
}

/* --- freezing --- */

/* In the roster as a delegate, and as nothing else: delegates never approve. */
static int
delegate_check(const struct draft *f, const char *person, struct err *e)
{
	const struct roster_entry *entry = roster_get(f->v->o->roster, person);

	if (!roster_has_role(entry, ROSTER_DELEGATE, f->v->now))
		return err_set(e, E_INPUT,
		    "data.detail.delegate: %.40s is no delegate of the roster",
		    person);
	if (entry->roles != (unsigned)ROSTER_DELEGATE)
		return err_set(e, E_INPUT,
		    "data.detail.delegate: %.40s has another role", person);
	return 0;
}

static int
text_check(const struct json *detail, const char *key, struct err *e)
{
	const char *text = detail_text(detail, key);

	if (text[0] == '\0' || strlen(text) > TEXT_MAX)
		return err_set(e, E_INPUT,
		    "data.detail.%s: want a text of up to %d bytes", key,
		    TEXT_MAX);
	return 0;
}

/* Schemes, or cases that exist. */
static int
scope_check(const struct draft *f, const struct json *list, struct err *e)
{
	size_t n = jsonx_len(list);

	if (n == 0 || n > DOSSIER_SCOPE)
		return err_set(e, E_INPUT,
		    "data.detail.scope: want 1 to %d schemes or cases",
		    DOSSIER_SCOPE);
	for (size_t i = 0; i < n; i++) {
		const char *id = jsonx_str(jsonx_at(list, i));
		struct store_dossier_head head = { 0 };

		if (id == NULL || strlen(id) > LIMIT_ID_BYTES)
			return err_set(e, E_INPUT, "data.detail.scope: ids");
		if (scheme_find(f->v->o->schemes, id) != NULL)
			continue;
		if (store_dossier_head(f->v->o->store, id, &head, e) < 0)
			return -1;
		if (head.seq == 0)
			return err_set(e, E_INPUT,
			    "data.detail.scope: no scheme or case %.40s", id);
	}
	return 0;
}

static int
hash_check(const struct json *detail, const char *key, struct err *e)
{
	const char *hex = detail_text(detail, key);

	if (strlen(hex) == 64 && strspn(hex, "0123456789abcdef") == 64)
		return 0;
	return err_set(e, E_INPUT,
	    "data.detail.%s: want the SHA-256 of the paper in hex", key);
}

/* Members of the detail; nothing else is signed or published. */
static const struct json_field members[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "delegate", JSON_KIND_STRING, true },
	{ "name", JSON_KIND_STRING, true },
	{ "work", JSON_KIND_STRING, true },
	{ "scope", JSON_KIND_ARRAY, true },
	{ "contract", JSON_KIND_STRING, true },
	{ "knowledge", JSON_KIND_STRING, true },
	{ "secrecy", JSON_KIND_BOOL, true },
};

int
fill_delegation(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep)
	struct json *detail = jsonx_get(f->data, "detail") == NULL
	    ? jsonx_object()
	    : jsonx_dup(jsonx_get(f->data, "detail"));

	jsonx_set_str(detail, "schema", "nintei.delegation/1");
	if (jsonx_shape(detail, members, NELEM(members), e) < 0)
		return err_wrap(e, "data.detail");
	if (delegate_check(f, detail_text(detail, "delegate"), e) < 0 ||
	    text_check(detail, "name", e) < 0 ||
	    text_check(detail, "work", e) < 0 ||
	    scope_check(f, jsonx_get(detail, "scope"), e) < 0 ||
	    hash_check(detail, "contract", e) < 0 ||
	    hash_check(detail, "knowledge", e) < 0)
		return -1;
	if (!jsonx_get_bool(detail, "secrecy", false))
		return err_set(e, E_INPUT,
		    "data.detail.secrecy: the contract must bind the delegate "
		    "to secrecy (Art. 20(1))");
	if (dossier_last(f->d, M_DELEGATION) != NULL)
		return err_set(
		    e, E_FLOW_STEP, "the case has its delegation already");
	draft_put(f, "article", "19(1),20(1)");
	f->instance = "1";
	return draft_put_detail(f, detail, e);
}

/* The SHA-256 of the document of that role, as the request brings it. */
static int
paper_check(const struct command *c, const struct json *detail,
    const char *role, struct err *e)
{
	const struct json *list = jsonx_get(c->body, "documents");
	char hex[SHA256_HEX];

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const struct json *j = jsonx_at(list, i);
		CLEANUP(buf_free) struct buf bytes = BUF_INIT(PAPER_BYTES);
		const char *content = jsonx_get_str(j, "content");

		if (strcmp(detail_text(j, "role"), role) != 0 ||
		    content == NULL)
			continue;
		if (base64_decode(slice_str(content), false, &bytes, e) < 0)
			return err_wrap(e, "documents[%zu]", i);
		if (strcmp(sha256_hex(buf_slice(&bytes), hex),
			detail_text(detail, role)) == 0)
			return 0;
	}
	return err_set(e, E_INPUT,
	    "documents: want the %s whose SHA-256 the detail names", role);
}

/* Contract and evidence of knowledge come with the proposal (19(1)). */
int
prepare_freeze_body(struct command *c, struct err *e)
{
	const char *kind = detail_text(c->w.data, "kind");
	const struct json *detail = jsonx_get(c->w.data, "detail");

	if (strcmp(kind, "delegation") != 0)
		return 0;
	if (paper_check(c, detail, "contract", e) < 0)
		return -1;
	return paper_check(c, detail, "knowledge", e);
}

/* --- carrying out --- */

void
body_say(struct execution *x)
{
	static const char *const copied[] = { "delegate", "name", "scope",
		"contract", "knowledge" };

	if (strcmp(x->dec->kind, "delegation") != 0)
		return;
	for (size_t i = 0; i < NELEM(copied); i++)
		jsonx_set(x->w->data, copied[i],
		    jsonx_dup(jsonx_get(x->detail, copied[i])));
}

/* --- the fact and the name (19(2)) --- */

static const struct dossier_decision *
concluded_by(const struct dossier *d)
{
	for (size_t i = 0; i < d->n_decisions; i++)
		if (strcmp(d->decisions[i].kind, "delegation") == 0 &&
		    dossier_state(d, M_DECISION, d->decisions[i].id) ==
			S_DEC_EXECUTED)
			return &d->decisions[i];
	return NULL;
}

/* From this event on the delegate's access is open. */
int
prepare_delegation_publish(struct command *c, struct err *e)
{
	const struct dossier_decision *by = concluded_by(c->d);
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_DECISION_BYTES);
	CLEANUP(jsonx_freep) struct json *detail = NULL;

	if (by == NULL)
		return err_set(e, E_FLOW_STEP, "no decision concluded it");
	if (office_detail(c->v->o, c->d, by->id, &text, e) < 0 ||
	    jsonx_parse_canonical(
		buf_slice(&text), LIMIT_DECISION_BYTES, &detail, e) < 0)
		return -1;
	return office_publish_kind(
	    c->v->o, c->d, PUBLICATION_delegation, detail, by, c->w.data, e);
}

/* Access is closed by the event, whatever day the contract names. */
int
prepare_delegation_end(struct command *c, struct err *e)
{
	const char *on = jsonx_get_str(c->w.data, "ended_on");
	struct jday day;

	if (on == NULL)
		return 0;
	if (jday_parse(on, &day, e) < 0)
		return err_wrap(e, "data.ended_on");
	if (jday_cmp(day, jday_of_instant(c->v->now)) > 0)
		return err_set(e, E_INPUT, "data.ended_on lies ahead");
	return 0;
}
