/* SPDX-License-Identifier: Apache-2.0 */
/* Does a certification certificate hold?  One verdict for each check. */
#include "nintei/ca_view.h"

#include <inttypes.h>
#include <stdio.h>

#include "nintei/ca_lint.h"
#include "nintei/instant.h"

static void
verdict_add(struct ca_verdicts *out, const char *check, bool ok, const char *ja,
    const char *en)
{
	struct ca_verdict *v;

	if (out->n == CA_VERDICTS_MAX)
		return;
	v = &out->items[out->n++];
	*v = (struct ca_verdict){ .check = check, .ok = ok };
	snprintf(v->text_ja, sizeof(v->text_ja), "%s", ja);
	snprintf(v->text_en, sizeof(v->text_en), "%s", en);
}

static void
verdict_skip(
    struct ca_verdicts *out, const char *check, const char *ja, const char *en)
{
	verdict_add(out, check, false, ja, en);
	out->items[out->n - 1].skipped = true;
}

static int
profile_check(
    const struct ca_evidence *v, struct ca_verdicts *out, struct err *e)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	char text[192];

	if (ca_lint_cert(CA_KIND_CERTIFICATION, cert_der(v->leaf), v->issuer,
		v->oid_base, &found, e) < 0) {
		if (e->code != E_INPUT && e->code != E_LIMIT)
			return -1;
		verdict_add(out, "profile", false, "証明書の形式が読めません",
		    e->detail);
		*e = (struct err)ERR_INIT;
		return 0;
	}
	if (found.n == 0) {
		verdict_add(out, "profile", true,
		    "定めた形式どおりの認定の証明書です",
		    "A certification certificate of the profile");
		return 0;
	}
	snprintf(text, sizeof(text), "%.47s: %.120s", found.items[0].rule,
	    found.items[0].text_ja);
	verdict_add(out, "profile", false, text, found.items[0].text_en);
	return 0;
}

static int
chain_verdict_add(
    const struct ca_evidence *v, struct ca_verdicts *out, struct err *e)
{
	struct chain chain = {
		.leaf = v->leaf,
		.between = &v->issuer,
		.between_n = 1,
		.root = v->root,
		.at = v->at,
	};
	struct chain_verdict verdict;
	char ja[160];

	/*
	 * Validity is a check of its own: the chain at a time inside it.
	 * OpenSSL counts the very second of notAfter as over.
	 */
	if (chain.at < cert_not_before(v->leaf))
		chain.at = cert_not_before(v->leaf);
	if (chain.at >= cert_not_after(v->leaf))
		chain.at = cert_not_after(v->leaf) - 1;
	if (chain_check(&chain, &verdict, e) < 0)
		return -1;
	snprintf(ja, sizeof(ja), "ルートまでの連鎖を確認できません（%s）",
	    verdict.text);
	verdict_add(out, "chain", verdict.ok,
	    verdict.ok ? "ルートまでの連鎖を確認しました" : ja,
	    verdict.ok ? "Chains to the root" : verdict.text);
	return 0;
}

static void
validity_check(const struct ca_evidence *v, struct ca_verdicts *out)
{
	char from[INSTANT_TEXT], to[INSTANT_TEXT], ja[160], en[160];
	bool ok = v->at >= cert_not_before(v->leaf) &&
	    v->at <= cert_not_after(v->leaf);

	instant_format(cert_not_before(v->leaf), from);
	instant_format(cert_not_after(v->leaf), to);
	snprintf(ja, sizeof(ja), "有効期間%s（%sから%sまで）",
	    ok ? "内です" : "外です", from, to);
	snprintf(en, sizeof(en), "%s its validity (%s to %s)",
	    ok ? "Within" : "Outside", from, to);
	verdict_add(out, "validity", ok, ja, en);
}

/* Ours, signed, and current at the time asked about. */
static bool
crl_usable(const struct crl *c, const struct cert *issuer, int64_t at)
{
	return slice_eq(crl_issuer(c), cert_subject(issuer)) &&
	    crl_signed_by(c, issuer) && crl_this_update(c) <= at &&
	    at <= crl_next_update(c);
}

static void
revoked_verdict(const struct ca_evidence *v, const struct crl_entry *entry,
    struct ca_verdicts *out)
{
	char when[INSTANT_TEXT], ja[200], en[200];
	const char *reason = crl_reason_name(entry->reason);
	bool ok = entry->revoked_at > v->at;

	reason = reason == NULL ? "-" : reason;
	instant_format(entry->revoked_at, when);
	snprintf(ja, sizeof(ja), "%sに失効しました（理由 %s）", when, reason);
	snprintf(en, sizeof(en), "Revoked at %s, reason %s", when, reason);
	verdict_add(out, "revocation", ok, ja, en);
}

static void
crl_check(const struct ca_evidence *v, struct ca_verdicts *out)
{
	struct crl_entry entry;

	if (v->crl == NULL) {
		verdict_skip(out, "crl", "CRLがありません", "No CRL at hand");
		verdict_skip(out, "revocation", "失効は確認していません",
		    "Revocation was not looked at");
		return;
	}
	if (!crl_usable(v->crl, v->issuer, v->at)) {
		verdict_add(out, "crl", false,
		    "CRLが発行者のものでないか、期限が切れています",
		    "The CRL is not the issuer's or not current");
		verdict_skip(out, "revocation", "失効は確認していません",
		    "Revocation was not looked at");
		return;
	}
	verdict_add(out, "crl", true, "発行者の有効なCRLです",
	    "A current CRL of the issuer");
	if (crl_find(v->crl, cert_serial(v->leaf), &entry))
		revoked_verdict(v, &entry, out);
	else
		verdict_add(
		    out, "revocation", true, "失効していません", "Not revoked");
}

static void
root_crl_check(const struct ca_evidence *v, struct ca_verdicts *out)
{
	struct crl_entry entry;
	bool ok;

	if (v->root_crl == NULL) {
		verdict_skip(out, "root_crl", "ルートのCRLがありません",
		    "No CRL of the root at hand");
		return;
	}
	ok = crl_usable(v->root_crl, v->root, v->at) &&
	    !crl_find(v->root_crl, cert_serial(v->issuer), &entry);
	verdict_add(out, "root_crl", ok,
	    ok ? "発行者は失効していません"
	       : "ルートのCRLが有効でないか、発行者が失効しています",
	    ok ? "The issuer is not revoked"
	       : "The root's CRL is not current, or the issuer is revoked");
}

int
ca_verify(const struct ca_evidence *v, struct ca_verdicts *out, bool *out_ok,
    struct err *e)
{
	struct ca_verdicts all = { .n = 0 };
	bool ok = true;

	if (profile_check(v, &all, e) < 0 || chain_verdict_add(v, &all, e) < 0)
		return -1;
	validity_check(v, &all);
	crl_check(v, &all);
	root_crl_check(v, &all);
	for (size_t i = 0; i < all.n; i++)
		ok = ok && (all.items[i].ok || all.items[i].skipped);
	*out = all;
	*out_ok = ok;
	return 0;
}
