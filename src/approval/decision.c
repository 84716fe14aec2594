/* SPDX-License-Identifier: Apache-2.0 */
/* The decision document: flat, canonical, members fixed by its kind. */
#include "nintei/approval.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/limits.h"
#include "nintei/term.h"
#include "nintei/text.h"
#include "decision_int.h"

struct decision {
	struct json *doc;
	uint8_t *bytes;
	size_t n;
	uint8_t hash[SHA256_BYTES];
	int64_t frozen_at;
	int64_t expires_at;
};

const char decision_affirmation[] =
    "私は名簿に記載された役割において署名し、本件について利害関係を有しないことを確認する。 "
    "I sign in the role that the roster gives me and have no conflict of interest in this case.";

static bool
is_text(const char *v)
{
	return *v != '\0';
}

static bool
is_hex(const char *v, size_t digits)
{
	return strlen(v) == digits && strspn(v, "0123456789abcdef") == digits;
}

static bool
is_hash(const char *v)
{
	return is_hex(v, 64);
}

static bool
is_nonce(const char *v)
{
	return is_hex(v, 32);
}

bool
id_is_valid(const char *v)
{
	static const char set[] = "0123456789abcdefghijklmnopqrstuvwxyz-";
	size_t n = strlen(v);

	return n > 0 && n <= LIMIT_ID_BYTES && v[0] != '-' &&
	    strspn(v, set) == n;
}

/* INTERFACE 7: whole seconds, +09:00, one spelling. */
static bool
is_instant(const char *v)
{
	char again[INSTANT_TEXT];
	struct err e = ERR_INIT;
	int64_t t;

	return instant_parse(v, &t, &e) == 0 &&
	    strcmp(instant_format(t, again), v) == 0;
}

static bool
is_day(const char *v)
{
	struct err e = ERR_INIT;
	struct jday d;

	return jday_parse(v, &d, &e) == 0;
}

/* "2,7": items of article 17(1), ascending. */
static bool
is_grounds(const char *v)
{
	char last = '0';

	for (;; v += 2) {
		if (*v <= last || *v > '9')
			return false;
		last = *v;
		if (v[1] == '\0')
			return true;
		if (v[1] != ',')
			return false;
	}
}

static bool
is_schema(const char *v)
{
	return strcmp(v, DECISION_SCHEMA) == 0;
}

static bool
is_affirmation(const char *v)
{
	return strcmp(v, decision_affirmation) == 0;
}

/* WEB 6.1: all members there are.  bit 0: every decision has it. */
static const struct member {
	const char *key;
	unsigned bit;
	bool (*is_good)(const char *value);
} members[] = {
	{ "schema", 0, is_schema },
	{ "decision_id", 0, id_is_valid },
	{ "kind", 0, is_text },
	{ "article", ARTI, is_text },
	{ "scheme", SCHM, id_is_valid },
	{ "rule_version", RULE, is_text },
	{ "policy_version", RULE, is_text },
	{ "case_id", 0, id_is_valid },
	{ "case_basis", BASI, is_hash },
	{ "cert_number", CERT, is_text },
	{ "service", SERV, is_text },
	{ "operator", OPER, is_text },
	{ "outcome", 0, is_text },
	{ "certified_on", CDAY, is_day },
	{ "valid_through", VDAY, is_day },
	{ "grounds", GRND, is_grounds },
	{ "detail", DETL, is_hash },
	{ "reasons", REAS, is_text },
	{ "proposer", 0, id_is_valid },
	{ "frozen_at", 0, is_instant },
	{ "expires_at", 0, is_instant },
	{ "affirmation", 0, is_affirmation },
	{ "nonce", 0, is_nonce },
};

void
decision_free(struct decision *d)
{
	if (d == NULL)
		return;
	jsonx_free(d->doc);
	freep(&d->bytes);
	freep(&d);
}

/* DECISION-3: no C0, no DEL, no C1; composed. */
static bool
text_is_plain(const char *v)
{
	struct slice s = slice_str(v);

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
		if (s.p[i] == 0xc2 && i + 1 < s.n && s.p[i + 1] < 0xa0)
			return false;
	}
	return text_is_nfc(s);
}

/* One member against the kind's table.  Rules: DECISION-2 to -5. */
static int
member_check(const struct json *doc, const struct decision_kind *k,
    const struct member *m, struct err *e)
{
	const char *v = jsonx_get_str(doc, m->key);
	bool must = m->bit == 0 || (k->must & m->bit) != 0;
	bool may = must || (k->may & m->bit) != 0;

	if (jsonx_get(doc, m->key) == NULL)
		return must ? err_set(e, E_INPUT, "decision %s: %s is missing",
				  k->name, m->key)
			    : 0;
	if (!may)
		return err_set(e, E_INPUT, "decision %s: %s has no place",
		    k->name, m->key);
	if (v == NULL || !text_is_plain(v) || !m->is_good(v))
		return err_set(e, E_INPUT, "decision: %s is malformed", m->key);
	return 0;
}

static bool
member_is_known(const char *key)
{
	for (size_t i = 0; i < NELEM(members); i++)
		if (strcmp(members[i].key, key) == 0)
			return true;
	return false;
}

static int
members_check(const struct json *doc, struct err *e)
{
	const struct decision_kind *k =
	    decision_kind_find(jsonx_get_str(doc, "kind"));
	const struct json *value;
	const char *key;

	if (k == NULL)
		return err_set(e, E_INPUT, "decision: no such kind");
	for (size_t i = 0; jsonx_member(doc, i, &key, &value); i++)
		if (!member_is_known(key))
			return err_set(e, E_INPUT, "decision: unknown member");
	for (size_t i = 0; i < NELEM(members); i++)
		if (member_check(doc, k, &members[i], e) < 0)
			return -1;
	/* DECISION-6: the outcome is a word that the kind permits. */
	if (!decision_permits(k->name, jsonx_get_str(doc, "outcome")))
		return err_set(e, E_INPUT,
		    "decision %s: the outcome is not one of it", k->name);
	return 0;
}

/* DECISION-7: it ends after it was frozen. */
static int
times_read(struct decision *d, struct err *e)
{
	if (instant_parse(
		jsonx_get_str(d->doc, "frozen_at"), &d->frozen_at, e) < 0 ||
	    instant_parse(
		jsonx_get_str(d->doc, "expires_at"), &d->expires_at, e) < 0)
		return -1;
	if (d->expires_at <= d->frozen_at)
		return err_set(e, E_INPUT, "decision: expires before it is");
	return 0;
}

int
decision_parse(struct slice bytes, struct decision **out, struct err *e)
{
	CLEANUP(decision_freep)
	struct decision *d = xcalloc(1, sizeof(*d));
	CLEANUP(buf_free) struct buf copy = BUF_INIT(LIMIT_DECISION_BYTES);

	if (jsonx_parse_canonical(bytes, LIMIT_DECISION_BYTES, &d->doc, e) < 0)
		return err_wrap(e, "decision");
	if (jsonx_kind(d->doc) != JSON_KIND_OBJECT)
		return err_set(e, E_INPUT, "decision: want an object");
	if (members_check(d->doc, e) < 0 || times_read(d, e) < 0)
		return -1;
	buf_put(&copy, bytes.p, bytes.n);
	if (!buf_ok(&copy))
		return err_set(e, E_LIMIT, "decision too large");
	d->bytes = buf_take(&copy, &d->n);
	sha256_of(bytes, d->hash);
	*out = TAKE(d);
	return 0;
}

int
decision_build(const struct json *fields, struct decision **out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = jsonx_dup(fields);
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_DECISION_BYTES);

	if (jsonx_kind(doc) != JSON_KIND_OBJECT)
		return err_set(e, E_INPUT, "decision: want an object");
	jsonx_set_str(doc, "schema", DECISION_SCHEMA);
	jsonx_set_str(doc, "affirmation", decision_affirmation);
	jsonx_canonical(doc, &bytes);
	if (!buf_ok(&bytes))
		return err_set(e, E_LIMIT, "decision too large");
	return decision_parse(buf_slice(&bytes), out, e);
}

struct slice
decision_bytes(const struct decision *d)
{
	return slice_of(d->bytes, d->n);
}

const uint8_t *
decision_hash(const struct decision *d)
{
	return d->hash;
}

const char *
decision_get(const struct decision *d, const char *key)
{
	return jsonx_get_str(d->doc, key);
}

int64_t
decision_frozen_at(const struct decision *d)
{
	return d->frozen_at;
}

int64_t
decision_expires_at(const struct decision *d)
{
	return d->expires_at;
}
