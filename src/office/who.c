/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, and whether the route is for them. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/reading.h"

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
	{ "delegate", ROLE_DELEGATE, WHO_DELEGATE },
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

/* --- committee --- */

const struct dossier_seat *
seat_of(const struct dossier *d, const char *person)
{
	const struct dossier_seat *found = NULL;

	for (size_t i = 0; i < d->n_seats; i++)
		if (strcmp(d->seats[i].person, person) == 0)
			found = &d->seats[i];
	return found;
}

/* What a seat opens: names while invited, the dossier once declared clear. */
static enum access
seat_access(const struct dossier *d, const struct dossier_seat *seat)
{
	enum state s = dossier_state(d, M_SEAT, seat->instance);

	if (s == S_SEAT_INVITED)
		return ACCESS_NAMES;
	return s == S_SEAT_ELIGIBLE || s == S_SEAT_OPINED ? ACCESS_CASE
							  : ACCESS_NONE;
}

/* --- delegates (Art. 19) --- */

struct delegation_search {
	const char *person;
	size_t n;
	char id[64][LIMIT_ID_BYTES + 1];
};

static int
delegation_row(const struct index_dossier *row, void *arg, struct err *e)
{
	struct delegation_search *s = arg;

	(void)e;
	if (s->n < NELEM(s->id) && strcmp(row->kind, "delegation") == 0)
		snprintf(s->id[s->n++], sizeof(s->id[0]), "%s", row->id);
	return 0;
}

static bool
in_scope(const struct dossier_delegation *g, const struct dossier *d)
{
	for (size_t i = 0; i < g->n_scope; i++)
		if (strcmp(g->scope[i], d->id) == 0 ||
		    strcmp(g->scope[i], d->scheme) == 0 ||
		    (d->base[0] != '\0' && strcmp(g->scope[i], d->base) == 0))
			return true;
	return false;
}

/* Has this contract, while it runs or after, to do with the case? */
static bool
delegated(const struct dossier *contract, const char *person,
    const struct dossier *d, bool active)
{
	for (size_t i = 0; i < contract->n_delegations; i++) {
		const struct dossier_delegation *g = &contract->delegations[i];
		enum state s =
		    dossier_state(contract, M_DELEGATION, g->instance);

		if (strcmp(g->delegate, person) == 0 && in_scope(g, d) &&
		    s == (active ? S_DELEGATION_ACTIVE : S_DELEGATION_ENDED))
			return true;
	}
	return false;
}

/* Published, not ended, and about this case or its scheme. */
static bool
delegate_search(
    struct office *o, const char *person, const struct dossier *d, bool active)
{
	struct delegation_search s = { .person = person };
	struct index_dossier_query q = {
		.state = active ? state_name(S_DELEGATION_ACTIVE)
				: state_name(S_DELEGATION_ENDED),
		.page = { .limit = NELEM(s.id) },
	};
	struct err quiet = ERR_INIT;

	if (index_dossier_list(o->index, &q, delegation_row, &s, &quiet) < 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		CLEANUP(dossier_freep) struct dossier *contract = NULL;

		if (office_load(o, s.id[i], &contract, &quiet) == 0 &&
		    delegated(contract, person, d, active))
			return true;
	}
	return false;
}

/* Is a delegation of the visitor active and in scope here (Art. 19)? */
static bool
visit_delegate_in_scope(const struct visit *v, const struct dossier *d)
{
	return (v->roles & ROLE_DELEGATE) != 0 &&
	    office_is_delegate(v->o, v->account.person, d);
}

bool
office_is_delegate(
    struct office *o, const char *person, const struct dossier *d)
{
	return delegate_search(o, person, d, true);
}

/* --- roles --- */

static bool
is_application(const struct dossier *d)
{
	return dossier_state(d, M_APPLICATION, "1") != S_NONE;
}

/* Members are members of a committee that was called; of rules, all are. */
static unsigned
committee_roles(const struct visit *v, const struct dossier *d, unsigned roles)
{
	const struct dossier_seat *seat = seat_of(d, v->account.person);

	if (!is_application(d))
		return roles;
	if (seat != NULL)
		return seat_access(d, seat) == ACCESS_NONE
		    ? 0
		    : roles & (unsigned)ROLE_MEMBER;
	return roles & ~(unsigned)ROLE_MEMBER;
}

/*
 * REGULATION 3, one role per person and case: the applicant of a case is
 * nothing else in it, nobody else is its applicant, who was called into its
 * committee is nothing but a member, and who has acted in it goes on as what
 * they were.  The body's own cases go on for ever: there the roster says who
 * may.
 */
unsigned
visit_roles_in(const struct visit *v, const struct dossier *d)
{
	unsigned others = v->roles & ~(unsigned)ROLE_APPLICANT;
	unsigned acted = dossier_roles_of(d, v->account.person);

	/* Where a delegation is in force its delegate approves nothing. */
	if ((others & ROLE_DELEGATE) != 0)
		others = visit_delegate_in_scope(v, d)
		    ? (unsigned)ROLE_DELEGATE
		    : others & ~(unsigned)ROLE_DELEGATE;
	if (!is_application(d))
		return others;
	if (strcmp(d->applicant, v->account.person) == 0)
		return v->roles & (unsigned)ROLE_APPLICANT;
	others = committee_roles(v, d, others);
	return acted == 0 ? others : others & acted;
}

/* --- what may be seen (REGULATION 6.4) --- */

static enum access
committee_access(const struct visit *v, const struct dossier *d)
{
	const struct dossier_seat *seat = seat_of(d, v->account.person);

	if (seat != NULL)
		return seat_access(d, seat);
	if ((visit_roles_in(v, d) & ROLE_CHAIR) != 0 && d->n_seats > 0)
		return ACCESS_CASE;
	return ACCESS_NONE;
}

enum access
visit_access(const struct visit *v, const struct dossier *d)
{
	unsigned roles = visit_roles_in(v, d);
	unsigned team =
	    ROLE_APPLICANT | ROLE_SECRETARIAT | ROLE_OFFICER | ROLE_DELEGATE;

	if ((roles & team) != 0)
		return ACCESS_CASE;
	if (is_application(d) && committee_access(v, d) != ACCESS_NONE)
		return committee_access(v, d);
	if ((roles & (unsigned)ROLE_AUDITOR) != 0)
		return ACCESS_OPEN;
	return !is_application(d) && (roles & (ROLE_MEMBER | ROLE_CHAIR)) != 0
	    ? ACCESS_CASE
	    : ACCESS_NONE;
}

bool
visit_may_see(const struct visit *v, const struct dossier *d)
{
	return visit_access(v, d) != ACCESS_NONE;
}

bool
visit_was_let_in(const struct visit *v, const struct dossier *d)
{
	return seat_of(d, v->account.person) != NULL ||
	    ((v->roles & ROLE_DELEGATE) != 0 &&
		delegate_search(v->o, v->account.person, d, false));
}

bool
visit_may_read(const struct visit *v, const struct dossier *d, const char *tag)
{
	return visit_access(v, d) == ACCESS_CASE &&
	    (reading_roles(tag) & visit_roles_in(v, d)) != 0;
}
