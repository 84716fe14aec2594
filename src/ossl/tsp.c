/* SPDX-License-Identifier: Apache-2.0 */
/* Time-stamp tokens: TSTInfo by our own DER, verified by OpenSSL's TS. */
#include "nintei/cms_sign.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/ts.h>

#include "sign_int.h"

#define OID_SHA256 "2.16.840.1.101.3.4.2.1"
#define INFO_BYTES KIB(4)

DEFINE_CLEANUP(PKCS7, PKCS7_free)
DEFINE_CLEANUP(TS_TST_INFO, TS_TST_INFO_free)
DEFINE_CLEANUP(TS_VERIFY_CTX, TS_VERIFY_CTX_free)

static void
put_imprint(struct buf *b, const uint8_t hash[SHA256_BYTES])
{
	size_t imprint = der_begin(b, DER_SEQUENCE);
	size_t algorithm = der_begin(b, DER_SEQUENCE);

	der_oid(b, OID_SHA256);
	der_null(b);
	der_end(b, algorithm);
	der_put(b, DER_OCTET_STRING, slice_of(hash, SHA256_BYTES));
	der_end(b, imprint);
}

/* accuracy { seconds 1 }; tsa [0] GeneralName: directoryName [4]. */
static void
put_accuracy_and_name(struct buf *b, struct slice subject)
{
	size_t mark = der_begin(b, DER_SEQUENCE), name;

	der_uint(b, 1);
	der_end(b, mark);
	mark = der_begin(b, DER_CONTEXT_SET(0));
	name = der_begin(b, DER_CONTEXT_SET(4));
	buf_put(b, subject.p, subject.n);
	der_end(b, name);
	der_end(b, mark);
}

/* RFC 3161 2.4.2.  No ordering, no nonce: nobody asked over a network. */
static void
info_encode(
    const struct cms_signer *by, const struct tsp_facts *f, struct buf *b)
{
	size_t info = der_begin(b, DER_SEQUENCE);

	der_uint(b, 1);
	der_oid(b, f->policy);
	put_imprint(b, f->imprint);
	der_big(b, slice_of(f->serial, sizeof(f->serial)));
	der_generalized(b, f->at);
	put_accuracy_and_name(b, cert_subject(by->cert));
	der_end(b, info);
}

int
tsp_make(const struct cms_signer *by, const struct tsp_facts *f,
    struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf info = BUF_INIT(INFO_BYTES);

	info_encode(by, f, &info);
	if (!buf_ok(&info))
		return err_set(e, E_INPUT, "time stamp: a fact is malformed");
	return signed_data_make(
	    by, buf_slice(&info), NID_id_smime_ct_TSTInfo, f->at, out, e);
}

static PKCS7 *
token_read(struct slice der)
{
	const unsigned char *p = der.p;
	CLEANUP(PKCS7_freep) PKCS7 *token = NULL;

	if (!der_is_whole(der))
		return NULL;
	token = d2i_PKCS7(NULL, &p, (long)der.n);
	return token != NULL && p == der.p + der.n ? TAKE(token) : NULL;
}

/* Imprint, version, signer with its ESSCertIDv2, chain of one. */
static TS_VERIFY_CTX *
rules_make(struct slice stamped, const struct cert *authority, int64_t at)
{
	CLEANUP(TS_VERIFY_CTX_freep) TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	CLEANUP(X509_STORE_freep)
	X509_STORE *store = store_of_one(authority, at);
	uint8_t hash[SHA256_BYTES];
	unsigned char *imprint;

	sha256_of(stamped, hash);
	imprint = OPENSSL_memdup(hash, sizeof(hash));
	if (ctx == NULL || store == NULL || imprint == NULL) {
		OPENSSL_free(imprint);
		return NULL;
	}
	TS_VERIFY_CTX_set_flags(ctx,
	    TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_SIGNATURE | TS_VFY_SIGNER);
	TS_VERIFY_CTX_set_imprint(ctx, imprint, (long)sizeof(hash));
	TS_VERIFY_CTX_set_store(ctx, TAKE(store));
	return TAKE(ctx);
}

/* Policy as wanted, SHA-256, genTime readable. */
static bool
info_is_ours(const TS_TST_INFO *info, const char *policy, int64_t *out_at)
{
	TS_TST_INFO *i = (TS_TST_INFO *)(uintptr_t)info;
	CLEANUP(ASN1_OBJECT_freep)
	ASN1_OBJECT *want = policy == NULL ? NULL : OBJ_txt2obj(policy, 1);
	const X509_ALGOR *algorithm =
	    TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(i));
	const ASN1_OBJECT *oid;

	if (algorithm == NULL ||
	    (policy != NULL &&
		(want == NULL ||
		    OBJ_cmp(TS_TST_INFO_get_policy_id(i), want) != 0)))
		return false;
	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	return OBJ_obj2nid(oid) == NID_sha256 &&
	    asn1_seconds(TS_TST_INFO_get_time(i), out_at);
}

/* The one who signed is the authority itself, not somebody below it. */
static bool
signer_is(PKCS7 *token, const struct cert *authority)
{
	STACK_OF(X509) *all = PKCS7_get0_signers(token, NULL, 0);
	bool same = all != NULL && sk_X509_num(all) == 1 &&
	    X509_cmp(sk_X509_value(all, 0), cert_x509(authority)) == 0;

	sk_X509_free(all);
	return same;
}

int
tsp_verify(struct slice der, struct slice stamped, const struct cert *authority,
    const char *policy, int64_t *out_at, struct err *e)
{
	CLEANUP(PKCS7_freep) PKCS7 *token = NULL;
	CLEANUP(TS_TST_INFO_freep) TS_TST_INFO *info = NULL;
	CLEANUP(TS_VERIFY_CTX_freep) TS_VERIFY_CTX *ctx = NULL;
	int64_t at = 0;
	int rv;

	ossl_init();
	if (der.n > LIMIT_CMS_BYTES)
		return err_set(e, E_LIMIT, "token too large");
	token = token_read(der);
	info = token == NULL ? NULL : PKCS7_to_TS_TST_INFO(token);
	if (info == NULL || !info_is_ours(info, policy, &at) ||
	    !signer_is(token, authority)) {
		ERR_clear_error();
		return err_set(e, E_INPUT, "not a stamp of this authority");
	}
	if ((ctx = rules_make(stamped, authority, at)) == NULL)
		return err_ossl(e, "TS_VERIFY_CTX_new");
	rv = TS_RESP_verify_token(ctx, token);
	ERR_clear_error();
	if (rv != 1)
		return err_set(e, E_INVALID, "the time stamp does not fit");
	if (out_at != NULL)
		*out_at = at;
	return 0;
}
