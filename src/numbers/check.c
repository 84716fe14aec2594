/* SPDX-License-Identifier: Apache-2.0 */
/* Every field of a row against the definition of its column. */
#include <string.h>

#include "nintei/text.h"

#include "numbers_int.h"

static bool
is_digits(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static int
two(const uint8_t *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

static bool
is_leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

bool
numbers_is_day(struct slice s)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	int y, m, d;

	if (s.n != NUMBERS_DAY - 1 || s.p[4] != '-' || s.p[7] != '-' ||
	    !is_digits(slice_of(s.p, 4)) || !is_digits(slice_of(s.p + 5, 2)) ||
	    !is_digits(slice_of(s.p + 8, 2)))
		return false;
	y = two(s.p) * 100 + two(s.p + 2);
	m = two(s.p + 5);
	d = two(s.p + 8);
	if (y < 1873 || m < 1 || m > 12 || d < 1)
		return false;
	return d <= days[m - 1] + (m == 2 && is_leap(y) ? 1 : 0);
}

static bool
is_number(struct slice s)
{
	char text[CORPORATE_NUMBER_TEXT];

	if (s.n != CORPORATE_NUMBER_TEXT - 1)
		return false;
	for (size_t i = 0; i < s.n; i++)
		text[i] = (char)s.p[i];
	text[s.n] = '\0';
	return registry_number_check(text) == NUMBER_FAULT_NONE;
}

/* Each form says whether a field that is not blank has it. */
static enum numbers_fault
form_number(enum number_column c, struct slice s)
{
	(void)c;
	return is_number(s) ? NUMBERS_FAULT_NONE : NUMBERS_FAULT_NUMBER;
}

static enum numbers_fault
form_sequence(enum number_column c, struct slice s)
{
	(void)c;
	return is_digits(s) && s.n <= 8 ? NUMBERS_FAULT_NONE
					: NUMBERS_FAULT_SEQUENCE;
}

static enum numbers_fault
form_code(enum number_column c, struct slice s)
{
	return number_code_is(c, s) ? NUMBERS_FAULT_NONE : NUMBERS_FAULT_CODE;
}

static enum numbers_fault
form_day(enum number_column c, struct slice s)
{
	(void)c;
	return numbers_is_day(s) ? NUMBERS_FAULT_NONE : NUMBERS_FAULT_DATE;
}

static enum numbers_fault
form_image(enum number_column c, struct slice s)
{
	(void)c;
	return is_digits(s) && s.n <= 8 ? NUMBERS_FAULT_NONE
					: NUMBERS_FAULT_DIGITS;
}

static enum numbers_fault
form_city_code(enum number_column c, struct slice s)
{
	(void)c;
	return is_digits(s) && s.n == 3 ? NUMBERS_FAULT_NONE
					: NUMBERS_FAULT_DIGITS;
}

static enum numbers_fault
form_post_code(enum number_column c, struct slice s)
{
	(void)c;
	return is_digits(s) && s.n == 7 ? NUMBERS_FAULT_NONE
					: NUMBERS_FAULT_DIGITS;
}

#define NAME_CHARS 150
#define TEXT_CHARS 1000 /* the widest column has 600 */

static enum numbers_fault
form_name(enum number_column c, struct slice s)
{
	(void)c;
	return s.n <= NAME_CHARS || text_length(s) <= NAME_CHARS
	    ? NUMBERS_FAULT_NONE
	    : NUMBERS_FAULT_LENGTH;
}

static enum numbers_fault
form_text(enum number_column c, struct slice s)
{
	(void)c;
	return s.n <= TEXT_CHARS || text_length(s) <= TEXT_CHARS
	    ? NUMBERS_FAULT_NONE
	    : NUMBERS_FAULT_LENGTH;
}

enum may_be {
	BLANK = 0, /* always */
	BLANK_99, /* only of a number that was withdrawn */
	FILLED
};

static const struct {
	enum numbers_fault (*form)(enum number_column c, struct slice s);
	enum may_be blank;
} columns[NUMBER_COLUMNS] = {
	[NUMBER_SEQUENCE] = { form_sequence, FILLED },
	[NUMBER_NUMBER] = { form_number, FILLED },
	[NUMBER_PROCESS] = { form_code, FILLED },
	[NUMBER_CORRECT] = { form_code, FILLED },
	[NUMBER_UPDATE_DATE] = { form_day, FILLED },
	[NUMBER_CHANGE_DATE] = { form_day, FILLED },
	[NUMBER_NAME] = { form_name, BLANK_99 },
	[NUMBER_NAME_IMAGE] = { form_image, BLANK },
	[NUMBER_KIND] = { form_code, BLANK_99 },
	[NUMBER_PREFECTURE] = { form_text, BLANK },
	[NUMBER_CITY] = { form_text, BLANK },
	[NUMBER_STREET] = { form_text, BLANK },
	[NUMBER_ADDRESS_IMAGE] = { form_image, BLANK },
	[NUMBER_PREFECTURE_CODE] = { form_code, BLANK },
	[NUMBER_CITY_CODE] = { form_city_code, BLANK },
	[NUMBER_POST_CODE] = { form_post_code, BLANK },
	[NUMBER_OUTSIDE] = { form_text, BLANK },
	[NUMBER_OUTSIDE_IMAGE] = { form_image, BLANK },
	[NUMBER_CLOSE_DATE] = { form_day, BLANK },
	[NUMBER_CLOSE_CAUSE] = { form_code, BLANK },
	[NUMBER_SUCCESSOR] = { form_number, BLANK },
	[NUMBER_CHANGE_CAUSE] = { form_text, BLANK },
	[NUMBER_ASSIGNMENT_DATE] = { form_day, BLANK_99 },
	[NUMBER_LATEST] = { form_code, FILLED },
	[NUMBER_EN_NAME] = { form_text, BLANK },
	[NUMBER_EN_PREFECTURE] = { form_text, BLANK },
	[NUMBER_EN_CITY] = { form_text, BLANK },
	[NUMBER_EN_OUTSIDE] = { form_text, BLANK },
	[NUMBER_FURIGANA] = { form_text, BLANK },
	[NUMBER_HIDDEN] = { form_code, BLANK_99 },
};

#define ADDRESS_CHARS 300 /* columns 10 to 12 together */

static bool
address_fits(const struct numbers_row *row)
{
	const struct slice *f = row->field;
	size_t bytes =
	    f[NUMBER_PREFECTURE].n + f[NUMBER_CITY].n + f[NUMBER_STREET].n;

	return bytes <= ADDRESS_CHARS ||
	    text_length(f[NUMBER_PREFECTURE]) + text_length(f[NUMBER_CITY]) +
		text_length(f[NUMBER_STREET]) <=
	    ADDRESS_CHARS;
}

static enum numbers_fault
field_fault(const struct numbers_row *row, enum number_column c)
{
	if (row->field[c].n > 0)
		return columns[c].form(c, row->field[c]);
	if (columns[c].blank == BLANK ||
	    (columns[c].blank == BLANK_99 &&
		slice_eq_str(row->field[NUMBER_PROCESS], "99")))
		return NUMBERS_FAULT_NONE;
	return NUMBERS_FAULT_BLANK;
}

static bool
refuse(struct numbers_why *why, enum numbers_fault fault, int column)
{
	why->fault = fault;
	why->column = (enum number_column)column;
	return false;
}

bool
numbers_row_check(const struct numbers_row *row, struct numbers_why *why)
{
	for (int i = 0; i < NUMBER_COLUMNS; i++) {
		enum numbers_fault f = field_fault(row, (enum number_column)i);

		if (f != NUMBERS_FAULT_NONE)
			return refuse(why, f, i);
	}
	if (!address_fits(row))
		return refuse(why, NUMBERS_FAULT_LENGTH, NUMBER_STREET);
	if ((row->field[NUMBER_CLOSE_DATE].n > 0) !=
	    (row->field[NUMBER_CLOSE_CAUSE].n > 0))
		return refuse(why, NUMBERS_FAULT_CLOSING, NUMBER_CLOSE_DATE);
	return true;
}
