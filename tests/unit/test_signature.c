/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures by certificates of a registrar, through the real sandbox: each
 * fault gives its own word, and no other.
 */
#include "nintei/signature.h"
#include <string.h>
#include <unistd.h>
#include "nintei/corporation.h"
#include "nintei/enc.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/worker.h"
#include "signature_int.h"
#include "support/support.h"

#define NOW INT64_C(1784073600) /* 2026-07-15T09:00:00+09:00 */

static struct worker_host *host;
static struct json *facts;
static struct findings found;
static struct err err;

static void
setup(void)
{
	err = (struct err)ERR_INIT;
	ck_ok(worker_host_local(examine_worker_class(), &host, &err), &err);
}

static void
teardown(void)
{
	jsonx_free(facts);
	facts = NULL;
	findings_free(&found);
	worker_host_freep(&host);
}

static struct buf
fixture(const char *name)
{
	CLEANUP(freep) char *path = xasprintf("registrar/%s", name);

	return fixture_read(path);
}

/* What one judgement is made of: names of fixtures, NULL: none. */
struct trial {
	const char *cms, *crl, *ocsp;
	const char *anchor; /* NULL: root.der */
	const char *content; /* NULL: content.txt; "": none */
	int64_t at; /* 0: NOW */
	bool padded;
	const char *tail; /* bytes behind the CMS */
};

static void
judge(const struct trial *t)
{
	CLEANUP(buf_free) struct buf cms = fixture(t->cms);
	CLEANUP(buf_free)
	struct buf root = fixture(t->anchor == NULL ? "root.der" : t->anchor);
	CLEANUP(buf_free) struct buf crl = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf ocsp = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf content = BUF_INIT(MIB(1));
	CLEANUP(fd_closep) int fd = -1;
	struct slice anchors, crls, responses;
	struct signature_trust trust = { .anchors = &anchors,
		.crls = &crls,
		.ocsp = &responses,
		.n_anchors = 1 };
	struct signature_job job = { .purpose = SIGNATURE_REGISTRAR,
		.at = t->at == 0 ? NOW : t->at,
		.trust = &trust,
		.padded = t->padded };

	if (t->crl != NULL)
		crl = fixture(t->crl);
	if (t->ocsp != NULL)
		ocsp = fixture(t->ocsp);
	if (t->content == NULL || t->content[0] != '\0') {
		content =
		    fixture(t->content == NULL ? "content.txt" : t->content);
		ck_ok(
		    memfd_of("content", buf_slice(&content), &fd, &err), &err);
	}
	if (t->tail != NULL)
		buf_put(&cms, t->tail, 2);
	anchors = buf_slice(&root);
	crls = buf_slice(&crl);
	responses = buf_slice(&ocsp);
	trust.n_crls = crl.n > 0;
	trust.n_ocsp = ocsp.n > 0;
	job.cms = buf_slice(&cms);
	job.content_fd = fd;
	jsonx_free(facts);
	facts = NULL;
	ck_ok(signature_run(host, &job, "x.p7s", &facts, &found, &err), &err);
	ck_assert_uint_eq(found.n, 0);
	ck_assert_ptr_nonnull(facts);
}

static const struct json *
signer(size_t i)
{
	return jsonx_at(jsonx_get(facts, "signers"), i);
}

static void
expect(const char *what, const char *signature, const char *chain,
    const char *revocation, const char *profile)
{
	const struct {
		const char *key, *want;
	} all[] = { { "signature", signature }, { "chain", chain },
		{ "revocation", revocation }, { "profile", profile } };

	for (size_t i = 0; i < NELEM(all); i++) {
		const char *have = jsonx_get_str(signer(0), all[i].key);

		ck_assert_msg(have != NULL && strcmp(have, all[i].want) == 0,
		    "%s: %s is %s, want %s", what, all[i].key,
		    have == NULL ? "absent" : have, all[i].want);
	}
}

static const struct {
	struct trial t;
	const char *signature, *chain, *revocation, *profile;
} trials[] = {
	/* both profiles, both ways of revocation */
	{ { "new.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL }, "good",
	    "trusted", "good", "registrar" },
	{ { "new.p7s", NULL, "good.ocsp", NULL, NULL, 0, false, NULL }, "good",
	    "trusted", "good", "registrar" },
	{ { "old.p7s", NULL, "by-root.ocsp", NULL, NULL, 0, false, NULL },
	    "good", "trusted", "good", "registrar_old" },
	{ { "old.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL }, "good",
	    "trusted", "good", "registrar_old" },
	{ { "new.p7s", NULL, NULL, NULL, NULL, 0, false, NULL }, "good",
	    "trusted", "not_checked", "registrar" },
	{ { "cp932.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL }, "good",
	    "trusted", "good", "registrar_old" },
	{ { "sig-sha256-rsa.p7s", "good.crl", NULL, NULL, NULL, 0, false,
	      NULL },
	    "good", "trusted", "good", "registrar" },
	{ { "sig-no-time.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "trusted", "good", "registrar" },
	/* revocation */
	{ { "revoked.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "trusted", "revoked", "registrar" },
	{ { "revoked.p7s", NULL, "revoked.ocsp", NULL, NULL, 0, false, NULL },
	    "good", "trusted", "revoked", "registrar" },
	{ { "revoked.p7s", "good.crl", "good.ocsp", NULL, NULL, 0, false,
	      NULL },
	    "good", "trusted", "revoked", "registrar" },
	{ { "new.p7s", "stale.crl", NULL, NULL, NULL, 0, false, NULL }, "good",
	    "trusted", "stale", "registrar" },
	{ { "new.p7s", "stale-revoked.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "trusted", "revoked", "registrar" },
	{ { "new.p7s", NULL, "stale.ocsp", NULL, NULL, 0, false, NULL }, "good",
	    "trusted", "stale", "registrar" },
	{ { "new.p7s", "stale.crl", "good.ocsp", NULL, NULL, 0, false, NULL },
	    "good", "trusted", "good", "registrar" },
	{ { "new.p7s", "forged.crl", NULL, NULL, NULL, 0, false, NULL }, "good",
	    "trusted", "not_checked", "registrar" },
	{ { "new.p7s", "elsewhere.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "trusted", "not_checked", "registrar" },
	{ { "new.p7s", NULL, "impostor.ocsp", NULL, NULL, 0, false, NULL },
	    "good", "trusted", "not_checked", "registrar" },
	{ { "new.p7s", NULL, "revoked.ocsp", NULL, NULL, 0, false, NULL },
	    "good", "trusted", "not_checked", "registrar" },
	/* chain */
	{ { "expired.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "expired", "not_checked", "registrar" },
	{ { "future.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "not_yet_valid", "not_checked", "registrar" },
	{ { "elsewhere.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "untrusted", "not_checked", "registrar" },
	{ { "new.p7s", "good.crl", NULL, "other-root.der", NULL, 0, false,
	      NULL },
	    "good", "untrusted", "not_checked", "registrar" },
	{ { "unknown-critical.p7s", "good.crl", NULL, NULL, NULL, 0, false,
	      NULL },
	    "good", "bad", "not_checked", "registrar" },
	{ { "crl-key-usage.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "usage", "good", "registrar_old" },
	{ { "sha1.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL }, "good",
	    "bad", "not_checked", "registrar_old" },
	/* profile */
	{ { "no-corporation.p7s", "good.crl", NULL, NULL, NULL, 0, false,
	      NULL },
	    "good", "trusted", "good", "broken" },
	{ { "bad-corporation.p7s", "good.crl", NULL, NULL, NULL, 0, false,
	      NULL },
	    "good", "trusted", "good", "broken" },
	{ { "no-registrar.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "trusted", "good", "broken" },
	{ { "not-critical.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "good", "trusted", "good", "broken" },
	{ { "plain.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL }, "good",
	    "trusted", "good", "other" },
	/* signature */
	{ { "sig-broken.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "bad", "trusted", "good", "registrar" },
	{ { "sig-digest.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "digest", "trusted", "good", "registrar" },
	{ { "new.p7s", "good.crl", NULL, NULL, "README", 0, false, NULL },
	    "digest", "trusted", "good", "registrar" },
	{ { "new.p7s", "good.crl", NULL, NULL, "", 0, false, NULL }, "digest",
	    "trusted", "good", "registrar" },
	{ { "attached.p7m", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "digest", "trusted", "good", "registrar" },
	{ { "sig-twice.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "attributes", "trusted", "good", "registrar" },
	{ { "sig-bare.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "attributes", "trusted", "good", "registrar" },
	{ { "sig-content-type.p7s", "good.crl", NULL, NULL, NULL, 0, false,
	      NULL },
	    "attributes", "trusted", "good", "registrar" },
	{ { "sig-ess.p7s", "good.crl", NULL, NULL, NULL, 0, false, NULL },
	    "attributes", "trusted", "good", "registrar" },
	{ { "sig-no-attributes.p7s", "good.crl", NULL, NULL, NULL, 0, false,
	      NULL },
	    "attributes", "trusted", "good", "registrar" },
	{ { "sig-sha1-signature.p7s", "good.crl", NULL, NULL, NULL, 0, false,
	      NULL },
	    "algorithm", "trusted", "good", "registrar" },
	{ { "sig-no-certificate.p7s", "good.crl", NULL, NULL, NULL, 0, false,
	      NULL },
	    "no_certificate", "not_checked", "not_checked", "other" },
	/* zeros behind it are of a PDF alone */
	{ { "new.p7s", "good.crl", NULL, NULL, NULL, 0, true, "\0\0" }, "good",
	    "trusted", "good", "registrar" },
};

START_TEST(each_fault_has_its_word)
{
	judge(&trials[_i].t);
	expect(trials[_i].t.cms, trials[_i].signature, trials[_i].chain,
	    trials[_i].revocation, trials[_i].profile);
}
END_TEST

/* Attached, in DER and in BER: the content's digest is said. */
START_TEST(content_inside)
{
	static const char *const names[] = { "attached.p7m",
		"attached-ber.p7m" };
	CLEANUP(buf_free) struct buf content = fixture("content.txt");

	judge(&(struct trial){
	    .cms = names[_i], .crl = "good.crl", .content = "" });
	expect(names[_i], "good", "trusted", "good", "registrar");
	ck_assert(!jsonx_get_bool(facts, "detached", true));
	ck_assert_int_eq(
	    jsonx_get_int(facts, "content_size", -1), (int64_t)content.n);
}
END_TEST

START_TEST(no_signed_data_is_said)
{
	static const struct trial unreadable[] = {
		{ .cms = "content.txt" },
		{ .cms = "root.der" },
		{ .cms = "new.p7s", .tail = "\0\0" },
		{ .cms = "new.p7s", .tail = "\0x", .padded = true },
	};

	judge(&unreadable[_i]);
	ck_assert(!jsonx_get_bool(facts, "readable", true));
	ck_assert_ptr_null(jsonx_get(facts, "signers"));
}
END_TEST

START_TEST(corporation_comes_out)
{
	const struct json *c;

	judge(&(struct trial){ .cms = _i == 0 ? "new.p7s" : "cp932.p7s" });
	c = jsonx_get(signer(0), "corporation");
	ck_assert_str_eq(jsonx_get_str(c, "name"), "架空クラウド株式会社");
	ck_assert_str_eq(jsonx_get_str(c, "number"), "700110005901");
	ck_assert_str_eq(jsonx_get_str(c, "representative"), "架空太郎");
	ck_assert_str_eq(
	    jsonx_get_str(c, "encoding"), _i == 0 ? "utf8" : "cp932");
	ck_assert_str_eq(
	    jsonx_get_str(signer(0), "registrar"), "東京法務局登記官");
	/* Nothing of a signature that does not verify is handed on. */
	judge(&(struct trial){ .cms = "sig-broken.p7s" });
	ck_assert_ptr_null(jsonx_get(signer(0), "corporation"));
	ck_assert_ptr_null(jsonx_get(signer(0), "security_labels"));
}
END_TEST

/* Every signer is judged by itself. */
START_TEST(two_signers)
{
	unsigned trusted = 0;

	judge(&(struct trial){ .cms = "both.p7s", .crl = "good.crl" });
	ck_assert_uint_eq(jsonx_len(jsonx_get(facts, "signers")), 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_str_eq(jsonx_get_str(signer(i), "signature"), "good");
		trusted +=
		    strcmp(jsonx_get_str(signer(i), "chain"), "trusted") == 0;
	}
	ck_assert_uint_eq(trusted, 1);
}
END_TEST

/* D19, D20. */
START_TEST(labels_come_out)
{
	static const struct {
		const char *cms;
		size_t n;
		const char *policy;
		int64_t classification;
		bool is_signed;
	} rows[] = {
		{ "new.p7s", 0, NULL, 0, false },
		{ "sig-label.p7s", 1, "2.999.1.3.1", 3, true },
		{ "sig-label-unsigned.p7s", 1, "2.999.1.3.1", 3, false },
		{ "sig-label-two.p7s", 2, "2.999.1.3.1", 2, true },
		{ "sig-label-policy.p7s", 1, "1.2.3.4", 300, true },
	};
	const struct json *labels, *first;

	judge(&(struct trial){ .cms = rows[_i].cms });
	labels = jsonx_get(signer(0), "security_labels");
	ck_assert_uint_eq(jsonx_len(labels), rows[_i].n);
	if (rows[_i].n == 0)
		return;
	first = jsonx_at(labels, 0);
	ck_assert_str_eq(jsonx_get_str(first, "policy"), rows[_i].policy);
	ck_assert_int_eq(jsonx_get_int(first, "classification", -2),
	    rows[_i].classification);
	ck_assert_int_eq(
	    jsonx_get_bool(first, "signed", false), rows[_i].is_signed);
}
END_TEST

START_TEST(ranges_stay_in_the_file)
{
	static const struct signature_range ranges[][2] = {
		{ { 0, 4 }, { 3, 1 } },
		{ { 0, 4 }, { 6, 3 } },
		{ { 9, 0 }, { 9, 0 } },
		{ { UINT64_MAX, 1 }, { 0, 1 } },
	};
	CLEANUP(fd_closep) int fd = -1, out = -1;
	struct signature_trust none = { 0 };
	struct signature_job job = { .purpose = SIGNATURE_CONTAINER,
		.trust = &none,
		.ranges = ranges[_i],
		.n_ranges = 2 };

	ck_ok(memfd_of("content", slice_str("12345678"), &fd, &err), &err);
	job.content_fd = fd;
	ck_assert_int_eq(signature_pack(&job, &out, &err), -1);
	ck_assert_int_eq(err.code, E_INPUT);
}
END_TEST

/* What a child may not say. */
START_TEST(answers_have_a_shape)
{
	static const char *const bad[] = {
		"{}",
		"{\"readable\":true}",
		"{\"readable\":false,\"signers\":[{}],\"detached\":true}",
		"{\"readable\":true,\"detached\":true,\"signers\":[]}",
		"{\"readable\":true,\"detached\":true,\"signers\":[{}]}",
		"{\"readable\":true,\"detached\":true,\"signers\":[{\"serial\":"
		"\"1\",\"signature\":\"good\",\"chain\":\"trusted\","
		"\"revocation\":\"good\",\"profile\":\"registrar\","
		"\"corporation\":{\"name\":1}}]}",
		"{\"readable\":false,\"more\":1}",
	};
	CLEANUP(jsonx_freep) struct json *j = NULL;

	ck_ok(jsonx_parse(slice_str(bad[_i]), KIB(4), &j, &err), &err);
	ck_assert_int_eq(signature_shape(j, &err), -1);
}
END_TEST

/* --- registeredCorporationInfo --- */

static void
corporation_row(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	uint8_t der[512];
	size_t n = strlen(field[0]) / 2;
	struct corporation c;
	struct err e = ERR_INIT;
	const char *have;

	ck_assert_uint_le(n, sizeof(der));
	ck_ok(hex_decode(field[0], der, n, &e), &e);
	if (corporation_decode(slice_of(der, n), &c, &e) < 0)
		have = "refuse";
	else
		have = c.no_office || c.number_is_utf8 ? "warn" : "ok";
	ck_assert_msg(strcmp(have, field[1]) == 0, "line %u: %s", line, have);
	if (strcmp(have, "refuse") != 0) {
		ck_assert_msg(
		    strcmp(c.is_cp932 ? "cp932" : "utf8", field[2]) == 0,
		    "line %u: encoding", line);
		ck_assert_str_eq(c.number, "010001999062");
		ck_assert_str_eq(c.representative, "架空太郎");
		ck_assert_msg(strcmp(c.name, "架空ＩｏＴ基盤株式会社") == 0,
		    "line %u: %s", line, c.name);
	}
	++*(unsigned *)arg;
}

START_TEST(corporation_vectors)
{
	unsigned n = 0;

	tsv_each("registered-corporation-info.tsv", corporation_row, &n);
	ck_assert_uint_eq(n, 17);
}
END_TEST

int
main(void)
{
	TCase *sandbox = tcase_create("sandbox"), *pure = tcase_create("pure");
	Suite *s = suite_create("signature");

	tcase_add_checked_fixture(sandbox, setup, teardown);
	tcase_add_loop_test(sandbox, each_fault_has_its_word, 0, NELEM(trials));
	tcase_add_loop_test(sandbox, content_inside, 0, 2);
	tcase_add_loop_test(sandbox, no_signed_data_is_said, 0, 4);
	tcase_add_loop_test(sandbox, corporation_comes_out, 0, 2);
	tcase_add_test(sandbox, two_signers);
	tcase_add_loop_test(sandbox, labels_come_out, 0, 5);
	tcase_add_loop_test(pure, ranges_stay_in_the_file, 0, 4);
	tcase_add_loop_test(pure, answers_have_a_shape, 0, 7);
	tcase_add_test(pure, corporation_vectors);
	suite_add_tcase(s, sandbox);
	suite_add_tcase(s, pure);
	return suite_main(s);
}
