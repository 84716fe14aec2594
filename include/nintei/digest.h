/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DIGEST_H
#define NINTEI_DIGEST_H
/*
 * digest: SHA-2, HMAC-SHA-256.  These cannot fail for a reason that the caller
 * could act on: a broken library ends the process.
 * Runs in: every process but front and unpack.
 */
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

#define SHA256_BYTES 32
#define SHA384_BYTES 48
#define SHA512_BYTES 64
#define SHA256_HEX 65 /* 64 digits and NUL */

void sha256_of(struct slice in, uint8_t out[SHA256_BYTES]);
void sha384_of(struct slice in, uint8_t out[SHA384_BYTES]);
void sha512_of(struct slice in, uint8_t out[SHA512_BYTES]);
/* SHA-256 of the parts one after the other. */
void sha256_parts(
    const struct slice *parts, size_t n, uint8_t out[SHA256_BYTES]);
/* Names of git objects; evidence never rests on it. */
#define SHA1_BYTES 20
void sha1_parts(const struct slice *parts, size_t n, uint8_t out[SHA1_BYTES]);
/* 64 lower-case digits.  Returns out. */
char *sha256_hex(struct slice in, char out[SHA256_HEX]);
/* HMAC-SHA-256 over the parts one after the other. */
void hmac_sha256(struct slice key, const struct slice *parts, size_t n,
    uint8_t out[SHA256_BYTES]);

/* Incremental; SHA-1 for names of git objects alone. */
struct digest;
struct digest *digest_sha1_new(void);
struct digest *digest_sha256_new(void);
struct digest *digest_sha384_new(void);
struct digest *digest_sha512_new(void);
void digest_update(struct digest *d, struct slice in);
/* 20, 32, 48 or 64 bytes; the digest may then only be begun anew or freed. */
void digest_final(struct digest *d, uint8_t *out);
/* Forget everything: as if new, without its cost. */
void digest_restart(struct digest *d);
void digest_free(struct digest *d);
DEFINE_STRUCT_CLEANUP(digest, digest_free)

/* SHA-256 and size of everything readable from fd at its offset.  E_INPUT. */
int digest_fd(int fd, uint8_t out[SHA256_BYTES], uint64_t *out_size,
    struct err *e) MUST_CHECK;

#endif
