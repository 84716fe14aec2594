/* SPDX-License-Identifier: Apache-2.0 */
/* The table of operations, their rates, and serving without an edge. */
#include "signing_int.h"

#include <time.h>

#include "nintei/fs.h"
#include "nintei/log.h"

#define FRAME_REPLY KIB(48) /* more goes into a memfd */
#define REPLY_MAX (LIMIT_CRL_BYTES + KIB(1))
#define SMALL KIB(1)
#define WHOLE LIMIT_FRAME_BYTES

static int op_limited(void *ctx, struct request *rq, struct err *e);

/* clang-format off */
static const struct op ops[] = {
	/* operation        name             handler     only in          bytes            fds */
	{ OP_SIGN_HELLO,    "hello",         op_limited, SIGNER_SERVING,  SMALL,             0 },
	{ OP_SIGN_COMMITS,  "sign-commits",  op_limited, SIGNER_SERVING,  WHOLE,             1 },
	{ OP_SIGN_DURABLE,  "durable",       op_limited, SIGNER_SERVING,  SMALL,             0 },
	{ OP_ISSUE_CERT,    "issue-cert",    op_limited, SIGNER_SERVING,  WHOLE,             0 },
	{ OP_REVOKE_CERT,   "revoke-cert",   op_limited, SIGNER_SERVING,  WHOLE,             1 },
	{ OP_SIGN_CRL,      "sign-crl",      op_limited, SIGNER_SERVING,  SMALL,             0 },
	{ OP_CHANGE_ROSTER, "change-roster", op_limited, SIGNER_SERVING,  WHOLE,             0 },
	{ OP_WRAP_KEY,      "wrap-key",      op_limited, SIGNER_SERVING,  SMALL,             0 },
	{ OP_UNWRAP_KEY,    "unwrap-key",    op_limited, SIGNER_SERVING,  SMALL,             0 },
	{ OP_CATCH_UP,      "catch-up",      op_limited, SIGNER_SERVING,  WHOLE,             1 },
	{ OP_SIGN_CHECKPOINT, "checkpoint",  op_limited, SIGNER_SERVING,  SMALL,             0 },
	{ OP_SIGN_RECEIPT,  "sign-receipt",  op_limited, SIGNER_SERVING,  WHOLE,             1 },
	{ OP_SHRED_KEY,     "shred-key",     op_limited, SIGNER_SERVING,  WHOLE,             0 },
	{ OP_NOTE_DECISION, "note-decision", op_limited, SIGNER_SERVING,  WHOLE,             1 },
	{ OP_CONTINUE_CERT, "continue-cert", op_limited, SIGNER_SERVING,  WHOLE,             0 },
	{ OP_SIGN_STATEMENT, "sign-statement", op_limited, SIGNER_SERVING, WHOLE,            1 },
};

static const struct {
	uint32_t op;
	int (*run)(void *ctx, struct request *rq, struct err *e);
	uint32_t per_minute;
} rows[] = {
	{ OP_SIGN_HELLO,    op_sign_hello,      600 },
	{ OP_SIGN_COMMITS,  op_sign_commits,    600000 },
	{ OP_SIGN_DURABLE,  op_sign_durable,    600000 },
	{ OP_ISSUE_CERT,    op_issue_cert,      60000 },
	{ OP_REVOKE_CERT,   op_revoke_cert,     600 },
	{ OP_SIGN_CRL,      op_sign_crl,        120 },
	{ OP_CHANGE_ROSTER, op_change_roster,   60 },
	{ OP_WRAP_KEY,      op_wrap_key,        60000 },
	{ OP_UNWRAP_KEY,    op_unwrap_key,      60000 },
	{ OP_CATCH_UP,      op_catch_up,        60000 },
	{ OP_SIGN_CHECKPOINT, op_sign_checkpoint, 60000 },
	{ OP_SIGN_RECEIPT,  op_sign_receipt,    60000 },
	{ OP_SHRED_KEY,     op_shred_key,       600 },
	{ OP_NOTE_DECISION, op_note_decision,   600 },
	{ OP_CONTINUE_CERT, op_continue_cert,   60000 },
	{ OP_SIGN_STATEMENT, op_sign_statement, 600 },
};
/* clang-format on */

/* Minutes of a clock that nobody sets: rates are no legal time. */
static int64_t
minute_now(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec / 60;
}

/* SIGN-60: so many of each operation in a minute. */
static int
rate_check(struct signer *s, size_t row, struct err *e)
{
	struct rate *r = &s->rates[row];
	int64_t minute = minute_now();

	if (r->minute != minute)
		*r = (struct rate){ .minute = minute };
	if (!s->rates_off && r->used >= rows[row].per_minute) {
		log_ev(LOG_L_WARN, "signer.rate", "op", ops[row].name, NULL);
		return err_set(e, E_RATE, "signer: too many %s", ops[row].name);
	}
	r->used++;
	return 0;
}

/*
 * HEAD-2: what the last answer rests on is on disk before anything else is
 * done; only DURABLE may be synced with the group that follows it.
 */
static int
settle_before(struct signer *s, uint32_t op, struct err *e)
{
	return signer_settle(s, op != OP_SIGN_COMMITS, e);
}

static int
row_run(struct signer *s, size_t i, struct request *rq, struct err *e)
{
	if (settle_before(s, rq->op, e) < 0 || rate_check(s, i, e) < 0)
		return -1;
	scheme_set_turn(s->schemes, signer_now(s));
	return rows[i].run(s, rq, e);
}

/* A register is larger than all else. */
static size_t
request_max(uint32_t op)
{
	return op == OP_SIGN_STATEMENT ? SIGN_STATEMENT_BYTES + KIB(1)
				       : SIGN_REQUEST_BYTES;
}

/* A large request has no fields of its own: they lie in a sealed memfd. */
static int
request_run(struct signer *s, size_t i, struct request *rq, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(blob_unmap) struct blob blob = { 0 };
	int rv;

	if (rq->msg == NULL || rq->msg->n_fds == 0)
		return row_run(s, i, rq, e);
	if (rq->in.n != 0)
		return err_set(e, E_IPC, "fields beside a memfd");
	fd = chan_take_fd(rq->msg, 0);
	if (blob_map(fd, request_max(rq->op), &blob, e) < 0) {
		e->code = E_IPC;
		return -1;
	}
	rq->in = rd_init(slice_of(blob.p, blob.n));
	rv = row_run(s, i, rq, e);
	rq->in = rd_init(slice_of(NULL, 0));
	return rv;
}

static int
op_limited(void *ctx, struct request *rq, struct err *e)
{
	for (size_t i = 0; i < NELEM(rows); i++)
		if (rows[i].op == rq->op)
			return request_run(ctx, i, rq, e);
	return err_set(e, E_IPC, "signer: unknown operation");
}

const struct op *
signer_ops(size_t *out_n)
{
	*out_n = NELEM(ops);
	return ops;
}

int
reply_bytes(struct request *rq, struct slice bytes, struct err *e)
{
	CLEANUP(buf_free) struct buf large = BUF_INIT(REPLY_MAX);

	if (bytes.n <= FRAME_REPLY) {
		wr_bytes(rq->out, bytes);
		return 0;
	}
	wr_bytes(&large, bytes);
	if (!buf_ok(&large))
		return err_set(e, E_LIMIT, "answer too large");
	if (memfd_of("nintei-signed", buf_slice(&large), &rq->out_fds[0], e) <
	    0)
		return -1;
	rq->n_out_fds = 1;
	return 0;
}

/* Put the memfd of an answer in its place. */
static int
answer_flatten(struct request *rq, struct err *e)
{
	CLEANUP(fd_closep) int fd = rq->out_fds[0];
	CLEANUP(blob_unmap) struct blob blob = { 0 };

	if (blob_map(fd, REPLY_MAX, &blob, e) < 0)
		return -1;
	buf_put(rq->out, blob.p, blob.n);
	return 0;
}

int
signer_dispatch(struct signer *s, enum signer_phase phase, uint32_t op,
    struct slice request, struct buf *reply, struct err *e)
{
	const struct op *row = ipc_find(ops, NELEM(ops), op);
	struct request rq = { .op = op, .in = rd_init(request), .out = reply };

	size_t max = row == NULL ? 0
	    : row->max_fds > 0   ? request_max(op)
				 : row->max_bytes;

	if (row == NULL || (row->phases & (unsigned)phase) == 0 ||
	    request.n > max)
		return err_set(e, E_IPC, "signer: not permitted now");
	if (row->handler(s, &rq, e) < 0)
		return -1;
	return rq.n_out_fds == 0 ? 0 : answer_flatten(&rq, e);
}

static int
call_local(void *arg, uint32_t op, struct slice request, struct buf *reply,
    struct err *e)
{
	return signer_dispatch(arg, SIGNER_SERVING, op, request, reply, e);
}

struct signer_link
signer_local(struct signer *s)
{
	return (struct signer_link){ call_local, s };
}
