/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes of the trie: made, found, let go. */
#include "trie_int.h"

#include <stdlib.h>
#include <string.h>

static bool
is_pinned(const struct node *n)
{
	return n->depth < TRIE_PINNED;
}

void
node_count(struct trie *t, struct node *n)
{
	size_t now = sizeof(*n) + n->name_n + n->raw.cap +
	    n->cap * sizeof(struct node *);

	t->bytes = t->bytes - n->counted + now;
	n->counted = now;
}

/* Where a kid of this name is, or would be. */
static size_t
kid_place(const struct node *n, struct slice name)
{
	size_t low = 0, high = n->nkids;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct node *kid = n->kids[mid];
		size_t both = kid->name_n < name.n ? kid->name_n : name.n;
		int rv = memcmp(kid->name, name.p, both);

		if (rv == 0)
			rv = kid->name_n < name.n ? -1 : kid->name_n > name.n;
		if (rv < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct node *
node_kid(const struct node *n, struct slice name)
{
	size_t at = kid_place(n, name);

	if (at == n->nkids || n->kids[at]->name_n != name.n ||
	    memcmp(n->kids[at]->name, name.p, name.n) != 0)
		return NULL;
	return n->kids[at];
}

static void
kid_insert(struct trie *t, struct node *n, struct node *kid)
{
	size_t at =
	    kid_place(n, slice_of((const uint8_t *)kid->name, kid->name_n));

	if (n->nkids == n->cap) {
		n->cap = n->cap == 0 ? 4 : 2 * n->cap;
		n->kids = xrealloc(n->kids, n->cap, sizeof(struct node *));
	}
	memmove(n->kids + at + 1, n->kids + at,
	    (n->nkids - at) * sizeof(struct node *));
	n->kids[at] = kid;
	n->nkids++;
	node_count(t, n);
}

static void
kid_remove(struct node *n, const struct node *kid)
{
	size_t at =
	    kid_place(n, slice_of((const uint8_t *)kid->name, kid->name_n));

	n->nkids--;
	memmove(n->kids + at, n->kids + at + 1,
	    (n->nkids - at) * sizeof(struct node *));
}

static void
unlink_use(struct trie *t, struct node *n)
{
	if (n->older == NULL && n->newer == NULL && t->newest != n)
		return;
	*(n->older == NULL ? &t->oldest : &n->older->newer) = n->newer;
	*(n->newer == NULL ? &t->newest : &n->newer->older) = n->older;
	n->older = n->newer = NULL;
}

void
node_touch(struct trie *t, struct node *n)
{
	node_count(t, n);
	if (is_pinned(n) || t->newest == n)
		return;
	unlink_use(t, n);
	n->older = t->newest;
	*(t->newest == NULL ? &t->oldest : &t->newest->newer) = n;
	t->newest = n;
}

struct node *
node_new(struct trie *t, struct node *parent, struct slice name,
    const struct gitx_oid *id)
{
	struct node *n = xcalloc(1, sizeof(*n) + name.n + 1);

	if (name.n > 0)
		memcpy(n->name, name.p, name.n);
	n->name_n = name.n;
	n->parent = parent;
	n->depth = parent == NULL ? 0 : parent->depth + 1;
	n->raw = (struct buf)BUF_INIT(TRIE_TREE_BYTES);
	if (id != NULL)
		n->id = n->base = *id;
	n->fresh = n->loaded = id == NULL;
	if (parent != NULL)
		kid_insert(t, parent, n);
	node_touch(t, n);
	return n;
}

/* Below it is at most TRIE_DEPTH. */
void
node_free(struct trie *t, struct node *n)
{
	while (n->nkids > 0)
		node_free(t, n->kids[n->nkids - 1]);
	if (n->parent != NULL)
		kid_remove(n->parent, n);
	unlink_use(t, n);
	t->bytes -= n->counted;
	buf_free(&n->raw);
	free(n->kids);
	free(n);
}

void
node_unload(struct trie *t, struct node *n)
{
	buf_free(&n->raw);
	n->raw = (struct buf)BUF_INIT(TRIE_TREE_BYTES);
	n->loaded = false;
	node_count(t, n);
}

/* A folder is newer in use than those below it, so these go first. */
void
trie_shrink(struct trie *t)
{
	struct node *n = t->oldest, *next;

	for (; n != NULL && t->bytes > t->max; n = next) {
		next = n->newer;
		if (n->changed)
			continue;
		if (n->nkids == 0)
			node_free(t, n);
		else if (n->loaded)
			node_unload(t, n);
	}
}
