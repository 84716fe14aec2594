/* SPDX-License-Identifier: Apache-2.0 */
/* The table of entries and the list of verdicts, under the limits. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle_int.h"

struct entry *
table_add(struct table *t)
{
	struct entry *ent;

	if (t->n >= LIMIT_ENTRIES)
		return NULL;
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 16 : t->cap * 2;
		t->items = xrealloc(t->items, t->cap, sizeof(*t->items));
	}
	ent = &t->items[t->n++];
	*ent = (struct entry){ 0 };
	return ent;
}

enum code
table_count(struct table *t, uint64_t size)
{
	if (size > LIMIT_ENTRY_BYTES)
		return table_fault(t, CODE_LIM_ENTRY, "%ju", (uintmax_t)size);
	t->total += size;
	if (t->total > LIMIT_TOTAL_BYTES)
		return table_fault(
		    t, CODE_LIM_TOTAL, "%ju", (uintmax_t)t->total);
	return CODE_NONE;
}

enum code
table_fault(struct table *t, enum code c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(t->detail, sizeof(t->detail), fmt, ap);
	va_end(ap);
	return c;
}

void
table_where(struct table *t, struct slice name)
{
	t->where.max = LIMIT_NAME_BYTES;
	buf_reset(&t->where);
	buf_put(&t->where, name.p,
	    name.n < LIMIT_NAME_BYTES ? name.n : LIMIT_NAME_BYTES);
}

void
table_free(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->items[i].name);
		free(t->items[i].own);
	}
	free(t->items);
	buf_free(&t->where);
	buf_free(&t->spool);
	*t = (struct table){ 0 };
}

void
verdict_add(
    struct verdicts *v, enum code c, struct slice member, const char *detail)
{
	char shown[LIMIT_NAME_BYTES], why[LIMIT_NAME_BYTES];

	if (v->n >= LIMIT_FINDINGS)
		return;
	if (v->n == v->cap) {
		v->cap = v->cap == 0 ? 8 : v->cap * 2;
		v->items = xrealloc(v->items, v->cap, sizeof(*v->items));
	}
	text_show(shown, sizeof(shown), (const char *)member.p, member.n);
	text_show(why, sizeof(why), detail, strlen(detail));
	v->items[v->n++] = (struct verdict){
		.code = c, .member = xstrdup(shown), .detail = xstrdup(why)
	};
}

void
verdicts_free(struct verdicts *v)
{
	for (size_t i = 0; i < v->n; i++) {
		free(v->items[i].member);
		free(v->items[i].detail);
	}
	free(v->items);
	*v = (struct verdicts){ 0 };
}
