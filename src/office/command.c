/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/cases/{case}/commands: one workflow command. */
#include "command_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/acts.h"
#include "nintei/enc.h"
#include "nintei/flow_next.h"
#include "nintei/fs.h"

static const struct json_field body_fields[] = {
	{ "command", JSON_KIND_STRING, true },
	{ "if_head", JSON_KIND_STRING, false },
	{ "instance", JSON_KIND_STRING, false },
	{ "data", JSON_KIND_OBJECT, false },
	{ "documents", JSON_KIND_ARRAY, false },
};

/* "application.accept" or "accept". */
static int
word_read(const char *text, struct command *c, struct err *e)
{
	const char *dot = strchr(text, '.');
	CLEANUP(freep) char *machine = NULL;

	if (strlen(text) >= sizeof(c->event) + 20)
		return err_set(e, E_INPUT, "there is no such command");
	if (dot != NULL) {
		machine = xstrndup(text, (size_t)(dot - text));
		c->machine = machine_parse(machine);
		if (c->machine == M_NONE)
			return err_set(e, E_INPUT,
			    "there is no machine \"%.20s\"", machine);
		text = dot + 1;
	}
	/* The body's own act has no machine: its proposal freezes. */
	if (strcmp(text, "propose_shred") == 0) {
		c->machine = M_DECISION;
		jsonx_set_str(c->w.data, "kind", "shred");
		text = "freeze";
	}
	snprintf(c->event, sizeof(c->event), "%s", text);
	return 0;
}

/* The head that the sender saw: once, as if_head or as If-Match. */
static int
head_check(struct command *c, struct err *e)
{
	const char *seen = jsonx_get_str(c->body, "if_head");
	struct slice match = c->v->q->header[FH_IF_MATCH];
	CLEANUP(freep) char *text = NULL;

	if (seen == NULL && match.p == NULL)
		return err_set(e, E_STORE_PRECONDITION,
		    "name the head of the case that you saw: \"if_head\"");
	if (seen != NULL && match.p != NULL)
		return err_set(e, E_INPUT, "name the head only once");
	if (seen == NULL) {
		c->v->by_if_match = true;
		text = slice_dup(match);
		if (text == NULL || text[0] != '"')
			return err_set(e, E_INPUT, "If-Match: want one tag");
		/* Only the version part of a tag counts (WEB 11). */
		text[1 + strcspn(text + 1, ".\"")] = '\0';
		seen = text + 1;
	}
	if (strcmp(seen, c->d->head) != 0)
		return err_set(e, E_STORE_CONFLICT,
		    "the case has moved on; its head is %s", c->d->head);
	return 0;
}

/* What core does for a command beside the tables. */
static const struct {
	enum machine machine;
	const char *event;
	command_fn facts, prepare, after;
} hooks[] = {
/* clang-format off */
#define CMD(machine, event, facts, prepare, after) \
	{ machine, event, facts, prepare, after },
#include "commands.inc"
#include "commands_body.inc"
#include "commands_lifecycle.inc"
#include "commands_themes.inc"
#undef CMD
	/* clang-format on */
};

enum hook {
	HOOK_FACTS,
	HOOK_PREPARE,
	HOOK_AFTER
};

int
cmd_none(struct command *c, struct err *e)
{
	(void)c;
	(void)e;
	return 0;
}

static command_fn
hook_fn(size_t i, enum hook which)
{
	switch (which) {
	case HOOK_FACTS:
		return hooks[i].facts;
	case HOOK_PREPARE:
		return hooks[i].prepare;
	case HOOK_AFTER:
		return hooks[i].after;
	}
	return cmd_none;
}

/* All hooks of the word. */
static int
hooks_run(struct command *c, enum machine m, enum hook which, struct err *e)
{
	for (size_t i = 0; i < NELEM(hooks); i++)
		if (hooks[i].machine == m &&
		    strcmp(hooks[i].event, c->event) == 0 &&
		    hook_fn(i, which)(c, e) < 0)
			return -1;
	return 0;
}

/* The kind of decision that a proposal freezes, or NULL. */
static const char *
frozen_kind(const struct command *c, const struct flow_plan *p)
{
	const struct flow_kind *k;

	if (p->primary.machine == M_DECISION &&
	    strcmp(p->primary.event, "freeze") == 0) {
		const char *kind = jsonx_get_str(c->w.data, "kind");

		return kind == NULL ? "" : kind;
	}
	if (p->primary.machine == M_COMPLIANCE &&
	    strcmp(p->primary.event, "propose_revocation") == 0)
		return "revoke";
	k = flow_kind_of(p->primary.machine, p->primary.event);
	return k == NULL ? NULL : k->kind;
}

/* The machines that have the word: the one named, or each that has it. */
static bool
may_mean(const struct command *c, enum machine m)
{
	return (c->machine == M_NONE || c->machine == m) &&
	    flow_event_known(m, c->event);
}

/*
 * Before the guards are asked: what they read has the type that they expect.
 * Where several machines have the word, one of them must take the data; which
 * one it was is checked when that is decided.
 */
static int
data_check(const struct command *c, struct err *e)
{
	struct err why = ERR_INIT;
	bool known = false;

	for (int i = M_NONE + 1; i < M_MAX; i++) {
		struct err one = ERR_INIT;

		if (!may_mean(c, (enum machine)i))
			continue;
		if (acts_command_check(
			(enum machine)i, c->event, c->w.data, &one) == 0)
			return 0;
		/* Of several the one that the case has says why. */
		if (!known || dossier_last(c->d, (enum machine)i) != NULL)
			why = one;
		known = true;
	}
	if (!known)
		return err_set(
		    e, E_INPUT, "there is no act \"%.40s\"", c->event);
	*e = why;
	return -1;
}

/* An officer repeats the word of an approved decision (INTERFACE 7). */
static const char *
repeated_decision(const struct command *c)
{
	for (size_t i = 0; i < c->d->n_decisions; i++) {
		const struct dossier_decision *dec = &c->d->decisions[i];
		const struct flow_kind *k = flow_kind_find(dec->kind);

		if (k == NULL ||
		    strcmp(flow_kind_word(k, dec->outcome), c->event) != 0 ||
		    (c->machine != M_NONE && c->machine != k->machine))
			continue;
		if (dossier_state(c->d, M_DECISION, dec->id) == S_DEC_APPROVED)
			return dec->id;
	}
	return NULL;
}

/*
 * What has a proposal of its own is frozen only by that: else a decision
 * would pass by the guards of the proposal.
 */
static int
freeze_check(const struct command *c, const char *kind, struct err *e)
{
	const struct flow_kind *k = flow_kind_find(kind);

	if (c->w.plan.primary.machine != M_DECISION || k == NULL ||
	    strcmp(k->propose, "freeze") == 0)
		return 0;
	/* What became stale or old is frozen once more, as it was proposed. */
	if (strcmp(kind, "revoke") == 0 &&
	    dossier_state(c->d, M_COMPLIANCE, "1") == S_COMP_PROPOSED &&
	    dossier_decision_live(c->d, kind) == NULL)
		return 0;
	return err_set(
	    e, E_FLOW_STEP, "this decision is proposed by %s", k->propose);
}

static int
act_commit(struct command *c, struct err *e)
{
	const struct flow_plan *p = &c->w.plan;
	const char *kind = frozen_kind(c, p);

	if (acts_command_check(
		p->primary.machine, p->primary.event, c->w.data, e) < 0 ||
	    hooks_run(c, p->primary.machine, HOOK_PREPARE, e) < 0)
		return -1;
	if (kind != NULL && freeze_check(c, kind, e) < 0)
		return -1;
	if (kind != NULL &&
	    office_freeze(c->v, c->d, kind, c->decision_id, &c->w, e) < 0)
		return -1;
	if (command_documents(c, e) < 0)
		return -1;
	c->w.effective_at = c->v->now; /* from which its periods count */
	if (office_commit(c->v->o, c->d, &c->w, e) < 0)
		return -1;
	return hooks_run(c, p->primary.machine, HOOK_AFTER, e);
}

/* Machines whose instances the server names. */
static const struct {
	enum machine machine;
	const char *prefix;
} named[] = {
	{ M_SUCCESSION, "s" },
	{ M_CHANGE_NOTICE, "n" },
	{ M_TERMINATION, "t" },
	{ M_EMERGENCY, "e" },
	{ M_DISCLOSURE, "x" },
};

/* Is there an instance that the word moves on? */
static bool
goes_on(const struct command *c, enum machine machine)
{
	for (size_t i = 0; i < c->d->n_machines; i++) {
		const struct dossier_machine *m = &c->d->machines[i];

		if (m->machine == machine &&
		    (c->instance == NULL ||
			strcmp(m->instance, c->instance) == 0) &&
		    flow_row_find(machine, m->state, c->event) != NULL)
			return true;
	}
	return false;
}

/* Is the word open on this machine, and to these roles? */
static bool
is_open(const struct command *c, enum machine machine, unsigned roles)
{
	const struct flow_row *row;

	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++) {
		unsigned who = row->roles;

		if (row->machine != machine ||
		    strcmp(row->event, c->event) != 0)
			continue;
		if ((who & ROLE_SECRETARIAT) != 0)
			who |= ROLE_DELEGATE;
		if ((who & roles) != 0 &&
		    (row->from == S_NONE || goes_on(c, machine)))
			return true;
	}
	return false;
}

/* The machine of a word that several have: the one where it is open. */
static void
machine_find(struct command *c, unsigned roles)
{
	enum machine only = M_NONE, open = M_NONE;
	unsigned n = 0, n_open = 0;

	if (c->machine != M_NONE)
		return;
	for (int i = M_NONE + 1; i < M_MAX; i++) {
		if (!may_mean(c, (enum machine)i))
			continue;
		only = (enum machine)i;
		n++;
		if (!is_open(c, only, roles))
			continue;
		open = only;
		n_open++;
	}
	if (n == 1)
		c->machine = only;
	else if (n_open == 1)
		c->machine = open;
}

void
command_refuses(struct command *c, enum guard failed)
{
	struct flow_refusal *r = &c->v->refusal;
	const struct flow_row *row;

	r->machine = c->machine;
	r->state = c->instance == NULL
	    ? S_NONE
	    : dossier_state(c->d, c->machine, c->instance);
	row = flow_row_find(c->machine, r->state, c->event);
	r->article = row == NULL ? "" : row->article;
	r->failed[0] = failed;
	r->n_failed = failed != G_NONE;
	snprintf(r->event, sizeof(r->event), "%s", c->event);
}

/* What an act begins, and no hook has named, gets a name of its own. */
static int
new_instance(struct command *c, struct err *e)
{
	if (office_new_id(c->v->o, "d", c->decision_id, e) < 0)
		return -1;
	c->facts.new_instance = c->decision_id;
	for (size_t i = 0; c->new_id[0] == '\0' && i < NELEM(named); i++) {
		if (!may_mean(c, named[i].machine) ||
		    goes_on(c, named[i].machine) ||
		    flow_row_find(named[i].machine, S_NONE, c->event) == NULL)
			continue;
		if (c->instance != NULL)
			return err_set(e, E_INPUT,
			    "instance: there is no \"%.40s\"; what begins is "
			    "named by the server",
			    c->instance);
		return office_new_id(c->v->o, named[i].prefix, c->new_id, e);
	}
	return 0;
}

/* An instance of the word's own machine; a decision's name is never asked. */
static bool
begins_anew(const struct command *c)
{
	return c->machine != M_NONE && c->machine != M_DECISION &&
	    flow_row_find(c->machine, S_NONE, c->event) != NULL &&
	    !goes_on(c, c->machine);
}

static int
belongs_not(struct command *c, struct err *e)
{
	c->instance = NULL;
	command_refuses(c, G_NONE);
	return err_set(e, E_FLOW_STEP, "%s.%s does not begin in this case now",
	    machine_name(c->machine), c->event);
}

/*
 * Data that no schema takes is refused, but first who may not do this at all,
 * or not now, is told so.
 */
static int
refuse_data(struct command *c, const struct flow_act *act, struct err *e)
{
	struct flow_refusal none = { 0 };
	struct err why = ERR_INIT;

	if (flow_decide(
		c->d, act, &c->facts, &c->w.plan, &c->v->refusal, &why) < 0 &&
	    (why.code == E_FLOW_STEP || why.code == E_FLOW_ROLE)) {
		*e = why;
		return -1;
	}
	c->v->refusal = none;
	return -1;
}

/* What core finds out before the guards are asked. */
static int
facts_find(struct command *c, const struct flow_act *act, struct err *e)
{
	struct visit *v = c->v;

	c->facts.delegate_in_scope = (act->roles & ROLE_DELEGATE) != 0;
	if (data_check(c, e) < 0)
		return refuse_data(c, act, e);
	if (office_facts(v->o, c->d, &c->facts, e) < 0 ||
	    office_relation(v->o, c->d, &c->relation, &c->facts, e) < 0 ||
	    hooks_run(c, c->machine, HOOK_FACTS, e) < 0)
		return -1;
	return new_instance(c, e);
}

static int
act_decide(struct command *c, struct err *e)
{
	struct visit *v = c->v;
	struct flow_act act = {
		.event = c->event,
		.instance = c->instance,
		.roles = visit_roles_in(v, c->d),
		.person = v->account.person,
		.now = v->now,
		.data = c->w.data,
	};

	machine_find(c, act.roles);
	act.machine = c->machine;
	if (facts_find(c, &act, e) < 0)
		return -1;
	act.instance = c->new_id[0] != '\0' ? c->new_id : c->instance;
	if (begins_anew(c)) {
		if (is_open(c, c->machine, act.roles) &&
		    !flow_may_begin(c->d, c->machine))
			return belongs_not(c, e);
		c->facts.new_instance = act.instance;
	}
	if (flow_decide(c->d, &act, &c->facts, &c->w.plan, &v->refusal, e) < 0)
		return -1;
	return act_commit(c, e);
}

static int
command_run(struct command *c, struct err *e)
{
	struct visit *v = c->v;
	const char *decision = repeated_decision(c);

	if (decision != NULL && (visit_roles_in(v, c->d) & ROLE_OFFICER) != 0)
		return office_execute(
		    v->o, c->d, decision, v->account.person, &v->refusal, e);
	return act_decide(c, e);
}

/* Cases of the body that begin by their first act. */
static const struct {
	const char *prefix;
	command_fn begin;
} begins[] = {
/* clang-format off */
#define BEGIN(prefix, begin) { prefix, begin },
#include "begins.inc"
#undef BEGIN
	/* clang-format on */
};

static bool
begins_by(const char *prefix, const char *id)
{
	size_t n = strlen(prefix);

	return prefix[n - 1] == '-' ? strncmp(id, prefix, n) == 0
				    : strcmp(id, prefix) == 0;
}

static int
dossier_get(struct command *c, struct err *e)
{
	const char *id = c->v->q->param[0];
	struct err none = ERR_INIT;

	if (office_load_now(c->v->o, id, &c->d, &none) == 0)
		return 0;
	for (size_t i = 0; none.code == E_NOT_FOUND && i < NELEM(begins); i++)
		if (begins_by(begins[i].prefix, id)) {
			c->d = dossier_new(id);
			return begins[i].begin(c, e);
		}
	*e = none;
	return -1;
}

/* Whom the case was closed to is told so of acts; it is not there to read. */
static int
access_check(const struct command *c, struct err *e)
{
	if (visit_access(c->v, c->d) != ACCESS_NONE)
		return 0;
	if (visit_was_let_in(c->v, c->d))
		return err_set(e, E_FLOW_ROLE,
		    "your part in this case has ended; it is closed to you");
	return err_set(e, E_NOT_FOUND, "there is no such case");
}

static int
command_locked(struct command *c, struct answer *a, struct err *e)
{
	struct visit *v = c->v;

	if (dossier_get(c, e) < 0 || access_check(c, e) < 0 ||
	    head_check(c, e) < 0 || command_run(c, e) < 0)
		return -1;
	answer_json(a, 200, office_case_seen(v, c->d));
	answer_etag(v, a, c->d->head);
	return 0;
}

static int
command_read(
    struct command *c, struct slice text, struct json **body, struct err *e)
{
	const struct json *data;

	if (jsonx_parse(text, LIMIT_COMMAND_BYTES, body, e) < 0 ||
	    jsonx_shape(*body, body_fields, NELEM(body_fields), e) < 0)
		return -1;
	c->body = *body;
	c->instance = jsonx_get_str(*body, "instance");
	data = jsonx_get(*body, "data");
	if (data != NULL) {
		jsonx_free(c->w.data);
		c->w.data = jsonx_dup(data);
	}
	c->w.actor = c->v->account.person;
	return word_read(jsonx_get_str(*body, "command"), c, e);
}

static int
command_text(
    struct command *c, struct slice text, struct answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *body = NULL;
	int rv;

	if (command_read(c, text, &body, e) < 0)
		return -1;
	pthread_mutex_lock(&c->v->o->act);
	rv = command_locked(c, a, e);
	pthread_mutex_unlock(&c->v->o->act);
	return rv;
}

static void
command_done(struct command *c)
{
	act_write_done(&c->w);
	relation_done(&c->relation);
	dossier_free(c->d);
}

/* A body beyond what a frame carries comes in sealed memory. */
int
visit_text(const struct visit *v, size_t max, struct blob *map,
    struct slice *out, struct err *e)
{
	*out = v->q->body;
	if (v->body_fd < 0)
		return 0;
	if (blob_map(v->body_fd, max, map, e) < 0)
		return -1;
	*out = slice_of(map->p, map->n);
	return 0;
}

int
post_case_command(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(blob_unmap) struct blob map = { 0 };
	CLEANUP(command_done) struct command c = { .v = v };
	struct repeat again = { .status = 200 };
	struct slice text;
	uint8_t sum[32];
	char request[65];

	act_write_init(&c.w);
	if (visit_text(v, LIMIT_COMMAND_BYTES, &map, &text, e) < 0)
		return -1;
	repeat_body(v, text, sum);
	if (repeat_begin(v, sum, &again, a, e) < 0)
		return -1;
	if (again.answered)
		return 0;
	if (v->has_request)
		c.w.request = hex_encode(v->request, 32, request);
	if (command_text(&c, text, a, e) < 0)
		return -1;
	repeat_keep(v, &again, a);
	return 0;
}
