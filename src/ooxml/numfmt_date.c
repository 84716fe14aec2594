/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and times of cells, with Japanese eras (ECMA-376-1 18.8.31). */
#include "ooxml_int.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "nintei/term.h"

#define SERIAL_MAX 2958466.0 /* 10000-01-01 */
#define SECONDS_A_DAY 86400

/* A serial number taken apart. */
struct moment {
	int year, month, day; /* 0: there is no such day */
	int weekday;
	int64_t seconds; /* of the day */
	int64_t all_seconds; /* since day 0 */
	int tenths;
	bool has_era;
	struct jday_era era;
};

/* Days of the 1900 system with the day that never was, 60. */
static bool
moment_of(double v, bool is_1904, struct moment *out)
{
	double tenths = floor(v * SECONDS_A_DAY * 10 + 0.5);
	struct moment m = { 0 };
	struct jday base, d;
	int64_t days;

	if (!(v >= 0) || v >= SERIAL_MAX)
		return false;
	m.tenths = (int)fmod(tenths, 10);
	m.all_seconds = (int64_t)(tenths / 10);
	days = m.all_seconds / SECONDS_A_DAY;
	m.seconds = m.all_seconds % SECONDS_A_DAY;
	if (!is_1904 && (days == 0 || days == 60)) {
		m.year = 1900;
		m.month = days == 0 ? 1 : 2;
		m.day = days == 0 ? 0 : 29;
		*out = m;
		return true;
	}
	if (!jday_of_civil(is_1904 ? 1904 : 1899, is_1904 ? 1 : 12,
		is_1904 ? 1 : 31, &base))
		return false;
	d = jday_add_days(base, (int)(days - (!is_1904 && days > 60)));
	jday_civil(d, &m.year, &m.month, &m.day);
	m.weekday = jday_weekday(d);
	m.has_era = jday_era(d, &m.era);
	*out = m;
	return true;
}

bool
section_literal(const struct section *s, size_t *i, struct buf *out)
{
	size_t from = *i + 1, end = from;

	if (s->p[*i] == '"') {
		while (end < s->n && s->p[end] != '"')
			end++;
		if (out != NULL)
			buf_put(out, s->p + from, end - from);
		*i = end + 1;
		return true;
	}
	if (s->p[*i] != '\\' && s->p[*i] != '_' && s->p[*i] != '*')
		return false;
	/* One character, which may be of several bytes. */
	end += end < s->n;
	while (end < s->n && ((uint8_t)s->p[end] & 0xc0) == 0x80)
		end++;
	if (out != NULL && s->p[*i] == '\\')
		buf_put(out, s->p + from, end - from);
	if (out != NULL && s->p[*i] == '_')
		buf_putc(out, ' ');
	*i = end;
	return true;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
is_ampm(const struct section *s, size_t i, size_t *out_len)
{
	static const char *const words[] = { "AM/PM", "A/P" };

	for (size_t k = 0; k < NELEM(words); k++) {
		size_t n = strlen(words[k]);

		if (s->n - i >= n && strncasecmp(s->p + i, words[k], n) == 0) {
			*out_len = n;
			return true;
		}
	}
	return false;
}

bool
section_is_date(const struct section *s)
{
	size_t i = 0, len;

	while (i < s->n) {
		if (section_literal(s, &i, NULL))
			continue;
		if (s->p[i] == '[') {
			char c = i + 1 < s->n ? lower(s->p[i + 1]) : 0;

			if ((c == 'h' || c == 'm' || c == 's') &&
			    i + 2 < s->n &&
			    (s->p[i + 2] == ']' || lower(s->p[i + 2]) == c))
				return true;
			while (i < s->n && s->p[i] != ']')
				i++;
			i++;
			continue;
		}
		if (s->n - i >= 7 && strncasecmp(s->p + i, "General", 7) == 0)
			return false;
		if (is_ampm(s, i, &len))
			return true;
		if ((s->p[i] == 'E' || s->p[i] == 'e') && i + 1 < s->n &&
		    (s->p[i + 1] == '+' || s->p[i + 1] == '-'))
			return false;
		if (strchr("ymdhsgeabr", lower(s->p[i])) != NULL)
			return true;
		i++;
	}
	return false;
}

/* Is the m at i a minute: after an hour or before a second? */
static bool
is_minute(const struct section *s, size_t i, size_t len, char before)
{
	size_t k = i + len;

	if (before == 'h')
		return true;
	while (k < s->n) {
		char c;

		if (section_literal(s, &k, NULL))
			continue;
		c = lower(s->p[k]);
		if (c == 's')
			return true;
		if (c == '[' && k + 1 < s->n)
			return lower(s->p[k + 1]) == 's';
		if ((c >= 'a' && c <= 'z'))
			return false;
		k++;
	}
	return false;
}

static void
put_n(struct buf *out, int64_t v, size_t width)
{
	buf_putf(out, "%0*lld", (int)(width > 9 ? 9 : width), (long long)v);
}

static const char *const months[] = { "January", "February", "March", "April",
	"May", "June", "July", "August", "September", "October", "November",
	"December" };
static const char *const days_en[] = { "Sunday", "Monday", "Tuesday",
	"Wednesday", "Thursday", "Friday", "Saturday" };
static const char *const days_ja[] = { "日", "月", "火", "水", "木", "金",
	"土" };

static void
put_month(struct buf *out, const struct moment *m, size_t len)
{
	const char *name = months[m->month - 1];

	if (len <= 2)
		put_n(out, m->month, len);
	else
		buf_putf(out, "%.*s", len == 3 ? 3 : len == 5 ? 1 : 9, name);
}

static void
put_day(struct buf *out, const struct moment *m, size_t len)
{
	const char *name = days_en[m->weekday];

	if (len <= 2)
		put_n(out, m->day, len);
	else
		buf_putf(out, "%.*s", len == 3 ? 3 : 9, name);
}

static void
put_era(struct buf *out, const struct moment *m, size_t len)
{
	if (!m->has_era)
		return;
	if (len == 1)
		buf_putc(out, m->era.letter);
	else
		buf_put(out, m->era.name, len == 2 ? 3 : 6); /* 令, 令和 */
}

static void
put_era_year(struct buf *out, const struct moment *m, size_t len, bool gannen)
{
	if (!m->has_era)
		put_n(out, m->year, 4);
	else if (gannen && m->era.year == 1)
		buf_puts(out, "元");
	else
		put_n(out, m->era.year, len > 2 ? 2 : len);
}

static void
put_hour(struct buf *out, const struct moment *m, size_t len, bool half)
{
	int64_t h = m->seconds / 3600;

	if (half)
		h = h % 12 == 0 ? 12 : h % 12;
	put_n(out, h, len);
}

/* Writing of one section. */
struct dating {
	const struct section *s;
	const struct moment *m;
	struct buf *out;
	bool half; /* AM and PM */
	char before; /* the last unit, in lower case */
};

/* A run of one letter. */
static void
put_unit(struct dating *d, size_t i, char c, size_t len)
{
	const struct moment *m = d->m;

	switch (c) {
	case 'y':
		put_n(d->out, len <= 2 ? m->year % 100 : m->year,
		    len <= 2 ? 2 : 4);
		break;
	case 'm':
		if (len <= 2 && is_minute(d->s, i, len, d->before))
			put_n(d->out, m->seconds / 60 % 60, len);
		else
			put_month(d->out, m, len);
		break;
	case 'd':
		put_day(d->out, m, len);
		break;
	case 'h':
		put_hour(d->out, m, len, d->half);
		break;
	case 's':
		put_n(d->out, m->seconds % 60, len);
		break;
	case 'g':
		put_era(d->out, m, len);
		break;
	case 'e':
		put_era_year(d->out, m, len, d->s->gannen);
		break;
	case 'r':
		if (len > 1)
			put_era(d->out, m, 3);
		put_era_year(d->out, m, 2, d->s->gannen);
		break;
	case 'a':
		buf_puts(d->out, days_ja[m->weekday]);
		if (len > 3)
			buf_puts(d->out, "曜日");
		break;
	case 'b': /* the Thai year */
		put_n(d->out, m->year + 543, 4);
		break;
	}
	d->before = c;
}

/* "[h]" and its kin count all hours; "[Red]", "[$-411]" show nothing. */
static void
put_bracket(struct dating *d, size_t *i)
{
	size_t from = *i + 1, end = from;
	static const struct {
		char c;
		int64_t seconds;
	} units[] = { { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

	while (end < d->s->n && d->s->p[end] != ']')
		end++;
	*i = end + 1;
	for (size_t k = 0; k < NELEM(units); k++)
		if (end > from && end - from <= 9 &&
		    lower(d->s->p[from]) == units[k].c &&
		    lower(d->s->p[end - 1]) == units[k].c) {
			put_n(d->out, d->m->all_seconds / units[k].seconds,
			    end - from);
			d->before = units[k].c;
		}
}

static void
put_next(struct dating *d, size_t *i)
{
	const struct section *s = d->s;
	char c = lower(s->p[*i]);
	size_t len = 1;

	if (is_ampm(s, *i, &len)) {
		buf_putf(d->out, "%s",
		    len == 3 ? (d->m->seconds < 43200 ? "A" : "P")
			     : (d->m->seconds < 43200 ? "AM" : "PM"));
	} else if (c == '.' && *i + 1 < s->n && s->p[*i + 1] == '0' &&
	    d->before == 's') {
		buf_putf(d->out, ".%d", d->m->tenths);
		for (len = 2; *i + len < s->n && s->p[*i + len] == '0'; len++)
			buf_putc(d->out, '0');
	} else if (c != '\0' && strchr("ymdhsgeabr", c) != NULL) {
		while (*i + len < s->n && lower(s->p[*i + len]) == c)
			len++;
		put_unit(d, *i, c, len);
	} else
		buf_putc(d->out, s->p[*i]);
	*i += len;
}

void
section_date(const struct section *s, double v, bool is_1904, struct buf *out)
{
	struct moment m;
	struct dating d = { .s = s, .m = &m, .out = out };
	size_t i = 0, len;

	if (!moment_of(v, is_1904, &m)) {
		buf_puts(out, "#####"); /* as the cell shows it */
		return;
	}
	for (size_t k = 0; k < s->n && !d.half;) {
		if (section_literal(s, &k, NULL))
			continue;
		d.half = is_ampm(s, k, &len);
		k++;
	}
	while (i < s->n) {
		if (section_literal(s, &i, out))
			continue;
		if (s->p[i] == '[')
			put_bracket(&d, &i);
		else
			put_next(&d, &i);
	}
}
