/* SPDX-License-Identifier: Apache-2.0 */
/* Requests, certificates, CRLs and chains as OpenSSL reads them. */
#include <stdlib.h>
#include <string.h>

#include "nintei/der.h"
#include "nintei/limits.h"
#include "nintei/x509.h"
#include "support/pki.h"
#include "support/support.h"

static const struct {
	const char *file;
	enum err_code code;
	enum key_kind kind;
} requests[] = {
	{ "p256.pem", E_OK, KEY_P256 },
	{ "p256.der", E_OK, KEY_P256 },
	{ "p256_crlf.pem", E_OK, KEY_P256 },
	{ "p384.pem", E_OK, KEY_P384 },
	{ "ed25519.pem", E_OK, KEY_ED25519 },
	{ "rsa2048.pem", E_OK, KEY_RSA },
	{ "rsa4096.pem", E_OK, KEY_RSA },
	{ "rsa1024.pem", E_INPUT, KEY_NONE },
	{ "rsa_exponent3.pem", E_INPUT, KEY_NONE },
	{ "rsa_sha1.pem", E_INPUT, KEY_NONE },
	{ "rsa_pss.pem", E_INPUT, KEY_NONE },
	{ "dsa.pem", E_INPUT, KEY_NONE },
	{ "p521.pem", E_INPUT, KEY_NONE },
	{ "secp256k1.pem", E_INPUT, KEY_NONE },
	{ "explicit.pem", E_INPUT, KEY_NONE },
	{ "ed448.pem", E_INPUT, KEY_NONE },
	{ "two_requests.pem", E_INPUT, KEY_NONE },
	{ "text_before.pem", E_INPUT, KEY_NONE },
	{ "trailing_bytes.der", E_INPUT, KEY_NONE },
	{ "altered_subject.der", E_INPUT, KEY_NONE },
};

START_TEST(request_is_judged)
{
	CLEANUP(freep) char *name = xasprintf("csr/%s", requests[_i].file);
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	struct buf b = fixture_read(name);
	struct err e = ERR_INIT;
	int rv = csr_decode(buf_slice(&b), &k, &e);

	ck_assert_msg(e.code == requests[_i].code, "%s: %s %s", name,
	    err_name(e.code), e.detail);
	ck_assert_int_eq(rv, e.code == E_OK ? 0 : -1);
	if (rv == 0)
		ck_assert_int_eq(pkey_kind(k), requests[_i].kind);
	else
		ck_assert_ptr_null(k);
	buf_free(&b);
}
END_TEST

/* In a worker, where nothing may ask the kernel for random bytes. */
START_TEST(request_is_judged_alike_in_a_worker)
{
	ossl_warm_public();
	for (size_t i = 0; i < NELEM(requests); i++) {
		CLEANUP(freep)
		char *name = xasprintf("csr/%s", requests[i].file);
		CLEANUP(pkey_freep) struct pkey *k = NULL;
		struct buf b = fixture_read(name);
		struct err e = ERR_INIT;

		(void)!csr_decode(buf_slice(&b), &k, &e);
		ck_assert_msg(e.code == requests[i].code, "%s: %s", name,
		    err_name(e.code));
		buf_free(&b);
	}
}
END_TEST

/* A request by hand, so that one thing at a time is wrong. */
static struct buf
request_make(const struct pkey *k, uint64_t version, const char *oid)
{
	CLEANUP(buf_free) struct buf info = BUF_INIT(KIB(4));
	CLEANUP(buf_free) struct buf sig = BUF_INIT(256);
	struct buf out = BUF_INIT(KIB(4));
	struct slice spki = pkey_spki(k);
	struct err e = ERR_INIT;
	size_t mark = der_begin(&info, DER_SEQUENCE), inner;

	der_uint(&info, version);
	der_put(&info, DER_SEQUENCE, slice_of(NULL, 0));
	buf_put(&info, spki.p, spki.n);
	der_put(&info, DER_CONTEXT_SET(0), slice_of(NULL, 0));
	der_end(&info, mark);
	ck_ok(pkey_sign(k, buf_slice(&info), &sig, &e), &e);
	mark = der_begin(&out, DER_SEQUENCE);
	buf_put(&out, info.p, info.n);
	inner = der_begin(&out, DER_SEQUENCE);
	der_oid(&out, oid);
	der_end(&out, inner);
	der_bits(&out, buf_slice(&sig));
	der_end(&out, mark);
	return out;
}

static const struct {
	uint64_t version;
	const char *oid;
	enum err_code code;
} hand_made[] = {
	{ 0, "1.2.840.10045.4.3.2", E_OK },
	{ 1, "1.2.840.10045.4.3.2", E_INPUT }, /* the version */
	{ 0, "1.2.840.10045.4.3.3", E_INPUT }, /* SHA-384 was not used */
	{ 0, "1.2.840.10045.4.1", E_INPUT }, /* ecdsa-with-SHA1 */
	{ 0, "1.3.101.112", E_INPUT }, /* of another kind */
};

START_TEST(hand_made_request_is_judged)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	CLEANUP(pkey_freep) struct pkey *out = NULL;
	struct err e = ERR_INIT;
	struct buf b;

	ck_ok(pkey_generate(KEY_P256, &k, &e), &e);
	b = request_make(k, hand_made[_i].version, hand_made[_i].oid);
	(void)!csr_decode(buf_slice(&b), &out, &e);
	ck_assert_msg(e.code == hand_made[_i].code, "%d: %s", _i, e.detail);
	buf_free(&b);
}
END_TEST

START_TEST(large_request_is_refused)
{
	CLEANUP(freep) uint8_t *p = xcalloc(1, LIMIT_CSR_BYTES + 1);
	CLEANUP(pkey_freep) struct pkey *out = NULL;
	struct err e = ERR_INIT;

	ck_code(csr_decode(slice_of(p, LIMIT_CSR_BYTES + 1), &out, &e), &e,
	    E_LIMIT);
}
END_TEST

/* An Ed25519 key of small order is no key, whatever it "signed". */
START_TEST(weak_ed25519_spki_is_refused)
{
	struct buf b = pki_hex("302a300506032b6570032100"
			       "ecffffffffffffffffffffffffffffff"
			       "ffffffffffffffffffffffffffffff7f");
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	struct err e = ERR_INIT;

	ck_code(pkey_of_spki(buf_slice(&b), &k, &e), &e, E_INPUT);
	buf_free(&b);
}
END_TEST

START_TEST(certificate_is_decoded)
{
	struct pki p;
	struct ca_certification f = pki_facts(3);
	CLEANUP(cert_freep) struct cert *c = NULL;
	CLEANUP(cert_freep) struct cert *from_pem = NULL;
	CLEANUP(buf_free) struct buf pem = BUF_INIT(KIB(8));
	struct err e = ERR_INIT;
	struct slice value;
	bool critical;
	struct buf der;

	pki_make(&p);
	der = pki_certification(&p, &f);
	ck_ok(cert_decode(buf_slice(&der), &c, &e), &e);
	ck_assert_int_eq(cert_not_before(c), PKI_DECIDED);
	ck_assert_int_eq(cert_not_after(c), PKI_ENDS);
	ck_assert_str_eq(
	    cert_serial_hex(c), "11111111111111111111111111111103");
	ck_assert_str_eq(cert_subject_text(c, "2.5.4.10"), "株式会社みどり");
	ck_assert_ptr_null(cert_subject_text(c, "2.5.4.7"));
	ck_assert(!cert_is_ca(c));
	ck_assert(cert_is_ca(p.issuer));
	ck_assert(cert_has_key(p.issuer, p.issuer_key));
	ck_assert(!cert_has_key(p.issuer, p.root_key));
	ck_assert(slice_eq(cert_issuer_key_id(c), cert_key_id(p.issuer)));
	ck_assert(cert_extension(c, "2.5.29.15", &value, &critical));
	ck_assert(critical);
	ck_assert_uint_eq(cert_extension_count(c), 10);
	ck_assert(cert_signed_by(c, p.issuer));
	ck_assert(!cert_signed_by(c, p.root));
	pem_encode(buf_slice(&der), "CERTIFICATE", &pem);
	ck_ok(cert_load(buf_slice(&pem), &from_pem, &e), &e);
	ck_assert(slice_eq(cert_der(from_pem), cert_der(c)));
	buf_putc(&der, 0);
	cert_free(TAKE(c));
	ck_code(cert_decode(buf_slice(&der), &c, &e), &e, E_INPUT);
	buf_free(&der);
	pki_done(&p);
}
END_TEST

static int
verdict_of(const struct pki *p, const struct cert *leaf, const struct crl *crl,
    int64_t at)
{
	const struct cert *between[] = { p->issuer };
	const struct crl *crls[] = { crl };
	struct chain c = {
		.leaf = leaf,
		.between = between,
		.between_n = 1,
		.root = p->root,
		.crls = crls,
		.crls_n = crl == NULL ? 0 : 1,
		.at = at,
		.check_crl = crl != NULL,
	};
	struct chain_verdict v;
	struct err e = ERR_INIT;

	ck_ok(chain_check(&c, &v, &e), &e);
	ck_assert_int_eq(v.ok, v.code == 0);
	return v.code;
}

START_TEST(chain_is_judged)
{
	struct pki p, other;
	struct ca_certification f = pki_facts(3);
	struct ca_revocation r = { .reason = CRL_PRIVILEGE_WITHDRAWN,
		.revoked_at = PKI_DECIDED + 60 };
	struct ca_crl facts = pki_crl_facts(&r, 1);
	CLEANUP(buf_free) struct buf list = BUF_INIT(KIB(8));
	CLEANUP(cert_freep) struct cert *c = NULL;
	CLEANUP(crl_freep) struct crl *crl = NULL;
	struct crl_entry entry;
	struct err e = ERR_INIT;
	struct buf der;

	pki_make(&p);
	pki_make(&other);
	der = pki_certification(&p, &f);
	ck_ok(cert_decode(buf_slice(&der), &c, &e), &e);
	memcpy(r.serial, f.serial, SERIAL_BYTES);
	ck_ok(ca_crl_build(&facts, &p.by_issuer, &list, &e), &e);
	ck_ok(crl_decode(buf_slice(&list), &crl, &e), &e);
	ck_assert(crl_find(crl, cert_serial(c), &entry));
	ck_assert_int_eq(entry.reason, CRL_PRIVILEGE_WITHDRAWN);
	ck_assert(!crl_find(crl, cert_serial(p.root), &entry));
	ck_assert(!crl_at(crl, 1, &entry));
	ck_assert_uint_eq(crl_number(crl), 7);

	ck_assert_int_eq(verdict_of(&p, c, NULL, PKI_DECIDED), 0);
	ck_assert_int_eq(verdict_of(&p, c, NULL, PKI_ENDS - 1), 0);
	ck_assert_int_eq(verdict_of(&p, c, NULL, PKI_ENDS + 1), 10);
	ck_assert_int_eq(verdict_of(&p, c, NULL, PKI_DECIDED - 1), 9);
	ck_assert_int_ne(verdict_of(&other, c, NULL, PKI_DECIDED), 0);
	ck_assert_int_eq(verdict_of(&p, c, crl, facts.this_update), 23);
	ck_assert_int_eq(verdict_of(&p, c, crl, facts.next_update + 1), 12);
	buf_free(&der);
	pki_done(&p);
	pki_done(&other);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("x509");
	TCase *t = tcase_create("request");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, request_is_judged, 0, (int)NELEM(requests));
	tcase_add_loop_test(
	    t, hand_made_request_is_judged, 0, (int)NELEM(hand_made));
	tcase_add_test(t, large_request_is_refused);
	tcase_add_test(t, weak_ed25519_spki_is_refused);
	t = tcase_create("certificate");
	suite_add_tcase(s, t);
	tcase_add_test(t, certificate_is_decoded);
	tcase_add_test(t, chain_is_judged);
	/* The last: from here on public keys live in another context. */
	t = tcase_create("worker");
	suite_add_tcase(s, t);
	tcase_add_test(t, request_is_judged_alike_in_a_worker);
	return suite_main(s);
}
