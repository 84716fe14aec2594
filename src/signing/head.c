/* SPDX-License-Identifier: Apache-2.0 */
/* The head file: two slots, written in turn, each with its SHA-256. */
#include "signing_int.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"

#define MAGIC "NINTEIH1"
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

static int
point_decode(struct rd *r, struct head_point *p, struct err *e)
{
	struct slice log;

	rd_raw(r, p->id, sizeof(p->id));
	p->time = rd_i64(r);
	log = rd_bytes(r, SLOT_BYTES);
	if (r->bad)
		return err_set(e, E_STORE_CORRUPT, "head file");
	return tlog_load(log, &p->log, e);
}

static void
slot_encode(const struct head *h, struct buf *b)
{
	uint8_t hash[SHA256_BYTES];

	buf_put(b, MAGIC, 8);
	wr_u64(b, h->generation);
	wr_u64(b, h->journal_seq);
	buf_put(b, h->journal_hash, sizeof(h->journal_hash));
	point_encode(&h->durable, b);
	point_encode(&h->pending, b);
	while (b->n < BODY_BYTES && !b->bad)
		buf_putc(b, 0);
	sha256_of(buf_slice(b), hash);
	buf_put(b, hash, sizeof(hash));
}

/* False for a slot never written, or torn. */
static bool
slot_decode(const uint8_t slot[SLOT_BYTES], struct head *out)
{
	struct rd r = rd_init(slice_of(slot, BODY_BYTES));
	uint8_t hash[SHA256_BYTES], magic[8] = { 0 };
	struct head h = { 0 };
	struct err why = ERR_INIT;

	sha256_of(slice_of(slot, BODY_BYTES), hash);
	if (memcmp(hash, slot + BODY_BYTES, sizeof(hash)) != 0)
		return false;
	rd_raw(&r, magic, sizeof(magic));
	h.generation = rd_u64(&r);
	h.journal_seq = rd_u64(&r);
	rd_raw(&r, h.journal_hash, sizeof(h.journal_hash));
	if (memcmp(magic, MAGIC, sizeof(magic)) != 0 ||
	    point_decode(&r, &h.durable, &why) < 0 ||
	    point_decode(&r, &h.pending, &why) < 0)
		return false;
	*out = h;
	return true;
}

int
head_load(int fd, struct head *out, struct err *e)
{
	CLEANUP(freep) uint8_t *both = xcalloc(2, SLOT_BYTES);
	struct head h[2] = { { 0 }, { 0 } };
	struct err why = ERR_INIT;
	bool good[2];

	if (fd_pread(fd, both, 2 * SLOT_BYTES, 0, &why) < 0)
		return err_set(e, E_STORE_CORRUPT, "head file is cut");
	good[0] = slot_decode(both, &h[0]);
	good[1] = slot_decode(both + SLOT_BYTES, &h[1]);
	if (!good[0] && !good[1])
		return err_set(e, E_STORE_CORRUPT, "head file: no good slot");
	*out = good[1] && (!good[0] || h[1].generation > h[0].generation)
	    ? h[1]
	    : h[0];
	return 0;
}

int
head_save(int fd, struct head *h, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(SLOT_BYTES);
	struct head next = *h;
	size_t done = 0;
	off_t at;

	next.generation++;
	at = (off_t)(next.generation % 2) * SLOT_BYTES;
	slot_encode(&next, &b);
	if (!buf_ok(&b))
		return err_set(e, E_INTERNAL, "head file: no room");
	while (done < b.n) {
		ssize_t n =
		    pwrite(fd, b.p + done, b.n - done, at + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, E_UNAVAILABLE, "head file");
		done += (size_t)n;
	}
	if (fdatasync(fd) < 0)
		return err_sys(e, E_UNAVAILABLE, "head file");
	*h = next;
	return 0;
}
