/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of a pack, whole: type, size and a zlib stream. */
#include "nintei/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <libdeflate.h>

#include "pack_int.h"

#define PRESS_LEVEL 1

/* A zlib stream that says: window 32 KiB, fastest; a multiple of 31. */
static const uint8_t zlib_head[ZLIB_HEAD] = { 0x78, 0x01 };

struct pack_press {
	struct libdeflate_compressor *z;
	uint8_t *out;
	size_t cap;
};

uint32_t
be32_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

uint64_t
be64_get(const uint8_t *p)
{
	return (uint64_t)be32_get(p) << 32 | be32_get(p + 4);
}

void
be32_set(uint32_t v, uint8_t *p)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

void
pack_header(uint32_t count, uint8_t out[PACK_HEADER])
{
	be32_set(0x5041434b, out); /* PACK */
	be32_set(2, out + 4);
	be32_set(count, out + 8);
}

size_t
entry_head(unsigned type, uint64_t size, uint8_t out[ENTRY_HEAD_MAX])
{
	uint8_t byte = (uint8_t)(type << 4 | (size & 15));
	size_t n = 0;

	for (size >>= 4; size > 0; size >>= 7) {
		out[n++] = byte | 0x80;
		byte = size & 0x7f;
	}
	out[n++] = byte;
	return n;
}

int
entry_head_read(struct slice in, unsigned *out_type, uint64_t *out_size)
{
	uint64_t size, part;
	unsigned shift = 4;
	size_t i = 0;

	if (in.n == 0)
		return 0;
	size = in.p[0] & 15;
	while ((in.p[i++] & 0x80) != 0) {
		if (shift > 60)
			return -1;
		if (i == in.n)
			return 0;
		part = in.p[i] & 0x7f;
		if (part << shift >> shift != part)
			return -1;
		size |= part << shift;
		shift += 7;
	}
	*out_type = in.p[0] >> 4 & 7;
	*out_size = size;
	return (int)i;
}

void
stored_head(uint32_t len, bool last, uint8_t out[STORED_HEAD])
{
	out[0] = last;
	out[1] = (uint8_t)len;
	out[2] = (uint8_t)(len >> 8);
	out[3] = out[1] ^ 0xff;
	out[4] = out[2] ^ 0xff;
}

/* RFC 1951 3.2.4; the bits that fill the byte are zero in ours. */
bool
stored_head_read(
    const uint8_t p[STORED_HEAD], uint32_t *out_len, bool *out_last)
{
	if (p[0] > 1 || (p[1] ^ p[3]) != 0xff || (p[2] ^ p[4]) != 0xff)
		return false;
	*out_len = (uint32_t)p[1] | (uint32_t)p[2] << 8;
	*out_last = p[0] == 1;
	return true;
}

static uint64_t
blocks_of(uint64_t size)
{
	return size == 0 ? 1 : (size - 1) / STORED_MAX + 1;
}

uint64_t
pack_stored_size(uint64_t size)
{
	uint8_t head[ENTRY_HEAD_MAX];

	return entry_head(PACK_BLOB, size, head) + ZLIB_HEAD +
	    blocks_of(size) * STORED_HEAD + size + ZLIB_SUM;
}

static void
put_blocks(struct buf *b, struct slice bytes)
{
	uint8_t head[STORED_HEAD];
	size_t len;
	bool last;

	do {
		last = bytes.n <= STORED_MAX;
		len = last ? bytes.n : STORED_MAX;
		stored_head((uint32_t)len, last, head);
		buf_put(b, head, sizeof(head));
		buf_put(b, bytes.p, len);
		bytes.p += len;
		bytes.n -= len;
	} while (!last);
}

static uint32_t
crc_from(const struct buf *b, size_t start)
{
	if (!buf_ok(b))
		return 0;
	return libdeflate_crc32(0, b->p + start, b->n - start);
}

void
pack_put_stored(
    struct buf *b, enum pack_type type, struct slice bytes, uint32_t *out_crc)
{
	uint8_t head[ENTRY_HEAD_MAX], sum[ZLIB_SUM];
	size_t start = b->n;

	if (bytes.n == 0)
		bytes = slice_str("");
	buf_put(b, head, entry_head(type, bytes.n, head));
	buf_put(b, zlib_head, ZLIB_HEAD);
	be32_set(libdeflate_adler32(1, bytes.p, bytes.n), sum);
	put_blocks(b, bytes);
	buf_put(b, sum, ZLIB_SUM);
	*out_crc = crc_from(b, start);
}

struct pack_press *
pack_press_new(void)
{
	struct pack_press *z = xcalloc(1, sizeof(*z));

	z->z = libdeflate_alloc_compressor(PRESS_LEVEL);
	if (z->z == NULL)
		abort();
	return z;
}

/*
 * The bytes of the stream, 0 where stored is better.  A stream that begins
 * with a stored block is stored throughout: so the scan can tell.
 */
static size_t
press(struct pack_press *z, struct slice bytes)
{
	size_t n;

	if (bytes.n > z->cap) {
		z->cap = bytes.n;
		z->out = xrealloc(z->out, z->cap, 1);
	}
	/* No room for what is not shorter. */
	n = libdeflate_zlib_compress(z->z, bytes.p, bytes.n, z->out, bytes.n);
	if (n <= ZLIB_HEAD || (z->out[ZLIB_HEAD] & 6) == 0)
		return 0;
	return n;
}

void
pack_put_pressed(struct pack_press *z, struct buf *b, enum pack_type type,
    struct slice bytes, uint32_t *out_crc)
{
	uint8_t head[ENTRY_HEAD_MAX];
	size_t start = b->n;
	size_t n = bytes.n == 0 ? 0 : press(z, bytes);

	if (n == 0) {
		pack_put_stored(b, type, bytes, out_crc);
		return;
	}
	buf_put(b, head, entry_head(type, bytes.n, head));
	buf_put(b, z->out, n);
	*out_crc = crc_from(b, start);
}

void
pack_press_free(struct pack_press *z)
{
	if (z == NULL)
		return;
	libdeflate_free_compressor(z->z);
	free(z->out);
	free(z);
}

int64_t
pack_pread(int fd, void *p, size_t n, uint64_t at, struct err *e)
{
	size_t have = 0;
	ssize_t got;

	while (have < n) {
		got = pread(
		    fd, (uint8_t *)p + have, n - have, (off_t)(at + have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, E_UNAVAILABLE, "read of a pack");
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (int64_t)have;
}
