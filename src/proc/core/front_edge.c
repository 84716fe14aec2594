/* SPDX-License-Identifier: Apache-2.0 */
/* The edge to front: a bounded queue between one reader and a few threads. */
#include "core_int.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/front_msg.h"
#include "nintei/fs.h"
#include "nintei/log.h"

#define THREADS 4
#define QUEUE_MAX 512

struct job {
	struct job *next;
	unsigned generation; /* of the edge that it came over */
	struct chan_msg msg;
};

struct front_edge {
	struct office *office;
	int fd;
	unsigned generation;
	pthread_mutex_t lock; /* queue, fd, generation */
	pthread_mutex_t send;
	pthread_cond_t work, room;
	struct job *first, **last;
	size_t queued;
	bool draining;
	pthread_t thread[THREADS];
};

/* --- answering --- */

static int
answer_frame(uint32_t id, const struct answer *a, struct buf *frame,
    int *out_fd, struct err *e)
{
	struct front_response r = { .status = a->status };

	for (size_t i = 0; i < FR_MAX; i++)
		if (a->header[i] != NULL)
			r.header[i] = slice_str(a->header[i]);
	*out_fd = -1;
	if (a->fd >= 0) {
		r.has_fd = true;
		r.body_size = a->fd_size;
		*out_fd = dup(a->fd);
	} else if (a->body.n > FRONT_INLINE_BYTES) {
		r.has_fd = true;
		r.body_size = a->body.n;
		if (memfd_of("answer", buf_slice(&a->body), out_fd, e) < 0)
			return -1;
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
	CLEANUP(fd_closep) int fd = -1;
	struct err e = ERR_INIT;
	int rv = answer_frame(id, a, &frame, &fd, &e);

	if (rv == 0) {
		pthread_mutex_lock(&f->send);
		/* A front started anew knows nothing of this request. */
		if (j->generation == f->generation && f->fd >= 0)
			rv = chan_send(f->fd, &frame, &fd, fd >= 0, &e);
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

/* --- the queue --- */

static struct job *
job_next(struct front_edge *f)
{
	struct job *j;

	pthread_mutex_lock(&f->lock);
	while (f->first == NULL && !f->draining)
		pthread_cond_wait(&f->work, &f->lock);
	j = f->first;
	if (j != NULL) {
		f->first = j->next;
		if (f->first == NULL)
			f->last = &f->first;
		f->queued--;
		pthread_cond_signal(&f->room);
	}
	pthread_mutex_unlock(&f->lock);
	return j;
}

static void *
worker(void *arg)
{
	struct front_edge *f = arg;
	struct job *j;

	while ((j = job_next(f)) != NULL) {
		job_serve(f, j);
		chan_msg_done(&j->msg);
		free(j);
	}
	return NULL;
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
	j->generation = f->generation;
	*f->last = j;
	f->last = &j->next;
	f->queued++;
	pthread_cond_signal(&f->work);
	pthread_mutex_unlock(&f->lock);
	return true;
}

int
front_edge_new(int fd, struct office *o, struct front_edge **out, struct err *e)
{
	struct front_edge *f;

	if (chan_hello(fd, PROC_CORE, PROC_FRONT, e) < 0)
		return -1;
	f = xcalloc(1, sizeof(*f));
	f->office = o;
	f->fd = fd;
	f->last = &f->first;
	pthread_mutex_init(&f->lock, NULL);
	pthread_mutex_init(&f->send, NULL);
	pthread_cond_init(&f->work, NULL);
	pthread_cond_init(&f->room, NULL);
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&f->thread[i], NULL, worker, f) != 0)
			return err_set(e, E_UNAVAILABLE, "no thread");
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
	pthread_cond_broadcast(&f->work);
	pthread_mutex_unlock(&f->lock);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(f->thread[i], NULL);
}
