/* SPDX-License-Identifier: Apache-2.0 */
/* Starting OpenSSL without its configuration, its algorithms, its errors. */
#include "nintei/ossl.h"

#include <pthread.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include "nintei/limits.h"

#include "ossl_int.h"

static struct ossl_algorithms algorithms;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
start(void)
{
	struct ossl_algorithms *a = &algorithms;

	if (OPENSSL_init_crypto(
		OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
		NULL) != 1)
		abort();
	a->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	a->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	a->sha384 = EVP_MD_fetch(NULL, "SHA2-384", NULL);
	a->sha512 = EVP_MD_fetch(NULL, "SHA2-512", NULL);
	a->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	a->gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	a->wrap = EVP_CIPHER_fetch(NULL, "AES-256-WRAP", NULL);
	if (a->sha1 == NULL || a->sha256 == NULL || a->sha384 == NULL ||
	    a->sha512 == NULL || a->hmac == NULL || a->gcm == NULL ||
	    a->wrap == NULL)
		abort();
}

void
ossl_init(void)
{
	if (pthread_once(&once, start) != 0)
		abort();
}

const struct ossl_algorithms *
ossl_algorithms(void)
{
	ossl_init();
	return &algorithms;
}

/* Sign, encode, decode and verify once, so that all of it is loaded. */
static void
warm_kind(enum key_kind kind)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	CLEANUP(pkey_freep) struct pkey *pub = NULL;
	CLEANUP(buf_free) struct buf sig = BUF_INIT(LIMIT_SPKI_BYTES);
	CLEANUP(buf_wipe) struct buf pem = BUF_INIT(KIB(4));
	struct slice message = slice_str("nintei");
	struct err e = ERR_INIT;

	if (pkey_generate(kind, &key, &e) < 0 ||
	    pkey_save_pem(key, &pem, &e) < 0 ||
	    pkey_sign(key, message, &sig, &e) < 0 ||
	    pkey_of_spki(pkey_spki(key), &pub, &e) < 0 ||
	    !pkey_verify(pub, message, buf_slice(&sig)))
		abort();
}

/* The public side of RSA and P-384, which only requests bring. */
static void
warm_public(void)
{
	static const char *const names[] = { "RSA", "EC" };
	uint8_t drop[1];

	for (size_t i = 0; i < NELEM(names); i++) {
		EVP_KEYMGMT *m = EVP_KEYMGMT_fetch(NULL, names[i], NULL);
		EVP_SIGNATURE *s =
		    EVP_SIGNATURE_fetch(NULL, i == 0 ? "RSA" : "ECDSA", NULL);

		EVP_KEYMGMT_free(m);
		EVP_SIGNATURE_free(s);
	}
	if (RAND_priv_bytes(drop, 1) != 1 || RAND_bytes(drop, 1) != 1)
		abort();
	/* X509 caches a SHA-1 of each certificate that it decodes. */
	EVP_MD_free(EVP_MD_fetch(NULL, "SHA1", NULL));
	ERR_clear_error();
}

void
ossl_warm(void)
{
	ossl_init();
	warm_kind(KEY_ED25519);
	warm_kind(KEY_P256);
	warm_public();
}

int
ossl_secure_heap(size_t bytes, struct err *e)
{
	ossl_init();
	if (CRYPTO_secure_malloc_initialized() == 1)
		return 0;
	/* 2: made, but not locked or not guarded; that is not enough. */
	if (CRYPTO_secure_malloc_init(bytes, 32) != 1)
		return err_ossl(e, "want locked memory for keys");
	return 0;
}

int
err_ossl_at(struct err *e, const char *file, int line, const char *what)
{
	const char *data;
	int flags;
	unsigned long code;

	err_raise(e, E_CRYPTO, 0, file, line, "%s failed", what);
	while (
	    (code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0) {
		const char *reason = ERR_reason_error_string(code);

		err_trail(e, "%s%s%s", reason == NULL ? "?" : reason,
		    (flags & ERR_TXT_STRING) != 0 ? " " : "",
		    (flags & ERR_TXT_STRING) != 0 ? data : "");
	}
	return -1;
}
