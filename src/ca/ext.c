/* SPDX-License-Identifier: Apache-2.0 */
/* Writing extensions (RFC 5280 4.2). */
#include "ca_int.h"

struct ext_mark
ext_begin(struct buf *b, const char *oid, bool critical)
{
	struct ext_mark m;

	m.ext = der_begin(b, DER_SEQUENCE);
	der_oid(b, oid);
	if (critical)
		der_bool(b, true);
	m.value = der_begin(b, DER_OCTET_STRING);
	return m;
}

void
ext_end(struct buf *b, struct ext_mark m)
{
	der_end(b, m.value);
	der_end(b, m.ext);
}

void
ext_ski(struct buf *b, struct slice spki)
{
	struct ext_mark m = ext_begin(b, OID_SKI, false);
	uint8_t id[KEY_ID_BYTES];

	if (key_id_of(spki, id) < 0)
		b->bad = true;
	else
		der_put(b, DER_OCTET_STRING, slice_of(id, sizeof(id)));
	ext_end(b, m);
}

void
ext_aki(struct buf *b, struct slice key_id)
{
	struct ext_mark m = ext_begin(b, OID_AKI, false);
	size_t mark = der_begin(b, DER_SEQUENCE);

	der_put(b, DER_CONTEXT(0), key_id);
	der_end(b, mark);
	ext_end(b, m);
}

void
ext_basic(struct buf *b, enum basic kind)
{
	struct ext_mark m = ext_begin(b, OID_BASIC, true);
	size_t mark = der_begin(b, DER_SEQUENCE);

	if (kind != BASIC_LEAF)
		der_bool(b, true);
	if (kind == BASIC_ISSUER)
		der_uint(b, 0);
	der_end(b, mark);
	ext_end(b, m);
}

void
ext_key_usage(struct buf *b, enum usage usage)
{
	/* Unused bits, then bits. */
	static const uint8_t bits[][2] = { [USAGE_LEAF] = { 0x07, 0x80 },
		[USAGE_CA] = { 0x01, 0x06 },
		[USAGE_SEAL] = { 0x06, 0xc0 } };
	struct ext_mark m = ext_begin(b, OID_KEY_USAGE, true);

	der_put(b, DER_BIT_STRING, slice_of(bits[usage], 2));
	ext_end(b, m);
}

void
ext_eku(struct buf *b, const char *const *oids, size_t n, bool critical)
{
	struct ext_mark m = ext_begin(b, OID_EKU, critical);
	size_t mark = der_begin(b, DER_SEQUENCE);

	for (size_t i = 0; i < n; i++)
		der_oid(b, oids[i]);
	der_end(b, mark);
	ext_end(b, m);
}

static void
put_rule_url(struct buf *b, const char *url)
{
	size_t mark = der_begin(b, DER_SEQUENCE);

	der_oid(b, OID_CPS);
	der_str(b, DER_IA5, url);
	der_end(b, mark);
}

static void
put_notice(struct buf *b, const char *text)
{
	size_t mark = der_begin(b, DER_SEQUENCE), notice;

	der_oid(b, OID_NOTICE);
	notice = der_begin(b, DER_SEQUENCE);
	der_str(b, DER_UTF8, text);
	der_end(b, notice);
	der_end(b, mark);
}

void
ext_policies(
    struct buf *b, const char *oid, const char *rule_url, const char *notice)
{
	struct ext_mark m = ext_begin(b, OID_POLICIES, false);
	size_t list = der_begin(b, DER_SEQUENCE);
	size_t one = der_begin(b, DER_SEQUENCE), qualifiers;

	der_oid(b, oid);
	if (rule_url != NULL || notice != NULL) {
		qualifiers = der_begin(b, DER_SEQUENCE);
		if (rule_url != NULL)
			put_rule_url(b, rule_url);
		if (notice != NULL)
			put_notice(b, notice);
		der_end(b, qualifiers);
	}
	der_end(b, one);
	der_end(b, list);
	ext_end(b, m);
}

void
ext_san_uri(struct buf *b, const char *uri)
{
	struct ext_mark m = ext_begin(b, OID_SAN, false);
	size_t mark = der_begin(b, DER_SEQUENCE);

	der_str(b, DER_CONTEXT(URI_NAME), uri);
	der_end(b, mark);
	ext_end(b, m);
}

void
ext_crldp(struct buf *b, const char *uri)
{
	struct ext_mark m = ext_begin(b, OID_CRLDP, false);
	size_t list = der_begin(b, DER_SEQUENCE);
	size_t point = der_begin(b, DER_SEQUENCE);
	size_t name = der_begin(b, DER_CONTEXT_SET(0));
	size_t full = der_begin(b, DER_CONTEXT_SET(0));

	der_str(b, DER_CONTEXT(URI_NAME), uri);
	der_end(b, full);
	der_end(b, name);
	der_end(b, point);
	der_end(b, list);
	ext_end(b, m);
}

static void
put_access(struct buf *b, const char *method, const char *uri)
{
	size_t mark = der_begin(b, DER_SEQUENCE);

	der_oid(b, method);
	der_str(b, DER_CONTEXT(URI_NAME), uri);
	der_end(b, mark);
}

void
ext_aia(struct buf *b, const char *ocsp, const char *issuers)
{
	struct ext_mark m = ext_begin(b, OID_AIA, false);
	size_t mark = der_begin(b, DER_SEQUENCE);

	if (ocsp != NULL)
		put_access(b, OID_OCSP, ocsp);
	put_access(b, OID_CA_ISSUERS, issuers);
	der_end(b, mark);
	ext_end(b, m);
}
