/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_READING_H
#define NINTEI_READING_H
/*
 * reading: who of the staff reads which papers of a case.
 * Runs in: core, which serves them, and audit, which judges each reading.
 * Holds: nothing; pure.  Rules: REGULATION 3 and 6.4, ACTS-7, AUDIT-68.
 */
#include <stdbool.h>

#include "nintei/dossier.h"

#define READING_STATEMENT "no_interest" /* data.statement of body.read */

/* Roles that read documents of a tag: ROLE_ bits; 0: nobody does. */
unsigned reading_roles(const char *tag);
/* Does the role read every document of the case?  The key opens them all. */
bool reading_all(const struct dossier *d, unsigned roles);

enum reading {
	READING_FREE, /* it is open to them */
	READING_STATED, /* a reviewer: once they state to have no interest */
	READING_CLOSED /* it has reviewers, and this is none of them */
};
/*
 * A secretary, once an application was accepted: its reviewers, and who has
 * acted in the case.  Everybody else reads by role, seat or delegation.
 */
enum reading reading_of(
    const struct dossier *d, const char *person, unsigned roles);
bool reading_is_reviewer(const struct dossier *d, const char *person);

#endif
