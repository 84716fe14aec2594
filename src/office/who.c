/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, and whether the route is for them. */
#include "office_int.h"

#include <string.h>

/* A token's scopes are roles of one person (INTERFACE 7). */
static const struct {
	const char *name;
	unsigned role; /* of flow.h; 0: reads only */
	unsigned who; /* of route.h */
} scopes[] = {
	{ "applicant", ROLE_APPLICANT, WHO_APPLICANT },
	{ "secretariat", ROLE_SECRETARIAT, WHO_SECRETARIAT },
	{ "officer", ROLE_OFFICER, WHO_OFFICER },
	{ "member", ROLE_MEMBER, WHO_MEMBER },
	{ "chair", ROLE_CHAIR, WHO_CHAIR },
	{ "delegate", 0, WHO_DELEGATE },
	{ "auditor", ROLE_AUDITOR, WHO_AUDITOR },
};

int
visit_authenticate(struct visit *v, struct err *e)
{
	struct slice token = v->q->header[FH_AUTHORIZATION];

	if (token.p == NULL)
		return 0;
	if (account_authenticate(
		v->o->accounts, token, v->now, &v->account, e) < 0)
		return -1;
	for (size_t i = 0; i < NELEM(scopes); i++)
		if (account_has_role(&v->account, scopes[i].name))
			v->roles |= scopes[i].role;
	return 0;
}

int
visit_authorise(struct visit *v, const struct route *r, struct err *e)
{
	if (r->who == WHO_ALL)
		return 0;
	if (v->account.person[0] == '\0')
		return err_set(
		    e, E_AUTH, "send a token: Authorization: Bearer");
	for (size_t i = 0; i < NELEM(scopes); i++)
		if ((r->who & scopes[i].who) != 0 &&
		    account_has_role(&v->account, scopes[i].name))
			return 0;
	return err_set(e, E_NOT_FOUND, "nothing here for the token's roles");
}

bool
visit_is_staff(const struct visit *v)
{
	return (v->roles & ~(unsigned)ROLE_APPLICANT) != 0;
}

/*
 * REGULATION 3, one role per person and case: the applicant of a case is
 * nothing else in it, nobody else is its applicant, and who has acted in it
 * goes on as what they were.  The body's own cases go on for ever: there the
 * roster says who may.
 */
unsigned
visit_roles_in(const struct visit *v, const struct dossier *d)
{
	unsigned others = v->roles & ~(unsigned)ROLE_APPLICANT;
	unsigned acted = dossier_roles_of(d, v->account.person);

	if (dossier_state(d, M_APPLICATION, "1") == S_NONE)
		return others;
	if (strcmp(d->applicant, v->account.person) == 0)
		return v->roles & (unsigned)ROLE_APPLICANT;
	return acted == 0 ? others : others & acted;
}

bool
visit_may_see(const struct visit *v, const struct dossier *d)
{
	bool own = strcmp(d->applicant, v->account.person) == 0;

	return own ? (v->roles & ROLE_APPLICANT) != 0 : visit_is_staff(v);
}
