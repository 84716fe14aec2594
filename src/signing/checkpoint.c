/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoints of the log: the root that core read back from its disk must be
 * the one that this signer computed when it signed the commits.
 */
#include "signing_int.h"

#include <string.h>

/* SIGN-16: what a checkpoint promises can never be redone. */
static int
settle_to(struct signer *s, uint64_t size, struct err *e)
{
	uint64_t durable = s->head.durable.log.size;

	if (size > durable &&
	    chain_settle_at(s, (size_t)(size - durable), e) < 0)
		return -1;
	return head_sync(&s->head_file, e);
}

/* Signed, and read again by the way that a verifier reads it. */
static int
note_make(const struct signer *s, const struct tlog_head *head,
    struct buf *note, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(NOTE_BYTES);
	struct checkpoint c;

	checkpoint_format(slice_str(s->log_vkey.name), head, &text);
	buf_put(note, text.p, text.n);
	buf_putc(note, '\n');
	if (note_sign(&s->log_vkey, s->log_key, buf_slice(&text), 0, note, e) <
	    0)
		return -1;
	if (!buf_ok(&text) || !buf_ok(note))
		return err_set(e, E_LIMIT, "checkpoint too large");
	if (checkpoint_open(buf_slice(note), &s->log_vkey, NULL, &c, e) < 0)
		return -1;
	if (c.head.size != head->size ||
	    memcmp(c.head.root, head->root, sizeof(head->root)) != 0)
		return err_set(e, E_INTERNAL, "checkpoint reads otherwise");
	return 0;
}

int
log_stands(struct signer *s, const struct tlog_head *want, struct err *e)
{
	const uint8_t *root = recent_root(s, want->size);

	if (root == NULL) /* SIGN-17 */
		return refuse(e, 0, "the log had not this size of late");
	if (memcmp(root, want->root, sizeof(want->root)) != 0)
		return refuse(e, 0, "the log root is not that of this signer");
	return settle_to(s, want->size, e);
}

int
op_sign_checkpoint(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(SIGN_NOTE_BYTES);
	struct signer *s = ctx;
	struct tlog_head want = { .size = rd_u64(&rq->in) };

	rd_raw(&rq->in, want.root, sizeof(want.root));
	if (rd_end(&rq->in, e) < 0 || log_stands(s, &want, e) < 0 ||
	    note_make(s, &want, &note, e) < 0)
		return -1;
	return reply_bytes(rq, buf_slice(&note), e);
}
