/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_OBJECTS_INT_H
#define NINTEI_STORE_OBJECTS_INT_H
/*
 * objects_int: reading objects and trees, wherever they lie: in a segment,
 * in a pack, loose.  From any thread; never waits for a sync.
 */
#include "nintei/digest.h"
#include "store_int.h"

/* Trees and commits; blobs have the limit of whoever asks. */
#define OBJECT_BYTES MIB(256)

/* Append a whole object of this type.  E_NOT_FOUND, E_LIMIT, E_STORE_CORRUPT.
 */
int object_read(struct store *s, const struct gitx_oid *id, enum pack_type type,
    struct buf *out, struct err *e) MUST_CHECK;
/* Is it there and of this type? */
bool object_has(
    struct store *s, const struct gitx_oid *id, enum pack_type type);

/* A reader of packs serves one thread at a time; idle ones wait here. */
struct readers {
	struct readers *next;
	struct pack_reader *reader;
	struct digest *sha1;
};
struct readers *reader_take(struct store *s, struct err *e);
void reader_give(struct store *s, struct readers *r);
void readers_free(struct store *s);
/* False: in no segment.  Else its segment stays until it is released. */
bool place_hold(struct store *s, const struct gitx_oid *id, struct place *out);
void place_release(struct store *s, struct segment *g);

/* Below this tree.  path "": the tree itself.  E_NOT_FOUND. */
int tree_find(struct store *s, const struct gitx_oid *tree, const char *path,
    struct gitx_entry *out, struct err *e) MUST_CHECK;

/* A commit of ours, parsed. */
struct commit {
	struct gitx_oid tree, parent;
	bool has_parent;
	int64_t committed_at;
	char author[64];
	struct message message;
};
/* text: the whole object.  E_STORE_CORRUPT. */
int commit_parse(
    struct slice text, struct commit *out, struct err *e) MUST_CHECK;
int store_commit_read(struct store *s, const struct gitx_oid *id,
    struct commit *out, struct err *e) MUST_CHECK;

#endif
