/* SPDX-License-Identifier: Apache-2.0 */
/* Posts under way: at most one for each witness, each on its own thread. */
#include "courier_int.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/courier.h"
#include "nintei/fetch.h"
#include "nintei/fs.h"
#include "nintei/ipc.h"
#include "nintei/log.h"

#define CA_BYTES KIB(256)

struct slot {
	struct posts *all;
	pthread_cond_t work;
	pthread_t thread;
	struct fetch_client *client;
	char *url; /* of add-checkpoint */
	struct buf ca; /* PEM; empty: the system's */
	bool busy; /* from the frame to the answer */
	uint32_t id; /* of the request */
	unsigned generation; /* of the edge that it came over */
	struct buf body;
};

struct posts {
	pthread_mutex_t lock; /* slots, fd, generation */
	pthread_mutex_t send; /* taken before lock */
	int fd;
	unsigned generation;
	struct slot *slots;
	size_t n;
};

/* --- answering --- */

/* To the core that asked; a core started anew knows nothing of it. */
static void
answer_send(struct slot *s, const struct courier_answer *a, const struct err *e)
{
	CLEANUP(buf_free) struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	struct posts *p = s->all;
	struct err lost = ERR_INIT;
	int fd, rv = 0;

	pthread_mutex_lock(&p->send);
	pthread_mutex_lock(&p->lock);
	fd = s->generation == p->generation ? p->fd : -1;
	s->busy = false;
	pthread_mutex_unlock(&p->lock);
	if (fd >= 0 && a == NULL) {
		rv = ipc_refuse(fd, s->id, e, &lost);
	} else if (fd >= 0) {
		courier_answer_encode(s->id, a, &frame);
		rv = chan_send(fd, &frame, NULL, 0, &lost);
	}
	pthread_mutex_unlock(&p->send);
	if (rv < 0)
		log_err("answer.lost", &lost, NULL);
}

static int
post(struct slot *s, struct courier_answer *out, struct err *e)
{
	static const char *const headers[] = {
		"Content-Type: text/plain; charset=utf-8", NULL
	};
	CLEANUP(fetch_answer_done) struct fetch_answer got = { 0 };
	struct fetch_request q = FETCH_INIT;

	q.client = s->client;
	q.method = "POST";
	q.url = s->url;
	q.headers = headers;
	q.ca_pem = buf_slice(&s->ca);
	q.body = buf_slice(&s->body);
	q.max_answer = COURIER_BODY_BYTES;
	q.seconds = COURIER_SECONDS;
	q.total_seconds = COURIER_SECONDS;
	if (fetch(&q, &got, e) < 0)
		return -1;
	if (!utf8_valid(slice_str(got.content_type)) || got.status < 100 ||
	    got.status > 599)
		return err_set(e, E_UNAVAILABLE, "not an answer of HTTP");
	out->status = got.status;
	(void)snprintf(out->type, sizeof(out->type), "%.*s",
	    (int)strspn(
		got.content_type, "abcdefghijklmnopqrstuvwxyz0123456789-+./"),
	    got.content_type);
	out->body = got.body;
	got.body = (struct buf){ 0 };
	return 0;
}

static void *
slot_run(void *arg)
{
	struct slot *s = arg;

	for (;;) {
		CLEANUP(courier_answer_done) struct courier_answer a = { 0 };
		struct err e = ERR_INIT;
		int rv;

		pthread_mutex_lock(&s->all->lock);
		while (!s->busy)
			pthread_cond_wait(&s->work, &s->all->lock);
		pthread_mutex_unlock(&s->all->lock);
		rv = post(s, &a, &e);
		answer_send(s, rv == 0 ? &a : NULL, &e);
	}
	return NULL;
}

/* --- taking --- */

/* Locked.  Why it cannot be posted now; 0 when it is. */
static int
slot_give(
    struct posts *p, uint32_t id, const struct courier_post *m, struct err *e)
{
	struct slot *s;

	if (m->witness >= p->n)
		return err_set(
		    e, E_USAGE, "there is no witness %u", m->witness);
	s = &p->slots[m->witness];
	if (s->busy)
		return err_set(e, E_RATE, "this witness is being asked");
	s->busy = true;
	s->id = id;
	s->generation = p->generation;
	buf_reset(&s->body);
	buf_put(&s->body, m->body.p, m->body.n);
	pthread_cond_signal(&s->work);
	return 0;
}

int
posts_take(struct posts *p, const struct chan_msg *m, struct err *e)
{
	struct courier_post post;
	struct err why = ERR_INIT;
	int rv;

	if (courier_post_decode(m, &post, e) < 0)
		return -1;
	pthread_mutex_lock(&p->lock);
	rv = slot_give(p, m->id, &post, &why);
	pthread_mutex_unlock(&p->lock);
	if (rv == 0)
		return 0;
	pthread_mutex_lock(&p->send);
	rv = ipc_refuse(p->fd, m->id, &why, e);
	pthread_mutex_unlock(&p->send);
	return rv;
}

void
posts_edge(struct posts *p, int fd)
{
	pthread_mutex_lock(&p->send);
	pthread_mutex_lock(&p->lock);
	p->fd = fd;
	p->generation++;
	pthread_mutex_unlock(&p->lock);
	pthread_mutex_unlock(&p->send);
}

/* --- life --- */

/* Out of reach once I am confined. */
static int
ca_read(const struct config *c, const struct config_witness *w, struct buf *out,
    struct err *e)
{
	CLEANUP(freep) char *path = NULL;

	out->max = CA_BYTES;
	if (w->ca_file[0] == '\0')
		return 0;
	path = w->ca_file[0] == '/' ? xstrdup(w->ca_file)
				    : fs_join(c->home, w->ca_file);
	return fs_read(AT_FDCWD, path, CA_BYTES, out, e);
}

static int
slot_init(struct slot *s, struct posts *p, const struct config *c,
    const struct config_witness *w, struct err *e)
{
	s->all = p;
	s->url = xasprintf("%s/add-checkpoint", w->url);
	s->body = (struct buf)BUF_INIT(COURIER_BODY_BYTES);
	pthread_cond_init(&s->work, NULL);
	if (ca_read(c, w, &s->ca, e) < 0)
		return err_wrap(e, "log.witnesses: %s", w->ca_file);
	return fetch_client_new(&s->client, e);
}

int
posts_new(const struct config *c, struct posts **out, struct err *e)
{
	struct posts *p = xcalloc(1, sizeof(*p));

	p->fd = -1;
	p->n = c->log.n_witnesses;
	p->slots = xcalloc(p->n + 1, sizeof(*p->slots));
	pthread_mutex_init(&p->lock, NULL);
	pthread_mutex_init(&p->send, NULL);
	*out = p; /* for the life of the process, also when it fails */
	for (size_t i = 0; i < p->n; i++)
		if (slot_init(&p->slots[i], p, c, &c->log.witnesses[i], e) < 0)
			return -1;
	return 0;
}

int
posts_start(struct posts *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (pthread_create(
			&p->slots[i].thread, NULL, slot_run, &p->slots[i]) != 0)
			return err_set(e, E_UNAVAILABLE, "no thread");
	return 0;
}
