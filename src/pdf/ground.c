/* SPDX-License-Identifier: Apache-2.0 */
/* What a page paints below its text: white on a dark field is seen. */
#include "content_int.h"

static double
arg(const struct machine *m, size_t from_end)
{
	return from_end >= m->n_args ? 0 : m->args[m->n_args - 1 - from_end];
}

static void
point_add(struct machine *m, double x, double y)
{
	struct matrix at = { 1, 0, 0, 1, x, y };
	struct rect *r = &m->path;

	at = matrix_mul(&at, &m->state[m->depth].ctm);
	if (!m->has_path)
		*r = (struct rect){ at.e, at.f, at.e, at.f };
	m->has_path = true;
	r->x1 = at.e < r->x1 ? at.e : r->x1;
	r->y1 = at.f < r->y1 ? at.f : r->y1;
	r->x2 = at.e > r->x2 ? at.e : r->x2;
	r->y2 = at.f > r->y2 ? at.f : r->y2;
}

void
ground_re(struct machine *m)
{
	double x = arg(m, 3), y = arg(m, 2);

	point_add(m, x, y);
	point_add(m, x + arg(m, 1), y + arg(m, 0));
}

void
ground_point(struct machine *m)
{
	point_add(m, arg(m, 1), arg(m, 0));
}

void
ground_drop(struct machine *m)
{
	m->has_path = false;
}

void
ground_fill(struct machine *m)
{
	struct content *c = m->out;

	if (m->has_path && !m->state[m->depth].white && c->n_rects < RECTS_MAX)
		c->rects[c->n_rects++] = m->path;
	m->has_path = false;
}

bool
content_has_ground(const struct content *c, double x, double y)
{
	for (size_t i = 0; i < c->n_rects; i++) {
		const struct rect *r = &c->rects[i];

		if (x >= r->x1 && x <= r->x2 && y >= r->y1 && y <= r->y2)
			return true;
	}
	return false;
}
