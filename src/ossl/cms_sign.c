/* SPDX-License-Identifier: Apache-2.0 */
/* Detached signatures in the profile of PKI 8, made and verified. */
#include "nintei/cms_sign.h"

#include <limits.h>
#include <time.h>

#include <openssl/err.h>

#include "sign_int.h"

#define FLAGS (CMS_BINARY | CMS_NOSMIMECAP | CMS_CADES)

BIO *
bio_of(struct slice s)
{
	return s.n > INT_MAX ? NULL : BIO_new_mem_buf(s.p, (int)s.n);
}

/* The issuer's certificate; the signer's comes with its SignerInfo. */
static CMS_ContentInfo *
data_begin(const struct cms_signer *by, int nid)
{
	unsigned flags = FLAGS | CMS_PARTIAL;
	CLEANUP(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;

	if (nid == NID_undef)
		flags |= CMS_DETACHED;
	cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	if (cms == NULL || CMS_add1_cert(cms, cert_x509(by->issuer)) != 1)
		return NULL;
	if (nid != NID_undef &&
	    CMS_set1_eContentType(cms, OBJ_nid2obj(nid)) != 1)
		return NULL;
	return TAKE(cms);
}

/* Our clock, not the machine's: a development authority has its own. */
bool
signed_time_set(CMS_SignerInfo *si, int64_t at)
{
	CLEANUP(ASN1_TIME_freep)
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)at);

	return t != NULL &&
	    CMS_signed_add1_attr_by_NID(
		si, NID_pkcs9_signingTime, t->type, t, -1) == 1;
}

static bool
data_sign(CMS_ContentInfo *cms, const struct cms_signer *by,
    struct slice content, int64_t at)
{
	CLEANUP(BIO_freep) BIO *in = bio_of(content);
	CMS_SignerInfo *si;

	if (in == NULL)
		return false;
	si = CMS_add1_signer(cms, cert_x509(by->cert), by->key->evp,
	    ossl_algorithms()->sha256, FLAGS);
	return si != NULL && signed_time_set(si, at) &&
	    CMS_final(cms, in, NULL, FLAGS) == 1;
}

int
signed_data_make(const struct cms_signer *by, struct slice content, int nid,
    int64_t at, struct buf *out, struct err *e)
{
	CLEANUP(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;
	unsigned char *der = NULL;
	int n;

	ossl_init();
	if (!cert_has_key(by->cert, by->key))
		return err_set(e, E_INPUT, "the key is not the certificate's");
	cms = data_begin(by, nid);
	if (cms == NULL || !data_sign(cms, by, content, at) ||
	    (n = i2d_CMS_ContentInfo(cms, &der)) <= 0)
		return err_ossl(e, "CMS_sign");
	buf_put(out, der, (size_t)n);
	OPENSSL_free(der);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "no room for it");
}

int
cms_sign(const struct cms_signer *by, struct slice content, int64_t at,
    struct buf *out, struct err *e)
{
	return signed_data_make(by, content, NID_undef, at, out, e);
}

X509_STORE *
store_of_one(const struct cert *c, int64_t at)
{
	CLEANUP(X509_STORE_freep) X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *p;

	if (store == NULL || X509_STORE_add_cert(store, cert_x509(c)) != 1)
		return NULL;
	p = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_time(p, (time_t)at);
	return TAKE(store);
}

bool
der_is_whole(struct slice der)
{
	struct der d = der_init(der);

	der_skip(&d);
	return der_done(&d);
}

/* One signed attribute of this kind with one value. */
static const ASN1_TYPE *
attribute_one(CMS_SignerInfo *si, int nid)
{
	int at = CMS_signed_get_attr_by_NID(si, nid, -1);
	X509_ATTRIBUTE *a;

	if (at < 0 || CMS_signed_get_attr_by_NID(si, nid, at) >= 0)
		return NULL;
	a = CMS_signed_get_attr(si, at);
	return X509_ATTRIBUTE_count(a) == 1 ? X509_ATTRIBUTE_get0_type(a, 0)
					    : NULL;
}

static bool
time_get(CMS_SignerInfo *si, int64_t *out)
{
	const ASN1_TYPE *t = attribute_one(si, NID_pkcs9_signingTime);

	if (t == NULL ||
	    (t->type != V_ASN1_UTCTIME && t->type != V_ASN1_GENERALIZEDTIME))
		return false;
	return asn1_seconds(t->value.asn1_string, out);
}

/* PKI 8: one signer, named by issuer and serial, with all attributes. */
static bool
form_is_ours(CMS_ContentInfo *cms, const struct cert *signer, int64_t *out_at)
{
	STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(cms);
	CMS_SignerInfo *si;

	if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
	    CMS_is_detached(cms) != 1 || sk_CMS_SignerInfo_num(all) != 1 ||
	    OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
		return false;
	si = sk_CMS_SignerInfo_value(all, 0);
	return CMS_SignerInfo_cert_cmp(si, cert_x509(signer)) == 0 &&
	    attribute_one(si, NID_pkcs9_contentType) != NULL &&
	    attribute_one(si, NID_pkcs9_messageDigest) != NULL &&
	    attribute_one(si, NID_id_smime_aa_signingCertificateV2) != NULL &&
	    time_get(si, out_at);
}

/* Bytes that OpenSSL would pass over do not come through. */
static CMS_ContentInfo *
cms_read(struct slice der)
{
	const unsigned char *p = der.p;
	CLEANUP(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;

	if (!der_is_whole(der))
		return NULL;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	return cms != NULL && p == der.p + der.n ? TAKE(cms) : NULL;
}

int
cms_verify(struct slice der, struct slice content, const struct cert *signer,
    int64_t *out_at, struct err *e)
{
	CLEANUP(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;
	CLEANUP(X509_STORE_freep) X509_STORE *store = NULL;
	CLEANUP(BIO_freep) BIO *in = NULL;
	int64_t at = 0;
	int rv;

	ossl_init();
	if (der.n > LIMIT_CMS_BYTES)
		return err_set(e, E_LIMIT, "signature too large");
	cms = cms_read(der);
	if (cms == NULL || !form_is_ours(cms, signer, &at)) {
		ERR_clear_error();
		return err_set(e, E_INPUT, "not a seal of this certificate");
	}
	in = bio_of(content);
	store = store_of_one(signer, at);
	if (in == NULL || store == NULL)
		return err_ossl(e, "CMS_verify");
	rv = CMS_verify(cms, NULL, store, in, NULL, CMS_BINARY | CMS_CADES);
	ERR_clear_error();
	if (rv != 1)
		return err_set(e, E_INVALID, "the seal does not fit");
	if (out_at != NULL)
		*out_at = at;
	return 0;
}

/* Among the certificates inside, the one that the signer is named by. */
static const X509 *
signer_among(CMS_ContentInfo *cms, const STACK_OF(X509) * certs)
{
	STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(cms);

	if (sk_CMS_SignerInfo_num(all) != 1)
		return NULL;
	for (int i = 0; i < sk_X509_num(certs); i++)
		if (CMS_SignerInfo_cert_cmp(sk_CMS_SignerInfo_value(all, 0),
			sk_X509_value(certs, i)) == 0)
			return sk_X509_value(certs, i);
	return NULL;
}

static int
cert_of(const X509 *x, struct cert **out, struct err *e)
{
	unsigned char *der = NULL;
	int rv, n = i2d_X509(x, &der);

	if (n <= 0)
		return err_ossl(e, "i2d_X509");
	rv = cert_decode(slice_of(der, (size_t)n), out, e);
	OPENSSL_free(der);
	return rv;
}

int
cms_signer_find(struct slice der, struct cert **out, struct err *e)
{
	CLEANUP(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;
	STACK_OF(X509) *certs = NULL;
	const X509 *x;
	int rv;

	ossl_init();
	if (der.n > LIMIT_CMS_BYTES)
		return err_set(e, E_LIMIT, "signature too large");
	if ((cms = cms_read(der)) != NULL &&
	    OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed)
		certs = CMS_get1_certs(cms);
	x = certs == NULL ? NULL : signer_among(cms, certs);
	ERR_clear_error();
	rv = x == NULL ? err_set(e, E_INPUT, "no certificate of one signer")
		       : cert_of(x, out, e);
	sk_X509_pop_free(certs, X509_free);
	return rv;
}
