/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates as OpenSSL reads them, decoded once. */
#include "nintei/x509.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "nintei/enc.h"

#include "ossl_int.h"

struct text {
	char oid[64];
	char *value;
};

struct cert {
	X509 *x;
	struct buf der, subject, issuer, spki;
	char serial_hex[SERIAL_HEX];
	int64_t not_before, not_after;
	struct text *texts;
	size_t texts_n;
};

bool
asn1_seconds(const ASN1_TIME *t, int64_t *out)
{
	CLEANUP(ASN1_TIME_freep) ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days, seconds;

	if (t == NULL || epoch == NULL ||
	    ASN1_TIME_diff(&days, &seconds, epoch, t) != 1)
		return false;
	*out = (int64_t)days * 86400 + seconds;
	return true;
}

/* i2d of a part into a buffer of ours. */
static bool
part_copy(struct buf *out, unsigned char *der, int n)
{
	if (n <= 0)
		return false;
	buf_put(out, der, (size_t)n);
	OPENSSL_free(der);
	return buf_ok(out);
}

static bool
texts_read(struct cert *c)
{
	const X509_NAME *name = X509_get_subject_name(c->x);
	int n = X509_NAME_entry_count(name);

	if (n <= 0)
		return n == 0;
	c->texts = xcalloc((size_t)n, sizeof(*c->texts));
	for (int i = 0; i < n; i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		struct text *t = &c->texts[c->texts_n++];
		unsigned char *utf8 = NULL;
		int len;

		OBJ_obj2txt(t->oid, sizeof(t->oid),
		    X509_NAME_ENTRY_get_object(entry), 1);
		len =
		    ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
		if (len < 0)
			return false;
		t->value = slice_dup(slice_of(utf8, (size_t)len));
		OPENSSL_free(utf8);
		if (t->value == NULL)
			return false;
	}
	return true;
}

/* Duplicate extensions and unknown critical ones are refused. */
static bool
extensions_fit(const X509 *x)
{
	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *ext = X509_get_ext(x, i);

		if (X509_get_ext_by_OBJ(x, X509_EXTENSION_get_object(ext), i) >=
		    0)
			return false;
		if (X509_EXTENSION_get_critical(ext) &&
		    !X509_supported_extension(ext))
			return false;
	}
	return true;
}

static bool
cert_read(struct cert *c)
{
	X509 *x = c->x;
	unsigned char *subject = NULL, *issuer = NULL, *spki = NULL;
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	int n;

	n = i2d_X509_NAME(X509_get_subject_name(x), &subject);
	if (!part_copy(&c->subject, subject, n))
		return false;
	n = i2d_X509_NAME(X509_get_issuer_name(x), &issuer);
	if (!part_copy(&c->issuer, issuer, n))
		return false;
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	if (!part_copy(&c->spki, spki, n))
		return false;
	if (serial->length < 1 || serial->length > 20 ||
	    ASN1_STRING_type(serial) != V_ASN1_INTEGER)
		return false; /* RFC 5280 4.1.2.2 */
	hex_encode(serial->data, (size_t)serial->length, c->serial_hex);
	return asn1_seconds(X509_get0_notBefore(x), &c->not_before) &&
	    asn1_seconds(X509_get0_notAfter(x), &c->not_after) &&
	    texts_read(c) && extensions_fit(x);
}

int
cert_decode(struct slice der, struct cert **out, struct err *e)
{
	CLEANUP(cert_freep) struct cert *c = NULL;
	const unsigned char *p = der.p;

	ossl_init();
	if (der.n > LIMIT_CERT_BYTES)
		return err_set(e, E_LIMIT, "certificate too large");
	c = xcalloc(1, sizeof(*c));
	c->der = c->subject = c->issuer = c->spki =
	    (struct buf)BUF_INIT(LIMIT_CERT_BYTES);
	c->x = d2i_X509(NULL, &p, (long)der.n);
	if (c->x == NULL || !cert_read(c)) {
		ERR_clear_error();
		return err_set(e, E_INPUT, "not a certificate we can read");
	}
	if (p != der.p + der.n)
		return err_set(
		    e, E_INPUT, "bytes after the end of the certificate");
	buf_put(&c->der, der.p, der.n);
	*out = TAKE(c);
	return 0;
}

int
cert_load(struct slice bytes, struct cert **out, struct err *e)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);

	if (!pem_is(bytes))
		return cert_decode(bytes, out, e);
	if (bytes.n > 2 * LIMIT_CERT_BYTES)
		return err_set(e, E_LIMIT, "certificate too large");
	if (pem_decode(bytes, "CERTIFICATE", &der, e) < 0)
		return -1;
	return cert_decode(buf_slice(&der), out, e);
}

void
cert_free(struct cert *c)
{
	if (c == NULL)
		return;
	X509_free(c->x);
	buf_free(&c->der);
	buf_free(&c->subject);
	buf_free(&c->issuer);
	buf_free(&c->spki);
	for (size_t i = 0; i < c->texts_n; i++)
		free(c->texts[i].value);
	free(c->texts);
	free(c);
}

X509 *
cert_x509(const struct cert *c)
{
	return c->x;
}

struct slice
cert_der(const struct cert *c)
{
	return buf_slice(&c->der);
}

struct slice
cert_subject(const struct cert *c)
{
	return buf_slice(&c->subject);
}

struct slice
cert_issuer(const struct cert *c)
{
	return buf_slice(&c->issuer);
}

struct slice
cert_spki(const struct cert *c)
{
	return buf_slice(&c->spki);
}

static struct slice
octets(const ASN1_STRING *s)
{
	if (s == NULL || ASN1_STRING_length(s) <= 0)
		return slice_of(NULL, 0);
	return slice_of(
	    ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

struct slice
cert_serial(const struct cert *c)
{
	return octets(X509_get0_serialNumber(c->x));
}

struct slice
cert_key_id(const struct cert *c)
{
	return octets(X509_get0_subject_key_id(c->x));
}

struct slice
cert_issuer_key_id(const struct cert *c)
{
	return octets(X509_get0_authority_key_id(c->x));
}

const char *
cert_serial_hex(const struct cert *c)
{
	return c->serial_hex;
}

int64_t
cert_not_before(const struct cert *c)
{
	return c->not_before;
}

int64_t
cert_not_after(const struct cert *c)
{
	return c->not_after;
}

bool
cert_is_ca(const struct cert *c)
{
	return (X509_get_extension_flags(c->x) & EXFLAG_CA) != 0;
}

const char *
cert_subject_text(const struct cert *c, const char *oid)
{
	for (size_t i = 0; i < c->texts_n; i++)
		if (strcmp(c->texts[i].oid, oid) == 0)
			return c->texts[i].value;
	return NULL;
}

bool
cert_extension(const struct cert *c, const char *oid, struct slice *out,
    bool *out_critical)
{
	CLEANUP(ASN1_OBJECT_freep) ASN1_OBJECT *obj = OBJ_txt2obj(oid, 1);
	X509_EXTENSION *ext;
	int at;

	if (obj == NULL || (at = X509_get_ext_by_OBJ(c->x, obj, -1)) < 0)
		return false;
	ext = X509_get_ext(c->x, at);
	*out = octets(X509_EXTENSION_get_data(ext));
	if (out_critical != NULL)
		*out_critical = X509_EXTENSION_get_critical(ext) != 0;
	return true;
}

size_t
cert_extension_count(const struct cert *c)
{
	int n = X509_get_ext_count(c->x);

	return n < 0 ? 0 : (size_t)n;
}

bool
cert_has_key(const struct cert *c, const struct pkey *k)
{
	return slice_eq(cert_spki(c), pkey_spki(k));
}

bool
cert_signed_by(const struct cert *c, const struct cert *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer->x);
	bool ok = key != NULL && X509_verify(c->x, key) == 1;

	ERR_clear_error();
	return ok;
}
