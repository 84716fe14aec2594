/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CMS_SIGN_H
#define NINTEI_CMS_SIGN_H
/*
 * cms_sign: detached CMS signatures, and time-stamp tokens.  Part of ossl.
 * Runs in: signer (making), core, nintei (verifying).  Trusts: nothing.
 * Stock tools agree: openssl cms -verify, openssl ts -verify.
 * Source: RFC 5652, RFC 5035, RFC 3161, RFC 5816; PKI 8.
 */
#include <stdint.h>
#include "nintei/digest.h"
#include "nintei/err.h"
#include "nintei/slice.h"
#include "nintei/x509.h"

/* Whose signature.  The issuer's certificate travels along. */
struct cms_signer {
	const struct cert *cert;
	const struct cert *issuer;
	const struct pkey *key; /* P-256, of cert */
};

/*
 * Detached SignedData over the content: version 1, issuerAndSerialNumber,
 * SHA-256; signed attributes contentType, messageDigest, signingTime (at),
 * signingCertificateV2.  Appends DER.  E_CRYPTO, E_INPUT (not its key).
 */
int cms_sign(const struct cms_signer *by, struct slice content, int64_t at,
    struct buf *out, struct err *e) MUST_CHECK;
/*
 * Is der such a signature of exactly this certificate over the content, made
 * while it was valid?  out_at: signingTime, UTC seconds; may be NULL.  Whether
 * the certificate chains to a root is the business of chain_check.
 * Errors: E_INPUT (not of our form), E_INVALID, E_LIMIT.
 */
int cms_verify(struct slice der, struct slice content,
    const struct cert *signer, int64_t *out_at, struct err *e) MUST_CHECK;

/*
 * The certificate of the one signer of a SignedData (a seal, a time-stamp
 * token), as it travels inside.  Nothing is verified.  E_INPUT, E_LIMIT.
 */
int cms_signer_find(
    struct slice der, struct cert **out, struct err *e) MUST_CHECK;

#define TSP_SERIAL_BYTES 16
struct tsp_facts {
	uint8_t imprint[SHA256_BYTES]; /* SHA-256 of what is stamped */
	const char *policy; /* dotted: oid_base.4.1 */
	uint8_t serial[TSP_SERIAL_BYTES]; /* top bit 0, not 0 */
	int64_t at;
};
/*
 * A TimeStampToken: accuracy one second, tsa = the certificate's subject,
 * ESSCertIDv2 of SHA-256, certificates inside.  Appends DER.  Errors as above.
 */
int tsp_make(const struct cms_signer *by, const struct tsp_facts *f,
    struct buf *out, struct err *e) MUST_CHECK;
/*
 * Is der a token of exactly this authority over these bytes under this
 * policy (NULL: any)?  out_at: its genTime.  Errors: E_INPUT, E_INVALID,
 * E_LIMIT.
 */
int tsp_verify(struct slice der, struct slice stamped,
    const struct cert *authority, const char *policy, int64_t *out_at,
    struct err *e) MUST_CHECK;

#endif
