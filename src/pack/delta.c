/* SPDX-License-Identifier: Apache-2.0 */
/* Deltas of a pack: copy from the base, or insert. */
#include <string.h>

#include "packset_int.h"

#define COPY_WHOLE 0x10000 /* a copy of size 0 */

static int
bad(struct err *e)
{
	return err_set(e, E_STORE_CORRUPT, "a delta in a pack");
}

/* 7 bits a byte, the lowest first. */
static int
varint(struct slice *in, uint64_t *out, struct err *e)
{
	uint64_t v = 0, part;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (in->n == 0)
			return bad(e);
		part = in->p[0] & 0x7f;
		if (part << shift >> shift != part)
			return bad(e);
		v |= part << shift;
		in->p++;
		in->n--;
		if ((in->p[-1] & 0x80) == 0) {
			*out = v;
			return 0;
		}
	}
	return bad(e);
}

int
delta_sizes(
    struct slice *delta, uint64_t *out_base, uint64_t *out_size, struct err *e)
{
	if (varint(delta, out_base, e) < 0)
		return -1;
	return varint(delta, out_size, e);
}

/* Offset in four bytes, size in three; the bits of op say which are there. */
static bool
copy_read(struct slice *in, uint8_t op, uint32_t *out_at, uint32_t *out_n)
{
	uint32_t field[2] = { 0, 0 };

	for (unsigned i = 0; i < 7; i++) {
		if ((op & 1U << i) == 0)
			continue;
		if (in->n == 0)
			return false;
		field[i / 4] |= (uint32_t)in->p[0] << 8 * (i % 4);
		in->p++;
		in->n--;
	}
	*out_at = field[0];
	*out_n = field[1] == 0 ? COPY_WHOLE : field[1];
	return true;
}

/* What the next instruction gives: bytes of the base or of the delta. */
static bool
step(struct slice base, struct slice *in, struct slice *out)
{
	uint8_t op = in->p[0];
	uint32_t at, n;

	in->p++;
	in->n--;
	if ((op & 0x80) == 0) {
		if (op == 0 || op > in->n)
			return false;
		*out = slice_of(in->p, op);
		in->p += op;
		in->n -= op;
		return true;
	}
	if (!copy_read(in, op, &at, &n) || at > base.n || n > base.n - at)
		return false;
	*out = slice_of(base.p + at, n);
	return true;
}

/* PACK-8 */
int
delta_apply(struct slice base, struct slice delta, uint8_t *out, size_t size,
    struct err *e)
{
	struct slice part;

	while (delta.n > 0) {
		if (!step(base, &delta, &part) || part.n > size)
			return bad(e);
		memcpy(out, part.p, part.n);
		out += part.n;
		size -= part.n;
	}
	return size == 0 ? 0 : bad(e);
}
