/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a pax header: "length key=value\n", read strictly. */
#include <string.h>

#include "bundle_int.h"

struct record {
	struct slice key, value;
};

static enum code
bad(struct tap *tap, const char *what)
{
	return table_fault(tap->t, CODE_CORRUPT, "pax record: %s", what);
}

/* The decimal length at the front; 0 when there is none. */
static size_t
length_of(struct slice body, size_t *out_digits)
{
	size_t n = 0, i;

	for (i = 0; i < body.n && i < 6; i++) {
		if (body.p[i] < '0' || body.p[i] > '9')
			break;
		n = n * 10 + (size_t)(body.p[i] - '0');
	}
	*out_digits = i;
	return i == 0 || i == body.n || body.p[0] == '0' || body.p[i] != ' '
	    ? 0
	    : n;
}

static enum code
next_record(struct tap *tap, struct slice *body, struct record *out)
{
	const uint8_t *equals;
	size_t digits, n = length_of(*body, &digits);
	struct slice text;

	if (n < digits + 4 || n > body->n || body->p[n - 1] != '\n')
		return bad(tap, "length");
	text = slice_of(body->p + digits + 1, n - digits - 2);
	if (memchr(text.p, '\0', text.n) != NULL)
		return bad(tap, "NUL");
	equals = memchr(text.p, '=', text.n);
	if (equals == NULL || equals == text.p)
		return bad(tap, "key");
	out->key = slice_of(text.p, (size_t)(equals - text.p));
	out->value = slice_of(equals + 1, text.n - out->key.n - 1);
	body->p += n;
	body->n -= n;
	return CODE_NONE;
}

static enum code
on_path(struct tap *tap, struct slice value)
{
	return value.n == 0 ? bad(tap, "path") : tap_path(tap, value, true);
}

static enum code
on_size(struct tap *tap, struct slice value)
{
	uint64_t v = 0;

	if (tap->has_size || value.n == 0)
		return bad(tap, "size");
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return bad(tap, "size");
		v = v * 10 + (uint64_t)(value.p[i] - '0');
		if (v > UINT32_MAX)
			return table_fault(tap->t, CODE_LIM_ENTRY, "size");
	}
	tap->size = v;
	tap->has_size = true;
	return CODE_NONE;
}

static enum code
on_refused(struct tap *tap, struct slice value UNUSED)
{
	return table_fault(tap->t, CODE_METADATA, "linkpath, hdrcharset");
}

static enum code
on_sparse(struct tap *tap, struct slice value UNUSED)
{
	return table_fault(tap->t, CODE_SPARSE, "GNU.sparse");
}

/* Keys that change what the member is; all others are passed over. */
static const struct {
	const char *key;
	bool is_prefix;
	bool in_global;
	enum code (*take)(struct tap *, struct slice);
} keys[] = {
	{ "path", false, false, on_path },
	{ "size", false, false, on_size },
	{ "linkpath", false, true, on_refused },
	{ "hdrcharset", false, true, on_refused },
	{ "GNU.sparse.", true, true, on_sparse },
	{ "SCHILY.realsize", false, true, on_sparse },
};

static bool
is_key(struct slice key, size_t i)
{
	size_t n = strlen(keys[i].key);

	if (keys[i].is_prefix)
		key.n = key.n > n ? n : key.n;
	return slice_eq_str(key, keys[i].key);
}

static enum code
take(struct tap *tap, const struct record *r, bool global)
{
	for (size_t i = 0; i < NELEM(keys); i++) {
		if (!is_key(r->key, i))
			continue;
		if (global && !keys[i].in_global)
			return table_fault(
			    tap->t, CODE_METADATA, "global %s", keys[i].key);
		return keys[i].take(tap, r->value);
	}
	return CODE_NONE;
}

enum code
tap_pax(struct tap *tap, struct slice body, bool global)
{
	struct record r = { 0 };
	enum code c = CODE_NONE;

	while (body.n > 0 && c == CODE_NONE) {
		c = next_record(tap, &body, &r);
		if (c == CODE_NONE)
			c = take(tap, &r, global);
	}
	return c;
}
