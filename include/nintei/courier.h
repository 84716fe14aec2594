/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_COURIER_H
#define NINTEI_COURIER_H
/*
 * courier: the edge between core and nintei-courier: the messages and both
 * ends.  Core names a witness by its number in log.witnesses of nintei.yaml;
 * the courier knows the URL from its own reading of that file.
 * Runs in: core (the asking end), courier.  Trusts: nothing; what a witness
 * answered is checked by who asked (cosigners.h).
 * Rules: docs/PROTOCOL.ipc section 6.
 */
#include <stdint.h>
#include "nintei/cc.h"
#include "nintei/chan.h"
#include "nintei/err.h"
#include "nintei/slice.h"

#define COURIER_BODY_BYTES KIB(60) /* most of a body, either way */
#define COURIER_TYPE 64 /* Content-Type and NUL; longer ones are cut */
#define COURIER_SECONDS 15 /* most of one post, from name to last byte */

/* The operations are above those of core's other edges. */
enum {
	OP_COURIER_POST = 0x43520001,
	OP_COURIER_ANSWER = 0x43520002
};

/* add-checkpoint at this witness. */
struct courier_post {
	uint32_t witness;
	struct slice body;
};
/* Any HTTP status; owned: courier_answer_done. */
struct courier_answer {
	unsigned status;
	char type[COURIER_TYPE];
	struct buf body;
};
void courier_answer_done(struct courier_answer *a); /* for CLEANUP */

/* The bytes; frame: BUF_INIT(LIMIT_FRAME_BYTES).  Decode: E_IPC. */
void courier_post_encode(
    uint32_t id, const struct courier_post *m, struct buf *frame);
int courier_post_decode(const struct chan_msg *m, struct courier_post *out,
    struct err *e) MUST_CHECK; /* body is borrowed from m */
void courier_answer_encode(
    uint32_t id, const struct courier_answer *a, struct buf *frame);
int courier_answer_decode(const struct chan_msg *m, struct courier_answer *out,
    struct err *e) MUST_CHECK;

/* --- core's end --- */

struct courier;
/* Greets on fd and owns it, also on error. */
int courier_new(int fd, struct courier **out, struct err *e) MUST_CHECK;
/* The thread that reads: after the confinement, before anything is asked. */
int courier_start(struct courier *c, struct err *e) MUST_CHECK;
/* The supervisor started a new one; posts under way at the old have failed. */
int courier_rewire(struct courier *c, int fd, struct err *e) MUST_CHECK;
/* Let ninteid know when the edge is given up. */
struct proc;
void courier_report_to(struct courier *c, struct proc *proc);
/*
 * Post and wait; from any thread, several at once, one for each witness.
 * Errors: E_UNAVAILABLE (courier gone, nobody answers there, too late),
 * E_INVALID (its certificate), E_LIMIT, E_USAGE (no such witness).
 */
int courier_ask(struct courier *c, uint32_t witness, struct slice body,
    struct courier_answer *out, struct err *e) MUST_CHECK;
/* Fail what waits and whatever will be asked: core ends. */
void courier_stop(struct courier *c);
void courier_free(struct courier *c);
DEFINE_STRUCT_CLEANUP(courier, courier_free)

#endif
