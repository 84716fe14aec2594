/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pack module costs: entries made and scanned, objects read by name
 * and in order with their ids checked, trees of one event in a trie of many
 * cases, in processor time.  Usage: bench_pack [OBJECTS [CASES]]; one line of
 * JSON each.
 */
#include <sys/stat.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/packset.h"
#include "nintei/trie.h"
#include "timing.h"

#define PACK_BYTES MIB(2000)

static size_t objects = 100000, cases = 100000;
static struct pack_mark *marks;
static struct buf pack = BUF_INIT(PACK_BYTES);
static char *dir;

/* Of this process: one thread, and files that are in memory. */
static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
say(const char *name, double took, double n, double bytes)
{
	printf("{\"name\": \"%s\", \"us\": %.3f, \"per_second\": %.0f, "
	       "\"MB_per_second\": %.0f}\n",
	    name, took / n * 1e6, n / took, bytes / took / 1e6);
	fflush(stdout);
}

/* A third each: events of 500 bytes deflated, trees of 450, commits of 700. */
static void
make(void)
{
	CLEANUP(pack_press_freep) struct pack_press *z = pack_press_new();
	CLEANUP(digest_freep) struct digest *sha1 = digest_sha1_new();
	static const size_t sizes[] = { 500, 450, 700 };
	static const enum pack_type types[] = { PACK_BLOB, PACK_TREE,
		PACK_COMMIT };
	uint8_t bytes[1024], zeros[PACK_HEADER] = { 0 };
	uint64_t seed = 1;
	double from, total = 0;

	buf_put(&pack, zeros, sizeof(zeros));
	from = cpu();
	for (size_t i = 0; i < objects; i++) {
		size_t kind = i % 3;

		for (size_t k = 0; k < sizes[kind]; k += 8) {
			uint64_t v = random_next(&seed);

			/* the event is text: it deflates to half */
			memcpy(bytes + k, &v, 8);
			for (size_t c = 0; kind == 0 && c < 8; c++)
				bytes[k + c] = (uint8_t)(v >> c & 15) + 'a';
		}
		pack_id(sha1, types[kind], slice_of(bytes, sizes[kind]),
		    &marks[i].id);
		marks[i].at = pack.n;
		if (kind == 0)
			pack_put_pressed(z, &pack, types[kind],
			    slice_of(bytes, sizes[kind]), &marks[i].crc);
		else
			pack_put_stored(&pack, types[kind],
			    slice_of(bytes, sizes[kind]), &marks[i].crc);
		total += (double)sizes[kind];
	}
	ck_assert(buf_ok(&pack));
	say("make", cpu() - from, (double)objects, total);
}

static void
seal(void)
{
	CLEANUP(buf_free) struct buf idx = BUF_INIT(pack_idx_max(objects));
	CLEANUP(freep) char *folder = xasprintf("%s/pack", dir);
	CLEANUP(freep) char *path = xasprintf("%s/pack-1.pack", folder);
	CLEANUP(freep) char *idx_path = xasprintf("%s/pack-1.idx", folder);
	CLEANUP(fd_closep) int fd = -1;
	struct pack_trailer t;
	struct err e = ERR_INIT;
	double from;

	ck_assert_int_eq(mkdir(folder, 0755), 0);
	fd = open(path, O_RDWR | O_CREAT, 0644);
	ck_ok(fd_write(fd, pack.p, pack.n, &e), &e);
	from = cpu();
	ck_ok(pack_trailer(fd, pack.n, (uint32_t)objects, &t, &e), &e);
	ck_assert_int_eq(
	    pwrite(fd, t.header, PACK_HEADER, 0), (ssize_t)PACK_HEADER);
	ck_ok(fd_write(fd, t.sum, PACK_SUM, &e), &e);
	ck_ok(pack_idx(marks, objects, t.sum, &idx, &e), &e);
	ck_ok(fs_write(AT_FDCWD, idx_path, buf_slice(&idx), 0644, &e), &e);
	say("seal", cpu() - from, (double)objects, (double)pack.n);
}

static int
on_entry(const struct pack_found *f, void *arg, struct err *e)
{
	(void)f;
	(void)arg;
	(void)e;
	return 0;
}

static void
scan(void)
{
	CLEANUP(freep) char *path = xasprintf("%s/pack/pack-1.pack", dir);
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY);
	struct pack_range range = { PACK_HEADER, pack.n, MIB(1) };
	struct pack_scanned out;
	struct err e = ERR_INIT;
	double from = cpu();

	ck_ok(pack_scan(fd, &range, on_entry, NULL, &out, &e), &e);
	ck_assert_uint_eq(out.count, objects);
	say("scan", cpu() - from, (double)objects, (double)pack.n);
}

static int
on_object(const struct pack_object *o, void *arg, struct err *e)
{
	size_t *n = arg;

	(void)o;
	(void)e;
	(*n)++;
	return 0;
}

static void
walk(struct pack_reader *r, const char *name)
{
	struct pack_share share = { 0, 1, MIB(1) };
	struct err e = ERR_INIT;
	double from = cpu();
	size_t n = 0;

	ck_ok(pack_walk(r, &share, on_object, &n, &e), &e);
	say(name, cpu() - from, (double)n, (double)pack.n);
}

static void
by_name(struct pack_reader *r)
{
	struct pack_object o;
	struct err e = ERR_INIT;
	uint64_t seed = 2;
	double from = cpu();

	for (size_t i = 0; i < objects; i++)
		ck_assert(pack_read(r, &marks[random_next(&seed) % objects].id,
			      MIB(1), &o, &e) == 0);
	say("read", cpu() - from, (double)objects, (double)pack.n);
}

static int
no_load(void *arg, const struct gitx_oid *id, struct buf *out, struct err *e)
{
	(void)arg;
	(void)id;
	(void)out;
	return err_set(e, E_NOT_FOUND, "nothing was written");
}

static int
count_bytes(
    void *arg, const struct gitx_oid *id, struct slice bytes, struct err *e)
{
	size_t *n = arg;

	(void)id;
	(void)e;
	*n += bytes.n;
	return 0;
}

static void
put_event(struct trie *t, size_t i, unsigned event)
{
	uint64_t h = i;
	char path[128];
	struct gitx_oid id = { { (uint8_t)i, (uint8_t)event, 1 } };
	struct err e = ERR_INIT;

	h = random_next(&h);
	snprintf(path, sizeof(path),
	    "cases/%x/%x/%x/%x/c-%016" PRIx64 "/%04u-application.submit.json",
	    (unsigned)(h >> 60), (unsigned)(h >> 56 & 15),
	    (unsigned)(h >> 52 & 15), (unsigned)(h >> 48 & 15), h, event);
	ck_assert(trie_put(t, path, &id, &e) == 0);
}

static void
tree_costs(size_t of)
{
	CLEANUP(trie_freep) struct trie *t = NULL;
	CLEANUP(freep) char *name = xasprintf("trie-%zu", of);
	size_t bytes = 0, n = 20000;
	struct trie_io io = { no_load, count_bytes, &bytes };
	struct gitx_oid root;
	struct err e = ERR_INIT;
	double from;

	ck_ok(trie_new(&io, NULL, SIZE_MAX, &t, &e), &e);
	for (size_t i = 0; i < of; i++)
		put_event(t, i, 1);
	ck_ok(trie_write(t, &root, &e), &e);
	trie_keep(t);
	bytes = 0;
	from = cpu();
	for (size_t i = 0; i < n; i++) {
		put_event(t, i * 7919 % of, (unsigned)(2 + i / of));
		ck_assert(trie_write(t, &root, &e) == 0);
		if (i % 16 == 0)
			trie_keep(t);
	}
	say(name, cpu() - from, (double)n, (double)bytes);
	fprintf(stderr, "%zu cases: %zu bytes of trees each event, %zu MB\n",
	    of, bytes / n, trie_bytes(t) >> 20);
}

START_TEST(everything)
{
	CLEANUP(pack_set_freep) struct pack_set *s = NULL;
	CLEANUP(pack_reader_freep) struct pack_reader *r = NULL;
	CLEANUP(pack_reader_freep) struct pack_reader *trusting = NULL;
	struct pack_opts opts = { .verify = false };
	struct err e = ERR_INIT;

	dir = temp_dir();
	marks = xcalloc(objects, sizeof(*marks));
	make();
	seal();
	scan();
	ck_ok(pack_set_open(dir, &s, &e), &e);
	ck_ok(pack_reader_new(s, NULL, &r, &e), &e);
	ck_ok(pack_reader_new(s, &opts, &trusting, &e), &e);
	walk(r, "walk-first");
	walk(r, "walk");
	walk(trusting, "walk-trusting");
	by_name(r);
	free(marks);
	buf_free(&pack);
	for (size_t n = 1000; n <= cases; n *= 10)
		tree_costs(n);
}
END_TEST

int
main(int argc, char **argv)
{
	if (argc > 1)
		objects = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		cases = strtoul(argv[2], NULL, 10);
	return suite_time(
	    suite_create("pack"), tcase_create("pack"), everything);
}
