/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a scheme: version, term, fee, number, rows by id. */
#include "nintei/scheme.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const struct scheme_version *
scheme_rule_at(const struct scheme *s, int64_t instant)
{
	const struct scheme_version *found = NULL;
	size_t i;

	for (i = 0; i < s->n_versions; i++)
		if (instant >= instant_of_jday(s->versions[i].from))
			found = &s->versions[i];
	return found;
}

struct term_rule
scheme_term_rule(const struct scheme *s)
{
	/* Counted from the instant of 満了 only the opening moves a day. */
	int later = s->params.window_opens == POLICY_D59;

	return (struct term_rule){ .years = s->term_years,
		.first_day_counts = s->params.first_day_counts,
		.opens_days = s->renewal_opens_days - later,
		.closes_days = s->renewal_closes_days };
}

const struct criterion *
scheme_criterion(const struct scheme *s, const char *id)
{
	size_t i;

	for (i = 0; i < s->n_criteria; i++)
		if (strcmp(s->criteria[i].id, id) == 0)
			return &s->criteria[i];
	return NULL;
}

/* What each word of never_withheld means in form B; the rest stands apart. */
static const struct {
	const char *word;
	enum criterion_check check;
} never[] = {
	{ "names", CRITERION_REGISTER_NAME },
	{ "names", CRITERION_SAME_AS_FORM_A },
	{ "dates", CRITERION_DATE_YMD },
};

bool
scheme_may_withhold(const struct scheme *s, const char *id)
{
	const struct criterion *k = scheme_criterion(s, id);
	const struct params *p = &s->params;

	if (k == NULL)
		return false;
	for (size_t i = 0; i < p->n_never_withheld; i++)
		for (size_t w = 0; w < NELEM(never); w++)
			if (never[w].check == k->check &&
			    strcmp(never[w].word, p->never_withheld[i]) == 0)
				return false;
	return true;
}

const struct form_field *
scheme_form_field(const struct scheme *s, const char *id)
{
	size_t i;

	for (i = 0; i < s->n_form_a; i++)
		if (strcmp(s->form_a[i].id, id) == 0)
			return &s->form_a[i];
	return NULL;
}

bool
scheme_fee_at(const struct scheme *s, enum dossier_kind kind, bool member,
    struct jday day, int64_t *out_yen)
{
	const struct scheme_fee *best = NULL;
	const struct scheme_fee *f;
	size_t i;

	for (i = 0; i < s->n_fees; i++) {
		f = &s->fees[i];
		if (f->kind != kind || f->member != member ||
		    jday_cmp(f->from, day) > 0)
			continue;
		if (best == NULL || jday_cmp(f->from, best->from) > 0)
			best = f;
	}
	if (best == NULL)
		return false;
	*out_yen = best->amount;
	return true;
}

int
scheme_number(const struct scheme *s, unsigned serial, struct jday first,
    char out[24], struct err *e)
{
	int year, month, day;

	if (serial == 0 || serial > 9999)
		return err_set(
		    e, E_LIMIT, "want a serial of 1 to 9999, have %u", serial);
	jday_civil(first, &year, &month, &day);
	(void)snprintf(out, 24, "%.3s%04u-%02u%02u", s->number_prefix, serial,
	    (unsigned)year % 100u, (unsigned)month);
	return 0;
}

bool
scheme_number_valid(const char *number)
{
	size_t letters = strspn(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	const char *p = number + letters;
	int month;

	if (letters > 3 || strlen(p) != 9 || strspn(p, "0123456789") != 4 ||
	    p[4] != '-' || strspn(p + 5, "0123456789") != 4)
		return false;
	month = (p[7] - '0') * 10 + (p[8] - '0');
	return month >= 1 && month <= 12;
}
