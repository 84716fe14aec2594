/* SPDX-License-Identifier: Apache-2.0 */
/* PDFs of whole dossiers: through examine, pdftext and examine again. */
#include <string.h>
#include <sys/socket.h>
#include "nintei/limits.h"
#include "nintei/worker.h"
#include "support/intake_fixture.h"
#include "support/pdf_make.h"
#include "support/support.h"

#define PAPER "説明.pdf"

static struct intake_fixture fx;
static struct pdf_make pdf;

static void
setup(void)
{
	inf_init(&fx, "iaas-paas-iot");
#ifdef HAS_PDFTEXT
	inf_pdftext(&fx);
#endif
}

static void
teardown(void)
{
	inf_done(&fx);
	pdf_make_done(&pdf);
}

/* The dossier with one more paper, the PDF that was made. */
static void
check(void)
{
	dossier_put(&fx.d, PAPER, buf_slice(&pdf.out));
	dossier_describe(&fx.d, fx.schemes);
	inf_check(&fx, NULL);
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
	f = inf_finding(&fx, bad[_i].rule, PAPER);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->severity, SEV_REFUSE);
	ck_assert_ptr_null(inf_member(&fx, PAPER)->document);
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
		ck_assert_int_eq(inf_finding(&fx, rules[i], PAPER) != NULL,
		    signings[_i].rule != NULL &&
			strcmp(rules[i], signings[_i].rule) == 0);
}
END_TEST

/* Without the program a person reads; all else goes on. */
START_TEST(nobody_reads)
{
	worker_host_freep(&fx.hosts.pdftext);
	pdf_make_japanese(&pdf, 2);
	check();
	ck_assert_ptr_nonnull(inf_finding(&fx, "LANG-NEEDS_HUMAN", PAPER));
	ck_assert_int_eq(
	    inf_finding(&fx, "LANG-NEEDS_HUMAN", PAPER)->severity, SEV_WARN);
	ck_assert_int_eq(
	    jsonx_get_int(inf_member(&fx, PAPER)->document, "pages", 0), 2);
	ck_assert_ptr_null(
	    jsonx_get(inf_member(&fx, PAPER)->document, "language"));
}
END_TEST

static int
run_falls(uint32_t kind, struct slice in, int out_fd)
{
	(void)kind, (void)in, (void)out_fd;
	return 9;
}

static int
run_forbidden(uint32_t kind, struct slice in, int out_fd)
{
	(void)kind, (void)in, (void)out_fd;
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0;
}

static void
no_warm(void)
{
}

static const struct worker_class fallen[] = {
	{ .name = "pdftext",
	    .run = run_falls,
	    .warm = no_warm,
	    .limits = { 5, 10, LIMIT_WORKER_DATA_BYTES } },
	{ .name = "pdftext",
	    .run = run_forbidden,
	    .warm = no_warm,
	    .limits = { 5, 10, LIMIT_WORKER_DATA_BYTES } },
};

/* What the library cannot hold is no error of the whole dossier. */
START_TEST(reader_falls)
{
	struct err e = ERR_INIT;

	worker_host_freep(&fx.hosts.pdftext);
	ck_ok(worker_host_local(&fallen[_i], &fx.hosts.pdftext, &e), &e);
	pdf_make_japanese(&pdf, 2);
	check();
	ck_assert_ptr_nonnull(inf_finding(&fx, "LANG-NEEDS_HUMAN", PAPER));
	worker_host_freep(&fx.hosts.pdftext);
}
END_TEST

#ifdef HAS_PDFTEXT
START_TEST(text)
{
	const struct json *language;

	pdf_make_japanese(&pdf, 2);
	check();
	ck_assert_ptr_null(inf_finding(&fx, "LANG-NEEDS_HUMAN", PAPER));
	ck_assert_ptr_null(inf_finding(&fx, "LANG-LANG_HIDDEN_TEXT", PAPER));
	language = jsonx_get(inf_member(&fx, PAPER)->document, "language");
	ck_assert_int_gt(jsonx_get_int(language, "kana", 0), 50);
}
END_TEST

/* D15, D18. */
START_TEST(not_all_text)
{
	pdf_make_page(&pdf, "", "BT 3 Tr /F2 9 Tf 50 600 Td <82d082e7> Tj ET");
	check();
	ck_assert_ptr_nonnull(inf_finding(&fx, "LANG-NEEDS_HUMAN", PAPER));
	ck_assert_ptr_nonnull(inf_finding(&fx, "LANG-LANG_HIDDEN_TEXT", PAPER));
	ck_assert_ptr_nonnull(
	    strstr(inf_finding(&fx, "LANG-LANG_HIDDEN_TEXT", PAPER)->text_en,
		"invisible"));
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
	tcase_add_loop_test(t, reader_falls, 0, (int)NELEM(fallen));
#ifdef HAS_PDFTEXT
	tcase_add_test(t, text);
	tcase_add_test(t, not_all_text);
#endif
	suite_add_tcase(s, t);
	return suite_main(s);
}
