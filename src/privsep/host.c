/* SPDX-License-Identifier: Apache-2.0 */
/* The side that gives jobs to a zygote: core's edge, or a fork of our own. */
#include "nintei/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/chan.h"
#include "privsep_int.h"

#define PIPE_BYTES (1 << 20)
/* Longer than any child may take with a full queue before it. */
#define WAIT_MS 120000

struct worker_host {
	pthread_mutex_t lock; /* around fd */
	int fd; /* -1: the zygote is gone */
	pid_t pid; /* of a local zygote, else 0 */
};

static struct worker_host *
host_new(int fd)
{
	struct worker_host *h = xcalloc(1, sizeof(*h));

	pthread_mutex_init(&h->lock, NULL);
	h->fd = fd;
	return h;
}

static int
host_open(int fd, struct worker_host **out, struct err *e)
{
	CLEANUP(fd_closep) int chan = fd;

	if (chan_hello(chan, "core", NULL, e) < 0)
		return err_wrap(e, "zygote");
	*out = host_new(TAKE_FD(chan));
	return 0;
}

int
worker_host_zygote(int chan_fd, struct worker_host **out, struct err *e)
{
	return host_open(chan_fd, out, e);
}

void
worker_host_optional(int chan_fd, struct worker_host **out)
{
	struct err gone = ERR_INIT;

	if (host_open(chan_fd, out, &gone) < 0)
		*out = host_new(-1); /* until it is wired anew */
}

int
worker_host_rewire(struct worker_host *h, int chan_fd, struct err *e)
{
	CLEANUP(fd_closep) int chan = chan_fd;

	if (chan_hello(chan, "core", NULL, e) < 0)
		return err_wrap(e, "zygote");
	pthread_mutex_lock(&h->lock);
	fd_closep(&h->fd);
	h->fd = TAKE_FD(chan);
	pthread_mutex_unlock(&h->lock);
	return 0;
}

int
host_of_child(int chan, pid_t pid, struct worker_host **out, struct err *e)
{
	if (pid < 0) {
		close(chan);
		return err_sys(e, E_INTERNAL, "fork");
	}
	if (host_open(chan, out, e) < 0) {
		(void)waitpid(pid, NULL, 0); /* the edge is closed: it ends */
		return -1;
	}
	(*out)->pid = pid;
	return 0;
}

/* In the forked process: keep the edge and stderr, be a zygote. */
static void NORETURN
local_zygote(int chan, const struct worker_class *cls)
{
	struct err e = ERR_INIT;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    dup2(chan, 3) < 0 || close_range(4, ~0u, 0) < 0)
		_exit(1);
	if (zygote_main(3, cls, &e) == 0)
		privsep_exit(0);
	dprintf(2, "%s: %s [%s]\n", cls->name, e.detail, e.trail);
	_exit(1);
}

int
worker_host_local(
    const struct worker_class *cls, struct worker_host **out, struct err *e)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, E_INTERNAL, "socketpair");
	if ((pid = fork()) == 0)
		local_zygote(pair[1], cls);
	close(pair[1]);
	return host_of_child(pair[0], pid, out, e);
}

void
worker_host_free(struct worker_host *h)
{
	if (h == NULL)
		return;
	fd_closep(&h->fd);
	if (h->pid > 0)
		while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
			;
	pthread_mutex_destroy(&h->lock);
	free(h);
}

static int
job_send(
    struct worker_host *h, uint32_t kind, const int fds[JOB_FDS], struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	int rv;

	chan_begin(&b, OP_JOB, 0);
	wr_u32(&b, kind);
	pthread_mutex_lock(&h->lock);
	if (h->fd < 0)
		rv = err_set(e, E_UNAVAILABLE, "a worker is not there");
	else
		rv = chan_send(h->fd, &b, fds, JOB_FDS, e);
	pthread_mutex_unlock(&h->lock);
	return rv;
}

int
worker_start(struct worker_host *h, uint32_t kind, int in_memfd,
    struct worker_job *out, struct err *e)
{
	int pair[2];
	CLEANUP(fd_closep) int out_rd = -1;
	CLEANUP(fd_closep) int out_wr = -1;
	CLEANUP(fd_closep) int status_rd = -1;
	CLEANUP(fd_closep) int status_wr = -1;

	if (pipe2(pair, O_CLOEXEC) < 0)
		return err_sys(e, E_UNAVAILABLE, "no pipe for a worker");
	out_rd = pair[0];
	out_wr = pair[1];
	if (pipe2(pair, O_CLOEXEC) < 0)
		return err_sys(e, E_UNAVAILABLE, "no pipe for a worker");
	status_rd = pair[0];
	status_wr = pair[1];
	/* A smaller pipe only costs more switches between the two. */
	(void)fcntl(out_wr, F_SETPIPE_SZ, PIPE_BYTES);
	if (job_send(h, kind, (int[]){ in_memfd, out_wr, status_wr }, e) < 0)
		return err_wrap(e, "starting a worker");
	*out = (struct worker_job){ TAKE_FD(out_rd), TAKE_FD(status_rd) };
	return 0;
}

static int
read_some(int fd, void *p, size_t max, size_t *out_n, struct err *e)
{
	ssize_t n;

	if (chan_wait(fd, WAIT_MS, e) < 0)
		return -1;
	do
		n = read(fd, p, max);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, E_INTERNAL, "cannot read from a worker");
	*out_n = (size_t)n;
	return 0;
}

int
worker_read(const struct worker_job *j, void *p, size_t max, size_t *out_n,
    struct err *e)
{
	return read_some(j->out_fd, p, max, out_n, e);
}

/* Written in one piece by the zygote; nothing at all when it died. */
int
worker_status_decode(struct slice bytes, enum worker_end *out,
    uint32_t *out_status, struct err *e)
{
	struct rd r = rd_init(bytes);
	uint32_t end = rd_u32(&r);

	*out_status = rd_u32(&r);
	if (bytes.n == 0)
		return err_set(e, E_UNAVAILABLE, "a worker was lost");
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "worker status");
	if (end == WORKER_NONE || end >= WORKER_MAX)
		return err_set(e, E_IPC, "worker status %u", end);
	*out = (enum worker_end)end;
	return 0;
}

void
worker_status_encode(struct buf *b, enum worker_end end, uint32_t status)
{
	wr_u32(b, (uint32_t)end);
	wr_u32(b, status);
}

int
worker_finish(struct worker_job *j, enum worker_end *out, struct err *e)
{
	uint8_t bytes[JOB_STATUS_BYTES];
	uint32_t status;
	size_t n;
	int rv;

	fd_closep(&j->out_fd);
	rv = read_some(j->status_fd, bytes, sizeof(bytes), &n, e);
	if (rv == 0)
		rv = worker_status_decode(slice_of(bytes, n), out, &status, e);
	fd_closep(&j->status_fd);
	return rv;
}

void
worker_cancel(struct worker_job *j)
{
	fd_closep(&j->out_fd);
	fd_closep(&j->status_fd);
}
