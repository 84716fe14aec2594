/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_EXISTENCE_INT_H
#define NINTEI_EXISTENCE_INT_H
/* existence_int: one proof on its way to its grade; its readers. */
#include "intake_int.h"
#include "nintei/existence.h"
#include "nintei/numbers.h"
#include "nintei/signature.h"

#define REGISTER "houjin-bangou" /* the imported register, in findings */

struct existence_found {
	struct check *c;
	const struct intake_member *member;
	const struct json *signer; /* facts of signature.h; NULL: a paper */
	struct existence_proof says;
};

/* Compare with form A or, where it is silent, the manifest. */
void existence_agree(struct existence_found *p, enum agree_subject subject,
    const char *field, const char *text);
void existence_note(struct existence_found *p, enum name_verdict v);
/* Its grade, the findings that follow, its row in the record. */
void existence_add(struct existence_found *p);

/* existence_sign.c */
int existence_signed(struct check *c, struct intake_member *m,
    const struct signature_trust *trust, struct err *e) MUST_CHECK;
/* out_taken: it bears a registrar's signature, which is the proof. */
int existence_pdf(struct check *c, struct intake_member *m,
    const struct signature_trust *trust, bool *out_taken,
    struct err *e) MUST_CHECK;
/* Level 2: registrars' certificates among the signers of the container. */
void existence_container(struct check *c, const struct signature_trust *trust);
/* existence_paper.c */
void existence_paper(struct check *c, const struct intake_member *m);

#endif
