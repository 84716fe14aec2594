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

/* How two statements on one subject are compared. */
static enum name_verdict
compare_numbers(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);

	/* Papers print the twelve digits behind the check digit alone. */
	return na >= 12 && nb >= 12 && strcmp(a + na - 12, b + nb - 12) == 0
	    ? NAME_SAME
	    : NAME_DIFFERENT;
}

/* Whole days; where one of them is a year alone, the years. */
static enum name_verdict
compare_days(const char *a, const char *b)
{
	struct jday da, db;
	bool exact_a, exact_b;
	int year_a, year_b, month, day;

	if (!value_year(a, &da, &exact_a) || !value_year(b, &db, &exact_b))
		return NAME_NONE;
	if (exact_a && exact_b)
		return jday_cmp(da, db) == 0 ? NAME_SAME : NAME_DIFFERENT;
	jday_civil(da, &year_a, &month, &day);
	jday_civil(db, &year_b, &month, &day);
	return year_a == year_b ? NAME_SAME : NAME_DIFFERENT;
}

static enum name_verdict (*const comparisons[AGREE_MAX])(
    const char *, const char *) = {
	[AGREE_NAME] = registry_name_compare,
	[AGREE_NUMBER] = compare_numbers,
	[AGREE_OFFICE] = registry_address_compare,
	[AGREE_HEAD] = registry_name_compare,
	[AGREE_FOUNDED] = compare_days,
};

static enum name_verdict
verdict_add(struct findings *f, const struct statement *a,
    const struct statement *b, enum name_verdict v)
{
	bool item = b->field[0] >= '0' && b->field[0] <= '9'; /* of form B */
	CLEANUP(freep)
	char *what = xasprintf(
	    "%s%s%s", b->member, item ? " " : "", item ? b->field : "");

	if (v == NAME_DIFFERENT)
		rule_add(f, IR_FIELD_MISMATCH, a->member, a->field, what);
	else if (v == NAME_LOOK_ALIKE)
		rule_add(f, IR_LOOK_ALIKE, a->member, a->field, what);
	return v;
}

static bool
both_say(const struct statement *a, const struct statement *b)
{
	return a->text != NULL && b->text != NULL && !value_is_blank(a->text) &&
	    !value_is_blank(b->text);
}

static enum name_verdict
agree(struct findings *f, enum agree_subject subject, const struct statement *a,
    const struct statement *b)
{
	if (!both_say(a, b))
		return NAME_NONE;
	return verdict_add(f, a, b, comparisons[subject](a->text, b->text));
}

void
agree_names(
    struct findings *f, const struct statement *a, const struct statement *b)
{
	(void)agree(f, AGREE_NAME, a, b);
}

void
agree_addresses(
    struct findings *f, const struct statement *a, const struct statement *b)
{
	(void)agree(f, AGREE_OFFICE, a, b);
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

/* The item of form B that says when the operator was established. */
static struct statement
founded_statement(const struct check *c, char **text)
{
	const struct scheme *s = c->in->scheme;
	struct statement out = { path_of(c->in, INTAKE_ROLE_FORM_B), "", NULL };

	for (size_t i = 0; s != NULL && i < s->n_criteria; i++)
		if (s->criteria[i].check == CRITERION_REGISTER_ESTABLISHED) {
			free(*text);
			*text = field_text(c->in->form_b, s->criteria[i].id);
			out.field = s->criteria[i].id;
			out.text = *text;
		}
	return out;
}

/* --- what form A, or the manifest where it is silent, says of itself --- */

/* A statement's text is owned by the caller. */
static struct statement
own_statement(const struct check *c, enum agree_subject subject, char **text)
{
	static const char *const fields[AGREE_MAX] = {
		[AGREE_NAME] = "applicant_name",
		[AGREE_NUMBER] = "corporate_number",
		[AGREE_OFFICE] = "head_office",
		[AGREE_HEAD] = "representative_name",
	};
	const struct intake *in = c->in;
	struct statement s = { path_of(in, INTAKE_ROLE_FORM_A), fields[subject],
		NULL };
	char number[CORPORATE_NUMBER_TEXT];

	*text = NULL;
	if (subject == AGREE_FOUNDED)
		return founded_statement(c, text);
	*text = field_text(in->form_a, fields[subject]);
	if (subject == AGREE_NUMBER) {
		form_number(in->form_a, number);
		free(*text);
		*text = xstrdup(number);
	}
	s.text = *text;
	if (value_is_blank(*text) && in->level > 0) {
		s.member = MANIFEST;
		s.field = subject == AGREE_NAME ? "applicant/name"
						: "applicant/corporate_number";
		s.text = subject == AGREE_NAME ? in->applicant
		    : subject == AGREE_NUMBER  ? in->corporate_number
					       : NULL;
	}
	return s;
}

enum name_verdict
agree_paper(
    struct check *c, enum agree_subject subject, const struct statement *paper)
{
	CLEANUP(freep) char *text = NULL;
	struct statement own = own_statement(c, subject, &text);

	return agree(c->f, subject, &own, paper);
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
	(void)agree(c->f, AGREE_NUMBER,
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
}
