/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_IPC_H
#define NINTEI_IPC_H
/*
 * ipc: requests and answers over an edge (chan.h): the asking side is a
 * struct peer, the answering side a table of operations.
 * Runs in: front, core, signer, ninteid.
 * Rules: IPC-* in docs/PROTOCOL.ipc.  How a process gets its edges: proc.h.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/cc.h"
#include "nintei/chan.h"
#include "nintei/err.h"
#include "nintei/slice.h"
#include "nintei/wire.h"

/* The asking side of an edge.  One request at a time; a mutex inside. */
struct peer;
/* self and name: the two ends, as chan_hello.  Owns fd, also on error. */
int peer_new(int fd, const char *self, const char *name, struct peer **out,
    struct err *e) MUST_CHECK;
/* The supervisor started a new one (proc.h).  Owns fd, also on error. */
int peer_rewire(struct peer *p, int fd, struct err *e) MUST_CHECK;
bool peer_is_up(struct peer *p);
/* Let ninteid know when the edge is given up (proc_edge_lost). */
struct proc;
void peer_report_to(struct peer *p, struct proc *proc);
void peer_free(struct peer *p);
DEFINE_STRUCT_CLEANUP(peer, peer_free)

/*
 * Ask and wait for the answer with the same id; any thread.  frame: from
 * chan_begin(b, op, 0), the id is put in here.  An OP_REFUSE comes back as
 * error with its code and detail; out then is untouched.  out->fds hold at
 * most max_fds.  Errors also: E_UNAVAILABLE (peer gone, or no answer in 30 s:
 * the edge is then given up), E_IPC (malformed answer: given up as well).
 */
int chan_call(struct peer *p, struct buf *frame, const int *fds, size_t n_fds,
    size_t max_fds, struct chan_msg *out, struct err *e) MUST_CHECK;

/* What a handler sees and fills. */
struct request {
	uint32_t op;
	struct rd in; /* read all of it, then rd_end() */
	struct chan_msg *msg; /* for chan_take_fd */
	struct buf *out; /* fields of the answer */
	int out_fds[CHAN_FDS]; /* sent, then closed */
	size_t n_out_fds;
};

/* The answering side: not in the table, too large, too many descriptors, not
 * in this phase: the edge ends. */
struct op {
	uint32_t op;
	const char *name; /* for the log */
	/* -1 with E_IPC: malformed, the edge ends.  -1 with another code: a
	 * refusal, the peer gets code and detail. */
	int (*handler)(void *ctx, struct request *rq, struct err *e);
	unsigned phases; /* bits of the caller's own */
	size_t max_bytes; /* of the whole frame */
	size_t max_fds;
};

/*
 * Look up, check, handle and answer one frame.  refused, if not NULL, gets
 * the refusal that was sent (E_OK: none) for the log.  Returns -1 when the
 * edge must be closed.
 */
int ipc_dispatch(int fd, const struct op *ops, size_t n, unsigned phase,
    struct chan_msg *in, void *ctx, struct err *refused,
    struct err *e) MUST_CHECK;
const struct op *ipc_find(const struct op *ops, size_t n, uint32_t op);

/* An answer outside the table (front's and core's own loops). */
int ipc_refuse(
    int fd, uint32_t id, const struct err *why, struct err *e) MUST_CHECK;
/* Read an OP_REFUSE into e; always -1. */
int ipc_refusal(const struct chan_msg *m, struct err *e);

#endif
