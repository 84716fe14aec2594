/* SPDX-License-Identifier: Apache-2.0 */
/* What certificates and CRLs have in common when they are written. */
#include "nintei/ca.h"

#include "nintei/digest.h"

#include "ca_int.h"

int
ca_serial_make(const struct random *r, uint8_t out[SERIAL_BYTES], struct err *e)
{
	uint8_t serial[SERIAL_BYTES];

	/* A first octet of 0 would be dropped by DER. */
	do {
		if (random_fill(r, serial, sizeof(serial), e) < 0)
			return -1;
		serial[0] &= 0x7f;
	} while (serial[0] == 0);
	for (size_t i = 0; i < SERIAL_BYTES; i++)
		out[i] = serial[i];
	return 0;
}

static size_t
characters(struct slice utf8)
{
	size_t n = 0;

	for (size_t i = 0; i < utf8.n; i++)
		n += (utf8.p[i] & 0xc0) != 0x80;
	return n;
}

int
ca_short_name(const char *text, struct buf *out, struct err *e)
{
	struct slice s = slice_str(text);
	size_t seen = 0, end = 0;

	if (characters(s) <= CA_NAME_CHARS) {
		buf_puts(out, text);
	} else {
		/* 63 characters and one that says: shortened. */
		for (; end < s.n; end++)
			if ((s.p[end] & 0xc0) != 0x80 &&
			    ++seen == CA_NAME_CHARS)
				break;
		buf_put(out, s.p, end);
		buf_puts(out, "\xe2\x80\xa6");
	}
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "name too long");
	return 0;
}

void
put_algorithm(struct buf *b)
{
	size_t mark = der_begin(b, DER_SEQUENCE);

	der_oid(b, OID_ECDSA_SHA256);
	der_end(b, mark);
}

void
put_attribute(struct buf *b, const char *oid, int string_tag, const char *text)
{
	size_t set = der_begin(b, DER_SET);
	size_t pair = der_begin(b, DER_SEQUENCE);

	der_oid(b, oid);
	der_str(b, string_tag, text);
	der_end(b, pair);
	der_end(b, set);
}

void
put_ca_name(struct buf *b, const char *organization, const char *common_name)
{
	size_t mark = der_begin(b, DER_SEQUENCE);

	put_attribute(b, OID_COUNTRY, DER_PRINTABLE, "JP");
	put_attribute(b, OID_ORGANIZATION, DER_UTF8, organization);
	put_attribute(b, OID_CN, DER_UTF8, common_name);
	der_end(b, mark);
}

int
signed_encode(
    struct slice tbs, const struct pkey *key, struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf sig = BUF_INIT(128);
	size_t mark;

	if (pkey_kind(key) != KEY_P256)
		return err_set(e, E_INPUT, "want a P-256 key to sign with");
	if (pkey_sign(key, tbs, &sig, e) < 0)
		return -1;
	mark = der_begin(out, DER_SEQUENCE);
	buf_put(out, tbs.p, tbs.n);
	put_algorithm(out);
	der_bits(out, buf_slice(&sig));
	der_end(out, mark);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "signed object too large");
	return 0;
}

int
cert_encode(
    const struct tbs *t, const struct pkey *key, struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_CERT_BYTES);
	size_t tbs = der_begin(&b, DER_SEQUENCE), mark, list;

	mark = der_begin(&b, DER_CONTEXT_SET(0));
	der_uint(&b, 2);
	der_end(&b, mark);
	der_big(&b, slice_of(t->serial, SERIAL_BYTES));
	put_algorithm(&b);
	buf_put(&b, t->issuer.p, t->issuer.n);
	mark = der_begin(&b, DER_SEQUENCE);
	der_time(&b, t->not_before);
	der_time(&b, t->not_after);
	der_end(&b, mark);
	buf_put(&b, t->subject.p, t->subject.n);
	buf_put(&b, t->spki.p, t->spki.n);
	mark = der_begin(&b, DER_CONTEXT_SET(3));
	list = der_begin(&b, DER_SEQUENCE);
	buf_put(&b, t->extensions.p, t->extensions.n);
	der_end(&b, list);
	der_end(&b, mark);
	der_end(&b, tbs);
	if (!buf_ok(&b))
		return err_set(
		    e, E_INPUT, "a fact cannot be written in a certificate");
	if (key == NULL) {
		buf_put(out, b.p, b.n);
		return 0;
	}
	return signed_encode(buf_slice(&b), key, out, e);
}

int
key_id_of(struct slice spki, uint8_t out[KEY_ID_BYTES])
{
	struct der d = der_init(spki);
	struct der in = der_enter(&d, DER_SEQUENCE);
	uint8_t hash[SHA256_BYTES];
	struct slice bits;

	der_skip(&in);
	bits = der_get_bits(&in);
	if (!der_done(&in) || !der_done(&d))
		return -1;
	sha256_of(bits, hash);
	for (size_t i = 0; i < KEY_ID_BYTES; i++)
		out[i] = hash[i];
	return 0;
}

int
ca_signed_tbs(struct slice der, struct slice *out, struct err *e)
{
	struct der d = der_init(der);
	struct der in = der_enter(&d, DER_SEQUENCE);
	struct slice tbs = der_element(&in, DER_SEQUENCE);
	struct slice algorithm = der_element(&in, DER_SEQUENCE);
	struct slice signature = der_get_bits(&in);

	if (!der_done(&in) || !der_done(&d) || algorithm.n == 0 ||
	    signature.n == 0)
		return err_set(e, E_INPUT, "this is no signed object");
	*out = tbs;
	return 0;
}
