/* SPDX-License-Identifier: Apache-2.0 */
/* Starting libgit2, opening a repository, its ref. */
#include "nintei/gitx.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"
#include "gitx_int.h"

/* It counts objects as they are in git; parsed trees take ten times that. */
#define CACHE_BYTES MIB(1)

static pthread_once_t started = PTHREAD_ONCE_INIT;
static int start_result;

/* No file outside the repository decides anything. */
static const git_config_level_t levels[] = { GIT_CONFIG_LEVEL_SYSTEM,
	GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
	GIT_CONFIG_LEVEL_PROGRAMDATA };

static void
start_once(void)
{
	int rv = git_libgit2_init();

	for (size_t i = 0; rv >= 0 && i < NELEM(levels); i++)
		rv = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
	if (rv >= 0)
		rv = git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	if (rv >= 0)
		rv = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
	if (rv >= 0)
		rv = git_libgit2_opts(
		    GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
	if (rv >= 0)
		rv = git_libgit2_opts(
		    GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_BYTES);
	/* The folder is named by the operator; root may read another's. */
	if (rv >= 0)
		rv = git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	start_result = rv;
}

int
gitx_start(struct err *e)
{
	pthread_once(&started, start_once);
	if (start_result < 0)
		return err_git(e, start_result, "libgit2");
	return 0;
}

static enum err_code
code_of(int rv, int klass)
{
	if (rv == GIT_ENOTFOUND)
		return E_NOT_FOUND;
	if (rv == GIT_EMODIFIED || rv == GIT_EEXISTS)
		return E_STORE_CONFLICT;
	if (klass == GIT_ERROR_OS || klass == GIT_ERROR_FILESYSTEM ||
	    klass == GIT_ERROR_NOMEMORY || rv == GIT_ELOCKED)
		return E_UNAVAILABLE;
	return E_STORE_CORRUPT;
}

int
err_git(struct err *e, int rv, const char *what)
{
	int sys = errno;
	const git_error *last = git_error_last();
	enum err_code code = code_of(rv, last != NULL ? last->klass : 0);

	err_raise(e, code, code == E_UNAVAILABLE ? sys : 0, __FILE__, __LINE__,
	    "the repository could not do this");
	err_trail(e, "%s: %s", what, last != NULL ? last->message : "?");
	git_error_clear();
	return -1;
}

bool
gitx_oid_eq(const struct gitx_oid *a, const struct gitx_oid *b)
{
	return memcmp(a->b, b->b, GITX_OID) == 0;
}

void
gitx_oid_to(const struct gitx_oid *in, git_oid *out)
{
	git_oid_fromraw(out, in->b);
}

void
gitx_oid_from(const git_oid *in, struct gitx_oid *out)
{
	for (size_t i = 0; i < GITX_OID; i++)
		out->b[i] = in->id[i];
}

int
gitx_open(const char *path, struct gitx **out, struct err *e)
{
	CLEANUP(gitx_freep) struct gitx *g = NULL;
	int rv;

	if (gitx_start(e) < 0)
		return -1;
	g = xcalloc(1, sizeof(*g));
	rv = git_repository_open_ext(
	    &g->repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (rv < 0)
		return err_git(e, rv, "open");
	rv = git_repository_odb(&g->odb, g->repo);
	if (rv < 0)
		return err_git(e, rv, "odb");
	*out = TAKE(g);
	return 0;
}

void
gitx_close(struct gitx *g)
{
	if (g == NULL)
		return;
	git_odb_free(g->odb);
	git_repository_free(g->repo);
	free(g);
}

int
gitx_ref_read(
    struct gitx *g, const char *name, struct gitx_oid *out, struct err *e)
{
	git_oid id;
	int rv = git_reference_name_to_id(&id, g->repo, name);

	if (rv < 0)
		return err_git(e, rv, "ref");
	gitx_oid_from(&id, out);
	return 0;
}

int
gitx_ref_update(struct gitx *g, const char *name, const struct gitx_oid *old,
    const struct gitx_oid *id, struct err *e)
{
	CLEANUP(git_reference_freep) git_reference *ref = NULL;
	git_oid to, from;
	int rv;

	gitx_oid_to(id, &to);
	if (old == NULL) {
		rv = git_reference_create(&ref, g->repo, name, &to, 0, NULL);
	} else {
		gitx_oid_to(old, &from);
		rv = git_reference_create_matching(
		    &ref, g->repo, name, &to, 1, &from, NULL);
	}
	return rv < 0 ? err_git(e, rv, "ref update") : 0;
}
