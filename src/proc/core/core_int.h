/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CORE_INT_H
#define NINTEI_CORE_INT_H
/* core_int: what the files of nintei-core share. */
#include <pthread.h>
#include <stdbool.h>

#include "nintei/chan.h"
#include "nintei/conf.h"
#include "nintei/courier.h"
#include "nintei/ipc.h"
#include "nintei/office.h"
#include "nintei/proc.h"
#include "nintei/scheme.h"
#include "nintei/worker.h"

/* --- front_edge.c: requests from front, served by a few threads --- */

struct front_edge;
/* Greets front on fd and owns it; starts the threads. */
int front_edge_new(int fd, struct office *o, struct front_edge **out,
    struct err *e) MUST_CHECK;
/* Front was started anew: answers still on their way to the old are lost. */
int front_edge_rewire(struct front_edge *f, int fd, struct err *e) MUST_CHECK;
/* To poll for requests; -1 while front is gone. */
int front_edge_fd(const struct front_edge *f);
/* Take one request; false: front is gone. */
bool front_edge_take(struct front_edge *f);
/* Finish what was taken, end the threads. */
void front_edge_drain(struct front_edge *f);

/* --- setup.c --- */

struct core {
	struct proc proc;
	struct config *config;
	struct scheme_set *schemes;
	struct peer *signer;
	struct worker_host *unpack, *examine, *git;
	struct worker_host *pdftext; /* its zygote may be absent */
	struct worker_host *clam; /* NULL: no clamd is configured */
	struct courier *courier;
	struct office *office;
	struct front_edge *front;
};
/* Read, confine, open.  The order matters: see setup.c. */
int core_setup(struct core *c, struct err *e) MUST_CHECK;
/* `ninteid --check`: configuration and policies.  The exit status. */
int core_check(const char *home);

#endif
