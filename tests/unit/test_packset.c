/* SPDX-License-Identifier: Apache-2.0 */
/* packset: what stock git wrote is read; what is damaged is refused. */
#include "nintei/packset.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "support/pack_make.h"
#include "support/support.h"
#include "packset_int.h"

/* What `git cat-file --batch-check --batch-all-objects` says. */
struct known {
	struct {
		struct gitx_oid id;
		enum pack_type type;
		uint64_t size;
		unsigned seen;
	} at[4096];
	size_t n;
};

static void
known_read(struct known *k, const char *dir)
{
	CLEANUP(buf_free)
	struct buf text = shell_read(
	    dir, "git -C r cat-file --batch-check --batch-all-objects");
	char *line, *rest = (char *)text.p, hex[GITX_OID_TEXT], type[16];
	unsigned long size;
	struct err e = ERR_INIT;

	*k = (struct known){ .n = 0 };
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		ck_assert_uint_lt(k->n, NELEM(k->at));
		ck_assert_int_eq(
		    sscanf(line, "%40s %15s %lu", hex, type, &size), 3);
		ck_ok(hex_decode(hex, k->at[k->n].id.b, GITX_OID, &e), &e);
		k->at[k->n].type = pack_type_of(slice_str(type));
		k->at[k->n++].size = size;
	}
}

/*
 * A repository with a history that makes good deltas: a text that grows, a
 * tag, noise that does not deflate, an empty file.
 */
static char *
make_repository(void)
{
	char *dir = temp_dir();
	CLEANUP(buf_free) struct buf noise = BUF_INIT(MIB(1));
	CLEANUP(freep) char *path = xasprintf("%s/noise", dir);
	uint64_t seed = 3;
	struct err e = ERR_INIT;

	for (unsigned i = 0; i < 300000; i++)
		buf_putc(&noise, (int)(random_next(&seed) & 0xff));
	ck_ok(fs_write(AT_FDCWD, path, buf_slice(&noise), 0644, &e), &e);
	shell(dir,
	    "git init -q --bare r && "
	    "for i in $(seq 120); do "
	    "printf 'commit refs/heads/main\\ncommitter a <a@b> %%d +0900\\n"
	    "data 2\\nx\\nM 100644 inline text\\n' $((1700000000 + i)); "
	    "seq $((i + 2000)) > t; printf 'data %%d\\n' $(wc -c < t); cat t; "
	    "printf 'M 100644 inline d/%%d/f\\ndata 3\\n%%03d\\n' $i $i; "
	    "printf 'M 100644 inline empty\\ndata 0\\n\\n'; "
	    "done > s && git -C r fast-import --quiet < s");
	shell(dir,
	    "git -C r hash-object -w ../noise > noise.id && "
	    "git -C r tag -f noise $(cat noise.id) && "
	    "git -C r -c user.name=a -c user.email=a@b tag -a -m m one "
	    "refs/heads/main && git -C r repack -qad");
	return dir;
}

static const char *const layouts[] = {
	"git -C r repack -qadf --depth=50 --window=50",
	"git -C r -c repack.useDeltaBaseOffset=false repack -qadf",
	"git -C r -c core.compression=0 repack -qadF",
	"git -C r -c pack.depth=0 -c core.compression=9 repack -qadF",
	"mv r/objects/pack/* . && cat *.pack | git -C r unpack-objects -q",
	"git -C r -c pack.packSizeLimit=1m repack -qadF",
	"git -C r repack -qadF --depth=4000 --window=10",
};

static struct pack_set *
open_set(const char *dir)
{
	CLEANUP(freep) char *path = xasprintf("%s/r/objects", dir);
	struct pack_set *s = NULL;
	struct err e = ERR_INIT;

	ck_ok(pack_set_open(path, &s, &e), &e);
	return s;
}

static struct pack_reader *
open_reader(struct pack_set *s, bool verify, size_t cache)
{
	struct pack_opts opts = { .verify = verify, .cache = cache };
	struct pack_reader *r = NULL;
	struct err e = ERR_INIT;

	ck_ok(pack_reader_new(s, &opts, &r, &e), &e);
	return r;
}

static void
stream_is_whole(struct pack_reader *r, const struct gitx_oid *id, size_t piece)
{
	CLEANUP(pack_blob_freep) struct pack_blob *b = NULL;
	CLEANUP(digest_freep) struct digest *sha1 = digest_sha1_new();
	CLEANUP(freep) uint8_t *p = xcalloc(1, piece);
	struct gitx_oid have;
	struct err e = ERR_INIT;
	int64_t n = 1;

	ck_ok(pack_blob_open(r, id, MIB(8), &b, &e), &e);
	pack_id_begin(sha1, PACK_BLOB, pack_blob_size(b));
	while (n > 0) {
		n = pack_blob_read(b, p, piece, &e);
		ck_assert_int_ge(n, 0);
		digest_update(sha1, slice_of(p, (size_t)n));
	}
	digest_final(sha1, have.b);
	ck_assert(gitx_oid_eq(&have, id));
}

static void
read_known(struct pack_reader *r, const struct known *k, size_t i)
{
	CLEANUP(digest_freep) struct digest *sha1 = digest_sha1_new();
	struct pack_object o;
	struct gitx_oid id;
	struct err e = ERR_INIT;

	ck_assert(pack_has(r, &k->at[i].id));
	ck_ok(pack_stat(r, &k->at[i].id, &o, &e), &e);
	ck_assert_int_eq(o.type, k->at[i].type);
	ck_assert_uint_eq(o.size, k->at[i].size);
	ck_ok(pack_read(r, &k->at[i].id, MIB(8), &o, &e), &e);
	ck_assert_int_eq(o.type, k->at[i].type);
	ck_assert_uint_eq(o.bytes.n, k->at[i].size);
	pack_id(sha1, o.type, o.bytes, &id);
	ck_assert(gitx_oid_eq(&id, &k->at[i].id));
	if (o.type == PACK_BLOB && i % 7 == 0)
		stream_is_whole(r, &id, i % 2 == 0 ? 1000 : PACK_PIECE);
}

/* Each layout, with a small and a large cache, in two orders. */
START_TEST(everything_of_git_is_read)
{
	char *dir = make_repository();
	CLEANUP(pack_set_freep) struct pack_set *s = NULL;
	CLEANUP(pack_reader_freep) struct pack_reader *small = NULL;
	CLEANUP(pack_reader_freep) struct pack_reader *large = NULL;
	static struct known k;

	known_read(&k, dir);
	ck_assert_uint_gt(k.n, 400);
	shell(dir, "%s", layouts[_i]);
	s = open_set(dir);
	small = open_reader(s, true, KIB(40));
	large = open_reader(s, false, 0);
	for (size_t i = 0; i < k.n; i++) {
		read_known(small, &k, i);
		read_known(large, &k, k.n - 1 - i);
	}
	for (size_t i = 0; i < k.n; i++)
		if (k.at[i].size == 300000)
			stream_is_whole(small, &k.at[i].id, PACK_PIECE);
}
END_TEST

struct walked {
	struct known *k;
	size_t keep;
};

static int
on_object(const struct pack_object *o, void *arg, struct err *e)
{
	struct walked *w = arg;

	(void)e;
	for (size_t i = 0; i < w->k->n; i++) {
		if (!gitx_oid_eq(&w->k->at[i].id, &o->id))
			continue;
		ck_assert_int_eq(w->k->at[i].type, o->type);
		ck_assert_uint_eq(w->k->at[i].size, o->size);
		ck_assert((o->bytes.p != NULL) == (o->size <= w->keep));
		w->k->at[i].seen++;
		return 0;
	}
	ck_abort_msg("an object that git does not know");
	return 0;
}

START_TEST(a_walk_comes_to_everything_once)
{
	char *dir = make_repository();
	static const unsigned jobs[] = { 1, 3, 7 };
	static struct known k;

	shell(dir, "%s", layouts[_i]);
	known_read(&k, dir);
	for (unsigned j = 0; j < NELEM(jobs); j++) {
		CLEANUP(pack_set_freep) struct pack_set *s = open_set(dir);
		struct walked w = { &k, j == 1 ? 10000 : MIB(1) };

		for (unsigned i = 0; i < jobs[j]; i++) {
			CLEANUP(pack_reader_freep)
			struct pack_reader *r = open_reader(s, true, 0);
			struct pack_share share = { i, jobs[j], w.keep };
			struct err e = ERR_INIT;

			ck_ok(pack_walk(r, &share, on_object, &w, &e), &e);
		}
		for (size_t i = 0; i < k.n; i++)
			ck_assert_uint_eq(k.at[i].seen, j + 1);
	}
}
END_TEST

START_TEST(limits_are_kept)
{
	char *dir = make_repository();
	CLEANUP(pack_set_freep) struct pack_set *s = open_set(dir);
	CLEANUP(pack_reader_freep)
	struct pack_reader *r = open_reader(s, true, 0);
	static struct known k;
	struct pack_object o;

	shell(dir, "%s", layouts[_i]);
	known_read(&k, dir);
	for (size_t i = 0; i < k.n; i++) {
		struct err e = ERR_INIT;

		if (k.at[i].size == 0)
			continue;
		ck_code(pack_read(r, &k.at[i].id, k.at[i].size - 1, &o, &e), &e,
		    E_LIMIT);
		e = (struct err)ERR_INIT;
		ck_ok(pack_read(r, &k.at[i].id, k.at[i].size, &o, &e), &e);
		/* now it is in the cache */
		e = (struct err)ERR_INIT;
		ck_code(pack_read(r, &k.at[i].id, k.at[i].size - 1, &o, &e), &e,
		    E_LIMIT);
	}
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	char *dir = make_repository();
	CLEANUP(pack_set_freep) struct pack_set *s = open_set(dir);
	CLEANUP(pack_reader_freep)
	struct pack_reader *r = open_reader(s, true, 0);
	struct gitx_oid id = { { 1, 2, 3 } };
	struct pack_object o;
	struct pack_blob *b = NULL;
	struct pack_set *none = NULL;
	struct err e = ERR_INIT;

	ck_assert(!pack_has(r, &id));
	ck_code(pack_read(r, &id, 100, &o, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(pack_stat(r, &id, &o, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(pack_blob_open(r, &id, 100, &b, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(pack_set_open("/nonexistent", &none, &e), &e, E_NOT_FOUND);
}
END_TEST

START_TEST(a_refresh_shows_new_packs)
{
	char *dir = make_repository();
	CLEANUP(pack_set_freep) struct pack_set *s = open_set(dir);
	CLEANUP(pack_reader_freep)
	struct pack_reader *r = open_reader(s, true, 0);
	CLEANUP(made_free) struct made m;
	CLEANUP(freep) char *packs = xasprintf("%s/r/objects/pack", dir);
	CLEANUP(freep) char *path = NULL;
	CLEANUP(pack_blob_freep) struct pack_blob *b = NULL;
	static struct known k;
	uint8_t piece[1000];
	size_t before = pack_set_packs(s);
	struct err e = ERR_INIT;

	known_read(&k, dir);
	made_begin(&m);
	made_add(&m, PACK_BLOB, slice_str("new"), MADE_STORED);
	path = made_write(&m, packs);
	ck_assert(!pack_has(r, &m.order[0].id));
	ck_ok(pack_set_refresh(s, &e), &e);
	ck_assert(pack_has(r, &m.order[0].id));
	ck_assert_uint_eq(pack_set_packs(s), before + 1);
	/* An open stream outlives its pack and its reader. */
	ck_ok(pack_blob_open(r, &m.order[0].id, 100, &b, &e), &e);
	shell(dir, "P='%s'; rm \"${P%%%%.pack}\".*", path);
	ck_ok(pack_set_refresh(s, &e), &e);
	ck_assert_uint_eq(pack_set_packs(s), before);
	ck_assert(!pack_has(r, &m.order[0].id));
	ck_assert_int_eq(pack_blob_read(b, piece, sizeof(piece), &e), 3);
	ck_assert_int_eq(pack_blob_read(b, piece, sizeof(piece), &e), 0);
	read_known(r, &k, 0);
}
END_TEST

/* Readers go on while git repacks and the set follows it. */
struct worker {
	struct pack_set *set;
	const struct known *k;
	uint64_t seed;
	pthread_t thread;
};

static void *
work(void *arg)
{
	struct worker *w = arg;
	CLEANUP(pack_reader_freep)
	struct pack_reader *r = open_reader(w->set, true, KIB(256));

	for (unsigned i = 0; i < 3000; i++)
		read_known(r, w->k, random_next(&w->seed) % w->k->n);
	return NULL;
}

START_TEST(threads_read_during_a_repack)
{
	char *dir = make_repository();
	CLEANUP(pack_set_freep) struct pack_set *s = open_set(dir);
	static struct known k;
	struct worker w[4];
	struct err e = ERR_INIT;

	known_read(&k, dir);
	for (unsigned i = 0; i < NELEM(w); i++) {
		w[i] = (struct worker){ .set = s, .k = &k, .seed = i };
		ck_assert_int_eq(
		    pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	for (unsigned i = 0; i < 4; i++) {
		shell(dir, "%s", layouts[i]);
		ck_ok(pack_set_refresh(s, &e), &e);
	}
	for (unsigned i = 0; i < NELEM(w); i++)
		pthread_join(w[i].thread, NULL);
}
END_TEST

/* A set of one pack in memory, whose bytes a test may change. */
struct memory {
	struct buf pack, idx;
	struct known k;
	struct pack_set set;
};

static void
memory_read(struct memory *m, const char *dir)
{
	*m = (struct memory){ .set.fd = -1 };
	m->pack = shell_read(dir, "cat r/objects/pack/*.pack");
	m->idx = shell_read(dir, "cat r/objects/pack/*.idx");
	known_read(&m->k, dir);
}

/* NULL: the pack is refused at once. */
static struct pack_reader *
memory_open(struct memory *m)
{
	struct pack_file *f = NULL;
	struct err e = ERR_INIT;

	if (pack_file_of(buf_slice(&m->idx), buf_slice(&m->pack), &f, &e) < 0) {
		ck_assert_int_eq(e.code, E_STORE_CORRUPT);
		return NULL;
	}
	m->set.list =
	    xcalloc(1, sizeof(struct pack_list) + sizeof(struct pack_file *));
	atomic_init(&m->set.list->refs, 1);
	m->set.list->n = 1;
	m->set.list->files[0] = f;
	m->set.fd = open("/", O_PATH | O_DIRECTORY); /* nothing loose there */
	pthread_mutex_init(&m->set.lock, NULL);
	return open_reader(&m->set, true, KIB(64));
}

static void
memory_close(struct memory *m, struct pack_reader *r)
{
	if (r == NULL)
		return;
	pack_reader_free(r);
	pack_list_unref(m->set.list);
	m->set.list = NULL;
	fd_closep(&m->set.fd);
}

static void
memory_free(struct memory *m)
{
	buf_free(&m->pack);
	buf_free(&m->idx);
}

/* Whatever is read is right, or is refused with a code. */
static size_t
read_all(struct memory *m, struct pack_reader *r)
{
	CLEANUP(digest_freep) struct digest *sha1 = digest_sha1_new();
	struct pack_object o;
	struct gitx_oid id;
	size_t good = 0;

	for (size_t i = 0; i < m->k.n; i++) {
		struct err e = ERR_INIT;

		if (pack_read(r, &m->k.at[i].id, MIB(1), &o, &e) < 0) {
			ck_assert(e.code == E_STORE_CORRUPT ||
			    e.code == E_NOT_FOUND || e.code == E_LIMIT);
			continue;
		}
		pack_id(sha1, o.type, o.bytes, &id);
		ck_assert(gitx_oid_eq(&id, &m->k.at[i].id));
		good++;
		e = (struct err)ERR_INIT;
		if (pack_stat(r, &m->k.at[i].id, &o, &e) < 0)
			ck_assert_int_ne(e.code, E_OK);
	}
	return good;
}

static int
count_object(const struct pack_object *o, void *arg, struct err *e)
{
	size_t *n = arg;

	(void)o;
	(void)e;
	(*n)++;
	return 0;
}

static size_t
walk_all(struct pack_reader *r)
{
	struct pack_share share = { 0, 1, MIB(1) };
	struct err e = ERR_INIT;
	size_t n = 0;

	if (pack_walk(r, &share, count_object, &n, &e) < 0)
		ck_assert_int_ne(e.code, E_OK);
	return n;
}

/* A few objects with deltas of both kinds, in one small pack. */
static void
small_pack(struct memory *m, const char *more)
{
	char *dir = temp_dir();

	shell(dir,
	    "git init -q --bare r && for i in 1 2 3 4; do "
	    "seq 150 $((170 + 2 * i)) | git -C r hash-object -w --stdin; done "
	    ">/dev/null && printf 'other' | git -C r hash-object -w --stdin "
	    ">/dev/null && cd r && git cat-file --batch-all-objects "
	    "--batch-check='%%(objectname)' > ../ids && git pack-objects -q %s "
	    "objects/pack/pack < ../ids >/dev/null && git prune-packed -q",
	    more);
	memory_read(m, dir);
	ck_assert_uint_eq(m->k.n, 5);
}

static const char *const small_packs[] = { "--delta-base-offset", "",
	"--compression=0" };

START_TEST(flipped_bits_never_give_other_bytes)
{
	static struct memory m;
	struct pack_reader *r;
	size_t unseen = 0;

	small_pack(&m, small_packs[_i]);
	r = memory_open(&m);
	ck_assert_uint_eq(read_all(&m, r), 5);
	ck_assert_uint_eq(walk_all(r), 5);
	memory_close(&m, r);
	for (size_t at = 0; at < 8 * (m.pack.n + m.idx.n); at++) {
		size_t byte = at / 8;
		uint8_t *p = byte < m.pack.n ? &m.pack.p[byte]
					     : &m.idx.p[byte - m.pack.n];

		/* the fanout is long: a bit of each byte does */
		if (byte >= m.pack.n && at % 8 != byte % 8)
			continue;
		*p ^= (uint8_t)(1U << at % 8);
		if ((r = memory_open(&m)) != NULL) {
			if (read_all(&m, r) == 5 && byte < m.pack.n)
				unseen++;
			walk_all(r);
		}
		memory_close(&m, r);
		*p ^= (uint8_t)(1U << at % 8);
	}
	/* What fills the last byte of a deflate stream says nothing. */
	ck_assert_uint_le(unseen, 5 * 7);
	memory_free(&m);
}
END_TEST

START_TEST(a_pack_cut_anywhere_is_refused)
{
	static struct memory m;
	size_t n;

	small_pack(&m, small_packs[_i]);
	n = m.pack.n;
	for (size_t cut = 0; cut < n; cut++) {
		m.pack.n = cut;
		ck_assert_ptr_null(memory_open(&m));
		/* With a trailer that agrees: what is left is read. */
		if (cut >= PACK_HEADER) {
			struct pack_reader *r;
			CLEANUP(buf_free) struct buf whole = m.pack;

			m.pack = (struct buf)BUF_INIT(MIB(1));
			buf_put(&m.pack, whole.p, cut);
			buf_put(&m.pack, whole.p + n - PACK_SUM, PACK_SUM);
			r = memory_open(&m);
			ck_assert_ptr_nonnull(r);
			ck_assert(cut >= n - PACK_SUM || read_all(&m, r) < 5);
			walk_all(r);
			memory_close(&m, r);
			buf_free(&m.pack);
			m.pack = whole;
			whole.p = NULL;
		}
	}
	m.pack.n = n;
	n = m.idx.n;
	for (m.idx.n = 0; m.idx.n < n; m.idx.n++)
		ck_assert_ptr_null(memory_open(&m));
	memory_free(&m);
}
END_TEST

/* Packs that only an enemy writes: entries as bytes, ids as it likes. */
struct crafted {
	struct memory m;
	struct pack_mark marks[8];
	size_t n;
};

static void
craft_begin(struct crafted *c)
{
	uint8_t header[PACK_HEADER] = { 0 };

	*c = (struct crafted){ .m = { .pack = BUF_INIT(MIB(1)),
				   .idx = BUF_INIT(MIB(1)) } };
	buf_put(&c->m.pack, header, sizeof(header));
}

static void
craft(struct crafted *c, struct slice head, struct slice bytes)
{
	struct buf entry = BUF_INIT(MIB(1));
	uint8_t first[ENTRY_HEAD_MAX];
	uint32_t crc;
	size_t skip = entry_head(PACK_BLOB, bytes.n, first);

	c->marks[c->n] = (struct pack_mark){ .at = c->m.pack.n,
		.id.b = { (uint8_t)(c->n + 1) } };
	c->n++;
	pack_put_stored(&entry, PACK_BLOB, bytes, &crc);
	buf_put(&c->m.pack, head.p, head.n);
	buf_put(&c->m.pack, entry.p + skip, entry.n - skip);
	buf_free(&entry);
}

static struct pack_reader *
craft_open(struct crafted *c)
{
	uint8_t sum[PACK_SUM] = { 9 };
	struct err e = ERR_INIT;

	pack_header((uint32_t)c->n, c->m.pack.p);
	buf_put(&c->m.pack, sum, sizeof(sum));
	ck_ok(pack_idx(c->marks, c->n, sum, &c->m.idx, &e), &e);
	return memory_open(&c->m);
}

static void
expect_corrupt(struct pack_reader *r, uint8_t id)
{
	struct gitx_oid oid = { { id } };
	struct pack_object o;
	struct err e = ERR_INIT;

	ck_code(pack_read(r, &oid, MIB(1), &o, &e), &e, E_STORE_CORRUPT);
}

#define LITERAL(s) slice_of((s), sizeof(s) - 1)
/* Type 7 of six bytes, the base by id 2 or 1; "\1\1" "\1x" is a delta. */
#define REF(id) "\x74" id "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
START_TEST(deltas_in_a_circle_are_refused)
{
	struct crafted c;
	struct pack_reader *r;
	struct gitx_oid id = { { 1 } };
	struct pack_object o;
	struct err e = ERR_INIT;

	craft_begin(&c);
	craft(&c, LITERAL(REF("\2")), LITERAL("\1\1\1x"));
	craft(&c, LITERAL(REF("\1")), LITERAL("\1\1\1x"));
	craft(&c, LITERAL(REF("\3")), LITERAL("\1\1\1x"));
	craft(&c, LITERAL(REF("\7")), LITERAL("\1\1\1x"));
	r = craft_open(&c);
	for (uint8_t i = 1; i <= 4; i++)
		expect_corrupt(r, i);
	ck_code(pack_stat(r, &id, &o, &e), &e, E_STORE_CORRUPT);
	memory_close(&c.m, r);
	memory_free(&c.m);
}
END_TEST

/* Deltas on one another: so many are read, one more is refused. */
START_TEST(chains_have_a_longest)
{
	static struct pack_mark marks[PACK_DEPTH_MAX + 2];
	static const char delta[] = "\1\1\1x";
	struct memory m = { .pack = BUF_INIT(MIB(1)), .idx = BUF_INIT(MIB(1)) };
	uint8_t head[PACK_HEADER] = { 0 }, sum[PACK_SUM] = { 9 };
	struct pack_object o;
	struct pack_reader *r;
	struct err e = ERR_INIT;
	uint32_t crc;

	buf_put(&m.pack, head, sizeof(head));
	for (size_t i = 0; i < NELEM(marks); i++) {
		struct buf entry = BUF_INIT(100);
		size_t at = m.pack.n;

		marks[i] = (struct pack_mark){ .at = at,
			.id.b = { (uint8_t)(i >> 8), (uint8_t)i } };
		pack_put_stored(&entry, PACK_BLOB,
		    slice_of(i == 0 ? "y" : delta, i == 0 ? 1 : 4), &crc);
		if (i > 0) {
			entry.p[0] = PACK_OFS_DELTA << 4 | 4;
			buf_put(&m.pack, entry.p, 1);
			buf_putc(&m.pack, (int)(at - marks[i - 1].at));
			buf_put(&m.pack, entry.p + 1, entry.n - 1);
		} else {
			buf_put(&m.pack, entry.p, entry.n);
		}
		buf_free(&entry);
	}
	pack_header(NELEM(marks), m.pack.p);
	buf_put(&m.pack, sum, sizeof(sum));
	ck_ok(pack_idx(marks, NELEM(marks), sum, &m.idx, &e), &e);
	r = memory_open(&m);
	r->verify = false; /* the ids are none */
	ck_code(pack_read(r, &marks[NELEM(marks) - 1].id, 9, &o, &e), &e,
	    E_STORE_CORRUPT);
	e = (struct err)ERR_INIT;
	ck_ok(pack_read(r, &marks[NELEM(marks) - 2].id, 9, &o, &e), &e);
	ck_assert(slice_eq_str(o.bytes, "x"));
	memory_close(&m, r);
	memory_free(&m);
}
END_TEST

/* The ring never gives bytes of another entry, whatever goes and comes. */
START_TEST(the_cache_gives_what_was_put)
{
	struct base_cache *c = base_cache_new(20000);
	uint64_t seed = 11 + (uint64_t)_i;
	uint8_t bytes[6000];
	unsigned hits = 0;

	for (unsigned round = 0; round < 20000; round++) {
		uint64_t at = random_next(&seed) % 40;
		size_t n = (at * 2654435761U) % (_i == 0 ? 300 : 6000);
		struct slice have;

		if (random_next(&seed) % 2 == 0) {
			memset(bytes, (int)at + 1, n);
			base_cache_put(c, 1, at, PACK_TREE, slice_of(bytes, n));
		} else if (base_cache_get(c, 1, at, &have) != PACK_NONE) {
			ck_assert_uint_eq(have.n, n);
			for (size_t i = 0; i < n; i++)
				ck_assert_uint_eq(have.p[i], at + 1);
			hits++;
		}
		ck_assert_int_eq(base_cache_get(c, 2, at, &have), PACK_NONE);
	}
	ck_assert_uint_gt(hits, 500);
	base_cache_free(c);
}
END_TEST

static const struct {
	const char *name;
	struct slice head, bytes;
} hostile[] = {
#define S(text)                                           \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}
	{ "a base before the pack", S("\x64\x7f"), S("\1\1\1x") },
	{ "a base that is itself", S("\x64\0"), S("\1\1\1x") },
	{ "a base far beyond 64 bits",
	    S("\x64\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
	    S("\1\1\1x") },
	{ "a base inside an entry", S("\x64\1"), S("\1\1\1x") },
	{ "type 0", S("\x04"), S("\1\1\1x") },
	{ "type 5", S("\x54"), S("\1\1\1x") },
	{ "a size of 64 bits", S("\xbf\xff\xff\xff\xff\xff\xff\xff\xff\x0f"),
	    S("abc") },
	{ "a size beyond 64 bits",
	    S("\xbf\xff\xff\xff\xff\xff\xff\xff\xff\x1f"), S("abc") },
	{ "a size too large", S("\x34"), S("abc") },
	{ "a size too small", S("\x32"), S("abc") },
	{ "another object", S("\x33"), S("abc") },
#undef S
};
START_TEST(hostile_entries_are_refused)
{
	struct crafted c;
	struct pack_reader *r;

	craft_begin(&c);
	craft(&c, hostile[_i].head, hostile[_i].bytes);
	r = craft_open(&c);
	if (hostile[_i].bytes.n == 3 && hostile[_i].head.n > 9) {
		struct gitx_oid id = { { 1 } };
		struct pack_object o;
		struct err e = ERR_INIT;

		/* over the limit, or without any: no memory for it */
		ck_assert_int_eq(pack_read(r, &id, SIZE_MAX, &o, &e), -1);
		ck_assert_int_eq(e.code, E_STORE_CORRUPT);
	} else {
		expect_corrupt(r, 1);
	}
	memory_close(&c.m, r);
	memory_free(&c.m);
}
END_TEST

static const struct {
	const char *name;
	struct slice delta;
	bool good;
} deltas[] = {
#define S(text)                                           \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}
	{ "copy and insert", S("\x0a\x06\x91\2\4\2xy"), true },
	{ "copy of the whole", S("\x0a\x0a\x90\x0a"), true },
	{ "nothing", S("\x0a\0"), true },
	{ "another base", S("\x0b\x01\1x"), false },
	{ "no sizes", S(""), false },
	{ "a size cut off", S("\x0a\x80"), false },
	{ "a size beyond 64 bits",
	    S("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), false },
	{ "instruction 0", S("\x0a\x01\0x"), false },
	{ "an insert cut off", S("\x0a\x03\3xy"), false },
	{ "a copy cut off", S("\x0a\x03\x91\1"), false },
	{ "a copy beyond the base", S("\x0a\x06\x91\5\6"), false },
	{ "a copy from beyond", S("\x0a\x01\x91\x0b\1"), false },
	{ "a copy of 64 KiB", S("\x0a\x01\x80"), false },
	{ "too much", S("\x0a\x01\2xy"), false },
	{ "too little", S("\x0a\x03\2xy"), false },
#undef S
};
START_TEST(deltas_are_checked)
{
	struct slice delta = deltas[_i].delta, base = LITERAL("0123456789");
	uint64_t base_size = 0, size = 0;
	uint8_t out[16] = { 0 };
	struct err e = ERR_INIT;
	bool good = delta_sizes(&delta, &base_size, &size, &e) == 0 &&
	    base_size == base.n && size <= sizeof(out) &&
	    delta_apply(base, delta, out, (size_t)size, &e) == 0;

	ck_assert_msg(good == deltas[_i].good, "%s", deltas[_i].name);
	ck_assert(good || e.code == E_STORE_CORRUPT || base_size != base.n);
	if (_i == 0)
		ck_assert_mem_eq(out, "2345xy", 6);
}
END_TEST

START_TEST(damaged_loose_objects_are_refused)
{
	char *dir = temp_dir();
	CLEANUP(buf_free) struct buf whole = { 0 };
	CLEANUP(freep) char *path = NULL;
	CLEANUP(pack_set_freep) struct pack_set *s = NULL;
	CLEANUP(pack_reader_freep) struct pack_reader *r = NULL;
	static struct known k;

	shell(dir,
	    "git init -q --bare r && seq 40 | "
	    "git -C r hash-object -w --stdin >/dev/null && "
	    "mv r/objects/[0-9a-f][0-9a-f]/* one && "
	    "cp one $(ls -d r/objects/[0-9a-f][0-9a-f])/../two");
	shell(dir,
	    "d=$(ls -d r/objects/[0-9a-f][0-9a-f]) && "
	    "seq 40 | git -C r hash-object -w --stdin > id && "
	    "ls $d/* > path && chmod 644 $d/*");
	whole = shell_read(dir, "cat path");
	path = xasprintf("%s/%.*s", dir, (int)whole.n - 1, buf_str(&whole));
	buf_free(&whole);
	whole = shell_read(dir, "cat one");
	known_read(&k, dir);
	ck_assert_uint_eq(k.n, 1);
	s = open_set(dir);
	r = open_reader(s, true, 0);
	read_known(r, &k, 0);
	for (size_t at = 0; at < 2 * whole.n; at++) {
		struct slice bytes = buf_slice(&whole);
		struct pack_object o;
		struct err e = ERR_INIT;
		uint8_t was = whole.p[at / 2];

		if (at % 2 == 0)
			bytes.n = at / 2;
		else
			whole.p[at / 2] ^= (uint8_t)(1U << at / 2 % 8);
		ck_ok(fs_write(AT_FDCWD, path, bytes, 0644, &e), &e);
		/* What fills the last byte of deflate says nothing. */
		if (pack_read(r, &k.at[0].id, MIB(1), &o, &e) < 0)
			ck_assert_int_eq(e.code, E_STORE_CORRUPT);
		else
			ck_assert(at % 2 != 0 && o.size == k.at[0].size);
		whole.p[at / 2] = was;
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("packset");
	TCase *git = tcase_create("git");
	TCase *enemy = tcase_create("hostile");

	tcase_set_timeout(git, 240);
	tcase_set_timeout(enemy, 240);
	tcase_add_loop_test(git, everything_of_git_is_read, 0, NELEM(layouts));
	tcase_add_loop_test(
	    git, a_walk_comes_to_everything_once, 0, NELEM(layouts));
	tcase_add_loop_test(git, limits_are_kept, 0, 1);
	tcase_add_test(git, what_is_not_there_is_not_found);
	tcase_add_test(git, a_refresh_shows_new_packs);
	tcase_add_test(git, threads_read_during_a_repack);
	tcase_add_loop_test(
	    enemy, flipped_bits_never_give_other_bytes, 0, NELEM(small_packs));
	tcase_add_loop_test(
	    enemy, a_pack_cut_anywhere_is_refused, 0, NELEM(small_packs));
	tcase_add_test(enemy, deltas_in_a_circle_are_refused);
	tcase_add_test(enemy, chains_have_a_longest);
	tcase_add_loop_test(enemy, the_cache_gives_what_was_put, 0, 2);
	tcase_add_loop_test(
	    enemy, hostile_entries_are_refused, 0, NELEM(hostile));
	tcase_add_loop_test(enemy, deltas_are_checked, 0, NELEM(deltas));
	tcase_add_test(enemy, damaged_loose_objects_are_refused);
	suite_add_tcase(s, git);
	suite_add_tcase(s, enemy);
	return s;
}

int
main(void)
{
	return suite_main(suite());
}
