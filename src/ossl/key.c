/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: making, loading and saving them, and signing. */
#include "nintei/key.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "ossl_int.h"

#define KEY_PEM_MAX KIB(4)

const char *
key_kind_name(enum key_kind k)
{
	static const char *const names[KEY_MAX] = { "", "Ed25519", "P-256",
		"P-384", "RSA" };

	return (unsigned)k < KEY_MAX ? names[k] : "";
}

static enum key_kind
evp_kind(const EVP_PKEY *evp)
{
	char group[32] = "";

	if (EVP_PKEY_is_a(evp, "ED25519"))
		return KEY_ED25519;
	if (EVP_PKEY_is_a(evp, "RSA"))
		return KEY_RSA;
	if (!EVP_PKEY_is_a(evp, "EC") ||
	    EVP_PKEY_get_group_name(evp, group, sizeof(group), NULL) != 1)
		return KEY_NONE;
	if (strcmp(group, "prime256v1") == 0)
		return KEY_P256;
	if (strcmp(group, "secp384r1") == 0)
		return KEY_P384;
	return KEY_NONE;
}

/* The raw public key is the BIT STRING of the SubjectPublicKeyInfo. */
static void
raw_set(struct pkey *k)
{
	struct der d = der_init(buf_slice(&k->spki));
	struct der in = der_enter(&d, DER_SEQUENCE);
	struct slice raw;

	if (k->kind != KEY_ED25519 && k->kind != KEY_P256)
		return;
	der_skip(&in);
	raw = der_get_bits(&in);
	if (raw.n > sizeof(k->raw))
		abort();
	for (size_t i = 0; i < raw.n; i++)
		k->raw[i] = raw.p[i];
	k->raw_n = raw.n;
}

static const EVP_MD *
kind_digest(enum key_kind kind)
{
	return kind == KEY_ED25519 ? NULL : ossl_algorithms()->sha256;
}

/* To begin costs several look-ups by name, a copy none. */
static int
signing_begin(struct pkey *k, struct err *e)
{
	k->signing = EVP_MD_CTX_new();
	if (k->signing == NULL ||
	    EVP_DigestSignInit(
		k->signing, NULL, kind_digest(k->kind), NULL, k->evp) != 1)
		return err_ossl(e, "EVP_DigestSignInit");
	return 0;
}

int
pkey_take(EVP_PKEY *evp, bool is_private, struct pkey **out, struct err *e)
{
	CLEANUP(EVP_PKEY_freep) EVP_PKEY *owned = evp;
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	enum key_kind kind = evp_kind(evp);
	unsigned char *der = NULL;
	int n;

	if (kind == KEY_NONE)
		return err_set(e, E_INPUT, "this kind of key is not accepted");
	if ((n = i2d_PUBKEY(evp, &der)) <= 0)
		return err_ossl(e, "i2d_PUBKEY");
	k = xcalloc(1, sizeof(*k));
	k->evp = TAKE(owned);
	k->kind = kind;
	k->is_private = is_private;
	k->spki = (struct buf)BUF_INIT(LIMIT_SPKI_BYTES);
	buf_put(&k->spki, der, (size_t)n);
	OPENSSL_free(der);
	if (!buf_ok(&k->spki))
		return err_set(e, E_LIMIT, "public key too long");
	raw_set(k);
	if (is_private && signing_begin(k, e) < 0)
		return -1;
	*out = TAKE(k);
	return 0;
}

void
pkey_free(struct pkey *k)
{
	if (k == NULL)
		return;
	EVP_MD_CTX_free(k->signing);
	EVP_PKEY_free(k->evp);
	buf_free(&k->spki);
	free(k);
}

int
pkey_generate(enum key_kind kind, struct pkey **out, struct err *e)
{
	EVP_PKEY *evp = NULL;

	ossl_init();
	if (kind == KEY_ED25519)
		evp = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else if (kind == KEY_P256)
		evp = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	else
		return err_set(e, E_INPUT, "want Ed25519 or P-256");
	if (evp == NULL)
		return err_ossl(e, "EVP_PKEY_Q_keygen");
	return pkey_take(evp, true, out, e);
}

int
pkey_load_pem(struct slice pem, struct pkey **out, struct err *e)
{
	CLEANUP(buf_wipe) struct buf der = BUF_INIT(KEY_PEM_MAX);
	CLEANUP(PKCS8_PRIV_KEY_INFO_freep) PKCS8_PRIV_KEY_INFO *p8 = NULL;
	CLEANUP(EVP_PKEY_freep) EVP_PKEY *evp = NULL;
	const unsigned char *p;
	enum key_kind kind;

	ossl_init();
	if (pem_decode(pem, "PRIVATE KEY", &der, e) < 0)
		return err_wrap(e, "private key");
	p = der.p;
	p8 = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.n);
	if (p8 == NULL || p != der.p + der.n ||
	    (evp = EVP_PKCS82PKEY(p8)) == NULL) {
		err_ossl(e, "EVP_PKCS82PKEY");
		e->code = E_INPUT;
		return -1;
	}
	kind = evp_kind(evp);
	if (kind != KEY_ED25519 && kind != KEY_P256)
		return err_set(e, E_INPUT, "want an Ed25519 or P-256 key");
	return pkey_take(TAKE(evp), true, out, e);
}

int
pkey_save_pem(const struct pkey *k, struct buf *out, struct err *e)
{
	CLEANUP(PKCS8_PRIV_KEY_INFO_freep) PKCS8_PRIV_KEY_INFO *p8 = NULL;
	unsigned char *der = NULL;
	int n;

	if (!k->is_private)
		return err_set(e, E_INPUT, "want a private key");
	if ((p8 = EVP_PKEY2PKCS8(k->evp)) == NULL ||
	    (n = i2d_PKCS8_PRIV_KEY_INFO(p8, &der)) <= 0)
		return err_ossl(e, "EVP_PKEY2PKCS8");
	pem_encode(slice_of(der, (size_t)n), "PRIVATE KEY", out);
	OPENSSL_clear_free(der, (size_t)n);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "private key too long");
	return 0;
}

int
pkey_of_ed25519_seed(struct slice seed, struct pkey **out, struct err *e)
{
	EVP_PKEY *evp;

	ossl_init();
	if (seed.n != 32)
		return err_set(e, E_INPUT, "want a seed of 32 bytes");
	evp = EVP_PKEY_new_raw_private_key_ex(
	    NULL, "ED25519", NULL, seed.p, seed.n);
	if (evp == NULL)
		return err_ossl(e, "Ed25519 seed");
	return pkey_take(evp, true, out, e);
}

int
pkey_ed25519_seed(const struct pkey *k, struct secret **out, struct err *e)
{
	CLEANUP(secret_freep) struct secret *seed = NULL;
	size_t n = 32;

	if (k->kind != KEY_ED25519 || !k->is_private)
		return err_set(e, E_INPUT, "want a private Ed25519 key");
	seed = secret_new(n);
	if (EVP_PKEY_get_raw_private_key(k->evp, secret_bytes(seed), &n) != 1 ||
	    n != 32)
		return err_ossl(e, "EVP_PKEY_get_raw_private_key");
	*out = TAKE(seed);
	return 0;
}

enum key_kind
pkey_kind(const struct pkey *k)
{
	return k->kind;
}

struct slice
pkey_spki(const struct pkey *k)
{
	return buf_slice(&k->spki);
}

struct slice
pkey_raw(const struct pkey *k)
{
	return slice_of(k->raw, k->raw_n);
}

int
pkey_sign(
    const struct pkey *k, struct slice message, struct buf *out, struct err *e)
{
	CLEANUP(EVP_MD_CTX_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t sig[128];
	size_t n = sizeof(sig);

	if (!k->is_private)
		return err_set(e, E_INPUT, "want a private key");
	if (ctx == NULL || EVP_MD_CTX_copy_ex(ctx, k->signing) != 1 ||
	    EVP_DigestSign(ctx, sig, &n, message.p, message.n) != 1)
		return err_ossl(e, "EVP_DigestSign");
	buf_put(out, sig, n);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "signature too long");
	return 0;
}

bool
pkey_verify(const struct pkey *k, struct slice message, struct slice signature)
{
	return evp_verify(k->evp, kind_digest(k->kind), message, signature);
}
