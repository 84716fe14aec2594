/* SPDX-License-Identifier: Apache-2.0 */
/* The clone: where its objects lie, and the line of its commits. */
#include "audit_int.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "nintei/fs.h"

#define MAIN_REF "refs/heads/main"

static bool
is_folder(const char *dir, const char *name)
{
	CLEANUP(freep) char *path = fs_join(dir, name);
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* git lists there the commits whose parents it did not fetch. */
static bool
is_shallow(const char *gitdir)
{
	CLEANUP(freep) char *path = fs_join(gitdir, "shallow");
	struct stat st;

	return stat(path, &st) == 0 && st.st_size > 0;
}

static int
head_read(struct source *s, struct err *e)
{
	CLEANUP(gitx_freep) struct gitx *g = NULL;
	struct err why = ERR_INIT;

	if (gitx_open(s->gitdir, &g, e) < 0)
		return -1;
	if (gitx_ref_read(g, MAIN_REF, &s->head, &why) < 0)
		return err_set(e, why.code,
		    why.code == E_NOT_FOUND ? "the clone has no branch main"
					    : "its branch main is not read");
	return 0;
}

int
source_open(const char *path, struct source **out, struct err *e)
{
	CLEANUP(source_freep) struct source *s = xcalloc(1, sizeof(*s));
	CLEANUP(freep) char *objects = NULL;

	s->gitdir =
	    is_folder(path, ".git") ? fs_join(path, ".git") : xstrdup(path);
	if (!is_folder(s->gitdir, "objects"))
		return err_set(
		    e, E_NOT_FOUND, "%.150s is no git repository", path);
	if (is_shallow(s->gitdir))
		return err_set(e, E_INPUT,
		    "%.150s is a shallow clone, its beginning is missing: "
		    "git fetch --unshallow",
		    path);
	objects = fs_join(s->gitdir, "objects");
	if (head_read(s, e) < 0 || pack_set_open(objects, &s->set, e) < 0)
		return -1;
	*out = TAKE(s);
	return 0;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	pack_set_close(s->set);
	free(s->gitdir);
	free(s);
}

void
lineage_free(struct lineage *l)
{
	free(l->ids);
	*l = (struct lineage){ 0 };
}

static void
lineage_add(struct lineage *l, const struct gitx_oid *id)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 1024 : 2 * l->cap;
		l->ids = xrealloc(l->ids, l->cap, sizeof(*l->ids));
	}
	l->ids[l->n++] = *id;
}

/*
 * First parents alone; what else a commit names, stage A says.  Ids are
 * recomputed there as well: here only the way is looked for.
 */
int
lineage_collect(const struct source *s, struct lineage *out, struct err *e)
{
	struct pack_opts opts = { .verify = false };
	CLEANUP(pack_reader_freep) struct pack_reader *r = NULL;
	CLEANUP(lineage_free) struct lineage l = { 0 };
	struct gitx_oid at = s->head, tree;
	struct pack_object o;
	unsigned parents;

	if (pack_reader_new(s->set, &opts, &r, e) < 0)
		return -1;
	for (;;) {
		struct err why = ERR_INIT;

		if (pack_read(r, &at, LIMIT_EVENT_BYTES, &o, &why) < 0) {
			l.cut = true;
			l.missing = at;
			l.why = why;
			break;
		}
		lineage_add(&l, &at);
		if (o.type != PACK_COMMIT ||
		    !commit_parents_read(o.bytes, &tree, &at, &parents) ||
		    parents == 0)
			break;
	}
	*out = l;
	l = (struct lineage){ 0 };
	return 0;
}
