/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and policies that officers decided on: frozen, carried out. */
#include <stdio.h>
#include <string.h>

#include "body_int.h"
#include "nintei/derive_entry.h"
#include "nintei/term.h"

#define DIFF_BYTES KIB(16) /* of a decision's summary */

const char *
detail_text(const struct json *detail, const char *key)
{
	const char *text = jsonx_get_str(detail, key);

	return text == NULL ? "" : text;
}

/*
 * Refuse with one guard by name, as the tables would (E_FLOW_GUARD): an act
 * that a decision prepares is refused before officers sign in vain.
 */
static int
refuse_early(struct visit *v, enum machine m, enum state from,
    const char *event, enum guard g, struct err *e)
{
	const struct flow_row *row = flow_row_find(m, from, event);
	struct flow_refusal *r = &v->refusal;

	r->machine = m;
	r->state = from;
	snprintf(r->event, sizeof(r->event), "%s", event);
	r->article = row == NULL ? "" : row->article;
	r->failed[0] = g;
	r->n_failed = 1;
	return err_set(e, E_FLOW_GUARD, "%s.%s: %s, Art. %s", machine_name(m),
	    event, guard_name(g), r->article);
}

/* --- freezing --- */

/* The text is in lines; what is too long is cut, and says so itself. */
static int
rules_detail(struct draft *f, const struct scheme *from,
    const struct scheme *to, const char *day, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *detail = scheme_rules_detail(to, day);
	CLEANUP(buf_free) struct buf text = BUF_INIT(DIFF_BYTES);

	if (from != NULL)
		scheme_diff_text(from, to, &text);
	jsonx_set_str(detail, "diff", buf_str(&text));
	if (draft_put_subject(f, "22", e) < 0)
		return -1;
	/* It rests on the files that it names, not on papers of the case. */
	jsonx_del(f->fields, "case_basis");
	return draft_put_detail(f, detail, e);
}

/* The event that the committee deliberated on: its draft, as last revised. */
static int
drafted(const struct draft *f, struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);

	for (int64_t seq = f->d->seq; seq > 0; seq--) {
		CLEANUP(jsonx_freep) struct json *j = NULL;
		const char *word;

		buf_reset(&text);
		if (store_event_get(f->v->o->store, f->d->id, (uint64_t)seq,
			&text, e) < 0 ||
		    jsonx_parse(buf_slice(&text), LIMIT_EVENT_BYTES, &j, e) < 0)
			return -1;
		word = jsonx_get_str(j, "event");
		if (strcmp(jsonx_get_str(j, "instance"), f->instance) != 0 ||
		    (strcmp(word, "draft") != 0 && strcmp(word, "revise") != 0))
			continue;
		*out = jsonx_dup(jsonx_get(j, "data"));
		return 0;
	}
	return err_set(e, E_NOT_FOUND, "there is no such draft");
}

/* notice_enough: effective_from >= today + rule_notice_days. */
static bool
notice_enough(const struct draft *f, const char *day)
{
	struct jday from, today = jday_of_instant(f->v->now);
	struct err none = ERR_INIT;
	int days = (int)f->scheme->params.rule_notice_days;

	return jday_parse(day, &from, &none) == 0 &&
	    jday_cmp(from, jday_add_days(today, days)) >= 0;
}

/* What was deliberated on is what lies there now, byte for byte. */
static int
fill_adopt(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *data = NULL;
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	CLEANUP(scheme_freep) struct scheme *s = NULL;

	if (draft_open(f, M_RULES, f->instance, e) < 0 ||
	    drafted(f, &data, e) < 0 ||
	    candidate_read(f->v->o, f->d->scheme,
		detail_text(data, "policy_version"), &s, e) < 0)
		return -1;
	detail = scheme_rules_detail(s, s->rule_version);
	if (!jsonx_equal(jsonx_get(detail, "files"), jsonx_get(data, "files")))
		return err_set(e, E_INPUT,
		    "versions/%s has changed since it was deliberated on: "
		    "revise",
		    s->rule_version);
	if (!notice_enough(f, s->rule_version))
		return refuse_early(f->v, M_RULES, S_RULES_DELIBERATED, "adopt",
		    G_NOTICE_ENOUGH, e);
	return rules_detail(f, f->scheme, s, s->rule_version, e);
}

static int
fill_rescind(struct draft *f, struct err *e)
{
	const struct dossier_rules *r;
	const struct scheme *s;

	if (draft_open(f, M_RULES, f->instance, e) < 0)
		return -1;
	r = dossier_rules_find(f->d, f->instance);
	s = r == NULL ? NULL
		      : scheme_of_version(
			    f->v->o->schemes, f->d->scheme, r->policy_version);
	if (s == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such version");
	return rules_detail(f, f->scheme, s, r->effective_from, e);
}

/* What genesis installed, confirmed by officers: 附則. */
static int
fill_import(struct draft *f, struct err *e)
{
	const struct scheme *s =
	    scheme_in_force(f->v->o->schemes, f->d->scheme, f->v->now);
	int64_t from = INT64_MIN;

	if (s == NULL)
		return err_set(
		    e, E_FLOW_STEP, "no version of the regulation is in force");
	if (dossier_last(f->d, M_RULES) != NULL ||
	    scheme_coming(f->v->o->schemes, f->d->scheme, from, &from) != NULL)
		return err_set(e, E_FLOW_STEP,
		    "only what was installed is imported, before any draft");
	f->instance = s->rule_version;
	return rules_detail(f, NULL, s, s->rule_version, e);
}

int
fill_rules(struct draft *f, struct err *e)
{
	static const struct {
		const char *outcome;
		int (*fill)(struct draft *f, struct err *e);
	} words[] = {
		{ "import", fill_import },
		{ "adopt", fill_adopt },
		{ "rescind", fill_rescind },
	};

	if (f->scheme == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such scheme");
	for (size_t i = 0; i < NELEM(words); i++)
		if (strcmp(words[i].outcome, f->outcome) != 0)
			continue;
		else if (i > 0 && f->instance == NULL)
			return err_set(
			    e, E_INPUT, "data.instance: want the version");
		else
			return words[i].fill(f, e);
	return err_set(e, E_INPUT, "data.outcome: want import, adopt, rescind");
}

/* --- kind policy: an act of the body --- */

int
begin_policy(struct command *c, struct err *e)
{
	const char *id = c->d->id + strlen("policy-");

	if (scheme_find(c->v->o->schemes, id) == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such case");
	snprintf(c->d->scheme, sizeof(c->d->scheme), "%s", id);
	return 0;
}

/* The version that the new one continues: in force on the day before. */
static const struct scheme *
policy_base(const struct office *o, const char *id, const char *day)
{
	struct err none = ERR_INIT;
	int64_t at;

	if (office_effect_day(day, &at, &none) < 0)
		return NULL;
	return scheme_in_force(o->schemes, id, at - 1);
}

/*
 * A policy begins at a midnight that lies ahead, continues what is in force
 * until then, and nothing comes after it: policies are decided in order.
 */
static int
policy_day(const struct draft *f, const char *day, struct err *e)
{
	int64_t at, from;

	if (office_effect_day(day, &at, e) < 0)
		return err_wrap(e, "data.detail.effective_from");
	if (at <= f->v->now)
		return err_set(e, E_INPUT,
		    "data.detail.effective_from: want a day that lies ahead");
	if (scheme_coming(f->v->o->schemes, f->d->scheme, at - 1, &from) !=
	    NULL)
		return err_set(e, E_INPUT,
		    "data.detail.effective_from: another version begins on or "
		    "after it");
	return 0;
}

int
fill_policy(struct draft *f, struct err *e)
{
	const struct json *asked = jsonx_get(f->data, "detail");
	const char *day = detail_text(asked, "effective_from");
	CLEANUP(scheme_freep) struct scheme *s = NULL;
	const struct scheme *base;

	if (policy_day(f, day, e) < 0 ||
	    candidate_read(f->v->o, f->d->scheme,
		detail_text(asked, "policy_version"), &s, e) < 0)
		return -1;
	base = policy_base(f->v->o, f->d->scheme, day);
	if (base == NULL)
		return err_set(
		    e, E_FLOW_STEP, "no version of the regulation is in force");
	if (scheme_policy_check(base, s, e) < 0)
		return -1;
	return rules_detail(f, base, s, day, e);
}

/* --- carrying out --- */

/* What lies there must be what the officers signed. */
static int
signed_version(const struct execution *x, struct scheme **out, struct err *e)
{
	CLEANUP(scheme_freep) struct scheme *s = NULL;

	if (candidate_read(x->o, x->d->scheme,
		detail_text(x->detail, "policy_version"), &s, e) < 0)
		return -1;
	if (!scheme_rules_match(s, x->detail))
		return err_set(e, E_FLOW_STEP,
		    "versions/ no longer holds the files that the decision "
		    "names");
	*out = TAKE(s);
	return 0;
}

/* s: the version whose files the signer takes; NULL: it has them. */
static int
note(struct execution *x, const struct scheme *s, struct err *e)
{
	CLEANUP(buf_free) struct buf detail = BUF_INIT(LIMIT_DECISION_BYTES);
	CLEANUP(freep) struct sign_note *m = xcalloc(1, sizeof(*m));
	const char *name;

	jsonx_canonical(x->detail, &detail);
	sign_proof_of(x->proof, &m->proof);
	m->detail = buf_slice(&detail);
	while (s != NULL && m->n_files < SIGN_FILES_MAX &&
	    scheme_file(s, m->n_files, &name, &m->files[m->n_files].bytes)) {
		snprintf(m->files[m->n_files].name, sizeof(m->files[0].name),
		    "%s", name);
		m->n_files++;
	}
	return signer_note_decision(&x->o->signer, m, e);
}

static void
say(struct execution *x)
{
	static const char *const texts[] = { "policy_version",
		"effective_from" };

	for (size_t i = 0; i < NELEM(texts); i++)
		jsonx_set_str(
		    x->w->data, texts[i], detail_text(x->detail, texts[i]));
	jsonx_set(
	    x->w->data, "files", jsonx_dup(jsonx_get(x->detail, "files")));
}

/* Files and signer's note first: a crash leaves the decision approved. */
static int
bring(struct execution *x, struct err *e)
{
	CLEANUP(scheme_freep) struct scheme *s = NULL;

	if (signed_version(x, &s, e) < 0 || note(x, s, e) < 0)
		return -1;
	candidate_files(s, x->w);
	say(x);
	return 0;
}

int
prepare_rules(struct execution *x, struct err *e)
{
	if (strcmp(x->dec->outcome, "adopt") == 0)
		return bring(x, e) < 0
		    ? -1
		    : office_publish_kind(x->o, x->d, PUBLICATION_rules,
			  x->detail, x->dec, x->w->data, e);
	if (strcmp(x->dec->outcome, "rescind") == 0)
		return note(x, NULL, e);
	say(x);
	return 0;
}

/* Into memory what the tree has now. */
static int
enact(struct execution *x, struct err *e)
{
	const char *version = detail_text(x->detail, "policy_version");
	const char *day = detail_text(x->detail, "effective_from");
	int64_t from;

	if (office_version_take(x->o, x->d->scheme, version, e) < 0 ||
	    office_effect_day(day, &from, e) < 0)
		return -1;
	return scheme_set_enact(x->o->schemes, x->d->scheme, version, from, e);
}

int
after_rules(struct execution *x, struct err *e)
{
	const char *outcome = decision_get(x->proof->decision, "outcome");

	if (strcmp(outcome, "adopt") == 0)
		return enact(x, e);
	if (strcmp(outcome, "rescind") == 0)
		scheme_set_repeal(x->o->schemes, x->d->scheme,
		    detail_text(x->detail, "rule_version"));
	return 0;
}

int
execute_policy(struct execution *x, struct err *e)
{
	int64_t from;

	/* Decided in time: what it would have changed may have passed. */
	if (office_effect_day(
		detail_text(x->detail, "effective_from"), &from, e) < 0)
		return -1;
	if (from <= x->now)
		return err_set(e, E_FLOW_STEP, "its day has passed");
	if (bring(x, e) < 0)
		return -1;
	x->w->plan.article = "22";
	if (office_commit(x->o, x->d, x->w, e) < 0)
		return -1;
	return enact(x, e);
}
