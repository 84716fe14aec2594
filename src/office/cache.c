/* SPDX-License-Identifier: Apache-2.0 */
/* Folded dossiers kept by id: the most recently used of them. */
#include "office_int.h"

#include <stdlib.h>
#include <string.h>

#define CACHE_SLOTS 4096 /* a power of two */

struct cached {
	struct dossier *d;
	struct cached *next; /* of the same slot */
	struct cached *newer, *older;
};

struct cache {
	struct cached *slots[CACHE_SLOTS];
	struct cached *newest, *oldest;
	size_t n, max;
};

struct cache *
cache_new(size_t max)
{
	struct cache *c = xcalloc(1, sizeof(*c));

	c->max = max;
	return c;
}

/* FNV-1a; ids are the server's own. */
static struct cached **
slot_of(struct cache *c, const char *id)
{
	uint32_t h = 2166136261U;

	for (const char *p = id; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * 16777619U;
	return &c->slots[h & (CACHE_SLOTS - 1)];
}

/* Where the entry hangs, or the end of its slot. */
static struct cached **
place_of(struct cache *c, const char *id)
{
	struct cached **at = slot_of(c, id);

	while (*at != NULL && strcmp((*at)->d->id, id) != 0)
		at = &(*at)->next;
	return at;
}

static void
order_remove(struct cache *c, struct cached *e)
{
	*(e->newer != NULL ? &e->newer->older : &c->newest) = e->older;
	*(e->older != NULL ? &e->older->newer : &c->oldest) = e->newer;
}

static void
order_first(struct cache *c, struct cached *e)
{
	e->newer = NULL;
	e->older = c->newest;
	*(c->newest != NULL ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

static void
cache_drop(struct cache *c, struct cached **at)
{
	struct cached *e = *at;

	*at = e->next;
	order_remove(c, e);
	dossier_free(e->d);
	free(e);
	c->n--;
}

void
cache_free(struct cache *c)
{
	if (c == NULL)
		return;
	while (c->oldest != NULL)
		cache_drop(c, place_of(c, c->oldest->d->id));
	free(c);
}

struct dossier *
cache_get(struct cache *c, const char *id)
{
	struct cached *e = *place_of(c, id);

	if (e == NULL)
		return NULL;
	order_remove(c, e);
	order_first(c, e);
	return e->d;
}

struct dossier *
cache_put(struct cache *c, struct dossier *take)
{
	struct cached **at = place_of(c, take->id);
	struct cached *e;

	if (*at != NULL)
		cache_drop(c, at);
	else if (c->n == c->max)
		cache_drop(c, place_of(c, c->oldest->d->id));
	e = xcalloc(1, sizeof(*e));
	e->d = take;
	at = slot_of(c, take->id);
	e->next = *at;
	*at = e;
	order_first(c, e);
	c->n++;
	return take;
}
