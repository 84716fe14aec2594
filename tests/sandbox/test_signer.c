/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-signer as a process, locked down as in production: it does all that
 * it must, and a core that misbehaves loses its edge and gains nothing.
 */
#include "support/signing_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/ipc.h"
#include "nintei/limits.h"
#include "nintei/proc.h"

struct running {
	pid_t pid;
	int control;
	struct peer *core;
	struct signer_link link;
};

static void
pair(int *ours, int *theirs)
{
	int fds[2];

	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	*ours = fds[0];
	*theirs = fds[1];
}

static void
child(const char *home, int control, int core)
{
	CLEANUP(freep)
	char *program = xasprintf("%s/bin/nintei-signer", TEST_BINARY_DIR);
	int a = fcntl(control, F_DUPFD_CLOEXEC, 10),
	    b = fcntl(core, F_DUPFD_CLOEXEC, 10);

	if (a < 0 || b < 0 || dup2(a, 3) < 0 || dup2(b, 4) < 0)
		_exit(99);
	/* The leak checker needs /proc, which a confined process lacks. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	execl(program, program, "-C", home, (char *)NULL);
	_exit(98);
}

static void
run(const struct sf *f, struct running *r)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	int control, core, theirs_control, theirs_core;
	struct err e = ERR_INIT;

	pair(&control, &theirs_control);
	pair(&core, &theirs_core);
	r->pid = fork();
	ck_assert_int_ge(r->pid, 0);
	if (r->pid == 0)
		child(f->home, theirs_control, theirs_core);
	close(theirs_control);
	close(theirs_core);
	r->control = control;
	ck_ok(chan_hello(control, PROC_NINTEID, PROC_SIGNER, &e), &e);
	ck_ok(peer_new(core, PROC_CORE, PROC_SIGNER, &r->core, &e), &e);
	r->link = signer_over(r->core);
	ck_ok(chan_wait(control, 20000, &e), &e);
	ck_ok(chan_recv(control, 0, m, &e), &e);
	ck_assert_uint_eq(m->op, OP_READY);
	chan_msg_done(m);
}

/* Exit status, or minus the signal. */
static int
end(struct running *r)
{
	struct err e = ERR_INIT;
	int status;

	ck_ok(proc_order_send(r->control, PROC_DRAIN, &e), &e);
	peer_free(r->core);
	ck_assert_int_eq(waitpid(r->pid, &status, 0), r->pid);
	close(r->control);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* The process reads its clock from nintei.yaml. */
static void
clock_fix(const struct sf *f)
{
	CLEANUP(freep) char *file = fs_join(f->home, "nintei.yaml");
	int fd = open(file, O_WRONLY | O_APPEND);
	struct err e = ERR_INIT;
	static const char text[] =
	    "clock:\n  fixed: \"2026-07-01T15:00:00+09:00\"\n";

	ck_assert_int_ge(fd, 0);
	ck_ok(fd_write(fd, text, sizeof(text) - 1, &e), &e);
	close(fd);
}

START_TEST(locked_down_signer_does_everything)
{
	struct sf f;
	struct running r;
	struct sf_request q;
	struct buf der = BUF_INIT(KIB(16)), crl = BUF_INIT(KIB(64));
	struct buf wrapped = BUF_INIT(256);
	struct sign_hello hello;
	uint8_t key[32] = { 9 }, back[32];
	struct err e = ERR_INIT;

	sf_init(&f);
	sf_close(&f);
	clock_fix(&f);
	run(&f, &r);
	f.link = r.link;
	ck_ok(signer_hello(&r.link, &hello, &e), &e);
	ck_ok(signer_durable(&r.link, hello.durable, &e), &e);
	sf_certify(&f, &q, "d-1");
	sf_prove(&f, &q);
	ck_ok(sf_issue(&f, &q, &der, &e), &e);
	buf_reset(&der);
	ck_ok(sf_issue(&f, &q, &der, &e), &e);
	sf_request_done(&q);
	sf_revoke(&f, &q, "d-2");
	sf_prove(&f, &q);
	ck_ok(sf_do_revoke(&f, &q, &crl, &e), &e);
	sf_request_done(&q);
	sf_roster(&f, &q, "r-1", "stranger", "officer", NULL);
	sf_prove(&f, &q);
	ck_ok(sf_do_roster(&f, &q, &e), &e);
	sf_request_done(&q);
	ck_ok(signer_wrap_key(&r.link, "c-1", key, &wrapped, &e), &e);
	ck_ok(signer_unwrap_key(&r.link, "c-1", buf_slice(&wrapped), back, &e),
	    &e);
	ck_assert(memcmp(key, back, 32) == 0);
	/* A refusal does not end the edge. */
	sf_certify(&f, &q, "d-3");
	q.signers[0] = -1;
	sf_prove(&f, &q);
	ck_code(sf_issue(&f, &q, &der, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "quorum_reached"));
	sf_request_done(&q);
	e = (struct err)ERR_INIT;
	ck_ok(signer_hello(&r.link, &hello, &e), &e);
	/* SIGHUP with the file in place. */
	ck_ok(proc_order_send(r.control, PROC_RELOAD, &e), &e);
	ck_ok(signer_hello(&r.link, &hello, &e), &e);
	ck_assert_int_eq(end(&r), 0);
	buf_free(&der);
	buf_free(&crl);
	buf_free(&wrapped);
	sf_done(&f);
}
END_TEST

START_TEST(misbehaving_core_loses_its_edge)
{
	struct sf f;
	struct running r;
	struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	struct sign_hello hello;
	struct err e = ERR_INIT;
	int ours, theirs;

	sf_init(&f);
	sf_close(&f);
	run(&f, &r);
	/* "Sign these bytes" does not exist. */
	chan_begin(&frame, OP_SIGN_MAX, 0);
	buf_puts(&frame, "sign these bytes");
	ck_assert_int_eq(chan_call(r.core, &frame, NULL, 0, 0, m, &e), -1);
	ck_assert(!peer_is_up(r.core));
	/* ninteid hears of it, and brings a new core. */
	e = (struct err)ERR_INIT;
	ck_ok(chan_wait(r.control, 10000, &e), &e);
	ck_ok(chan_recv(r.control, 0, m, &e), &e);
	ck_assert_uint_eq(m->op, OP_EDGE_LOST);
	chan_msg_done(m);
	pair(&ours, &theirs);
	ck_ok(proc_edge_send(r.control, PROC_CORE, 2, theirs, &e), &e);
	close(theirs);
	ck_ok(peer_rewire(r.core, ours, &e), &e);
	ck_ok(signer_hello(&r.link, &hello, &e), &e);
	ck_assert_int_eq(end(&r), 0);
	buf_free(&frame);
	sf_done(&f);
}
END_TEST

START_TEST(replaced_settings_need_a_new_signer)
{
	CLEANUP(freep) char *file = NULL;
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(64));
	struct sf f;
	struct running r;
	struct err e = ERR_INIT;
	int status;

	sf_init(&f);
	sf_close(&f);
	run(&f, &r);
	file = fs_join(f.home, "nintei.yaml");
	ck_ok(fs_read(AT_FDCWD, file, KIB(32), &b, &e), &e);
	ck_ok(fs_write(AT_FDCWD, file, buf_slice(&b), 0644, &e), &e);
	ck_ok(proc_order_send(r.control, PROC_RELOAD, &e), &e);
	ck_assert_int_eq(waitpid(r.pid, &status, 0), r.pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	peer_free(r.core);
	close(r.control);
	sf_done(&f);
}
END_TEST

START_TEST(memory_of_the_signer_is_closed)
{
	struct sf f;
	struct running r;
	char path[64];
	int fd;

	sf_init(&f);
	sf_close(&f);
	run(&f, &r);
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)r.pid);
	fd = open(path, O_RDONLY);
	/* Undumpable: its files in /proc are root's alone. */
	if (geteuid() != 0)
		ck_assert_int_lt(fd, 0);
	if (fd >= 0)
		close(fd);
	ck_assert_int_eq(end(&r), 0);
	sf_done(&f);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("signer");
	TCase *t = tcase_create("process");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, locked_down_signer_does_everything);
	tcase_add_test(t, misbehaving_core_loses_its_edge);
	tcase_add_test(t, replaced_settings_need_a_new_signer);
	tcase_add_test(t, memory_of_the_signer_is_closed);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
