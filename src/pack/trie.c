/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a repository in memory: put, write, keep, roll back. */
#include "nintei/trie.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nintei/limits.h"
#include "nintei/pack.h"
#include "trie_int.h"

/* Where an entry lies in raw, or would be put. */
struct place {
	bool found; /* of this name, of either kind */
	struct tree_item item;
	size_t at; /* of the entry, or where it belongs */
	size_t id_at; /* of its id; found */
};

int
trie_new(const struct trie_io *io, const struct gitx_oid *root, size_t max,
    struct trie **out, struct err *e)
{
	CLEANUP(trie_freep) struct trie *t = xcalloc(1, sizeof(*t));

	(void)e;
	t->io = *io;
	t->max = max;
	t->sha1 = digest_sha1_new();
	t->root = node_new(t, NULL, slice_str(""), root);
	t->root->dirty = root == NULL;
	*out = TAKE(t);
	return 0;
}

void
trie_free(struct trie *t)
{
	if (t == NULL)
		return;
	node_free(t, t->root);
	digest_free(t->sha1);
	free(t);
}

size_t
trie_bytes(const struct trie *t)
{
	return t->bytes;
}

static int
load(struct trie *t, struct node *n, struct err *e)
{
	if (n->loaded)
		return 0;
	buf_reset(&n->raw);
	if (t->io.load(t->io.arg, &n->id, &n->raw, e) < 0)
		return -1;
	if (!buf_ok(&n->raw))
		return err_set(e, E_LIMIT, "a folder is too large");
	if (tree_check(buf_slice(&n->raw), e) < 0)
		return -1;
	n->loaded = true;
	node_count(t, n);
	return 0;
}

/*
 * Names were checked when raw was loaded.  The search goes on to where a
 * folder of this name would stand, which is after the file.
 */
static int
locate(const struct node *n, struct slice name, bool is_folder,
    struct place *out, struct err *e)
{
	struct tree_item as_is = { .name = name, .is_folder = is_folder };
	struct tree_item as_folder = { .name = name, .is_folder = true };
	struct slice rest = buf_slice(&n->raw);
	struct place p = { .found = false };
	struct tree_item item;
	size_t at = 0;
	int rv;

	while ((rv = tree_next(&rest, &item, e)) > 0) {
		if (slice_eq(item.name, name)) {
			p.found = true;
			p.item = item;
			p.at = at;
			p.id_at = n->raw.n - rest.n - GITX_OID;
			break;
		}
		if (tree_compare(&item, &as_folder) > 0)
			break;
		at = n->raw.n - rest.n;
		if (tree_compare(&item, &as_is) < 0)
			p.at = at;
	}
	*out = p;
	return rv < 0 ? -1 : 0;
}

static int
insert(struct node *n, size_t at, const struct tree_item *item, struct err *e)
{
	const char *mode = item->is_folder ? "40000 " : "100644 ";
	size_t mode_n = strlen(mode), tail = n->raw.n - at;
	size_t room = mode_n + item->name.n + 1 + GITX_OID;
	static const uint8_t zeros[LIMIT_COMPONENT_BYTES + 8 + GITX_OID];
	uint8_t *p;

	buf_put(&n->raw, zeros, room);
	if (!buf_ok(&n->raw))
		return err_set(e, E_LIMIT, "a folder is too large");
	p = n->raw.p + at;
	memmove(p + room, p, tail);
	memcpy(p, mode, mode_n);
	memcpy(p + mode_n, item->name.p, item->name.n);
	p[mode_n + item->name.n] = '\0';
	memcpy(p + room - GITX_OID, item->id.b, GITX_OID);
	return 0;
}

/* TREE-3 */
static bool
is_name(struct slice name)
{
	static const char *const bad[] = { ".", "..", ".git" };

	if (name.n == 0 || name.n > LIMIT_COMPONENT_BYTES)
		return false;
	for (size_t i = 0; i < NELEM(bad); i++)
		if (name.n == strlen(bad[i]) &&
		    strncasecmp((const char *)name.p, bad[i], name.n) == 0)
			return false;
	return true;
}

/* The first component off *path; is_last: nothing follows. */
static int
component(const char **path, struct slice *out, bool *is_last, struct err *e)
{
	size_t n = strcspn(*path, "/");

	*out = slice_of(*path, n);
	*is_last = (*path)[n] == '\0';
	*path += *is_last ? n : n + 1;
	return is_name(*out) ? 0 : err_set(e, E_INPUT, "not a path");
}

static int
path_check(const char *path, struct err *e)
{
	struct slice name;
	bool is_last = false;

	while (!is_last)
		if (component(&path, &name, &is_last, e) < 0)
			return -1;
	return 0;
}

/* The folder of this name in n; with make, a new one where there is none. */
static int
descend(struct trie *t, struct node *n, struct slice name, bool make,
    struct node **out, struct err *e)
{
	struct node *kid = node_kid(n, name);
	struct place p;

	if (n->depth >= TRIE_DEPTH)
		return err_set(e, E_LIMIT, "a path is too deep");
	if (load(t, n, e) < 0)
		return -1;
	if (kid == NULL) {
		if (locate(n, name, true, &p, e) < 0)
			return -1;
		if (!p.found && !make)
			return err_set(e, E_NOT_FOUND, "no such folder");
		if (p.found && !p.item.is_folder)
			return err_set(e, make ? E_INPUT : E_NOT_FOUND,
			    "a file stands where a folder is named");
		if (!p.found) {
			p.item = (struct tree_item){ .name = name,
				.is_folder = true };
			if (insert(n, p.at, &p.item, e) < 0)
				return -1;
		}
		kid = node_new(t, n, name, p.found ? &p.item.id : NULL);
	}
	*out = kid;
	return 0;
}

static int
put_file(
    struct trie *t, struct node *n, const struct tree_item *file, struct err *e)
{
	struct place p;

	if (load(t, n, e) < 0 || locate(n, file->name, false, &p, e) < 0)
		return -1;
	if (p.found && p.item.is_folder)
		return err_set(
		    e, E_INPUT, "a folder stands where a file is named");
	if (!p.found)
		return insert(n, p.at, file, e);
	memcpy(n->raw.p + p.id_at, file->id.b, GITX_OID);
	return 0;
}

/* From the folder up, so that what holds others is newer in use. */
static void
touch_up(struct trie *t, struct node *n)
{
	for (; n != NULL; n = n->parent)
		node_touch(t, n);
}

int
trie_put(struct trie *t, const char *path, const struct gitx_oid *blob,
    struct err *e)
{
	struct tree_item file = { .id = *blob };
	struct node *n = t->root;
	bool is_last = false;

	if (path_check(path, e) < 0)
		return -1;
	while (!is_last) {
		if (component(&path, &file.name, &is_last, e) < 0)
			return -1;
		n->dirty = n->changed = true;
		if (!is_last && descend(t, n, file.name, true, &n, e) < 0)
			return -1;
	}
	if (put_file(t, n, &file, e) < 0)
		return -1;
	touch_up(t, n);
	return 0;
}

static int write_node(struct trie *t, struct node *n, struct err *e);

/* The ids of the dirty folders below, into raw. */
static int
write_kids(struct trie *t, struct node *n, struct err *e)
{
	struct place p;

	for (size_t i = 0; i < n->nkids; i++) {
		struct node *kid = n->kids[i];
		struct slice name = slice_of(kid->name, kid->name_n);

		if (!kid->dirty)
			continue;
		if (write_node(t, kid, e) < 0 ||
		    locate(n, name, true, &p, e) < 0)
			return -1;
		if (!p.found || !p.item.is_folder)
			return err_set(e, E_INTERNAL, "a folder got lost");
		memcpy(n->raw.p + p.id_at, kid->id.b, GITX_OID);
	}
	return 0;
}

static int
write_node(struct trie *t, struct node *n, struct err *e)
{
	struct gitx_oid id;

	if (!n->loaded)
		return err_set(e, E_INTERNAL, "a failed change was kept");
	if (write_kids(t, n, e) < 0)
		return -1;
	pack_id(t->sha1, PACK_TREE, buf_slice(&n->raw), &id);
	if ((n->fresh || !gitx_oid_eq(&id, &n->id)) &&
	    t->io.emit(t->io.arg, &id, buf_slice(&n->raw), e) < 0)
		return -1;
	n->id = id;
	n->dirty = false;
	return 0;
}

int
trie_write(struct trie *t, struct gitx_oid *out, struct err *e)
{
	if (t->root->dirty && write_node(t, t->root, e) < 0)
		return -1;
	*out = t->root->id;
	return 0;
}

static void
keep(struct node *n)
{
	if (n->dirty)
		abort(); /* trie_write comes first */
	n->base = n->id;
	n->changed = n->fresh = false;
	for (size_t i = 0; i < n->nkids; i++)
		if (n->kids[i]->changed)
			keep(n->kids[i]);
}

void
trie_keep(struct trie *t)
{
	if (t->root->changed)
		keep(t->root);
	trie_shrink(t);
}

/* What is fresh goes; what changed is loaded anew when it is wanted. */
static void
rollback(struct trie *t, struct node *n)
{
	for (size_t i = n->nkids; i-- > 0;)
		if (n->kids[i]->fresh)
			node_free(t, n->kids[i]);
		else if (n->kids[i]->changed)
			rollback(t, n->kids[i]);
	n->id = n->base;
	n->dirty = n->changed = false;
	node_unload(t, n);
}

void
trie_rollback(struct trie *t)
{
	bool was_fresh = t->root->fresh;

	if (!t->root->changed)
		return;
	rollback(t, t->root);
	if (was_fresh)
		t->root->loaded = t->root->dirty = true;
}

int
trie_find(
    struct trie *t, const char *path, struct gitx_entry *out, struct err *e)
{
	struct node *n = t->root, *kid;
	struct slice name;
	struct place p;
	bool is_last = false;

	for (;;) {
		if (component(&path, &name, &is_last, e) < 0)
			return -1;
		if (is_last)
			break;
		if (descend(t, n, name, false, &n, e) < 0)
			return -1;
	}
	if (load(t, n, e) < 0 || locate(n, name, false, &p, e) < 0)
		return -1;
	if (!p.found)
		return err_set(e, E_NOT_FOUND, "no such file");
	*out = (struct gitx_entry){ p.item.id, p.item.is_folder };
	if ((kid = node_kid(n, name)) != NULL && kid->dirty)
		out->id = (struct gitx_oid){ { 0 } };
	touch_up(t, n);
	trie_shrink(t);
	return 0;
}

int
trie_folder(struct trie *t, const char *path, struct slice *out, struct err *e)
{
	struct node *n = t->root;
	struct slice name;
	bool is_last = *path == '\0';

	trie_shrink(t);
	while (!is_last)
		if (component(&path, &name, &is_last, e) < 0 ||
		    descend(t, n, name, false, &n, e) < 0)
			return -1;
	if (load(t, n, e) < 0)
		return -1;
	touch_up(t, n);
	*out = buf_slice(&n->raw);
	return 0;
}

static int
warm(struct trie *t, struct node *n, unsigned levels, struct err *e)
{
	struct slice rest;
	struct tree_item item;
	struct node *kid;
	int rv;

	if (load(t, n, e) < 0)
		return -1;
	node_touch(t, n);
	if (levels <= 1)
		return 0;
	rest = buf_slice(&n->raw);
	while ((rv = tree_next(&rest, &item, e)) > 0)
		if (item.is_folder &&
		    (descend(t, n, item.name, false, &kid, e) < 0 ||
			warm(t, kid, levels - 1, e) < 0))
			return -1;
	return rv;
}

int
trie_warm(struct trie *t, unsigned levels, struct err *e)
{
	return levels == 0 ? 0 : warm(t, t->root, levels, e);
}
