/* SPDX-License-Identifier: Apache-2.0 */
/* A thread for one large document: what is full waits in a ring. */
#include "doc_writer_int.h"

#include <pthread.h>
#include <stdlib.h>

#include "nintei/cc.h"

#define RING 8 /* buffers that wait or are written */

struct doc_writer {
	doc_job *job;
	void *arg;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more, room;
	struct buf ring[RING];
	unsigned given, done; /* buffers so far */
	bool stop, failed;
	struct err why;
};

/* Holds lock.  After a failure nothing more is written. */
static void
job_run(struct doc_writer *w)
{
	const struct buf *b = &w->ring[w->done % RING];
	struct err e = ERR_INIT;
	bool skip = w->failed;
	int rv = 0;

	pthread_mutex_unlock(&w->lock);
	if (!skip)
		rv = w->job(w->arg, buf_slice(b), &e);
	pthread_mutex_lock(&w->lock);
	if (rv < 0) {
		w->failed = true;
		w->why = e;
	}
	w->done++;
	/* Who waits for room gets some more of it at once. */
	if (w->given - w->done <= RING / 2)
		pthread_cond_signal(&w->room);
}

static void *
writer_run(void *arg)
{
	struct doc_writer *w = arg;

	pthread_mutex_lock(&w->lock);
	while (w->done != w->given || !w->stop) {
		if (w->done != w->given)
			job_run(w);
		else
			pthread_cond_wait(&w->more, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void
writer_destroy(struct doc_writer *w)
{
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->more);
	pthread_cond_destroy(&w->room);
	for (unsigned i = 0; i < RING; i++)
		buf_free(&w->ring[i]);
	free(w);
}

struct doc_writer *
doc_writer_new(doc_job *job, void *arg)
{
	struct doc_writer *w = xcalloc(1, sizeof(*w));

	w->job = job;
	w->arg = arg;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	pthread_cond_init(&w->room, NULL);
	if (pthread_create(&w->thread, NULL, writer_run, w) == 0)
		return w;
	writer_destroy(w);
	return NULL;
}

/* Holds lock: until at most n are under way. */
static void
wait_for(struct doc_writer *w, unsigned n)
{
	while (w->given - w->done > n)
		pthread_cond_wait(&w->room, &w->lock);
}

static int
outcome(const struct doc_writer *w, struct err *e)
{
	if (!w->failed)
		return 0;
	*e = w->why;
	return -1;
}

int
doc_writer_give(struct doc_writer *w, struct buf *full, struct err *e)
{
	struct buf *at, empty;
	int rv;

	pthread_mutex_lock(&w->lock);
	wait_for(w, RING - 1);
	rv = outcome(w, e);
	if (rv == 0) {
		at = &w->ring[w->given % RING];
		empty = *at;
		if (empty.max == 0)
			empty = (struct buf)BUF_INIT(full->max);
		buf_reset(&empty);
		*at = *full;
		*full = empty;
		if (w->given++ == w->done)
			pthread_cond_signal(&w->more);
	}
	pthread_mutex_unlock(&w->lock);
	return rv;
}

void
doc_writer_wait(struct doc_writer *w)
{
	pthread_mutex_lock(&w->lock);
	wait_for(w, 0);
	pthread_mutex_unlock(&w->lock);
}

int
doc_writer_end(struct doc_writer *w, struct err *e)
{
	int rv;

	pthread_mutex_lock(&w->lock);
	wait_for(w, 0);
	rv = outcome(w, e);
	pthread_mutex_unlock(&w->lock);
	return rv;
}

void
doc_writer_free(struct doc_writer *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	writer_destroy(w);
}
