/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of others: the allow-list of PKI 9. */
#include "nintei/key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "ossl_int.h"

/* What the key must look like before OpenSSL sees it. */
struct spki_shape {
	const char *algorithm;
	const char *curve; /* the parameters: this OID, or for "" NULL */
	enum key_kind kind;
	size_t bytes; /* of the raw key, 0: any */
};
static const struct spki_shape shapes[] = {
	{ "1.2.840.10045.2.1", "1.2.840.10045.3.1.7", KEY_P256, 65 },
	{ "1.2.840.10045.2.1", "1.3.132.0.34", KEY_P384, 97 },
	{ "1.2.840.113549.1.1.1", "", KEY_RSA, 0 },
	{ "1.3.101.112", NULL, KEY_ED25519, 32 },
};

static bool
parameters_fit(struct der d, const struct spki_shape *s)
{
	char oid[64];

	if (s->curve == NULL)
		return der_done(&d);
	if (s->curve[0] == '\0')
		return der_get(&d, DER_NULL).n == 0 && der_done(&d);
	der_get_oid(&d, oid, sizeof(oid));
	return der_done(&d) && slice_eq_str(slice_str(oid), s->curve);
}

/* The shape that fits, the raw key in *out_raw. */
static const struct spki_shape *
shape_of(struct slice der, struct slice *out_raw)
{
	struct der d = der_init(der);
	struct der in = der_enter(&d, DER_SEQUENCE);
	struct der algorithm = der_enter(&in, DER_SEQUENCE);
	struct slice raw = der_get_bits(&in);
	char oid[64];

	der_get_oid(&algorithm, oid, sizeof(oid));
	if (algorithm.bad || !der_done(&in) || !der_done(&d))
		return NULL;
	for (const struct spki_shape *s = shapes; s < shapes + NELEM(shapes);
	     s++) {
		if (!slice_eq_str(slice_str(oid), s->algorithm) ||
		    !parameters_fit(algorithm, s))
			continue;
		if (s->bytes != 0 &&
		    (raw.n != s->bytes || (s->bytes != 32 && raw.p[0] != 0x04)))
			continue;
		*out_raw = raw;
		return s;
	}
	return NULL;
}

/*
 * ROCA (CVE-2017-15361): moduli of a broken generator are powers of 65537
 * modulo each of these primes.
 */
static bool
is_roca(const BIGNUM *n)
{
	static const unsigned primes[] = { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31,
		37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
		103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163,
		167 };

	for (size_t i = 0; i < NELEM(primes); i++) {
		unsigned p = primes[i], power = 1;
		unsigned rest = (unsigned)BN_mod_word(n, p);
		bool hit = false;

		for (unsigned k = 0; k < p && !hit; k++) {
			hit = power == rest;
			power = power * (65537 % p) % p;
		}
		if (!hit)
			return false;
	}
	return true;
}

static bool
has_small_factor(const BIGNUM *n)
{
	for (unsigned p = 3; p < 4096; p += 2)
		if (BN_mod_word(n, p) == 0)
			return true;
	return false;
}

static int
rsa_check(const EVP_PKEY *evp, struct err *e)
{
	CLEANUP(BIGNUM_freep) BIGNUM *n = NULL;
	CLEANUP(BIGNUM_freep) BIGNUM *exponent = NULL;

	if (EVP_PKEY_get_bn_param(evp, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
	    EVP_PKEY_get_bn_param(evp, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1)
		return err_ossl(e, "RSA key");
	if (BN_num_bits(n) < 2048 || BN_num_bits(n) > 4096)
		return err_set(e, E_INPUT,
		    "want an RSA key of 2048 to 4096 bits, have %d",
		    BN_num_bits(n));
	/* NIST SP 800-56B 6.4.1.1: odd, 2^16 < e < 2^256. */
	if (!BN_is_odd(exponent) || BN_num_bits(exponent) < 17 ||
	    BN_num_bits(exponent) > 256)
		return err_set(e, E_INPUT, "RSA exponent is not sound");
	if (!BN_is_odd(n) || has_small_factor(n) || is_roca(n))
		return err_set(e, E_INPUT, "RSA key is known to be weak");
	return 0;
}

int
pkey_of_spki(struct slice der, struct pkey **out, struct err *e)
{
	CLEANUP(EVP_PKEY_freep) EVP_PKEY *evp = NULL;
	const struct spki_shape *s;
	const unsigned char *p = der.p;
	struct slice raw;

	ossl_init();
	if (der.n > LIMIT_SPKI_BYTES)
		return err_set(e, E_LIMIT, "public key too long");
	if ((s = shape_of(der, &raw)) == NULL)
		return err_set(e, E_INPUT,
		    "want a P-256, P-384, RSA or Ed25519 public key");
	if (s->kind == KEY_ED25519 && ed25519_check(raw, e) < 0)
		return -1;
	evp = d2i_PUBKEY_ex(NULL, &p, (long)der.n, ossl_public_context(), NULL);
	ERR_clear_error();
	if (evp == NULL || p != der.p + der.n)
		return err_set(e, E_INPUT, "the public key is not valid");
	if (s->kind == KEY_RSA && rsa_check(evp, e) < 0)
		return -1;
	return pkey_take(TAKE(evp), false, out, e);
}
