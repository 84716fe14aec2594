/* SPDX-License-Identifier: Apache-2.0 */
/* The edge to the courier: its bytes, and core's end with a false courier. */
#include "nintei/courier.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nintei/ipc.h"
#include "nintei/limits.h"
#include "nintei/proc.h"
#include "support/support.h"

#define ASKERS 8

/* --- the bytes --- */

static void
load(const struct buf *frame, struct chan_msg *out)
{
	struct rd r = rd_init(buf_slice(frame));

	ck_assert(buf_ok(frame));
	*out = (struct chan_msg){ .n = frame->n };
	memcpy(out->bytes, frame->p, frame->n);
	out->op = rd_u32(&r);
	out->id = rd_u32(&r);
}

START_TEST(post_is_a_fixed_point)
{
	static struct chan_msg m;
	CLEANUP(buf_free) struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	const struct courier_post p = { 7, slice_str("old 0\n") };
	struct courier_post out;
	struct err e = ERR_INIT;

	courier_post_encode(9, &p, &frame);
	load(&frame, &m);
	ck_assert_uint_eq(m.id, 9);
	ck_ok(courier_post_decode(&m, &out, &e), &e);
	ck_assert_uint_eq(out.witness, 7);
	ck_assert(slice_eq(out.body, p.body));
}
END_TEST

START_TEST(answer_is_a_fixed_point)
{
	static struct chan_msg m;
	CLEANUP(buf_free) struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	CLEANUP(courier_answer_done)
	struct courier_answer a = {
		.status = 409, .type = "text/x.tlog.size", .body = BUF_INIT(100)
	};
	CLEANUP(courier_answer_done) struct courier_answer out = { 0 };
	struct err e = ERR_INIT;

	buf_puts(&a.body, "12\n");
	courier_answer_encode(9, &a, &frame);
	load(&frame, &m);
	ck_ok(courier_answer_decode(&m, &out, &e), &e);
	ck_assert_uint_eq(out.status, 409);
	ck_assert_str_eq(out.type, a.type);
	ck_assert_str_eq(buf_str(&out.body), "12\n");
}
END_TEST

/* Each frame is cut at every length: never taken, never out untouched. */
START_TEST(cut_frames_are_refused)
{
	static struct chan_msg m;
	CLEANUP(buf_free) struct buf post = BUF_INIT(LIMIT_FRAME_BYTES);
	CLEANUP(buf_free) struct buf answer = BUF_INIT(LIMIT_FRAME_BYTES);
	const struct courier_post p = { 7, slice_str("x") };
	const struct courier_answer a = { .status = 200, .type = "t" };

	courier_post_encode(1, &p, &post);
	courier_answer_encode(1, &a, &answer);
	for (int which = 0; which < 2; which++) {
		const struct buf *whole = which == 0 ? &post : &answer;

		load(whole, &m);
		for (m.n = CHAN_HEAD_BYTES; m.n <= whole->n + 1; m.n++) {
			struct courier_answer out = { .status = 1 };
			struct courier_post got;
			struct err e = ERR_INIT;
			int rv = which == 0
			    ? courier_post_decode(&m, &got, &e)
			    : courier_answer_decode(&m, &out, &e);

			ck_assert_int_eq(rv, m.n == whole->n ? 0 : -1);
			ck_assert_int_eq(
			    e.code, m.n == whole->n ? E_OK : E_IPC);
			if (rv == 0)
				courier_answer_done(&out);
		}
	}
}
END_TEST

START_TEST(a_status_is_one)
{
	static const unsigned bad[] = { 0, 99, 600, 65535 };
	static struct chan_msg m;

	for (size_t i = 0; i < NELEM(bad); i++) {
		CLEANUP(buf_free)
		struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
		const struct courier_answer a = { .status = bad[i] };
		struct courier_answer out;
		struct err e = ERR_INIT;

		courier_answer_encode(1, &a, &frame);
		load(&frame, &m);
		ck_code(courier_answer_decode(&m, &out, &e), &e, E_IPC);
	}
}
END_TEST

/* --- a false courier --- */

enum manner {
	ECHO, /* the body back, status 200 + witness */
	BACKWARDS, /* all of them, the last asked first */
	REFUSES,
	NONSENSE, /* an operation that there is not */
	STRANGE_ID, /* an answer to nobody */
	HANGS_UP
};
struct fake {
	int fd;
	enum manner manner;
	pthread_t thread;
};

static void
echo(int fd, const struct chan_msg *m)
{
	CLEANUP(buf_free) struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	struct courier_answer a = { .type = "text/plain",
		.body = BUF_INIT(COURIER_BODY_BYTES) };
	struct courier_post p;
	struct err e = ERR_INIT;

	ck_ok(courier_post_decode(m, &p, &e), &e);
	a.status = 200 + p.witness;
	buf_put(&a.body, p.body.p, p.body.n);
	courier_answer_encode(m->id, &a, &frame);
	ck_ok(chan_send(fd, &frame, NULL, 0, &e), &e);
	courier_answer_done(&a);
}

static void
word(int fd, uint32_t op, uint32_t id)
{
	CLEANUP(buf_free) struct buf frame = BUF_INIT(64);
	struct err e = ERR_INIT;

	chan_begin(&frame, op, id);
	(void)!chan_send(fd, &frame, NULL, 0, &e);
}

static void
all_backwards(int fd, struct chan_msg *m)
{
	static struct chan_msg kept[ASKERS];
	struct err e = ERR_INIT;

	kept[0] = *m;
	for (size_t i = 1; i < ASKERS; i++)
		ck_ok(chan_recv(fd, 0, &kept[i], &e), &e);
	for (size_t i = ASKERS; i-- > 0;)
		echo(fd, &kept[i]);
}

static void
react(const struct fake *f, struct chan_msg *m)
{
	struct err why = ERR_INIT, e = ERR_INIT;

	switch (f->manner) {
	case ECHO:
		echo(f->fd, m);
		return;
	case BACKWARDS:
		all_backwards(f->fd, m);
		return;
	case REFUSES:
		(void)err_set(&why, E_RATE, "too often");
		ck_ok(ipc_refuse(f->fd, m->id, &why, &e), &e);
		return;
	case NONSENSE:
		word(f->fd, 99, m->id);
		return;
	case STRANGE_ID:
		word(f->fd, OP_COURIER_ANSWER, m->id + 1000);
		return;
	case HANGS_UP:
		(void)shutdown(f->fd, SHUT_RDWR);
		return;
	}
}

static void *
fake_run(void *arg)
{
	struct fake *f = arg;
	struct chan_msg *m = xcalloc(1, sizeof(*m));
	struct err e = ERR_INIT;

	if (chan_hello(f->fd, PROC_COURIER, PROC_CORE, &e) == 0)
		while (chan_recv(f->fd, 0, m, &e) == 0)
			react(f, m);
	free(m);
	return NULL;
}

/* Our end. */
static int
fake_start(struct fake *f, enum manner manner)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	f->fd = pair[1];
	f->manner = manner;
	ck_assert_int_eq(pthread_create(&f->thread, NULL, fake_run, f), 0);
	return pair[0];
}

static void
fake_end(struct fake *f)
{
	(void)shutdown(f->fd, SHUT_RDWR);
	pthread_join(f->thread, NULL);
	close(f->fd);
}

static struct courier *
start(struct fake *f, enum manner manner)
{
	struct courier *c = NULL;
	struct err e = ERR_INIT;

	ck_ok(courier_new(fake_start(f, manner), &c, &e), &e);
	ck_ok(courier_start(c, &e), &e);
	return c;
}

struct asker {
	struct courier *c;
	uint32_t i;
	pthread_t thread;
	int rv;
	struct err e;
};

static void *
ask(void *arg)
{
	struct asker *a = arg;
	CLEANUP(freep) char *text = xasprintf("body %u", a->i);
	struct courier_answer out = { 0 };

	a->rv = courier_ask(a->c, a->i, slice_str(text), &out, &a->e);
	if (a->rv == 0) {
		ck_assert_uint_eq(out.status, 200 + a->i);
		ck_assert_str_eq(buf_str(&out.body), text);
		courier_answer_done(&out);
	}
	return NULL;
}

static void
ask_all(struct courier *c, struct asker a[ASKERS])
{
	for (uint32_t i = 0; i < ASKERS; i++) {
		a[i] = (struct asker){ .c = c, .i = i };
		ck_assert_int_eq(
		    pthread_create(&a[i].thread, NULL, ask, &a[i]), 0);
	}
	for (uint32_t i = 0; i < ASKERS; i++)
		pthread_join(a[i].thread, NULL);
}

START_TEST(each_gets_its_own_answer)
{
	struct asker a[ASKERS];
	struct courier *c;
	struct fake f;

	c = start(&f, _i == 0 ? ECHO : BACKWARDS);
	ask_all(c, a);
	for (size_t i = 0; i < ASKERS; i++)
		ck_ok(a[i].rv, &a[i].e);
	courier_free(c);
	fake_end(&f);
}
END_TEST

START_TEST(a_refusal_is_an_error_and_the_edge_stays)
{
	struct courier_answer out;
	struct courier *c;
	struct fake f;

	c = start(&f, REFUSES);
	for (int i = 0; i < 3; i++) {
		struct err e = ERR_INIT;

		ck_code(
		    courier_ask(c, 0, slice_str("x"), &out, &e), &e, E_RATE);
	}
	courier_free(c);
	fake_end(&f);
}
END_TEST

static const struct {
	enum manner manner;
	enum err_code code;
} ends[] = { { NONSENSE, E_IPC }, { STRANGE_ID, E_UNAVAILABLE },
	{ HANGS_UP, E_UNAVAILABLE } };

/* The edge is given up; all that wait fail; a new one serves again. */
START_TEST(a_broken_edge_is_replaced)
{
	struct asker a[ASKERS];
	struct courier_answer out;
	struct courier *c;
	struct fake f, again;
	struct err e = ERR_INIT;

	c = start(&f, ends[_i].manner);
	ck_code(courier_ask(c, 0, slice_str("x"), &out, &e), &e, ends[_i].code);
	e = (struct err)ERR_INIT;
	ck_code(courier_ask(c, 0, slice_str("x"), &out, &e), &e, E_UNAVAILABLE);
	e = (struct err)ERR_INIT;
	ck_ok(courier_rewire(c, fake_start(&again, ECHO), &e), &e);
	ask_all(c, a);
	for (size_t i = 0; i < ASKERS; i++)
		ck_ok(a[i].rv, &a[i].e);
	courier_free(c);
	fake_end(&f);
	fake_end(&again);
}
END_TEST

/* A new edge while the old still stands. */
START_TEST(a_standing_edge_is_replaced)
{
	struct asker a[ASKERS];
	struct courier *c;
	struct fake f, again;
	struct err e = ERR_INIT;

	c = start(&f, ECHO);
	ask_all(c, a);
	ck_ok(courier_rewire(c, fake_start(&again, ECHO), &e), &e);
	/* What was asked over the old one has failed; no more than that. */
	do
		ask_all(c, a);
	while (a[0].rv < 0 && a[0].e.code == E_UNAVAILABLE);
	fake_end(&f);
	ask_all(c, a);
	for (size_t i = 0; i < ASKERS; i++)
		ck_ok(a[i].rv, &a[i].e);
	courier_free(c);
	fake_end(&again);
}
END_TEST

START_TEST(stopped_nothing_is_asked)
{
	struct courier_answer out;
	struct courier *c;
	struct fake f;
	struct err e = ERR_INIT;

	c = start(&f, ECHO);
	courier_stop(c);
	ck_code(courier_ask(c, 0, slice_str("x"), &out, &e), &e, E_UNAVAILABLE);
	courier_free(c);
	fake_end(&f);
}
END_TEST

START_TEST(a_body_has_a_limit)
{
	static uint8_t large[COURIER_BODY_BYTES + 1];
	struct courier_answer out = { 0 };
	struct courier *c;
	struct fake f;
	struct err e = ERR_INIT;

	c = start(&f, ECHO);
	ck_code(courier_ask(c, 0, slice_of(large, sizeof(large)), &out, &e), &e,
	    E_LIMIT);
	e = (struct err)ERR_INIT;
	ck_ok(courier_ask(c, 0, slice_of(large, sizeof(large) - 1), &out, &e),
	    &e);
	ck_assert_uint_eq(out.body.n, COURIER_BODY_BYTES);
	courier_answer_done(&out);
	courier_free(c);
	fake_end(&f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("courier");
	TCase *t = tcase_create("courier");

	tcase_add_test(t, post_is_a_fixed_point);
	tcase_add_test(t, answer_is_a_fixed_point);
	tcase_add_test(t, cut_frames_are_refused);
	tcase_add_test(t, a_status_is_one);
	tcase_add_loop_test(t, each_gets_its_own_answer, 0, 2);
	tcase_add_test(t, a_refusal_is_an_error_and_the_edge_stays);
	tcase_add_loop_test(t, a_broken_edge_is_replaced, 0, NELEM(ends));
	tcase_add_test(t, a_standing_edge_is_replaced);
	tcase_add_test(t, stopped_nothing_is_asked);
	tcase_add_test(t, a_body_has_a_limit);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return suite_main(s);
}
