/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chain of a stranger's certificate to the configured anchors, at one time,
 * and what CRLs say of it.  Critical extensions that the caller reads itself
 * do not stop OpenSSL; all others do.
 */
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "judge_int.h"

#define CHAIN_DEPTH 4

/* One walk of OpenSSL along a chain. */
struct walk {
	const struct judge_trust *trust;
	bool stale; /* a CRL of another time was used */
	int code;
};

/* --- trust --- */

static bool
anchors_read(const struct cms_question *q, struct judge_trust *t)
{
	for (size_t i = 0; i < q->n_anchors; i++) {
		const unsigned char *p = q->anchors[i].p;
		X509 *x = d2i_X509(NULL, &p, (long)q->anchors[i].n);

		if (x == NULL || sk_X509_push(t->anchors, x) <= 0) {
			X509_free(x);
			return false;
		}
		if (X509_STORE_add_cert(t->store, x) != 1)
			return false;
	}
	return true;
}

static bool
crls_read(const struct cms_question *q, struct judge_trust *t)
{
	for (size_t i = 0; i < q->n_crls; i++) {
		const unsigned char *p = q->crls[i].p;
		X509_CRL *c = d2i_X509_CRL(NULL, &p, (long)q->crls[i].n);

		if (c == NULL || sk_X509_CRL_push(t->crls, c) <= 0) {
			X509_CRL_free(c);
			return false;
		}
	}
	return true;
}

int
judge_trust_make(const struct cms_question *q, STACK_OF(X509) * between,
    struct judge_trust *out, struct err *e)
{
	out->q = q;
	out->between = between;
	out->store = X509_STORE_new();
	out->anchors = sk_X509_new_null();
	out->crls = sk_X509_CRL_new_null();
	if (out->store == NULL || out->anchors == NULL || out->crls == NULL)
		return err_ossl(e, "X509_STORE_new");
	X509_VERIFY_PARAM_set_time(
	    X509_STORE_get0_param(out->store), (time_t)q->at);
	if (!anchors_read(q, out))
		return err_set(e, E_INPUT, "an anchor is no certificate");
	if (!crls_read(q, out))
		return err_set(e, E_INPUT, "a revocation list is none");
	return 0;
}

void
judge_trust_done(struct judge_trust *t)
{
	sk_X509_pop_free(t->anchors, X509_free);
	sk_X509_CRL_pop_free(t->crls, X509_CRL_free);
	X509_STORE_free(t->store);
}

/* --- the walk --- */

/* Every critical extension that OpenSSL does not know is the caller's. */
static bool
criticals_known(const struct cms_question *q, const X509 *x)
{
	char oid[64];

	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *ext = X509_get_ext(x, i);
		bool known = X509_EXTENSION_get_critical(ext) != 1 ||
		    X509_supported_extension(ext) == 1;

		OBJ_obj2txt(
		    oid, sizeof(oid), X509_EXTENSION_get_object(ext), 1);
		for (size_t k = 0; !known && k < q->n_known; k++)
			known = slice_eq_str(slice_str(oid), q->known[k]);
		if (!known)
			return false;
	}
	return true;
}

/* May OpenSSL go on after this complaint? */
static bool
is_passed(struct walk *w, const X509_STORE_CTX *ctx, int code)
{
	if (code == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION)
		return criticals_known(
		    w->trust->q, X509_STORE_CTX_get_current_cert(ctx));
	if (code == X509_V_ERR_CRL_HAS_EXPIRED ||
	    code == X509_V_ERR_CRL_NOT_YET_VALID) {
		w->stale = true;
		return true;
	}
	return false;
}

static int
on_verify(int ok, X509_STORE_CTX *ctx)
{
	struct walk *w = X509_STORE_CTX_get_app_data(ctx);

	if (ok == 1)
		return 1;
	if (!is_passed(w, ctx, X509_STORE_CTX_get_error(ctx)))
		return 0;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

/* True: trusted.  issuer: referenced, or NULL. */
static bool
walk(struct walk *w, X509 *cert, bool with_crls, X509 **out_issuer)
{
	CLEANUP(X509_STORE_CTX_freep)
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	const struct judge_trust *t = w->trust;
	X509_VERIFY_PARAM *p;
	bool ok;

	w->code = X509_V_ERR_OUT_OF_MEM;
	if (ctx == NULL ||
	    X509_STORE_CTX_init(ctx, t->store, cert, t->between) != 1 ||
	    X509_STORE_CTX_set_app_data(ctx, w) != 1)
		return false;
	X509_STORE_CTX_set_verify_cb(ctx, on_verify);
	X509_STORE_CTX_set0_crls(ctx, t->crls);
	p = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_depth(p, CHAIN_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(p, 2); /* 112 bits */
	X509_VERIFY_PARAM_set_time(p, (time_t)t->q->at);
	X509_VERIFY_PARAM_set_flags(p, with_crls ? X509_V_FLAG_CRL_CHECK : 0);
	ok = X509_verify_cert(ctx) == 1;
	w->code = X509_STORE_CTX_get_error(ctx);
	if (ok && out_issuer != NULL) {
		STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);

		*out_issuer =
		    sk_X509_value(chain, sk_X509_num(chain) > 1 ? 1 : 0);
		X509_up_ref(*out_issuer);
	}
	return ok;
}

static enum cms_chain
chain_of_code(int code)
{
	static const struct {
		int code;
		enum cms_chain chain;
	} codes[] = {
		{ X509_V_ERR_CERT_HAS_EXPIRED, CMS_CHAIN_EXPIRED },
		{ X509_V_ERR_CERT_NOT_YET_VALID, CMS_CHAIN_NOT_YET_VALID },
		{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, CMS_CHAIN_UNTRUSTED },
		{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
		    CMS_CHAIN_UNTRUSTED },
		{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
		    CMS_CHAIN_UNTRUSTED },
		{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, CMS_CHAIN_UNTRUSTED },
		{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, CMS_CHAIN_UNTRUSTED },
		{ X509_V_ERR_KEYUSAGE_NO_CERTSIGN, CMS_CHAIN_USAGE },
		{ X509_V_ERR_INVALID_CA, CMS_CHAIN_USAGE },
	};

	for (size_t i = 0; i < NELEM(codes); i++)
		if (codes[i].code == code)
			return codes[i].chain;
	return CMS_CHAIN_BAD;
}

/* A key usage, where there is one, permits signatures of documents. */
static bool
usage_fits(X509 *cert)
{
	uint32_t usage = X509_get_key_usage(cert);

	return usage == UINT32_MAX ||
	    (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

/* --- revocation --- */

void
judge_revocation(struct cms_view *view, enum cms_revocation r)
{
	static const int rank[CMS_REVOCATION_MAX] = {
		[CMS_REVOCATION_STALE] = 1,
		[CMS_REVOCATION_GOOD] = 2,
		[CMS_REVOCATION_REVOKED] = 3,
	};

	if (rank[r] > rank[view->revocation])
		view->revocation = r;
}

/* When the list says so; OpenSSL has judged the list. */
static int64_t
revoked_at(const struct judge_trust *t, X509 *cert)
{
	int64_t at = 0;

	for (int i = 0; i < sk_X509_CRL_num(t->crls); i++) {
		X509_REVOKED *r = NULL;

		if (X509_CRL_get0_by_cert(
			sk_X509_CRL_value(t->crls, i), &r, cert) == 1)
			asn1_seconds(X509_REVOKED_get0_revocationDate(r), &at);
	}
	return at;
}

static void
crls_judge(const struct judge_trust *t, X509 *cert, struct cms_view *view)
{
	struct walk w = { .trust = t };

	if (sk_X509_CRL_num(t->crls) == 0)
		return;
	if (walk(&w, cert, true, NULL))
		judge_revocation(
		    view, w.stale ? CMS_REVOCATION_STALE : CMS_REVOCATION_GOOD);
	else if (w.code == X509_V_ERR_CERT_REVOKED) {
		judge_revocation(view, CMS_REVOCATION_REVOKED);
		view->revoked_at = revoked_at(t, cert);
	}
}

void
judge_chain(const struct judge_trust *t, X509 *cert, struct cms_view *view)
{
	CLEANUP(X509_freep) X509 *issuer = NULL;
	struct walk w = { .trust = t };

	if (!walk(&w, cert, false, &issuer)) {
		view->chain = chain_of_code(w.code);
		return;
	}
	view->chain = usage_fits(cert) ? CMS_CHAIN_TRUSTED : CMS_CHAIN_USAGE;
	crls_judge(t, cert, view);
	judge_ocsp(t, cert, issuer, view);
}
