/* SPDX-License-Identifier: Apache-2.0 */
/* Who of the staff reads which papers of a case. */
#include "nintei/reading.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "nintei/flow.h"

START_TEST(a_tag_has_its_readers)
{
	ck_assert_uint_eq(reading_roles("committee_only"),
	    ROLE_MEMBER | ROLE_CHAIR | ROLE_OFFICER);
	ck_assert_uint_eq(
	    reading_roles("personal"), ROLE_SECRETARIAT | ROLE_OFFICER);
	ck_assert_uint_eq(reading_roles("other"), 0);
}
END_TEST

START_TEST(before_acceptance_the_secretariat_reads)
{
	struct dossier *d = dossier_new("c-1");

	ck_assert_int_eq(
	    reading_of(d, "secretary-1", ROLE_SECRETARIAT), READING_FREE);
	dossier_free(d);
}
END_TEST

START_TEST(afterwards_its_reviewers_do)
{
	struct dossier *d = dossier_new("c-1");

	snprintf(d->reviewers[0], sizeof(d->reviewers[0]), "secretary-1");
	d->n_reviewers = 1;
	ck_assert(reading_is_reviewer(d, "secretary-1"));
	ck_assert_int_eq(
	    reading_of(d, "secretary-1", ROLE_SECRETARIAT), READING_STATED);
	ck_assert_int_eq(
	    reading_of(d, "secretary-2", ROLE_SECRETARIAT), READING_CLOSED);
	ck_assert_int_eq(
	    reading_of(d, "officer-1", ROLE_OFFICER), READING_FREE);
	dossier_free(d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("reading");
	TCase *t = tcase_create("reading");
	SRunner *r;
	int failed;

	tcase_add_test(t, a_tag_has_its_readers);
	tcase_add_test(t, before_acceptance_the_secretariat_reads);
	tcase_add_test(t, afterwards_its_reviewers_do);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
