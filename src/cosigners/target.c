/* SPDX-License-Identifier: Apache-2.0 */
/* Which checkpoint is shown, to whom, and when it is good enough. */
#include "cosigners_int.h"

#include <time.h>

int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
member_is_due(const struct member *m)
{
	return m->all->target.note.n != 0 && m->line.n == 0 && !m->busy &&
	    m->retry_at <= now_ms();
}

unsigned
target_lines(const struct cosigners *c)
{
	unsigned n = 0;

	for (size_t i = 0; i < c->o.n; i++)
		n += c->members[i].line.n != 0;
	return n;
}

/* Everybody who can be asked now has answered, or enough for long enough. */
static bool
target_is_settled(const struct cosigners *c)
{
	unsigned enough = c->o.quorum > 0 ? c->o.quorum : 1;
	bool open = false;

	for (size_t i = 0; i < c->o.n; i++)
		open |= c->members[i].busy || member_is_due(&c->members[i]);
	return !open ||
	    (target_lines(c) >= enough &&
		now_ms() >= c->target.since + PATIENCE_MS);
}

static void
target_take(struct cosigners *c)
{
	struct buf old = c->target.note;

	c->target = c->next;
	c->target.since = now_ms();
	c->target.serial = ++c->last_serial;
	c->next = (struct target){ .note = old };
	buf_reset(&c->next.note);
	for (size_t i = 0; i < c->o.n; i++)
		buf_reset(&c->members[i].line);
	pthread_cond_broadcast(&c->changed);
}

void
target_advance(struct cosigners *c)
{
	if (c->next.note.n == 0)
		return;
	if (c->target.note.n == 0 ||
	    (now_ms() >= c->target.since + PAUSE_MS && target_is_settled(c)))
		target_take(c);
}

int64_t
member_sleep(const struct member *m)
{
	const struct cosigners *c = m->all;
	int64_t at = -1;

	if (c->target.note.n == 0)
		return -1;
	if (m->line.n == 0)
		at = m->retry_at;
	if (c->next.note.n != 0) {
		int64_t turn = c->target.since +
		    (now_ms() < c->target.since + PAUSE_MS ? PAUSE_MS
							   : PATIENCE_MS);

		if (at < 0 || turn < at)
			at = turn;
	}
	if (at < 0)
		return -1;
	return at > now_ms() ? at - now_ms() : PAUSE_MS;
}

static int64_t
backoff(unsigned failures)
{
	int64_t ms = RETRY_FIRST_MS;

	while (failures-- > 1 && ms < RETRY_MOST_MS)
		ms *= 2;
	return ms < RETRY_MOST_MS ? ms : RETRY_MOST_MS;
}

static bool
is_power_of_two(unsigned n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static void
failure_settle(struct member *m, const struct said *s, const struct err *e)
{
	const struct cosigners *c = m->all;
	bool alarm = s->outcome == OUT_REFUSED;

	m->failures++;
	m->retry_at = now_ms() + backoff(m->failures);
	if (alarm ? !m->refuses : is_power_of_two(m->failures))
		c->o.say(c->o.say_arg, alarm,
		    alarm ? "witness.refuses" : "witness.failed", m->key.name,
		    e);
	m->refuses |= alarm;
	if (s->size != 0)
		m->size = s->size;
}

void
member_settle(
    struct member *m, uint64_t serial, struct said *s, const struct err *e)
{
	struct cosigners *c = m->all;

	m->busy = false;
	if (s->outcome == OUT_COSIGNED) {
		if (m->failures != 0)
			c->o.say(c->o.say_arg, false, "witness.back",
			    m->key.name, NULL);
		m->size = s->size;
		m->cosigned_at = s->time;
		m->failures = 0;
		m->refuses = false;
		m->retry_at = 0;
		if (serial == c->target.serial) {
			buf_reset(&m->line);
			buf_put(&m->line, s->line.p, s->line.n);
		}
	} else if (!c->stop) {
		failure_settle(m, s, e);
	}
	target_advance(c);
	pthread_cond_broadcast(&c->changed);
}

/* WIT-7: the quorum, and nothing older than what was published. */
void
target_note(struct cosigners *c, struct buf *out)
{
	unsigned lines = target_lines(c);
	const struct target *t = &c->target;

	if (t->note.n == 0 || lines == 0 || lines < c->o.quorum ||
	    t->head.size < c->published ||
	    (t->head.size == c->published && lines <= c->published_lines))
		return;
	buf_put(out, t->note.p, t->note.n);
	for (size_t i = 0; i < c->o.n; i++)
		buf_put(out, c->members[i].line.p, c->members[i].line.n);
	c->published = t->head.size;
	c->published_lines = lines;
	c->waiting_since = c->next.note.n != 0 ? c->next.offered_at : 0;
}
