/* SPDX-License-Identifier: Apache-2.0 */
/* Periods by the calendar: Civil Code 138 to 143. */
#include "nintei/term.h"

#define PERIOD_MAX 1000 /* of one unit */

/* One "<number><unit>"; the units come in order, each once. */
static const char *
unit_read(const char *p, char unit, int *out)
{
	int v = 0;
	int n = 0;

	while (p[n] >= '0' && p[n] <= '9' && n < 4) {
		v = v * 10 + (p[n] - '0');
		n++;
	}
	if (n == 0 || p[n] != unit || v > PERIOD_MAX || p[0] == '0')
		return p;
	*out = v;
	return p + n + 1;
}

int
period_parse(const char *text, struct period *out, struct err *e)
{
	struct period t = { 0 };
	const char *p = text;

	if (p == NULL || p[0] != 'P' || p[1] == '\0')
		return err_set(e, E_INPUT, "want a period such as P3M");
	p = unit_read(p + 1, 'Y', &t.years);
	p = unit_read(p, 'M', &t.months);
	p = unit_read(p, 'D', &t.days);
	if (*p != '\0')
		return err_set(
		    e, E_INPUT, "want a period such as P2Y, P3M or P100D");
	*out = t;
	return 0;
}

struct jday
period_last(struct jday first_counted, struct period p)
{
	bool none = false;
	struct jday d =
	    jday_add_months(first_counted, p.years * 12 + p.months, &none);

	/* No corresponding day: the month's last day ends it (143 II). */
	if (!none)
		d = jday_add_days(d, -1);
	return jday_add_days(d, p.days);
}

struct jday
paper_last_day(struct jday issued, struct period max_age)
{
	return period_last(jday_add_days(issued, 1), max_age);
}
