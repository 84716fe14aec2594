/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner: its answers, its faults, the child's box, the real clamd. */
#include "nintei/clam.h"
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "clam_int.h"
#include "nintei/fs.h"
#include "nintei/wire.h"
#include "nintei/worker.h"
#include "support/archive_make.h"
#include "support/clamd.h"
#include "support/support.h"

static const struct {
	const char *text;
	enum clam_verdict want;
	const char *name;
} answers[] = {
	{ "stream: OK", CLAM_CLEAN, "" },
	{ "stream: Win.Test.EICAR_HDB-1 FOUND", CLAM_FOUND,
	    "Win.Test.EICAR_HDB-1" },
	{ "stream: a\x01 b\xff"
	  "c FOUND",
	    CLAM_FOUND, "abc" },
	{ "INSTREAM size limit exceeded. ERROR", CLAM_LIMIT, "" },
	{ "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", CLAM_LIMIT,
	    "" },
	{ "stream:  FOUND", CLAM_FAULT, "" },
	{ "stream: OKAY", CLAM_FAULT, "" },
	{ "stream: OK FOUND", CLAM_FOUND, "OK" },
	{ "OK", CLAM_FAULT, "" },
	{ "", CLAM_FAULT, "" },
	{ "UNKNOWN COMMAND", CLAM_FAULT, "" },
	{ "stream: Can't allocate memory ERROR", CLAM_FAULT, "" },
	{ "xstream: OK", CLAM_FAULT, "" },
};

START_TEST(answers_are_read_strictly)
{
	struct clam_result r;

	clam_answer(slice_str(answers[_i].text), &r);
	ck_assert_int_eq(r.verdict, answers[_i].want);
	ck_assert_str_eq(r.name, answers[_i].name);
}
END_TEST

START_TEST(long_names_are_cut)
{
	char text[400] = "stream: ";
	struct clam_result r;

	for (size_t i = 8; i < 380; i++)
		text[i] = 'A';
	for (size_t i = 0; i < 6; i++)
		text[380 + i] = " FOUND"[i];
	clam_answer(slice_str(text), &r);
	ck_assert_int_eq(r.verdict, CLAM_FOUND);
	ck_assert_uint_eq(strlen(r.name), CLAM_NAME - 1);
}
END_TEST

/* One session with a false scanner at the other end. */
static void
session(enum clamd_mood mood, struct slice text, struct slice document,
    struct clam_result *out)
{
	int pair[2];
	pid_t pid;

	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	if ((pid = fork()) == 0) {
		close(pair[0]);
		_exit(!clamd_serve(pair[1], mood, text));
	}
	close(pair[1]);
	clam_session(pair[0], document, out);
	close(pair[0]);
	(void)waitpid(pid, NULL, 0);
}

#define SAYS(text) slice_of(text, sizeof(text) - 1)
static const struct {
	enum clamd_mood mood;
	const char *text;
	size_t n;
	enum clam_verdict want;
} sessions[] = {
#define ROW(mood, text, want)                      \
	{                                          \
		mood, text, sizeof(text) - 1, want \
	}
	ROW(CLAMD_HONEST, "", CLAM_CLEAN),
	ROW(CLAMD_SAYS, "stream: OK\0", CLAM_CLEAN),
	ROW(CLAMD_SAYS, "stream: OK", CLAM_FAULT), /* no NUL at the end */
	ROW(CLAMD_SAYS, "stream: OK\0junk", CLAM_FAULT),
	ROW(CLAMD_SAYS, "stream: OK\0junk\0", CLAM_FAULT),
	ROW(CLAMD_SAYS, "\0", CLAM_FAULT),
	ROW(CLAMD_SAYS, "", CLAM_FAULT),
	ROW(CLAMD_GONE, "", CLAM_FAULT),
	ROW(CLAMD_EARLY, "INSTREAM size limit exceeded. ERROR\0", CLAM_LIMIT),
	ROW(CLAMD_EARLY, "stream: OK\0", CLAM_FAULT), /* of what? */
	ROW(CLAMD_EARLY, "stream: A FOUND\0", CLAM_FOUND),
#undef ROW
};

START_TEST(sessions_are_right)
{
	struct clam_result r;

	session(sessions[_i].mood, slice_of(sessions[_i].text, sessions[_i].n),
	    fill(sessions[_i].mood == CLAMD_EARLY ? 4 << 20 : 1000, 'a'), &r);
	ck_assert_int_eq(r.verdict, sessions[_i].want);
}
END_TEST

/* Chunks arrive whole and in order, the empty document too. */
START_TEST(documents_arrive_whole)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 3 << 20 };
	struct clam_result r;

	for (size_t i = 0; i < NELEM(sizes); i++) {
		CLEANUP(buf_free) struct buf b = BUF_INIT(4 << 20);

		session(CLAMD_HONEST, SAYS(""), fill(sizes[i], 'x'), &r);
		ck_assert_int_eq(r.verdict, CLAM_CLEAN);
		buf_put(&b, fill(sizes[i], 'x').p, sizes[i]);
		buf_puts(&b, "nintei-local-signature");
		session(CLAMD_HONEST, SAYS(""), buf_slice(&b), &r);
		ck_assert_int_eq(r.verdict, CLAM_FOUND);
		ck_assert_str_eq(r.name, "Nintei.Local");
	}
}
END_TEST

/* --- the frame between child and parent --- */

START_TEST(frames_are_checked)
{
	static const struct clam_result bad[] = { { CLAM_NONE, "" },
		{ CLAM_MAX, "" }, { CLAM_CLEAN, "name" }, { CLAM_FOUND, "a b" },
		{ CLAM_FOUND, "\xe3\x81\x82" } };
	struct clam_result r = { CLAM_FOUND, "Some.Name" }, out;
	CLEANUP(buf_free) struct buf b = BUF_INIT(CLAM_FRAME_BYTES);
	struct err e = ERR_INIT;

	clam_encode(&r, &b);
	ck_ok(clam_decode(buf_slice(&b), &out, &e), &e);
	ck_assert_str_eq(out.name, "Some.Name");
	for (size_t i = 0; i < NELEM(bad); i++) {
		CLEANUP(buf_free) struct buf f = BUF_INIT(CLAM_FRAME_BYTES);

		e = (struct err)ERR_INIT;
		clam_encode(&bad[i], &f);
		ck_code(clam_decode(buf_slice(&f), &out, &e), &e, E_IPC);
	}
	b.p[0] ^= 1;
	e = (struct err)ERR_INIT;
	ck_code(clam_decode(buf_slice(&b), &out, &e), &e, E_IPC);
	b.p[0] ^= 1;
	buf_putc(&b, 0);
	e = (struct err)ERR_INIT;
	ck_code(clam_decode(buf_slice(&b), &out, &e), &e, E_IPC);
	e = (struct err)ERR_INIT;
	ck_code(clam_decode((struct slice){ 0 }, &out, &e), &e, E_IPC);
}
END_TEST

/* --- the zygote and its children --- */

static struct worker_class class;
static struct worker_host *host;
static char *dir, *path;
static pid_t scanner;

static void
setup(void)
{
	struct err e = ERR_INIT;

	dir = temp_dir();
	ck_assert_int_eq(chmod(dir, 0755), 0);
	path = xasprintf("%s/socket", dir);
	class = *clam_worker_class(path);
	class.limits.wall_seconds = 1;
	ck_ok(worker_host_local(&class, &host, &e), &e);
}

static void
teardown(void)
{
	clamd_stop(scanner);
	scanner = 0;
	worker_host_freep(&host);
	freep(&path);
}

static enum clam_verdict
scan(struct slice document, char name[CLAM_NAME])
{
	CLEANUP(fd_closep) int fd = -1;
	struct clam_result r;
	struct err e = ERR_INIT;

	ck_ok(memfd_of("document", document, &fd, &e), &e);
	clam_scan(host, fd, document.n, &r);
	if (name != NULL)
		for (size_t i = 0; i < CLAM_NAME; i++)
			name[i] = r.name[i];
	return r.verdict;
}

START_TEST(children_scan)
{
	char name[CLAM_NAME];

	ck_assert_int_eq(scan(slice_str("x"), NULL), CLAM_FAULT); /* nobody */
	scanner = clamd_start(path, CLAMD_HONEST, SAYS(""));
	ck_assert_int_eq(scan(slice_str("x"), NULL), CLAM_CLEAN);
	ck_assert_int_eq(scan((struct slice){ 0 }, NULL), CLAM_CLEAN);
	ck_assert_int_eq(
	    scan(slice_str("a nintei-local-signature b"), name), CLAM_FOUND);
	ck_assert_str_eq(name, "Nintei.Local");
}
END_TEST

/* A scanner that hangs costs its time and no more. */
START_TEST(silence_is_a_fault)
{
	scanner = clamd_start(path, CLAMD_SILENT, SAYS(""));
	ck_assert_int_eq(scan(slice_str("x"), NULL), CLAM_FAULT);
}
END_TEST

/* What is too large is not even sent: nobody says OK to it. */
START_TEST(too_large_is_never_clean)
{
	struct clam_result r;

	scanner = clamd_start(path, CLAMD_HONEST, SAYS(""));
	clam_scan(host, -1, CLAM_BYTES + 1, &r);
	ck_assert_int_eq(r.verdict, CLAM_LIMIT);
	ck_assert_int_eq(scan(fill(CLAM_BYTES, 'x'), NULL), CLAM_CLEAN);
}
END_TEST

/* --- the real clamd, where the build found one --- */

#ifdef CLAMD
START_TEST(real_clamd)
{
	CLEANUP(buf_free) struct buf zip = BUF_INIT(1 << 20);
	struct zip_item item = zip_item("a.txt", clamd_eicar(), true);
	char name[CLAM_NAME];

	scanner = clamd_real(CLAMD, dir);
	class.limits.wall_seconds = 10;
	ck_assert_int_eq(scan(slice_str("harmless"), NULL), CLAM_CLEAN);
	ck_assert_int_eq(scan(clamd_eicar(), name), CLAM_FOUND);
	ck_assert_ptr_nonnull(strstr(name, "Eicar.Test"));
	zip_build(&item, 1, &(struct zip_tail){ .count = 0 }, &zip);
	ck_assert_int_eq(scan(buf_slice(&zip), name), CLAM_FOUND);
	ck_assert_int_eq(
	    scan(slice_str("x nintei-local-signature y"), name), CLAM_FOUND);
	ck_assert_ptr_nonnull(strstr(name, "Nintei.Local"));
	/* above MaxFileSize, then above StreamMaxLength */
	ck_assert_int_eq(scan(fill(2 << 20, 'x'), NULL), CLAM_LIMIT);
	ck_assert_int_eq(scan(fill(5 << 20, 'x'), NULL), CLAM_LIMIT);
}
END_TEST
#endif

int
main(void)
{
	Suite *s = suite_create("clam");
	TCase *p = tcase_create("protocol"), *c = tcase_create("children");

	tcase_add_loop_test(
	    p, answers_are_read_strictly, 0, (int)NELEM(answers));
	tcase_add_test(p, long_names_are_cut);
	tcase_add_loop_test(p, sessions_are_right, 0, (int)NELEM(sessions));
	tcase_add_test(p, documents_arrive_whole);
	tcase_add_test(p, frames_are_checked);
	suite_add_tcase(s, p);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, children_scan);
	tcase_add_test(c, silence_is_a_fault);
	tcase_add_test(c, too_large_is_never_clean);
#ifdef CLAMD
	tcase_add_test(c, real_clamd);
#endif
	suite_add_tcase(s, c);
	return suite_main(s);
}
