/* SPDX-License-Identifier: Apache-2.0 */
/* Compressed streams by zlib, liblzma and libzstd, with a bound on memory. */
#include "nintei/archx.h"

#include <stdlib.h>

#include <lzma.h>
#include <zstd.h>
#include <zstd_errors.h>

struct decoder {
	enum decode_form form;
	enum decode_state state; /* of the last run; never left after an end */
	struct inflater *gzip;
	lzma_stream xz;
	ZSTD_DStream *zstd;
};

static int
new_gzip(struct decoder *d, struct err *e)
{
	return inflater_new(INFLATE_GZIP, &d->gzip, e);
}

static int
new_xz(struct decoder *d, struct err *e)
{
	/* A check that cannot be made is a fault, not a warning. */
	if (lzma_stream_decoder(&d->xz, DECODE_XZ_BYTES,
		LZMA_TELL_UNSUPPORTED_CHECK) != LZMA_OK)
		return err_set(e, E_INTERNAL, "lzma_stream_decoder");
	return 0;
}

static int
new_zstd(struct decoder *d, struct err *e)
{
	if ((d->zstd = ZSTD_createDStream()) == NULL ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(
		d->zstd, ZSTD_d_windowLogMax, DECODE_ZSTD_LOG)))
		return err_set(e, E_INTERNAL, "ZSTD_createDStream");
	return 0;
}

static enum decode_state
run_gzip(struct decoder *d, struct slice *in, uint8_t *p, size_t cap, size_t *n)
{
	switch (inflater_run(d->gzip, in, p, cap, n)) {
	case INFLATE_MORE:
		return DECODE_MORE;
	case INFLATE_END:
		return DECODE_END;
	case INFLATE_BAD:
		break;
	}
	return DECODE_BAD;
}

static enum decode_state
run_xz(struct decoder *d, struct slice *in, uint8_t *p, size_t cap, size_t *n)
{
	lzma_ret rv;

	d->xz.next_in = in->p;
	d->xz.avail_in = in->n;
	d->xz.next_out = p;
	d->xz.avail_out = cap;
	rv = lzma_code(&d->xz, LZMA_RUN);
	*in = slice_of(d->xz.next_in, d->xz.avail_in);
	*n = cap - d->xz.avail_out;
	if (rv == LZMA_OK)
		return DECODE_MORE;
	if (rv == LZMA_STREAM_END)
		return DECODE_END;
	return rv == LZMA_MEMLIMIT_ERROR || rv == LZMA_MEM_ERROR ? DECODE_MEMORY
								 : DECODE_BAD;
}

static enum decode_state
run_zstd(struct decoder *d, struct slice *in, uint8_t *p, size_t cap, size_t *n)
{
	ZSTD_inBuffer from = { in->p, in->n, 0 };
	ZSTD_outBuffer to = { p, cap, 0 };
	size_t rv = ZSTD_decompressStream(d->zstd, &to, &from);
	ZSTD_ErrorCode code = ZSTD_getErrorCode(rv);

	*in = slice_of(in->p + from.pos, in->n - from.pos);
	*n = to.pos;
	if (!ZSTD_isError(rv))
		return rv == 0 ? DECODE_END : DECODE_MORE;
	return code == ZSTD_error_frameParameter_windowTooLarge ||
		code == ZSTD_error_memory_allocation
	    ? DECODE_MEMORY
	    : DECODE_BAD;
}

static const struct {
	int (*open)(struct decoder *, struct err *);
	enum decode_state (*run)(
	    struct decoder *, struct slice *, uint8_t *, size_t, size_t *);
} forms[] = {
	[DECODE_GZIP] = { new_gzip, run_gzip },
	[DECODE_XZ] = { new_xz, run_xz },
	[DECODE_ZSTD] = { new_zstd, run_zstd },
};

int
decoder_new(enum decode_form form, struct decoder **out, struct err *e)
{
	CLEANUP(decoder_freep) struct decoder *d = xcalloc(1, sizeof(*d));

	d->form = form;
	d->state = DECODE_MORE;
	if (forms[form].open(d, e) < 0)
		return -1;
	*out = TAKE(d);
	return 0;
}

enum decode_state
decoder_run(
    struct decoder *d, struct slice *in, uint8_t *p, size_t cap, size_t *out_n)
{
	*out_n = 0;
	if (d->state == DECODE_MORE)
		d->state = forms[d->form].run(d, in, p, cap, out_n);
	return d->state;
}

void
decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	inflater_free(d->gzip);
	lzma_end(&d->xz);
	ZSTD_freeDStream(d->zstd);
	free(d);
}
