/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs of existence (Art. 4(1)(2)): each paper and signature judged, what
 * it says compared, the grades kept for the record and the decision.
 */
#include <stdlib.h>
#include <string.h>
#include "intake_int.h"
#include "existence_int.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "trust_int.h"

#define PROOFS_MAX 100 /* that the record lists; each is judged */

static const struct {
	unsigned doubt;
	const char *word;
} doubt_words[] = {
	{ DOUBT_SIGNATURE, "signature" },
	{ DOUBT_CHAIN, "chain" },
	{ DOUBT_REVOKED, "revoked" },
	{ DOUBT_REVOCATION_UNKNOWN, "revocation_unknown" },
	{ DOUBT_STALE, "stale" },
	{ DOUBT_UNDATED, "undated" },
	{ DOUBT_MISMATCH, "mismatch" },
	{ DOUBT_LOOK_ALIKE, "look_alike" },
	{ DOUBT_UNREAD, "unread" },
	{ DOUBT_PROFILE, "profile" },
	{ DOUBT_UNREGISTERED, "unregistered" },
};

/* --- what a paper says, against what the applicant says --- */

void
existence_agree(struct existence_found *p, enum agree_subject subject,
    const char *field, const char *text)
{
	const struct statement there = { p->member->path, field, text };
	enum name_verdict v = agree_paper(p->c, subject, &there);

	existence_note(p, v);
	/* Whose paper it is was not compared: it may be anybody's. */
	if (v == NAME_NONE &&
	    (subject == AGREE_NAME || subject == AGREE_NUMBER))
		p->says.doubts |= DOUBT_UNREAD;
}

void
existence_note(struct existence_found *p, enum name_verdict v)
{
	if (v == NAME_DIFFERENT)
		p->says.doubts |= DOUBT_MISMATCH;
	else if (v == NAME_LOOK_ALIKE)
		p->says.doubts |= DOUBT_LOOK_ALIKE;
}

/* --- the record --- */

static struct json *
doubts_json(unsigned doubts)
{
	struct json *a = jsonx_array();

	for (size_t i = 0; i < NELEM(doubt_words); i++)
		if ((doubts & doubt_words[i].doubt) != 0)
			jsonx_add_str(a, doubt_words[i].word);
	return a;
}

static void
set_day(struct json *o, const char *key, bool has, struct jday day)
{
	char text[JDAY_TEXT];

	if (has)
		jsonx_set_str(o, key, jday_format(day, text));
}

static struct json *
proof_json(const struct existence_found *p, const struct existence_verdict *v)
{
	struct json *o = jsonx_object();
	char hex[65], at[INSTANT_TEXT];

	jsonx_set_str(o, "form", existence_form_name(p->says.form));
	jsonx_set_str(o, "member", p->member->path);
	jsonx_set_str(o, "sha256", hex_encode(p->member->sha256, 32, hex));
	jsonx_set_str(o, "grade", existence_grade_name(v->grade));
	set_day(o, "issued_on", p->says.has_day, p->says.day);
	set_day(o, "fresh_until", v->has_limit, v->fresh_until);
	if (p->signer != NULL) {
		jsonx_set_str(
		    o, "signature", jsonx_get_str(p->signer, "signature"));
		jsonx_set_str(o, "chain", jsonx_get_str(p->signer, "chain"));
		jsonx_set_str(
		    o, "revocation", jsonx_get_str(p->signer, "revocation"));
	}
	jsonx_set(o, "doubts", doubts_json(v->doubts));
	jsonx_set_bool(o, "human", v->needs_human);
	jsonx_set_str(o, "checked_at", instant_format(p->c->hint->now, at));
	return o;
}

/* Findings that follow from age and from what no machine settles. */
static bool
is_for_people(const struct check *c, const struct intake_member *m)
{
	static const char rule[] = "LANG-NEEDS_HUMAN";

	for (size_t i = 0; i < c->f->n; i++)
		if (strcmp(c->f->items[i].rule, rule) == 0 &&
		    strcmp(c->f->items[i].member, m->path) == 0)
			return true;
	return false;
}

static void
verdict_report(
    const struct existence_found *p, const struct existence_verdict *v)
{
	struct check *c = p->c;
	char last[JDAY_TEXT];

	if ((v->doubts & DOUBT_STALE) != 0)
		rule_add(c->f, IR_STALE, p->member->path, "issued",
		    jday_format(
			v->has_limit ? v->fresh_until : p->says.day, last));
	if (v->needs_human && !is_for_people(c, p->member))
		rule_add(c->f, IR_NEEDS_HUMAN, p->member->path, NULL, NULL);
}

void
existence_add(struct existence_found *p)
{
	struct check *c = p->c;
	struct json *e = c->in->existence;
	struct existence_verdict v;
	enum existence_grade best =
	    existence_grade_parse(jsonx_get_str(e, "grade"));

	p->says.role = intake_role_name(p->member->role);
	if (p->member->role != INTAKE_ROLE_REGISTRY_CERTIFICATE)
		p->says.role = "existence_proof";
	p->says.doubts |= c->register_doubts;
	existence_judge(
	    c->in->scheme, &p->says, jday_of_instant(c->hint->now), &v);
	verdict_report(p, &v);
	if (v.grade > best ||
	    (v.grade == best && best != EXISTENCE_NONE && !v.needs_human &&
		jsonx_get_bool(e, "human", true))) {
		jsonx_set_str(e, "grade", existence_grade_name(v.grade));
		jsonx_set_str(e, "form", existence_form_name(p->says.form));
		jsonx_set_bool(e, "human", v.needs_human);
	}
	if (jsonx_len(c->proofs) < PROOFS_MAX)
		jsonx_add(c->proofs, proof_json(p, &v));
}

/* --- the register of corporate numbers --- */

static void
register_compare(struct check *c, const struct numbers_entry *entry)
{
	const struct numbers_address address = numbers_address_of(entry);
	const struct statement name = { REGISTER, "name",
		numbers_name_is_cut(entry) ? NULL : entry->field[NUMBER_NAME] };
	const struct statement office = { REGISTER, "head_office",
		numbers_address_is_cut(entry) ? NULL : address.text };
	enum name_verdict v[2] = { agree_paper(c, AGREE_NAME, &name),
		agree_paper(c, AGREE_OFFICE, &office) };

	if (numbers_is_closed(entry) || numbers_is_withdrawn(entry)) {
		rule_add(c->f, IR_NUMBER_CLOSED,
		    path_of(c->in, INTAKE_ROLE_FORM_A), "corporate_number",
		    NULL);
		c->register_doubts |= DOUBT_MISMATCH;
	}
	for (size_t i = 0; i < NELEM(v); i++) {
		if (v[i] == NAME_DIFFERENT)
			c->register_doubts |= DOUBT_MISMATCH;
		else if (v[i] == NAME_LOOK_ALIKE)
			c->register_doubts |= DOUBT_LOOK_ALIKE;
	}
	if (v[0] == NAME_NONE) /* the register shows it as an image */
		c->register_doubts |= DOUBT_LOOK_ALIKE;
}

static int
register_check(struct check *c, const char **out, struct err *e)
{
	struct numbers_entry entry = { 0 };
	enum numbers_answer answer = NUMBERS_NONE;

	if (c->hosts->numbers != NULL && c->in->corporate_number[0] != '\0' &&
	    numbers_find(c->hosts->numbers, c->in->corporate_number, &answer,
		&entry, e) < 0)
		return -1;
	if (answer == NUMBERS_PRESENT)
		register_compare(c, &entry);
	else
		c->register_doubts |= DOUBT_UNREGISTERED;
	if (answer == NUMBERS_ABSENT)
		rule_add(c->f, IR_NUMBER_ABSENT,
		    path_of(c->in, INTAKE_ROLE_FORM_A), "corporate_number",
		    NULL);
	numbers_entry_done(&entry);
	*out = numbers_answer_name(answer);
	return 0;
}

/* --- all of it --- */

static bool
is_of_register(const struct intake_member *m)
{
	return !m->ignored &&
	    (m->role == INTAKE_ROLE_REGISTRY_CERTIFICATE ||
		m->role == INTAKE_ROLE_EXISTENCE_PROOF);
}

/* Every paper that stands in one of the two slots, by what can be read. */
static int
member_check(struct check *c, struct intake_member *m,
    const struct signature_trust *trust, struct err *e)
{
	if (has_extension(m, ".p7s") || has_extension(m, ".p7m"))
		return existence_signed(c, m, trust, e);
	if (jsonx_len(jsonx_get(m->document, "signatures")) > 0) {
		bool taken = false;

		if (existence_pdf(c, m, trust, &taken, e) < 0)
			return -1;
		if (taken)
			return 0;
	}
	existence_paper(c, m);
	return 0;
}

int
existence_check(struct check *c, struct err *e)
{
	CLEANUP(trust_done) struct trust t = { 0 };
	const char *answer = NULL;

	if (c->in->scheme == NULL)
		return 0;
	if (trust_open(c->in->scheme, &t, e) < 0)
		return -1;
	c->proofs = jsonx_array();
	c->in->existence = jsonx_object();
	jsonx_set_str(
	    c->in->existence, "grade", existence_grade_name(EXISTENCE_NONE));
	if (register_check(c, &answer, e) < 0)
		return -1;
	jsonx_set_str(c->in->existence, "register", answer);
	for (size_t i = 0; i < c->in->n_members; i++)
		if (is_of_register(&c->in->members[i]) &&
		    budget_left(c, &c->in->members[i]) &&
		    member_check(c, &c->in->members[i], &t.lent, e) < 0)
			return -1;
	existence_container(c, &t.lent);
	jsonx_set(c->in->existence, "proofs", TAKE(c->proofs));
	return 0;
}
