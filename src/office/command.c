/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/cases/{case}/commands: one workflow command. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/term.h"

/* A command on its way. */
struct command {
	struct visit *v;
	struct dossier *d;
	const struct json *body;
	enum machine machine;
	char event[DOSSIER_WORD];
	struct act_write w;
};

static const struct json_field body_fields[] = {
	{ "command", JSON_KIND_STRING, true },
	{ "if_head", JSON_KIND_STRING, false },
	{ "instance", JSON_KIND_STRING, false },
	{ "data", JSON_KIND_OBJECT, false },
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

/* The due date of a correction: data.due, or the policy's days. */
static int
prepare_correction(struct command *c, struct err *e)
{
	const struct scheme *s = scheme_find(c->v->o->schemes, c->d->scheme);
	const char *due = jsonx_get_str(c->w.data, "due");
	struct jday day;
	int64_t at = end_of_day_after(
	    c->v->now, s == NULL ? 14 : s->params.correction_days);

	if (due != NULL) {
		if (jday_parse(due, &day, e) < 0)
			return -1;
		at = instant_of_jday(jday_add_days(day, 1));
		if (at <= c->v->now)
			return err_set(e, E_INPUT, "data.due lies in the past");
	}
	set_instant(c->w.data, "correction_due_at", at);
	return 0;
}

static int
prepare_payment(struct command *c, struct err *e)
{
	const char *on = jsonx_get_str(c->w.data, "paid_on");
	struct jday day;

	if (jsonx_get_int(c->w.data, "amount", 0) <= 0)
		return err_set(e, E_INPUT, "data.amount: want yen, above zero");
	if (on == NULL)
		return err_set(e, E_INPUT, "data.paid_on: want a date");
	if (jday_parse(on, &day, e) < 0)
		return -1;
	if (jday_cmp(day, jday_of_instant(c->v->now)) > 0)
		return err_set(e, E_INPUT, "data.paid_on lies ahead");
	return 0;
}

static int
prepare_accept(struct command *c, struct err *e)
{
	if (jsonx_len(jsonx_get(c->w.data, "reviewers")) == 0)
		return err_set(e, E_INPUT,
		    "data.reviewers: want the persons who will review");
	return 0;
}

/* What the applicant no longer asks to withhold is published (Art. 11(1)). */
static int
prepare_give_up(struct command *c, struct err *e)
{
	const struct dossier_decision *by = office_certified_by(c->d);

	if (by == NULL || c->d->certification.serial[0] == '\0')
		return 0;
	return office_publish_item(
	    c->v->o, c->d, c->w.plan.primary.instance, by, c->w.data, e);
}

/* What a command needs beside its guards. */
static const struct {
	enum machine machine;
	const char *event;
	int (*prepare)(struct command *c, struct err *e);
} prepares[] = {
	{ M_APPLICATION, "request_correction", prepare_correction },
	{ M_APPLICATION, "accept", prepare_accept },
	{ M_WITHHOLDING, "give_up", prepare_give_up },
	{ M_FEE, "pay", prepare_payment },
	{ M_FEE, "pay_part", prepare_payment },
};

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

/* Members of data that only the server writes. */
static void
data_clean(struct json *data)
{
	static const char *const ours[] = { "decision", "certification",
		"publication", "release", "serial", "documents", "tags",
		"extractor", "bundle", "correction_due_at", "record", "fee",
		"complete", "findings", "received_at", "existence" };

	for (size_t i = 0; i < NELEM(ours); i++)
		jsonx_del(data, ours[i]);
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
	return err_set(
	    e, E_FLOW_STEP, "this decision is proposed by %s", k->propose);
}

static int
act_commit(struct command *c, const char *decision_id, struct err *e)
{
	const struct flow_plan *p = &c->w.plan;
	const char *kind = frozen_kind(c, p);

	for (size_t i = 0; i < NELEM(prepares); i++)
		if (prepares[i].machine == p->primary.machine &&
		    strcmp(prepares[i].event, p->primary.event) == 0 &&
		    prepares[i].prepare(c, e) < 0)
			return -1;
	if (kind != NULL && freeze_check(c, kind, e) < 0)
		return -1;
	if (kind != NULL &&
	    office_freeze(c->v, c->d, kind, decision_id, &c->w, e) < 0)
		return -1;
	c->w.effective_at = c->v->now; /* from which its periods count */
	return office_commit(c->v->o, c->d, &c->w, e);
}

static int
act_decide(struct command *c, struct err *e)
{
	struct visit *v = c->v;
	char id[LIMIT_ID_BYTES + 1];
	struct flow_facts facts = { .new_instance = id };
	struct flow_act act = {
		.machine = c->machine,
		.event = c->event,
		.instance = jsonx_get_str(c->body, "instance"),
		.roles = visit_roles_in(v, c->d),
		.person = v->account.person,
		.now = v->now,
		.data = c->w.data,
	};

	if (office_new_id(v->o, "d", id, e) < 0 ||
	    office_facts(v->o, c->d, &facts, e) < 0 ||
	    flow_decide(c->d, &act, &facts, &c->w.plan, &v->refusal, e) < 0)
		return -1;
	return act_commit(c, id, e);
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

/* The body case `roster` may not exist yet: it begins with a proposal. */
static int
dossier_get(struct command *c, struct err *e)
{
	const char *id = c->v->q->param[0];
	struct err none = ERR_INIT;

	if (office_load_now(c->v->o, id, &c->d, &none) == 0)
		return 0;
	if (none.code == E_NOT_FOUND && strcmp(id, "roster") == 0) {
		c->d = dossier_new(id);
		return 0;
	}
	*e = none;
	return -1;
}

static int
command_locked(struct command *c, struct answer *a, struct err *e)
{
	struct visit *v = c->v;

	if (dossier_get(c, e) < 0)
		return -1;
	if (!visit_may_see(v, c->d))
		return err_set(e, E_NOT_FOUND, "there is no such case");
	if (head_check(c, e) < 0 || command_run(c, e) < 0)
		return -1;
	answer_json(a, 200, office_case_json(v->o, c->d));
	answer_etag(v, a, c->d->head);
	return 0;
}

static int
command_read(struct command *c, struct json **body, struct err *e)
{
	const struct json *data;

	if (jsonx_parse(c->v->q->body, LIMIT_COMMAND_BYTES, body, e) < 0 ||
	    jsonx_shape(*body, body_fields, NELEM(body_fields), e) < 0)
		return -1;
	c->body = *body;
	data = jsonx_get(*body, "data");
	if (data != NULL) {
		jsonx_free(c->w.data);
		c->w.data = jsonx_dup(data);
	}
	data_clean(c->w.data);
	c->w.actor = c->v->account.person;
	return word_read(jsonx_get_str(*body, "command"), c, e);
}

int
post_case_command(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *body = NULL;
	struct repeat again = { .status = 200 };
	struct command c = { .v = v };
	uint8_t sum[32];
	char request[65];
	int rv;

	repeat_body(v, sum);
	if (repeat_begin(v, sum, &again, a, e) < 0)
		return -1;
	if (again.answered)
		return 0;
	act_write_init(&c.w);
	if (v->has_request)
		c.w.request = hex_encode(v->request, 32, request);
	rv = command_read(&c, &body, e);
	if (rv == 0) {
		pthread_mutex_lock(&v->o->act);
		rv = command_locked(&c, a, e);
		pthread_mutex_unlock(&v->o->act);
	}
	if (rv == 0)
		repeat_keep(v, &again, a);
	act_write_done(&c.w);
	dossier_free(c.d);
	return rv;
}
