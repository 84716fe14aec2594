/* SPDX-License-Identifier: Apache-2.0 */
/* A workbook: its sheets, names and parts, in the order a person meets them. */
#include "nintei/ooxml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ooxml_int.h"

#define SHEETS_MAX 1000
#define NAME_TEXT_BYTES 8192

/* The reading of workbook.xml. */
struct opening {
	struct book *b;
	struct buf ref; /* of the defined name that is open */
	char *name;
	bool scoped;
	unsigned skip;
	struct opened {
		char *name, *ref;
		bool scoped; /* of one sheet alone */
	} * names; /* sheets are known only after all of them */
	size_t n, cap;
};

#define NAMES_MAX 10000

static bool
sheet_add(struct book *b, const struct xmlx_element *el)
{
	const char *name = attr_plain(el, "name");
	const char *state = attr_plain(el, "state");
	const char *part = pkg_target(b->p, b->p->main, attr_rel(el, "id"));
	struct sheet *s;

	if (b->n_sheets >= SHEETS_MAX)
		return false;
	if (b->n_sheets == b->cap_sheets) {
		b->cap_sheets = b->cap_sheets == 0 ? 4 : b->cap_sheets * 2;
		b->sheets =
		    xrealloc(b->sheets, b->cap_sheets, sizeof(*b->sheets));
	}
	s = &b->sheets[b->n_sheets++];
	s->name = dup_cut(name == NULL ? "" : name, OOXML_NAME_BYTES - 1);
	s->part = part == NULL ? NULL : xstrdup(part);
	s->hidden = state != NULL && strcmp(state, "visible") != 0;
	return true;
}

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	struct opening *o = arg;
	const char *name;

	if (skip_start(&o->skip, el))
		return true;
	if (is_local(el, "workbookPr") && el->depth == 2)
		o->b->is_1904 = attr_is_true(attr_plain(el, "date1904"), false);
	if (is_local(el, "sheet") && el->depth == 3)
		return sheet_add(o->b, el);
	if (!is_local(el, "definedName") || el->depth != 3)
		return true;
	name = attr_plain(el, "name");
	o->scoped = attr_plain(el, "localSheetId") != NULL;
	free(o->name);
	o->name = dup_cut(name == NULL ? "" : name, OOXML_NAME_BYTES - 1);
	buf_reset(&o->ref);
	return true;
}

static bool
on_text(void *arg, struct slice s)
{
	struct opening *o = arg;

	if (o->name != NULL && o->skip == 0)
		buf_put(&o->ref, s.p, s.n);
	return true;
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	struct opening *o = arg;
	struct opened *one;

	if (skip_end(&o->skip, el) || o->name == NULL ||
	    !is_local(el, "definedName"))
		return true;
	if (o->n >= NAMES_MAX)
		return false;
	if (o->n == o->cap) {
		o->cap = o->cap == 0 ? 64 : o->cap * 2;
		o->names = xrealloc(o->names, o->cap, sizeof(*o->names));
	}
	one = &o->names[o->n++];
	one->name = TAKE(o->name);
	one->scoped = o->scoped;
	one->ref = xstrdup(buf_ok(&o->ref) ? buf_str(&o->ref) : "");
	buf_free(&o->ref);
	o->ref = (struct buf)BUF_INIT(NAME_TEXT_BYTES);
	return true;
}

static void
opening_done(struct opening *o)
{
	for (size_t i = 0; i < o->n; i++) {
		free(o->names[i].name);
		free(o->names[i].ref);
	}
	free(o->names);
	free(o->name);
	buf_free(&o->ref);
}

/* Names of the template; others say something that nobody sees. */
static void
name_put(struct book *b, const char *name, const char *ref, bool scoped)
{
	size_t had = b->n_slots;

	slot_add(b, name, ref, scoped);
	if (b->n_slots == had && strncmp(name, "_xlnm.", 6) != 0)
		pkg_hidden(b->p, "name", name);
}

static int
workbook_read(struct book *b)
{
	static const struct xmlx_handlers h = { on_start, on_end, on_text };
	CLEANUP(opening_done)
	struct opening o = { .b = b, .ref = BUF_INIT(NAME_TEXT_BYTES) };

	if (pkg_xml(b->p, b->p->main, &h, &o) < 0)
		return -1;
	for (size_t i = 0; i < o.n; i++)
		name_put(b, o.names[i].name, o.names[i].ref, o.names[i].scoped);
	slots_sort(b);
	return 0;
}

/* The part of that type, or NULL.  Of two each reader takes another. */
static int
only_part(struct pkg *p, const char *type, const char **out)
{
	size_t at = 0;

	*out = pkg_target_of_type(p, p->main, type, &at);
	if (*out == NULL || pkg_target_of_type(p, p->main, type, &at) == NULL)
		return 0;
	fault_at(p->f, "TYPE_MISMATCH", p->main, type);
	return -1;
}

/* Parts that cells refer to; a workbook may do without. */
static int
tables_read(struct book *b)
{
	struct pkg *p = b->p;
	const char *part;

	if (only_part(p, "sharedStrings", &part) < 0 ||
	    (part != NULL && strings_read(p, part, &b->strings) < 0) ||
	    only_part(p, "styles", &part) < 0)
		return -1;
	return part == NULL ? 0 : styles_read(p, part, &b->styles);
}

/* Comments and drawings that hang on a sheet. */
static const struct {
	const char *type;
	enum harvest_as as;
	const char *hidden; /* what to report; NULL: it is seen */
} around[] = {
	{ "comments", HARVEST_HIDDEN, "comment" },
	{ "threadedComment", HARVEST_HIDDEN, "comment" },
	{ "drawing", HARVEST_STAMP, NULL },
};

static int
around_read(struct book *b, const struct sheet *s)
{
	for (size_t i = 0; i < NELEM(around); i++) {
		enum harvest_as as = s->hidden ? HARVEST_HIDDEN : around[i].as;
		const char *part;
		size_t at = 0;

		while ((part = pkg_target_of_type(
			    b->p, s->part, around[i].type, &at)) != NULL) {
			if (harvest(b->p, part, as, b->text) < 0)
				return -1;
			if (around[i].hidden != NULL)
				pkg_hidden(b->p, around[i].hidden, s->name);
		}
	}
	return 0;
}

static int
sheets_read(struct book *b)
{
	for (b->at = 0; b->at < b->n_sheets; b->at++) {
		const struct sheet *s = &b->sheets[b->at];

		if (s->part == NULL) {
			fault_add(b->p->f, "TYPE_MISMATCH", b->p->main);
			return -1;
		}
		if (s->hidden)
			pkg_hidden(b->p, "sheet", s->name);
		if (b->at > 0)
			document_text_page(b->text);
		if (sheet_read(b) < 0 || around_read(b, s) < 0)
			return -1;
	}
	return 0;
}

static void
book_done(struct book *b)
{
	for (size_t i = 0; i < b->n_sheets; i++) {
		free(b->sheets[i].name);
		free(b->sheets[i].part);
	}
	for (size_t i = 0; i < b->n_slots; i++) {
		free(b->slots[i].id);
		free(b->slots[i].value);
		free(b->slots[i].where);
		jsonx_free(b->slots[i].left);
	}
	free(b->sheets);
	free(b->slots);
	strings_done(&b->strings);
	styles_done(&b->styles);
	document_text_free(b->text);
}

static int
book_read(struct book *b, struct json *facts)
{
	struct pkg *p = b->p;

	if (strcasestr(p->main_type, "spreadsheetml") == NULL ||
	    strcasestr(p->main_type, "main+xml") == NULL) {
		fault_add(p->f, "TYPE_MISMATCH", p->main);
		return -1;
	}
	b->text = document_text_new();
	if (workbook_read(b) < 0 || tables_read(b) < 0 || sheets_read(b) < 0 ||
	    props_read(p, facts) < 0)
		return -1;
	if (document_text_is_over(b->text)) {
		fault_add(p->f, "LIM_OUTPUT", "");
		return -1;
	}
	jsonx_set(facts, "form", slots_form(b));
	document_text_facts(b->text, facts);
	return 0;
}

int
ooxml_xlsx_facts(struct slice in, struct json **out, struct ooxml_faults *f)
{
	CLEANUP(jsonx_freep) struct json *facts = jsonx_object();
	CLEANUP(pkg_done) struct pkg p = { 0 };
	CLEANUP(book_done) struct book b = { .p = &p };

	f->n = 0;
	jsonx_set_str(facts, "type", "xlsx");
	if (pkg_open(in, f, &p) < 0 || fault_is(f) || book_read(&b, facts) < 0)
		return -1;
	if (fault_is(f))
		return -1;
	jsonx_set(facts, "hidden", TAKE(p.hidden));
	*out = TAKE(facts);
	return 0;
}
