/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SLICE_H
#define NINTEI_SLICE_H
/*
 * slice: borrowed bytes; buf: owned bytes that never exceed their maximum.
 * Runs in: every process.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/cc.h"

/* Borrowed; not assumed to end in NUL. */
struct slice {
	const uint8_t *p;
	size_t n;
};

struct slice slice_of(const void *p, size_t n);
struct slice slice_str(const char *s); /* without its NUL; NULL is empty */
bool slice_eq(struct slice a, struct slice b);
bool slice_eq_str(struct slice a, const char *s);
/* A NUL-terminated copy; NULL if the bytes hold a NUL. */
char *slice_dup(struct slice s);

/*
 * A growing buffer.  Beyond its maximum, or out of memory, it turns bad and
 * stays so: check buf_ok() once, at the end.  p is always NUL-terminated
 * after the first append (the NUL is not counted in n).
 */
struct buf {
	uint8_t *p;
	size_t n;
	size_t cap;
	size_t max;
	bool bad;
};

#define BUF_INIT(maximum)        \
	{                        \
		.max = (maximum) \
	}

void buf_put(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, int c);
void buf_putf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool buf_ok(const struct buf *b);
struct slice buf_slice(const struct buf *b);
const char *buf_str(const struct buf *b); /* "" when empty */
/* The bytes, owned by the caller; the buffer is empty after. */
uint8_t *buf_take(struct buf *b, size_t *out_n);
void buf_reset(struct buf *b); /* empty, memory kept */
void buf_free(struct buf *b); /* for CLEANUP(buf_free) */

#endif
