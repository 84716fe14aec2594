/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WIRE_H
#define NINTEI_WIRE_H
/*
 * wire: the fields of a frame between processes.  Big-endian, no structs.
 * A reader is a sticky cursor: a short read or a field over its limit poisons
 * it; rd_end() asks once for "not poisoned and nothing left".
 * Text is u32 length + bytes and must be UTF-8 without NUL.
 * Runs in: every process.  Rules: docs/PROTOCOL.ipc.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

struct rd {
	const uint8_t *p;
	size_t n; /* bytes left */
	bool bad;
};

struct rd rd_init(struct slice frame);
uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r);
uint32_t rd_u32(struct rd *r);
uint64_t rd_u64(struct rd *r);
int64_t rd_i64(struct rd *r);
bool rd_bool(struct rd *r); /* 0 or 1, else poisoned */
/* Borrowed from the frame; empty when poisoned. */
struct slice rd_bytes(struct rd *r, size_t max);
struct slice rd_text(struct rd *r, size_t max);
/* rd_text copied into out[cap], NUL-terminated; longer: poisoned. */
void rd_str(struct rd *r, char *out, size_t cap);
/* Exactly n raw bytes without a length. */
void rd_raw(struct rd *r, void *out, size_t n);
int rd_end(const struct rd *r, struct err *e) MUST_CHECK; /* E_IPC */

/* Writers append to a buf, whose maximum bounds the frame. */
void wr_u8(struct buf *b, uint8_t v);
void wr_u16(struct buf *b, uint16_t v);
void wr_u32(struct buf *b, uint32_t v);
void wr_u64(struct buf *b, uint64_t v);
void wr_i64(struct buf *b, int64_t v);
void wr_bool(struct buf *b, bool v);
void wr_bytes(struct buf *b, struct slice s);
void wr_text(struct buf *b, const char *s); /* NULL is empty */

/* Strict UTF-8: no overlong form, no surrogate, no NUL, at most U+10FFFF. */
bool utf8_valid(struct slice s);
/* What a width or an array has cut: each byte that is no character is '?'. */
char *utf8_mend(char *s);

#endif
