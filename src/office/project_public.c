/* SPDX-License-Identifier: Apache-2.0 */
/* The rows that the public sees: entries, their versions, publications. */
#include <stdlib.h>
#include <string.h>

#include "nintei/derive.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/text.h"

#include "project_int.h"

/* The row of an earlier event; its memory is r->hold's. */
static int
row_before(struct index *x, const struct dossier *d, struct rows *r,
    struct index_certification *out, struct err *e)
{
	struct err none = ERR_INIT;

	if (index_certification_get(
		x, d->certification.number, &r->hold, out, &none) == 0)
		return 0;
	*out = (struct index_certification){ 0 };
	return none.code == E_NOT_FOUND
	    ? 0
	    : err_set(e, none.code, "%s", none.detail);
}

static int
entry_before(const struct index_certification *before, struct pub_doc **out,
    struct err *e)
{
	CLEANUP(jsonx_freep) struct json *view = NULL;

	if (before->view == NULL)
		return 0;
	if (jsonx_parse(slice_str(before->view), ROWS_VIEW_BYTES, &view, e) < 0)
		return -1;
	*out = pub_doc_published(view);
	return 0;
}

/*
 * q is looked for in number, service, operator and corporate number, also in
 * those of before: who knows the old name finds the entry.
 */
static int
rows_search(struct rows *r, const struct index_certification *before,
    const struct json *entry, struct err *e)
{
	static const char *const names[] = { "number", "service", "operator",
		"corporate_number" };
	CLEANUP(buf_free) struct buf all = BUF_INIT(ROWS_SEARCH_BYTES);

	if (before->search != NULL)
		buf_puts(&all, before->search);
	for (size_t i = 0; i < NELEM(names); i++) {
		const char *name = jsonx_get_str(entry, names[i]);
		CLEANUP(buf_free) struct buf folded = BUF_INIT(KIB(8));

		if (name == NULL)
			continue;
		if (text_casefold_key(slice_str(name), &folded, e) < 0)
			return -1;
		if (all.n > 0 &&
		    strstr(buf_str(&all), buf_str(&folded)) != NULL)
			continue;
		buf_putf(&all, "%s%s", all.n > 0 ? " " : "", buf_str(&folded));
	}
	buf_puts(&r->search, buf_str(&all));
	return buf_ok(&r->search) ? 0 : err_set(e, E_LIMIT, "names too long");
}

static void
rows_entry(struct rows *r, const struct dossier *d, const struct json *entry)
{
	const struct dossier_certification *c = &d->certification;

	r->certification.number = c->number;
	r->certification.dossier = d->id;
	r->certification.scheme = d->scheme;
	r->certification.state =
	    state_name(dossier_state(d, M_CERTIFICATION, "1"));
	r->certification.service = jsonx_get_str(entry, "service");
	r->certification.operator_name = jsonx_get_str(entry, "operator");
	r->certification.corporate_number =
	    jsonx_get_str(entry, "corporate_number");
	r->certification.certified_on = c->certified_on;
	r->certification.valid_through = c->valid_through;
	r->certification.serial = c->serial;
	r->certification.search = buf_str(&r->search);
	r->certification.view = buf_str(&r->view);
	r->certification.changed = r->u.log_size - 1;
	r->u.certifications = &r->certification;
	r->u.ncertifications = 1;
}

static int
rows_version(struct rows *r, const struct json *before,
    const struct json *entry, const struct json *event, struct err *e)
{
	const char *was = jsonx_get_str(before, "version");
	const char *is = jsonx_get_str(entry, "version");
	const char *at = jsonx_get_str(event, "effective_at");
	CLEANUP(pub_doc_freep) struct pub_doc *content = NULL;
	uint64_t n = 0;

	if (was != NULL && strcmp(was, is) == 0)
		return 0;
	if (dec_parse(is, INT32_MAX, &n, e) < 0 ||
	    instant_parse(at == NULL ? "" : at, &r->version.at, e) < 0)
		return -1;
	content = derive_version(entry);
	pub_canonical(content, &r->content);
	r->version.number = jsonx_get_str(entry, "number");
	r->version.n = (int64_t)n;
	r->version.recorded_at = r->u.event.recorded_at;
	r->version.view = buf_str(&r->content);
	r->u.versions = &r->version;
	r->u.nversions = 1;
	return 0;
}

static int
publication_before(struct index *x, const char *dossier, const char *kind,
    const char *instance, struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(ROWS_VIEW_BYTES);
	struct index_publication row;
	struct err none = ERR_INIT;

	if (index_publication_get(
		x, dossier, kind, instance, &hold, &row, &none) < 0)
		return none.code == E_NOT_FOUND
		    ? 0
		    : err_set(e, none.code, "%s", none.detail);
	return jsonx_parse(slice_str(row.view), ROWS_VIEW_BYTES, out, e);
}

/* Improvements of one service are counted; the others have a name. */
static char *
publication_instance(enum derive_publication kind, const struct json *entry,
    const struct json *step)
{
	const char *name = jsonx_get_str(step, "instance");

	if (kind == PUBLICATION_improvement ||
	    kind == PUBLICATION_improvement_outcome)
		return xasprintf(
		    "%zu", jsonx_len(jsonx_get(entry, "improvements")));
	return xstrdup(name == NULL ? "" : name);
}

/* One step that says something of a kind: its row, if there is one. */
static int
rows_publication(struct index *x, struct rows *r, const struct dossier *d,
    const struct json *event, const struct derive_step *s, struct err *e)
{
	const char *kind = derive_publication_kind(s->kind)->name;
	CLEANUP(jsonx_freep) struct json *before = NULL;
	CLEANUP(pub_doc_freep) struct pub_doc *row = NULL;
	CLEANUP(buf_free) struct buf text = BUF_INIT(ROWS_VIEW_BYTES);
	size_t i = r->n_publications;

	if (i == ROWS_PUBLICATIONS)
		return err_set(e, E_LIMIT, "too many publications");
	if (publication_before(x, d->id, kind, s->instance, &before, e) < 0)
		return -1;
	row = derive_publication_follow(before, d, event, s);
	if (row == NULL)
		return 0;
	pub_canonical(row, &text);
	r->publication_text[i] = xstrdup(buf_str(&text));
	r->publication_instance[i] = xstrdup(s->instance);
	r->publications[i] = (struct index_publication){
		.log_index = r->u.log_size - 1,
		.dossier = d->id,
		.kind = kind,
		.instance = r->publication_instance[i],
		.scheme = d->scheme,
		.number = d->certification.number[0] != '\0'
		    ? d->certification.number
		    : NULL,
		.view = r->publication_text[i],
	};
	r->n_publications++;
	r->u.publications = r->publications;
	r->u.npublications = r->n_publications;
	return 0;
}

static int
rows_publications(struct index *x, struct rows *r, const struct dossier *d,
    const struct json *entry, const struct json *event, struct err *e)
{
	const struct json *effects = jsonx_get(event, "effects");
	const struct json *step = event;

	for (size_t i = 0; step != NULL; step = jsonx_at(effects, i++)) {
		struct derive_step s = { .kind = derive_publication_of(
					     jsonx_get_str(step, "machine"),
					     jsonx_get_str(step, "event")),
			.step = step };
		CLEANUP(freep) char *instance = NULL;

		if (s.kind == PUBLICATION_NONE)
			continue;
		instance = publication_instance(s.kind, entry, step);
		s.instance = instance;
		if (rows_publication(x, r, d, event, &s, e) < 0)
			return -1;
	}
	return 0;
}

/* Another certificate stands for the same entry: an interim one (Art. 12). */
static void
rows_serial_only(struct rows *r, const struct dossier *d,
    const struct index_certification *before)
{
	if (before->serial == NULL ||
	    strcmp(before->serial, d->certification.serial) == 0)
		return;
	r->certification = *before;
	r->certification.serial = d->certification.serial;
	r->u.certifications = &r->certification;
	r->u.ncertifications = 1;
}

static int
rows_certification(struct rows *r, const struct dossier *d,
    const struct index_certification *before, struct pub_doc **entry,
    const struct json *event, struct err *e)
{
	CLEANUP(pub_doc_freep)
	struct pub_doc *old = pub_doc_published(pub_json(*entry));

	if (!derive_entry_follow(entry, d, event)) {
		rows_serial_only(r, d, before);
		return 0;
	}
	pub_canonical(*entry, &r->view);
	if (rows_search(r, before, pub_json(*entry), e) < 0 ||
	    rows_version(r, pub_json(old), pub_json(*entry), event, e) < 0)
		return -1;
	rows_entry(r, d, pub_json(*entry));
	return 0;
}

/* Most events of most cases say nothing in public: then nothing is read. */
static bool
is_public(const struct dossier *d, const struct json *event)
{
	return jsonx_get(jsonx_get(event, "data"), "publication") != NULL ||
	    (d->certification.number[0] != '\0' &&
		(rows_move(event, "certification", NULL) ||
		    rows_move(event, "artefact", NULL) ||
		    rows_move(event, "compliance", NULL) ||
		    rows_move(event, "succession", NULL))) ||
	    rows_move(event, "rules", NULL) ||
	    rows_move(event, "delegation", NULL);
}

int
rows_public(struct index *x, struct rows *r, const struct dossier *d,
    const struct json *event, struct err *e)
{
	struct index_certification before = { 0 };

	if (!is_public(d, event))
		return 0;
	if (d->certification.number[0] != '\0' &&
	    row_before(x, d, r, &before, e) < 0)
		return -1;
	if (entry_before(&before, &r->entry, e) < 0 ||
	    rows_certification(r, d, &before, &r->entry, event, e) < 0)
		return -1;
	return rows_publications(x, r, d, pub_json(r->entry), event, e);
}
