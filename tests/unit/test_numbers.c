/* SPDX-License-Identifier: Apache-2.0 */
/* The register of corporate numbers: files, rows, look-up, history, watch. */
#include "nintei/numbers.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/numbers_watch.h"

#include "numbers_int.h"
#include "numbers_make.h"

/* --- the agency's sample, in both its encodings --- */

static const struct {
	const char *name;
	bool cp932;
} samples[] = {
	{ "nta-sample.csv", false },
	{ "nta-sample-sjis.csv", true },
};

static struct numbers *
sample_open(int i)
{
	CLEANUP(freep) char *home = home_new();
	struct buf text = fixture_read(samples[i].name);
	CLEANUP(freep)
	char *path =
	    file_put(home, "00_zenkoku_all_20260529.csv", buf_slice(&text));
	struct numbers_result r;
	struct numbers *n = NULL;
	struct err e = ERR_INIT;

	ck_assert_int_eq(import_file(home, path, &r), E_OK);
	ck_assert_uint_eq(r.rows, 64);
	ck_assert_uint_eq(r.bad, 0);
	ck_assert_uint_eq(r.gaps, 0);
	/* 髙 and the radical 士 cannot stand in a real file. */
	ck_assert_uint_eq(r.odd, samples[i].cp932 ? 0 : 2);
	ck_assert_int_eq(r.cp932, samples[i].cp932);
	ck_assert_str_eq(r.as_of, "2026-05-29");
	ck_assert(!r.signed_good);
	ck_ok(numbers_open(home, &n, &e), &e);
	buf_free(&text);
	return n;
}

static void
find(struct numbers *n, const char *number, enum numbers_answer want,
    struct numbers_entry *out)
{
	enum numbers_answer have;
	struct err e = ERR_INIT;

	ck_ok(numbers_find(n, number, &have, out, &e), &e);
	ck_assert_msg(have == want, "%s: want %s, have %s", number,
	    numbers_answer_name(want), numbers_answer_name(have));
}

static void
index_row(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	CLEANUP(numbers_entry_done) struct numbers_entry t = { .hold = NULL };

	(void)line;
	/* Every number of the sample has one row that is its present one. */
	find(arg, field[1], NUMBERS_PRESENT, &t);
	ck_assert_str_eq(t.field[NUMBER_NUMBER], field[1]);
	ck_assert_str_eq(t.field[NUMBER_LATEST], "1");
	ck_assert_str_eq(t.as_of, "2026-05-29");
}

START_TEST(every_row_of_the_sample)
{
	CLEANUP(numbers_freep) struct numbers *n = sample_open(_i);

	tsv_each("nta-sample-index.tsv", index_row, n);
}
END_TEST

static const struct {
	const char *number;
	enum number_column column;
	const char *utf8, *sjis; /* sjis NULL: the same */
} values[] = {
	{ "6010001999001", NUMBER_NAME, "架空第一クラウド株式会社", NULL },
	{ "4000012999001", NUMBER_EN_CITY, "1-1-1, Kakugaseki, Chiyoda ku",
	    NULL },
	{ "1700150999001", NUMBER_PREFECTURE_CODE, "99", NULL },
	{ "6700150999005", NUMBER_PREFECTURE_CODE, "", NULL },
	{ "6700150999005", NUMBER_OUTSIDE_IMAGE, "00000904", NULL },
	{ "5010001999010", NUMBER_NAME, "架空ＮＥＴホールディングス株式会社",
	    NULL },
	{ "2010401999001", NUMBER_PREFECTURE, "大阪府", NULL },
	{ "8700150999003", NUMBER_OUTSIDE, "架空国南州新街２番", NULL },
	{ "3010001999020", NUMBER_CLOSE_CAUSE, "01", NULL },
	{ "2010001999021", NUMBER_SUCCESSOR, "1010001999022", NULL },
	{ "8010001999024", NUMBER_CLOSE_DATE, "", NULL },
	{ "6010001999034", NUMBER_PROCESS, "99", NULL },
	{ "5010001999035", NUMBER_NAME, "株式会社架空訂正後", NULL },
	{ "8010001999040", NUMBER_NAME, "株式会社架空髙田電算",
	    "株式会社架空高田電算" },
	{ "7010001999041", NUMBER_NAME_IMAGE, "00000901", NULL },
	{ "6010001999042", NUMBER_NAME, "架空山﨑情報株式会社",
	    "架空山崎情報株式会社" },
	{ "5010001999043", NUMBER_NAME, "架空𡌶計算株式会社",
	    "架空〓計算株式会社" },
	{ "2010001999046", NUMBER_EN_NAME, "Kakuu \"Quoted\", Inc.", NULL },
	{ "8010001999049", NUMBER_HIDDEN, "1", NULL },
	{ "1010003999020", NUMBER_KIND, "301", NULL },
	{ "1010001999055", NUMBER_POST_CODE, "", NULL },
	{ "9010001999056", NUMBER_PREFECTURE, "鳥取県", NULL },
	{ "6010001999059", NUMBER_CITY, "龍ケ崎市", NULL },
	{ "6010001999091", NUMBER_NAME, "架空双子株式会社", NULL },
};

START_TEST(values_of_the_sample)
{
	CLEANUP(numbers_freep) struct numbers *n = sample_open(_i);

	for (size_t i = 0; i < NELEM(values); i++) {
		CLEANUP(numbers_entry_done)
		struct numbers_entry t = { .hold = NULL };
		const char *want = samples[_i].cp932 && values[i].sjis != NULL
		    ? values[i].sjis
		    : values[i].utf8;

		find(n, values[i].number, NUMBERS_PRESENT, &t);
		ck_assert_str_eq(t.field[values[i].column], want);
	}
}
END_TEST

static int
count_fn(const struct numbers_entry *t, void *arg, struct err *e)
{
	(void)t;
	(void)e;
	++*(unsigned *)arg;
	return 0;
}

START_TEST(what_can_be_read_off)
{
	CLEANUP(numbers_freep) struct numbers *n = sample_open(0);
	CLEANUP(numbers_entry_done) struct numbers_entry merged = { 0 };
	CLEANUP(numbers_entry_done) struct numbers_entry gone = { 0 };
	CLEANUP(numbers_entry_done) struct numbers_entry image = { 0 };
	CLEANUP(numbers_entry_done) struct numbers_entry none = { 0 };
	struct err e = ERR_INIT;
	enum numbers_answer a;
	char text[JDAY_TEXT];
	unsigned rows = 0;
	struct jday day;

	find(n, "2010001999021", NUMBERS_PRESENT, &merged);
	ck_assert(numbers_is_closed(&merged));
	ck_assert(numbers_legal_day(&merged, &day));
	ck_assert_str_eq(jday_format(day, text), "2024-04-01");
	ck_assert_str_eq(
	    numbers_address_of(&merged).text, "東京都渋谷区架空４丁目２番２号");
	find(n, "6010001999034", NUMBERS_PRESENT, &gone);
	ck_assert(numbers_is_withdrawn(&gone) && !numbers_is_closed(&gone));
	ck_assert(!numbers_legal_day(&gone, &day));
	find(n, "3010001999045", NUMBERS_PRESENT, &image);
	ck_assert(numbers_address_is_cut(&image));
	ck_assert(!numbers_name_is_cut(&image));
	ck_ok(numbers_history(n, "5010001999010", count_fn, &rows, &e), &e);
	ck_assert_uint_eq(rows, 3);
	/* A real number that the sample does not have; no number at all. */
	find(n, "7000012050002", NUMBERS_ABSENT, &none);
	ck_code(numbers_find(n, "7000012050003", &a, &none, &e), &e, E_INPUT);
}
END_TEST

/* --- the tables of codes and columns --- */

static const struct {
	const char *name;
	enum number_column column;
} coded[] = {
	{ "process", NUMBER_PROCESS },
	{ "correct", NUMBER_CORRECT },
	{ "kind", NUMBER_KIND },
	{ "closeCause", NUMBER_CLOSE_CAUSE },
	{ "latest", NUMBER_LATEST },
	{ "hihyoji", NUMBER_HIDDEN },
	{ "prefectureCode", NUMBER_PREFECTURE_CODE },
};

static void
code_row(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	for (size_t i = 0; i < NELEM(coded); i++)
		if (strcmp(field[0], coded[i].name) == 0) {
			const char *have =
			    number_code_meaning(coded[i].column, field[1]);

			ck_assert_msg(have != NULL && !strcmp(have, field[2]),
			    "line %u: %s %s", line, field[0], field[1]);
			ck_assert(number_code_is(
			    coded[i].column, slice_str(field[1])));
			++*(unsigned *)arg;
		}
}

START_TEST(code_table)
{
	unsigned n = 0, known = 0;
	char code[16];

	tsv_each("nta-codes.tsv", code_row, &n);
	/* And no others: all texts of up to four digits are tried. */
	for (size_t i = 0; i < NELEM(coded); i++)
		for (int digits = 0; digits <= 4; digits++)
			for (int v = 0; v < (digits == 4 ? 10000 : 1000); v++) {
				snprintf(code, sizeof(code), "%0*d", digits, v);
				if (digits == 0)
					code[0] = '\0';
				if ((int)strlen(code) != digits ||
				    (digits == 0 && v > 0))
					continue;
				known += number_code_is(
				    coded[i].column, slice_str(code));
			}
	/* One is ours: a place abroad may have no prefecture. */
	ck_assert_uint_eq(n, 79);
	ck_assert_uint_eq(known, n + 1);
	ck_assert_ptr_null(number_code_meaning(NUMBER_PROCESS, "14"));
	ck_assert(!number_code_is(NUMBER_PROCESS, slice_str("1a")));
}
END_TEST

static void
column_row(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	unsigned *n = arg;

	ck_assert_msg(strcmp(field[1], number_column_name(*n)) == 0,
	    "line %u: %s", line, field[1]);
	++*n;
}

START_TEST(column_table)
{
	unsigned n = 0;

	tsv_each("nta-columns.tsv", column_row, &n);
	ck_assert_uint_eq(n, NUMBER_COLUMNS);
}
END_TEST

/* --- rows that are refused: one for each check --- */

#define DATES "2015-10-30,2015-10-05"
#define PLACE "\"東京都\",\"千代田区\",\"架空町１番\",,13,101,1000000"
#define REST ",,,,,,,2015-10-05,1,,,,,,0"
static const struct {
	const char *name, *text;
	enum numbers_fault fault;
	enum number_column column;
} rows[] = {
	{ "right", "1," ROW_A ",01,0," DATES ",\"甲\",,301," PLACE REST,
	    NUMBERS_FAULT_NONE, NUMBER_COLUMNS },
	{ "bare text, quoted code",
	    "1," ROW_A ",\"01\",0," DATES ",甲,,301," PLACE REST,
	    NUMBERS_FAULT_NONE, NUMBER_COLUMNS },
	{ "nothing", "", NUMBERS_FAULT_COLUMNS, NUMBER_COLUMNS },
	{ "29 columns",
	    "1," ROW_A ",01,0," DATES ",\"甲\",,301," PLACE
	    ",,,,,,,2015-10-05,1,,,,,0",
	    NUMBERS_FAULT_COLUMNS, NUMBER_COLUMNS },
	{ "31 columns",
	    "1," ROW_A ",01,0," DATES ",\"甲\",,301," PLACE REST ",",
	    NUMBERS_FAULT_COLUMNS, NUMBER_COLUMNS },
	{ "open quote", "1," ROW_A ",01,0," DATES ",\"甲,,301," PLACE REST,
	    NUMBERS_FAULT_QUOTE, NUMBER_COLUMNS },
	{ "quote inside", "1," ROW_A ",01,0," DATES ",甲\"乙,,301," PLACE REST,
	    NUMBERS_FAULT_QUOTE, NUMBER_COLUMNS },
	{ "text behind a quote",
	    "1," ROW_A ",01,0," DATES ",\"甲\"乙,,301," PLACE REST,
	    NUMBERS_FAULT_QUOTE, NUMBER_COLUMNS },
	{ "half a character", "1," ROW_A ",01,0," DATES ",\"\xe7\x94\",,301",
	    NUMBERS_FAULT_ENCODING, NUMBER_COLUMNS },
	{ "tab", "1," ROW_A ",01,0," DATES ",\"甲\t\",,301," PLACE REST,
	    NUMBERS_FAULT_CHARACTER, NUMBER_COLUMNS },
	{ "delete", "1," ROW_A ",01,0," DATES ",\"甲\x7f\",,301," PLACE REST,
	    NUMBERS_FAULT_CHARACTER, NUMBER_COLUMNS },
	{ "separator", "1," ROW_A ",01,0," DATES ",\"甲\x1f\",,301," PLACE REST,
	    NUMBERS_FAULT_CHARACTER, NUMBER_COLUMNS },
	{ "bidi",
	    "1," ROW_A ",01,0," DATES ",\"甲\xe2\x80\xae\",,301," PLACE REST,
	    NUMBERS_FAULT_CHARACTER, NUMBER_COLUMNS },
	{ "private use",
	    "1," ROW_A ",01,0," DATES ",\"甲\xee\x80\x80\",,301," PLACE REST,
	    NUMBERS_FAULT_CHARACTER, NUMBER_COLUMNS },
	{ "Hangul filler",
	    "1," ROW_A ",01,0," DATES ",\"甲\xe3\x85\xa4\",,301," PLACE REST,
	    NUMBERS_FAULT_CHARACTER, NUMBER_COLUMNS },
	{ "no sequence", "," ROW_A ",01,0," DATES ",\"甲\",,301," PLACE REST,
	    NUMBERS_FAULT_BLANK, NUMBER_SEQUENCE },
	{ "sequence of nine",
	    "123456789," ROW_A ",01,0," DATES ",\"甲\",,301," PLACE REST,
	    NUMBERS_FAULT_SEQUENCE, NUMBER_SEQUENCE },
	{ "check digit",
	    "1,7010001999001,01,0," DATES ",\"甲\",,301," PLACE REST,
	    NUMBERS_FAULT_NUMBER, NUMBER_NUMBER },
	{ "twelve digits",
	    "1,010001999001,01,0," DATES ",\"甲\",,301," PLACE REST,
	    NUMBERS_FAULT_NUMBER, NUMBER_NUMBER },
	{ "process", "1," ROW_A ",14,0," DATES ",\"甲\",,301," PLACE REST,
	    NUMBERS_FAULT_CODE, NUMBER_PROCESS },
	{ "correct", "1," ROW_A ",01,2," DATES ",\"甲\",,301," PLACE REST,
	    NUMBERS_FAULT_CODE, NUMBER_CORRECT },
	{ "no such day",
	    "1," ROW_A ",01,0,2015-02-29,2015-10-05,\"甲\",,301," PLACE REST,
	    NUMBERS_FAULT_DATE, NUMBER_UPDATE_DATE },
	{ "day of another form",
	    "1," ROW_A ",01,0,2015-10-30,2015/10/05,\"甲\",,301," PLACE REST,
	    NUMBERS_FAULT_DATE, NUMBER_CHANGE_DATE },
	{ "no name", "1," ROW_A ",01,0," DATES ",,,301," PLACE REST,
	    NUMBERS_FAULT_BLANK, NUMBER_NAME },
	{ "image id", "1," ROW_A ",01,0," DATES ",\"甲\",x1,301," PLACE REST,
	    NUMBERS_FAULT_DIGITS, NUMBER_NAME_IMAGE },
	{ "kind", "1," ROW_A ",01,0," DATES ",\"甲\",,300," PLACE REST,
	    NUMBERS_FAULT_CODE, NUMBER_KIND },
	{ "no kind", "1," ROW_A ",01,0," DATES ",\"甲\",,," PLACE REST,
	    NUMBERS_FAULT_BLANK, NUMBER_KIND },
	{ "prefecture",
	    "1," ROW_A ",01,0," DATES
	    ",\"甲\",,301,\"東京都\",\"千代田区\",\"架空町１番\",,48,101,1000000" REST,
	    NUMBERS_FAULT_CODE, NUMBER_PREFECTURE_CODE },
	{ "city",
	    "1," ROW_A ",01,0," DATES
	    ",\"甲\",,301,\"東京都\",\"千代田区\",\"架空町１番\",,13,10,1000000" REST,
	    NUMBERS_FAULT_DIGITS, NUMBER_CITY_CODE },
	{ "post code",
	    "1," ROW_A ",01,0," DATES
	    ",\"甲\",,301,\"東京都\",\"千代田区\",\"架空町１番\",,13,101,100-000" REST,
	    NUMBERS_FAULT_DIGITS, NUMBER_POST_CODE },
	{ "closed without cause",
	    "1," ROW_A ",21,0," DATES ",\"甲\",,301," PLACE
	    ",,,2020-01-01,,,,2015-10-05,1,,,,,,0",
	    NUMBERS_FAULT_CLOSING, NUMBER_CLOSE_DATE },
	{ "cause without day",
	    "1," ROW_A ",21,0," DATES ",\"甲\",,301," PLACE
	    ",,,,01,,,2015-10-05,1,,,,,,0",
	    NUMBERS_FAULT_CLOSING, NUMBER_CLOSE_DATE },
	{ "cause of closing",
	    "1," ROW_A ",21,0," DATES ",\"甲\",,301," PLACE
	    ",,,2020-01-01,02,,,2015-10-05,1,,,,,,0",
	    NUMBERS_FAULT_CODE, NUMBER_CLOSE_CAUSE },
	{ "successor",
	    "1," ROW_A ",21,0," DATES ",\"甲\",,301," PLACE
	    ",,,2020-01-01,11,1010001999023,,2015-10-05,1,,,,,,0",
	    NUMBERS_FAULT_NUMBER, NUMBER_SUCCESSOR },
	{ "no day of assignment",
	    "1," ROW_A ",01,0," DATES ",\"甲\",,301," PLACE ",,,,,,,,1,,,,,,0",
	    NUMBERS_FAULT_BLANK, NUMBER_ASSIGNMENT_DATE },
	{ "latest",
	    "1," ROW_A ",01,0," DATES ",\"甲\",,301," PLACE
	    ",,,,,,,2015-10-05,,,,,,,0",
	    NUMBERS_FAULT_BLANK, NUMBER_LATEST },
	{ "hihyoji",
	    "1," ROW_A ",01,0," DATES ",\"甲\",,301," PLACE
	    ",,,,,,,2015-10-05,1,,,,,,2",
	    NUMBERS_FAULT_CODE, NUMBER_HIDDEN },
	{ "withdrawn: blanks are right",
	    "1," ROW_A ",99,0," DATES ",,,,,,,,,,,,,,,,,,1,,,,,,",
	    NUMBERS_FAULT_NONE, NUMBER_COLUMNS },
};

START_TEST(rows_one_by_one)
{
	CLEANUP(freep) char *line = xstrdup(rows[_i].text);
	struct numbers_row row;
	struct numbers_why why;
	bool ok = numbers_row_read((uint8_t *)line, strlen(line), &row, &why);

	ck_assert_msg(why.fault == rows[_i].fault, "%s: want %s, have %s %s",
	    rows[_i].name, numbers_fault_name(rows[_i].fault),
	    numbers_fault_name(why.fault), number_column_name(why.column));
	ck_assert_int_eq(ok, rows[_i].fault == NUMBERS_FAULT_NONE);
	ck_assert_int_eq(why.column, rows[_i].column);
}
END_TEST

/* 150 characters are a name, 151 are not; 300 an address. */
START_TEST(lengths)
{
	static const struct {
		unsigned name, street;
		enum numbers_fault fault;
	} cases[] = {
		{ 150, 293, NUMBERS_FAULT_NONE },
		{ 151, 293, NUMBERS_FAULT_LENGTH },
		{ 150, 294, NUMBERS_FAULT_LENGTH },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		CLEANUP(buf_free) struct buf name = BUF_INIT(4096);
		CLEANUP(buf_free) struct buf street = BUF_INIT(4096);
		struct numbers_why why;
		struct numbers_row row;
		char *line;

		for (unsigned k = 0; k < cases[i].name; k++)
			buf_puts(&name, "長");
		for (unsigned k = 0; k < cases[i].street; k++)
			buf_puts(&street, "１");
		line = row_text(1,
		    (struct row){
			.name = buf_str(&name), .street = buf_str(&street) });
		numbers_row_read((uint8_t *)line, strlen(line) - 1, &row, &why);
		ck_assert_int_eq(why.fault, cases[i].fault);
		free(line);
	}
}
END_TEST

/* What another program put into the file of the register. */
START_TEST(kept_rows_of_others)
{
	static const char *const kept[] = { "a\x1b[31m", "a\xff",
		"a\xe2\x80\xae", "a" };
	struct numbers_entry t = { .hold = NULL };

	for (size_t i = 0; i < NELEM(kept); i++) {
		CLEANUP(buf_free) struct buf b = BUF_INIT(4096);
		struct err e = ERR_INIT;

		buf_puts(&b, kept[i]);
		for (int k = NUMBER_PROCESS + 1; k < NUMBER_COLUMNS; k++)
			buf_putc(&b, NUMBERS_FIELD_END);
		if (i + 1 == NELEM(kept))
			ck_ok(numbers_entry_load(
				  "8700110005901", buf_slice(&b), "", &t, &e),
			    &e);
		else
			ck_code(numbers_entry_load(
				    "8700110005901", buf_slice(&b), "", &t, &e),
			    &e, E_STORE_CORRUPT);
	}
	numbers_entry_done(&t);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("numbers");
	TCase *t = tcase_create("numbers");

	tcase_add_loop_test(t, every_row_of_the_sample, 0, NELEM(samples));
	tcase_add_loop_test(t, values_of_the_sample, 0, NELEM(samples));
	tcase_add_test(t, what_can_be_read_off);
	tcase_add_test(t, code_table);
	tcase_add_test(t, column_table);
	tcase_add_loop_test(t, rows_one_by_one, 0, NELEM(rows));
	tcase_add_test(t, lengths);
	tcase_add_test(t, kept_rows_of_others);
	suite_add_tcase(s, t);
	return suite_main(s);
}
