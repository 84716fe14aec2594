/* SPDX-License-Identifier: Apache-2.0 */
/* Terms, windows of renewal and the bar: articles 8, 9(1) and 12(1). */
#include "nintei/term.h"

void
term_window(
    struct jday valid_through, const struct term_rule *r, struct term *out)
{
	struct term t = { 0 };

	t.valid_through = valid_through;
	t.window_opens = jday_add_days(valid_through, -r->opens_days);
	t.window_closes = jday_add_days(valid_through, -r->closes_days);
	*out = t;
}

/* The term whose first counted day is s. */
static void
term_counted(struct jday s, const struct term_rule *r, struct term *out)
{
	struct period p = { .years = r->years };

	term_window(period_last(s, p), r, out);
	out->counted_from = s;
}

void
term_first(
    struct jday certified_on, const struct term_rule *r, struct term *out)
{
	/* Civil Code 140: the first day is not counted. */
	struct jday s =
	    r->first_day_counts ? certified_on : jday_add_days(certified_on, 1);
	struct term t;

	term_counted(s, r, &t);
	t.certified_on = certified_on;
	t.starts = certified_on;
	*out = t;
}

void
term_next(const struct term *t, const struct term_rule *r, struct term *out)
{
	/* It begins at 0:00: its first day counts (Civil Code 140). */
	struct jday s = jday_add_days(t->valid_through, 1);
	struct term next;

	term_counted(s, r, &next);
	next.certified_on = t->certified_on;
	next.starts = s;
	*out = next;
}

int64_t
term_end_instant(const struct term *t)
{
	return instant_of_jday(jday_add_days(t->valid_through, 1));
}

bool
term_window_open(const struct term *t, int64_t received_at)
{
	return received_at >= instant_of_jday(t->window_opens) &&
	    received_at < instant_of_jday(jday_add_days(t->window_closes, 1));
}

struct jday
bar_earliest(struct jday received, int years, bool include_anniversary)
{
	bool none = false;
	struct jday d = jday_add_years(received, -years, &none);

	/*
	 * The day of receipt is counted, so its anniversary is outside.  With
	 * no such day d is the month's last: the next day is the 1st.
	 */
	return include_anniversary ? d : jday_add_days(d, 1);
}

bool
bar_applies(struct jday received, struct jday revoked_on, int years,
    bool include_anniversary)
{
	struct jday from = bar_earliest(received, years, include_anniversary);

	return jday_cmp(revoked_on, from) >= 0 &&
	    jday_cmp(revoked_on, received) <= 0;
}
