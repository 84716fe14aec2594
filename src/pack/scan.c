/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a segment back: how much of it is good entries. */
#include "nintei/pack.h"

#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include "pack_int.h"

#define WINDOW KIB(256)
#define PIECE KIB(64)

/* One scan: what of the file is in memory, and the entry being read. */
struct scan {
	int fd;
	uint64_t at; /* offset of win[pos] */
	uint64_t to;
	uint8_t *win;
	size_t pos, n;
	struct digest *sha1;
	struct inflater *inflater;
	struct buf bytes; /* the object, where it is kept */
	uint8_t *piece;
	/* of this entry */
	uint32_t crc;
	uint64_t left; /* bytes of the object still to come */
	bool keeps;
	enum pack_stop stop; /* why it is not good */
};

static void
scan_done(struct scan *s)
{
	free(s->win);
	free(s->piece);
	digest_free(s->sha1);
	inflater_free(s->inflater);
	buf_free(&s->bytes);
}

static int
scan_init(struct scan *s, int fd, const struct pack_range *range, struct err *e)
{
	*s = (struct scan){ .fd = fd,
		.at = range->from,
		.to = range->to,
		.win = xcalloc(1, WINDOW),
		.piece = xcalloc(1, PIECE),
		.sha1 = digest_sha1_new(),
		.bytes = BUF_INIT(range->keep) };
	return inflater_new(INFLATE_ZLIB, &s->inflater, e);
}

/*
 * Have n bytes (at most WINDOW / 2) in the window, fewer at the end.  The
 * bytes that are there, -1.
 */
static int64_t
fill(struct scan *s, size_t n, struct err *e)
{
	size_t have = s->n - s->pos;
	uint64_t more = s->to - s->at - have;
	int64_t got;

	if (have >= n || more == 0)
		return (int64_t)have;
	memmove(s->win, s->win + s->pos, have);
	s->pos = 0;
	s->n = have;
	if (more > WINDOW - have)
		more = WINDOW - have;
	got = pack_pread(s->fd, s->win + have, (size_t)more, s->at + have, e);
	if (got < 0)
		return -1;
	s->n += (size_t)got;
	if ((uint64_t)got < more) /* the file ends before `to` */
		s->to = s->at + s->n;
	return (int64_t)s->n;
}

/* Take n bytes that are in the window. */
static void
take(struct scan *s, size_t n)
{
	s->crc = libdeflate_crc32(s->crc, s->win + s->pos, n);
	s->pos += n;
	s->at += n;
}

/* 1: this entry is not good, and why. */
static int
stop(struct scan *s, enum pack_stop why)
{
	s->stop = why;
	return 1;
}

static void
object_bytes(struct scan *s, struct slice bytes)
{
	digest_update(s->sha1, bytes);
	if (s->keeps)
		buf_put(&s->bytes, bytes.p, bytes.n);
	s->left -= bytes.n;
}

/* n bytes have to be there: 0, 1 when the entry is torn, -1. */
static int
need(struct scan *s, size_t n, struct err *e)
{
	int64_t have = fill(s, n, e);

	if (have < 0)
		return -1;
	return (size_t)have < n ? stop(s, PACK_STOP_TORN) : 0;
}

/* The content of one stored block. */
static int
stored_block(struct scan *s, uint32_t len, uint32_t *adler, struct err *e)
{
	while (len > 0) {
		size_t part = len < PIECE ? len : PIECE;
		int rv = need(s, part, e);

		if (rv != 0)
			return rv;
		*adler = libdeflate_adler32(*adler, s->win + s->pos, part);
		object_bytes(s, slice_of(s->win + s->pos, part));
		take(s, part);
		len -= (uint32_t)part;
	}
	return 0;
}

static int
stored_sum(struct scan *s, uint32_t adler, struct err *e)
{
	int rv = need(s, ZLIB_SUM, e);

	if (rv != 0)
		return rv;
	if (be32_get(s->win + s->pos) != adler)
		return stop(s, PACK_STOP_BAD);
	take(s, ZLIB_SUM);
	return 0;
}

/* PACK-2: a stream that began stored is stored throughout. */
static int
stored(struct scan *s, struct err *e)
{
	uint32_t len, adler = 1;
	bool last = false;
	int rv = 0;

	take(s, ZLIB_HEAD);
	while (!last && rv == 0) {
		if ((rv = need(s, STORED_HEAD, e)) != 0)
			return rv;
		if (!stored_head_read(s->win + s->pos, &len, &last) ||
		    len > s->left || (last && len != s->left))
			return stop(s, PACK_STOP_BAD);
		take(s, STORED_HEAD);
		rv = stored_block(s, len, &adler, e);
	}
	return rv != 0 ? rv : stored_sum(s, adler, e);
}

/* One step of inflation: 0 more, 1 stopped, 2 over, -1. */
static int
inflate_step(struct scan *s, struct err *e)
{
	struct slice in;
	enum inflate_state state;
	size_t given;

	if (fill(s, 1, e) < 0)
		return -1;
	in = slice_of(s->win + s->pos, s->n - s->pos);
	state = inflater_run(s->inflater, &in, s->piece, PIECE, &given);
	if (state == INFLATE_BAD || given > s->left)
		return stop(s, PACK_STOP_BAD);
	if (state == INFLATE_MORE && given == 0 && s->at + in.n == s->to &&
	    s->n - s->pos == in.n)
		return stop(s, PACK_STOP_TORN);
	take(s, s->n - s->pos - in.n);
	object_bytes(s, slice_of(s->piece, given));
	return state == INFLATE_END ? 2 : 0;
}

static int
deflated(struct scan *s, struct err *e)
{
	int rv;

	inflater_restart(s->inflater);
	while ((rv = inflate_step(s, e)) == 0)
		;
	if (rv != 2)
		return rv;
	return s->left == 0 ? 0 : stop(s, PACK_STOP_BAD);
}

/* The zlib stream, by its first bytes: 0 good, 1 stopped, -1. */
static int
content(struct scan *s, struct err *e)
{
	int rv = need(s, ZLIB_HEAD + 1, e);

	if (rv != 0)
		return rv;
	if ((s->win[s->pos + ZLIB_HEAD] & 6) == 0)
		return s->win[s->pos] == 0x78 && s->win[s->pos + 1] == 0x01
		    ? stored(s, e)
		    : stop(s, PACK_STOP_BAD);
	return deflated(s, e);
}

/* Type and size; a zero byte is what was never written. */
static int
head(struct scan *s, struct pack_found *f, struct err *e)
{
	int64_t have = fill(s, ENTRY_HEAD_MAX, e);
	unsigned type;
	int n;

	if (have < 0)
		return -1;
	if (have == 0)
		return stop(s, PACK_STOP_END);
	if (s->win[s->pos] == 0)
		return stop(s, PACK_STOP_ZERO);
	n = entry_head_read(
	    slice_of(s->win + s->pos, (size_t)have), &type, &f->size);
	if (n <= 0)
		return stop(s, n < 0 ? PACK_STOP_BAD : PACK_STOP_TORN);
	if (pack_type_name(type) == NULL)
		return stop(s, PACK_STOP_BAD);
	f->type = (enum pack_type)type;
	take(s, (size_t)n);
	return 0;
}

/* One entry: 0 good, 1 stopped, -1.  PACK-1, PACK-3. */
static int
entry(struct scan *s, size_t keep, struct pack_found *f, struct err *e)
{
	uint64_t from = s->at;
	int rv;

	*f = (struct pack_found){ .mark.at = from };
	s->crc = 0;
	if ((rv = head(s, f, e)) != 0)
		return rv;
	s->left = f->size;
	s->keeps = f->size <= keep;
	buf_reset(&s->bytes);
	pack_id_begin(s->sha1, f->type, f->size);
	if ((rv = content(s, e)) != 0)
		return rv;
	digest_final(s->sha1, f->mark.id.b);
	f->mark.crc = s->crc;
	f->stored = s->at - from;
	f->has_bytes = s->keeps;
	if (s->keeps)
		f->bytes = buf_slice(&s->bytes);
	return buf_ok(&s->bytes) ? 0 : err_set(e, E_LIMIT, "out of memory");
}

int
pack_scan(int fd, const struct pack_range *range, pack_scan_fn fn, void *arg,
    struct pack_scanned *out, struct err *e)
{
	CLEANUP(scan_done) struct scan s = { 0 };
	struct pack_scanned done = { .good = range->from };
	struct pack_found found;
	int rv;

	if (scan_init(&s, fd, range, e) < 0)
		return -1;
	if (range->to < range->from)
		s.to = range->from;
	while ((rv = entry(&s, range->keep, &found, e)) == 0) {
		if ((rv = fn(&found, arg, e)) != 0) {
			s.stop = PACK_STOP_CALLER;
			break;
		}
		done.good = s.at;
		done.count++;
	}
	if (rv < 0)
		return -1;
	done.why = s.stop;
	*out = done;
	return 0;
}
