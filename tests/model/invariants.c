/* SPDX-License-Identifier: Apache-2.0 */
/* The invariants of REGULATION 5 that the composed state can show. */
#include "model.h"

#include "nintei/cc.h"

#define IN_FORCE S_CERT_ISSUING, S_CERT_VALID, S_CERT_CONTINUED
#define PENDING \
	S_APP_SUBMITTED, S_APP_CORRECTING, S_APP_IN_REVIEW, S_APP_DECIDING
#define OVER S_CERT_LAPSED, S_CERT_TERMINATED, S_CERT_REVOKED

/* clang-format off */
static const struct model_invariant invariants[] = {
	{ "in force: the application was certified",
	  { { M_CERTIFICATION, MODEL_ANY, { IN_FORCE }, 0, false } },
	  { { M_APPLICATION, MODEL_BASE, { S_APP_CERTIFIED }, 0, false } } },
	{ "continued: a renewal is pending",
	  { { M_CERTIFICATION, MODEL_ANY, { S_CERT_CONTINUED }, 0, false } },
	  { { M_APPLICATION, 1, { PENDING }, 0, false },
	    { M_APPLICATION, 2, { PENDING }, 0, false } } },
	{ "continuation: a renewal is pending",
	  { { M_CERTIFICATION, MODEL_ANY, { S_NONE }, FLAG_CONTINUATION, false } },
	  { { M_APPLICATION, 1, { PENDING }, 0, false },
	    { M_APPLICATION, 2, { PENDING }, 0, false } } },
	{ "no renewal is pending over what lapsed, was terminated or revoked",
	  { { M_CERTIFICATION, MODEL_ANY, { OVER }, 0, false } },
	  { { M_APPLICATION, 1, { PENDING }, 0, true } } },
	{ "no second renewal is pending over what ended",
	  { { M_CERTIFICATION, MODEL_ANY, { OVER }, 0, false } },
	  { { M_APPLICATION, 2, { PENDING }, 0, true } } },
	{ "never two renewals at once",
	  { { M_APPLICATION, 1, { PENDING }, 0, false } },
	  { { M_APPLICATION, 2, { PENDING }, 0, true } } },
	{ "a next term waits only where nothing is continued",
	  { { M_CERTIFICATION, MODEL_ANY, { S_NONE }, FLAG_NEXT_TERM, false } },
	  { { M_CERTIFICATION, MODEL_ANY, { S_CERT_VALID }, 0, false } } },
	{ "mark allowed: in force",
	  { { M_MARK, MODEL_ANY, { S_MARK_ALLOWED }, 0, false } },
	  { { M_CERTIFICATION, MODEL_ANY, { IN_FORCE }, 0, false } } },
	{ "in force: compliance is not closed",
	  { { M_CERTIFICATION, MODEL_ANY, { IN_FORCE }, 0, false } },
	  { { M_COMPLIANCE, MODEL_ANY, { S_COMP_CLOSED }, 0, true } } },
	{ "ended: compliance is closed",
	  { { M_CERTIFICATION, MODEL_ANY, { OVER, S_CERT_EXPIRED }, 0, false } },
	  { { M_COMPLIANCE, MODEL_ANY, { S_COMP_CLOSED }, 0, false } } },
	{ "ended: no notice of termination is open",
	  { { M_CERTIFICATION, MODEL_ANY, { OVER, S_CERT_EXPIRED }, 0, false } },
	  { { M_TERMINATION, MODEL_ANY, { S_TERMINATION_COMPLETE,
	      S_TERMINATION_INCOMPLETE, S_TERMINATION_SCHEDULED }, 0, true } } },
	{ "lapsed, terminated or revoked: no certificate stands",
	  { { M_CERTIFICATION, MODEL_ANY, { OVER }, 0, false } },
	  { { M_ARTEFACT, MODEL_ANY, { S_ART_ORDERED, S_ART_SIGNED, S_ART_DELIVERED },
	      0, true } } },
	{ "expired: no certificate stands",
	  { { M_CERTIFICATION, MODEL_ANY, { S_CERT_EXPIRED }, 0, false } },
	  { { M_ARTEFACT, MODEL_ANY, { S_ART_ORDERED, S_ART_SIGNED, S_ART_DELIVERED },
	      0, true } } },
	{ "the mark's right has ended where nothing is in force",
	  { { M_CERTIFICATION, MODEL_ANY, { OVER, S_CERT_EXPIRED }, 0, false },
	    { M_MARK, MODEL_ANY, { S_MARK_STOPPING, S_MARK_MISUSE, S_MARK_STOPPED },
	      0, false } },
	  { { M_MARK, MODEL_ANY, { S_NONE }, FLAG_ENDED, false } } },
	{ "an application that has ended asks for no fee",
	  { { M_APPLICATION, MODEL_BASE, { S_APP_CLOSED, S_APP_REFUSED,
	      S_APP_DECLINED, S_APP_WITHDRAWN }, 0, false } },
	  { { M_FEE, MODEL_BASE, { S_FEE_DUE, S_FEE_OVERDUE }, 0, true } } },
	{ "certified only what was paid for",
	  { { M_APPLICATION, MODEL_BASE, { S_APP_CERTIFIED }, 0, false } },
	  { { M_FEE, MODEL_BASE, { S_FEE_PAID }, 0, false } } },
	{ "what is revoked has its paper asked back",
	  { { M_CERTIFICATION, MODEL_ANY, { S_CERT_REVOKED }, 0, false } },
	  { { M_PAPER, MODEL_ANY, { S_PAPER_HELD }, 0, true } } },
};

static const struct model_way ways[] = {
	{ "nothing leaves revoked", M_CERTIFICATION, S_CERT_REVOKED,
	  { S_NONE }, S_NONE, NULL },
	{ "nothing leaves lapsed", M_CERTIFICATION, S_CERT_LAPSED,
	  { S_NONE }, S_NONE, NULL },
	{ "terminated leads only to lapsed", M_CERTIFICATION, S_CERT_TERMINATED,
	  { S_CERT_LAPSED }, S_NONE, NULL },
	{ "expired leads only to valid, after a gap, or to lapsed",
	  M_CERTIFICATION, S_CERT_EXPIRED, { S_CERT_VALID, S_CERT_LAPSED },
	  S_CERT_VALID, "renewed_after_gap" },
	{ "continued becomes valid only by its renewal", M_CERTIFICATION,
	  S_CERT_CONTINUED, { S_CERT_VALID, S_CERT_EXPIRED, S_CERT_LAPSED,
	  S_CERT_TERMINATED, S_CERT_REVOKED }, S_CERT_VALID, "renewed" },
	{ "a certified application stays certified", M_APPLICATION,
	  S_APP_CERTIFIED, { S_NONE }, S_NONE, NULL },
	{ "a fee that was paid stays paid", M_FEE, S_FEE_PAID,
	  { S_NONE }, S_NONE, NULL },
	{ "a revoked certificate stays revoked", M_ARTEFACT, S_ART_REVOKED,
	  { S_NONE }, S_NONE, NULL },
};
/* clang-format on */

const struct model_invariant *
model_invariant_at(size_t i)
{
	return i < NELEM(invariants) ? &invariants[i] : NULL;
}

const struct model_way *
model_way_at(size_t i)
{
	return i < NELEM(ways) ? &ways[i] : NULL;
}
