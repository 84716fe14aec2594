/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_EXISTENCE_INT_H
#define NINTEI_EXISTENCE_INT_H
/* existence_int: one proof on its way to its grade; its readers. */
#include "intake_int.h"
#include "nintei/existence.h"
#include "nintei/numbers.h"
#include "nintei/signature.h"

#define REGISTER "houjin-bangou" /* the imported register, in findings */

struct proof {
	struct check *c;
	const struct intake_member *member;
	const struct json *signer; /* facts of signature.h; NULL: a paper */
	struct existence_proof says;
};

/* Compare with form A or, where it is silent, the manifest. */
void proof_agree(struct proof *p, enum agree_subject subject, const char *field,
    const char *text);
void proof_verdict(struct proof *p, enum name_verdict v);
/* Its grade, the findings that follow, its row in the record. */
void existence_add(struct proof *p);

/* existence_sign.c */
int signed_check(struct check *c, struct intake_member *m,
    const struct signature_trust *trust, struct err *e) MUST_CHECK;
/* out_taken: it bears a registrar's signature, which is the proof. */
int signed_pdf_check(struct check *c, struct intake_member *m,
    const struct signature_trust *trust, bool *out_taken,
    struct err *e) MUST_CHECK;
/* Level 2: registrars' certificates among the signers of the container. */
void container_proofs(struct check *c, const struct signature_trust *trust);
/* existence_paper.c */
void paper_check(struct check *c, const struct intake_member *m);

#endif
