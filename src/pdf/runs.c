/* SPDX-License-Identifier: Apache-2.0 */
/* The frames of nintei-pdftext, believed in nothing: docs/PROTOCOL.pdftext. */
#include <stdlib.h>
#include "nintei/runs.h"
#include "nintei/wire.h"
#include "pdf_int.h"

#define POINT 100.0 /* hundredths in one */
#define FAR 1000000000 /* hundredths: nothing is further away */

/* A reader of the stream: what may come next. */
struct reading {
	struct runs *out;
	struct rd body;
	size_t text;
	bool begun, done;
};

static double
points(struct rd *r)
{
	int64_t v = rd_i64(r);

	if (v > FAR || v < -FAR) {
		r->bad = true;
		return 0;
	}
	return (double)v / POINT;
}

static bool
take_head(struct reading *g)
{
	struct rd *r = &g->body;
	uint32_t magic = rd_u32(r);

	g->out->pages = rd_u32(r);
	g->out->flags = rd_u32(r);
	if (g->begun || magic != RUNS_MAGIC ||
	    (g->out->flags & ~(uint32_t)RUNS_FLAGS) != 0)
		return false;
	g->begun = true;
	g->out->page = xcalloc(RUNS_PAGES, sizeof(*g->out->page));
	return true;
}

static bool
take_page(struct reading *g)
{
	struct runs *o = g->out;
	struct runs_page p = { 0 };

	p.number = rd_u32(&g->body);
	p.width = points(&g->body);
	p.height = points(&g->body);
	p.pictures = rd_u32(&g->body);
	p.first = o->n;
	if (!g->begun || o->n_pages >= RUNS_PAGES || p.number == 0 ||
	    p.number > o->pages ||
	    (o->n_pages > 0 && p.number <= o->page[o->n_pages - 1].number))
		return false;
	o->page[o->n_pages++] = p;
	return true;
}

static bool
take_run(struct reading *g)
{
	struct runs *o = g->out;
	struct rd *r = &g->body;
	struct run run;

	run.x1 = points(r);
	run.y1 = points(r);
	run.x2 = points(r);
	run.y2 = points(r);
	run.size = rd_u32(r) / POINT;
	run.rgb = rd_u32(r);
	run.text = rd_text(r, RUNS_TEXT_BYTES);
	g->text += run.text.n;
	if (o->n_pages == 0 || o->n >= RUNS_MAX || run.text.n == 0 ||
	    g->text > RUNS_ALL_TEXT_BYTES || run.rgb > 0xffffff)
		return false;
	if (o->n == o->cap) {
		o->cap = o->cap == 0 ? 256 : o->cap * 2;
		o->runs = xrealloc(o->runs, o->cap, sizeof(*o->runs));
	}
	o->runs[o->n++] = run;
	o->page[o->n_pages - 1].n++;
	return true;
}

static bool
take_end(struct reading *g)
{
	uint32_t written = rd_u32(&g->body);
	uint8_t why = rd_u8(&g->body);

	g->out->end = why;
	g->done = true;
	return g->begun && written == g->out->n_pages && why > RUNS_END_NONE &&
	    why < RUNS_END_MAX;
}

static bool (*const takers[RUNS_TYPE_MAX])(struct reading *) = {
	[RUNS_HEAD] = take_head,
	[RUNS_PAGE] = take_page,
	[RUNS_RUN] = take_run,
	[RUNS_END] = take_end,
};

static bool
take_frame(struct reading *g, struct slice *in)
{
	struct rd r = rd_init(*in);
	uint8_t type = rd_u8(&r);
	uint32_t n = rd_u32(&r);

	if (r.bad || n > r.n || n > RUNS_BODY_BYTES || type == RUNS_NONE ||
	    type >= RUNS_TYPE_MAX)
		return false;
	g->body = rd_init(slice_of(r.p, n));
	*in = slice_of(r.p + n, r.n - n);
	return takers[type](g) && !g->body.bad && g->body.n == 0;
}

bool
runs_read(struct slice *in, struct runs *out)
{
	struct reading g = { .out = out };

	*out = (struct runs){ 0 };
	while (!g.done)
		if (!take_frame(&g, in))
			return false;
	out->kinds = xcalloc(out->n + 1, sizeof(*out->kinds));
	return true;
}

void
runs_free(struct runs *r)
{
	free(r->kinds);
	free(r->runs);
	free(r->page);
	*r = (struct runs){ 0 };
}
