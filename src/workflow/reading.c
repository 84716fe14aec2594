/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of a case by tag, and its reviewers (REGULATION 3 and 6.4). */
#include "nintei/reading.h"

#include "workflow_int.h"

unsigned
reading_roles(const char *tag)
{
	static const struct {
		const char *tag;
		unsigned roles;
	} readers[] = {
		{ "secret",
		    ROLE_SECRETARIAT | ROLE_OFFICER | ROLE_MEMBER | ROLE_CHAIR |
			ROLE_DELEGATE },
		{ "personal", ROLE_SECRETARIAT | ROLE_OFFICER },
		{ "committee_only", ROLE_MEMBER | ROLE_CHAIR | ROLE_OFFICER },
		{ "internal", ROLE_SECRETARIAT | ROLE_OFFICER | ROLE_DELEGATE },
		{ "public",
		    ROLE_SECRETARIAT | ROLE_OFFICER | ROLE_MEMBER | ROLE_CHAIR |
			ROLE_DELEGATE },
	};

	for (size_t i = 0; i < NELEM(readers); i++)
		if (strcmp(readers[i].tag, tag) == 0)
			return readers[i].roles;
	return 0;
}

bool
reading_all(const struct dossier *d, unsigned roles)
{
	for (size_t i = 0; i < d->n_documents; i++)
		if ((reading_roles(d->documents[i].tag) & roles) == 0)
			return false;
	return true;
}

bool
reading_is_reviewer(const struct dossier *d, const char *person)
{
	for (size_t i = 0; i < d->n_reviewers; i++)
		if (strcmp(d->reviewers[i], person) == 0)
			return true;
	return false;
}

enum reading
reading_of(const struct dossier *d, const char *person, unsigned roles)
{
	unsigned others = ROLE_OFFICER | ROLE_MEMBER | ROLE_CHAIR |
	    ROLE_DELEGATE | ROLE_AUDITOR;

	if ((roles & others) != 0 || d->n_reviewers == 0 ||
	    (dossier_roles_of(d, person) & (unsigned)ROLE_SECRETARIAT) != 0)
		return READING_FREE;
	return reading_is_reviewer(d, person) ? READING_STATED : READING_CLOSED;
}
