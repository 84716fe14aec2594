/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/cases/{case}/commands: what is possible now, for whom, why not. */
#include "office_int.h"

#include <string.h>

#include "nintei/flow_next.h"

/* The list while it is made. */
struct options {
	const struct visit *v;
	const struct dossier *d;
	unsigned roles; /* of the visitor in this case */
	bool own_only; /* an applicant sees what an applicant does */
	struct json *items;
};

/* A guard that failed, as the row asks for it. */
static bool
is_negated(const struct flow_row *row, enum guard g)
{
	for (size_t i = 0; i < FLOW_GUARDS; i++)
		if (row->guards[i] == -(int)g)
			return true;
	return false;
}

static struct json *
guards_json(const struct flow_row *row, const enum guard *list, size_t n)
{
	struct json *out = jsonx_array();

	for (size_t i = 0; i < n; i++) {
		CLEANUP(freep)
		char *name = xasprintf("%s%s",
		    is_negated(row, list[i]) ? "!" : "", guard_name(list[i]));

		jsonx_add_str(out, name);
	}
	return out;
}

static struct json *
roles_json(unsigned roles)
{
	struct json *out = jsonx_array();

	for (unsigned bit = 1; bit <= ROLE_PUBLIC; bit <<= 1)
		if ((roles & bit) != 0 && bit != ROLE_SYSTEM)
			jsonx_add_str(out, role_name((enum flow_role)bit));
	return out;
}

/* A word that only an approved decision carries out. */
static struct json *
decision_json(const struct options *o, const struct flow_row *row)
{
	const struct dossier_decision *live;
	const struct flow_kind *k;
	struct json *j;

	if (row->kind == NULL || (k = flow_kind_find(row->kind)) == NULL)
		return NULL;
	j = jsonx_object();
	jsonx_set_str(j, "kind", row->kind);
	jsonx_set_str(j, "propose", k->propose);
	live = dossier_decision_live(o->d, row->kind);
	if (live != NULL) {
		jsonx_set_str(j, "decision_id", live->id);
		jsonx_set_str(j, "state",
		    state_name(dossier_state(o->d, M_DECISION, live->id)));
	}
	return j;
}

/* The seat of somebody else is nobody's to use. */
static bool
is_mine(const struct options *o, const struct flow_option *p)
{
	unsigned roles = o->roles & p->row->roles;
	const struct dossier_seat *seat;

	if ((o->roles & (unsigned)ROLE_DELEGATE) != 0 &&
	    (p->row->roles & (unsigned)ROLE_SECRETARIAT) != 0)
		return true;
	if (roles != (unsigned)ROLE_MEMBER || p->row->machine != M_SEAT)
		return roles != 0;
	seat = seat_of(o->d, o->v->account.person);
	return seat != NULL && p->instance != NULL &&
	    strcmp(seat->instance, p->instance) == 0;
}

static struct json *
option_json(const struct options *o, const struct flow_option *p)
{
	const struct flow_row *row = p->row;
	CLEANUP(freep)
	char *command =
	    xasprintf("%s.%s", machine_name(row->machine), row->event);
	CLEANUP(freep)
	char *schema = xasprintf("/v1/schemas/command.%s", command);
	struct json *j = jsonx_object();

	jsonx_set_str(j, "command", command);
	jsonx_set_str(j, "machine", machine_name(row->machine));
	jsonx_set_str(j, "instance", p->instance);
	jsonx_set_str(j, "state", state_name(row->from));
	jsonx_set_str(j, "to", state_name(row->to));
	jsonx_set_str(j, "article", row->article);
	jsonx_set(j, "roles", roles_json(row->roles));
	jsonx_set_bool(j, "open", p->n_failed == 0);
	jsonx_set_bool(j, "mine", is_mine(o, p));
	jsonx_set(j, "missing", guards_json(row, p->failed, p->n_failed));
	jsonx_set(j, "asked", guards_json(row, p->asked, p->n_asked));
	jsonx_set(j, "decision", decision_json(o, row));
	jsonx_set_str(j, "schema", schema);
	return j;
}

static bool
option_fn(const struct flow_option *p, void *arg)
{
	struct options *o = arg;

	if (o->own_only && !is_mine(o, p))
		return true;
	jsonx_add(o->items, option_json(o, p));
	return true;
}

/* The facts that core looks up; the lock is held. */
static int
options_locked(struct visit *v, struct json **out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(relation_done) struct relation relation = { 0 };
	struct flow_facts facts = { 0 };
	struct options o = { .v = v };
	enum access access;

	if (office_load_now(v->o, v->q->param[0], &d, e) < 0)
		return -1;
	access = visit_access(v, d);
	if (access == ACCESS_NONE)
		return err_set(e, E_NOT_FOUND, "there is no such case");
	if (office_facts(v->o, d, &facts, e) < 0 ||
	    office_relation(v->o, d, &relation, &facts, e) < 0)
		return -1;
	o.d = d;
	o.roles = visit_roles_in(v, d);
	o.own_only =
	    o.roles == (unsigned)ROLE_APPLICANT || access == ACCESS_NAMES;
	o.items = jsonx_array();
	flow_possible(d, &facts, v->now, option_fn, &o);
	*out = jsonx_object();
	jsonx_set(*out, "items", o.items);
	jsonx_set_str(*out, "head", d->head);
	return 0;
}

int
get_case_commands(struct visit *v, struct answer *a, struct err *e)
{
	struct json *j = NULL;
	int rv;

	pthread_mutex_lock(&v->o->act);
	rv = options_locked(v, &j, e);
	pthread_mutex_unlock(&v->o->act);
	if (rv < 0)
		return -1;
	answer_json(a, 200, j);
	return 0;
}
