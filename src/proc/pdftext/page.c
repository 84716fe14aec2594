/* SPDX-License-Identifier: Apache-2.0 */
/* One page as runs of text: same line, same size, same colour. */
#include "pdftext_int.h"

#include <math.h>
#include <string.h>

/* What poppler says about the characters of a page. */
struct chars {
	char *text; /* UTF-8; lines end in '\n' */
	PopplerRectangle *boxes; /* one for each character */
	guint n_boxes;
	GList *attributes; /* of ranges of characters */
};

static void
chars_free(struct chars *c)
{
	g_free(c->text);
	g_free(c->boxes);
	poppler_page_free_text_attributes(c->attributes);
}

/* Wider than any page: what stands off it is text too, where poppler says. */
static void
chars_of(PopplerPage *page, struct chars *out)
{
	PopplerRectangle all = { -1e5, -1e5, 1e5, 1e5 };

	out->text = poppler_page_get_text_for_area(page, &all);
	if (!poppler_page_get_text_layout_for_area(
		page, &all, &out->boxes, &out->n_boxes)) {
		out->boxes = NULL;
		out->n_boxes = 0;
	}
	out->attributes = poppler_page_get_text_attributes_for_area(page, &all);
}

static uint32_t
rgb_of(const PopplerTextAttributes *a)
{
	return (uint32_t)(a->color.red >> 8) << 16 |
	    (uint32_t)(a->color.green >> 8) << 8 |
	    (uint32_t)(a->color.blue >> 8);
}

static void
run_begin(struct run *r, const PopplerRectangle *box,
    const PopplerTextAttributes *a, const char *at)
{
	*r = (struct run){ box->x1, box->y1, box->x2, box->y2, 0, 0,
		{ (const uint8_t *)at, 0 } };
	if (a != NULL) {
		r->size = a->font_size;
		r->rgb = rgb_of(a);
	}
}

/* Does the character go on where the run ends? */
static bool
goes_on(const struct run *r, const PopplerRectangle *box, size_t bytes)
{
	double height = r->y2 - r->y1;
	double gap = box->x1 - r->x2;

	return r->text.n + bytes <= RUNS_TEXT_BYTES && gap < height * 1.5 &&
	    gap > -height && fabs(box->y2 - r->y2) < height * 0.5;
}

static void
run_grow(struct run *r, const PopplerRectangle *box, size_t bytes)
{
	r->text.n += bytes;
	if (box->x2 > r->x2)
		r->x2 = box->x2;
	if (box->y1 < r->y1)
		r->y1 = box->y1;
	if (box->y2 > r->y2)
		r->y2 = box->y2;
}

static void
run_end(struct runs_writer *w, struct run *r)
{
	if (r->text.n > 0)
		runs_run(w, r);
	r->text.n = 0;
}

/* The attributes of character i; they come in order. */
static GList *
attributes_at(GList *from, guint i)
{
	while (from != NULL &&
	    (guint)((PopplerTextAttributes *)from->data)->end_index < i)
		from = from->next;
	return from;
}

static void
chars_write(const struct chars *c, struct runs_writer *w)
{
	struct run r = { 0 };
	GList *attr = c->attributes, *last = NULL;
	const char *p = c->text;

	for (guint i = 0; *p != '\0' && i < c->n_boxes; i++) {
		const char *next = g_utf8_find_next_char(p, NULL);
		const PopplerRectangle *box = &c->boxes[i];
		size_t bytes = (size_t)(next - p);

		attr = attributes_at(attr, i);
		if (*p == '\n' || *p == '\f') {
			run_end(w, &r);
		} else {
			if (r.text.n > 0 &&
			    (attr != last || !goes_on(&r, box, bytes)))
				run_end(w, &r);
			if (r.text.n == 0)
				run_begin(&r, box,
				    attr == NULL ? NULL : attr->data, p);
			run_grow(&r, box, bytes);
		}
		last = attr;
		p = next;
	}
	run_end(w, &r);
}

static uint32_t
pictures_of(PopplerPage *page)
{
	GList *all = poppler_page_get_image_mapping(page);
	guint n = g_list_length(all);

	poppler_page_free_image_mapping(all);
	return n;
}

void
page_write(PopplerPage *page, uint32_t number, struct runs_writer *w)
{
	struct page_head h = { .number = number };
	struct chars c = { 0 };

	poppler_page_get_size(page, &h.width, &h.height);
	h.pictures = pictures_of(page);
	runs_page(w, &h);
	chars_of(page, &c);
	if (c.text != NULL && g_utf8_validate(c.text, -1, NULL))
		chars_write(&c, w);
	chars_free(&c);
}
