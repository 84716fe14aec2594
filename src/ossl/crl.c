/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate revocation lists as OpenSSL reads them. */
#include "nintei/x509.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "ossl_int.h"

struct crl {
	X509_CRL *x;
	struct buf der, issuer;
	int64_t this_update, next_update;
	uint64_t number;
	struct crl_entry *entries; /* sorted by serial */
	size_t n;
};

/* By length, then bytes: numbers without leading zeros in their order. */
static int
serial_cmp(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n == 0 ? 0 : memcmp(a.p, b.p, a.n);
}

static int
entry_cmp(const void *a, const void *b)
{
	const struct crl_entry *x = a, *y = b;

	return serial_cmp(x->serial, y->serial);
}

static bool
entry_read(const X509_REVOKED *r, struct crl_entry *out)
{
	CLEANUP(ASN1_ENUMERATED_freep) ASN1_ENUMERATED *reason = NULL;
	CLEANUP(ASN1_GENERALIZEDTIME_freep) ASN1_GENERALIZEDTIME *since = NULL;
	const ASN1_INTEGER *serial = X509_REVOKED_get0_serialNumber(r);
	int reason_crit = -1, since_crit = -1;

	reason =
	    X509_REVOKED_get_ext_d2i(r, NID_crl_reason, &reason_crit, NULL);
	since =
	    X509_REVOKED_get_ext_d2i(r, NID_invalidity_date, &since_crit, NULL);
	/* -1: absent; -2: twice; else present, and NULL is malformed. */
	if ((reason == NULL && reason_crit != -1) ||
	    (since == NULL && since_crit != -1))
		return false;
	out->reason = reason == NULL ? -1 : (int)ASN1_ENUMERATED_get(reason);
	out->invalid_since = 0;
	out->serial = slice_of(serial->data, (size_t)serial->length);
	return ASN1_STRING_type(serial) == V_ASN1_INTEGER &&
	    serial->length <= 20 &&
	    asn1_seconds(
		X509_REVOKED_get0_revocationDate(r), &out->revoked_at) &&
	    (since == NULL || asn1_seconds(since, &out->invalid_since));
}

static bool
entries_read(struct crl *c)
{
	STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(c->x);
	int n = list == NULL ? 0 : sk_X509_REVOKED_num(list);

	if (n <= 0)
		return true;
	c->entries = calloc((size_t)n, sizeof(*c->entries));
	if (c->entries == NULL)
		return false;
	for (int i = 0; i < n; i++)
		if (!entry_read(
			sk_X509_REVOKED_value(list, i), &c->entries[c->n++]))
			return false;
	qsort(c->entries, c->n, sizeof(*c->entries), entry_cmp);
	return true;
}

static bool
crl_read(struct crl *c)
{
	CLEANUP(ASN1_INTEGER_freep) ASN1_INTEGER *number = NULL;
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(c->x);
	unsigned char *issuer = NULL;
	int n = i2d_X509_NAME(X509_CRL_get_issuer(c->x), &issuer);

	if (n <= 0)
		return false;
	buf_put(&c->issuer, issuer, (size_t)n);
	OPENSSL_free(issuer);
	number = X509_CRL_get_ext_d2i(c->x, NID_crl_number, NULL, NULL);
	if (number != NULL && ASN1_INTEGER_get_uint64(&c->number, number) != 1)
		c->number = 0;
	return asn1_seconds(X509_CRL_get0_lastUpdate(c->x), &c->this_update) &&
	    (next == NULL || asn1_seconds(next, &c->next_update)) &&
	    buf_ok(&c->issuer) && entries_read(c);
}

int
crl_decode(struct slice der, struct crl **out, struct err *e)
{
	CLEANUP(crl_freep) struct crl *c = NULL;
	const unsigned char *p = der.p;

	ossl_init();
	if (der.n > LIMIT_CRL_BYTES)
		return err_set(e, E_LIMIT, "CRL too large");
	c = xcalloc(1, sizeof(*c));
	c->der = (struct buf)BUF_INIT(LIMIT_CRL_BYTES);
	c->issuer = (struct buf)BUF_INIT(LIMIT_CERT_BYTES);
	c->x = d2i_X509_CRL(NULL, &p, (long)der.n);
	if (c->x == NULL || !crl_read(c)) {
		ERR_clear_error();
		return err_set(e, E_INPUT, "not a CRL we can read");
	}
	if (p != der.p + der.n)
		return err_set(e, E_INPUT, "bytes after the end of the CRL");
	buf_put(&c->der, der.p, der.n);
	*out = TAKE(c);
	return 0;
}

int
crl_load(struct slice bytes, struct crl **out, struct err *e)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CRL_BYTES);

	if (!pem_is(bytes))
		return crl_decode(bytes, out, e);
	if (bytes.n > 2 * LIMIT_CRL_BYTES)
		return err_set(e, E_LIMIT, "CRL too large");
	if (pem_decode(bytes, "X509 CRL", &der, e) < 0)
		return -1;
	return crl_decode(buf_slice(&der), out, e);
}

void
crl_free(struct crl *c)
{
	if (c == NULL)
		return;
	X509_CRL_free(c->x);
	buf_free(&c->der);
	buf_free(&c->issuer);
	free(c->entries);
	free(c);
}

X509_CRL *
crl_x509(const struct crl *c)
{
	return c->x;
}

struct slice
crl_der(const struct crl *c)
{
	return buf_slice(&c->der);
}

struct slice
crl_issuer(const struct crl *c)
{
	return buf_slice(&c->issuer);
}

int64_t
crl_this_update(const struct crl *c)
{
	return c->this_update;
}

int64_t
crl_next_update(const struct crl *c)
{
	return c->next_update;
}

uint64_t
crl_number(const struct crl *c)
{
	return c->number;
}

size_t
crl_count(const struct crl *c)
{
	return c->n;
}

bool
crl_at(const struct crl *c, size_t i, struct crl_entry *out)
{
	if (i >= c->n)
		return false;
	*out = c->entries[i];
	return true;
}

bool
crl_find(const struct crl *c, struct slice serial, struct crl_entry *out)
{
	struct crl_entry key = { .serial = serial };
	const struct crl_entry *hit;

	if (c->n == 0)
		return false;
	hit = bsearch(&key, c->entries, c->n, sizeof(key), entry_cmp);
	if (hit == NULL)
		return false;
	*out = *hit;
	return true;
}

bool
crl_signed_by(const struct crl *c, const struct cert *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(cert_x509(issuer));
	bool ok = key != NULL && X509_CRL_verify(c->x, key) == 1;

	ERR_clear_error();
	return ok;
}
