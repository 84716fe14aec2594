/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that a child of gitd is still making, and files. */
#include "web_int.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/worker.h"

#define BUSY_SECONDS 10

/* Rule HTTP-FDS: core is checked like anybody. */
static int
pipe_check(int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode) ||
	    (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
		return err_set(e, E_IPC, "want the read end of a pipe");
	return 0;
}

static int
file_check(int fd, uint64_t size, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY ||
	    (uint64_t)st.st_size < size)
		return err_set(e, E_IPC, "want a file open for reading");
	return 0;
}

int
stream_take(struct chan_msg *m, const struct front_response *a,
    int out[FRONT_REPLY_FDS], struct err *e)
{
	if (a->file && file_check(m->fds[0], a->body_size, e) < 0)
		return -1;
	if (a->stream &&
	    (pipe_check(m->fds[0], e) < 0 || pipe_check(m->fds[1], e) < 0))
		return -1;
	for (size_t i = 0; i < front_response_fds(a); i++)
		out[i] = chan_take_fd(m, i);
	return 0;
}

static short
events_of(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0 ? p.revents : 0;
}

/* How the child ended; WORKER_NONE: nobody can say any more. */
static enum worker_end
end_read(const struct visit *v, uint32_t *status)
{
	uint8_t bytes[JOB_STATUS_BYTES];
	ssize_t n = read(v->status_fd, bytes, sizeof(bytes));
	enum worker_end end = WORKER_NONE;
	struct err e = ERR_INIT;

	if (n < 0 ||
	    worker_status_decode(slice_of(bytes, (size_t)n), &end, status, &e) <
		0)
		return WORKER_NONE;
	return end;
}

/* git that dies has said why in its own protocol; one that is ended has not. */
bool
visit_ended(struct http_request *r, void *arg)
{
	struct visit *v = *http_slot(r);
	uint32_t status = 0;
	enum worker_end end = end_read(v, &status);

	(void)arg;
	return end == WORKER_OK ||
	    (end == WORKER_CRASH && status == WORKER_STATUS_DIED);
}

/* It ended before it said anything. */
static void
answer_silent(struct visit *v)
{
	uint32_t status = 0;
	enum worker_end end = end_read(v, &status);
	struct err e = ERR_INIT;

	if (end == WORKER_OK) {
		fd_closep(&v->answer_fd);
		v->a.stream = false;
		answer_core(v);
	} else if (end == WORKER_BUSY) {
		answer_later(v, E_UNAVAILABLE, BUSY_SECONDS);
	} else if (end == WORKER_CRASH && v->route->body == BODY_GIT &&
	    (status == WORKER_STATUS_INPUT || status == WORKER_STATUS_DIED)) {
		err_set(&e, E_INPUT, "git could not read this request");
		answer_problem(v, &e, NULL);
	} else {
		err_set(&e, E_INTERNAL, "git did not answer");
		answer_problem(v, &e, NULL);
	}
}

void
answer_stream(struct visit *v)
{
	short out = events_of(v->answer_fd);
	struct err e = ERR_INIT;

	v->stage = STAGE_STREAM;
	if (http_is_gone(v->http)) {
		err_set(&e, E_UNAVAILABLE, "the service is ending");
		answer_problem(v, &e, NULL);
	} else if ((out & POLLIN) != 0) {
		answer_core(v);
	} else if (out == 0) {
		http_wait(v->http, v->answer_fd);
	} else if (events_of(v->status_fd) == 0) {
		http_wait(v->http, v->status_fd);
	} else {
		answer_silent(v);
	}
}
