/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PACKSET_H
#define NINTEI_PACKSET_H
/*
 * packset: read the objects of a repository: packs with their idx, mapped,
 * and loose objects.  Packs may be anybody's: deltas, deflated, hostile.
 * Runs in: core; nintei (audit).  Holds: mappings and the folder.
 * Trusts: that nobody shortens a pack file in place; git never does.
 * A pack_set is shared by threads; a pack_reader belongs to one thread.
 * Rules: docs/PROTOCOL.pack.
 */
#include "nintei/limits.h"
#include "nintei/pack.h"

#define PACK_DEPTH_MAX 4096 /* deltas on one another; git writes up to 4095 */
#define PACK_PIECE KIB(64)

struct pack_set;
/*
 * dir: the folder "objects" of a repository.  Takes every pack/X.idx that has
 * its X.pack; an idx that is not well-formed is E_STORE_CORRUPT.
 * Errors: E_NOT_FOUND (no folder), E_STORE_CORRUPT, E_UNAVAILABLE.
 */
int pack_set_open(
    const char *dir, struct pack_set **out, struct err *e) MUST_CHECK;
/*
 * Look at the folder again: new packs are taken, vanished ones let go when no
 * reader uses them.  Readers see it at their next call.  From any thread.
 */
int pack_set_refresh(struct pack_set *s, struct err *e) MUST_CHECK;
size_t pack_set_packs(struct pack_set *s);
/* After all its readers. */
void pack_set_close(struct pack_set *s);
DEFINE_STRUCT_CLEANUP(pack_set, pack_set_close)

struct pack_opts {
	bool verify; /* recompute the id of everything read */
	size_t cache; /* bytes of delta bases kept; 0: 16 MiB */
};
struct pack_reader;
/* opts NULL: verify, default cache. */
int pack_reader_new(struct pack_set *s, const struct pack_opts *opts,
    struct pack_reader **out, struct err *e) MUST_CHECK;
void pack_reader_free(struct pack_reader *r);
DEFINE_STRUCT_CLEANUP(pack_reader, pack_reader_free)

struct pack_object {
	struct gitx_oid id;
	enum pack_type type;
	uint64_t size;
	struct slice bytes; /* until the next call on this reader */
};
bool pack_has(struct pack_reader *r, const struct gitx_oid *id);
/* Type and size alone; bytes is empty.  Follows deltas to the type. */
int pack_stat(struct pack_reader *r, const struct gitx_oid *id,
    struct pack_object *out, struct err *e) MUST_CHECK;
/*
 * A whole object of at most max bytes.
 * Errors: E_NOT_FOUND, E_LIMIT, E_STORE_CORRUPT, E_UNAVAILABLE (loose).
 */
int pack_read(struct pack_reader *r, const struct gitx_oid *id, size_t max,
    struct pack_object *out, struct err *e) MUST_CHECK;

/*
 * A blob in pieces of any size, in constant memory where it is no delta (a
 * delta is built whole: E_LIMIT above max_delta).  The stream keeps its pack;
 * the reader may be used, freed and the set refreshed meanwhile.  With verify
 * the last piece is given only when the id is right.
 * _read: bytes given, 0 at the end, -1.  E_STORE_CORRUPT.
 */
struct pack_blob;
int pack_blob_open(struct pack_reader *r, const struct gitx_oid *id,
    size_t max_delta, struct pack_blob **out, struct err *e) MUST_CHECK;
uint64_t pack_blob_size(const struct pack_blob *b);
int64_t pack_blob_read(
    struct pack_blob *b, void *p, size_t cap, struct err *e) MUST_CHECK;
void pack_blob_free(struct pack_blob *b);
DEFINE_STRUCT_CLEANUP(pack_blob, pack_blob_free)

/*
 * Every object: the packs one after another, each in the order of its
 * offsets, then loose ones; an object in two places comes twice.  Job j of n
 * (0 <= j < n) takes its share, a run of each pack; all shares together are
 * everything once.  Objects above keep come without bytes (bytes.p NULL); with
 * verify their ids are checked all the same.  fn: 0 to go on, -1 ends the walk
 * with its error; it must not use r.
 * A bad object ends the walk: E_STORE_CORRUPT names it.
 */
struct pack_share {
	unsigned job;
	unsigned jobs;
	size_t keep;
};
typedef int (*pack_walk_fn)(
    const struct pack_object *object, void *arg, struct err *e);
int pack_walk(struct pack_reader *r, const struct pack_share *share,
    pack_walk_fn fn, void *arg, struct err *e) MUST_CHECK;

#endif
