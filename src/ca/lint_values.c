/* SPDX-License-Identifier: Apache-2.0 */
/* Tests on single values, shared by the rules. */
#include <string.h>

#include "nintei/text.h"

#include "lint_int.h"

size_t
utf8_characters(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

bool
is_text(struct slice s, size_t max)
{
	size_t n = utf8_characters(s);

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return n >= 1 && n <= max && text_is_nfc(s);
}

static bool
starts(struct slice s, const char *text)
{
	size_t n = strlen(text);

	return s.n > n && memcmp(s.p, text, n) == 0;
}

/* Absolute, printable ASCII, no fragment, no user, a host (PKI 3). */
bool
is_url(struct slice s, bool only_http)
{
	size_t scheme = starts(s, "http://")      ? 7
	    : !only_http && starts(s, "https://") ? 8
						  : 0;

	if (scheme == 0 || s.n > 512 || s.p[scheme] == '/')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] > 0x7e ||
		    strchr("#@\"<>\\^`{|}", s.p[i]) != NULL)
			return false;
	return true;
}

bool
is_serial(struct slice integer)
{
	return integer.n == SERIAL_BYTES && integer.p[0] != 0 &&
	    (integer.p[0] & 0x80) == 0;
}

bool
is_our_algorithm(struct slice element)
{
	struct der d = der_init(element);
	struct der in = der_enter(&d, DER_SEQUENCE);
	char oid[OID_MAX];

	der_get_oid(&in, oid, sizeof(oid));
	return strcmp(oid, OID_ECDSA_SHA256) == 0 && der_done(&in) &&
	    der_done(&d);
}

bool
is_stamp_form(struct stamp s)
{
	/* 2050-01-01T00:00:00Z */
	return s.tag == (s.at < INT64_C(2524608000) ? DER_UTC_TIME : DER_TIME);
}

bool
is_aki_of(struct slice value, const struct cert *issuer)
{
	struct der d = der_init(value);
	struct der in = der_enter(&d, DER_SEQUENCE);
	struct slice id = der_get(&in, DER_CONTEXT(0));

	return der_done(&in) && der_done(&d) && id.n > 0 &&
	    slice_eq(id, cert_key_id(issuer));
}

bool
extensions_unique(const struct extensions *x)
{
	for (size_t i = 0; i < x->n; i++)
		if (extension_get(x, x->items[i].oid) != &x->items[i])
			return false;
	return true;
}
