/* SPDX-License-Identifier: Apache-2.0 */
/* What OCSP responses at hand say of a certificate: RFC 6960 3.2, 4.2.2. */
#include <openssl/err.h>

#include "judge_int.h"

#define SKEW 300 /* seconds that clocks may differ */
#define DAY 86400 /* life of a response that names no end */

static OCSP_BASICRESP *
response_read(struct slice der)
{
	const unsigned char *p = der.p;
	CLEANUP(OCSP_RESPONSE_freep)
	OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);

	if (r == NULL || p != der.p + der.n ||
	    OCSP_response_status(r) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		return NULL;
	return OCSP_response_get1_basic(r);
}

static bool
is_of_time(const ASN1_GENERALIZEDTIME *from, const ASN1_GENERALIZEDTIME *to,
    int64_t at)
{
	int64_t first, last;

	if (!asn1_seconds(from, &first))
		return false;
	if (to == NULL)
		last = first + DAY;
	else if (!asn1_seconds(to, &last))
		return false;
	return first - SKEW <= at && at <= last + SKEW;
}

static void
single_judge(OCSP_SINGLERESP *one, int64_t at, struct cms_view *view)
{
	ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *to = NULL;
	int status = OCSP_single_get0_status(one, NULL, &revoked, &from, &to);

	if (status == V_OCSP_CERTSTATUS_REVOKED) {
		judge_revocation(view, CMS_REVOCATION_REVOKED);
		asn1_seconds(revoked, &view->revoked_at);
	} else if (status == V_OCSP_CERTSTATUS_GOOD)
		judge_revocation(view,
		    is_of_time(from, to, at) ? CMS_REVOCATION_GOOD
					     : CMS_REVOCATION_STALE);
}

static void
response_judge(const struct judge_trust *t, OCSP_BASICRESP *basic, X509 *cert,
    X509 *issuer, struct cms_view *view)
{
	/* The hashes by which responders name certificates (PKI 7). */
	const EVP_MD *const hashes[] = { ossl_algorithms()->sha1,
		ossl_algorithms()->sha256 };

	if (OCSP_basic_verify(basic, t->anchors, t->store, 0) != 1)
		return;
	for (size_t i = 0; i < NELEM(hashes); i++) {
		CLEANUP(OCSP_CERTID_freep)
		OCSP_CERTID *id = OCSP_cert_to_id(hashes[i], cert, issuer);
		int at = -1;

		while (id != NULL && (at = OCSP_resp_find(basic, id, at)) >= 0)
			single_judge(OCSP_resp_get0(basic, at), t->q->at, view);
	}
}

void
judge_ocsp(const struct judge_trust *t, X509 *cert, X509 *issuer,
    struct cms_view *view)
{
	for (size_t i = 0; i < t->q->n_ocsp; i++) {
		CLEANUP(OCSP_BASICRESP_freep)
		OCSP_BASICRESP *basic = response_read(t->q->ocsp[i]);

		if (basic != NULL)
			response_judge(t, basic, cert, issuer, view);
		ERR_clear_error();
	}
}
