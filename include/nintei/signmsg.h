/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SIGNMSG_H
#define NINTEI_SIGNMSG_H
/*
 * signmsg: the messages between core and signer and their bytes.  There is
 * no message that means "sign these bytes".  Core's stubs: signer_link.h.
 * Runs in: core, signer (decoders), ninteid-less tests.
 * Layout: docs/PROTOCOL.signer.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/chan.h"
#include "nintei/err.h"
#include "nintei/ipc.h"
#include "nintei/limits.h"
#include "nintei/slice.h"
#include "nintei/wire.h"

enum sign_op {
	OP_SIGN_NONE = 0,
	OP_SIGN_HELLO = OP_FIRST, /* nothing -> struct sign_hello */
	OP_SIGN_COMMITS, /* struct sign_group -> armours, last commit's id */
	OP_SIGN_DURABLE, /* commit id -> nothing */
	OP_ISSUE_CERT, /* struct sign_cert (certify, reissue) -> DER */
	OP_REVOKE_CERT, /* struct sign_revoke -> CRL of that issuer, DER */
	OP_SIGN_CRL, /* issuer -> CRL, DER */
	OP_CHANGE_ROSTER, /* struct sign_roster -> nothing */
	OP_WRAP_KEY, /* case id, key -> wrapped */
	OP_UNWRAP_KEY, /* case id, wrapped -> key */
	OP_CATCH_UP, /* signed commits -> nothing */
	OP_SIGN_CHECKPOINT, /* size, root -> signed note */
	OP_SIGN_RECEIPT, /* receipt, event -> CMS, time stamp token */
	OP_SHRED_KEY, /* struct sign_shred -> nothing */
	OP_NOTE_DECISION, /* struct sign_note -> nothing */
	OP_CONTINUE_CERT, /* struct sign_continue -> DER */
	OP_SIGN_STATEMENT, /* document -> CMS, time stamp token */
	OP_SIGN_MAX
};

#define SIGN_COMMIT_BYTES KIB(16)
#define SIGN_RECORD_BYTES KIB(8)
#define SIGN_BASIS_BYTES KIB(8) /* 256 hashes */
#define SIGN_ENTRY_BYTES KIB(16) /* roster entry */
#define SIGN_WRAPPED_MAX 96
#define SIGN_COMMIT_ID 20 /* SHA-1 object format; see STORE 2 */

#define SIGN_GROUP_MAX 64 /* commits of one request; STORE_GROUP_MAX */
#define SIGN_RECEIPT_BYTES MIB(2) /* 1000 members with long names */
#define SIGN_NOTE_BYTES KIB(16) /* signed checkpoint with cosignatures */
/* A request above SIGN_FRAME_BYTES travels in a sealed memfd. */
#define SIGN_FRAME_BYTES KIB(48)
#define SIGN_REQUEST_BYTES MIB(4)
#define SIGN_STATEMENT_BYTES MIB(32) /* a register of thousands of entries */
#define SIGN_DETAIL_BYTES KIB(32)

/*
 * One commit of a group, oldest first.  The first names its true parent (or
 * none: the very first of all); the later ones have an open parent line,
 * "parent " and 40 zeros, which the signer fills with the id of the one
 * before.
 */
struct sign_commit {
	struct slice text; /* commit object without gpgsig */
	uint8_t event_hash[32];
	struct slice armour; /* of OP_CATCH_UP alone; parent lines filled */
};
struct sign_group {
	size_t n; /* 1 to SIGN_GROUP_MAX */
	struct sign_commit commits[SIGN_GROUP_MAX];
};
struct sign_signature {
	char person[41];
	struct slice armour;
};
/* A decision and what its signers gave. */
struct sign_proof {
	struct slice decision; /* canonical bytes */
	/* What case_basis hashes (INTERFACE 7): the event hashes, 32 bytes
	 * each, then SHA-256 of data.review.  Empty: kind without basis. */
	struct slice basis;
	size_t n;
	struct sign_signature sigs[16];
};
struct sign_cert {
	struct sign_proof proof; /* of kind certify or reissue */
	struct slice record; /* certification.json, canonical */
	struct slice spki; /* DER; empty: the signer makes a key and drops it */
	char url[512]; /* designated URL */
	char existence[8]; /* grade in the detail; "": none there */
	int64_t decided_at; /* instant of execution, at most 10 minutes ago */
};
/*
 * revoke, lapse, termination: the number ends, and all of it that stands.
 * reissue, certify (with renewal_term: decision): what the certificate of
 * this decision replaces.  continuation: its interim certificates.
 * Reason and legal date follow from decision and detail.
 */
struct sign_revoke {
	struct sign_proof proof;
	struct slice detail; /* whose hash the decision has, or empty */
};
/* An executed decision whose effect comes when its life is over; see SIGN-35.
 */
#define SIGN_FILES_MAX 32
struct sign_note {
	struct sign_proof proof;
	struct slice detail; /* whose hash the decision has, or empty */
	/* Of rules and policy: the files of the version, whose hashes the
	 * detail has.  None: the signer has them since its start. */
	size_t n_files;
	struct sign_file {
		char name[64];
		struct slice bytes;
	} files[SIGN_FILES_MAX];
};
struct sign_continue {
	struct sign_proof proof; /* of kind continuation, noted before */
};
struct sign_roster {
	struct sign_proof proof; /* of kind roster */
	struct slice entry; /* nintei.roster/1, canonical; its hash = detail */
};
struct sign_shred {
	struct sign_proof proof; /* of kind shred; it names the case */
};
struct sign_hello {
	uint8_t durable[SIGN_COMMIT_ID]; /* zero: nothing signed yet */
	uint8_t pending[SIGN_COMMIT_ID]; /* the last one; zero: none */
	uint64_t size; /* events in the log at the durable head */
	uint8_t root[32]; /* there */
	uint8_t n_pending; /* commits after it, to pending; at most 64 */
};
/* A receipt (receipt.h) and the event that it is for, both canonical. */
struct sign_receipt {
	struct slice receipt; /* nintei.receipt/1 without cms and tst */
	struct slice event;
};

/* Does the second line say that its parent is not known yet? */
bool sign_parent_is_open(struct slice text);
/* The text with its parent filled in, if it is open; else as it is. */
void sign_parent_fill(
    struct slice text, const uint8_t parent[SIGN_COMMIT_ID], struct buf *out);
/* A signed commit object: what was signed, and the armour.  E_INPUT. */
int sign_commit_split(struct slice object, struct buf *text, struct buf *armour,
    struct err *e) MUST_CHECK;

#include "nintei/sign_wire.h"

#endif
