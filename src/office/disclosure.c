/* SPDX-License-Identifier: Apache-2.0 */
/* Art. 20: secrets to a third party, by consent, order or exception. */
#include "themes_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"

#define NAME_MAX_BYTES 600

/* Numbers of documents of the case, rising, none twice. */
static int
objects_check(const struct command *c, struct err *e)
{
	const struct json *list = jsonx_get(c->w.data, "objects");
	int64_t last = 0;

	if (jsonx_len(list) == 0 || jsonx_len(list) > DOSSIER_OBJECTS)
		return err_set(e, E_INPUT,
		    "data.objects: want 1 to %d numbers of documents",
		    DOSSIER_OBJECTS);
	for (size_t i = 0; i < jsonx_len(list); i++) {
		int64_t n = jsonx_int_value(jsonx_at(list, i), 0);

		if (n <= last || dossier_document_find(c->d, n) == NULL)
			return err_set(e, E_INPUT,
			    "data.objects: want documents of the case, rising");
		last = n;
	}
	return 0;
}

/*
 * Who gets it is a name: it becomes a paper, and a hash under the key of the
 * case, by which the three acts are held against each other.
 */
static int
recipient_hide(struct command *c, struct err *e)
{
	CLEANUP(freep) char *to = NULL;
	const char *name = jsonx_get_str(c->w.data, "to");
	uint8_t sum[32], hidden[32];
	char hex[65];

	if (name == NULL || name[0] == '\0' || strlen(name) > NAME_MAX_BYTES)
		return err_set(e, E_INPUT, "data.to: want the recipient");
	to = xstrdup(name);
	jsonx_del(c->w.data, "to");
	sha256_of(slice_str(to), sum);
	if (vault_commit(c->v->o->vault, c->d->id, 0, sum, hidden, e) < 0)
		return -1;
	jsonx_set_str(
	    c->w.data, "recipient", hex_encode(hidden, sizeof(hidden), hex));
	return office_add_document(c->v->o, c->d, &c->w, "recipient",
	    "personal", slice_str(to), NULL, e);
}

/* The order's copy came with the act, and is the one that was named. */
static int
order_check(const struct command *c, const char *want, struct err *e)
{
	const struct json *list = jsonx_get(c->body, "documents");

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const struct json *j = jsonx_at(list, i);
		const char *role = jsonx_get_str(j, "role");
		const char *content = jsonx_get_str(j, "content");
		CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(4));
		char hex[65];

		if (role == NULL || content == NULL ||
		    strcmp(role, "order") != 0)
			continue;
		if (base64_decode(slice_str(content), false, &b, e) < 0)
			return -1;
		sha256_hex(buf_slice(&b), hex);
		if (strcmp(hex, want) == 0)
			return 0;
	}
	return err_set(e, E_INPUT,
	    "data.order: no document of role \"order\" has this SHA-256");
}

int
disclosure_request_prepare(struct command *c, struct err *e)
{
	const char *order = jsonx_get_str(c->w.data, "order");
	const char *basis = jsonx_get_str(c->w.data, "basis");
	int64_t item = jsonx_get_int(c->w.data, "exception", 0);

	if (objects_check(c, e) < 0)
		return -1;
	if (order != NULL && order_check(c, order, e) < 0)
		return -1;
	if (basis != NULL && strcmp(basis, "exception") == 0 &&
	    theme_exception(item) == NULL)
		return err_set(
		    e, E_INPUT, "data.exception: want 1 to 6 of Art. 20(2)");
	return recipient_hide(c, e);
}

/*
 * The operator signs what, to whom.  Who has no key in the roster signs by
 * the act itself (INTERFACE 7).  Row and role are asked first.
 */
int
disclosure_consent_facts(struct command *c, struct err *e)
{
	enum state now = c->instance == NULL
	    ? S_NONE
	    : dossier_state(c->d, M_DISCLOSURE, c->instance);

	if ((visit_roles_in(c->v, c->d) & ROLE_APPLICANT) == 0 ||
	    flow_row_find(M_DISCLOSURE, now, c->event) == NULL)
		return 0;
	if (office_personal_must(c, PERSONAL_DECLARATION, e) < 0)
		return -1;
	c->facts.consented = true;
	return 0;
}

int
disclosure_consent_prepare(struct command *c, struct err *e)
{
	return objects_check(c, e);
}

int
disclosure_withdrawn_prepare(struct command *c, struct err *e)
{
	return office_personal_must(c, PERSONAL_DECLARATION, e);
}

/* What leaves is named by its commitments, with the instant. */
int
disclose_prepare(struct command *c, struct err *e)
{
	const struct json *list = jsonx_get(c->w.data, "objects");
	struct json *out = jsonx_array();

	jsonx_set(c->w.data, "commitments", out);
	set_instant(c->w.data, "disclosed_at", c->v->now);
	if (objects_check(c, e) < 0)
		return -1;
	for (size_t i = 0; i < jsonx_len(list); i++)
		jsonx_add_str(out,
		    dossier_document_find(
			c->d, jsonx_int_value(jsonx_at(list, i), 0))
			->commitment);
	return 0;
}

/*
 * Bytes for a third party leave by a disclosure alone: one that was made, and
 * of this object.  E_FLOW_GUARD within_scope.
 */
int
office_disclosed(const struct dossier *d, const char *instance, int64_t n,
    struct flow_refusal *r, struct err *e)
{
	const struct dossier_disclosure *of =
	    dossier_disclosure_find(d, instance);
	enum state s = dossier_state(d, M_DISCLOSURE, instance);

	for (size_t i = 0; of != NULL && i < of->n_objects; i++)
		if (of->objects[i] == n && s == S_DISCLOSURE_DONE)
			return 0;
	r->machine = M_DISCLOSURE;
	r->state = s;
	r->article = "20";
	r->failed[0] = G_WITHIN_SCOPE;
	r->n_failed = 1;
	snprintf(r->event, sizeof(r->event), "disclose");
	return err_set(e, E_FLOW_GUARD,
	    "disclosure.disclose: within_scope, Art. 20; the document is not "
	    "of a disclosure that was made");
}

/* [{"instance", "state", "basis", "recipient", "objects"}] of a case. */
struct json *
office_disclosures_json(const struct dossier *d)
{
	struct json *list = jsonx_array();

	for (size_t i = 0; i < d->n_disclosures; i++) {
		const struct dossier_disclosure *x = &d->disclosures[i];
		struct json *j = jsonx_object();
		struct json *objects = jsonx_array();

		for (size_t k = 0; k < x->n_objects; k++)
			jsonx_add(objects, jsonx_int(x->objects[k]));
		jsonx_set_str(j, "instance", x->instance);
		jsonx_set_str(j, "state",
		    state_name(dossier_state(d, M_DISCLOSURE, x->instance)));
		jsonx_set_str(j, "basis", x->basis);
		jsonx_set_str(j, "recipient", x->recipient);
		jsonx_set(j, "objects", objects);
		jsonx_add(list, j);
	}
	return list;
}
