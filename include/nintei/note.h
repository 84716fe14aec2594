/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_NOTE_H
#define NINTEI_NOTE_H
/*
 * note: signed notes, checkpoints and cosignatures of a transparency log
 * (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature).  Part of tlog.
 * Runs in: core, signer, courier, nintei.  Trusts: nothing.  Pure.
 * Rules: TLOG-1 to TLOG-9 in docs/PROTOCOL.tlog.
 */
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/key.h"
#include "nintei/limits.h"
#include "nintei/slice.h"
#include "nintei/tlog.h"

#define NOTE_BYTES KIB(64) /* most of a whole note */
#define NOTE_NAME 256 /* a key's name and NUL */
#define NOTE_SIGNATURES 32 /* most lines; the format asks for 16 */

enum note_type {
	NOTE_NONE = 0,
	NOTE_ED25519 = 1, /* a log's signature */
	NOTE_COSIGNATURE = 4 /* a witness's, with its time */
};

/* Whose signature to look for.  Plain data. */
struct note_key {
	enum note_type type;
	uint32_t id; /* SHA-256(name, newline, type, public)[:4] */
	uint8_t raw[ED25519_PUBLIC_BYTES];
	char name[NOTE_NAME];
};
/* May it name a key: UTF-8, no space, no plus, no control.  Not empty. */
bool note_name_is_valid(struct slice name);
/* raw: ED25519_PUBLIC_BYTES.  E_INPUT. */
int note_key_make(struct slice name, enum note_type type, struct slice raw,
    struct note_key *out, struct err *e) MUST_CHECK;
/* "name+0a1b2c3d+base64", no newline.  Parse: the id must agree.  E_INPUT. */
int note_key_parse(
    struct slice vkey, struct note_key *out, struct err *e) MUST_CHECK;
void note_key_format(const struct note_key *k, struct buf *out);

/* One signature line, borrowed. */
struct note_line {
	struct slice line; /* whole, with its newline */
	struct slice name;
	uint32_t id;
	struct slice base64; /* of id and signature */
};
/* A note, borrowed from its bytes. */
struct note {
	struct slice text; /* what is signed, with its last newline */
	struct note_line sig[NOTE_SIGNATURES];
	unsigned n; /* 1 or more */
};
/* Form alone, no signature is checked.  E_INPUT, E_LIMIT. */
int note_parse(struct slice bytes, struct note *out, struct err *e) MUST_CHECK;
/* Signature lines alone: what a witness answers.  out->text is empty. */
int note_lines_parse(
    struct slice bytes, struct note *out, struct err *e) MUST_CHECK;

/*
 * Is the text signed by this key?  Each line of its name and id must verify,
 * and there must be one; others are passed over.  time (may be NULL): when a
 * cosignature was made, UTC seconds (the latest of several); 0 for
 * NOTE_ED25519.  Errors: E_INVALID.
 */
int note_verify(const struct note *n, const struct note_key *k,
    uint64_t *out_time, struct err *e) MUST_CHECK;
/* Is there a line of its name and id at all? */
bool note_has_line(const struct note *n, const struct note_key *k);

/*
 * One signature line with its newline, appended to out; the text is a whole
 * note text.  NOTE_COSIGNATURE takes the time, NOTE_ED25519 wants 0.
 * Errors: E_INPUT (not the key's private half, not a text), E_CRYPTO.
 */
int note_sign(const struct note_key *k, const struct pkey *private,
    struct slice text, uint64_t time, struct buf *out,
    struct err *e) MUST_CHECK;
/* What a cosignature signs: header, time, text. */
void note_cosigned_text(struct slice text, uint64_t time, struct buf *out);

/* The text of a checkpoint, borrowed. */
struct checkpoint {
	struct slice origin;
	struct tlog_head head;
	struct slice extension; /* further lines, each with its newline */
};
int checkpoint_parse(
    struct slice text, struct checkpoint *out, struct err *e) MUST_CHECK;
/* Origin, size and root; no extension.  Origin: one line, no newline. */
void checkpoint_format(
    struct slice origin, const struct tlog_head *head, struct buf *out);
/*
 * Parse a note, require the log's signature and that its origin is the name
 * of the key, then its body.  out_note may be NULL.  E_INPUT, E_INVALID.
 */
int checkpoint_open(struct slice bytes, const struct note_key *log,
    struct note *out_note, struct checkpoint *out, struct err *e) MUST_CHECK;

/*
 * How many of n keys (each counted once, by its raw key) cosigned the note?
 * A line of a known key that does not verify is E_INVALID.
 */
int note_count_cosigned(const struct note *n, const struct note_key *keys,
    size_t nkeys, unsigned *out, struct err *e) MUST_CHECK;

#endif
