/* SPDX-License-Identifier: Apache-2.0 */
/* Rules, delegations, disclosures, notices, tickets. */
#include "workflow_int.h"

#include "nintei/instant.h"

#define LAST_OF(d, items, instance_, out)                                    \
	do {                                                                 \
		*(out) = NULL;                                               \
		for (size_t k_ = 0; k_ < (d)->n_##items; k_++)               \
			if (strcmp((d)->items[k_].instance, instance_) == 0) \
				*(out) = &(d)->items[k_];                    \
	} while (0)

static void
fold_rules(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_rules *p;

	LAST_OF(d, rules, s->instance, &p);
	if (p == NULL) {
		p = PART_ADD(d, rules);
		word_copy(p->instance, sizeof(p->instance), s->instance);
	}
	if (strcmp(s->event, "superseded") == 0) {
		p->superseded_at = ev->effective_at;
		return;
	}
	fold_text(ev->data, "policy_version", p->policy_version,
	    sizeof(p->policy_version));
	fold_text(ev->data, "effective_from", p->effective_from,
	    sizeof(p->effective_from));
	if (ev->decision_id != NULL)
		word_copy(p->decision, sizeof(p->decision), ev->decision_id);
	if (s->to == S_RULES_ANNOUNCED)
		p->announced_at = ev->effective_at;
	if (s->to == S_RULES_IN_FORCE)
		p->in_force_at = ev->effective_at;
}

static void
fold_delegation(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	const struct json *scope = jsonx_get(ev->data, "scope");
	struct dossier_delegation *p;

	LAST_OF(d, delegations, s->instance, &p);
	if (p == NULL) {
		p = PART_ADD(d, delegations);
		word_copy(p->instance, sizeof(p->instance), s->instance);
		fold_text(
		    ev->data, "delegate", p->delegate, sizeof(p->delegate));
	}
	for (size_t i = 0; i < jsonx_len(scope); i++)
		if (s->from == S_NONE && p->n_scope < DOSSIER_SCOPE)
			word_copy(p->scope[p->n_scope++], sizeof(p->scope[0]),
			    jsonx_str(jsonx_at(scope, i)));
	if (s->to == S_DELEGATION_ACTIVE)
		p->published_at = ev->effective_at;
	if (s->to == S_DELEGATION_ENDED)
		p->ended_at = ev->effective_at;
}

static void
objects_fold(struct dossier_disclosure *p, const struct json *list)
{
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (p->n_objects < DOSSIER_OBJECTS)
			p->objects[p->n_objects++] =
			    jsonx_int_value(jsonx_at(list, i), 0);
}

static void
fold_disclosure(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_disclosure *p = PART_ADD(d, disclosures);

	word_copy(p->instance, sizeof(p->instance), s->instance);
	fold_text(ev->data, "basis", p->basis, sizeof(p->basis));
	fold_text(ev->data, "recipient", p->recipient, sizeof(p->recipient));
	fold_text(ev->data, "order", p->order, sizeof(p->order));
	p->exception = jsonx_get_int(ev->data, "exception", 0);
	p->evidence = jsonx_len(jsonx_get(ev->data, "evidence")) > 0;
	objects_fold(p, jsonx_get(ev->data, "objects"));
}

/* What the operator consents to, no more than was asked (the guard says so). */
static void
fold_consent(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_disclosure *p;

	LAST_OF(d, disclosures, s->instance, &p);
	if (p == NULL)
		return;
	word_copy(p->basis, sizeof(p->basis), "consent");
	p->n_objects = 0;
	objects_fold(p, jsonx_get(ev->data, "objects"));
}

/* From now on these are what was handed over, perhaps fewer. */
static void
fold_disclosed(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_disclosure *p;

	LAST_OF(d, disclosures, s->instance, &p);
	if (p == NULL)
		return;
	p->n_objects = 0;
	objects_fold(p, jsonx_get(ev->data, "objects"));
}

static void
fold_notice(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	const struct flow_notice *kind = flow_notice_find(s->instance);
	struct dossier_notice *p;

	LAST_OF(d, notices, s->instance, &p);
	if (p == NULL) {
		p = PART_ADD(d, notices);
		word_copy(p->instance, sizeof(p->instance), s->instance);
		word_copy(
		    p->kind, sizeof(p->kind), kind == NULL ? "" : kind->kind);
		p->legal = kind != NULL && kind->legal;
		p->seq = ev->seq;
		p->queued_at = ev->effective_at;
	}
	p->unread_at = s->to == S_NOTICE_SENT && p->legal
	    ? fold_instant(ev->data, "unread_at")
	    : 0;
}

static void
fold_ticket(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	d->ticket_close_at =
	    s->to == S_TICKET_ANSWERED ? fold_instant(ev->data, "close_at") : 0;
}

void
fold_body(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	static const struct fold table[] = {
		{ M_NOTICE, NULL, fold_notice },
		{ M_RULES, NULL, fold_rules },
		{ M_DELEGATION, NULL, fold_delegation },
		{ M_DISCLOSURE, "request", fold_disclosure },
		{ M_DISCLOSURE, "consent", fold_consent },
		{ M_DISCLOSURE, "disclose", fold_disclosed },
		{ M_TICKET, NULL, fold_ticket },
	};

	fold_run(table, NELEM(table), d, ev, s);
}
