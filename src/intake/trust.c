/* SPDX-License-Identifier: Apache-2.0 */
/* The anchors of a scheme, lent to the judge of signatures. */
#include "trust_int.h"

int
trust_open(const struct scheme *s, struct trust *out, struct err *e)
{
	CLEANUP(scheme_trust_freep) struct scheme_trust *t = NULL;

	if (scheme_trust_read(s, &t, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n_anchors; i++)
		out->anchors[i] = buf_slice(&t->anchors[i]);
	for (size_t i = 0; i < t->n_crls; i++)
		out->crls[i] = buf_slice(&t->crls[i]);
	for (size_t i = 0; i < t->n_ocsp; i++)
		out->ocsp[i] = buf_slice(&t->ocsp[i]);
	out->lent = (struct signature_trust){ .anchors = out->anchors,
		.crls = out->crls,
		.ocsp = out->ocsp,
		.n_anchors = t->n_anchors,
		.n_crls = t->n_crls,
		.n_ocsp = t->n_ocsp };
	out->read = TAKE(t);
	return 0;
}

void
trust_done(struct trust *t)
{
	scheme_trust_free(t->read);
}
