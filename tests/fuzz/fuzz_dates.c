/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: date_read jday_parse period_parse date_format_ja */
#include <stdlib.h>

#include "nintei/term.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct date_reading r, again;
	struct err e = ERR_INIT;
	struct period p;
	struct jday d;
	char *text = slice_dup(slice_of(data, n));
	char long_form[64];

	date_read(slice_of(data, n), &r);
	if (r.ok == (r.reason[0] != '\0'))
		abort(); /* a refusal carries a reason */
	if (r.ok) {
		date_read(slice_str(date_format_ja(r.day, long_form)), &again);
		if (!again.ok || again.day.n != r.day.n)
			abort();
	}
	if (text != NULL) {
		(void)!jday_parse(text, &d, &e);
		(void)!period_parse(text, &p, &e);
	}
	free(text);
	return 0;
}
