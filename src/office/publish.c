/* SPDX-License-Identifier: Apache-2.0 */
/* The door of Art. 11: what an event copies from secret to public. */
#include "office_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/derive_versions.h"
#include "nintei/digest.h"
#include "nintei/enc.h"

const struct dossier_decision *
office_certified_by(const struct dossier *d)
{
	const struct dossier_decision *found = NULL;

	for (size_t i = 0; i < d->n_decisions; i++)
		if (strcmp(d->decisions[i].kind, "certify") == 0 &&
		    dossier_state(d, M_DECISION, d->decisions[i].id) ==
			S_DEC_EXECUTED)
			found = &d->decisions[i];
	return found;
}

#define OPENING_CASES 32 /* terms of a certification: half a century */

/* One publication on its way: what it is made of, and by what right. */
struct opening {
	struct office *o;
	const struct dossier *d; /* of the certification */
	struct dossier *asked[OPENING_CASES]; /* of later terms, newest first */
	size_t n_asked;
	const struct dossier *holder; /* with the record */
	const struct scheme *scheme;
	struct sec_doc *record;
	struct secret *key; /* of the holder */
	struct changes changes; /* that may be in the place of the record's */
	struct secret *change_key; /* of d */
	struct declassification by;
	char on[JDAY_TEXT];
};

static void
opening_done(struct opening *p)
{
	for (size_t i = 0; i < p->n_asked; i++)
		dossier_free(p->asked[i]);
	sec_doc_free(p->record);
	secret_free(p->key);
	changes_done(&p->changes);
	secret_free(p->change_key);
}

/* Who signed it, the first two: a quorum was proved before it executed. */
static void
release_fill(struct opening *p, const struct dossier_decision *dec)
{
	size_t n = 0;

	jday_format(jday_of_instant(clock_now(&p->o->clock)), p->on);
	p->by.act = dec->id;
	p->by.on = p->on;
	for (size_t i = 0; i < dec->n_signatures; i++)
		if (!dec->signatures[i].objection && n < NELEM(p->by.officer))
			p->by.officer[n++] = dec->signatures[i].person;
}

/* A renewal asks anew what is withheld: its case, before those of before. */
static int
asked_load(struct opening *p, struct err *e)
{
	for (size_t i = p->d->n_terms; i > 0; i--) {
		const struct dossier_term *t = &p->d->terms[i - 1];

		if (t->dossier[0] == '\0' || strcmp(t->dossier, p->d->id) == 0)
			continue;
		if (p->n_asked == OPENING_CASES)
			return err_set(e, E_LIMIT, "too many terms");
		if (office_load(p->o, t->dossier, &p->asked[p->n_asked], e) < 0)
			return -1;
		p->n_asked++;
	}
	return 0;
}

static int
opening_begin(struct opening *p, struct office *o,
    const struct dossier_decision *dec, struct err *e)
{
	p->o = o;
	p->scheme =
	    derive_criteria(o->schemes, p->holder, clock_now(&o->clock));
	if (p->scheme == NULL)
		return err_set(e, E_CONFIG, "the scheme is not configured");
	p->by.ground = strcmp(dec->kind, "withholding") == 0 ? "11-2" : "11-1";
	release_fill(p, dec);
	if (declassification_check(&p->by, e) < 0 || asked_load(p, e) < 0)
		return -1;
	if (office_record(o, p->holder, &p->record, e) < 0)
		return -1;
	return vault_case_key(
	    o->vault, p->holder->id, VAULT_EXISTING, &p->key, e);
}

/* Art. 13(1): notices of d that were recorded after an instant. */
static int
opening_changes(struct opening *p, int64_t since, struct err *e)
{
	if (office_changes(p->o, p->d, since, &p->changes, e) < 0)
		return -1;
	if (p->changes.n == 0)
		return 0;
	return vault_case_key(
	    p->o->vault, p->d->id, VAULT_EXISTING, &p->change_key, e);
}

/*
 * salt = HMAC(case key, "nintei/withheld" NUL id): of the case with the
 * record, so that no salt that was opened serves for a later term.
 */
static struct slice
withheld_salt(
    const struct opening *p, const char *id, uint8_t out[WITHHELD_SALT])
{
	static const char label[] = "nintei/withheld";
	struct slice said[] = { slice_of(label, sizeof(label)), slice_str(id) };

	hmac_sha256(secret_slice(p->key), said, NELEM(said), out);
	return slice_of(out, WITHHELD_SALT);
}

/* An item as it is said, and the salt that hides it. */
struct said {
	const struct sec_str *value; /* NULL: nowhere */
	uint8_t salt[WITHHELD_SALT];
};

/* The value of an item by its name, as items_of finds it. */
static const struct sec_str *
value_of(const struct opening *p, const char *item)
{
	if (strcmp(item, "guideline_version") == 0)
		return sec_get(p->record, item, NULL);
	return sec_get(p->record, "form_b", item);
}

/* By the n-th of the notices, the newest first; after them by the record. */
static struct said
said_nth(const struct opening *p, const char *id, size_t n)
{
	struct said out = { 0 };

	if (n == p->changes.n) {
		out.value = value_of(p, id);
		withheld_salt(p, id, out.salt);
		return out;
	}
	out.value = change_value(&p->changes.list[n], id);
	change_salt(p->change_key, id, p->changes.list[n].instance, out.salt);
	return out;
}

/* As it was said last. */
static struct said
said_last(const struct opening *p, const char *id)
{
	struct said out = { 0 };

	for (size_t i = 0; i <= p->changes.n && out.value == NULL; i++)
		out = said_nth(p, id, i);
	return out;
}

/* The case whose word on the item counts: the last that asked about it. */
static const struct dossier *
asked_in(const struct opening *p, const char *id)
{
	for (size_t i = 0; i < p->n_asked; i++)
		if (dossier_state(p->asked[i], M_WITHHOLDING, id) != S_NONE)
			return p->asked[i];
	return p->d;
}

/* Requested means not published until decided (Art. 11(2)). */
static bool
is_withheld(const struct opening *p, const char *id)
{
	enum state s = dossier_state(asked_in(p, id), M_WITHHOLDING, id);

	return s == S_WITHHOLDING_REQUESTED || s == S_WITHHOLDING_WITHHELD;
}

static int
item_add(const struct opening *p, struct pub_doc *items, const char *id,
    const struct said *said, struct err *e)
{
	const struct pub_str *text;
	struct pub_doc *item;
	char hash[SHA256_HEX];

	if (is_withheld(p, id)) {
		sec_salted_hash(
		    slice_of(said->salt, WITHHELD_SALT), said->value, hash);
		item = pub_doc_new();
		pub_set(item, "id", pub_own(id));
		pub_set(item, "withheld", pub_own(hash));
		pub_add(items, item);
		return 0;
	}
	if (declassify(&p->by, said->value, &text, e) < 0)
		return -1;
	item = pub_doc_new();
	pub_set(item, "id", pub_own(id));
	pub_set(item, "value", text);
	pub_add(items, item);
	return 0;
}

static int
items_form_b(const struct opening *p, struct pub_doc *items, struct err *e)
{
	for (size_t i = 0; i < p->scheme->n_criteria; i++) {
		const char *id = p->scheme->criteria[i].id;
		struct said said = said_last(p, id);

		if (!sec_is_blank(said.value) &&
		    item_add(p, items, id, &said, e) < 0)
			return -1;
	}
	return 0;
}

/* Art. 11(1) in the scheme's own order; dates stand in the entry itself. */
static int
items_of(const struct opening *p, struct pub_doc *items, struct err *e)
{
	static const char version[] = "guideline_version";

	for (size_t i = 0; i < p->scheme->n_publish_items; i++) {
		const char *what = p->scheme->publish_items[i];
		struct said said = said_nth(p, version, p->changes.n);

		if (strcmp(what, version) == 0 && said.value != NULL &&
		    item_add(p, items, version, &said, e) < 0)
			return -1;
		if (strcmp(what, "form_b_items") == 0 &&
		    items_form_b(p, items, e) < 0)
			return -1;
	}
	return 0;
}

static struct pub_doc *
hashes_of(const struct publish_by *by)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(SIGN_RECORD_BYTES);
	struct pub_doc *j = pub_doc_new();
	char hash[SHA256_HEX];

	pub_set(j, "certificate", pub_own(sha256_hex(by->certificate, hash)));
	jsonx_canonical(jsonx_get(by->detail, "record"), &text);
	pub_set(j, "record", pub_own(sha256_hex(buf_slice(&text), hash)));
	return j;
}

/* Into the event: what is published, and by what right. */
static void
data_fill(const struct opening *p, const struct pub_doc *doc, struct json *data)
{
	jsonx_set(data, "publication", jsonx_dup(pub_json(doc)));
	jsonx_set(data, "release", declassification_json(&p->by));
}

/* Names as the record has them, which the decision released (Art. 11(1)). */
static int
names_release(const struct opening *p, const struct json *record,
    struct pub_doc *doc, struct err *e)
{
	static const char *const names[] = { "service", "operator",
		"corporate_number" };

	for (size_t i = 0; i < NELEM(names); i++) {
		const struct pub_str *text = NULL;

		if (declassify(&p->by,
			sec_of_signed(jsonx_get_str(record, names[i])), &text,
			e) < 0)
			return -1;
		pub_set(doc, names[i], text);
	}
	return 0;
}

int
office_publication(struct office *o, const struct dossier *d,
    const struct publish_by *by, struct json *data, struct err *e)
{
	CLEANUP(opening_done) struct opening p = { 0 };
	CLEANUP(pub_doc_freep) struct pub_doc *doc = pub_doc_new();
	struct pub_doc *items = pub_list_new();
	const struct json *record = jsonx_get(by->detail, "record");
	char term[24];

	p.d = d;
	p.holder = by->holder != NULL ? by->holder : d;
	if (opening_begin(&p, o, by->decision, e) < 0 ||
	    opening_changes(&p, p.holder->received_at, e) < 0 ||
	    names_release(&p, record, doc, e) < 0 ||
	    items_of(&p, items, e) < 0) {
		pub_doc_free(items);
		return -1;
	}
	snprintf(term, sizeof(term), "%" PRId64, by->term > 0 ? by->term : 1);
	pub_set(doc, "term", pub_own(term));
	pub_set(doc, "guideline", pub_own(jsonx_get_str(record, "guideline")));
	pub_set(doc, "designated_url",
	    pub_own(jsonx_get_str(by->detail, "designated_url")));
	pub_set_doc(doc, "items", items);
	pub_set_doc(doc, "hashes", hashes_of(by));
	data_fill(&p, doc, data);
	return 0;
}

/* The case with the record of the last term that stands; NULL: d itself. */
static int
holder_load(struct office *o, const struct dossier *d, struct dossier **out,
    struct err *e)
{
	for (size_t i = d->n_terms; i > 0; i--) {
		const struct dossier_term *t = &d->terms[i - 1];

		if (t->void_at == 0)
			return t->dossier[0] == '\0' ||
				strcmp(t->dossier, d->id) == 0
			    ? 0
			    : office_load(o, t->dossier, out, e);
	}
	return 0;
}

/* The hash in the place of an item of the register; "": none is there. */
static int
withheld_read(const struct opening *p, const char *item, char out[SHA256_HEX],
    struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(MIB(2));
	CLEANUP(jsonx_freep) struct json *entry = NULL;
	struct index_certification row;
	const struct json *items;

	out[0] = '\0';
	if (index_certification_get(
		p->o->index, p->d->certification.number, &hold, &row, e) < 0 ||
	    jsonx_parse(slice_str(row.view), MIB(2), &entry, e) < 0)
		return -1;
	items = jsonx_get(entry, "items");
	for (size_t i = 0; i < jsonx_len(items); i++) {
		const char *id = jsonx_get_str(jsonx_at(items, i), "id");
		const char *hash =
		    jsonx_get_str(jsonx_at(items, i), "withheld");

		if (id != NULL && hash != NULL && strcmp(id, item) == 0)
			snprintf(out, SHA256_HEX, "%s", hash);
	}
	return 0;
}

/*
 * What is opened must be what stands withheld in the register, of the record
 * or of a notice; where nothing does, as while a renewal is pending, there is
 * nothing to open.
 */
static int
withheld_find(
    const struct opening *p, const char *item, struct said *out, struct err *e)
{
	char want[SHA256_HEX], have[SHA256_HEX];

	if (withheld_read(p, item, want, e) < 0)
		return -1;
	out->value = NULL;
	if (want[0] == '\0')
		return 0;
	for (size_t i = 0; i <= p->changes.n; i++) {
		struct said said = said_nth(p, item, i);

		if (said.value == NULL)
			continue;
		sec_salted_hash(
		    slice_of(said.salt, WITHHELD_SALT), said.value, have);
		if (strcmp(want, have) == 0) {
			*out = said;
			return 0;
		}
	}
	return err_set(e, E_INVALID,
	    "item %s is not withheld with the value of the record", item);
}

static int
later_begin(struct opening *p, struct office *o,
    const struct dossier_decision *by, struct err *e)
{
	if (opening_begin(p, o, by, e) < 0)
		return -1;
	return opening_changes(p, 0, e);
}

int
office_publish_item(struct office *o, const struct dossier *d, const char *item,
    const struct dossier_decision *by, struct json *data, struct err *e)
{
	return office_publish_item_of(o, d, d, item, by, data, e);
}

int
office_publish_item_of(struct office *o, const struct dossier *d,
    const struct dossier *of, const char *item,
    const struct dossier_decision *by, struct json *data, struct err *e)
{
	CLEANUP(opening_done) struct opening p = { .d = d };
	CLEANUP(dossier_freep) struct dossier *holder = NULL;
	CLEANUP(pub_doc_freep) struct pub_doc *doc = pub_doc_new();
	CLEANUP(pub_doc_freep) struct pub_doc *one = pub_doc_new();
	struct pub_doc *items;
	const struct pub_str *text = NULL;
	struct said said;
	char hex[2 * WITHHELD_SALT + 1];

	if (holder_load(o, d, &holder, e) < 0)
		return -1;
	p.holder = holder != NULL ? holder : d;
	if (later_begin(&p, o, by, e) < 0)
		return -1;
	if (strcmp(asked_in(&p, item)->id, of->id) != 0)
		return 0; /* a later renewal has the word */
	if (withheld_find(&p, item, &said, e) < 0)
		return -1;
	if (said.value == NULL)
		return 0;
	if (declassify(&p.by, said.value, &text, e) < 0)
		return -1;
	pub_set(one, "id", pub_own(item));
	pub_set(one, "value", text);
	pub_set(
	    one, "salt", pub_own(hex_encode(said.salt, WITHHELD_SALT, hex)));
	items = pub_list_new();
	pub_add(items, TAKE(one));
	pub_set_doc(doc, "items", items);
	data_fill(&p, doc, data);
	return 0;
}
