/* SPDX-License-Identifier: Apache-2.0 */
/* The two messages of the edge between core and courier. */
#include "nintei/courier.h"

#include "nintei/wire.h"

void
courier_answer_done(struct courier_answer *a)
{
	buf_free(&a->body);
}

void
courier_post_encode(
    uint32_t id, const struct courier_post *m, struct buf *frame)
{
	chan_begin(frame, OP_COURIER_POST, id);
	wr_u32(frame, m->witness);
	wr_bytes(frame, m->body);
}

int
courier_post_decode(
    const struct chan_msg *m, struct courier_post *out, struct err *e)
{
	struct rd r = chan_msg_rd(m);
	struct courier_post p;

	if (m->op != OP_COURIER_POST)
		return err_set(e, E_IPC, "operation %u is not known", m->op);
	p.witness = rd_u32(&r);
	p.body = rd_bytes(&r, COURIER_BODY_BYTES);
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "post");
	*out = p;
	return 0;
}

void
courier_answer_encode(
    uint32_t id, const struct courier_answer *a, struct buf *frame)
{
	chan_begin(frame, OP_COURIER_ANSWER, id);
	wr_u16(frame, (uint16_t)a->status);
	wr_text(frame, a->type);
	wr_bytes(frame, buf_slice(&a->body));
}

int
courier_answer_decode(
    const struct chan_msg *m, struct courier_answer *out, struct err *e)
{
	struct rd r = chan_msg_rd(m);
	struct courier_answer a = { .body = BUF_INIT(COURIER_BODY_BYTES) };
	struct slice body;

	if (m->op != OP_COURIER_ANSWER)
		return err_set(e, E_IPC, "operation %u is not known", m->op);
	a.status = rd_u16(&r);
	rd_str(&r, a.type, sizeof(a.type));
	body = rd_bytes(&r, COURIER_BODY_BYTES);
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "answer");
	if (a.status < 100 || a.status > 599)
		return err_set(e, E_IPC, "status %u is none", a.status);
	buf_put(&a.body, body.p, body.n);
	*out = a;
	return 0;
}
