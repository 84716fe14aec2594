/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items in the order of the commits, made by threads in blocks.  The ring
 * bounds what is ahead; with one job everything happens in the caller.
 */
#include "audit_int.h"

#include <pthread.h>
#include <stdlib.h>

#define BLOCK 64
#define AHEAD 4 /* blocks for each thread */
#define JOBS_MAX 64

struct block {
	struct item items[BLOCK];
	size_t n;
	bool ready;
};
struct pool {
	struct pool_opts o;
	size_t blocks; /* in all */
	struct block *ring;
	size_t ring_n;
	struct item *now; /* given out last */
	size_t at; /* next item to give out */
	struct bench *own; /* of one job */
	pthread_mutex_t lock;
	pthread_cond_t made, taken;
	size_t next; /* block to begin */
	size_t done; /* blocks given out entirely */
	bool stop;
	pthread_t threads[JOBS_MAX];
	struct bench *benches[JOBS_MAX];
	size_t n_threads;
};
struct job {
	struct pool *p;
	struct bench *b;
};

/* The i-th commit from the oldest; ids are newest first. */
static const struct gitx_oid *
id_at(const struct pool *p, size_t i)
{
	return &p->o.lineage->ids[p->o.lineage->n - 1 - i];
}

static void
item_make(const struct pool *p, struct bench *b, size_t i, struct item *it)
{
	it->at = i + 1;
	it->light = it->at <= p->o.light;
	item_read(b, id_at(p, i), i == 0 ? NULL : id_at(p, i - 1), it);
}

static void
block_make(const struct pool *p, struct bench *b, size_t block)
{
	struct block *to = &p->ring[block % p->ring_n];
	size_t first = block * BLOCK;

	to->n =
	    p->o.lineage->n - first < BLOCK ? p->o.lineage->n - first : BLOCK;
	for (size_t i = 0; i < to->n; i++)
		item_make(p, b, first + i, &to->items[i]);
}

static void *
work(void *arg)
{
	struct job *j = arg;
	struct pool *p = j->p;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		size_t block;

		while (!p->stop && p->next < p->blocks &&
		    p->next >= p->done + p->ring_n)
			pthread_cond_wait(&p->taken, &p->lock);
		if (p->stop || p->next >= p->blocks)
			break;
		block = p->next++;
		pthread_mutex_unlock(&p->lock);
		block_make(p, j->b, block);
		pthread_mutex_lock(&p->lock);
		p->ring[block % p->ring_n].ready = true;
		pthread_cond_broadcast(&p->made);
	}
	pthread_mutex_unlock(&p->lock);
	free(j);
	return NULL;
}

static int
threads_start(struct pool *p, struct err *e)
{
	for (unsigned i = 0; i < p->o.jobs; i++) {
		struct job *j = xcalloc(1, sizeof(*j));

		if (bench_new(p->o.source, true, &p->benches[i], e) < 0) {
			free(j);
			return -1;
		}
		j->p = p;
		j->b = p->benches[i];
		if (pthread_create(&p->threads[i], NULL, work, j) != 0) {
			free(j);
			return err_set(e, E_UNAVAILABLE, "no thread");
		}
		p->n_threads++;
	}
	return 0;
}

int
pool_new(const struct pool_opts *opts, struct pool **out, struct err *e)
{
	CLEANUP(pool_freep) struct pool *p = xcalloc(1, sizeof(*p));

	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->made, NULL);
	pthread_cond_init(&p->taken, NULL);
	p->o = *opts;
	if (p->o.jobs > JOBS_MAX)
		p->o.jobs = JOBS_MAX;
	p->blocks = (opts->lineage->n + BLOCK - 1) / BLOCK;
	p->ring_n = p->o.jobs > 1 ? p->o.jobs * AHEAD : 1;
	p->ring = xcalloc(p->ring_n, sizeof(*p->ring));
	if (p->o.jobs > 1 ? threads_start(p, e) < 0
			  : bench_new(p->o.source, true, &p->own, e) < 0)
		return -1;
	*out = TAKE(p);
	return 0;
}

/* Wait for the block; what it needs no more is given back. */
static void
block_wait(struct pool *p, size_t block)
{
	struct block *b = &p->ring[block % p->ring_n];

	pthread_mutex_lock(&p->lock);
	while (!b->ready)
		pthread_cond_wait(&p->made, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

static void
block_leave(struct pool *p, size_t block)
{
	pthread_mutex_lock(&p->lock);
	p->ring[block % p->ring_n].ready = false;
	p->done = block + 1;
	pthread_cond_broadcast(&p->taken);
	pthread_mutex_unlock(&p->lock);
}

static struct item *
next_own(struct pool *p)
{
	struct item *it = &p->ring[0].items[0];

	item_make(p, p->own, p->at, it);
	return it;
}

struct item *
pool_next(struct pool *p)
{
	size_t block = p->at / BLOCK;

	if (p->now != NULL)
		item_done(p->now);
	p->now = NULL;
	if (p->at > 0 && p->at % BLOCK == 0 && p->own == NULL)
		block_leave(p, block - 1);
	if (p->at == p->o.lineage->n)
		return NULL;
	if (p->own != NULL) {
		p->now = next_own(p);
	} else {
		if (p->at % BLOCK == 0)
			block_wait(p, block);
		p->now = &p->ring[block % p->ring_n].items[p->at % BLOCK];
	}
	p->at++;
	return p->now;
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->taken);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	for (size_t i = 0; i < JOBS_MAX; i++)
		bench_free(p->benches[i]);
	for (size_t i = 0; i < p->ring_n; i++)
		for (size_t k = 0; k < BLOCK; k++)
			item_done(&p->ring[i].items[k]);
	free(p->ring);
	bench_free(p->own);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->made);
	pthread_cond_destroy(&p->taken);
	free(p);
}
