/* SPDX-License-Identifier: Apache-2.0 */
/* Names that count as the same, and files that are folders too. */
#include <stdlib.h>
#include <string.h>

#include "nintei/text.h"

#include "bundle_int.h"

/* A name, or a folder that a name implies, by its collision key. */
struct place {
	const char *key;
	size_t len; /* of the key, which may go on */
	struct entry *ent;
	bool is_dir, is_implied;
};
struct places {
	struct place *items;
	size_t n;
	char **keys;
};

static int
place_cmp(const void *one, const void *other)
{
	const struct place *a = one, *b = other;
	size_t n = a->len < b->len ? a->len : b->len;
	int rv = memcmp(a->key, b->key, n);

	if (rv != 0)
		return rv;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	/* Names before what they imply; the earlier entry first. */
	if (a->is_implied != b->is_implied)
		return a->is_implied ? 1 : -1;
	return a->ent < b->ent ? -1 : a->ent > b->ent;
}

static bool
is_same(const struct place *a, const struct place *b)
{
	return a->len == b->len && memcmp(a->key, b->key, a->len) == 0;
}

static char *
key_of(const char *name)
{
	CLEANUP(buf_free) struct buf key = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;

	if (text_casefold_key(slice_str(name), &key, &e) < 0)
		return xstrdup(name);
	return xstrdup(buf_str(&key));
}

/* The policy bounds the depth of a good name, and so what it implies. */
static void
put_name(struct places *all, struct entry *ent, char *key)
{
	size_t len = strlen(key);

	all->items[all->n++] =
	    (struct place){ key, len, ent, ent->is_dir, false };
	for (size_t i = 0; i < len; i++)
		if (key[i] == '/')
			all->items[all->n++] =
			    (struct place){ key, i, ent, true, true };
}

/* Two places with one key: which code, if any. */
static enum code
judge(const struct place *a, const struct place *b)
{
	if (a->is_dir != b->is_dir)
		return CODE_NAME_FILEDIR;
	return a->is_implied || b->is_implied ? CODE_NONE : CODE_NAME_DUP;
}

static void
report(struct place *first, struct place *other, struct verdicts *v)
{
	enum code c = judge(first, other);
	struct entry *ent = other->is_implied ? first->ent : other->ent;
	struct entry *twin = other->is_implied ? other->ent : first->ent;

	if (c == CODE_NONE || ent->bad)
		return;
	ent->bad = true;
	verdict_add(v, c, slice_str(ent->name), twin->name);
}

void
names_collide(struct table *t, struct verdicts *v)
{
	struct places all = { 0 };
	struct place *first;

	all.items =
	    xcalloc(t->n * (LIMIT_NAME_DEPTH + 2) + 1, sizeof(*all.items));
	all.keys = xcalloc(t->n + 1, sizeof(*all.keys));
	for (size_t i = 0; i < t->n; i++) {
		if (t->items[i].bad)
			continue;
		all.keys[i] = key_of(t->items[i].name);
		put_name(&all, &t->items[i], all.keys[i]);
	}
	qsort(all.items, all.n, sizeof(*all.items), place_cmp);
	first = all.items;
	for (size_t i = 1; i < all.n; i++) {
		if (is_same(first, &all.items[i]))
			report(first, &all.items[i], v);
		else
			first = &all.items[i];
	}
	for (size_t i = 0; i < t->n; i++)
		free(all.keys[i]);
	free(all.keys);
	free(all.items);
}
