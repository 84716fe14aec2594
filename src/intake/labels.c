/* SPDX-License-Identifier: Apache-2.0 */
/* What documents say of themselves: their confidentiality, their language. */
#include "intake_int.h"
#include <string.h>
#include "nintei/label.h"
#include "nintei/lang.h"

/* --- labels --- */

static void
stated_source(struct json *sources, const char *source, enum tag t)
{
	struct json *one;

	if (t == TAG_NONE)
		return;
	one = jsonx_object();
	jsonx_set_str(one, "source", source);
	jsonx_set_str(one, "tag", tag_name(t));
	jsonx_add(sources, one);
}

static void
label_findings(struct check *c, const struct intake_member *m,
    const struct label_finding *f)
{
	if (f->has_stop)
		rule_add(c->f, IR_LABEL_STOP, m->path, NULL, NULL);
	else if (f->has_ask)
		rule_add(c->f, IR_LABEL_ASK, m->path, NULL, NULL);
	if (f->has_unknown)
		rule_add(c->f, IR_LABEL_UNKNOWN, m->path, NULL, NULL);
}

static void
label_take(
    struct check *c, const struct label_table *t, struct intake_member *m)
{
	struct label_finding f;

	label_read(t, m->document, &f);
	if (f.tag != TAG_NONE)
		m->label =
		    m->label == TAG_NONE ? f.tag : tag_join(m->label, f.tag);
	label_findings(c, m, &f);
	m->sources = TAKE(f.sources);
	label_finding_done(&f);
}

void
labels_check(struct check *c)
{
	CLEANUP(label_table_freep) struct label_table *t = NULL;

	if (c->in->scheme == NULL)
		return; /* no policy: everything is secret, and refused */
	t = label_table_new(c->in->scheme);
	for (size_t i = 0; i < c->in->n_members; i++)
		if (!c->in->members[i].ignored)
			label_take(c, t, &c->in->members[i]);
}

void
tag_conclude(
    struct check *c, struct intake_member *m, const struct tag_sources *s)
{
	if (tag_is_conflict(s))
		rule_add(
		    c->f, IR_LABEL_CONFLICT, m->path, NULL, tag_name(s->label));
	if (m->sources == NULL)
		m->sources = jsonx_array();
	stated_source(m->sources, "manifest", s->member);
	if (s->member == TAG_NONE)
		stated_source(m->sources, "bundle", s->bundle);
	if (s->excluded)
		stated_source(m->sources, "exclusion", TAG_PUBLIC);
	else
		stated_source(m->sources, "default", TAG_SECRET);
}

/* --- language --- */

static bool
count_read(const struct intake_member *m, struct lang_count *out)
{
	const struct json *j = jsonx_get(m->document, "language");
	const struct {
		const char *key;
		uint64_t *n;
	} counts[] = { { "letters", &out->letters }, { "kana", &out->kana },
		{ "han", &out->han }, { "outside", &out->outside },
		{ "forms", &out->forms }, { "hidden", &out->hidden } };

	if (j == NULL)
		return false;
	for (size_t i = 0; i < NELEM(counts); i++) {
		int64_t n = jsonx_get_int(j, counts[i].key, -1);

		if (n < 0)
			return false;
		*counts[i].n = (uint64_t)n;
	}
	return lang_is_possible(out);
}

static enum lang
lang_of(const struct intake_member *m)
{
	struct lang_count n = { 0 };

	if (m->ignored || !count_read(m, &n))
		return LANG_NONE;
	return lang_verdict(&n);
}

/* Evidence and enclosures may come with a Japanese version beside them. */
static bool
is_translated(const struct check *c, const struct intake_member *m)
{
	if (c->in->scheme == NULL ||
	    !c->in->scheme->params.translation_accepted ||
	    m->role == INTAKE_ROLE_FORM_A || m->role == INTAKE_ROLE_FORM_B)
		return false;
	for (size_t i = 0; i < c->in->n_members; i++) {
		const struct intake_member *other = &c->in->members[i];

		if (other != m && other->role == m->role &&
		    lang_of(other) == LANG_JA)
			return true;
	}
	return false;
}

/* nintei-pdftext says better than a count what a page hides. */
static bool
is_pdf(const struct intake_member *m)
{
	const char *type = jsonx_get_str(m->document, "type");

	return type != NULL &&
	    (strcmp(type, "pdf") == 0 || strcmp(type, "runs") == 0);
}

static bool
is_scan(const struct intake_member *m)
{
	return jsonx_get_bool(m->document, "scan", false);
}

static void
language_of(struct check *c, const struct intake_member *m)
{
	struct lang_count n = { 0 };
	enum lang l;

	if (!count_read(m, &n))
		return;
	l = lang_verdict(&n);
	if (l == LANG_NOT_JAPANESE && !is_translated(c, m))
		rule_add(c->f, IR_NOT_JAPANESE, m->path, NULL, NULL);
	else if (l == LANG_UNDECIDED && !is_scan(m))
		rule_add(c->f, IR_UNDECIDED, m->path, NULL, NULL);
	if (lang_is_hiding(&n) && !is_pdf(m))
		rule_add(c->f, IR_HIDDEN_TEXT, m->path, NULL, NULL);
}

void
language_check(struct check *c)
{
	for (size_t i = 0; i < c->in->n_members; i++)
		if (!c->in->members[i].ignored)
			language_of(c, &c->in->members[i]);
}
