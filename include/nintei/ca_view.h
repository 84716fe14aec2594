/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CA_VIEW_H
#define NINTEI_CA_VIEW_H
/*
 * ca_view: what a certification certificate says, and whether it holds.
 * Runs in: nintei (cert show, cert verify), core (register).
 * Source: PKI 2, 3.
 */
#include "nintei/ca.h"

/* Texts are "" or NULL where the certificate has none. */
struct ca_view {
	char serial[SERIAL_HEX]; /* lower-case hex */
	char *common_name, *organization;
	char *organization_id; /* "NTRJP-7000012050002" */
	char *number; /* subject serialNumber */
	char *issuer_common_name;
	int64_t not_before, not_after;
	char *designated_url; /* SAN URI */
	char *policy_oid, *rule_url, *notice;
	char *crl_url, *ocsp_url, *issuer_url;
	char *key; /* "P-256", "RSA", ... */
	bool has_statement;
	struct {
		char *scheme_oid, *number, *service, *guideline, *mark;
		uint8_t record[32];
		bool interim;
	} statement;
};
/* oid_base: NULL is CA_OIDS_EXAMPLE. */
int ca_view_read(struct slice der, const char *oid_base, struct ca_view **out,
    struct err *e) MUST_CHECK;
void ca_view_free(struct ca_view *v);
DEFINE_STRUCT_CLEANUP(ca_view, ca_view_free)

/* One line of a verdict. */
struct ca_verdict {
	const char *check; /* "profile", "chain", "validity", "crl", ... */
	bool ok;
	bool skipped; /* not looked at: nothing to check it with */
	char text_ja[256];
	char text_en[256];
};
#define CA_VERDICTS_MAX 8
struct ca_verdicts {
	struct ca_verdict items[CA_VERDICTS_MAX];
	size_t n;
};
struct ca_evidence {
	const struct cert *leaf;
	const struct cert *issuer;
	const struct cert *root;
	const struct crl *crl; /* of the issuer; NULL: skipped */
	const struct crl *root_crl; /* NULL: skipped */
	const char *oid_base; /* NULL: CA_OIDS_EXAMPLE */
	int64_t at;
};
/* Every check in the order of the list above; true only if none failed. */
int ca_verify(const struct ca_evidence *v, struct ca_verdicts *out,
    bool *out_ok, struct err *e) MUST_CHECK;

#endif
