/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PRIVSEP_INT_H
#define NINTEI_PRIVSEP_INT_H
/*
 * The steps of privsep_enter, one file each, and what zygote, child and host
 * share.
 */
#include <linux/filter.h>
#include <stdbool.h>
#include <sys/types.h>
#include "nintei/privsep.h"

/* A sanitizer's run time needs maps, files and signals that a sandbox denies;
 * gcov besides writes its counters to files at the end. */
#ifdef NINTEI_SANITIZED
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif
#ifdef NINTEI_MEASURED
#define IS_MEASURED true
#else
#define IS_MEASURED false
#endif
void privsep_exit(int status) NORETURN; /* _exit, counters kept */

/* layers.c: what happened to a layer. */
void layer_on(struct layers *l, enum layer which, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
void layer_off(struct layers *l, enum layer which, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* namespace.c, user.c, limits.c, landlock.c: in the order of BUNDLES 2.4. */
void namespace_enter(const struct confinement *c, struct layers *l);
struct user {
	uid_t uid; /* 0: stay who we are */
	gid_t gid;
};
void user_find(const struct confinement *c, struct user *out);
int user_enter(const struct confinement *c, const struct user *u,
    struct layers *l, struct err *e) MUST_CHECK;
int limits_enter(
    const struct confinement *c, struct layers *l, struct err *e) MUST_CHECK;
/* For who reads files: a few open at a time. */
int limits_files(bool reads, struct err *e) MUST_CHECK;
int landlock_enter(
    const struct confinement *c, struct layers *l, struct err *e) MUST_CHECK;

/* seccomp.c */
#define FILTER_MAX 1024
struct filter {
	struct sock_filter ins[FILTER_MAX];
	unsigned short n;
};
void filter_build(enum privsep_set set, struct filter *out);
int seccomp_enter(enum privsep_set set, struct err *e) MUST_CHECK;
const char *seccomp_name(enum privsep_set set);

/* host.c: the host of a zygote just forked; pid < 0: fork failed. */
int host_of_child(
    int chan, pid_t pid, struct worker_host **out, struct err *e) MUST_CHECK;

/* worker.c: the set of a class's children; the child, never returns. */
enum privsep_set worker_set(const struct worker_class *cls);
void worker_child(const struct worker_class *cls, uint32_t kind, int in_fd,
    int out_fd) NORETURN;

#define JOB_CHILDREN 64 /* at a time; further jobs wait in the socket */

#endif
