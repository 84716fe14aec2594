/* SPDX-License-Identifier: Apache-2.0 */
/* Manifest, forms and extract of the register must say the same. */
#include "intake_int.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "nintei/instant.h"

#define MANIFEST "manifest.json"

const char *
path_of(const struct intake *in, enum intake_role role)
{
	const struct intake_member *m = intake_member_of(in, role);

	return m == NULL ? "" : m->path;
}

char *
field_text(const struct json *fields, const char *id)
{
	char *text = value_text(jsonx_get(fields, id));

	return text == NULL ? xstrdup("") : text;
}

static void
verdict(struct findings *f, const struct statement *a,
    const struct statement *b, enum name_verdict v)
{
	CLEANUP(freep) char *what = xasprintf("%s %s", b->member, b->field);

	if (v == NAME_DIFFERENT)
		rule_add(f, IR_FIELD_MISMATCH, a->member, a->field, what);
	else if (v == NAME_LOOK_ALIKE)
		rule_add(f, IR_LOOK_ALIKE, a->member, a->field, what);
}

static bool
both_say(const struct statement *a, const struct statement *b)
{
	return a->text != NULL && b->text != NULL && !value_is_blank(a->text) &&
	    !value_is_blank(b->text);
}

void
agree_names(
    struct findings *f, const struct statement *a, const struct statement *b)
{
	if (both_say(a, b))
		verdict(f, a, b, registry_name_compare(a->text, b->text));
}

void
agree_addresses(
    struct findings *f, const struct statement *a, const struct statement *b)
{
	if (both_say(a, b))
		verdict(f, a, b, registry_address_compare(a->text, b->text));
}

/* Numbers agree in their twelve last digits: papers print those alone. */
static void
agree_numbers(
    struct findings *f, const struct statement *a, const struct statement *b)
{
	size_t na, nb;

	if (!both_say(a, b))
		return;
	na = strlen(a->text);
	nb = strlen(b->text);
	if (na < 12 || nb < 12 ||
	    strcmp(a->text + na - 12, b->text + nb - 12) != 0)
		verdict(f, a, b, NAME_DIFFERENT);
}

/* Form A's number in its canonical form; "" when it is none. */
static void
form_number(const struct json *form_a, char out[CORPORATE_NUMBER_TEXT])
{
	CLEANUP(freep) char *text = field_text(form_a, "corporate_number");

	out[0] = '\0';
	if (registry_number_fold(text, out) != NUMBER_FAULT_NONE)
		out[0] = '\0';
}

static void
manifest_and_form_a(struct check *c)
{
	struct intake *in = c->in;
	const char *form = path_of(in, INTAKE_ROLE_FORM_A);
	CLEANUP(freep) char *name = field_text(in->form_a, "applicant_name");
	CLEANUP(freep) char *service = field_text(in->form_a, "service_name");
	CLEANUP(freep) char *url = field_text(in->form_a, "service_url");
	CLEANUP(freep) char *cert = field_text(in->form_a, "cert_number");
	char number[CORPORATE_NUMBER_TEXT];

	if (registry_name_has_invisible(name))
		rule_add(c->f, IR_INVISIBLE, form, "applicant_name", NULL);
	form_number(in->form_a, number);
	agree_names(c->f, &(struct statement){ form, "applicant_name", name },
	    &(struct statement){ MANIFEST, "applicant/name", in->applicant });
	agree_numbers(c->f,
	    &(struct statement){ form, "corporate_number", number },
	    &(struct statement){
		MANIFEST, "applicant/corporate_number", in->corporate_number });
	if (!value_is_blank(service) && in->service[0] != '\0' &&
	    registry_name_compare(service, in->service) == NAME_DIFFERENT)
		rule_add(c->f, IR_FORM_SERVICE_MISMATCH, form, "service_name",
		    MANIFEST);
	if (!value_is_blank(url) && in->service_url[0] != '\0' &&
	    strcmp(url, in->service_url) != 0)
		rule_add(c->f, IR_FORM_SERVICE_MISMATCH, form, "service_url",
		    MANIFEST);
	if (!value_is_blank(cert) && in->number != NULL &&
	    strcmp(cert, in->number) != 0)
		rule_add(c->f, IR_FIELD_MISMATCH, form, "cert_number",
		    MANIFEST " number");
}

static const struct shape_key registry_keys[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "name", JSON_KIND_STRING, true },
	{ "corporate_number", JSON_KIND_STRING, true },
	{ "head_office", JSON_KIND_STRING, false },
	{ "representative", JSON_KIND_STRING, false },
	{ "established", JSON_KIND_STRING, false },
	{ "capital_yen", JSON_KIND_INT, false },
	{ "issued", JSON_KIND_STRING, false },
};

/* Twelve digits of the register, or thirteen with the right check digit. */
static void
registry_number(struct check *c, const char *paper, const char *number)
{
	enum number_fault fault = registry_number_check(number);

	if (fault != NUMBER_FAULT_NONE && fault != NUMBER_FAULT_TWELVE)
		rule_add(c->f, IR_FIELD_CHECK, paper, "corporate_number",
		    number_fault_name(fault));
}

static void
freshness(struct check *c, const char *paper)
{
	const char *issued = jsonx_get_str(c->in->registry, "issued");
	struct period age = c->in->scheme->params.registry_paper_max_age;
	char last[JDAY_TEXT];
	struct date_reading d;

	if (issued == NULL)
		return;
	date_read(slice_str(issued), &d);
	if (!d.ok) {
		rule_add(c->f, IR_REGISTRY_SHAPE, paper, "issued", d.reason);
		return;
	}
	if (jday_cmp(
		jday_of_instant(c->hint->now), paper_last_day(d.day, age)) > 0)
		rule_add(c->f, IR_STALE, paper, "issued",
		    jday_format(paper_last_day(d.day, age), last));
}

/* Form A against the extract of the register. */
static void
form_a_and_registry(struct check *c)
{
	const struct intake *in = c->in;
	const struct json *r = in->registry;
	const char *form = path_of(in, INTAKE_ROLE_FORM_A);
	const char *paper = path_of(in, INTAKE_ROLE_REGISTRY_CERTIFICATE);
	CLEANUP(freep) char *name = field_text(in->form_a, "applicant_name");
	CLEANUP(freep) char *office = field_text(in->form_a, "head_office");
	CLEANUP(freep)
	char *head = field_text(in->form_a, "representative_name");

	agree_names(c->f, &(struct statement){ form, "applicant_name", name },
	    &(struct statement){ paper, "name", jsonx_get_str(r, "name") });
	agree_addresses(c->f,
	    &(struct statement){ form, "head_office", office },
	    &(struct statement){
		paper, "head_office", jsonx_get_str(r, "head_office") });
	agree_names(c->f,
	    &(struct statement){ form, "representative_name", head },
	    &(struct statement){
		paper, "representative", jsonx_get_str(r, "representative") });
}

static void
registry_check(struct check *c)
{
	const struct json *r = c->in->registry;
	const char *paper = path_of(c->in, INTAKE_ROLE_REGISTRY_CERTIFICATE);
	const char *schema = jsonx_get_str(r, "schema");
	const char *number = jsonx_get_str(r, "corporate_number");

	if (r == NULL)
		return;
	shape_check(c->f, IR_REGISTRY_SHAPE, paper, "", r, registry_keys,
	    NELEM(registry_keys));
	if (schema != NULL && strcmp(schema, "nintei.registry/1") != 0)
		rule_add(c->f, IR_REGISTRY_SHAPE, paper, "schema",
		    "want nintei.registry/1");
	if (number != NULL)
		registry_number(c, paper, number);
	agree_numbers(c->f,
	    &(struct statement){ paper, "corporate_number", number },
	    &(struct statement){ c->in->level >= 1
		    ? MANIFEST
		    : path_of(c->in, INTAKE_ROLE_FORM_A),
		"corporate_number", c->in->corporate_number });
	form_a_and_registry(c);
	if (c->in->scheme != NULL)
		freshness(c, paper);
}

/* What the manifest does not say is taken from form A. */
static void
take_text(char **into, const struct json *form, const char *id)
{
	if (*into != NULL && (*into)[0] != '\0')
		return;
	free(*into);
	*into = field_text(form, id);
}

static void
fill_from_form_a(struct check *c)
{
	struct intake *in = c->in;
	CLEANUP(freep) char *number = field_text(in->form_a, "cert_number");

	take_text(&in->applicant, in->form_a, "applicant_name");
	take_text(&in->service, in->form_a, "service_name");
	take_text(&in->service_url, in->form_a, "service_url");
	if (in->service_url[0] != '\0' && !value_is_url(in->service_url, true))
		in->service_url[0] = '\0';
	if (in->corporate_number[0] == '\0')
		form_number(in->form_a, in->corporate_number);
	if (in->number == NULL && in->kind > DOSSIER_NEW &&
	    scheme_number_valid(number))
		in->number = TAKE(number);
}

void
agree_check(struct check *c)
{
	if (c->in->form_a != NULL) {
		manifest_and_form_a(c);
		fill_from_form_a(c);
	}
	registry_check(c);
}
