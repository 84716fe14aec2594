/* SPDX-License-Identifier: Apache-2.0 */
/* A scheme as a document: GET /v1/schemes and the snapshot of policies. */
#include "nintei/scheme.h"

#include <string.h>

static struct json *
texts_json(const char *const *texts, size_t n)
{
	struct json *a = jsonx_array();
	size_t i;

	for (i = 0; i < n; i++)
		jsonx_add_str(a, texts[i]);
	return a;
}

static struct json *
kinds_json(unsigned kinds)
{
	struct json *a = jsonx_array();
	enum dossier_kind k;

	for (k = DOSSIER_NEW; k < DOSSIER_MAX; k++)
		if ((kinds & DOSSIER_BIT(k)) != 0)
			jsonx_add_str(a, dossier_kind_name(k));
	return a;
}

/* A text that is left out when it is empty. */
static void
set_some(struct json *o, const char *key, const char *text)
{
	if (text[0] != '\0')
		jsonx_set_str(o, key, text);
}

static struct json *
versions_json(const struct scheme *s)
{
	struct json *a = jsonx_array();
	struct json *o;
	size_t i;

	for (i = 0; i < s->n_versions; i++) {
		o = jsonx_object();
		jsonx_set_str(o, "rule_version", s->versions[i].rule_version);
		jsonx_set_str(
		    o, "policy_version", s->versions[i].policy_version);
		set_some(o, "text", s->versions[i].text);
		set_some(o, "sha256", s->versions[i].sha256);
		jsonx_add(a, o);
	}
	return a;
}

static struct json *
slots_json(const struct scheme *s)
{
	struct json *a = jsonx_array();
	struct json *o;
	size_t i;

	for (i = 0; i < s->n_slots; i++) {
		o = jsonx_object();
		jsonx_set_str(o, "role", s->slots[i].role);
		set_some(o, "alternative", s->slots[i].alternative);
		jsonx_set_bool(o, "required", s->slots[i].required);
		jsonx_set(o, "kinds", kinds_json(s->slots[i].kinds));
		jsonx_set_str(o, "article", s->slots[i].article);
		jsonx_add(a, o);
	}
	return a;
}

static struct json *
fees_json(const struct scheme *s)
{
	struct json *a = jsonx_array();
	struct json *o;
	char from[JDAY_TEXT];
	size_t i;

	for (i = 0; i < s->n_fees; i++) {
		o = jsonx_object();
		jsonx_set_str(o, "kind", dossier_kind_name(s->fees[i].kind));
		jsonx_set_bool(o, "member", s->fees[i].member);
		jsonx_set_int(o, "amount", s->fees[i].amount);
		jsonx_set_str(o, "from", jday_format(s->fees[i].from, from));
		jsonx_add(a, o);
	}
	return a;
}

static struct json *
criterion_json(const struct criterion *c)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, "id", c->id);
	jsonx_set_str(o, "group", c->group);
	jsonx_set_str(o, "item", c->item);
	jsonx_set_str(o, "written", c->written);
	jsonx_set_str(
	    o, "requirement", c->mandatory ? "mandatory" : "optional");
	set_some(o, "check", criterion_check_name(c->check));
	set_some(o, "op", threshold_op_name(c->op));
	set_some(o, "value", c->value);
	set_some(o, "unit", c->unit);
	if (c->n_choices > 0)
		jsonx_set(o, "choices", texts_json(c->choices, c->n_choices));
	jsonx_set_str(o, "provenance", c->provenance);
	return o;
}

static struct json *
criteria_json(const struct scheme *s)
{
	struct json *a = jsonx_array();
	size_t i;

	for (i = 0; i < s->n_criteria; i++)
		jsonx_add(a, criterion_json(&s->criteria[i]));
	return a;
}

static struct json *
form_json(const struct scheme *s)
{
	struct json *a = jsonx_array();
	const struct form_field *f;
	struct json *o;
	size_t i;

	for (i = 0; i < s->n_form_a; i++) {
		f = &s->form_a[i];
		o = jsonx_object();
		jsonx_set_str(o, "id", f->id);
		jsonx_set_str(o, "label_ja", f->label_ja);
		jsonx_set_str(o, "label_en", f->label_en);
		jsonx_set_str(o, "type", form_type_name(f->type));
		jsonx_set(o, "required", kinds_json(f->required));
		jsonx_set_int(o, "max_chars", f->max_chars);
		jsonx_set_str(o, "tag", f->tag);
		jsonx_add(a, o);
	}
	return a;
}

static struct json *
params_json(const struct scheme *s)
{
	struct json *o = jsonx_object();
	struct json *quorum = jsonx_object();
	struct param_value v;
	const char *kind;
	size_t i;

	for (i = 0; params_at(&s->params, i, &v); i++)
		jsonx_set_str(o, v.key, v.text);
	for (i = 0; (kind = params_quorum_kind(i)) != NULL; i++)
		jsonx_set_int(quorum, kind, params_quorum(&s->params, kind));
	jsonx_set(o, "quorum", quorum);
	return o;
}

static struct json *
profile_json(const struct scheme_profile *p)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, "policy_oid", p->policy_oid);
	jsonx_set_str(o, "ca_name", p->ca_name);
	jsonx_set_int(o, "ca_years", p->ca_years);
	jsonx_set_str(o, "cps_path", p->cps_path);
	set_some(o, "user_notice", p->user_notice);
	jsonx_set_str(o, "guideline", p->guideline);
	jsonx_set_str(o, "designated_path", p->designated_path);
	jsonx_set_str(o, "mark_path", p->mark_path);
	jsonx_set_bool(o, "document_signing", p->document_signing);
	return o;
}

static struct json *
proofs_json(const struct scheme *s)
{
	struct json *a = jsonx_array();
	struct json *o;
	size_t i;

	for (i = 0; i < s->n_proofs; i++) {
		o = jsonx_object();
		jsonx_set_str(o, "role", s->proofs[i].role);
		jsonx_set_str(o, "form", s->proofs[i].form);
		jsonx_set_str(o, "grade", s->proofs[i].grade);
		jsonx_set_int(o, "max_months", s->proofs[i].max_age.months);
		jsonx_set_int(o, "max_days", s->proofs[i].max_age.days);
		jsonx_add(a, o);
	}
	return a;
}

static struct json *
slips_json(const struct scheme *s)
{
	struct json *a = jsonx_array();
	struct json *o;
	size_t i;

	for (i = 0; i < s->n_slips; i++) {
		o = jsonx_object();
		jsonx_set_str(o, "article", s->slips[i].article);
		jsonx_set_str(o, "text", s->slips[i].text);
		jsonx_set_str(o, "note", s->slips[i].note);
		jsonx_add(a, o);
	}
	return a;
}

static struct json *
remarks_json(const struct scheme *s)
{
	struct json *a = jsonx_array();

	for (size_t i = 0; i < s->n_remarks; i++) {
		struct json *o = jsonx_object();

		jsonx_set_str(o, "about", s->remarks[i].about);
		jsonx_set_str(o, "known", s->remarks[i].known);
		set_some(o, "source", s->remarks[i].source);
		jsonx_set_str(o, "note", s->remarks[i].note);
		jsonx_add(a, o);
	}
	return a;
}

static struct json *
guideline_json(const struct scheme *s)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, "name", s->guideline.name);
	jsonx_set_str(o, "publisher", s->guideline.publisher);
	jsonx_set_str(o, "date", s->guideline.date);
	return o;
}

static void
set_rules(struct json *o, const struct scheme *s)
{
	jsonx_set_str(o, "number_prefix", s->number_prefix);
	jsonx_set_int(o, "term_years", s->term_years);
	jsonx_set_int(o, "renewal_opens_days", s->renewal_opens_days);
	jsonx_set_int(o, "renewal_closes_days", s->renewal_closes_days);
	jsonx_set_int(o, "bar_years", s->bar_years);
	jsonx_set(o, "publish_items",
	    texts_json(s->publish_items, s->n_publish_items));
	jsonx_set_str(o, "mark_other_scope", s->mark_other_scope);
	jsonx_set(o, "mark_media", texts_json(s->mark_media, s->n_mark_media));
	jsonx_set_str(o, "papers_to", s->papers_to);
	jsonx_set(o, "users", texts_json(s->users, s->n_users));
	set_some(o, "compares", s->compares);
	set_some(o, "delegate_knowledge", s->delegate_knowledge);
	jsonx_set(o, "slips", slips_json(s));
	jsonx_set(o, "slots", slots_json(s));
	jsonx_set(o, "fees", fees_json(s));
	jsonx_set(o, "remarks", remarks_json(s));
}

struct json *
scheme_json(const struct scheme *s)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, "schema", "nintei.scheme/1");
	jsonx_set_str(o, "id", s->id);
	jsonx_set_str(o, "name_ja", s->name_ja);
	jsonx_set_str(o, "name_en", s->name_en);
	jsonx_set(o, "classes", texts_json(s->classes, s->n_classes));
	jsonx_set(o, "guideline", guideline_json(s));
	jsonx_set(o, "versions", versions_json(s));
	jsonx_set_str(o, "rule_version", s->rule_version);
	jsonx_set_str(o, "policy_version", s->policy_version);
	set_rules(o, s);
	jsonx_set(o, "proofs", proofs_json(s));
	jsonx_set(o, "profile", profile_json(&s->profile));
	jsonx_set(o, "params", params_json(s));
	jsonx_set(o, "form_a", form_json(s));
	jsonx_set(o, "criteria", criteria_json(s));
	return o;
}

struct json *
scheme_set_json(const struct scheme_set *set)
{
	struct json *o = jsonx_object();
	struct json *items = jsonx_array();
	const struct scheme *s;
	struct json *item;
	size_t i;

	for (i = 0; (s = scheme_at(set, i)) != NULL; i++) {
		item = jsonx_object();
		jsonx_set_str(item, "id", s->id);
		jsonx_set_str(item, "name_ja", s->name_ja);
		jsonx_set_str(item, "name_en", s->name_en);
		jsonx_set(item, "versions", versions_json(s));
		jsonx_add(items, item);
	}
	jsonx_set(o, "items", items);
	return o;
}
