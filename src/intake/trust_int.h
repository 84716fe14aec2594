/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TRUST_INT_H
#define NINTEI_TRUST_INT_H
/* trust_int: a scheme's anchors as signature_run() takes them. */
#include "nintei/scheme.h"
#include "nintei/signature.h"

struct trust {
	struct signature_trust lent; /* into the parts below */
	struct slice anchors[SCHEME_TRUST_PARTS], crls[SCHEME_TRUST_PARTS],
	    ocsp[SCHEME_TRUST_PARTS];
	struct scheme_trust *read; /* owned */
};
/* out, zeroed, stays where it is until trust_done().  E_CONFIG. */
int trust_open(
    const struct scheme *s, struct trust *out, struct err *e) MUST_CHECK;
void trust_done(struct trust *t); /* for CLEANUP(trust_done) */

#endif
