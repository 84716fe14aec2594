/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_GITSERVE_INT_H
#define NINTEI_GITSERVE_INT_H
/* gitserve_int: what the files of this module share. */
#include <stddef.h>
#include <sys/types.h>

#include "nintei/cc.h"
#include "nintei/gitserve.h"
#include "nintei/privsep.h"
#include "nintei/worker.h"

#define GIT_PROGRAM "/usr/bin/git"

/* Full clones at a time, and how many more may wait. */
#define CLONES_AT_ONCE 2
#define CLONES_WAITING 8
/* Of all kinds; beyond them WORKER_BUSY. */
#define CHILDREN_MAX 48

/* Descriptors of a child that serves: beside 0, 1 and 2. */
#define CHILD_FD_SLOTS 3

/* Exit statuses of a child before git is there. */
#define EXIT_BUSY 75
#define EXIT_INPUT WORKER_STATUS_INPUT
#define EXIT_SETUP 77
#define EXIT_NO_GIT 127

/* box.c: what gitd, its children and maintenance may touch. */
struct box_paths {
	struct privsep_path list[24];
	char *owned[4];
	size_t n;
};
void box_paths(const char *store, bool write, struct box_paths *out);
void box_paths_done(struct box_paths *p); /* for CLEANUP */
int box_zygote(const char *store, struct layers *out, struct err *e) MUST_CHECK;
/* A child that only reads; after it seccomp set "git" is in force. */
int box_reader(const char *store, struct err *e) MUST_CHECK;
/* Rule GIT-WRITE: from here on no byte reaches a file. */
int box_no_writes(struct err *e) MUST_CHECK;
/* Least share of processor and disk, memory for a repack. */
void box_humble(void);

/* command.c: git with its environment; path is the repository. */
#define COMMAND_ENV 24
struct command_env {
	char *at[COMMAND_ENV];
	size_t n;
};
void command_env(const char *path, unsigned protocol, struct command_env *out);
void command_env_done(struct command_env *v);
/*
 * Run git, wait for it.  argv: after "git -C path", NULL at its end.  Its
 * words (both streams) go to said, cut.  E_UNAVAILABLE unless it ends with 0.
 */
int command_run(const char *path, const char *const *argv, struct buf *said,
    struct err *e) MUST_CHECK;

/* child.c: never returns.  The descriptors are as documented above. */
void child_serve(const char *store, const struct gitserve_kind *k) NORETURN;
void child_maintain(const char *store, const struct gitserve_kind *k) NORETURN;

#endif
