/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_VAULT_H
#define NINTEI_VAULT_H
/*
 * vault: the key of each case, and documents under it.  The keys lie wrapped
 * outside git; destroying one erases what was said and keeps what was proved.
 * Runs in: core (nintei with the keys at hand).  Holds: case keys in use, in
 * the secure heap.  Trusts: the signer, which wraps.
 * Source: INTERFACE 7 (commitment), ARCHITECTURE 4, BUNDLES 4.
 */
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/ossl.h"
#include "nintei/slice.h"

#define VAULT_KEY_BYTES 32
#define VAULT_WRAPPED_MAX 512

/* How keys are wrapped: by an operation of the signer, or by a test. */
struct vault_wrapper {
	int (*wrap)(void *arg, const char *case_id, struct slice key,
	    struct buf *out, struct err *e);
	/* Exactly VAULT_KEY_BYTES; E_INVALID if it was not wrapped here. */
	int (*unwrap)(void *arg, const char *case_id, struct slice wrapped,
	    struct secret **out, struct err *e);
	void *arg;
};

struct vault; /* may be used from several threads */
/* dir: store/casekeys, which must exist.  Holds at most cache keys. */
int vault_open(const char *dir, const struct vault_wrapper *w,
    const struct random *r, size_t cache, struct vault **out,
    struct err *e) MUST_CHECK;
void vault_close(struct vault *v); /* wipes every key */
DEFINE_STRUCT_CLEANUP(vault, vault_close)

/*
 * The key of a case, a copy owned by the caller (secret_free).
 * VAULT_CREATE: make it durable if there is none yet, before it is used.
 * Errors: E_NOT_FOUND, E_INPUT (bad id), E_STORE_CORRUPT (bad file), those
 * of the wrapper.
 */
enum vault_mode {
	VAULT_EXISTING = 0,
	VAULT_CREATE
};
int vault_case_key(struct vault *v, const char *case_id, enum vault_mode mode,
    struct secret **out, struct err *e) MUST_CHECK;

/*
 * Destroy the key: out of the cache, its file overwritten, removed, synced.
 * What was encrypted under it is noise from then on.  No key: done already.
 */
int vault_destroy(
    struct vault *v, const char *case_id, struct err *e) MUST_CHECK;

/*
 * size bytes of in_fd (pread from 0), encrypted as CMS into a new sealed
 * memfd; the key of the case is created if there is none.
 */
int vault_encrypt(struct vault *v, const char *case_id, int in_fd,
    uint64_t size, int *out_memfd, struct err *e) MUST_CHECK;
/* The inverse: plaintext in a sealed memfd, its tag verified. */
int vault_decrypt(struct vault *v, const char *case_id, int cms_fd,
    int *out_memfd, struct err *e) MUST_CHECK;

/*
 * What an event says of document n (from 1): commitment = SHA-256(salt ||
 * sha256), salt = HMAC-SHA-256(key, "nintei/commitment" NUL n in decimal).
 */
void vault_commitment(struct slice case_key, uint64_t n,
    const uint8_t sha256[32], uint8_t out[32]);
/* The same by case id.  The key must exist. */
int vault_commit(struct vault *v, const char *case_id, uint64_t n,
    const uint8_t sha256[32], uint8_t out[32], struct err *e) MUST_CHECK;

#endif
