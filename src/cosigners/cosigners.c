/* SPDX-License-Identifier: Apache-2.0 */
/* A thread for each witness; what they bring is published in one place. */
#include "cosigners_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* --- publishing --- */

/* One at a time, in order. */
static void
publish(struct cosigners *c)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);

	pthread_mutex_lock(&c->publishing);
	pthread_mutex_lock(&c->lock);
	target_note(c, &note);
	pthread_mutex_unlock(&c->lock);
	if (note.n != 0 && buf_ok(&note)) {
		if (c->o.quorum > 0)
			files_save_published(c, buf_slice(&note));
		c->o.publish(c->o.publish_arg, buf_slice(&note));
	}
	files_save_members(c);
	pthread_mutex_unlock(&c->publishing);
}

/* Without a quorum: what is offered stands at once. */
static void
publish_offered(
    struct cosigners *c, struct slice note, const struct tlog_head *head)
{
	bool newer;

	pthread_mutex_lock(&c->publishing);
	pthread_mutex_lock(&c->lock);
	newer = head->size > c->published || c->published == 0;
	if (newer) {
		c->published = head->size;
		c->published_lines = 0;
	}
	pthread_mutex_unlock(&c->lock);
	if (newer)
		c->o.publish(c->o.publish_arg, note);
	pthread_mutex_unlock(&c->publishing);
}

/* --- the threads --- */

static void
deadline(int64_t ms, struct timespec *out)
{
	clock_gettime(CLOCK_MONOTONIC, out);
	out->tv_sec += (time_t)(ms / 1000);
	out->tv_nsec += (long)(ms % 1000) * 1000000;
	if (out->tv_nsec >= 1000000000) {
		out->tv_nsec -= 1000000000;
		out->tv_sec++;
	}
}

/* Locked.  Until it is due (true) or all ends. */
static bool
member_wait(struct member *m)
{
	struct cosigners *c = m->all;

	for (;;) {
		struct timespec until;
		int64_t ms;

		if (c->stop)
			return false;
		target_advance(c);
		if (member_is_due(m))
			return true;
		ms = member_sleep(m);
		deadline(ms, &until);
		if (ms < 0)
			pthread_cond_wait(&c->changed, &c->lock);
		else
			pthread_cond_timedwait(&c->changed, &c->lock, &until);
	}
}

/* Locked.  A copy of its own: the target may change meanwhile. */
static void
target_copy(const struct cosigners *c, struct target *out)
{
	struct buf note = BUF_INIT(NOTE_BYTES);

	buf_put(&note, c->target.note.p, c->target.note.n);
	*out = c->target;
	out->note = note;
}

static void *
member_run(void *arg)
{
	struct member *m = arg;
	struct cosigners *c = m->all;

	pthread_mutex_lock(&c->lock);
	while (member_wait(m)) {
		struct said s = { .line = BUF_INIT(LINE_BYTES) };
		struct err e = ERR_INIT;
		struct target t;
		uint64_t known = c->offered;

		m->busy = true;
		target_copy(c, &t);
		pthread_mutex_unlock(&c->lock);
		if (member_ask(m, &t, known, &s, &e) < 0 &&
		    s.outcome == OUT_COSIGNED)
			s.outcome = OUT_FAILED;
		pthread_mutex_lock(&c->lock);
		member_settle(m, t.serial, &s, &e);
		pthread_mutex_unlock(&c->lock);
		if (s.outcome == OUT_COSIGNED)
			publish(c);
		buf_free(&s.line);
		buf_free(&t.note);
		pthread_mutex_lock(&c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* --- life --- */

static void
members_init(struct cosigners *c)
{
	c->members = xcalloc(c->o.n + 1, sizeof(*c->members));
	for (size_t i = 0; i < c->o.n; i++) {
		struct member *m = &c->members[i];

		m->all = c;
		m->i = (uint32_t)i;
		m->key = c->o.witness[i];
		m->line.max = LINE_BYTES;
	}
}

static int
options_check(const struct cosigners_options *o, struct err *e)
{
	if (o->n > COSIGNERS_MAX || o->quorum > o->n)
		return err_set(e, E_CONFIG,
		    "want at most %d witnesses, and no "
		    "larger quorum",
		    COSIGNERS_MAX);
	for (size_t i = 0; i < o->n; i++)
		if (o->witness[i].type != NOTE_COSIGNATURE)
			return err_set(e, E_CONFIG,
			    "%.100s: want the key of a witness",
			    o->witness[i].name);
	return 0;
}

static int
threads_start(struct cosigners *c, struct err *e)
{
	for (; c->n_started < c->o.n; c->n_started++) {
		struct member *m = &c->members[c->n_started];

		if (pthread_create(&m->thread, NULL, member_run, m) != 0)
			return err_set(e, E_UNAVAILABLE, "no thread");
	}
	return 0;
}

static void
sync_init(struct cosigners *c)
{
	pthread_condattr_t a;

	pthread_mutex_init(&c->publishing, NULL);
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(&c->changed, &a);
	pthread_condattr_destroy(&a);
}

static struct note_key *
keys_copy(const struct note_key *keys, size_t n)
{
	struct note_key *out = xcalloc(n + 1, sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = keys[i];
	return out;
}

int
cosigners_new(
    const struct cosigners_options *o, struct cosigners **out, struct err *e)
{
	CLEANUP(buf_free) struct buf published = BUF_INIT(NOTE_BYTES);
	CLEANUP(cosigners_freep) struct cosigners *c = xcalloc(1, sizeof(*c));

	sync_init(c);
	c->dir = -1;
	if (options_check(o, e) < 0)
		return -1;
	c->o = *o;
	c->o.witness = keys_copy(o->witness, o->n);
	c->target.note.max = NOTE_BYTES;
	c->next.note.max = NOTE_BYTES;
	members_init(c);
	c->dir = open(o->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->dir < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot open store/log");
	files_load(c, &published);
	if (published.n != 0)
		c->o.publish(c->o.publish_arg, buf_slice(&published));
	if (threads_start(c, e) < 0)
		return -1;
	*out = TAKE(c);
	return 0;
}

void
cosigners_free(struct cosigners *c)
{
	union {
		const struct note_key *in;
		void *out;
	} keys = { c != NULL ? c->o.witness : NULL };

	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	for (unsigned i = 0; i < c->n_started; i++)
		pthread_join(c->members[i].thread, NULL);
	for (size_t i = 0; c->members != NULL && i < c->o.n; i++)
		buf_free(&c->members[i].line);
	free(c->members);
	free(keys.out);
	buf_free(&c->target.note);
	buf_free(&c->next.note);
	fd_closep(&c->dir);
	pthread_mutex_destroy(&c->publishing);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->changed);
	free(c);
}

/* Locked.  The newest waits; what waited before it is forgotten. */
static bool
offer_queue(
    struct cosigners *c, struct slice note, const struct tlog_head *head)
{
	uint64_t now = (uint64_t)clock_now(&c->o.clock);

	if (c->offered != 0 && head->size <= c->offered)
		return false;
	c->offered = head->size;
	if (c->waiting_since == 0 && c->o.quorum > 0)
		c->waiting_since = now;
	if (c->o.n == 0)
		return true;
	buf_reset(&c->next.note);
	buf_put(&c->next.note, note.p, note.n);
	c->next.head = *head;
	c->next.offered_at = now;
	target_advance(c);
	pthread_cond_broadcast(&c->changed);
	return true;
}

int
cosigners_offer(struct cosigners *c, struct slice note, struct err *e)
{
	struct checkpoint cp;
	bool is_new, shrunk;

	if (checkpoint_open(note, &c->o.log, NULL, &cp, e) < 0)
		return -1;
	pthread_mutex_lock(&c->lock);
	shrunk = cp.head.size < c->published;
	is_new = offer_queue(c, note, &cp.head);
	pthread_mutex_unlock(&c->lock);
	if (is_new && shrunk)
		c->o.say(c->o.say_arg, true, "log.shrunk", "", NULL);
	if (is_new && c->o.quorum == 0)
		publish_offered(c, note, &cp.head);
	return 0;
}

void
cosigners_hurry(struct cosigners *c)
{
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->o.n; i++)
		c->members[i].retry_at = 0;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

static void
state_of(const struct member *m, struct cosigner_state *out)
{
	(void)snprintf(out->name, sizeof(out->name), "%s", m->key.name);
	out->size = m->size;
	out->cosigned_at = m->cosigned_at;
	out->failures = m->failures;
	out->refuses = m->refuses;
}

void
cosigners_state(struct cosigners *c, struct cosigners_state *out)
{
	struct cosigners_state s = { .n = c->o.n, .quorum = c->o.quorum };

	pthread_mutex_lock(&c->lock);
	s.offered = c->offered;
	s.published = c->published;
	s.waiting_since = c->waiting_since;
	for (size_t i = 0; i < c->o.n; i++)
		state_of(&c->members[i], &s.witness[i]);
	pthread_mutex_unlock(&c->lock);
	*out = s;
}
