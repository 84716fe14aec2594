/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CA_H
#define NINTEI_CA_H
/*
 * ca: certificates and CRLs, built from facts by the profiles of PKI.md,
 * linted by our own rules before release and verified by a second path.
 * Runs in: signer, nintei (init).  Lint rules: ca_lint.h; reading: ca_view.h.
 * Source: PKI 1 to 6; REGULATION 4 (validity), 6.3 (reasons); RFC 5280.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/ossl.h"
#include "nintei/secrecy.h"
#include "nintei/slice.h"
#include "nintei/x509.h"

#define CA_NAME_CHARS 64 /* characters, not bytes, of CN and O */
#define CA_OIDS_EXAMPLE "2.999.1" /* until the body has its own arc */

/* 16 octets, top bit 0, first octet not 0, drawn from r. */
int ca_serial_make(const struct random *r, uint8_t out[SERIAL_BYTES],
    struct err *e) MUST_CHECK;

/* A certificate with its private key. */
struct ca_authority {
	const struct cert *cert;
	const struct pkey *key; /* P-256 */
};

/*
 * Each builder appends one DER certificate that its lint accepts and that
 * OpenSSL verified, or fails: E_INVALID names the first rule that refused,
 * E_INPUT a fact that cannot be expressed.  Texts are UTF-8, NFC.
 * Serials: SERIAL_BYTES from ca_serial_make.
 */
struct ca_root {
	const char *organization; /* the body: O */
	const char *common_name;
	int64_t not_before, not_after;
	uint8_t serial[SERIAL_BYTES];
};
int ca_root_make(const struct ca_root *f, const struct pkey *key,
    struct buf *out, struct err *e) MUST_CHECK;

struct ca_issuer {
	const char *organization, *common_name;
	const char *policy_oid; /* of its scheme */
	const char *crl_url; /* root.crl */
	const char *issuer_url; /* root.cer */
	int64_t not_before, not_after;
	uint8_t serial[SERIAL_BYTES];
	struct slice spki; /* of the issuer's own new key, P-256 */
};
int ca_issuer_make(const struct ca_issuer *f, const struct ca_authority *root,
    struct buf *out, struct err *e) MUST_CHECK;

/* The server's certificate, 90 days, below an authority (development). */
struct ca_tls {
	const char *organization, *common_name;
	const char *const *dns; /* host names */
	size_t dns_n;
	const char *const *ip; /* "127.0.0.1", "::1" */
	size_t ip_n;
	const char *crl_url, *issuer_url; /* either may be NULL */
	int64_t not_before, not_after;
	uint8_t serial[SERIAL_BYTES];
	struct slice spki;
};
int ca_tls_make(const struct ca_tls *f, const struct ca_authority *by,
    struct buf *out, struct err *e) MUST_CHECK;

/* Who seals receipts and documents; who stamps the time.  PKI 2. */
enum ca_service {
	CA_SEAL, /* document signer, 3 years */
	CA_TSA /* time-stamping authority, 10 years */
};
struct ca_sealer {
	const char *organization, *common_name;
	const char *crl_url, *issuer_url; /* of the root */
	int64_t not_before, not_after;
	uint8_t serial[SERIAL_BYTES];
	struct slice spki; /* of its own new key, P-256 */
};
int ca_sealer_make(enum ca_service kind, const struct ca_sealer *f,
    const struct ca_authority *root, struct buf *out, struct err *e) MUST_CHECK;

/* One certified service (認定).  Only what article 11 publishes. */
struct ca_certification {
	const char *oid_base; /* CA_OIDS_EXAMPLE */
	const char *policy_oid; /* scheme, B.1.x */
	const char *rule_url; /* CPS: the text of the rules */
	const char *notice; /* userNotice, at most 200 characters, or NULL */
	const char *guideline; /* with version */
	const char *number; /* 認定番号 */
	const struct pub_str *service; /* in full; CN is its short form */
	const struct pub_str *operator_name; /* O, in its short form */
	const struct pub_str *corporate_number; /* 13 digits, or NULL */
	const char *designated_url; /* ASCII, absolute, no fragment */
	const char *crl_url, *issuer_url, *ocsp_url; /* http:// */
	int64_t not_before; /* the decision's instant; chained: s 00:00 JST */
	int64_t not_after; /* D 23:59:59 JST; interim: any */
	uint8_t record[32]; /* SHA-256 of certification.json */
	bool interim; /* 第12条2項 */
	uint8_t serial[SERIAL_BYTES];
	struct slice spki; /* of the CSR; empty: a key nobody has */
};
int ca_certification_build(const struct ca_certification *f,
    const struct ca_authority *issuer, struct buf *out,
    struct err *e) MUST_CHECK;

/* At most CA_NAME_CHARS characters; a longer text is cut and ends in "…". */
int ca_short_name(const char *text, struct buf *out, struct err *e) MUST_CHECK;

/* PKI 5.  Never certificateHold, never removeFromCRL. */
enum crl_reason {
	CRL_KEY_COMPROMISE = 1,
	CRL_CA_COMPROMISE = 2, /* root's CRL only */
	CRL_AFFILIATION_CHANGED = 3,
	CRL_SUPERSEDED = 4,
	CRL_CESSATION = 5,
	CRL_PRIVILEGE_WITHDRAWN = 9
};
const char *crl_reason_name(int reason); /* "privilegeWithdrawn"; NULL */

struct ca_revocation {
	uint8_t serial[SERIAL_BYTES];
	int64_t revoked_at; /* the entry's instant */
	enum crl_reason reason;
	int64_t invalid_since; /* earlier legal date, 0: none */
};
struct ca_crl {
	const struct ca_revocation *items; /* any order, no serial twice */
	size_t n;
	uint64_t number; /* grows with each CRL of this issuer; from 1 */
	int64_t this_update, next_update;
	int64_t kept_since; /* ExpiredCertsOnCRL; 0: issuer's notBefore */
};
/* Appends the DER of the full CRL. */
int ca_crl_build(const struct ca_crl *f, const struct ca_authority *issuer,
    struct buf *out, struct err *e) MUST_CHECK;

#endif
