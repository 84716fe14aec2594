/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of each message between core and signer (PROTOCOL.signer). */
#include "nintei/signmsg.h"

static void
proof_encode(struct buf *b, const struct sign_proof *m)
{
	wr_bytes(b, m->decision);
	wr_bytes(b, m->basis);
	wr_u8(b, (uint8_t)m->n);
	for (size_t i = 0; i < m->n; i++) {
		wr_text(b, m->sigs[i].person);
		wr_bytes(b, m->sigs[i].armour);
	}
}

static void
proof_decode(struct rd *r, struct sign_proof *m)
{
	m->decision = rd_bytes(r, LIMIT_DECISION_BYTES);
	m->basis = rd_bytes(r, SIGN_BASIS_BYTES);
	m->n = rd_u8(r);
	if (m->n > NELEM(m->sigs)) {
		r->bad = true;
		m->n = 0;
	}
	for (size_t i = 0; i < m->n; i++) {
		rd_str(r, m->sigs[i].person, sizeof(m->sigs[i].person));
		m->sigs[i].armour = rd_bytes(r, LIMIT_SIGNATURE_BYTES);
	}
}

static void
group_encode(struct buf *b, const struct sign_group *m, bool armoured)
{
	wr_u8(b, (uint8_t)m->n);
	for (size_t i = 0; i < m->n; i++) {
		const struct sign_commit *c = &m->commits[i];

		wr_bytes(b, c->text);
		buf_put(b, c->event_hash, sizeof(c->event_hash));
		if (armoured)
			wr_bytes(b, c->armour);
	}
}

static int
group_decode(struct rd *r, bool armoured, struct sign_group *out, struct err *e)
{
	size_t n = rd_u8(r);

	/* SIGN-8: the reader stops here, before anything is looked at. */
	if (n == 0 || n > SIGN_GROUP_MAX)
		return err_set(e, E_IPC, "want 1 to %d commits, have %zu",
		    SIGN_GROUP_MAX, n);
	*out = (struct sign_group){ .n = n };
	for (size_t i = 0; i < n; i++) {
		struct sign_commit *c = &out->commits[i];

		c->text = rd_bytes(r, SIGN_COMMIT_BYTES);
		rd_raw(r, c->event_hash, sizeof(c->event_hash));
		if (armoured)
			c->armour = rd_bytes(r, LIMIT_SIGNATURE_BYTES);
	}
	return rd_end(r, e);
}

void
sign_group_encode(struct buf *b, const struct sign_group *m)
{
	group_encode(b, m, false);
}

int
sign_group_decode(struct rd *r, struct sign_group *out, struct err *e)
{
	if (group_decode(r, false, out, e) < 0)
		return err_wrap(e, "sign-commits");
	return 0;
}

void
sign_signed_encode(struct buf *b, const struct sign_group *m)
{
	group_encode(b, m, true);
}

int
sign_signed_decode(struct rd *r, struct sign_group *out, struct err *e)
{
	if (group_decode(r, true, out, e) < 0)
		return err_wrap(e, "catch-up");
	return 0;
}

void
sign_receipt_encode(struct buf *b, const struct sign_receipt *m)
{
	wr_bytes(b, m->receipt);
	wr_bytes(b, m->event);
}

int
sign_receipt_decode(struct rd *r, struct sign_receipt *out, struct err *e)
{
	struct sign_receipt m = { 0 };

	m.receipt = rd_bytes(r, SIGN_RECEIPT_BYTES);
	m.event = rd_bytes(r, LIMIT_EVENT_BYTES);
	if (rd_end(r, e) < 0)
		return err_wrap(e, "sign-receipt");
	*out = m;
	return 0;
}

void
sign_cert_encode(struct buf *b, const struct sign_cert *m)
{
	proof_encode(b, &m->proof);
	wr_bytes(b, m->record);
	wr_bytes(b, m->spki);
	wr_text(b, m->url);
	wr_text(b, m->existence);
	wr_i64(b, m->decided_at);
}

int
sign_cert_decode(struct rd *r, struct sign_cert *out, struct err *e)
{
	struct sign_cert m = { 0 };

	proof_decode(r, &m.proof);
	m.record = rd_bytes(r, SIGN_RECORD_BYTES);
	m.spki = rd_bytes(r, LIMIT_SPKI_BYTES);
	rd_str(r, m.url, sizeof(m.url));
	rd_str(r, m.existence, sizeof(m.existence));
	m.decided_at = rd_i64(r);
	if (rd_end(r, e) < 0)
		return err_wrap(e, "issue-cert");
	*out = m;
	return 0;
}

/* A decision with the rest whose hash it has. */
static void
detailed_encode(
    struct buf *b, const struct sign_proof *proof, struct slice detail)
{
	proof_encode(b, proof);
	wr_bytes(b, detail);
}

void
sign_revoke_encode(struct buf *b, const struct sign_revoke *m)
{
	detailed_encode(b, &m->proof, m->detail);
}

int
sign_revoke_decode(struct rd *r, struct sign_revoke *out, struct err *e)
{
	struct sign_revoke m = { 0 };

	proof_decode(r, &m.proof);
	m.detail = rd_bytes(r, SIGN_DETAIL_BYTES);
	if (rd_end(r, e) < 0)
		return err_wrap(e, "revoke-cert");
	*out = m;
	return 0;
}

void
sign_note_encode(struct buf *b, const struct sign_note *m)
{
	detailed_encode(b, &m->proof, m->detail);
	wr_u8(b, (uint8_t)m->n_files);
	for (size_t i = 0; i < m->n_files; i++) {
		wr_text(b, m->files[i].name);
		wr_bytes(b, m->files[i].bytes);
	}
}

int
sign_note_decode(struct rd *r, struct sign_note *out, struct err *e)
{
	struct sign_note m = { 0 };

	proof_decode(r, &m.proof);
	m.detail = rd_bytes(r, SIGN_DETAIL_BYTES);
	m.n_files = rd_u8(r);
	if (m.n_files > SIGN_FILES_MAX)
		return err_set(e, E_IPC, "note-decision: too many files");
	for (size_t i = 0; i < m.n_files; i++) {
		rd_str(r, m.files[i].name, sizeof(m.files[i].name));
		m.files[i].bytes = rd_bytes(r, SIGN_REQUEST_BYTES);
	}
	if (rd_end(r, e) < 0)
		return err_wrap(e, "note-decision");
	*out = m;
	return 0;
}

void
sign_continue_encode(struct buf *b, const struct sign_continue *m)
{
	proof_encode(b, &m->proof);
}

int
sign_continue_decode(struct rd *r, struct sign_continue *out, struct err *e)
{
	struct sign_continue m = { 0 };

	proof_decode(r, &m.proof);
	if (rd_end(r, e) < 0)
		return err_wrap(e, "continue-cert");
	*out = m;
	return 0;
}

void
sign_roster_encode(struct buf *b, const struct sign_roster *m)
{
	proof_encode(b, &m->proof);
	wr_bytes(b, m->entry);
}

int
sign_roster_decode(struct rd *r, struct sign_roster *out, struct err *e)
{
	struct sign_roster m = { 0 };

	proof_decode(r, &m.proof);
	m.entry = rd_bytes(r, SIGN_ENTRY_BYTES);
	if (rd_end(r, e) < 0)
		return err_wrap(e, "change-roster");
	*out = m;
	return 0;
}

void
sign_shred_encode(struct buf *b, const struct sign_shred *m)
{
	proof_encode(b, &m->proof);
}

int
sign_shred_decode(struct rd *r, struct sign_shred *out, struct err *e)
{
	struct sign_shred m = { 0 };

	proof_decode(r, &m.proof);
	if (rd_end(r, e) < 0)
		return err_wrap(e, "shred-key");
	*out = m;
	return 0;
}

void
sign_hello_encode(struct buf *b, const struct sign_hello *m)
{
	buf_put(b, m->durable, sizeof(m->durable));
	buf_put(b, m->pending, sizeof(m->pending));
	wr_u64(b, m->size);
	buf_put(b, m->root, sizeof(m->root));
	wr_u8(b, m->n_pending);
}

int
sign_hello_decode(struct rd *r, struct sign_hello *out, struct err *e)
{
	struct sign_hello m = { 0 };

	rd_raw(r, m.durable, sizeof(m.durable));
	rd_raw(r, m.pending, sizeof(m.pending));
	m.size = rd_u64(r);
	rd_raw(r, m.root, sizeof(m.root));
	m.n_pending = rd_u8(r);
	if (rd_end(r, e) < 0)
		return err_wrap(e, "sign-hello");
	*out = m;
	return 0;
}
