/* SPDX-License-Identifier: Apache-2.0 */
/* From an act to the steps it leads to, or to the reason why not. */
#include "workflow_int.h"

#include <stdio.h>

static bool
step_is_of(const struct flow_step *s, enum machine m, const char *instance)
{
	return s->machine == m && strcmp(s->instance, instance) == 0;
}

enum state
flow_plan_state(const struct flow_plan *p, const struct dossier *d,
    enum machine m, const char *instance)
{
	enum state now = dossier_state(d, m, instance);

	for (size_t i = 0; i <= p->n_effects; i++) {
		if (i == p->primary_after &&
		    step_is_of(&p->primary, m, instance))
			now = p->primary.to;
		if (i < p->n_effects && step_is_of(&p->effects[i], m, instance))
			now = p->effects[i].to;
	}
	return now;
}

static void
step_fill(struct flow_step *s, const struct flow_row *row, const char *instance)
{
	s->machine = row->machine;
	s->from = row->from;
	s->to = row->to;
	word_copy(s->instance, sizeof(s->instance), instance);
	word_copy(s->event, sizeof(s->event), row->event);
}

int
flow_plan_add(struct flow_plan *p, const struct dossier *d, enum machine m,
    const char *instance, const char *event, struct err *e)
{
	const struct flow_row *row =
	    flow_row_find(m, flow_plan_state(p, d, m, instance), event);

	if (row == NULL)
		return err_set(e, E_FLOW_STEP, "%s.%s is not open now",
		    machine_name(m), event);
	if (p->n_effects == FLOW_STEPS)
		return err_set(e, E_LIMIT, "too many effects of one act");
	step_fill(&p->effects[p->n_effects++], row, instance);
	return 0;
}

/* Refuse with everything that the problem document shows. */
int
refuse_guard(const struct guard_in *in, struct flow_refusal *r, struct err *e)
{
	const char *names[2] = { guard_name(r->failed[0]),
		r->n_failed > 1 ? " and others" : "" };
	bool cited = in->row->article[0] != '\0';

	r->machine = in->row->machine;
	r->state = in->row->from;
	r->article = in->row->article;
	word_copy(r->event, sizeof(r->event), in->row->event);
	return err_set(e, E_FLOW_GUARD, "%s.%s: %s%s%s%s",
	    machine_name(in->row->machine), in->row->event, names[0], names[1],
	    cited ? ", Art. " : "", in->row->article);
}

/* The lowest of several roles that would do. */
static enum flow_role
role_picked(unsigned roles)
{
	return (enum flow_role)(roles & (~roles + 1));
}

/* A seat is its member's own. */
static bool
is_own_seat(const struct flow_row *row, const struct dossier *d,
    const char *instance, const struct flow_act *act)
{
	const struct dossier_seat *seat;

	if (row->machine != M_SEAT || row->roles != ROLE_MEMBER)
		return true;
	seat = dossier_seat_find(d, instance);
	return seat != NULL && act->person != NULL &&
	    strcmp(seat->person, act->person) == 0;
}

/* The row of an act for who acts, or ROLE_NONE: the role it is done in. */
static enum flow_role
role_for(const struct flow_row *row, const struct dossier *d,
    const char *instance, const struct flow_act *act,
    const struct flow_facts *facts)
{
	unsigned both = row->roles & act->roles;

	if (!is_own_seat(row, d, instance, act))
		return ROLE_NONE;
	if (both != 0)
		return role_picked(both);
	if ((act->roles & ROLE_DELEGATE) != 0 && facts->delegate_in_scope &&
	    (row->roles & ROLE_SECRETARIAT) != 0)
		return ROLE_DELEGATE;
	if (facts->owed && (act->roles & ROLE_SYSTEM) != 0)
		return ROLE_SYSTEM;
	return ROLE_NONE;
}

/* Does this instance have an open row for the event? */
static bool
fits(const struct dossier_machine *m, const struct flow_act *act)
{
	return (act->machine == M_NONE || act->machine == m->machine) &&
	    (act->instance == NULL ||
		strcmp(act->instance, m->instance) == 0) &&
	    flow_row_find(m->machine, m->state, act->event) != NULL;
}

/* The machine and instance that an act means. */
struct target {
	const struct flow_row *row;
	const char *instance;
	enum flow_role role;
	unsigned n; /* how many fit */
	char made[LIMIT_ID_BYTES + 1]; /* name of what the act creates */
};

/* "x509-1-2": the next certificate of the present term, by a reissue. */
static void
reissue_instance(const struct dossier *d, char out[LIMIT_ID_BYTES + 1])
{
	long long term = (long long)d->certification.term;
	unsigned n = 1;

	for (size_t i = 0; i < d->n_artefacts; i++)
		n += !d->artefacts[i].continuation &&
		    d->artefacts[i].term == d->certification.term;
	snprintf(out, LIMIT_ID_BYTES + 1, "x509-%lld-%u", term, n);
}

/* What is there already does not begin again; its name is the server's. */
static void
target_name(const struct dossier *d, const struct flow_act *act,
    const struct flow_facts *facts, enum machine m, struct target *t)
{
	const char *name = facts->new_instance != NULL ? facts->new_instance
	    : act->instance != NULL                    ? act->instance
						       : "1";

	if (m == M_ARTEFACT && act->instance == NULL)
		reissue_instance(d, t->made);
	else if (m == M_ARTEFACT)
		word_copy(t->made, sizeof(t->made), act->instance);
	else
		word_copy(t->made, sizeof(t->made), name);
}

/*
 * An act that begins an instance, `freeze` say, where none goes on.
 */
static void
target_create(const struct dossier *d, const struct flow_act *act,
    const struct flow_facts *facts, struct target *t)
{
	for (int i = M_NONE + 1; i < M_MAX; i++) {
		const struct flow_row *row;

		if (act->machine != M_NONE && (int)act->machine != i)
			continue;
		row = flow_row_find((enum machine)i, S_NONE, act->event);
		if (row == NULL)
			continue;
		target_name(d, act, facts, row->machine, t);
		if ((act->instance != NULL &&
			strcmp(act->instance, t->made) != 0) ||
		    dossier_state(d, row->machine, t->made) != S_NONE)
			continue;
		t->instance = t->made;
		t->row = t->row == NULL ? row : t->row;
		t->n++;
	}
	if (t->row != NULL)
		t->role = role_for(t->row, d, t->instance, act, facts);
}

/* Of several instances that fit, those that are open to who acts. */
static void
target_find(const struct dossier *d, const struct flow_act *act,
    const struct flow_facts *facts, struct target *t)
{
	unsigned by_role = 0;

	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];
		const struct flow_row *row;
		enum flow_role role;

		if (!fits(m, act))
			continue;
		row = flow_row_find(m->machine, m->state, act->event);
		role = role_for(row, d, m->instance, act, facts);
		if (t->row == NULL || (role != ROLE_NONE && by_role == 0)) {
			t->row = row;
			t->instance = m->instance;
			t->role = role;
		}
		by_role += role != ROLE_NONE;
		t->n++;
	}
	if (by_role > 0)
		t->n = by_role;
	if (t->row == NULL)
		target_create(d, act, facts, t);
}

/* Which machine an unknown step would have belonged to, for the message. */
static int
refuse_step(const struct dossier *d, const struct flow_act *act,
    struct flow_refusal *r, struct err *e)
{
	const struct dossier_machine *m = NULL;

	for (int i = M_NONE + 1; i < M_MAX; i++)
		if ((act->machine == M_NONE || (int)act->machine == i) &&
		    flow_event_known((enum machine)i, act->event)) {
			r->machine = (enum machine)i;
			break;
		}
	if (r->machine == M_NONE)
		return err_set(
		    e, E_INPUT, "there is no act \"%.40s\"", act->event);
	m = dossier_last(d, r->machine);
	r->state = m == NULL ? S_NONE : m->state;
	word_copy(r->event, sizeof(r->event), act->event);
	return err_set(e, E_FLOW_STEP, "%s.%s is not open in state %s",
	    machine_name(r->machine), act->event, state_name(r->state));
}

static int
refuse_role(const struct flow_row *row, struct flow_refusal *r, struct err *e)
{
	r->machine = row->machine;
	r->state = row->from;
	r->article = row->article;
	word_copy(r->event, sizeof(r->event), row->event);
	return err_set(e, E_FLOW_ROLE, "%s.%s is not open to this role",
	    machine_name(row->machine), row->event);
}

static int
link_add(struct guard_in *in, const struct flow_link *link, bool primary,
    struct flow_plan *p, struct flow_refusal *r, struct err *e)
{
	in->instance = link->instance;
	in->row = flow_row_find(link->machine,
	    flow_plan_state(p, in->d, link->machine, link->instance),
	    link->event);
	if (in->row == NULL) {
		struct flow_act step = *in->act;

		step.machine = link->machine;
		step.event = link->event;
		return refuse_step(in->d, &step, r, e);
	}
	if (primary &&
	    role_for(in->row, in->d, link->instance, in->act, in->facts) ==
		ROLE_NONE)
		return refuse_role(in->row, r, e);
	r->n_failed = guards_failed(in, r->failed);
	if (r->n_failed > 0)
		return refuse_guard(in, r, e);
	if (!primary)
		return flow_plan_add(
		    p, in->d, link->machine, link->instance, link->event, e);
	step_fill(&p->primary, in->row, link->instance);
	p->primary_after = p->n_effects;
	p->article = in->row->article;
	p->role = role_for(in->row, in->d, link->instance, in->act, in->facts);
	guards_text(in->row, p->guards, sizeof(p->guards));
	return 0;
}

int
flow_chain(const struct dossier *d, const struct flow_act *act,
    const struct flow_facts *facts, const struct flow_link *links, size_t n,
    size_t primary, struct flow_plan *out, struct flow_refusal *refusal,
    struct err *e)
{
	struct flow_plan p = { 0 };
	struct flow_refusal r = { 0 };
	struct guard_in in = { d, &p, act, facts, NULL, NULL };
	int rv = 0;

	for (size_t i = 0; rv == 0 && i < n; i++)
		rv = link_add(&in, &links[i], i == primary, &p, &r, e);
	if (rv == 0)
		rv = couple_all(&in, &p, p.n_effects, &r, e);
	if (rv == 0)
		*out = p;
	else
		*refusal = r;
	return rv;
}

int
flow_decide(const struct dossier *d, const struct flow_act *act,
    const struct flow_facts *facts, struct flow_plan *out,
    struct flow_refusal *refusal, struct err *e)
{
	struct target t = { 0 };
	struct flow_plan p = { 0 };
	struct flow_refusal r = { 0 };
	struct guard_in in = { d, &p, act, facts, NULL, NULL };
	int rv = 0;

	target_find(d, act, facts, &t);
	in.row = t.row;
	in.instance = t.instance;
	if (t.row == NULL)
		rv = refuse_step(d, act, &r, e);
	else if (t.role == ROLE_NONE)
		rv = refuse_role(t.row, &r, e);
	else if (t.n > 1)
		rv = err_set(e, E_INPUT,
		    "\"%.40s\" fits several machines: name machine or instance",
		    act->event);
	else if ((r.n_failed = guards_failed(&in, r.failed)) > 0)
		rv = refuse_guard(&in, &r, e);
	if (rv == 0 && t.row != NULL) {
		step_fill(&p.primary, t.row, t.instance);
		p.article = t.row->article;
		p.role = t.role;
		guards_text(t.row, p.guards, sizeof(p.guards));
		rv = couple_all(&in, &p, 0, &r, e);
	}
	if (rv == 0)
		*out = p;
	else
		*refusal = r;
	return rv;
}
