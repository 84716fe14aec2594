/* SPDX-License-Identifier: Apache-2.0 */
/* Forms A and B against the scheme: shape, required fields, kinds, lengths. */
#include "intake_int.h"
#include <stdlib.h>
#include <string.h>

static const struct shape_key form_keys[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "fields", JSON_KIND_OBJECT, true },
};

/* The object of the fields instead of the document; NULL if it has none. */
static void
open_form(
    struct check *c, struct json **form, const char *member, const char *schema)
{
	struct json *doc = *form;
	const char *have = jsonx_get_str(doc, "schema");

	shape_check(
	    c->f, IR_FORM_SHAPE, member, "", doc, form_keys, NELEM(form_keys));
	if (have != NULL && strcmp(have, schema) != 0)
		rule_add(c->f, IR_FORM_SHAPE, member, "schema", schema);
	*form = jsonx_kind(jsonx_get(doc, "fields")) == JSON_KIND_OBJECT
	    ? jsonx_dup(jsonx_get(doc, "fields"))
	    : NULL;
	jsonx_free(doc);
}

/* The text of a field after the checks that all share; NULL: not usable. */
static char *
common_check(struct check *c, const char *member, const char *id,
    const struct json *j, size_t max_chars)
{
	CLEANUP(freep) char *text = value_text(j);
	size_t n;

	if (text == NULL) {
		rule_add(c->f, IR_FORM_TYPE, member, id, NULL);
		return NULL;
	}
	if (!value_is_showable(text)) {
		rule_add(c->f, IR_FORM_CHARACTERS, member, id, NULL);
		return NULL;
	}
	if ((n = value_length(text)) > max_chars) {
		CLEANUP(freep) char *what = xasprintf("%zu, %zu", n, max_chars);

		rule_add(c->f, IR_FORM_LENGTH, member, id, what);
		return NULL;
	}
	return TAKE(text);
}

static void
date_check(
    struct check *c, const char *member, const char *id, const char *text)
{
	struct date_reading d;

	date_read(slice_str(text), &d);
	if (!d.ok)
		rule_add(c->f, IR_FORM_DATE, member, id, d.reason);
	else if (d.era_ended)
		rule_add(c->f, IR_FORM_ERA_ENDED, member, id, NULL);
}

static void
number_check(
    struct check *c, const char *member, const char *id, const char *text)
{
	char number[CORPORATE_NUMBER_TEXT];
	enum number_fault fault = registry_number_fold(text, number);

	if (fault != NUMBER_FAULT_NONE)
		rule_add(
		    c->f, IR_FIELD_CHECK, member, id, number_fault_name(fault));
	else if (registry_number_structure(number) == NUMBER_UNUSED)
		rule_add(c->f, IR_NUMBER_UNUSED, member, id, NULL);
}

static void
kind_check(
    struct check *c, const char *member, const char *id, const char *folded)
{
	enum dossier_kind kind = value_kind(folded);

	if (kind == DOSSIER_NONE ||
	    (c->in->kind != DOSSIER_NONE && kind != c->in->kind))
		rule_add(c->f, IR_FORM_KIND, member, id,
		    dossier_kind_name(c->in->kind));
}

static void
class_check(
    struct check *c, const char *member, const char *id, const char *folded)
{
	const struct scheme *s = c->in->scheme;
	CLEANUP(buf_free) struct buf all = BUF_INIT(KIB(4));

	for (size_t i = 0; i < s->n_classes; i++) {
		if (strcmp(s->classes[i], folded) == 0)
			return;
		buf_putf(&all, "%s%s", i > 0 ? ", " : "", s->classes[i]);
	}
	rule_add(c->f, IR_FORM_CLASS, member, id, buf_str(&all));
}

static void
simple_check(struct check *c, bool ok, enum intake_rule rule,
    const char *member, const char *id)
{
	if (!ok)
		rule_add(c->f, rule, member, id, NULL);
}

/* A filled field of form A by its type. */
static void
typed_check(struct check *c, const char *member, const struct form_field *k,
    const char *text)
{
	CLEANUP(freep) char *folded = value_fold(text);

	if (folded == NULL)
		return;
	switch (k->type) {
	case FORM_DATE:
		date_check(c, member, k->id, text);
		break;
	case FORM_URL:
		simple_check(
		    c, value_is_url(folded, false), IR_FORM_URL, member, k->id);
		break;
	case FORM_EMAIL:
		simple_check(
		    c, value_is_email(folded), IR_FORM_EMAIL, member, k->id);
		break;
	case FORM_PHONE:
		simple_check(
		    c, value_is_phone(folded), IR_FORM_PHONE, member, k->id);
		break;
	case FORM_CORPORATE_NUMBER:
		number_check(c, member, k->id, text);
		break;
	case FORM_CERT_NUMBER:
		simple_check(c, scheme_number_valid(folded),
		    IR_FORM_CERT_NUMBER, member, k->id);
		break;
	case FORM_YES_NO:
		simple_check(c, value_answer(folded) != ANSWER_NONE,
		    IR_FORM_YES_NO, member, k->id);
		break;
	case FORM_KIND:
		kind_check(c, member, k->id, folded);
		break;
	case FORM_CLASS:
		class_check(c, member, k->id, folded);
		break;
	case FORM_NONE:
	case FORM_TEXT:
	case FORM_MAX:
		break;
	}
}

static void
field_a_check(struct check *c, const char *member, const struct form_field *k)
{
	const struct json *j = jsonx_get(c->in->form_a, k->id);
	bool number = k->type == FORM_CORPORATE_NUMBER; /* with its dashes */
	CLEANUP(freep)
	char *text =
	    common_check(c, member, k->id, j, number ? 32 : k->max_chars);

	if (text == NULL)
		return;
	if (!value_is_blank(text))
		typed_check(c, member, k, text);
	else if ((k->required & DOSSIER_BIT(c->in->kind)) != 0)
		rule_add(c->f, IR_FORM_REQUIRED, member, k->id, k->label_ja);
}

void
form_a_check(struct check *c)
{
	const struct scheme *s = c->in->scheme;
	const char *member = path_of(c->in, INTAKE_ROLE_FORM_A), *key;
	const struct json *v;

	if (c->in->form_a == NULL)
		return;
	open_form(c, &c->in->form_a, member, "nintei.form-a/1");
	if (s == NULL || c->in->form_a == NULL)
		return;
	for (size_t i = 0; jsonx_member(c->in->form_a, i, &key, &v); i++)
		if (scheme_form_field(s, key) == NULL)
			rule_add(
			    c->f, IR_FORM_UNKNOWN_FIELD, member, key, NULL);
	for (size_t i = 0; i < s->n_form_a; i++)
		field_a_check(c, member, &s->form_a[i]);
}

/* A change notice may bring only what has changed. */
static bool
wants_all(enum dossier_kind k)
{
	return k == DOSSIER_NEW || k == DOSSIER_RENEWAL;
}

static void
item_check(const struct form_b *b, const struct criterion *k)
{
	struct check c = *b->c;
	CLEANUP(freep)
	char *text = common_check(&c, b->member, k->id,
	    jsonx_get(b->fields, k->id), LIMIT_FIELD_CHARS);
	CLEANUP(freep) char *label = xasprintf("%s %s", k->id, k->item);

	if (text == NULL)
		return;
	if (!value_is_blank(text))
		criterion_check(b, k, text);
	else if (k->mandatory && wants_all(c.in->kind) &&
	    criterion_applies(b, k))
		rule_add(c.f, IR_FORM_REQUIRED, b->member, k->id, label);
}

/* The day of the disclosure: the first date of the form, else the receipt. */
static struct jday
disclosure_day(const struct check *c)
{
	const struct scheme *s = c->in->scheme;
	struct date_reading d = { .ok = false };

	for (size_t i = 0; i < s->n_criteria; i++) {
		CLEANUP(freep) char *text = NULL;

		if (s->criteria[i].check != CRITERION_DATE_YMD)
			continue;
		text = field_text(c->in->form_b, s->criteria[i].id);
		date_read(slice_str(text), &d);
		break;
	}
	return d.ok ? d.day : jday_of_instant(c->hint->now);
}

void
form_b_check(struct check *c)
{
	const struct scheme *s = c->in->scheme;
	const char *member = path_of(c->in, INTAKE_ROLE_FORM_B), *key;
	const struct json *v;
	struct form_b b = { .c = c, .member = member };

	if (c->in->form_b == NULL)
		return;
	open_form(c, &c->in->form_b, member, "nintei.form-b/1");
	if (s == NULL || c->in->form_b == NULL)
		return;
	b.fields = c->in->form_b;
	b.as_of = disclosure_day(c);
	for (size_t i = 0; jsonx_member(b.fields, i, &key, &v); i++)
		if (scheme_criterion(s, key) == NULL)
			rule_add(
			    c->f, IR_FORM_UNKNOWN_FIELD, member, key, NULL);
	for (size_t i = 0; i < s->n_criteria; i++)
		item_check(&b, &s->criteria[i]);
}
