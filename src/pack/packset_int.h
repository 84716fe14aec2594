/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PACKSET_INT_H
#define NINTEI_PACKSET_INT_H
/*
 * packset_int: packs in memory, entries in packs, one reader.  For this
 * folder, its tests and fuzz targets.
 */
#include <pthread.h>
#include <stdatomic.h>
#include "nintei/packset.h"
#include "pack_int.h"

struct libdeflate_decompressor;

/* Objects that others are deltas of; and all bytes made for one object. */
#define BASE_MAX MIB(256)
#define WORK_MAX ((uint64_t)2 << 30)
/* Deflate does not grow anything more than this. */
#define DEFLATE_RATIO 1032

/* An entry by its place in the order of offsets. */
struct pack_row {
	uint64_t at;
	uint32_t pos; /* in the idx */
};

/* One pack and its idx, mapped.  Shared; refs counts. */
struct pack_file {
	atomic_uint refs;
	char *name; /* without ".idx" */
	uint64_t serial; /* never two the same in a process */
	struct slice pack, idx;
	bool mapped;
	uint64_t end; /* of the entries */
	uint32_t count, large; /* entries; of the 64-bit table */
	const uint8_t *fanout, *ids, *small, *big;
	pthread_mutex_t lock; /* for rows */
	struct pack_row *rows; /* made at the first walk */
};
/* dirfd: the folder "pack"; 1 taken, 0 not there (any more), -1. */
int pack_file_open(int dirfd, const char *name, struct pack_file **out,
    struct err *e) MUST_CHECK;
/* The same of memory that outlives it. */
int pack_file_of(struct slice idx, struct slice pack, struct pack_file **out,
    struct err *e) MUST_CHECK;
struct pack_file *pack_file_ref(struct pack_file *f);
void pack_file_unref(struct pack_file *f);
DEFINE_STRUCT_CLEANUP(pack_file, pack_file_unref)
/* Offset of an object; false: not in this pack. */
bool pack_file_find(
    const struct pack_file *f, const struct gitx_oid *id, uint64_t *out_at);
/* pos < count.  false: an offset that the idx does not hold. */
bool pack_file_offset(
    const struct pack_file *f, uint32_t pos, uint64_t *out_at);
void pack_file_id(
    const struct pack_file *f, uint32_t pos, struct gitx_oid *out);
int pack_file_rows(
    struct pack_file *f, const struct pack_row **out, struct err *e) MUST_CHECK;

/* The packs at one time.  Shared; refs counts. */
struct pack_list {
	atomic_uint refs;
	size_t n;
	struct pack_file *files[];
};
void pack_list_unref(struct pack_list *l);
DEFINE_STRUCT_CLEANUP(pack_list, pack_list_unref)

struct pack_set {
	int fd; /* of dir */
	pthread_mutex_t lock;
	struct pack_list *list;
	atomic_uint generation; /* of list */
};
struct pack_list *pack_set_list(struct pack_set *s, unsigned *out_generation);

/* The head of an entry in a pack. */
struct entry {
	unsigned type;
	uint64_t size; /* of what is inflated: of a delta, not the object */
	uint64_t data; /* offset of its zlib stream */
	uint64_t base; /* of a delta: offset of the entry it changes */
};
int entry_at(const struct pack_file *f, uint64_t at, struct entry *out,
    struct err *e) MUST_CHECK;

/* Deltas: sizes first, then instructions.  E_STORE_CORRUPT. */
int delta_sizes(struct slice *delta, uint64_t *out_base, uint64_t *out_size,
    struct err *e) MUST_CHECK;
int delta_apply(struct slice base, struct slice delta, uint8_t *out,
    size_t size, struct err *e) MUST_CHECK;

/* A ring of bytes in which delta bases are kept; the oldest go first. */
struct base_cache;
struct base_cache *base_cache_new(size_t bytes);
void base_cache_free(struct base_cache *c);
/* Until the next _put.  type is PACK_NONE when it is not there. */
enum pack_type base_cache_get(const struct base_cache *c, uint64_t serial,
    uint64_t at, struct slice *out);
void base_cache_put(struct base_cache *c, uint64_t serial, uint64_t at,
    enum pack_type type, struct slice bytes);

/* Memory that grows and is used again; its content does not survive. */
struct scratch {
	uint8_t *p;
	size_t cap;
};

struct pack_reader {
	struct pack_set *set;
	struct pack_list *list;
	unsigned generation;
	size_t hint; /* the pack that had the last object */
	bool verify;
	struct libdeflate_decompressor *z;
	struct inflater *inflater; /* for loose objects and large ones */
	struct digest *sha1;
	struct base_cache *cache;
	struct scratch object[2]; /* base and result, in turns */
	struct scratch delta;
	struct entry chain[PACK_DEPTH_MAX];
	uint64_t chain_at[PACK_DEPTH_MAX];
};
/* The current packs; which of them has the object. */
void reader_follow(struct pack_reader *r);
struct pack_file *reader_find(
    struct pack_reader *r, const struct gitx_oid *id, uint64_t *out_at);
/* The object whose entry is at `at`; id is not checked. */
int reader_entry(struct pack_reader *r, struct pack_file *f, uint64_t at,
    size_t max, struct pack_object *out, struct err *e) MUST_CHECK;
/* Type and size of it. */
int reader_stat(struct pack_reader *r, const struct pack_file *f, uint64_t at,
    struct pack_object *out, struct err *e) MUST_CHECK;
/* bytes are of this type and have this id; with opts.verify. */
int reader_verify(struct pack_reader *r, const struct pack_object *object,
    struct err *e) MUST_CHECK;
uint8_t *scratch_get(struct scratch *s, size_t n, struct err *e);

/* An object of any type in pieces, from this place; read by pack_blob_read. */
int stream_open_at(struct pack_reader *r, struct pack_file *f, uint64_t at,
    const struct gitx_oid *id, size_t max_delta, struct pack_blob **out,
    struct err *e) MUST_CHECK;
int stream_open_loose(struct pack_reader *r, const struct gitx_oid *id,
    struct pack_blob **out, struct err *e) MUST_CHECK;

#endif
