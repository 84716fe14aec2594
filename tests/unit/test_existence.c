/* SPDX-License-Identifier: Apache-2.0 */
/* Grades of proofs: each doubt lowers as it should, and age by the day. */
#include "nintei/existence.h"
#include <string.h>
#include "nintei/scheme.h"
#include "support/support.h"

static const struct scheme_proof rows[] = {
	{ "registry_certificate", "electronic_certificate", "strong", { 0 } },
	{ "registry_certificate", "signed_paper", "strong", { .months = 3 } },
	{ "registry_certificate", "inquiry_number", "medium", { .days = 100 } },
	{ "registry_certificate", "paper", "weak", { .months = 3 } },
	{ "registry_certificate", "extract", "weak", { .months = 3 } },
	{ "existence_proof", "public_paper", "weak", { 0 } },
};
static const struct scheme scheme = { .proofs = rows, .n_proofs = NELEM(rows) };

static struct jday
day_of(const char *text)
{
	struct jday d;
	struct err e = ERR_INIT;

	ck_ok(jday_parse(text, &d, &e), &e);
	return d;
}

static struct existence_verdict
judge(enum existence_form form, const char *role, const char *issued,
    unsigned doubts)
{
	struct existence_proof p = {
		.form = form, .role = role, .doubts = doubts
	};
	struct existence_verdict v;

	if (issued != NULL) {
		p.has_day = true;
		p.day = day_of(issued);
	}
	existence_judge(&scheme, &p, day_of("2026-07-15"), &v);
	return v;
}

static const struct {
	enum existence_form form;
	const char *issued;
	unsigned doubts;
	enum existence_grade grade;
	bool human;
} grades[] = {
	{ EXISTENCE_CERTIFICATE, NULL, 0, EXISTENCE_STRONG, false },
	{ EXISTENCE_CERTIFICATE, "2026-07-15", 0, EXISTENCE_STRONG, false },
	{ EXISTENCE_CERTIFICATE, "2026-07-16", 0, EXISTENCE_NONE, false },
	{ EXISTENCE_CERTIFICATE, NULL, DOUBT_UNREGISTERED, EXISTENCE_STRONG,
	    false },
	{ EXISTENCE_CERTIFICATE, NULL, DOUBT_REVOCATION_UNKNOWN, EXISTENCE_WEAK,
	    true },
	{ EXISTENCE_CERTIFICATE, NULL, DOUBT_LOOK_ALIKE, EXISTENCE_STRONG,
	    true },
	{ EXISTENCE_CERTIFICATE, NULL, DOUBT_MISMATCH, EXISTENCE_NONE, false },
	{ EXISTENCE_CERTIFICATE, NULL, DOUBT_SIGNATURE, EXISTENCE_NONE, false },
	{ EXISTENCE_CERTIFICATE, NULL, DOUBT_CHAIN, EXISTENCE_NONE, false },
	{ EXISTENCE_CERTIFICATE, NULL, DOUBT_REVOKED, EXISTENCE_NONE, false },
	{ EXISTENCE_CERTIFICATE, NULL, DOUBT_PROFILE, EXISTENCE_NONE, false },
	{ EXISTENCE_SIGNED_PAPER, "2026-07-01", 0, EXISTENCE_STRONG, true },
	{ EXISTENCE_SIGNED_PAPER, "2026-04-14", 0, EXISTENCE_NONE, true },
	{ EXISTENCE_SIGNED_PAPER, NULL, 0, EXISTENCE_WEAK, true },
	{ EXISTENCE_INQUIRY, "2026-07-01", 0, EXISTENCE_MEDIUM, false },
	{ EXISTENCE_INQUIRY, "2026-07-01", DOUBT_UNREGISTERED, EXISTENCE_WEAK,
	    false },
	{ EXISTENCE_INQUIRY, "2026-04-06", 0, EXISTENCE_MEDIUM, false },
	{ EXISTENCE_INQUIRY, "2026-04-05", 0, EXISTENCE_NONE, false },
	{ EXISTENCE_INQUIRY, NULL, 0, EXISTENCE_WEAK, true },
	{ EXISTENCE_PAPER, "2026-07-01", 0, EXISTENCE_WEAK, true },
	{ EXISTENCE_PAPER, "2026-04-15", 0, EXISTENCE_WEAK, true },
	{ EXISTENCE_PAPER, "2026-04-14", 0, EXISTENCE_NONE, true },
	{ EXISTENCE_EXTRACT, "2026-07-01", DOUBT_UNREGISTERED, EXISTENCE_WEAK,
	    true },
	/* no row of the policy: not taken */
	{ EXISTENCE_PUBLIC, NULL, DOUBT_UNREAD, EXISTENCE_NONE, true },
};

START_TEST(each_doubt_lowers)
{
	struct existence_verdict v = judge(grades[_i].form,
	    "registry_certificate", grades[_i].issued, grades[_i].doubts);

	ck_assert_str_eq(existence_grade_name(v.grade),
	    existence_grade_name(grades[_i].grade));
	ck_assert_int_eq(v.needs_human, grades[_i].human);
}
END_TEST

START_TEST(policy_says_by_role)
{
	ck_assert_int_eq(
	    judge(EXISTENCE_PUBLIC, "existence_proof", NULL, 0).grade,
	    EXISTENCE_WEAK);
	ck_assert_int_eq(
	    judge(EXISTENCE_CERTIFICATE, "existence_proof", NULL, 0).grade,
	    EXISTENCE_NONE);
}
END_TEST

/* Fresh on the last day, not on the next. */
static void
freshness_row(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	bool inquiry = strcmp(field[0], "inquiry_number_100_days") == 0;
	struct existence_proof p = {
		.form = inquiry ? EXISTENCE_INQUIRY : EXISTENCE_PAPER,
		.role = "registry_certificate",
		.has_day = true,
		.day = day_of(field[1]),
	};
	struct jday last = day_of(field[2]);
	struct existence_verdict v;

	existence_judge(&scheme, &p, last, &v);
	ck_assert_msg(v.has_limit && jday_cmp(v.fresh_until, last) == 0 &&
		(v.doubts & DOUBT_STALE) == 0,
	    "line %u", line);
	existence_judge(&scheme, &p, jday_add_days(last, 1), &v);
	ck_assert_msg(
	    (v.doubts & DOUBT_STALE) != 0 && v.grade == EXISTENCE_NONE,
	    "line %u: the day after", line);
	++*(unsigned *)arg;
}

START_TEST(freshness_vectors)
{
	unsigned n = 0;

	tsv_each("freshness.tsv", freshness_row, &n);
	ck_assert_uint_eq(n, 19);
}
END_TEST

START_TEST(words_come_back)
{
	for (enum existence_form f = EXISTENCE_CERTIFICATE;
	     f < EXISTENCE_FORM_MAX; f++)
		ck_assert_int_eq(
		    existence_form_parse(existence_form_name(f)), f);
	for (enum existence_grade g = EXISTENCE_WEAK; g < EXISTENCE_GRADE_MAX;
	     g++)
		ck_assert_int_eq(
		    existence_grade_parse(existence_grade_name(g)), g);
	ck_assert_int_eq(existence_grade_parse("none"), EXISTENCE_NONE);
	ck_assert_int_eq(existence_form_parse(NULL), EXISTENCE_FORM_NONE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("existence");
	TCase *t = tcase_create("existence");

	tcase_add_loop_test(t, each_doubt_lowers, 0, NELEM(grades));
	tcase_add_test(t, policy_says_by_role);
	tcase_add_test(t, freshness_vectors);
	tcase_add_test(t, words_come_back);
	suite_add_tcase(s, t);
	return suite_main(s);
}
