/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one commit changed: the raw bytes of two trees side by side, going
 * down only where they differ.
 */
#include "audit_int.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH 12
#define TREE_BYTES MIB(256)

struct level {
	struct gitx_oid id;
	bool filled;
	struct buf bytes;
};
struct tree_memory {
	struct level old[DEPTH], new[DEPTH];
};

/* One entry of a tree, borrowed. */
struct entry {
	const char *name;
	size_t n;
	bool folder;
	const uint8_t *id;
};
/* The rest of a tree's bytes. */
struct rest {
	const uint8_t *p;
	size_t n;
};

struct tree_memory *
tree_memory_new(void)
{
	struct tree_memory *m = xcalloc(1, sizeof(*m));

	for (size_t i = 0; i < DEPTH; i++) {
		m->old[i].bytes.max = TREE_BYTES;
		m->new[i].bytes.max = TREE_BYTES;
	}
	return m;
}

void
tree_memory_free(struct tree_memory *m)
{
	for (size_t i = 0; m != NULL && i < DEPTH; i++) {
		buf_free(&m->old[i].bytes);
		buf_free(&m->new[i].bytes);
	}
	free(m);
}

void
changes_free(struct changes *c)
{
	free(c->items);
	*c = (struct changes){ 0 };
}

/* What a comparison carries along. */
struct walk {
	struct pack_reader *r;
	struct tree_memory *m;
	struct changes *out;
	char path[AUDIT_PATH];
};

static int
level_load(
    struct walk *w, struct level *l, const struct gitx_oid *id, struct err *e)
{
	struct pack_object o;

	if (l->filled && gitx_oid_eq(&l->id, id))
		return 0;
	l->filled = false;
	if (pack_read(w->r, id, TREE_BYTES, &o, e) < 0)
		return -1;
	if (o.type != PACK_TREE)
		return err_set(e, E_INPUT, "%s: no tree", w->path);
	buf_reset(&l->bytes);
	buf_put(&l->bytes, o.bytes.p, o.bytes.n);
	if (!buf_ok(&l->bytes))
		return err_set(e, E_LIMIT, "%s: too large", w->path);
	l->id = *id;
	l->filled = true;
	return 0;
}

/* The parent's tree: most often the one that the last commit left here. */
static int
old_load(struct walk *w, size_t depth, const struct gitx_oid *id, struct err *e)
{
	struct level *was = &w->m->new[depth], *l = &w->m->old[depth];

	if (was->filled && gitx_oid_eq(&was->id, id)) {
		struct level swap = *l;

		*l = *was;
		*was = swap;
		return 0;
	}
	return level_load(w, l, id, e);
}

/* "100644 name" or "40000 name", NUL, id.  1: an entry; 0: the end; -1. */
static int
entry_next(struct rest *r, struct entry *out)
{
	static const char file[] = "100644 ", folder[] = "40000 ";
	const uint8_t *end;

	if (r->n == 0)
		return 0;
	if (r->n > sizeof(file) && memcmp(r->p, file, sizeof(file) - 1) == 0) {
		out->folder = false;
		out->name = (const char *)r->p + sizeof(file) - 1;
	} else if (r->n > sizeof(folder) &&
	    memcmp(r->p, folder, sizeof(folder) - 1) == 0) {
		out->folder = true;
		out->name = (const char *)r->p + sizeof(folder) - 1;
	} else {
		return -1;
	}
	end = memchr(r->p, '\0', r->n);
	if (end == NULL || (size_t)(r->p + r->n - end) < 1 + GITX_OID)
		return -1;
	out->n = (size_t)((const char *)end - out->name);
	out->id = end + 1;
	r->n -= (size_t)(end + 1 + GITX_OID - r->p);
	r->p = end + 1 + GITX_OID;
	return 1;
}

/* Git's order: a folder as if its name ended in "/". */
static int
entry_cmp(const struct entry *a, const struct entry *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int by = memcmp(a->name, b->name, n);
	int x, y;

	if (by != 0)
		return by;
	x = a->n > n ? (uint8_t)a->name[n] : a->folder ? '/' : 0;
	y = b->n > n ? (uint8_t)b->name[n] : b->folder ? '/' : 0;
	return x - y;
}

/* AUDIT-4: [0-9a-z._-], not beginning or ending in a dot. */
static bool
name_is_good(const struct entry *x)
{
	if (x->n == 0 || x->n > 128 || x->name[0] == '.' ||
	    x->name[x->n - 1] == '.')
		return false;
	for (size_t i = 0; i < x->n; i++) {
		char c = x->name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}

static int
malformed(const struct walk *w, struct err *e)
{
	return err_set(e, E_INPUT, "%.150s: order, mode or name",
	    w->path[0] == '\0' ? "the root" : w->path);
}

/* One side of a comparison: entries one by one, in strict order. */
struct side {
	struct rest rest;
	struct entry now, last;
	bool have, any;
};

static int
side_step(const struct walk *w, struct side *s, struct err *e)
{
	int got;

	if (s->have) {
		s->last = s->now;
		s->any = true;
	}
	got = entry_next(&s->rest, &s->now);
	s->have = got == 1;
	if (got < 0 || (got == 1 && !name_is_good(&s->now)) ||
	    (got == 1 && s->any && entry_cmp(&s->last, &s->now) >= 0))
		return malformed(w, e);
	return 0;
}

static int
side_begin(
    const struct walk *w, struct side *s, const struct level *l, struct err *e)
{
	*s = (struct side){ .have = false };
	if (l == NULL)
		return 0;
	s->rest = (struct rest){ l->bytes.p, l->bytes.n };
	return side_step(w, s, e);
}

static int
path_push(struct walk *w, const struct entry *x, size_t *out_was, struct err *e)
{
	size_t was = strlen(w->path);
	size_t need = was + (was > 0) + x->n + 1;

	if (need > sizeof(w->path))
		return err_set(e, E_INPUT, "a path is too long");
	*out_was = was;
	if (was > 0)
		w->path[was++] = '/';
	for (size_t i = 0; i < x->n; i++)
		w->path[was + i] = x->name[i];
	w->path[was + x->n] = '\0';
	return 0;
}

static void
id_of(const struct entry *x, struct gitx_oid *out)
{
	for (size_t i = 0; i < GITX_OID; i++)
		out->b[i] = x->id[i];
}

static void
change_add(struct walk *w, enum change_kind kind, const struct entry *x)
{
	struct changes *c = w->out;
	struct change *one;

	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 8 : 2 * c->cap;
		c->items = xrealloc(c->items, c->cap, sizeof(*c->items));
	}
	one = &c->items[c->n++];
	*one = (struct change){ .kind = kind };
	id_of(x, &one->id);
	for (size_t i = 0; i < sizeof(one->path); i++)
		if ((one->path[i] = w->path[i]) == '\0')
			break;
}

static int compare(struct walk *w, size_t depth, const struct gitx_oid *before,
    const struct gitx_oid *after, struct err *e);

/* A file or a folder that only one side has. */
static int
alone(struct walk *w, size_t depth, enum change_kind kind,
    const struct entry *x, struct err *e)
{
	struct gitx_oid id;
	size_t was;
	int rv = 0;

	if (path_push(w, x, &was, e) < 0)
		return -1;
	id_of(x, &id);
	if (!x->folder)
		change_add(w, kind, x);
	else if (kind == CHANGE_ADDED)
		rv = compare(w, depth + 1, NULL, &id, e);
	else
		rv = compare(w, depth + 1, &id, NULL, e);
	w->path[was] = '\0';
	return rv;
}

static int
both(struct walk *w, size_t depth, const struct entry *a, const struct entry *b,
    struct err *e)
{
	struct gitx_oid before, after;
	size_t was;
	int rv = 0;

	if (memcmp(a->id, b->id, GITX_OID) == 0)
		return 0;
	if (path_push(w, b, &was, e) < 0)
		return -1;
	id_of(a, &before);
	id_of(b, &after);
	if (b->folder)
		rv = compare(w, depth + 1, &before, &after, e);
	else
		change_add(w, CHANGE_CHANGED, b);
	w->path[was] = '\0';
	return rv;
}

static int
merge(
    struct walk *w, size_t depth, struct side *a, struct side *b, struct err *e)
{
	while (a->have || b->have) {
		int by = !a->have ? 1
		    : !b->have    ? -1
				  : entry_cmp(&a->now, &b->now);

		if (by < 0 && alone(w, depth, CHANGE_REMOVED, &a->now, e) < 0)
			return -1;
		if (by > 0 && alone(w, depth, CHANGE_ADDED, &b->now, e) < 0)
			return -1;
		if (by == 0 && both(w, depth, &a->now, &b->now, e) < 0)
			return -1;
		if (by <= 0 && side_step(w, a, e) < 0)
			return -1;
		if (by >= 0 && side_step(w, b, e) < 0)
			return -1;
	}
	return 0;
}

static int
compare(struct walk *w, size_t depth, const struct gitx_oid *before,
    const struct gitx_oid *after, struct err *e)
{
	struct side a, b;

	if (depth == DEPTH)
		return err_set(e, E_INPUT, "folders nest too deep");
	if (before != NULL && old_load(w, depth, before, e) < 0)
		return -1;
	if (after != NULL && level_load(w, &w->m->new[depth], after, e) < 0)
		return -1;
	if (side_begin(w, &a, before == NULL ? NULL : &w->m->old[depth], e) <
		0 ||
	    side_begin(w, &b, after == NULL ? NULL : &w->m->new[depth], e) < 0)
		return -1;
	if (after != NULL && !b.have)
		return malformed(w, e); /* git knows no empty folder */
	return merge(w, depth, &a, &b, e);
}

int
tree_changes(struct pack_reader *r, struct tree_memory *m,
    const struct gitx_oid *before, const struct gitx_oid *after,
    struct changes *out, struct err *e)
{
	struct walk w = { .r = r, .m = m, .out = out };

	out->n = 0;
	if (before != NULL && gitx_oid_eq(before, after))
		return 0;
	return compare(&w, 0, before, after, e);
}
