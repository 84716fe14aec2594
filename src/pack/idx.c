/* SPDX-License-Identifier: Apache-2.0 */
/* What turns a segment into a pack: header, sum, idx version 2. */
#include "nintei/pack.h"

#include <stdlib.h>
#include <string.h>

#include "pack_int.h"

#define READ_BYTES KIB(256)
#define SMALL_OFFSET 0x80000000U /* from here on: the 64-bit table */
#define FANOUT 256

int
pack_trailer(int fd, uint64_t end, uint32_t count, struct pack_trailer *out,
    struct err *e)
{
	CLEANUP(digest_freep) struct digest *sha1 = digest_sha1_new();
	CLEANUP(freep) uint8_t *block = xcalloc(1, READ_BYTES);
	struct pack_trailer t;
	size_t want;

	pack_header(count, t.header);
	digest_update(sha1, slice_of(t.header, PACK_HEADER));
	for (uint64_t at = PACK_HEADER; at < end; at += want) {
		want = end - at < READ_BYTES ? (size_t)(end - at) : READ_BYTES;
		int64_t n = pack_pread(fd, block, want, at, e);
		if (n < 0)
			return -1;
		if ((size_t)n != want)
			return err_set(e, E_UNAVAILABLE, "a segment is short");
		digest_update(sha1, slice_of(block, want));
	}
	digest_final(sha1, t.sum);
	*out = t;
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct pack_mark *x = a, *y = b;

	return memcmp(x->id.b, y->id.b, GITX_OID);
}

size_t
pack_idx_max(size_t n)
{
	/* fanout, n * (id, crc, offset, 64-bit offset), two sums */
	return 8 + (size_t)FANOUT * 4 + n * (GITX_OID + 4 + 4 + 8) +
	    (size_t)2 * PACK_SUM;
}

static void
put32(struct buf *out, uint32_t v)
{
	uint8_t raw[4];

	be32_set(v, raw);
	buf_put(out, raw, sizeof(raw));
}

static void
put_fanout(const struct pack_mark *marks, size_t n, struct buf *out)
{
	size_t i = 0;

	for (unsigned first = 0; first < FANOUT; first++) {
		while (i < n && marks[i].id.b[0] == first)
			i++;
		put32(out, (uint32_t)i);
	}
}

static void
put_offsets(const struct pack_mark *marks, size_t n, struct buf *out)
{
	uint32_t large = 0;

	for (size_t i = 0; i < n; i++)
		put32(out,
		    marks[i].at < SMALL_OFFSET ? (uint32_t)marks[i].at
					       : SMALL_OFFSET | large++);
	for (size_t i = 0; large > 0 && i < n; i++) {
		if (marks[i].at < SMALL_OFFSET)
			continue;
		put32(out, (uint32_t)(marks[i].at >> 32));
		put32(out, (uint32_t)marks[i].at);
	}
}

int
pack_idx(struct pack_mark *marks, size_t n, const uint8_t sum[PACK_SUM],
    struct buf *out, struct err *e)
{
	size_t start = out->n;
	struct slice all;
	uint8_t own[PACK_SUM];

	if (n >= SMALL_OFFSET)
		return err_set(e, E_LIMIT, "too many objects for one pack");
	if (n > 1)
		qsort(marks, n, sizeof(*marks), by_id);
	for (size_t i = 1; i < n; i++)
		if (by_id(&marks[i - 1], &marks[i]) == 0)
			return err_set(e, E_INPUT, "an object twice in a pack");
	put32(out, 0xff744f63);
	put32(out, 2);
	put_fanout(marks, n, out);
	for (size_t i = 0; i < n; i++)
		buf_put(out, marks[i].id.b, GITX_OID);
	for (size_t i = 0; i < n; i++)
		put32(out, marks[i].crc);
	put_offsets(marks, n, out);
	buf_put(out, sum, PACK_SUM);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "idx too large");
	all = slice_of(out->p + start, out->n - start);
	sha1_parts(&all, 1, own);
	buf_put(out, own, PACK_SUM);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "idx too large");
}
