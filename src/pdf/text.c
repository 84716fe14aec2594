/* SPDX-License-Identifier: Apache-2.0 */
/* EXAMINE_RUNS: which text a person sees, and what it says. */
#include "nintei/pdf.h"
#include <stdio.h>
#include <stdlib.h>
#include "content_int.h"
#include "nintei/runs.h"

#define HIDDEN_MAX 64 /* places that are listed */

/* One document while it is judged. */
struct judging {
	struct pdf_file f;
	struct pages pages;
	struct runs runs;
	struct content *content; /* of the page at hand */
	struct document_text *text;
	struct json *hidden;
	int64_t unread; /* pages with pictures and no text */
};

static bool
is_white(uint32_t rgb)
{
	return (rgb >> 16) >= 0xf7 && (rgb >> 8 & 0xff) >= 0xf7 &&
	    (rgb & 0xff) >= 0xf7;
}

/*
 * How the text was shown that this run is part of: by what begins nearest to
 * its left end on its line; hidden, if anything hidden begins within it.
 */
static enum show_kind
shown_as(const struct content *c, const struct run *r)
{
	double height = r->y2 - r->y1, near = -1e9;
	enum show_kind kind = SHOW_VISIBLE;

	for (size_t i = 0; i < c->n; i++) {
		const struct show *s = &c->shows[i];

		if (s->y < r->y1 || s->y > r->y2 + height * 0.3 ||
		    s->x > r->x2 - height * 0.1)
			continue;
		if (s->x > r->x1 + height * 0.3) {
			if (s->kind != SHOW_VISIBLE)
				return s->kind;
			continue;
		}
		if (s->x > near + 0.5) {
			near = s->x;
			kind = s->kind;
		} else if (s->x > near - 0.5 && s->kind != SHOW_VISIBLE)
			kind = s->kind;
	}
	return kind;
}

static enum show_kind
run_judge(const struct content *c, const struct run *r)
{
	double x = (r->x1 + r->x2) / 2, y = (r->y1 + r->y2) / 2;

	if (r->size < TINY_POINTS)
		return SHOW_TINY;
	if (x < 0 || y < 0 || x > c->width || y > c->height)
		return SHOW_OFF_PAGE;
	if (is_white(r->rgb) && !content_has_ground(c, x, y))
		return SHOW_WHITE;
	return shown_as(c, r);
}

static void
hidden_add(struct judging *g, uint32_t number, enum show_kind kind)
{
	char where[64];
	struct json *o;

	if (jsonx_len(g->hidden) >= HIDDEN_MAX)
		return;
	snprintf(
	    where, sizeof(where), "page %u: %s", number, show_kind_name(kind));
	o = jsonx_object();
	jsonx_set_str(o, "what", "text");
	jsonx_set_str(o, "where", where);
	jsonx_add(g->hidden, o);
}

/* What the page hides, whether poppler gave its text or not. */
static void
hidden_list(struct judging *g, const struct runs_page *p)
{
	size_t by_kind[SHOW_MAX] = { 0 };

	for (size_t k = SHOW_VISIBLE + 1; k < SHOW_MAX; k++)
		by_kind[k] = g->content->by_kind[k];
	for (size_t i = p->first; i < p->first + p->n; i++)
		by_kind[g->runs.kinds[i]]++;
	for (size_t k = SHOW_VISIBLE + 1; k < SHOW_MAX; k++)
		if (by_kind[k] > 0)
			hidden_add(g, p->number, (enum show_kind)k);
}

static void
page_judge(struct judging *g, const struct runs_page *p)
{
	bool seen = false;

	content_read(&g->f, &g->pages.items[p->number - 1], g->content);
	for (size_t i = p->first; i < p->first + p->n; i++) {
		g->runs.kinds[i] = run_judge(g->content, &g->runs.runs[i]);
		seen = seen || g->runs.kinds[i] == SHOW_VISIBLE;
	}
	hidden_list(g, p);
	content_done(g->content);
	if (!seen && p->pictures > 0)
		g->unread++;
	if (p != g->runs.page)
		document_text_page(g->text);
	lines_feed(&g->runs, p, g->text);
}

/* What poppler says against the document. */
static void
flags_judge(const struct runs *r, struct pdf_verdict *v)
{
	static const struct {
		uint32_t flag;
		enum pdf_fault fault;
		const char *detail;
	} says[] = {
		{ RUNS_ENCRYPTED, PDF_FAULT_ENCRYPTED, "" },
		{ RUNS_BROKEN, PDF_FAULT_FORM, "not readable" },
		{ RUNS_JAVASCRIPT, PDF_FAULT_ACTIVE, "JavaScript" },
		{ RUNS_ATTACHMENT, PDF_FAULT_ACTIVE, "EmbeddedFile" },
	};

	for (size_t i = 0; i < NELEM(says); i++)
		if ((r->flags & says[i].flag) != 0)
			fault(v, says[i].fault, says[i].detail);
	if (r->end == RUNS_PAGES_CUT)
		fault(v, PDF_FAULT_PAGES, "more than 500");
	if (r->end == RUNS_TEXT_CUT)
		fault(v, PDF_FAULT_OUTPUT, "text");
}

static struct json *
facts_of(struct judging *g)
{
	struct json *facts = jsonx_object();
	int64_t letters;

	jsonx_set_str(facts, "type", "runs");
	jsonx_set_int(facts, "pages", (int64_t)g->pages.n);
	document_text_facts(g->text, facts);
	letters = jsonx_get_int(jsonx_get(facts, "language"), "letters", 0);
	jsonx_set_bool(facts, "scan", letters == 0);
	jsonx_set_int(facts, "unread", g->unread);
	jsonx_set(facts, "hidden", TAKE(g->hidden));
	return facts;
}

/* Both readers must see the same pages. */
static struct json *
judge(struct judging *g, struct pdf_verdict *v)
{
	if (g->runs.pages != g->pages.n || g->runs.n_pages != g->pages.n) {
		fault(v, PDF_FAULT_PAGES, "readers disagree");
		return NULL;
	}
	g->content = xcalloc(1, sizeof(*g->content));
	g->text = document_text_new();
	g->hidden = jsonx_array();
	for (size_t i = 0; i < g->runs.n_pages && !faulty(v); i++)
		page_judge(g, &g->runs.page[i]);
	if (document_text_is_over(g->text))
		fault(v, PDF_FAULT_OUTPUT, "text");
	return faulty(v) ? NULL : facts_of(g);
}

int
pdf_runs_facts(struct slice in, struct json **out, struct pdf_verdict *verdict,
    struct err *e)
{
	struct judging g = { 0 };

	(void)e;
	*verdict = (struct pdf_verdict){ 0 };
	*out = NULL;
	if (!runs_read(&in, &g.runs)) {
		fault(verdict, PDF_FAULT_RUNS, "");
	} else {
		flags_judge(&g.runs, verdict);
		pdf_file_open(in, verdict, &g.f);
		if (!faulty(verdict))
			pages_read(&g.f, &g.pages);
		if (!faulty(verdict))
			*out = judge(&g, verdict);
		pages_free(&g.pages);
		file_close(&g.f);
	}
	jsonx_free(g.hidden);
	document_text_free(g.text);
	free(g.content);
	runs_free(&g.runs);
	return 0;
}
