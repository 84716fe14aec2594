/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CMS_JUDGE_H
#define NINTEI_CMS_JUDGE_H
/*
 * cms_judge: a stranger's SignedData, judged by OpenSSL: signature, chain and
 * revocation of each signer, each said by itself.  Part of ossl.
 * Runs in: examine (confined, after ossl_warm and ossl_warm_public), nintei.
 * Trusts: the anchors, CRLs and OCSP responses given.
 * Source: RFC 5652 5, RFC 5035 5, RFC 5280 6, RFC 6960 3.2; FACTS 10.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

#define CMS_SIGNERS 16 /* signers, and certificates inside, at most */

struct cms_question {
	int64_t at; /* UTC seconds: when chain and revocation are asked */
	bool padded; /* zero bytes may follow the SignedData */
	bool detached; /* the digests below are those of the content */
	uint8_t sha256[32], sha384[48], sha512[64];
	const struct slice *anchors, *crls, *ocsp; /* DER */
	size_t n_anchors, n_crls, n_ocsp;
	/* Critical extensions that the caller reads itself, dotted. */
	const char *const *known;
	size_t n_known;
};

enum cms_signature {
	CMS_SIGNATURE_BAD = 0, /* the value does not verify */
	CMS_SIGNATURE_GOOD,
	CMS_SIGNATURE_DIGEST, /* the content is another, or there is none */
	CMS_SIGNATURE_ALGORITHM, /* not SHA-2 with RSA, P-256 or P-384 */
	CMS_SIGNATURE_ATTRIBUTES, /* missing, twice, another certificate */
	CMS_SIGNATURE_NO_CERTIFICATE,
	CMS_SIGNATURE_MAX
};
enum cms_chain {
	CMS_CHAIN_NOT_CHECKED = 0,
	CMS_CHAIN_TRUSTED,
	CMS_CHAIN_UNTRUSTED, /* ends in no anchor */
	CMS_CHAIN_EXPIRED,
	CMS_CHAIN_NOT_YET_VALID,
	CMS_CHAIN_USAGE, /* not a key for signatures */
	CMS_CHAIN_BAD,
	CMS_CHAIN_MAX
};
enum cms_revocation {
	CMS_REVOCATION_NOT_CHECKED = 0, /* nothing at hand speaks of it */
	CMS_REVOCATION_GOOD,
	CMS_REVOCATION_REVOKED,
	CMS_REVOCATION_STALE, /* what is at hand is not of this time */
	CMS_REVOCATION_MAX
};
const char *cms_signature_name(enum cms_signature s); /* "good" */
const char *cms_chain_name(enum cms_chain c); /* "trusted" */
const char *cms_revocation_name(enum cms_revocation r); /* "not_checked" */

struct cms_view { /* of one signer; slices live as long as the judgement */
	enum cms_signature signature;
	enum cms_chain chain;
	enum cms_revocation revocation;
	int64_t revoked_at; /* 0: not revoked */
	int64_t signing_time; /* 0: none */
	int64_t not_before, not_after; /* of the certificate */
	struct slice issuer, serial; /* DER Name, unsigned; of the SignerInfo */
	struct slice subject, cert; /* DER; empty without certificate */
	bool has_key_usage, has_crl_point;
};

struct cms_judged;
/*
 * Decode and judge.  E_INPUT: no SignedData, bytes after it, no signer or too
 * many; E_CRYPTO: OpenSSL failed.
 */
int cms_judge(struct slice der, const struct cms_question *q,
    struct cms_judged **out, struct err *e) MUST_CHECK;
void cms_judged_free(struct cms_judged *j);
DEFINE_STRUCT_CLEANUP(cms_judged, cms_judged_free)

bool cms_judged_detached(const struct cms_judged *j);
const char *cms_judged_type(const struct cms_judged *j); /* dotted */
struct slice cms_judged_content(const struct cms_judged *j); /* if inside */
size_t cms_judged_count(const struct cms_judged *j);
const struct cms_view *cms_judged_at(const struct cms_judged *j, size_t i);
/*
 * Value k (from 0, over all attributes of this kind) of a signer's signed or
 * unsigned attributes, as DER; false past the end.
 */
bool cms_judged_attribute(const struct cms_judged *j, size_t i, bool is_signed,
    const char *oid, size_t k, struct buf *out);
/* The extension's value inside its OCTET STRING; false: absent, or twice. */
bool cms_judged_extension(const struct cms_judged *j, size_t i, const char *oid,
    struct slice *out, bool *out_critical);

#endif
