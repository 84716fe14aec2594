/* SPDX-License-Identifier: Apache-2.0 */
/* From an act to the steps it leads to, or to the reason why not. */
#include "workflow_int.h"

#include <stdio.h>
#include <string.h>

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
static int
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

/* One coupled step on one instance, if its machine has such a row now. */
static int
couple_one(struct guard_in *in, const struct flow_coupling *c,
    const char *instance, struct flow_plan *p, struct flow_refusal *r,
    struct err *e)
{
	in->row = flow_row_find(c->then,
	    flow_plan_state(p, in->d, c->then, instance), c->then_event);
	if (in->row == NULL)
		return 0;
	in->instance = instance;
	r->n_failed = guards_failed(in, r->failed);
	if (r->n_failed > 0)
		return c->must ? refuse_guard(in, r, e) : 0;
	return flow_plan_add(p, in->d, c->then, instance, c->then_event, e);
}

/* The name of what a coupling creates. */
static const char *
created_instance(const struct guard_in *in, enum machine m)
{
	if (m == M_DECISION)
		return in->facts->new_instance;
	if (m == M_ARTEFACT)
		return "x509-1";
	return "1";
}

/* Is this decision the one that the coupling speaks of? */
static bool
decision_meant(const struct guard_in *in, const struct flow_coupling *c,
    const struct flow_plan *p, const char *id)
{
	const struct dossier_decision *dec = dossier_decision_find(in->d, id);
	const struct flow_kind *k;

	if (strcmp(c->then_event, "quorum") == 0)
		return strcmp(p->primary.instance, id) == 0;
	if (strcmp(c->then_event, "execute") != 0)
		return true;
	/* One effect executes one decision: that which was proved. */
	if (in->facts->decision != NULL && strcmp(in->facts->decision, id) != 0)
		return false;
	k = dec == NULL ? NULL : flow_kind_find(dec->kind);
	return k != NULL && k->machine == c->machine &&
	    strcmp(flow_kind_word(k, dec->outcome), c->event) == 0;
}

/* A withdrawal by one machine leaves the decisions of another alone. */
static bool
withdrawal_meant(
    const struct guard_in *in, const struct flow_coupling *c, const char *id)
{
	const struct dossier_decision *dec = dossier_decision_find(in->d, id);
	const struct flow_kind *k =
	    dec == NULL ? NULL : flow_kind_find(dec->kind);

	if (strcmp(c->then_event, "withdraw") != 0 || k == NULL)
		return true;
	return c->machine == M_CERTIFICATION || k->machine == c->machine;
}

static int
couple(struct guard_in *in, const struct flow_coupling *c, struct flow_plan *p,
    struct flow_refusal *r, struct err *e)
{
	const struct dossier *d = in->d;

	if (flow_row_find(c->then, S_NONE, c->then_event) != NULL) {
		const char *instance = created_instance(in, c->then);

		return instance == NULL ? 0
					: couple_one(in, c, instance, p, r, e);
	}
	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];

		if (m->machine != c->then)
			continue;
		if (m->machine == M_DECISION &&
		    (!decision_meant(in, c, p, m->instance) ||
			!withdrawal_meant(in, c, m->instance)))
			continue;
		if (couple_one(in, c, m->instance, p, r, e) < 0)
			return -1;
	}
	return 0;
}

/* All couplings of one step; those of the coupled steps follow. */
static int
couple_step(struct guard_in *in, const struct flow_step *s, struct flow_plan *p,
    struct flow_refusal *r, struct err *e)
{
	const struct flow_coupling *c;

	for (size_t i = 0; (c = flow_coupling_at(i)) != NULL; i++)
		if (c->machine == s->machine &&
		    strcmp(c->event, s->event) == 0 &&
		    couple(in, c, p, r, e) < 0)
			return -1;
	return 0;
}

/* Does this instance have an open row for the event? */
static bool
fits(const struct dossier *d, const struct dossier_machine *m,
    const struct flow_act *act)
{
	(void)d;
	return (act->machine == M_NONE || act->machine == m->machine) &&
	    (act->instance == NULL ||
		strcmp(act->instance, m->instance) == 0) &&
	    flow_row_find(m->machine, m->state, act->event) != NULL;
}

/* The machine and instance that an act means. */
struct target {
	const struct flow_row *row;
	const char *instance;
	unsigned n; /* how many fit */
};

/*
 * An act that begins an instance, `freeze` say, where none goes on.  What is
 * there already does not begin again, and its name is the server's to choose.
 */
static void
target_create(const struct dossier *d, const struct flow_act *act,
    const struct flow_facts *facts, struct target *t)
{
	t->instance = facts->new_instance != NULL ? facts->new_instance
	    : act->instance != NULL               ? act->instance
						  : "1";
	if (act->instance != NULL && strcmp(act->instance, t->instance) != 0)
		return;
	for (int i = M_NONE + 1; i < M_MAX; i++) {
		const struct flow_row *row;

		if (act->machine != M_NONE && (int)act->machine != i)
			continue;
		row = flow_row_find((enum machine)i, S_NONE, act->event);
		if (row == NULL ||
		    dossier_state(d, (enum machine)i, t->instance) != S_NONE)
			continue;
		t->row = t->row == NULL ? row : t->row;
		t->n++;
	}
}

static struct target
target_find(const struct dossier *d, const struct flow_act *act,
    const struct flow_facts *facts)
{
	struct target t = { NULL, NULL, 0 };
	unsigned by_role = 0;

	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];
		const struct flow_row *row;
		bool mine;

		if (!fits(d, m, act))
			continue;
		row = flow_row_find(m->machine, m->state, act->event);
		mine = (row->roles & act->roles) != 0;
		if (t.row == NULL || (mine && by_role == 0)) {
			t.row = row;
			t.instance = m->instance;
		}
		by_role += mine;
		t.n++;
	}
	if (by_role > 0)
		t.n = by_role;
	if (t.row == NULL)
		target_create(d, act, facts, &t);
	return t;
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

/* The lowest of several roles that would do. */
static enum flow_role
role_picked(unsigned roles)
{
	return (enum flow_role)(roles & (~roles + 1));
}

/* The couplings of everything decided so far, and of what they bring. */
static int
couple_all(struct guard_in *in, struct flow_plan *p, size_t from,
    struct flow_refusal *r, struct err *e)
{
	if (couple_step(in, &p->primary, p, r, e) < 0)
		return -1;
	for (size_t i = from; i < p->n_effects; i++) {
		struct flow_step s = p->effects[i];

		if (couple_step(in, &s, p, r, e) < 0)
			return -1;
	}
	return 0;
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
	r->n_failed = guards_failed(in, r->failed);
	if (r->n_failed > 0)
		return refuse_guard(in, r, e);
	if (!primary)
		return flow_plan_add(
		    p, in->d, link->machine, link->instance, link->event, e);
	step_fill(&p->primary, in->row, link->instance);
	p->primary_after = p->n_effects;
	p->article = in->row->article;
	p->role = role_picked(in->row->roles & in->act->roles);
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
	struct target t = target_find(d, act, facts);
	struct flow_plan p = { 0 };
	struct flow_refusal r = { 0 };
	struct guard_in in = { d, &p, act, facts, t.row, t.instance };
	int rv = 0;

	if (t.row == NULL)
		rv = refuse_step(d, act, &r, e);
	else if ((t.row->roles & act->roles) == 0)
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
		p.role = role_picked(t.row->roles & act->roles);
		guards_text(t.row, p.guards, sizeof(p.guards));
		rv = couple_all(&in, &p, 0, &r, e);
	}
	if (rv == 0)
		*out = p;
	else
		*refusal = r;
	return rv;
}
