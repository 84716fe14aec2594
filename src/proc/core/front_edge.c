/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The edge to front: bounded queues between one reader and a few threads.
 * Archives have a queue and threads of their own: each takes a second or
 * more, and whoever only reads does not wait behind them.
 */
#include "core_int.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/front_msg.h"
#include "nintei/fs.h"
#include "nintei/log.h"

#define THREADS 4 /* of a lane */
#define QUEUE_MAX 512 /* of both lanes */

struct job {
	struct job *next;
	unsigned generation; /* of the edge that it came over */
	struct chan_msg msg;
};

enum lane_name {
	LANE_SMALL = 0, /* all in the frame */
	LANE_BULK, /* a body in a descriptor */
	LANE_MAX
};

struct lane {
	struct front_edge *edge;
	pthread_cond_t work;
	struct job *first, **last;
	pthread_t thread[THREADS];
};

struct front_edge {
	struct office *office;
	int fd;
	unsigned generation;
	pthread_mutex_t lock; /* lanes, fd, generation */
	pthread_mutex_t send;
	pthread_cond_t room;
	struct lane lane[LANE_MAX];
	size_t queued;
	bool draining;
};

/* --- answering --- */

/* The descriptors of an answer, until it is sent. */
struct answer_fds {
	int at[FRONT_REPLY_FDS];
	size_t n;
};

static void
answer_fds_done(struct answer_fds *f)
{
	for (size_t i = 0; i < f->n; i++)
		fd_closep(&f->at[i]);
}

static void
answer_fds_add(struct answer_fds *f, int fd)
{
	f->at[f->n++] = dup(fd);
}

static int
answer_frame(uint32_t id, const struct answer *a, struct buf *frame,
    struct answer_fds *fds, struct err *e)
{
	struct front_response r = { .status = a->status };

	for (size_t i = 0; i < FR_MAX; i++)
		if (a->header[i] != NULL)
			r.header[i] = slice_str(a->header[i]);
	if (a->stream_fd >= 0) {
		r.stream = true;
		answer_fds_add(fds, a->stream_fd);
		answer_fds_add(fds, a->status_fd);
	} else if (a->fd >= 0) {
		r.has_fd = !a->is_file;
		r.file = a->is_file;
		r.body_size = a->fd_size;
		answer_fds_add(fds, a->fd);
	} else if (a->body.n > FRONT_INLINE_BYTES) {
		r.has_fd = true;
		r.body_size = a->body.n;
		if (memfd_of("answer", buf_slice(&a->body), &fds->at[0], e) < 0)
			return -1;
		fds->n = 1;
	} else {
		r.body = buf_slice(&a->body);
		r.body_size = a->body.n;
	}
	return front_response_encode(id, &r, frame, e);
}

static void
answer_send(struct front_edge *f, const struct job *j, const struct answer *a,
    uint32_t id)
{
	CLEANUP(buf_free) struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	CLEANUP(answer_fds_done) struct answer_fds fds = { .n = 0 };
	struct err e = ERR_INIT;
	int rv = answer_frame(id, a, &frame, &fds, &e);

	if (rv == 0) {
		pthread_mutex_lock(&f->send);
		/* A front started anew knows nothing of this request. */
		if (j->generation == f->generation && f->fd >= 0)
			rv = chan_send(f->fd, &frame, fds.at, fds.n, &e);
		pthread_mutex_unlock(&f->send);
	}
	if (rv < 0)
		log_err("answer.lost", &e, NULL);
}

static void
job_serve(struct front_edge *f, struct job *j)
{
	CLEANUP(fd_closep) int body = chan_take_fd(&j->msg, 0);
	CLEANUP(answer_done) struct answer a;
	struct front_request q;
	struct err e = ERR_INIT;
	uint32_t id;

	answer_init(&a);
	if (front_request_decode(
		slice_of(j->msg.bytes, j->msg.n), body >= 0, &id, &q, &e) < 0) {
		log_err("request.malformed", &e, NULL);
		return;
	}
	office_serve(f->office, &q, body, &a);
	answer_send(f, j, &a, id);
}

/* --- the queues --- */

static struct job *
job_next(struct lane *l)
{
	struct front_edge *f = l->edge;
	struct job *j;

	pthread_mutex_lock(&f->lock);
	while (l->first == NULL && !f->draining)
		pthread_cond_wait(&l->work, &f->lock);
	j = l->first;
	if (j != NULL) {
		l->first = j->next;
		if (l->first == NULL)
			l->last = &l->first;
		f->queued--;
		pthread_cond_signal(&f->room);
	}
	pthread_mutex_unlock(&f->lock);
	return j;
}

static void *
worker(void *arg)
{
	struct lane *l = arg;
	struct job *j;

	while ((j = job_next(l)) != NULL) {
		job_serve(l->edge, j);
		chan_msg_done(&j->msg);
		free(j);
	}
	return NULL;
}

/* Under the lock. */
static void
job_queue(struct front_edge *f, struct job *j)
{
	struct lane *l = &f->lane[j->msg.n_fds > 0 ? LANE_BULK : LANE_SMALL];

	j->generation = f->generation;
	*l->last = j;
	l->last = &j->next;
	f->queued++;
	pthread_cond_signal(&l->work);
}

bool
front_edge_take(struct front_edge *f)
{
	struct job *j = xcalloc(1, sizeof(*j));
	struct err e = ERR_INIT;

	if (chan_recv(f->fd, 1, &j->msg, &e) < 0) {
		if (e.code != E_UNAVAILABLE)
			log_err("edge.front", &e, NULL);
		free(j);
		pthread_mutex_lock(&f->send);
		close(f->fd);
		f->fd = -1;
		pthread_mutex_unlock(&f->send);
		return false;
	}
	pthread_mutex_lock(&f->lock);
	while (f->queued >= QUEUE_MAX)
		pthread_cond_wait(&f->room, &f->lock);
	job_queue(f, j);
	pthread_mutex_unlock(&f->lock);
	return true;
}

static int
lane_start(struct front_edge *f, struct lane *l, struct err *e)
{
	l->edge = f;
	l->last = &l->first;
	pthread_cond_init(&l->work, NULL);
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&l->thread[i], NULL, worker, l) != 0)
			return err_set(e, E_UNAVAILABLE, "no thread");
	return 0;
}

int
front_edge_new(int fd, struct office *o, struct front_edge **out, struct err *e)
{
	struct front_edge *f = xcalloc(1, sizeof(*f));
	struct err gone = ERR_INIT;

	f->office = o;
	f->fd = fd;
	/* It may have died while the store was opened: another edge comes. */
	if (chan_hello(fd, PROC_CORE, PROC_FRONT, &gone) < 0) {
		log_err("edge.front", &gone, NULL);
		fd_closep(&f->fd);
	}
	pthread_mutex_init(&f->lock, NULL);
	pthread_mutex_init(&f->send, NULL);
	pthread_cond_init(&f->room, NULL);
	for (size_t i = 0; i < LANE_MAX; i++)
		if (lane_start(f, &f->lane[i], e) < 0)
			return -1;
	*out = f;
	return 0;
}

int
front_edge_rewire(struct front_edge *f, int fd, struct err *e)
{
	if (chan_hello(fd, PROC_CORE, PROC_FRONT, e) < 0) {
		close(fd);
		return -1;
	}
	pthread_mutex_lock(&f->send);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = fd;
	f->generation++;
	pthread_mutex_unlock(&f->send);
	return 0;
}

int
front_edge_fd(const struct front_edge *f)
{
	return f->fd;
}

void
front_edge_drain(struct front_edge *f)
{
	pthread_mutex_lock(&f->lock);
	f->draining = true;
	for (size_t i = 0; i < LANE_MAX; i++)
		pthread_cond_broadcast(&f->lane[i].work);
	pthread_mutex_unlock(&f->lock);
	for (size_t i = 0; i < LANE_MAX * THREADS; i++)
		pthread_join(f->lane[i / THREADS].thread[i % THREADS], NULL);
}
