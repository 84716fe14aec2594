/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_KEY_H
#define NINTEI_KEY_H
/*
 * key: private and public keys, signing and verifying.
 * Allow-list: Ed25519 (own log and commits, SSH), ECDSA P-256 (certificates,
 * SSH); public keys of subjects also P-384 and RSA of 2048 to 4096 bits.
 * Runs in: signer (private keys), core, examine, nintei.
 * Rules: PKI 1, 9.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/ossl.h"
#include "nintei/slice.h"

enum key_kind {
	KEY_NONE = 0,
	KEY_ED25519,
	KEY_P256,
	KEY_P384, /* public only */
	KEY_RSA, /* public only */
	KEY_MAX
};
const char *key_kind_name(enum key_kind k); /* "Ed25519", "P-256", ... */

#define ED25519_PUBLIC_BYTES 32
#define ED25519_SIGNATURE_BYTES 64
#define P256_POINT_BYTES 65 /* 0x04, x, y */

struct pkey; /* private with public, or public alone */
/* KEY_ED25519 or KEY_P256. */
int pkey_generate(
    enum key_kind kind, struct pkey **out, struct err *e) MUST_CHECK;
/* One unencrypted PKCS#8 "PRIVATE KEY" block, Ed25519 or P-256.  E_INPUT. */
int pkey_load_pem(
    struct slice pem, struct pkey **out, struct err *e) MUST_CHECK;
/* The inverse.  Hold out by CLEANUP(buf_wipe). */
int pkey_save_pem(
    const struct pkey *k, struct buf *out, struct err *e) MUST_CHECK;
/* A raw Ed25519 seed of 32 bytes (an OpenSSH private key holds it). */
int pkey_of_ed25519_seed(
    struct slice seed, struct pkey **out, struct err *e) MUST_CHECK;
/* The inverse.  E_INPUT for another kind or a public key. */
int pkey_ed25519_seed(
    const struct pkey *k, struct secret **out, struct err *e) MUST_CHECK;
/*
 * A public key of the allow-list from its DER SubjectPublicKeyInfo: named
 * curves only, the point on the curve, RSA 2048 to 4096 bits with a sound
 * exponent, Ed25519 of full order; nothing after the end.  E_INPUT, E_LIMIT.
 */
int pkey_of_spki(struct slice der, struct pkey **out, struct err *e) MUST_CHECK;
void pkey_free(struct pkey *k);
DEFINE_STRUCT_CLEANUP(pkey, pkey_free)

enum key_kind pkey_kind(const struct pkey *k);
struct slice pkey_spki(const struct pkey *k); /* DER, lives as long as k */
/* Ed25519: 32 bytes; P-256: the point; lives as long as k; others: empty. */
struct slice pkey_raw(const struct pkey *k);

/*
 * Ed25519: 64 bytes.  P-256: ECDSA with SHA-256, DER of {r, s}.
 * Appended to out.
 */
int pkey_sign(const struct pkey *k, struct slice message, struct buf *out,
    struct err *e) MUST_CHECK;
/* The same forms; RSA: PKCS#1 v1.5 with SHA-256.  True only if valid. */
bool pkey_verify(
    const struct pkey *k, struct slice message, struct slice signature);

/*
 * Signatures in the wire form of SSH.  True only if valid: a malformed key
 * or signature is false.  r, s: big-endian, 1 to 32 octets.
 * ECDSA hashes the message with SHA-256.
 */
bool ed25519_verify(
    struct slice public_key, struct slice message, struct slice signature);
bool p256_verify(
    struct slice point, struct slice message, struct slice r, struct slice s);
/* Split a DER ECDSA-Sig-Value of P-256; r, s borrowed from it.  E_INPUT. */
int p256_signature_split(struct slice der, struct slice *out_r,
    struct slice *out_s, struct err *e) MUST_CHECK;
/*
 * May this be admitted as somebody's key?  Canonical, on the curve, in the
 * prime-order group and not its identity (RFC 8032 5.1).  E_INPUT.
 */
int ed25519_check(struct slice public_key, struct err *e) MUST_CHECK;
int p256_check(struct slice point, struct err *e) MUST_CHECK;

#endif
