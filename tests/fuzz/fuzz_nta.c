/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: numbers_row_read numbers_row_keep numbers_entry_load */
#include <stdlib.h>
#include <string.h>

#include "nintei/text.h"

#include "numbers_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What is kept of a row gives the same fields back. */
static void
round_trip(const struct numbers_row *row)
{
	CLEANUP(buf_free) struct buf kept = BUF_INIT(4 * NUMBERS_ROW_BYTES);
	CLEANUP(numbers_entry_done) struct numbers_entry t = { .hold = NULL };
	struct err e = ERR_INIT;
	struct jday day;

	numbers_row_keep(row, &kept);
	if (numbers_entry_load((const char *)row->field[NUMBER_NUMBER].p,
		buf_slice(&kept), "2026-05-29", &t, &e) < 0)
		abort();
	for (int i = NUMBER_NUMBER; i < NUMBER_COLUMNS; i++)
		if (!slice_eq_str(row->field[i], t.field[i]))
			abort();
	if (!text_is_ascii(slice_str(numbers_address_of(&t).text)) &&
	    text_length(slice_str(numbers_address_of(&t).text)) == 0)
		abort();
	(void)numbers_legal_day(&t, &day);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *line = n == 0 || n > NUMBERS_ROW_BYTES ? NULL : malloc(n);
	struct numbers_row row;
	struct numbers_why why;

	if (line == NULL)
		return 0;
	memcpy(line, data, n);
	if (numbers_row_read(line, n, &row, &why))
		round_trip(&row);
	else if (why.fault == NUMBERS_FAULT_NONE)
		abort(); /* a refusal says why */
	free(line);
	return 0;
}
