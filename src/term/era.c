/* SPDX-License-Identifier: Apache-2.0 */
/* The era of a day. */
#include "term_int.h"

bool
jday_era(struct jday d, struct jday_era *out)
{
	for (size_t i = 0; i < eras_n; i++) {
		const struct ymd *a = &eras[i].first_day,
				 *z = &eras[i].last_day;
		struct jday first, last;
		int year, month, day;

		if (!jday_of_civil(a->year, a->month, a->day, &first) ||
		    !jday_of_civil(z->year, z->month, z->day, &last) ||
		    jday_cmp(d, first) < 0 || jday_cmp(d, last) > 0)
			continue;
		jday_civil(d, &year, &month, &day);
		out->name = eras[i].ja;
		out->letter = (char)eras[i].letter;
		out->year = year - a->year + 1;
		return true;
	}
	return false;
}
