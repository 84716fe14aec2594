/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TLOG_TEXT_H
#define NINTEI_TLOG_TEXT_H
/*
 * tlog_text: the texts around a log: proof files (c2sp.org/tlog-proof@v1),
 * paths of tiles (c2sp.org/tlog-tiles), requests to a witness
 * (c2sp.org/tlog-witness).  Part of tlog.
 * Runs in: core, courier, nintei.  Trusts: nothing.  Pure.
 * Rules: TLOG-10 to TLOG-16 in docs/PROTOCOL.tlog.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/note.h"
#include "nintei/slice.h"
#include "nintei/tlog.h"

#define PROOF_FILE_BYTES (NOTE_BYTES + KIB(96)) /* most of a proof file */
#define PROOF_HASHES 63 /* most lines of one proof */

/* A proof file; extra and checkpoint are borrowed. */
struct proof_file {
	struct slice extra; /* base64 as it stands; empty: no such line */
	uint64_t index;
	struct tlog_proof proof;
	struct slice checkpoint; /* the whole note, verbatim */
};
/* Form alone; the checkpoint must be a note that is a checkpoint. */
int proof_file_parse(
    struct slice bytes, struct proof_file *out, struct err *e) MUST_CHECK;
void proof_file_format(const struct proof_file *f, struct buf *out);

/* Who must have signed. */
struct proof_policy {
	const struct note_key *log;
	const struct note_key *witness; /* NOTE_COSIGNATURE */
	size_t nwitness;
	unsigned quorum; /* of them; 0: none needed */
};
/*
 * Is the event in the log?  Checkpoint signed by the log under its origin,
 * cosigned by the quorum, inclusion proof right.  out (may be NULL) borrows
 * from the file's bytes.  Errors: E_INPUT (form), E_INVALID.
 */
int proof_file_verify(const struct proof_file *f,
    const struct proof_policy *policy, const uint8_t event_hash[TLOG_HASH],
    struct checkpoint *out, struct err *e) MUST_CHECK;

#define TILE_WIDTH 256 /* hashes of a full tile: height 8 */
#define TILE_LEVELS 8 /* levels 0 to 7: logs below 2^63 */
#define TILE_PATH 64 /* room for a path and NUL */

/* Which tile, or with entries which bundle of entries. */
struct tile {
	bool entries;
	unsigned level; /* 0 with entries */
	uint64_t index;
	unsigned width; /* 1 to TILE_WIDTH; less than that: partial */
};
/* "0/x001/067", "entries/000.p/5": what follows "tile/".  E_INPUT. */
int tile_path_parse(
    struct slice path, struct tile *out, struct err *e) MUST_CHECK;
char *tile_path_format(const struct tile *t, char out[TILE_PATH]);
/* Does a log of this size have the tile?  No hash beyond size is in it. */
bool tile_is_in(const struct tile *t, uint64_t size);

/* A request to add-checkpoint, borrowed. */
struct witness_request {
	uint64_t old_size;
	struct tlog_proof proof; /* consistency; empty for 0 */
	struct slice checkpoint; /* the whole note */
};
#define WITNESS_REQUEST_BYTES (NOTE_BYTES + KIB(4))
int witness_request_parse(
    struct slice bytes, struct witness_request *out, struct err *e) MUST_CHECK;
void witness_request_format(const struct witness_request *q, struct buf *out);
/* The body of 409: a size and a newline (text/x.tlog.size).  E_INPUT. */
int witness_size_parse(
    struct slice bytes, uint64_t *out, struct err *e) MUST_CHECK;

#endif
