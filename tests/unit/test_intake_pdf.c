/* SPDX-License-Identifier: Apache-2.0 */
/* PDFs of whole dossiers: through examine, pdftext and examine again. */
#include <string.h>
#include "nintei/bundle.h"
#include "nintei/examine.h"
#include "nintei/intake.h"
#include "nintei/worker.h"
#include "support/dossier.h"
#include "support/pdf_make.h"
#include "support/support.h"

#define PAPER "説明.pdf"

static struct intake_hosts hosts;
static struct scheme_set *schemes;
static struct dossier d;
static struct intake *in;
static struct findings found;
static struct pdf_make pdf;

static void
setup(void)
{
	struct err e = ERR_INIT;

	ck_ok(worker_host_local(bundle_worker_class(), &hosts.unpack, &e), &e);
	ck_ok(
	    worker_host_local(examine_worker_class(), &hosts.examine, &e), &e);
#ifdef HAS_PDFTEXT
	ck_ok(worker_host_program(
		  TEST_BINARY_DIR "/bin/nintei-pdftext", &hosts.pdftext, &e),
	    &e);
#endif
	schemes = dossier_schemes();
	dossier_load(&d, "iaas-paas-iot");
}

static void
teardown(void)
{
	dossier_done(&d);
	intake_freep(&in);
	findings_free(&found);
	scheme_set_freep(&schemes);
	pdf_make_done(&pdf);
	worker_host_freep(&hosts.unpack);
	worker_host_freep(&hosts.examine);
	worker_host_freep(&hosts.pdftext);
}

/* The dossier with one more paper, the PDF that was made. */
static void
check(void)
{
	CLEANUP(fd_closep) int fd = -1;
	struct err e = ERR_INIT;

	dossier_put(&d, PAPER, buf_slice(&pdf.out));
	dossier_describe(&d, schemes);
	fd = dossier_zip(&d);
	ck_ok(intake_check(&hosts, schemes,
		  &(struct intake_hint){ .now = DOSSIER_NOW }, fd, &in, &found,
		  &e),
	    &e);
}

static const struct finding *
finding_of(const char *rule)
{
	for (size_t i = 0; i < found.n; i++)
		if (strcmp(found.items[i].rule, rule) == 0 &&
		    strcmp(found.items[i].member, PAPER) == 0)
			return &found.items[i];
	return NULL;
}

static const struct intake_member *
paper(void)
{
	for (size_t i = 0; i < in->n_members; i++)
		if (strcmp(in->members[i].path, PAPER) == 0)
			return &in->members[i];
	ck_abort_msg("the paper is not there");
	return NULL;
}

/* Refused by its structure; nothing of it is kept. */
static const struct {
	const char *catalog, *object, *trailer, *rule;
} bad[] = {
	{ "/OpenAction<</S/JavaScript/JS(x)>>", "null", "",
	    "BUNDLE-PDF_ACTIVE" },
	{ "", "null", "/Encrypt 9 0 R", "BUNDLE-ENCRYPTED" },
	{ "", "(never ends", "", "BUNDLE-CORRUPT" },
	{ "", NULL, "", "BUNDLE-PDF_PAGES" }, /* a loop, see below */
};

START_TEST(refused)
{
	const struct finding *f;

	pdf_make_page_open(&pdf, bad[_i].catalog, "");
	if (bad[_i].object == NULL)
		pdf_make_object(&pdf, 2, "<</Type/Pages/Kids[2 0 R]/Count 1>>");
	else
		pdf_make_object(&pdf, 9, bad[_i].object);
	pdf_make_end(&pdf, bad[_i].trailer);
	check();
	f = finding_of(bad[_i].rule);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->severity, SEV_REFUSE);
	ck_assert_ptr_null(paper()->document);
}
END_TEST

static const struct {
	enum pdf_signing how;
	const char *rule;
} signings[] = {
	{ PDF_SIGNED_WELL, NULL },
	{ PDF_SIGNED_TOKENS, "REGISTRY-PDF_SIG_GAP" },
	{ PDF_SIGNED_SHORT, "REGISTRY-PDF_SIG_COVERAGE" },
	{ PDF_SIGNED_TWICE, "REGISTRY-PDF_SIG_COVERAGE" },
};

START_TEST(signed_paper)
{
	static const uint8_t cms[] = { 0x30, 0x03, 0x02, 0x01, 0x01 };
	static const char *const rules[] = { "REGISTRY-PDF_SIG_GAP",
		"REGISTRY-PDF_SIG_COVERAGE" };

	pdf_make_signed(&pdf, slice_of(cms, sizeof(cms)), signings[_i].how);
	check();
	for (size_t i = 0; i < NELEM(rules); i++)
		ck_assert_int_eq(finding_of(rules[i]) != NULL,
		    signings[_i].rule != NULL &&
			strcmp(rules[i], signings[_i].rule) == 0);
}
END_TEST

/* Without the program a person reads; all else goes on. */
START_TEST(nobody_reads)
{
	worker_host_freep(&hosts.pdftext);
	pdf_make_japanese(&pdf, 2);
	check();
	ck_assert_ptr_nonnull(finding_of("LANG-NEEDS_HUMAN"));
	ck_assert_int_eq(finding_of("LANG-NEEDS_HUMAN")->severity, SEV_WARN);
	ck_assert_int_eq(jsonx_get_int(paper()->document, "pages", 0), 2);
	ck_assert_ptr_null(jsonx_get(paper()->document, "language"));
}
END_TEST

#ifdef HAS_PDFTEXT
START_TEST(text)
{
	const struct json *language;

	pdf_make_japanese(&pdf, 2);
	check();
	ck_assert_ptr_null(finding_of("LANG-NEEDS_HUMAN"));
	ck_assert_ptr_null(finding_of("LANG-LANG_HIDDEN_TEXT"));
	language = jsonx_get(paper()->document, "language");
	ck_assert_int_gt(jsonx_get_int(language, "kana", 0), 50);
}
END_TEST

/* D15, D18. */
START_TEST(not_all_text)
{
	pdf_make_page(&pdf, "", "BT 3 Tr /F2 9 Tf 50 600 Td <82d082e7> Tj ET");
	check();
	ck_assert_ptr_nonnull(finding_of("LANG-NEEDS_HUMAN"));
	ck_assert_ptr_nonnull(finding_of("LANG-LANG_HIDDEN_TEXT"));
	ck_assert_ptr_nonnull(
	    strstr(finding_of("LANG-LANG_HIDDEN_TEXT")->text_en, "invisible"));
}
END_TEST
#endif

int
main(void)
{
	Suite *s = suite_create("intake_pdf");
	TCase *t = tcase_create("intake_pdf");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, refused, 0, (int)NELEM(bad));
	tcase_add_loop_test(t, signed_paper, 0, (int)NELEM(signings));
	tcase_add_test(t, nobody_reads);
#ifdef HAS_PDFTEXT
	tcase_add_test(t, text);
	tcase_add_test(t, not_all_text);
#endif
	suite_add_tcase(s, t);
	return suite_main(s);
}
