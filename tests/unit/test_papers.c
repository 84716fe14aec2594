/* SPDX-License-Identifier: Apache-2.0 */
/* Papers of the register as PDFs of whole dossiers, up to their grade. */
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include "nintei/fs.h"
#include "support/intake_fixture.h"
#include "support/numbers_make.h"
#include "support/pdf_make.h"
#include "support/support.h"

#define SCHEME "genai-saas"
#define PAPER "登記事項証明書.pdf"

static struct intake_fixture fx;

static void
setup(void)
{
	inf_init(&fx, SCHEME);
	inf_pdftext(&fx);
}

static void
teardown(void)
{
	inf_done(&fx);
}

/* --- the paper --- */

/* One line of CP932 in hex, as F2 wants it. */
static void
put_hex(struct buf *out, const char *line, size_t n)
{
	iconv_t cd = iconv_open("CP932", "UTF-8");
	CLEANUP(freep) char *from = xstrdup(line);
	char into[512], *in_at = from, *out_at = into;
	size_t left = sizeof(into);

	ck_assert_ptr_ne(cd, (iconv_t)-1);
	ck_assert_uint_eq(iconv(cd, &in_at, &n, &out_at, &left), 0);
	ck_assert_int_eq(iconv_close(cd), 0);
	for (size_t i = 0; i < sizeof(into) - left; i++)
		buf_putf(out, "%02x", (unsigned)(unsigned char)into[i]);
}

/* Lines, one below the other; those behind "~" are there for no eye. */
static void
put_paper(const char *text)
{
	struct pdf_make pdf = { .most = 0 };
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(64));

	buf_puts(&b, "BT /F2 9 Tf 1 0 0 1 50 800 Tm 14 TL\n");
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		size_t hidden = *text == '~';

		buf_puts(&b, hidden ? "3 Tr <" : "0 Tr <");
		put_hex(&b, text + hidden, n - hidden);
		buf_puts(&b, "> Tj T*\n");
		text += n + (text[n] != '\0');
	}
	buf_puts(&b, "ET");
	pdf_make_page(&pdf, "", buf_str(&b));
	dossier_put(&fx.d, PAPER, buf_slice(&pdf.out));
	pdf_make_done(&pdf);
}

#define COMPANY                                                                      \
	"会社法人等番号　７００１－１０－００５９０１\n"       \
	"商号　架空クラウド株式会社\n"                                  \
	"本店　東京都渋谷区架空一丁目２番３号\n"                   \
	"目的　クラウドサービスの提供とそれに付帯する業務\n" \
	"役員に関する事項　代表取締役　架空太郎\n"
#define TOUKI(day)                                                     \
	"２０２６／０６／３０　１２：３４　現在の情報です。\n" COMPANY \
	"登記情報提供サービス\n" NUMBER "発行年月日　" day
#define NUMBER "照会番号　１２３４５６７８９０\n"
#define CERTIFICATE(title, day)                                                             \
	title "\n" COMPANY                                                                  \
	      "これは登記簿に記録されている事項の全部であることを" \
	      "証明した書面である。\n" day "\n東京法務局　登記官　仮名"         \
	      "三郎"

/* One company; %s: name, image of the name. */
#define ROW                                                                              \
	"1,8700110005901,01,0,2026-04-01,2026-04-01,\"%s\",%s,301,"                      \
	"\"東京都\",\"渋谷区\",\"架空１丁目２番３号\",,13,113,1500000,,," \
	",,,,2015-10-05,1,,,,,\"カクウ\",0\n"
#define NAME "架空クラウド株式会社"

static size_t
count(const char *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < fx.found.n; i++)
		n += strcmp(fx.found.items[i].rule, rule) == 0 &&
		    strcmp(fx.found.items[i].member, PAPER) == 0;
	return n;
}

/* The first rule of the register that must be put right, or "". */
static const char *
corrected(void)
{
	for (size_t i = 0; i < fx.found.n; i++)
		if (fx.found.items[i].severity >= SEV_CORRECT)
			return fx.found.items[i].rule;
	return "";
}

static const struct scene {
	const char *text;
	const char *name, *image; /* of the register; NULL: there is none */
	const char *grade, *form;
	bool human;
	const char *correct;
} scenes[] = {
	{ TOUKI("２０２６／０６／３０"), NAME, "", "medium", "inquiry_number",
	    false, "" },
	{ TOUKI("令和８年６月３０日"), NAME, "", "medium", "inquiry_number",
	    false, "" },
	/* the hundredth day, the one after, one that is to come */
	{ TOUKI("２０２６／０４／０６"), NAME, "", "medium", "inquiry_number",
	    false, "" },
	{ TOUKI("２０２６／０４／０５"), NAME, "", "none", NULL, true,
	    "REGISTRY-STALE" },
	{ TOUKI("２０２６／０７／１６"), NAME, "", "none", NULL, true,
	    "REGISTRY-STALE" },
	/* nothing bears it out; another name; only a picture of the name */
	{ TOUKI("２０２６／０６／３０"), NULL, NULL, "weak", "inquiry_number",
	    false, "" },
	{ TOUKI("２０２６／０６／３０"), "別の架空株式会社", "", "none", NULL,
	    true, "REGISTRY-FIELD_MISMATCH" },
	{ TOUKI("２０２６／０６／３０"), NAME, "00000001", "medium",
	    "inquiry_number", true, "" },
	/* of another company */
	{ "会社法人等番号　０１００－０１－０９９９９９\n商号　" NAME
	  "\n本店　東京都渋谷区架空一丁目２番３号\n登記情報提供サービス\n" NUMBER
	  "発行年月日　２０２６／０６／３０",
	    NAME, "", "none", NULL, true, "REGISTRY-FIELD_MISMATCH" },
	/* a number of nine digits, and one that nobody sees, are none */
	{ "登記情報提供サービス\n" COMPANY "照会番号　１２３４５６７８９\n",
	    NAME, "", "weak", "paper", true, "" },
	{ "登記情報提供サービス\n" COMPANY "~照会番号　１２３４５６７８９０\n",
	    NAME, "", "weak", "paper", true, "" },
	/* whose it is, nobody sees */
	{ "登記情報提供サービス\n~商号　" NAME "\n" NUMBER
	  "発行年月日　２０２６／０６／３０",
	    NAME, "", "weak", "inquiry_number", true, "" },
	/* 登記事項証明書; three months; of a record that is closed */
	{ CERTIFICATE("履歴事項全部証明書", "令和８年７月１日"), NAME, "",
	    "weak", "paper", true, "" },
	{ CERTIFICATE("履歴事項全部証明書", "令和８年４月１４日"), NAME, "",
	    "none", NULL, true, "REGISTRY-STALE" },
	{ CERTIFICATE("閉鎖事項全部証明書", "令和８年７月１日"), NAME, "",
	    "none", NULL, true, "REGISTRY-PAPER_CLOSED" },
	/* a scan, and what a scanner read under it */
	{ "", NAME, "", "weak", "paper", true, "" },
	{ "~商号　" NAME "\n~会社法人等番号　７００１－１０－００５９０１",
	    NAME, "", "weak", "paper", true, "" },
};

static void
expect_grade(const char *text, const char *grade, const char *form, bool human)
{
	const char *is = jsonx_get_str(fx.in->existence, "form");

	ck_assert_msg(
	    strcmp(jsonx_get_str(fx.in->existence, "grade"), grade) == 0,
	    "%s: %s, want %s", text, jsonx_get_str(fx.in->existence, "grade"),
	    grade);
	ck_assert_msg(
	    form == NULL ? is == NULL : is != NULL && strcmp(is, form) == 0,
	    "%s: %s", text, is);
	ck_assert_msg(jsonx_get_bool(fx.in->existence, "human", true) == human,
	    "%s", text);
}

START_TEST(paper_has_its_grade)
{
	const struct scene *s = &scenes[_i];

	if (s->name != NULL) {
		CLEANUP(freep) char *row = xasprintf(ROW, s->name, s->image);

		fx.hosts.numbers = numbers_make(row);
	}
	put_paper(s->text);
	inf_check(&fx, SCHEME);
	expect_grade(s->text, s->grade, s->form, s->human);
	ck_assert_msg(strcmp(corrected(), s->correct) == 0, "%s: %s", s->text,
	    corrected());
	ck_assert_uint_le(count("LANG-NEEDS_HUMAN"), 1);
	ck_assert(
	    !s->human || s->form == NULL || count("LANG-NEEDS_HUMAN") == 1);
	numbers_close(fx.hosts.numbers);
	fx.hosts.numbers = NULL;
}
END_TEST

/* Where the applicant says nothing of himself, a paper is not his. */
START_TEST(paper_of_nobody)
{
	static const char *const fields[] = { "corporate_number",
		"applicant_name" };
	CLEANUP(freep) char *row = xasprintf(ROW, NAME, "");

	fx.hosts.numbers = numbers_make(row);
	put_paper(TOUKI("２０２６／０６／３０"));
	dossier_field(&fx.d, "form-a.json", fields[_i], NULL);
	inf_check(&fx, SCHEME);
	expect_grade(fields[_i], "weak", "inquiry_number", true);
	numbers_close(fx.hosts.numbers);
	fx.hosts.numbers = NULL;
}
END_TEST

/* In an editable file anybody types one: a person looks. */
START_TEST(paper_that_somebody_typed)
{
	CLEANUP(freep) char *row = xasprintf(ROW, NAME, "");

	fx.hosts.numbers = numbers_make(row);
	put_paper("");
	dossier_put(&fx.d, "実在証明.txt",
	    slice_str(TOUKI("２０２６／０６／３０") "\n"));
	inf_check(&fx, SCHEME);
	ck_assert_str_eq(jsonx_get_str(fx.in->existence, "grade"), "weak");
	ck_assert(jsonx_get_bool(fx.in->existence, "human", false));
	numbers_close(fx.hosts.numbers);
	fx.hosts.numbers = NULL;
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("papers");
	TCase *t = tcase_create("papers");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, paper_has_its_grade, 0, (int)NELEM(scenes));
	tcase_add_loop_test(t, paper_of_nobody, 0, 2);
	tcase_add_test(t, paper_that_somebody_typed);
	suite_add_tcase(s, t);
	return suite_main(s);
}
