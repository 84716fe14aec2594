/* SPDX-License-Identifier: Apache-2.0 */
/* A segment becomes a pack: STORE 3, in exactly that order. */
#include "item_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"

#define PACK_MODE 0444
#define REF_MODE 0644
#define KEEP_BYTES MIB(64) /* a pack of documents that nobody rewrites */
#define REF_TRIES 1000 /* git may hold the lock, for a moment */
#define REF_WAIT_NS 10000000L

static int
write_durable(
    const struct store_files *f, int fd, struct slice bytes, struct err *e)
{
	if (files_pwrite(f, fd, bytes, 0, NULL, e) < 0)
		return -1;
	if (f->fdatasync(f->arg, fd) < 0)
		return files_sync_failed("cannot sync a file", e);
	return 0;
}

/* A file with these bytes, synced; not yet its name.  None if it fails: the
 * next try must find neither a lock nor less room. */
static int
file_write(struct store *s, const char *path, struct slice bytes, int excl,
    mode_t mode, struct err *e)
{
	const struct store_files *f = s->files;
	CLEANUP(fd_closep)
	int fd =
	    f->open(f->arg, path, O_WRONLY | O_CREAT | O_CLOEXEC | excl, mode);

	if (fd < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot make a file");
	if (write_durable(f, fd, bytes, e) < 0) {
		(void)f->unlink(f->arg, path);
		return -1;
	}
	return 0;
}

/* Header, trailer, end of the file. */
static int
pack_finish(
    struct store *s, struct segment *g, struct pack_trailer *t, struct err *e)
{
	const struct store_files *f = s->files;

	if (pack_trailer(g->fd, g->end, (uint32_t)g->objects.n, t, e) < 0 ||
	    files_pwrite(
		f, g->fd, slice_of(t->header, PACK_HEADER), 0, NULL, e) < 0 ||
	    files_pwrite(
		f, g->fd, slice_of(t->sum, PACK_SUM), g->end, NULL, e) < 0)
		return -1;
	if (f->ftruncate(f->arg, g->fd, (off_t)(g->end + PACK_SUM)) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot cut a segment");
	return 0;
}

static int
idx_write(struct store *s, const struct segment *g,
    const struct pack_trailer *t, const char *path, struct err *e)
{
	CLEANUP(buf_free) struct buf idx = BUF_INIT(pack_idx_max(g->objects.n));
	CLEANUP(freep)
	struct pack_mark *marks = xcalloc(g->objects.n, sizeof(*marks));

	for (size_t i = 0; i < g->objects.n; i++)
		marks[i] = g->objects.v[i].mark;
	if (pack_idx(marks, g->objects.n, t->sum, &idx, e) < 0)
		return -1;
	/* What a seal that was interrupted left may be read-only. */
	if (unlink(path) < 0 && errno != ENOENT)
		return err_sys(e, E_UNAVAILABLE, "cannot make an index");
	return file_write(s, path, buf_slice(&idx), O_EXCL, PACK_MODE, e);
}

static int
keep_write(struct store *s, const char *path, struct err *e)
{
	return file_write(s, path, slice_str("documents\n"), 0, REF_MODE, e);
}

/* The pack's name is linked, never moved: the segment stays until its
 * commits are in the ref, or a crash in between would lose them. */
static int
pack_publish(struct store *s, struct segment *g, const char *base,
    const char *idx, struct err *e)
{
	const struct store_files *f = s->files;
	CLEANUP(freep) char *pack = xasprintf("%s.pack", base);
	CLEANUP(freep) char *named = xasprintf("%s.idx", base);
	CLEANUP(freep) char *keep = xasprintf("%s.keep", base);

	if (!g->journal && g->end >= KEEP_BYTES && keep_write(s, keep, e) < 0)
		return -1;
	if (f->link(f->arg, g->path, pack) < 0 && errno != EEXIST)
		return err_sys(e, E_UNAVAILABLE, "cannot name a pack");
	if (f->rename(f->arg, idx, named) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot name an index");
	return files_sync_dir(f, s->packdir, e);
}

static int
pack_make(struct store *s, struct segment *g, struct err *e)
{
	CLEANUP(freep) char *base = NULL;
	CLEANUP(freep) char *idx = xasprintf("%s/tmp_idx_store", s->packdir);
	char hex[2 * PACK_SUM + 1];
	struct pack_trailer t;

	if (pack_finish(s, g, &t, e) < 0)
		return -1;
	base = xasprintf(
	    "%s/pack-%s", s->packdir, hex_encode(t.sum, PACK_SUM, hex));
	if (segment_sync(s, g, UINT64_MAX, e) < 0)
		return -1;
	if (idx_write(s, g, &t, idx, e) < 0)
		return -1;
	return pack_publish(s, g, base, idx, e);
}

static int
lock_write(struct store *s, const char *path, struct slice line, struct err *e)
{
	static const struct timespec wait = { 0, REF_WAIT_NS };
	struct err why = ERR_INIT;

	for (unsigned i = 0; i < REF_TRIES; i++) {
		why = (struct err)ERR_INIT;
		if (file_write(s, path, line, O_EXCL, REF_MODE, &why) == 0)
			return 0;
		if (why.sys != EEXIST)
			break;
		nanosleep(&wait, NULL);
	}
	*e = why;
	return -1;
}

static int
ref_move(struct store *s, const struct gitx_oid *to, struct err *e)
{
	const struct store_files *f = s->files;
	CLEANUP(freep) char *ref = fs_join(s->gitdir, STORE_REF);
	CLEANUP(freep) char *lock = xasprintf("%s.lock", ref);
	CLEANUP(freep) char *dir = fs_join(s->gitdir, "refs/heads");
	char hex[2 * GITX_OID + 2];

	hex_encode(to->b, GITX_OID, hex);
	hex[2 * GITX_OID] = '\n';
	if (lock_write(s, lock, slice_of(hex, 2 * GITX_OID + 1), e) < 0)
		return -1;
	if (f->rename(f->arg, lock, ref) < 0) {
		(void)err_sys(e, E_UNAVAILABLE, "cannot move the ref");
		(void)f->unlink(f->arg, lock);
		return -1;
	}
	return files_sync_dir(f, dir, e);
}

static int
segment_remove(struct store *s, struct segment *g, struct err *e)
{
	const struct store_files *f = s->files;

	if (f->unlink(f->arg, g->path) < 0 && errno != ENOENT)
		return err_sys(e, E_UNAVAILABLE, "cannot remove a segment");
	return files_sync_dir(f, s->intake, e);
}

int
segment_seal(struct store *s, struct segment *g, struct err *e)
{
	if (pack_make(s, g, e) < 0)
		return -1;
	if (g->journal && ref_move(s, &g->commit, e) < 0)
		return -1;
	/* In the packs before it is out of the segments: nobody misses it. */
	if (pack_set_refresh(s->packs, e) < 0)
		return -1;
	pthread_mutex_lock(&s->lock);
	unsealed_drop(&s->unsealed, g);
	pthread_mutex_unlock(&s->lock);
	return segment_remove(s, g, e);
}

/* Sealed are freed; the rest is given back by *list. */
static int
docs_seal(struct store *s, struct segment **list, struct err *e)
{
	while (*list != NULL) {
		struct segment *g = *list;

		if (segment_seal(s, g, e) < 0)
			return -1;
		*list = g->next;
		place_release(s, g);
	}
	return 0;
}

/* Back to where the next try, or the end of the store, finds them. */
static void
docs_return(struct store *s, struct segment *list)
{
	pthread_mutex_lock(&s->pool);
	while (list != NULL) {
		struct segment *g = list;

		list = g->next;
		g->next = s->docs;
		s->docs = g;
	}
	pthread_mutex_unlock(&s->pool);
}

static int
docs_seal_all(struct store *s, bool all, struct err *e)
{
	struct segment *docs = NULL;

	if (docs_retire(s, all, &docs, e) < 0 || docs_seal(s, &docs, e) < 0) {
		docs_return(s, docs);
		return -1;
	}
	return store_check(s, e);
}

static struct segment *
retired_first(struct store *s)
{
	struct segment *g;

	pthread_mutex_lock(&s->seal);
	g = s->retired;
	pthread_mutex_unlock(&s->seal);
	return g;
}

static void
retired_done(struct store *s, struct segment *g)
{
	pthread_mutex_lock(&s->seal);
	s->retired = g->next;
	if (s->retired == NULL)
		s->retired_last = &s->retired;
	s->sealed_size = g->log_size;
	pthread_cond_broadcast(&s->seal_done);
	pthread_mutex_unlock(&s->seal);
	place_release(s, g);
}

int
seal_retired(struct store *s, struct err *e)
{
	struct segment *g;

	while ((g = retired_first(s)) != NULL) {
		/* A fetch must not see a commit without its documents. */
		if (docs_seal_all(s, false, e) < 0 || segment_seal(s, g, e) < 0)
			return -1;
		retired_done(s, g);
	}
	return 0;
}

static void
forget_empty(struct store *s, struct segment *g)
{
	struct err quiet = ERR_INIT;

	if (g == NULL)
		return;
	/* One that stays is removed by the next recovery. */
	if (g->objects.n == 0)
		(void)segment_remove(s, g, &quiet);
	segment_free(g);
}

void
sealer_stop(struct store *s)
{
	struct err e = ERR_INIT;

	pthread_mutex_lock(&s->seal);
	s->seal_stop = true;
	s->seal_again = 0; /* once more, also on a full disk */
	pthread_cond_broadcast(&s->seal_more);
	pthread_mutex_unlock(&s->seal);
	pthread_join(s->seal_thread, NULL);
	if (store_check(s, &e) < 0 || docs_seal_all(s, true, &e) < 0)
		return;
	forget_empty(s, TAKE(s->ahead));
	forget_empty(s, TAKE(s->journal));
	while (s->docs != NULL) {
		struct segment *g = s->docs;

		s->docs = g->next;
		forget_empty(s, g);
	}
}
