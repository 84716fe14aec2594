/* SPDX-License-Identifier: Apache-2.0 */
/* Where in the segments the objects lie that no pack has yet. */
#include "segment_int.h"

#include <stdlib.h>

/* An id is a hash: its bytes are as good as any. */
static size_t
home_of(const struct unsealed *u, const struct gitx_oid *id)
{
	size_t h = 0;

	for (size_t i = 0; i < sizeof(h); i++)
		h = h << 8 | id->b[i];
	return h & (u->cap - 1);
}

static size_t
slot_of(const struct unsealed *u, const struct gitx_oid *id)
{
	size_t i = home_of(u, id);

	while (u->v[i].segment != NULL && !gitx_oid_eq(&u->v[i].id, id))
		i = (i + 1) & (u->cap - 1);
	return i;
}

const struct place *
unsealed_find(const struct unsealed *u, const struct gitx_oid *id)
{
	const struct place *p;

	if (u->n == 0)
		return NULL;
	p = &u->v[slot_of(u, id)];
	return p->segment == NULL ? NULL : p;
}

static void
grow(struct unsealed *u)
{
	struct unsealed to = { .n = u->n, .cap = u->cap * 2 };

	if (to.cap == 0)
		to.cap = 1024;
	to.v = xcalloc(to.cap, sizeof(*to.v));
	for (size_t i = 0; i < u->cap; i++)
		if (u->v[i].segment != NULL)
			to.v[slot_of(&to, &u->v[i].id)] = u->v[i];
	free(u->v);
	*u = to;
}

void
unsealed_add(struct unsealed *u, struct segment *g, const struct object *o)
{
	struct place *p;

	if (2 * (u->n + 1) > u->cap)
		grow(u);
	p = &u->v[slot_of(u, &o->mark.id)];
	if (p->segment == NULL)
		u->n++;
	else if (p->segment->journal && !g->journal)
		return;
	*p = (struct place){ o->mark.id, g, o->mark.at, o->size, o->type };
}

/* Close the gap that a removed place leaves in its run. */
static void
remove_at(struct unsealed *u, size_t gap)
{
	size_t i = gap;

	for (;;) {
		i = (i + 1) & (u->cap - 1);
		if (u->v[i].segment == NULL)
			break;
		/* It may move to the gap unless its home lies after it. */
		if (((i - home_of(u, &u->v[i].id)) & (u->cap - 1)) >=
		    ((i - gap) & (u->cap - 1))) {
			u->v[gap] = u->v[i];
			gap = i;
		}
	}
	u->v[gap].segment = NULL;
	u->n--;
}

void
unsealed_drop(struct unsealed *u, const struct segment *g)
{
	for (size_t i = 0; i < g->objects.n && u->n > 0; i++) {
		size_t at = slot_of(u, &g->objects.v[i].mark.id);

		if (u->v[at].segment == g)
			remove_at(u, at);
	}
}

void
unsealed_free(struct unsealed *u)
{
	free(u->v);
	*u = (struct unsealed){ 0 };
}
