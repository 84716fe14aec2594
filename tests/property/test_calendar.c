/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calendar against a second one that shares nothing with it: a table of
 * all days from 1870 to 2110, counted one by one from a known Thursday.
 */
#include <stdlib.h>

#include "nintei/term.h"
#include "support/support.h"

#define YEAR0 1870
#define YEAR1 2110
#define DAYS_MAX 90000

static struct slow {
	int y, m, d;
} days[DAYS_MAX];
static int n_days;
static int epoch; /* index of 1970-01-01 */

static int
slow_last(int y, int m)
{
	if (m == 4 || m == 6 || m == 9 || m == 11)
		return 30;
	if (m != 2)
		return 31;
	if (y % 400 == 0)
		return 29;
	return y % 4 == 0 && y % 100 != 0 ? 29 : 28;
}

static void
slow_fill(void)
{
	struct slow t = { YEAR0, 1, 1 };

	for (n_days = 0; t.y <= YEAR1; n_days++) {
		days[n_days] = t;
		if (t.y == 1970 && t.m == 1 && t.d == 1)
			epoch = n_days;
		t.d++;
		if (t.d > slow_last(t.y, t.m)) {
			t.d = 1;
			t.m++;
		}
		if (t.m > 12) {
			t.m = 1;
			t.y++;
		}
	}
}

/* Index of a calendar day by search; the month's last day when none. */
static int
slow_find(int y, int m, int d, bool *none)
{
	int i;

	*none = d > slow_last(y, m);
	for (i = 0; i < n_days; i++)
		if (days[i].y == y && days[i].m == m &&
		    days[i].d == (*none ? slow_last(y, m) : d))
			return i;
	abort();
}

START_TEST(every_day_has_its_number)
{
	struct jday d;
	int i, y, m, x;

	for (i = 0; i < n_days; i++) {
		ck_assert(jday_of_civil(days[i].y, days[i].m, days[i].d, &d));
		ck_assert_int_eq(d.n, i - epoch);
		jday_civil(d, &y, &m, &x);
		ck_assert(y == days[i].y && m == days[i].m && x == days[i].d);
		ck_assert_int_eq(
		    jday_weekday(d), ((i - epoch) % 7 + 7 + 4) % 7);
	}
}
END_TEST

static void
check_term(int i, bool first_day_counts)
{
	struct term_rule r = { 2, first_day_counts, 60, 30 };
	struct term t;
	bool none;
	int s = first_day_counts ? i : i + 1;
	int end = slow_find(days[s].y + 2, days[s].m, days[s].d, &none);

	if (!none)
		end--;
	term_first((struct jday){ i - epoch }, &r, &t);
	ck_assert_int_eq(t.valid_through.n, end - epoch);
	ck_assert_int_eq(t.window_opens.n, end - 60 - epoch);
	ck_assert_int_eq(t.window_closes.n, end - 30 - epoch);
	term_next(&t, &r, &t);
	ck_assert_int_eq(t.starts.n, end + 1 - epoch);
	s = end + 1;
	end = slow_find(days[s].y + 2, days[s].m, days[s].d, &none);
	ck_assert_int_eq(t.valid_through.n, end - (none ? 0 : 1) - epoch);
}

static void
check_bar(int i, bool with)
{
	bool none;
	int from = slow_find(days[i].y - 1, days[i].m, days[i].d, &none);

	ck_assert_int_eq(bar_earliest((struct jday){ i - epoch }, 1, with).n,
	    from + (with ? 0 : 1) - epoch);
}

/* 1,000 seeded days, and every 27 February to 2 March. */
START_TEST(terms_and_bars_agree_with_slow_counting)
{
	uint64_t seed = 20260701;
	int i, k;

	for (k = 0; k < 1000; k++) {
		i = 800 + (int)(random_next(&seed) % (uint64_t)(n_days - 3000));
		check_term(i, k % 2 == 0);
		check_bar(i, k % 3 == 0);
	}
	for (i = 800; i < n_days - 3000; i++)
		if ((days[i].m == 2 && days[i].d >= 27) ||
		    (days[i].m == 3 && days[i].d <= 2)) {
			check_term(i, false);
			check_term(i, true);
			check_bar(i, false);
			check_bar(i, true);
		}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("calendar");
	TCase *tc = tcase_create("slow");

	slow_fill();
	tcase_add_test(tc, every_day_has_its_number);
	tcase_add_test(tc, terms_and_bars_agree_with_slow_counting);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(s, tc);
	return suite_main(s);
}
