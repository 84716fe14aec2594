/* SPDX-License-Identifier: Apache-2.0 */
/* The edge to core: requests out, answers in, nobody waits in between. */
#include "web_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nintei/chan.h"
#include "nintei/log.h"

#define SLOT_OF(id) ((id) % LINK_SLOTS)

static int64_t
patience_ms(const struct visit *v)
{
	const struct web_config *c = &v->web->c;

	return 1000 *
	    (int64_t)(v->route->body == BODY_ARCHIVE ? c->upload_seconds
						     : c->core_seconds);
}

/* A free slot, under the lock; LINK_SLOTS if there is none. */
static unsigned
slot_find(const struct link *l)
{
	unsigned i = 0;

	while (i < LINK_SLOTS && l->slot[i] != NULL)
		i++;
	return i;
}

static void
slot_free(struct link *l, uint32_t id)
{
	l->slot[SLOT_OF(id)] = NULL;
	l->busy--;
}

static void
queue_put(struct link *l, struct visit *v)
{
	v->next = NULL;
	if (l->last != NULL)
		l->last->next = v;
	else
		l->first = v;
	l->last = v;
}

static void
queue_remove(struct link *l, struct visit *v)
{
	struct visit **at = &l->first, *last = NULL;

	while (*at != NULL && *at != v) {
		last = *at;
		at = &(*at)->next;
	}
	if (*at == NULL)
		return;
	*at = v->next;
	if (l->last == v)
		l->last = last;
}

/* Rule HTTP-QUEUE: what core cannot take is refused at once. */
int
link_ask(struct visit *v, struct err *e)
{
	struct link *l = &v->web->link;
	unsigned i;
	int rv = -1;

	pthread_mutex_lock(&l->lock);
	if (l->stop || (l->read_fd < 0 && l->next_fd < 0)) {
		err_set(e, E_UNAVAILABLE, "the service is starting again");
	} else if ((i = slot_find(l)) == LINK_SLOTS) {
		err_set(e, E_UNAVAILABLE, "too many requests are waiting");
	} else {
		v->stage = STAGE_CORE;
		v->id = (uint32_t)++l->turn[i] * LINK_SLOTS + i;
		v->deadline_ms = web_ms() + patience_ms(v);
		http_suspend(v->http);
		l->slot[i] = v;
		l->busy++;
		queue_put(l, v);
		pthread_cond_broadcast(&l->changed);
		rv = 0;
	}
	pthread_mutex_unlock(&l->lock);
	return rv;
}

/* Give visits back with an error; outside the lock. */
static void
give_up(struct visit *list)
{
	struct visit *next;

	for (; list != NULL; list = next) {
		next = list->next;
		http_resume(list->http);
	}
}

/* Those for whom it is too late (or all), off the link; under the lock. */
static struct visit *
take_failed(struct link *l, int64_t now)
{
	struct visit *list = NULL;

	for (unsigned i = 0; i < LINK_SLOTS && l->busy > 0; i++) {
		struct visit *v = l->slot[i];

		if (v == NULL || now < v->deadline_ms)
			continue;
		queue_remove(l, v);
		slot_free(l, v->id);
		v->failed = E_UNAVAILABLE;
		v->next = list;
		list = v;
	}
	return list;
}

/* The next frame to send and its descriptor; false: none, or no edge. */
static bool
next_frame(struct link *l, struct buf *frame, int *fd)
{
	struct err e = ERR_INIT;
	struct visit *v = l->first;

	if (l->next_write_fd >= 0) {
		fd_closep(&l->write_fd);
		l->write_fd = TAKE_FD(l->next_write_fd);
		l->write_over = false;
	}
	if (v == NULL || l->write_fd < 0 || l->write_over)
		return false;
	queue_remove(l, v);
	buf_reset(frame);
	if (front_request_encode(v->id, &v->q, frame, &e) < 0) {
		log_err("request.encode", &e, v->q.instance);
		v->deadline_ms = 0; /* the reader gives it back */
		return false;
	}
	*fd = TAKE_FD(v->fd);
	return true;
}

static void *
writer_run(void *arg)
{
	CLEANUP(buf_free) struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	struct link *l = arg;
	struct err e = ERR_INIT;

	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		CLEANUP(fd_closep) int fd = -1;
		int edge;

		if (!next_frame(l, &frame, &fd)) {
			pthread_cond_wait(&l->changed, &l->lock);
			continue;
		}
		edge = l->write_fd;
		pthread_mutex_unlock(&l->lock);
		if (chan_send(edge, &frame, &fd, fd >= 0 ? 1 : 0, &e) < 0)
			shutdown(edge, SHUT_RDWR); /* the reader sees it */
		pthread_mutex_lock(&l->lock);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* The visit an answer is for, off the link; NULL: it came too late. */
static struct visit *
claim(struct link *l, uint32_t id)
{
	struct visit *v;

	pthread_mutex_lock(&l->lock);
	v = l->slot[SLOT_OF(id)];
	if (v == NULL || v->id != id) {
		v = NULL;
	} else {
		queue_remove(l, v);
		slot_free(l, id);
	}
	pthread_mutex_unlock(&l->lock);
	return v;
}

static int
body_take(struct chan_msg *m, const struct front_response *a,
    int out[FRONT_REPLY_FDS], struct err *e)
{
	uint64_t size = 0;

	if (a->stream || a->file)
		return stream_take(m, a, out, e);
	if (!a->has_fd)
		return 0;
	if (blob_check(m->fds[0], FRONT_REPLY_BYTES, &size, e) < 0)
		return -1;
	if (size != a->body_size)
		return err_set(e, E_IPC, "the body has another size");
	out[0] = chan_take_fd(m, 0);
	return 0;
}

/* Core is checked like anybody: what it must not say ends the edge. */
static int
answer_read(struct link *l, struct chan_msg *m, struct err *e)
{
	struct slice frame = slice_of(m->bytes, m->n);
	struct front_response a;
	int fd[FRONT_REPLY_FDS] = { -1, -1 };
	struct visit *v;
	uint32_t id;

	if (front_response_decode(frame, (unsigned)m->n_fds, &id, &a, e) < 0 ||
	    body_take(m, &a, fd, e) < 0)
		return -1;
	if ((v = claim(l, id)) == NULL) {
		fd_closep(&fd[0]);
		fd_closep(&fd[1]);
		return 0;
	}
	buf_put(&v->frame, m->bytes, m->n);
	if (!buf_ok(&v->frame) ||
	    front_response_decode(buf_slice(&v->frame), front_response_fds(&a),
		&id, &v->a, e) < 0)
		v->failed = E_INTERNAL;
	v->answer_fd = fd[0];
	v->status_fd = fd[1];
	http_resume(v->http);
	return 0;
}

/* The edge is over: take up the next one, if it is there already. */
static void
edge_lost(struct link *l)
{
	struct visit *list;

	pthread_mutex_lock(&l->lock);
	fd_closep(&l->read_fd);
	/* What is asked from now on waits for the next edge. */
	l->write_over = true;
	fd_closep(&l->next_write_fd);
	if (l->write_fd >= 0)
		shutdown(l->write_fd, SHUT_RDWR);
	list = take_failed(l, INT64_MAX);
	pthread_mutex_unlock(&l->lock);
	give_up(list);
	log_ev(LOG_L_WARN, "core.gone", NULL);
}

/* The edge to read from; waits until there is one.  -1: stop. */
static int
edge_wait(struct link *l)
{
	int fd;

	pthread_mutex_lock(&l->lock);
	while (!l->stop && l->read_fd < 0 && l->next_fd < 0)
		pthread_cond_wait(&l->changed, &l->lock);
	if (l->read_fd < 0 && l->next_fd >= 0) {
		l->read_fd = TAKE_FD(l->next_fd);
		l->next_write_fd = fcntl(l->read_fd, F_DUPFD_CLOEXEC, 0);
		pthread_cond_broadcast(&l->changed);
	}
	fd = l->stop ? -1 : l->read_fd;
	pthread_mutex_unlock(&l->lock);
	return fd;
}

static void
tick(struct web *w)
{
	struct visit *list;

	pthread_mutex_lock(&w->link.lock);
	list = take_failed(&w->link, web_ms());
	pthread_mutex_unlock(&w->link.lock);
	give_up(list);
	room_tick(w, false);
}

/* One frame, or a tick. */
static int
reader_step(struct web *w, int fd, struct chan_msg *m, struct err *e)
{
	int rv;

	if (chan_wait(fd, TICK_MS, e) < 0)
		return e->code == E_UNAVAILABLE ? 0 : -1;
	if (chan_recv(fd, FRONT_REPLY_FDS, m, e) < 0)
		return -1;
	rv = answer_read(&w->link, m, e);
	chan_msg_done(m);
	return rv;
}

static void *
reader_run(void *arg)
{
	struct web *w = arg;
	struct chan_msg *m = xcalloc(1, sizeof(*m));
	int64_t last = 0;
	int fd;

	while ((fd = edge_wait(&w->link)) >= 0) {
		struct err e = ERR_INIT;

		if (reader_step(w, fd, m, &e) < 0) {
			if (e.code == E_IPC)
				log_err("core.malformed", &e, NULL);
			edge_lost(&w->link);
		}
		if (web_ms() - last >= TICK_MS) {
			last = web_ms();
			tick(w);
		}
	}
	free(m);
	return NULL;
}

void
link_up(struct web *w, int fd)
{
	struct link *l = &w->link;

	pthread_mutex_lock(&l->lock);
	fd_closep(&l->next_fd);
	l->next_fd = fd;
	if (l->read_fd >= 0)
		shutdown(l->read_fd, SHUT_RDWR);
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

bool
link_is_up(struct web *w)
{
	bool up;

	pthread_mutex_lock(&w->link.lock);
	up = !w->link.stop && (w->link.read_fd >= 0 || w->link.next_fd >= 0);
	pthread_mutex_unlock(&w->link.lock);
	return up;
}

void
link_abandon(struct web *w)
{
	struct link *l = &w->link;
	struct visit *list;

	pthread_mutex_lock(&l->lock);
	l->stop = true;
	list = take_failed(l, INT64_MAX);
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	give_up(list);
	room_tick(w, true);
}

int
link_init(struct web *w, struct err *e)
{
	struct link *l = &w->link;

	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->changed, NULL);
	l->read_fd = l->write_fd = l->next_fd = l->next_write_fd = -1;
	if ((errno = pthread_create(&l->reader, NULL, reader_run, w)) != 0)
		return err_sys(e, E_INTERNAL, "pthread_create");
	if ((errno = pthread_create(&l->writer, NULL, writer_run, l)) != 0) {
		link_abandon(w);
		pthread_join(l->reader, NULL);
		return err_sys(e, E_INTERNAL, "pthread_create");
	}
	l->started = true;
	return 0;
}

void
link_done(struct web *w)
{
	struct link *l = &w->link;

	link_abandon(w);
	if (l->started) {
		pthread_join(l->reader, NULL);
		pthread_join(l->writer, NULL);
	}
	fd_closep(&l->read_fd);
	fd_closep(&l->write_fd);
	fd_closep(&l->next_fd);
	fd_closep(&l->next_write_fd);
	pthread_mutex_destroy(&l->lock);
	pthread_cond_destroy(&l->changed);
}
