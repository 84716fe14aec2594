/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that are being made: sent as they come, without a thread waiting. */
#include "http_int.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BLOCK_BYTES KIB(32)
#define UNSENT_BYTES KIB(256)
/* Who makes a body gets that long to fill the pipe before it is read again. */
#define GATHER_MS 1

/* What the library holds of an answer that is a stream. */
struct stream {
	struct http_request *r;
	int fd, end_fd;
	bool drained, paused;
};

/* --- waiting: one thread polls for all --- */

static void
pump_wake(struct http_server *s)
{
	uint64_t one = 1;

	/* Full means that it is awake. */
	if (write(s->wake_fd, &one, sizeof(one)) < 0)
		return;
}

/* False: the server is stopping. */
static bool
wait_enter(struct http_request *r, int fd)
{
	struct http_server *s = r->conn->server;
	bool over;

	pthread_mutex_lock(&s->lock);
	over = s->pump_over;
	if (!over) {
		r->wait_fd = fd;
		r->next_wait = s->waits;
		s->waits = r;
	}
	pthread_mutex_unlock(&s->lock);
	return !over;
}

/* Back to the library: to the body that it sends, or to the handler. */
static void
wait_end(struct http_request *r)
{
	if (r->answered)
		MHD_resume_connection(r->mhd);
	else
		http_resume(r);
}

void
http_wait(struct http_request *r, int fd)
{
	http_suspend(r);
	if (wait_enter(r, fd)) {
		pump_wake(r->conn->server);
		return;
	}
	atomic_store(&r->gone, true);
	wait_end(r);
}

/*
 * Those that are over, off the list; under the lock.  Only this thread takes
 * off it, so whoever was polled still stands there with its descriptors.
 */
static struct http_request *
waits_over(struct http_server *s, const struct pollfd *p, nfds_t n, bool all)
{
	struct http_request **at = &s->waits, *r, *list = NULL;

	while ((r = *at) != NULL) {
		const struct pollfd *mine = NULL;

		for (nfds_t i = 0; i < n && mine == NULL; i += 2)
			if (p[i].fd == r->wait_fd)
				mine = &p[i];
		if (all || (mine != NULL && mine[1].revents != 0))
			atomic_store(&r->gone, true);
		else if (mine == NULL || mine[0].revents == 0) {
			at = &r->next_wait;
			continue;
		}
		*at = r->next_wait;
		r->next_wait = list;
		list = r;
	}
	return list;
}

static void
waits_end(struct http_request *list)
{
	struct http_request *next;

	for (; list != NULL; list = next) {
		next = list->next_wait;
		wait_end(list);
	}
}

static nfds_t
waits_list(struct http_server *s, struct pollfd *p)
{
	nfds_t n = 0;

	for (struct http_request *r = s->waits;
	     r != NULL && n + 2 <= 2 * HTTP_WAITS_MAX; r = r->next_wait) {
		p[n++] = (struct pollfd){ r->wait_fd, POLLIN, 0 };
		p[n++] = (struct pollfd){ r->conn->fd, POLLRDHUP, 0 };
	}
	return n;
}

static void *
pump_run(void *arg)
{
	static const size_t most = 2 * HTTP_WAITS_MAX + 1;
	struct pollfd *p = xcalloc(most, sizeof(*p));
	struct http_server *s = arg;
	struct http_request *list;
	uint64_t count;
	bool over = false;

	while (!over) {
		nfds_t n;

		pthread_mutex_lock(&s->lock);
		n = waits_list(s, p);
		pthread_mutex_unlock(&s->lock);
		p[n] = (struct pollfd){ s->wake_fd, POLLIN, 0 };
		if (poll(p, n + 1, -1) < 0)
			continue;
		if (p[n].revents != 0 &&
		    read(s->wake_fd, &count, sizeof(count)) < 0)
			continue;
		if (p[n].revents == 0)
			(void)poll(NULL, 0, GATHER_MS);
		pthread_mutex_lock(&s->lock);
		over = s->pump_over;
		list = waits_over(s, p, n, over);
		pthread_mutex_unlock(&s->lock);
		waits_end(list);
	}
	free(p);
	return NULL;
}

int
pump_start(struct http_server *s, struct err *e)
{
	if ((s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		return err_sys(e, E_INTERNAL, "eventfd");
	if ((errno = pthread_create(&s->pump, NULL, pump_run, s)) != 0)
		return err_sys(e, E_INTERNAL, "pthread_create");
	s->pumping = true;
	return 0;
}

/* Whoever waits runs again, and finds that the client is gone. */
void
pump_stop(struct http_server *s)
{
	if (s->pumping) {
		pthread_mutex_lock(&s->lock);
		s->pump_over = true;
		pthread_mutex_unlock(&s->lock);
		pump_wake(s);
		pthread_join(s->pump, NULL);
	}
	s->pumping = false;
	if (s->wake_fd >= 0)
		close(s->wake_fd);
	s->wake_fd = -1;
}

bool
http_is_gone(const struct http_request *r)
{
	return atomic_load(&r->gone);
}

/* --- sending --- */

/* Rule HTTP-STREAM: the client keeps the least rate; our own pauses do not
 * count. */
static void
stream_deadline(struct http_request *r)
{
	const struct http_config *c = &r->conn->server->c;
	int64_t used = (ms_now() - r->body_from_ms) / 1000;

	conn_phase(r->conn, PHASE_REPLY,
	    (int64_t)c->body_seconds + (int64_t)(r->reply_bytes / c->min_rate) -
		used);
}

static ssize_t
stream_pause(struct stream *t, int fd)
{
	t->paused = true;
	http_wait(t->r, fd);
	return 0;
}

static bool
is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) != 0;
}

static ssize_t
stream_end(struct stream *t)
{
	const struct http_server *s = t->r->conn->server;

	if (t->end_fd >= 0 && !is_readable(t->end_fd))
		return stream_pause(t, t->end_fd);
	if (s->c.handler.ended != NULL && !s->c.handler.ended(t->r, s->c.arg))
		return MHD_CONTENT_READER_END_WITH_ERROR;
	return MHD_CONTENT_READER_END_OF_STREAM;
}

static ssize_t
stream_read(void *cls, uint64_t at, char *out, size_t max)
{
	struct stream *t = cls;
	struct http_request *r = t->r;
	ssize_t n;

	(void)at;
	if (t->paused)
		r->body_from_ms += ms_now() - r->suspended_ms;
	t->paused = false;
	if (http_is_gone(r))
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (t->drained)
		return stream_end(t);
	n = read(t->fd, out, max);
	if (n > 0) {
		r->reply_bytes += (uint64_t)n;
		stream_deadline(r);
		return n;
	}
	if (n < 0)
		return errno == EAGAIN || errno == EINTR
		    ? stream_pause(t, t->fd)
		    : MHD_CONTENT_READER_END_WITH_ERROR;
	t->drained = true;
	return stream_end(t);
}

static void
stream_free(void *cls)
{
	struct stream *t = cls;

	close(t->fd);
	free(t);
}

/*
 * Without it the kernel takes megabytes that are not yet sent: a slow client
 * would look like a stopped one, and memory would not be constant.
 */
static void
unsent_limit(int fd)
{
	const int bytes = UNSENT_BYTES;

	(void)setsockopt(
	    fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof(bytes));
}

struct MHD_Response *
stream_response(struct http_request *r, struct http_answer *take)
{
	struct stream *t = xcalloc(1, sizeof(*t));
	struct MHD_Response *m;
	int flags = fcntl(take->fd, F_GETFL);

	*t = (struct stream){ .r = r, .fd = take->fd, .end_fd = take->end_fd };
	take->fd = -1;
	r->body_from_ms = ms_now();
	unsent_limit(r->conn->fd);
	if (flags < 0 || fcntl(t->fd, F_SETFL, flags | O_NONBLOCK) < 0) {
		stream_free(t);
		return NULL;
	}
	m = MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, BLOCK_BYTES, stream_read, t, stream_free);
	if (m == NULL)
		stream_free(t);
	return m;
}
