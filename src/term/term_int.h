/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TERM_INT_H
#define NINTEI_TERM_INT_H
/* term_int: the characters and eras behind date_read. */
#include <uchar.h>
#include "nintei/term.h"

#define DATE_CHARS_MAX 64

struct ymd {
	int year, month, day;
};

struct era {
	const char *ja;
	char32_t name[3]; /* the same in code points */
	char32_t letter;
	char32_t square;
	struct ymd first_day, last_day, late_forms_until, accept_from;
};

extern const struct era eras[];
extern const size_t eras_n;

/* A date text after folding: allowed characters only, no blanks. */
struct date_chars {
	char32_t c[DATE_CHARS_MAX + 1]; /* ends in 0 */
	size_t n;
};

/* False with out->reason set: a character outside the list. */
bool date_chars_fold(struct slice text, struct date_chars *out, char *reason,
    size_t reason_size);

#endif
