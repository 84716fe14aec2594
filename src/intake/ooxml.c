/* SPDX-License-Identifier: Apache-2.0 */
/* Forms that came as the issued workbook: to fields, and back to cells. */
#include "intake_int.h"
#include <stdio.h>
#include <string.h>

#define WORDS 3 /* schema, scheme, version of the policy */
#define WORD_BYTES 64

/* "nintei.form-b/1 iaas-paas-iot 2026-07-01.1" in its words. */
static void
template_split(const char *text, char out[WORDS][WORD_BYTES])
{
	for (size_t i = 0; i < WORDS; i++) {
		size_t n = strcspn(text, " ");

		snprintf(out[i], WORD_BYTES, "%.*s",
		    (int)(n < WORD_BYTES ? n : WORD_BYTES - 1), text);
		text += n;
		text += strspn(text, " ");
	}
}

static bool
is_version(const struct scheme *s, const char *version)
{
	for (size_t i = 0; i < s->n_versions; i++)
		if (strcmp(s->versions[i].policy_version, version) == 0)
			return true;
	return false;
}

/*
 * Rule FORM-TEMPLATE.  False: the fields are those of another form, so that
 * nothing in them can be judged.
 */
static bool
template_check(struct check *c, const char *member, const char *schema,
    const struct json *form)
{
	const struct scheme *s = c->in->scheme;
	const char *template = jsonx_get_str(form, "template");
	char word[WORDS][WORD_BYTES];
	CLEANUP(freep)
	char *want = xasprintf("%s %s", schema, s == NULL ? "" : s->id);

	template_split(template == NULL ? "" : template, word);
	if (strcmp(word[0], schema) != 0 ||
	    (s != NULL && strcmp(word[1], s->id) != 0)) {
		rule_add(c->f, IR_FORM_TEMPLATE, member, NULL, want);
		return false;
	}
	if (s != NULL && !is_version(s, word[2]))
		rule_add(c->f, IR_FORM_TEMPLATE, member, NULL, want);
	return true;
}

/* The same word, apart from blanks and width. */
static bool
says(const struct json *text, const char *want)
{
	CLEANUP(freep) char *is = NULL;
	CLEANUP(freep) char *wanted = value_fold(want);

	if (jsonx_str(text) == NULL || wanted == NULL)
		return false;
	is = value_fold(jsonx_str(text));
	return is != NULL && strcmp(is, wanted) == 0;
}

/* Form B: number, item, what is written, whether it must be. */
static bool
is_row_b(const struct scheme *s, const char *id, const struct json *left)
{
	for (size_t i = 0; i < s->n_criteria; i++) {
		const struct criterion *k = &s->criteria[i];

		if (strcmp(k->id, id) == 0)
			return jsonx_len(left) ==
			    (value_is_blank(k->written) ? 3u : 4u) &&
			    says(jsonx_at(left, 0), k->id) &&
			    says(jsonx_at(left, 1), k->item);
	}
	return true; /* FORM-UNKNOWN_FIELD says so */
}

/* Form A: the name of the field, whether it must be. */
static bool
is_row_a(const struct scheme *s, const char *id, const struct json *left)
{
	const struct form_field *k = scheme_form_field(s, id);

	return k == NULL ||
	    (jsonx_len(left) == 2 && says(jsonx_at(left, 0), k->label_ja));
}

/*
 * Rule FORM-CELL_LABEL: a defined name is not seen, so that it may lead to a
 * cell that a person takes for another field, or does not look at.
 */
static void
rows_check(
    struct check *c, const char *member, bool is_a, const struct json *form)
{
	const struct json *fields = jsonx_get(form, "fields"), *v;
	const struct json *left = jsonx_get(form, "left");
	const struct scheme *s = c->in->scheme;
	const char *id;

	for (size_t i = 0; s != NULL && jsonx_member(fields, i, &id, &v); i++) {
		const struct json *row = jsonx_get(left, id);

		if (jsonx_str(v) == NULL || value_is_blank(jsonx_str(v)))
			continue;
		if (!(is_a ? is_row_a : is_row_b)(s, id, row))
			rule_add(c->f, IR_FORM_CELL_LABEL, member, id, NULL);
	}
}

/* Rules FORM-CELL_TWICE, FORM-CELL_FORMULA. */
static void
doubts_check(struct check *c, const char *member, const struct json *form)
{
	const struct json *doubts = jsonx_get(form, "doubts"), *v;
	const char *id;

	for (size_t i = 0; jsonx_member(doubts, i, &id, &v); i++) {
		const char *word = jsonx_str(v);

		if (word != NULL && strcmp(word, "formula") == 0)
			rule_add(c->f, IR_FORM_CELL_FORMULA, member, id, NULL);
		else
			rule_add(c->f, IR_FORM_CELL_TWICE, member, id, NULL);
	}
}

void
ooxml_form_take(struct check *c, const struct intake_member *m)
{
	bool is_a = m->role == INTAKE_ROLE_FORM_A;
	const char *schema = is_a ? "nintei.form-a/1" : "nintei.form-b/1";
	struct json **place = is_a ? &c->in->form_a : &c->in->form_b;
	const struct json *form = jsonx_get(m->document, "form");

	if (m->document == NULL || *place != NULL ||
	    !template_check(c, m->path, schema, form))
		return;
	doubts_check(c, m->path, form);
	rows_check(c, m->path, is_a, form);
	*place = jsonx_object();
	jsonx_set_str(*place, "schema", schema);
	jsonx_set(*place, "fields", jsonx_dup(jsonx_get(form, "fields")));
}

/* "申請書A!C12": in both languages behind what was found there. */
static void
cell_append(struct finding *one, const char *where)
{
	const char *cut = strrchr(where, '!');
	CLEANUP(freep) char *ja = NULL;
	CLEANUP(freep) char *en = NULL;
	char sheet[128];

	if (cut == NULL)
		return;
	text_show(sheet, sizeof(sheet), where, (size_t)(cut - where));
	ja = xasprintf("（シート『%s』セル %.10s）", sheet, cut + 1);
	en = xasprintf(" (sheet \"%s\", cell %.10s)", sheet, cut + 1);
	if (strlen(one->text_ja) + strlen(ja) < sizeof(one->text_ja))
		snprintf(one->text_ja + strlen(one->text_ja),
		    sizeof(one->text_ja) - strlen(one->text_ja), "%s", ja);
	if (strlen(one->text_en) + strlen(en) < sizeof(one->text_en))
		snprintf(one->text_en + strlen(one->text_en),
		    sizeof(one->text_en) - strlen(one->text_en), "%s", en);
}

static const struct json *
cells_of(const struct intake *in, const char *member)
{
	for (size_t i = 0; i < in->n_members; i++)
		if (strcmp(in->members[i].path, member) == 0)
			return jsonx_get(
			    jsonx_get(in->members[i].document, "form"),
			    "cells");
	return NULL;
}

void
ooxml_name_cells(struct check *c)
{
	for (size_t i = 0; i < c->f->n; i++) {
		struct finding *one = &c->f->items[i];
		const char *where;

		if (one->member[0] == '\0' || one->field[0] == '\0')
			continue;
		where = jsonx_get_str(cells_of(c->in, one->member), one->field);
		if (where != NULL)
			cell_append(one, where);
	}
}
