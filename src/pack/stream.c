/* SPDX-License-Identifier: Apache-2.0 */
/* One stored entry in pieces, of any size, in constant memory. */
#include "nintei/pack.h"

#include <stdlib.h>

#include <libdeflate.h>

#include "pack_int.h"

struct pack_stream {
	pack_sink sink;
	void *arg;
	struct digest *sha1;
	uint64_t left; /* bytes of the object still to come */
	uint32_t room; /* of these, in the block that is open */
	uint32_t crc, adler;
	enum pack_type type;
	uint64_t size;
	bool begun, over;
};

struct pack_stream *
pack_stream_new(enum pack_type type, uint64_t size, pack_sink sink, void *arg)
{
	struct pack_stream *s = xcalloc(1, sizeof(*s));

	s->sink = sink;
	s->arg = arg;
	s->type = type;
	s->size = s->left = size;
	s->adler = 1;
	s->sha1 = digest_sha1_new();
	pack_id_begin(s->sha1, type, size);
	return s;
}

static int
give(struct pack_stream *s, struct slice bytes, struct err *e)
{
	s->crc = libdeflate_crc32(s->crc, bytes.p, bytes.n);
	return s->sink(s->arg, bytes, e);
}

static int
begin(struct pack_stream *s, struct err *e)
{
	uint8_t head[ENTRY_HEAD_MAX + ZLIB_HEAD];
	size_t n = entry_head(s->type, s->size, head);

	s->begun = true;
	head[n++] = 0x78;
	head[n++] = 0x01;
	return give(s, slice_of(head, n), e);
}

static int
open_block(struct pack_stream *s, struct err *e)
{
	uint8_t head[STORED_HEAD];
	bool last = s->left <= STORED_MAX;

	s->room = last ? (uint32_t)s->left : STORED_MAX;
	stored_head(s->room, last, head);
	return give(s, slice_of(head, sizeof(head)), e);
}

/* Head and first block, even of an empty object. */
static int
start(struct pack_stream *s, struct err *e)
{
	if (s->begun)
		return 0;
	if (begin(s, e) < 0)
		return -1;
	return open_block(s, e);
}

static int
add(struct pack_stream *s, struct slice bytes, struct err *e)
{
	struct slice part;

	if (start(s, e) < 0)
		return -1;
	while (bytes.n > 0) {
		if (s->room == 0 && open_block(s, e) < 0)
			return -1;
		part = slice_of(bytes.p, bytes.n < s->room ? bytes.n : s->room);
		s->adler = libdeflate_adler32(s->adler, part.p, part.n);
		digest_update(s->sha1, part);
		if (give(s, part, e) < 0)
			return -1;
		s->room -= (uint32_t)part.n;
		s->left -= part.n;
		bytes.p += part.n;
		bytes.n -= part.n;
	}
	return 0;
}

int
pack_stream_add(struct pack_stream *s, struct slice bytes, struct err *e)
{
	if (s->over)
		return err_set(e, E_INPUT, "this stream is over");
	if (bytes.n > s->left) {
		s->over = true;
		return err_set(e, E_INPUT, "more bytes than announced");
	}
	if (add(s, bytes, e) < 0) {
		s->over = true;
		return -1;
	}
	return 0;
}

int
pack_stream_end(struct pack_stream *s, struct pack_mark *out, struct err *e)
{
	struct pack_mark mark = { .at = 0 };
	uint8_t sum[ZLIB_SUM];

	if (s->over)
		return err_set(e, E_INPUT, "this stream is over");
	s->over = true;
	if (s->left > 0)
		return err_set(e, E_INPUT, "fewer bytes than announced");
	if (start(s, e) < 0)
		return -1;
	be32_set(s->adler, sum);
	if (give(s, slice_of(sum, sizeof(sum)), e) < 0)
		return -1;
	digest_final(s->sha1, mark.id.b);
	mark.crc = s->crc;
	*out = mark;
	return 0;
}

void
pack_stream_free(struct pack_stream *s)
{
	if (s == NULL)
		return;
	digest_free(s->sha1);
	free(s);
}
