/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PACK_H
#define NINTEI_PACK_H
/*
 * pack: git's pack format in bytes: ids, entries, segments, indexes.
 * Reading whole repositories is packset.h.
 * Runs in: core; nintei (audit, init).  Holds: nothing; descriptors are
 * lent.  Trusts: nothing that it scans.
 * Vendors: libdeflate here; zlib through archx, libgit2 through gitx.
 * Rules: docs/PROTOCOL.pack.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/digest.h"
#include "nintei/err.h"
#include "nintei/gitx.h"
#include "nintei/slice.h"

enum pack_type {
	PACK_NONE = 0,
	PACK_COMMIT = 1,
	PACK_TREE = 2,
	PACK_BLOB = 3,
	PACK_TAG = 4,
	PACK_MAX
};
#define PACK_HEADER 12 /* "PACK", version 2, number of entries */
#define PACK_SUM SHA1_BYTES /* at the end of a pack, and of an idx */

/*
 * Id of an object.  pack_id: OpenSSL's SHA-1; sha1 is of digest_sha1_new(),
 * begun anew here, so that one serves many.  pack_id_safe: by libgit2's
 * collision-detecting SHA-1, for bytes that a person chose; E_INPUT when they
 * are half of a collision.
 */
void pack_id(struct digest *sha1, enum pack_type type, struct slice bytes,
    struct gitx_oid *out);
int pack_id_safe(enum pack_type type, struct slice bytes, struct gitx_oid *out,
    struct err *e) MUST_CHECK;
/* Begin the id of an object of this size; then digest_update, _final. */
void pack_id_begin(struct digest *sha1, enum pack_type type, uint64_t size);

/* Where an entry lies and what its bytes in the pack sum to: an idx row. */
struct pack_mark {
	struct gitx_oid id;
	uint32_t crc; /* of the entry as it lies in the pack */
	uint64_t at; /* offset from the start of the pack */
};

/* "PACK", version 2, count. */
void pack_header(uint32_t count, uint8_t out[PACK_HEADER]);
/* Bytes in the pack of a stored entry of an object of this size. */
uint64_t pack_stored_size(uint64_t size);
/* Append an entry, stored (not deflated).  out_crc: of the entry. */
void pack_put_stored(
    struct buf *b, enum pack_type type, struct slice bytes, uint32_t *out_crc);
/* The same deflated at level 1, or stored where that is not longer. */
struct pack_press;
struct pack_press *pack_press_new(void); /* one per thread */
void pack_put_pressed(struct pack_press *z, struct buf *b, enum pack_type type,
    struct slice bytes, uint32_t *out_crc);
void pack_press_free(struct pack_press *z);
DEFINE_STRUCT_CLEANUP(pack_press, pack_press_free)

/*
 * One object of known size, of any size, as a stored entry in pieces:
 * constant memory.  sink gets the bytes of the entry in order, borrowed.
 * _add: more than announced is E_INPUT.  _end: less is E_INPUT; gives id and
 * crc (at is 0); once.  Any failure is final.
 */
typedef int (*pack_sink)(void *arg, struct slice bytes, struct err *e);
struct pack_stream;
struct pack_stream *pack_stream_new(
    enum pack_type type, uint64_t size, pack_sink sink, void *arg);
int pack_stream_add(
    struct pack_stream *s, struct slice bytes, struct err *e) MUST_CHECK;
int pack_stream_end(
    struct pack_stream *s, struct pack_mark *out, struct err *e) MUST_CHECK;
void pack_stream_free(struct pack_stream *s);
DEFINE_STRUCT_CLEANUP(pack_stream, pack_stream_free)

/* One good entry of a scan. */
struct pack_found {
	struct pack_mark mark;
	enum pack_type type;
	uint64_t size; /* of the object */
	uint64_t
	    stored; /* bytes in the pack; the next is at mark.at + stored */
	bool has_bytes; /* size <= keep */
	struct slice bytes; /* the object, borrowed */
};
/* Why a scan ended. */
enum pack_stop {
	PACK_STOP_NONE = 0,
	PACK_STOP_END, /* at `to`, between entries */
	PACK_STOP_ZERO, /* a zero byte where an entry would begin */
	PACK_STOP_BAD, /* not an entry of ours: type, delta, size, checksum */
	PACK_STOP_TORN, /* an entry that goes beyond `to` or the file */
	PACK_STOP_CALLER /* fn said so */
};
struct pack_scanned {
	uint64_t good; /* offset after the last entry that fn took */
	uint64_t count; /* of these */
	enum pack_stop why;
};
/*
 * Parse entries at [from, to) of fd one after another; give each good one to
 * fn, with its bytes up to `keep` of them.  Ids are recomputed.  fn: 0 to go
 * on, 1 to stop before this entry, -1 for an error, which is passed on.
 * Memory: about keep + 1 MiB.  Deltas are not ours: PACK_STOP_BAD.
 * What is wrong with the entries ends the scan and is no error.
 * Errors: E_UNAVAILABLE (reading), fn's.
 */
typedef int (*pack_scan_fn)(
    const struct pack_found *found, void *arg, struct err *e);
struct pack_range {
	uint64_t from; /* PACK_HEADER for the first entry */
	uint64_t to;
	size_t keep;
};
int pack_scan(int fd, const struct pack_range *range, pack_scan_fn fn,
    void *arg, struct pack_scanned *out, struct err *e) MUST_CHECK;

/*
 * What makes the body [PACK_HEADER, end) of fd a pack of `count` entries:
 * header goes to offset 0, sum to `end`, the file ends there.  Reads the body
 * once; writes nothing.  Errors: E_UNAVAILABLE.
 */
struct pack_trailer {
	uint8_t header[PACK_HEADER];
	uint8_t sum[PACK_SUM]; /* in hex: the name of the pack */
};
int pack_trailer(int fd, uint64_t end, uint32_t count, struct pack_trailer *out,
    struct err *e) MUST_CHECK;

/*
 * Append idx version 2 of a pack with this sum; sorts marks by id.  Offsets
 * from 2^31 on go to the 64-bit table.  Errors: E_LIMIT (out's maximum, see
 * pack_idx_max; 2^32 entries), E_INPUT (an id twice).
 */
size_t pack_idx_max(size_t n); /* bytes at most for n entries */
int pack_idx(struct pack_mark *marks, size_t n, const uint8_t sum[PACK_SUM],
    struct buf *out, struct err *e) MUST_CHECK;

#endif
