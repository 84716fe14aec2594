/* SPDX-License-Identifier: Apache-2.0 */
/* Terms, windows, the bar and fresh papers: every row of the vectors. */
#include <stdlib.h>
#include <string.h>

#include "nintei/term.h"
#include "support/support.h"

static struct jday
day(const char *text)
{
	struct err e = ERR_INIT;
	struct jday d;

	ck_ok(jday_parse(text, &d, &e), &e);
	return d;
}

static void
same_day(struct jday have, const char *want, unsigned line, const char *what)
{
	char text[JDAY_TEXT];

	ck_assert_msg(strcmp(jday_format(have, text), want) == 0,
	    "line %u, %s: want %s, have %s", line, what, want, text);
}

static struct term_rule
rule(bool first_day_counts)
{
	return (struct term_rule){ .years = 2,
		.first_day_counts = first_day_counts,
		.opens_days = 60,
		.closes_days = 30 };
}

static void
term_row(char *f[TSV_COLUMNS], unsigned line, void *arg)
{
	struct term_rule r = rule(strcmp(f[1], "true") == 0);
	struct term t, next;

	term_first(day(f[0]), &r, &t);
	same_day(t.valid_through, f[2], line, "valid_through");
	same_day(t.window_opens, f[3], line, "window_opens");
	same_day(t.window_closes, f[4], line, "window_closes");
	same_day(t.starts, f[0], line, "starts");
	term_next(&t, &r, &next);
	same_day(next.starts, f[5], line, "next_from");
	same_day(next.valid_through, f[6], line, "next_valid_through");
	(*(unsigned *)arg)++;
}

START_TEST(terms_as_the_regulation_counts)
{
	unsigned n = 0;

	tsv_each("terms.tsv", term_row, &n);
	ck_assert_uint_ge(n, 80);
}
END_TEST

static void
bar_row(char *f[TSV_COLUMNS], unsigned line, void *arg)
{
	bool with = strcmp(f[1], "true") == 0;
	struct jday a = day(f[0]);
	struct jday from = bar_earliest(a, 1, with);

	same_day(from, f[2], line, "earliest_barred");
	same_day(jday_add_days(from, -1), f[3], line, "latest_not_barring");
	ck_assert(bar_applies(a, from, 1, with));
	ck_assert(bar_applies(a, a, 1, with));
	ck_assert(!bar_applies(a, jday_add_days(from, -1), 1, with));
	ck_assert(!bar_applies(a, jday_add_days(a, 1), 1, with));
	(*(unsigned *)arg)++;
}

START_TEST(bar_of_article_8)
{
	unsigned n = 0;

	tsv_each("art8.tsv", bar_row, &n);
	ck_assert_uint_ge(n, 40);
}
END_TEST

/* REGULATION 4: the last barred day of receipt. */
START_TEST(bar_seen_from_the_revocation)
{
	struct jday revoked = day("2027-10-01");

	ck_assert(bar_applies(day("2028-09-30"), revoked, 1, false));
	ck_assert(!bar_applies(day("2028-10-01"), revoked, 1, false));
	ck_assert(bar_applies(day("2028-10-01"), revoked, 1, true));
	ck_assert(!bar_applies(day("2028-10-02"), revoked, 1, true));
}
END_TEST

static void
fresh_row(char *f[TSV_COLUMNS], unsigned line, void *arg)
{
	bool months = strcmp(f[0], "registry_certificate_3_months") == 0;
	struct err e = ERR_INIT;
	struct period p;

	ck_ok(period_parse(months ? "P3M" : "P100D", &p, &e), &e);
	same_day(paper_last_day(day(f[1]), p), f[2], line, f[0]);
	(*(unsigned *)arg)++;
}

START_TEST(fresh_papers)
{
	unsigned n = 0;

	tsv_each("freshness.tsv", fresh_row, &n);
	ck_assert_uint_ge(n, 19);
}
END_TEST

START_TEST(window_to_the_second)
{
	struct term_rule r = rule(false);
	struct term t;
	int64_t opens = instant_of_jday(day("2028-05-02"));
	int64_t after = instant_of_jday(day("2028-06-02"));

	term_first(day("2026-07-01"), &r, &t);
	ck_assert(!term_window_open(&t, opens - 1));
	ck_assert(term_window_open(&t, opens));
	ck_assert(term_window_open(&t, after - 1));
	ck_assert(!term_window_open(&t, after));
	ck_assert_int_eq(
	    term_end_instant(&t), instant_of_jday(day("2028-07-02")));
	r.opens_days = 59;
	term_window(t.valid_through, &r, &t);
	same_day(t.window_opens, "2028-05-03", 0, "d59");
}
END_TEST

START_TEST(days_begin_in_japan)
{
	/* 2026-07-01T00:00:00+09:00 is 2026-06-30T15:00:00Z. */
	int64_t midnight = 1782831600;
	struct jday d = jday_of_instant(midnight);

	same_day(d, "2026-07-01", 0, "midnight");
	ck_assert_int_eq(instant_of_jday(d), midnight);
	same_day(jday_of_instant(midnight - 1), "2026-06-30", 0, "before");
	same_day(jday_of_instant(midnight + 86399), "2026-07-01", 0, "end");
	ck_assert_int_eq(jday_of_instant(0).n, 0);
	ck_assert_int_eq(jday_of_instant(-9 * 3600 - 1).n, -1);
	ck_assert_int_eq(jday_of_instant(INT64_MAX).n, 2932896);
	ck_assert_int_eq(jday_of_instant(INT64_MIN).n, -719162);
	ck_assert_int_eq(jday_weekday(d), 3);
}
END_TEST

START_TEST(only_iso_days_are_parsed)
{
	static const char *const bad[] = { "", "2026-7-01", "2026-07-1",
		"2026/07/01", "2026-07-01 ", " 2026-07-01", "2026-02-29",
		"2026-00-01", "2026-13-01", "1872-12-31", "9900-01-01",
		"2026-07-0x", "+026-07-01", "20260701" };
	struct err e;
	struct jday d = { 42 };
	size_t i;

	for (i = 0; i < NELEM(bad); i++) {
		e = (struct err)ERR_INIT;
		ck_code(jday_parse(bad[i], &d, &e), &e, E_INPUT);
		ck_assert_int_eq(d.n, 42);
	}
	e = (struct err)ERR_INIT;
	ck_code(jday_parse(NULL, &d, &e), &e, E_INPUT);
}
END_TEST

START_TEST(periods)
{
	static const char *const bad[] = { "", "P", "3M", "P3", "P0M", "P3MX",
		"P1D1M", "P1M1M", "P-3M", "P99999D", "PT3H", "p3m" };
	struct err e = ERR_INIT;
	struct period p;
	size_t i;

	ck_ok(period_parse("P1Y6M10D", &p, &e), &e);
	ck_assert(p.years == 1 && p.months == 6 && p.days == 10);
	for (i = 0; i < NELEM(bad); i++) {
		e = (struct err)ERR_INIT;
		ck_code(period_parse(bad[i], &p, &e), &e, E_INPUT);
	}
}
END_TEST

START_TEST(explained_in_both_languages)
{
	CLEANUP(buf_free) struct buf ja = BUF_INIT(8192);
	CLEANUP(buf_free) struct buf en = BUF_INIT(8192);
	struct term_rule r = rule(false);
	struct term t;

	term_first(day("2026-02-28"), &r, &t);
	term_explain(&t, &r, &ja, &en);
	bar_explain(day("2024-02-29"), 1, false, &ja, &en);
	ck_assert(buf_ok(&ja) && buf_ok(&en));
	ck_assert(strstr(buf_str(&en), "Valid through 2028-02-29") != NULL);
	ck_assert(strstr(buf_str(&ja), "2028年（令和10年）2月29日") != NULL);
	ck_assert(strstr(buf_str(&ja), "民法143条") != NULL);
	ck_assert(strstr(buf_str(&en), "from 2023-03-01") != NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("term");
	TCase *tc = tcase_create("vectors");

	tcase_add_test(tc, terms_as_the_regulation_counts);
	tcase_add_test(tc, bar_of_article_8);
	tcase_add_test(tc, bar_seen_from_the_revocation);
	tcase_add_test(tc, fresh_papers);
	tcase_add_test(tc, window_to_the_second);
	tcase_add_test(tc, days_begin_in_japan);
	tcase_add_test(tc, only_iso_days_are_parsed);
	tcase_add_test(tc, periods);
	tcase_add_test(tc, explained_in_both_languages);
	suite_add_tcase(s, tc);
	return suite_main(s);
}
