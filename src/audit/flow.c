/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the event what the tables make of the act?  Each act is decided once
 * more from the state before it, and the plan compared with the record.
 */
#include "audit_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/jsonx.h"

/* --- who --- */

static const struct {
	enum flow_role role;
	enum roster_role in_roster;
} roles[] = {
	{ ROLE_SECRETARIAT, ROSTER_SECRETARIAT },
	{ ROLE_OFFICER, ROSTER_OFFICER },
	{ ROLE_MEMBER, ROSTER_MEMBER },
	{ ROLE_CHAIR, ROSTER_CHAIR },
	{ ROLE_AUDITOR, ROSTER_AUDITOR },
	{ ROLE_DELEGATE, ROSTER_DELEGATE },
};

static bool
is_part(const char *actor)
{
	static const char *const parts[] = { "clk", "core", "sig", "unp", "exa",
		"cou", "system" };

	for (size_t i = 0; i < NELEM(parts); i++)
		if (strcmp(actor, parts[i]) == 0)
			return true;
	return false;
}

/* AUDIT-33: applicants are nobody's staff and stand in no roster. */
static void
actor_judge(struct audit *a, enum flow_role role, const char *actor)
{
	const struct roster_entry *entry = roster_get(a->roster, actor);
	int64_t at = event_instant(a->it, "recorded_at");

	if (role == ROLE_SYSTEM && !is_part(actor))
		audit_say(a, AUDIT_R33, "a part of the system", "%.60s", actor);
	for (size_t i = 0; i < NELEM(roles); i++)
		if (roles[i].role == role &&
		    !roster_has_role(entry, roles[i].in_roster, at))
			audit_say(a, AUDIT_R33, role_name(role),
			    "%.60s, who was none then", actor);
}

/* QUORUM-3: who proposed may object to what became of it. */
static bool
is_own_objection(const struct audit *a, const struct dossier *d)
{
	const struct json *j = a->it->event;
	const struct dossier_decision *dec =
	    dossier_decision_find(d, jsonx_get_str(j, "instance"));

	return dec != NULL && event_step(j, "decision", "object") == j &&
	    strcmp(dec->proposer, jsonx_get_str(j, "actor")) == 0;
}

/* AUDIT-34 (REGULATION 3). */
static void
one_role_judge(struct audit *a, const struct dossier *d, enum flow_role role,
    const char *actor)
{
	unsigned acted = dossier_roles_of(d, actor);
	bool own = d->applicant[0] != '\0' && strcmp(d->applicant, actor) == 0;

	if (role == ROLE_SYSTEM || d->seq == 0 || is_own_objection(a, d))
		return;
	if (acted != 0 && (acted & (unsigned)role) == 0)
		audit_say(a, AUDIT_R34, "one role in a case",
		    "%.60s acts as %s and acted as another", actor,
		    role_name(role));
	else if (own != (role == ROLE_APPLICANT))
		audit_say(a, AUDIT_R34, "the applicant as applicant alone",
		    "%.60s as %s", actor, role_name(role));
}

/* --- the comparison --- */

static bool
step_agrees(const struct flow_step *s, const struct json *j)
{
	const char *machine = jsonx_get_str(j, "machine");
	const char *instance = jsonx_get_str(j, "instance");
	const char *from = jsonx_get_str(j, "from");
	const char *event = jsonx_get_str(j, "event");
	const char *to = jsonx_get_str(j, "to");

	return machine != NULL && instance != NULL && from != NULL &&
	    event != NULL && to != NULL &&
	    strcmp(machine, machine_name(s->machine)) == 0 &&
	    strcmp(instance, s->instance) == 0 &&
	    strcmp(from, state_name(s->from)) == 0 &&
	    strcmp(event, s->event) == 0 && strcmp(to, state_name(s->to)) == 0;
}

static void
effects_judge(struct audit *a, const struct flow_plan *p)
{
	const struct json *effects = jsonx_get(a->it->event, "effects");
	size_t n = jsonx_len(effects);

	for (size_t i = 0; i < p->n_effects; i++) {
		const struct flow_step *s = &p->effects[i];
		CLEANUP(freep)
		char *want = xasprintf("%s %s.%s to %s", s->instance,
		    machine_name(s->machine), s->event, state_name(s->to));

		if (i < n && step_agrees(s, jsonx_at(effects, i)))
			continue;
		audit_say(a, AUDIT_R37, want, i < n ? "another" : "none");
		return;
	}
	if (n > p->n_effects)
		audit_say(a, AUDIT_R37, "no further effect", "%zu more",
		    n - p->n_effects);
}

static void
guards_join(const struct json *guards, struct buf *out)
{
	for (size_t i = 0; i < jsonx_len(guards); i++) {
		const char *one = jsonx_str(jsonx_at(guards, i));

		if (i > 0)
			buf_putc(out, ' ');
		buf_puts(out, one == NULL ? "?" : one);
	}
}

static void
plan_judge(struct audit *a, const struct flow_plan *p)
{
	const struct json *j = a->it->event;
	CLEANUP(buf_free) struct buf guards = BUF_INIT(KIB(64));

	if (!step_agrees(&p->primary, j))
		audit_say(a, AUDIT_R31, state_name(p->primary.to),
		    "from %.40s to %.40s", jsonx_get_str(j, "from"),
		    jsonx_get_str(j, "to"));
	audit_same(a, AUDIT_R31, "article",
	    p->article == NULL ? "" : p->article, jsonx_get_str(j, "article"));
	guards_join(jsonx_get(j, "guards"), &guards);
	audit_same(a, AUDIT_R31, "guards", p->guards, buf_str(&guards));
	audit_same(
	    a, AUDIT_R32, "role", role_name(p->role), jsonx_get_str(j, "role"));
	effects_judge(a, p);
}

static void
refusal_say(
    struct audit *a, const struct flow_refusal *r, const struct err *why)
{
	enum audit_rule rule = why->code == E_FLOW_ROLE ? AUDIT_R32
	    : why->code == E_FLOW_GUARD                 ? AUDIT_R40
							: AUDIT_R30;

	if (rule == AUDIT_R40)
		audit_say(a, rule, guard_name(r->failed[0]),
		    "it does not hold: %.100s", why->detail);
	else
		audit_say(
		    a, rule, "a step of the tables", "%.150s", why->detail);
}

/* --- the acts --- */

/* heard: another case owed this word. */
static void
machine_judge(
    struct audit *a, const struct trail *t, enum flow_role role, bool heard)
{
	const struct json *j = a->it->event;
	struct flow_facts facts = { 0 };
	struct flow_refusal refusal = { 0 };
	struct flow_plan plan = { 0 };
	struct err why = ERR_INIT;
	struct flow_act act = {
		.machine = machine_parse(jsonx_get_str(j, "machine")),
		.event = jsonx_get_str(j, "event"),
		.instance = jsonx_get_str(j, "instance"),
		.roles = (unsigned)role,
		.person = jsonx_get_str(j, "actor"),
		.now = event_instant(a->it,
		    role == ROLE_SYSTEM ? "effective_at" : "recorded_at"),
		.data = jsonx_get(j, "data"),
	};
	int rv;

	if (act.machine == M_NONE) {
		audit_say(a, AUDIT_R30, "a machine of the tables", "%.40s",
		    jsonx_get_str(j, "machine"));
		return;
	}
	place_judge(a, t->d->id, act.machine);
	facts_fill(a, t, &facts);
	facts.owed = heard;
	rv = is_intake(j)
	    ? chain_decide(t, &act, &facts, j, &plan, &refusal, &why)
	    : flow_decide(t->d, &act, &facts, &plan, &refusal, &why);
	if (rv < 0)
		refusal_say(a, &refusal, &why);
	else
		plan_judge(a, &plan);
}

void
flow_judge(struct audit *a, struct trail *t)
{
	const struct json *j = a->it->event;
	const char *actor = jsonx_get_str(j, "actor");
	enum flow_role role = role_parse(jsonx_get_str(j, "role"));
	bool heard, of_body = strcmp(jsonx_get_str(j, "machine"), "body") == 0;

	if (role == ROLE_NONE) {
		audit_say(
		    a, AUDIT_R32, "a role", "%.40s", jsonx_get_str(j, "role"));
		return;
	}
	actor_judge(a, role, actor);
	if (!is_body_case(t->d->id))
		one_role_judge(a, t->d, role, actor);
	heard = cross_judge(a, t);
	people_judge(a, t, role);
	if (of_body)
		body_judge(a, t, role);
	else
		machine_judge(a, t, role, heard);
}
