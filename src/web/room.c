/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for archives under way; what does not fit waits at the door. */
#include "web_int.h"

#include <string.h>

static uint64_t
wanted(const struct visit *v)
{
	int64_t n = http_length(v->http);

	return n < 0 ? body_limit(v) : (uint64_t)n;
}

static bool
fits(const struct room *m, const struct visit *v)
{
	return m->used == 0 || m->used + wanted(v) <= v->web->c.body_bytes;
}

static void
grant(struct room *m, struct visit *v)
{
	v->reserved = wanted(v);
	m->used += v->reserved;
}

static void
enqueue(struct room *m, struct visit *v)
{
	v->next = NULL;
	if (m->last != NULL)
		m->last->next = v;
	else
		m->first = v;
	m->last = v;
}

bool
room_take(struct visit *v)
{
	struct room *m = &v->web->room;
	bool now;

	pthread_mutex_lock(&m->lock);
	now = m->first == NULL && fits(m, v);
	if (now) {
		grant(m, v);
	} else {
		v->stage = STAGE_ROOM;
		v->deadline_ms =
		    web_ms() + (int64_t)v->web->c.memory_seconds * 1000;
		http_suspend(v->http);
		enqueue(m, v);
	}
	pthread_mutex_unlock(&m->lock);
	return now;
}

/* Those at the front that fit, or whose time is over; under the lock. */
static struct visit *
leave(struct room *m, int64_t now, bool all)
{
	struct visit *list = NULL, **end = &list, *v;

	while ((v = m->first) != NULL) {
		bool late = all || now >= v->deadline_ms;

		if (!late && !fits(m, v))
			break;
		if (late)
			v->failed = E_UNAVAILABLE;
		else
			grant(m, v);
		m->first = v->next;
		if (m->first == NULL)
			m->last = NULL;
		v->next = NULL;
		*end = v;
		end = &v->next;
	}
	return list;
}

void
room_tick(struct web *w, bool all)
{
	struct visit *v, *next;

	pthread_mutex_lock(&w->room.lock);
	v = leave(&w->room, web_ms(), all);
	pthread_mutex_unlock(&w->room.lock);
	for (; v != NULL; v = next) {
		next = v->next;
		http_resume(v->http);
	}
}

void
room_give(struct visit *v)
{
	if (v->reserved == 0)
		return;
	pthread_mutex_lock(&v->web->room.lock);
	v->web->room.used -= v->reserved;
	pthread_mutex_unlock(&v->web->room.lock);
	v->reserved = 0;
	room_tick(v->web, false);
}

int
uploads_enter(struct visit *v, struct err *e)
{
	struct room *m = &v->web->room;
	unsigned n = 0;

	pthread_mutex_lock(&m->lock);
	for (struct visit *u = m->uploads; u != NULL; u = u->next_upload)
		if (strcmp(u->q.peer, v->q.peer) == 0)
			n++;
	v->counted = n < v->web->c.uploads_per_address;
	if (v->counted) {
		v->next_upload = m->uploads;
		m->uploads = v;
	}
	pthread_mutex_unlock(&m->lock);
	return v->counted ? 0 : err_set(e, E_RATE, "%u uploads at once", n);
}

void
uploads_leave(struct visit *v)
{
	struct visit **at = &v->web->room.uploads;

	if (!v->counted)
		return;
	pthread_mutex_lock(&v->web->room.lock);
	while (*at != v)
		at = &(*at)->next_upload;
	*at = v->next_upload;
	pthread_mutex_unlock(&v->web->room.lock);
	v->counted = false;
}
