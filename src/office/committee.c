/* SPDX-License-Identifier: Apache-2.0 */
/* The committee of a case (Arts. 6(2) and 7): who is called, who may act. */
#include "command_int.h"

#include <stdio.h>
#include <string.h>

/* Is such a document among those that the command brings? */
static bool
brings(const struct command *c, const char *role)
{
	const struct json *list = jsonx_get(c->body, "documents");

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *have = jsonx_get_str(jsonx_at(list, i), "role");

		if (have != NULL && strcmp(have, role) == 0)
			return true;
	}
	return false;
}

static unsigned
times_called(const struct dossier *d, const char *person)
{
	unsigned n = 0;

	for (size_t i = 0; i < d->n_seats; i++)
		n += strcmp(d->seats[i].person, person) == 0;
	return n;
}

/* An expert of the roster without a part in the case, and without a seat. */
static int
may_be_called(struct command *c, const char *person, struct err *e)
{
	const struct roster_entry *entry = roster_get(c->v->o->roster, person);
	const struct dossier_seat *seat = seat_of(c->d, person);
	unsigned acted = dossier_roles_of(c->d, person) &
	    ~(unsigned)(ROLE_MEMBER | ROLE_CHAIR);

	if (entry == NULL || !roster_has_role(entry, ROSTER_MEMBER, c->v->now))
		return err_set(
		    e, E_INPUT, "the roster has no member \"%.40s\"", person);
	command_refuses(c, G_NONE);
	if (acted != 0 || strcmp(c->d->applicant, person) == 0)
		return err_set(e, E_FLOW_ROLE,
		    "%.40s has another part in this case", person);
	if (seat == NULL)
		return 0;
	switch ((int)dossier_state(c->d, M_SEAT, seat->instance)) {
	case S_SEAT_RELEASED:
		return 0;
	case S_SEAT_RECUSED:
		command_refuses(c, G_NO_CONFLICT);
		return err_set(e, E_FLOW_GUARD,
		    "seat.invite: no_conflict, Art. 7: %.40s has an interest",
		    person);
	}
	return err_set(e, E_FLOW_STEP, "%.40s has a seat already", person);
}

/* The name of a seat: the person's, with a number when called again. */
static void
seat_name(
    const struct dossier *d, const char *person, char out[LIMIT_ID_BYTES + 1])
{
	unsigned n = times_called(d, person);

	if (n == 0)
		snprintf(out, LIMIT_ID_BYTES + 1, "%s", person);
	else
		snprintf(out, LIMIT_ID_BYTES + 1, "%.*s-%u", LIMIT_ID_BYTES - 4,
		    person, n + 1);
}

int
invite_facts(struct command *c, struct err *e)
{
	const char *person = jsonx_get_str(c->w.data, "person");

	if (may_be_called(c, person, e) < 0)
		return -1;
	seat_name(c->d, person, c->new_id);
	return 0;
}

static bool
named_before(const struct json *list, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (jsonx_equal(jsonx_at(list, k), jsonx_at(list, i)))
			return true;
	return false;
}

int
convene_facts(struct command *c, struct err *e)
{
	const struct json *list = jsonx_get(c->w.data, "members");

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *person = jsonx_str(jsonx_at(list, i));

		if (named_before(list, i))
			return err_set(
			    e, E_INPUT, "data.members: each person once");
		if (may_be_called(c, person, e) < 0)
			return -1;
		if (seat_of(c->d, person) != NULL)
			return err_set(e, E_INPUT,
			    "data.members: %.40s is called again by "
			    "seat.invite",
			    person);
	}
	return 0;
}

/* A member acts on their own seat; which one needs no saying. */
static int
own_seat(struct command *c, struct err *e)
{
	const struct dossier_seat *seat = seat_of(c->d, c->v->account.person);

	if (seat == NULL ||
	    (c->instance != NULL && strcmp(c->instance, seat->instance) != 0)) {
		command_refuses(c, G_NONE);
		return err_set(
		    e, E_FLOW_ROLE, "a member acts on their own seat");
	}
	c->instance = seat->instance;
	return 0;
}

int
declare_facts(struct command *c, struct err *e)
{
	if (own_seat(c, e) < 0 ||
	    office_personal_must(c, PERSONAL_DECLARATION, e) < 0)
		return -1;
	c->facts.declaration_valid = true;
	return 0;
}

/* The opinion is a paper for the committee; its word is in the data. */
int
opine_facts(struct command *c, struct err *e)
{
	if (own_seat(c, e) < 0 ||
	    office_personal_must(c, PERSONAL_OPINION, e) < 0)
		return -1;
	return brings(c, "opinion")
	    ? 0
	    : err_set(e, E_INPUT, "documents: want one of role \"opinion\"");
}

int
release_facts(struct command *c, struct err *e)
{
	return own_seat(c, e);
}

/* The chair's minutes, signed, and what the opinions say (Art. 6(2)). */
int
close_opinions_facts(struct command *c, struct err *e)
{
	if (office_personal_must(c, PERSONAL_DECLARATION, e) < 0)
		return -1;
	return brings(c, "minutes")
	    ? 0
	    : err_set(e, E_INPUT, "documents: want one of role \"minutes\"");
}

int
close_opinions_prepare(struct command *c, struct err *e)
{
	int64_t n = 0, favourable = 0;

	(void)e;
	for (size_t i = 0; i < c->d->n_seats; i++) {
		const struct dossier_seat *s = &c->d->seats[i];

		if (dossier_state(c->d, M_SEAT, s->instance) != S_SEAT_OPINED)
			continue;
		n++;
		favourable += s->favourable;
	}
	jsonx_set_int(c->w.data, "opinions", n);
	jsonx_set_int(c->w.data, "favourable", favourable);
	return 0;
}
