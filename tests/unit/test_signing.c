/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is signed without a decision that stands proved. */
#include "support/signing_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/x509.h"

#define NOT_BEFORE SF_NOW
#define NOT_AFTER INT64_C(1846076399) /* 2028-07-01T23:59:59+09:00 */

static struct cert *
cert_file(const struct sf *f, const char *path)
{
	CLEANUP(freep) char *file = fs_join(f->home, path);
	CLEANUP(buf_free) struct buf pem = BUF_INIT(KIB(16));
	struct cert *c = NULL;
	struct err e = ERR_INIT;

	ck_ok(fs_read(AT_FDCWD, file, KIB(16) - 1, &pem, &e), &e);
	ck_ok(cert_load(buf_slice(&pem), &c, &e), &e);
	return c;
}

/* The verdict of OpenSSL on a certificate, with this list. */
static struct chain_verdict
verdict_of(const struct sf *f, const struct buf *der, const struct buf *crl_der)
{
	CLEANUP(cert_freep)
	struct cert *root = cert_file(f, "keys/root/root.pem");
	CLEANUP(cert_freep)
	struct cert *ca = cert_file(f, "keys/ca/iaas-paas-iot/ca.pem");
	CLEANUP(cert_freep) struct cert *leaf = NULL;
	CLEANUP(crl_freep) struct crl *crl = NULL;
	const struct cert *between[1];
	const struct crl *crls[1];
	struct chain_verdict v;
	struct err e = ERR_INIT;

	ck_ok(cert_decode(buf_slice(der), &leaf, &e), &e);
	ck_ok(crl_decode(buf_slice(crl_der), &crl, &e), &e);
	between[0] = ca;
	crls[0] = crl;
	ck_ok(chain_check(&(struct chain){ .leaf = leaf,
			      .between = between,
			      .between_n = 1,
			      .root = root,
			      .crls = crls,
			      .crls_n = 1,
			      .at = f->now,
			      .check_crl = true },
		  &v, &e),
	    &e);
	return v;
}

static void
issue_one(struct sf *f, struct buf *der)
{
	struct sf_request r;
	struct err e = ERR_INIT;

	sf_certify(f, &r, "d-1");
	sf_prove(f, &r);
	ck_ok(sf_issue(f, &r, der, &e), &e);
	sf_request_done(&r);
}

START_TEST(quorum_makes_a_certificate)
{
	struct sf f;
	struct buf der = BUF_INIT(KIB(16)), crl = BUF_INIT(KIB(64));
	struct cert *c = NULL;
	struct chain_verdict v;
	struct err e = ERR_INIT;

	sf_init(&f);
	issue_one(&f, &der);
	ck_ok(cert_decode(buf_slice(&der), &c, &e), &e);
	ck_assert_int_eq(cert_not_before(c), NOT_BEFORE);
	ck_assert_int_eq(cert_not_after(c), NOT_AFTER);
	ck_assert_str_eq(cert_subject_text(c, "2.5.4.5"), SF_NUMBER);
	ck_ok(signer_sign_crl(&f.link, "iaas-paas-iot", &crl, &e), &e);
	v = verdict_of(&f, &der, &crl);
	ck_assert_msg(v.ok, "%s", v.text);
	cert_free(c);
	buf_free(&der);
	buf_free(&crl);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_27_the_same_decision_gives_the_same_certificate)
{
	struct sf f;
	struct sf_request r;
	struct buf one = BUF_INIT(KIB(16)), two = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;

	sf_init(&f);
	issue_one(&f, &one);
	sf_certify(&f, &r, "d-1");
	sf_prove(&f, &r);
	/* Also after a restart, and after the decision's own end. */
	sf_close(&f);
	f.now += 30 * 86400;
	sf_open(&f);
	ck_ok(sf_issue(&f, &r, &two, &e), &e);
	ck_assert(slice_eq(buf_slice(&one), buf_slice(&two)));
	sf_request_done(&r);
	buf_free(&one);
	buf_free(&two);
	sf_done(&f);
}
END_TEST

/* Each takes an honest request and makes one thing wrong. */
static void
one_signature(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->signers[1] = -1;
}
static void
no_signature(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->signers[0] = -1;
}
static void
same_officer_twice(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->signers[1] = SF_OFFICER_1;
}
static void
same_key_twice(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->signers[1] = SF_OFFICER_1;
	r->as[1] = SF_OFFICER_2;
}
static void
by_proposer(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->fields, "proposer", "officer-1");
}
static void
by_secretary(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->signers[1] = SF_SECRETARY;
}
static void
by_stranger(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->signers[1] = SF_STRANGER;
	r->as[1] = SF_OFFICER_2;
}
static void
changed_decision(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->other_bytes = true;
}
static void
other_namespace(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->ns = SSH_NS_OPINION;
}
static void
objection(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->ns = SSH_NS_OBJECTION;
}
static void
stale_case(struct sf *f, struct sf_request *r)
{
	char hex[SHA256_HEX];

	(void)f;
	jsonx_set_str(
	    r->fields, "case_basis", sha256_hex(buf_slice(&r->basis), hex));
	buf_puts(&r->basis, "another-event-another-event-anot");
}
static void
expired(struct sf *f, struct sf_request *r)
{
	(void)r;
	f->now += 2 * 86400;
}
static void
other_kind(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->fields, "kind", "decline");
	jsonx_set_str(r->fields, "outcome", "decide_decline");
	jsonx_set_str(r->fields, "reasons", "理由");
	jsonx_del(r->fields, "cert_number");
	jsonx_del(r->fields, "certified_on");
	jsonx_del(r->fields, "valid_through");
}
static void
both(struct sf_request *r, const char *key, const char *value)
{
	jsonx_set_str(r->fields, key, value);
	jsonx_set_str(r->record, key, value);
}
static void
longer_term(struct sf *f, struct sf_request *r)
{
	(void)f;
	both(r, "valid_through", "2030-07-01");
}
static void
other_day(struct sf *f, struct sf_request *r)
{
	(void)f;
	both(r, "certified_on", "2026-06-30");
	both(r, "valid_through", "2028-06-30");
	jsonx_set_str(r->record, "valid_from", "2026-06-30");
}
static void
decided_long_ago(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->decided_at -= 601;
}
static void
decided_later(struct sf *f, struct sf_request *r)
{
	(void)f;
	r->decided_at += 1;
}
static void
record_differs(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->record, "service", "別のクラウド");
}
static void
record_unknown_member(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->record, "more", "x");
}
static void
other_guideline(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->record, "guideline", "別の指針");
}
static void
other_prefix(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->fields, "cert_number", "GAI0001-2607");
	jsonx_set_str(r->record, "number", "GAI0001-2607");
}
static void
other_rules(struct sf *f, struct sf_request *r)
{
	(void)f;
	both(r, "rule_version", "2020-04-01");
}
static void
unknown_scheme(struct sf *f, struct sf_request *r)
{
	(void)f;
	both(r, "scheme", "other");
}
static void
second_term_first(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->record, "term", "2");
}
static void
other_detail(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->fields, "detail",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

static const struct {
	const char *name;
	void (*bend)(struct sf *f, struct sf_request *r);
	const char *guards; /* what the refusal must name */
} refusals[] = {
	{ "too few signatures", one_signature, "quorum_reached" },
	{ "core asks the signer directly", no_signature, "quorum_reached" },
	{ "the same officer twice", same_officer_twice, "distinct" },
	{ "the same key twice", same_key_twice, "signature_valid distinct" },
	{ "the proposer", by_proposer, "not_proposer" },
	{ "a secretary", by_secretary, "role_ok" },
	{ "a key not in the roster", by_stranger, "signature_valid" },
	{ "a changed decision", changed_decision, "signature_valid" },
	{ "another namespace", other_namespace, "signature_valid" },
	{ "an objection", objection, "quorum_reached" },
	{ "a stale case", stale_case, "basis_current" },
	{ "an expired decision", expired, "basis_current" },
	{ "a decision of another kind", other_kind, "approvals_verified" },
	{ "SIGN-20 another detail", other_detail, "basis_current" },
	{ "SIGN-21 record differs", record_differs, "differ in service" },
	{ "SIGN-21 unknown member", record_unknown_member, "record" },
	{ "SIGN-22 guideline", other_guideline, "guideline" },
	{ "SIGN-22 number", other_prefix, "no number of this scheme" },
	{ "SIGN-11 rules", other_rules, "basis_current" },
	{ "SIGN-11 scheme", unknown_scheme, "no such scheme" },
	{ "SIGN-23 another day", other_day, "another day" },
	{ "SIGN-23 long ago", decided_long_ago, "not now" },
	{ "SIGN-23 later", decided_later, "not now" },
	{ "SIGN-24 longer term", longer_term, "calendar" },
	{ "SIGN-24 second term first", second_term_first, "next term" },
};
START_TEST(refused_certificates)
{
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;

	sf_init(&f);
	sf_certify(&f, &r, "d-1");
	refusals[_i].bend(&f, &r);
	sf_prove(&f, &r);
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	ck_assert_msg(strstr(e.detail, refusals[_i].guards) != NULL, "%s: %s",
	    refusals[_i].name, e.detail);
	ck_assert_ptr_nonnull(strstr(e.detail, "approvals_verified"));
	ck_assert_uint_eq(der.n, 0);
	sf_request_done(&r);
	buf_free(&der);
	sf_done(&f);
}
END_TEST

START_TEST(request_for_another_key_or_url_is_refused)
{
	struct pkey *k = NULL;
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;

	sf_init(&f);
	ck_ok(pkey_generate(KEY_P256, &k, &e), &e);
	sf_certify(&f, &r, "d-1");
	sf_prove(&f, &r);
	r.spki = pkey_spki(k);
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	r.spki = (struct slice){ 0 };
	r.url = "https://example.org/";
	e = (struct err)ERR_INIT;
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	r.url = SF_URL;
	r.existence = "strong";
	e = (struct err)ERR_INIT;
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	r.existence = NULL;
	e = (struct err)ERR_INIT;
	ck_ok(sf_issue(&f, &r, &der, &e), &e);
	buf_free(&der);
	sf_request_done(&r);
	pkey_free(k);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_10_one_decision_one_execution)
{
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;

	sf_init(&f);
	issue_one(&f, &der);
	/* The same id again, another number. */
	sf_certify(&f, &r, "d-1");
	jsonx_set_str(r.fields, "cert_number", "IPT0002-2607");
	jsonx_set_str(r.record, "number", "IPT0002-2607");
	sf_prove(&f, &r);
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	sf_request_done(&r);
	/* Another decision, the number's first term again. */
	e = (struct err)ERR_INIT;
	sf_certify(&f, &r, "d-2");
	sf_prove(&f, &r);
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "next term"));
	sf_request_done(&r);
	buf_free(&der);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_25_a_key_certifies_one_service)
{
	struct pkey *k = NULL;
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(32));
	struct cert *c = NULL;
	struct err e = ERR_INIT;

	sf_init(&f);
	ck_ok(pkey_generate(KEY_P256, &k, &e), &e);
	sf_certify(&f, &r, "d-1");
	r.spki = pkey_spki(k);
	sf_prove(&f, &r);
	ck_ok(sf_issue(&f, &r, &der, &e), &e);
	ck_ok(cert_decode(buf_slice(&der), &c, &e), &e);
	ck_assert(slice_eq(cert_spki(c), r.spki));
	cert_free(c);
	sf_request_done(&r);
	sf_certify(&f, &r, "d-2");
	jsonx_set_str(r.fields, "case_id", "c-2");
	jsonx_set_str(r.fields, "cert_number", "IPT0002-2607");
	jsonx_set_str(r.record, "number", "IPT0002-2607");
	r.spki = pkey_spki(k);
	sf_prove(&f, &r);
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "another service"));
	sf_request_done(&r);
	/* Nor a key of our own. */
	c = cert_file(&f, "keys/ca/genai-saas/ca.pem");
	sf_certify(&f, &r, "d-3");
	jsonx_set_str(r.fields, "case_id", "c-3");
	jsonx_set_str(r.fields, "cert_number", "IPT0003-2607");
	jsonx_set_str(r.record, "number", "IPT0003-2607");
	r.spki = cert_spki(c);
	sf_prove(&f, &r);
	e = (struct err)ERR_INIT;
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "our own"));
	sf_request_done(&r);
	cert_free(c);
	pkey_free(k);
	buf_free(&der);
	sf_done(&f);
}
END_TEST

START_TEST(second_term_is_chained)
{
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16));
	struct cert *c = NULL;
	struct err e = ERR_INIT;

	sf_init(&f);
	issue_one(&f, &der);
	buf_reset(&der);
	f.now = INT64_C(1844985600); /* 2028-06-19T09:00:00+09:00 */
	sf_certify(&f, &r, "d-2");
	jsonx_set_str(r.fields, "case_id", "c-2"); /* a renewal */
	both(&r, "certified_on", "2028-06-19");
	both(&r, "valid_through", "2030-07-01");
	jsonx_set_str(r.record, "valid_from", "2028-07-02");
	jsonx_set_str(r.record, "term", "2");
	sf_prove(&f, &r);
	ck_ok(sf_issue(&f, &r, &der, &e), &e);
	ck_ok(cert_decode(buf_slice(&der), &c, &e), &e);
	ck_assert_int_eq(cert_not_before(c), NOT_AFTER + 1);
	cert_free(c);
	sf_request_done(&r);
	buf_free(&der);
	sf_done(&f);
}
END_TEST

START_TEST(revocation_shows_in_the_list)
{
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16)), crl = BUF_INIT(KIB(64));
	struct crl *list = NULL;
	struct crl_entry entry;
	struct err e = ERR_INIT;

	sf_init(&f);
	issue_one(&f, &der);
	f.now += 86400;
	sf_revoke(&f, &r, "d-2");
	sf_prove(&f, &r);
	ck_ok(sf_do_revoke(&f, &r, &crl, &e), &e);
	ck_assert(!verdict_of(&f, &der, &crl).ok);
	ck_ok(crl_decode(buf_slice(&crl), &list, &e), &e);
	ck_assert_uint_eq(crl_count(list), 1);
	ck_assert(crl_at(list, 0, &entry));
	ck_assert_int_eq(entry.reason, 9);
	ck_assert_int_eq(entry.revoked_at, f.now);
	ck_assert_int_eq(entry.invalid_since, 0);
	ck_assert_int_eq(crl_next_update(list) - f.now, 48 * 3600);
	crl_free(list);
	/* Again: no second entry, a newer list; also long after the end. */
	sf_close(&f);
	f.now = NOT_AFTER + 86400 * 365;
	sf_open(&f);
	buf_reset(&crl);
	ck_ok(sf_do_revoke(&f, &r, &crl, &e), &e);
	ck_ok(crl_decode(buf_slice(&crl), &list, &e), &e);
	ck_assert_uint_eq(crl_count(list), 1);
	ck_assert_uint_eq(crl_number(list), 2);
	crl_free(list);
	sf_request_done(&r);
	buf_free(&der);
	buf_free(&crl);
	sf_done(&f);
}
END_TEST

static void
revoke_number(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->fields, "cert_number", "IPT0009-2607");
}
static void
revoke_other_scheme(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->fields, "scheme", "genai-saas");
	jsonx_set_str(r->fields, "rule_version", "2026-07-01");
	jsonx_set_str(r->fields, "policy_version", "2026-07-01.1");
}
static void
revoke_drop(struct sf *f, struct sf_request *r)
{
	(void)f;
	jsonx_set_str(r->fields, "kind", "revocation_drop");
	jsonx_set_str(r->fields, "outcome", "drop");
	jsonx_del(r->fields, "grounds");
}
static const struct {
	const char *name;
	void (*bend)(struct sf *f, struct sf_request *r);
	const char *guards;
} revoke_refusals[] = {
	{ "too few", one_signature, "quorum_reached" },
	{ "nobody", no_signature, "quorum_reached" },
	{ "stale", stale_case, "basis_current" },
	{ "number", revoke_number, "no certificate" },
	{ "scheme", revoke_other_scheme, "no certificate" },
	{ "kind", revoke_drop, "does not permit" },
};
START_TEST(refused_revocations)
{
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16)), crl = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;

	sf_init(&f);
	issue_one(&f, &der);
	sf_revoke(&f, &r, "d-2");
	revoke_refusals[_i].bend(&f, &r);
	sf_prove(&f, &r);
	ck_code(sf_do_revoke(&f, &r, &crl, &e), &e, E_SIGNER_REFUSED);
	ck_assert_msg(strstr(e.detail, revoke_refusals[_i].guards) != NULL,
	    "%s: %s", revoke_refusals[_i].name, e.detail);
	e = (struct err)ERR_INIT;
	ck_ok(signer_sign_crl(&f.link, "iaas-paas-iot", &crl, &e), &e);
	ck_assert(verdict_of(&f, &der, &crl).ok);
	sf_request_done(&r);
	buf_free(&der);
	buf_free(&crl);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_33_lists_go_forward)
{
	struct sf f;
	struct buf crl = BUF_INIT(KIB(64));
	struct crl *list = NULL;
	struct err e = ERR_INIT;

	sf_init(&f);
	for (uint64_t i = 1; i <= 3; i++) {
		buf_reset(&crl);
		ck_ok(signer_sign_crl(&f.link, "genai-saas", &crl, &e), &e);
		ck_ok(crl_decode(buf_slice(&crl), &list, &e), &e);
		ck_assert_uint_eq(crl_number(list), i);
		ck_assert_uint_eq(crl_count(list), 0);
		crl_free(list);
		if (i == 2) {
			sf_close(&f);
			sf_open(&f);
		}
	}
	f.now--;
	ck_code(signer_sign_crl(&f.link, "genai-saas", &crl, &e), &e,
	    E_SIGNER_REFUSED);
	e = (struct err)ERR_INIT;
	ck_code(
	    signer_sign_crl(&f.link, "nobody", &crl, &e), &e, E_SIGNER_REFUSED);
	buf_free(&crl);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_60_rates_are_limited)
{
	struct sf f;
	struct buf crl = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;
	int rv = 0;

	sf_init(&f);
	/* A minute may turn once in between. */
	for (int i = 0; i < 250 && rv == 0; i++) {
		buf_reset(&crl);
		rv = signer_sign_crl(&f.link, "genai-saas", &crl, &e);
	}
	ck_code(rv, &e, E_RATE);
	buf_free(&crl);
	sf_done(&f);
}
END_TEST

START_TEST(removed_officer_counts_no_more)
{
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;

	sf_init(&f);
	sf_roster(
	    &f, &r, "r-1", "officer-2", "officer", "2026-07-01T14:59:00+09:00");
	sf_prove(&f, &r);
	ck_ok(sf_do_roster(&f, &r, &e), &e);
	ck_ok(sf_do_roster(&f, &r, &e), &e);
	sf_request_done(&r);
	sf_close(&f);
	sf_open(&f);
	sf_certify(&f, &r, "d-1");
	sf_prove(&f, &r);
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "role_ok"));
	sf_request_done(&r);
	buf_free(&der);
	sf_done(&f);
}
END_TEST

START_TEST(new_officer_comes_by_decision_only)
{
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;

	sf_init(&f);
	/* One officer cannot bring in a second self. */
	sf_roster(&f, &r, "r-1", "stranger", "officer", NULL);
	r.signers[1] = -1;
	sf_prove(&f, &r);
	ck_code(sf_do_roster(&f, &r, &e), &e, E_SIGNER_REFUSED);
	sf_request_done(&r);
	/* SIGN-40: another entry than the one decided on. */
	sf_roster(&f, &r, "r-2", "stranger", "secretariat", NULL);
	sf_prove(&f, &r);
	buf_reset(&r.detail_of);
	buf_puts(&r.detail_of, "{}");
	e = (struct err)ERR_INIT;
	ck_code(sf_do_roster(&f, &r, &e), &e, E_SIGNER_REFUSED);
	sf_request_done(&r);
	/* Two can. */
	sf_roster(&f, &r, "r-3", "stranger", "officer", NULL);
	sf_prove(&f, &r);
	e = (struct err)ERR_INIT;
	ck_ok(sf_do_roster(&f, &r, &e), &e);
	sf_request_done(&r);
	sf_certify(&f, &r, "d-1");
	r.signers[1] = SF_STRANGER;
	sf_prove(&f, &r);
	ck_ok(sf_issue(&f, &r, &der, &e), &e);
	sf_request_done(&r);
	buf_free(&der);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_28_one_case_one_certificate)
{
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;

	sf_init(&f);
	issue_one(&f, &der);
	sf_close(&f);
	sf_open(&f);
	/* Frozen twice, approved twice, under another number. */
	sf_certify(&f, &r, "d-2");
	jsonx_set_str(r.fields, "cert_number", "IPT0002-2607");
	jsonx_set_str(r.record, "number", "IPT0002-2607");
	sf_prove(&f, &r);
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "already"));
	sf_request_done(&r);
	buf_free(&der);
	sf_done(&f);
}
END_TEST

/* A decision of kind shred about case c-1; so many sign. */
static int
shred(struct sf *f, const char *id, bool both, struct err *e)
{
	struct sf_request r;
	struct sign_shred m = { 0 };
	int rv;

	sf_roster(f, &r, id, "stranger", "officer", NULL);
	jsonx_set_str(r.fields, "kind", "shred");
	jsonx_set_str(r.fields, "outcome", "shred");
	jsonx_set_str(r.fields, "case_id", "c-1");
	jsonx_set_str(r.fields, "reasons", "終了");
	if (!both)
		r.signers[1] = -1;
	sf_prove(f, &r);
	m.proof = r.proof;
	rv = signer_shred_key(&f->link, &m, e);
	sf_request_done(&r);
	return rv;
}

static bool
unwraps(struct sf *f, const char *dossier, const struct buf *wrapped)
{
	uint8_t back[32];
	struct err e = ERR_INIT;

	if (signer_unwrap_key(
		&f->link, dossier, buf_slice(wrapped), back, &e) == 0)
		return true;
	ck_assert_int_eq(e.code, E_SIGNER_REFUSED);
	return false;
}

START_TEST(SIGN_51_a_destroyed_key_stays_destroyed)
{
	struct sf f;
	struct buf one = BUF_INIT(256), two = BUF_INIT(256);
	static const uint8_t key[32] = { 1 };
	struct err e = ERR_INIT;

	sf_init(&f);
	ck_ok(signer_wrap_key(&f.link, "c-1", key, &one, &e), &e);
	ck_ok(signer_wrap_key(&f.link, "c-2", key, &two, &e), &e);
	ck_assert_int_eq(shred(&f, "s-1", false, &e), -1);
	ck_assert_int_eq(e.code, E_SIGNER_REFUSED);
	ck_assert(unwraps(&f, "c-1", &one));
	e = (struct err)ERR_INIT;
	ck_ok(shred(&f, "s-2", true, &e), &e);
	ck_assert(!unwraps(&f, "c-1", &one));
	ck_assert(unwraps(&f, "c-2", &two));
	buf_reset(&one);
	ck_code(signer_wrap_key(&f.link, "c-1", key, &one, &e), &e,
	    E_SIGNER_REFUSED);
	sf_close(&f);
	sf_open(&f);
	ck_assert(!unwraps(&f, "c-1", &two));
	ck_assert(unwraps(&f, "c-2", &two));
	buf_free(&one);
	buf_free(&two);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_14_no_decision_outlives_the_policy)
{
	struct sf f;
	struct sf_request r;
	struct buf der = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;

	sf_init(&f);
	sf_certify(&f, &r, "d-1");
	jsonx_set_str(r.fields, "expires_at", "2036-07-01T00:00:00+09:00");
	sf_prove(&f, &r);
	ck_code(sf_issue(&f, &r, &der, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "too long"));
	sf_request_done(&r);
	sf_roster(&f, &r, "r-1", "stranger", "officer", NULL);
	jsonx_set_str(r.fields, "expires_at", "2036-07-01T00:00:00+09:00");
	sf_prove(&f, &r);
	e = (struct err)ERR_INIT;
	ck_code(sf_do_roster(&f, &r, &e), &e, E_SIGNER_REFUSED);
	sf_request_done(&r);
	buf_free(&der);
	sf_done(&f);
}
END_TEST

/* Core holds an approved entry back and brings it after a later one. */
START_TEST(SIGN_41_an_older_entry_does_not_come_back)
{
	struct sf f;
	struct sf_request held, r;
	struct err e = ERR_INIT;

	sf_init(&f);
	sf_roster(&f, &held, "r-1", "stranger", "officer", NULL);
	sf_prove(&f, &held);
	f.now += 7200;
	sf_roster(&f, &r, "r-2", "stranger", "secretariat", NULL);
	sf_prove(&f, &r);
	ck_ok(sf_do_roster(&f, &r, &e), &e);
	sf_request_done(&r);
	sf_close(&f);
	sf_open(&f);
	ck_code(sf_do_roster(&f, &held, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "changed since"));
	sf_request_done(&held);
	sf_done(&f);
}
END_TEST

START_TEST(case_keys_are_bound_to_their_case)
{
	struct sf f;
	struct buf wrapped = BUF_INIT(256);
	uint8_t key[32] = { 1, 2, 3 }, back[32] = { 0 };
	struct err e = ERR_INIT;

	sf_init(&f);
	ck_ok(signer_wrap_key(&f.link, "c-1", key, &wrapped, &e), &e);
	ck_assert_uint_eq(wrapped.n, 60);
	sf_close(&f);
	sf_open(&f);
	ck_ok(signer_unwrap_key(&f.link, "c-1", buf_slice(&wrapped), back, &e),
	    &e);
	ck_assert(memcmp(key, back, 32) == 0);
	ck_code(
	    signer_unwrap_key(&f.link, "c-2", buf_slice(&wrapped), back, &e),
	    &e, E_INVALID);
	wrapped.p[20] ^= 1;
	e = (struct err)ERR_INIT;
	ck_code(
	    signer_unwrap_key(&f.link, "c-1", buf_slice(&wrapped), back, &e),
	    &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(signer_wrap_key(&f.link, "../x", key, &wrapped, &e), &e,
	    E_SIGNER_REFUSED);
	buf_free(&wrapped);
	sf_done(&f);
}
END_TEST

START_TEST(malformed_requests_end_the_edge)
{
	static const char junk[] = "\xff\xff\xff\xff\xff\xff\xff\xff";
	struct sf f;
	struct buf reply = BUF_INIT(KIB(64));

	sf_init(&f);
	for (uint32_t op = 0; op < 40; op++) {
		struct err e = ERR_INIT;

		if (op == OP_SIGN_CRL)
			continue;
		ck_code(signer_dispatch(f.signer, SIGNER_SERVING, op,
			    slice_of(junk, 8), &reply, &e),
		    &e, E_IPC);
	}
	/* Nothing is open before serving. */
	for (uint32_t op = 0; op < 40; op++) {
		struct err e = ERR_INIT;

		ck_code(signer_dispatch(f.signer, SIGNER_SETUP, op,
			    slice_of(junk, 0), &reply, &e),
		    &e, E_IPC);
	}
	buf_free(&reply);
	sf_done(&f);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("signing");
	TCase *t = tcase_create("certificates");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_test(t, quorum_makes_a_certificate);
	tcase_add_test(t, SIGN_27_the_same_decision_gives_the_same_certificate);
	tcase_add_test(t, SIGN_51_a_destroyed_key_stays_destroyed);
	tcase_add_loop_test(t, refused_certificates, 0, (int)NELEM(refusals));
	tcase_add_test(t, request_for_another_key_or_url_is_refused);
	tcase_add_test(t, SIGN_10_one_decision_one_execution);
	tcase_add_test(t, SIGN_25_a_key_certifies_one_service);
	tcase_add_test(t, second_term_is_chained);
	tcase_add_test(t, SIGN_28_one_case_one_certificate);
	tcase_add_test(t, SIGN_14_no_decision_outlives_the_policy);
	suite_add_tcase(suite, t);
	t = tcase_create("revocations");
	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_test(t, revocation_shows_in_the_list);
	tcase_add_loop_test(
	    t, refused_revocations, 0, (int)NELEM(revoke_refusals));
	tcase_add_test(t, SIGN_33_lists_go_forward);
	suite_add_tcase(suite, t);
	t = tcase_create("others");
	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_test(t, SIGN_60_rates_are_limited);
	tcase_add_test(t, removed_officer_counts_no_more);
	tcase_add_test(t, new_officer_comes_by_decision_only);
	tcase_add_test(t, SIGN_41_an_older_entry_does_not_come_back);
	tcase_add_test(t, case_keys_are_bound_to_their_case);
	tcase_add_test(t, malformed_requests_end_the_edge);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
