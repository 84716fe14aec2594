/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that a person can meet has its words in both languages. */
#include "support/support.h"

#include <string.h>

#include "nintei/words.h"

static void
both_are_said(const struct words *w, const char *what, const char *of)
{
	ck_assert_msg(w != NULL, "%s %s has no words", what, of);
	ck_assert_msg(w->ja[0] != '\0' && (unsigned char)w->ja[0] >= 0x80,
	    "%s %s: no Japanese", what, of);
	ck_assert_msg(w->en[0] != '\0' && (unsigned char)w->en[0] < 0x80,
	    "%s %s: no English", what, of);
}

START_TEST(each_act_of_the_tables_has_words)
{
	const struct flow_row *row;

	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++)
		both_are_said(words_act(row->machine, row->event),
		    machine_name(row->machine), row->event);
	ck_assert_ptr_null(words_act(M_FEE, "refund"));
}
END_TEST

START_TEST(each_state_has_words)
{
	for (int s = S_NONE + 1; s < S_MAX; s++)
		both_are_said(words_state((enum state)s),
		    machine_name(state_machine((enum state)s)),
		    state_name((enum state)s));
	ck_assert_ptr_null(words_state(S_NONE));
}
END_TEST

START_TEST(each_guard_says_what_it_wants)
{
	for (int g = G_NONE + 1; g < G_MAX; g++) {
		const char *name = guard_name((enum guard)g);

		both_are_said(words_guard((enum guard)g), "guard", name);
		both_are_said(words_wanted((enum guard)g), "wanted", name);
		ck_assert_ptr_eq(
		    words_wanted_by_name(name), words_wanted((enum guard)g));
	}
	ck_assert_ptr_null(words_wanted_by_name("no_such_guard"));
}
END_TEST

START_TEST(each_machine_and_role_has_words)
{
	for (int m = M_NONE + 1; m < M_MAX; m++)
		both_are_said(words_machine((enum machine)m), "machine",
		    machine_name((enum machine)m));
	for (unsigned r = 1; r <= ROLE_PUBLIC; r <<= 1)
		both_are_said(words_role((enum flow_role)r), "role",
		    role_name((enum flow_role)r));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("words");
	TCase *t = tcase_create("tables");

	tcase_add_test(t, each_act_of_the_tables_has_words);
	tcase_add_test(t, each_state_has_words);
	tcase_add_test(t, each_guard_says_what_it_wants);
	tcase_add_test(t, each_machine_and_role_has_words);
	suite_add_tcase(s, t);
	return suite_main(s);
}
