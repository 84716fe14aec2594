/* SPDX-License-Identifier: Apache-2.0 */
/* One SignerInfo of a stranger: algorithm, attributes, digest, signature. */
#include <stddef.h>
#include <string.h>

#include "nintei/digest.h"
#include "judge_int.h"

/* Digest, signature algorithms that go with it, where its value stands. */
static const struct algorithm {
	int digest;
	size_t offset, bytes; /* in struct cms_question */
	int rsa, ecdsa;
} algorithms[] = {
	{ NID_sha256, offsetof(struct cms_question, sha256), 32,
	    NID_sha256WithRSAEncryption, NID_ecdsa_with_SHA256 },
	{ NID_sha384, offsetof(struct cms_question, sha384), 48,
	    NID_sha384WithRSAEncryption, NID_ecdsa_with_SHA384 },
	{ NID_sha512, offsetof(struct cms_question, sha512), 64,
	    NID_sha512WithRSAEncryption, NID_ecdsa_with_SHA512 },
};

/* The algorithm of a SignerInfo with this key, or NULL: not on the list. */
static const struct algorithm *
algorithm_of(CMS_SignerInfo *si, enum key_kind kind)
{
	X509_ALGOR *digest = NULL, *signature = NULL;
	int d, s;

	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
	d = OBJ_obj2nid(digest->algorithm);
	s = OBJ_obj2nid(signature->algorithm);
	for (size_t i = 0; i < NELEM(algorithms); i++) {
		const struct algorithm *a = &algorithms[i];

		if (a->digest != d)
			continue;
		if (kind == KEY_RSA)
			return s == a->rsa || s == NID_rsaEncryption ? a : NULL;
		if (kind == KEY_P256 || kind == KEY_P384)
			return s == a->ecdsa ? a : NULL;
	}
	return NULL;
}

static enum key_kind
key_kind_of(X509 *x)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	unsigned char *spki = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	struct err e = ERR_INIT;
	enum key_kind kind = KEY_NONE;

	if (n > 0 && pkey_of_spki(slice_of(spki, (size_t)n), &key, &e) == 0)
		kind = pkey_kind(key);
	OPENSSL_free(spki);
	return kind;
}

/* The one value of the one signed attribute of this kind, as OpenSSL has it. */
static const ASN1_STRING *
attribute_string(CMS_SignerInfo *si, int nid, int type)
{
	return CMS_signed_get0_data_by_OBJ(si, OBJ_nid2obj(nid), -3, type);
}

static bool
attribute_absent(CMS_SignerInfo *si, int nid)
{
	return CMS_signed_get_attr_by_NID(si, nid, -1) < 0;
}

static struct slice
string_slice(const ASN1_STRING *s)
{
	if (s == NULL)
		return slice_of(NULL, 0);
	return slice_of(
	    ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

static bool
content_type_fits(CMS_ContentInfo *cms, CMS_SignerInfo *si)
{
	const ASN1_OBJECT *type = CMS_signed_get0_data_by_OBJ(
	    si, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT);

	return type != NULL && OBJ_cmp(type, CMS_get0_eContentType(cms)) == 0;
}

#define OID_SHA256 "2.16.840.1.101.3.4.2.1"

/* Digest of a certificate by the algorithm named, "" for SHA-1; 0: unknown. */
static size_t
ess_digest(const char *oid, struct slice cert, uint8_t out[SHA512_BYTES])
{
	if (oid[0] == '\0') {
		sha1_parts(&cert, 1, out);
		return SHA1_BYTES;
	}
	if (strcmp(oid, OID_SHA256) == 0) {
		sha256_of(cert, out);
		return SHA256_BYTES;
	}
	if (strcmp(oid, "2.16.840.1.101.3.4.2.2") == 0) {
		sha384_of(cert, out);
		return SHA384_BYTES;
	}
	if (strcmp(oid, "2.16.840.1.101.3.4.2.3") == 0) {
		sha512_of(cert, out);
		return SHA512_BYTES;
	}
	return 0;
}

/* RFC 5035 3 and 4: the first ESSCertID(v2) names the signer's own. */
static bool
ess_names(struct slice value, struct slice cert, bool v2)
{
	struct der d = der_init(value), sc = der_enter(&d, DER_SEQUENCE);
	struct der all = der_enter(&sc, DER_SEQUENCE);
	struct der first = der_enter(&all, DER_SEQUENCE);
	char oid[64] = OID_SHA256;
	uint8_t sum[SHA512_BYTES];
	size_t n;

	if (v2 && der_has(&first, DER_SEQUENCE)) {
		struct der alg = der_enter(&first, DER_SEQUENCE);

		der_get_oid(&alg, oid, sizeof(oid));
	}
	n = ess_digest(v2 ? oid : "", cert, sum);
	return n > 0 && !first.bad &&
	    slice_eq(der_get(&first, DER_OCTET_STRING), slice_of(sum, n));
}

static bool
ess_fits(CMS_SignerInfo *si, struct slice cert)
{
	static const struct {
		int nid;
		bool v2;
	} kinds[] = {
		{ NID_id_smime_aa_signingCertificate, false },
		{ NID_id_smime_aa_signingCertificateV2, true },
	};

	for (size_t i = 0; i < NELEM(kinds); i++) {
		const ASN1_STRING *s;

		if (attribute_absent(si, kinds[i].nid))
			continue;
		s = attribute_string(si, kinds[i].nid, V_ASN1_SEQUENCE);
		if (s == NULL || !ess_names(string_slice(s), cert, kinds[i].v2))
			return false;
	}
	return true;
}

/* signingTime, if it is there: once, and a time. */
static bool
signing_time(CMS_SignerInfo *si, int64_t *out)
{
	int at = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
	const ASN1_STRING *s;

	if (at < 0)
		return true;
	s = attribute_string(si, NID_pkcs9_signingTime, V_ASN1_UTCTIME);
	if (s == NULL)
		s = attribute_string(
		    si, NID_pkcs9_signingTime, V_ASN1_GENERALIZEDTIME);
	return s != NULL && asn1_seconds(s, out) && *out != 0;
}

/* Is the digest that was signed the one of the content? */
static bool
digest_fits(const struct cms_question *content, const struct algorithm *a,
    CMS_SignerInfo *si)
{
	const uint8_t *want = (const uint8_t *)content + a->offset;

	return slice_eq(string_slice(attribute_string(
			    si, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING)),
	    slice_of(want, a->bytes));
}

/* Who signed what: in the order in which a person would ask. */
enum cms_signature
judge_signer(const struct cms_judged *j, const struct cms_question *content,
    CMS_SignerInfo *si, X509 *cert, struct cms_view *v)
{
	const struct algorithm *a;

	if (cert == NULL)
		return CMS_SIGNATURE_NO_CERTIFICATE;
	a = algorithm_of(si, key_kind_of(cert));
	if (a == NULL)
		return CMS_SIGNATURE_ALGORITHM;
	if (!content_type_fits(j->cms, si) ||
	    attribute_string(
		si, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING) == NULL ||
	    !ess_fits(si, v->cert) || !signing_time(si, &v->signing_time))
		return CMS_SIGNATURE_ATTRIBUTES;
	if (content == NULL || !digest_fits(content, a, si))
		return CMS_SIGNATURE_DIGEST;
	CMS_SignerInfo_set1_signer_cert(si, cert);
	return CMS_SignerInfo_verify(si) == 1 ? CMS_SIGNATURE_GOOD
					      : CMS_SIGNATURE_BAD;
}
