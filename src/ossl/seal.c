/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-GCM over small values, such as a wrapped case key. */
#include "nintei/ossl.h"

#include <limits.h>

#include "ossl_int.h"

#define NONCE_BYTES 12
#define TAG_BYTES 16
#define SEAL_MAX KIB(64)

static int
seal_check(struct slice key, size_t n, struct err *e)
{
	if (key.n != 32)
		return err_set(e, E_INPUT, "want a key of 32 bytes");
	if (n > SEAL_MAX)
		return err_set(e, E_LIMIT, "too long to seal");
	return 0;
}

static int
gcm_start(EVP_CIPHER_CTX *ctx, int enc, struct slice key, const uint8_t *nonce,
    struct slice aad)
{
	int n;

	return ctx != NULL && aad.n <= SEAL_MAX &&
	    EVP_CipherInit_ex2(
		ctx, ossl_algorithms()->gcm, key.p, nonce, enc, NULL) == 1 &&
	    (aad.n == 0 ||
		EVP_CipherUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1);
}

int
seal_encode(struct slice key, struct slice aad, struct slice plain,
    const struct random *r, struct buf *out, struct err *e)
{
	CLEANUP(EVP_CIPHER_CTX_freep)
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	CLEANUP(freep) uint8_t *cipher = NULL;
	uint8_t nonce[NONCE_BYTES], tag[TAG_BYTES];
	int n = 0;

	if (seal_check(key, plain.n, e) < 0 ||
	    random_fill(r, nonce, sizeof(nonce), e) < 0)
		return -1;
	cipher = xcalloc(1, plain.n + TAG_BYTES);
	if (!gcm_start(ctx, 1, key, nonce, aad) ||
	    (plain.n > 0 &&
		EVP_CipherUpdate(ctx, cipher, &n, plain.p, (int)plain.n) !=
		    1) ||
	    EVP_CipherFinal_ex(ctx, tag, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag) !=
		1)
		return err_ossl(e, "AES-256-GCM");
	buf_put(out, nonce, sizeof(nonce));
	buf_put(out, cipher, plain.n);
	buf_put(out, tag, sizeof(tag));
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "sealed value too long");
	return 0;
}

int
seal_decode(struct slice key, struct slice aad, struct slice sealed,
    struct secret **out, struct err *e)
{
	CLEANUP(EVP_CIPHER_CTX_freep)
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	CLEANUP(secret_freep) struct secret *plain = NULL;
	uint8_t tag[TAG_BYTES], last[TAG_BYTES];
	size_t len;
	int n = 0;

	if (sealed.n < SEAL_OVERHEAD)
		return err_set(e, E_INVALID, "sealed value cut off");
	len = sealed.n - SEAL_OVERHEAD;
	if (seal_check(key, len, e) < 0)
		return -1;
	for (size_t i = 0; i < TAG_BYTES; i++)
		tag[i] = sealed.p[sealed.n - TAG_BYTES + i];
	plain = secret_new(len);
	if (!gcm_start(ctx, 0, key, sealed.p, aad) ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) !=
		1 ||
	    (len > 0 &&
		EVP_CipherUpdate(ctx, secret_bytes(plain), &n,
		    sealed.p + NONCE_BYTES, (int)len) != 1))
		return err_ossl(e, "AES-256-GCM");
	if (EVP_CipherFinal_ex(ctx, last, &n) != 1)
		return err_set(e, E_INVALID, "sealed value or key is wrong");
	*out = TAKE(plain);
	return 0;
}
