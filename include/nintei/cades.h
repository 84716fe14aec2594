/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CADES_H
#define NINTEI_CADES_H
/*
 * cades: an applicant's detached signature over a container.  Part of ossl.
 * Runs in: nintei.  Stock tools agree: openssl cms -verify -binary.
 * Source: RFC 5652, RFC 5035, RFC 2634, ETSI EN 319 122-1 (CAdES-B-B).
 */
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

struct cades_signer;
/*
 * key: one PEM block, PKCS#8 plain or encrypted, or of OpenSSL's older forms;
 * ECDSA P-256 or P-384, RSA of 2048 to 4096 bits.  certs: the signer's
 * certificate first in PEM, others travel along; or one in DER.
 * passphrase: called at most once, when the key is encrypted; writes at most
 * cap bytes and gives their number, or -1.
 * Errors: E_INPUT (with what is wrong), E_INVALID (the passphrase).
 */
struct cades_files {
	struct slice key;
	struct slice certs;
	int (*passphrase)(char *out, int cap, void *arg);
	void *arg;
};
int cades_signer_load(const struct cades_files *in, struct cades_signer **out,
    struct err *e) MUST_CHECK;
void cades_signer_free(struct cades_signer *s);
DEFINE_STRUCT_CLEANUP(cades_signer, cades_signer_free)

/*
 * SignedData over the content, detached: contentType, messageDigest,
 * signingTime, signingCertificateV2 and, if label is not empty, one
 * ESSSecurityLabel with this DER.  Appends DER.  E_CRYPTO, E_INPUT (the
 * certificate is not valid at that time), E_LIMIT.
 */
int cades_sign(const struct cades_signer *by, struct slice content,
    struct slice label, int64_t at, struct buf *out, struct err *e) MUST_CHECK;

#endif
