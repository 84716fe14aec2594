/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_COURIER_INT_H
#define NINTEI_COURIER_INT_H
/* courier_int: what the files of nintei-courier share. */
#include "nintei/chan.h"
#include "nintei/conf.h"
#include "nintei/err.h"

/* posts.c: one thread and one connection for each witness. */
struct posts;
/* Where to post: from the configuration, and from nowhere else. */
int posts_new(
    const struct config *c, struct posts **out, struct err *e) MUST_CHECK;
/* Threads, after the confinement. */
int posts_start(struct posts *p, struct err *e) MUST_CHECK;
/* Answer over this edge from now on; -1: nobody.  Not owned. */
void posts_edge(struct posts *p, int fd);
/* One frame of core's.  -1: malformed, the edge must end. */
int posts_take(
    struct posts *p, const struct chan_msg *m, struct err *e) MUST_CHECK;

#endif
