/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as people write them: every row of dates.tsv and of eras.tsv. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/term.h"
#include "support/support.h"

static void
date_row(char *f[TSV_COLUMNS], unsigned line, void *arg)
{
	struct date_reading r;
	char have[JDAY_TEXT];

	date_read(slice_str(f[0]), &r);
	(*(unsigned *)arg)++;
	if (strcmp(f[1], "refuse") == 0) {
		ck_assert_msg(!r.ok, "line %u: %s was accepted", line, f[0]);
		ck_assert_msg(strcmp(r.reason, f[2]) == 0,
		    "line %u: %s: want %s, have %s", line, f[0], f[2],
		    r.reason);
		return;
	}
	ck_assert_msg(r.ok, "line %u: %s: %s", line, f[0], r.reason);
	jday_format(r.day, have);
	ck_assert_msg(strcmp(have, f[1]) == 0, "line %u: %s: want %s, have %s",
	    line, f[0], f[1], have);
	ck_assert_msg(r.era_ended == (strcmp(f[2], "era_ended") == 0),
	    "line %u: %s: era_ended is %d", line, f[0], r.era_ended);
}

START_TEST(dates_as_written)
{
	unsigned n = 0;

	tsv_each("dates.tsv", date_row, &n);
	ck_assert_uint_ge(n, 110);
}
END_TEST

/* A limit of an era, or the day after it, written in that era. */
static void
era_limit(char *const *f, const char *limit, bool after)
{
	struct err e = ERR_INIT;
	struct date_reading r;
	struct jday d;
	int year, month, day;
	char text[64];

	ck_ok(jday_parse(limit, &d, &e), &e);
	d = jday_add_days(d, after ? 1 : 0);
	jday_civil(d, &year, &month, &day);
	snprintf(text, sizeof(text), "%s%ld年%d月%d日", f[0],
	    year - strtol(f[4], NULL, 10) + 1, month, day);
	date_read(slice_str(text), &r);
	ck_assert_msg(r.ok == !after, "%s: %s", text, r.reason);
	if (!after)
		ck_assert_int_eq(r.day.n, d.n);
}

static void
era_row(char *f[TSV_COLUMNS], unsigned line, void *arg)
{
	(void)line;
	(*(unsigned *)arg)++;
	era_limit(f, f[7], false); /* accept_from */
	if (f[5][0] != '\0')
		era_limit(f, f[5], false); /* last_day */
	if (f[6][0] != '\0') { /* late_forms_until */
		era_limit(f, f[6], false);
		era_limit(f, f[6], true);
	}
}

START_TEST(eras_begin_and_end_as_the_table_says)
{
	unsigned n = 0;

	tsv_each("eras.tsv", era_row, &n);
	ck_assert_uint_eq(n, 5);
}
END_TEST

START_TEST(own_long_form_is_read_back)
{
	struct date_reading r;
	char text[64];
	struct jday d;
	int32_t n;

	/* From 1873-01-01; each day of 160 years. */
	for (n = -35428; n < 23000; n++) {
		d = (struct jday){ n };
		date_format_ja(d, text);
		date_read(slice_str(text), &r);
		ck_assert_msg(r.ok, "%s: %s", text, r.reason);
		ck_assert_int_eq(r.day.n, n);
		ck_assert(!r.era_ended);
	}
}
END_TEST

START_TEST(odd_texts_are_refused)
{
	static const char *const bad[] = { "\xff\xfe", "三十〇",
		"十十年一月一日", "令和八百年一月一日", "百十千",
		"令和元元年5月1日", "西暦", "西暦令和8年7月1日",
		"2026年（2026年）7月1日", "2026年（令和8年7月1日",
		"2026-07-01(", "2026-07-01(水", "2026-07-01(水曜)", "令", "R",
		"202607011", "2026年7月1日2026年7月1日",
		"2026年7月1日                                    水" };
	struct date_reading r;
	size_t i;

	for (i = 0; i < NELEM(bad); i++) {
		date_read(slice_str(bad[i]), &r);
		ck_assert_msg(!r.ok && r.reason[0] != '\0', "%s", bad[i]);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dates");
	TCase *tc = tcase_create("read");

	tcase_add_test(tc, dates_as_written);
	tcase_add_test(tc, eras_begin_and_end_as_the_table_says);
	tcase_add_test(tc, own_long_form_is_read_back);
	tcase_add_test(tc, odd_texts_are_refused);
	suite_add_tcase(s, tc);
	return suite_main(s);
}
