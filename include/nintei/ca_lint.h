/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CA_LINT_H
#define NINTEI_CA_LINT_H
/*
 * ca_lint: our own rules for what we issue, one for each line of PKI.md,
 * read from the bytes without the code that builds them.
 * Runs in: signer, nintei (audit, cert verify).  Trusts: nothing.
 * Rules: CERT-*, CRL-* in src/ca/cert_rules.inc, crl_rules.inc.
 */
#include "nintei/ca.h"
#include "nintei/findings.h"

enum ca_kind {
	CA_KIND_NONE = 0,
	CA_KIND_ROOT,
	CA_KIND_ISSUER,
	CA_KIND_CERTIFICATION,
	CA_KIND_TLS,
	CA_KIND_SEAL, /* signs receipts */
	CA_KIND_TSA,
	CA_KIND_MAX
};
const char *ca_kind_name(enum ca_kind k);

/*
 * All findings, each severity refuse.  issuer: NULL for a root.  oid_base:
 * where the statement extension is looked for.
 * err: the bytes could not be taken apart at all (E_INPUT, E_LIMIT).
 */
int ca_lint_cert(enum ca_kind kind, struct slice der, const struct cert *issuer,
    const char *oid_base, struct findings *out, struct err *e) MUST_CHECK;
int ca_lint_crl(struct slice der, const struct cert *issuer,
    struct findings *out, struct err *e) MUST_CHECK;

/*
 * Does a certification certificate say these facts, and nothing else?
 * Rules CERT-FACT_*; field names the fact that differs.
 */
int ca_compare_certification(struct slice der,
    const struct ca_certification *want, struct findings *out,
    struct err *e) MUST_CHECK;

/*
 * The part that is signed, built anew by whoever has no key: facts, with the
 * serial and the key of the certificate at hand, give its bytes again.
 */
int ca_certification_tbs(const struct ca_certification *f,
    const struct cert *issuer, struct buf *out, struct err *e) MUST_CHECK;
int ca_crl_tbs(const struct ca_crl *f, const struct cert *issuer,
    struct buf *out, struct err *e) MUST_CHECK;
/* The signed part of a certificate or CRL, borrowed.  E_INPUT. */
int ca_signed_tbs(
    struct slice der, struct slice *out, struct err *e) MUST_CHECK;

#endif
