/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two caches beside the history: the Merkle log (tiles), and the catalog,
 * which names the commit and the event's blob of each entry of the log.
 */
#include "catalog_int.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"

#define BATCH 1024

int
catalog_get(
    const struct store *s, uint64_t index, struct catalog_row *out, size_t n)
{
	ssize_t want = (ssize_t)(n * sizeof(*out));

	if (s->catalog < 0)
		return -1;
	return pread(s->catalog, out, (size_t)want,
		   (off_t)(index * sizeof(*out))) == want
	    ? 0
	    : -1;
}

/* A row that is not written is made at the next opening. */
static void
catalog_put(const struct store *s, uint64_t index,
    const struct catalog_row *row, size_t n)
{
	struct err quiet = ERR_INIT;

	if (s->catalog < 0 ||
	    files_pwrite(&store_files_system, s->catalog,
		slice_of(row, n * sizeof(*row)), index * sizeof(*row), NULL,
		&quiet) < 0)
		return;
}

static int
unlogged_flush(const struct store *s, struct err *e)
{
	return tiles_append(
	    s->tiles, s->unlogged.p, s->unlogged.n / STORE_HASH, e);
}

void
log_append(struct store *s, struct item **items, size_t n)
{
	struct catalog_row rows[STORE_GROUP_MAX];
	struct err quiet = ERR_INIT;

	for (size_t i = 0; i < n; i++) {
		buf_put(&s->unlogged, items[i]->event_hash, STORE_HASH);
		if (store_id_to(
			&items[i]->out.commit, &rows[i].commit, &quiet) < 0)
			return;
		rows[i].blob = items[i]->puts[0].blob;
	}
	catalog_put(s, items[0]->out.log_index, rows, n);
	if (s->tiles != NULL && unlogged_flush(s, &quiet) == 0)
		buf_reset(&s->unlogged);
}

int
log_frontier(const struct store *s, struct tlog *out, struct err *e)
{
	uint64_t n = s->unlogged.n / STORE_HASH;
	struct tlog log;

	if (tiles_frontier(s->tiles, s->tip.log_size - n, &log, e) < 0)
		return -1;
	for (uint64_t i = 0; i < n; i++)
		tlog_append(&log, s->unlogged.p + i * STORE_HASH);
	*out = log;
	return 0;
}

/* --- after opening: from the history --- */

struct replay {
	struct store *s;
	struct tlog log;
	struct buf hashes;
	struct catalog_row rows[BATCH];
	size_t n;
};

static int
replay_flush(struct replay *r, struct err *e)
{
	uint64_t first = r->log.size - r->n;
	uint64_t have = tiles_size(r->s->tiles);
	size_t skip = have > first ? (size_t)(have - first) : 0;
	struct err why = ERR_INIT;

	catalog_put(r->s, first, r->rows, r->n);
	if (skip < r->n)
		buf_put(&r->s->unlogged, r->hashes.p + skip * STORE_HASH,
		    (r->n - skip) * STORE_HASH);
	if (unlogged_flush(r->s, &why) == 0)
		buf_reset(&r->s->unlogged);
	else if (!files_full(&why) || !buf_ok(&r->s->unlogged)) {
		*e = why;
		return -1;
	}
	buf_reset(&r->hashes);
	r->n = 0;
	return 0;
}

/* Rule STORE-7: each trailer is the root that the events up to it give. */
static int
replay_one(struct replay *r, const struct gitx_oid *id, struct err *e)
{
	CLEANUP(loaded_free) struct loaded l = { .text = BUF_INIT(0) };

	if (history_load(r->s, id, NULL, &l, e) < 0 ||
	    log_extend(&r->log, &l, e) < 0)
		return -1;
	buf_put(&r->hashes, l.event_hash, STORE_HASH);
	r->rows[r->n++] = (struct catalog_row){ *id, l.blob };
	return r->n < BATCH ? 0 : replay_flush(r, e);
}

int
log_extend(struct tlog *log, const struct loaded *l, struct err *e)
{
	const struct message *m = &l->commit.message;
	uint8_t root[STORE_HASH];

	tlog_append(log, l->event_hash);
	tlog_root(log, root);
	if (m->log_size != log->size ||
	    memcmp(m->log_root, root, STORE_HASH) != 0)
		return err_set(e, E_STORE_CORRUPT,
		    "entry %" PRIu64 " of the log has another root", log->size);
	return 0;
}

/* Back from the tip to what both caches have. */
static int
missing_collect(struct store *s, struct history *out, struct err *e)
{
	uint64_t have = tiles_size(s->tiles), size = s->tip.log_size;
	struct gitx_oid at = s->tip.commit;
	struct catalog_row row;
	struct commit c;

	for (; size > 0; size--) {
		if (size <= have && catalog_get(s, size - 1, &row, 1) == 0 &&
		    gitx_oid_eq(&row.commit, &at))
			return 0;
		if (store_commit_read(s, &at, &c, e) < 0)
			return -1;
		if (c.message.log_size != size || c.has_parent == (size == 1))
			return err_set(e, E_STORE_CORRUPT,
			    "the history and its log differ in length");
		history_add(out, &at);
		at = c.parent;
	}
	return 0;
}

static int
replay(struct store *s, const struct history *h, struct err *e)
{
	CLEANUP(freep) struct replay *r = xcalloc(1, sizeof(*r));
	int rv = 0;

	r->s = s;
	r->hashes = (struct buf)BUF_INIT(BATCH * STORE_HASH);
	rv = tiles_frontier(s->tiles, s->tip.log_size - h->n, &r->log, e);
	for (size_t i = h->n; i-- > 0 && rv == 0;)
		rv = replay_one(r, &h->ids[i], e);
	if (rv == 0 && r->n > 0)
		rv = replay_flush(r, e);
	buf_free(&r->hashes);
	return rv;
}

int
log_extend_all(struct store *s, struct err *e)
{
	CLEANUP(history_free) struct history h = { 0 };

	buf_reset(&s->unlogged);
	if (tiles_size(s->tiles) > s->tip.log_size &&
	    tiles_truncate(s->tiles, s->tip.log_size, e) < 0)
		return -1;
	if (missing_collect(s, &h, e) < 0)
		return -1;
	return h.n == 0 ? 0 : replay(s, &h, e);
}

static bool
roots_agree(const struct store *s)
{
	uint8_t root[STORE_HASH];
	struct err quiet = ERR_INIT;
	struct tlog log;

	if (s->unlogged.n == 0) {
		if (tiles_root(s->tiles, s->tip.log_size, root, &quiet) < 0)
			return false;
	} else {
		if (log_frontier(s, &log, &quiet) < 0)
			return false;
		tlog_root(&log, root);
	}
	return memcmp(root, s->tip.log_root, STORE_HASH) == 0;
}

static int
caches_open(
    struct store *s, const char *log, const char *catalog, struct err *e)
{
	s->catalog =
	    open(catalog, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->catalog < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot open the catalog");
	return tiles_open(log, true, &s->tiles, e);
}

int
log_open(struct store *s, const char *dir, bool *out_rebuilt, struct err *e)
{
	CLEANUP(freep) char *log = fs_join(dir, "log");
	CLEANUP(freep) char *catalog = fs_join(dir, "catalog");
	struct err first = ERR_INIT;

	*out_rebuilt = false;
	if (caches_open(s, log, catalog, e) < 0)
		return -1;
	if (log_extend_all(s, &first) == 0 && roots_agree(s))
		return 0;
	if (files_full(&first)) {
		*e = first;
		return -1;
	}
	/* Perhaps it is the caches that are wrong. */
	*out_rebuilt = true;
	if (tiles_truncate(s->tiles, 0, e) < 0 || log_extend_all(s, e) < 0)
		return -1;
	return roots_agree(s)
	    ? 0
	    : err_set(e, E_STORE_CORRUPT, "the log and its tip differ");
}
