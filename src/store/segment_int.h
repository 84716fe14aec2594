/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_SEGMENT_INT_H
#define NINTEI_STORE_SEGMENT_INT_H
/*
 * segment_int: files of store/intake that will be packs, and where in them
 * the objects lie that no pack has yet.
 */
#include <pthread.h>

#include "nintei/pack.h"
#include "nintei/store_files.h"

/* One entry of a segment. */
struct object {
	struct pack_mark mark;
	enum pack_type type;
	uint64_t size;
};
struct objects {
	struct object *v;
	size_t n, cap;
};
void objects_add(struct objects *o, const struct object *one);
void objects_free(struct objects *o);

struct store_blob;
struct segment {
	struct segment *next;
	char *path;
	int fd;
	bool journal;
	bool named; /* documents that a commit names: pool */
	struct store_blob *stream; /* that writes to it: pool */
	pthread_t writer; /* of the last stream: pool */
	bool closed; /* documents: being sealed, no more is added: pool */
	unsigned refs; /* lock */
	uint64_t end; /* after the last whole entry */
	_Atomic uint64_t filled; /* zeros up to here; more: fill */
	pthread_mutex_t fill;
	pthread_mutex_t syncing; /* documents */
	uint64_t synced; /* durable up to here: syncing */
	bool sync_failed; /* syncing */
	struct objects objects;
	struct gitx_oid commit; /* journal: its last */
	uint64_t log_size; /* journal: at that commit */
	int64_t began; /* monotonic ms of the first entry; 0: none */
};

/* Make an empty file with zeros up to fill, durable with its name. */
int segment_make(const struct store_files *f, const char *dir, const char *name,
    uint64_t fill, struct segment **out, struct err *e) MUST_CHECK;
/* One that is there, for recovery. */
int segment_load(const struct store_files *f, const char *path,
    struct segment **out, struct err *e) MUST_CHECK;
/* More zeros, up to `to`; beside a writer that stays below filled. */
int segment_fill(const struct store_files *f, struct segment *g, uint64_t to,
    struct err *e) MUST_CHECK;
void segment_free(struct segment *g);
DEFINE_STRUCT_CLEANUP(segment, segment_free)

/* All bytes at an offset.  out_n: how many were written before an error. */
int files_pwrite(const struct store_files *f, int fd, struct slice bytes,
    uint64_t at, size_t *out_n, struct err *e) MUST_CHECK;
int files_zero(const struct store_files *f, int fd, size_t n, uint64_t at,
    struct err *e) MUST_CHECK;
int files_sync_dir(
    const struct store_files *f, const char *path, struct err *e) MUST_CHECK;
/* Raise: what a failed sync did not write may be lost, whatever errno says, so
 * that files_full is false of it. */
int files_sync_failed(const char *what, struct err *e);
/* There was no room: nothing is in doubt, and later there may be. */
bool files_full(const struct err *e);

/* Read a stored entry of known size: its bytes, piece by piece. */
struct stored {
	int fd;
	uint64_t at; /* of the next byte in the file */
	uint64_t left; /* of the object */
	size_t block; /* left of this block */
};
void stored_begin(struct stored *r, int fd, uint64_t at, uint64_t size);
int64_t stored_read(
    struct stored *r, void *p, size_t cap, struct err *e) MUST_CHECK;

/* Objects in segments, by id.  The newest place of an id wins, but that a
 * journal's is never replaced by a document's.  Caller locks. */
struct place {
	struct gitx_oid id;
	struct segment *segment; /* NULL: free */
	uint64_t at, size;
	enum pack_type type;
};
struct unsealed {
	struct place *v;
	size_t n, cap; /* cap: a power of two */
};
const struct place *unsealed_find(
    const struct unsealed *u, const struct gitx_oid *id);
void unsealed_add(
    struct unsealed *u, struct segment *g, const struct object *o);
/* All of a segment. */
void unsealed_drop(struct unsealed *u, const struct segment *g);
void unsealed_free(struct unsealed *u);

#endif
