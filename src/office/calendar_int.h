/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CALENDAR_INT_H
#define NINTEI_CALENDAR_INT_H
/* calendar_int: iCalendar as it is written; no file is ever read. */
#include <stdint.h>
#include "nintei/slice.h"
#include "nintei/term.h"

struct calendar_entry {
	const char *dossier, *what, *instance; /* "" none */
	const char *nth; /* tells apart what else is the same; "" */
	struct jday day;
	int64_t stamp; /* when the calendar was made */
	const char *summary, *description;
};
void calendar_begin(struct buf *out);
void calendar_add(struct buf *out, const struct calendar_entry *t);
void calendar_end(struct buf *out);

#endif
