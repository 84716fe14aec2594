/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as people in Japan write them, by one small grammar (FACTS 14). */
#include "term_int.h"

#include <assert.h>
#include <stdio.h>

#define ERA_YEAR_MAX 99

struct cursor {
	const char32_t *p;
};

/* A year as written: an era's, or a western one (era NULL). */
struct year {
	const struct era *era;
	int n;
};

static bool
take(struct cursor *c, char32_t what)
{
	if (*c->p != what)
		return false;
	c->p++;
	return true;
}

static int
kanji_digit(char32_t c)
{
	static const char32_t digits[] = U"〇一二三四五六七八九";
	int i;

	for (i = 0; i < 10; i++)
		if (digits[i] == c)
			return i;
	return -1;
}

static int
kanji_power(char32_t c)
{
	return c == U'千' ? 1000 : c == U'百' ? 100 : c == U'十' ? 10 : 0;
}

/* 三十一, 二千二十六: digits before falling powers of ten; -1: not so. */
static int
kanji_composed(struct cursor *c)
{
	int sum = 0;
	int last = 10000;
	int digit, power;

	for (;;) {
		digit = kanji_digit(*c->p);
		if (digit >= 0)
			c->p++;
		power = kanji_power(*c->p);
		if (power == 0)
			return digit == 0 && sum > 0 ? -1 : sum + digit;
		if (power >= last || digit == 0)
			return -1;
		c->p++;
		last = power;
		sum += power * (digit < 0 ? 1 : digit);
		if (kanji_digit(*c->p) < 0 && kanji_power(*c->p) == 0)
			return sum;
	}
}

/* 二〇二六: at least two digits. */
static int
kanji_positional(struct cursor *c)
{
	int v = 0;
	int n = 0;

	for (; kanji_digit(*c->p) >= 0 && n < 5; n++)
		v = v * 10 + kanji_digit(*c->p++);
	return n >= 2 && n < 5 && kanji_power(*c->p) == 0 ? v : -1;
}

/* A number in one script, in Arabic digits of min to max places; -1: none. */
static int
number(struct cursor *c, int min, int max)
{
	struct cursor k = *c;
	int v = 0;
	int n;

	for (n = 0; *c->p >= '0' && *c->p <= '9' && n <= max; n++)
		v = v * 10 + (int)(*c->p++ - '0');
	if (n > 0)
		return n >= min && n <= max ? v : -1;
	if (kanji_digit(*c->p) < 0 && kanji_power(*c->p) == 0)
		return -1;
	v = kanji_positional(c);
	if (v < 0) {
		*c = k;
		v = kanji_composed(c);
	}
	return v;
}

static const struct era *
era_take(struct cursor *c)
{
	size_t i;

	for (i = 0; i < eras_n; i++) {
		if (take(c, eras[i].letter))
			return &eras[i];
		if (!take(c, eras[i].name[0]))
			continue;
		(void)take(c, eras[i].name[1]);
		return &eras[i];
	}
	return NULL;
}

/* False: no year in an accepted form stands here. */
static bool
year_take(struct cursor *c, struct year *out)
{
	struct year y = { 0 };

	y.era = era_take(c);
	if (y.era == NULL) {
		y.n = number(c, 4, 4);
		*out = y;
		return y.n >= 1000 && y.n <= 9999;
	}
	y.n = take(c, U'元') ? 1 : number(c, 1, 2);
	*out = y;
	return y.n >= 0 && y.n <= ERA_YEAR_MAX;
}

static int
refuse(struct date_reading *out, const char *reason)
{
	out->ok = false;
	(void)snprintf(out->reason, sizeof(out->reason), "%s", reason);
	return -1;
}

static struct jday
day_of(struct ymd t)
{
	struct jday d = { 0 };
	bool is_day = jday_of_civil(t.year, t.month, t.day, &d);

	assert(is_day); /* the table of eras is our own */
	(void)is_day;
	return d;
}

static int
western_year(const struct year *y)
{
	return y->era == NULL ? y->n : y->era->first_day.year + y->n - 1;
}

/* The rules of the era table for a day that exists. */
static int
era_check(const struct era *era, struct jday d, struct date_reading *out)
{
	if (jday_cmp(d, day_of(era->first_day)) < 0)
		return refuse(out, "before the era");
	if (jday_cmp(d, day_of(era->late_forms_until)) > 0)
		return refuse(out, "after the era");
	out->era_ended = jday_cmp(d, day_of(era->last_day)) > 0;
	return 0;
}

/* Days of the lunar calendar are never converted. */
static bool
is_lunar(const struct year *y, int month)
{
	if (y->era == NULL ||
	    y->era->accept_from.year == y->era->first_day.year)
		return false;
	return western_year(y) < y->era->accept_from.year && month >= 1 &&
	    month <= 12;
}

static int
day_check(const struct year *y, int month, int day, struct date_reading *out)
{
	int year = western_year(y);

	if (y->era != NULL && y->n == 0)
		return refuse(out, "year 0");
	if (is_lunar(y, month))
		return refuse(out, "lunar calendar");
	if (!jday_of_civil(year, month, day, &out->day))
		return refuse(out, "no such day");
	if (y->era != NULL)
		return era_check(y->era, out->day, out);
	if (year < 1873)
		return refuse(out, "before 1873-01-01");
	if (year > 9899)
		return refuse(out, "after 9899-12-31");
	return 0;
}

/* 2026年（令和8年）7月1日: both years must be one. */
static int
second_year(struct cursor *c, struct year *y, struct date_reading *out)
{
	struct year other;

	if (!take(c, '('))
		return 0;
	if (!year_take(c, &other) || !take(c, U'年') || !take(c, ')') ||
	    (other.era == NULL) == (y->era == NULL))
		return refuse(out, "form not accepted");
	if (western_year(y) != western_year(&other))
		return refuse(out, "the two calendars disagree");
	if (y->era == NULL)
		*y = other; /* the era's own limits apply */
	return 0;
}

static const char no_form[] = "form not accepted";

/* year 年 month 月 day 日 */
static int
form_kanji(struct cursor *c, struct year *y, struct date_reading *out)
{
	int month, day;

	if (second_year(c, y, out) < 0)
		return -1;
	month = number(c, 1, 2);
	if (month < 0 || !take(c, U'月'))
		return refuse(out, no_form);
	day = number(c, 1, 2);
	if (day < 0 || !take(c, U'日'))
		return refuse(out, no_form);
	return day_check(y, month, day, out);
}

/* year SEP month SEP day with the same separator. */
static int
form_separated(struct cursor *c, const struct year *y, struct date_reading *out)
{
	char32_t sep = *c->p++;
	int month = number(c, 1, 2);
	int day;

	if (month < 0 || !take(c, sep) || (day = number(c, 1, 2)) < 0)
		return refuse(out, no_form);
	return day_check(y, month, day, out);
}

/* 20260701 */
static int
form_basic(struct cursor *c, struct date_reading *out)
{
	int v = number(c, 8, 8);
	struct year y = { .n = v / 10000 };

	if (v < 0 || y.n < 1000)
		return refuse(out, no_form);
	return day_check(&y, v / 100 % 100, v % 100, out);
}

/* Nothing, or （水） or （水曜日） that fits. */
static int
weekday_check(struct cursor *c, struct date_reading *out)
{
	static const char32_t names[] = U"日月火水木金土";
	int w;

	if (*c->p == 0)
		return 0;
	if (!take(c, '('))
		return refuse(out, no_form);
	for (w = 0; w < 7 && !take(c, names[w]);)
		w++;
	if (w == 7 || (take(c, U'曜') && !take(c, U'日')) || !take(c, ')') ||
	    *c->p != 0)
		return refuse(out, no_form);
	if (w != jday_weekday(out->day))
		return refuse(out, "weekday does not fit");
	return 0;
}

static int
date_parse(struct cursor *c, struct date_reading *out)
{
	struct cursor start = *c;
	struct year y;
	bool named = false;

	if (take(c, U'西')) {
		if (!take(c, U'暦'))
			return refuse(out, no_form);
		named = true;
	}
	if (!year_take(c, &y) || (named && y.era != NULL)) {
		*c = start;
		return form_basic(c, out);
	}
	if (take(c, U'年'))
		return form_kanji(c, &y, out);
	if (!named && (*c->p == '.' || *c->p == '/' || *c->p == '-'))
		return form_separated(c, &y, out);
	return refuse(out, no_form);
}

void
date_read(struct slice text, struct date_reading *out)
{
	struct date_reading r = { 0 };
	struct date_chars chars;
	struct cursor c;

	if (date_chars_fold(text, &chars, r.reason, sizeof(r.reason))) {
		c.p = chars.c;
		r.ok = date_parse(&c, &r) == 0 && weekday_check(&c, &r) == 0;
	}
	if (!r.ok) {
		r.day = (struct jday){ 0 };
		r.era_ended = false;
	}
	*out = r;
}

/* The era of a day, newest first; NULL before the first. */
static const struct era *
era_of(struct jday d)
{
	size_t i;

	for (i = eras_n; i > 0; i--)
		if (jday_cmp(d, day_of(eras[i - 1].first_day)) >= 0)
			return &eras[i - 1];
	return NULL;
}

char *
date_format_ja(struct jday d, char out[64])
{
	const struct era *era = era_of(d);
	char era_year[16] = "元";
	int year, month, day;

	jday_civil(d, &year, &month, &day);
	/* Nobody reads, or writes, a year of three digits of an era. */
	if (era == NULL || year - era->first_day.year >= ERA_YEAR_MAX) {
		(void)snprintf(out, 64, "%d年%d月%d日", year, month, day);
		return out;
	}
	if (year > era->first_day.year)
		(void)snprintf(era_year, sizeof(era_year), "%d",
		    year - era->first_day.year + 1);
	(void)snprintf(out, 64, "%d年（%s%s年）%d月%d日", year, era->ja,
	    era_year, month, day);
	return out;
}
