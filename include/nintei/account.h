/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ACCOUNT_H
#define NINTEI_ACCOUNT_H
/*
 * account: who holds a token, the first answers of repeated requests, and
 * receipts as they were given.
 * Operation, not evidence: store/accounts.sqlite.
 * Runs in: core; nintei (init).  Holds: hashes of tokens, never a token.
 * Any thread may call.  Times are UTC seconds.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/limits.h"
#include "nintei/slice.h"

#define ACCOUNT_RANDOM_BYTES 40 /* what making a token uses up */
#define ACCOUNT_TOKEN_TEXT 96 /* "nin_pat_<16 hex>_<64 hex>" and NUL */
#define ACCOUNT_ID_TEXT 17 /* 16 hex and NUL */
#define ACCOUNT_ROLES_TEXT 128
#define ACCOUNT_ANSWER_SECONDS (72 * 3600)

struct accounts;
/* Make or open.  Errors: E_UNAVAILABLE, E_STORE_CORRUPT. */
int accounts_open(
    const char *path, struct accounts **out, struct err *e) MUST_CHECK;
void accounts_close(struct accounts *a);
DEFINE_STRUCT_CLEANUP(accounts, accounts_close)

/* Whom a token speaks for. */
struct account {
	char token_id[ACCOUNT_ID_TEXT];
	char person[LIMIT_ID_BYTES + 1];
	char roles[ACCOUNT_ROLES_TEXT]; /* scopes: words, one space between */
	int64_t expires_at;
};
bool account_has_role(const struct account *a, const char *role);

/*
 * Make a token.  want: person, roles and expires_at are read.  random: fresh
 * bytes of the caller's generator.  out_token gets the only copy.
 * Errors: E_INPUT (person, roles), E_STORE_CONFLICT (id taken).
 */
int account_token_create(struct accounts *a, const struct account *want,
    int64_t now, const uint8_t random[ACCOUNT_RANDOM_BYTES],
    char out_token[ACCOUNT_TOKEN_TEXT], struct err *e) MUST_CHECK;
/*
 * E_AUTH for a malformed, unknown, revoked or expired token, without saying
 * which.  The secret is compared in constant time.
 */
int account_authenticate(struct accounts *a, struct slice token, int64_t now,
    struct account *out, struct err *e) MUST_CHECK;
/* E_NOT_FOUND. */
int account_token_revoke(struct accounts *a, const char *token_id, int64_t now,
    struct err *e) MUST_CHECK;

/* The first answer to a request with an Idempotency-Key. */
struct account_answer {
	uint8_t request[32]; /* SHA-256 of account, NUL, key */
	uint8_t body_sha256[32]; /* of the request's body */
	int status;
	const char *content_type;
	const char *etag; /* "" for none */
	const char *location; /* "" for none */
	struct slice body;
	int64_t created_at;
};
/*
 * Kept for ACCOUNT_ANSWER_SECONDS.  The first stays: a second answer to the
 * same request is E_STORE_CONFLICT.
 */
int account_answer_put(struct accounts *a, const struct account_answer *answer,
    struct err *e) MUST_CHECK;
/*
 * The answer kept for this request; its texts and body are borrowed from
 * hold.  Errors: E_NOT_FOUND (none, or too old), E_IDEMPOTENCY (the kept one
 * answered another body).
 */
int account_answer_get(struct accounts *a, const struct account_answer *ask,
    int64_t now, struct account_answer *out, struct buf *hold,
    struct err *e) MUST_CHECK; /* ask: request and body_sha256 are read */
/*
 * Receipts, sealed and encrypted by the caller, by the hash of the event that
 * they are for.  The first stays.  get appends; E_NOT_FOUND.
 */
int account_receipt_put(struct accounts *a, const uint8_t event[32],
    struct slice body, struct err *e) MUST_CHECK;
int account_receipt_get(struct accounts *a, const uint8_t event[32],
    struct buf *out, struct err *e) MUST_CHECK;
/* Drop what is too old. */
int account_answer_purge(
    struct accounts *a, int64_t now, struct err *e) MUST_CHECK;

#endif
