/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of decision about a certified service: Arts. 11, 15 to 17, 20. */
#include "freeze_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/term.h"
#include "nintei/text.h"
#include "nintei/themes.h"

#define TEXT_MAX 8000 /* of what is published, in bytes */

/* A day that lies ahead: of a due date, a survey, a review. */
static int
day_ahead(const struct draft *f, const char *member, struct err *e)
{
	const char *text = jsonx_get_str(f->data, member);
	struct jday day;

	if (text == NULL)
		return err_set(e, E_INPUT, "data.%s: want a date", member);
	if (jday_parse(text, &day, e) < 0)
		return err_wrap(e, "data.%s", member);
	if (jday_cmp(day, jday_of_instant(f->v->now)) <= 0)
		return err_set(
		    e, E_INPUT, "data.%s: want a day to come", member);
	return 0;
}

/* A member as it was sent, if it was. */
static void
copy(const struct json *from, const char *member, struct json *detail)
{
	const struct json *j = jsonx_get(from, member);

	if (j != NULL)
		jsonx_set(detail, member, jsonx_dup(j));
}

static int
detail_end(struct draft *f, const char *article, const struct json *detail,
    struct err *e)
{
	if (draft_put_detail(f, detail, e) < 0)
		return -1;
	draft_put_party(f);
	return draft_put_subject(f, article, e);
}

/* --- Art. 15(2)(3) --- */

/* The survey: its day, and whether its cost is charged (15(3)). */
int
fill_survey15(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *detail = jsonx_object();

	if (draft_open(f, M_COMPLIANCE, "1", e) < 0 ||
	    day_ahead(f, "survey_on", e) < 0)
		return -1;
	jsonx_set_str(detail, "schema", "nintei.survey15/1");
	copy(f->data, "survey_on", detail);
	jsonx_set_bool(detail, "cost_charged",
	    jsonx_get_bool(f->data, "cost_charged", false));
	return detail_end(f, "15(2)(3)", detail, e);
}

/* --- Art. 16 --- */

int
fill_improvement(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *detail = jsonx_object();
	struct jday day = jday_add_days(jday_of_instant(f->v->now),
	    (int)f->scheme->params.improvement_due_days);
	const char *due = jsonx_get_str(f->data, "due_on");
	char text[JDAY_TEXT];

	if (draft_open(f, M_COMPLIANCE, "1", e) < 0)
		return -1;
	if (due != NULL && jday_parse(due, &day, e) < 0)
		return err_wrap(e, "data.due_on");
	if (jday_cmp(day, jday_of_instant(f->v->now)) <= 0)
		return err_set(e, E_INPUT, "data.due_on: want a day to come");
	jsonx_set_str(detail, "schema", "nintei.improvement/1");
	jsonx_set_str(detail, "due_on", jday_format(day, text));
	return detail_end(f, "16(1)", detail, e);
}

/* What the register shows of the certification anyway. */
static bool
is_registered(
    const struct dossier_certification *c, const struct sec_str *value)
{
	return sec_is(value, c->service) || sec_is(value, c->operator_name) ||
	    sec_is(value, c->corporate_number);
}

/* Does the text say something that nobody outside may read (Art. 20)? */
static int
withheld_check(const struct draft *f, const struct sec_doc *said,
    const char *text, struct err *e)
{
	const struct dossier *d = f->d;

	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];

		if (m->machine == M_WITHHOLDING && !state_is_final(m->state) &&
		    sec_is_told(sec_get(said, "form_b", m->instance), text))
			return err_set(e, E_INPUT,
			    "data.text says what is withheld (item %s)",
			    m->instance);
	}
	return 0;
}

/* As notices of a change have it, recorded or not. */
static int
changes_check(const struct draft *f, const char *text, struct err *e)
{
	CLEANUP(changes_done) struct changes told = { 0 };

	if (office_changes(f->v->o, f->d, -1, &told, e) < 0)
		return -1;
	for (size_t i = 0; i < told.n; i++)
		if (withheld_check(f, told.list[i].said, text, e) < 0)
			return -1;
	return 0;
}

/* Items that are withheld, and what form A says: contacts and people. */
static int
secrets_check(const struct draft *f, const char *text, struct err *e)
{
	const struct dossier *d = f->d;

	if (withheld_check(f, f->secret, text, e) < 0 ||
	    changes_check(f, text, e) < 0)
		return -1;
	for (size_t i = 0; i < f->scheme->n_form_a; i++) {
		const char *id = f->scheme->form_a[i].id;
		const struct sec_str *value = sec_get(f->secret, "form_a", id);

		if (sec_is_told(value, text) &&
		    !is_registered(&d->certification, value))
			return err_set(e, E_INPUT,
			    "data.text says what only form A says (%s)", id);
	}
	return 0;
}

static int
public_text(const struct draft *f, struct err *e)
{
	const char *text = jsonx_get_str(f->data, "text");

	if (text == NULL || text[0] == '\0' || strlen(text) > TEXT_MAX)
		return err_set(e, E_INPUT,
		    "data.text: want the text that is published, up to %d "
		    "bytes, without what Art. 20 keeps secret",
		    TEXT_MAX);
	return secrets_check(f, text, e);
}

/* What is published is a member of its own, and the officers sign it. */
int
fill_publish_improvement(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *detail = jsonx_object();

	if (draft_open(f, M_COMPLIANCE, "1", e) < 0 || public_text(f, e) < 0)
		return -1;
	jsonx_set_str(detail, "schema", "nintei.publish_improvement/1");
	copy(f->data, "text", detail);
	return detail_end(f, "16(2),20", detail, e);
}

/* A request that was published has a published outcome. */
int
fill_improvement_closed(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *detail = jsonx_object();

	if (draft_open(f, M_COMPLIANCE, "1", e) < 0)
		return -1;
	if (f->d->compliance.improvement_public && public_text(f, e) < 0)
		return -1;
	jsonx_set_str(detail, "schema", "nintei.improvement_closed/1");
	if (f->d->compliance.improvement_public)
		copy(f->data, "text", detail);
	return detail_end(f, "16", detail, e);
}

/* --- Art. 17 --- */

/* Frozen once more: evidence and grounds are those of the proposal. */
static int
revoke_again(struct draft *f, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	CLEANUP(freep) char *path = NULL;
	const struct dossier_decision *last = NULL;

	for (size_t i = 0; i < f->d->n_decisions; i++)
		if (strcmp(f->d->decisions[i].kind, f->kind) == 0)
			last = &f->d->decisions[i];
	if (last == NULL)
		return err_set(e, E_FLOW_STEP, "no revocation was proposed");
	path = xasprintf("decisions/%s/detail.json", last->id);
	if (store_file_get(f->v->o->store, f->d->id, path, &b, e) < 0 ||
	    jsonx_parse_canonical(
		buf_slice(&b), LIMIT_DECISION_BYTES, &detail, e) < 0)
		return -1;
	draft_put(f, "grounds", last->grounds);
	return detail_end(f, "17(1)", detail, e);
}

/* Grounds, their evidence and the findings: what the officers sign for. */
int
fill_revoke(struct draft *f, struct err *e)
{
	static const char *const said[] = { "evidence", "no_just_reason",
		"false_answer", "tort", "violation", "setup_changed", "doubt" };
	CLEANUP(jsonx_freep) struct json *detail = jsonx_object();

	if (jsonx_get(f->data, "kind") != NULL)
		return revoke_again(f, e);
	jsonx_set_str(detail, "schema", "nintei.revocation/1");
	for (size_t i = 0; i < NELEM(said); i++)
		copy(f->data, said[i], detail);
	draft_put(f, "grounds", jsonx_get_str(f->data, "grounds"));
	return detail_end(f, "17(1)", detail, e);
}

int
fill_revocation_drop(struct draft *f, struct err *e)
{
	if (draft_open(f, M_COMPLIANCE, "1", e) < 0)
		return -1;
	draft_put_party(f);
	return draft_put_subject(f, "17(1)", e);
}

/* --- Art. 20 --- */

/* Refuse as the guard will when the decision is carried out. */
static int
disclosure_refuse(struct draft *f, enum guard g, struct err *e)
{
	struct flow_refusal *r = &f->v->refusal;

	r->machine = M_DISCLOSURE;
	r->state = S_DISCLOSURE_REQUESTED;
	r->article = g == G_ORDER_EXECUTED ? "20(3)" : "20(2)";
	r->failed[0] = g;
	r->n_failed = 1;
	snprintf(r->event, sizeof(r->event), "%s", f->outcome);
	return err_set(e, E_FLOW_GUARD, "disclosure.%s: %s, Art. %s",
	    f->outcome, guard_name(g), r->article);
}

/* An executed order, or an item of 20(2) with evidence. */
static int
disclosure_ground(struct draft *f, const struct dossier_disclosure *of,
    struct json *detail, struct err *e)
{
	if (strcmp(f->outcome, "compelled") == 0) {
		if (of->order[0] == '\0')
			return disclosure_refuse(f, G_ORDER_EXECUTED, e);
		jsonx_set_str(detail, "order", of->order);
		return 0;
	}
	if (theme_exception(of->exception) == NULL || !of->evidence)
		return disclosure_refuse(f, G_EXCEPTION_SHOWN, e);
	jsonx_set_int(detail, "exception", of->exception);
	return 0;
}

/* What is permitted is what was asked for: the order's objects, no more. */
int
fill_disclosure(struct draft *f, struct err *e)
{
	const char *instance = jsonx_get_str(f->data, "instance");
	CLEANUP(jsonx_freep) struct json *detail = jsonx_object();
	struct json *objects = jsonx_array();
	const struct dossier_disclosure *of =
	    instance == NULL ? NULL : dossier_disclosure_find(f->d, instance);

	jsonx_set(detail, "objects", objects);
	if (of == NULL)
		return err_set(e, E_INPUT, "data.instance: no such request");
	if (draft_open(f, M_DISCLOSURE, of->instance, e) < 0)
		return -1;
	for (size_t i = 0; i < of->n_objects; i++)
		jsonx_add(objects, jsonx_int(of->objects[i]));
	jsonx_set_str(detail, "schema", "nintei.disclosure/1");
	jsonx_set_str(detail, "instance", of->instance);
	jsonx_set_str(detail, "outcome", f->outcome);
	jsonx_set_str(detail, "recipient", of->recipient);
	if (disclosure_ground(f, of, detail, e) < 0)
		return -1;
	f->instance = of->instance;
	return detail_end(f, "20", detail, e);
}
