/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed bytes and bounded growing buffers. */
#include "nintei/slice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slice
slice_of(const void *p, size_t n)
{
	struct slice s = { p, n };

	return s;
}

struct slice
slice_str(const char *s)
{
	return slice_of(s, s == NULL ? 0 : strlen(s));
}

bool
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
slice_eq_str(struct slice a, const char *s)
{
	return slice_eq(a, slice_str(s));
}

char *
slice_dup(struct slice s)
{
	if (s.n > 0 && memchr(s.p, '\0', s.n) != NULL)
		return NULL;
	return xstrndup(s.n == 0 ? "" : (const char *)s.p, s.n);
}

/* Room for n more bytes and a NUL. */
static bool
reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap < 256 ? 256 : b->cap;
	uint8_t *p;

	if (b->bad || n > b->max || b->n > b->max - n) {
		b->bad = true;
		return false;
	}
	if (b->n + n + 1 <= b->cap)
		return true;
	while (cap < b->n + n + 1)
		cap *= 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	if ((p = realloc(b->p, cap)) == NULL) {
		b->bad = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_putc(struct buf *b, int c)
{
	unsigned char byte = (unsigned char)c;

	buf_put(b, &byte, 1);
}

void
buf_putf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(b, (size_t)n)) {
		b->bad = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

bool
buf_ok(const struct buf *b)
{
	return !b->bad;
}

struct slice
buf_slice(const struct buf *b)
{
	return slice_of(b->p, b->n);
}

const char *
buf_str(const struct buf *b)
{
	return b->p == NULL ? "" : (const char *)b->p;
}

uint8_t *
buf_take(struct buf *b, size_t *out_n)
{
	uint8_t *p = b->p;

	if (out_n != NULL)
		*out_n = b->n;
	b->p = NULL;
	b->n = 0;
	b->cap = 0;
	return p;
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->bad = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void
buf_free(struct buf *b)
{
	free(b->p);
	b->p = NULL;
	b->n = 0;
	b->cap = 0;
}
