/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_GITX_H
#define NINTEI_GITX_H
/*
 * gitx: a bare git repository: objects, trees, commits and one ref, durable.
 * Runs in: core; nintei (init, audit).  Only src/store uses it.
 * Vendor: libgit2 with fsync, strict objects and hash verification; it never
 * reads configuration outside the repository.
 * A repository may be used by one thread at a time; streams (each by one
 * thread) and a reader's _read may run beside it.
 * Errors: E_UNAVAILABLE (the disk), E_STORE_CORRUPT (objects that do not
 * read), E_NOT_FOUND, E_LIMIT.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

#define GITX_OID 20
#define GITX_OID_TEXT 41

struct gitx_oid {
	uint8_t b[GITX_OID];
};
bool gitx_oid_eq(const struct gitx_oid *a, const struct gitx_oid *b);
/*
 * The id of an object by collision-detecting SHA-1.  kind: as in a pack,
 * 1 commit, 2 tree, 3 blob, 4 tag.  E_INPUT: the bytes are part of a collision.
 */
int gitx_id(unsigned kind, struct slice bytes, struct gitx_oid *out,
    struct err *e) MUST_CHECK;

struct gitx;
/*
 * Make a bare repository at path, which must not exist: HEAD names
 * refs/heads/main, the 256 object folders are there, settings of STORE 6,
 * everything synced.
 */
int gitx_init(const char *path, struct err *e) MUST_CHECK;
/*
 * Bring the settings of an existing one up to those that gitx_init makes,
 * writing only what differs.  For who holds the store's lock.
 */
int gitx_settle(const char *path, struct err *e) MUST_CHECK;
/* A bare repository, or a work tree's .git.  E_NOT_FOUND. */
int gitx_open(const char *path, struct gitx **out, struct err *e) MUST_CHECK;
void gitx_close(struct gitx *g);
DEFINE_STRUCT_CLEANUP(gitx, gitx_close)
/*
 * What a killed process leaves: lock files and temporary objects.  Only
 * while no other process writes, but maintenance may (it holds maintain.lock
 * beside the repository): then objects/ is left alone.  Then gitx_settle, and
 * syncs the file system.
 */
int gitx_clean(const char *path, unsigned *out_locks, unsigned *out_temporary,
    struct err *e) MUST_CHECK;

/* rm -r; an absent path is fine. */
int gitx_remove(const char *path, struct err *e) MUST_CHECK;

/* Refs.  E_NOT_FOUND when it is absent. */
int gitx_ref_read(struct gitx *g, const char *name, struct gitx_oid *out,
    struct err *e) MUST_CHECK;
/* From old (NULL: must not exist) to id.  E_STORE_CONFLICT. */
int gitx_ref_update(struct gitx *g, const char *name,
    const struct gitx_oid *old, const struct gitx_oid *id,
    struct err *e) MUST_CHECK;

/* Blobs, whole and streamed. */
int gitx_blob_write(struct gitx *g, struct slice bytes, struct gitx_oid *out,
    struct err *e) MUST_CHECK;
int gitx_blob_read(struct gitx *g, const struct gitx_oid *id, size_t max,
    struct buf *out, struct err *e) MUST_CHECK;
/* Streamed: stored, not deflated.  For ciphertext. */
struct gitx_stream;
int gitx_stream_new(struct gitx *g, uint64_t size, struct gitx_stream **out,
    struct err *e) MUST_CHECK;
int gitx_stream_write(
    struct gitx_stream *s, struct slice bytes, struct err *e) MUST_CHECK;
int gitx_stream_finish(
    struct gitx_stream *s, struct gitx_oid *out, struct err *e) MUST_CHECK;
void gitx_stream_free(struct gitx_stream *s);
DEFINE_STRUCT_CLEANUP(gitx_stream, gitx_stream_free)
/* A loose blob in constant memory; a packed one is read whole. */
struct gitx_reader;
int gitx_reader_open(struct gitx *g, const struct gitx_oid *id,
    struct gitx_reader **out, struct err *e) MUST_CHECK;
uint64_t gitx_reader_size(const struct gitx_reader *r);
int64_t gitx_reader_read(
    struct gitx_reader *r, void *p, size_t cap, struct err *e) MUST_CHECK;
void gitx_reader_free(struct gitx_reader *r);
DEFINE_STRUCT_CLEANUP(gitx_reader, gitx_reader_free)
bool gitx_has_blob(struct gitx *g, const struct gitx_oid *id);

/* Trees.  put: path from the root, "/" between folders. */
struct gitx_put {
	const char *path;
	struct gitx_oid blob;
};
int gitx_tree_put(struct gitx *g, const struct gitx_oid *base,
    const struct gitx_put *puts, size_t n, struct gitx_oid *out,
    struct err *e) MUST_CHECK; /* base NULL: the empty tree */
struct gitx_entry {
	struct gitx_oid id;
	bool is_folder;
};
/* E_NOT_FOUND. */
int gitx_tree_find(struct gitx *g, const struct gitx_oid *tree,
    const char *path, struct gitx_entry *out, struct err *e) MUST_CHECK;
int gitx_tree_list(struct gitx *g, const struct gitx_oid *tree,
    int (*fn)(const char *name, const struct gitx_entry *entry, void *arg,
	struct err *e),
    void *arg, struct err *e) MUST_CHECK;

/* text without gpgsig, and the armour that becomes it. */
int gitx_commit_write(struct gitx *g, struct slice text, struct slice armour,
    struct gitx_oid *out, struct err *e) MUST_CHECK;
struct gitx_commit {
	struct gitx_oid tree;
	struct gitx_oid parent; /* of nparents == 1 */
	unsigned nparents;
	int64_t committed_at;
	char author[64];
	char message[512]; /* cut to fit */
};
int gitx_commit_read(struct gitx *g, const struct gitx_oid *id,
    struct gitx_commit *out, struct err *e) MUST_CHECK;

/* The whole object, its gpgsig header included. */
int gitx_commit_bytes(struct gitx *g, const struct gitx_oid *id, size_t max,
    struct buf *out, struct err *e) MUST_CHECK;

#endif
