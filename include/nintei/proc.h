/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PROC_H
#define NINTEI_PROC_H
/*
 * proc: how a process that ninteid started finds its home, its edges and its
 * orders.  Command line: <program> -C DIR, nothing else; no secrets, no
 * environment.  Descriptors are fixed (docs/PRIVSEP.md).
 * Runs in: front, core, signer, courier (control edge); unpack, examine, gitd,
 * pdftext and clam only have their edge to core on PROC_FD_ZYGOTE.  Module:
 * ipc.
 *
 * A main: proc_init, log_init, open what is needed, chan_hello/peer_new/
 * worker_host_zygote on its edges, privsep_enter, log the layers, proc_ready,
 * then loop over proc_next (a thread of its own, or polled with others).
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/chan.h"
#include "nintei/err.h"

enum {
	PROC_FD_CONTROL = 3, /* front, core, signer, courier: to ninteid */
	PROC_FD_ZYGOTE = 3, /* unpack, examine, gitd, pdftext, clam: to core */

	SIGNER_FD_CORE = 4,

	CORE_FD_FRONT = 4,
	CORE_FD_UNPACK = 5,
	CORE_FD_EXAMINE = 6,
	CORE_FD_SIGNER = 7,
	CORE_FD_COURIER = 8,
	CORE_FD_GITD = 9,
	CORE_FD_PDFTEXT = 10, /* not, where it is not installed */
	CORE_FD_CLAM = 11, /* likewise, and where no clamd is configured */

	COURIER_FD_CORE = 4,

	FRONT_FD_CORE = 4,
	FRONT_FD_HTTPS = 5, /* listening sockets */
	FRONT_FD_HTTP = 6,
	FRONT_FD_METRICS = 7 /* only if configured */
};

/* Names of the ends of an edge (chan_hello) and of programs. */
#define PROC_NINTEID "ninteid"
#define PROC_FRONT "front"
#define PROC_CORE "core"
#define PROC_SIGNER "signer"
#define PROC_UNPACK "unpack"
#define PROC_EXAMINE "examine"
#define PROC_COURIER "courier"
#define PROC_GITD "gitd"
#define PROC_PDFTEXT "pdftext"
#define PROC_CLAM "clam"

#define PROC_EDGES 12 /* to others, at most */

struct proc {
	const char *name;
	const char *home; /* of argv; lives as long as it */
	int control;
	/* What proc_edge_lost must know; kept by proc_next. */
	struct {
		char peer[16];
		_Atomic uint32_t generation;
	} edges[PROC_EDGES];
};

/*
 * Read argv, check that the descriptors from 3 to last_fd are sockets, make
 * them close-on-exec, greet ninteid.  --version prints and exits 0.  Ignores
 * SIGPIPE, SIGINT, SIGHUP and SIGTERM: orders come over the control edge.
 * Errors: E_USAGE (not started by ninteid).
 */
int proc_init(int argc, char **argv, const char *name, int last_fd,
    struct proc *out, struct err *e) MUST_CHECK;
/* For the zygotes: the same without a control edge. */
int proc_init_zygote(
    int argc, char **argv, const char *name, struct err *e) MUST_CHECK;
/*
 * `ninteid --check` calls core, courier and signer as "-C DIR --check": true,
 * and the home.  They load what they would, and end with proc_check_end: 0,
 * or the error in words on stderr and its exit status.
 */
bool proc_check(int argc, char **argv, const char **out_home);
int proc_check_end(const char *name, int rv, const struct err *e);
/* True if an optional descriptor (FRONT_FD_METRICS) was inherited. */
bool proc_has_fd(int fd);

/* Tell ninteid that this process serves.  Once. */
int proc_ready(struct proc *p, struct err *e) MUST_CHECK;

enum proc_order {
	PROC_NONE = 0,
	PROC_NEW_EDGE, /* the process at the other end was started anew */
	PROC_RELOAD, /* read the configuration again (SIGHUP) */
	PROC_DRAIN, /* finish what is begun, take nothing new, exit 0 */
	PROC_GONE, /* ninteid is gone: stop at once */
	PROC_MAX
};
struct proc_event {
	enum proc_order order;
	char peer[16]; /* PROC_NEW_EDGE: PROC_CORE, PROC_SIGNER, ... */
	int fd; /* PROC_NEW_EDGE: the caller's; greet with chan_hello,
		 * peer_rewire or worker_host_rewire */
};
/*
 * The next order; waits for it.  Poll p->control for POLLIN to mix it with
 * other work.  Errors: E_IPC.
 */
int proc_next(struct proc *p, struct proc_event *out, struct err *e) MUST_CHECK;

/*
 * Tell ninteid that this process has closed the edge to peer: it answered
 * nonsense, or not at all.  If it still lives it is ended and started anew.
 * Said of an edge that has been replaced meanwhile, it means nothing.
 */
void proc_edge_lost(struct proc *p, const char *peer);

/* The control edge, seen from ninteid: docs/PROTOCOL.ipc. */
enum {
	OP_READY = OP_FIRST,
	OP_EDGE_LOST, /* text peer, u32 generation */
	OP_NEW_EDGE, /* text peer, u32 generation; the descriptor */
	OP_RELOAD,
	OP_DRAIN
};
int proc_order_send(int control, enum proc_order order,
    struct err *e) MUST_CHECK; /* PROC_RELOAD, PROC_DRAIN */
int proc_edge_send(int control, const char *peer, uint32_t generation, int fd,
    struct err *e) MUST_CHECK;

#endif
