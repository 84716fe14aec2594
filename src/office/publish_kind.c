/* SPDX-License-Identifier: Apache-2.0 */
/* What is published beside entries, and what a change notice changes. */
#include <stdio.h>
#include <string.h>

#include "nintei/derive_versions.h"
#include "nintei/digest.h"

#include "office_int.h"

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
	struct change_said said;
	struct declassification by;
	struct secret *key;
};

static void
change_done(struct change *c)
{
	secret_free(c->key);
	sec_doc_free(c->said.said);
}

/* HMAC(case key, "nintei/withheld" NUL id NUL instance). */
struct slice
change_salt(const struct secret *key, const char *item, const char *instance,
    uint8_t out[WITHHELD_SALT])
{
	static const char label[] = "nintei/withheld";
	struct slice said[] = { slice_of(label, sizeof(label)),
		slice_of(item, strlen(item) + 1), slice_str(instance) };

	hmac_sha256(secret_slice(key), said, NELEM(said), out);
	return slice_of(out, WITHHELD_SALT);
}

static void
item_withhold(const struct change *c, const char *id,
    const struct sec_str *value, struct pub_doc *item)
{
	uint8_t salt[WITHHELD_SALT];
	char hash[SHA256_HEX];

	sec_salted_hash(
	    change_salt(c->key, id, c->said.instance, salt), value, hash);
	pub_set(item, "withheld", pub_own(hash));
}

static int
item_add(const struct change *c, const char *id, const struct sec_str *value,
    struct pub_doc *items, struct err *e)
{
	enum state s = dossier_state(c->d, M_WITHHOLDING, id);
	CLEANUP(pub_doc_freep) struct pub_doc *item = pub_doc_new();
	const struct pub_str *text = NULL;

	pub_set(item, "id", pub_own(id));
	if (s == S_WITHHOLDING_REQUESTED || s == S_WITHHOLDING_WITHHELD)
		item_withhold(c, id, value, item);
	else if (declassify(&c->by, value, &text, e) < 0)
		return -1;
	pub_set(item, "value", text);
	pub_add(items, TAKE(item));
	return 0;
}

/* Items of form B alone: the scheme names them (Art. 11(1)). */
static int
items_add(const struct change *c, const struct scheme *s, struct pub_doc *items,
    struct err *e)
{
	for (size_t i = 0; i < s->n_criteria; i++) {
		const char *id = s->criteria[i].id;
		const struct sec_str *value = change_value(&c->said, id);

		if (value != NULL && item_add(c, id, value, items, e) < 0)
			return -1;
	}
	return 0;
}

static int
change_load(struct office *o, const struct dossier *d, int64_t record,
    struct change *c, struct err *e)
{
	if (office_said(o, d, record, &c->said.said, e) < 0)
		return -1;
	return vault_case_key(o->vault, d->id, VAULT_EXISTING, &c->key, e);
}

int
office_publish_change(struct office *o, const struct dossier *d,
    const char *instance, struct json *data, struct err *e)
{
	const struct scheme *s =
	    derive_scheme(o->schemes, d, clock_now(&o->clock));
	const struct dossier_change *notice = dossier_change_find(d, instance);
	CLEANUP(pub_doc_freep) struct pub_doc *doc = pub_doc_new();
	CLEANUP(pub_doc_freep) struct pub_doc *items = pub_list_new();
	CLEANUP(change_done)
	struct change c = { .d = d, .said.instance = instance };
	char on[JDAY_TEXT];

	if (notice == NULL || notice->record == 0)
		return 0;
	if (s == NULL)
		return err_set(e, E_CONFIG, "the scheme is not configured");
	c.by.ground = "13-1";
	c.by.act = instance;
	c.by.on = jday_format(jday_of_instant(clock_now(&o->clock)), on);
	if (change_load(o, d, notice->record, &c, e) < 0 ||
	    items_add(&c, s, items, e) < 0)
		return -1;
	if (jsonx_len(pub_json(items)) == 0)
		return 0;
	pub_set_doc(doc, "items", TAKE(items));
	data_fill(&c.by, doc, data);
	return 0;
}
