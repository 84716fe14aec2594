/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-signer as a process, locked down as in production: it does all that
 * it must, and a core that misbehaves loses its edge and gains nothing.
 */
#include "support/signer_process.h"
#include "support/signing_commits.h"

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
	signer_process_run(&f, &r);
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
	ck_assert_int_eq(signer_process_end(&r), 0);
	buf_free(&der);
	buf_free(&crl);
	buf_free(&wrapped);
	sf_done(&f);
}
END_TEST

/* Longer than any act: 64 of them do not fit into a frame. */
static const char long_subject[] =
    "c-1 1 application."
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static void
head_copy(const struct sf *f, const char *from, const char *to)
{
	CLEANUP(freep)
	char *line =
	    xasprintf("cd '%s/keys' && cp signer.head keep && cp %s %s",
		f->home, from, to);

	ck_assert_int_eq(system(line), 0);
}

START_TEST(groups_checkpoints_and_a_power_loss)
{
	struct sf f;
	struct running r;
	struct next n;
	CLEANUP(grp_free) struct grp *g = NULL;
	CLEANUP(grp_free) struct grp *more = NULL;
	struct buf note = BUF_INIT(KIB(16));
	uint8_t root[32];
	struct err e = ERR_INIT;

	sf_init(&f);
	next_init(&f, &n);
	log_init_one(&f, &n.log);
	sf_close(&f);
	clock_fix(&f);
	signer_process_run(&f, &r);
	f.link = r.link;
	n.subject = long_subject;
	g = grp_make(&n, SIGN_GROUP_MAX);
	head_copy(&f, "signer.head", "before");
	/* More than a frame holds, both ways of the request. */
	ck_ok(grp_sign(&f, g, &n, &e), &e);
	ck_assert_mem_eq(g->ids[SIGN_GROUP_MAX - 1], g->last, SIGN_COMMIT_ID);
	ck_assert_int_eq(signer_process_end(&r), 0);
	head_copy(&f, "before", "signer.head");
	signer_process_run(&f, &r);
	f.link = r.link;
	ck_code(signer_durable(&r.link, g->last, &e), &e, E_SIGNER_REFUSED);
	e = (struct err)ERR_INIT;
	ck_ok(signer_catch_up(&r.link, &g->g, &e), &e);
	n.subject = "c-1 2 application.accept";
	more = grp_make(&n, 8);
	ck_ok(grp_sign(&f, more, &n, &e), &e);
	ck_ok(signer_durable(&r.link, more->last, &e), &e);
	tlog_root(&n.log, root);
	ck_ok(signer_sign_checkpoint(&r.link, n.log.size, root, &note, &e), &e);
	ck_assert_int_eq(signer_process_end(&r), 0);
	buf_free(&note);
	sf_done(&f);
}
END_TEST

/* Each ends the edge: not sealed; fields beside it; where none is taken. */
static const struct {
	const char *name;
	uint32_t op;
	bool sealed, fields;
} memfds[] = {
	{ "not sealed", OP_SIGN_COMMITS, false, false },
	{ "fields beside it", OP_SIGN_COMMITS, true, true },
	{ "not taken here", OP_SIGN_DURABLE, true, false },
};
START_TEST(bad_memory_ends_the_edge)
{
	struct sf f;
	struct running r;
	CLEANUP(buf_free) struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	struct err e = ERR_INIT;
	int fd;

	sf_init(&f);
	sf_close(&f);
	signer_process_run(&f, &r);
	ck_ok(memfd_new("test", &fd, &e), &e);
	ck_ok(fd_write(fd, "\1", 1, &e), &e);
	if (memfds[_i].sealed)
		ck_ok(memfd_seal(fd, &e), &e);
	chan_begin(&frame, memfds[_i].op, 0);
	if (memfds[_i].fields)
		buf_putc(&frame, 1);
	ck_assert_msg(chan_call(r.core, &frame, &fd, 1, 0, m, &e) == -1, "%s",
	    memfds[_i].name);
	ck_assert_msg(!peer_is_up(r.core), "%s", memfds[_i].name);
	close(fd);
	ck_assert_int_eq(signer_process_end(&r), 0);
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
	signer_process_run(&f, &r);
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
	edge_pair(&ours, &theirs);
	ck_ok(proc_edge_send(r.control, PROC_CORE, 2, theirs, &e), &e);
	close(theirs);
	ck_ok(peer_rewire(r.core, ours, &e), &e);
	ck_ok(signer_hello(&r.link, &hello, &e), &e);
	ck_assert_int_eq(signer_process_end(&r), 0);
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
	signer_process_run(&f, &r);
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
	signer_process_run(&f, &r);
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)r.pid);
	fd = open(path, O_RDONLY);
	/* Undumpable: its files in /proc are root's alone. */
	if (geteuid() != 0)
		ck_assert_int_lt(fd, 0);
	if (fd >= 0)
		close(fd);
	ck_assert_int_eq(signer_process_end(&r), 0);
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
	tcase_add_test(t, groups_checkpoints_and_a_power_loss);
	tcase_add_loop_test(t, bad_memory_ends_the_edge, 0, (int)NELEM(memfds));
	tcase_add_test(t, misbehaving_core_loses_its_edge);
	tcase_add_test(t, replaced_settings_need_a_new_signer);
	tcase_add_test(t, memory_of_the_signer_is_closed);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
