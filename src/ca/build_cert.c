/* SPDX-License-Identifier: Apache-2.0 */
/* Building the certificate of one certified service. */
#include "nintei/ca.h"

#include <string.h>

#include "ca_int.h"

#define EXTENSIONS_BYTES KIB(8)

static void
put_subject(struct buf *b, const struct ca_certification *f,
    const char *organization, const char *common_name)
{
	size_t mark = der_begin(b, DER_SEQUENCE);

	put_attribute(b, OID_COUNTRY, DER_PRINTABLE, "JP");
	put_attribute(b, OID_ORGANIZATION, DER_UTF8, organization);
	if (f->corporate_number != NULL) {
		CLEANUP(freep)
		char *id = xasprintf("NTRJP-%s", pub_text(f->corporate_number));

		put_attribute(b, OID_ORGANIZATION_ID, DER_UTF8, id);
	}
	put_attribute(b, OID_SERIAL_NUMBER, DER_PRINTABLE, f->number);
	put_attribute(b, OID_CN, DER_UTF8, common_name);
	der_end(b, mark);
}

/* PKI 3: what the certificate says beyond a name. */
static void
ext_statement(struct buf *b, const struct ca_certification *f)
{
	CLEANUP(freep) char *oid = xasprintf("%s" STATEMENT_ARC, f->oid_base);
	struct ext_mark m = ext_begin(b, oid, false);
	size_t mark = der_begin(b, DER_SEQUENCE);

	der_uint(b, 1);
	der_oid(b, f->policy_oid);
	der_str(b, DER_UTF8, f->number);
	der_str(b, DER_UTF8, pub_text(f->service));
	der_str(b, DER_UTF8, f->guideline);
	der_str(b, DER_IA5, f->designated_url);
	der_put(b, DER_OCTET_STRING, slice_of(f->record, sizeof(f->record)));
	if (f->interim)
		der_bool(b, true);
	der_end(b, mark);
	ext_end(b, m);
}

static void
put_extensions(struct buf *b, const struct ca_certification *f,
    struct slice spki, const struct cert *issuer)
{
	static const char *const purposes[] = { OID_CLIENT_AUTH,
		OID_DOCUMENT_SIGNING };

	ext_ski(b, spki);
	ext_aki(b, cert_key_id(issuer));
	ext_basic(b, BASIC_LEAF);
	ext_key_usage(b, USAGE_LEAF);
	ext_eku(b, purposes, NELEM(purposes), false);
	ext_policies(b, f->policy_oid, f->rule_url, f->notice);
	ext_san_uri(b, f->designated_url);
	ext_crldp(b, f->crl_url);
	ext_aia(b, f->ocsp_url, f->issuer_url);
	ext_statement(b, f);
}

/* A fresh key, of which nothing but the public half leaves this function. */
static int
orphan_spki(struct buf *out, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	struct slice spki;

	if (pkey_generate(KEY_P256, &key, e) < 0)
		return -1;
	spki = pkey_spki(key);
	buf_put(out, spki.p, spki.n);
	return 0;
}

static int
subject_spki(const struct ca_certification *f, struct buf *out, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;

	if (f->spki.n == 0)
		return orphan_spki(out, e);
	if (pkey_of_spki(f->spki, &key, e) < 0)
		return err_wrap(e, "subject key");
	buf_put(out, f->spki.p, f->spki.n);
	return 0;
}

static int
certification_encode(const struct ca_certification *f,
    const struct ca_authority *issuer, struct slice spki, struct buf *out,
    struct err *e)
{
	CLEANUP(buf_free) struct buf organization = BUF_INIT(KIB(1));
	CLEANUP(buf_free) struct buf common_name = BUF_INIT(KIB(1));
	CLEANUP(buf_free) struct buf name = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(buf_free) struct buf ext = BUF_INIT(EXTENSIONS_BYTES);
	struct tbs t = {
		.serial = f->serial,
		.issuer = cert_subject(issuer->cert),
		.not_before = f->not_before,
		.not_after = f->not_after,
		.spki = spki,
	};

	if (ca_short_name(pub_text(f->operator_name), &organization, e) < 0 ||
	    ca_short_name(pub_text(f->service), &common_name, e) < 0)
		return -1;
	put_subject(&name, f, buf_str(&organization), buf_str(&common_name));
	put_extensions(&ext, f, spki, issuer->cert);
	if (!buf_ok(&name) || !buf_ok(&ext))
		return err_set(
		    e, E_INPUT, "certificate: a fact is malformed or too long");
	t.subject = buf_slice(&name);
	t.extensions = buf_slice(&ext);
	return cert_encode(&t, issuer->key, out, e);
}

/* The certificate says the facts, by a reader that shares no code. */
static int
facts_release(struct slice der, const struct ca_certification *f,
    struct slice spki, struct err *e)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	struct ca_certification want = *f;

	want.spki = spki;
	if (ca_compare_certification(der, &want, &found, e) < 0)
		return -1;
	return findings_to_err(&found, e);
}

int
ca_certification_build(const struct ca_certification *f,
    const struct ca_authority *issuer, struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf spki = BUF_INIT(LIMIT_SPKI_BYTES);
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);

	if (subject_spki(f, &spki, e) < 0 ||
	    certification_encode(f, issuer, buf_slice(&spki), &der, e) < 0 ||
	    cert_release(CA_KIND_CERTIFICATION, buf_slice(&der), issuer,
		f->oid_base, e) < 0 ||
	    facts_release(buf_slice(&der), f, buf_slice(&spki), e) < 0)
		return err_wrap(e, "certification certificate");
	buf_put(out, der.p, der.n);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "certificate too large");
	return 0;
}

int
ca_certification_tbs(const struct ca_certification *f,
    const struct cert *issuer, struct buf *out, struct err *e)
{
	struct ca_authority by = { issuer, NULL };

	if (f->spki.n == 0)
		return err_set(e, E_INPUT, "certificate: want its key");
	return certification_encode(f, &by, f->spki, out, e);
}
