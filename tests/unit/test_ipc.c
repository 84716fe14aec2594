/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, greetings, calls and dispatch: IPC-* of docs/PROTOCOL.ipc. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/ipc.h"
#include "nintei/proc.h"
#include "support/support.h"

static int ends[2];
static struct chan_msg *msg;

static void
setup(void)
{
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	msg = xcalloc(1, sizeof(*msg));
}

static void
teardown(void)
{
	chan_msg_done(msg);
	free(msg);
	fd_closep(&ends[0]);
	fd_closep(&ends[1]);
}

static int
descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static size_t
open_fds(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

START_TEST(frame_arrives_whole)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
	CLEANUP(fd_closep) int fd = descriptor();
	struct err e = ERR_INIT;
	struct rd r;

	chan_begin(&b, 77, 5);
	wr_text(&b, "hello");
	ck_ok(chan_send(ends[0], &b, &fd, 1, &e), &e);
	ck_ok(chan_recv(ends[1], 1, msg, &e), &e);
	ck_assert_uint_eq(msg->op, 77);
	ck_assert_uint_eq(msg->id, 5);
	ck_assert_uint_eq(msg->n_fds, 1);
	ck_assert_int_eq(fcntl(msg->fds[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	r = chan_msg_rd(msg);
	ck_assert(slice_eq_str(rd_text(&r, 16), "hello"));
	ck_ok(rd_end(&r, &e), &e);
}
END_TEST

START_TEST(largest_frame)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
	struct err e = ERR_INIT;

	chan_begin(&b, 77, 5);
	while (b.n < LIMIT_FRAME_BYTES)
		wr_u8(&b, 1);
	ck_ok(chan_send(ends[0], &b, NULL, 0, &e), &e);
	ck_ok(chan_recv(ends[1], 0, msg, &e), &e);
	ck_assert_uint_eq(msg->n, LIMIT_FRAME_BYTES);
}
END_TEST

/* IPC-1: the buffer's maximum bounds the frame. */
START_TEST(too_large_is_not_sent)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(2 * LIMIT_FRAME_BYTES);
	struct err e = ERR_INIT;

	chan_begin(&b, 77, 5);
	while (b.n <= LIMIT_FRAME_BYTES)
		wr_u8(&b, 1);
	ck_code(chan_send(ends[0], &b, NULL, 0, &e), &e, E_LIMIT);
}
END_TEST

/* IPC-2: cut, headless: refused, whatever came with it is closed. */
START_TEST(cut_frame_refused)
{
	static uint8_t big[LIMIT_FRAME_BYTES + 1];
	struct err e = ERR_INIT;

	ck_assert_int_eq(
	    (int)send(ends[0], big, sizeof(big), 0), (int)sizeof(big));
	ck_code(chan_recv(ends[1], 0, msg, &e), &e, E_IPC);
}
END_TEST

START_TEST(headless_frame_refused)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq((int)send(ends[0], "abc", 3, 0), 3);
	ck_code(chan_recv(ends[1], 0, msg, &e), &e, E_IPC);
}
END_TEST

/* IPC-3: descriptors that were not announced. */
START_TEST(unexpected_fd_refused)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	CLEANUP(fd_closep) int fd = descriptor();
	struct err e = ERR_INIT;
	size_t before = open_fds();

	chan_begin(&b, 77, 5);
	ck_ok(chan_send(ends[0], &b, &fd, 1, &e), &e);
	ck_code(chan_recv(ends[1], 0, msg, &e), &e, E_IPC);
	ck_assert_uint_eq(open_fds(), before);
}
END_TEST

START_TEST(too_many_fds_refused)
{
	int fds[CHAN_FDS + 1];
	union {
		char bytes[CMSG_SPACE(sizeof(fds))];
		struct cmsghdr align;
	} control = { { 0 } };
	char bytes[CHAN_HEAD_BYTES] = { 0 };
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	struct err e = ERR_INIT;
	size_t before;

	for (size_t i = 0; i < NELEM(fds); i++)
		fds[i] = descriptor();
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	ck_assert_int_eq((int)sendmsg(ends[0], &m, 0), CHAN_HEAD_BYTES);
	before = open_fds();
	ck_code(chan_recv(ends[1], CHAN_FDS, msg, &e), &e, E_IPC);
	ck_assert_uint_eq(open_fds(), before);
	for (size_t i = 0; i < NELEM(fds); i++)
		close(fds[i]);
}
END_TEST

START_TEST(closed_edge_is_unavailable)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	struct err e = ERR_INIT;

	fd_closep(&ends[0]);
	ck_code(chan_recv(ends[1], 0, msg, &e), &e, E_UNAVAILABLE);
	e = (struct err)ERR_INIT;
	chan_begin(&b, 77, 5);
	ck_code(chan_send(ends[1], &b, NULL, 0, &e), &e, E_UNAVAILABLE);
}
END_TEST

START_TEST(silence_is_unavailable)
{
	struct err e = ERR_INIT;

	ck_code(chan_wait(ends[0], 10, &e), &e, E_UNAVAILABLE);
}
END_TEST

/* IPC-4: what the other side may say first. */
static const struct {
	const char *name;
	uint32_t op, id, version;
	const char *self;
	bool trailing;
	enum err_code code;
} greetings[] = {
	{ "right", OP_HELLO, 0, CHAN_VERSION, "core", false, E_OK },
	{ "other version", OP_HELLO, 0, CHAN_VERSION + 1, "core", false,
	    E_IPC },
	{ "other name", OP_HELLO, 0, CHAN_VERSION, "front", false, E_IPC },
	{ "other op", OP_ANSWER, 0, CHAN_VERSION, "core", false, E_IPC },
	{ "an id", OP_HELLO, 1, CHAN_VERSION, "core", false, E_IPC },
	{ "bytes after", OP_HELLO, 0, CHAN_VERSION, "core", true, E_IPC },
};

START_TEST(greeting)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	struct err e = ERR_INIT;

	chan_begin(&b, greetings[_i].op, greetings[_i].id);
	wr_u32(&b, greetings[_i].version);
	wr_text(&b, greetings[_i].self);
	if (greetings[_i].trailing)
		wr_u8(&b, 0);
	ck_ok(chan_send(ends[0], &b, NULL, 0, &e), &e);
	if (greetings[_i].code == E_OK)
		ck_ok(chan_hello(ends[1], "signer", "core", &e), &e);
	else
		ck_code(chan_hello(ends[1], "signer", "core", &e), &e,
		    greetings[_i].code);
}
END_TEST

/* A small server: doubles a number; refuses 13; breaks the edge on 99. */
enum {
	OP_DOUBLE = OP_FIRST,
	OP_LATER,
	OP_BLOB
};

static int
op_double(void *ctx, struct request *rq, struct err *e)
{
	uint32_t n = rd_u32(&rq->in);

	(void)ctx;
	if (rd_end(&rq->in, e) < 0)
		return -1;
	if (n == 13)
		return err_set(e, E_FLOW_GUARD, "want another number");
	wr_u32(rq->out, 2 * n);
	return 0;
}

/* Hands a copy of the received descriptor back. */
static int
op_blob(void *ctx, struct request *rq, struct err *e)
{
	(void)ctx;
	rq->out_fds[0] = chan_take_fd(rq->msg, 0);
	rq->n_out_fds = 1;
	return rd_end(&rq->in, e);
}

static const struct op ops[] = {
	{ OP_DOUBLE, "double", op_double, 1, 12, 0 },
	{ OP_LATER, "later", op_double, 2, 12, 0 },
	{ OP_BLOB, "blob", op_blob, 1, 8, 1 },
};

static void *
serve(void *arg)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	int *fd = arg;
	struct err e = ERR_INIT;
	struct err refused;

	if (chan_hello(*fd, "signer", "core", &e) < 0)
		return NULL;
	while (chan_recv(*fd, CHAN_FDS, m, &e) == 0 &&
	    ipc_dispatch(*fd, ops, NELEM(ops), 1, m, NULL, &refused, &e) == 0)
		;
	fd_closep(fd);
	return NULL;
}

static pthread_t server;

static struct peer *
peer_start(void)
{
	struct peer *p = NULL;
	struct err e = ERR_INIT;

	ck_assert_int_eq(pthread_create(&server, NULL, serve, &ends[1]), 0);
	ck_ok(peer_new(TAKE_FD(ends[0]), "core", "signer", &p, &e), &e);
	return p;
}

static void
peer_stop(struct peer *p)
{
	peer_free(p);
	pthread_join(server, NULL);
}

static int
call(struct peer *p, uint32_t op, uint32_t n, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);

	chan_begin(&b, op, 0);
	wr_u32(&b, n);
	return chan_call(p, &b, NULL, 0, 0, msg, e);
}

START_TEST(call_is_answered)
{
	struct peer *p = peer_start();
	struct err e = ERR_INIT;

	for (uint32_t i = 0; i < 100; i++) {
		struct rd r;

		if (i == 13)
			continue;
		ck_ok(call(p, OP_DOUBLE, i, &e), &e);
		r = chan_msg_rd(msg);
		ck_assert_uint_eq(rd_u32(&r), 2 * i);
	}
	peer_stop(p);
}
END_TEST

START_TEST(refusal_keeps_code_and_edge)
{
	struct peer *p = peer_start();
	struct err e = ERR_INIT;

	ck_code(call(p, OP_DOUBLE, 13, &e), &e, E_FLOW_GUARD);
	ck_assert_str_eq(e.detail, "want another number");
	ck_assert(peer_is_up(p));
	e = (struct err)ERR_INIT;
	ck_ok(call(p, OP_DOUBLE, 1, &e), &e);
	peer_stop(p);
}
END_TEST

START_TEST(descriptor_comes_back)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	CLEANUP(fd_closep) int fd = descriptor();
	struct peer *p = peer_start();
	struct err e = ERR_INIT;

	chan_begin(&b, OP_BLOB, 0);
	ck_ok(chan_call(p, &b, &fd, 1, 1, msg, &e), &e);
	ck_assert_uint_eq(msg->n_fds, 1);
	peer_stop(p);
}
END_TEST

/* IPC-5: what is not permitted now ends the edge. */
static const struct {
	const char *name;
	uint32_t op;
	size_t bytes;
	size_t fds;
} violations[] = {
	{ "unknown operation", 999, 4, 0 },
	{ "not in this phase", OP_LATER, 4, 0 },
	{ "too long", OP_DOUBLE, 5, 0 },
	{ "too short", OP_DOUBLE, 3, 0 },
	{ "a descriptor", OP_DOUBLE, 4, 1 },
	{ "an answer", OP_ANSWER, 4, 0 },
};

START_TEST(violation_ends_edge)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	CLEANUP(fd_closep) int fd = descriptor();
	struct peer *p = peer_start();
	struct err e = ERR_INIT;

	chan_begin(&b, violations[_i].op, 0);
	for (size_t i = 0; i < violations[_i].bytes; i++)
		wr_u8(&b, 0);
	ck_code(chan_call(p, &b, &fd, violations[_i].fds, 0, msg, &e), &e,
	    E_UNAVAILABLE);
	ck_assert(!peer_is_up(p));
	e = (struct err)ERR_INIT;
	ck_code(call(p, OP_DOUBLE, 1, &e), &e, E_UNAVAILABLE);
	peer_stop(p);
}
END_TEST

/* IPC-6: an answer with another id, or that is no answer. */
static void *
liar(void *arg)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	int fd = *(int *)arg;
	struct err e = ERR_INIT;

	if (chan_hello(fd, "signer", "core", &e) < 0 ||
	    chan_recv(fd, 0, m, &e) < 0)
		return NULL;
	chan_begin(&b, OP_ANSWER, m->id + 1);
	if (chan_send(fd, &b, NULL, 0, &e) < 0)
		return NULL;
	return NULL;
}

START_TEST(answer_to_another_ends_edge)
{
	struct peer *p = NULL;
	struct err e = ERR_INIT;

	ck_assert_int_eq(pthread_create(&server, NULL, liar, &ends[1]), 0);
	ck_ok(peer_new(TAKE_FD(ends[0]), "core", "signer", &p, &e), &e);
	ck_code(call(p, OP_DOUBLE, 1, &e), &e, E_IPC);
	ck_assert(!peer_is_up(p));
	peer_stop(p);
}
END_TEST

START_TEST(rewired_peer_works)
{
	struct peer *p = peer_start();
	struct err e = ERR_INIT;
	int again[2];

	ck_assert_int_eq(call(p, 999, 1, &e), -1);
	pthread_join(server, NULL);
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, again), 0);
	ck_assert_int_eq(pthread_create(&server, NULL, serve, &again[1]), 0);
	e = (struct err)ERR_INIT;
	ck_ok(peer_rewire(p, again[0], &e), &e);
	ck_ok(call(p, OP_DOUBLE, 1, &e), &e);
	peer_stop(p);
}
END_TEST

static void *
call_many(void *arg)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	struct err e = ERR_INIT;

	for (uint32_t i = 100; i < 300; i++) {
		struct rd r;

		chan_begin(&b, OP_DOUBLE, 0);
		wr_u32(&b, i);
		if (chan_call(arg, &b, NULL, 0, 0, m, &e) < 0)
			return arg;
		r = chan_msg_rd(m);
		if (rd_u32(&r) != 2 * i)
			return arg;
	}
	return NULL;
}

START_TEST(threads_share_a_peer)
{
	struct peer *p = peer_start();
	pthread_t callers[4];

	for (size_t i = 0; i < NELEM(callers); i++)
		ck_assert_int_eq(
		    pthread_create(&callers[i], NULL, call_many, p), 0);
	for (size_t i = 0; i < NELEM(callers); i++) {
		void *failed;

		pthread_join(callers[i], &failed);
		ck_assert_ptr_null(failed);
	}
	peer_stop(p);
}
END_TEST

/* Orders, as ninteid sends them. */
START_TEST(orders)
{
	CLEANUP(fd_closep) int fd = descriptor();
	struct proc p = { .name = "core", .control = ends[1] };
	struct proc_event ev;
	struct err e = ERR_INIT;

	ck_ok(proc_order_send(ends[0], PROC_RELOAD, &e), &e);
	ck_ok(proc_edge_send(ends[0], "signer", 7, fd, &e), &e);
	ck_ok(proc_order_send(ends[0], PROC_DRAIN, &e), &e);
	ck_ok(proc_next(&p, &ev, &e), &e);
	ck_assert_int_eq(ev.order, PROC_RELOAD);
	ck_ok(proc_next(&p, &ev, &e), &e);
	ck_assert_int_eq(ev.order, PROC_NEW_EDGE);
	ck_assert_str_eq(ev.peer, "signer");
	ck_assert_int_ge(ev.fd, 0);
	close(ev.fd);
	ck_ok(proc_next(&p, &ev, &e), &e);
	ck_assert_int_eq(ev.order, PROC_DRAIN);

	proc_edge_lost(&p, "signer");
	ck_ok(chan_recv(ends[0], 0, msg, &e), &e);
	ck_assert_uint_eq(msg->op, OP_EDGE_LOST);
	ck_assert_uint_eq(msg->bytes[msg->n - 1], 7);
	fd_closep(&ends[0]);
	ck_ok(proc_next(&p, &ev, &e), &e);
	ck_assert_int_eq(ev.order, PROC_GONE);
}
END_TEST

START_TEST(order_unknown)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	struct proc p = { .name = "core", .control = ends[1] };
	struct proc_event ev;
	struct err e = ERR_INIT;

	chan_begin(&b, 999, 0);
	ck_ok(chan_send(ends[0], &b, NULL, 0, &e), &e);
	ck_code(proc_next(&p, &ev, &e), &e, E_IPC);
}
END_TEST

static void
add(Suite *s, const char *name, const TTest **tests, size_t n)
{
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, setup, teardown);
	for (size_t i = 0; i < n; i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
}

static void
add_loop(Suite *s, const char *name, const TTest *test, size_t n)
{
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test, 0, (int)n);
	suite_add_tcase(s, t);
}

int
main(void)
{
	const TTest *frames[] = { frame_arrives_whole, largest_frame,
		too_large_is_not_sent, cut_frame_refused,
		headless_frame_refused, unexpected_fd_refused,
		too_many_fds_refused, closed_edge_is_unavailable,
		silence_is_unavailable };
	const TTest *calls[] = { call_is_answered, refusal_keeps_code_and_edge,
		descriptor_comes_back, answer_to_another_ends_edge,
		rewired_peer_works, threads_share_a_peer, orders,
		order_unknown };
	Suite *s = suite_create("ipc");

	add(s, "frames", frames, NELEM(frames));
	add_loop(s, "greetings", greeting, NELEM(greetings));
	add(s, "calls", calls, NELEM(calls));
	add_loop(s, "violations", violation_ends_edge, NELEM(violations));
	return suite_main(s);
}
