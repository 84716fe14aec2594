/* SPDX-License-Identifier: Apache-2.0 */
/* Core's end: one function per operation of the signer. */
#include "nintei/signer_link.h"

#include <string.h>

#include "nintei/fs.h"

#define REPLY_BYTES (LIMIT_CRL_BYTES + KIB(1))

/* The fields of an answer, from the frame or from its one memfd. */
static int
reply_take(struct chan_msg *m, struct buf *reply, struct err *e)
{
	CLEANUP(fd_closep) int fd = chan_take_fd(m, 0);
	CLEANUP(blob_unmap) struct blob blob = { 0 };
	struct rd r = chan_msg_rd(m);

	if (fd < 0) {
		buf_put(reply, r.p, r.n);
		return 0;
	}
	if (r.n != 0)
		return err_set(e, E_IPC, "signer: fields beside a memfd");
	if (blob_map(fd, REPLY_BYTES, &blob, e) < 0)
		return -1;
	buf_put(reply, blob.p, blob.n);
	return 0;
}

/* A request too large for a frame has no fields: they lie in a memfd. */
static int
request_put(struct slice request, struct buf *frame, int *fd, struct err *e)
{
	if (request.n > SIGN_FRAME_BYTES)
		return memfd_of("nintei-to-sign", request, fd, e);
	buf_put(frame, request.p, request.n);
	return 0;
}

static int
call_peer(void *arg, uint32_t op, struct slice request, struct buf *reply,
    struct err *e)
{
	CLEANUP(buf_free) struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	CLEANUP(fd_closep) int fd = -1;
	int rv;

	chan_begin(&frame, op, 0);
	if (request_put(request, &frame, &fd, e) < 0 ||
	    chan_call(arg, &frame, &fd, fd < 0 ? 0 : 1, 1, m, e) < 0)
		return -1;
	rv = reply_take(m, reply, e);
	chan_msg_done(m);
	return rv;
}

struct signer_link
signer_over(struct peer *p)
{
	return (struct signer_link){ call_peer, p };
}

/* Ask; the answer's fields are left in reply. */
static int
ask(const struct signer_link *s, enum sign_op op, const struct buf *request,
    struct buf *reply, struct err *e)
{
	if (!buf_ok(request))
		return err_set(e, E_LIMIT, "request to the signer too large");
	if (s->call(s->arg, op, buf_slice(request), reply, e) < 0)
		return -1;
	return buf_ok(reply) ? 0
			     : err_set(e, E_IPC, "signer: answer too large");
}

/* Ask for one byte string. */
static int
ask_bytes(const struct signer_link *s, enum sign_op op,
    const struct buf *request, struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf reply = BUF_INIT(REPLY_BYTES);
	struct slice bytes;
	struct rd r;

	if (ask(s, op, request, &reply, e) < 0)
		return -1;
	r = rd_init(buf_slice(&reply));
	bytes = rd_bytes(&r, LIMIT_CRL_BYTES);
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "signer's answer");
	buf_put(out, bytes.p, bytes.n);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "no room for the answer");
}

static int
ask_nothing(const struct signer_link *s, enum sign_op op,
    const struct buf *request, struct err *e)
{
	CLEANUP(buf_free) struct buf reply = BUF_INIT(KIB(1));
	struct rd r;

	if (ask(s, op, request, &reply, e) < 0)
		return -1;
	r = rd_init(buf_slice(&reply));
	return rd_end(&r, e);
}

int
signer_hello(const struct signer_link *s, struct sign_hello *out, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(16);
	CLEANUP(buf_free) struct buf reply = BUF_INIT(KIB(1));
	struct rd r;

	if (ask(s, OP_SIGN_HELLO, &request, &reply, e) < 0)
		return -1;
	r = rd_init(buf_slice(&reply));
	return sign_hello_decode(&r, out, e);
}

/* All armours are kept, or none is. */
static int
armours_take(
    struct rd *r, size_t n, struct buf *armour, uint8_t *last, struct err *e)
{
	struct slice one[SIGN_GROUP_MAX];
	uint8_t id[SIGN_COMMIT_ID] = { 0 };

	for (size_t i = 0; i < n; i++)
		one[i] = rd_bytes(r, LIMIT_SIGNATURE_BYTES);
	rd_raw(r, id, sizeof(id));
	if (rd_end(r, e) < 0)
		return err_wrap(e, "signer's answer");
	for (size_t i = 0; i < n; i++)
		buf_put(&armour[i], one[i].p, one[i].n);
	*r = rd_init(slice_of(id, sizeof(id)));
	rd_raw(r, last, SIGN_COMMIT_ID);
	return 0;
}

int
signer_sign_commits(const struct signer_link *s, const struct sign_group *group,
    struct buf *armour, uint8_t out_last[SIGN_COMMIT_ID], struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(SIGN_REQUEST_BYTES);
	CLEANUP(buf_free) struct buf reply = BUF_INIT(REPLY_BYTES);
	struct rd r;

	if (group->n == 0 || group->n > SIGN_GROUP_MAX)
		return err_set(e, E_INPUT, "want 1 to %d commits, have %zu",
		    SIGN_GROUP_MAX, group->n);
	sign_group_encode(&request, group);
	if (ask(s, OP_SIGN_COMMITS, &request, &reply, e) < 0)
		return -1;
	r = rd_init(buf_slice(&reply));
	return armours_take(&r, group->n, armour, out_last, e);
}

int
signer_durable(const struct signer_link *s, const uint8_t id[SIGN_COMMIT_ID],
    struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(64);

	buf_put(&request, id, SIGN_COMMIT_ID);
	return ask_nothing(s, OP_SIGN_DURABLE, &request, e);
}

int
signer_catch_up(const struct signer_link *s,
    const struct sign_group *signed_ones, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(SIGN_REQUEST_BYTES);

	sign_signed_encode(&request, signed_ones);
	return ask_nothing(s, OP_CATCH_UP, &request, e);
}

int
signer_sign_checkpoint(const struct signer_link *s, uint64_t size,
    const uint8_t root[32], struct buf *note, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(64);

	wr_u64(&request, size);
	buf_put(&request, root, 32);
	return ask_bytes(s, OP_SIGN_CHECKPOINT, &request, note, e);
}

/* What the seal signed, and when: two byte strings. */
static int
ask_sealed(const struct signer_link *s, enum sign_op op,
    const struct buf *request, struct buf *cms, struct buf *tst, struct err *e)
{
	CLEANUP(buf_free) struct buf reply = BUF_INIT(REPLY_BYTES);
	struct slice seal, token;
	struct rd r;

	if (ask(s, op, request, &reply, e) < 0)
		return -1;
	r = rd_init(buf_slice(&reply));
	seal = rd_bytes(&r, LIMIT_CMS_BYTES);
	token = rd_bytes(&r, LIMIT_CMS_BYTES);
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "signer's answer");
	buf_put(cms, seal.p, seal.n);
	buf_put(tst, token.p, token.n);
	return buf_ok(cms) && buf_ok(tst)
	    ? 0
	    : err_set(e, E_LIMIT, "no room for the answer");
}

int
signer_sign_receipt(const struct signer_link *s, const struct sign_receipt *m,
    struct buf *cms, struct buf *tst, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(SIGN_REQUEST_BYTES);

	sign_receipt_encode(&request, m);
	return ask_sealed(s, OP_SIGN_RECEIPT, &request, cms, tst, e);
}

int
signer_sign_statement(const struct signer_link *s, struct slice document,
    struct buf *cms, struct buf *tst, struct err *e)
{
	CLEANUP(buf_free)
	struct buf request = BUF_INIT(SIGN_STATEMENT_BYTES + KIB(1));

	wr_bytes(&request, document);
	return ask_sealed(s, OP_SIGN_STATEMENT, &request, cms, tst, e);
}

int
signer_issue_cert(const struct signer_link *s, const struct sign_cert *m,
    struct buf *der, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(LIMIT_FRAME_BYTES);

	sign_cert_encode(&request, m);
	return ask_bytes(s, OP_ISSUE_CERT, &request, der, e);
}

int
signer_revoke_cert(const struct signer_link *s, const struct sign_revoke *m,
    struct buf *crl, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(SIGN_REQUEST_BYTES);

	sign_revoke_encode(&request, m);
	return ask_bytes(s, OP_REVOKE_CERT, &request, crl, e);
}

int
signer_note_decision(
    const struct signer_link *s, const struct sign_note *m, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(SIGN_REQUEST_BYTES);

	sign_note_encode(&request, m);
	return ask_nothing(s, OP_NOTE_DECISION, &request, e);
}

int
signer_continue_cert(const struct signer_link *s, const struct sign_continue *m,
    struct buf *der, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(LIMIT_FRAME_BYTES);

	sign_continue_encode(&request, m);
	return ask_bytes(s, OP_CONTINUE_CERT, &request, der, e);
}

int
signer_sign_crl(const struct signer_link *s, const char *issuer,
    struct buf *crl, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(KIB(1));

	wr_text(&request, issuer);
	return ask_bytes(s, OP_SIGN_CRL, &request, crl, e);
}

int
signer_change_roster(
    const struct signer_link *s, const struct sign_roster *m, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(LIMIT_FRAME_BYTES);

	sign_roster_encode(&request, m);
	return ask_nothing(s, OP_CHANGE_ROSTER, &request, e);
}

int
signer_shred_key(
    const struct signer_link *s, const struct sign_shred *m, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(LIMIT_FRAME_BYTES);

	sign_shred_encode(&request, m);
	return ask_nothing(s, OP_SHRED_KEY, &request, e);
}

int
signer_wrap_key(const struct signer_link *s, const char *dossier,
    const uint8_t key[32], struct buf *wrapped, struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(KIB(1));
	int rv;

	wr_text(&request, dossier);
	buf_put(&request, key, 32);
	rv = ask_bytes(s, OP_WRAP_KEY, &request, wrapped, e);
	if (request.p != NULL)
		explicit_bzero(request.p, request.n);
	return rv;
}

int
signer_unwrap_key(const struct signer_link *s, const char *dossier,
    struct slice wrapped, uint8_t out[32], struct err *e)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(KIB(1));
	CLEANUP(buf_free) struct buf key = BUF_INIT(64);
	struct rd r;

	wr_text(&request, dossier);
	wr_bytes(&request, wrapped);
	if (ask_bytes(s, OP_UNWRAP_KEY, &request, &key, e) < 0)
		return -1;
	if (key.n != 32)
		return err_set(e, E_IPC, "signer: want a key of 32 bytes");
	r = rd_init(buf_slice(&key));
	rd_raw(&r, out, 32);
	explicit_bzero(key.p, key.n);
	return 0;
}
