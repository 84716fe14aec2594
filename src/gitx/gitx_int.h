/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_GITX_INT_H
#define NINTEI_GITX_INT_H
/*
 * gitx_int: adapters of libgit2 for this folder alone.
 */
#include <git2.h>

#include "nintei/gitx.h"

DEFINE_CLEANUP(git_repository, git_repository_free)
DEFINE_CLEANUP(git_odb, git_odb_free)
DEFINE_CLEANUP(git_odb_stream, git_odb_stream_free)
DEFINE_CLEANUP(git_odb_object, git_odb_object_free)
DEFINE_CLEANUP(git_tree, git_tree_free)
DEFINE_CLEANUP(git_tree_entry, git_tree_entry_free)
DEFINE_CLEANUP(git_commit, git_commit_free)
DEFINE_CLEANUP(git_reference, git_reference_free)
DEFINE_CLEANUP(git_config, git_config_free)

struct gitx {
	git_repository *repo;
	git_odb *odb;
};

/* Start libgit2 with our options, once per process. */
int gitx_start(struct err *e) MUST_CHECK;
/*
 * Write one object, synced.  Through a stream: where git_odb_write fails, it
 * tries the streams next, finds the object whose folder could not be synced
 * to be there already, and reports success.
 */
int gitx_object_write(struct gitx *g, git_object_t type, struct slice bytes,
    struct gitx_oid *out, struct err *e) MUST_CHECK;
/* libgit2's last message into the trail; the code by its kind. */
int err_git(struct err *e, int rv, const char *what);
void gitx_oid_to(const struct gitx_oid *in, git_oid *out);
void gitx_oid_from(const git_oid *in, struct gitx_oid *out);
int gitx_tree_get(struct gitx *g, const struct gitx_oid *id, git_tree **out,
    struct err *e) MUST_CHECK;

#endif
