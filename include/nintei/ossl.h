/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OSSL_H
#define NINTEI_OSSL_H
/*
 * ossl: starting OpenSSL, random bytes, secrets, sealing of small values.
 * See also digest.h, key.h, der.h, x509.h, cms.h: one module, src/ossl.
 * Runs in: core, signer, examine, ninteid (digests), nintei.
 * Vendor: OpenSSL 3.0, without its configuration file.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

/* Optional: every function here does it by itself, once per process. */
void ossl_init(void);
/*
 * Fetch every algorithm and seed the generator, so that nothing is opened or
 * loaded later.  Before the confinement of a process or of a zygote.
 */
void ossl_warm(void);
/*
 * For a worker whose sandbox leaves no system call: from now on public keys
 * and signatures are checked without OpenSSL's random generator.  Such a
 * process must make no key and sign nothing.
 */
void ossl_warm_public(void);
/*
 * The secure heap: locked, not dumped, cleansed.  Before any key is loaded.
 * Fails where the memory cannot be locked: then do not start.  E_CRYPTO.
 */
int ossl_secure_heap(size_t bytes, struct err *e) MUST_CHECK;

/* Random bytes come in as an argument wherever they matter. */
struct random {
	/* Fill n bytes; 0, or -1 with err. */
	int (*fill)(void *arg, void *out, size_t n, struct err *e);
	void *arg;
};
struct random random_system(void); /* the CSPRNG of OpenSSL */
int random_fill(
    const struct random *r, void *out, size_t n, struct err *e) MUST_CHECK;

/* Equal length and bytes, in time that depends on the length alone. */
bool secret_equal(struct slice a, struct slice b);
/* Overwrite in a way the compiler keeps. */
void secret_wipe(void *p, size_t n);

/*
 * Secret bytes in the secure heap (ordinary heap where ossl_secure_heap was
 * not called, cleansed all the same).
 */
struct secret;
struct secret *secret_new(size_t n); /* zeros; never NULL */
struct secret *secret_of(struct slice bytes); /* a copy */
void secret_free(struct secret *s);
uint8_t *secret_bytes(struct secret *s); /* to fill */
struct slice secret_slice(const struct secret *s);
DEFINE_STRUCT_CLEANUP(secret, secret_free)
/* Cleanse the whole of a buffer that held a secret, then free it. */
void buf_wipe(struct buf *b); /* for CLEANUP(buf_wipe) */

/*
 * AES-256-GCM over a small value: out is nonce (12) || ciphertext || tag
 * (16); aad is bound and not stored.  key: 32 bytes.  The nonce is drawn
 * from r.  Open: E_INVALID if the tag is not right; out untouched then.
 */
#define SEAL_OVERHEAD 28
int seal_encode(struct slice key, struct slice aad, struct slice plain,
    const struct random *r, struct buf *out, struct err *e) MUST_CHECK;
int seal_decode(struct slice key, struct slice aad, struct slice sealed,
    struct secret **out, struct err *e) MUST_CHECK;

#endif
