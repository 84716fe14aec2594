/* SPDX-License-Identifier: Apache-2.0 */
/* One filled item of form B by its check: FACTS 5, criteria.yaml. */
#include "intake_int.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A check sees the text as written and folded. */
struct item {
	const struct form_b *b;
	const struct criterion *k;
	const char *text;
	const char *folded;
	enum answer answer;
};

static void
fault(const struct item *i, enum intake_rule rule, const char *detail)
{
	rule_add(i->b->c->f, rule, i->b->member, i->k->id, detail);
}

/* "<= 24 hour" */
static void
threshold_fault(const struct item *i)
{
	static const char *const ops[TH_MAX] = {
		[TH_NONE] = "",
		[TH_LE] = "<=",
		[TH_GE] = ">=",
		[TH_EQ] = "=",
		[TH_IN] = "in",
	};
	CLEANUP(freep)
	char *what =
	    xasprintf("%s %s %s", ops[i->k->op], i->k->value, i->k->unit);

	fault(i, IR_FORM_THRESHOLD, what);
}

static bool
meets(const struct criterion *k, int64_t have, int64_t want)
{
	switch (k->op) {
	case TH_LE:
		return have <= want;
	case TH_GE:
		return have >= want;
	case TH_EQ:
		return have == want;
	case TH_NONE:
	case TH_IN:
	case TH_MAX:
		break;
	}
	return true;
}

static bool
is_limited(const struct criterion *k)
{
	return k->op != TH_NONE && !k->unset;
}

/* The row before it of the same item that this one depends on, or NULL. */
static const struct criterion *
question_of(const struct form_b *b, const struct criterion *k)
{
	const struct scheme *s = b->c->in->scheme;
	size_t n = strcspn(k->id, ".");
	const struct criterion *q = NULL;

	for (const struct criterion *r = s->criteria; r < k; r++)
		if (strcspn(r->id, ".") == n && strncmp(r->id, k->id, n) == 0 &&
		    (r->check == CRITERION_YES_NO ||
			r->check == CRITERION_YES_REQUIRED ||
			r->check == CRITERION_COUNT))
			q = r;
	return q;
}

bool
criterion_applies(const struct form_b *b, const struct criterion *k)
{
	const struct criterion *q = question_of(b, k);
	CLEANUP(freep) char *text = NULL;
	CLEANUP(freep) char *folded = NULL;
	int64_t n;

	if (k->check != CRITERION_NOT_EMPTY_IF_YES)
		return true;
	if (q == NULL)
		return true;
	text = field_text(b->fields, q->id);
	if ((folded = value_fold(text)) == NULL)
		return true;
	if (q->check == CRITERION_COUNT && value_number(folded, &n))
		return n > 0;
	return value_answer(folded) != ANSWER_NO;
}

static void
on_none(const struct item *i)
{
	(void)i;
}

static void
on_amount(const struct item *i)
{
	int64_t n;
	size_t digits = strspn(i->folded, "-0123456789,.");

	if (i->answer == ANSWER_NO)
		return;
	if (!value_number(i->folded, &n) ||
	    (i->folded[digits] != '\0' && strstr(i->folded, "円") == NULL))
		fault(i, IR_FORM_AMOUNT_YEN, NULL);
}

static void
on_count(const struct item *i)
{
	int64_t n;

	if (i->answer != ANSWER_NO && !value_number(i->folded, &n))
		fault(i, IR_FORM_COUNT, NULL);
}

static void
on_date(const struct item *i)
{
	struct date_reading d;

	date_read(slice_str(i->text), &d);
	if (!d.ok)
		fault(i, IR_FORM_DATE, d.reason);
	else if (d.era_ended)
		fault(i, IR_FORM_ERA_ENDED, NULL);
}

/* Whole years from one day to another. */
static int
years_between(struct jday from, struct jday to)
{
	int y0, m0, d0, y1, m1, d1;

	jday_civil(from, &y0, &m0, &d0);
	jday_civil(to, &y1, &m1, &d1);
	return y1 - y0 - (m1 < m0 || (m1 == m0 && d1 < d0) ? 1 : 0);
}

/* With the year alone known both Y and Y - 1 are right (FACTS 3). */
static void
on_full_years(const struct item *i)
{
	const struct scheme *s = i->b->c->in->scheme;
	CLEANUP(freep) char *want = NULL;
	struct jday from;
	bool exact = false, known = false;
	int64_t have;
	int years;

	for (size_t n = 0; n < s->n_criteria && !known; n++) {
		CLEANUP(freep) char *text = NULL;

		if (s->criteria[n].check != CRITERION_REGISTER_ESTABLISHED)
			continue;
		text = field_text(i->b->fields, s->criteria[n].id);
		known = value_year(text, &from, &exact);
	}
	if (!value_number(i->folded, &have)) {
		fault(i, IR_FORM_COUNT, NULL);
		return;
	}
	if (!known || strstr(i->folded, "月") != NULL)
		return;
	have /= 1000;
	years = years_between(from, i->b->as_of);
	want =
	    xasprintf(exact ? "%d" : "%d-%d", exact ? years : years - 1, years);
	if (have != years && (exact || have != years - 1))
		fault(i, IR_FORM_FULL_YEARS, want);
}

static void
on_guideline_version(const struct item *i)
{
	const char *said = i->b->c->in->guideline_version;
	CLEANUP(freep) char *folded = value_fold(said);

	if (said[0] != '\0' && folded != NULL && strcmp(folded, i->folded) != 0)
		fault(i, IR_FORM_GUIDELINE_VERSION, "manifest.json");
}

static void
on_max_chars(const struct item *i)
{
	if (is_limited(i->k) &&
	    !meets(i->k, (int64_t)value_length(i->text) * 1000, i->k->milli))
		fault(i, IR_FORM_MAX_CHARS, i->k->value);
}

/* Minutes of the unit that criteria.yaml gives the limit in. */
static void
on_duration(const struct item *i)
{
	int64_t have, want;
	CLEANUP(freep) char *limit = NULL;

	if (i->answer == ANSWER_NO)
		return;
	if (!is_limited(i->k))
		return; /* the limit is not known: any text is an answer */
	limit = xasprintf("%s%s", i->k->value, i->k->unit);
	if (!value_duration(i->folded, i->k->unit, &have) ||
	    !value_duration(limit, i->k->unit, &want)) {
		fault(i, IR_FORM_DURATION, NULL);
		return;
	}
	if (!meets(i->k, have, want))
		threshold_fault(i);
}

static void
on_percent(const struct item *i)
{
	int64_t n;

	if (i->answer != ANSWER_NO && !value_percent(i->folded, &n))
		fault(i, IR_FORM_PERCENT, NULL);
}

static void
on_min_percent(const struct item *i)
{
	int64_t n;

	if (!value_percent(i->folded, &n) || n > 100000)
		fault(i, IR_FORM_PERCENT, NULL);
	else if (is_limited(i->k) && !meets(i->k, n, i->k->milli))
		threshold_fault(i);
}

static void
on_ratio(const struct item *i)
{
	int64_t n;

	if (i->answer != ANSWER_NO && !value_number(i->folded, &n))
		fault(i, IR_FORM_RATIO, NULL);
}

static void
on_one_of(const struct item *i)
{
	CLEANUP(buf_free) struct buf all = BUF_INIT(KIB(4));

	if (i->k->n_choices == 0)
		return;
	for (size_t n = 0; n < i->k->n_choices; n++) {
		CLEANUP(freep) char *choice = value_fold(i->k->choices[n]);

		if (choice != NULL && strcmp(choice, i->folded) == 0)
			return;
		buf_putf(&all, "%s%s", n > 0 ? ", " : "", i->k->choices[n]);
	}
	fault(i, IR_FORM_ONE_OF, buf_str(&all));
}

static void
on_yes_no(const struct item *i)
{
	if (i->answer == ANSWER_NONE)
		fault(i, IR_FORM_YES_NO, NULL);
}

/* A description answers yes; only a plain no does not do. */
static void
on_yes_required(const struct item *i)
{
	if (i->answer == ANSWER_NO)
		fault(i, IR_FORM_YES_REQUIRED, NULL);
}

static void
on_same_as_form_a(const struct item *i)
{
	CLEANUP(freep)
	char *name = field_text(i->b->c->in->form_a, "service_name");

	if (!value_is_blank(name) &&
	    registry_name_compare(name, i->text) == NAME_DIFFERENT)
		fault(i, IR_FORM_SERVICE_MISMATCH,
		    path_of(i->b->c->in, INTAKE_ROLE_FORM_A));
}

static void
on_established(const struct item *i)
{
	struct jday day;
	bool exact;

	if (!value_year(i->text, &day, &exact))
		fault(i, IR_FORM_DATE, "year");
}

/* What form A says of the same thing. */
static const struct {
	enum criterion_check check;
	const char *field;
	bool address;
} twins[] = {
	{ CRITERION_REGISTER_NAME, "applicant_name", false },
	{ CRITERION_REGISTER_HEAD_OFFICE, "head_office", true },
	{ CRITERION_REGISTER_REPRESENTATIVE, "representative_name", false },
};

static void
on_twin(const struct item *i)
{
	for (size_t n = 0; n < NELEM(twins); n++) {
		CLEANUP(freep) char *text = NULL;
		struct statement here = { i->b->member, i->k->id, i->text },
				 there;

		if (twins[n].check != i->k->check)
			continue;
		text = field_text(i->b->c->in->form_a, twins[n].field);
		there = (struct statement){ path_of(i->b->c->in,
						INTAKE_ROLE_FORM_A),
			twins[n].field, text };
		if (twins[n].address)
			agree_addresses(i->b->c->f, &here, &there);
		else
			agree_names(i->b->c->f, &here, &there);
	}
}

static void (*const checks[CRITERION_MAX])(const struct item *) = {
	[CRITERION_NONE] = on_none,
	[CRITERION_AMOUNT_YEN] = on_amount,
	[CRITERION_AMOUNT_YEN_OR_TEXT] = on_none,
	[CRITERION_COUNT] = on_count,
	[CRITERION_DATE_YMD] = on_date,
	[CRITERION_FULL_YEARS] = on_full_years,
	[CRITERION_GUIDELINE_VERSION] = on_guideline_version,
	[CRITERION_MAX_CHARS] = on_max_chars,
	[CRITERION_MAX_DAYS] = on_duration,
	[CRITERION_MAX_HOURS] = on_duration,
	[CRITERION_MAX_MINUTES] = on_duration,
	[CRITERION_MIN_DAYS] = on_duration,
	[CRITERION_MIN_HOURS] = on_duration,
	[CRITERION_MIN_MINUTES] = on_duration,
	[CRITERION_MIN_MONTHS] = on_duration,
	[CRITERION_MIN_PERCENT] = on_min_percent,
	[CRITERION_NOT_EMPTY] = on_none,
	[CRITERION_NOT_EMPTY_IF_YES] = on_none,
	[CRITERION_ONE_OF] = on_one_of,
	[CRITERION_PERCENT] = on_percent,
	[CRITERION_RATIO] = on_ratio,
	[CRITERION_REGISTER_CAPITAL] = on_amount,
	[CRITERION_REGISTER_ESTABLISHED] = on_established,
	[CRITERION_REGISTER_HEAD_OFFICE] = on_twin,
	[CRITERION_REGISTER_NAME] = on_twin,
	[CRITERION_REGISTER_OFFICERS] = on_none,
	[CRITERION_REGISTER_REPRESENTATIVE] = on_twin,
	[CRITERION_SAME_AS_FORM_A] = on_same_as_form_a,
	[CRITERION_YES_NO] = on_yes_no,
	[CRITERION_YES_REQUIRED] = on_yes_required,
};

void
criterion_check(
    const struct form_b *b, const struct criterion *k, const char *text)
{
	CLEANUP(freep) char *folded = value_fold(text);
	struct item i = { .b = b, .k = k, .text = text, .folded = folded };

	if (folded == NULL || k->check >= CRITERION_MAX)
		return;
	i.answer = value_answer(folded);
	checks[k->check](&i);
}
