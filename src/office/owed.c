/* SPDX-License-Identifier: Apache-2.0 */
/* Words that an event owes another case: that case's own events. */
#include "office_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/flow_next.h"
#include "nintei/log.h"

/* One word on its way. */
struct debt {
	char cause[DOSSIER_HASH];
	char dossier[LIMIT_ID_BYTES + 1];
	enum machine machine;
	char event[DOSSIER_WORD];
	char source[LIMIT_ID_BYTES + 1];
	int64_t seq;
};

struct debts {
	struct debt *list;
	size_t n;
};

static void
debts_done(struct debts *l)
{
	free(l->list);
}

static int
debt_fn(const struct index_owed *row, void *arg, struct err *e)
{
	struct debts *l = arg;
	struct debt *debt;

	(void)e;
	l->list = xrealloc(l->list, l->n + 1, sizeof(*l->list));
	debt = &l->list[l->n++];
	*debt = (struct debt){ .machine = machine_parse(row->machine),
		.seq = row->seq };
	snprintf(debt->cause, sizeof(debt->cause), "%s", row->cause);
	snprintf(debt->dossier, sizeof(debt->dossier), "%s", row->dossier);
	snprintf(debt->event, sizeof(debt->event), "%s", row->event);
	snprintf(debt->source, sizeof(debt->source), "%s", row->source);
	return 0;
}

/* The event that owes, as it was written. */
static int
cause_read(
    struct office *o, const struct debt *debt, struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);

	if (store_event_get(
		o->store, debt->source, (uint64_t)debt->seq, &text, e) < 0)
		return -1;
	return jsonx_parse(buf_slice(&text), LIMIT_EVENT_BYTES, out, e);
}

static int64_t
effect_of(const struct json *cause)
{
	const char *text = jsonx_get_str(cause, "effective_at");
	struct err none = ERR_INIT;
	int64_t at;

	return text != NULL && instant_parse(text, &at, &none) == 0 ? at : 0;
}

/* --- data of the words --- */

/* What core is doing in the case that is owed. */
struct paying {
	struct office *o;
	const struct debt *debt;
	const struct json *cause;
	struct dossier *d;
	struct act_write *w;
	int64_t at;
	bool interim; /* certificates end with the continuation */
	struct flow_facts facts;
};

static void
copy(struct json *to, const char *key, const struct json *from, const char *as)
{
	const struct json *j = jsonx_get(from, as);

	if (j != NULL)
		jsonx_set(to, key, jsonx_dup(j));
}

/* data.term and data.certification: both stand in the decision. */
static int
data_renewed(struct paying *p, struct err *e)
{
	const struct json *c =
	    jsonx_get(jsonx_get(p->cause, "data"), "certification");
	const char *decision = jsonx_get_str(p->cause, "decision_id");
	struct json *term = jsonx_object();
	struct json *printed = jsonx_object();

	if (c == NULL || decision == NULL) {
		jsonx_free(term);
		jsonx_free(printed);
		return err_set(e, E_STORE_CORRUPT,
		    "a renewal was certified without its term");
	}
	copy(term, "term", c, "term");
	copy(term, "certified_on", c, "certified_on");
	copy(term, "valid_from", c, "valid_from");
	copy(term, "valid_through", c, "valid_through");
	jsonx_set_str(term, "decision", decision);
	jsonx_set_str(term, "case", p->debt->source);
	set_instant(term, "decided_at", p->at);
	copy(printed, "service", c, "service");
	copy(printed, "operator", c, "operator");
	copy(printed, "corporate_number", c, "corporate_number");
	jsonx_set(p->w->data, "term", term);
	jsonx_set(p->w->data, "certification", printed);
	return 0;
}

static int
data_renewal_ended(struct paying *p, struct err *e)
{
	(void)e;
	jsonx_set_str(p->w->data, "renewal", p->debt->source);
	return 0;
}

/* 「守られていない」: an inquiry, with the policy's days (Art. 10(7), 15). */
static int
data_inquire(struct paying *p, struct err *e)
{
	const struct scheme *s = p->facts.scheme;

	if (s == NULL)
		return err_set(e, E_CONFIG, "the scheme is not configured");
	set_instant(p->w->data, "inquiry_due_at",
	    end_of_day_after(
		clock_now(&p->o->clock), s->params.inquiry_due_days));
	jsonx_set_bool(
	    p->w->data, "silence_counts", s->params.silence_is_insufficient);
	jsonx_set_str(p->w->data, "about", "mark");
	return 0;
}

/* What was found against the certified service joins its renewal. */
static int
data_base_void(struct paying *p, struct err *e)
{
	struct json *evidence =
	    p->facts.base == NULL ? NULL : flow_evidence(p->facts.base);

	(void)e;
	if (evidence != NULL)
		jsonx_set(p->w->data, "evidence", evidence);
	return 0;
}

/* The incident's decision is used up by the dossier that it let in. */
static int
data_execute(struct paying *p, struct err *e)
{
	const char *id =
	    jsonx_get_str(jsonx_get(p->cause, "data"), "late_allowed");

	if (id == NULL)
		return err_set(
		    e, E_STORE_CORRUPT, "nothing names the decision");
	p->facts.decision = id;
	p->w->decision_id = id;
	p->facts.basis_current = true;
	return office_proved(
	    p->o, p->d, id, p->at, &p->facts.approvals_verified, e);
}

/* An item that the renewal's case no longer withholds (Art. 11(2)). */
static int
data_item(struct paying *p, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *source = NULL;
	const char *item = jsonx_get_str(p->cause, "instance");
	const char *id = jsonx_get_str(p->cause, "decision_id");
	const struct dossier_decision *by;

	if (office_load(p->o, p->debt->source, &source, e) < 0)
		return -1;
	by = id == NULL ? office_certified_by(source)
			: dossier_decision_find(source, id);
	if (by == NULL || item == NULL)
		return err_set(
		    e, E_STORE_CORRUPT, "nothing says what is published");
	return office_publish_item_of(
	    p->o, p->d, source, item, by, p->w->data, e);
}

static const struct word {
	enum machine machine;
	const char *event;
	int (*data)(struct paying *p, struct err *e);
	bool of_term; /* interim certificates end, others are issued */
} words[] = {
	{ M_CERTIFICATION, "renewed", data_renewed, true },
	{ M_CERTIFICATION, "renewed_after_gap", data_renewed, true },
	{ M_CERTIFICATION, "renewal_ended", data_renewal_ended, true },
	{ M_CERTIFICATION, "change_recorded", data_item, false },
	{ M_APPLICATION, "base_void", data_base_void, false },
	{ M_DECISION, "execute", data_execute, false },
	{ M_COMPLIANCE, "inquire", data_inquire, false },
};

static const struct word *
word_find(const struct debt *debt)
{
	for (size_t i = 0; i < NELEM(words); i++)
		if (words[i].machine == debt->machine &&
		    strcmp(words[i].event, debt->event) == 0)
			return &words[i];
	return NULL;
}

/* --- paying --- */

static int
debt_commit(struct paying *p, const struct word *word, struct err *e)
{
	CLEANUP(relation_done) struct relation of = { 0 };
	struct flow_refusal refusal = { 0 };
	struct flow_act act = {
		.machine = p->debt->machine,
		.event = p->debt->event,
		.roles = ROLE_SYSTEM,
		.person = "core",
		.now = p->at,
	};

	p->facts.approvals_verified = true; /* what the cause has proved */
	if (office_relation(p->o, p->d, &of, &p->facts, e) < 0 ||
	    word->data(p, e) < 0)
		return -1;
	act.instance = p->facts.decision;
	act.data = p->w->data;
	p->facts.owed = true;
	if (flow_decide(p->d, &act, &p->facts, &p->w->plan, &refusal, e) < 0)
		return -1;
	/* The signer first: what it has proved may then be recorded. */
	if (word->of_term && office_interim_end(p->o, p->d, &p->interim, e) < 0)
		return -1;
	p->w->plan.role = ROLE_SYSTEM;
	p->w->actor = "core";
	p->w->cause = p->debt->cause;
	p->w->effective_at = p->at;
	return office_commit_alone(p->o, p->d, p->w, e);
}

/*
 * At the instant of the cause: what the clock brings after it comes after it,
 * also when a crash lay between the two.
 */
static int
debt_pay(struct office *o, const struct debt *debt, struct err *e)
{
	CLEANUP(act_write_done) struct act_write w;
	CLEANUP(jsonx_freep) struct json *cause = NULL;
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	const struct word *word = word_find(debt);
	struct paying p = { .o = o, .debt = debt, .w = &w };

	act_write_init(&w);
	if (word == NULL)
		return err_set(e, E_STORE_CORRUPT, "%s.%s is owed to nobody",
		    machine_name(debt->machine), debt->event);
	if (cause_read(o, debt, &cause, e) < 0 ||
	    office_load(o, debt->dossier, &d, e) < 0)
		return -1;
	p.cause = cause;
	p.at = effect_of(cause);
	p.d = d;
	p.facts.scheme = scheme_find(o->schemes, d->scheme);
	if (office_clock(o, d, p.at, e) < 0 || debt_commit(&p, word, e) < 0)
		return -1;
	if (p.interim)
		office_list_due(o, d);
	return word->of_term ? office_issue(o, d, e) : 0;
}

/* The word at `at` follows one of the same cases that could not be said. */
static bool
waits(const struct debts *l, size_t at)
{
	const struct debt *one = &l->list[at];

	for (size_t i = 0; i < at; i++) {
		const struct debt *stuck = &l->list[i];

		if (strcmp(stuck->dossier, one->dossier) == 0 ||
		    strcmp(stuck->source, one->source) == 0 ||
		    strcmp(stuck->dossier, one->source) == 0 ||
		    strcmp(stuck->source, one->dossier) == 0)
			return true;
	}
	return false;
}

/*
 * The next word, after so many that are stuck.  A case in trouble does not
 * hold up the others; a signer that is away does.
 */
static int
settle_next(struct office *o, size_t *stuck, bool *any, struct err *e)
{
	CLEANUP(debts_done) struct debts l = { 0 };
	struct err why = ERR_INIT;

	if (index_owed_list(o->index, debt_fn, &l, e) < 0)
		return -1;
	*any = *stuck < l.n;
	if (!*any)
		return 0;
	if (!waits(&l, *stuck) && debt_pay(o, &l.list[*stuck], &why) == 0)
		return 0;
	if (why.code == E_UNAVAILABLE) {
		*e = why;
		return -1;
	}
	if (why.code != E_OK)
		log_err("owed.stuck", &why, l.list[*stuck].dossier);
	++*stuck;
	return 0;
}

int
office_owed_settle(struct office *o, struct err *e)
{
	size_t stuck = 0;
	bool any = true;
	int rv = 0;

	if (o->paying)
		return 0; /* the loop below sees what came meanwhile */
	o->paying = true;
	while (rv == 0 && any)
		rv = settle_next(o, &stuck, &any, e);
	o->paying = false;
	o->owing = rv < 0 || stuck > 0;
	return rv;
}

int
office_owed_check(struct office *o, const struct dossier *d, struct err *e)
{
	CLEANUP(debts_done) struct debts l = { 0 };

	if (!o->owing || o->paying)
		return 0;
	if (index_owed_list(o->index, debt_fn, &l, e) < 0)
		return -1;
	for (size_t i = 0; i < l.n; i++)
		if (strcmp(l.list[i].dossier, d->id) == 0 ||
		    strcmp(l.list[i].source, d->id) == 0)
			return err_set(e, E_UNAVAILABLE,
			    "another case is owed a word first: try again");
	return 0;
}
