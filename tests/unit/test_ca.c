/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and CRLs: built, read back, and judged by stock OpenSSL. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/ca_view.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "support/pki.h"
#include "support/support.h"

#define LATER (PKI_DECIDED + 31 * 86400) /* within the CRL's time */

/* Write one object as PEM into dir. */
static void
save(const char *dir, const char *name, struct slice der, const char *label)
{
	CLEANUP(freep) char *path = fs_join(dir, name);
	CLEANUP(buf_free) struct buf pem = BUF_INIT(MIB(4));
	struct err e = ERR_INIT;

	pem_encode(der, label, &pem);
	ck_ok(fs_write(AT_FDCWD, path, buf_slice(&pem), 0600, &e), &e);
}

static struct buf
crl_make(const struct ca_authority *by, const struct ca_revocation *r, size_t n)
{
	struct buf out = BUF_INIT(LIMIT_CRL_BYTES);
	struct ca_crl f = pki_crl_facts(r, n);
	struct err e = ERR_INIT;

	ck_ok(ca_crl_build(&f, by, &out, &e), &e);
	return out;
}

/* root.pem, ca.pem, cert.pem, ca.crl, root.crl in dir. */
static void
save_all(const char *dir, const struct pki *p, struct slice cert,
    const struct ca_revocation *r, size_t n)
{
	struct buf crl = crl_make(&p->by_issuer, r, n);
	struct buf root_crl = crl_make(&p->by_root, NULL, 0);

	save(dir, "root.pem", cert_der(p->root), "CERTIFICATE");
	save(dir, "ca.pem", cert_der(p->issuer), "CERTIFICATE");
	save(dir, "cert.pem", cert, "CERTIFICATE");
	save(dir, "ca.crl", buf_slice(&crl), "X509 CRL");
	save(dir, "root.crl", buf_slice(&root_crl), "X509 CRL");
	buf_free(&crl);
	buf_free(&root_crl);
}

/* Does stock `openssl verify` accept cert.pem with these options? */
static bool
stock_accepts(const char *dir, const char *options)
{
	CLEANUP(freep)
	char *command = xasprintf("cd %s && openssl verify -CAfile root.pem "
				  "-untrusted ca.pem -attime %lld %s "
				  "cert.pem >out 2>&1",
	    dir, (long long)LATER, options);

	return system(command) == 0;
}

START_TEST(stock_openssl_accepts_until_revoked)
{
	struct ca_certification f = pki_facts(3);
	struct ca_revocation r = { .reason = CRL_PRIVILEGE_WITHDRAWN,
		.revoked_at = PKI_DECIDED + 60,
		.invalid_since = PKI_DECIDED };
	const char *dir = temp_dir();
	struct buf der;
	struct pki p;

	pki_make(&p);
	der = pki_certification(&p, &f);
	save_all(dir, &p, buf_slice(&der), NULL, 0);
	ck_assert(stock_accepts(dir, "-crl_check -CRLfile ca.crl"));
	ck_assert(stock_accepts(dir, "-x509_strict"));
	ck_assert(stock_accepts(dir,
	    "-x509_strict -crl_check_all -CRLfile ca.crl "
	    "-CRLfile root.crl"));
	ck_assert(stock_accepts(dir,
	    "-policy_check -explicit_policy "
	    "-policy 2.999.1.1.2"));
	ck_assert(stock_accepts(dir, "-purpose sslclient"));
	ck_assert(!stock_accepts(dir, "-purpose sslserver"));
	r.serial[0] = 0x11;
	memcpy(r.serial, f.serial, SERIAL_BYTES);
	save_all(dir, &p, buf_slice(&der), &r, 1);
	ck_assert(!stock_accepts(dir, "-crl_check -CRLfile ca.crl"));
	ck_assert(!stock_accepts(dir, "-crl_check"));
	buf_free(&der);
	pki_done(&p);
}
END_TEST

/* A text dump shows what people look for. */
START_TEST(stock_openssl_prints_the_profile)
{
	static const char *const want[] = { "Version: 3 (0x2)",
		"ecdsa-with-SHA256", "CA:FALSE", "Digital Signature",
		"URI:https://verify.example.jp/c/GAI0001-2607",
		"CPS: https://verify.example.jp/rules/genai-saas",
		"Policy: 2.999.1.1.2", "serialNumber", "NTRJP-7000012050002",
		"OCSP - URI:http://", "CA Issuers - URI:http://", "2.999.1.2.1",
		"Not After : Jul  1 14:59:59 2028 GMT" };
	struct ca_certification f = pki_facts(3);
	const char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, "text");
	CLEANUP(freep)
	char *command =
	    xasprintf("cd %s && openssl x509 -in cert.pem -noout -text "
		      "-nameopt utf8,sep_comma_plus_space >text",
		dir);
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	struct buf der;
	struct pki p;

	pki_make(&p);
	der = pki_certification(&p, &f);
	save_all(dir, &p, buf_slice(&der), NULL, 0);
	ck_assert_int_eq(system(command), 0);
	ck_ok(fs_read(AT_FDCWD, path, MIB(1), &text, &e), &e);
	for (size_t i = 0; i < NELEM(want); i++)
		ck_assert_msg(
		    strstr(buf_str(&text), want[i]) != NULL, "%s", want[i]);
	buf_free(&der);
	pki_done(&p);
}
END_TEST

START_TEST(stock_openssl_prints_the_reasons)
{
	static const char *const want[] = { "Privilege Withdrawn",
		"Invalidity Date", "X509v3 CRL Number", "Superseded" };
	struct ca_revocation r[] = {
		{ .serial = { 0x22 },
		    .reason = CRL_PRIVILEGE_WITHDRAWN,
		    .revoked_at = PKI_DECIDED + 60,
		    .invalid_since = PKI_DECIDED },
		{ .serial = { 0x11 },
		    .reason = CRL_SUPERSEDED,
		    .revoked_at = PKI_DECIDED + 60 },
	};
	struct ca_certification f = pki_facts(3);
	const char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, "text");
	CLEANUP(freep)
	char *command = xasprintf(
	    "cd %s && openssl crl -in ca.crl -noout -text >text", dir);
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	struct buf der;
	struct pki p;

	pki_make(&p);
	der = pki_certification(&p, &f);
	save_all(dir, &p, buf_slice(&der), r, 2);
	ck_assert_int_eq(system(command), 0);
	ck_ok(fs_read(AT_FDCWD, path, MIB(1), &text, &e), &e);
	for (size_t i = 0; i < NELEM(want); i++)
		ck_assert_msg(
		    strstr(buf_str(&text), want[i]) != NULL, "%s", want[i]);
	buf_free(&der);
	pki_done(&p);
}
END_TEST

START_TEST(view_reads_what_was_built)
{
	struct ca_certification f = pki_facts(3);
	CLEANUP(ca_view_freep) struct ca_view *v = NULL;
	struct err e = ERR_INIT;
	struct buf der;
	struct pki p;

	pki_make(&p);
	f.interim = true;
	f.not_after = PKI_DECIDED + 30 * 86400; /* no midnight */
	der = pki_certification(&p, &f);
	ck_ok(ca_view_read(buf_slice(&der), NULL, &v, &e), &e);
	ck_assert_str_eq(v->serial, "11111111111111111111111111111103");
	ck_assert_str_eq(v->common_name, pub_text(f.service));
	ck_assert_str_eq(v->organization, pub_text(f.operator_name));
	ck_assert_str_eq(v->organization_id, "NTRJP-7000012050002");
	ck_assert_str_eq(v->number, f.number);
	ck_assert_str_eq(v->issuer_common_name, "生成AI サービス認定 発行局");
	ck_assert_str_eq(v->designated_url, f.designated_url);
	ck_assert_str_eq(v->notice, f.notice);
	ck_assert_str_eq(v->crl_url, f.crl_url);
	ck_assert_str_eq(v->key, "P-256");
	ck_assert(v->has_statement);
	ck_assert(v->statement.interim);
	ck_assert_str_eq(v->statement.guideline, f.guideline);
	ck_assert_mem_eq(v->statement.record, f.record, 32);
	buf_free(&der);
	pki_done(&p);
}
END_TEST

/* A fact that differs is named. */
START_TEST(differing_facts_are_found)
{
	struct ca_certification f = pki_facts(3), w;
	CLEANUP(findings_free) struct findings found = { 0 };
	struct err e = ERR_INIT;
	struct buf der;
	struct pki p;

	pki_make(&p);
	der = pki_certification(&p, &f);
	ck_ok(ca_compare_certification(buf_slice(&der), &f, &found, &e), &e);
	ck_assert_uint_eq(found.n, 0);
#define DIFFERS(member, value, name)                                           \
	do {                                                                   \
		w = f;                                                         \
		w.member = (value);                                            \
		ck_ok(                                                         \
		    ca_compare_certification(buf_slice(&der), &w, &found, &e), \
		    &e);                                                       \
		ck_assert_uint_ge(found.n, 1);                                 \
		ck_assert_str_eq(found.items[0].field, name);                  \
		findings_free(&found);                                         \
		found = (struct findings){ 0 };                                \
	} while (0)
	DIFFERS(number, "GAI0002-2607", "number");
	DIFFERS(service, pub_literal("別"), "service");
	DIFFERS(operator_name, pub_literal("別"), "operator");
	DIFFERS(corporate_number, NULL, "corporate_number");
	DIFFERS(designated_url, "https://a.jp/", "designated_url");
	DIFFERS(policy_oid, "2.999.1.1.1", "policy_oid");
	DIFFERS(rule_url, "https://a.jp/", "rule_url");
	DIFFERS(notice, NULL, "notice");
	DIFFERS(guideline, "別", "statement.guideline");
	DIFFERS(crl_url, "http://a.jp/", "crl_url");
	DIFFERS(ocsp_url, "http://a.jp/", "ocsp_url");
	DIFFERS(issuer_url, "http://a.jp/", "issuer_url");
	DIFFERS(not_before, PKI_DECIDED + 1, "not_before");
	DIFFERS(not_after, PKI_ENDS - 1, "not_after");
	DIFFERS(interim, true, "statement.interim");
	DIFFERS(serial[15], 4, "serial");
	DIFFERS(record[0], 99, "statement.record");
	DIFFERS(spki, cert_spki(p.issuer), "spki");
	buf_free(&der);
	pki_done(&p);
}
END_TEST

/* A subject's key from its request. */
static const char *const keys[] = { "csr/p256.pem", "csr/p384.pem",
	"csr/rsa2048.pem", "csr/rsa4096.pem", "csr/ed25519.pem" };

START_TEST(subject_keys_are_taken_from_requests)
{
	struct ca_certification f = pki_facts(3);
	struct buf csr = fixture_read(keys[_i]);
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	CLEANUP(cert_freep) struct cert *c = NULL;
	const char *dir = temp_dir();
	struct err e = ERR_INIT;
	struct buf der;
	struct pki p;

	pki_make(&p);
	ck_ok(csr_decode(buf_slice(&csr), &k, &e), &e);
	f.spki = pkey_spki(k);
	der = pki_certification(&p, &f);
	ck_ok(cert_decode(buf_slice(&der), &c, &e), &e);
	ck_assert(slice_eq(cert_spki(c), pkey_spki(k)));
	save_all(dir, &p, buf_slice(&der), NULL, 0);
	ck_assert(
	    stock_accepts(dir, "-x509_strict -crl_check -CRLfile ca.crl"));
	buf_free(&csr);
	buf_free(&der);
	pki_done(&p);
}
END_TEST

/* Names are cut at 64 characters, not bytes; the statement has all. */
START_TEST(long_names_have_a_short_form)
{
	struct ca_certification f = pki_facts(3);
	CLEANUP(buf_free) struct buf name = BUF_INIT(KIB(4));
	CLEANUP(buf_free) struct buf shorter = BUF_INIT(KIB(4));
	CLEANUP(ca_view_freep) struct ca_view *v = NULL;
	struct err e = ERR_INIT;
	struct buf der;
	struct pki p;

	pki_make(&p);
	for (int i = 0; i < 64; i++)
		buf_puts(&name, "認");
	ck_ok(ca_short_name(buf_str(&name), &shorter, &e), &e);
	ck_assert_str_eq(buf_str(&shorter), buf_str(&name));
	buf_puts(&name, "定");
	f.service = f.operator_name = pub_own(buf_str(&name));
	f.corporate_number = NULL;
	der = pki_certification(&p, &f);
	ck_ok(ca_view_read(buf_slice(&der), NULL, &v, &e), &e);
	ck_assert_uint_eq(strlen(v->common_name), 64 * 3);
	ck_assert_str_eq(v->common_name + 63 * 3, "…");
	ck_assert_str_eq(v->statement.service, buf_str(&name));
	ck_assert_ptr_null(v->organization_id);
	buf_free(&der);
	pki_done(&p);
}
END_TEST

/* Facts that no certificate may state, and the rule that refuses. */
#define REFUSED(member, value, rule)                                           \
	do {                                                                   \
		CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(16));          \
		struct ca_certification w = pki_facts(3);                      \
		struct err e = ERR_INIT;                                       \
		w.member = (value);                                            \
		ck_code(ca_certification_build(&w, &p.by_issuer, &out, &e),    \
		    &e, E_INVALID);                                            \
		ck_assert_msg(                                                 \
		    strstr(e.detail, rule) != NULL, "%s: %s", rule, e.detail); \
		ck_assert_uint_eq(out.n, 0);                                   \
	} while (0)

START_TEST(bad_facts_are_refused)
{
	struct pki p;

	pki_make(&p);
	REFUSED(number, "GAI1-2607", "CERT-NUMBER");
	REFUSED(service, pub_own("か\xe3\x82\x99"), "CERT-NAME_NFC");
	REFUSED(service, pub_own(""), "CERT-NAME_LENGTH");
	REFUSED(operator_name, pub_own("\xff"), "CERT-NAME_NFC");
	REFUSED(corporate_number, pub_own("12"), "CERT-ORGANIZATION_ID");
	REFUSED(designated_url, "https://a.jp/c#1", "CERT-SAN_URI");
	REFUSED(crl_url, "https://a.jp/x.crl", "CERT-CRLDP");
	REFUSED(ocsp_url, "https://a.jp/ocsp", "CERT-AIA");
	REFUSED(rule_url, "rules", "CERT-POLICY");
	REFUSED(policy_oid, "2.999.9.1", "CERT-POLICY");
	REFUSED(not_after, PKI_ENDS + 1, "CERT-NOT_AFTER");
	REFUSED(
	    not_after, PKI_ENDS + 9 * 366 * INT64_C(86400), "CERT-LIFETIME");
	REFUSED(not_after, PKI_DECIDED, "CERT-LIFETIME");
	REFUSED(not_before, PKI_START - 1, "CERT-WITHIN_ISSUER");
	REFUSED(serial[0], 0x80, "CERT-SERIAL");
	REFUSED(serial[0], 0, "CERT-SERIAL");
	REFUSED(guideline, "", "CERT-STATEMENT");
	REFUSED(spki, cert_spki(p.issuer), "CERT-OWN_KEY");
	pki_done(&p);
}
END_TEST

START_TEST(malformed_facts_are_input_errors)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(16));
	struct ca_certification f = pki_facts(3);
	struct err e = ERR_INIT;
	struct pki p;

	pki_make(&p);
	f.policy_oid = "no oid";
	ck_code(
	    ca_certification_build(&f, &p.by_issuer, &out, &e), &e, E_INPUT);
	f = pki_facts(3);
	f.spki = slice_str("no key");
	e = (struct err)ERR_INIT;
	ck_code(
	    ca_certification_build(&f, &p.by_issuer, &out, &e), &e, E_INPUT);
	pki_done(&p);
}
END_TEST

/* A key that does not belong to the issuer's certificate signs nothing. */
START_TEST(wrong_issuer_key_is_refused)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(16));
	struct ca_certification f = pki_facts(3);
	struct ca_crl list = pki_crl_facts(NULL, 0);
	struct ca_authority by;
	struct err e = ERR_INIT;
	struct pki p;

	pki_make(&p);
	by = (struct ca_authority){ .cert = p.issuer, .key = p.root_key };
	ck_code(ca_certification_build(&f, &by, &out, &e), &e, E_INVALID);
	ck_assert_ptr_nonnull(strstr(e.detail, "CERT-SIGNATURE"));
	e = (struct err)ERR_INIT;
	ck_code(ca_crl_build(&list, &by, &out, &e), &e, E_INVALID);
	ck_assert_ptr_nonnull(strstr(e.detail, "CRL-SIGNATURE"));
	pki_done(&p);
}
END_TEST

START_TEST(bad_lists_are_refused)
{
	struct ca_revocation r[2] = {
		{ .serial = { 1 },
		    .reason = CRL_CESSATION,
		    .revoked_at = PKI_DECIDED },
		{ .serial = { 1 },
		    .reason = CRL_CESSATION,
		    .revoked_at = PKI_DECIDED },
	};
	struct ca_crl f = pki_crl_facts(r, 2);
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;
	struct pki p;

	pki_make(&p);
	ck_code(ca_crl_build(&f, &p.by_issuer, &out, &e), &e, E_INVALID);
	ck_assert_ptr_nonnull(strstr(e.detail, "CRL-ORDER"));
	f.n = 1;
	r[0].reason = CRL_CA_COMPROMISE;
	e = (struct err)ERR_INIT;
	ck_code(ca_crl_build(&f, &p.by_issuer, &out, &e), &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_ok(ca_crl_build(&f, &p.by_root, &out, &e), &e); /* the root may */
	r[0].reason = CRL_SUPERSEDED;
	f.number = 0;
	ck_code(ca_crl_build(&f, &p.by_issuer, &out, &e), &e, E_INVALID);
	f.number = 1;
	f.next_update = f.this_update;
	e = (struct err)ERR_INIT;
	ck_code(ca_crl_build(&f, &p.by_issuer, &out, &e), &e, E_INVALID);
	pki_done(&p);
}
END_TEST

START_TEST(many_entries_are_sorted_and_found)
{
	enum {
		N = 2000
	};
	CLEANUP(freep)
	struct ca_revocation *r = xcalloc(N, sizeof(struct ca_revocation));
	CLEANUP(crl_freep) struct crl *c = NULL;
	struct crl_entry entry;
	struct err e = ERR_INIT;
	struct buf der;
	struct pki p;
	uint64_t state = 1;

	pki_make(&p);
	for (size_t i = 0; i < N; i++) {
		for (size_t k = 0; k < SERIAL_BYTES; k++)
			r[i].serial[k] = (uint8_t)random_next(&state);
		r[i].serial[0] = 0x40;
		r[i].reason = CRL_CESSATION;
		r[i].revoked_at = PKI_DECIDED;
	}
	der = crl_make(&p.by_issuer, r, N);
	ck_ok(crl_decode(buf_slice(&der), &c, &e), &e);
	ck_assert_uint_eq(crl_count(c), N);
	for (size_t i = 0; i < N; i++)
		ck_assert(
		    crl_find(c, slice_of(r[i].serial, SERIAL_BYTES), &entry));
	buf_free(&der);
	pki_done(&p);
}
END_TEST

static bool
verdict(const struct ca_verdicts *v, const char *check)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->items[i].check, check) == 0)
			return v->items[i].ok;
	ck_abort_msg("no verdict on %s", check);
	return false;
}

struct evidence {
	struct pki p;
	struct ca_certification f;
	struct cert *leaf;
	struct crl *crl, *root_crl;
	struct ca_evidence v;
};

static void
evidence_make(struct evidence *x, bool revoked)
{
	struct ca_revocation r = { .reason = CRL_PRIVILEGE_WITHDRAWN,
		.revoked_at = PKI_DECIDED + 60 };
	struct buf der, list, root_list;
	struct err e = ERR_INIT;

	*x = (struct evidence){ .f = pki_facts(3) };
	pki_make(&x->p);
	der = pki_certification(&x->p, &x->f);
	memcpy(r.serial, x->f.serial, SERIAL_BYTES);
	list = crl_make(&x->p.by_issuer, &r, revoked ? 1 : 0);
	root_list = crl_make(&x->p.by_root, NULL, 0);
	ck_ok(cert_decode(buf_slice(&der), &x->leaf, &e), &e);
	ck_ok(crl_decode(buf_slice(&list), &x->crl, &e), &e);
	ck_ok(crl_decode(buf_slice(&root_list), &x->root_crl, &e), &e);
	x->v = (struct ca_evidence){
		.leaf = x->leaf,
		.issuer = x->p.issuer,
		.root = x->p.root,
		.crl = x->crl,
		.root_crl = x->root_crl,
		.at = LATER,
	};
	buf_free(&der);
	buf_free(&list);
	buf_free(&root_list);
}

static void
evidence_done(struct evidence *x)
{
	cert_free(x->leaf);
	crl_free(x->crl);
	crl_free(x->root_crl);
	pki_done(&x->p);
}

START_TEST(verdicts_say_what_holds)
{
	struct evidence x, other;
	struct ca_verdicts out;
	struct err e = ERR_INIT;
	bool ok;

	evidence_make(&x, false);
	evidence_make(&other, false);
	ck_ok(ca_verify(&x.v, &out, &ok, &e), &e);
	for (size_t i = 0; i < out.n; i++)
		ck_assert_msg(out.items[i].ok, "%s: %s", out.items[i].check,
		    out.items[i].text_en);
	ck_assert(ok);
	x.v.root = other.p.root;
	ck_ok(ca_verify(&x.v, &out, &ok, &e), &e);
	ck_assert(!ok && !verdict(&out, "chain"));
	x.v.root = x.p.root;
	x.v.at = PKI_ENDS + 1;
	ck_ok(ca_verify(&x.v, &out, &ok, &e), &e);
	ck_assert(!ok && !verdict(&out, "validity"));
	ck_assert(verdict(&out, "chain") && !verdict(&out, "crl"));
	x.v.at = LATER;
	x.v.crl = other.crl;
	ck_ok(ca_verify(&x.v, &out, &ok, &e), &e);
	ck_assert(!ok && !verdict(&out, "crl"));
	x.v.crl = x.v.root_crl = NULL;
	ck_ok(ca_verify(&x.v, &out, &ok, &e), &e);
	ck_assert(ok && !verdict(&out, "crl")); /* skipped, not failed */
	x.v.leaf = x.p.issuer;
	ck_ok(ca_verify(&x.v, &out, &ok, &e), &e);
	ck_assert(!ok && !verdict(&out, "profile"));
	evidence_done(&x);
	evidence_done(&other);
}
END_TEST

START_TEST(verdict_on_a_revoked_one)
{
	struct evidence x;
	struct ca_verdicts out;
	struct err e = ERR_INIT;
	bool ok;

	evidence_make(&x, true);
	ck_ok(ca_verify(&x.v, &out, &ok, &e), &e);
	ck_assert(!ok && !verdict(&out, "revocation"));
	ck_assert(verdict(&out, "crl") && verdict(&out, "chain"));
	evidence_done(&x);
}
END_TEST

START_TEST(serials_are_sixteen_octets)
{
	uint8_t state = 0x7f, serial[SERIAL_BYTES];
	struct random r = pki_counting(&state);
	struct err e = ERR_INIT;

	/* 0x7f..8e; 0x8f..: top bit cleared. */
	ck_ok(ca_serial_make(&r, serial, &e), &e);
	ck_assert_uint_eq(serial[0], 0x7f);
	ck_ok(ca_serial_make(&r, serial, &e), &e);
	ck_assert_uint_eq(serial[0], 0x0f);
	state = 0; /* a first octet of 0 is drawn again */
	ck_ok(ca_serial_make(&r, serial, &e), &e);
	ck_assert_uint_eq(serial[0], 0x10);
}
END_TEST

START_TEST(reasons_have_names)
{
	ck_assert_str_eq(crl_reason_name(9), "privilegeWithdrawn");
	ck_assert_ptr_null(crl_reason_name(0));
	ck_assert_ptr_null(crl_reason_name(6));
	ck_assert_ptr_null(crl_reason_name(7));
	ck_assert_ptr_null(crl_reason_name(8));
	ck_assert_ptr_null(crl_reason_name(10));
	ck_assert_ptr_null(crl_reason_name(-1));
}
END_TEST

static TCase *
group(Suite *s, const char *name)
{
	TCase *t = tcase_create(name);

	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return t;
}

int
main(void)
{
	Suite *s = suite_create("ca");
	TCase *t = group(s, "stock tools");

	tcase_add_test(t, stock_openssl_accepts_until_revoked);
	tcase_add_test(t, stock_openssl_prints_the_profile);
	tcase_add_test(t, stock_openssl_prints_the_reasons);
	t = group(s, "certificate");
	tcase_add_test(t, view_reads_what_was_built);
	tcase_add_test(t, differing_facts_are_found);
	tcase_add_loop_test(
	    t, subject_keys_are_taken_from_requests, 0, (int)NELEM(keys));
	tcase_add_test(t, long_names_have_a_short_form);
	tcase_add_test(t, bad_facts_are_refused);
	tcase_add_test(t, malformed_facts_are_input_errors);
	tcase_add_test(t, wrong_issuer_key_is_refused);
	tcase_add_test(t, serials_are_sixteen_octets);
	t = group(s, "crl");
	tcase_add_test(t, bad_lists_are_refused);
	tcase_add_test(t, many_entries_are_sorted_and_found);
	tcase_add_test(t, reasons_have_names);
	t = group(s, "verdict");
	tcase_add_test(t, verdicts_say_what_holds);
	tcase_add_test(t, verdict_on_a_revoked_one);
	return suite_main(s);
}
