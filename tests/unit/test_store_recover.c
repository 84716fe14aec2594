/* SPDX-License-Identifier: Apache-2.0 */
/* store: segments torn by hand, and what recovery makes of them. */
#include "nintei/store.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/pack.h"
#include "support/store_case.h"
#include "support/store_faults.h"
#include "support/support.h"

#define EVENTS 5

static char *kept; /* the store as a crash left it */

static void
shell(const char *fmt, const char *a, const char *b)
{
	CLEANUP(freep) char *cmd = NULL;

	ck_assert_int_eq(setenv("A", a, 1), 0);
	ck_assert_int_eq(setenv("B", b, 1), 0);
	cmd = xstrdup(fmt);
	ck_assert_msg(system(cmd) == 0, "%s", cmd);
}

static struct store_opts
quiet_opts(uint64_t seal_bytes)
{
	struct store_opts opts = fixture_opts(&f);

	opts.seal_ms = 3600000;
	opts.seal_bytes = seal_bytes;
	return opts;
}

/* In a child that never closes the store: as after kill -9. */
static void
crash_after(uint64_t seal_bytes, unsigned events, size_t doc_bytes)
{
	struct store_opts opts = quiet_opts(seal_bytes);
	struct err e = ERR_INIT;
	int status;
	pid_t pid;

	store_close(s);
	s = NULL;
	pid = fork();
	if (pid == 0) {
		struct store_done done;

		if (store_open(dir, &opts, NULL, &s, &e) < 0)
			_exit(1);
		for (unsigned i = 0; i < events; i++)
			if (fixture_append(s, "case-1", "accept", doc_bytes,
				&done, &e) < 0)
				_exit(2);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	free(kept);
	kept = xasprintf("%s.kept", dir);
	shell("rm -rf \"$B\" && cp -a \"$A\" \"$B\"", dir, kept);
}

static void
put_back(void)
{
	store_close(s);
	s = NULL;
	shell("cd \"$B\" && rm -rf intake log catalog audit.git/objects/pack "
	      "audit.git/refs && cd \"$A\" && cp -a --parents intake log "
	      "catalog audit.git/objects/pack audit.git/refs \"$B\"",
	    kept, dir);
}

/* The n-th file of the intake that begins so, as its path. */
static char *
intake_file(const char *prefix, size_t n)
{
	CLEANUP(freep) char *pattern = xasprintf("%s/intake/%s*", dir, prefix);
	glob_t found;
	char *path = NULL;

	if (glob(pattern, 0, NULL, &found) == 0 && n < found.gl_pathc)
		path = xstrdup(found.gl_pathv[n]);
	globfree(&found);
	return path;
}

static struct store_report
recover_now(void)
{
	struct store_opts opts = quiet_opts(0);
	struct store_report report;
	struct err e = ERR_INIT;

	ck_ok(store_open(dir, &opts, &report, &s, &e), &e);
	return report;
}

/* The first n events are there and no other; git finds nothing wrong. */
static void
events_are(uint64_t n)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct err e = ERR_INIT;
	struct store_head head;
	char count[24];

	snprintf(count, sizeof(count), "%u", (unsigned)n + 2);
	ck_ok(store_head(s, &head, &e), &e);
	ck_assert_uint_eq(head.log_size, 1 + n);
	for (uint64_t i = 1; i <= n; i++) {
		buf_reset(&text);
		ck_ok(store_event_get(s, "case-1", i, &text, &e), &e);
	}
	ck_code(
	    store_event_get(s, "case-1", n + 1, &text, &e), &e, E_NOT_FOUND);
	append("case-1", "accept", 10);
	e = (struct err)ERR_INIT;
	ck_ok(store_seal(s, &e), &e);
	shell("git -C \"$A/audit.git\" fsck --full --strict --no-dangling "
	      ">/dev/null 2>&1",
	    dir, "");
	shell("test $(git -C \"$A/audit.git\" rev-list --count main) = \"$B\"",
	    dir, count);
}

struct extent {
	uint64_t end[16]; /* after the n-th commit */
	unsigned n;
};

static int
note_commit(const struct pack_found *found, void *arg, struct err *e)
{
	struct extent *x = arg;

	(void)e;
	if (found->type == PACK_COMMIT && x->n < NELEM(x->end))
		x->end[x->n++] = found->mark.at + found->stored;
	return 0;
}

static struct extent
extent_of(const char *path)
{
	struct extent x = { .n = 0 };
	struct pack_scanned out;
	struct pack_range range = { .from = PACK_HEADER };
	struct err e = ERR_INIT;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	range.to = (uint64_t)st.st_size;
	ck_ok(pack_scan(fd, &range, note_commit, &x, &out, &e), &e);
	close(fd);
	return x;
}

static void
flip(const char *path, uint64_t at, uint8_t mask)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte;

	ck_assert_int_eq(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= mask;
	ck_assert_int_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

START_TEST(whole_journal_is_recovered)
{
	struct store_report report;

	crash_after(0, EVENTS, 3000);
	report = recover_now();
	ck_assert_uint_eq(report.commits_recovered, EVENTS);
	ck_assert_uint_eq(report.commits, 1 + EVENTS);
	ck_assert_uint_ge(report.segments_sealed, 2);
	ck_assert_uint_eq(report.bytes_dropped, 0);
	events_are(EVENTS);
	store_close(s);
	s = NULL;
	report = recover_now();
	ck_assert_uint_eq(report.commits_recovered, 0);
	ck_assert_uint_eq(report.segments_sealed, 0);
}
END_TEST

/* STORE-10: cut anywhere, the whole events before it are there. */
START_TEST(truncated_journal_keeps_its_prefix)
{
	CLEANUP(freep) char *path = NULL;
	struct extent x;
	uint64_t step;

	crash_after(0, EVENTS, 0);
	path = intake_file("ev-", 0);
	x = extent_of(path);
	ck_assert_uint_eq(x.n, EVENTS);
	step = x.end[EVENTS - 1] / 23;
	for (uint64_t at = 0; at < x.end[EVENTS - 1]; at += step) {
		unsigned n = 0;

		put_back();
		ck_assert_int_eq(truncate(path, (off_t)at), 0);
		while (n < x.n && x.end[n] <= at)
			n++;
		recover_now();
		events_are(n);
	}
}
END_TEST

/* As a disk does that lost the last writes of a file made before. */
START_TEST(zeroed_journal_keeps_its_prefix)
{
	CLEANUP(freep) char *path = NULL;
	struct extent x;

	crash_after(0, EVENTS, 0);
	path = intake_file("ev-", 0);
	x = extent_of(path);
	for (unsigned i = 0; i < EVENTS; i++) {
		uint64_t from = x.end[i] - 100;
		static const uint8_t zeros[50];
		int fd;

		put_back();
		fd = open(path, O_WRONLY | O_CLOEXEC);
		ck_assert_int_eq(pwrite(fd, zeros, 50, (off_t)from), 50);
		close(fd);
		ck_assert_uint_gt(recover_now().bytes_dropped, 0);
		events_are(i);
	}
}
END_TEST

/* A bit flipped at any byte loses that event, and no other. */
#define STRIDE 31
START_TEST(flipped_bit_ends_the_prefix)
{
	CLEANUP(freep) char *path = NULL;
	struct extent x;

	crash_after(0, 2, 0);
	path = intake_file("ev-", 0);
	x = extent_of(path);
	ck_assert_uint_eq(x.n, 2);
	for (uint64_t at = x.end[0] + (uint64_t)_i; at < x.end[1];
	     at += STRIDE) {
		struct store_head head;
		struct err e = ERR_INIT;

		put_back();
		flip(path, at, (uint8_t)(1 << (at % 8)));
		recover_now();
		ck_ok(store_head(s, &head, &e), &e);
		ck_assert_msg(head.log_size == 2, "byte %u: %u events",
		    (unsigned)(at - x.end[0]), (unsigned)head.log_size);
	}
	append("case-1", "accept", 10);
}
END_TEST

/* The second segment's first commit has no parent then. */
START_TEST(gap_between_segments_ends_it)
{
	CLEANUP(freep) char *first = NULL;
	CLEANUP(freep) char *second = NULL;
	struct store_report report;

	crash_after(0, 3, 0);
	first = intake_file("ev-", 0);
	store_close(s);
	s = NULL;
	/* The same again under a later name, the first then cut to nothing. */
	second = xasprintf("%s/intake/ev-ffffffffffff-00000001", dir);
	shell("cp \"$A\" \"$B\"", first, second);
	ck_assert_int_eq(truncate(first, PACK_HEADER), 0);
	report = recover_now();
	ck_assert_uint_eq(report.commits_recovered, 3);
	events_are(3);
	put_back();
	shell("cp \"$A\" \"$B\"", first, second);
	flip(first, extent_of(first).end[0] + 20, 1);
	flip(second, 40, 1);
	report = recover_now();
	ck_assert_uint_eq(report.commits_recovered, 1);
	ck_assert_uint_gt(report.bytes_dropped, 1000);
	events_are(1);
}
END_TEST

/* STORE-9: a commit whose document is not there does not count. */
START_TEST(missing_document_ends_it)
{
	CLEANUP(freep) char *docs = NULL;

	crash_after(0, EVENTS, 3000);
	docs = intake_file("doc-", 0);
	flip(docs, 2 * 3000, 1); /* in the second */
	ck_assert_uint_eq(recover_now().commits_recovered, 1);
	events_are(1);
}
END_TEST

/* Recovery is killed at its n-th change of the disk, for every n. */
START_TEST(recovery_killed_anywhere)
{
	struct store_report report = { 0 };
	bool ended = false;

	crash_after(0, EVENTS, 3000);
	for (unsigned n = 1; !ended; n++) {
		int status;
		pid_t pid;

		put_back();
		for (unsigned twice = 0; twice < 2; twice++) {
			pid = fork();
			if (pid == 0) {
				struct faults faults = { .at = n,
					.kill = true };
				struct store_opts opts = quiet_opts(0);
				struct store_files files = fault_files(&faults);
				struct err e = ERR_INIT;

				opts.files = &files;
				if (store_open(dir, &opts, NULL, &s, &e) < 0)
					_exit(1);
				_exit(0);
			}
			ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		}
		ended = WIFEXITED(status) && WEXITSTATUS(status) == 0;
		report = recover_now();
		ck_assert_uint_eq(report.commits, 1 + EVENTS);
		events_are(EVENTS);
		ck_assert_uint_lt(n, 200);
	}
}
END_TEST

/* Caches of the log are made again when they are gone or wrong. */
START_TEST(log_is_rebuilt)
{
	struct store_report report;
	struct store_head head, again;
	struct err e = ERR_INIT;

	for (unsigned i = 0; i < 20; i++)
		append("case-1", "accept", 0);
	ck_ok(store_head(s, &head, &e), &e);
	store_close(s);
	s = NULL;
	shell("rm -rf \"$A/log\" \"$A/catalog\"", dir, "");
	report = recover_now();
	ck_assert_uint_eq(report.commits, 21);
	store_close(s);
	s = NULL;
	shell("for f in \"$A\"/log/* \"$A\"/catalog; do printf "
	      "'\\252\\125\\252\\125' | dd of=\"$f\" bs=1 seek=100 "
	      "conv=notrunc 2>/dev/null; done",
	    dir, "");
	report = recover_now();
	ck_ok(store_head(s, &again, &e), &e);
	ck_assert_mem_eq(head.log_root, again.log_root, STORE_HASH);
	append("case-1", "accept", 0);
	store_reopen(&report);
	ck_assert(!report.log_rebuilt);
	ck_assert_uint_eq(report.commits, 22);
}
END_TEST

int
main(void)
{
	/* What is in the files counts here, not that it reached a disk. */
	const char *memory = "/dev/shm";
	Suite *suite = suite_create("store_recover");
	TCase *tc = tcase_create("recover");

	if (access(memory, W_OK) == 0 && setenv("TMPDIR", memory, 1) != 0)
		return 1;
	tcase_set_timeout(tc, 200);
	tcase_add_checked_fixture(tc, store_setup, store_teardown);
	tcase_add_test(tc, whole_journal_is_recovered);
	tcase_add_test(tc, truncated_journal_keeps_its_prefix);
	tcase_add_test(tc, zeroed_journal_keeps_its_prefix);
	tcase_add_loop_test(tc, flipped_bit_ends_the_prefix, 0, STRIDE);
	tcase_add_test(tc, gap_between_segments_ends_it);
	tcase_add_test(tc, missing_document_ends_it);
	tcase_add_test(tc, recovery_killed_anywhere);
	tcase_add_test(tc, log_is_rebuilt);
	suite_add_tcase(suite, tc);
	return suite_main(suite);
}
