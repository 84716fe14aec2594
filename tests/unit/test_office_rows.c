/* SPDX-License-Identifier: Apache-2.0 */
/* What the office remembers: folded dossiers, and rows of what an event moved.
 */
#include <stdio.h>
#include <stdlib.h>

#include "office_int.h"
#include "support/office_fixture.h"

static struct of f;

static void
setup(void)
{
	of_init(&f);
}

static void
teardown(void)
{
	of_done(&f);
}

static struct dossier *
put(struct cache *c, const char *id)
{
	return cache_put(c, dossier_new(id));
}

START_TEST(cache_drops_what_is_longest_unused)
{
	struct cache *c = cache_new(3);

	put(c, "a");
	put(c, "b");
	put(c, "c");
	ck_assert_ptr_nonnull(cache_get(c, "a"));
	put(c, "d");
	ck_assert_ptr_null(cache_get(c, "b"));
	ck_assert_ptr_nonnull(cache_get(c, "a"));
	ck_assert_ptr_nonnull(cache_get(c, "c"));
	ck_assert_ptr_nonnull(cache_get(c, "d"));
	cache_free(c);
}
END_TEST

START_TEST(cache_keeps_one_of_an_id)
{
	struct cache *c = cache_new(2);
	struct dossier *again;

	put(c, "a");
	put(c, "b");
	again = put(c, "a");
	ck_assert_ptr_eq(cache_get(c, "a"), again);
	ck_assert_ptr_nonnull(cache_get(c, "b"));
	cache_free(c);
}
END_TEST

START_TEST(cache_holds_many_in_one_slot)
{
	struct cache *c = cache_new(10000);
	char id[OF_ID];

	for (int i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "case-%d", i);
		put(c, id);
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "case-%d", i);
		ck_assert_int_eq(cache_get(c, id) != NULL, i >= 10000);
	}
	cache_free(c);
}
END_TEST

static int
machine_fn(const struct index_machine *row, void *arg, struct err *e)
{
	const struct dossier *d = arg;
	const struct dossier_machine *m = NULL;

	(void)e;
	for (size_t i = 0; i < d->n_machines; i++)
		if (strcmp(machine_name(d->machines[i].machine),
			row->machine) == 0 &&
		    strcmp(d->machines[i].instance, row->instance) == 0)
			m = &d->machines[i];
	ck_assert_ptr_nonnull(m);
	ck_assert_str_eq(row->state, state_name(m->state));
	return 0;
}

static int
decision_fn(const struct index_decision *row, void *arg, struct err *e)
{
	const struct dossier *d = arg;

	(void)e;
	ck_assert_str_eq(
	    row->state, state_name(dossier_state(d, M_DECISION, row->id)));
	return 0;
}

struct tally {
	size_t n;
};

static int
machine_tally(const struct index_machine *row, void *arg, struct err *e)
{
	struct tally *t = arg;

	(void)e;
	(void)row;
	t->n++;
	return 0;
}

static int
document_tally(const struct index_document *row, void *arg, struct err *e)
{
	struct tally *t = arg;

	(void)e;
	(void)row;
	t->n++;
	return 0;
}

/* Every row as the whole history says, though each event wrote only its own. */
static void
rows_agree(const char *id)
{
	struct tally machines = { 0 }, documents = { 0 };
	struct dossier *d = NULL;
	struct err e = ERR_INIT;
	struct index *x = f.office->index;

	ck_ok(office_load(f.office, id, &d, &e), &e);
	ck_ok(index_machine_list(x, id, machine_fn, d, &e), &e);
	ck_ok(index_decision_list(x, id, decision_fn, d, &e), &e);
	ck_ok(index_machine_list(x, id, machine_tally, &machines, &e), &e);
	ck_ok(index_document_list(x, id, document_tally, &documents, &e), &e);
	ck_assert_uint_eq(machines.n, d->n_machines);
	ck_assert_uint_eq(documents.n, d->n_documents);
	dossier_free(d);
}

START_TEST(rows_say_what_the_history_says)
{
	char id[OF_ID], other[OF_ID], number[OF_ID];

	of_submit(&f, "k1", NULL, id);
	rows_agree(id);
	of_certify(&f, id, number);
	rows_agree(id);
	of_revoke(&f, id);
	rows_agree(id);
	of_submit(&f, "k2", "another service", other);
	rows_agree(other);
}
END_TEST

START_TEST(dossier_remembered_is_dossier_folded)
{
	char id[OF_ID], number[OF_ID];
	struct dossier *warm = NULL, *cold = NULL;
	struct err e = ERR_INIT;

	of_submit(&f, "k1", NULL, id);
	of_certify(&f, id, number);
	ck_ok(office_load(f.office, id, &warm, &e), &e);
	cache_free(f.office->cache);
	f.office->cache = cache_new(1);
	ck_ok(office_load(f.office, id, &cold, &e), &e);
	ck_assert_str_eq(warm->head, cold->head);
	ck_assert_int_eq(warm->seq, cold->seq);
	ck_assert_uint_eq(warm->n_machines, cold->n_machines);
	for (size_t i = 0; i < cold->n_machines; i++)
		ck_assert_int_eq(
		    warm->machines[i].state, cold->machines[i].state);
	ck_assert_uint_eq(warm->n_basis, cold->n_basis);
	dossier_free(warm);
	dossier_free(cold);
}
END_TEST

#define HASH                               \
	"0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"

/* A word waits: its two cases stand still, any other goes on. */
START_TEST(case_waits_for_the_word_it_owes)
{
	char id[OF_ID], base[OF_ID], other[OF_ID];
	struct index_owed owed = { .cause = HASH,
		.dossier = base,
		.machine = "certification",
		.event = "renewal_ended",
		.source = id,
		.seq = 1 };
	struct index_event event = { .dossier = id,
		.seq = 99,
		.machine = "application",
		.event = "withdraw",
		.recorded_at = 1000,
		.actor = "applicant-1",
		.role = "applicant",
		.article = "",
		.hash = HASH };
	struct index_update u = { .event = event, .owed = &owed, .nowed = 1 };
	struct index_applied at;
	struct dossier *d[3];
	CLEANUP(act_write_done) struct act_write w;
	struct err e = ERR_INIT;

	act_write_init(&w);
	of_submit(&f, "k1", NULL, id);
	of_submit(&f, "k2", "a base", base);
	of_submit(&f, "k3", "another", other);
	ck_ok(office_load(f.office, id, &d[0], &e), &e);
	ck_ok(office_load(f.office, base, &d[1], &e), &e);
	ck_ok(office_load(f.office, other, &d[2], &e), &e);
	ck_ok(index_applied(f.office->index, &at, &e), &e);
	u.commit = at.commit;
	u.log_size = at.log_size + 1;
	ck_ok(index_apply(f.office->index, &u, &e), &e);
	ck_ok(office_owed_check(f.office, d[0], &e), &e);
	f.office->owing = true;
	for (int i = 0; i < 2; i++) {
		ck_code(
		    office_commit(f.office, d[i], &w, &e), &e, E_UNAVAILABLE);
		e = (struct err)ERR_INIT;
	}
	ck_ok(office_owed_check(f.office, d[2], &e), &e);
	for (int i = 0; i < 3; i++)
		dossier_free(d[i]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("office_rows");
	TCase *pure = tcase_create("cache");
	TCase *t = tcase_create("rows");

	tcase_add_test(pure, cache_drops_what_is_longest_unused);
	tcase_add_test(pure, cache_keeps_one_of_an_id);
	tcase_add_test(pure, cache_holds_many_in_one_slot);
	suite_add_tcase(suite, pure);
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, rows_say_what_the_history_says);
	tcase_add_test(t, dossier_remembered_is_dossier_folded);
	tcase_add_test(t, case_waits_for_the_word_it_owes);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
