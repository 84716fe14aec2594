/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of seals and stamps; statements under both. */
#include "nintei/statement_verify.h"

#include "nintei/cms_sign.h"

#include "seal_int.h"

#define OIDS_EXAMPLE NULL /* seals and stamps carry no arc of the body */

static const struct cert *
root_of(const struct receipt_trust *t, const struct cert *c)
{
	for (size_t i = 0; i < t->nroots; i++)
		if (slice_eq(cert_subject(t->roots[i]), cert_issuer(c)) &&
		    slice_eq(cert_issuer(t->roots[i]), cert_issuer(c)) &&
		    cert_signed_by(c, t->roots[i]))
			return t->roots[i];
	return NULL;
}

int
seal_issued(const struct receipt_trust *t, enum ca_kind kind,
    const struct cert *c, int64_t at, const struct cert **root, struct err *e)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	struct chain chain = { .leaf = c, .at = at };
	struct chain_verdict verdict;

	if ((chain.root = root_of(t, c)) == NULL)
		return err_set(e, E_INVALID,
		    "its certificate was not issued by a root that is trusted");
	if (*root != NULL && chain.root != *root)
		return err_set(e, E_INVALID, "by another root than the seal");
	*root = chain.root;
	if (ca_lint_cert(
		kind, cert_der(c), chain.root, OIDS_EXAMPLE, &found, e) < 0)
		return -1;
	if (found.n > 0)
		return err_set(e, E_INVALID, "%.60s: %.90s",
		    found.items[0].rule, found.items[0].text_en);
	if (chain_check(&chain, &verdict, e) < 0)
		return -1;
	return verdict.ok ? 0 : err_set(e, E_INVALID, "%s", verdict.text);
}

const struct crl *
seal_crl(const struct receipt_trust *t, const struct cert *root)
{
	const struct crl *best = NULL;

	for (size_t i = 0; i < t->ncrls; i++) {
		const struct crl *c = t->crls[i];

		if (crl_signed_by(c, root) &&
		    (best == NULL ||
			crl_this_update(c) > crl_this_update(best)))
			best = c;
	}
	return best;
}

int
seal_revoked(
    const struct crl *crl, const struct cert *c, int64_t at, struct err *e)
{
	struct crl_entry entry;
	int64_t since;

	if (!crl_find(crl, cert_serial(c), &entry))
		return 0;
	since =
	    entry.invalid_since != 0 ? entry.invalid_since : entry.revoked_at;
	if (at < since)
		return 0;
	return err_set(e, E_INVALID, "a certificate was revoked before");
}

/* --- statements --- */

struct sealers {
	struct cert *sealer, *stamper;
	const struct cert *root;
};

static void
sealers_done(struct sealers *s)
{
	cert_free(s->sealer);
	cert_free(s->stamper);
}

static int
sealer_check(const struct statement_files *f, const struct receipt_trust *t,
    struct sealers *s, struct statement_seal *out, struct err *e)
{
	if (cms_signer_find(f->cms, &s->sealer, e) < 0 ||
	    cms_verify(f->cms, f->body, s->sealer, &out->sealed_at, e) < 0)
		return err_wrap(e, "seal");
	return seal_issued(
	    t, CA_KIND_SEAL, s->sealer, out->sealed_at, &s->root, e);
}

static int
stamp_check(const struct statement_files *f, const struct receipt_trust *t,
    struct sealers *s, struct statement_seal *out, struct err *e)
{
	int64_t at = 0;

	if (f->tst.n == 0)
		return 0;
	if (cms_signer_find(f->tst, &s->stamper, e) < 0 ||
	    tsp_verify(f->tst, f->cms, s->stamper, NULL, &at, e) < 0)
		return err_wrap(e, "time stamp");
	out->stamped_at = at;
	return seal_issued(t, CA_KIND_TSA, s->stamper, at, &s->root, e);
}

static int
revocation_check(const struct receipt_trust *t, const struct sealers *s,
    struct statement_seal *out, struct err *e)
{
	const struct crl *crl = seal_crl(t, s->root);

	if (crl == NULL)
		return 0;
	out->revocation_known = true;
	if (s->stamper != NULL &&
	    seal_revoked(crl, s->stamper, INT64_MAX, e) < 0)
		return -1;
	return seal_revoked(crl, s->sealer,
	    s->stamper != NULL ? out->stamped_at : INT64_MAX, e);
}

int
statement_verify(const struct statement_files *f, const struct receipt_trust *t,
    struct statement_seal *out, struct err *e)
{
	CLEANUP(sealers_done) struct sealers s = { 0 };
	struct statement_seal seal = { 0 };

	if (sealer_check(f, t, &s, &seal, e) < 0 ||
	    stamp_check(f, t, &s, &seal, e) < 0 ||
	    revocation_check(t, &s, &seal, e) < 0)
		return -1;
	*out = seal;
	return 0;
}
