/* SPDX-License-Identifier: Apache-2.0 */
/* The composed machines, every state of them; and faults that are found. */
#include "models.h"

#include "support/support.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/cc.h"

/* Each model twice: by the usual reading of open points, and by the other. */
START_TEST(no_state_breaks_an_invariant)
{
	struct model m;
	CLEANUP(freep) struct model_report *r = xcalloc(1, sizeof(*r));

	models_make(models_name((size_t)_i / 2), &m);
	m.otherwise = _i % 2 == 1;
	model_explore(&m, r);
	printf("%s: %zu states, %zu steps\n", m.name, r->states, r->steps);
	ck_assert_msg(
	    r->broken == NULL, "%s: %s\n%s", m.name, r->broken, r->trace);
	ck_assert_uint_gt(r->states, 500);
	model_done(&m);
}
END_TEST

/* What no model has the machines for is checked by nobody. */
START_TEST(each_invariant_is_looked_at)
{
	const struct model_invariant *v;

	for (size_t i = 0; (v = model_invariant_at(i)) != NULL; i++) {
		bool looked = false;

		for (size_t k = 0; models_name(k) != NULL; k++) {
			struct model m;

			models_make(models_name(k), &m);
			looked |= model_has_all(&m, v);
			model_done(&m);
		}
		ck_assert_msg(looked, "%s", v->name);
	}
}
END_TEST

START_TEST(each_mutant_is_found)
{
	const struct mutant *u = mutant_at((size_t)_i);
	struct model m;
	CLEANUP(freep) struct model_report *r = xcalloc(1, sizeof(*r));

	models_make(u->model, &m);
	ck_assert_msg(mutant_apply(&m, u), "%s: not in the tables", u->name);
	model_explore(&m, r);
	ck_assert_msg(r->broken != NULL, "%s was not found", u->name);
	ck_assert_str_ne(r->trace, "");
	model_done(&m);
}
END_TEST

static int
count(bool mutants)
{
	int n = 0;

	while (mutants ? mutant_at((size_t)n) != NULL
		       : models_name((size_t)n) != NULL)
		n++;
	return n;
}

int
main(void)
{
	Suite *s = suite_create("model");
	TCase *t = tcase_create("composed");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(
	    t, no_state_breaks_an_invariant, 0, 2 * count(false));
	tcase_add_test(t, each_invariant_is_looked_at);
	tcase_add_loop_test(t, each_mutant_is_found, 0, count(true));
	suite_add_tcase(s, t);
	return suite_main(s);
}
