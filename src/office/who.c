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

bool
visit_may_see(const struct visit *v, const struct dossier *d)
{
	return visit_is_staff(v) ||
	    ((v->roles & ROLE_APPLICANT) != 0 &&
		strcmp(d->applicant, v->account.person) == 0);
}
