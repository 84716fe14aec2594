/* SPDX-License-Identifier: Apache-2.0 */
/* Structure, signatures, labels and hidden text of PDFs: BUNDLES 6.3, D. */
#include "nintei/pdf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"
#include "nintei/runs.h"
#include "nintei/wire.h"
#include "nintei/xmlx.h"
#include "support/pdf_make.h"
#include "support/support.h"

#define HELLO "BT /F1 12 Tf 50 700 Td (hello) Tj ET"

static struct json *facts;
static struct pdf_verdict verdict;

static void
teardown(void)
{
	jsonx_free(facts);
	facts = NULL;
}

static void
look(struct slice pdf)
{
	struct err e = ERR_INIT;

	teardown();
	ck_ok(pdf_facts(pdf, &facts, &verdict, &e), &e);
}

/* This fault, no other, and no facts. */
static void
want(enum pdf_fault one)
{
	for (size_t i = 0; i < PDF_FAULT_MAX; i++)
		ck_assert_msg(
		    verdict.has[i] == (i == one && one != PDF_FAULT_NONE),
		    "fault %zu: %d (%s), want %d", i, verdict.has[i],
		    verdict.detail[i], (int)one);
	ck_assert(one == PDF_FAULT_NONE ? facts != NULL : facts == NULL);
}

START_TEST(plain)
{
	struct pdf_make p;

	pdf_make_page(&p, "", HELLO);
	look(buf_slice(&p.out));
	want(PDF_FAULT_NONE);
	ck_assert_int_eq(jsonx_get_int(facts, "pages", 0), 1);
	ck_assert_str_eq(jsonx_get_str(facts, "type"), "pdf");
	pdf_make_done(&p);
}
END_TEST

/* D28: the header stands at the very beginning. */
START_TEST(header)
{
	CLEANUP(buf_free) struct buf late = BUF_INIT(MIB(1));
	struct pdf_make p;

	pdf_make_page(&p, "", HELLO);
	for (int i = 0; i < 900; i++)
		buf_putc(&late, ' ');
	buf_put(&late, p.out.p, p.out.n);
	look(buf_slice(&late));
	want(PDF_FAULT_TYPE);
	look(slice_str("<html><title>form</title></html>"));
	want(PDF_FAULT_TYPE);
	look(slice_str("PK\003\004 not a PDF"));
	want(PDF_FAULT_TYPE);
	pdf_make_done(&p);
}
END_TEST

START_TEST(encrypted)
{
	struct pdf_make p;

	pdf_make_page_open(&p, "", HELLO);
	pdf_make_object(&p, 9, "<</Filter/Standard/V 2/R 3/P -44>>");
	pdf_make_end(&p, "/Encrypt 9 0 R");
	look(buf_slice(&p.out));
	want(PDF_FAULT_ENCRYPTED);
	pdf_make_done(&p);
}
END_TEST

/* D13, and ways to hide it. */
static const char *const catalogs[] = {
	"/OpenAction<</S/JavaScript/JS(app.alert(1))>>",
	"/OpenAction<</S /J#61vaScript/JS(x)>>",
	"/OpenAction<</#53%\n/JavaScript/JS(x)>>",
	"/OpenAction<</S/Launch/F(calc.exe)>>",
	"/OpenAction<</S 9 0 R/JS(x)>>",
	"/Names<</EmbeddedFiles<</Names[(a)9 0 R]>>>>",
	"/Names<</JavaScript 9 0 R>>",
	"/AcroForm<</XFA[(a)9 0 R]>>",
	"/AA<</WC<</S/SubmitForm/F(http://x)>>>>",
	"/X<</Type/Filespec/EF<</F 9 0 R>>>>",
	"/X<</Subtype/RichMedia>>",
	"/X<</Type/Annot/Subtype/FileAttachment>>",
};

START_TEST(active)
{
	struct pdf_make p;

	pdf_make_page(&p, catalogs[_i], HELLO);
	look(buf_slice(&p.out));
	want(PDF_FAULT_ACTIVE);
	pdf_make_done(&p);
}
END_TEST

/* What only looks like it, and what every office program writes. */
static const char *const harmless[] = {
	"/OpenAction[3 0 R/XYZ null null 0]",
	"/Title(On HTML/JavaScript and /Launch of a service)",
	"/A<</S/URI/URI(https://www.example.jp/)>>",
	"/StructTreeRoot<</S/P>>/Lang(ja-JP)",
	"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>",
};

START_TEST(inactive)
{
	struct pdf_make p;

	pdf_make_page(&p, harmless[_i], HELLO);
	look(buf_slice(&p.out));
	want(PDF_FAULT_NONE);
	pdf_make_done(&p);
}
END_TEST

/* In a stream of objects, deflated once and twice; alone; in any stream. */
START_TEST(active_packed)
{
	static const char packed[] = "9 0 <</S/JavaScript/JS(app.alert(1))>>";
	struct pdf_make p;

	for (unsigned times = 0; times < 3; times++) {
		pdf_make_page_open(&p, "/OpenAction 9 0 R", HELLO);
		pdf_make_stream(&p, 20, "/Type/ObjStm/N 1/First 4",
		    slice_str(packed), times);
		pdf_make_end(&p, "");
		look(buf_slice(&p.out));
		want(PDF_FAULT_ACTIVE);
		pdf_make_done(&p);
	}
	pdf_make_page_open(&p, "", HELLO);
	pdf_make_object(&p, 9, "/JavaScript");
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	want(PDF_FAULT_ACTIVE);
	pdf_make_done(&p);
	pdf_make_page_open(&p, "", HELLO);
	pdf_make_stream(
	    &p, 9, "", slice_str("30 0 obj<</S/Launch/F(x)>>endobj"), 0);
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	ck_assert(verdict.has[PDF_FAULT_ACTIVE]);
	pdf_make_done(&p);
}
END_TEST

/* Objects that cannot be looked into are not passed over. */
/* A table of references may lead into a stream; nobody inflates it there. */
START_TEST(object_in_a_stream)
{
	static const char *const inside[] = {
		"x\n30 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode"
		"/Length 9>>stream\nabcdefghi\nendstream\nendobj\n",
		"x\n30 0 obj%y\n \n<</N 1",
	};
	struct pdf_make p;

	pdf_make_page_open(&p, "", HELLO);
	pdf_make_stream(&p, 20, "", slice_str(inside[_i]), 0);
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	want(PDF_FAULT_FORM);
	pdf_make_done(&p);
	pdf_make_page_open(&p, "", HELLO);
	pdf_make_stream(&p, 20, "", slice_str("30 0 object (obj)"), 0);
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	want(PDF_FAULT_NONE);
	pdf_make_done(&p);
}
END_TEST

/* Cut off here, whole for a reader that takes the stream to be longer. */
START_TEST(packed_cut)
{
	static const char *const cut[] = {
		"/N 1/First 4",
		"9 0 <</A(b",
		"/N 2/First 10",
		"9 0 10 90 null",
		"/N 2/First 4",
		"9 0 null",
		"/N 5/First 20",
		"1 0 2 0 3 0 4 0 5 0 <</A[1 2 3 4 5 6 7 8 9 10 11 12]>>",
	};
	struct pdf_make p;

	pdf_make_page_open(&p, "", HELLO);
	pdf_make_stream(&p, 20, cut[2 * _i], slice_str(cut[2 * _i + 1]), 1);
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	want(PDF_FAULT_FORM);
	pdf_make_done(&p);
}
END_TEST

START_TEST(packed_unread)
{
	struct pdf_make p;

	pdf_make_page_open(&p, "", HELLO);
	pdf_make_stream(&p, 20,
	    "/Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode", slice_str("30>"),
	    0);
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	want(PDF_FAULT_FORM);
	pdf_make_done(&p);
}
END_TEST

/* D3: a page that inflates to much, twice deflated: 66 MiB of zeros. */
START_TEST(bomb)
{
	CLEANUP(buf_free) struct buf zeros = BUF_INIT(MIB(70));
	CLEANUP(freep) char *block = xcalloc(1, MIB(1));
	struct pdf_make p;

	for (int i = 0; i < 66; i++)
		buf_put(&zeros, block, MIB(1));
	pdf_make_page_open(&p, "", HELLO);
	pdf_make_stream(&p, 8, "", buf_slice(&zeros), 2);
	pdf_make_end(&p, "");
	ck_assert_uint_lt(p.out.n, 4096);
	look(buf_slice(&p.out));
	want(PDF_FAULT_OUTPUT);
	pdf_make_done(&p);
}
END_TEST

/* One stream, drawn again and again: in all it is too much. */
START_TEST(bomb_of_many)
{
	CLEANUP(buf_free) struct buf zeros = BUF_INIT(MIB(70));
	CLEANUP(freep) char *block = xcalloc(1, MIB(1));
	CLEANUP(buf_free) struct buf page = BUF_INIT(KIB(8));
	struct pdf_make p;

	for (int i = 0; i < 10; i++)
		buf_put(&zeros, block, MIB(1));
	buf_puts(&page,
	    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
	    "/Contents[");
	for (int i = 0; i < 30; i++)
		buf_puts(&page, "8 0 R ");
	buf_puts(&page, "]>>");
	pdf_make_page_open(&p, "", HELLO);
	pdf_make_object(&p, 3, buf_str(&page));
	pdf_make_stream(&p, 8, "", buf_slice(&zeros), 1);
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	want(PDF_FAULT_OUTPUT);
	pdf_make_done(&p);
}
END_TEST

/* D4, and other trees that are none. */
static const struct {
	const char *tree, *kid;
} trees[] = {
	{ "<</Type/Pages/Kids[2 0 R]/Count 1000000000>>", NULL },
	{ "<</Type/Pages/Kids[2 0 R]/Count 1>>", NULL },
	{ "<</Type/Pages/Kids[3 0 R]/Count 2>>", NULL },
	{ "<</Type/Pages/Kids[3 0 R]/Count -1>>", NULL },
	{ "<</Type/Pages/Kids[]/Count 0>>", NULL },
	{ "<</Type/Pages/Kids[3 0 R 40 0 R]/Count 2>>", NULL },
	{ "<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2>>",
	    "<</Type/Pages/Kids[2 0 R]/Count 1>>" },
	{ "(no tree)", NULL },
};

START_TEST(page_trees)
{
	struct pdf_make p;

	pdf_make_page_open(&p, "", HELLO);
	pdf_make_object(&p, 2, trees[_i].tree);
	if (trees[_i].kid != NULL)
		pdf_make_object(&p, 9, trees[_i].kid);
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	want(PDF_FAULT_PAGES);
	pdf_make_done(&p);
}
END_TEST

START_TEST(page_number)
{
	struct pdf_make p;

	pdf_make_japanese(&p, 500);
	look(buf_slice(&p.out));
	want(PDF_FAULT_NONE);
	ck_assert_int_eq(jsonx_get_int(facts, "pages", 0), 500);
	pdf_make_done(&p);
	pdf_make_japanese(&p, 501);
	look(buf_slice(&p.out));
	want(PDF_FAULT_PAGES);
	pdf_make_done(&p);
}
END_TEST

/* D5: arrays in arrays, and strings that do not end. */
START_TEST(nesting)
{
	CLEANUP(buf_free) struct buf deep = BUF_INIT(MIB(1));
	struct pdf_make p;

	for (int i = 0; i < 200000; i++)
		buf_putc(&deep, '[');
	pdf_make_page_open(&p, "", HELLO);
	pdf_make_object(&p, 9, buf_str(&deep));
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	want(PDF_FAULT_FORM);
	pdf_make_done(&p);
	pdf_make_page_open(&p, "", HELLO);
	pdf_make_object(&p, 9, "(never ends");
	pdf_make_end(&p, "");
	look(buf_slice(&p.out));
	want(PDF_FAULT_FORM);
	pdf_make_done(&p);
}
END_TEST

/* --- signatures --- */

static const uint8_t cms[] = { 0x30, 0x03, 0x02, 0x01, 0x01 };

static const struct {
	enum pdf_signing how;
	const char *fault;
} signings[] = {
	{ PDF_SIGNED_WELL, "" },
	{ PDF_SIGNED_TOKENS, "PDF_SIG_GAP" },
	{ PDF_SIGNED_SHORT, "PDF_SIG_COVERAGE" },
	{ PDF_SIGNED_TWICE, "PDF_SIG_COVERAGE" },
};

START_TEST(signatures)
{
	const struct json *one;
	struct pdf_make p;

	pdf_make_signed(&p, slice_of(cms, sizeof(cms)), signings[_i].how);
	look(buf_slice(&p.out));
	want(PDF_FAULT_NONE);
	one = jsonx_at(jsonx_get(facts, "signatures"), 0);
	ck_assert_str_eq(jsonx_get_str(one, "fault"), signings[_i].fault);
	ck_assert_uint_eq(jsonx_len(jsonx_get(facts, "signatures")),
	    signings[_i].how == PDF_SIGNED_TWICE ? 2 : 1);
	pdf_make_done(&p);
}
END_TEST

static void
range_of(const struct json *signature, uint64_t out[4])
{
	for (size_t i = 0; i < 4; i++)
		out[i] = (uint64_t)jsonx_int_value(
		    jsonx_at(jsonx_get(signature, "range"), i), -1);
}

/* Each number of a good range, moved by one, is no good range any more. */
START_TEST(ranges)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(64));
	uint64_t r[4];
	struct pdf_make p;

	pdf_make_signed(&p, slice_of(cms, sizeof(cms)), PDF_SIGNED_WELL);
	look(buf_slice(&p.out));
	range_of(jsonx_at(jsonx_get(facts, "signatures"), 0), r);
	ck_assert_int_eq(
	    pdf_signature(buf_slice(&p.out), r, &out), PDF_SIGNATURE_WHOLE);
	ck_assert(slice_eq(buf_slice(&out), slice_of(cms, sizeof(cms))));
	for (size_t i = 0; i < 4; i++)
		for (int by = -1; by <= 1; by += 2) {
			uint64_t moved[4] = { r[0], r[1], r[2], r[3] };

			moved[i] += (uint64_t)(int64_t)by;
			ck_assert_int_ne(
			    pdf_signature(buf_slice(&p.out), moved, &out),
			    PDF_SIGNATURE_WHOLE);
		}
	/* The gap moved as a whole: the sums still agree. */
	r[1]--;
	r[2]--;
	r[3]++;
	ck_assert_int_eq(
	    pdf_signature(buf_slice(&p.out), r, &out), PDF_SIGNATURE_GAP);
	/* One digit that is none; bytes behind the DER that are not zero. */
	r[1]++;
	r[2]++;
	r[3]--;
	p.out.p[r[1] + 100] = 'g';
	ck_assert_int_eq(
	    pdf_signature(buf_slice(&p.out), r, &out), PDF_SIGNATURE_GAP);
	p.out.p[r[1] + 100] = '1';
	ck_assert_int_eq(
	    pdf_signature(buf_slice(&p.out), r, &out), PDF_SIGNATURE_GAP);
	pdf_make_done(&p);
}
END_TEST

/* --- labels --- */

static const char xmp[] =
    "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:pdf='http://ns.adobe.com/pdf/1.3/' pdf:Keywords='alpha, beta' "
    "xmlns:pdfx='http://ns.adobe.com/pdfx/1.3/'>"
    "<pdfx:MSIP_Label_0a1b2c3d-1111-2222-3333-444455556666_Enabled>true"
    "</pdfx:MSIP_Label_0a1b2c3d-1111-2222-3333-444455556666_Enabled>"
    "<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>社外秘</rdf:li>"
    "</rdf:Alt></dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>";

static bool
has_label(const char *source, const char *key, const char *value)
{
	const struct json *labels = jsonx_get(facts, "labels");

	for (size_t i = 0; i < jsonx_len(labels); i++) {
		const struct json *one = jsonx_at(labels, i);
		const char *have = jsonx_get_str(one, key);

		if (strcmp(jsonx_get_str(one, "source"), source) == 0 &&
		    have != NULL && strcmp(have, value) == 0 &&
		    jsonx_get_bool(one, "enabled", false))
			return true;
	}
	return false;
}

START_TEST(labels)
{
	struct pdf_make p;

	pdf_make_page_open(&p, "/Metadata 9 0 R", HELLO);
	pdf_make_stream(&p, 9, "/Type/Metadata/Subtype/XML", slice_str(xmp), 1);
	pdf_make_object(&p, 10, "<</Keywords<FEFF6975 79D8>/Title(no)>>");
	pdf_make_end(&p, "/Info 10 0 R");
	look(buf_slice(&p.out));
	want(PDF_FAULT_NONE);
	ck_assert(
	    has_label("msip", "id", "0a1b2c3d-1111-2222-3333-444455556666"));
	ck_assert(has_label("rights", "name", "社外秘"));
	ck_assert(has_label("keywords", "name", "alpha"));
	ck_assert(has_label("keywords", "name", "beta"));
	ck_assert(has_label("keywords", "name", "極秘"));
	ck_assert_uint_eq(jsonx_len(jsonx_get(facts, "labels")), 5);
	pdf_make_done(&p);
	/* An id that is none, and not even text. */
	pdf_make_page_open(&p, "", HELLO);
	pdf_make_object(&p, 10,
	    "<</MSIP_Label_#ffa1b2c3d-1111-2222-3333-44445555666_Enabled"
	    "(true)>>");
	pdf_make_end(&p, "/Info 10 0 R");
	look(buf_slice(&p.out));
	want(PDF_FAULT_NONE);
	ck_assert_uint_eq(jsonx_len(jsonx_get(facts, "labels")), 0);
	pdf_make_done(&p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pdf");
	TCase *t = tcase_create("pdf");

	xmlx_warm();
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, plain);
	tcase_add_test(t, header);
	tcase_add_test(t, encrypted);
	tcase_add_loop_test(t, active, 0, (int)NELEM(catalogs));
	tcase_add_loop_test(t, inactive, 0, (int)NELEM(harmless));
	tcase_add_test(t, active_packed);
	tcase_add_loop_test(t, object_in_a_stream, 0, 2);
	tcase_add_loop_test(t, packed_cut, 0, 4);
	tcase_add_test(t, packed_unread);
	tcase_add_test(t, bomb);
	tcase_add_test(t, bomb_of_many);
	tcase_add_loop_test(t, page_trees, 0, (int)NELEM(trees));
	tcase_add_test(t, page_number);
	tcase_add_test(t, nesting);
	tcase_add_loop_test(t, signatures, 0, (int)NELEM(signings));
	tcase_add_test(t, ranges);
	tcase_add_test(t, labels);
	suite_add_tcase(s, t);
	return suite_main(s);
}
