/* SPDX-License-Identifier: Apache-2.0 */
/* Papers of the register: an extract as JSON, text that was read, a scan. */
#include "existence_int.h"
#include <string.h>

static const struct shape_key extract_keys[] = {
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
number_check(struct existence_found *p, const char *number)
{
	enum number_fault fault = registry_number_check(number);

	if (fault == NUMBER_FAULT_NONE || fault == NUMBER_FAULT_TWELVE)
		return;
	rule_add(p->c->f, IR_FIELD_CHECK, p->member->path, "corporate_number",
	    number_fault_name(fault));
	p->says.doubts |= DOUBT_MISMATCH;
}

static void
extract_day(struct existence_found *p, const char *issued)
{
	struct date_reading d;

	if (issued == NULL)
		return;
	date_read(slice_str(issued), &d);
	if (!d.ok) {
		rule_add(p->c->f, IR_REGISTRY_SHAPE, p->member->path, "issued",
		    d.reason);
		return;
	}
	p->says.has_day = true;
	p->says.day = d.day;
}

static void
extract_check(struct existence_found *p)
{
	const struct json *r = p->c->in->registry;
	const char *schema = jsonx_get_str(r, "schema");
	const char *number = jsonx_get_str(r, "corporate_number");

	p->says.form = EXISTENCE_EXTRACT;
	shape_check(p->c->f, IR_REGISTRY_SHAPE, p->member->path, "", r,
	    extract_keys, NELEM(extract_keys));
	if (schema != NULL && strcmp(schema, "nintei.registry/1") != 0)
		rule_add(p->c->f, IR_REGISTRY_SHAPE, p->member->path, "schema",
		    "want nintei.registry/1");
	if (number != NULL)
		number_check(p, number);
	existence_agree(p, AGREE_NUMBER, "corporate_number", number);
	existence_agree(p, AGREE_NAME, "name", jsonx_get_str(r, "name"));
	existence_agree(
	    p, AGREE_OFFICE, "head_office", jsonx_get_str(r, "head_office"));
	existence_agree(p, AGREE_HEAD, "representative",
	    jsonx_get_str(r, "representative"));
	existence_agree(
	    p, AGREE_FOUNDED, "established", jsonx_get_str(r, "established"));
	extract_day(p, jsonx_get_str(r, "issued"));
}

/* Of several representatives the one that the applicant names. */
static const char *
representative_of(const struct check *c, const struct json *paper)
{
	CLEANUP(freep)
	char *own = field_text(c->in->form_a, "representative_name");
	const struct json *all = jsonx_get(paper, "representatives");

	for (size_t i = 0; i < jsonx_len(all); i++) {
		const char *name = jsonx_get_str(jsonx_at(all, i), "name");

		if (name != NULL &&
		    registry_name_compare(own, name) == NAME_SAME)
			return name;
	}
	return jsonx_get_str(jsonx_get(paper, "representative"), "name");
}

/* The day of the paper; of an inquiry number its own. */
static void
text_day(struct existence_found *p, const struct json *paper)
{
	const char *day =
	    jsonx_get_str(jsonx_get(paper, "inquiry"), "issued_on");
	struct err e = ERR_INIT;

	if (day == NULL)
		day = jsonx_get_str(paper, "issued_on");
	p->says.has_day = day != NULL && jday_parse(day, &p->says.day, &e) == 0;
}

/* 閉鎖事項証明書: what it says no longer holds. */
static bool
is_closed(const char *kind)
{
	return kind != NULL && strncmp(kind, "closed_", 7) == 0;
}

/* Papers of the register are PDFs; in an editable file anybody types one. */
static bool
is_typed(const struct existence_found *p)
{
	const char *type = jsonx_get_str(p->member->document, "type");

	return type == NULL || strcmp(type, "pdf") != 0;
}

static void
text_check(struct existence_found *p, const struct json *paper)
{
	const char *kind = jsonx_get_str(paper, "kind");
	bool inquiry =
	    jsonx_get_str(jsonx_get(paper, "inquiry"), "number") != NULL;

	p->says.form = inquiry ? EXISTENCE_INQUIRY : EXISTENCE_PAPER;
	if (is_closed(kind)) {
		rule_add(p->c->f, IR_PAPER_CLOSED, p->member->path, NULL, NULL);
		p->says.doubts |= DOUBT_MISMATCH;
	}
	/* 登記情報 without its number proves nothing by itself. */
	if (!inquiry && kind != NULL && strcmp(kind, "information") == 0)
		p->says.doubts |= DOUBT_UNREAD;
	if (is_typed(p) || jsonx_get_str(paper, "number") == NULL ||
	    jsonx_get_str(paper, "name") == NULL)
		p->says.doubts |= DOUBT_UNREAD;
	existence_agree(
	    p, AGREE_NUMBER, "number", jsonx_get_str(paper, "number"));
	existence_agree(p, AGREE_NAME, "name", jsonx_get_str(paper, "name"));
	existence_agree(p, AGREE_OFFICE, "head_office",
	    jsonx_get_str(paper, "head_office"));
	existence_agree(
	    p, AGREE_HEAD, "representative", representative_of(p->c, paper));
	existence_agree(p, AGREE_FOUNDED, "established",
	    jsonx_get_str(paper, "established"));
	text_day(p, paper);
}

void
existence_paper(struct check *c, const struct intake_member *m)
{
	const struct json *paper = jsonx_get(m->document, "paper");
	struct existence_found p = { .c = c, .member = m };

	if (m == intake_member_of(c->in, INTAKE_ROLE_REGISTRY_CERTIFICATE) &&
	    has_extension(m, ".json")) {
		if (c->in->registry == NULL)
			return; /* a finding says why */
		extract_check(&p);
	} else if (paper != NULL)
		text_check(&p, paper);
	else {
		p.says.form = m->role == INTAKE_ROLE_EXISTENCE_PROOF
		    ? EXISTENCE_PUBLIC
		    : EXISTENCE_PAPER;
		p.says.doubts = DOUBT_UNREAD;
	}
	existence_add(&p);
}
