/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_PKI_H
#define NINTEI_TESTS_PKI_H
/*
 * pki: a small authority with fixed serials and times, and a way to break
 * what it signs: any element of a certificate or CRL replaced, signed anew.
 */
#include "nintei/ca.h"
#include "nintei/ca_lint.h"

#define PKI_START INT64_C(1767193200) /* 2026-01-01T00:00:00+09:00 */
#define PKI_DECIDED INT64_C(1782885600) /* 2026-07-01T15:00:00+09:00 */
#define PKI_ENDS INT64_C(1846076399) /* 2028-07-01T23:59:59+09:00 */

struct pki {
	struct pkey *root_key, *issuer_key;
	struct cert *root, *issuer;
	struct ca_authority by_root, by_issuer;
};
void pki_make(struct pki *p); /* ck_asserts */
void pki_done(struct pki *p);
/* Facts of a certification that everything accepts; serial ends in n. */
struct ca_certification pki_facts(uint8_t n);
/* Its DER; ck_asserts. */
struct buf pki_certification(
    const struct pki *p, const struct ca_certification *f);
struct ca_crl pki_crl_facts(const struct ca_revocation *items, size_t n);

/* Randomness that counts: 1, 2, 3, ... */
struct random pki_counting(uint8_t *state);

/* Parts of a signed object, each one element or nothing. */
#define PKI_PARTS 12
struct parts {
	struct slice part[PKI_PARTS];
	size_t n;
};
/* The elements inside the TBS. */
struct parts pki_split(struct slice der);
/* Put together and signed; algorithm: of the envelope, empty: ours. */
struct buf pki_join(
    const struct parts *p, const struct pkey *key, struct slice algorithm);
/* hex to bytes; spaces are passed over. */
struct buf pki_hex(const char *hex);

#endif
