/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the roster: decoded strictly, kept by person. */
#include "nintei/roster.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/jsonx.h"
#include "nintei/limits.h"
#include "approval_int.h"

#define ROSTER_ENTRY_BYTES KIB(32)
#define ROSTER_MAX 1000
#define NEVER INT64_MAX

struct roster {
	struct roster_entry *items; /* by person */
	size_t n;
};

static const struct {
	const char *name;
	enum roster_role role;
} roles[] = {
	{ "secretariat", ROSTER_SECRETARIAT },
	{ "officer", ROSTER_OFFICER },
	{ "member", ROSTER_MEMBER },
	{ "chair", ROSTER_CHAIR },
	{ "delegate", ROSTER_DELEGATE },
	{ "auditor", ROSTER_AUDITOR },
	{ "applicant", ROSTER_APPLICANT },
};

static const struct json_field entry_fields[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "person", JSON_KIND_STRING, true },
	{ "roles", JSON_KIND_ARRAY, true },
	{ "valid_from", JSON_KIND_STRING, true },
	{ "valid_until", JSON_KIND_STRING, false },
	{ "keys", JSON_KIND_ARRAY, true },
};
static const struct json_field key_fields[] = {
	{ "id", JSON_KIND_STRING, true },
	{ "type", JSON_KIND_STRING, true },
	{ "public", JSON_KIND_STRING, true },
	{ "spki", JSON_KIND_STRING, false },
	{ "credential_id", JSON_KIND_STRING, false },
	{ "valid_from", JSON_KIND_STRING, true },
	{ "valid_until", JSON_KIND_STRING, false },
};

static int
id_read(const struct json *j, const char *key, char out[LIMIT_ID_BYTES + 1],
    struct err *e)
{
	const char *v = jsonx_get_str(j, key);

	if (v == NULL || !id_is_valid(v))
		return err_set(e, E_INPUT, "roster: %s is malformed", key);
	bytes_copy(slice_of(v, strlen(v) + 1), (uint8_t *)out);
	return 0;
}

/* ROSTER-3: from and until of an entry or a key. */
static int
span_read(const struct json *j, int64_t *from, int64_t *until, struct err *e)
{
	const char *end = jsonx_get_str(j, "valid_until");

	*until = NEVER;
	if (instant_parse(jsonx_get_str(j, "valid_from"), from, e) < 0 ||
	    (end != NULL && instant_parse(end, until, e) < 0))
		return err_wrap(e, "roster");
	if (*until <= *from)
		return err_set(e, E_INPUT, "roster: ends before it begins");
	return 0;
}

static int
role_read(const char *name, unsigned *bits, struct err *e)
{
	for (size_t i = 0; name != NULL && i < NELEM(roles); i++)
		if (strcmp(roles[i].name, name) == 0) {
			*bits |= roles[i].role;
			return 0;
		}
	return err_set(e, E_INPUT, "roster: no such role");
}

static int
key_read(const struct json *j, struct roster_key *out, struct err *e)
{
	const char *type = jsonx_get_str(j, "type");
	const char *public = jsonx_get_str(j, "public");

	if (jsonx_shape(j, key_fields, NELEM(key_fields), e) < 0 ||
	    id_read(j, "id", out->id, e) < 0 ||
	    span_read(j, &out->valid_from, &out->valid_until, e) < 0)
		return -1;
	if (strcmp(type, "webauthn") == 0)
		return 0;
	if (strcmp(type, "ssh") != 0)
		return err_set(e, E_INPUT, "roster: no such type of key");
	return ssh_key_parse(public, &out->key, e);
}

static int
keys_read(const struct json *keys, struct roster_entry *out, struct err *e)
{
	if (jsonx_len(keys) > ROSTER_KEYS_MAX)
		return err_set(e, E_LIMIT, "roster: too many keys");
	for (size_t i = 0; i < jsonx_len(keys); i++)
		if (key_read(jsonx_at(keys, i), &out->keys[i], e) < 0)
			return err_wrap(e, "key %zu", i);
	out->n_keys = jsonx_len(keys);
	return 0;
}

int
roster_entry_decode(struct slice entry, struct roster_entry *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct roster_entry r = { 0 };
	const struct json *words;

	if (jsonx_parse_canonical(entry, ROSTER_ENTRY_BYTES, &j, e) < 0 ||
	    jsonx_shape(j, entry_fields, NELEM(entry_fields), e) < 0)
		return err_wrap(e, "roster entry");
	if (strcmp(jsonx_get_str(j, "schema"), "nintei.roster/1") != 0)
		return err_set(e, E_INPUT, "want schema nintei.roster/1");
	words = jsonx_get(j, "roles");
	for (size_t i = 0; i < jsonx_len(words); i++)
		if (role_read(jsonx_str(jsonx_at(words, i)), &r.roles, e) < 0)
			return -1;
	if (id_read(j, "person", r.person, e) < 0 ||
	    span_read(j, &r.valid_from, &r.valid_until, e) < 0 ||
	    keys_read(jsonx_get(j, "keys"), &r, e) < 0)
		return -1;
	sha256_of(entry, r.sha256);
	*out = r;
	return 0;
}

struct roster *
roster_new(void)
{
	return xcalloc(1, sizeof(struct roster));
}

void
roster_free(struct roster *r)
{
	if (r != NULL)
		freep(&r->items);
	freep(&r);
}

/* Where the person is or would be. */
static size_t
place_of(const struct roster *r, const char *person, bool *out_found)
{
	size_t i = 0;

	while (i < r->n && strcmp(r->items[i].person, person) < 0)
		i++;
	*out_found = i < r->n && strcmp(r->items[i].person, person) == 0;
	return i;
}

int
roster_put(struct roster *r, struct slice entry, struct err *e)
{
	struct roster_entry one;
	bool found;
	size_t i;

	if (roster_entry_decode(entry, &one, e) < 0)
		return -1;
	i = place_of(r, one.person, &found);
	if (!found) {
		if (r->n == ROSTER_MAX)
			return err_set(e, E_LIMIT, "roster: too many people");
		r->items = xrealloc(r->items, r->n + 1, sizeof(*r->items));
		for (size_t k = r->n++; k > i; k--)
			r->items[k] = r->items[k - 1];
	}
	r->items[i] = one;
	return 0;
}

const struct roster_entry *
roster_get(const struct roster *r, const char *person)
{
	bool found;
	size_t i = place_of(r, person, &found);

	return found ? &r->items[i] : NULL;
}

size_t
roster_len(const struct roster *r)
{
	return r->n;
}

const struct roster_entry *
roster_at(const struct roster *r, size_t i)
{
	return i < r->n ? &r->items[i] : NULL;
}

bool
roster_has_role(const struct roster_entry *p, enum roster_role role, int64_t at)
{
	return p != NULL && (p->roles & (unsigned)role) != 0 &&
	    p->valid_from <= at && at < p->valid_until;
}

const struct roster_key *
roster_find_key(
    const struct roster_entry *p, const struct ssh_key *key, int64_t at)
{
	for (size_t i = 0; p != NULL && i < p->n_keys; i++) {
		const struct roster_key *k = &p->keys[i];

		if (k->key.type != SSH_KEY_NONE && k->valid_from <= at &&
		    at < k->valid_until && ssh_key_equal(&k->key, key))
			return k;
	}
	return NULL;
}

/* YYYYMMDDHHMMSSZ as ssh-keygen reads it. */
static void
signer_time(const char *option, int64_t t, struct buf *out)
{
	static const unsigned digits[] = { 0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14,
		15, 17, 18 };
	char text[INSTANT_TEXT];

	/* instant_format writes Japan's time; the Z form is nine hours off. */
	instant_format(t - 9 * 3600, text);
	buf_putf(out, ",%s=\"", option);
	for (size_t i = 0; i < NELEM(digits); i++)
		buf_putc(out, text[digits[i]]);
	buf_puts(out, "Z\"");
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void
signer_line(
    const struct roster_entry *p, const struct roster_key *k, struct buf *out)
{
	int64_t until =
	    k->valid_until < p->valid_until ? k->valid_until : p->valid_until;

	buf_putf(out, "%s namespaces=\"%s,%s,%s,%s\"", p->person,
	    SSH_NS_DECISION, SSH_NS_OBJECTION, SSH_NS_OPINION,
	    SSH_NS_DECLARATION);
	signer_time("valid-after", later(k->valid_from, p->valid_from), out);
	if (until != NEVER)
		signer_time("valid-before", until, out);
	buf_putc(out, ' ');
	ssh_key_format(&k->key, out);
	buf_putc(out, '\n');
}

void
roster_allowed_signers(const struct roster *r, const struct ssh_key *store_key,
    int64_t store_from, struct buf *out)
{
	buf_puts(out, "store@nintei namespaces=\"" SSH_NS_GIT "\"");
	signer_time("valid-after", store_from, out);
	buf_putc(out, ' ');
	ssh_key_format(store_key, out);
	buf_putc(out, '\n');
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->items[i].n_keys; k++)
			if (r->items[i].keys[k].key.type != SSH_KEY_NONE)
				signer_line(
				    &r->items[i], &r->items[i].keys[k], out);
}
