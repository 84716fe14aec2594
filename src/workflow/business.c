/* SPDX-License-Identifier: Apache-2.0 */
/* Days on which offices do business: for targets and for papers by post. */
#include "nintei/flow_next.h"

/* Holidays of a fixed day, and those of the n-th Monday of a month. */
static const struct {
	int month, day; /* of a Monday: its number in the month */
	bool monday;
} holidays[] = {
	{ 1, 1, false },
	{ 1, 2, true },
	{ 2, 11, false },
	{ 2, 23, false },
	{ 4, 29, false },
	{ 5, 3, false },
	{ 5, 4, false },
	{ 5, 5, false },
	{ 7, 3, true },
	{ 8, 11, false },
	{ 9, 3, true },
	{ 10, 2, true },
	{ 11, 3, false },
	{ 11, 23, false },
};

/* The equinoxes of 1980 to 2099, by the usual approximation. */
static int
equinox(int year, bool autumn)
{
	double days =
	    (autumn ? 23.2488 : 20.8431) + 0.242194 * (double)(year - 1980);

	return (int)days - (year - 1980) / 4;
}

static bool
is_named(struct jday d)
{
	int year, month, day;

	jday_civil(d, &year, &month, &day);
	if ((month == 3 && day == equinox(year, false)) ||
	    (month == 9 && day == equinox(year, true)))
		return true;
	for (size_t i = 0; i < NELEM(holidays); i++) {
		if (holidays[i].month != month)
			continue;
		if (holidays[i].monday ? jday_weekday(d) == 1 &&
			    (day - 1) / 7 + 1 == holidays[i].day
				       : holidays[i].day == day)
			return true;
	}
	return false;
}

/* A holiday on a Sunday moves to the next day that is none. */
static bool
is_substitute(struct jday d)
{
	struct jday before = jday_add_days(d, -1);

	while (is_named(before)) {
		if (jday_weekday(before) == 0)
			return true;
		before = jday_add_days(before, -1);
	}
	return false;
}

/* Between two holidays (in September). */
static bool
is_between(struct jday d)
{
	return is_named(jday_add_days(d, -1)) && is_named(jday_add_days(d, 1));
}

bool
business_day(struct jday d)
{
	int year, month, day, weekday = jday_weekday(d);

	jday_civil(d, &year, &month, &day);
	if (weekday == 0 || weekday == 6 || (month == 12 && day >= 29) ||
	    (month == 1 && day <= 3))
		return false;
	return !is_named(d) && !is_substitute(d) && !is_between(d);
}

struct jday
business_day_after(struct jday from, int64_t n)
{
	while (n > 0) {
		from = jday_add_days(from, 1);
		n -= business_day(from);
	}
	return from;
}
