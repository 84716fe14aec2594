/* SPDX-License-Identifier: Apache-2.0 */
/* Building the root, the issuers and the server's own certificate. */
#include "nintei/ca.h"

#include <arpa/inet.h>

#include "ca_int.h"

#define EXTENSIONS_BYTES KIB(8)

int
ca_root_make(const struct ca_root *f, const struct pkey *key, struct buf *out,
    struct err *e)
{
	CLEANUP(buf_free) struct buf name = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(buf_free) struct buf ext = BUF_INIT(EXTENSIONS_BYTES);
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct ca_authority self = { .cert = NULL, .key = key };
	struct tbs t = {
		.serial = f->serial,
		.not_before = f->not_before,
		.not_after = f->not_after,
		.spki = pkey_spki(key),
	};

	put_ca_name(&name, f->organization, f->common_name);
	ext_ski(&ext, t.spki);
	ext_basic(&ext, BASIC_ROOT);
	ext_key_usage(&ext, USAGE_CA);
	t.subject = t.issuer = buf_slice(&name);
	t.extensions = buf_slice(&ext);
	if (!buf_ok(&name) || !buf_ok(&ext))
		return err_set(e, E_INPUT, "root: a fact is too long");
	if (cert_encode(&t, key, &der, e) < 0 ||
	    cert_release(CA_KIND_ROOT, buf_slice(&der), &self, NULL, e) < 0)
		return err_wrap(e, "root certificate");
	buf_put(out, der.p, der.n);
	return 0;
}

int
ca_issuer_make(const struct ca_issuer *f, const struct ca_authority *root,
    struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf name = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(buf_free) struct buf ext = BUF_INIT(EXTENSIONS_BYTES);
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct tbs t = {
		.serial = f->serial,
		.issuer = cert_subject(root->cert),
		.not_before = f->not_before,
		.not_after = f->not_after,
		.spki = f->spki,
	};

	put_ca_name(&name, f->organization, f->common_name);
	ext_ski(&ext, t.spki);
	ext_aki(&ext, cert_key_id(root->cert));
	ext_basic(&ext, BASIC_ISSUER);
	ext_key_usage(&ext, USAGE_CA);
	ext_policies(&ext, f->policy_oid, NULL, NULL);
	ext_crldp(&ext, f->crl_url);
	ext_aia(&ext, NULL, f->issuer_url);
	t.subject = buf_slice(&name);
	t.extensions = buf_slice(&ext);
	if (!buf_ok(&name) || !buf_ok(&ext))
		return err_set(e, E_INPUT, "issuer: a fact is malformed");
	if (cert_encode(&t, root->key, &der, e) < 0 ||
	    cert_release(CA_KIND_ISSUER, buf_slice(&der), root, NULL, e) < 0)
		return err_wrap(e, "issuer certificate");
	buf_put(out, der.p, der.n);
	return 0;
}

static void
put_ip(struct buf *b, const char *text)
{
	uint8_t address[16];

	if (inet_pton(AF_INET, text, address) == 1)
		der_put(b, DER_CONTEXT(7), slice_of(address, 4));
	else if (inet_pton(AF_INET6, text, address) == 1)
		der_put(b, DER_CONTEXT(7), slice_of(address, 16));
	else
		b->bad = true;
}

static void
ext_san_hosts(struct buf *b, const struct ca_tls *f)
{
	struct ext_mark m = ext_begin(b, OID_SAN, false);
	size_t mark = der_begin(b, DER_SEQUENCE);

	for (size_t i = 0; i < f->dns_n; i++)
		der_str(b, DER_CONTEXT(2), f->dns[i]);
	for (size_t i = 0; i < f->ip_n; i++)
		put_ip(b, f->ip[i]);
	der_end(b, mark);
	ext_end(b, m);
}

int
ca_tls_make(const struct ca_tls *f, const struct ca_authority *by,
    struct buf *out, struct err *e)
{
	static const char *const purposes[] = { OID_SERVER_AUTH };
	CLEANUP(buf_free) struct buf name = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(buf_free) struct buf ext = BUF_INIT(EXTENSIONS_BYTES);
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct tbs t = {
		.serial = f->serial,
		.issuer = cert_subject(by->cert),
		.not_before = f->not_before,
		.not_after = f->not_after,
		.spki = f->spki,
	};

	put_ca_name(&name, f->organization, f->common_name);
	ext_ski(&ext, t.spki);
	ext_aki(&ext, cert_key_id(by->cert));
	ext_basic(&ext, BASIC_LEAF);
	ext_key_usage(&ext, USAGE_LEAF);
	ext_eku(&ext, purposes, NELEM(purposes), false);
	ext_san_hosts(&ext, f);
	if (f->crl_url != NULL)
		ext_crldp(&ext, f->crl_url);
	if (f->issuer_url != NULL)
		ext_aia(&ext, NULL, f->issuer_url);
	t.subject = buf_slice(&name);
	t.extensions = buf_slice(&ext);
	if (!buf_ok(&name) || !buf_ok(&ext))
		return err_set(e, E_INPUT, "server: a fact is malformed");
	if (cert_encode(&t, by->key, &der, e) < 0 ||
	    cert_release(CA_KIND_TLS, buf_slice(&der), by, NULL, e) < 0)
		return err_wrap(e, "server certificate");
	buf_put(out, der.p, der.n);
	return 0;
}

static const struct {
	const char *purposes[2];
	size_t n;
	enum usage usage;
	enum ca_kind kind;
	bool critical;
} sealers[] = {
	[CA_SEAL] = { { OID_EMAIL_PROTECTION, OID_DOCUMENT_SIGNING }, 2,
	    USAGE_SEAL, CA_KIND_SEAL, false },
	[CA_TSA] = { { OID_TIME_STAMPING }, 1, USAGE_LEAF, CA_KIND_TSA, true },
};

int
ca_sealer_make(enum ca_service kind, const struct ca_sealer *f,
    const struct ca_authority *root, struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf name = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(buf_free) struct buf ext = BUF_INIT(EXTENSIONS_BYTES);
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct tbs t = {
		.serial = f->serial,
		.issuer = cert_subject(root->cert),
		.not_before = f->not_before,
		.not_after = f->not_after,
		.spki = f->spki,
	};

	put_ca_name(&name, f->organization, f->common_name);
	ext_ski(&ext, t.spki);
	ext_aki(&ext, cert_key_id(root->cert));
	ext_basic(&ext, BASIC_LEAF);
	ext_key_usage(&ext, sealers[kind].usage);
	ext_eku(&ext, sealers[kind].purposes, sealers[kind].n,
	    sealers[kind].critical);
	ext_crldp(&ext, f->crl_url);
	ext_aia(&ext, NULL, f->issuer_url);
	t.subject = buf_slice(&name);
	t.extensions = buf_slice(&ext);
	if (!buf_ok(&name) || !buf_ok(&ext))
		return err_set(e, E_INPUT, "sealer: a fact is malformed");
	if (cert_encode(&t, root->key, &der, e) < 0 ||
	    cert_release(sealers[kind].kind, buf_slice(&der), root, NULL, e) <
		0)
		return err_wrap(
		    e, "%s certificate", ca_kind_name(sealers[kind].kind));
	buf_put(out, der.p, der.n);
	return 0;
}
