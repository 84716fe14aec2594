/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CHAN_H
#define NINTEI_CHAN_H
/*
 * chan: one frame, whole or not at all, over a SOCK_SEQPACKET edge.
 * Frame: u32 operation, u32 request id, fields (wire.h), at most 64 KiB; and
 * at most CHAN_FDS descriptors beside it.  The first frame of each edge is
 * OP_HELLO with the protocol version, from both sides.
 * Runs in: every process but the workers.  Module: privsep.
 * Rules: IPC-* in docs/PROTOCOL.ipc.
 */
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/limits.h"
#include "nintei/slice.h"
#include "nintei/wire.h"

#define CHAN_VERSION 1
#define CHAN_FDS 4
#define CHAN_HEAD_BYTES 8

/* Operations below 16 are the same on all edges. */
enum {
	OP_HELLO = 1, /* u32 version, text name of the sender */
	OP_ANSWER = 2, /* fields as the request says */
	OP_REFUSE = 3, /* text code ("E_FLOW_GUARD"), text detail */
	OP_FIRST = 16
};

/* A frame received.  64 KiB: keep it off small stacks. */
struct chan_msg {
	uint32_t op;
	uint32_t id;
	size_t n; /* bytes in all, head included */
	int fds[CHAN_FDS]; /* owned: chan_take_fd or chan_msg_done */
	size_t n_fds;
	uint8_t bytes[LIMIT_FRAME_BYTES];
};

/* { 0 } is a valid empty one.  For CLEANUP(chan_msg_done). */
void chan_msg_done(struct chan_msg *m); /* closes what was not taken */
struct rd chan_msg_rd(const struct chan_msg *m); /* the fields */
/* Descriptor i, now the caller's; -1 if there is none. */
int chan_take_fd(struct chan_msg *m, size_t i);

/* Start a frame in b (BUF_INIT(LIMIT_FRAME_BYTES)); append fields by wr_*. */
void chan_begin(struct buf *b, uint32_t op, uint32_t id);
/*
 * Send one frame; waits while the peer is slow, at most 30 s.  Descriptors
 * stay the caller's.  Errors: E_LIMIT (the buffer went bad or is too large),
 * E_UNAVAILABLE (peer gone or stuck).
 */
int chan_send(int fd, const struct buf *frame, const int *fds, size_t n_fds,
    struct err *e) MUST_CHECK;
/*
 * Receive one frame; waits for ever (poll first, or chan_wait).  Descriptors
 * are close-on-exec.  More than max_fds of them, a cut frame or one without
 * a head is E_IPC and all its descriptors are closed.  The peer's end closed:
 * E_UNAVAILABLE.
 */
int chan_recv(
    int fd, size_t max_fds, struct chan_msg *out, struct err *e) MUST_CHECK;
/* Wait until something can be received.  E_UNAVAILABLE after the time. */
int chan_wait(int fd, int milliseconds, struct err *e) MUST_CHECK;
/*
 * First act on an edge: say who we are (self), hear who it is (peer; NULL:
 * anybody), want the same version.  Waits for the other side at most 30 s.
 * Errors: E_IPC, E_UNAVAILABLE.
 */
int chan_hello(
    int fd, const char *self, const char *peer, struct err *e) MUST_CHECK;
/* Its two halves, for who must not wait. */
int chan_hello_send(int fd, const char *self, struct err *e) MUST_CHECK;
int chan_hello_check(
    const struct chan_msg *m, const char *peer, struct err *e) MUST_CHECK;

#endif
