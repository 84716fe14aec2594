/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TRIE_INT_H
#define NINTEI_TRIE_INT_H
/*
 * trie_int: nodes of the trie: memory, who is kept, who may go.
 */
#include "nintei/digest.h"
#include "nintei/trie.h"

/*
 * One folder.  raw are the bytes of its tree; where a folder below is dirty,
 * the id in raw is that of its last writing.  kids are the folders below that
 * were touched; they outlive raw.
 */
struct node {
	struct node *parent;
	struct node *older, *newer; /* by use, of all that are not pinned */
	struct node **kids; /* sorted by name */
	size_t nkids, cap;
	struct buf raw;
	struct gitx_oid id; /* as last written */
	struct gitx_oid base; /* at the last trie_keep */
	unsigned depth; /* of the root 0 */
	bool loaded; /* raw is there */
	bool dirty; /* id is not that of raw */
	bool changed; /* since the last trie_keep */
	bool fresh; /* not there at the last trie_keep */
	size_t counted; /* bytes in t->bytes */
	size_t name_n;
	char name[];
};

struct trie {
	struct trie_io io;
	struct node *root;
	struct node *oldest, *newest;
	size_t bytes, max;
	struct digest *sha1;
};

struct node *node_new(struct trie *t, struct node *parent, struct slice name,
    const struct gitx_oid *id);
/* With all below it; takes it off its parent's list. */
void node_free(struct trie *t, struct node *n);
/* The kid of this name, or NULL. */
struct node *node_kid(const struct node *n, struct slice name);
/* Count its memory anew; the newest in use. */
void node_touch(struct trie *t, struct node *n);
void node_count(struct trie *t, struct node *n);
/* Let raw go. */
void node_unload(struct trie *t, struct node *n);
/* Let go what was not used for longest, until the memory is below max. */
void trie_shrink(struct trie *t);

#endif
