/* SPDX-License-Identifier: Apache-2.0 */
/* A witness: the pure step by table, its key, its folder, its alarms. */
#include "nintei/witness.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "support/log_make.h"
#include "support/support.h"

#define ORIGIN "log.example"
#define NOW 1790000000

static int64_t
now(void *arg)
{
	(void)arg;
	return NOW;
}

/* --- the pure step --- */

/* What is done to a right request. */
enum harm {
	RIGHT,
	OTHER_KEY, /* signed by another key of the same name */
	NO_LOG, /* the origin is not known */
	OTHER_ORIGIN, /* another log's checkpoint, shown as this one's */
	FORKED, /* signed by the log, another history from event 2 on */
	PROOF_BIT, /* one bit of the proof */
	PROOF_MORE, /* a hash too many */
	PROOF_NONE, /* left out */
	PROOF_ADDED, /* one where there must be none */
	NOTE_BROKEN
};

static const struct {
	const char *name;
	uint64_t seen, old, size;
	enum harm harm;
	enum witness_verdict want;
} steps[] = {
	{ "WIT-14 fresh log", 0, 0, 5, RIGHT, WITNESS_COSIGN },
	{ "WIT-14 fresh log, one event", 0, 0, 1, RIGHT, WITNESS_COSIGN },
	{ "WIT-14 fresh empty log", 0, 0, 0, RIGHT, WITNESS_COSIGN },
	{ "WIT-14 growth", 5, 5, 9, RIGHT, WITNESS_COSIGN },
	{ "WIT-14 growth by one", 8, 8, 9, RIGHT, WITNESS_COSIGN },
	{ "WIT-14 growth from a power of two", 4, 4, 8, RIGHT, WITNESS_COSIGN },
	{ "WIT-14 the same again", 5, 5, 5, RIGHT, WITNESS_COSIGN },
	{ "WIT-14 stale old size", 5, 3, 9, RIGHT, WITNESS_STALE },
	{ "WIT-14 old size of somebody else", 5, 7, 9, RIGHT, WITNESS_STALE },
	{ "WIT-14 asks for the size", 5, 0, 9, RIGHT, WITNESS_STALE },
	{ "WIT-14 rollback", 9, 5, 5, RIGHT, WITNESS_STALE },
	{ "WIT-13 old above new", 9, 9, 5, RIGHT, WITNESS_MALFORMED },
	{ "WIT-13 old above new, fresh", 0, 6, 5, RIGHT, WITNESS_MALFORMED },
	{ "WIT-15 fork of the same size", 5, 5, 5, FORKED, WITNESS_SPLIT },
	{ "WIT-15 fork of the same size, old size stale", 5, 3, 5, FORKED,
	    WITNESS_SPLIT },
	{ "WIT-16 fork that grew", 5, 5, 9, FORKED, WITNESS_UNPROVED },
	{ "WIT-16 broken proof", 5, 5, 9, PROOF_BIT, WITNESS_UNPROVED },
	{ "WIT-16 longer proof", 5, 5, 9, PROOF_MORE, WITNESS_UNPROVED },
	{ "WIT-16 no proof", 5, 5, 9, PROOF_NONE, WITNESS_UNPROVED },
	{ "WIT-16 proof of nothing", 0, 0, 9, PROOF_ADDED, WITNESS_UNPROVED },
	{ "WIT-16 proof of the same", 5, 5, 5, PROOF_ADDED, WITNESS_UNPROVED },
	{ "WIT-12 another key", 5, 5, 9, OTHER_KEY, WITNESS_UNSIGNED },
	{ "WIT-11 unknown origin", 0, 0, 5, NO_LOG, WITNESS_UNKNOWN },
	{ "WIT-11 another origin", 5, 5, 9, OTHER_ORIGIN, WITNESS_UNKNOWN },
	{ "WIT-10 no note", 5, 5, 9, NOTE_BROKEN, WITNESS_MALFORMED },
};

/* Which log signs, for this harm. */
static void
signer_init(enum harm harm, struct test_log *out)
{
	test_log_init(out, harm == OTHER_ORIGIN ? "other.example" : ORIGIN,
	    harm == OTHER_KEY ? 2 : 1);
	out->flavour = ORIGIN;
	if (harm == FORKED)
		out->fork = 2;
}

static void
proof_harm(enum harm harm, struct witness_request *q)
{
	if (harm == PROOF_BIT)
		q->proof.hash[0][0] ^= 1;
	if (harm == PROOF_MORE || harm == PROOF_ADDED)
		q->proof.n++;
	if (harm == PROOF_NONE)
		q->proof.n = 0;
}

START_TEST(step)
{
	CLEANUP(test_log_done) struct test_log honest;
	CLEANUP(test_log_done) struct test_log log;
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	struct witness_request q = { .old_size = steps[_i].old };
	struct tlog_head seen = { 0 }, out = { .size = 77 };
	enum harm harm = steps[_i].harm;
	enum witness_verdict v;

	test_log_init(&honest, ORIGIN, 1);
	signer_init(harm, &log);
	if (steps[_i].seen != 0)
		test_log_head(&honest, steps[_i].seen, &seen);
	test_log_note(&log, steps[_i].size, &note);
	if (q.old_size != 0 && q.old_size < steps[_i].size)
		test_log_prove(&log, q.old_size, steps[_i].size, &q.proof);
	proof_harm(harm, &q);
	q.checkpoint = buf_slice(&note);
	if (harm == NOTE_BROKEN)
		q.checkpoint.n--;
	v = witness_decide(
	    &q, harm == NO_LOG ? NULL : &honest.pub, &seen, &out);
	ck_assert_msg(v == steps[_i].want, "%s: want %s, have %s",
	    steps[_i].name, witness_word(steps[_i].want), witness_word(v));
	ck_assert_uint_eq(out.size, v == WITNESS_COSIGN ? steps[_i].size : 77);
}
END_TEST

/* A root that is not that of nothing, under size 0. */
START_TEST(empty_log_has_one_root)
{
	CLEANUP(test_log_done) struct test_log log;
	CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	struct tlog_head wrong = { .root = { 1 } }, seen = { 0 }, out;
	struct witness_request q = { 0 };
	struct err e = ERR_INIT;

	test_log_init(&log, ORIGIN, 1);
	checkpoint_format(slice_str(ORIGIN), &wrong, &text);
	buf_put(&note, text.p, text.n);
	buf_putc(&note, '\n');
	ck_ok(note_sign(&log.pub, log.key, buf_slice(&text), 0, &note, &e), &e);
	q.checkpoint = buf_slice(&note);
	ck_assert_int_eq(
	    witness_decide(&q, &log.pub, &seen, &out), WITNESS_UNPROVED);
}
END_TEST

START_TEST(statuses)
{
	static const unsigned want[WITNESS_MAX] = { 500, 200, 400, 403, 404,
		409, 409, 422, 429 };

	for (int v = 0; v < WITNESS_MAX; v++) {
		ck_assert_uint_eq(
		    witness_status((enum witness_verdict)v), want[v]);
		ck_assert_int_eq(witness_is_alarm((enum witness_verdict)v),
		    v == WITNESS_SPLIT || v == WITNESS_UNPROVED);
	}
}
END_TEST

/* --- keys --- */

START_TEST(key_text_is_a_fixed_point)
{
	CLEANUP(witness_key_done) struct witness_key k = { 0 };
	CLEANUP(witness_key_done) struct witness_key again = { 0 };
	CLEANUP(buf_wipe) struct buf one = BUF_INIT(WITNESS_KEY_BYTES);
	CLEANUP(buf_wipe) struct buf two = BUF_INIT(WITNESS_KEY_BYTES);
	struct err e = ERR_INIT;

	ck_ok(witness_key_make(slice_str("w.example/1"), &k, &e), &e);
	ck_ok(witness_key_format(&k, &one, &e), &e);
	ck_assert_int_eq(
	    strncmp(buf_str(&one), "PRIVATE+KEY+w.example/1+", 24), 0);
	ck_ok(witness_key_parse(buf_slice(&one), &again, &e), &e);
	ck_ok(witness_key_format(&again, &two, &e), &e);
	ck_assert_str_eq(buf_str(&one), buf_str(&two));
	ck_assert_uint_eq(k.pub.id, again.pub.id);
	ck_assert_int_eq(again.pub.type, NOTE_COSIGNATURE);
}
END_TEST

/* Of golang.org/x/mod/sumdb/note, with another type; cut; changed. */
static const char *const bad_keys[] = {
	"",
	"PRIVATE+KEY+",
	"PRIVATE+KEY+a",
	"PRIVATE+KEY+a+",
	"PRIVATE+KEY+a+00000000",
	"PRIVATE+KEY+a+00000000+",
	"PRIVATE+KEY+PeterNeumann+c74f20a3+"
	"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
	"PRIVATE+KEY+PeterNeumann+00000000+"
	"BIEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
	"PUBLIC+KEY+a+00000000+"
	"BIEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
};
START_TEST(bad_key)
{
	struct witness_key k = { 0 };
	struct err e = ERR_INIT;

	ck_code(
	    witness_key_parse(slice_str(bad_keys[_i]), &k, &e), &e, E_INPUT);
	ck_assert_ptr_null(k.private);
}
END_TEST

START_TEST(bad_name)
{
	struct witness_key k = { 0 };
	struct err e = ERR_INIT;

	ck_code(witness_key_make(slice_str("a b"), &k, &e), &e, E_INPUT);
	ck_code(witness_key_make(slice_str("a+b"), &k, &e), &e, E_INPUT);
	ck_code(witness_key_make(slice_str(""), &k, &e), &e, E_INPUT);
}
END_TEST

/* --- a witness and its folder --- */

/* One log, a witness of it, in a new folder. */
struct world {
	char *dir;
	struct test_log log, fork;
	struct note_key witness;
	struct witness *w;
};

static int
try_open(struct world *x, unsigned per_minute, struct err *e)
{
	uint8_t raw[32] = { 9 };
	struct witness_key key = { 0 };
	struct witness_options o = { .state = x->dir,
		.key = &key,
		.logs = &x->log.pub,
		.n_logs = 1,
		.clock = { now, NULL },
		.per_minute = per_minute };

	ck_ok(pkey_of_ed25519_seed(slice_of(raw, 32), &key.private, e), e);
	ck_ok(note_key_make(slice_str("w.example"), NOTE_COSIGNATURE,
		  pkey_raw(key.private), &key.pub, e),
	    e);
	x->witness = key.pub;
	return witness_open(&o, &x->w, e);
}

static void
world_init(struct world *x)
{
	struct err e = ERR_INIT;

	*x = (struct world){ .dir = temp_dir() };
	test_log_init(&x->log, ORIGIN, 1);
	test_log_init(&x->fork, ORIGIN, 1);
	x->fork.fork = 3;
	ck_ok(try_open(x, 0, &e), &e);
}

static void
world_done(struct world *x)
{
	witness_close(x->w);
	test_log_done(&x->log);
	test_log_done(&x->fork);
}

static void
world_again(struct world *x)
{
	struct err e = ERR_INIT;

	witness_close(x->w);
	x->w = NULL;
	ck_ok(try_open(x, 0, &e), &e);
}

static enum witness_verdict
show(struct world *x, const struct test_log *log, uint64_t old, uint64_t size,
    struct witness_answer *a)
{
	CLEANUP(buf_free) struct buf body = BUF_INIT(WITNESS_REQUEST_BYTES);
	struct err e = ERR_INIT;

	a->body = (struct buf)BUF_INIT(4096);
	test_log_request(log, old, size, &body);
	ck_ok(witness_add_checkpoint(x->w, buf_slice(&body), a, &e), &e);
	return a->verdict;
}

static enum witness_verdict
verdict(
    struct world *x, const struct test_log *log, uint64_t old, uint64_t size)
{
	struct witness_answer a;
	enum witness_verdict v = show(x, log, old, size, &a);

	buf_free(&a.body);
	return v;
}

static unsigned
files_in(const struct world *x, const char *folder)
{
	CLEANUP(freep) char *path = fs_join(x->dir, folder);
	DIR *d = opendir(path);
	struct dirent *ent;
	unsigned n = 0;

	ck_assert_ptr_nonnull(d);
	while ((ent = readdir(d)) != NULL)
		n += ent->d_name[0] != '.';
	closedir(d);
	return n;
}

START_TEST(cosignature_verifies)
{
	CLEANUP(world_done) struct world x;
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	struct witness_answer a;
	struct note n;
	struct err e = ERR_INIT;
	uint64_t time = 0;

	world_init(&x);
	ck_assert_int_eq(show(&x, &x.log, 0, 5, &a), WITNESS_COSIGN);
	ck_assert_uint_eq(a.status, 200);
	ck_assert_str_eq(a.origin, ORIGIN);
	test_log_note(&x.log, 5, &note);
	buf_put(&note, a.body.p, a.body.n);
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_ok(note_verify(&n, &x.witness, &time, &e), &e);
	ck_assert_uint_eq(time, NOW);
	buf_free(&a.body);
}
END_TEST

START_TEST(WIT_18_state_outlives_the_process)
{
	CLEANUP(world_done) struct world x;
	struct witness_answer a;

	world_init(&x);
	ck_assert_int_eq(verdict(&x, &x.log, 0, 5), WITNESS_COSIGN);
	world_again(&x);
	ck_assert_int_eq(show(&x, &x.log, 0, 9, &a), WITNESS_STALE);
	ck_assert_str_eq(buf_str(&a.body), "5\n");
	ck_assert(a.is_size);
	buf_free(&a.body);
	ck_assert_int_eq(verdict(&x, &x.log, 5, 9), WITNESS_COSIGN);
	world_again(&x);
	ck_assert_int_eq(verdict(&x, &x.log, 9, 9), WITNESS_COSIGN);
	ck_assert_int_eq(verdict(&x, &x.log, 5, 12), WITNESS_STALE);
}
END_TEST

/* Killed at any moment: whatever was cosigned is remembered. */
START_TEST(WIT_18_killed)
{
	CLEANUP(world_done) struct world x;
	int p[2];
	pid_t pid;
	uint64_t size, last = 0;
	struct witness_answer a;

	world_init(&x);
	witness_close(x.w);
	x.w = NULL;
	ck_assert_int_eq(pipe(p), 0);
	if ((pid = fork()) == 0) {
		struct err e = ERR_INIT;

		if (try_open(&x, 0, &e) < 0)
			_exit(1);
		for (uint64_t i = 0; i < 400; i++) {
			struct witness_answer b;

			if (show(&x, &x.log, i, i + 1, &b) != WITNESS_COSIGN)
				_exit(1);
			size = i + 1; /* told as a cosignature would be */
			if (write(p[1], &size, sizeof(size)) < 0)
				_exit(1);
		}
		_exit(0);
	}
	close(p[1]);
	while (last < 7 + (uint64_t)_i * 5 &&
	    read(p[0], &size, sizeof(size)) == (ssize_t)sizeof(size))
		last = size;
	kill(pid, SIGKILL);
	while (read(p[0], &size, sizeof(size)) == (ssize_t)sizeof(size))
		last = size;
	close(p[0]);
	waitpid(pid, NULL, 0);
	world_again(&x);
	ck_assert_int_eq(show(&x, &x.log, 0, 500, &a), WITNESS_STALE);
	/* It may have written one more than it told. */
	ck_assert_uint_ge(a.seen, last);
	ck_assert_uint_le(a.seen, last + 1);
	buf_free(&a.body);
}
END_TEST

START_TEST(alarms_keep_both_notes)
{
	CLEANUP(world_done) struct world x;
	CLEANUP(buf_free) struct buf text = BUF_INIT(1 << 17);
	CLEANUP(buf_free) struct buf one = BUF_INIT(NOTE_BYTES);
	CLEANUP(buf_free) struct buf two = BUF_INIT(NOTE_BYTES);
	CLEANUP(freep) char *path = NULL;
	struct witness_answer a;
	struct err e = ERR_INIT;

	world_init(&x);
	ck_assert_int_eq(verdict(&x, &x.log, 0, 5), WITNESS_COSIGN);
	ck_assert_uint_eq(files_in(&x, "alarms"), 0);
	ck_assert_int_eq(show(&x, &x.fork, 5, 5, &a), WITNESS_SPLIT);
	buf_free(&a.body);
	path = fs_join(x.dir, a.alarm);
	ck_ok(fs_read(AT_FDCWD, path, 1 << 16, &text, &e), &e);
	test_log_note(&x.log, 5, &one);
	test_log_note(&x.fork, 5, &two);
	ck_assert_ptr_nonnull(strstr(buf_str(&text), buf_str(&one)));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), buf_str(&two)));
	/* The same again is one file, another is another. */
	ck_assert_int_eq(verdict(&x, &x.fork, 5, 5), WITNESS_SPLIT);
	ck_assert_uint_eq(files_in(&x, "alarms"), 1);
	ck_assert_int_eq(verdict(&x, &x.fork, 5, 9), WITNESS_UNPROVED);
	ck_assert_uint_eq(files_in(&x, "alarms"), 2);
	/* Nothing of it moved the state. */
	world_again(&x);
	ck_assert_int_eq(verdict(&x, &x.log, 5, 9), WITNESS_COSIGN);
}
END_TEST

START_TEST(nothing_is_cosigned_without_its_state)
{
	CLEANUP(world_done) struct world x;
	CLEANUP(buf_free) struct buf body = BUF_INIT(WITNESS_REQUEST_BYTES);
	CLEANUP(freep) char *logs = NULL;
	CLEANUP(freep) char *gone = NULL;
	struct witness_answer a = { .body = BUF_INIT(4096) };
	struct err e = ERR_INIT;

	world_init(&x);
	logs = fs_join(x.dir, "logs");
	gone = fs_join(x.dir, "gone");
	ck_assert_int_eq(rename(logs, gone), 0);
	test_log_request(&x.log, 0, 5, &body);
	ck_code(witness_add_checkpoint(x.w, buf_slice(&body), &a, &e), &e,
	    E_UNAVAILABLE);
	ck_assert_uint_eq(a.body.n, 0);
	ck_assert_int_eq(rename(gone, logs), 0);
	ck_assert_int_eq(verdict(&x, &x.log, 0, 4), WITNESS_COSIGN);
}
END_TEST

static char *
state_file(const struct world *x)
{
	CLEANUP(freep) char *logs = fs_join(x->dir, "logs");
	DIR *d = opendir(logs);
	struct dirent *ent;
	char *out = NULL;

	while ((ent = readdir(d)) != NULL)
		if (ent->d_name[0] != '.')
			out = fs_join(logs, ent->d_name);
	closedir(d);
	return out;
}

/* A broken file is never taken for a log not seen yet. */
START_TEST(WIT_19_broken_state_does_not_start)
{
	CLEANUP(world_done) struct world x;
	CLEANUP(freep) char *path = NULL;
	struct err e = ERR_INIT;

	world_init(&x);
	ck_assert_int_eq(verdict(&x, &x.log, 0, 5), WITNESS_COSIGN);
	path = state_file(&x);
	witness_close(x.w);
	x.w = NULL;
	ck_assert_int_eq(truncate(path, 40), 0);
	ck_code(try_open(&x, 0, &e), &e, E_STORE_CORRUPT);
	ck_assert_int_eq(truncate(path, 0), 0);
	e = (struct err)ERR_INIT;
	ck_code(try_open(&x, 0, &e), &e, E_STORE_CORRUPT);
}
END_TEST

START_TEST(one_witness_a_folder)
{
	CLEANUP(world_done) struct world x;
	struct world other;
	struct err e = ERR_INIT;

	world_init(&x);
	other = x;
	ck_code(try_open(&other, 0, &e), &e, E_STORE_LOCKED);
}
END_TEST

START_TEST(WIT_20_rate)
{
	CLEANUP(world_done) struct world x;
	struct err e = ERR_INIT;

	world_init(&x);
	witness_close(x.w);
	x.w = NULL;
	ck_ok(try_open(&x, 2, &e), &e);
	ck_assert_int_eq(verdict(&x, &x.log, 0, 1), WITNESS_COSIGN);
	ck_assert_int_eq(verdict(&x, &x.log, 1, 2), WITNESS_COSIGN);
	ck_assert_int_eq(verdict(&x, &x.log, 2, 3), WITNESS_BUSY);
	/* Others' requests cost a log nothing. */
	ck_assert_int_eq(verdict(&x, &x.log, 0, 3), WITNESS_STALE);
}
END_TEST

/* Signature lines that others added are not kept. */
START_TEST(foreign_lines_are_not_kept)
{
	CLEANUP(world_done) struct world x;
	CLEANUP(test_log_done) struct test_log other;
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	CLEANUP(buf_free) struct buf body = BUF_INIT(WITNESS_REQUEST_BYTES);
	CLEANUP(buf_free) struct buf kept = BUF_INIT(NOTE_BYTES);
	CLEANUP(buf_free) struct buf want = BUF_INIT(NOTE_BYTES);
	CLEANUP(freep) char *path = NULL;
	struct witness_answer a = { .body = BUF_INIT(4096) };
	struct witness_request q = { 0 };
	struct note n;
	struct err e = ERR_INIT;

	world_init(&x);
	test_log_init(&other, "other.example", 5);
	test_log_note(&x.log, 5, &want);
	buf_put(&note, want.p, want.n);
	ck_ok(note_parse(buf_slice(&want), &n, &e), &e);
	ck_ok(note_sign(&other.pub, other.key, n.text, 0, &note, &e), &e);
	q.checkpoint = buf_slice(&note);
	witness_request_format(&q, &body);
	ck_ok(witness_add_checkpoint(x.w, buf_slice(&body), &a, &e), &e);
	ck_assert_int_eq(a.verdict, WITNESS_COSIGN);
	path = state_file(&x);
	ck_ok(fs_read(AT_FDCWD, path, NOTE_BYTES, &kept, &e), &e);
	ck_assert_str_eq(buf_str(&kept), buf_str(&want));
	buf_free(&a.body);
}
END_TEST

START_TEST(malformed_bodies)
{
	static const char *const bodies[] = { "", "old", "old 0\n", "old 0\n\n",
		"old 00\n\nx\n", "old -1\n\nx\n", "old 0\r\n\nx\n",
		"new 0\n\nx\n", "old 0\nAAAA\n\nx\n" };
	CLEANUP(world_done) struct world x;

	world_init(&x);
	for (size_t i = 0; i < NELEM(bodies); i++) {
		struct witness_answer a = { .body = BUF_INIT(4096) };
		struct err e = ERR_INIT;

		ck_ok(witness_add_checkpoint(x.w, slice_str(bodies[i]), &a, &e),
		    &e);
		ck_assert_uint_eq(a.status, 400);
		ck_assert_uint_eq(a.body.n, 0);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("witness");
	TCase *pure = tcase_create("pure"), *keys = tcase_create("keys"),
	      *folder = tcase_create("folder");

	tcase_add_loop_test(pure, step, 0, NELEM(steps));
	tcase_add_test(pure, empty_log_has_one_root);
	tcase_add_test(pure, statuses);
	tcase_add_test(keys, key_text_is_a_fixed_point);
	tcase_add_loop_test(keys, bad_key, 0, NELEM(bad_keys));
	tcase_add_test(keys, bad_name);
	tcase_add_test(folder, cosignature_verifies);
	tcase_add_test(folder, WIT_18_state_outlives_the_process);
	tcase_add_loop_test(folder, WIT_18_killed, 0, 8);
	tcase_add_test(folder, alarms_keep_both_notes);
	tcase_add_test(folder, nothing_is_cosigned_without_its_state);
	tcase_add_test(folder, WIT_19_broken_state_does_not_start);
	tcase_add_test(folder, one_witness_a_folder);
	tcase_add_test(folder, WIT_20_rate);
	tcase_add_test(folder, foreign_lines_are_not_kept);
	tcase_add_test(folder, malformed_bodies);
	tcase_set_timeout(folder, 60);
	suite_add_tcase(s, pure);
	suite_add_tcase(s, keys);
	suite_add_tcase(s, folder);
	return suite_main(s);
}
