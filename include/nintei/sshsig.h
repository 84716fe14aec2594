/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SSHSIG_H
#define NINTEI_SSHSIG_H
/*
 * sshsig: OpenSSH keys and signatures (PROTOCOL.sshsig), read strictly.
 * Runs in: signer, core, nintei.  Holds: nothing.  Trusts: nothing.
 * Rules: SSHSIG-* in docs/PROTOCOL.decision.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

struct pkey; /* key.h */

#define SSH_NS_GIT "git"
#define SSH_NS_DECISION "decision@nintei"
#define SSH_NS_OBJECTION "objection@nintei"
#define SSH_NS_OPINION "opinion@nintei"
#define SSH_NS_DECLARATION "declaration@nintei"

#define SSH_BLOB_MAX 512 /* bytes of a public key */
#define SSH_FINGERPRINT 51 /* "SHA256:" + 43 characters and NUL */
#define SSH_APPLICATION "ssh:nintei" /* of sk keys */

enum ssh_key_type {
	SSH_KEY_NONE = 0,
	SSH_KEY_ED25519, /* ssh-ed25519 */
	SSH_KEY_P256, /* ecdsa-sha2-nistp256 */
	SSH_KEY_SK_ED25519, /* sk-ssh-ed25519@openssh.com */
	SSH_KEY_SK_P256, /* sk-ecdsa-sha2-nistp256@openssh.com */
	SSH_KEY_MAX
};

/* A public key as OpenSSH writes it: two keys are one if the bytes agree. */
struct ssh_key {
	enum ssh_key_type type;
	uint8_t blob[SSH_BLOB_MAX];
	size_t n;
};

/*
 * Decode a key blob.  Refused: other types and curves, an sk application
 * other than ssh:nintei, Ed25519 points of small order, bytes after the end.
 * Errors: E_INPUT.  Source: RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4,
 * OpenSSH PROTOCOL.u2f.  Rules: SSHSIG-1, SSHSIG-2.
 */
int ssh_key_decode(
    struct slice blob, struct ssh_key *out, struct err *e) MUST_CHECK;
/* "type base64 [comment]", one line, no options.  E_INPUT. */
int ssh_key_parse(
    const char *line, struct ssh_key *out, struct err *e) MUST_CHECK;
/* "type base64", appended. */
void ssh_key_format(const struct ssh_key *k, struct buf *out);
bool ssh_key_equal(const struct ssh_key *a, const struct ssh_key *b);
const char *ssh_key_type_name(enum ssh_key_type type); /* "" for NONE */
/* "SHA256:..." as ssh-keygen -l prints it.  Returns out. */
char *ssh_key_fingerprint(const struct ssh_key *k, char out[SSH_FINGERPRINT]);
/* The public half of an Ed25519 or P-256 key.  E_INPUT for other kinds. */
int ssh_key_of(
    const struct pkey *k, struct ssh_key *out, struct err *e) MUST_CHECK;

/* What an armoured signature says before anything is verified. */
struct sshsig {
	struct ssh_key key;
	char ns[64];
	bool sha512; /* else SHA-256 */
	uint8_t flags; /* sk: 1 user present, 4 user verified */
	uint32_t counter; /* sk */
	uint8_t r[64]; /* Ed25519: the signature; ECDSA: r, big-endian */
	size_t r_n;
	uint8_t s[32]; /* ECDSA */
	size_t s_n;
};

/*
 * Parse an armour: one block, magic, version 1, reserved empty, hash sha256
 * or sha512, signature type that of the key, nothing after the end.
 * Errors: E_INPUT, E_LIMIT (over LIMIT_SIGNATURE_BYTES).
 * Rules: SSHSIG-3 to SSHSIG-7.
 */
int sshsig_parse(
    struct slice armour, struct sshsig *out, struct err *e) MUST_CHECK;
/*
 * The same for many signatures by few keys: a key whose bytes are those of
 * one of the n known, which were decoded before, is taken as it is.
 */
int sshsig_parse_known(struct slice armour, const struct ssh_key *known,
    size_t n, struct sshsig *out, struct err *e) MUST_CHECK;
/*
 * Verify a parsed signature over message for exactly this namespace.  sk keys
 * must report user presence and user verification (ssh-keygen -Y verify does
 * not ask for them).  Whose key it is, the caller decides.
 * Errors: E_INVALID.  Rules: SSHSIG-8 to SSHSIG-10.
 */
int sshsig_verify(const struct sshsig *s, const char *ns, struct slice message,
    struct err *e) MUST_CHECK;
/*
 * The same for many signatures of one Ed25519 key, made ready once.  Errors
 * of ssh_key_ready: E_INPUT (another type).
 */
int ssh_key_ready(
    const struct ssh_key *k, struct pkey **out, struct err *e) MUST_CHECK;
int sshsig_verify_ready(const struct sshsig *s, const struct pkey *key,
    const char *ns, struct slice message, struct err *e) MUST_CHECK;
/*
 * Sign with an Ed25519 key, hash sha512.  armour: appended, ends in newline,
 * as ssh-keygen -Y sign writes it.  Errors: E_INPUT (other key), E_CRYPTO.
 */
int sshsig_sign(const struct pkey *key, const char *ns, struct slice message,
    struct buf *armour, struct err *e) MUST_CHECK;
/*
 * The armour as the value of a commit's gpgsig header: without the last
 * newline.  git writes a space after each newline that is left.
 */
struct slice sshsig_header(struct slice armour);

/*
 * An unencrypted Ed25519 key in the file format of OpenSSH.
 * Errors: E_INPUT (other kind, encrypted, malformed), E_LIMIT.
 * Source: OpenSSH PROTOCOL.key.  Rule: SSHSIG-11.
 */
int ssh_private_decode(
    struct slice file, struct pkey **out, struct err *e) MUST_CHECK;
/* check: any 32 bits, the same twice in the file; comment may be "". */
int ssh_private_encode(const struct pkey *k, uint32_t check,
    const char *comment, struct buf *out, struct err *e) MUST_CHECK;

#endif
