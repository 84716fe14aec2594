/* SPDX-License-Identifier: Apache-2.0 */
/* The cache of the log: opening, mending, growing, marking. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"

#include "tiles_int.h"

#define MARK_BYTES KIB(4)

/* Levels that a log of this size has. */
static int
levels_of(uint64_t size)
{
	int n = 0;

	while (n < TLOG_LEVELS && size >> n != 0)
		n++;
	return n;
}

/* --- the mark: a saved log --- */

/* Rule TLOG-21: do the files hold what the mark says was synced? */
static bool
mark_holds(const struct tiles *t, const struct tlog *log, uint64_t entries)
{
	uint8_t hash[TLOG_HASH];
	struct err none = ERR_INIT;
	uint64_t n;

	if (log->size > entries)
		return false;
	for (int k = 0; k < levels_of(log->size); k++) {
		if (file_count(t, k, &n, &none) < 0 || n < log->size >> k)
			return false;
		if ((log->size >> k & 1) != 0 &&
		    (file_read(t, k, (log->size >> k) - 1, hash, 1, &none) <
			    0 ||
			memcmp(hash, log->node[k], TLOG_HASH) != 0))
			return false;
	}
	return true;
}

/* The log at the mark; empty where there is none to trust. */
static void
mark_load(const struct tiles *t, uint64_t entries, struct tlog *out)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(MARK_BYTES);
	struct err none = ERR_INIT;
	struct tlog log = { 0 };

	*out = log;
	if (fs_read(t->dir, MARK_FILE, MARK_BYTES, &bytes, &none) == 0 &&
	    tlog_load(buf_slice(&bytes), &log, &none) == 0 &&
	    mark_holds(t, &log, entries))
		*out = log;
}

int
tiles_sync(struct tiles *t, struct err *e)
{
	CLEANUP(buf_free) struct buf mark = BUF_INIT(MARK_BYTES);
	int rv;

	if (t->sync_failed || atomic_load(&t->trust->lost))
		return err_set(e, E_UNAVAILABLE, "no mark may be made");
	rv = file_sync(t, ENTRIES, e);
	for (int k = 0; rv == 0 && k < levels_of(t->log.size); k++)
		rv = file_sync(t, k, e);
	tlog_save(&t->log, &mark);
	if (rv == 0)
		rv = fs_write(t->dir, MARK_FILE, buf_slice(&mark), 0600, e);
	if (rv < 0) {
		t->sync_failed = true;
		return -1;
	}
	t->mark = t->log.size;
	return 0;
}

void
tiles_distrust(const struct tiles *t)
{
	atomic_store(&t->trust->lost, true);
	(void)!unlinkat(t->dir, MARK_FILE, 0);
}

uint64_t
tiles_mark(const struct tiles *t)
{
	return t->mark;
}

/* --- opening --- */

static struct tiles *
tiles_new(bool writable)
{
	struct tiles *t = xcalloc(1, sizeof(*t));

	t->writable = writable;
	t->top = top_new();
	t->edge = xcalloc(1, sizeof(*t->edge));
	t->trust = xcalloc(1, sizeof(*t->trust));
	pthread_mutex_init(&t->edge->lock, NULL);
	t->dir = t->entries = -1;
	for (size_t k = 0; k < TLOG_LEVELS; k++)
		t->level[k] = -1;
	return t;
}

static int
dir_open(struct tiles *t, const char *dir, struct err *e)
{
	if (t->writable && fs_mkdirs(AT_FDCWD, dir, 0700, e) < 0)
		return -1;
	t->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dir < 0)
		return err_sys(e, errno == ENOENT ? E_NOT_FOUND : E_UNAVAILABLE,
		    "the log's cache cannot be opened");
	return 0;
}

static int
levels_open(struct tiles *t, uint64_t size, struct err *e)
{
	for (int k = 0; k < levels_of(size); k++)
		if (file_open(t, k, e) < 0)
			return -1;
	return 0;
}

/* Every file exactly as long as the log wants it. */
static int
levels_cut(struct tiles *t, uint64_t size, struct err *e)
{
	if (file_cut(t, ENTRIES, size, e) < 0)
		return -1;
	for (int k = 0; k < TLOG_LEVELS; k++)
		if (t->level[k] >= 0 && file_cut(t, k, size >> k, e) < 0)
			return -1;
	return 0;
}

/* Rule TLOG-20: what lies above the mark is made again from entries. */
static int
mend(struct tiles *t, uint64_t size, struct err *e)
{
	mark_load(t, size, &t->log);
	t->mark = t->log.size;
	if (levels_from_entries(t, &t->log, size, &sink_write, e) < 0)
		return -1;
	return levels_cut(t, size, e);
}

/* A reader mends nothing: the files must be long enough. */
static int
look(struct tiles *t, uint64_t size, struct err *e)
{
	for (int k = 0; k < levels_of(size); k++) {
		uint64_t n;

		if (file_count(t, k, &n, e) < 0)
			return -1;
		if (n < size >> k)
			return err_set(e, E_UNAVAILABLE,
			    "the log's cache is incomplete at level %d", k);
	}
	return 0;
}

int
tiles_open(const char *dir, bool writable, struct tiles **out, struct err *e)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_new(writable);
	uint64_t size;

	if (dir_open(t, dir, e) < 0 || file_open(t, ENTRIES, e) < 0 ||
	    file_count(t, ENTRIES, &size, e) < 0 || levels_open(t, size, e) < 0)
		return -1;
	if ((writable ? mend(t, size, e) : look(t, size, e)) < 0 ||
	    top_load(t, size, e) < 0)
		return -1;
	atomic_store(&t->size, size);
	*out = TAKE(t);
	return 0;
}

static void
tiles_free(struct tiles *t)
{
	fd_closep(&t->dir);
	fd_closep(&t->entries);
	for (size_t k = 0; k < TLOG_LEVELS; k++)
		fd_closep(&t->level[k]);
	top_free(t->top);
	pthread_mutex_destroy(&t->edge->lock);
	free(t->edge);
	free(t->trust);
	free(t);
}

void
tiles_close(struct tiles *t)
{
	struct err none = ERR_INIT;

	if (t == NULL)
		return;
	if (t->writable && t->mark != t->log.size)
		(void)!tiles_sync(t, &none);
	tiles_free(t);
}

/* --- growing --- */

uint64_t
tiles_size(const struct tiles *t)
{
	return atomic_load(&t->size);
}

/* TLOG-23: levels first; who sees an entry finds all that it completes. */
static int
append_chunk(struct tiles *t, struct tlog *log, const uint8_t *hashes, size_t n,
    struct err *e)
{
	uint64_t from = log->size;

	if (levels_open(t, from + n, e) < 0 ||
	    levels_make(t, log, hashes, n, &sink_write, e) < 0)
		return -1;
	return file_write(t, ENTRIES, from, hashes, n, e);
}

int
tiles_append(
    struct tiles *t, const uint8_t *event_hashes, size_t n, struct err *e)
{
	struct tlog log = t->log;
	struct err none = ERR_INIT;

	if (!t->writable)
		return err_set(e, E_INPUT, "the log's cache is only read");
	for (size_t i = 0; i < n; i += CHUNK) {
		size_t k = n - i < CHUNK ? n - i : CHUNK;

		if (append_chunk(t, &log, event_hashes + i * TLOG_HASH, k, e) <
		    0)
			return -1;
	}
	t->log = log;
	atomic_store(&t->size, log.size);
	/* A mark that does not move costs time at the next start, no more. */
	if (log.size - t->mark >= TILES_MARK && !t->sync_failed)
		(void)!tiles_sync(t, &none);
	return 0;
}

int
tiles_truncate(struct tiles *t, uint64_t size, struct err *e)
{
	struct tlog log;

	if (!t->writable)
		return err_set(e, E_INPUT, "the log's cache is only read");
	if (tiles_frontier(t, size, &log, e) < 0)
		return -1;
	t->log = log;
	t->edge->size = 0;
	atomic_store(&t->size, size);
	if (levels_cut(t, size, e) < 0)
		return -1;
	return t->mark > size ? tiles_sync(t, e) : 0;
}

int
tiles_check(struct tiles *t, struct err *e)
{
	struct tlog log = { 0 };

	return levels_from_entries(t, &log, tiles_size(t), &sink_compare, e);
}
