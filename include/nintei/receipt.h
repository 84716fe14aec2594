/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_RECEIPT_H
#define NINTEI_RECEIPT_H
/*
 * receipt: the document that an applicant gets for a dossier taken in.
 * Runs in: core, signer, nintei.  Trusts: nothing.  Pure.
 * Source: INTERFACE 7.  Rules: RECEIPT-* in docs/PROTOCOL.receipt.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/jsonx.h"
#include "nintei/limits.h"
#include "nintei/slice.h"
#include "nintei/tlog_text.h"

#define RECEIPT_SCHEMA "nintei.receipt/1"
#define RECEIPT_BODY_BYTES MIB(2) /* 1000 members with long names */

/*
 * A receipt without cms and tst: what cms signs.  `proof` holds the lines of
 * a c2sp.org/tlog-proof@v1 file between its first line and the empty one:
 * "index N", then the hashes in base64; `checkpoint` is the note.
 */
struct receipt_body {
	struct json *doc;
	char dossier[LIMIT_ID_BYTES + 1];
	int64_t received_at;
	bool development; /* clock: "development", else "system" */
	uint8_t event[32]; /* event hash */
	uint8_t bundle[32]; /* SHA-256 */
	int64_t bundle_size;
	struct buf file; /* checkpoint and proof as a proof file ... */
	struct proof_file proof; /* ... and read, borrowed from file */
};
/* Canonical, and of exactly this shape.  E_INPUT, E_LIMIT. */
int receipt_body_parse(
    struct slice bytes, struct receipt_body **out, struct err *e) MUST_CHECK;
void receipt_body_free(struct receipt_body *b);
DEFINE_STRUCT_CLEANUP(receipt_body, receipt_body_free)

/*
 * Is it the receipt for this event (canonical bytes): its hash, its case, an
 * act by which a dossier is taken in, its bundle, its time?  E_INVALID.
 */
int receipt_event_check(
    const struct receipt_body *b, struct slice event, struct err *e) MUST_CHECK;

#endif
