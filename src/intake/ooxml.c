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
