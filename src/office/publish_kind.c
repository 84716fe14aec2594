/* SPDX-License-Identifier: Apache-2.0 */
/* What is published beside entries, and what a change notice changes. */
#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"

#include "office_int.h"

#define SALT_BYTES 32

/* Who signed it, the first two. */
static void
release_by(const struct dossier_decision *by, struct declassification *out)
{
	size_t n = 0;

	out->act = by->id;
	for (size_t i = 0; i < by->n_signatures; i++)
		if (!by->signatures[i].objection && n < NELEM(out->officer))
			out->officer[n++] = by->signatures[i].person;
}

static int
member_release(const struct declassification *by, const struct json *detail,
    const char *name, struct pub_doc *doc, struct err *e)
{
	const struct pub_str *text = NULL;

	if (declassify(
		by, sec_of_signed(jsonx_get_str(detail, name)), &text, e) < 0)
		return -1;
	pub_set(doc, name, text);
	return 0;
}

static int
members_release(enum derive_publication kind, const struct declassification *by,
    const struct json *detail, struct pub_doc *doc, struct err *e)
{
	const char *name;
	bool required = false;

	for (size_t i = 0;
	     (name = derive_publication_member(kind, i, &required)) != NULL;
	     i++) {
		if (required && jsonx_get_str(detail, name) == NULL)
			return err_set(
			    e, E_INVALID, "want %s to publish", name);
		if (member_release(by, detail, name, doc, e) < 0)
			return -1;
	}
	return 0;
}

static void
data_fill(const struct declassification *by, const struct pub_doc *doc,
    struct json *data)
{
	jsonx_set(data, "publication", jsonx_dup(pub_json(doc)));
	jsonx_set(data, "release", declassification_json(by));
}

int
office_publish_kind(struct office *o, const struct dossier *d,
    enum derive_publication kind, const struct json *detail,
    const struct dossier_decision *by, struct json *data, struct err *e)
{
	const struct derive_publication_kind *k = derive_publication_kind(kind);
	CLEANUP(pub_doc_freep) struct pub_doc *doc = pub_doc_new();
	struct declassification r = { 0 };
	char on[JDAY_TEXT];

	(void)d;
	if (k == NULL || strcmp(by->kind, k->decision) != 0)
		return err_set(e, E_INVALID,
		    "a decision of another kind does not publish this");
	r.ground = k->ground;
	r.on = jday_format(jday_of_instant(clock_now(&o->clock)), on);
	release_by(by, &r);
	pub_set(doc, "kind", pub_own(k->name));
	if (members_release(kind, &r, detail, doc, e) < 0)
		return -1;
	data_fill(&r, doc, data);
	return 0;
}

/* One notice on its way into the register. */
struct change {
	const struct dossier *d;
	const char *instance;
	struct declassification by;
	struct secret *key;
};

static void
change_done(struct change *c)
{
	secret_free(c->key);
}

/* salt = HMAC(case key, "nintei/withheld" NUL id NUL instance). */
static void
item_withhold(const struct change *c, const char *id,
    const struct sec_str *value, struct pub_doc *item)
{
	static const char label[] = "nintei/withheld";
	struct slice said[] = { slice_of(label, sizeof(label)),
		slice_of(id, strlen(id) + 1), slice_str(c->instance) };
	uint8_t salt[SALT_BYTES];
	char hash[SHA256_HEX];

	hmac_sha256(secret_slice(c->key), said, NELEM(said), salt);
	sec_salted_hash(slice_of(salt, sizeof(salt)), value, hash);
	pub_set(item, "withheld", pub_own(hash));
}

/* A value that says nothing any more leaves its id alone. */
static int
item_add(const struct change *c, const char *id, const struct sec_str *value,
    struct pub_doc *items, struct err *e)
{
	enum state s = dossier_state(c->d, M_WITHHOLDING, id);
	CLEANUP(pub_doc_freep) struct pub_doc *item = pub_doc_new();
	const struct pub_str *text = NULL;

	pub_set(item, "id", pub_own(id));
	if (sec_is_blank(value)) {
		pub_add(items, TAKE(item));
		return 0;
	}
	if (s == S_WITHHOLDING_REQUESTED || s == S_WITHHOLDING_WITHHELD)
		item_withhold(c, id, value, item);
	else if (declassify(&c->by, value, &text, e) < 0)
		return -1;
	pub_set(item, "value", text);
	pub_add(items, TAKE(item));
	return 0;
}

static bool
is_said(const struct sec_doc *values, const char *id)
{
	return sec_get(values, "form_b", id) != NULL;
}

/* Items of form B alone: the scheme names them (Art. 11(1)). */
static int
items_add(const struct change *c, const struct scheme *s,
    const struct sec_doc *values, struct pub_doc *items, struct err *e)
{
	for (size_t i = 0; i < s->n_criteria; i++) {
		const char *id = s->criteria[i].id;

		if (is_said(values, id) &&
		    item_add(c, id, sec_get(values, "form_b", id), items, e) <
			0)
			return -1;
	}
	return 0;
}

int
office_publish_change(struct office *o, const struct dossier *d,
    const char *instance, const struct sec_doc *values, struct json *data,
    struct err *e)
{
	const struct scheme *s = scheme_find(o->schemes, d->scheme);
	CLEANUP(pub_doc_freep) struct pub_doc *doc = pub_doc_new();
	CLEANUP(pub_doc_freep) struct pub_doc *items = pub_list_new();
	CLEANUP(change_done)
	struct change c = { .d = d, .instance = instance };
	char on[JDAY_TEXT];

	if (s == NULL)
		return err_set(e, E_CONFIG, "the scheme is not configured");
	c.by.ground = "13-1";
	c.by.act = instance;
	c.by.on = jday_format(jday_of_instant(clock_now(&o->clock)), on);
	if (vault_case_key(o->vault, d->id, VAULT_EXISTING, &c.key, e) < 0 ||
	    items_add(&c, s, values, items, e) < 0)
		return -1;
	pub_set_doc(doc, "items", TAKE(items));
	data_fill(&c.by, doc, data);
	return 0;
}
