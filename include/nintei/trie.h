/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TRIE_H
#define NINTEI_TRIE_H
/*
 * trie: the tree of a repository in memory, for a writer that puts a few
 * files at a time.  A folder is loaded at its first touch; only what changed
 * is hashed and given out again.  Trees are those that git writes.
 * Runs in: core; nintei (init, audit).  Holds: memory.  Pure but for the
 * caller's load and emit.  One thread at a time.
 */
#include "nintei/gitx.h"

/* One entry of a tree, borrowed from its bytes. */
struct tree_item {
	struct slice name;
	struct gitx_oid id;
	bool is_folder;
};
/*
 * Take the first entry off the bytes of a tree: 1, or 0 when there is none.
 * Only modes 40000 and 100644; a name is not empty and has no "/".
 * Errors: E_STORE_CORRUPT.  tree_check: all entries, in git's order, once.
 */
int tree_next(
    struct slice *in, struct tree_item *out, struct err *e) MUST_CHECK;
int tree_check(struct slice bytes, struct err *e) MUST_CHECK;
/* git sorts a folder as if its name ended in "/". */
int tree_compare(const struct tree_item *a, const struct tree_item *b);

#define TRIE_PINNED 4 /* levels never let go: root, cases, h, h */
#define TRIE_TREE_BYTES ((size_t)256 << 20) /* of one tree at most */
#define TRIE_DEPTH 32 /* components of a path */

struct trie_io {
	/* Append the bytes of a tree.  Not called for trees given to emit
	 * since the last trie_keep, unless they were let go after it. */
	int (*load)(void *arg, const struct gitx_oid *tree, struct buf *out,
	    struct err *e);
	/* A tree that trie_write made; folders before what holds them. */
	int (*emit)(void *arg, const struct gitx_oid *tree, struct slice bytes,
	    struct err *e);
	void *arg;
};

struct trie;
/* root NULL: the empty tree.  max: bytes of memory to aim at. */
int trie_new(const struct trie_io *io, const struct gitx_oid *root, size_t max,
    struct trie **out, struct err *e) MUST_CHECK;
void trie_free(struct trie *t);
DEFINE_STRUCT_CLEANUP(trie, trie_free)

/* Load the upper levels (1: the root alone). */
int trie_warm(struct trie *t, unsigned levels, struct err *e) MUST_CHECK;

/*
 * Put a file (mode 100644) at path, "/" between components; folders are made.
 * Errors: E_INPUT (no path: empty, ".", "..", ".git" components; a file where
 * a folder is wanted or the reverse), E_LIMIT, E_STORE_CORRUPT (a loaded tree
 * does not parse), load's.  After a failure call trie_rollback.
 */
int trie_put(struct trie *t, const char *path, const struct gitx_oid *blob,
    struct err *e) MUST_CHECK;
/*
 * Hash every changed folder, bottom-up, and emit each tree whose id is not
 * the one it had; the root's id to out.  Call it once per commit.
 * An identical tree may be emitted again when it stands in two places.
 */
int trie_write(struct trie *t, struct gitx_oid *out, struct err *e) MUST_CHECK;
/* What was written is durable: rollback no longer undoes it.  Not between
 * trie_put and trie_write. */
void trie_keep(struct trie *t);
/* Forget everything since the last trie_keep. */
void trie_rollback(struct trie *t);

/* As it is now, changes included.  id of a changed folder: not yet written,
 * so zeros.  E_NOT_FOUND, E_INPUT, E_STORE_CORRUPT, load's. */
int trie_find(struct trie *t, const char *path, struct gitx_entry *out,
    struct err *e) MUST_CHECK;
/* The bytes of a folder ("": the root), until the next call.  Errors: as
 * trie_find.  A changed folder below has the id of its last trie_write. */
int trie_folder(struct trie *t, const char *path, struct slice *out,
    struct err *e) MUST_CHECK;
/* Bytes held; for tests and reports. */
size_t trie_bytes(const struct trie *t);

#endif
