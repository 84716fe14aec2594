/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OSSL_INT_H
#define NINTEI_OSSL_INT_H
/*
 * ossl_int: what the files of this folder share: clean-up of OpenSSL's
 * objects, its error queue, its algorithms fetched once.
 */
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "nintei/der.h"
#include "nintei/digest.h"
#include "nintei/key.h"
#include "nintei/limits.h"
#include "nintei/ossl.h"
#include "nintei/x509.h"

DEFINE_CLEANUP(BIGNUM, BN_clear_free)
DEFINE_CLEANUP(BN_CTX, BN_CTX_free)
DEFINE_CLEANUP(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
DEFINE_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free)
DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free)
DEFINE_CLEANUP(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
DEFINE_CLEANUP(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
DEFINE_CLEANUP(OSSL_PARAM, OSSL_PARAM_free)
DEFINE_CLEANUP(PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
DEFINE_CLEANUP(X509, X509_free)
DEFINE_CLEANUP(X509_CRL, X509_CRL_free)
DEFINE_CLEANUP(X509_STORE, X509_STORE_free)
DEFINE_CLEANUP(X509_STORE_CTX, X509_STORE_CTX_free)
DEFINE_CLEANUP(ASN1_ENUMERATED, ASN1_ENUMERATED_free)
DEFINE_CLEANUP(ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free)
DEFINE_CLEANUP(ASN1_INTEGER, ASN1_INTEGER_free)
DEFINE_CLEANUP(ASN1_OBJECT, ASN1_OBJECT_free)
DEFINE_CLEANUP(ASN1_TIME, ASN1_TIME_free)

/* E_CRYPTO with what failed; OpenSSL's own words go to the trail. */
int err_ossl_at(struct err *e, const char *file, int line, const char *what);
#define err_ossl(e, what) err_ossl_at((e), __FILE__, __LINE__, (what))

/* Fetched once; never NULL. */
struct ossl_algorithms {
	EVP_MD *sha1, *sha256, *sha384, *sha512;
	EVP_MAC *hmac;
	EVP_CIPHER *gcm, *wrap; /* AES-256 */
};
const struct ossl_algorithms *ossl_algorithms(void);

struct pkey {
	EVP_PKEY *evp;
	enum key_kind kind;
	bool is_private;
	EVP_MD_CTX *signing; /* begun, to be copied; private keys */
	struct buf spki;
	uint8_t raw[P256_POINT_BYTES];
	size_t raw_n;
};
/* Takes over evp, always; its kind must be on the allow-list. */
int pkey_take(EVP_PKEY *evp, bool is_private, struct pkey **out, struct err *e);
/* A public EVP_PKEY from raw bytes, NULL if OpenSSL refuses it. */
EVP_PKEY *evp_of_ed25519(struct slice raw);
EVP_PKEY *evp_of_p256(struct slice point);
/* True only for a valid signature; md NULL for Ed25519. */
bool evp_verify(EVP_PKEY *key, const EVP_MD *md, struct slice message,
    struct slice signature);

/* Where public keys are checked: NULL, or that of ossl_warm_public(). */
OSSL_LIB_CTX *ossl_public_context(void);

X509 *cert_x509(const struct cert *c);
X509_CRL *crl_x509(const struct crl *c);
/* UTC seconds; false if it is no time. */
bool asn1_seconds(const ASN1_TIME *t, int64_t *out);

#endif
