/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold before anything that was signed leaves (PKI, head). */
#include "ca_int.h"

int
findings_to_err(const struct findings *f, struct err *e)
{
	if (f->n == 0)
		return 0;
	return err_set(e, E_INVALID, "%s: %.150s%s%s", f->items[0].rule,
	    f->items[0].text_en, f->items[0].field[0] == '\0' ? "" : ": ",
	    f->items[0].field);
}

/* By OpenSSL from the bytes, strictly, at the first second of validity. */
static int
chain_release(struct slice der, const struct cert *issuer, struct err *e)
{
	CLEANUP(cert_freep) struct cert *leaf = NULL;
	struct chain chain = { .anchor_any = true };
	struct chain_verdict verdict;

	if (cert_decode(der, &leaf, e) < 0)
		return -1;
	chain.leaf = leaf;
	chain.root = issuer == NULL ? leaf : issuer;
	chain.at = cert_not_before(leaf);
	if (chain_check(&chain, &verdict, e) < 0)
		return -1;
	if (!verdict.ok)
		return err_set(
		    e, E_INVALID, "OpenSSL refuses it: %s", verdict.text);
	return 0;
}

int
cert_release(enum ca_kind kind, struct slice der,
    const struct ca_authority *issuer, const char *oid_base, struct err *e)
{
	CLEANUP(findings_free) struct findings found = { 0 };

	if (ca_lint_cert(kind, der, issuer->cert, oid_base, &found, e) < 0 ||
	    findings_to_err(&found, e) < 0)
		return -1;
	return chain_release(der, issuer->cert, e);
}
