/* SPDX-License-Identifier: Apache-2.0 */
/* When to seal; segments made and filled before they are needed. */
#include "item_int.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "nintei/log.h"

#define STEP_MIN MIB(1) /* of zeros */
#define STEP_MAX MIB(16)
#define FAR_AWAY 3600000 /* ms: nothing is due */
#define AGAIN_MS 1000 /* after a try to seal for which there was no room */
#define RETIRED_MAX 8 /* journals that wait for room; each has its index */

int64_t
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
journal_make(struct store *s, struct segment **out, struct err *e)
{
	char name[64];
	unsigned n;

	pthread_mutex_lock(&s->lock);
	n = ++s->segments_made;
	pthread_mutex_unlock(&s->lock);
	snprintf(name, sizeof(name), "ev-%012" PRIx64 "-%08x", s->epoch, n);
	if (segment_make(s->files, s->intake, name, s->step, out, e) < 0)
		return -1;
	(*out)->journal = true;
	return 0;
}

/* Segments are used in the order of their names, which is recovery's: one
 * thread makes one at a time. */
static struct segment *
ahead_take(struct store *s)
{
	struct segment *g;

	pthread_mutex_lock(&s->seal);
	while (s->making)
		pthread_cond_wait(&s->seal_done, &s->seal);
	g = TAKE(s->ahead);
	s->making = g == NULL;
	pthread_cond_signal(&s->seal_more);
	pthread_mutex_unlock(&s->seal);
	return g;
}

static void
journal_begin(struct store *s, struct segment *g, bool was_made)
{
	pthread_mutex_lock(&s->seal);
	if (was_made)
		s->making = false;
	s->journal = g;
	pthread_cond_broadcast(&s->seal_done);
	pthread_cond_signal(&s->seal_more);
	pthread_mutex_unlock(&s->seal);
}

/* Memory is bounded while nothing can be sealed. */
static int
retired_check(struct store *s, struct err *e)
{
	unsigned n = 0;

	pthread_mutex_lock(&s->seal);
	for (struct segment *g = s->retired; s->seal_full && g != NULL;
	     g = g->next)
		n++;
	pthread_mutex_unlock(&s->seal);
	return n < RETIRED_MAX ? 0
			       : err_raise(e, E_UNAVAILABLE, ENOSPC, __FILE__,
				     __LINE__, "too much waits to be sealed");
}

int
journal_need(struct store *s, struct err *e)
{
	struct segment *g;
	bool make;
	int rv = 0;

	if (s->journal != NULL && s->journal->end >= s->opts.seal_bytes) {
		if (retired_check(s, e) < 0)
			return -1;
		journal_rotate(s);
	}
	if (s->journal != NULL)
		return 0;
	g = ahead_take(s);
	make = g == NULL;
	if (make)
		rv = journal_make(s, &g, e);
	journal_begin(s, g, make);
	return rv;
}

/* Twice what the last took, so that short ones cost little. */
static size_t
step_after(const struct segment *g)
{
	if (g->end * 2 < STEP_MIN)
		return STEP_MIN;
	return g->end * 2 > STEP_MAX ? STEP_MAX : (size_t)g->end * 2;
}

void
journal_rotate(struct store *s)
{
	struct segment *g = s->journal;

	pthread_mutex_lock(&s->seal);
	if (g != NULL && g->objects.n > 0) {
		s->step = step_after(g);
		*s->retired_last = g;
		s->retired_last = &g->next;
		s->journal = NULL;
	}
	s->seal_wanted = false;
	s->asked = NULL;
	pthread_cond_broadcast(&s->seal_more);
	pthread_mutex_unlock(&s->seal);
}

static bool
is_low(const struct store *s, const struct segment *g)
{
	return g->filled < s->opts.seal_bytes &&
	    g->filled < g->end + s->step / 2;
}

void
journal_wrote(struct store *s)
{
	struct segment *g = s->journal;

	pthread_mutex_lock(&s->seal);
	if (g->began == 0 || is_low(s, g)) {
		if (g->began == 0)
			g->began = monotonic_ms();
		pthread_cond_signal(&s->seal_more);
	}
	pthread_mutex_unlock(&s->seal);
}

/* --- the sealer's thread; each is called with seal held --- */

static bool
has_failed(struct store *s)
{
	struct err quiet = ERR_INIT;

	return store_check(s, &quiet) < 0;
}

/* What is made ahead gives its room to what is to be sealed. */
static void
ahead_drop(struct store *s)
{
	struct segment *g = TAKE(s->ahead);

	if (g == NULL)
		return;
	(void)s->files->unlink(s->files->arg, g->path);
	segment_free(g);
}

/* Every step of a seal can be done again, and is. */
static void
seal_is_full(struct store *s, const struct err *why)
{
	if (!s->seal_full)
		log_err("store.full", why, NULL);
	s->seal_full = true;
	s->seal_failures++;
	s->seal_again = monotonic_ms() + AGAIN_MS;
	ahead_drop(s);
	pthread_cond_broadcast(&s->seal_done);
}

static void
seal_now(struct store *s)
{
	struct err e = ERR_INIT;
	int rv;

	pthread_mutex_unlock(&s->seal);
	rv = seal_retired(s, &e);
	if (rv < 0 && !files_full(&e))
		store_fail(s, &e);
	pthread_mutex_lock(&s->seal);
	if (rv < 0 && files_full(&e)) {
		seal_is_full(s, &e);
	} else if (rv == 0 && s->seal_full) {
		s->seal_full = false;
		log_ev(LOG_L_INFO, "store.has_room", NULL);
	}
}

static bool
seal_is_due(const struct store *s)
{
	return s->retired != NULL &&
	    (!s->seal_full || s->seal_again <= monotonic_ms());
}

/* A full disk is no failure before something is to be written. */
static void
ahead_fails(struct store *s, const struct err *e)
{
	if (!files_full(e))
		store_fail(s, e);
}

static void
make_ahead(struct store *s)
{
	struct segment *g = NULL;
	struct err e = ERR_INIT;

	s->making = true;
	pthread_mutex_unlock(&s->seal);
	if (journal_make(s, &g, &e) < 0)
		ahead_fails(s, &e);
	pthread_mutex_lock(&s->seal);
	s->making = false;
	pthread_cond_broadcast(&s->seal_done);
	if (g != NULL)
		s->ahead = g;
	else
		s->ahead_failed = true;
}

static void
fill_more(struct store *s, struct segment *g)
{
	uint64_t to = g->filled + s->step;
	struct err e = ERR_INIT;
	int rv;

	pthread_mutex_unlock(&s->seal);
	rv = segment_fill(s->files, g, to, &e);
	if (rv < 0)
		ahead_fails(s, &e);
	pthread_mutex_lock(&s->seal);
	if (rv < 0)
		s->ahead_failed = true;
}

static void
ask_rotation(struct store *s)
{
	s->asked = s->journal;
	pthread_mutex_unlock(&s->seal);
	pthread_mutex_lock(&s->queue_lock);
	s->rotate = true;
	pthread_cond_signal(&s->queue_more);
	pthread_mutex_unlock(&s->queue_lock);
	pthread_mutex_lock(&s->seal);
}

/* ms until the journal is old enough. */
static int64_t
due_in(const struct store *s)
{
	const struct segment *g = s->journal;

	if (s->seal_full)
		return s->seal_again - monotonic_ms();
	if (g == NULL || g->began == 0 || g == s->asked)
		return FAR_AWAY;
	if (s->seal_wanted)
		return 0;
	return g->began + s->opts.seal_ms - monotonic_ms();
}

static void
sleep_until(struct store *s, int64_t ms)
{
	struct timespec until;

	if (ms < 0)
		ms = 0;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&s->seal_more, &s->seal, &until);
	s->ahead_failed = false;
}

/* One thing that is to be done; false: nothing is. */
static bool
step(struct store *s)
{
	struct segment *g = s->journal;
	int64_t due = due_in(s);

	if (has_failed(s))
		return false;
	if (seal_is_due(s))
		seal_now(s);
	else if (s->seal_full)
		return false; /* what room there is, is for sealing */
	else if (due <= 0)
		ask_rotation(s);
	else if (s->ahead == NULL && !s->making && !s->ahead_failed &&
	    !s->seal_stop)
		make_ahead(s);
	else if (g != NULL && is_low(s, g) && !s->ahead_failed)
		fill_more(s, g);
	else
		return false;
	return true;
}

static void *
sealer_run(void *arg)
{
	struct store *s = arg;

	pthread_mutex_lock(&s->seal);
	for (;;) {
		if (step(s))
			continue;
		if (s->seal_stop)
			break;
		sleep_until(s, has_failed(s) ? FAR_AWAY : due_in(s));
	}
	pthread_mutex_unlock(&s->seal);
	return NULL;
}

int
sealer_start(struct store *s, struct err *e)
{
	if (pthread_create(&s->seal_thread, NULL, sealer_run, s) != 0)
		return err_set(e, E_UNAVAILABLE, "no thread");
	return 0;
}

int
store_seal(struct store *s, struct err *e)
{
	struct tip tip;
	unsigned failures;
	int rv = 0;

	if (!s->writable)
		return 0;
	store_tip(s, &tip);
	pthread_mutex_lock(&s->seal);
	failures = s->seal_failures;
	s->seal_again = 0;
	while (s->sealed_size < tip.log_size && rv == 0) {
		s->seal_wanted = true;
		pthread_cond_broadcast(&s->seal_more);
		rv = store_check(s, e);
		if (rv == 0 && s->seal_failures != failures)
			rv = err_set(e, E_UNAVAILABLE, "the disk is full");
		if (rv == 0)
			pthread_cond_wait(&s->seal_done, &s->seal);
	}
	pthread_mutex_unlock(&s->seal);
	return rv;
}
