/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: decoder_run stream_next */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/archx.h"

#include "bundle_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define OUT_MAX MIB(1)

/* What came out, how it ended, and what was left of the input. */
struct ran {
	enum decode_state state;
	uint32_t crc;
	uint64_t given;
	size_t left;
	bool is_cut;
};

static struct ran
run(enum decode_form form, struct slice in, size_t cap)
{
	CLEANUP(decoder_freep) struct decoder *d = NULL;
	CLEANUP(freep) uint8_t *block = xcalloc(1, cap);
	struct ran r = { .state = DECODE_MORE };
	struct err e = ERR_INIT;
	size_t n;

	if (decoder_new(form, &d, &e) < 0)
		abort();
	while (r.state == DECODE_MORE && !r.is_cut && r.given < OUT_MAX) {
		r.state = decoder_run(d, &in, block, cap, &n);
		if (n > cap)
			abort();
		r.crc = archx_crc32(r.crc, slice_of(block, n));
		r.given += n;
		r.is_cut = r.state == DECODE_MORE && n == 0 && in.n == 0;
	}
	r.left = in.n;
	return r;
}

/* The size of the blocks makes no difference to a stream that is whole. */
static void
compare(enum decode_form form, struct slice in)
{
	struct ran one = run(form, in, KIB(64)), many = run(form, in, 61);

	if (one.state != DECODE_END || one.given >= OUT_MAX)
		return;
	if (many.state != one.state || many.crc != one.crc ||
	    many.given != one.given || many.left != one.left)
		abort();
}

/* No more than the limits allow comes out of a stream. */
static void
bounded(enum bundle_format format, struct slice in)
{
	CLEANUP(stream_free) struct stream s;
	struct slice block;
	int rv;

	stream_init(&s, in, format);
	while ((rv = stream_next(&s, &block)) == 1)
		if (block.n == 0 || block.n > KIB(64) ||
		    s.given > LIMIT_TOTAL_BYTES + MIB(16))
			abort();
	if ((rv < 0) != (s.fault != CODE_NONE))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice in = slice_of(data, n);
	const struct magic *m = magic_of(in);

	if (m == NULL || m->format < BUNDLE_TAR_GZ ||
	    m->format > BUNDLE_TAR_ZST)
		return 0;
	compare(
	    (enum decode_form)(m->format - BUNDLE_TAR_GZ + DECODE_GZIP), in);
	bounded(m->format, in);
	return 0;
}
