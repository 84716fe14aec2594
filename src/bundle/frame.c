/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a frame from worker to parent: 24 bytes, big-endian. */
#include "nintei/wire.h"

#include "bundle_int.h"

void
frame_encode(const struct frame *f, struct buf *out)
{
	wr_u32(out, f->magic);
	wr_u16(out, f->type);
	wr_u16(out, f->code);
	wr_u32(out, f->seq);
	wr_u32(out, f->len);
	wr_u64(out, f->a);
}

struct frame
frame_decode(const uint8_t p[FRAME_HEAD_BYTES])
{
	struct rd r = rd_init(slice_of(p, FRAME_HEAD_BYTES));
	struct frame f;

	f.magic = rd_u32(&r);
	f.type = rd_u16(&r);
	f.code = rd_u16(&r);
	f.seq = rd_u32(&r);
	f.len = rd_u32(&r);
	f.a = rd_u64(&r);
	return f;
}
