/* SPDX-License-Identifier: Apache-2.0 */
/* How strongly a paper proves existence: policy's grade, less its doubts. */
#include "nintei/existence.h"
#include <string.h>

static const char *const grade_names[EXISTENCE_GRADE_MAX] = {
	[EXISTENCE_NONE] = "none",
	[EXISTENCE_WEAK] = "weak",
	[EXISTENCE_MEDIUM] = "medium",
	[EXISTENCE_STRONG] = "strong",
};
static const char *const form_names[EXISTENCE_FORM_MAX] = {
	[EXISTENCE_FORM_NONE] = "",
	[EXISTENCE_CERTIFICATE] = "electronic_certificate",
	[EXISTENCE_SIGNED_PAPER] = "signed_paper",
	[EXISTENCE_INQUIRY] = "inquiry_number",
	[EXISTENCE_EXTRACT] = "extract",
	[EXISTENCE_PAPER] = "paper",
	[EXISTENCE_PUBLIC] = "public_paper",
};

/* A proof with one of these proves nothing. */
#define FATAL                                                            \
	(DOUBT_SIGNATURE | DOUBT_CHAIN | DOUBT_REVOKED | DOUBT_PROFILE | \
	    DOUBT_STALE | DOUBT_MISMATCH)
/* With one of these it is weak at most. */
#define WEAKENING                                                  \
	(DOUBT_REVOCATION_UNKNOWN | DOUBT_UNDATED | DOUBT_UNREAD | \
	    DOUBT_UNREGISTERED)
/* With one of these a person looks. */
#define ASKS                                                       \
	(DOUBT_REVOCATION_UNKNOWN | DOUBT_UNDATED | DOUBT_UNREAD | \
	    DOUBT_LOOK_ALIKE)

const char *
existence_grade_name(enum existence_grade g)
{
	return g < EXISTENCE_GRADE_MAX ? grade_names[g] : "none";
}

enum existence_grade
existence_grade_parse(const char *name)
{
	for (enum existence_grade g = EXISTENCE_WEAK; g < EXISTENCE_GRADE_MAX;
	     g++)
		if (name != NULL && strcmp(grade_names[g], name) == 0)
			return g;
	return EXISTENCE_NONE;
}

const char *
existence_form_name(enum existence_form f)
{
	return f < EXISTENCE_FORM_MAX ? form_names[f] : "";
}

enum existence_form
existence_form_parse(const char *name)
{
	for (enum existence_form f = EXISTENCE_CERTIFICATE;
	     f < EXISTENCE_FORM_MAX; f++)
		if (name != NULL && strcmp(form_names[f], name) == 0)
			return f;
	return EXISTENCE_FORM_NONE;
}

static const struct scheme_proof *
row_of(const struct scheme *s, const struct existence_proof *p)
{
	const char *form = existence_form_name(p->form);

	for (size_t i = 0; i < s->n_proofs; i++)
		if (strcmp(s->proofs[i].role, p->role) == 0 &&
		    strcmp(s->proofs[i].form, form) == 0)
			return &s->proofs[i];
	return NULL;
}

static bool
has_age(struct period p)
{
	return p.months != 0 || p.days != 0;
}

/* The days on which the paper is fresh: from its own to the last. */
static void
age_judge(const struct scheme_proof *row, const struct existence_proof *p,
    struct jday received, struct existence_verdict *v)
{
	if (p->has_day && jday_cmp(p->day, received) > 0)
		v->doubts |= DOUBT_STALE; /* of a day that is to come */
	if (!has_age(row->max_age))
		return;
	if (!p->has_day) {
		v->doubts |= DOUBT_UNDATED;
		return;
	}
	v->has_limit = true;
	v->fresh_until = paper_last_day(p->day, row->max_age);
	if (jday_cmp(received, v->fresh_until) > 0)
		v->doubts |= DOUBT_STALE;
}

static bool
is_signed(enum existence_form f)
{
	return f == EXISTENCE_CERTIFICATE || f == EXISTENCE_SIGNED_PAPER;
}

void
existence_judge(const struct scheme *s, const struct existence_proof *p,
    struct jday received, struct existence_verdict *out)
{
	struct existence_verdict v = { .doubts = p->doubts };
	const struct scheme_proof *row = row_of(s, p);

	if (is_signed(p->form))
		v.doubts &= ~(unsigned)DOUBT_UNREGISTERED;
	if (row != NULL) {
		age_judge(row, p, received, &v);
		v.grade = existence_grade_parse(row->grade);
	}
	if ((v.doubts & FATAL) != 0)
		v.grade = EXISTENCE_NONE;
	else if ((v.doubts & WEAKENING) != 0 && v.grade > EXISTENCE_WEAK)
		v.grade = EXISTENCE_WEAK;
	/* Only two say themselves whose they are; the applicant types the rest.
	 */
	v.needs_human = (v.doubts & ASKS) != 0 ||
	    (p->form != EXISTENCE_CERTIFICATE && p->form != EXISTENCE_INQUIRY);
	*out = v;
}
