/* SPDX-License-Identifier: Apache-2.0 */
/* xz and zstd streams made by hand: chunks that are not compressed. */
#include "support/archive_spec.h"

#include "nintei/archx.h"
#include "support/archive_make.h"

static void
le(struct buf *b, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		buf_putc(b, (int)(v & 0xff));
}

/* The bytes from at on, padded to four, and their CRC. */
static void
close_field(struct buf *b, size_t at)
{
	while ((b->n - at) % 4 != 0)
		buf_putc(b, 0);
	le(b, archx_crc32(0, slice_of(b->p + at, b->n - at)), 4);
}

static void
vli(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_putc(b, (int)((v & 0x7f) | 0x80));
	buf_putc(b, (int)v);
}

static void
lzma2(struct buf *out, struct slice in)
{
	for (int control = 1; in.n > 0; control = 2) {
		size_t n = in.n < 65536 ? in.n : 65536;

		buf_putc(out, control);
		buf_putc(out, (int)((n - 1) >> 8));
		buf_putc(out, (int)((n - 1) & 0xff));
		buf_put(out, in.p, n);
		in = slice_of(in.p + n, in.n - n);
	}
	buf_putc(out, 0);
}

/* Flags of the stream, which stand in its header and in its footer. */
static void
stream_flags(struct buf *b, int check)
{
	buf_putc(b, 0);
	buf_putc(b, check);
}

/* The xz file format, 1.1.0: one block with CRC-32, index, footer. */
void
xz_put(struct buf *out, struct slice content, int dict, int check)
{
	size_t at, block, unpadded, index;
	struct buf foot = BUF_INIT(64);

	buf_put(out,
	    "\xfd"
	    "7zXZ\0",
	    6);
	at = out->n;
	stream_flags(out, check);
	le(out, archx_crc32(0, slice_of(out->p + at, 2)), 4);
	block = out->n;
	buf_put(out, "\2\0\x21\1", 4);
	buf_putc(out, dict);
	close_field(out, block);
	lzma2(out, content);
	unpadded = out->n - block + 4;
	while ((out->n - block) % 4 != 0)
		buf_putc(out, 0);
	le(out, archx_crc32(0, content), 4);
	index = out->n;
	buf_put(out, "\0\1", 2);
	vli(out, unpadded);
	vli(out, content.n);
	close_field(out, index);
	le(&foot, (out->n - index) / 4 - 1, 4);
	stream_flags(&foot, check);
	le(out, archx_crc32(0, buf_slice(&foot)), 4);
	buf_put(out, foot.p, foot.n);
	buf_puts(out, "YZ");
	buf_free(&foot);
}

static bool
is_run(struct slice s)
{
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] != s.p[0])
			return false;
	return true;
}

/* RFC 8878: a frame without checksum and content size. */
void
zstd_put(struct buf *out, struct slice content, int window)
{
	bool run;

	buf_put(out, "\x28\xb5\x2f\xfd\0", 5);
	buf_putc(out, window);
	do {
		size_t n = content.n < 131072 ? content.n : 131072;

		run = n > 1 && is_run(slice_of(content.p, n));
		if (!run && n > 512)
			n = 512;
		le(out, (n == content.n) | (run ? 1U : 0U) << 1 | n << 3, 3);
		buf_put(out, content.p, run ? 1 : n);
		content = slice_of(content.p + n, content.n - n);
	} while (content.n > 0);
}
