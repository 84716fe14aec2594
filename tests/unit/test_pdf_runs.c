/* SPDX-License-Identifier: Apache-2.0 */
/* What runs of text mean: lines, hidden text (D18), scans (D15), nonsense. */
#include "nintei/pdf.h"

#include <stdio.h>
#include <string.h>

#include "nintei/limits.h"
#include "nintei/runs.h"
#include "nintei/wire.h"
#include "nintei/xmlx.h"
#include "support/pdf_make.h"
#include "support/support.h"

static struct json *facts;
static struct pdf_verdict verdict;
static struct buf in = BUF_INIT(MIB(8));
static struct pdf_make pdf;

static void
teardown(void)
{
	jsonx_free(facts);
	facts = NULL;
	buf_free(&in);
	in = (struct buf)BUF_INIT(MIB(8));
	pdf_make_done(&pdf);
}

/* --- frames, as nintei-pdftext writes them --- */

static void
frame(unsigned type, const struct buf *body)
{
	wr_u8(&in, (uint8_t)type);
	wr_u32(&in, (uint32_t)body->n);
	buf_put(&in, body->p, body->n);
}

static void
head(uint32_t pages, uint32_t flags)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(16));

	wr_u32(&b, RUNS_MAGIC);
	wr_u32(&b, pages);
	wr_u32(&b, flags);
	frame(RUNS_HEAD, &b);
}

static void
page(uint32_t number, uint32_t pictures)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(16));

	wr_u32(&b, number);
	wr_i64(&b, 59500);
	wr_i64(&b, 84200);
	wr_u32(&b, pictures);
	frame(RUNS_PAGE, &b);
}

/* At a place in points, in print of 12 points. */
static void
run(int x, int y, uint32_t rgb, const char *text)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(16));

	wr_i64(&b, x * 100);
	wr_i64(&b, (y - 10) * 100);
	wr_i64(&b, x * 100 + (int64_t)strlen(text) * 400);
	wr_i64(&b, (y + 2) * 100);
	wr_u32(&b, 1200);
	wr_u32(&b, rgb);
	wr_text(&b, text);
	frame(RUNS_RUN, &b);
}

static void
end(uint32_t pages, unsigned why)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(16));

	wr_u32(&b, pages);
	wr_u8(&b, (uint8_t)why);
	frame(RUNS_END, &b);
}

static void
judge(const char *content)
{
	struct err e = ERR_INIT;

	pdf_make_page(&pdf, "", content);
	buf_put(&in, pdf.out.p, pdf.out.n);
	ck_ok(pdf_runs_facts(buf_slice(&in), &facts, &verdict, &e), &e);
}

static int64_t
count(const char *what)
{
	return jsonx_get_int(jsonx_get(facts, "language"), what, -1);
}

static bool
hides(const char *where)
{
	const struct json *hidden = jsonx_get(facts, "hidden");

	for (size_t i = 0; i < jsonx_len(hidden); i++)
		if (strcmp(jsonx_get_str(jsonx_at(hidden, i), "where"),
			where) == 0)
			return true;
	return false;
}

/* English for all to see, and kana at 50, 600 from the foot. */
static void
two_lines(uint32_t rgb, const char *how)
{
	char content[1024];

	head(1, 0);
	page(1, 0);
	run(50, 142, 0, "English words");
	run(50, 242, rgb, "ひらがなのもじ");
	end(1, RUNS_COMPLETE);
	snprintf(content, sizeof(content),
	    "BT /F1 12 Tf 1 0 0 1 50 700 Tm (English words) Tj ET %s", how);
	judge(content);
}

START_TEST(visible)
{
	two_lines(0, "BT /F2 12 Tf 1 0 0 1 50 600 Tm <82d0> Tj ET");
	ck_assert_ptr_nonnull(facts);
	ck_assert_int_eq(count("kana"), 7);
	ck_assert_int_eq(count("hidden"), 0);
	ck_assert_uint_eq(jsonx_len(jsonx_get(facts, "hidden")), 0);
	ck_assert(!jsonx_get_bool(facts, "scan", true));
}
END_TEST

/* D18: the same kana, not seen; and the ways to try it. */
static const struct {
	uint32_t rgb;
	const char *how, *where;
} hidings[] = {
	{ 0, "BT 3 Tr /F2 12 Tf 1 0 0 1 50 600 Tm <82d0> Tj ET",
	    "page 1: invisible" },
	{ 0, "BT 7 Tr /F2 12 Tf 50 600 Td [<82d0> 5 <82d1>] TJ ET",
	    "page 1: invisible" },
	{ 0, "q 1 0 0 1 20 100 cm BT 3 Tr /F2 12 Tf 30 500 Td <82d0>Tj ET Q",
	    "page 1: invisible" },
	{ 0, "BT 3 Tr /F2 12 Tf 20 TL 50 620 Td <82d0> ' ET",
	    "page 1: invisible" },
	{ 0xffffff, "BT 1 g /F2 12 Tf 50 600 Td <82d0> Tj ET",
	    "page 1: white" },
	{ 0xfefefe, "1 g 0 0 595 842 re f BT /F2 12 Tf 50 600 Td <82d0>Tj ET",
	    "page 1: white" },
	{ 0, "BT /F2 .1 Tf 1 0 0 1 50 600 Tm <82d0> Tj ET", "page 1: tiny" },
	{ 0, "BT /F2 12 Tf 0 0 0 0 50 600 Tm <82d0> Tj ET", "page 1: tiny" },
};

START_TEST(hidden)
{
	two_lines(hidings[_i].rgb, hidings[_i].how);
	ck_assert_ptr_nonnull(facts);
	ck_assert(hides(hidings[_i].where));
	ck_assert_int_eq(count("kana"), 0);
	ck_assert_int_eq(count("hidden"), 7);
}
END_TEST

/* Poppler gives no text that stands off the page: the page itself does. */
START_TEST(off_page)
{
	head(1, 0);
	page(1, 0);
	run(50, 142, 0, "English words");
	end(1, RUNS_COMPLETE);
	judge("BT /F1 12 Tf 50 700 Td (English words) Tj "
	      "0 5000 Td (far away) Tj ET");
	ck_assert(hides("page 1: off_page"));
}
END_TEST

/* White on a dark field is seen. */
START_TEST(white_on_dark)
{
	two_lines(0xffffff,
	    "0 0 .5 rg 40 590 300 30 re f 1 g BT /F2 12 Tf 50 600 Td "
	    "<82d0> Tj ET");
	ck_assert_uint_eq(jsonx_len(jsonx_get(facts, "hidden")), 0);
	ck_assert_int_eq(count("kana"), 7);
}
END_TEST

/* D15: pictures, and no text, or only text that nobody sees (OCR). */
START_TEST(scan)
{
	head(1, 0);
	page(1, 1);
	end(1, RUNS_COMPLETE);
	judge("q 595 0 0 842 0 0 cm /Im0 Do Q");
	ck_assert(jsonx_get_bool(facts, "scan", false));
	ck_assert_int_eq(jsonx_get_int(facts, "unread", 0), 1);
	teardown();
	head(1, 0);
	page(1, 1);
	run(50, 142, 0, "会社法人等番号");
	end(1, RUNS_COMPLETE);
	judge("BT 3 Tr /F2 12 Tf 50 700 Td <82d0> Tj ET");
	ck_assert(jsonx_get_bool(facts, "scan", false));
	ck_assert_int_eq(jsonx_get_int(facts, "unread", 0), 1);
}
END_TEST

/* Cells stand on one line, whatever the order in which they were drawn. */
START_TEST(lines)
{
	const struct json *paper;
	const char *name;

	head(1, 0);
	page(1, 0);
	run(250, 202, 0, "令和2年4月1日");
	run(250, 162, 0, "│株式会社日本認定サービス");
	run(250, 122, 0, "│0100－01－234567");
	run(50, 123, 0, "┃会社法人等番号");
	run(50, 161, 0, "┃商　号");
	run(50, 201, 0, "┃会社成立の年月日");
	run(50, 60, 0, "履歴事項全部証明書");
	end(1, RUNS_COMPLETE);
	judge("");
	ck_assert_ptr_nonnull(facts);
	paper = jsonx_get(facts, "paper");
	ck_assert_ptr_nonnull(paper);
	name = jsonx_get_str(paper, "name");
	ck_assert_ptr_nonnull(name);
	ck_assert_str_eq(name, "株式会社日本認定サービス");
}
END_TEST

/* What poppler says against it; a number of pages that is another. */
static const struct {
	uint32_t pages, flags;
	unsigned end;
	enum pdf_fault fault;
} flagged[] = {
	{ 1, RUNS_ENCRYPTED, RUNS_COMPLETE, PDF_FAULT_ENCRYPTED },
	{ 1, RUNS_BROKEN, RUNS_COMPLETE, PDF_FAULT_FORM },
	{ 1, RUNS_JAVASCRIPT, RUNS_COMPLETE, PDF_FAULT_ACTIVE },
	{ 1, RUNS_ATTACHMENT, RUNS_COMPLETE, PDF_FAULT_ACTIVE },
	{ 1, 0, RUNS_PAGES_CUT, PDF_FAULT_PAGES },
	{ 1, 0, RUNS_TEXT_CUT, PDF_FAULT_OUTPUT },
	{ 2, 0, RUNS_COMPLETE, PDF_FAULT_PAGES },
	{ 1, 1 << 20, RUNS_COMPLETE, PDF_FAULT_RUNS },
	{ 1, 0, 9, PDF_FAULT_RUNS },
};

START_TEST(said)
{
	head(flagged[_i].pages, flagged[_i].flags);
	page(1, 0);
	run(50, 142, 0, "words");
	end(1, flagged[_i].end);
	judge("");
	ck_assert_ptr_null(facts);
	ck_assert(verdict.has[flagged[_i].fault]);
}
END_TEST

/* Every byte of a good stream, changed or missing: no crash, no wonder. */
START_TEST(broken)
{
	CLEANUP(buf_free) struct buf good = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	size_t n;

	head(1, 0);
	page(1, 0);
	run(50, 142, 0, "words");
	end(1, RUNS_COMPLETE);
	n = in.n;
	judge("");
	ck_assert_ptr_nonnull(facts);
	buf_put(&good, in.p, in.n);
	for (size_t i = 0; i < n; i++) {
		jsonx_free(facts);
		facts = NULL;
		good.p[i] ^= 0xff;
		ck_ok(
		    pdf_runs_facts(buf_slice(&good), &facts, &verdict, &e), &e);
		good.p[i] ^= 0xff;
		jsonx_free(facts);
		facts = NULL;
		ck_ok(pdf_runs_facts(slice_of(good.p, i), &facts, &verdict, &e),
		    &e);
		ck_assert(verdict.has[PDF_FAULT_RUNS]);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pdf_runs");
	TCase *t = tcase_create("pdf_runs");

	xmlx_warm();
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, visible);
	tcase_add_loop_test(t, hidden, 0, (int)NELEM(hidings));
	tcase_add_test(t, off_page);
	tcase_add_test(t, white_on_dark);
	tcase_add_test(t, scan);
	tcase_add_test(t, lines);
	tcase_add_loop_test(t, said, 0, (int)NELEM(flagged));
	tcase_add_test(t, broken);
	suite_add_tcase(s, t);
	return suite_main(s);
}
