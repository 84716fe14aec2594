/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OSSL_JUDGE_INT_H
#define NINTEI_OSSL_JUDGE_INT_H
/* judge_int: what the files of cms_judge share. */
#include <openssl/cms.h>
#include <openssl/ocsp.h>

#include "nintei/cms_judge.h"
#include "ossl_int.h"
#include "sign_int.h"

DEFINE_CLEANUP(OCSP_RESPONSE, OCSP_RESPONSE_free)
DEFINE_CLEANUP(OCSP_BASICRESP, OCSP_BASICRESP_free)
DEFINE_CLEANUP(OCSP_CERTID, OCSP_CERTID_free)

struct cms_judged {
	CMS_ContentInfo *cms;
	STACK_OF(X509) * certs; /* that travel inside, owned */
	struct cms_view views[CMS_SIGNERS];
	X509 *signers[CMS_SIGNERS]; /* borrowed from certs, or NULL */
	struct buf bytes[3 * CMS_SIGNERS]; /* what the views show */
	size_t n_bytes;
	size_t n;
	char type[64];
};

/* Who signed what: as a person would ask.  content NULL: there is none. */
enum cms_signature judge_signer(const struct cms_judged *j,
    const struct cms_question *content, CMS_SignerInfo *si, X509 *cert,
    struct cms_view *v);

/* What chains and revocation are asked with; made once for all signers. */
struct judge_trust {
	const struct cms_question *q;
	X509_STORE *store;
	STACK_OF(X509) * anchors;
	STACK_OF(X509) * between; /* borrowed */
	STACK_OF(X509_CRL) * crls;
};
int judge_trust_make(const struct cms_question *q, STACK_OF(X509) * between,
    struct judge_trust *out, struct err *e);
void judge_trust_done(struct judge_trust *t);

/* Chain, then revocation by CRLs and OCSP, into the view. */
void judge_chain(
    const struct judge_trust *t, X509 *cert, struct cms_view *view);
/* What OCSP responses say, joined into the view.  issuer: of the chain. */
void judge_ocsp(const struct judge_trust *t, X509 *cert, X509 *issuer,
    struct cms_view *view);
/* Revoked over good over stale over nothing. */
void judge_revocation(struct cms_view *view, enum cms_revocation r);

#endif
