/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TILES_H
#define NINTEI_TILES_H
/*
 * tiles: the whole Merkle log in flat files below store/log: the event
 * hashes in order (entries) and the hash of every complete subtree, one file
 * per level of the tree (level-00: leaf hashes).  A cache: never evidence,
 * never awaited, rebuilt from the history when missing or wrong.
 * Runs in: core (the store's committer writes), nintei.
 * Trusts: what lay below the mark when it was made; the owner compares the
 * root at the tip with the signed one.
 * One writer (append, sync, truncate, close); all the rest may be called from
 * any thread beside it.  _truncate alone wants no reader beside it.
 * Rules: TLOG-20 to TLOG-23 in docs/PROTOCOL.tlog.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"
#include "nintei/tlog.h"
#include "nintei/tlog_text.h"

struct tiles;

/*
 * Open the folder dir; writable makes it when it is absent and puts right
 * what a crash left: all above the mark (at most TILES_MARK events, and what
 * one append added) is computed again from entries, and files that do not
 * fit are cut or made anew.  Nothing usable: an empty log, no error.
 * Errors: E_NOT_FOUND (not writable, absent), E_UNAVAILABLE (I/O).
 */
#define TILES_MARK 65536
int tiles_open(const char *dir, bool writable, struct tiles **out,
    struct err *e) MUST_CHECK;
/* A writer syncs first; a failure of that only costs time at the next open. */
void tiles_close(struct tiles *t);
DEFINE_STRUCT_CLEANUP(tiles, tiles_close)

/* Event hashes that readers may ask for. */
uint64_t tiles_size(const struct tiles *t);

/*
 * Append n event hashes of 32 bytes.  Not synced; visible to readers when it
 * returns 0, all of them.  On failure nothing was added, and it may be tried
 * again.  Errors: E_UNAVAILABLE.
 */
int tiles_append(struct tiles *t, const uint8_t *event_hashes, size_t n,
    struct err *e) MUST_CHECK;
/* Cut the log to size (0 starts anew); larger than it is: E_INPUT. */
int tiles_truncate(struct tiles *t, uint64_t size, struct err *e) MUST_CHECK;
/* fdatasync, then move the mark.  Done by append each TILES_MARK events. */
int tiles_sync(struct tiles *t, struct err *e) MUST_CHECK;
/*
 * How much was synced: where the tip does not agree with the signed root,
 * truncate to here and append the rest from the history; then to 0.
 */
uint64_t tiles_mark(const struct tiles *t);
/*
 * Compute every level again from entries and compare.  E_INVALID at the
 * first difference, E_UNAVAILABLE.  Linear; memory bounded.
 */
int tiles_check(struct tiles *t, struct err *e) MUST_CHECK;

/*
 * Read from disk, each O(log n).  Errors: E_INPUT (beyond tiles_size, or
 * old above new), E_UNAVAILABLE (I/O, or a file shorter than it must be).
 */
int tiles_event_hash(const struct tiles *t, uint64_t index,
    uint8_t out[TLOG_HASH], struct err *e) MUST_CHECK;
/* The right edge of the log as it was at size. */
int tiles_frontier(const struct tiles *t, uint64_t size, struct tlog *out,
    struct err *e) MUST_CHECK;
int tiles_root(const struct tiles *t, uint64_t size, uint8_t out[TLOG_HASH],
    struct err *e) MUST_CHECK;
int tiles_inclusion(const struct tiles *t, uint64_t index, uint64_t size,
    struct tlog_proof *out, struct err *e) MUST_CHECK;
/* 0 < old <= now. */
int tiles_consistency(const struct tiles *t, uint64_t old, uint64_t now,
    struct tlog_proof *out, struct err *e) MUST_CHECK;
/* The way up from a complete subtree; level 0 is an inclusion proof. */
int tiles_path(const struct tiles *t, unsigned level, uint64_t index,
    uint64_t size, struct tlog_proof *out, struct err *e) MUST_CHECK;
/*
 * The bytes of a tile of the log with this size and root, appended to out (at
 * most TILE_BYTES): 32 bytes a hash, or for entries u16 length (32) and hash
 * each.  E_INPUT: such a log has no such tile; E_INVALID: what the files hold
 * does not lead to the root.
 */
#define TILE_BYTES (TILE_WIDTH * (TLOG_HASH + 2))
int tiles_tile(const struct tiles *t, const struct tile *tile,
    const struct tlog_head *head, struct buf *out, struct err *e) MUST_CHECK;
/*
 * Something read was wrong: the next opening makes all levels again from
 * entries, and there will be no mark before.  Any thread.
 */
void tiles_distrust(const struct tiles *t);

#endif
