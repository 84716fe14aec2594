/* SPDX-License-Identifier: Apache-2.0 */
/* One frame, whole or not at all, with descriptors, over SOCK_SEQPACKET. */
#include "nintei/chan.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nintei/cc.h"

#define SEND_MS 30000
#define HELLO_MS 30000
#define HELLO_NAME_BYTES 32

union fd_control {
	char bytes[CMSG_SPACE(CHAN_FDS * sizeof(int))];
	struct cmsghdr align;
};

void
chan_msg_done(struct chan_msg *m)
{
	for (size_t i = 0; i < m->n_fds; i++)
		fd_closep(&m->fds[i]);
	m->n_fds = 0;
}

struct rd
chan_msg_rd(const struct chan_msg *m)
{
	if (m->n < CHAN_HEAD_BYTES)
		return (struct rd){ .bad = true };
	return rd_init(
	    slice_of(m->bytes + CHAN_HEAD_BYTES, m->n - CHAN_HEAD_BYTES));
}

int
chan_take_fd(struct chan_msg *m, size_t i)
{
	return i < m->n_fds ? TAKE_FD(m->fds[i]) : -1;
}

void
chan_begin(struct buf *b, uint32_t op, uint32_t id)
{
	buf_reset(b);
	wr_u32(b, op);
	wr_u32(b, id);
}

/* Wait for an event on fd; E_UNAVAILABLE at the end of the time. */
static int
wait_for(int fd, short events, int milliseconds, struct err *e)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do
		n = poll(&p, 1, milliseconds);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, E_INTERNAL, "cannot wait for a process");
	if (n == 0)
		return err_set(e, E_UNAVAILABLE, "a process does not answer");
	return 0;
}

int
chan_wait(int fd, int milliseconds, struct err *e)
{
	return wait_for(fd, POLLIN, milliseconds, e);
}

static void
put_fds(struct msghdr *msg, union fd_control *control, const int *fds, size_t n)
{
	struct cmsghdr *c;

	if (n == 0)
		return;
	msg->msg_control = control;
	msg->msg_controllen = CMSG_SPACE(n * sizeof(int));
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, n * sizeof(int));
}

int
chan_send(int fd, const struct buf *frame, const int *fds, size_t n_fds,
    struct err *e)
{
	union fd_control control = { { 0 } };
	struct iovec iov = { .iov_base = frame->p, .iov_len = frame->n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (!buf_ok(frame) || frame->n > LIMIT_FRAME_BYTES ||
	    frame->n < CHAN_HEAD_BYTES || n_fds > CHAN_FDS)
		return err_set(e, E_LIMIT, "a message is too large");
	put_fds(&msg, &control, fds, n_fds);
	while (sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return err_sys(e, E_UNAVAILABLE, "a process is gone");
		if (wait_for(fd, POLLOUT, SEND_MS, e) < 0)
			return -1;
	}
	return 0;
}

/* Take the descriptors of a received message into out. */
static void
get_fds(struct msghdr *msg, struct chan_msg *out)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (n > CHAN_FDS - out->n_fds)
			n = CHAN_FDS -
			    out->n_fds; /* the buffer holds no more */
		memcpy(out->fds + out->n_fds, CMSG_DATA(c), n * sizeof(int));
		out->n_fds += n;
	}
}

static int
receive(int fd, struct chan_msg *out, int *out_flags, struct err *e)
{
	union fd_control control = { { 0 } };
	struct iovec iov = { out->bytes, sizeof(out->bytes) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t n;

	do
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, E_UNAVAILABLE, "a process is gone");
	out->n = (size_t)n;
	out->n_fds = 0;
	get_fds(&msg, out);
	*out_flags = msg.msg_flags;
	return 0;
}

int
chan_recv(int fd, size_t max_fds, struct chan_msg *out, struct err *e)
{
	int flags;
	struct rd r;

	if (receive(fd, out, &flags, e) < 0)
		return -1;
	if (out->n == 0 && out->n_fds == 0)
		return err_set(e, E_UNAVAILABLE, "a process is gone");
	if ((flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
	    out->n < CHAN_HEAD_BYTES || out->n_fds > max_fds) {
		chan_msg_done(out);
		return err_set(e, E_IPC,
		    "a message was cut or carries "
		    "descriptors that it must not");
	}
	r = rd_init(slice_of(out->bytes, out->n));
	out->op = rd_u32(&r);
	out->id = rd_u32(&r);
	return 0;
}

int
chan_hello_send(int fd, const char *self, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(CHAN_HEAD_BYTES + 64);

	chan_begin(&b, OP_HELLO, 0);
	wr_u32(&b, CHAN_VERSION);
	wr_text(&b, self);
	return chan_send(fd, &b, NULL, 0, e);
}

int
chan_hello_check(const struct chan_msg *m, const char *peer, struct err *e)
{
	struct rd r = chan_msg_rd(m);
	uint32_t version = rd_u32(&r);
	struct slice name = rd_text(&r, HELLO_NAME_BYTES);

	if (m->op != OP_HELLO || m->id != 0)
		return err_set(e, E_IPC, "want a greeting, have op %u", m->op);
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "hello");
	if (version != CHAN_VERSION)
		return err_set(e, E_IPC, "want protocol version %d, have %u",
		    CHAN_VERSION, version);
	if (peer != NULL && !slice_eq_str(name, peer))
		return err_set(e, E_IPC, "want %s at the other end", peer);
	return 0;
}

int
chan_hello(int fd, const char *self, const char *peer, struct err *e)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));

	if (chan_hello_send(fd, self, e) < 0 ||
	    chan_wait(fd, HELLO_MS, e) < 0 || chan_recv(fd, 0, m, e) < 0 ||
	    chan_hello_check(m, peer, e) < 0)
		return err_wrap(e, "greeting %s", peer == NULL ? "" : peer);
	return 0;
}
