/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying signatures: every doubt is "not valid". */
#include "nintei/key.h"

#include <openssl/ec.h>
#include <openssl/err.h>

#include "ossl_int.h"

bool
evp_verify(EVP_PKEY *key, const EVP_MD *md, struct slice message,
    struct slice signature)
{
	CLEANUP(EVP_MD_CTX_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	ok = ctx != NULL &&
	    EVP_DigestVerifyInit_ex(ctx, NULL,
		md == NULL ? NULL : EVP_MD_get0_name(md), ossl_public_context(),
		NULL, key, NULL) == 1 &&
	    EVP_DigestVerify(
		ctx, signature.p, signature.n, message.p, message.n) == 1;
	ERR_clear_error();
	return ok;
}

EVP_PKEY *
evp_of_ed25519(struct slice raw)
{
	ossl_init();
	if (raw.n != ED25519_PUBLIC_BYTES)
		return NULL;
	return EVP_PKEY_new_raw_public_key_ex(
	    NULL, "ED25519", NULL, raw.p, raw.n);
}

EVP_PKEY *
evp_of_p256(struct slice point)
{
	CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = NULL;
	CLEANUP(OSSL_PARAM_BLD_freep) OSSL_PARAM_BLD *bld = NULL;
	CLEANUP(OSSL_PARAM_freep) OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	ossl_init();
	if (point.n != P256_POINT_BYTES || point.p[0] != 0x04)
		return NULL;
	ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	bld = OSSL_PARAM_BLD_new();
	if (ctx == NULL || bld == NULL ||
	    OSSL_PARAM_BLD_push_utf8_string(bld, "group", "P-256", 0) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(bld, "pub", point.p, point.n) !=
		1 ||
	    (params = OSSL_PARAM_BLD_to_param(bld)) == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	ERR_clear_error();
	return key;
}

bool
ed25519_verify(
    struct slice public_key, struct slice message, struct slice signature)
{
	CLEANUP(EVP_PKEY_freep) EVP_PKEY *key = evp_of_ed25519(public_key);

	return key != NULL && signature.n == ED25519_SIGNATURE_BYTES &&
	    evp_verify(key, NULL, message, signature);
}

bool
p256_verify(
    struct slice point, struct slice message, struct slice r, struct slice s)
{
	CLEANUP(EVP_PKEY_freep) EVP_PKEY *key = evp_of_p256(point);
	CLEANUP(buf_free) struct buf sig = BUF_INIT(80);
	size_t mark;

	if (key == NULL || r.n == 0 || r.n > 32 || s.n == 0 || s.n > 32)
		return false;
	mark = der_begin(&sig, DER_SEQUENCE);
	der_big(&sig, r);
	der_big(&sig, s);
	der_end(&sig, mark);
	return buf_ok(&sig) &&
	    evp_verify(
		key, ossl_algorithms()->sha256, message, buf_slice(&sig));
}

/* A positive INTEGER of at most 32 octets, without its sign octet. */
static struct slice
positive(struct der *d)
{
	struct slice v = der_get(d, DER_INTEGER);

	if (v.n == 0 || (v.p[0] & 0x80) != 0) {
		d->bad = true;
		return v;
	}
	if (v.p[0] == 0 && v.n > 1) {
		if ((v.p[1] & 0x80) == 0)
			d->bad = true;
		v.p++;
		v.n--;
	}
	if (v.n > 32 || v.p[0] == 0)
		d->bad = true;
	return v;
}

int
p256_signature_split(
    struct slice der, struct slice *out_r, struct slice *out_s, struct err *e)
{
	struct der d = der_init(der);
	struct der in = der_enter(&d, DER_SEQUENCE);
	struct slice r = positive(&in);
	struct slice s = positive(&in);

	if (!der_done(&in) || !der_done(&d))
		return err_set(e, E_INPUT, "malformed ECDSA signature");
	*out_r = r;
	*out_s = s;
	return 0;
}

int
p256_check(struct slice point, struct err *e)
{
	CLEANUP(EVP_PKEY_freep) EVP_PKEY *key = evp_of_p256(point);

	if (key == NULL)
		return err_set(e, E_INPUT, "not a point of P-256");
	return 0;
}
