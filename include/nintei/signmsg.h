/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SIGNMSG_H
#define NINTEI_SIGNMSG_H
/*
 * signmsg: the messages between core and signer, their bytes, and core's
 * stubs.  There is no message that means "sign these bytes".
 * Runs in: core (stubs), signer (decoders), ninteid-less tests.
 * Layout: docs/PROTOCOL.signer.
 * Every stub: errors as the signer answered them (E_SIGNER_REFUSED with the
 * guards in detail, E_RATE, E_INPUT), or E_IPC, E_UNAVAILABLE of the channel.
 */
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
	OP_SIGN_COMMIT, /* struct sign_commit -> armour, commit id */
	OP_SIGN_DURABLE, /* commit id -> nothing */
	OP_ISSUE_CERT, /* struct sign_cert -> DER */
	OP_REVOKE_CERT, /* struct sign_revoke -> CRL of that issuer, DER */
	OP_SIGN_CRL, /* issuer -> CRL, DER */
	OP_CHANGE_ROSTER, /* struct sign_roster -> nothing */
	OP_WRAP_KEY, /* case id, key -> wrapped */
	OP_UNWRAP_KEY, /* case id, wrapped -> key */
	OP_SIGN_MAX
};

#define SIGN_COMMIT_BYTES KIB(16)
#define SIGN_RECORD_BYTES KIB(8)
#define SIGN_BASIS_BYTES KIB(8) /* 256 hashes */
#define SIGN_ENTRY_BYTES KIB(16) /* roster entry */
#define SIGN_WRAPPED_MAX 96
#define SIGN_COMMIT_ID 20 /* SHA-1 object format; see STORE 2 */

struct sign_commit {
	struct slice text; /* commit object without gpgsig */
	uint8_t event_hash[32];
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
	struct sign_proof proof;
	struct slice record; /* certification.json, canonical */
	struct slice spki; /* DER; empty: the signer makes a key and drops it */
	char url[512]; /* designated URL */
	int64_t decided_at; /* instant of execution, at most 10 minutes ago */
};
struct sign_revoke {
	struct sign_proof proof; /* of kind revoke, lapse, termination, ... */
	char number[41]; /* certification number */
	uint8_t reason; /* CRL reason among those of the kind; 0: the first */
	int64_t invalid_from; /* ended_at if earlier than now; 0: none */
};
struct sign_roster {
	struct sign_proof proof; /* of kind roster */
	struct slice entry; /* nintei.roster/1, canonical; its hash = detail */
};
struct sign_hello {
	uint8_t durable[SIGN_COMMIT_ID]; /* zero: nothing signed yet */
	uint8_t pending[SIGN_COMMIT_ID]; /* zero: none */
	uint64_t size; /* events in the log at the durable head */
	uint8_t root[32];
};

/* Bytes of each message; the reader borrows from the frame. */
void sign_commit_encode(struct buf *b, const struct sign_commit *m);
int sign_commit_decode(
    struct rd *r, struct sign_commit *out, struct err *e) MUST_CHECK;
void sign_cert_encode(struct buf *b, const struct sign_cert *m);
int sign_cert_decode(
    struct rd *r, struct sign_cert *out, struct err *e) MUST_CHECK;
void sign_revoke_encode(struct buf *b, const struct sign_revoke *m);
int sign_revoke_decode(
    struct rd *r, struct sign_revoke *out, struct err *e) MUST_CHECK;
void sign_roster_encode(struct buf *b, const struct sign_roster *m);
int sign_roster_decode(
    struct rd *r, struct sign_roster *out, struct err *e) MUST_CHECK;
void sign_hello_encode(struct buf *b, const struct sign_hello *m);
int sign_hello_decode(
    struct rd *r, struct sign_hello *out, struct err *e) MUST_CHECK;

/*
 * Core's end.  call sends one request and gives the reply's fields (a
 * sealed memfd is read into reply by it); over a socket it is chan_call of
 * ipc.h, in tests and in `nintei init` the signer itself.
 */
struct signer_link {
	int (*call)(void *arg, uint32_t op, struct slice request,
	    struct buf *reply, struct err *e);
	void *arg;
};
/* Over the edge; p is borrowed. */
struct signer_link signer_over(struct peer *p);

int signer_hello(const struct signer_link *s, struct sign_hello *out,
    struct err *e) MUST_CHECK;
/* armour: appended; id: of the commit with the armour in its gpgsig. */
int signer_sign_commit(const struct signer_link *s, struct slice text,
    const uint8_t event_hash[32], struct buf *armour,
    uint8_t out_id[SIGN_COMMIT_ID], struct err *e) MUST_CHECK;
int signer_durable(const struct signer_link *s,
    const uint8_t id[SIGN_COMMIT_ID], struct err *e) MUST_CHECK;
/* der: appended.  The same decision again gives the same certificate. */
int signer_issue_cert(const struct signer_link *s, const struct sign_cert *m,
    struct buf *der, struct err *e) MUST_CHECK;
/* crl: appended, the new list of the issuer.  Repeatable likewise. */
int signer_revoke_cert(const struct signer_link *s, const struct sign_revoke *m,
    struct buf *crl, struct err *e) MUST_CHECK;
/* issuer: a scheme id.  crl: appended. */
int signer_sign_crl(const struct signer_link *s, const char *issuer,
    struct buf *crl, struct err *e) MUST_CHECK;
int signer_change_roster(const struct signer_link *s,
    const struct sign_roster *m, struct err *e) MUST_CHECK;
/* key: 32 bytes.  wrapped: appended, at most SIGN_WRAPPED_MAX. */
int signer_wrap_key(const struct signer_link *s, const char *dossier,
    const uint8_t key[32], struct buf *wrapped, struct err *e) MUST_CHECK;
int signer_unwrap_key(const struct signer_link *s, const char *dossier,
    struct slice wrapped, uint8_t out[32], struct err *e) MUST_CHECK;

#endif
