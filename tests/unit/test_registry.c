/* SPDX-License-Identifier: Apache-2.0 */
/* Corporate numbers and names against the vectors of the outside world. */
#include "nintei/registry.h"
#include <string.h>
#include "support/support.h"

static void
number_row(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	char out[CORPORATE_NUMBER_TEXT] = "refuse";
	enum number_fault f = registry_number_check(field[0]);

	ck_assert_msg((f == NUMBER_FAULT_NONE) == !strcmp(field[1], "valid"),
	    "line %u: strict %s", line, number_fault_name(f));
	f = registry_number_fold(field[0], out);
	ck_assert_msg(
	    strcmp(out, field[2]) == 0, "line %u: lenient %s", line, out);
	if (f == NUMBER_FAULT_NONE)
		ck_assert_msg(strcmp(number_structure_name(
					 registry_number_structure(out)),
				  field[3]) == 0,
		    "line %u: structure", line);
	if (strncmp(field[4], "wrong_check_digit", 17) == 0)
		ck_assert_int_eq(f, NUMBER_FAULT_CHECK_DIGIT);
	if (strncmp(field[4], "twelve_digits", 13) == 0)
		ck_assert_int_eq(f, NUMBER_FAULT_TWELVE);
	++*(unsigned *)arg;
}

START_TEST(number_vectors)
{
	unsigned n = 0;

	tsv_each("corporate-numbers.tsv", number_row, &n);
	ck_assert_uint_ge(n, 60);
}
END_TEST

/* The example of the National Tax Agency, and every other first digit. */
START_TEST(check_digit_is_unique)
{
	char number[] = "8700110005901";

	for (int c = '0'; c <= '9'; c++) {
		number[0] = (char)c;
		ck_assert_int_eq(
		    registry_number_check(number) == NUMBER_FAULT_NONE,
		    c == '8');
	}
	ck_assert_int_eq(registry_number_structure("1"), NUMBER_NONE);
	ck_assert_int_eq(registry_number_check(NULL), NUMBER_FAULT_EMPTY);
}
END_TEST

static void
name_row(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	bool is_name = strcmp(field[0], "name") == 0;
	enum name_verdict (*compare)(const char *, const char *) =
	    is_name ? registry_name_compare : registry_address_compare;
	const char *have = name_verdict_name(compare(field[1], field[2]));
	const char *back = name_verdict_name(compare(field[2], field[1]));

	ck_assert_msg(strcmp(have, field[3]) == 0, "line %u: %s|%s: %s, not %s",
	    line, field[1], field[2], have, field[3]);
	ck_assert_str_eq(have, back);
	++*(unsigned *)arg;
}

START_TEST(name_and_address_vectors)
{
	unsigned n = 0;

	tsv_each("names.tsv", name_row, &n);
	ck_assert_uint_ge(n, 85);
}
END_TEST

/* Numbers of blocks from a hundred on; names of places keep theirs. */
START_TEST(large_numerals_of_blocks)
{
	static const struct {
		const char *a, *b;
		enum name_verdict want;
	} cases[] = {
		{ "千葉県架空市見本百二十番地", "千葉県架空市見本120番地",
		    NAME_SAME },
		{ "架空市見本千二百三十四番地の五", "架空市見本1234-5",
		    NAME_LOOK_ALIKE },
		{ "架空市見本百番地", "架空市見本100", NAME_SAME },
		{ "架空市見本百二十番地", "架空市見本百三十番地",
		    NAME_DIFFERENT },
		{ "架空市見本百二番地", "架空市見本120番地", NAME_DIFFERENT },
		{ "架空市百人町一丁目2", "架空市百人町1-2", NAME_SAME },
		{ "千葉県架空市見本1", "架空市見本1", NAME_LOOK_ALIKE },
	};

	for (size_t i = 0; i < NELEM(cases); i++)
		ck_assert_msg(registry_address_compare(
				  cases[i].a, cases[i].b) == cases[i].want,
		    "%s %s", cases[i].a, cases[i].b);
}
END_TEST

START_TEST(hostile_names_are_different)
{
	static char big[8192];

	memset(big, 'a', sizeof(big) - 1);
	ck_assert_int_eq(registry_name_compare(big, big), NAME_DIFFERENT);
	ck_assert_int_eq(registry_name_compare("", ""), NAME_DIFFERENT);
	ck_assert_int_eq(registry_name_compare(NULL, NULL), NAME_DIFFERENT);
	ck_assert_int_eq(registry_name_compare("\xff", "\xff"), NAME_DIFFERENT);
	ck_assert_int_eq(registry_name_compare(" ", " "), NAME_DIFFERENT);
	ck_assert_int_eq(registry_name_compare("・", "."), NAME_DIFFERENT);
	ck_assert_int_eq(registry_address_compare("", ""), NAME_DIFFERENT);
}
END_TEST

START_TEST(defects_are_reported)
{
	ck_assert(registry_name_has_invisible("架空\xe2\x80\x8b"));
	ck_assert(!registry_name_has_invisible("架空"));
	ck_assert(registry_name_is_refused("架空\xe2\x80\xae"));
	ck_assert(!registry_name_is_refused("架空\xe2\x80\x8b"));
}
END_TEST

/* Any short noise: symmetric, reflexive or refused, never a crash. */
START_TEST(comparison_is_symmetric)
{
	static const char *const bits[] = { "架", "空", "1", "一", "-", "ー",
		"丁目", "番", "号", " ", "の", "(株)", "区", "上", "〒", "字",
		"ガ", "ケ", "A", "十" };
	uint64_t seed = 20260701;

	for (unsigned round = 0; round < 1000; round++) {
		char a[64] = "", b[64] = "";

		for (unsigned i = 0; i < 7; i++) {
			strcat(a, bits[random_next(&seed) % NELEM(bits)]);
			strcat(b, bits[random_next(&seed) % NELEM(bits)]);
		}
		ck_assert_int_eq(registry_address_compare(a, b),
		    registry_address_compare(b, a));
		ck_assert_int_eq(
		    registry_name_compare(a, b), registry_name_compare(b, a));
		ck_assert_int_eq(registry_name_compare(a, a), NAME_SAME);
		ck_assert_int_eq(registry_address_compare(a, a), NAME_SAME);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("registry");
	TCase *t = tcase_create("registry");

	tcase_add_test(t, number_vectors);
	tcase_add_test(t, check_digit_is_unique);
	tcase_add_test(t, name_and_address_vectors);
	tcase_add_test(t, large_numerals_of_blocks);
	tcase_add_test(t, hostile_names_are_different);
	tcase_add_test(t, defects_are_reported);
	tcase_add_test(t, comparison_is_symmetric);
	suite_add_tcase(s, t);
	return suite_main(s);
}
