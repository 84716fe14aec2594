/* SPDX-License-Identifier: Apache-2.0 */
/* Instants and their RFC 3339 form in Japan Standard Time. */
#include "nintei/instant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define JST_SECONDS (9 * 3600)
#define DAY_SECONDS 86400

static int64_t
system_now(void *arg)
{
	(void)arg;
	return (int64_t)time(NULL);
}

struct clock
clock_system(void)
{
	struct clock c = { system_now, NULL };

	return c;
}

int64_t
clock_now(const struct clock *c)
{
	return c->now(c->arg);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days since 1970 to a Gregorian date and back (proleptic). */
static void
civil_of_days(int64_t days, int *y, unsigned *m, unsigned *d)
{
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*d = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	*m = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

static int64_t
days_of_civil(int64_t y, unsigned m, unsigned d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = floor_div(y, 400);
	yoe = y - era * 400;
	doy = (153 * (int64_t)(m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

char *
instant_format(int64_t t, char out[INSTANT_TEXT])
{
	char text[64];
	int64_t local = t + JST_SECONDS;
	int64_t days = floor_div(local, DAY_SECONDS);
	unsigned s = (unsigned)(local - days * DAY_SECONDS);
	unsigned m, d;
	int y;

	civil_of_days(days, &y, &m, &d);
	snprintf(text, sizeof(text), "%04d-%02u-%02uT%02u:%02u:%02u+09:00", y,
	    m, d, s / 3600, s / 60 % 60, s % 60);
	memcpy(out, text, INSTANT_TEXT - 1);
	out[INSTANT_TEXT - 1] = '\0';
	return out;
}

/* n digits at p as a number, or -1. */
static int
digits(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

static int
parse_offset(const char *p, int64_t *out)
{
	int h, m;

	if (strcmp(p, "Z") == 0) {
		*out = 0;
		return 0;
	}
	if (strlen(p) != 6 || (p[0] != '+' && p[0] != '-') || p[3] != ':')
		return -1;
	h = digits(p + 1, 2);
	m = digits(p + 4, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return -1;
	*out = (p[0] == '-' ? -1 : 1) * ((int64_t)h * 3600 + m * 60);
	return 0;
}

int
instant_parse(const char *text, int64_t *out, struct err *e)
{
	int64_t offset, days, back;
	int y, m, d, h, min, s, y2;
	unsigned m2, d2;

	if (strlen(text) < 20 || text[4] != '-' || text[7] != '-' ||
	    text[10] != 'T' || text[13] != ':' || text[16] != ':')
		return err_set(e, E_INPUT,
		    "want a time such as 2026-07-15T09:00:00+09:00");
	y = digits(text, 4);
	m = digits(text + 5, 2);
	d = digits(text + 8, 2);
	h = digits(text + 11, 2);
	min = digits(text + 14, 2);
	s = digits(text + 17, 2);
	if (y < 1 || m < 1 || m > 12 || d < 1 || h < 0 || h > 23 || min < 0 ||
	    min > 59 || s < 0 || s > 59 || parse_offset(text + 19, &offset) < 0)
		return err_set(e, E_INPUT,
		    "want a time such as 2026-07-15T09:00:00+09:00");
	days = days_of_civil(y, (unsigned)m, (unsigned)d);
	civil_of_days(days, &y2, &m2, &d2);
	if (y2 != y || m2 != (unsigned)m || d2 != (unsigned)d)
		return err_set(e, E_INPUT, "there is no such day");
	back = days * DAY_SECONDS + h * 3600 + min * 60 + s - offset;
	*out = back;
	return 0;
}
