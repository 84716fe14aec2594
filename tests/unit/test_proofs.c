/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs of existence in whole dossiers: what was signed, by whom, and what
 * grade the intake records.
 */
#include "nintei/intake.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "nintei/examine.h"
#include "nintei/bundle.h"
#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/worker.h"
#include "support/dossier.h"
#include "support/numbers_make.h"
#include "support/support.h"

#define SCHEME "genai-saas"
#define PAPER "登記事項証明書.pdf"

static struct intake_hosts hosts;
static struct dossier d;
static struct intake *in;
static struct findings found;

static struct buf
fixture(const char *name)
{
	CLEANUP(freep) char *path = xasprintf("registrar/%s", name);

	return fixture_read(path);
}

/* Where the registrar's files lie, below tests/fixtures. */
static const char *registrar = "registrar";

/* The policies of the source tree with a registrar: root, and files. */
static struct scheme_set *
schemes_with(const char *crl, const char *ocsp, bool anchored)
{
	const char *home = temp_dir();
	CLEANUP(freep)
	char *copy = xasprintf("cp -r '%s/policies/%s' '%s/' && "
			       "find '%s/tests/fixtures/%s' -maxdepth 1 "
			       "-name '*.[dco][ecr][rls]*' -exec cp {} "
			       "'%s/%s/' ';'",
	    TEST_SOURCE_DIR, SCHEME, home, TEST_SOURCE_DIR, registrar, home,
	    SCHEME);
	CLEANUP(freep)
	char *path = xasprintf("%s/" SCHEME "/registry.yaml", home);
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(64));
	CLEANUP(freep) char *der = xasprintf("%s/root.der", registrar);
	CLEANUP(buf_free) struct buf root = fixture_read(der);
	struct scheme_set *set = NULL;
	struct err e = ERR_INIT;
	char hex[SHA256_HEX];
	char *rest;

	ck_assert_int_eq(system(copy), 0);
	ck_ok(fs_read(AT_FDCWD, path, KIB(32), &text, &e), &e);
	rest = strstr((char *)text.p, "# Roots");
	ck_assert_ptr_nonnull(rest);
	text.n = (size_t)(rest - (char *)text.p);
	if (anchored)
		buf_putf(&text,
		    "anchors:\n  - {name: tokyo, file: root.der, sha256: "
		    "%s}\n",
		    sha256_hex(buf_slice(&root), hex));
	else
		buf_puts(&text, "anchors: []\n");
	buf_putf(&text, "crls: [%s]\nocsp: [%s]\n", crl, ocsp);
	ck_ok(fs_write(AT_FDCWD, path, buf_slice(&text), 0644, &e), &e);
	ck_ok(scheme_set_load(home, NULL, 0, &set, &e), &e);
	return set;
}

static void
setup(void)
{
	struct err e = ERR_INIT;

	ck_ok(worker_host_local(bundle_worker_class(), &hosts.unpack, &e), &e);
	ck_ok(
	    worker_host_local(examine_worker_class(), &hosts.examine, &e), &e);
}

static void
teardown(void)
{
	worker_host_freep(&hosts.unpack);
	worker_host_freep(&hosts.examine);
	intake_freep(&in);
	findings_free(&found);
	dossier_done(&d);
}

static void
check(const struct scheme_set *set)
{
	CLEANUP(fd_closep) int fd = dossier_zip(&d);
	struct intake_hint hint = {
		.scheme = SCHEME, .kind = "new", .now = DOSSIER_NOW
	};
	struct err e = ERR_INIT;

	intake_freep(&in);
	findings_free(&found);
	ck_ok(intake_check(&hosts, set, &hint, fd, &in, &found, &e), &e);
}

static bool
has(const char *rule, enum severity least)
{
	for (size_t i = 0; i < found.n; i++)
		if (strcmp(found.items[i].rule, rule) == 0 &&
		    found.items[i].severity >= least)
			return true;
	return false;
}

/* The worst rule of the register that must be put right, or "". */
static const char *
corrected(void)
{
	for (size_t i = 0; i < found.n; i++)
		if (found.items[i].severity >= SEV_CORRECT)
			return found.items[i].rule;
	return "";
}

static void
put(const char *path, const char *name)
{
	CLEANUP(buf_free) struct buf b = fixture(name);

	dossier_put(&d, path, buf_slice(&b));
}

struct scene {
	const char *proof; /* a fixture, as 実在証明.<its extension> */
	const char *crl, *ocsp;
	const char *extra; /* a fixture, as 添付.<its extension> */
	bool unanchored;
	const char *grade, *form;
	bool human;
	const char *correct; /* a rule to correct, or "" */
	const char *warn; /* a rule that warns, or NULL */
};

static const struct scene scenes[] = {
	/* over form A: strong */
	{ "form-a-new.p7s", "good.crl", "", NULL, false, "strong",
	    "electronic_certificate", false, "", NULL },
	{ "form-a-new.p7s", "", "good.ocsp", NULL, false, "strong",
	    "electronic_certificate", false, "", NULL },
	/* nobody knows whether it is in force */
	{ "form-a-new.p7s", "", "", NULL, false, "weak",
	    "electronic_certificate", true, "", "REGISTRY-SIG_UNCHECKED" },
	{ "form-a-new.p7s", "stale.crl", "", NULL, false, "weak",
	    "electronic_certificate", true, "", "REGISTRY-SIG_UNCHECKED" },
	{ "form-a-new.p7s", "absent.crl", "", NULL, false, "weak",
	    "electronic_certificate", true, "", "REGISTRY-SIG_UNCHECKED" },
	{ "form-a-new.p7s", "good.crl", "", NULL, true, "weak",
	    "electronic_certificate", true, "", "REGISTRY-SIG_UNCHECKED" },
	/* no proof */
	{ "form-a-revoked.p7s", "good.crl", "", NULL, false, "none", NULL, true,
	    "REGISTRY-SIG_REVOKED", NULL },
	{ "form-a-elsewhere.p7s", "good.crl", "", NULL, false, "none", NULL,
	    true, "REGISTRY-SIG_CHAIN", NULL },
	{ "form-a-other-company.p7s", "good.crl", "", NULL, false, "none", NULL,
	    true, "REGISTRY-FIELD_MISMATCH", NULL },
	{ "content.txt", "good.crl", "", NULL, false, "none", NULL, true,
	    "REGISTRY-CMS_FORM", NULL },
	/* something else was signed: not here; here */
	{ "new.p7s", "good.crl", "", NULL, false, "none", NULL, true,
	    "REGISTRY-SIG_INVALID", NULL },
	{ "new.p7s", "good.crl", "", "content.txt", false, "strong",
	    "signed_paper", true, "", "LANG-NEEDS_HUMAN" },
	{ "sig-late.p7s", "good.crl", "", "content.txt", false, "none", NULL,
	    true, "REGISTRY-STALE", NULL },
	{ "attached.p7m", "good.crl", "", NULL, false, "weak", "signed_paper",
	    true, "", "LANG-NEEDS_HUMAN" },
	{ "attached.p7m", "good.crl", "", "content.txt", false, "strong",
	    "signed_paper", true, "", "LANG-NEEDS_HUMAN" },
	{ "sig-broken.p7s", "good.crl", "", "content.txt", false, "none", NULL,
	    true, "REGISTRY-SIG_INVALID", NULL },
	{ "no-corporation.p7s", "good.crl", "", "content.txt", false, "none",
	    NULL, true, "REGISTRY-SIG_PROFILE", NULL },
	{ "plain.p7s", "good.crl", "", "content.txt", false, "none", NULL, true,
	    "REGISTRY-SIG_PROFILE", NULL },
	/* in a PDF */
	{ "new.pdf", "good.crl", "", NULL, false, "strong", "signed_paper",
	    true, "", "LANG-NEEDS_HUMAN" },
	{ "revoked.pdf", "good.crl", "", NULL, false, "none", NULL, true,
	    "REGISTRY-SIG_REVOKED", NULL },
	/* signed by somebody: a paper that a person reads */
	{ "plain.pdf", "good.crl", "", NULL, false, "weak", "public_paper",
	    true, "", "LANG-NEEDS_HUMAN" },
};

static void
stage(const struct scene *s)
{
	CLEANUP(freep)
	char *proof = xasprintf("実在証明%s", strrchr(s->proof, '.'));
	static const char p7s[] = "実在証明.p7s";

	dossier_done(&d);
	dossier_load(&d, SCHEME);
	dossier_put(&d, PAPER, (struct slice){ 0 });
	put(strcmp(s->proof, "content.txt") == 0 ? p7s : proof, s->proof);
	if (s->extra != NULL)
		put("添付.txt", s->extra);
}

START_TEST(grade_is_recorded)
{
	const struct scene *s = &scenes[_i];
	struct scheme_set *set = schemes_with(s->crl, s->ocsp, !s->unanchored);
	const struct json *e;
	const char *form;

	stage(s);
	check(set);
	e = in->existence;
	ck_assert_msg(strcmp(corrected(), s->correct) == 0, "%s: %s, want %s",
	    s->proof, corrected(), s->correct);
	ck_assert_msg(strcmp(jsonx_get_str(e, "grade"), s->grade) == 0,
	    "%s: grade %s, want %s", s->proof, jsonx_get_str(e, "grade"),
	    s->grade);
	form = jsonx_get_str(e, "form");
	ck_assert_msg(s->form == NULL
		? form == NULL
		: form != NULL && strcmp(form, s->form) == 0,
	    "%s: form %s", s->proof, form);
	ck_assert_int_eq(jsonx_get_bool(e, "human", true), s->human);
	if (s->warn != NULL)
		ck_assert_msg(has(s->warn, SEV_WARN), "%s", s->proof);
	scheme_set_free(set);
}
END_TEST

/* After the signature, one character of form A becomes another. */
START_TEST(changed_form_is_no_longer_signed)
{
	struct scheme_set *set = schemes_with("good.crl", "", true);

	stage(&scenes[0]);
	dossier_field(&d, "form-a.json", "contact_name", "\"架空花子\"");
	check(set);
	ck_assert_str_eq(corrected(), "REGISTRY-SIG_INVALID");
	ck_assert_str_eq(jsonx_get_str(in->existence, "grade"), "none");
	scheme_set_free(set);
}
END_TEST

/* Within the signed bytes of the PDF, whoever signed it. */
static const char *const signed_pdfs[] = { "new.pdf", "plain.pdf" };

START_TEST(changed_pdf_is_no_longer_signed)
{
	struct scheme_set *set = schemes_with("good.crl", "", true);
	CLEANUP(buf_free) struct buf pdf = fixture(signed_pdfs[_i]);

	stage(&scenes[0]);
	dossier_put(&d, "実在証明.p7s", (struct slice){ 0 });
	for (size_t i = 0; i + 3 < pdf.n; i++)
		if (memcmp(pdf.p + i, "595", 3) == 0) {
			pdf.p[i + 2] = '6';
			break;
		}
	dossier_put(&d, "実在証明.pdf", buf_slice(&pdf));
	check(set);
	ck_assert_str_eq(corrected(), "REGISTRY-SIG_INVALID");
	scheme_set_free(set);
}
END_TEST

/* Bytes after the signed file: nothing of it counts. */
START_TEST(appended_pdf_is_refused)
{
	struct scheme_set *set = schemes_with("good.crl", "", true);
	CLEANUP(buf_free) struct buf pdf = fixture("new.pdf");

	stage(&scenes[0]);
	dossier_put(&d, "実在証明.p7s", (struct slice){ 0 });
	pdf.max = pdf.n + 64;
	buf_puts(&pdf, "% more\n");
	dossier_put(&d, "実在証明.pdf", buf_slice(&pdf));
	check(set);
	ck_assert_str_eq(corrected(), "REGISTRY-PDF_SIG_COVERAGE");
	ck_assert_str_ne(jsonx_get_str(in->existence, "grade"), "strong");
	scheme_set_free(set);
}
END_TEST

/* What the record holds, and nothing of the company in it. */
START_TEST(record_names_digests_not_companies)
{
	struct scheme_set *set = schemes_with("good.crl", "", true);
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(64));
	const struct json *proof;

	stage(&scenes[0]);
	check(set);
	proof = jsonx_at(jsonx_get(in->existence, "proofs"), 0);
	ck_assert_str_eq(jsonx_get_str(proof, "revocation"), "good");
	ck_assert_str_eq(jsonx_get_str(proof, "chain"), "trusted");
	ck_assert_ptr_nonnull(jsonx_get_str(proof, "sha256"));
	ck_assert_ptr_nonnull(jsonx_get_str(proof, "checked_at"));
	ck_assert_str_eq(
	    jsonx_get_str(in->existence, "register"), "no_register");
	jsonx_canonical(in->existence, &text);
	ck_assert_ptr_null(strstr(buf_str(&text), "架空クラウド"));
	ck_assert_ptr_null(strstr(buf_str(&text), "700110005901"));
	scheme_set_free(set);
}
END_TEST

/* --- the register of corporate numbers --- */

/* One company; %s: number, process, name, closing day, cause. */
#define ROW                                                                        \
	"1,%s,%s,0,2026-04-01,2026-04-01,\"%s\",,301,\"東京都\","               \
	"\"渋谷区\",\"架空１丁目２番３号\",,13,113,1500000,,,%s,%s,,," \
	"2015-10-05,1,,,,,\"カクウ\",0\n"

static const struct {
	const char *number, *process, *name, *closed, *cause;
	const char *grade, *correct, *warn;
} companies[] = {
	{ "8700110005901", "01", "架空クラウド株式会社", "", "", "strong", "",
	    NULL },
	{ "8700110005901", "01", "(株)架空クラウド", "", "", "none",
	    "REGISTRY-FIELD_MISMATCH", NULL },
	{ "8700110005901", "01", "架空クラウト\xe3\x82\x99株式会社", "", "",
	    "strong", "", NULL },
	{ "8700110005901", "21", "架空クラウド株式会社", "2026-04-01", "01",
	    "none", "REGISTRY-NUMBER_CLOSED", NULL },
	{ "6010001999001", "01", "架空第一クラウド株式会社", "", "", "strong",
	    "", "REGISTRY-NUMBER_ABSENT" },
};

START_TEST(register_bears_it_out)
{
	struct scheme_set *set = schemes_with("good.crl", "", true);
	CLEANUP(freep)
	char *row = xasprintf(ROW, companies[_i].number, companies[_i].process,
	    companies[_i].name, companies[_i].closed, companies[_i].cause);

	hosts.numbers = numbers_make(row);
	stage(&scenes[0]);
	check(set);
	ck_assert_str_eq(corrected(), companies[_i].correct);
	ck_assert_str_eq(
	    jsonx_get_str(in->existence, "grade"), companies[_i].grade);
	ck_assert_str_eq(jsonx_get_str(in->existence, "register"),
	    companies[_i].warn == NULL ? "present" : "absent");
	if (companies[_i].warn != NULL)
		ck_assert(has(companies[_i].warn, SEV_WARN));
	numbers_close(hosts.numbers);
	hosts.numbers = NULL;
	scheme_set_free(set);
}
END_TEST

/* --- level 2: the container itself is signed --- */

/* Without it the scan of a paper is all there is: weak. */
static const struct {
	const char *file, *crl, *grade, *form, *rule;
	size_t proofs;
} containers[] = {
	{ "new.asice", "good.crl", "strong", "electronic_certificate", NULL,
	    1 },
	{ "revoked.asice", "good.crl", "weak", "paper", "REGISTRY-SIG_REVOKED",
	    1 },
	{ "other-company.asice", "good.crl", "weak", "paper",
	    "REGISTRY-FIELD_MISMATCH", 1 },
	/* its root has the name of ours, and another key */
	{ "same-name.asice", "good.crl", "weak", "paper", "REGISTRY-SIG_CHAIN",
	    1 },
	/* of two signers one is good: strong, and the other is told */
	{ "two.asice", "good.crl", "strong", "electronic_certificate",
	    "REGISTRY-SIG_CHAIN", 2 },
};

START_TEST(registrar_signs_the_container)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(freep)
	char *name = xasprintf("registrar/container/%s", containers[_i].file);
	CLEANUP(buf_free) struct buf zip = fixture_read(name);
	struct scheme_set *set;
	struct intake_hint hint = { .now = DOSSIER_NOW };
	struct err e = ERR_INIT;
	size_t n = 0;

	registrar = "registrar/container";
	set = schemes_with(containers[_i].crl, "", true);
	registrar = "registrar";
	ck_ok(memfd_of("container", buf_slice(&zip), &fd, &e), &e);
	ck_ok(intake_check(&hosts, set, &hint, fd, &in, &found, &e), &e);
	ck_assert_uint_eq(in->level, 2);
	ck_assert_msg(strcmp(jsonx_get_str(in->existence, "grade"),
			  containers[_i].grade) == 0,
	    "%s: %s", containers[_i].file,
	    jsonx_get_str(in->existence, "grade"));
	for (size_t i = 0; i < jsonx_len(jsonx_get(in->existence, "proofs"));
	     i++)
		n += jsonx_get_str(
			 jsonx_at(jsonx_get(in->existence, "proofs"), i),
			 "chain") != NULL;
	ck_assert_uint_eq(n, containers[_i].proofs);
	ck_assert_str_eq(
	    jsonx_get_str(in->existence, "form"), containers[_i].form);
	if (containers[_i].rule != NULL)
		ck_assert_msg(has(containers[_i].rule, SEV_WARN), "%s: %s",
		    containers[_i].file, containers[_i].rule);
	else
		ck_assert_str_eq(corrected(), "");
	scheme_set_free(set);
}
END_TEST

/* An anchor is taken by its digest, learnt elsewhere. */
START_TEST(anchor_has_its_digest)
{
	const char *home = temp_dir();
	CLEANUP(freep)
	char *copy = xasprintf("cp -r '%s/policies/" SCHEME "' '%s/' && "
			       "cp '%s/tests/fixtures/registrar/%s' "
			       "'%s/" SCHEME "/root.der' && sed -i "
			       "'s/^anchors: .*/anchors: [{name: a, file: "
			       "root.der, sha256: %064d}]/' '%s/" SCHEME
			       "/registry.yaml'",
	    TEST_SOURCE_DIR, home, TEST_SOURCE_DIR,
	    _i == 0 ? "root.der" : "content.txt", home, 0, home);
	struct scheme_set *set = NULL;
	struct err e = ERR_INIT;

	ck_assert_int_eq(system(copy), 0);
	ck_code(scheme_set_load(home, NULL, 0, &set, &e), &e, E_CONFIG);
	ck_assert_ptr_nonnull(strstr(e.detail, "anchor a"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("proofs");
	TCase *t = tcase_create("dossier"), *pure = tcase_create("policy");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, grade_is_recorded, 0, NELEM(scenes));
	tcase_add_test(t, changed_form_is_no_longer_signed);
	tcase_add_loop_test(
	    t, changed_pdf_is_no_longer_signed, 0, (int)NELEM(signed_pdfs));
	tcase_add_test(t, appended_pdf_is_refused);
	tcase_add_test(t, record_names_digests_not_companies);
	tcase_add_loop_test(
	    t, registrar_signs_the_container, 0, (int)NELEM(containers));
	tcase_add_loop_test(t, register_bears_it_out, 0, NELEM(companies));
	tcase_add_loop_test(pure, anchor_has_its_digest, 0, 2);
	suite_add_tcase(s, t);
	suite_add_tcase(s, pure);
	return suite_main(s);
}
