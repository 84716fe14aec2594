/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_X509_H
#define NINTEI_X509_H
/*
 * x509: certificates, CRLs and requests as OpenSSL reads them; PEM; chains.
 * Building and linting are the business of ca.h.
 * Runs in: signer, core, examine (requests), nintei.  Trusts: nothing.
 * Rules: PKI 9; RFC 5280, RFC 2986.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/key.h"
#include "nintei/slice.h"

#define SERIAL_BYTES 16 /* ours; others have up to 20 */
#define SERIAL_HEX 42 /* lower case, and NUL */

/* PEM of one object: label "CERTIFICATE", "X509 CRL". */
void pem_encode(struct slice der, const char *label, struct buf *out);
/* Exactly one block of this label, nothing else but white space.  E_INPUT. */
int pem_decode(struct slice pem, const char *label, struct buf *out,
    struct err *e) MUST_CHECK;
/* Is there a "-----BEGIN" at the start (after white space)? */
bool pem_is(struct slice bytes);

struct cert;
/* DER, at most LIMIT_CERT_BYTES, nothing after the end.  E_INPUT, E_LIMIT. */
int cert_decode(struct slice der, struct cert **out, struct err *e) MUST_CHECK;
/* DER or one PEM block. */
int cert_load(struct slice bytes, struct cert **out, struct err *e) MUST_CHECK;
void cert_free(struct cert *c);
DEFINE_STRUCT_CLEANUP(cert, cert_free)

/* All borrowed from the certificate. */
struct slice cert_der(const struct cert *c);
struct slice cert_subject(const struct cert *c); /* DER Name */
struct slice cert_issuer(const struct cert *c); /* DER Name */
struct slice cert_spki(const struct cert *c); /* DER */
struct slice cert_serial(const struct cert *c); /* big-endian, unsigned */
struct slice cert_key_id(const struct cert *c); /* SKI, empty if absent */
struct slice cert_issuer_key_id(const struct cert *c); /* AKI keyid */
const char *cert_serial_hex(const struct cert *c);
int64_t cert_not_before(const struct cert *c);
int64_t cert_not_after(const struct cert *c);
bool cert_is_ca(const struct cert *c);
/* The attribute of the subject as UTF-8, NULL if absent; "2.5.4.3" = CN. */
const char *cert_subject_text(const struct cert *c, const char *oid);
/* The value (inside the OCTET STRING) of an extension, as OpenSSL sees it. */
bool cert_extension(const struct cert *c, const char *oid, struct slice *out,
    bool *out_critical);
size_t cert_extension_count(const struct cert *c);
/* Does this private key belong to the certificate? */
bool cert_has_key(const struct cert *c, const struct pkey *k);

struct crl_entry {
	struct slice serial; /* big-endian; borrowed */
	int64_t revoked_at;
	int reason; /* -1: no reasonCode */
	int64_t invalid_since; /* 0: no invalidityDate */
};
struct crl;
/* DER, at most LIMIT_CRL_BYTES, nothing after the end.  E_INPUT, E_LIMIT. */
int crl_decode(struct slice der, struct crl **out, struct err *e) MUST_CHECK;
int crl_load(struct slice bytes, struct crl **out, struct err *e) MUST_CHECK;
void crl_free(struct crl *c);
DEFINE_STRUCT_CLEANUP(crl, crl_free)
struct slice crl_der(const struct crl *c);
struct slice crl_issuer(const struct crl *c); /* DER Name */
int64_t crl_this_update(const struct crl *c);
int64_t crl_next_update(const struct crl *c); /* 0: absent */
uint64_t crl_number(const struct crl *c); /* 0: absent or over 64 bits */
size_t crl_count(const struct crl *c);
bool crl_at(const struct crl *c, size_t i, struct crl_entry *out);
bool crl_find(const struct crl *c, struct slice serial, struct crl_entry *out);

/*
 * A PKCS#10 request, of which only the key is used.  Proof of possession
 * verified; DER or one PEM block; version 1 (0) only, nothing after the end,
 * named curves, key of the allow-list.  E_INPUT (with the reason), E_LIMIT.
 */
int csr_decode(struct slice bytes, struct pkey **out, struct err *e) MUST_CHECK;

/*
 * Does the leaf chain to exactly this root, by OpenSSL, strictly, at this
 * time?  The verdict of OpenSSL in words.
 */
struct chain {
	const struct cert *leaf;
	const struct cert *const *between; /* untrusted */
	size_t between_n;
	const struct cert *root;
	const struct crl *const *crls;
	size_t crls_n;
	int64_t at; /* UTC seconds */
	bool anchor_any; /* the root need not be self-signed */
	bool check_crl; /* of the leaf */
	bool check_crl_all; /* and of the certificates above */
};
struct chain_verdict {
	bool ok;
	int code; /* X509_V_ERR_ of OpenSSL, 0 if ok */
	int depth;
	char text[96];
};
int chain_check(
    const struct chain *c, struct chain_verdict *out, struct err *e) MUST_CHECK;
/* The signature alone, by the issuer's key. */
bool cert_signed_by(const struct cert *c, const struct cert *issuer);
bool crl_signed_by(const struct crl *c, const struct cert *issuer);

#endif
