/* SPDX-License-Identifier: Apache-2.0 */
/* The frames of one document, by write alone. */
#include "pdftext_int.h"

#include <math.h>

#include "nintei/fs.h"
#include "nintei/wire.h"

#define PIECE ((size_t)32 << 10)
#define FAR 1e9 /* hundredths of a point: further away is as good as this */

static void
flush(struct runs_writer *w)
{
	struct err e = ERR_INIT;

	if (!buf_ok(&w->pending) ||
	    (!w->bad && fd_write(w->fd, w->pending.p, w->pending.n, &e) < 0))
		w->bad = true;
	buf_reset(&w->pending);
}

static void
frame(struct runs_writer *w, enum runs_type type, const struct buf *body)
{
	if (!buf_ok(body)) {
		w->bad = true;
		return;
	}
	wr_u8(&w->pending, (uint8_t)type);
	wr_u32(&w->pending, (uint32_t)body->n);
	buf_put(&w->pending, body->p, body->n);
	w->stream += RUNS_HEAD_BYTES + body->n;
	if (w->pending.n >= PIECE)
		flush(w);
}

/* Hundredths of a point; what is no number is nowhere. */
static int64_t
hundredths(double points)
{
	double v = points * 100;

	if (isnan(v))
		return 0;
	if (v > FAR)
		v = FAR;
	if (v < -FAR)
		v = -FAR;
	return (int64_t)v;
}

void
runs_head(struct runs_writer *w, uint32_t pages, uint32_t flags)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(RUNS_BODY_BYTES);

	wr_u32(&b, RUNS_MAGIC);
	wr_u32(&b, pages);
	wr_u32(&b, flags);
	frame(w, RUNS_HEAD, &b);
}

void
runs_page(struct runs_writer *w, const struct page_head *h)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(RUNS_BODY_BYTES);

	wr_u32(&b, h->number);
	wr_i64(&b, hundredths(h->width));
	wr_i64(&b, hundredths(h->height));
	wr_u32(&b, h->pictures);
	frame(w, RUNS_PAGE, &b);
}

void
runs_run(struct runs_writer *w, const struct run *r)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(RUNS_BODY_BYTES);

	if (w->text + r->text.n > RUNS_ALL_TEXT_BYTES || w->runs >= RUNS_MAX) {
		w->cut = RUNS_TEXT_CUT;
		return;
	}
	w->text += r->text.n;
	w->runs++;
	wr_i64(&b, hundredths(r->x1));
	wr_i64(&b, hundredths(r->y1));
	wr_i64(&b, hundredths(r->x2));
	wr_i64(&b, hundredths(r->y2));
	wr_u32(&b, (uint32_t)hundredths(r->size < 0 ? 0 : r->size));
	wr_u32(&b, r->rgb);
	wr_bytes(&b, r->text);
	frame(w, RUNS_RUN, &b);
}

int
runs_finish(struct runs_writer *w, uint32_t pages)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(RUNS_BODY_BYTES);

	wr_u32(&b, pages);
	wr_u8(&b, (uint8_t)w->cut);
	frame(w, RUNS_END, &b);
	flush(w);
	buf_free(&w->pending);
	return w->bad ? 1 : 0;
}
