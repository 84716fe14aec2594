/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may act and read in a case at the time: members by their seats,
 * delegates by what was published (REGULATION 3; Arts. 7, 19, 20).
 */
#include "audit_int.h"

#include <string.h>

#include "nintei/jsonx.h"
#include "nintei/reading.h"

/* --- members --- */

static enum state
seat_state(const struct dossier *d, const struct dossier_seat *s)
{
	return dossier_state(d, M_SEAT, s->instance);
}

/* Declared a conflict in this case, or one was found. */
static bool
is_recused(const struct dossier *d, const char *person)
{
	for (size_t i = 0; i < d->n_seats; i++)
		if (strcmp(d->seats[i].person, person) == 0 &&
		    seat_state(d, &d->seats[i]) == S_SEAT_RECUSED)
			return true;
	return false;
}

/* A member whose declaration opened the case. */
static bool
is_seated(const struct dossier *d, const char *person)
{
	for (size_t i = 0; i < d->n_seats; i++) {
		enum state s = seat_state(d, &d->seats[i]);

		if (strcmp(d->seats[i].person, person) == 0 &&
		    (s == S_SEAT_ELIGIBLE || s == S_SEAT_OPINED))
			return true;
	}
	return false;
}

bool
conflict_known(const struct dossier *d, const char *person)
{
	const char *known[DOSSIER_CONFLICTED];
	size_t n = dossier_conflicted(d, known);

	for (size_t i = 0; i < n; i++)
		if (strcmp(known[i], person) == 0)
			return true;
	return false;
}

/* AUDIT-45: whoever is called is a member then, and nothing else here. */
static void
called_judge(struct audit *a, const struct dossier *d, const char *person)
{
	const struct roster_entry *entry =
	    roster_get(a->roster, person == NULL ? "" : person);
	int64_t at = event_instant(a->it, "recorded_at");
	unsigned other = dossier_roles_of(d, person == NULL ? "" : person) &
	    ~(unsigned)(ROLE_MEMBER | ROLE_CHAIR);

	if (!roster_has_role(entry, ROSTER_MEMBER, at))
		audit_say(a, AUDIT_R45, "a member of the roster", "%.60s",
		    person == NULL ? "-" : person);
	else if (other != 0 || conflict_known(d, person))
		audit_say(a, AUDIT_R45, "nobody with a part in the case",
		    "%.60s is called", person);
}

/* Who deliberated on rules was of the committee, each counted once. */
static void
present_judge(struct audit *a, const struct json *list)
{
	int64_t at = event_instant(a->it, "recorded_at");

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *who = jsonx_str(jsonx_at(list, i));
		const struct roster_entry *entry =
		    roster_get(a->roster, who == NULL ? "" : who);
		bool twice = false;

		for (size_t k = 0; k < i; k++)
			twice |=
			    jsonx_equal(jsonx_at(list, k), jsonx_at(list, i));
		if (twice ||
		    (!roster_has_role(entry, ROSTER_MEMBER, at) &&
			!roster_has_role(entry, ROSTER_CHAIR, at)))
			audit_say(a, AUDIT_R45, "members present, each once",
			    "%.60s", who == NULL ? "-" : who);
	}
}

/* AUDIT-45: who reviews is of the staff, and has no interest in the case. */
static void
reviewers_judge(
    struct audit *a, const struct dossier *d, const struct json *list)
{
	int64_t at = event_instant(a->it, "recorded_at");

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *who = jsonx_str(jsonx_at(list, i));

		if (who == NULL)
			continue; /* said by the data's own rule */
		if (!roster_has_role(
			roster_get(a->roster, who), ROSTER_SECRETARIAT, at) &&
		    !delegate_in_scope(a, who, d))
			audit_say(a, AUDIT_R45,
			    "a reviewer of the secretariat, or a delegate",
			    "%.60s", who);
		else if (conflict_known(d, who))
			audit_say(a, AUDIT_R45, "a reviewer without interest",
			    "%.60s reviews", who);
	}
}

static void
committee_judge(struct audit *a, const struct dossier *d)
{
	const struct json *j = a->it->event;
	const struct json *data = jsonx_get(j, "data");
	const struct json *list = jsonx_get(data, "members");

	if (event_step(j, "application", "accept") == j)
		reviewers_judge(a, d, jsonx_get(data, "reviewers"));
	if (event_step(j, "rules", "deliberated") == j)
		present_judge(a, list);
	if (event_step(j, "seat", "invite") == j)
		called_judge(a, d, jsonx_get_str(data, "person"));
	if (event_step(j, "application", "convene_committee") == j)
		for (size_t i = 0; i < jsonx_len(list); i++)
			called_judge(a, d, jsonx_str(jsonx_at(list, i)));
}

/* A seat is its member's alone. */
static void
seat_judge(struct audit *a, const struct dossier *d, const char *actor)
{
	const struct json *j = a->it->event;
	const struct dossier_seat *s;

	if (strcmp(jsonx_get_str(j, "machine"), "seat") != 0)
		return;
	s = dossier_seat_find(d, jsonx_get_str(j, "instance"));
	if (s != NULL && strcmp(s->person, actor) != 0)
		audit_say(a, AUDIT_R45, s->person, "%.60s in that seat", actor);
}

/* --- delegates --- */

void
delegation_follow(struct audit *a, struct trail *t)
{
	if (t->d->n_delegations == 0)
		return;
	for (size_t i = 0; i < a->n_delegations; i++)
		if (a->delegations[i] == t)
			return;
	a->delegations = xrealloc(
	    a->delegations, a->n_delegations + 1, sizeof(*a->delegations));
	a->delegations[a->n_delegations++] = t;
}

static bool
is_in_scope(const struct dossier_delegation *g, const struct dossier *d)
{
	for (size_t i = 0; i < g->n_scope; i++)
		if (strcmp(g->scope[i], d->id) == 0 ||
		    strcmp(g->scope[i], d->scheme) == 0)
			return true;
	return false;
}

bool
delegate_in_scope(
    const struct audit *a, const char *person, const struct dossier *d)
{
	for (size_t i = 0; i < a->n_delegations; i++) {
		const struct dossier *of = a->delegations[i]->d;

		for (size_t k = 0; k < of->n_delegations; k++) {
			const struct dossier_delegation *g =
			    &of->delegations[k];

			if (strcmp(g->delegate, person) == 0 &&
			    dossier_state(of, M_DELEGATION, g->instance) ==
				S_DELEGATION_ACTIVE &&
			    is_in_scope(g, d))
				return true;
		}
	}
	return false;
}

/* --- acts --- */

void
people_judge(struct audit *a, const struct trail *t, enum flow_role role)
{
	const char *actor = jsonx_get_str(a->it->event, "actor");

	if (role == ROLE_SYSTEM || t->d->seq == 0)
		return;
	if (is_recused(t->d, actor))
		audit_say(a, AUDIT_R45, "nobody with a conflict of interest",
		    "%.60s, who was recused", actor);
	committee_judge(a, t->d);
	if (role == ROLE_MEMBER)
		seat_judge(a, t->d, actor);
	if (role == ROLE_DELEGATE && !delegate_in_scope(a, actor, t->d))
		audit_say(a, AUDIT_R45, "a delegation in force for this case",
		    "%.60s without", actor);
}

/* --- readings --- */

static const char *
no_reader(struct audit *a, const struct dossier *d, enum flow_role role,
    const char *who)
{
	unsigned acted = dossier_roles_of(d, who);
	bool machines = dossier_state(d, M_APPLICATION, "1") != S_NONE;

	if (is_recused(d, who))
		return "who was recused";
	if (machines && d->applicant[0] != '\0' &&
	    strcmp(d->applicant, who) == 0)
		return "the applicant as staff";
	if (machines && acted != 0 && (acted & (unsigned)role) == 0)
		return "who acted there in another role";
	if (role == ROLE_MEMBER && !is_seated(d, who))
		return "without a seat there";
	if (role == ROLE_DELEGATE && !delegate_in_scope(a, who, d))
		return "without a delegation for it in force";
	return NULL;
}

/* What was read, by what the reader is in the case. */
static const char *
no_reading(const struct dossier *d, enum flow_role role, const char *who,
    const struct json *data)
{
	const char *object = jsonx_get_str(data, "object");
	const struct dossier_document *doc =
	    dossier_document_find(d, jsonx_get_int(data, "n", 0));

	switch (reading_of(d, who, (unsigned)role)) {
	case READING_FREE:
		break;
	case READING_STATED:
		if (jsonx_get_str(data, "statement") == NULL)
			return "a reviewer who has stated nothing";
		break;
	case READING_CLOSED:
		return "who is no reviewer there";
	}
	if (object != NULL && strcmp(object, "key") == 0)
		return reading_all(d, (unsigned)role)
		    ? NULL
		    : "to whom not all that the key opens is open";
	if (doc != NULL && (reading_roles(doc->tag) & (unsigned)role) == 0)
		return "to whom papers of this tag are not open";
	return NULL;
}

void
reader_judge(struct audit *a, const char *of, enum flow_role role)
{
	const struct trail *t = of == NULL ? NULL : keymap_get(&a->cases, of);
	const char *who = jsonx_get_str(a->it->event, "actor");
	const char *why =
	    t == NULL || t->lost ? NULL : no_reader(a, t->d, role, who);

	if (why == NULL && t != NULL && !t->lost)
		why = no_reading(
		    t->d, role, who, jsonx_get(a->it->event, "data"));
	if (why != NULL)
		audit_say(a, AUDIT_R68, "somebody who may read there",
		    "%.60s, %s", who, why);
}
