/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of an applicant's own folder, for `nintei bundle make`. */
#include "intake_int.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "nintei/bundle.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/ooxml.h"
#include "nintei/text.h"

/* What is being made. */
struct make {
	const struct intake_file *files;
	size_t n;
	const struct scheme *scheme;
	const struct intake_hint *hint;
	struct json *form_a; /* fields */
	struct json *form_b; /* fields, or NULL */
};

static void
make_done(struct make *m)
{
	jsonx_free(m->form_a);
	jsonx_free(m->form_b);
}

static const struct intake_file *
file_of(const struct make *m, enum intake_role role)
{
	for (size_t i = 0; i < m->n; i++)
		if (intake_role_of_path(m->files[i].path) == role)
			return &m->files[i];
	return NULL;
}

static bool
is_workbook(const char *path)
{
	size_t n = strlen(path);

	return n >= 5 && strcasecmp(path + n - 5, ".xlsx") == 0;
}

/* The issued form as a workbook: what the server would read in it. */
static int
workbook_load(const struct intake_file *file, struct json **out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	struct ooxml_faults f = { .n = 0 };
	const struct json *fields;

	if (ooxml_xlsx_facts(file->text, &facts, &f) < 0)
		return err_set(e, E_INPUT, "%s: %s (%s)", file->path,
		    f.items[0].code, f.items[0].where);
	fields = jsonx_get(jsonx_get(facts, "form"), "fields");
	if (jsonx_kind(fields) != JSON_KIND_OBJECT)
		return err_set(e, E_INPUT,
		    "%s: want the form of `nintei form template`", file->path);
	*out = jsonx_dup(fields);
	return 0;
}

static int
fields_load(const struct intake_file *file, struct json **out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	const struct json *fields;

	if (file->text.n == 0)
		return err_set(
		    e, E_INPUT, "%s: want a form in JSON or XLSX", file->path);
	if (is_workbook(file->path))
		return workbook_load(file, out, e);
	if (jsonx_parse(file->text, LIMIT_FORM_BYTES, &doc, e) < 0)
		return err_wrap(e, "%s", file->path);
	fields = jsonx_get(doc, "fields");
	if (jsonx_kind(fields) != JSON_KIND_OBJECT)
		return err_set(e, E_INPUT, "%s: want \"fields\"", file->path);
	*out = jsonx_dup(fields);
	return 0;
}

static int
forms_load(struct make *m, struct err *e)
{
	const struct intake_file *a = file_of(m, INTAKE_ROLE_FORM_A);
	const struct intake_file *b = file_of(m, INTAKE_ROLE_FORM_B);

	if (a == NULL)
		return err_set(e, E_INPUT,
		    "want form-a.json or 申請書A.xlsx in the folder");
	if (fields_load(a, &m->form_a, e) < 0)
		return -1;
	return b == NULL || b->text.n == 0 ? 0 : fields_load(b, &m->form_b, e);
}

/* The named scheme, or the only one there is. */
static int
scheme_choose(struct make *m, const struct scheme_set *set, struct err *e)
{
	if (m->hint->scheme != NULL)
		m->scheme = scheme_find(set, m->hint->scheme);
	else if (scheme_at(set, 1) == NULL)
		m->scheme = scheme_at(set, 0);
	else
		return err_set(e, E_INPUT, "name the scheme: --scheme");
	if (m->scheme == NULL)
		return err_set(e, E_INPUT, "there is no such scheme");
	return 0;
}

/* Tags by role; an applicant may raise them afterwards. */
static enum tag
tag_of(enum intake_role role)
{
	return role == INTAKE_ROLE_SUBJECT_KEY ? TAG_INTERNAL : TAG_SECRET;
}

/* Every filled item of form B is asked to be published, as Art. 11 orders. */
static struct json *
wishes(const struct make *m)
{
	struct json *list = jsonx_array();

	for (size_t i = 0; i < m->scheme->n_criteria; i++) {
		const char *id = m->scheme->criteria[i].id;
		CLEANUP(freep) char *text = field_text(m->form_b, id);
		struct json *one;

		if (value_is_blank(text))
			continue;
		one = jsonx_object();
		jsonx_set_str(one, "id", id);
		jsonx_set_str(one, "tag", tag_name(TAG_PUBLIC));
		jsonx_add(list, one);
	}
	return list;
}

static int
member_make(const struct make *m, const struct intake_file *file,
    struct json *members, struct err *e)
{
	CLEANUP(buf_free) struct buf path = BUF_INIT(KIB(4));
	enum intake_role role = intake_role_of_path(file->path);
	const char *fault = bundle_name_fault(slice_str(file->path));
	struct json *o;
	char hex[65];

	if (fault != NULL)
		return err_set(e, E_INPUT, "%s: %s", file->path, fault);
	if (text_nfc(slice_str(file->path), &path, e) < 0)
		return -1;
	o = jsonx_object();
	jsonx_set_str(o, "path", buf_str(&path));
	jsonx_set_str(o, "role", intake_role_name(role));
	jsonx_set_str(
	    o, "sha256", hex_encode(file->sha256, sizeof(file->sha256), hex));
	jsonx_set_int(o, "size", (int64_t)file->size);
	jsonx_set_str(o, "tag", tag_name(tag_of(role)));
	if (role == INTAKE_ROLE_FORM_B && m->form_b != NULL)
		jsonx_set(o, "fields", wishes(m));
	jsonx_add(members, o);
	return 0;
}

static void
set_filled(
    struct json *o, const char *key, const struct json *form, const char *id)
{
	CLEANUP(freep) char *text = field_text(form, id);

	if (!value_is_blank(text))
		jsonx_set_str(o, key, text);
}

static struct json *
applicant_make(const struct make *m)
{
	struct json *o = jsonx_object();
	CLEANUP(freep) char *text = field_text(m->form_a, "corporate_number");
	char number[CORPORATE_NUMBER_TEXT];

	set_filled(o, "name", m->form_a, "applicant_name");
	if (registry_number_fold(text, number) == NUMBER_FAULT_NONE)
		jsonx_set_str(o, "corporate_number", number);
	else if (!value_is_blank(text))
		jsonx_set_str(o, "corporate_number", text);
	return o;
}

/* As form B states it, else the date of the scheme's guideline. */
static char *
guideline_make(const struct make *m)
{
	for (size_t i = 0; i < m->scheme->n_criteria; i++) {
		const struct criterion *k = &m->scheme->criteria[i];
		CLEANUP(freep) char *text = field_text(m->form_b, k->id);

		if (k->check == CRITERION_GUIDELINE_VERSION &&
		    !value_is_blank(text))
			return TAKE(text);
	}
	return xstrdup(m->scheme->guideline.date);
}

static enum dossier_kind
kind_make(const struct make *m)
{
	CLEANUP(freep) char *said = field_text(m->form_a, "kind");
	CLEANUP(freep)
	char *folded = value_fold(m->hint->kind == NULL ? said : m->hint->kind);
	enum dossier_kind kind =
	    folded == NULL ? DOSSIER_NONE : value_kind(folded);

	return kind == DOSSIER_NONE ? DOSSIER_NEW : kind;
}

static void
head_make(const struct make *m, struct json *o)
{
	enum dossier_kind kind = kind_make(m);
	CLEANUP(freep) char *guideline = guideline_make(m);
	struct json *service = jsonx_object();
	char created[INSTANT_TEXT];

	jsonx_set_str(o, "schema", "nintei.bundle/1");
	jsonx_set_str(o, "scheme", m->scheme->id);
	jsonx_set_str(o, "kind", dossier_kind_name(kind));
	if (kind != DOSSIER_NEW && m->hint->number != NULL)
		jsonx_set_str(o, "number", m->hint->number);
	else if (kind != DOSSIER_NEW)
		set_filled(o, "number", m->form_a, "cert_number");
	jsonx_set(o, "applicant", applicant_make(m));
	set_filled(service, "name", m->form_a, "service_name");
	set_filled(service, "url", m->form_a, "service_url");
	jsonx_set(o, "service", service);
	jsonx_set_str(o, "guideline_version", guideline);
	jsonx_set_str(o, "created", instant_format(m->hint->now, created));
	jsonx_set_str(o, "tag", tag_name(TAG_SECRET));
}

static bool
is_left_out(const struct intake_file *file)
{
	return strcmp(file->path, "manifest.json") == 0 ||
	    bundle_name_is_ignored(slice_str(file->path));
}

int
intake_manifest(const struct intake_file *files, size_t n,
    const struct scheme_set *schemes, const struct intake_hint *hint,
    struct json **out, struct err *e)
{
	CLEANUP(make_done)
	struct make m = { .files = files, .n = n, .hint = hint };
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	CLEANUP(jsonx_freep) struct json *members = jsonx_array();

	if (scheme_choose(&m, schemes, e) < 0 || forms_load(&m, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!is_left_out(&files[i]) &&
		    member_make(&m, &files[i], members, e) < 0)
			return -1;
	head_make(&m, o);
	jsonx_set(o, "members", TAKE(members));
	*out = TAKE(o);
	return 0;
}
