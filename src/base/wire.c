/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of frames: sticky big-endian readers and writers. */
#include "nintei/wire.h"

#include <string.h>

struct rd
rd_init(struct slice frame)
{
	struct rd r = { frame.p, frame.n, false };

	return r;
}

/* The next n bytes, or NULL and poisoned. */
static const uint8_t *
take(struct rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || n > r->n) {
		r->bad = true;
		return NULL;
	}
	r->p += n;
	r->n -= n;
	return p;
}

static uint64_t
number(struct rd *r, size_t bytes)
{
	const uint8_t *p = take(r, bytes);
	uint64_t v = 0;

	for (size_t i = 0; p != NULL && i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t
rd_u8(struct rd *r)
{
	return (uint8_t)number(r, 1);
}

uint16_t
rd_u16(struct rd *r)
{
	return (uint16_t)number(r, 2);
}

uint32_t
rd_u32(struct rd *r)
{
	return (uint32_t)number(r, 4);
}

uint64_t
rd_u64(struct rd *r)
{
	return number(r, 8);
}

int64_t
rd_i64(struct rd *r)
{
	uint64_t v = number(r, 8);
	int64_t out;

	memcpy(&out, &v, sizeof(out));
	return out;
}

bool
rd_bool(struct rd *r)
{
	uint8_t v = rd_u8(r);

	if (v > 1)
		r->bad = true;
	return v == 1;
}

struct slice
rd_bytes(struct rd *r, size_t max)
{
	uint32_t n = rd_u32(r);
	const uint8_t *p;

	if (n > max)
		r->bad = true;
	p = take(r, n);
	return slice_of(p, p == NULL ? 0 : n);
}

struct slice
rd_text(struct rd *r, size_t max)
{
	struct slice s = rd_bytes(r, max);

	if (!utf8_valid(s)) {
		r->bad = true;
		return slice_of(NULL, 0);
	}
	return s;
}

void
rd_str(struct rd *r, char *out, size_t cap)
{
	struct slice s = rd_text(r, cap - 1);

	if (s.n > 0)
		memcpy(out, s.p, s.n);
	out[s.n] = '\0';
}

void
rd_raw(struct rd *r, void *out, size_t n)
{
	const uint8_t *p = take(r, n);

	if (p != NULL)
		memcpy(out, p, n);
	else
		memset(out, 0, n);
}

int
rd_end(const struct rd *r, struct err *e)
{
	if (r->bad)
		return err_set(e, E_IPC, "a frame is cut off or out of bounds");
	if (r->n != 0)
		return err_set(e, E_IPC, "%zu bytes after the end", r->n);
	return 0;
}

static void
put_number(struct buf *b, uint64_t v, size_t bytes)
{
	uint8_t out[8];

	for (size_t i = 0; i < bytes; i++)
		out[i] = (uint8_t)(v >> (8 * (bytes - 1 - i)));
	buf_put(b, out, bytes);
}

void
wr_u8(struct buf *b, uint8_t v)
{
	put_number(b, v, 1);
}

void
wr_u16(struct buf *b, uint16_t v)
{
	put_number(b, v, 2);
}

void
wr_u32(struct buf *b, uint32_t v)
{
	put_number(b, v, 4);
}

void
wr_u64(struct buf *b, uint64_t v)
{
	put_number(b, v, 8);
}

void
wr_i64(struct buf *b, int64_t v)
{
	put_number(b, (uint64_t)v, 8);
}

void
wr_bool(struct buf *b, bool v)
{
	wr_u8(b, v ? 1 : 0);
}

void
wr_bytes(struct buf *b, struct slice s)
{
	if (s.n > UINT32_MAX) {
		b->bad = true;
		return;
	}
	wr_u32(b, (uint32_t)s.n);
	buf_put(b, s.p, s.n);
}

void
wr_text(struct buf *b, const char *s)
{
	wr_bytes(b, slice_str(s));
}
