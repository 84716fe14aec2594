/* SPDX-License-Identifier: Apache-2.0 */
/* Civil days: their number, their calendar form and their arithmetic. */
#include "nintei/term.h"

#include <stdio.h>

#define JST_SECONDS (9 * 3600)
#define DAY_SECONDS 86400
#define YEAR_READ_MIN 1873 /* the present calendar begins (FACTS 14) */
#define YEAR_READ_MAX 9899
static const struct jday jday_min = { -719162 }; /* 0001-01-01 */
static const struct jday jday_max = { 2932896 }; /* 9999-12-31 */

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static struct jday
saturate(int64_t n)
{
	if (n < jday_min.n)
		return jday_min;
	if (n > jday_max.n)
		return jday_max;
	return (struct jday){ (int32_t)n };
}

/* Years begin in March, so that the leap day is the last of its year. */
static struct jday
civil_number(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return (struct jday){ era * 146097 + doe - 719468 };
}

bool
jday_of_civil(int year, int month, int day, struct jday *out)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > month_days(year, month))
		return false;
	*out = civil_number(year, month, day);
	return true;
}

void
jday_civil(struct jday d, int *year, int *month, int *day)
{
	int z = saturate(d.n).n + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2 ? 1 : 0);
}

int
jday_weekday(struct jday d)
{
	return (int)(((int64_t)d.n % 7 + 11) % 7); /* 1970-01-01: Thursday */
}

int
jday_cmp(struct jday a, struct jday b)
{
	return (a.n > b.n) - (a.n < b.n);
}

struct jday
jday_of_instant(int64_t utc)
{
	int64_t limit = (int64_t)400 * 366 * 100 * DAY_SECONDS;
	int64_t t = utc;

	if (t > limit)
		return jday_max;
	if (t < -limit)
		return jday_min;
	t += JST_SECONDS;
	return saturate(t / DAY_SECONDS - (t % DAY_SECONDS < 0 ? 1 : 0));
}

int64_t
instant_of_jday(struct jday d)
{
	return (int64_t)d.n * DAY_SECONDS - JST_SECONDS;
}

/* Exactly n digits at text, or -1. */
static int
digits(const char *text, int n)
{
	int v = 0;
	int i;

	for (i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		v = v * 10 + (text[i] - '0');
	}
	return v;
}

int
jday_parse(const char *text, struct jday *out, struct err *e)
{
	struct slice s = slice_str(text);
	int year, month, day;

	if (s.n != JDAY_TEXT - 1 || text[4] != '-' || text[7] != '-')
		return err_set(e, E_INPUT, "want a date as YYYY-MM-DD");
	year = digits(text, 4);
	month = digits(text + 5, 2);
	day = digits(text + 8, 2);
	if (year < 0 || month < 0 || day < 0)
		return err_set(e, E_INPUT, "want a date as YYYY-MM-DD");
	if (year < YEAR_READ_MIN || year > YEAR_READ_MAX)
		return err_set(e, E_INPUT, "want a year from %d to %d, have %d",
		    YEAR_READ_MIN, YEAR_READ_MAX, year);
	if (!jday_of_civil(year, month, day, out))
		return err_set(e, E_INPUT, "no such day: %s", text);
	return 0;
}

char *
jday_format(struct jday d, char out[JDAY_TEXT])
{
	int year, month, day;

	jday_civil(d, &year, &month, &day);
	/* The masks tell the compiler the width; the values never reach it. */
	(void)snprintf(out, JDAY_TEXT, "%04u-%02u-%02u",
	    (unsigned)year % 10000u, (unsigned)month % 100u,
	    (unsigned)day % 100u);
	return out;
}

struct jday
jday_add_days(struct jday d, int days)
{
	return saturate((int64_t)d.n + days);
}

struct jday
jday_add_months(struct jday d, int months, bool *out_none)
{
	int year, month, day, last;
	int64_t m;

	jday_civil(d, &year, &month, &day);
	m = (int64_t)year * 12 + (month - 1) + months;
	if (out_none != NULL)
		*out_none = false;
	if (m < 12)
		return jday_min;
	if (m >= (int64_t)10000 * 12)
		return jday_max;
	year = (int)(m / 12);
	month = (int)(m % 12) + 1;
	last = month_days(year, month);
	if (day > last && out_none != NULL)
		*out_none = true;
	return civil_number(year, month, day > last ? last : day);
}

struct jday
jday_add_years(struct jday d, int years, bool *out_none)
{
	int bounded = years > 10000 ? 10000 : years < -10000 ? -10000 : years;

	return jday_add_months(d, bounded * 12, out_none);
}
