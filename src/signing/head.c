/* SPDX-License-Identifier: Apache-2.0 */
/* The head file: two slots, written in turn, each with its SHA-256. */
#include "signing_int.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"

#define MAGIC "NINTEIH2"
#define SLOT_BYTES 8192
#define BODY_BYTES (SLOT_BYTES - SHA256_BYTES)

bool
id_is_zero(const uint8_t id[SIGN_COMMIT_ID])
{
	static const uint8_t zero[SIGN_COMMIT_ID];

	return memcmp(id, zero, sizeof(zero)) == 0;
}

static void
point_encode(const struct head_point *p, struct buf *b)
{
	CLEANUP(buf_free) struct buf log = BUF_INIT(SLOT_BYTES);

	tlog_save(&p->log, &log);
	buf_put(b, p->id, sizeof(p->id));
	wr_i64(b, p->time);
	wr_bytes(b, buf_slice(&log));
}

static bool
point_decode(struct rd *r, struct head_point *p)
{
	struct err why = ERR_INIT;
	struct slice log;

	rd_raw(r, p->id, sizeof(p->id));
	p->time = rd_i64(r);
	log = rd_bytes(r, SLOT_BYTES);
	return !r->bad && tlog_load(log, &p->log, &why) == 0;
}

static void
pending_encode(const struct head *h, struct buf *b)
{
	wr_u8(b, (uint8_t)h->n_pending);
	for (size_t i = 0; i < h->n_pending; i++) {
		const struct head_pending *p = &h->pending[i];

		buf_put(b, p->id, sizeof(p->id));
		buf_put(b, p->event_hash, sizeof(p->event_hash));
		wr_i64(b, p->time);
	}
}

static bool
pending_decode(struct rd *r, struct head *h)
{
	h->n_pending = rd_u8(r);
	if (h->n_pending > SIGN_GROUP_MAX)
		return false;
	for (size_t i = 0; i < h->n_pending; i++) {
		struct head_pending *p = &h->pending[i];

		rd_raw(r, p->id, sizeof(p->id));
		rd_raw(r, p->event_hash, sizeof(p->event_hash));
		p->time = rd_i64(r);
	}
	return !r->bad;
}

static void
slot_encode(const struct head *h, struct buf *b)
{
	static const uint8_t zeros[BODY_BYTES];
	uint8_t hash[SHA256_BYTES];

	buf_put(b, MAGIC, 8);
	wr_u64(b, h->generation);
	wr_u64(b, h->journal_seq);
	buf_put(b, h->journal_hash, sizeof(h->journal_hash));
	point_encode(&h->durable, b);
	pending_encode(h, b);
	if (b->n < BODY_BYTES)
		buf_put(b, zeros, BODY_BYTES - b->n);
	sha256_of(buf_slice(b), hash);
	buf_put(b, hash, sizeof(hash));
}

/* False for a slot never written, torn, or of another version. */
static bool
slot_decode(const uint8_t slot[SLOT_BYTES], struct head *out)
{
	struct rd r = rd_init(slice_of(slot, BODY_BYTES));
	uint8_t hash[SHA256_BYTES], magic[8] = { 0 };

	sha256_of(slice_of(slot, BODY_BYTES), hash);
	if (memcmp(hash, slot + BODY_BYTES, sizeof(hash)) != 0)
		return false;
	rd_raw(&r, magic, sizeof(magic));
	out->generation = rd_u64(&r);
	out->journal_seq = rd_u64(&r);
	rd_raw(&r, out->journal_hash, sizeof(out->journal_hash));
	return memcmp(magic, MAGIC, sizeof(magic)) == 0 &&
	    point_decode(&r, &out->durable) && pending_decode(&r, out);
}

int
head_load(struct head_file *f, struct head *out, struct err *e)
{
	CLEANUP(freep) uint8_t *both = xcalloc(2, SLOT_BYTES);
	CLEANUP(freep) struct head *h = xcalloc(2, sizeof(*h));
	struct err why = ERR_INIT;
	bool good[2];

	if (fd_pread(f->fd, both, 2 * SLOT_BYTES, 0, &why) < 0)
		return err_set(e, E_STORE_CORRUPT, "head file is cut");
	good[0] = slot_decode(both, &h[0]);
	good[1] = slot_decode(both + SLOT_BYTES, &h[1]);
	if (!good[0] && !good[1])
		return err_set(e, E_STORE_CORRUPT, "head file: no good slot");
	/* What was read may not have reached the disk yet. */
	if (fdatasync(f->fd) < 0)
		return err_sys(e, E_UNAVAILABLE, "head file");
	f->safe = good[1] && (!good[0] || h[1].generation > h[0].generation);
	*out = h[f->safe];
	return 0;
}

static int
slot_write(int fd, const struct buf *b, off_t at, struct err *e)
{
	size_t done = 0;

	while (done < b->n) {
		ssize_t n =
		    pwrite(fd, b->p + done, b->n - done, at + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, E_UNAVAILABLE, "head file");
		done += (size_t)n;
	}
	return 0;
}

/* After a failed write or sync the file proves nothing: HEAD-3. */
static int
head_failed(struct head_file *f)
{
	f->broken = true;
	return -1;
}

int
head_write(struct head_file *f, struct head *h, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(SLOT_BYTES);

	if (f->broken)
		return err_set(e, E_UNAVAILABLE, "the head file failed before");
	h->generation++;
	slot_encode(h, &b);
	if (!buf_ok(&b))
		return err_set(e, E_INTERNAL, "head file: no room");
	/* HEAD-2: never over the slot that is known to be on disk. */
	f->dirty = true;
	f->may_wait = false;
	if (slot_write(f->fd, &b, (off_t)!f->safe * SLOT_BYTES, e) < 0)
		return head_failed(f);
	return 0;
}

int
head_sync(struct head_file *f, struct err *e)
{
	if (f->broken)
		return err_set(e, E_UNAVAILABLE, "the head file failed before");
	if (!f->dirty)
		return 0;
	if (fdatasync(f->fd) < 0) {
		err_sys(e, E_UNAVAILABLE, "head file");
		return head_failed(f);
	}
	f->dirty = f->may_wait = false;
	f->safe = !f->safe;
	return 0;
}
