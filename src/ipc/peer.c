/* SPDX-License-Identifier: Apache-2.0 */
/* The asking side of an edge: one request at a time. */
#include "nintei/ipc.h"

#include <pthread.h>
#include <stdlib.h>

#include "nintei/proc.h"

#define ANSWER_MS 30000

struct peer {
	pthread_mutex_t lock; /* around all below */
	int fd; /* -1: given up */
	uint32_t id; /* of the last request */
	const char *self; /* string constants of proc.h */
	const char *name;
	struct proc *proc; /* told of a loss; NULL: nobody is */
};

int
peer_new(int fd, const char *self, const char *name, struct peer **out,
    struct err *e)
{
	CLEANUP(fd_closep) int chan = fd;
	struct peer *p;

	if (chan_hello(chan, self, name, e) < 0)
		return -1;
	p = xcalloc(1, sizeof(*p));
	pthread_mutex_init(&p->lock, NULL);
	p->fd = TAKE_FD(chan);
	p->self = self;
	p->name = name;
	*out = p;
	return 0;
}

int
peer_rewire(struct peer *p, int fd, struct err *e)
{
	CLEANUP(fd_closep) int chan = fd;

	if (chan_hello(chan, p->self, p->name, e) < 0)
		return -1;
	pthread_mutex_lock(&p->lock);
	fd_closep(&p->fd);
	p->fd = TAKE_FD(chan);
	pthread_mutex_unlock(&p->lock);
	return 0;
}

void
peer_report_to(struct peer *p, struct proc *proc)
{
	pthread_mutex_lock(&p->lock);
	p->proc = proc;
	pthread_mutex_unlock(&p->lock);
}

bool
peer_is_up(struct peer *p)
{
	bool up;

	pthread_mutex_lock(&p->lock);
	up = p->fd >= 0;
	pthread_mutex_unlock(&p->lock);
	return up;
}

void
peer_free(struct peer *p)
{
	if (p == NULL)
		return;
	fd_closep(&p->fd);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static int
answer_check(const struct chan_msg *m, uint32_t id, struct err *e)
{
	if (m->id != id)
		return err_set(
		    e, E_IPC, "want the answer to %u, have %u", id, m->id);
	if (m->op != OP_ANSWER && m->op != OP_REFUSE)
		return err_set(e, E_IPC, "want an answer, have op %u", m->op);
	return 0;
}

/* Locked.  A failure in here leaves the edge in an unknown state. */
static int
exchange(struct peer *p, struct buf *frame, const int *fds, size_t n_fds,
    size_t max_fds, struct chan_msg *out, struct err *e)
{
	uint32_t id = ++p->id;

	for (size_t i = 0; i < 4; i++)
		frame->p[4 + i] = (uint8_t)(id >> (24 - 8 * i));
	if (chan_send(p->fd, frame, fds, n_fds, e) < 0 ||
	    chan_wait(p->fd, ANSWER_MS, e) < 0 ||
	    chan_recv(p->fd, max_fds, out, e) < 0)
		return -1;
	if (answer_check(out, id, e) < 0) {
		chan_msg_done(out);
		return -1;
	}
	return 0;
}

static void
give_up(struct peer *p)
{
	fd_closep(&p->fd);
	if (p->proc != NULL)
		proc_edge_lost(p->proc, p->name);
}

static int
call_locked(struct peer *p, struct buf *frame, const int *fds, size_t n_fds,
    size_t max_fds, struct chan_msg *out, struct err *e)
{
	if (p->fd < 0)
		return err_set(
		    e, E_UNAVAILABLE, "the %s is not there", p->name);
	if (exchange(p, frame, fds, n_fds, max_fds, out, e) < 0) {
		give_up(p);
		return err_wrap(e, "asking %s", p->name);
	}
	return 0;
}

int
chan_call(struct peer *p, struct buf *frame, const int *fds, size_t n_fds,
    size_t max_fds, struct chan_msg *out, struct err *e)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	int rv;

	if (!buf_ok(frame) || frame->n < CHAN_HEAD_BYTES ||
	    frame->n > LIMIT_FRAME_BYTES)
		return err_set(e, E_LIMIT, "a message is too large");
	pthread_mutex_lock(&p->lock);
	rv = call_locked(p, frame, fds, n_fds, max_fds, m, e);
	pthread_mutex_unlock(&p->lock);
	if (rv < 0)
		return -1;
	if (m->op == OP_REFUSE) {
		chan_msg_done(m);
		return ipc_refusal(m, e);
	}
	*out = *m;
	return 0;
}
