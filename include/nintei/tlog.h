/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TLOG_H
#define NINTEI_TLOG_H
/*
 * tlog: the SHA-256 Merkle log over event hashes, with the hashing of RFC
 * 6962.  A leaf input is the 32 bytes of an event hash, so the leaf hash is
 * SHA-256(0x00 || event hash).  Pure: no I/O, no clock.  Its texts are in
 * note.h and tlog_text.h.
 * Runs in: core, signer, nintei.  Trusts: nothing.
 */
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

#define TLOG_HASH 32
#define TLOG_LEVELS 63

/* The two hashes of RFC 6962 2.1.  out of _pair may be left or right. */
void tlog_leaf(const uint8_t event_hash[TLOG_HASH], uint8_t out[TLOG_HASH]);
void tlog_pair(const uint8_t left[TLOG_HASH], const uint8_t right[TLOG_HASH],
    uint8_t out[TLOG_HASH]);
void tlog_copy(const uint8_t from[TLOG_HASH], uint8_t to[TLOG_HASH]);

/*
 * The right edge of the tree: one hash per set bit of size, at its level.
 * All zero is the empty log.  Plain data: copy it to try an append.
 */
struct tlog {
	uint64_t size;
	uint8_t node[TLOG_LEVELS][TLOG_HASH];
};

/* Append one event hash; its log index is the size before. */
void tlog_append(struct tlog *log, const uint8_t event_hash[TLOG_HASH]);
/* SHA-256 of nothing for the empty log. */
void tlog_root(const struct tlog *log, uint8_t out[TLOG_HASH]);

/*
 * u64 size, then the hashes of its set bits from the highest down: what the
 * signer keeps between starts.  Errors of load: E_INPUT.
 */
void tlog_save(const struct tlog *log, struct buf *out);
int tlog_load(struct slice bytes, struct tlog *out, struct err *e) MUST_CHECK;

/* Hashes from the leaf upward, as RFC 6962 2.1.1 and 2.1.2 order them. */
struct tlog_proof {
	uint8_t hash[2 * TLOG_LEVELS][TLOG_HASH];
	unsigned n;
};

/*
 * Proofs over all event hashes of a log, 32 bytes each, one after the other.
 * Errors: E_INPUT when index or old size lie outside the log.
 */
int tlog_inclusion(struct slice event_hashes, uint64_t index,
    struct tlog_proof *out, struct err *e) MUST_CHECK;
int tlog_consistency(struct slice event_hashes, uint64_t old_n,
    struct tlog_proof *out, struct err *e) MUST_CHECK;

/* Errors: E_INVALID. */
int tlog_inclusion_verify(const uint8_t event_hash[TLOG_HASH], uint64_t index,
    const struct tlog_proof *proof, uint64_t size,
    const uint8_t root[TLOG_HASH], struct err *e) MUST_CHECK;
/* A log's size and root: what a checkpoint says. */
struct tlog_head {
	uint64_t size;
	uint8_t root[TLOG_HASH];
};
/* The same for a complete subtree: number index of those of 2^level leaves. */
struct tlog_node {
	unsigned level;
	uint64_t index;
	uint8_t hash[TLOG_HASH];
};
int tlog_node_verify(const struct tlog_node *node,
    const struct tlog_proof *proof, const struct tlog_head *head,
    struct err *e) MUST_CHECK;
int tlog_consistency_verify(const struct tlog_head *old,
    const struct tlog_head *now, const struct tlog_proof *proof,
    struct err *e) MUST_CHECK;

#endif
