/* SPDX-License-Identifier: Apache-2.0 */
/* A page and the forms on it, given to the machine. */
#include <stdlib.h>
#include "content_int.h"

struct matrix
matrix_mul(const struct matrix *x, const struct matrix *by)
{
	return (struct matrix){ x->a * by->a + x->b * by->c,
		x->a * by->b + x->b * by->d, x->c * by->a + x->d * by->c,
		x->c * by->b + x->d * by->d,
		x->e * by->a + x->f * by->c + by->e,
		x->e * by->b + x->f * by->d + by->f };
}

static const struct rect letter = { 0, 0, 612, 792 };

static struct rect
box_of(const struct pdf_file *f, struct slice value)
{
	double v[4] = { 0 };
	struct slice one;
	struct rect r;

	if (!array_begin(value, &value))
		return letter;
	for (size_t i = 0; i < 4; i++)
		if (!array_next(&value, &one) ||
		    !pdf_value_number(file_resolve(f, one), &v[i]))
			return letter;
	r = (struct rect){ v[0] < v[2] ? v[0] : v[2], v[1] < v[3] ? v[1] : v[3],
		v[0] < v[2] ? v[2] : v[0], v[1] < v[3] ? v[3] : v[1] };
	return r.x2 - r.x1 < 1 || r.y2 - r.y1 < 1 ? letter : r;
}

/* From the page's own space to points from its left top corner, as shown. */
static struct matrix
page_matrix(const struct rect *b, int rotate)
{
	switch (rotate) {
	case 90:
		return (struct matrix){ 0, 1, 1, 0, -b->y1, -b->x1 };
	case 180:
		return (struct matrix){ -1, 0, 0, 1, b->x2, -b->y1 };
	case 270:
		return (struct matrix){ 0, -1, -1, 0, b->y2, b->x2 };
	default:
		return (struct matrix){ 1, 0, 0, -1, -b->x1, b->y2 };
	}
}

/* A stream that is not read may show anything. */
static void
run_stream(struct machine *m, const struct object *o)
{
	struct slice data;
	bool limit;

	if (o == NULL || o->stream.p == NULL)
		return;
	if (stream_data(m->f, o, &data, &limit))
		content_run(m, data);
	else if (limit)
		fault(m->f->verdict, PDF_FAULT_OUTPUT, "page");
	else
		m->out->by_kind[SHOW_UNKNOWN]++;
}

static struct matrix
form_matrix(const struct pdf_file *f, struct slice dict)
{
	struct slice value = file_get(f, dict, "Matrix"), one;
	double v[6] = { 1, 0, 0, 1, 0, 0 };

	if (array_begin(value, &value))
		for (size_t i = 0; i < 6 && array_next(&value, &one); i++)
			(void)pdf_value_number(file_resolve(f, one), &v[i]);
	return (struct matrix){ v[0], v[1], v[2], v[3], v[4], v[5] };
}

void
content_form(struct machine *m, const struct object *o, struct slice dict)
{
	struct slice resources = file_get(m->f, dict, "Resources");
	struct slice outer = m->resources;
	size_t floor = m->floor, depth = m->depth;
	struct matrix by = form_matrix(m->f, dict);

	if (m->forms_deep >= FORMS_DEEP || m->depth + 1 >= STATES ||
	    ++m->forms > FORMS_MAX) {
		m->out->by_kind[SHOW_UNKNOWN]++;
		return;
	}
	m->state[m->depth + 1] = m->state[m->depth];
	m->floor = ++m->depth;
	m->state[m->depth].ctm = matrix_mul(&by, &m->state[m->depth].ctm);
	m->resources = resources.p == NULL ? outer : resources;
	m->forms_deep++;
	run_stream(m, o);
	m->forms_deep--;
	m->resources = outer;
	m->floor = floor;
	m->depth = depth;
}

static void
run_page(struct machine *m, const struct page *p)
{
	struct slice value = dict_get(p->dict, "Contents"), one;
	struct slice list = file_resolve(m->f, value);

	if (!array_begin(list, &list)) {
		run_stream(m, file_object(m->f, value));
		return;
	}
	while (!faulty(m->f->verdict) && array_next(&list, &one))
		run_stream(m, file_object(m->f, one));
}

void
content_read(struct pdf_file *f, const struct page *p, struct content *out)
{
	struct machine *m = xcalloc(1, sizeof(*m));
	size_t mark = f->n_kept;
	struct rect box = box_of(f, p->box);
	bool turned = p->rotate == 90 || p->rotate == 270;

	*out = (struct content){ 0 };
	out->width = turned ? box.y2 - box.y1 : box.x2 - box.x1;
	out->height = turned ? box.x2 - box.x1 : box.y2 - box.y1;
	m->f = f;
	m->out = out;
	m->resources = p->resources;
	m->blank = true;
	m->state[0].ctm = page_matrix(&box, p->rotate);
	run_page(m, p);
	stream_release(f, mark);
	free(m);
}

void
content_done(struct content *c)
{
	free(c->shows);
	*c = (struct content){ 0 };
}
