/* SPDX-License-Identifier: Apache-2.0 */
/* Trees: finding, listing, and a new one with some files put in. */
#include "nintei/gitx.h"

#include <stdlib.h>

#include "gitx_int.h"

int
gitx_tree_get(
    struct gitx *g, const struct gitx_oid *id, git_tree **out, struct err *e)
{
	git_oid oid;
	int rv;

	gitx_oid_to(id, &oid);
	rv = git_tree_lookup(out, g->repo, &oid);
	return rv < 0 ? err_git(e, rv, "tree") : 0;
}

static void
entry_from(const git_tree_entry *in, struct gitx_entry *out)
{
	gitx_oid_from(git_tree_entry_id(in), &out->id);
	out->is_folder = git_tree_entry_type(in) == GIT_OBJECT_TREE;
}

int
gitx_tree_find(struct gitx *g, const struct gitx_oid *tree, const char *path,
    struct gitx_entry *out, struct err *e)
{
	CLEANUP(git_tree_freep) git_tree *root = NULL;
	CLEANUP(git_tree_entry_freep) git_tree_entry *entry = NULL;
	int rv;

	if (gitx_tree_get(g, tree, &root, e) < 0)
		return -1;
	rv = git_tree_entry_bypath(&entry, root, path);
	if (rv == GIT_ENOTFOUND) {
		git_error_clear();
		return err_set(e, E_NOT_FOUND, "no such file");
	}
	if (rv < 0)
		return err_git(e, rv, "tree path");
	entry_from(entry, out);
	return 0;
}

int
gitx_tree_list(struct gitx *g, const struct gitx_oid *tree,
    int (*fn)(const char *name, const struct gitx_entry *entry, void *arg,
	struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(git_tree_freep) git_tree *root = NULL;
	struct gitx_entry entry;

	if (gitx_tree_get(g, tree, &root, e) < 0)
		return -1;
	for (size_t i = 0; i < git_tree_entrycount(root); i++) {
		const git_tree_entry *at = git_tree_entry_byindex(root, i);

		entry_from(at, &entry);
		if (fn(git_tree_entry_name(at), &entry, arg, e) < 0)
			return -1;
	}
	return 0;
}
