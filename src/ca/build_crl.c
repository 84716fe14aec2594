/* SPDX-License-Identifier: Apache-2.0 */
/* Building the full CRL of an issuer or of the root (PKI 6). */
#include "nintei/ca.h"

#include <stdlib.h>
#include <string.h>

#include "ca_int.h"

const char *
crl_reason_name(int reason)
{
	static const char *const names[] = {
		[CRL_KEY_COMPROMISE] = "keyCompromise",
		[CRL_CA_COMPROMISE] = "cACompromise",
		[CRL_AFFILIATION_CHANGED] = "affiliationChanged",
		[CRL_SUPERSEDED] = "superseded",
		[CRL_CESSATION] = "cessationOfOperation",
		[CRL_PRIVILEGE_WITHDRAWN] = "privilegeWithdrawn",
	};

	return reason < 0 || (size_t)reason >= NELEM(names) ? NULL
							    : names[reason];
}

static void
put_entry(struct buf *b, const struct ca_revocation *r)
{
	size_t entry = der_begin(b, DER_SEQUENCE), list;
	uint8_t reason = (uint8_t)r->reason;
	struct ext_mark m;

	der_big(b, slice_of(r->serial, SERIAL_BYTES));
	der_time(b, r->revoked_at);
	list = der_begin(b, DER_SEQUENCE);
	m = ext_begin(b, OID_REASON, false);
	der_put(b, DER_ENUMERATED, slice_of(&reason, 1));
	ext_end(b, m);
	if (r->invalid_since != 0) {
		m = ext_begin(b, OID_INVALIDITY, false);
		der_generalized(b, r->invalid_since);
		ext_end(b, m);
	}
	der_end(b, list);
	der_end(b, entry);
}

static int
revocation_cmp(const void *a, const void *b)
{
	const struct ca_revocation *x = a, *y = b;

	return memcmp(x->serial, y->serial, SERIAL_BYTES);
}

/* revokedCertificates, sorted by serial; nothing at all when empty. */
static int
put_entries(struct buf *b, const struct ca_crl *f, struct err *e)
{
	CLEANUP(freep) struct ca_revocation *sorted = NULL;
	size_t mark;

	if (f->n == 0)
		return 0;
	if ((sorted = calloc(f->n, sizeof(*sorted))) == NULL)
		return err_sys(e, E_INTERNAL, "CRL");
	for (size_t i = 0; i < f->n; i++)
		sorted[i] = f->items[i];
	qsort(sorted, f->n, sizeof(*sorted), revocation_cmp);
	mark = der_begin(b, DER_SEQUENCE);
	for (size_t i = 0; i < f->n; i++)
		put_entry(b, &sorted[i]);
	der_end(b, mark);
	return 0;
}

static void
put_crl_extensions(
    struct buf *b, const struct ca_crl *f, const struct cert *issuer)
{
	size_t outer = der_begin(b, DER_CONTEXT_SET(0));
	size_t list = der_begin(b, DER_SEQUENCE);
	struct ext_mark m;

	ext_aki(b, cert_key_id(issuer));
	m = ext_begin(b, OID_CRL_NUMBER, false);
	der_uint(b, f->number);
	ext_end(b, m);
	m = ext_begin(b, OID_EXPIRED_CERTS, false);
	der_generalized(
	    b, f->kept_since == 0 ? cert_not_before(issuer) : f->kept_since);
	ext_end(b, m);
	der_end(b, list);
	der_end(b, outer);
}

/* What was built says what was asked, as OpenSSL reads it. */
static int
crl_agrees(const struct ca_crl *f, const struct crl *c, struct err *e)
{
	struct crl_entry have;

	if (crl_number(c) != f->number || crl_count(c) != f->n ||
	    crl_this_update(c) != f->this_update ||
	    crl_next_update(c) != f->next_update)
		return err_set(e, E_INVALID, "the CRL differs from its facts");
	for (size_t i = 0; i < f->n; i++) {
		const struct ca_revocation *r = &f->items[i];

		if (!crl_find(c, slice_of(r->serial, SERIAL_BYTES), &have) ||
		    have.revoked_at != r->revoked_at ||
		    have.reason != (int)r->reason ||
		    have.invalid_since != r->invalid_since)
			return err_set(
			    e, E_INVALID, "a CRL entry differs from its facts");
	}
	return 0;
}

static int
crl_release(const struct ca_crl *f, struct slice der,
    const struct ca_authority *issuer, struct err *e)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	CLEANUP(crl_freep) struct crl *c = NULL;

	if (ca_lint_crl(der, issuer->cert, &found, e) < 0 ||
	    findings_to_err(&found, e) < 0 || crl_decode(der, &c, e) < 0)
		return -1;
	if (!crl_signed_by(c, issuer->cert))
		return err_set(e, E_INVALID, "OpenSSL refuses the signature");
	return crl_agrees(f, c, e);
}

int
ca_crl_tbs(const struct ca_crl *f, const struct cert *issuer, struct buf *out,
    struct err *e)
{
	struct slice name = cert_subject(issuer);
	size_t mark = der_begin(out, DER_SEQUENCE);

	der_uint(out, 1);
	put_algorithm(out);
	buf_put(out, name.p, name.n);
	der_time(out, f->this_update);
	der_time(out, f->next_update);
	if (put_entries(out, f, e) < 0)
		return -1;
	put_crl_extensions(out, f, issuer);
	der_end(out, mark);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "CRL too large");
	return 0;
}

int
ca_crl_build(const struct ca_crl *f, const struct ca_authority *issuer,
    struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf tbs = BUF_INIT(LIMIT_CRL_BYTES);
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CRL_BYTES);

	if (ca_crl_tbs(f, issuer->cert, &tbs, e) < 0 ||
	    signed_encode(buf_slice(&tbs), issuer->key, &der, e) < 0 ||
	    crl_release(f, buf_slice(&der), issuer, e) < 0)
		return err_wrap(e, "CRL");
	buf_put(out, der.p, der.n);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "CRL too large");
	return 0;
}
