/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of dossiers in memory; the one unused longest is let go. */
#include "heads_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384 /* a power of two */

struct heads_row {
	struct heads_row *chain;
	struct heads_row *newer, *older;
	uint64_t changed; /* log size when it was set; 0: only read */
	struct store_dossier_head head;
	char dossier[LIMIT_ID_BYTES + 1];
};

/* FNV-1a: the names are our own. */
static size_t
bucket_of(const char *dossier)
{
	uint64_t h = 14695981039346656037ULL;

	for (; *dossier != '\0'; dossier++)
		h = (h ^ (uint8_t)*dossier) * 1099511628211ULL;
	return (size_t)(h ^ (h >> 32)) & (BUCKETS - 1);
}

static void
unlink_row(struct heads *h, struct heads_row *r)
{
	if (r->newer != NULL)
		r->newer->older = r->older;
	else
		h->newest = r->older;
	if (r->older != NULL)
		r->older->newer = r->newer;
	else
		h->oldest = r->newer;
}

static void
link_newest(struct heads *h, struct heads_row *r)
{
	r->newer = NULL;
	r->older = h->newest;
	if (h->newest != NULL)
		h->newest->newer = r;
	else
		h->oldest = r;
	h->newest = r;
}

static struct heads_row *
find(struct heads *h, const char *dossier)
{
	struct heads_row *r =
	    h->bucket == NULL ? NULL : h->bucket[bucket_of(dossier)];

	while (r != NULL && strcmp(r->dossier, dossier) != 0)
		r = r->chain;
	if (r != NULL && r != h->newest) {
		unlink_row(h, r);
		link_newest(h, r);
	}
	return r;
}

static void
forget_oldest(struct heads *h)
{
	struct heads_row *r = h->oldest;
	struct heads_row **at = &h->bucket[bucket_of(r->dossier)];

	while (*at != r)
		at = &(*at)->chain;
	*at = r->chain;
	unlink_row(h, r);
	if (r->changed > h->forgotten)
		h->forgotten = r->changed;
	free(r);
	h->n--;
}

static struct heads_row *
add(struct heads *h, const char *dossier)
{
	struct heads_row *r = xcalloc(1, sizeof(*r));
	struct heads_row **at;

	if (h->bucket == NULL)
		h->bucket = xcalloc(BUCKETS, sizeof(struct heads_row *));
	if (h->n == HEADS_MAX)
		forget_oldest(h);
	at = &h->bucket[bucket_of(dossier)];
	snprintf(r->dossier, sizeof(r->dossier), "%s", dossier);
	r->chain = *at;
	*at = r;
	link_newest(h, r);
	h->n++;
	return r;
}

bool
heads_get(struct heads *h, const char *dossier, struct store_dossier_head *out)
{
	const struct heads_row *r = find(h, dossier);

	if (r != NULL)
		*out = r->head;
	return r != NULL;
}

void
heads_set(struct heads *h, const char *dossier,
    const struct store_dossier_head *head, uint64_t log_size)
{
	struct heads_row *r = find(h, dossier);

	if (r == NULL)
		r = add(h, dossier);
	r->head = *head;
	r->changed = log_size;
}

void
heads_learn(struct heads *h, const char *dossier,
    const struct store_dossier_head *head, uint64_t log_size)
{
	/* A row let go since may have said more than that older tree. */
	if (log_size < h->forgotten || find(h, dossier) != NULL)
		return;
	add(h, dossier)->head = *head;
}

void
heads_free(struct heads *h)
{
	for (struct heads_row *r = h->newest, *next; r != NULL; r = next) {
		next = r->older;
		free(r);
	}
	free(h->bucket);
	*h = (struct heads){ 0 };
}
