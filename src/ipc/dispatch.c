/* SPDX-License-Identifier: Apache-2.0 */
/* The answering side of an edge: a table of operations. */
#include "nintei/ipc.h"

#include <string.h>

#define CODE_BYTES 40
#define DETAIL_BYTES 512

const struct op *
ipc_find(const struct op *ops, size_t n, uint32_t op)
{
	for (size_t i = 0; i < n; i++)
		if (ops[i].handler != NULL && ops[i].op == op)
			return &ops[i];
	return NULL;
}

int
ipc_refuse(int fd, uint32_t id, const struct err *why, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);

	chan_begin(&b, OP_REFUSE, id);
	wr_text(&b, err_name(why->code));
	wr_text(&b, why->detail);
	return chan_send(fd, &b, NULL, 0, e);
}

int
ipc_refusal(const struct chan_msg *m, struct err *e)
{
	char code[CODE_BYTES], detail[DETAIL_BYTES];
	struct rd r = chan_msg_rd(m);

	rd_str(&r, code, sizeof(code));
	rd_str(&r, detail, sizeof(detail));
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "refusal");
	return err_set(e, err_from_name(code), "%s", detail);
}

/* What the peer may send now; anything else ends the edge. */
static int
op_check(const struct op *op, unsigned phase, const struct chan_msg *in,
    struct err *e)
{
	if (op == NULL)
		return err_set(e, E_IPC, "operation %u is not known", in->op);
	if ((op->phases & phase) == 0)
		return err_set(e, E_IPC, "%s: not now", op->name);
	if (in->n > op->max_bytes)
		return err_set(e, E_IPC, "%s: want at most %zu bytes, have %zu",
		    op->name, op->max_bytes, in->n);
	if (in->n_fds > op->max_fds)
		return err_set(e, E_IPC, "%s: want at most %zu descriptors",
		    op->name, op->max_fds);
	return 0;
}

static void
request_done(struct request *rq)
{
	for (size_t i = 0; i < rq->n_out_fds; i++)
		fd_closep(&rq->out_fds[i]);
}

static int
handle(int fd, const struct op *op, struct request *rq, void *ctx,
    struct err *refused, struct err *e)
{
	struct err why = ERR_INIT;

	chan_begin(rq->out, OP_ANSWER, rq->msg->id);
	if (op->handler(ctx, rq, &why) == 0) {
		if (buf_ok(rq->out))
			return chan_send(
			    fd, rq->out, rq->out_fds, rq->n_out_fds, e);
		err_set(&why, E_LIMIT, "the answer is too large");
	}
	if (why.code == E_IPC) {
		*e = why;
		return err_wrap(e, "%s", op->name);
	}
	if (refused != NULL)
		*refused = why;
	return ipc_refuse(fd, rq->msg->id, &why, e);
}

int
ipc_dispatch(int fd, const struct op *ops, size_t n, unsigned phase,
    struct chan_msg *in, void *ctx, struct err *refused, struct err *e)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(LIMIT_FRAME_BYTES);
	CLEANUP(request_done)
	struct request rq = {
		.op = in->op, .in = chan_msg_rd(in), .msg = in, .out = &out
	};
	const struct op *op = ipc_find(ops, n, in->op);
	int rv;

	if (refused != NULL)
		*refused = (struct err)ERR_INIT;
	rv = op_check(op, phase, in, e);
	if (rv == 0)
		rv = handle(fd, op, &rq, ctx, refused, e);
	chan_msg_done(in);
	return rv;
}
