/* SPDX-License-Identifier: Apache-2.0 */
/* A stranger's SignedData: decoded, each signer's signature judged. */
#include "nintei/cms_judge.h"

#include <stdlib.h>

#include <openssl/err.h>

#include "nintei/digest.h"
#include "judge_int.h"

static const char *const signature_names[CMS_SIGNATURE_MAX] = {
	[CMS_SIGNATURE_BAD] = "bad",
	[CMS_SIGNATURE_GOOD] = "good",
	[CMS_SIGNATURE_DIGEST] = "digest",
	[CMS_SIGNATURE_ALGORITHM] = "algorithm",
	[CMS_SIGNATURE_ATTRIBUTES] = "attributes",
	[CMS_SIGNATURE_NO_CERTIFICATE] = "no_certificate",
};
static const char *const chain_names[CMS_CHAIN_MAX] = {
	[CMS_CHAIN_NOT_CHECKED] = "not_checked",
	[CMS_CHAIN_TRUSTED] = "trusted",
	[CMS_CHAIN_UNTRUSTED] = "untrusted",
	[CMS_CHAIN_EXPIRED] = "expired",
	[CMS_CHAIN_NOT_YET_VALID] = "not_yet_valid",
	[CMS_CHAIN_USAGE] = "usage",
	[CMS_CHAIN_BAD] = "bad",
};
static const char *const revocation_names[CMS_REVOCATION_MAX] = {
	[CMS_REVOCATION_NOT_CHECKED] = "not_checked",
	[CMS_REVOCATION_GOOD] = "good",
	[CMS_REVOCATION_REVOKED] = "revoked",
	[CMS_REVOCATION_STALE] = "stale",
};

const char *
cms_signature_name(enum cms_signature s)
{
	return s < CMS_SIGNATURE_MAX ? signature_names[s] : "bad";
}

const char *
cms_chain_name(enum cms_chain c)
{
	return c < CMS_CHAIN_MAX ? chain_names[c] : "bad";
}

const char *
cms_revocation_name(enum cms_revocation r)
{
	return r < CMS_REVOCATION_MAX ? revocation_names[r] : "not_checked";
}

/* --- decoding --- */

static bool
only_zeros(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != 0)
			return false;
	return true;
}

static bool
decode(struct slice der, bool padded, struct cms_judged *j)
{
	const unsigned char *p = der.p;
	struct slice rest;

	j->cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	if (j->cms == NULL ||
	    OBJ_obj2nid(CMS_get0_type(j->cms)) != NID_pkcs7_signed)
		return false;
	rest = slice_of(p, der.n - (size_t)(p - der.p));
	if (padded ? !only_zeros(rest) : rest.n > 0)
		return false;
	OBJ_obj2txt(j->type, sizeof(j->type), CMS_get0_eContentType(j->cms), 1);
	j->certs = CMS_get1_certs(j->cms);
	return sk_X509_num(j->certs) <= CMS_SIGNERS;
}

struct slice
cms_judged_content(const struct cms_judged *j)
{
	ASN1_OCTET_STRING **in = CMS_get0_content(j->cms);

	if (in == NULL || *in == NULL)
		return slice_of(NULL, 0);
	return slice_of(
	    ASN1_STRING_get0_data(*in), (size_t)ASN1_STRING_length(*in));
}

/* --- what a view shows --- */

/* n bytes that OpenSSL allocated move into the judgement. */
static struct slice
keep(struct cms_judged *j, unsigned char *der, int n)
{
	struct buf *b = &j->bytes[j->n_bytes++];

	b->max = LIMIT_CERT_BYTES;
	if (n > 0)
		buf_put(b, der, (size_t)n);
	OPENSSL_free(der);
	return buf_ok(b) ? buf_slice(b) : slice_of(NULL, 0);
}

static void
names_take(struct cms_judged *j, const X509_NAME *issuer,
    const ASN1_INTEGER *serial, struct cms_view *v)
{
	unsigned char *der = NULL;
	int n = i2d_X509_NAME(issuer, &der);

	v->issuer = keep(j, der, n);
	v->serial = slice_of(
	    ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial));
}

static void
cert_take(struct cms_judged *j, X509 *x, struct cms_view *v)
{
	unsigned char *der = NULL, *subject = NULL;
	int n = i2d_X509(x, &der);

	v->cert = keep(j, der, n);
	n = i2d_X509_NAME(X509_get_subject_name(x), &subject);
	v->subject = keep(j, subject, n);
	names_take(j, X509_get_issuer_name(x), X509_get0_serialNumber(x), v);
	asn1_seconds(X509_get0_notBefore(x), &v->not_before);
	asn1_seconds(X509_get0_notAfter(x), &v->not_after);
	v->has_key_usage = X509_get_ext_by_NID(x, NID_key_usage, -1) >= 0;
	v->has_crl_point =
	    X509_get_ext_by_NID(x, NID_crl_distribution_points, -1) >= 0;
}

/* The certificate inside that the signer is named by; at most 16 KiB. */
static X509 *
cert_of(const struct cms_judged *j, CMS_SignerInfo *si)
{
	for (int i = 0; i < sk_X509_num(j->certs); i++) {
		X509 *x = sk_X509_value(j->certs, i);

		if (CMS_SignerInfo_cert_cmp(si, x) == 0)
			return i2d_X509(x, NULL) > (int)LIMIT_CERT_BYTES ? NULL
									 : x;
	}
	return NULL;
}

static void
view_fill(struct cms_judged *j, size_t i, CMS_SignerInfo *si)
{
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;

	j->signers[i] = cert_of(j, si);
	if (j->signers[i] != NULL)
		cert_take(j, j->signers[i], &j->views[i]);
	else if (CMS_SignerInfo_get0_signer_id(si, NULL, &issuer, &serial) ==
		1 &&
	    issuer != NULL && serial != NULL)
		names_take(j, issuer, serial, &j->views[i]);
}

/* --- judging --- */

/* The digests of what stands in the CMS itself. */
static void
inside_digest(const struct cms_judged *j, struct cms_question *out)
{
	struct slice content = cms_judged_content(j);

	sha256_of(content, out->sha256);
	sha384_of(content, out->sha384);
	sha512_of(content, out->sha512);
}

static int
signers_judge(struct cms_judged *j, const struct cms_question *q, struct err *e)
{
	STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(j->cms);
	CLEANUP(judge_trust_done) struct judge_trust trust = { 0 };
	struct cms_question content = *q;
	bool inside = !cms_judged_detached(j);

	if (judge_trust_make(q, j->certs, &trust, e) < 0)
		return -1;
	if (inside)
		inside_digest(j, &content);
	for (size_t i = 0; i < j->n; i++) {
		CMS_SignerInfo *si = sk_CMS_SignerInfo_value(all, (int)i);
		struct cms_view *v = &j->views[i];

		view_fill(j, i, si);
		/* Content in two places would be two things signed. */
		v->signature =
		    judge_signer(j, inside != q->detached ? &content : NULL, si,
			j->signers[i], v);
		if (j->signers[i] != NULL)
			judge_chain(&trust, j->signers[i], v);
	}
	return 0;
}

/* In a worker every algorithm comes from the context without system calls. */
static OSSL_LIB_CTX *
context_enter(void)
{
	OSSL_LIB_CTX *public = ossl_public_context();

	return public == NULL ? NULL : OSSL_LIB_CTX_set0_default(public);
}

static int
judge(struct slice der, const struct cms_question *q, struct cms_judged *j,
    struct err *e)
{
	int n;

	if (!decode(der, q->padded, j))
		return err_set(e, E_INPUT, "no SignedData");
	n = sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(j->cms));
	if (n < 1 || n > CMS_SIGNERS)
		return err_set(e, E_INPUT, "want 1 to %d signers, have %d",
		    CMS_SIGNERS, n);
	j->n = (size_t)n;
	return signers_judge(j, q, e);
}

int
cms_judge(struct slice der, const struct cms_question *q,
    struct cms_judged **out, struct err *e)
{
	CLEANUP(cms_judged_freep) struct cms_judged *j = xcalloc(1, sizeof(*j));
	OSSL_LIB_CTX *before;
	int rv;

	ossl_init();
	before = context_enter();
	rv = judge(der, q, j, e);
	ERR_clear_error();
	if (before != NULL)
		OSSL_LIB_CTX_set0_default(before);
	if (rv < 0)
		return -1;
	*out = TAKE(j);
	return 0;
}

void
cms_judged_free(struct cms_judged *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->n_bytes; i++)
		buf_free(&j->bytes[i]);
	sk_X509_pop_free(j->certs, X509_free);
	CMS_ContentInfo_free(j->cms);
	free(j);
}

/* --- reading --- */

bool
cms_judged_detached(const struct cms_judged *j)
{
	return CMS_is_detached(j->cms) == 1;
}

const char *
cms_judged_type(const struct cms_judged *j)
{
	return j->type;
}

size_t
cms_judged_count(const struct cms_judged *j)
{
	return j->n;
}

const struct cms_view *
cms_judged_at(const struct cms_judged *j, size_t i)
{
	return i < j->n ? &j->views[i] : NULL;
}

static X509_ATTRIBUTE *
attribute_next(
    CMS_SignerInfo *si, bool is_signed, const ASN1_OBJECT *o, int *at)
{
	*at = is_signed ? CMS_signed_get_attr_by_OBJ(si, o, *at)
			: CMS_unsigned_get_attr_by_OBJ(si, o, *at);
	if (*at < 0)
		return NULL;
	return is_signed ? CMS_signed_get_attr(si, *at)
			 : CMS_unsigned_get_attr(si, *at);
}

bool
cms_judged_attribute(const struct cms_judged *j, size_t i, bool is_signed,
    const char *oid, size_t k, struct buf *out)
{
	CLEANUP(ASN1_OBJECT_freep) ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
	CMS_SignerInfo *si;
	X509_ATTRIBUTE *a;
	unsigned char *der = NULL;
	int at = -1, n;

	if (i >= j->n || o == NULL)
		return false;
	si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(j->cms), (int)i);
	while ((a = attribute_next(si, is_signed, o, &at)) != NULL) {
		size_t count = (size_t)X509_ATTRIBUTE_count(a);

		if (k >= count) {
			k -= count;
			continue;
		}
		n = i2d_ASN1_TYPE(X509_ATTRIBUTE_get0_type(a, (int)k), &der);
		if (n > 0)
			buf_put(out, der, (size_t)n);
		OPENSSL_free(der);
		return n > 0;
	}
	return false;
}

bool
cms_judged_extension(const struct cms_judged *j, size_t i, const char *oid,
    struct slice *out, bool *out_critical)
{
	CLEANUP(ASN1_OBJECT_freep) ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
	X509 *x = i < j->n ? j->signers[i] : NULL;
	const ASN1_OCTET_STRING *value;
	int at;

	if (x == NULL || o == NULL ||
	    (at = X509_get_ext_by_OBJ(x, o, -1)) < 0 ||
	    X509_get_ext_by_OBJ(x, o, at) >= 0)
		return false;
	value = X509_EXTENSION_get_data(X509_get_ext(x, at));
	*out = slice_of(
	    ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
	*out_critical = X509_EXTENSION_get_critical(X509_get_ext(x, at)) == 1;
	return true;
}
