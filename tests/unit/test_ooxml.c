/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks and documents: what is seen, what is not, what is refused. */
#include "nintei/ooxml.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "support/archive_make.h"
#include "support/office_make.h"
#include "support/support.h"

static struct office o;
static struct json *facts;
static struct findings found;

static void
setup(void)
{
	ooxml_warm();
}

static void
teardown(void)
{
	office_done(&o);
	jsonx_freep(&facts);
	findings_free(&found);
	keep_free();
}

/* The worker's code and the parent's decoder, in one process. */
static void
examine_bytes(enum examine_kind kind, struct slice doc)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(buf_free) struct buf stream = BUF_INIT(MIB(8));
	CLEANUP(examined_freep) struct examined *x = NULL;
	struct err e = ERR_INIT;
	uint8_t piece[4096];
	ssize_t n;

	jsonx_freep(&facts);
	findings_free(&found);
	ck_ok(memfd_new("out", &fd, &e), &e);
	ck_assert_int_eq(examine_work(kind, doc, fd), 0);
	for (off_t at = 0; (n = pread(fd, piece, sizeof(piece), at)) > 0;
	     at += n)
		buf_put(&stream, piece, (size_t)n);
	ck_ok(
	    examine_decode(kind, "a.xlsx", buf_slice(&stream), &x, &found, &e),
	    &e);
	facts = TAKE(x->json);
}

static void
examine(enum examine_kind kind)
{
	CLEANUP(buf_free) struct buf zip = BUF_INIT((size_t)64 << 20);

	office_zip(&o, &zip);
	examine_bytes(kind, buf_slice(&zip));
}

/* rule NULL: accepted. */
static void
expect(const char *name, const char *rule)
{
	if (rule == NULL) {
		ck_assert_msg(found.n == 0, "%s: %s %s", name,
		    found.n > 0 ? found.items[0].rule : "",
		    found.n > 0 ? found.items[0].text_en : "");
		ck_assert_ptr_nonnull(facts);
		return;
	}
	ck_assert_msg(findings_has(&found, rule), "%s: want %s, have %s", name,
	    rule, found.n > 0 ? found.items[0].rule : "nothing");
	ck_assert_ptr_null(facts);
}

static const char *
field(const char *id)
{
	return jsonx_get_str(jsonx_get(jsonx_get(facts, "form"), "fields"), id);
}

static bool
has_hidden(const char *what, const char *where)
{
	const struct json *all = jsonx_get(facts, "hidden");

	for (size_t i = 0; i < jsonx_len(all); i++) {
		const struct json *one = jsonx_at(all, i);

		if (strcmp(jsonx_get_str(one, "what"), what) == 0 &&
		    strstr(jsonx_get_str(one, "where"), where) != NULL)
			return true;
	}
	return false;
}

/* Did this text count among what a person sees? */
static bool
is_seen(const char *text)
{
	CLEANUP(buf_free) struct buf all = BUF_INIT(MIB(4));

	jsonx_canonical(jsonx_get(facts, "marks"), &all);
	return strstr(buf_str(&all), text) != NULL;
}

#define DOC_REL                                                  \
	"http://schemas.openxmlformats.org/officeDocument/2006/" \
	"relationships/"
#define NAMES                                                                 \
	"</sheets><definedNames><definedName name=\"nintei_template\">'"      \
	"申請書A'!$A$1</definedName><definedName name=\"f_x\">申請書A!" \
	"$B$2:$C$2</definedName><definedName name=\"item_3_1\">申請書A!"   \
	"$B$3</definedName></definedNames>"
#define VERSION                                                   \
	"<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>様式 " \
	"nintei.form-a/1 iaas-paas-iot 2026-07-01.1</t></is></c></row>"

/* A form whose field x stands in this cell (B2), with the style's format. */
static void
form(const char *pr, const char *code, const char *cell)
{
	CLEANUP(freep)
	char *sheet = xasprintf(
	    "<sheetData>" VERSION "<row r=\"2\">%s</row></sheetData>", cell);

	office_xlsx(&o);
	office_format(&o, code);
	office_book(&o, pr, NAMES);
	office_sheet(&o, sheet);
	examine(EXAMINE_XLSX);
}

#define N(v) "<c r=\"B2\" s=\"1\"><v>" v "</v></c>"
#define INL(t) "<c r=\"B2\" s=\"1\" t=\"inlineStr\"><is>" t "</is></c>"
#define D1904 " date1904=\"1\""
#define GGGE "[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"
#define NEN "[$-ja-JP-x-gannen]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"

/* What a person sees in the cell. */
static const struct {
	const char *name, *pr, *code, *cell, *want;
} cells[] = {
	{ "number", "", "General", N("12"), "12" },
	{ "corporate number", "", "General", N("7000012050002"),
	    "7000012050002" },
	{ "sum of tenths", "", "General", N("0.30000000000000004"), "0.3" },
	{ "power", "", "General", N("1E-7"), "1E-07" },
	{ "text format", "", "@", N("7000012050002"), "7000012050002" },
	{ "leading zeros", "", "000", N("12"), "012" },
	{ "thousands", "", "#,##0", N("1234567.5"), "1,234,568" },
	{ "thousands of few", "", "#,##0", N("999"), "999" },
	{ "zero", "", "#,##0", N("0"), "0" },
	{ "no digit for zero", "", "#", N("0"), "" },
	{ "percent", "", "0.0%", N("0.995"), "99.5%" },
	{ "percent, rounded", "", "0%", N("0.07"), "7%" },
	{ "decimals", "", "0.00", N("1.5"), "1.50" },
	{ "optional decimals", "", "0.##", N("1.5"), "1.5" },
	{ "negative", "", "0.0", N("-1.25"), "-1.3" },
	{ "negative section", "", "#,##0;[Red]▲#,##0", N("-1234"), "▲1,234" },
	{ "zero section", "", "0;-0;&quot;なし&quot;", N("0"), "なし" },
	{ "condition", "", "[&gt;=100]&quot;多&quot;0;&quot;少&quot;0",
	    N("150"), "多150" },
	{ "unit", "", "#,##0&quot;円&quot;", N("10000"), "10,000円" },
	{ "unit of General", "", "General&quot;名&quot;", N("12"), "12名" },
	{ "in thousands", "", "#,##0,", N("1234567"), "1,235" },
	{ "currency", "", "[$¥-411]#,##0", N("1500"), "¥1,500" },
	{ "dashes", "", "000-0000", N("1050011"), "105-0011" },
	{ "scientific", "", "0.00E+00", N("12345"), "1.23E+04" },
	{ "nothing shown", "", ";;;", N("12"), "" },
	{ "date", "", "yyyy/m/d", N("46204"), "2026/7/1" },
	{ "date, two places", "", "yyyy-mm-dd", N("46204"), "2026-07-01" },
	{ "date of 1904", D1904, "yyyy/m/d", N("44742"), "2026/7/1" },
	{ "day 1", "", "yyyy/m/d", N("1"), "1900/1/1" },
	{ "day 59", "", "yyyy/m/d", N("59"), "1900/2/28" },
	{ "the day that never was", "", "yyyy/m/d", N("60"), "1900/2/29" },
	{ "day 61", "", "yyyy/m/d", N("61"), "1900/3/1" },
	{ "before all days", "", "yyyy/m/d", N("-1"), "#####" },
	{ "era", "", GGGE, N("46204"), "令和8年7月1日" },
	{ "era, before the change", "", GGGE, N("43585"), "平成31年4月30日" },
	{ "era, year 1", "", GGGE, N("43586"), "令和1年5月1日" },
	{ "era, first year", "", NEN, N("43586"), "令和元年5月1日" },
	{ "era letter", "", "[$-411]ge.m.d", N("46204"), "R8.7.1" },
	{ "era, one character", "", "gge.m.d", N("46204"), "令8.7.1" },
	{ "weekday", "", "m/d(aaa)", N("46204"), "7/1(水)" },
	{ "long weekday", "", "aaaa", N("46204"), "水曜日" },
	{ "English", "", "d-mmm-yy", N("46204"), "1-Jul-26" },
	{ "time", "", "h:mm", N("46204.5625"), "13:30" },
	{ "time, halves", "", "h:mm AM/PM", N("0.5625"), "1:30 PM" },
	{ "month and minute", "", "m/d h:mm", N("46204.5625"), "7/1 13:30" },
	{ "hours", "", "[h]:mm", N("1.5"), "36:00" },
	{ "ISO date", "", "yyyy/m/d",
	    "<c r=\"B2\" s=\"1\" t=\"d\"><v>2026-07-01T00:00:00</v></c>",
	    "2026/7/1" },
	{ "shared", "", "General", "<c r=\"B2\" t=\"s\"><v>0</v></c>",
	    "あおい" },
	{ "boolean", "", "General", "<c r=\"B2\" t=\"b\"><v>1</v></c>",
	    "TRUE" },
	{ "error", "", "General", "<c r=\"B2\" t=\"e\"><v>#N/A</v></c>",
	    "#N/A" },
	{ "formula's result", "", "General",
	    "<c r=\"B2\" t=\"str\"><f>A1&amp;\"x\"</f><v>結果</v></c>",
	    "結果" },
	{ "formula as text (D26)", "", "General",
	    INL("<t>=HYPERLINK(\"http://x\")</t>"),
	    "=HYPERLINK(\"http://x\")" },
	{ "command as text (D26)", "", "General",
	    INL("<t>+cmd|'/C calc'!A0</t>"), "+cmd|'/C calc'!A0" },
	{ "markup as text (D26)", "", "General", INL("<t>&lt;script&gt;</t>"),
	    "<script>" },
	{ "rich runs", "", "General",
	    INL("<r><t>株式</t></r><r><rPr><b/></rPr><t>会社</t></r>"),
	    "株式会社" },
	{ "reading of kanji", "", "General",
	    INL("<t>葵</t><rPh sb=\"0\" eb=\"1\"><t>アオイ</t></rPh>"
		"<phoneticPr fontId=\"1\"/>"),
	    "葵" },
	{ "blanks kept", "", "General",
	    INL("<t xml:space=\"preserve\"> a </t>"), " a " },
	{ "blanks dropped", "", "General", INL("<t> a </t>"), "a" },
	{ "escaped line end", "", "General", INL("<t>一_x000D_&#10;二</t>"),
	    "一\n二" },
	{ "escaped escape", "", "General", INL("<t>_x005F_x000D_</t>"),
	    "_x000D_" },
	{ "text section", "", "@&quot;御中&quot;", INL("<t>本社</t>"),
	    "本社御中" },
	{ "no place given", "", "General",
	    "<c/><c t=\"inlineStr\"><is><t>右</t></is></c>", "右" },
};

START_TEST(cell_shows)
{
	form(cells[_i].pr, cells[_i].code, cells[_i].cell);
	expect(cells[_i].name, NULL);
	ck_assert_msg(strcmp(field("x"), cells[_i].want) == 0,
	    "%s: want \"%s\", have \"%s\"", cells[_i].name, cells[_i].want,
	    field("x"));
}
END_TEST

START_TEST(form_says_where)
{
	const struct json *f;

	form("", "General", N("1"));
	f = jsonx_get(facts, "form");
	ck_assert_str_eq(jsonx_get_str(f, "schema"), "nintei.form-a/1");
	ck_assert_str_eq(jsonx_get_str(f, "template"),
	    "nintei.form-a/1 iaas-paas-iot 2026-07-01.1");
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_get(f, "cells"), "x"), "申請書A!B2");
	ck_assert_str_eq(field("3.1"), "");
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_get(f, "cells"), "3.1"), "申請書A!B3");
}
END_TEST

/* Cells that nobody sees give no value and are reported. */
static const struct {
	const char *name, *sheet, *what;
} unseen[] = {
	{ "row",
	    "<sheetData>" VERSION "<row r=\"2\" hidden=\"1\">" INL(
		"<t>隠し</t>") "</row></sheetData>",
	    "row" },
	{ "row of no height",
	    "<sheetData>" VERSION
	    "<row r=\"2\" ht=\"0\">" INL("<t>隠し</t>") "</row></sheetData>",
	    "row" },
	{ "column",
	    "<cols><col min=\"2\" max=\"3\" width=\"9\" hidden=\"1\"/></cols>"
	    "<sheetData>" VERSION
	    "<row r=\"2\">" INL("<t>隠し</t>") "</row></sheetData>",
	    "column" },
	{ "under a merged cell",
	    "<sheetData>" VERSION "<row r=\"2\">" INL(
		"<t>隠し</t>") "</row></sheetData><mergeCells><mergeCell "
			       "ref=\"A2:C2\"/></mergeCells>",
	    "covered" },
};

START_TEST(unseen_cell_is_apart)
{
	office_xlsx(&o);
	office_book(&o, "", NAMES);
	office_sheet(&o, unseen[_i].sheet);
	examine(EXAMINE_XLSX);
	expect(unseen[_i].name, NULL);
	ck_assert_str_eq(field("x"), "");
	ck_assert_msg(
	    has_hidden(unseen[_i].what, "申請書A!B2"), "%s", unseen[_i].name);
	ck_assert(!is_seen("隠し"));
	ck_assert_int_gt(
	    jsonx_get_int(jsonx_get(facts, "language"), "hidden", 0), 0);
}
END_TEST

START_TEST(merged_cell_shows_its_first)
{
	office_xlsx(&o);
	office_book(&o, "", NAMES);
	office_sheet(&o,
	    "<sheetData>" VERSION "<row r=\"2\">" INL(
		"<t>見える</t>") "</row></sheetData><mergeCells><mergeCell "
				 "ref=\"B2:C2\"/></mergeCells>");
	examine(EXAMINE_XLSX);
	ck_assert_str_eq(field("x"), "見える");
}
END_TEST

START_TEST(hidden_sheet_is_apart)
{
	const char *state = _i == 0 ? "hidden" : "veryHidden";
	CLEANUP(freep)
	char *after = xasprintf("<sheet name=\"秘密\" sheetId=\"2\" "
				"state=\"%s\" r:id=\"h\"/></sheets>",
	    state);

	office_xlsx(&o);
	office_book(&o, "", after);
	office_put(&o, "xl/worksheets/sheet2.xml",
	    "<worksheet xmlns=\"http://schemas.openxmlformats.org/"
	    "spreadsheetml/2006/main\"><sheetData><row><c t=\"inlineStr\"><is>"
	    "<t>極秘の話</t></is></c></row></sheetData></worksheet>");
	office_put(&o, "xl/_rels/workbook.xml.rels",
	    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/"
	    "2006/relationships\"><Relationship Id=\"x0\" Type=\"" DOC_REL
	    "worksheet\" "
	    "Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"s\" "
	    "Type=\"" DOC_REL "sharedStrings\" Target=\"sharedStrings.xml\"/>"
	    "<Relationship Id=\"h\" Type=\"" DOC_REL "worksheet\" "
	    "Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>");
	examine(EXAMINE_XLSX);
	expect(state, NULL);
	ck_assert(has_hidden("sheet", "秘密"));
	ck_assert(!is_seen("極秘"));
	ck_assert(is_seen("あおい"));
}
END_TEST

START_TEST(comment_and_name_are_apart)
{
	office_xlsx(&o);
	office_rel(&o, "xl/worksheets/sheet1.xml", "comments",
	    "../comments1.xml", false);
	office_book(&o, "",
	    "</sheets><definedNames><definedName name=\"memo\">\"極秘\""
	    "</definedName></definedNames>");
	office_put(&o, "xl/comments1.xml",
	    "<comments xmlns=\"http://schemas.openxmlformats.org/"
	    "spreadsheetml/2006/main\"><commentList><comment ref=\"A1\"><text>"
	    "<r><t>極秘の話</t></r></text></comment></commentList></comments>");
	examine(EXAMINE_XLSX);
	expect("comment", NULL);
	ck_assert(has_hidden("comment", "申請書A"));
	ck_assert(has_hidden("name", "memo"));
	ck_assert(!is_seen("極秘"));
	ck_assert_int_eq(
	    jsonx_get_int(jsonx_get(facts, "language"), "hidden", 0), 4);
}
END_TEST

START_TEST(header_and_box_are_seen)
{
	office_xlsx(&o);
	office_rel(&o, "xl/worksheets/sheet1.xml", "drawing",
	    "../drawings/drawing1.xml", false);
	office_put(&o, "xl/drawings/drawing1.xml",
	    "<d xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/"
	    "main\"><a:p><a:r><a:t>部外</a:t></a:r><a:r><a:t>秘</a:t></a:r>"
	    "</a:p></d>");
	office_sheet(&o,
	    "<sheetData/><headerFooter><oddHeader>&amp;L&amp;\"ＭＳ,Bold\""
	    "&amp;14社外秘&amp;R&amp;P</oddHeader></headerFooter>");
	examine(EXAMINE_XLSX);
	expect("header", NULL);
	ck_assert(is_seen("\"社外秘\",\"where\":\"header\""));
	ck_assert(is_seen("\"部外秘\",\"where\":\"stamp\""));
}
END_TEST

#define GUID "d2b0dd44-b5cc-4ebf-bfee-0a0d0a0d0a0d"
#define CUSTOM                                                       \
	"<Properties xmlns=\"p\" xmlns:vt=\"v\"><property "          \
	"name=\"MSIP_Label_D2B0DD44-B5CC-4EBF-BFEE-0A0D0A0D0A0D_"    \
	"Enabled\"><vt:lpwstr>true</vt:lpwstr></property><property " \
	"name=\"MSIP_Label_" GUID "_Name\"><vt:lpwstr>Confidential"  \
	"</vt:lpwstr></property></Properties>"

START_TEST(label_of_properties)
{
	const struct json *one;

	office_xlsx(&o);
	office_put(&o, "docProps/custom.xml", CUSTOM);
	examine(EXAMINE_XLSX);
	expect("label", NULL);
	one = jsonx_at(jsonx_get(facts, "labels"), 0);
	ck_assert_str_eq(jsonx_get_str(one, "source"), "msip");
	ck_assert_str_eq(jsonx_get_str(one, "id"), GUID);
	ck_assert_str_eq(jsonx_get_str(one, "name"), "Confidential");
	ck_assert(jsonx_get_bool(one, "enabled", false));
}
END_TEST

START_TEST(label_info_wins)
{
	const struct json *all;

	office_xlsx(&o);
	office_put(&o, "docProps/custom.xml", CUSTOM);
	office_put(&o, "docMetadata/LabelInfo.xml",
	    "<l:labelList xmlns:l=\"http://schemas.microsoft.com/office/2020/"
	    "mipLabelMetadata\"><l:label id=\"{00000000-1111-2222-3333-"
	    "444444444444}\" enabled=\"1\" removed=\"0\"/><l:label id=\"{" GUID
	    "}\" enabled=\"1\" removed=\"1\"/></l:labelList>");
	examine(EXAMINE_XLSX);
	all = jsonx_get(facts, "labels");
	ck_assert_uint_eq(jsonx_len(all), 1);
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_at(all, 0), "source"), "labelinfo");
	ck_assert_str_eq(jsonx_get_str(jsonx_at(all, 0), "id"),
	    "00000000-1111-2222-3333-444444444444");
}
END_TEST

/* --- what is refused --- */

static void
spoil_strings(const char *text)
{
	office_put(&o, "xl/sharedStrings.xml", text);
}

static void
make_doctype(void)
{
	spoil_strings("<!DOCTYPE sst [<!ENTITY x SYSTEM \"file:///etc/"
		      "passwd\">]><sst>&x;</sst>");
}

static void
make_entities(void)
{
	spoil_strings("<!DOCTYPE sst [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
		      "\"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c "
		      "\"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><sst>&c;</sst>");
}

static void
make_deep(void)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(2));

	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "<a>");
	spoil_strings(buf_str(&b));
}

static void
make_reference(void)
{
	office_sheet(&o,
	    "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>"
	    "99999999</v></c></row></sheetData>");
}

static void
make_utf7(void)
{
	spoil_strings("<?xml version=\"1.0\" encoding=\"UTF-7\"?><sst/>");
}

static void
make_latin(void)
{
	spoil_strings("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><sst/>");
}

static void
make_cut(void)
{
	spoil_strings("<sst><si>");
}

static void
make_vba(void)
{
	office_put(&o, "xl/vbaProject.bin", "x");
}

/* As a file .xlsm is, renamed. */
static void
make_macro_type(void)
{
	office_put(&o, "[Content_Types].xml",
	    "<Types xmlns=\"t\"><Override PartName=\"/xl/workbook.xml\" "
	    "ContentType=\"application/vnd.ms-excel.sheet.macroEnabled.main+"
	    "xml\"/></Types>");
}

static void
make_activex(void)
{
	office_put(&o, "xl/activeX/activeX1.xml", "<a/>");
}

static void
make_ole(void)
{
	office_put(&o, "xl/embeddings/oleObject1.bin", "x");
}

static void
make_external_book(void)
{
	office_put(&o, "xl/externalLinks/externalLink1.xml", "<a/>");
}

static void
make_connection(void)
{
	office_rel(
	    &o, "xl/workbook.xml", "connections", "connections.xml", false);
}

static void
make_picture(void)
{
	office_rel(&o, "xl/worksheets/sheet1.xml", "image",
	    "http://example.com/a.png", true);
}

static void
make_file_link(void)
{
	office_rel(&o, "xl/worksheets/sheet1.xml", "hyperlink",
	    "file://server/share/a.xlsx", true);
}

static void
make_share_link(void)
{
	office_rel(&o, "xl/worksheets/sheet1.xml", "hyperlink",
	    "\\\\server\\share", true);
}

static void
make_escape(void)
{
	office_rel(&o, "xl/workbook.xml", "theme", "../../x", false);
}

static void
make_coded_escape(void)
{
	office_rel(&o, "xl/workbook.xml", "theme", "%2e%2E/%2e./x", false);
}

static void
make_url_inside(void)
{
	office_rel(&o, "xl/workbook.xml", "theme", "http://x/y", false);
}

static void
make_no_types(void)
{
	office_put(&o, "[Content_Types].xml", NULL);
}

static void
make_no_sheet(void)
{
	office_put(&o, "xl/worksheets/sheet1.xml", NULL);
}

static void
make_twin(void)
{
	office_put(&o, "XL/Workbook.XML", "<a/>");
}

static void
make_ratio(void)
{
	CLEANUP(freep) char *zeros = xcalloc(1, MIB(6));

	office_put_bytes(&o, "xl/media/a.bin", slice_of(zeros, MIB(6)));
}

/* So often in a part that is not deflated: no ratio stands in the way. */
static void
make_large(const char *text, size_t times)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(40));

	buf_puts(&b, "<sst>");
	for (size_t i = 0; i < times; i++)
		buf_puts(&b, text);
	buf_puts(&b, "</sst>");
	office_put_bytes(&o, "xl/sharedStrings.xml", buf_slice(&b));
	o.stored = true;
}

static void
make_many_elements(void)
{
	make_large("<a/>", 2000000);
}

static void
make_much_text(void)
{
	make_large("0123456789abcdef0123456789abcdef", (size_t)1 << 20);
}

static void
make_many_cells(void)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(16));

	buf_puts(&b, "<sheetData><row>");
	for (int i = 0; i <= OOXML_CELLS; i++)
		buf_puts(
		    &b, i % 1000 == 999 ? "</row><row>" : "<c><v>1</v></c>");
	for (int i = 0; i < 1000; i++)
		buf_puts(&b, "<c><v>1</v></c>");
	buf_puts(&b, "</row></sheetData>");
	office_sheet(&o, buf_str(&b));
}

/* --- and what is not --- */

static void
make_web_link(void)
{
	office_rel(&o, "xl/worksheets/sheet1.xml", "hyperlink",
	    "https://example.jp/", true);
	office_rel(&o, "xl/worksheets/sheet1.xml", "hyperlink",
	    "mailto:a@example.jp", true);
	office_rel(&o, "xl/worksheets/sheet1.xml", "hyperlink", "#x!A1", false);
}

static void
make_utf16(void)
{
	static const char text[] =
	    "<?xml version=\"1.0\" encoding=\"UTF-16\"?><sst xmlns=\"http://"
	    "schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>"
	    "abc</t></si></sst>";
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(4));

	buf_put(&b, "\xff\xfe", 2);
	for (const char *p = text; *p != '\0'; p++) {
		buf_putc(&b, *p);
		buf_putc(&b, 0);
	}
	office_put_bytes(&o, "xl/sharedStrings.xml", buf_slice(&b));
}

static void
make_dotted_target(void)
{
	office_put(&o, "xl/styles2.xml", "<a/>");
	office_rel(&o, "xl/worksheets/sheet1.xml", "theme",
	    "../../xl/./styles2.xml", false);
}

static const struct {
	const char *name;
	void (*make)(void);
	const char *rule;
} spoiled[] = {
	{ "D1 external entity", make_doctype, "BUNDLE-XML_DOCTYPE" },
	{ "D2 entity bomb", make_entities, "BUNDLE-XML_DOCTYPE" },
	{ "D6 depth", make_deep, "BUNDLE-XML_DEPTH" },
	{ "D7 shared string", make_reference, "FORM-XLSX_REF" },
	{ "D8 UTF-16", make_utf16, NULL },
	{ "D8 UTF-7", make_utf7, "BUNDLE-XML_ENCODING" },
	{ "Latin-1", make_latin, "BUNDLE-XML_ENCODING" },
	{ "cut off", make_cut, "BUNDLE-XML_SYNTAX" },
	{ "D9 vbaProject", make_vba, "BUNDLE-MACRO" },
	{ "D9 xlsm renamed", make_macro_type, "BUNDLE-MACRO" },
	{ "ActiveX", make_activex, "BUNDLE-MACRO" },
	{ "OLE", make_ole, "BUNDLE-MACRO" },
	{ "D10 externalLink", make_external_book, "BUNDLE-EXTERNAL_REF" },
	{ "data connection", make_connection, "BUNDLE-EXTERNAL_REF" },
	{ "picture by URL", make_picture, "BUNDLE-EXTERNAL_REF" },
	{ "link to a file", make_file_link, "BUNDLE-EXTERNAL_REF" },
	{ "link to a share", make_share_link, "BUNDLE-EXTERNAL_REF" },
	{ "D10 ../../x", make_escape, "BUNDLE-EXTERNAL_REF" },
	{ "..%2f", make_coded_escape, "BUNDLE-EXTERNAL_REF" },
	{ "URL as a part", make_url_inside, "BUNDLE-EXTERNAL_REF" },
	{ "no content types", make_no_types, "BUNDLE-TYPE_MISMATCH" },
	{ "no sheet", make_no_sheet, "BUNDLE-TYPE_MISMATCH" },
	{ "part names alike", make_twin, "BUNDLE-NAME_DUP" },
	{ "ratio", make_ratio, "BUNDLE-LIM_RATIO" },
	{ "too many elements", make_many_elements, "BUNDLE-XML_ELEMENTS" },
	{ "too much text", make_much_text, "BUNDLE-XML_TEXT" },
	{ "too many cells", make_many_cells, "BUNDLE-LIM_OUTPUT" },
	{ "links of a person", make_web_link, NULL },
	{ "target with dots", make_dotted_target, NULL },
};

START_TEST(workbook_judged)
{
	office_xlsx(&o);
	spoiled[_i].make();
	examine(EXAMINE_XLSX);
	expect(spoiled[_i].name, spoiled[_i].rule);
}
END_TEST

START_TEST(not_a_package)
{
	examine_bytes(EXAMINE_XLSX,
	    slice_of("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 password", 17));
	expect("D12", "BUNDLE-ENCRYPTED");
	examine_bytes(EXAMINE_XLSX, slice_str("%PDF-1.7"));
	expect("PDF", "BUNDLE-TYPE_MISMATCH");
	examine_bytes(EXAMINE_DOCX, slice_of(NULL, 0));
	expect("empty", "BUNDLE-TYPE_MISMATCH");
	office_xlsx(&o);
	examine(EXAMINE_DOCX);
	expect("workbook as document", "BUNDLE-TYPE_MISMATCH");
}
END_TEST

/* --- documents --- */

static const struct {
	const char *name, *body, *seen, *unseen, *what;
} bodies[] = {
	{ "runs join",
	    "<w:p><w:r><w:t>社外</w:t></w:r><w:r><w:t>秘</w:t>"
	    "</w:r></w:p>",
	    "社外秘", NULL, NULL },
	{ "table",
	    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>左</w:t></w:r></w:p>"
	    "</w:tc><w:tc><w:p><w:r><w:t>右</w:t></w:r></w:p></w:tc>"
	    "</w:tr></w:tbl>",
	    "\"左\"", NULL, NULL },
	{ "vanish",
	    "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隠</w:t></w:r>"
	    "<w:r><w:t>見</w:t></w:r></w:p>",
	    "見", "隠", "vanish" },
	{ "vanish off",
	    "<w:p><w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr>"
	    "<w:t>見</w:t></w:r></w:p>",
	    "見", NULL, NULL },
	{ "vanish by style",
	    "<w:p><w:r><w:rPr><w:rStyle w:val=\"B\"/></w:rPr><w:t>隠</w:t>"
	    "</w:r><w:r><w:t>見</w:t></w:r></w:p>",
	    "見", "隠", "vanish" },
	{ "vanish by paragraph",
	    "<w:p><w:pPr><w:pStyle w:val=\"B\"/></w:pPr><w:r><w:t>隠</w:t>"
	    "</w:r></w:p><w:p><w:r><w:t>見</w:t></w:r></w:p>",
	    "見", "隠", "vanish" },
	{ "hidden row",
	    "<w:tbl><w:tr><w:trPr><w:hidden/></w:trPr><w:tc><w:p><w:r><w:t>隠"
	    "</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>見</w:t>"
	    "</w:r></w:p>",
	    "見", "隠", "vanish" },
	{ "deleted",
	    "<w:p><w:del><w:r><w:delText>隠</w:delText></w:r></w:del>"
	    "<w:r><w:t>見</w:t></w:r></w:p>",
	    "見", "隠", "deleted" },
	{ "inserted",
	    "<w:p><w:ins><w:r><w:t>隠</w:t></w:r></w:ins><w:r><w:t>"
	    "見</w:t></w:r></w:p>",
	    "見", "隠", "inserted" },
	{ "field",
	    "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r>"
	    "<w:instrText>PAGE 隠</w:instrText></w:r><w:r><w:fldChar "
	    "w:fldCharType=\"separate\"/></w:r><w:r><w:t>見</w:t></w:r>"
	    "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>",
	    "見", "隠", NULL },
	{ "reading",
	    "<w:p><w:r><w:ruby><w:rt><w:r><w:t>隠</w:t></w:r></w:rt>"
	    "<w:rubyBase><w:r><w:t>見</w:t></w:r></w:rubyBase>"
	    "</w:ruby></w:r></w:p>",
	    "見", "隠", NULL },
	{ "text box once",
	    "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>"
	    "<w:r><w:t>極秘</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
	    "<mc:Fallback><w:t>隠</w:t></mc:Fallback></mc:AlternateContent>"
	    "</w:r></w:p>",
	    "\"極秘\",\"where\":\"stamp\"", "隠", NULL },
	{ "white",
	    "<w:p><w:r><w:rPr><w:color w:val=\"FFFFFF\"/></w:rPr><w:t>隠れ</w:t></w:r></w:p><w:p><w:r><w:rPr></w:rPr><w:t>見える</w:t></w:r></w:p>",
	    "見える", "隠れ", "white" },
	{ "white on black",
	    "<w:p><w:r><w:rPr><w:color w:val=\"FFFFFF\"/><w:shd w:val=\"clear\" w:fill=\"000000\"/></w:rPr><w:t>見える</w:t></w:r></w:p>",
	    "見える", NULL, NULL },
	{ "white in a table",
	    "<w:tbl><w:tr><w:tc><w:p><w:r><w:rPr><w:color w:val=\"FFFFFF\"/></w:rPr><w:t>見える</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
	    "見える", NULL, NULL },
	{ "one point",
	    "<w:p><w:r><w:rPr><w:sz w:val=\"2\"/></w:rPr><w:t>隠れ</w:t></w:r></w:p><w:p><w:r><w:rPr><w:sz w:val=\"21\"/></w:rPr><w:t>見える</w:t></w:r></w:p>",
	    "見える", "隠れ", "tiny" },
	{ "in what Word passes over",
	    "<z:z xmlns:z=\"urn:z\"><w:p><w:r><w:rPr></w:rPr><w:t>隠れ</w:t></w:r></w:p></z:z><w:p><w:r><w:rPr></w:rPr><w:t>見える</w:t></w:r></w:p>",
	    "見える", "隠れ", "foreign" },
	{ "watermark", "<w:p><w:r><v:textpath string=\"社外秘\"/></w:r></w:p>",
	    "\"社外秘\",\"where\":\"stamp\"", NULL, NULL },
};

#define WORD_STYLES                                                     \
	"<w:styles xmlns:w=\"http://schemas.openxmlformats.org/"        \
	"wordprocessingml/2006/main\"><w:style w:styleId=\"A\"><w:rPr>" \
	"<w:vanish/></w:rPr></w:style><w:style w:styleId=\"B\">"        \
	"<w:basedOn w:val=\"A\"/></w:style></w:styles>"

START_TEST(document_shows)
{
	office_docx(&o);
	office_put(&o, "word/styles.xml", WORD_STYLES);
	office_rel(&o, "word/document.xml", "styles", "styles.xml", false);
	office_body(&o, bodies[_i].body);
	examine(EXAMINE_DOCX);
	expect(bodies[_i].name, NULL);
	ck_assert_msg(is_seen(bodies[_i].seen), "%s", bodies[_i].name);
	if (bodies[_i].unseen != NULL)
		ck_assert_msg(
		    !is_seen(bodies[_i].unseen), "%s: unseen", bodies[_i].name);
	if (bodies[_i].what != NULL)
		ck_assert_msg(has_hidden(bodies[_i].what, "word/document.xml"),
		    "%s: %s", bodies[_i].name, bodies[_i].what);
}
END_TEST

/* All text is hidden but where a style says otherwise. */
START_TEST(hidden_by_default)
{
	office_docx(&o);
	office_put(&o, "word/styles.xml",
	    "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/"
	    "wordprocessingml/2006/main\"><w:docDefaults><w:rPrDefault>"
	    "<w:rPr><w:vanish/></w:rPr></w:rPrDefault></w:docDefaults>"
	    "<w:style w:styleId=\"B\"><w:rPr><w:vanish w:val=\"0\"/></w:rPr>"
	    "</w:style><w:style w:styleId=\"A\"/><w:style w:styleId=\"B\"/>"
	    "</w:styles>");
	office_rel(&o, "word/document.xml", "styles", "styles.xml", false);
	office_body(&o,
	    "<w:p><w:r><w:t>隠一</w:t></w:r></w:p><w:p><w:pPr><w:pStyle "
	    "w:val=\"A\"/></w:pPr><w:r><w:t>隠二</w:t></w:r></w:p><w:p><w:pPr>"
	    "<w:pStyle w:val=\"B\"/></w:pPr><w:r><w:t>見える</w:t></w:r></w:p>");
	examine(EXAMINE_DOCX);
	expect("hidden by default", NULL);
	ck_assert(is_seen("見える") && !is_seen("隠"));
	ck_assert(has_hidden("vanish", "word/document.xml"));
}
END_TEST

START_TEST(document_parts)
{
	static const char part[] =
	    "<w:x xmlns:w=\"http://schemas.openxmlformats.org/"
	    "wordprocessingml/2006/main\"><w:p><w:r><w:t>%s</w:t></w:r></w:p>"
	    "</w:x>";
	static const struct {
		const char *type, *text, *want;
	} parts[] = {
		{ "header", "社外秘", "\"社外秘\",\"where\":\"header\"" },
		{ "footer", "取扱注意", "\"取扱注意\",\"where\":\"footer\"" },
		{ "footnotes", "注一", "注一" },
		{ "comments", "内緒", NULL },
	};

	office_docx(&o);
	for (size_t i = 0; i < NELEM(parts); i++) {
		CLEANUP(freep)
		char *name = xasprintf("word/%s1.xml", parts[i].type);
		CLEANUP(freep) char *text = NULL;

		text = xasprintf("%.*s%s%s", (int)(strstr(part, "%s") - part),
		    part, parts[i].text, strstr(part, "%s") + 2);
		office_put(&o, name, text);
		office_rel(
		    &o, "word/document.xml", parts[i].type, name + 5, false);
	}
	examine(EXAMINE_DOCX);
	expect("parts", NULL);
	for (size_t i = 0; i < NELEM(parts); i++)
		if (parts[i].want != NULL)
			ck_assert_msg(
			    is_seen(parts[i].want), "%s", parts[i].type);
	ck_assert(!is_seen("内緒"));
	ck_assert(has_hidden("comment", "word/comments1.xml"));
}
END_TEST

static const struct {
	const char *name, *type, *target, *body, *rule;
	bool external;
} links[] = {
	{ "D10 attachedTemplate", "attachedTemplate", "http://x/a.dotm", NULL,
	    "BUNDLE-EXTERNAL_REF", true },
	{ "D10 altChunk", "aFChunk", "afchunk.htm", NULL, "BUNDLE-EXTERNAL_REF",
	    false },
	{ "linked object", "oleObject", "http://x/a.xls", NULL, "BUNDLE-MACRO",
	    true },
	{ "mail merge", "mailMergeSource", "file:///a.xlsx", NULL,
	    "BUNDLE-EXTERNAL_REF", true },
	{ "DDE", NULL, NULL,
	    "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r>"
	    "<w:instrText> DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:"
	    "\\\\cmd</w:instrText></w:r><w:r><w:fldChar "
	    "w:fldCharType=\"end\"/></w:r></w:p>",
	    "BUNDLE-MACRO", false },
	{ "INCLUDEPICTURE", NULL, NULL,
	    "<w:p><w:fldSimple w:instr=\" INCLUDEPICTURE &quot;http://x&quot;"
	    "\"/></w:p>",
	    "BUNDLE-EXTERNAL_REF", false },
	{ "hyperlink", "hyperlink", "https://example.jp/", NULL, NULL, true },
};

START_TEST(document_judged)
{
	office_docx(&o);
	if (links[_i].type != NULL)
		office_rel(&o, "word/document.xml", links[_i].type,
		    links[_i].target, links[_i].external);
	if (links[_i].body != NULL)
		office_body(&o, links[_i].body);
	examine(EXAMINE_DOCX);
	expect(links[_i].name, links[_i].rule);
}
END_TEST

/* The same answers, filled by openpyxl and saved again by LibreOffice. */
START_TEST(resaved_form_reads_equal)
{
	CLEANUP(jsonx_freep) struct json *first = NULL;
	CLEANUP(buf_free)
	struct buf filled = fixture_read("office/form-a-openpyxl.xlsx");
	CLEANUP(buf_free)
	struct buf saved = fixture_read("office/form-a-libreoffice.xlsx");

	examine_bytes(EXAMINE_XLSX, buf_slice(&filled));
	expect("openpyxl", NULL);
	ck_assert_str_eq(field("applicant_name"), "株式会社あおい");
	ck_assert_str_eq(field("corporate_number"), "7000012050002");
	first = jsonx_dup(jsonx_get(facts, "form"));
	examine_bytes(EXAMINE_XLSX, buf_slice(&saved));
	expect("LibreOffice", NULL);
	ck_assert(jsonx_equal(first, jsonx_get(facts, "form")));
}
END_TEST

/* --- one cell for a person, another for a reader --- */

#define CELL(ref, t) \
	"<c r=\"" ref "\" t=\"inlineStr\"><is><t>" t "</t></is></c>"
#define SHEET(rows) "<sheetData>" VERSION rows "</sheetData>"
#define ROW2(cells) "<row r=\"2\">" cells "</row>"

/* What stands in the form's field x, and what is doubted of it. */
static const struct {
	const char *name, *sheet, *want, *doubt;
} decoys[] = {
	{ "honest", SHEET(ROW2(CELL("B2", "見える"))), "見える", NULL },
	{ "in what a spreadsheet passes over",
	    "<sheetData>" VERSION "<z:z xmlns:z=\"urn:z\">" ROW2(CELL("B2",
		"おとり")) "</z:z>" ROW2(CELL("B2", "見える")) "</sheetData>",
	    "見える", NULL },
	{ "in an extension",
	    SHEET(ROW2("")) "<extLst><ext><sheetData>" ROW2(
		CELL("B2", "おとり")) "</sheetData></ext></extLst>",
	    "", NULL },
	{ "a row outside of the data",
	    SHEET(ROW2("")) "<rowBreaks>" ROW2(
		CELL("B2", "おとり")) "</rowBreaks>",
	    "", NULL },
	{ "inside the text",
	    SHEET(ROW2("<c r=\"B2\" t=\"inlineStr\"><is><z:t "
		       "xmlns:z=\"urn:z\"><t>おとり</t></z:t><t>見える</t>"
		       "</is></c>")),
	    "見える", NULL },
	{ "a cell twice", SHEET(ROW2(CELL("B2", "一") CELL("B2", "二"))), "一",
	    "twice" },
	{ "a formula",
	    SHEET(ROW2("<c r=\"B2\" t=\"str\"><f>NOW()</f><v>一</v></c>")),
	    "一", "formula" },
};

START_TEST(decoy_cells)
{
	const char *doubt;

	office_xlsx(&o);
	office_book(&o, "", NAMES);
	office_sheet(&o, decoys[_i].sheet);
	examine(EXAMINE_XLSX);
	expect(decoys[_i].name, NULL);
	ck_assert_msg(strcmp(field("x"), decoys[_i].want) == 0, "%s: %s",
	    decoys[_i].name, field("x"));
	doubt =
	    jsonx_get_str(jsonx_get(jsonx_get(facts, "form"), "doubts"), "x");
	ck_assert_msg((doubt == NULL) == (decoys[_i].doubt == NULL) &&
		(doubt == NULL || strcmp(doubt, decoys[_i].doubt) == 0),
	    "%s: %s", decoys[_i].name, doubt == NULL ? "" : doubt);
}
END_TEST

/* Ranges that do not overlap cost little; these would cost minutes. */
START_TEST(LIM_OUTPUT_of_merges)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(8));

	buf_puts(&b, "<sheetData><row r=\"2\">");
	for (int i = 0; i < 400; i++)
		buf_puts(&b, "<c><v>1</v></c>");
	buf_puts(&b, "</row></sheetData><mergeCells>");
	for (int i = 0; i < 60000; i++)
		buf_puts(&b, "<mergeCell ref=\"XFA1:XFB9\"/>");
	buf_puts(&b, "</mergeCells>");
	office_xlsx(&o);
	o.stored = true;
	office_sheet(&o, buf_str(&b));
	examine(EXAMINE_XLSX);
	expect("merges", "BUNDLE-LIM_OUTPUT");
}
END_TEST

/* Rows in disorder: what lies under a merged cell is found all the same. */
START_TEST(merged_in_disorder)
{
	office_xlsx(&o);
	office_book(&o, "", NAMES);
	office_sheet(&o,
	    "<sheetData><row r=\"3\">" CELL("B3", "下") "</row>" ROW2(CELL(
		"B2", "上")) VERSION "</sheetData><mergeCells>"
				     "<mergeCell ref=\"B2:B3\"/></mergeCells>");
	examine(EXAMINE_XLSX);
	expect("disorder", NULL);
	ck_assert_str_eq(field("x"), "上");
	ck_assert_str_eq(field("3.1"), "");
	ck_assert(has_hidden("covered", "B3"));
}
END_TEST

/* Many formats in any order; of two with one number the first. */
START_TEST(formats_by_number)
{
	office_xlsx(&o);
	office_book(&o, "", NAMES);
	office_put(&o, "xl/styles.xml",
	    "<styleSheet xmlns=\"http://schemas.openxmlformats.org/"
	    "spreadsheetml/2006/main\"><numFmts><numFmt numFmtId=\"300\" "
	    "formatCode=\"0.0\"/><numFmt numFmtId=\"200\" "
	    "formatCode=\"0.00\"/><numFmt numFmtId=\"250\" "
	    "formatCode=\"0.000\"/><numFmt numFmtId=\"200\" "
	    "formatCode=\"0.0000\"/></numFmts><cellXfs><xf "
	    "numFmtId=\"300\"/><xf numFmtId=\"200\"/><xf "
	    "numFmtId=\"250\"/></cellXfs></styleSheet>");
	office_sheet(&o,
	    SHEET(ROW2(
		"<c r=\"B2\" s=\"1\"><v>1</v></c>") "<row r=\"3\"><c r=\"B3\" s=\"2\"><v>1</v></c></row>"));
	examine(EXAMINE_XLSX);
	expect("formats", NULL);
	ck_assert_str_eq(field("x"), "1.00");
	ck_assert_str_eq(field("3.1"), "1.000");
}
END_TEST

#define NAME(attrs, cell) \
	"<definedName " attrs ">申請書A!" cell "</definedName>"
#define BOOK(names)                                                        \
	"</sheets><definedNames>" NAME("name=\"nintei_template\"", "$A$1") \
	    names "</definedNames>"

/* Which of the cells B2 一 and C2 二 is the field, by the names. */
static const struct {
	const char *name, *names, *id, *want, *doubt;
} namings[] = {
	{ "a copied sheet brings its own",
	    BOOK(NAME("name=\"f_x\"", "$B$2")
		    NAME("name=\"f_x\" localSheetId=\"0\"", "$C$2")),
	    "x", "一", NULL },
	{ "one of a sheet alone",
	    BOOK(NAME("name=\"f_x\" localSheetId=\"0\"", "$C$2")), "x", "二",
	    NULL },
	{ "two spellings of one field",
	    BOOK(NAME("name=\"item_3_1\"", "$B$2")
		    NAME("name=\"f_3.1\"", "$C$2")),
	    "3.1", NULL, "twice" },
	{ "a name within something foreign",
	    BOOK("<z:z xmlns:z=\"urn:z\">" NAME(
		"name=\"f_x\"", "$C$2") "</z:z>" NAME("name=\"f_x\"", "$B$2")),
	    "x", "一", NULL },
};

START_TEST(decoy_names)
{
	const struct json *form;
	const char *doubt;

	office_xlsx(&o);
	office_book(&o, "", namings[_i].names);
	office_sheet(&o, SHEET(ROW2(CELL("B2", "一") CELL("C2", "二"))));
	examine(EXAMINE_XLSX);
	expect(namings[_i].name, NULL);
	form = jsonx_get(facts, "form");
	if (namings[_i].want != NULL)
		ck_assert_msg(
		    strcmp(field(namings[_i].id), namings[_i].want) == 0,
		    "%s: %s", namings[_i].name, field(namings[_i].id));
	doubt = jsonx_get_str(jsonx_get(form, "doubts"), namings[_i].id);
	ck_assert_msg((doubt == NULL) == (namings[_i].doubt == NULL), "%s",
	    namings[_i].name);
}
END_TEST

/* A person takes what stands left of a cell for its name. */
START_TEST(left_of_a_field)
{
	CLEANUP(buf_free) struct buf left = BUF_INIT(1024);

	office_xlsx(&o);
	office_book(&o, "", NAMES);
	office_sheet(&o,
	    SHEET(ROW2(CELL("A2", "項目") CELL(
		"B2", "値")) "<row r=\"3\">" CELL("C3", "右") "</row>"));
	examine(EXAMINE_XLSX);
	jsonx_canonical(jsonx_get(jsonx_get(facts, "form"), "left"), &left);
	ck_assert_str_eq(buf_str(&left), "{\"x\":[\"項目\"]}");
}
END_TEST

#define RELS_HEAD                                                   \
	"<Relationships xmlns=\"http://schemas.openxmlformats.org/" \
	"package/2006/relationships\">"
#define TO(id, type, target) \
	"<Relationship Id=\"" id "\" Type=\"" type "\" Target=\"" target "\"/>"

/* Parts that a spreadsheet does not follow, or takes another way. */
static const struct {
	const char *name, *part, *inner, *rule;
} decoy_links[] = {
	{ "a document of a type that nobody knows", "_rels/.rels",
	    TO("a", "urn:x/officeDocument", "xl/decoy.xml")
		TO("b", DOC_REL "officeDocument", "xl/workbook.xml"),
	    NULL },
	{ "two documents", "_rels/.rels",
	    TO("a", DOC_REL "officeDocument", "xl/decoy.xml")
		TO("b", DOC_REL "officeDocument", "xl/workbook.xml"),
	    "BUNDLE-TYPE_MISMATCH" },
	{ "one id twice", "xl/_rels/workbook.xml.rels",
	    TO("x0", DOC_REL "worksheet", "worksheets/sheet1.xml")
		TO("x0", DOC_REL "worksheet", "worksheets/sheet2.xml"),
	    "BUNDLE-TYPE_MISMATCH" },
	{ "strings twice", "xl/_rels/workbook.xml.rels",
	    TO("x0", DOC_REL "worksheet", "worksheets/sheet1.xml")
		TO("s", DOC_REL "sharedStrings", "sharedStrings.xml")
		    TO("t", DOC_REL "sharedStrings", "decoy.xml"),
	    "BUNDLE-TYPE_MISMATCH" },
	{ "strings of a type that nobody knows", "xl/_rels/workbook.xml.rels",
	    TO("x0", DOC_REL "worksheet", "worksheets/sheet1.xml")
		TO("t", "urn:x/sharedStrings", "decoy.xml")
		    TO("s", DOC_REL "sharedStrings", "sharedStrings.xml"),
	    NULL },
};

START_TEST(decoy_parts)
{
	CLEANUP(freep)
	char *rels =
	    xasprintf(RELS_HEAD "%s</Relationships>", decoy_links[_i].inner);

	office_xlsx(&o);
	office_put(&o, "xl/decoy.xml", "<sst><si/></sst>");
	office_put(&o, decoy_links[_i].part, rels);
	examine(EXAMINE_XLSX);
	expect(decoy_links[_i].name, decoy_links[_i].rule);
	if (decoy_links[_i].rule == NULL)
		ck_assert_msg(is_seen("あおい"), "%s", decoy_links[_i].name);
}
END_TEST

/* As the Open XML SDK writes it: the type of the first part by extension. */
START_TEST(type_by_extension)
{
	office_xlsx(&o);
	office_put(&o, "[Content_Types].xml",
	    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/"
	    "content-types\"><Default Extension=\"xml\" ContentType=\""
	    "application/vnd.openxmlformats-officedocument.spreadsheetml."
	    "sheet.main+xml\"/><Default Extension=\"rels\" ContentType=\""
	    "application/vnd.openxmlformats-package.relationships+xml\"/>"
	    "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType="
	    "\"application/vnd.openxmlformats-officedocument.spreadsheetml."
	    "worksheet+xml\"/></Types>");
	examine(EXAMINE_XLSX);
	expect("type by extension", NULL);
	ck_assert(is_seen("あおい"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ooxml");
	TCase *t = tcase_create("ooxml");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, cell_shows, 0, NELEM(cells));
	tcase_add_test(t, form_says_where);
	tcase_add_loop_test(t, unseen_cell_is_apart, 0, NELEM(unseen));
	tcase_add_test(t, merged_cell_shows_its_first);
	tcase_add_loop_test(t, hidden_sheet_is_apart, 0, 2);
	tcase_add_test(t, comment_and_name_are_apart);
	tcase_add_test(t, header_and_box_are_seen);
	tcase_add_test(t, label_of_properties);
	tcase_add_test(t, label_info_wins);
	tcase_add_loop_test(t, workbook_judged, 0, NELEM(spoiled));
	tcase_add_test(t, not_a_package);
	tcase_add_loop_test(t, document_shows, 0, NELEM(bodies));
	tcase_add_test(t, hidden_by_default);
	tcase_add_test(t, document_parts);
	tcase_add_loop_test(t, document_judged, 0, NELEM(links));
	tcase_add_test(t, resaved_form_reads_equal);
	tcase_add_loop_test(t, decoy_cells, 0, (int)NELEM(decoys));
	tcase_add_loop_test(t, decoy_names, 0, (int)NELEM(namings));
	tcase_add_test(t, LIM_OUTPUT_of_merges);
	tcase_add_test(t, merged_in_disorder);
	tcase_add_test(t, formats_by_number);
	tcase_add_test(t, left_of_a_field);
	tcase_add_loop_test(t, decoy_parts, 0, (int)NELEM(decoy_links));
	tcase_add_test(t, type_by_extension);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return suite_main(suite());
}
