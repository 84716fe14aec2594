/* SPDX-License-Identifier: Apache-2.0 */
/* The log in flat files: equal to the definition; mended after a crash. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/tiles.h"
#include "support/support.h"

#define EVERY 1100 /* each size up to here */
#define MOST 70000

/* Event hashes of the test's log, and its roots at each size. */
static uint8_t (*events)[TLOG_HASH];
static uint8_t (*roots)[TLOG_HASH];

static void
events_make(void)
{
	struct tlog log = { 0 };

	events = xcalloc(MOST, TLOG_HASH);
	roots = xcalloc(MOST + 1, TLOG_HASH);
	tlog_root(&log, roots[0]);
	for (unsigned i = 0; i < MOST; i++) {
		sha256_of(slice_of(&i, sizeof(i)), events[i]);
		tlog_append(&log, events[i]);
		tlog_root(&log, roots[i + 1]);
	}
}

static struct slice
first(uint64_t n)
{
	return slice_of(events, (size_t)n * TLOG_HASH);
}

static struct tlog_head
head_of(uint64_t size)
{
	struct tlog_head head = { .size = size };

	tlog_copy(roots[size], head.root);
	return head;
}

static struct tiles *
tiles_at(const char *dir)
{
	struct tiles *t = NULL;
	struct err e = ERR_INIT;

	ck_ok(tiles_open(dir, true, &t, &e), &e);
	return t;
}

/* Bring a log of the test's events to size. */
static void
grow(struct tiles *t, uint64_t size)
{
	struct err e = ERR_INIT;
	uint64_t have = tiles_size(t);

	ck_ok(tiles_append(t, events[have], (size_t)(size - have), &e), &e);
	ck_assert_uint_eq(tiles_size(t), size);
}

static void
root_is_right(const struct tiles *t, uint64_t size)
{
	uint8_t root[TLOG_HASH];
	struct err e = ERR_INIT;

	ck_ok(tiles_root(t, size, root, &e), &e);
	ck_assert_msg(memcmp(root, roots[size], TLOG_HASH) == 0, "root at %llu",
	    (unsigned long long)size);
}

static void
proof_is(const struct tlog_proof *a, const struct tlog_proof *b)
{
	ck_assert_uint_eq(a->n, b->n);
	ck_assert_mem_eq(a->hash, b->hash, (size_t)a->n * TLOG_HASH);
}

static void
same_inclusion(const struct tiles *t, uint64_t index, uint64_t size)
{
	struct tlog_proof want, have;
	struct err e = ERR_INIT;

	ck_ok(tlog_inclusion(first(size), index, &want, &e), &e);
	ck_ok(tiles_inclusion(t, index, size, &have, &e), &e);
	proof_is(&want, &have);
}

static void
same_consistency(const struct tiles *t, uint64_t old, uint64_t now)
{
	struct tlog_proof want, have;
	struct err e = ERR_INIT;

	ck_ok(tlog_consistency(first(now), old, &want, &e), &e);
	ck_ok(tiles_consistency(t, old, now, &have, &e), &e);
	proof_is(&want, &have);
}

START_TEST(every_size_is_as_defined)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(temp_dir());
	uint64_t seed = 1;

	root_is_right(t, 0);
	for (uint64_t n = 1; n <= EVERY; n++) {
		grow(t, n);
		root_is_right(t, n);
		root_is_right(t, random_next(&seed) % n);
		same_inclusion(t, n - 1, n);
		same_inclusion(t, random_next(&seed) % n, n);
		same_consistency(t, 1 + random_next(&seed) % n, n);
	}
}
END_TEST

/* Small logs whole: every entry, every pair. */
START_TEST(every_proof_of_small_logs)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(temp_dir());

	grow(t, 40);
	for (uint64_t n = 1; n <= 40; n++)
		for (uint64_t i = 0; i < n; i++) {
			same_inclusion(t, i, n);
			same_consistency(t, i + 1, n);
		}
}
END_TEST

START_TEST(large_logs_prove)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(temp_dir());
	uint64_t seed = 2;

	while (tiles_size(t) < MOST) {
		uint64_t n = tiles_size(t) + 1 + random_next(&seed) % 9000;

		grow(t, n < MOST ? n : MOST);
		root_is_right(t, tiles_size(t));
	}
	for (int i = 0; i < 2000; i++) {
		uint64_t n = 1 + random_next(&seed) % MOST;
		uint64_t at = random_next(&seed) % n;
		struct tlog_head old = { .size = at + 1 }, now = { .size = n };
		struct err e = ERR_INIT;
		struct tlog_proof p;

		tlog_copy(roots[at + 1], old.root);
		tlog_copy(roots[n], now.root);
		ck_ok(tiles_inclusion(t, at, n, &p, &e), &e);
		ck_ok(
		    tlog_inclusion_verify(events[at], at, &p, n, roots[n], &e),
		    &e);
		ck_ok(tiles_consistency(t, at + 1, n, &p, &e), &e);
		ck_ok(tlog_consistency_verify(&old, &now, &p, &e), &e);
	}
	same_inclusion(t, 69999, 70000);
	same_consistency(t, 65536, 70000);
}
END_TEST

START_TEST(beyond_the_log_is_refused)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(temp_dir());
	CLEANUP(buf_free) struct buf b = BUF_INIT(TILE_BYTES);
	static const struct tile beyond = { false, 0, 0, 11 };
	struct tlog_head ten = head_of(10), eleven = head_of(11);
	static const struct tile ninth = { false, 0, 0, 9 };
	uint8_t hash[TLOG_HASH];
	struct tlog_proof p;
	struct tlog log;
	struct err e;

	grow(t, 10);
#define REFUSED(call)                       \
	do {                                \
		e = (struct err)ERR_INIT;   \
		ck_code(call, &e, E_INPUT); \
	} while (0)
	REFUSED(tiles_event_hash(t, 10, hash, &e));
	REFUSED(tiles_frontier(t, 11, &log, &e));
	REFUSED(tiles_root(t, 11, hash, &e));
	REFUSED(tiles_inclusion(t, 10, 10, &p, &e));
	REFUSED(tiles_inclusion(t, 3, 11, &p, &e));
	REFUSED(tiles_consistency(t, 0, 10, &p, &e));
	REFUSED(tiles_consistency(t, 7, 6, &p, &e));
	REFUSED(tiles_consistency(t, 3, 11, &p, &e));
	REFUSED(tiles_tile(t, &beyond, &ten, &b, &e));
	REFUSED(tiles_tile(t, &ninth, &eleven, &b, &e));
	REFUSED(tiles_path(t, 2, 2, 10, &p, &e));
	REFUSED(tiles_path(t, TLOG_LEVELS, 0, 10, &p, &e));
	REFUSED(tiles_truncate(t, 11, &e));
#undef REFUSED
}
END_TEST

/* Tiles by the definition: roots of 256^level events each. */
START_TEST(tiles_hold_what_the_format_says)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(temp_dir());
	CLEANUP(buf_free) struct buf b = BUF_INIT(TILE_BYTES);
	static const struct tile tiles[] = {
		{ false, 0, 0, 256 },
		{ false, 0, 272, 256 },
		{ false, 0, 273, 112 },
		{ false, 1, 0, 256 },
		{ false, 1, 1, 17 },
		{ false, 2, 0, 1 },
	};
	struct tlog_head head = head_of(MOST);
	struct err e = ERR_INIT;

	grow(t, MOST);
	for (size_t i = 0; i < NELEM(tiles); i++) {
		uint64_t leaves = UINT64_C(1) << (8 * tiles[i].level);

		buf_reset(&b);
		ck_ok(tiles_tile(t, &tiles[i], &head, &b, &e), &e);
		ck_assert_uint_eq(b.n, tiles[i].width * TLOG_HASH);
		for (unsigned k = 0; k < tiles[i].width; k++) {
			struct tlog log = { 0 };
			uint64_t at = (tiles[i].index * 256 + k) * leaves;
			uint8_t want[TLOG_HASH];

			for (uint64_t x = 0; x < leaves; x++)
				tlog_append(&log, events[at + x]);
			tlog_root(&log, want);
			ck_assert_mem_eq(b.p + k * TLOG_HASH, want, TLOG_HASH);
		}
	}
}
END_TEST

START_TEST(bundles_are_framed)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(temp_dir());
	CLEANUP(buf_free) struct buf b = BUF_INIT(TILE_BYTES);
	static const struct tile full = { true, 0, 0, 256 };
	static const struct tile part = { true, 0, 1, 44 };
	struct tlog_head head = head_of(300);
	struct err e = ERR_INIT;

	grow(t, 300);
	ck_ok(tiles_tile(t, &full, &head, &b, &e), &e);
	ck_assert_uint_eq(b.n, TILE_BYTES);
	buf_reset(&b);
	ck_ok(tiles_tile(t, &part, &head, &b, &e), &e);
	ck_assert_uint_eq(b.n, 44 * 34);
	for (size_t i = 0; i < 44; i++) {
		ck_assert_uint_eq(b.p[i * 34], 0);
		ck_assert_uint_eq(b.p[i * 34 + 1], 32);
		ck_assert_mem_eq(b.p + i * 34 + 2, events[256 + i], 32);
	}
}
END_TEST

/* TLOG-34: each byte of each file, wrong below the mark, is found on use. */
static const struct wrong {
	const char *file;
	uint64_t at; /* hash number */
	struct tile tile;
} wrongs[] = {
	{ "entries", 0, { true, 0, 0, 256 } },
	{ "entries", 1499, { true, 0, 5, 220 } },
	{ "level-00", 255, { false, 0, 0, 256 } },
	{ "level-00", 1280, { false, 0, 5, 219 } },
	{ "level-08", 4, { false, 1, 0, 5 } },
	{ "level-08", 0, { false, 1, 0, 1 } },
};

START_TEST(wrong_tile_is_not_given)
{
	const struct wrong *w = &wrongs[_i];
	const char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, w->file);
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(dir);
	CLEANUP(buf_free) struct buf b = BUF_INIT(TILE_BYTES);
	struct tlog_head head = head_of(1500), other = head_of(1500);
	struct err e = ERR_INIT;
	int fd;

	grow(t, 1600);
	ck_ok(tiles_tile(t, &w->tile, &head, &b, &e), &e);
	buf_reset(&b);
	other.root[0] ^= 1;
	ck_code(tiles_tile(t, &w->tile, &other, &b, &e), &e, E_INVALID);
	fd = open(path, O_WRONLY);
	ck_assert_int_eq(
	    (int)pwrite(fd, "x", 1, (off_t)(w->at * TLOG_HASH + 7)), 1);
	close(fd);
	e = (struct err)ERR_INIT;
	ck_code(tiles_tile(t, &w->tile, &head, &b, &e), &e, E_INVALID);
	/* Distrusted, the levels are made again at the next opening. */
	tiles_distrust(t);
	e = (struct err)ERR_INIT;
	ck_code(tiles_sync(t, &e), &e, E_UNAVAILABLE);
	tiles_close(TAKE(t));
	t = tiles_at(dir);
	ck_assert_uint_eq(tiles_mark(t), 0);
	if (strcmp(w->file, "entries") == 0)
		return;
	e = (struct err)ERR_INIT;
	ck_ok(tiles_tile(t, &w->tile, &head, &b, &e), &e);
}
END_TEST

/* --- after a crash --- */

/*
 * A writer that dies: `marked` events synced, `size` written.  Nothing is
 * closed; the page cache keeps what was written, as after kill -9.
 */
static void
die_at(const char *dir, uint64_t marked, uint64_t size)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct tiles *t = tiles_at(dir);
		struct err e = ERR_INIT;

		grow(t, marked);
		ck_ok(tiles_sync(t, &e), &e);
		grow(t, size);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static off_t
length_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_size;
}

static void
cut(const char *path, off_t by)
{
	ck_assert_int_eq(truncate(path, length_of(path) - by), 0);
}

static void
overwrite(const char *path, off_t at, size_t n)
{
	static const uint8_t zero[8192];
	int fd = open(path, O_WRONLY);

	ck_assert_int_eq((int)pwrite(fd, zero, n, at), (int)n);
	close(fd);
}

static void
add_bytes(const char *path, size_t n)
{
	overwrite(path, length_of(path), n);
}

#define MARKED 600
#define SIZE 1500
static void
do_nothing(const char *path)
{
	(void)path;
}
static void
do_unlink(const char *path)
{
	ck_assert_int_eq(unlink(path), 0);
}
static void
do_cut_one_byte(const char *path)
{
	cut(path, 1);
}
static void
do_cut_far(const char *path)
{
	cut(path, length_of(path) - 5 * TLOG_HASH);
}
static void
do_cut_half_entry(const char *path)
{
	cut(path, 16);
}
static void
do_cut_entries(const char *path)
{
	cut(path, 100 * TLOG_HASH);
}
static void
do_cut_below_mark(const char *path)
{
	cut(path, 1000 * TLOG_HASH);
}
static void
do_zero_end(const char *path)
{
	overwrite(path, length_of(path) - TLOG_HASH, TLOG_HASH);
}
static void
do_add(const char *path)
{
	add_bytes(path, 7000);
}
static void
do_add_odd(const char *path)
{
	add_bytes(path, 17);
}
/* The node of the right edge at the mark: 600 = 512 + 64 + 16 + 8. */
static void
do_zero_edge_of_mark(const char *path)
{
	overwrite(path, 8 * TLOG_HASH, TLOG_HASH);
}
static void
do_flip_mark(const char *path)
{
	overwrite(path, 20, 1);
}

/* What happened to a file; size, mark: what must be found. */
static const struct damage {
	const char *name, *file;
	void (*fn)(const char *path);
	uint64_t size, mark;
} damages[] = {
	{ "nothing", "entries", do_nothing, SIZE, MARKED },
	{ "a level gone", "level-03", do_unlink, SIZE, 0 },
	{ "the leaves gone", "level-00", do_unlink, SIZE, 0 },
	{ "level cut in a hash", "level-00", do_cut_one_byte, SIZE, MARKED },
	{ "level cut far back", "level-01", do_cut_far, SIZE, 0 },
	{ "zeros at the end", "level-02", do_zero_end, SIZE, MARKED },
	{ "zeros at the top", "level-10", do_zero_end, SIZE, MARKED },
	{ "level too long", "level-04", do_add, SIZE, MARKED },
	{ "part of an entry", "entries", do_add_odd, SIZE, MARKED },
	{ "entry cut", "entries", do_cut_half_entry, SIZE - 1, MARKED },
	{ "entries cut", "entries", do_cut_entries, SIZE - 100, MARKED },
	{ "entries below the mark", "entries", do_cut_below_mark, SIZE - 1000,
	    0 },
	{ "edge at the mark", "level-06", do_zero_edge_of_mark, SIZE, 0 },
	{ "no mark", "mark", do_unlink, SIZE, 0 },
	{ "mark cut", "mark", do_cut_one_byte, SIZE, 0 },
	{ "mark changed", "mark", do_flip_mark, SIZE, 0 },
	{ "mark too long", "mark", do_add_odd, SIZE, 0 },
};

START_TEST(crash_is_mended)
{
	const struct damage *d = &damages[_i];
	const char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, d->file);
	CLEANUP(tiles_freep) struct tiles *t = NULL;
	struct err e = ERR_INIT;

	die_at(dir, MARKED, SIZE);
	d->fn(path);
	t = tiles_at(dir);
	ck_assert_msg(tiles_size(t) == d->size, "%s: size", d->name);
	ck_assert_msg(tiles_mark(t) == d->mark, "%s: mark", d->name);
	ck_ok(tiles_check(t, &e), &e);
	for (uint64_t n = 0; n <= d->size; n += 97)
		root_is_right(t, n);
	root_is_right(t, d->size);
	grow(t, SIZE + 700);
	ck_ok(tiles_check(t, &e), &e);
	root_is_right(t, SIZE + 700);
	tiles_close(TAKE(t));
	t = tiles_at(dir);
	root_is_right(t, SIZE + 700);
	ck_assert_uint_eq(tiles_mark(t), SIZE + 700);
}
END_TEST

/* An entry that was lost: only the signed root can tell, and it does. */
START_TEST(lost_entry_changes_the_root)
{
	const char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, "entries");
	CLEANUP(tiles_freep) struct tiles *t = NULL;
	uint8_t root[TLOG_HASH];
	struct err e = ERR_INIT;

	die_at(dir, MARKED, SIZE);
	overwrite(path, 800 * TLOG_HASH, 64);
	t = tiles_at(dir);
	ck_ok(tiles_root(t, SIZE, root, &e), &e);
	ck_assert(memcmp(root, roots[SIZE], TLOG_HASH) != 0);
	ck_ok(tiles_truncate(t, tiles_mark(t), &e), &e);
	grow(t, SIZE);
	root_is_right(t, SIZE);
	ck_ok(tiles_check(t, &e), &e);
}
END_TEST

/* What the mark covers is not read at each start; check reads it. */
START_TEST(check_finds_old_damage)
{
	const char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, "level-02");
	CLEANUP(tiles_freep) struct tiles *t = NULL;
	struct err e = ERR_INIT;

	die_at(dir, MARKED, SIZE);
	overwrite(path, 5 * TLOG_HASH, 1);
	t = tiles_at(dir);
	root_is_right(t, SIZE);
	ck_code(tiles_check(t, &e), &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_ok(tiles_truncate(t, 0, &e), &e);
	grow(t, SIZE);
	ck_ok(tiles_check(t, &e), &e);
}
END_TEST

START_TEST(truncated_log_goes_on)
{
	const char *dir = temp_dir();
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(dir);
	static const uint64_t sizes[] = { 1023, 1024, 257, 256, 1, 0 };
	struct err e = ERR_INIT;

	for (size_t i = 0; i < NELEM(sizes); i++) {
		grow(t, 1100);
		ck_ok(tiles_truncate(t, sizes[i], &e), &e);
		ck_assert_uint_eq(tiles_size(t), sizes[i]);
		root_is_right(t, sizes[i]);
		tiles_close(TAKE(t));
		t = tiles_at(dir);
		ck_assert_uint_eq(tiles_size(t), sizes[i]);
		grow(t, 1100);
		root_is_right(t, 1100);
		ck_ok(tiles_check(t, &e), &e);
	}
}
END_TEST

START_TEST(mark_moves_by_itself)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(temp_dir());

	grow(t, TILES_MARK - 1);
	ck_assert_uint_eq(tiles_mark(t), 0);
	grow(t, TILES_MARK);
	ck_assert_uint_eq(tiles_mark(t), TILES_MARK);
	grow(t, MOST);
	ck_assert_uint_eq(tiles_mark(t), TILES_MARK);
}
END_TEST

/* A disk that is full: nothing was added, and later it goes on. */
START_TEST(failed_write_adds_nothing)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(temp_dir());
	struct rlimit was, small;
	struct err e = ERR_INIT;

	signal(SIGXFSZ, SIG_IGN);
	grow(t, 100);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 200 * TLOG_HASH + 7;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_code(tiles_append(t, events[100], 400, &e), &e, E_UNAVAILABLE);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
	ck_assert_uint_eq(tiles_size(t), 100);
	root_is_right(t, 100);
	grow(t, 500);
	root_is_right(t, 500);
	e = (struct err)ERR_INIT;
	ck_ok(tiles_check(t, &e), &e);
}
END_TEST

/* --- readers --- */

START_TEST(reader_needs_a_log)
{
	const char *dir = temp_dir();
	CLEANUP(freep) char *absent = fs_join(dir, "no");
	CLEANUP(freep) char *level = fs_join(dir, "level-00");
	CLEANUP(tiles_freep) struct tiles *t = NULL;
	CLEANUP(tiles_freep) struct tiles *r = NULL;
	struct err e = ERR_INIT;

	ck_code(tiles_open(absent, false, &r, &e), &e, E_NOT_FOUND);
	t = tiles_at(dir);
	grow(t, 300);
	e = (struct err)ERR_INIT;
	ck_ok(tiles_open(dir, false, &r, &e), &e);
	root_is_right(r, 300);
	ck_code(tiles_append(r, events[300], 1, &e), &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(tiles_truncate(r, 3, &e), &e, E_INPUT);
	tiles_close(TAKE(r));
	cut(level, 32);
	e = (struct err)ERR_INIT;
	ck_code(tiles_open(dir, false, &r, &e), &e, E_UNAVAILABLE);
	/* A file that shrinks under an open log is an error, no answer. */
	{
		uint8_t hash[TLOG_HASH];
		struct tlog_proof p;

		cut(level, 299 * TLOG_HASH);
		e = (struct err)ERR_INIT;
		ck_code(tiles_inclusion(t, 4, 300, &p, &e), &e, E_UNAVAILABLE);
		e = (struct err)ERR_INIT;
		ck_code(tiles_root(t, 299, hash, &e), &e, E_UNAVAILABLE);
	}
}
END_TEST

struct reading {
	const struct tiles *t;
	atomic_bool stop;
	atomic_uint done;
};

static void *
read_on(void *arg)
{
	struct reading *r = arg;
	uint64_t seed = (uint64_t)(uintptr_t)&seed;
	struct err e = ERR_INIT;

	while (!atomic_load(&r->stop)) {
		uint64_t n = tiles_size(r->t), at;
		struct tlog_proof p;

		if (n == 0)
			continue;
		at = random_next(&seed) % n;
		if (tiles_inclusion(r->t, at, n, &p, &e) < 0 ||
		    tlog_inclusion_verify(events[at], at, &p, n, roots[n], &e) <
			0)
			return arg;
		atomic_fetch_add(&r->done, 1);
	}
	return NULL;
}

START_TEST(readers_see_whole_logs)
{
	CLEANUP(tiles_freep) struct tiles *t = tiles_at(temp_dir());
	struct reading r = { .t = t };
	pthread_t thread[2];
	void *bad;

	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(
		    pthread_create(&thread[i], NULL, read_on, &r), 0);
	for (uint64_t n = 1; n < 20000 || atomic_load(&r.done) < 1000; n += 7)
		grow(t, n < MOST ? n : MOST);
	atomic_store(&r.stop, true);
	for (size_t i = 0; i < 2; i++) {
		pthread_join(thread[i], &bad);
		ck_assert_ptr_null(bad);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tiles");
	TCase *same = tcase_create("as_defined"),
	      *crash = tcase_create("crash"), *read = tcase_create("readers");

	events_make();
	tcase_set_timeout(same, 200);
	tcase_add_test(same, every_size_is_as_defined);
	tcase_add_test(same, every_proof_of_small_logs);
	tcase_add_test(same, large_logs_prove);
	tcase_add_test(same, beyond_the_log_is_refused);
	tcase_add_test(same, tiles_hold_what_the_format_says);
	tcase_add_test(same, bundles_are_framed);
	tcase_add_loop_test(same, wrong_tile_is_not_given, 0, NELEM(wrongs));
	suite_add_tcase(suite, same);
	tcase_set_timeout(crash, 60);
	tcase_add_loop_test(crash, crash_is_mended, 0, NELEM(damages));
	tcase_add_test(crash, lost_entry_changes_the_root);
	tcase_add_test(crash, check_finds_old_damage);
	tcase_add_test(crash, truncated_log_goes_on);
	tcase_add_test(crash, mark_moves_by_itself);
	tcase_add_test(crash, failed_write_adds_nothing);
	suite_add_tcase(suite, crash);
	tcase_set_timeout(read, 60);
	tcase_add_test(read, reader_needs_a_log);
	tcase_add_test(read, readers_see_whole_logs);
	suite_add_tcase(suite, read);
	return suite_main(suite);
}
