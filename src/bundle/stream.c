/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a tar, plain or out of one stream, under the limits. */
#include <stdlib.h>

#include "nintei/archx.h"

#include "bundle_int.h"

#define BLOCK_BYTES KIB(64)
#define RATIO_FREE_BYTES MIB(4)
/* Headers, padding and the zeros after the end, beside the contents. */
#define OVERHEAD_BYTES MIB(8)

/* By enum bundle_format. */
static const enum decode_form forms[BUNDLE_FORMAT_MAX] = {
	[BUNDLE_TAR_GZ] = DECODE_GZIP,
	[BUNDLE_TAR_XZ] = DECODE_XZ,
	[BUNDLE_TAR_ZST] = DECODE_ZSTD,
};

void
stream_init(struct stream *s, struct slice all, enum bundle_format format)
{
	struct err e = ERR_INIT;

	*s = (struct stream){ .left = all };
	if (forms[format] == DECODE_NONE)
		return;
	s->block = xcalloc(1, BLOCK_BYTES);
	if (decoder_new(forms[format], &s->decoder, &e) < 0)
		s->fault = CODE_LIM_MEMORY;
}

void
stream_free(struct stream *s)
{
	decoder_free(s->decoder);
	free(s->block);
}

/* All at once: who reads it then finds each member in one piece. */
static int
next_plain(struct stream *s, struct slice *out)
{
	*out = s->left;
	s->left = slice_of(s->left.p + s->left.n, 0);
	return out->n > 0;
}

static int
fail(struct stream *s, enum code c)
{
	s->fault = c;
	return -1;
}

static int
check_limits(struct stream *s)
{
	if (s->given > LIMIT_TOTAL_BYTES + OVERHEAD_BYTES)
		return fail(s, CODE_LIM_TOTAL);
	if (s->given > RATIO_FREE_BYTES &&
	    s->given / LIMIT_RATIO_STREAM > s->taken)
		return fail(s, CODE_LIM_RATIO);
	return 0;
}

/* How the stream stands after a block. */
static int
judge(struct stream *s, enum decode_state st)
{
	if (st == DECODE_BAD)
		return fail(s, CODE_CORRUPT);
	if (st == DECODE_MEMORY)
		return fail(s, CODE_LIM_MEMORY);
	s->over = st == DECODE_END;
	if (s->over && s->left.n > 0)
		return fail(s, CODE_TRAILING);
	return check_limits(s);
}

/* A full block, or what there is at the end. */
static int
next_decoded(struct stream *s, struct slice *out)
{
	size_t have = s->left.n, n, got = 0;
	enum decode_state st = DECODE_MORE;

	while (got < BLOCK_BYTES && st == DECODE_MORE) {
		st = decoder_run(s->decoder, &s->left, s->block + got,
		    BLOCK_BYTES - got, &n);
		if (st == DECODE_MORE && n == 0 && s->left.n == 0)
			return fail(s, CODE_CORRUPT);
		got += n;
	}
	s->taken += have - s->left.n;
	s->given += got;
	if (judge(s, st) < 0)
		return -1;
	*out = slice_of(s->block, got);
	return got > 0;
}

int
stream_next(void *stream, struct slice *out)
{
	struct stream *s = stream;

	if (s->fault != CODE_NONE)
		return -1;
	if (s->decoder == NULL)
		return next_plain(s, out);
	return s->over ? 0 : next_decoded(s, out);
}
