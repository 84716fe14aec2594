/* SPDX-License-Identifier: Apache-2.0 */
/* One row of the register as it is kept, and what can be read off it. */
#include "nintei/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/text.h"

#include "numbers_int.h"

const char numbers_credit[] = "出典：国税庁法人番号公表サイト";
const char numbers_disclaimer_ja[] =
    "この情報の内容は国税庁によって保証されたものではありません。";
const char numbers_disclaimer_en[] =
    "The National Tax Agency does not guarantee this information.";

void
numbers_row_keep(const struct numbers_row *row, struct buf *out)
{
	for (int i = NUMBER_PROCESS; i < NUMBER_COLUMNS; i++) {
		if (i > NUMBER_PROCESS)
			buf_putc(out, NUMBERS_FIELD_END);
		buf_put(out, row->field[i].p, row->field[i].n);
	}
}

/* hold: "number NUL kept NUL", the separators become NUL. */
static bool
split(struct numbers_entry *t, size_t n)
{
	char *at = t->hold + CORPORATE_NUMBER_TEXT;
	char *end = at + n;

	t->field[NUMBER_SEQUENCE] = "";
	t->field[NUMBER_NUMBER] = t->hold;
	for (int i = NUMBER_PROCESS; i < NUMBER_COLUMNS; i++) {
		char *stop = memchr(at, NUMBERS_FIELD_END, (size_t)(end - at));

		if ((stop == NULL) != (i == NUMBER_COLUMNS - 1))
			return false;
		t->field[i] = at;
		if (stop != NULL) {
			*stop = '\0';
			at = stop + 1;
		}
	}
	return true;
}

/* A file that another program wrote may hold anything; people see this. */
static bool
is_showable(struct slice kept)
{
	uint32_t c;

	while (kept.n > 0) {
		if (*kept.p == NUMBERS_FIELD_END) {
			kept.p++;
			kept.n--;
		} else if (!text_next(&kept, &c) || text_is_control(c) ||
		    text_is_bidi(c))
			return false;
	}
	return true;
}

int
numbers_entry_load(const char *number, struct slice kept, const char *as_of,
    struct numbers_entry *out, struct err *e)
{
	struct buf hold = BUF_INIT(4 * NUMBERS_ROW_BYTES);
	struct numbers_entry t = { .hold = NULL };
	size_t n;

	buf_put(&hold, number, CORPORATE_NUMBER_TEXT - 1);
	buf_putc(&hold, '\0');
	buf_put(&hold, kept.p, kept.n);
	if (!buf_ok(&hold)) {
		buf_free(&hold);
		return err_set(e, E_STORE_CORRUPT, "a row is too long");
	}
	t.hold = (char *)buf_take(&hold, &n);
	(void)snprintf(
	    t.as_of, sizeof(t.as_of), "%s", as_of != NULL ? as_of : "");
	if (!is_showable(kept) || !split(&t, kept.n)) {
		numbers_entry_done(&t);
		return err_set(e, E_STORE_CORRUPT, "a row is malformed");
	}
	*out = t;
	return 0;
}

void
numbers_entry_done(struct numbers_entry *e)
{
	free(e->hold);
	*e = (struct numbers_entry){ .hold = NULL };
}

static bool
has(const struct numbers_entry *e, enum number_column c)
{
	return e->field[c] != NULL && e->field[c][0] != '\0';
}

struct numbers_address
numbers_address_of(const struct numbers_entry *e)
{
	static const enum number_column parts[] = { NUMBER_PREFECTURE,
		NUMBER_CITY, NUMBER_STREET, NUMBER_OUTSIDE };
	struct numbers_address a = { "" };
	size_t n = 0;

	for (size_t i = 0; i < NELEM(parts); i++)
		if (has(e, parts[i]))
			for (const char *p = e->field[parts[i]];
			     *p != '\0' && n < sizeof(a.text) - 1; p++)
				a.text[n++] = *p;
	/* No half character at the cut. */
	if (n == sizeof(a.text) - 1)
		while (n > 0 && ((unsigned char)a.text[n - 1] & 0xC0) == 0x80)
			n--;
	if (n > 0 && ((unsigned char)a.text[n - 1] & 0xC0) == 0xC0)
		n--;
	a.text[n] = '\0';
	return a;
}

bool
numbers_is_closed(const struct numbers_entry *e)
{
	return has(e, NUMBER_CLOSE_DATE);
}

bool
numbers_is_withdrawn(const struct numbers_entry *e)
{
	return has(e, NUMBER_PROCESS) &&
	    strcmp(e->field[NUMBER_PROCESS], "99") == 0;
}

bool
numbers_name_is_cut(const struct numbers_entry *e)
{
	return has(e, NUMBER_NAME_IMAGE);
}

bool
numbers_address_is_cut(const struct numbers_entry *e)
{
	return has(e, NUMBER_ADDRESS_IMAGE) || has(e, NUMBER_OUTSIDE_IMAGE);
}

/* The date that the text begins with ends at its first 日. */
bool
numbers_legal_day(const struct numbers_entry *e, struct jday *out)
{
	static const char day[] = "日";
	const char *text = e->field[NUMBER_CHANGE_CAUSE];
	const char *end = text != NULL ? strstr(text, day) : NULL;
	struct date_reading r;

	if (end == NULL)
		return false;
	date_read(slice_of(text, (size_t)(end - text) + sizeof(day) - 1), &r);
	if (r.ok)
		*out = r.day;
	return r.ok;
}
