/* SPDX-License-Identifier: Apache-2.0 */
/* trie: the trees that libgit2 makes, kept, rolled back, let go. */
#include "nintei/trie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"
#include "nintei/pack.h"
#include "support/pack_make.h"
#include "support/support.h"

/* The trees that were emitted; those from `kept` on can still be undone. */
struct trees {
	struct {
		struct gitx_oid id;
		struct buf bytes;
	} at[20000];
	size_t n, kept, loads;
};
static struct trees trees;

static int
on_load(void *arg, const struct gitx_oid *tree, struct buf *out, struct err *e)
{
	struct trees *all = arg;

	all->loads++;
	for (size_t i = all->n; i-- > 0;)
		if (gitx_oid_eq(&all->at[i].id, tree)) {
			buf_put(out, all->at[i].bytes.p, all->at[i].bytes.n);
			return 0;
		}
	return err_set(e, E_STORE_CORRUPT, "no such tree");
}

static int
on_emit(
    void *arg, const struct gitx_oid *tree, struct slice bytes, struct err *e)
{
	CLEANUP(digest_freep) struct digest *sha1 = digest_sha1_new();
	struct trees *all = arg;
	struct gitx_oid id;

	pack_id(sha1, PACK_TREE, bytes, &id);
	ck_assert(gitx_oid_eq(&id, tree));
	ck_ok(tree_check(bytes, e), e);
	ck_assert_uint_lt(all->n, NELEM(all->at));
	all->at[all->n].id = *tree;
	all->at[all->n].bytes = (struct buf)BUF_INIT(MIB(1));
	buf_put(&all->at[all->n++].bytes, bytes.p, bytes.n);
	return 0;
}

static const struct trie_io io = { on_load, on_emit, &trees };

static void
keep(struct trie *t)
{
	trie_keep(t);
	trees.kept = trees.n;
}

static void
undo(struct trie *t)
{
	trie_rollback(t);
	while (trees.n > trees.kept)
		buf_free(&trees.at[--trees.n].bytes);
}

static void
clear(void)
{
	trees.kept = 0;
	while (trees.n > 0)
		buf_free(&trees.at[--trees.n].bytes);
	trees.loads = 0;
}

static struct gitx_oid
blob(uint64_t n)
{
	struct gitx_oid id = { { 0 } };

	for (int i = 0; i < 8; i++)
		id.b[i] = (uint8_t)(n >> (8 * i) | 1);
	return id;
}

static struct trie *
new_trie(const struct gitx_oid *root, size_t max)
{
	struct trie *t = NULL;
	struct err e = ERR_INIT;

	ck_ok(trie_new(&io, root, max, &t, &e), &e);
	return t;
}

static void
put(struct trie *t, const char *path, uint64_t n)
{
	struct gitx_oid id = blob(n);
	struct err e = ERR_INIT;

	ck_ok(trie_put(t, path, &id, &e), &e);
}

static struct gitx_oid
write_(struct trie *t)
{
	struct gitx_oid id;
	struct err e = ERR_INIT;

	ck_ok(trie_write(t, &id, &e), &e);
	return id;
}

static struct gitx_oid
hex(const char *text)
{
	struct gitx_oid id;
	unsigned byte;

	for (size_t i = 0; i < GITX_OID; i++) {
		ck_assert_int_eq(sscanf(text + 2 * i, "%2x", &byte), 1);
		id.b[i] = (uint8_t)byte;
	}
	return id;
}

START_TEST(the_empty_tree_is_gits)
{
	CLEANUP(trie_freep) struct trie *t = new_trie(NULL, MIB(1));
	struct gitx_oid want = hex("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	struct gitx_oid have = write_(t);

	ck_assert(gitx_oid_eq(&want, &have));
	ck_assert_uint_eq(trees.n, 1);
	clear();
}
END_TEST

/*
 * A random path: few names, so that they meet, and names that sort
 * differently as a file and as a folder.
 */
static void
random_path(uint64_t *seed, char out[128])
{
	static const char *const folders[] = { "a", "b", "a.b", "a-b", "cases",
		"z", "a0" };
	static const char *const files[] = { "a.c", "f", "a-", "0001.json",
		"a.b.c", "a0.b", "zz", "_", "b.", "a_" };
	unsigned depth = (unsigned)(random_next(seed) % 5);
	size_t n = 0;

	for (unsigned i = 0; i < depth; i++)
		n += (size_t)snprintf(out + n, 128 - n, "%s/",
		    folders[random_next(seed) % NELEM(folders)]);
	snprintf(out + n, 128 - n, "%s%u",
	    files[random_next(seed) % NELEM(files)],
	    (unsigned)(random_next(seed) % 3));
}

#define PUTS 4
/* One commit of some files, in the trie and through libgit2: one root. */
static void
commit_both(struct trie *t, struct gitx *g, struct gitx_oid *root,
    bool *has_root, uint64_t *seed)
{
	char paths[PUTS][128];
	struct gitx_put puts[PUTS];
	size_t n = random_next(seed) % PUTS + 1;
	struct gitx_oid want, have;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < n; i++) {
		char body[32];
		int length = snprintf(body, sizeof(body), "%u",
		    (unsigned)(random_next(seed) % 50));

		random_path(seed, paths[i]);
		puts[i].path = paths[i];
		ck_ok(gitx_blob_write(
			  g, slice_of(body, (size_t)length), &puts[i].blob, &e),
		    &e);
		ck_ok(trie_put(t, paths[i], &puts[i].blob, &e), &e);
	}
	/* gitx wants each path once and by itself. */
	want = *root;
	for (size_t i = 0; i < n; i++) {
		ck_ok(gitx_tree_put(
			  g, *has_root ? &want : NULL, &puts[i], 1, &want, &e),
		    &e);
		*has_root = true;
	}
	have = write_(t);
	ck_assert(gitx_oid_eq(&want, &have));
	*root = want;
}

START_TEST(trees_are_those_of_libgit2)
{
	static const size_t limits[] = { 0, 4000, MIB(64) };
	CLEANUP(trie_freep) struct trie *t = new_trie(NULL, limits[_i]);
	CLEANUP(gitx_freep) struct gitx *g = NULL;
	CLEANUP(freep) char *path = xasprintf("%s/r", temp_dir());
	struct gitx_oid root = { { 0 } };
	bool has_root = false;
	uint64_t seed = 77 + (uint64_t)_i;
	struct err e = ERR_INIT;

	ck_ok(gitx_init(path, &e), &e);
	ck_ok(gitx_open(path, &g, &e), &e);
	for (unsigned round = 0; round < 120; round++) {
		struct gitx_oid before = root;
		bool had = has_root;

		commit_both(t, g, &root, &has_root, &seed);
		if (random_next(&seed) % 3 == 0) {
			undo(t);
			root = before;
			has_root = had;
		} else if (random_next(&seed) % 2 == 0) {
			keep(t);
		} else {
			/* a group: two commits, then both kept */
			commit_both(t, g, &root, &has_root, &seed);
			keep(t);
		}
	}
	clear();
}
END_TEST

START_TEST(a_trie_goes_on_from_a_root)
{
	CLEANUP(trie_freep) struct trie *a = new_trie(NULL, MIB(1));
	CLEANUP(trie_freep) struct trie *b = NULL;
	struct gitx_oid first, second, again;

	put(a, "cases/0/1/2/3/x/0001.json", 1);
	put(a, "cases/0/1/2/4/y/0001.json", 2);
	put(a, "top", 3);
	first = write_(a);
	keep(a);
	b = new_trie(&first, MIB(1));
	put(a, "cases/0/1/2/3/x/0002.json", 4);
	second = write_(a);
	put(b, "cases/0/1/2/3/x/0002.json", 4);
	trees.loads = 0;
	again = write_(b);
	ck_assert(gitx_oid_eq(&second, &again));
	ck_assert(!gitx_oid_eq(&first, &again));
	clear();
}
END_TEST

START_TEST(only_the_touched_folders_are_loaded_and_given_out)
{
	CLEANUP(trie_freep) struct trie *a = new_trie(NULL, MIB(1));
	CLEANUP(trie_freep) struct trie *b = NULL;
	struct gitx_oid root;
	char path[64];
	size_t before;

	for (unsigned i = 0; i < 256; i++) {
		snprintf(path, sizeof(path), "cases/%x/%x/c/e", i / 16, i % 16);
		put(a, path, i);
	}
	root = write_(a);
	keep(a);
	b = new_trie(&root, MIB(1));
	before = trees.n;
	trees.loads = 0;
	put(b, "cases/3/4/c/f", 9);
	write_(b);
	ck_assert_uint_eq(trees.loads, 5);
	ck_assert_uint_eq(trees.n - before, 5);
	/* The same again changes nothing and gives nothing out. */
	put(b, "cases/3/4/c/f", 9);
	write_(b);
	ck_assert_uint_eq(trees.n - before, 5);
	clear();
}
END_TEST

START_TEST(rollback_goes_to_the_last_keep)
{
	CLEANUP(trie_freep) struct trie *t = new_trie(NULL, MIB(1));
	struct gitx_oid kept, have;
	struct gitx_entry entry;
	struct err e = ERR_INIT;

	put(t, "a/b/one", 1);
	undo(t);
	ck_code(trie_find(t, "a/b/one", &entry, &e), &e, E_NOT_FOUND);
	put(t, "a/b/one", 1);
	kept = write_(t);
	keep(t);
	put(t, "a/b/one", 2);
	put(t, "a/c/two", 3);
	write_(t);
	put(t, "d/e/f/three", 4);
	undo(t);
	have = write_(t);
	ck_assert(gitx_oid_eq(&kept, &have));
	e = (struct err)ERR_INIT;
	ck_ok(trie_find(t, "a/b/one", &entry, &e), &e);
	have = blob(1);
	ck_assert(gitx_oid_eq(&entry.id, &have));
	ck_code(trie_find(t, "d/e/f/three", &entry, &e), &e, E_NOT_FOUND);
	clear();
}
END_TEST

static const struct {
	const char *path;
	enum err_code code;
} bad_paths[] = {
	{ "", E_INPUT },
	{ "/a", E_INPUT },
	{ "a/", E_INPUT },
	{ "a//b", E_INPUT },
	{ ".", E_INPUT },
	{ "a/../b", E_INPUT },
	{ "a/.GIT/b", E_INPUT },
	{ "file/below", E_INPUT },
	{ "folder", E_INPUT },
	{ "1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4",
	    E_LIMIT },
};
START_TEST(put_refuses)
{
	CLEANUP(trie_freep) struct trie *t = new_trie(NULL, MIB(1));
	struct gitx_oid id = blob(1), before, after;
	struct err e = ERR_INIT;

	put(t, "file", 1);
	put(t, "folder/f", 1);
	before = write_(t);
	keep(t);
	ck_code(
	    trie_put(t, bad_paths[_i].path, &id, &e), &e, bad_paths[_i].code);
	undo(t);
	after = write_(t);
	ck_assert(gitx_oid_eq(&before, &after));
	clear();
}
END_TEST

START_TEST(a_name_of_256_bytes_is_refused)
{
	CLEANUP(trie_freep) struct trie *t = new_trie(NULL, MIB(1));
	struct gitx_oid id = blob(1);
	struct err e = ERR_INIT;
	char name[257];

	memset(name, 'n', 256);
	name[256] = '\0';
	ck_code(trie_put(t, name, &id, &e), &e, E_INPUT);
	name[255] = '\0';
	e = (struct err)ERR_INIT;
	ck_ok(trie_put(t, name, &id, &e), &e);
	clear();
}
END_TEST

#define ID20 "iiiiiiiiiiiiiiiiiiii"
static const struct {
	const char *name;
	const char *raw;
	size_t n;
} bad_trees[] = {
	{ "cut in its id", "100644 a\0iii", 12 },
	{ "without a name", "100644 \0" ID20, 28 },
	{ "no end of the name", "100644 aaa", 10 },
	{ "an executable", "100755 a\0" ID20, 29 },
	{ "a link", "120000 a\0" ID20, 29 },
	{ "a submodule", "160000 a\0" ID20, 29 },
	{ "a mode with a zero in front", "040000 a\0" ID20, 29 },
	{ "a slash", "100644 a/b\0" ID20, 31 },
	{ "out of order", "100644 b\0" ID20 "100644 a\0" ID20, 58 },
	{ "a name twice", "100644 a\0" ID20 "100644 a\0" ID20, 58 },
	{ "a file and a folder", "100644 a\0" ID20 "40000 a\0" ID20, 57 },
	{ "a folder as if a file", "40000 a\0" ID20 "100644 a.b\0" ID20, 59 },
};
START_TEST(trees_that_are_refused)
{
	struct slice bytes = slice_of(bad_trees[_i].raw, bad_trees[_i].n);
	struct gitx_oid root = blob(5);
	CLEANUP(trie_freep) struct trie *t = new_trie(&root, MIB(1));
	struct gitx_entry entry;
	struct err e = ERR_INIT;

	ck_code(tree_check(bytes, &e), &e, E_STORE_CORRUPT);
	trees.at[0].id = root;
	trees.at[0].bytes = (struct buf)BUF_INIT(1000);
	buf_put(&trees.at[0].bytes, bytes.p, bytes.n);
	trees.n = 1;
	e = (struct err)ERR_INIT;
	ck_code(trie_find(t, "x", &entry, &e), &e, E_STORE_CORRUPT);
	clear();
}
END_TEST

START_TEST(find_and_folder_see_what_is_there_now)
{
	CLEANUP(trie_freep) struct trie *t = new_trie(NULL, 0);
	struct gitx_entry entry;
	struct gitx_oid root, none = { { 0 } };
	struct slice bytes;
	struct tree_item item;
	struct err e = ERR_INIT;

	put(t, "a/b/c", 1);
	ck_ok(trie_find(t, "a/b", &entry, &e), &e);
	ck_assert(entry.is_folder && gitx_oid_eq(&entry.id, &none));
	root = write_(t);
	ck_ok(trie_find(t, "a/b", &entry, &e), &e);
	ck_assert(!gitx_oid_eq(&entry.id, &none));
	keep(t);
	ck_ok(trie_folder(t, "a", &bytes, &e), &e);
	ck_assert_int_eq(tree_next(&bytes, &item, &e), 1);
	ck_assert(slice_eq_str(item.name, "b") && item.is_folder);
	ck_assert(gitx_oid_eq(&item.id, &entry.id));
	ck_assert_uint_eq(bytes.n, 0);
	ck_ok(trie_folder(t, "", &bytes, &e), &e);
	ck_ok(tree_check(bytes, &e), &e);
	ck_code(trie_folder(t, "a/b/c", &bytes, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(trie_find(t, "a/b/c/d", &entry, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(trie_find(t, "q/b", &entry, &e), &e, E_NOT_FOUND);
	(void)root;
	clear();
}
END_TEST

START_TEST(memory_stays_near_its_limit)
{
	CLEANUP(trie_freep) struct trie *t = new_trie(NULL, KIB(256));
	size_t most = 0;
	char path[64];

	for (unsigned i = 0; i < 2000; i++) {
		unsigned h = i * 2654435761U;

		snprintf(path, sizeof(path), "cases/%x/%x/%x/c%u/e", h >> 28,
		    h >> 24 & 15, h >> 20 & 15, i);
		put(t, path, i);
		write_(t);
		keep(t);
		if (trie_bytes(t) > most)
			most = trie_bytes(t);
	}
	ck_assert_uint_le(most, KIB(300));
	clear();
}
END_TEST

START_TEST(warming_loads_the_upper_levels)
{
	CLEANUP(trie_freep) struct trie *a = new_trie(NULL, MIB(1));
	CLEANUP(trie_freep) struct trie *b = NULL;
	struct gitx_oid root;
	struct err e = ERR_INIT;

	put(a, "a/b/c/d", 1);
	put(a, "a/x/c/d", 2);
	put(a, "f", 2);
	root = write_(a);
	keep(a);
	b = new_trie(&root, MIB(1));
	trees.loads = 0;
	ck_ok(trie_warm(b, 3, &e), &e);
	ck_assert_uint_eq(trees.loads, 4);
	put(b, "a/b/new", 3);
	ck_assert_uint_eq(trees.loads, 4);
	clear();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("trie");
	TCase *c = tcase_create("trie");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, the_empty_tree_is_gits);
	tcase_add_loop_test(c, trees_are_those_of_libgit2, 0, 3);
	tcase_add_test(c, a_trie_goes_on_from_a_root);
	tcase_add_test(c, only_the_touched_folders_are_loaded_and_given_out);
	tcase_add_test(c, rollback_goes_to_the_last_keep);
	tcase_add_loop_test(c, put_refuses, 0, NELEM(bad_paths));
	tcase_add_test(c, a_name_of_256_bytes_is_refused);
	tcase_add_loop_test(c, trees_that_are_refused, 0, NELEM(bad_trees));
	tcase_add_test(c, find_and_folder_see_what_is_there_now);
	tcase_add_test(c, memory_stays_near_its_limit);
	tcase_add_test(c, warming_loads_the_upper_levels);
	suite_add_tcase(s, c);
	return s;
}

int
main(void)
{
	return suite_main(suite());
}
