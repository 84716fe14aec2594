/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WITNESS_H
#define NINTEI_WITNESS_H
/*
 * witness: cosigns the checkpoints of other logs, never two that contradict
 * each other (c2sp.org/tlog-witness).
 * Runs in: nintei.  Holds: the witness's key.  Trusts: nothing but the state
 * that it wrote itself.
 * Rules: WIT-10 to WIT-29 in docs/PROTOCOL.tlog.
 *
 * State is a folder: lock; logs/<hash of origin>.note, the last checkpoint
 * cosigned of each log; alarms/, what a log signed and should not have.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/instant.h"
#include "nintei/key.h"
#include "nintei/note.h"
#include "nintei/slice.h"
#include "nintei/tlog.h"
#include "nintei/tlog_text.h"

/* --- the pure step --- */

enum witness_verdict {
	WITNESS_NONE = 0,
	WITNESS_COSIGN, /* 200 */
	WITNESS_MALFORMED, /* 400: form, or old size above the checkpoint's */
	WITNESS_UNSIGNED, /* 403: no signature of the log's key */
	WITNESS_UNKNOWN, /* 404: origin */
	WITNESS_STALE, /* 409: old size is not the last cosigned one */
	WITNESS_SPLIT, /* 409: the same size, another root: two histories */
	WITNESS_UNPROVED, /* 422: the consistency proof does not hold */
	WITNESS_BUSY, /* 429 */
	WITNESS_MAX
};
unsigned witness_status(enum witness_verdict v); /* HTTP */
const char *witness_word(enum witness_verdict v); /* "cosign", "split", ... */
/* Two notes signed by the log that cannot both be honest, or may not be. */
bool witness_is_alarm(enum witness_verdict v);

/* seen: the last cosigned head; size 0 when none.  The log's signature is
 * checked here; q comes from witness_request_parse, log may be NULL (origin
 * unknown).  out, for WITNESS_COSIGN: the new head. */
enum witness_verdict witness_decide(const struct witness_request *q,
    const struct note_key *log, const struct tlog_head *seen,
    struct tlog_head *out);

/* --- keys --- */

/*
 * One line, as golang.org/x/mod/sumdb/note writes it:
 * PRIVATE+KEY+<name>+<id>+base64(type 4, seed).  E_INPUT.
 */
#define WITNESS_KEY_BYTES 1024
struct witness_key {
	struct note_key pub;
	struct pkey *private;
};
int witness_key_make(
    struct slice name, struct witness_key *out, struct err *e) MUST_CHECK;
int witness_key_parse(
    struct slice text, struct witness_key *out, struct err *e) MUST_CHECK;
/* out: CLEANUP(buf_wipe); with a newline. */
int witness_key_format(
    const struct witness_key *k, struct buf *out, struct err *e) MUST_CHECK;
void witness_key_done(struct witness_key *k); /* for CLEANUP */

/* --- a witness --- */

#define WITNESS_LOGS 64
struct witness_options {
	const char *state; /* folder, made when absent */
	struct witness_key *key; /* taken over */
	const struct note_key *logs; /* NOTE_ED25519, copied */
	size_t n_logs; /* 1 to WITNESS_LOGS; each origin once */
	struct clock clock;
	unsigned per_minute; /* cosignatures of one log; 0: 600 */
};
struct witness;
/* Errors: E_STORE_LOCKED (another uses the folder), E_STORE_CORRUPT (a state
 * file that is not this log's note), E_INPUT, E_CONFIG. */
int witness_open(const struct witness_options *o, struct witness **out,
    struct err *e) MUST_CHECK;
void witness_close(struct witness *w);
DEFINE_STRUCT_CLEANUP(witness, witness_close)

struct witness_answer {
	enum witness_verdict verdict;
	unsigned status;
	bool is_size; /* Content-Type: text/x.tlog.size */
	struct buf body; /* owned by the caller: BUF_INIT(KIB(4)) */
	char origin[NOTE_NAME]; /* of the log, "" unknown */
	struct tlog_head head; /* of the checkpoint shown, if it was one */
	uint64_t seen; /* size of the last cosigned one before */
	char alarm[96]; /* file below state that holds both notes; or "" */
};
/*
 * One add-checkpoint, from any thread.  The new state is on disk before the
 * cosignature is made.  Errors: E_UNAVAILABLE (the state cannot be written:
 * nothing was cosigned), E_CRYPTO.
 */
int witness_add_checkpoint(struct witness *w, struct slice body,
    struct witness_answer *out, struct err *e) MUST_CHECK;

#endif
