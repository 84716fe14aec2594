/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Appends queue; one thread takes what came during the last sync as a group.
 */
#include "item_int.h"

#include <semaphore.h>
#include <stdlib.h>

#define QUEUE_BYTES MIB(64) /* waiting at most, but for one */

static void
answer(struct item *it)
{
	bool ok = it->why.code == E_OK;

	it->done(ok ? &it->out : NULL, ok ? NULL : &it->why, it->arg);
	item_free(it);
}

/* What the queue holds besides the entries. */
static size_t
weight(const struct item *it)
{
	return it->bytes.n + sizeof(*it) + it->nputs * sizeof(*it->puts);
}

/* Waits for work; 0: stopping, and the queue is empty. */
static size_t
group_take(struct store *s, struct item **items, bool *out_rotate)
{
	size_t n = 0;

	pthread_mutex_lock(&s->queue_lock);
	while (s->first == NULL && !s->rotate && !s->stopping)
		pthread_cond_wait(&s->queue_more, &s->queue_lock);
	for (; s->first != NULL && n < STORE_GROUP_MAX; n++) {
		items[n] = s->first;
		s->first = s->first->next;
		s->queued_bytes -= weight(items[n]);
	}
	if (s->first == NULL)
		s->last = &s->first;
	*out_rotate = s->rotate;
	s->rotate = false;
	if (n > 0)
		pthread_cond_broadcast(&s->queue_room);
	pthread_mutex_unlock(&s->queue_lock);
	return n;
}

static void *
committer_run(void *arg)
{
	struct store *s = arg;
	struct item *items[STORE_GROUP_MAX];
	bool rotate;
	size_t n;

	while ((n = group_take(s, items, &rotate)) > 0 || rotate) {
		if (n > 0)
			commit_group(s->committer, items, n);
		for (size_t i = 0; i < n; i++)
			answer(items[i]);
		if (rotate)
			journal_rotate(s);
	}
	journal_rotate(s);
	return NULL;
}

int
committer_start(struct store *s, struct err *e)
{
	if (pthread_create(&s->commit_thread, NULL, committer_run, s) != 0)
		return err_set(e, E_UNAVAILABLE, "no thread");
	return 0;
}

void
committer_stop(struct store *s)
{
	pthread_mutex_lock(&s->queue_lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->queue_more);
	pthread_cond_broadcast(&s->queue_room);
	pthread_mutex_unlock(&s->queue_lock);
	pthread_join(s->commit_thread, NULL);
}

static int
queue_put(struct store *s, struct item *it, struct err *e)
{
	int rv = 0;

	pthread_mutex_lock(&s->queue_lock);
	while (s->queued_bytes > QUEUE_BYTES && !s->stopping)
		pthread_cond_wait(&s->queue_room, &s->queue_lock);
	if (s->stopping) {
		rv = err_set(e, E_UNAVAILABLE, "the store closes");
	} else {
		/* Who is at work looks again before it sleeps. */
		if (s->first == NULL)
			pthread_cond_signal(&s->queue_more);
		*s->last = it;
		s->last = &it->next;
		s->queued_bytes += weight(it);
	}
	pthread_mutex_unlock(&s->queue_lock);
	return rv;
}

int
store_submit(struct store *s, const struct store_tx *tx, store_done_fn *done,
    void *arg, struct err *e)
{
	CLEANUP(item_freep) struct item *it = NULL;

	if (store_check(s, e) < 0 || item_prepare(s, tx, &it, e) < 0)
		return -1;
	it->done = done;
	it->arg = arg;
	if (queue_put(s, it, e) < 0)
		return -1;
	it = NULL; /* the committer's, and perhaps gone already */
	return 0;
}

struct waiter {
	sem_t answered;
	struct store_done out;
	struct err why;
};

static void
wake(const struct store_done *out, const struct err *why, void *arg)
{
	struct waiter *w = arg;

	if (out != NULL)
		w->out = *out;
	else
		w->why = *why;
	sem_post(&w->answered);
}

int
store_append(struct store *s, const struct store_tx *tx, struct store_done *out,
    struct err *e)
{
	struct waiter w = { .why = ERR_INIT };

	sem_init(&w.answered, 0, 0);
	if (store_submit(s, tx, wake, &w, e) < 0)
		return -1;
	while (sem_wait(&w.answered) < 0)
		; /* a signal came */
	sem_destroy(&w.answered);
	if (w.why.code != E_OK) {
		*e = w.why;
		return -1;
	}
	*out = w.out;
	return 0;
}
