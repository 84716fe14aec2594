/* SPDX-License-Identifier: Apache-2.0 */
/* The runs of a page as lines: top to bottom, in a line left to right. */
#include <stdlib.h>
#include "pdf_int.h"

#define MARGIN 0.06 /* of the height: head and foot of a page */

typedef bool (*before_fn)(const struct run *a, const struct run *b);

static double
middle(const struct run *r)
{
	return (r->y1 + r->y2) / 2;
}

static bool
is_above(const struct run *a, const struct run *b)
{
	return middle(a) < middle(b);
}

static bool
is_left(const struct run *a, const struct run *b)
{
	return a->x1 < b->x1;
}

/* Merge two sorted halves of v into tmp and back. */
static void
merge(const struct run **v, const struct run **tmp, size_t half, size_t n,
    before_fn before)
{
	size_t i = 0, j = half, k = 0;

	while (i < half && j < n)
		tmp[k++] = before(v[j], v[i]) ? v[j++] : v[i++];
	while (i < half)
		tmp[k++] = v[i++];
	while (j < n)
		tmp[k++] = v[j++];
	for (k = 0; k < n; k++)
		v[k] = tmp[k];
}

/* Stable, and without the questions to the kernel that qsort may ask. */
static void
sort(const struct run **v, const struct run **tmp, size_t n, before_fn before)
{
	for (size_t width = 1; width < n; width *= 2)
		for (size_t i = 0; i + width < n; i += 2 * width) {
			size_t most = n - i < 2 * width ? n - i : 2 * width;

			merge(v + i, tmp, width, most, before);
		}
}

/* On the first page and the last every line counts: a paper begins there. */
static enum label_where
where_of(const struct runs *r, const struct runs_page *p, double y)
{
	if (p == r->page || p == &r->page[r->n_pages - 1])
		return LABEL_WHERE_BODY;
	if (y < p->height * MARGIN)
		return LABEL_WHERE_HEADER;
	if (y > p->height * (1 - MARGIN))
		return LABEL_WHERE_FOOTER;
	return LABEL_WHERE_BODY;
}

/* Wide gaps part the cells of a table. */
static void
line_put(struct document_text *t, enum label_where where,
    const struct run *const *v, size_t n)
{
	CLEANUP(buf_free) struct buf line = BUF_INIT(DOCUMENT_TEXT_BYTES);

	for (size_t i = 0; i < n; i++) {
		double height = v[i]->y2 - v[i]->y1;

		if (i > 0 && v[i]->x1 - v[i - 1]->x2 > height * 1.5)
			buf_puts(&line, "  ");
		else if (i > 0 && v[i]->x1 - v[i - 1]->x2 > height * 0.2)
			buf_puts(&line, " ");
		buf_put(&line, v[i]->text.p, v[i]->text.n);
	}
	document_text_line(t, where, buf_slice(&line));
}

/* The runs from i on that stand beside each other. */
static size_t
line_length(const struct run *const *v, size_t n)
{
	double bottom = v[0]->y2;
	size_t i = 1;

	while (i < n && middle(v[i]) < bottom &&
	    middle(v[i]) - middle(v[0]) < (v[0]->y2 - v[0]->y1) * 0.6)
		i++;
	return i;
}

void
lines_feed(
    const struct runs *r, const struct runs_page *p, struct document_text *t)
{
	const struct run **v = xcalloc(p->n + 1, sizeof(const struct run *));
	const struct run **tmp = xcalloc(p->n + 1, sizeof(const struct run *));
	size_t n = 0, length;

	for (size_t i = p->first; i < p->first + p->n; i++)
		if (r->kinds[i] == SHOW_VISIBLE)
			v[n++] = &r->runs[i];
		else
			document_text_hidden(t, r->runs[i].text);
	sort(v, tmp, n, is_above);
	for (size_t i = 0; i < n; i += length) {
		length = line_length(v + i, n - i);
		sort(v + i, tmp, length, is_left);
		line_put(t, where_of(r, p, middle(v[i])), v + i, length);
	}
	free(v);
	free(tmp);
}
