/* SPDX-License-Identifier: Apache-2.0 */
/* What the worker says: frames by writev, nothing else. */
#include <sys/uio.h>

#include <unistd.h>

#include "nintei/wire.h"

#include "bundle_int.h"

void
sink_init(struct sink *s, int fd, struct verdicts *v)
{
	*s = (struct sink){ .fd = fd, .verdicts = v };
	s->block.max = FRAME_DATA_BYTES;
}

void
sink_done(struct sink *s)
{
	buf_free(&s->block);
}

/* Pass over what was written; true when nothing is left. */
static bool
advance(struct iovec *iov, size_t written)
{
	for (size_t i = 0; i < 2; i++) {
		size_t n = written < iov[i].iov_len ? written : iov[i].iov_len;

		if (n == 0)
			continue;
		iov[i].iov_base = (uint8_t *)iov[i].iov_base + n;
		iov[i].iov_len -= n;
		written -= n;
	}
	return iov[0].iov_len == 0 && iov[1].iov_len == 0;
}

static void
emit(struct sink *s, struct frame f, struct slice bytes)
{
	CLEANUP(buf_free) struct buf head = BUF_INIT(FRAME_HEAD_BYTES);
	struct iovec iov[2];
	ssize_t n = 0;

	f.magic = FRAME_MAGIC;
	f.seq = s->seq++;
	f.len = (uint32_t)bytes.n;
	frame_encode(&f, &head);
	if (s->fd < 0 || s->broken)
		return;
	iov[0] = (struct iovec){ head.p, head.n };
	iov[1] = (struct iovec){ (void *)(uintptr_t)bytes.p, bytes.n };
	while (n >= 0 && !advance(iov, (size_t)n))
		n = writev(s->fd, iov, 2);
	s->broken = n < 0;
}

void
sink_begin(struct sink *s, struct entry *ent)
{
	s->ent = ent;
	s->at = 0;
	s->opened = false;
	s->muted = ent->bad;
	buf_reset(&s->block);
}

/* The first block tells whether the member is an archive itself. */
static void
open_member(struct sink *s, struct slice head)
{
	const struct entry *ent = s->ent;
	const char *nested = magic_nested(ent->name, head);

	if (nested != NULL) {
		verdict_add(
		    s->verdicts, CODE_NESTED, slice_str(ent->name), nested);
		s->muted = true;
		return;
	}
	emit(s,
	    (struct frame){
		.type = FRAME_ENTRY, .code = ent->ignored, .a = ent->size },
	    slice_str(ent->name));
	s->opened = true;
	s->members++;
}

static void
deliver(struct sink *s, struct slice bytes)
{
	if (!s->muted && !s->opened)
		open_member(s, bytes);
	if (!s->muted && bytes.n > 0)
		emit(
		    s, (struct frame){ .type = FRAME_DATA, .a = s->at }, bytes);
	s->at += bytes.n;
}

static void
flush(struct sink *s)
{
	deliver(s, buf_slice(&s->block));
	buf_reset(&s->block);
}

void
sink_data(struct sink *s, struct slice bytes)
{
	while (bytes.n > 0) {
		size_t room = FRAME_DATA_BYTES - s->block.n;
		size_t n = bytes.n < room ? bytes.n : room;

		if (n == FRAME_DATA_BYTES)
			deliver(s, slice_of(bytes.p, n)); /* not copied */
		else
			buf_put(&s->block, bytes.p, n);
		bytes.p += n;
		bytes.n -= n;
		if (s->block.n == FRAME_DATA_BYTES)
			flush(s);
	}
}

void
sink_end(struct sink *s)
{
	if (s->block.n > 0 || !s->opened)
		flush(s);
	if (!s->muted)
		emit(s, (struct frame){ .type = FRAME_END, .a = s->at },
		    slice_of(NULL, 0));
	s->ent = NULL;
}

/* Bytes: u16 format, text member, text detail. */
static void
reject(struct sink *s, enum bundle_format format, const struct verdict *v,
    size_t left)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(FRAME_DATA_BYTES);

	wr_u16(&bytes, (uint16_t)format);
	wr_text(&bytes, v->member);
	wr_text(&bytes, v->detail);
	emit(s,
	    (struct frame){
		.type = FRAME_REJECT, .code = (uint16_t)v->code, .a = left },
	    buf_slice(&bytes));
}

void
sink_finish(struct sink *s, enum bundle_format format)
{
	const struct verdicts *v = s->verdicts;

	for (size_t i = 0; i < v->n; i++)
		reject(s, format, &v->items[i], v->n - i - 1);
	if (v->n == 0)
		emit(s,
		    (struct frame){ .type = FRAME_DONE,
			.code = (uint16_t)format,
			.a = s->members },
		    slice_of(NULL, 0));
}
