/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_INTAKE_FIXTURE_H
#define NINTEI_TESTS_INTAKE_FIXTURE_H
/*
 * A sample dossier, the confined children that read it, and what came of the
 * last check.
 */
#include "nintei/intake.h"
#include "nintei/scheme.h"
#include "support/dossier.h"

struct intake_fixture {
	struct intake_hosts hosts;
	struct scheme_set *schemes;
	struct dossier d;
	struct intake *in;
	struct findings found;
};

/* The children of archives and documents; the scheme's sample dossier. */
void inf_init(struct intake_fixture *f, const char *scheme);
void inf_pdftext(struct intake_fixture *f); /* starts nintei-pdftext too */
void inf_done(struct intake_fixture *f);
/* The dossier as it is now; scheme NULL: as its manifest says. */
void inf_check(struct intake_fixture *f, const char *scheme);
/* Of this rule for the member ("": for none); NULL: there is none. */
const struct finding *inf_finding(
    const struct intake_fixture *f, const char *rule, const char *member);
/* Aborts the test where it is not there. */
const struct intake_member *inf_member(
    const struct intake_fixture *f, const char *path);

#endif
