/* SPDX-License-Identifier: Apache-2.0 */
/* One line of the agency's CSV: characters, quotes, thirty fields. */
#include <string.h>

#include "nintei/text.h"

#include "numbers_int.h"

static bool
is_tail(uint8_t c)
{
	return (c & 0xC0) == 0x80;
}

/*
 * U+3000 to U+9FFF but for the Hangul filler's block, and the full-width
 * forms: nearly all that a row holds, and none of it is refused.
 */
static bool
is_plain(const uint8_t *p, size_t n)
{
	if (n < 3 || !is_tail(p[1]) || !is_tail(p[2]))
		return false;
	if (p[0] == 0xEF)
		return p[1] == 0xBC || p[1] == 0xBD;
	return p[0] >= 0xE3 && p[0] <= 0xE9 && !(p[0] == 0xE3 && p[1] == 0x85);
}

/* Outside of JIS X 0213: 髙, the radicals of Kangxi and their supplement. */
static bool
is_odd(uint32_t c)
{
	return c == 0x9AD9 || (c >= 0x2E80 && c <= 0x2FDF);
}

static bool
is_odd_plain(const uint8_t *p)
{
	return p[0] == 0xE9 && p[1] == 0xAB && p[2] == 0x99;
}

static enum numbers_fault
characters(struct slice s, bool *odd)
{
	uint32_t c;

	while (s.n > 0) {
		size_t step = 0;

		if (s.p[0] >= 0x20 && s.p[0] < 0x7F) {
			step = 1;
		} else if (is_plain(s.p, s.n)) {
			step = 3;
			*odd = *odd || is_odd_plain(s.p);
		}
		s.p += step;
		s.n -= step;
		if (step > 0)
			continue;
		if (!text_next(&s, &c))
			return NUMBERS_FAULT_ENCODING;
		if (text_is_control(c) || text_is_bidi(c))
			return NUMBERS_FAULT_CHARACTER;
		*odd = *odd || is_odd(c);
	}
	return NUMBERS_FAULT_NONE;
}

/* A quoted field from behind its first quote; NULL: it never ends. */
static uint8_t *
quoted(uint8_t *p, uint8_t *end, struct slice *out)
{
	uint8_t *to = p, *from = p;

	for (;;) {
		uint8_t *q = memchr(from, '"', (size_t)(end - from));
		size_t n;

		if (q == NULL)
			return NULL;
		n = (size_t)(q - from);
		if (to != from)
			memmove(to, from, n);
		to += n;
		if (q + 1 == end || q[1] != '"') {
			*out = slice_of(p, (size_t)(to - p));
			return q + 1;
		}
		*to++ = '"';
		from = q + 2;
	}
}

static uint8_t *
bare(uint8_t *p, uint8_t *end, struct slice *out)
{
	uint8_t *q = p;

	while (q < end && *q != ',' && *q != '"')
		q++;
	*out = slice_of(p, (size_t)(q - p));
	return q < end && *q == '"' ? NULL : q;
}

static enum numbers_fault
split(uint8_t *p, uint8_t *end, struct numbers_row *row)
{
	for (int i = 0; i < NUMBER_COLUMNS; i++) {
		if (p < end && *p == '"')
			p = quoted(p + 1, end, &row->field[i]);
		else
			p = bare(p, end, &row->field[i]);
		if (p == NULL || (p < end && *p != ','))
			return NUMBERS_FAULT_QUOTE;
		if (p == end)
			return i == NUMBER_COLUMNS - 1 ? NUMBERS_FAULT_NONE
						       : NUMBERS_FAULT_COLUMNS;
		p++;
	}
	return NUMBERS_FAULT_COLUMNS;
}

bool
numbers_row_read(
    uint8_t *line, size_t n, struct numbers_row *out, struct numbers_why *why)
{
	bool odd = false;

	*why = (struct numbers_why){ .column = NUMBER_COLUMNS };
	why->fault = characters(slice_of(line, n), &odd);
	if (why->fault == NUMBERS_FAULT_NONE)
		why->fault = split(line, line + n, out);
	if (why->fault != NUMBERS_FAULT_NONE)
		return false;
	out->odd = odd;
	return numbers_row_check(out, why);
}

const char *
numbers_fault_name(enum numbers_fault f)
{
	static const char *const names[NUMBERS_FAULT_MAX] = {
		[NUMBERS_FAULT_NONE] = "ok",
		[NUMBERS_FAULT_LONG] = "too_long",
		[NUMBERS_FAULT_ENCODING] = "encoding",
		[NUMBERS_FAULT_CHARACTER] = "character",
		[NUMBERS_FAULT_QUOTE] = "quote",
		[NUMBERS_FAULT_COLUMNS] = "columns",
		[NUMBERS_FAULT_LENGTH] = "length",
		[NUMBERS_FAULT_SEQUENCE] = "sequence",
		[NUMBERS_FAULT_NUMBER] = "check_digit",
		[NUMBERS_FAULT_CODE] = "code",
		[NUMBERS_FAULT_DATE] = "date",
		[NUMBERS_FAULT_DIGITS] = "digits",
		[NUMBERS_FAULT_BLANK] = "blank",
		[NUMBERS_FAULT_CLOSING] = "closing",
	};

	return f < NUMBERS_FAULT_MAX ? names[f] : "";
}
