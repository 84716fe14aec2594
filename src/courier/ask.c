/* SPDX-License-Identifier: Apache-2.0 */
/* Core's end of the edge: many posts under way, one thread that reads. */
#include "nintei/courier.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "nintei/ipc.h"
#include "nintei/proc.h"

/* The courier gives up long before; who is silent that long is broken. */
#define ANSWER_SECONDS (COURIER_SECONDS + 15)

/* One that waits; on the stack of who asked. */
struct wait {
	struct wait *next;
	uint32_t id;
	bool done;
	int rv;
	struct courier_answer answer;
	struct err why;
};

struct courier {
	pthread_mutex_t lock; /* around all below */
	pthread_mutex_t send; /* taken before lock: fd stays open while held */
	pthread_cond_t changed;
	pthread_t reader;
	bool started;
	int fd; /* -1: no courier; closed by the reader alone */
	int next_fd; /* waits for the reader to leave fd, or -1 */
	bool stop;
	uint32_t last_id;
	struct wait *first;
	struct proc *proc;
	struct chan_msg msg; /* the reader's */
};

/* --- the reader --- */

/* Locked.  Nobody answers those any more. */
static void
fail_all(struct courier *c)
{
	for (struct wait *w = c->first; w != NULL; w = w->next) {
		w->done = true;
		w->rv =
		    err_set(&w->why, E_UNAVAILABLE, "the courier is not there");
	}
	c->first = NULL;
	pthread_cond_broadcast(&c->changed);
}

/* Locked.  Out of the list, or NULL: it waits no more. */
static struct wait *
wait_take(struct courier *c, uint32_t id)
{
	struct wait **p = &c->first;
	struct wait *w;

	while (*p != NULL && (*p)->id != id)
		p = &(*p)->next;
	w = *p;
	if (w != NULL)
		*p = w->next;
	return w;
}

static int
answer_read(struct chan_msg *m, struct wait *w, struct err *e)
{
	if (m->op == OP_REFUSE) {
		w->rv = ipc_refusal(m, &w->why);
		return 0;
	}
	if (courier_answer_decode(m, &w->answer, e) < 0) {
		w->rv = -1;
		w->why = *e;
		return -1;
	}
	w->rv = 0;
	return 0;
}

static int
message_take(struct courier *c, struct err *e)
{
	struct wait *w;
	int rv = 0;

	pthread_mutex_lock(&c->lock);
	w = wait_take(c, c->msg.id);
	if (w != NULL) {
		rv = answer_read(&c->msg, w, e);
		w->done = true;
		pthread_cond_broadcast(&c->changed);
	}
	pthread_mutex_unlock(&c->lock);
	return w != NULL ? rv : err_set(e, E_IPC, "nobody asked that");
}

/* The edge is gone: fail what waits on it, go on with the next one. */
static void
edge_leave(struct courier *c, const struct err *why)
{
	bool broken;

	pthread_mutex_lock(&c->send);
	pthread_mutex_lock(&c->lock);
	fd_closep(&c->fd);
	fail_all(c);
	c->fd = c->next_fd;
	c->next_fd = -1;
	broken = why->code == E_IPC && c->fd < 0 && !c->stop;
	pthread_mutex_unlock(&c->lock);
	pthread_mutex_unlock(&c->send);
	if (broken && c->proc != NULL)
		proc_edge_lost(c->proc, PROC_COURIER);
}

/* The edge to read from; -1: stop. */
static int
edge_wait(struct courier *c)
{
	int fd;

	pthread_mutex_lock(&c->lock);
	while (c->fd < 0 && !c->stop)
		pthread_cond_wait(&c->changed, &c->lock);
	fd = c->stop ? -1 : c->fd;
	pthread_mutex_unlock(&c->lock);
	return fd;
}

static void *
reader_run(void *arg)
{
	struct courier *c = arg;
	int fd;

	while ((fd = edge_wait(c)) >= 0) {
		struct err e = ERR_INIT;

		if (chan_recv(fd, 0, &c->msg, &e) < 0 ||
		    message_take(c, &e) < 0)
			edge_leave(c, &e);
	}
	return NULL;
}

/* --- life --- */

int
courier_new(int fd, struct courier **out, struct err *e)
{
	CLEANUP(fd_closep) int chan = fd;
	struct courier *c;

	if (chan_hello(chan, PROC_CORE, PROC_COURIER, e) < 0)
		return -1;
	c = xcalloc(1, sizeof(*c));
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_init(&c->send, NULL);
	pthread_cond_init(&c->changed, NULL);
	c->next_fd = -1;
	c->fd = TAKE_FD(chan);
	*out = c;
	return 0;
}

int
courier_start(struct courier *c, struct err *e)
{
	if (pthread_create(&c->reader, NULL, reader_run, c) != 0)
		return err_set(e, E_UNAVAILABLE, "no thread");
	c->started = true;
	return 0;
}

int
courier_rewire(struct courier *c, int fd, struct err *e)
{
	CLEANUP(fd_closep) int chan = fd;

	if (chan_hello(chan, PROC_CORE, PROC_COURIER, e) < 0)
		return -1;
	pthread_mutex_lock(&c->lock);
	if (c->fd >= 0) {
		fd_closep(&c->next_fd);
		c->next_fd = TAKE_FD(chan);
		(void)shutdown(c->fd, SHUT_RDWR); /* wakes the reader */
	} else {
		c->fd = TAKE_FD(chan);
	}
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	return 0;
}

void
courier_report_to(struct courier *c, struct proc *proc)
{
	c->proc = proc;
}

void
courier_stop(struct courier *c)
{
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	if (c->fd >= 0)
		(void)shutdown(c->fd, SHUT_RDWR);
	fail_all(c);
	pthread_mutex_unlock(&c->lock);
}

void
courier_free(struct courier *c)
{
	if (c == NULL)
		return;
	courier_stop(c);
	if (c->started)
		pthread_join(c->reader, NULL);
	fd_closep(&c->fd);
	fd_closep(&c->next_fd);
	pthread_mutex_destroy(&c->lock);
	pthread_mutex_destroy(&c->send);
	pthread_cond_destroy(&c->changed);
	free(c);
}

/* --- asking --- */

/* Into the list before it is sent: the answer may come at once. */
static int
ask_send(struct courier *c, const struct courier_post *m, struct wait *w,
    struct err *e)
{
	CLEANUP(buf_free) struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	int fd, rv;

	pthread_mutex_lock(&c->send);
	pthread_mutex_lock(&c->lock);
	fd = c->stop ? -1 : c->fd;
	w->id = ++c->last_id;
	if (fd >= 0) {
		w->next = c->first;
		c->first = w;
	}
	pthread_mutex_unlock(&c->lock);
	courier_post_encode(w->id, m, &frame);
	if (fd < 0)
		rv = err_set(e, E_UNAVAILABLE, "the courier is not there");
	else
		rv = chan_send(fd, &frame, NULL, 0, e);
	pthread_mutex_unlock(&c->send);
	return rv;
}

/* Locked.  False: it never came. */
static bool
ask_wait(struct courier *c, const struct wait *w)
{
	struct timespec until;
	int rv = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ANSWER_SECONDS;
	while (!w->done && rv != ETIMEDOUT)
		rv = pthread_cond_timedwait(&c->changed, &c->lock, &until);
	return w->done;
}

/* What came of it; w is in no list any more. */
static int
ask_end(struct courier *c, struct wait *w, const struct err *unsent,
    bool is_silent, struct courier_answer *out, struct err *e)
{
	if (is_silent) {
		if (c->proc != NULL)
			proc_edge_lost(c->proc, PROC_COURIER);
		return err_set(e, E_UNAVAILABLE, "the courier is silent");
	}
	if (unsent != NULL || w->rv < 0) {
		courier_answer_done(&w->answer);
		*e = unsent != NULL ? *unsent : w->why;
		return -1;
	}
	*out = w->answer;
	return 0;
}

int
courier_ask(struct courier *c, uint32_t witness, struct slice body,
    struct courier_answer *out, struct err *e)
{
	const struct courier_post m = { witness, body };
	struct wait w = { .rv = -1, .why = ERR_INIT };
	struct err unsent = ERR_INIT;
	bool sent, silent = false;

	if (body.n > COURIER_BODY_BYTES)
		return err_set(e, E_LIMIT, "a post is too large");
	sent = ask_send(c, &m, &w, &unsent) == 0;
	pthread_mutex_lock(&c->lock);
	if (sent)
		silent = !ask_wait(c, &w);
	if (silent && c->fd >= 0)
		(void)shutdown(c->fd, SHUT_RDWR);
	(void)wait_take(c, w.id);
	pthread_mutex_unlock(&c->lock);
	return ask_end(c, &w, sent ? NULL : &unsent, silent, out, e);
}
