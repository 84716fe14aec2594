/* SPDX-License-Identifier: Apache-2.0 */
/* The store as a whole: its parts, its tip, and its end by failure. */
#include "item_int.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "nintei/fs.h"

static void
cond_init(pthread_cond_t *c)
{
	pthread_condattr_t a;

	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(c, &a);
	pthread_condattr_destroy(&a);
}

static struct store *
store_init(const char *gitdir)
{
	struct store *s = xcalloc(1, sizeof(*s));

	s->lock_fd = s->catalog = -1;
	s->files = &store_files_system;
	s->gitdir = xstrdup(gitdir);
	s->packdir = fs_join(gitdir, "objects/pack");
	s->last = &s->first;
	s->retired_last = &s->retired;
	s->unlogged = (struct buf)BUF_INIT(MIB(64));
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->queue_lock, NULL);
	pthread_mutex_init(&s->pool, NULL);
	pthread_mutex_init(&s->seal, NULL);
	cond_init(&s->queue_more);
	cond_init(&s->queue_room);
	cond_init(&s->seal_more);
	cond_init(&s->seal_done);
	return s;
}

int
store_new(
    const char *dir, const char *gitdir, struct store **out, struct err *e)
{
	CLEANUP(freep) char *objects = fs_join(gitdir, "objects");
	struct store *s = store_init(gitdir);

	if (dir != NULL)
		s->intake = fs_join(dir, "intake");
	if (pack_set_open(objects, &s->packs, e) < 0) {
		store_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

static void
segments_free(struct segment *g)
{
	while (g != NULL) {
		struct segment *next = g->next;

		segment_free(g);
		g = next;
	}
}

void
store_free(struct store *s)
{
	if (s == NULL)
		return;
	committer_free(s->committer);
	readers_free(s);
	pack_set_close(s->packs);
	tiles_close(s->tiles);
	fd_closep(&s->catalog);
	segments_free(s->docs);
	segments_free(s->retired);
	segment_free(s->journal);
	segment_free(s->ahead);
	unsealed_free(&s->unsealed);
	heads_free(&s->heads);
	buf_free(&s->unlogged);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->queue_lock);
	pthread_mutex_destroy(&s->pool);
	pthread_mutex_destroy(&s->seal);
	pthread_cond_destroy(&s->queue_more);
	pthread_cond_destroy(&s->queue_room);
	pthread_cond_destroy(&s->seal_more);
	pthread_cond_destroy(&s->seal_done);
	free(s->gitdir);
	free(s->packdir);
	free(s->intake);
	fd_closep(&s->lock_fd);
	free(s);
}

void
store_fail(struct store *s, const struct err *cause)
{
	pthread_mutex_lock(&s->lock);
	if (!s->failed) {
		s->failed = true;
		s->why = *cause;
	}
	pthread_mutex_unlock(&s->lock);
	pthread_mutex_lock(&s->seal);
	pthread_cond_broadcast(&s->seal_more);
	pthread_cond_broadcast(&s->seal_done);
	pthread_mutex_unlock(&s->seal);
}

bool
store_failed(struct store *s, struct err *why)
{
	bool failed;

	pthread_mutex_lock(&s->lock);
	failed = s->failed;
	if (failed)
		*why = s->why;
	pthread_mutex_unlock(&s->lock);
	return failed;
}

/* Rule STORE-6: after a failed write the disk proves nothing any more. */
int
store_check(struct store *s, struct err *e)
{
	struct err why = ERR_INIT;

	if (!s->writable)
		return err_set(e, E_UNAVAILABLE, "the store is read-only");
	if (!store_failed(s, &why))
		return 0;
	err_raise(e, E_UNAVAILABLE, why.sys, __FILE__, __LINE__,
	    "the store cannot write and must be opened again");
	err_trail(e, "%s: %s", why.detail, why.trail);
	return -1;
}

void
store_tip(struct store *s, struct tip *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->tip;
	pthread_mutex_unlock(&s->lock);
}

const struct tiles *
store_log(const struct store *s)
{
	return s->tiles;
}
