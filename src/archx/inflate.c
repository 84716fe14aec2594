/* SPDX-License-Identifier: Apache-2.0 */
/* zlib streams fed and drained piece by piece, and CRC-32. */
#include "nintei/archx.h"

#include <limits.h>
#include <stdlib.h>

#include <zlib.h>

#define WINDOW_RAW (-15)
/* windowBits of zlib by form: a raw stream, one gzip member, a zlib stream. */
static const int windows[] = {
	[INFLATE_RAW] = WINDOW_RAW,
	[INFLATE_GZIP] = 15 + 16,
	[INFLATE_ZLIB] = 15,
};

struct inflater {
	z_stream z;
	bool over, bad;
};

uint32_t
archx_crc32(uint32_t crc, struct slice bytes)
{
	/* crc32(x, NULL, 0) would start anew. */
	if (bytes.n == 0)
		return crc;
	return (uint32_t)crc32_z(crc, bytes.p, bytes.n);
}

int
inflater_new(enum inflate_form form, struct inflater **out, struct err *e)
{
	CLEANUP(inflater_freep) struct inflater *z = NULL;

	z = xcalloc(1, sizeof(*z));
	if (inflateInit2(&z->z, windows[form]) != Z_OK)
		return err_set(e, E_INTERNAL, "inflateInit2");
	*out = TAKE(z);
	return 0;
}

static unsigned
clamp(size_t n)
{
	return n > UINT_MAX ? UINT_MAX : (unsigned)n;
}

enum inflate_state
inflater_run(
    struct inflater *z, struct slice *in, uint8_t *p, size_t cap, size_t *out_n)
{
	unsigned had = clamp(in->n), room = clamp(cap);
	int rv;

	*out_n = 0;
	if (z->bad || z->over)
		return z->bad ? INFLATE_BAD : INFLATE_END;
	z->z.next_in = (z_const Bytef *)(uintptr_t)in->p;
	z->z.avail_in = had;
	z->z.next_out = p;
	z->z.avail_out = room;
	rv = inflate(&z->z, Z_NO_FLUSH);
	in->p += had - z->z.avail_in;
	in->n -= had - z->z.avail_in;
	*out_n = room - z->z.avail_out;
	z->over = rv == Z_STREAM_END;
	z->bad = rv != Z_OK && rv != Z_STREAM_END && rv != Z_BUF_ERROR;
	if (z->bad)
		return INFLATE_BAD;
	return z->over ? INFLATE_END : INFLATE_MORE;
}

void
inflater_restart(struct inflater *z)
{
	z->bad = inflateReset(&z->z) != Z_OK;
	z->over = false;
}

void
inflater_free(struct inflater *z)
{
	if (z == NULL)
		return;
	inflateEnd(&z->z);
	free(z);
}

int
archx_deflate(struct slice in, struct buf *out, struct err *e)
{
	z_stream z = { 0 };
	uint8_t block[16384];
	int rv;

	if (in.n > UINT_MAX)
		return err_set(e, E_LIMIT, "too much to deflate");
	if (deflateInit2(
		&z, 6, Z_DEFLATED, WINDOW_RAW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(e, E_INTERNAL, "deflateInit2");
	z.next_in = (z_const Bytef *)(uintptr_t)in.p;
	z.avail_in = (unsigned)in.n;
	do {
		z.next_out = block;
		z.avail_out = sizeof(block);
		rv = deflate(&z, Z_FINISH);
		buf_put(out, block, sizeof(block) - z.avail_out);
	} while (rv == Z_OK && buf_ok(out));
	deflateEnd(&z);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "the deflated form is too long");
	if (rv != Z_STREAM_END)
		return err_set(e, E_INTERNAL, "deflate");
	return 0;
}
