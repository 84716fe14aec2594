/* SPDX-License-Identifier: Apache-2.0 */
/* Labels: the scan of lines, the vectors of tags.tsv, what facts mean. */
#include "nintei/label.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "support/support.h"

static struct scheme_set *set;
static struct label_table *table;

static void
setup(void)
{
	struct err e = ERR_INIT;

	ck_ok(scheme_set_load(TEST_SOURCE_DIR "/policies", NULL, 0, &set, &e),
	    &e);
	table = label_table_new(scheme_find(set, "iaas-paas-iot"));
}

static void
teardown(void)
{
	label_table_free(table);
	scheme_set_free(set);
}

/* "\n" of the file is a line end. */
static char *
unescape(const char *text)
{
	char *out = xstrdup(text), *at = strstr(out, "\\n");

	if (at != NULL) {
		at[0] = ' ';
		at[1] = '\n';
	}
	return out;
}

static void
tag_row(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	CLEANUP(freep) char *text = unescape(field[0]);
	struct label l = { 0 };

	ck_assert_msg(label_of_mark(table, slice_str(text), &l),
	    "line %u: %s is no mark", line, text);
	ck_assert_msg(strcmp(label_level_name(l.level), field[1]) == 0,
	    "line %u: %s is %s", line, text, label_level_name(l.level));
	ck_assert_msg(
	    strcmp(l.handling, field[2]) == 0, "line %u: %s", line, l.handling);
	++*(unsigned *)arg;
}

START_TEST(vectors)
{
	unsigned n = 0;

	tsv_each("tags.tsv", tag_row, &n);
	ck_assert_uint_ge(n, 90);
}
END_TEST

static const char *const no_marks[] = { "秘書", "秘密", "社外秘密", "情報公開",
	"機密性の確保", "NOT CONFIDENTIAL", "Confidentially", "公開日",
	"本書は社外秘です", "TLP", "TLP:BLUE", "Secretary", "機密性4情報",
	"極秘裏に" };

START_TEST(part_of_a_word_is_no_mark)
{
	struct label l;

	ck_assert_msg(!label_of_mark(table, slice_str(no_marks[_i]), &l), "%s",
	    no_marks[_i]);
}
END_TEST

static const struct {
	const char *text, *level, *handling;
} marks[] = {
	{ "社外秘・複製禁止", "confidential", "inside_only,no_copy" },
	{ "【極秘】", "top_secret", "named_readers" },
	{ "※ 社 外 秘 ※", "confidential", "inside_only" },
	{ "confidential / public", "confidential", "" },
	{ "機密性２情報　完全性２情報　可用性２情報", "confidential", "" },
	{ "Classification: TLP:RED", "top_secret", "named_readers" },
	{ "取扱区分：社外秘", "confidential", "inside_only" },
	{ "機密区分：Ｘ３", "ask", "" },
	{ "Sensitivity:", "ask", "" },
	{ "秘\xe2\x80\x8b", "secret", "" }, /* zero width space */
	{ "tlp:amber+strict", "secret", "inside_only" },
	/* a selector of glyphs, a soft hyphen, a line below, a ring */
	{ "機密性\xef\xb8\x8f３情報", "secret", "" },
	{ "機密性\xf3\xa0\x84\x80３情報", "secret", "" },
	{ "機密性\xc2\xad３情報", "secret", "" },
	{ "機\xcc\xb2密\xcc\xb2性\xcc\xb2３\xcc\xb2情報", "secret", "" },
	{ "秘\xe2\x83\x9d", "secret", "" },
	{ "社外祕", "confidential", "inside_only" },
	{ "★社外秘★", "confidential", "inside_only" },
	{ "“社外秘”", "confidential", "inside_only" },
	{ "≪極秘≫", "top_secret", "named_readers" },
};

START_TEST(marks_in_every_dress)
{
	struct label l = { 0 };

	ck_assert(label_of_mark(table, slice_str(marks[_i].text), &l));
	ck_assert_str_eq(label_level_name(l.level), marks[_i].level);
	ck_assert_str_eq(l.handling, marks[_i].handling);
}
END_TEST

/* --- the scan --- */

static struct json *
scan(const char *const *lines, size_t n)
{
	CLEANUP(label_scan_freep) struct label_scan *s = label_scan_new();
	struct json *facts = jsonx_object();

	for (size_t i = 0; i < n; i++)
		if (lines[i] == NULL)
			label_scan_page(s);
		else if (strncmp(lines[i], "H:", 2) == 0)
			label_scan_line(
			    s, LABEL_WHERE_HEADER, slice_str(lines[i] + 2));
		else if (strncmp(lines[i], "S:", 2) == 0)
			label_scan_line(
			    s, LABEL_WHERE_STAMP, slice_str(lines[i] + 2));
		else
			label_scan_line(
			    s, LABEL_WHERE_BODY, slice_str(lines[i]));
	jsonx_set(facts, "marks", label_scan_marks(s));
	return facts;
}

#define A(...) ((const char *const[]){ __VA_ARGS__, "本文の行です。" })
#define FILLER "一", "二", "三", "四", "五", "六"
static const struct {
	const char *const *lines;
	size_t n;
	enum tag want;
	bool ask, stop;
} scans[] = {
#define S(want, ask, stop, ...)                                        \
	{                                                              \
		A(__VA_ARGS__), NELEM(A(__VA_ARGS__)), want, ask, stop \
	}
	S(TAG_NONE, false, false, "秘書室からのお知らせ"),
	S(TAG_SECRET, false, false, "社外秘"),
	S(TAG_SECRET, false, false, "H:社外秘\t事業計画\t1/20"),
	S(TAG_SECRET, false, false, "事業計画（社外秘）"),
	S(TAG_SECRET, false, false,
	    "【極秘】来年度の長い長い長い長い長い長い"
	    "長い長い長い長い長い長い長い長い事業計画"),
	S(TAG_PUBLIC, false, false, "公開"),
	S(TAG_SECRET, false, false, "S:CONFIDENTIAL"),
	S(TAG_SECRET, false, false, "計画", NULL, "社外秘"),
	/* only the first and the last page, but headers of every page */
	S(TAG_NONE, false, false, "計画", NULL, "社外秘", NULL, "終わり"),
	S(TAG_SECRET, false, false, "計画", NULL, "H:社外秘", NULL, "終わり"),
	/* a blank page at the end is none */
	S(TAG_SECRET, false, false, "計画", "社外秘", NULL, " ", NULL),
	/* words of a table's head are no marks in the middle of a page */
	S(TAG_NONE, false, false, FILLER, "個人情報", FILLER),
	S(TAG_PERSONAL, false, false, "個人情報", FILLER),
	S(TAG_SECRET, true, false, FILLER, "特定秘密", FILLER),
	S(TAG_SECRET, true, true, "特定秘密", FILLER),
	S(TAG_PERSONAL, true, true, "H:特定個人情報"),
	S(TAG_SECRET, true, false, "レベル３"),
	/* two lines, one mark */
	S(TAG_SECRET, false, false, "機密性２情報", "共有範囲：社内限り"),
};

START_TEST(scans_are_right)
{
	CLEANUP(jsonx_freep)
	struct json *facts = scan(scans[_i].lines, scans[_i].n);
	struct label_finding f;

	label_read(table, facts, &f);
	ck_assert_int_eq(f.tag, scans[_i].want);
	ck_assert_int_eq(f.has_ask, scans[_i].ask);
	ck_assert_int_eq(f.has_stop, scans[_i].stop);
	ck_assert(!f.has_unknown);
	ck_assert_int_eq(jsonx_len(f.sources) > 0, f.tag != TAG_NONE);
	label_finding_done(&f);
}
END_TEST

START_TEST(two_lines_are_one_source)
{
	CLEANUP(jsonx_freep)
	struct json *facts = scan(scans[NELEM(scans) - 1].lines, 2);
	struct label_finding f;

	label_read(table, facts, &f);
	ck_assert_uint_eq(jsonx_len(f.sources), 1);
	ck_assert_str_eq(f.label.handling, "inside_only");
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_at(f.sources, 0), "where"), "first");
	label_finding_done(&f);
}
END_TEST

/* However long a page is: its head and its foot are kept, and the bound. */
START_TEST(long_pages_are_bounded)
{
	CLEANUP(label_scan_freep) struct label_scan *s = label_scan_new();
	CLEANUP(jsonx_freep) struct json *facts = jsonx_object();
	struct label_finding f;
	char line[32];

	for (unsigned page = 0; page < 3; page++) {
		for (unsigned i = 0; i < 5000; i++) {
			(void)snprintf(line, sizeof(line), "row %u", i);
			label_scan_line(s, LABEL_WHERE_BODY, slice_str(line));
			label_scan_line(s, LABEL_WHERE_FOOTER, slice_str(line));
		}
		if (page == 2)
			label_scan_line(s, LABEL_WHERE_BODY, slice_str("極秘"));
		label_scan_page(s);
	}
	jsonx_set(facts, "marks", label_scan_marks(s));
	ck_assert_uint_le(jsonx_len(jsonx_get(facts, "marks")), LABEL_MARKS);
	ck_assert_uint_ge(jsonx_len(jsonx_get(facts, "marks")), 400);
	label_read(table, facts, &f);
	ck_assert_int_eq(f.label.level, LABEL_TOP_SECRET);
	label_finding_done(&f);
}
END_TEST

/* --- metadata --- */

#define ID "11111111-2222-3333-4444-555555555555"
static const struct {
	const char *labels;
	enum tag want;
	bool unknown;
} metadata[] = {
	{ "[]", TAG_NONE, false },
	{ "[{\"source\":\"msip\",\"id\":\"" ID "\",\"name\":\"Confidential\","
	  "\"enabled\":true}]",
	    TAG_SECRET, true },
	{ "[{\"source\":\"msip\",\"id\":\"" ID "\",\"enabled\":false}]",
	    TAG_NONE, false },
	/* the public name of an unknown label lowers nothing */
	{ "[{\"source\":\"msip\",\"id\":\"" ID "\",\"name\":\"Public\"}]",
	    TAG_SECRET, true },
	{ "[{\"source\":\"msip\"}]", TAG_SECRET, true },
	{ "[{\"source\":\"xmp\",\"name\":\"TLP:RED\"}]", TAG_SECRET, false },
	{ "[{\"source\":\"keywords\",\"name\":\"cloud; \xe7\xa4\xbe\xe5\xa4"
	  "\x96\xe7\xa7\x98, 2026\"}]",
	    TAG_SECRET, false },
	{ "[{\"source\":\"rights\",\"name\":\"(c) 2026 MIHON\"}]", TAG_NONE,
	    false },
	{ "[{\"source\":\"keywords\",\"name\":\"cloud; , \"}]", TAG_NONE,
	    false },
	{ "[{\"source\":\"other\",\"name\":\"TLP:RED\"}]", TAG_NONE, false },
	{ "{\"source\":1}", TAG_NONE, false },
	{ "[1,null,{\"source\":[]}]", TAG_NONE, false },
};

START_TEST(labels_of_metadata)
{
	CLEANUP(jsonx_freep)
	struct json *facts = jsonx_object(), *labels = NULL;
	struct err e = ERR_INIT;
	struct label_finding f;

	ck_ok(
	    jsonx_parse(slice_str(metadata[_i].labels), 4096, &labels, &e), &e);
	jsonx_set(facts, "labels", TAKE(labels));
	label_read(table, facts, &f);
	ck_assert_int_eq(f.tag, metadata[_i].want);
	ck_assert_int_eq(f.has_unknown, metadata[_i].unknown);
	label_finding_done(&f);
}
END_TEST

/* A table of an organisation's labels: known ones have its level. */
START_TEST(known_labels)
{
	static const struct scheme_label rows[] = { { ID, "General", "public" },
		{ "aaaaaaaa-2222-3333-4444-555555555555", "", "top_secret" },
		{ "bbbbbbbb-2222-3333-4444-555555555555", "", "none" } };
	struct scheme s = { .labels = rows, .n_labels = NELEM(rows) };
	CLEANUP(label_table_freep) struct label_table *t = label_table_new(&s);
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	struct err e = ERR_INIT;
	struct label_finding f;
	struct label l;

	ck_assert(!label_of_id(
	    t, "{AAAAAAAA-2222-3333-4444-555555555555}", NULL, &l));
	ck_assert_int_eq(l.level, LABEL_TOP_SECRET);
	ck_assert(label_of_id(t, "AAAAAAAA", NULL, &l));
	ck_assert_int_eq(l.level, LABEL_SECRET);
	ck_assert(label_of_id(t, NULL, NULL, &l));
	/* LabelInfo.xml stands in the place of the properties */
	ck_ok(
	    jsonx_parse(
		slice_str("{\"labels\":[{\"source\":\"msip\",\"id\":\"aaaaaaaa-"
			  "2222-3333-4444-555555555555\"},{\"source\":"
			  "\"labelinfo\",\"id\":\"" ID "\"}]}"),
		4096, &facts, &e),
	    &e);
	label_read(t, facts, &f);
	ck_assert_int_eq(f.tag, TAG_PUBLIC);
	ck_assert(!f.has_unknown);
	label_finding_done(&f);
	jsonx_free(facts);
	facts = NULL;
	/* "none" is a label without a level: it changes nothing */
	ck_ok(jsonx_parse(
		  slice_str("{\"labels\":[{\"source\":\"msip\",\"id\":\"" ID
			    "\"},{\"source\":\"msip\",\"id\":\"bbbbbbbb-2222-"
			    "3333-4444-555555555555\"}]}"),
		  4096, &facts, &e),
	    &e);
	label_read(t, facts, &f);
	ck_assert_int_eq(f.tag, TAG_PUBLIC);
	label_finding_done(&f);
}
END_TEST

START_TEST(no_facts_no_label)
{
	struct label_finding f;

	label_read(table, NULL, &f);
	ck_assert_int_eq(f.tag, TAG_NONE);
	ck_assert_uint_eq(jsonx_len(f.sources), 0);
	label_finding_done(&f);
	for (enum label_level l = LABEL_NONE; l < LABEL_LEVEL_MAX; l++)
		ck_assert_int_eq(label_level_parse(label_level_name(l)), l);
	ck_assert_int_eq(label_level_parse("internal"), LABEL_LEVEL_MAX);
	ck_assert_int_eq(label_level_tag(LABEL_ASK), TAG_SECRET);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("label");
	TCase *c = tcase_create("label");

	tcase_add_unchecked_fixture(c, setup, teardown);
	tcase_add_test(c, vectors);
	tcase_add_loop_test(
	    c, part_of_a_word_is_no_mark, 0, (int)NELEM(no_marks));
	tcase_add_loop_test(c, marks_in_every_dress, 0, (int)NELEM(marks));
	tcase_add_loop_test(c, scans_are_right, 0, (int)NELEM(scans));
	tcase_add_test(c, two_lines_are_one_source);
	tcase_add_test(c, long_pages_are_bounded);
	tcase_add_loop_test(c, labels_of_metadata, 0, (int)NELEM(metadata));
	tcase_add_test(c, known_labels);
	tcase_add_test(c, no_facts_no_label);
	suite_add_tcase(s, c);
	return suite_main(s);
}
