/* SPDX-License-Identifier: Apache-2.0 */
/* Pure parts of an audit: commits to the last byte, tables, reports. */
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_int.h"

#include "nintei/enc.h"
#include "nintei/jsonx.h"

#define TREE "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
#define PARENT "parent 1234567890123456789012345678901234567890\n"
#define AUTHOR "author officer <officer@nintei> 1783000000 +0900\n"
#define COMMITTER "committer store <store@nintei> 1783000001 +0900\n"
#define SIG "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END-----\n"
#define SUBJECT "\nc-1 12 application.accept\n"
#define ROOT "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define LOG "\nNintei-Log: 34 " ROOT "\n"
#define HEAD TREE PARENT AUTHOR COMMITTER

static int
read_commit(const char *text, struct commit_view *out, struct buf *without,
    struct buf *armour)
{
	struct err e = ERR_INIT;
	int rv = commit_view_read(slice_str(text), out, without, armour, &e);

	ck_assert_int_eq(rv, e.code == E_OK ? 0 : -1);
	return rv;
}

START_TEST(commit_is_read)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(4));
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(4));
	struct commit_view v;
	char root[65];

	ck_assert_int_eq(
	    read_commit(HEAD SIG SUBJECT LOG, &v, &text, &armour), 0);
	ck_assert_str_eq(v.role, "officer");
	ck_assert_str_eq(v.dossier, "c-1");
	ck_assert_str_eq(v.act, "application.accept");
	ck_assert_uint_eq(v.seq, 12);
	ck_assert_int_eq(v.authored, 1783000000);
	ck_assert_int_eq(v.committed, 1783000001);
	ck_assert_uint_eq(v.parents, 1);
	ck_assert_uint_eq(v.log_size, 34);
	ck_assert_str_eq(hex_encode(v.log_root, 32, root), ROOT);
	ck_assert_str_eq(buf_str(&text), HEAD SUBJECT LOG);
	ck_assert_str_eq(buf_str(&armour),
	    "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END-----\n");
	ck_assert_int_eq(read_commit(TREE AUTHOR COMMITTER SIG SUBJECT LOG, &v,
			     &text, &armour),
	    0);
	ck_assert_uint_eq(v.parents, 0);
}
END_TEST

/* AUDIT-10: whatever the store does not write. */
static const char *const bent[] = {
	"",
	HEAD SUBJECT LOG, /* no signature */
	HEAD SIG SUBJECT, /* no log */
	HEAD SIG SUBJECT LOG "\n", /* something after it */
	HEAD "encoding latin1\n" SIG SUBJECT LOG,
	HEAD SIG "encoding latin1\n" SUBJECT LOG,
	PARENT TREE AUTHOR COMMITTER SIG SUBJECT LOG,
	TREE PARENT COMMITTER AUTHOR SIG SUBJECT LOG,
	TREE PARENT
	"author officer <chair@nintei> 1783000000 +0900\n" COMMITTER SIG SUBJECT
	    LOG,
	TREE PARENT
	"author officer <officer@nintei> 1783000000 +0000\n" COMMITTER SIG
	    SUBJECT LOG,
	TREE PARENT
	"author officer <officer@nintei> -1 +0900\n" COMMITTER SIG SUBJECT LOG,
	TREE PARENT AUTHOR
	"committer core <core@nintei> 1783000001 +0900\n" SIG SUBJECT LOG,
	HEAD SIG "\nC-1 12 application.accept\n" LOG,
	HEAD SIG "\nc-1 012 application.accept\n" LOG,
	HEAD SIG "\nc-1 12 accept\n" LOG,
	HEAD SIG "\nc-1 12 application.accept\nmore\n" LOG,
	HEAD SIG SUBJECT "\nNintei-Log: 34 00\n",
	HEAD SIG SUBJECT "\nNintei-Log: -1 " ROOT "\n",
	HEAD SIG SUBJECT "\nnintei-log: 34 " ROOT "\n",
};

START_TEST(commit_bent_is_refused)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(4));
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(4));
	struct commit_view v;

	ck_assert_int_eq(read_commit(bent[_i], &v, &text, &armour), -1);
}
END_TEST

START_TEST(every_prefix_is_refused)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(4));
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(4));
	static const char whole[] = HEAD SIG SUBJECT LOG;
	struct commit_view v;

	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		CLEANUP(freep) char *part = xstrndup(whole, n);

		ck_assert_int_eq(read_commit(part, &v, &text, &armour), -1);
	}
}
END_TEST

START_TEST(two_parents_are_counted)
{
	struct gitx_oid tree, parent;
	unsigned n = 0;

	ck_assert(commit_parents_read(
	    slice_str(TREE PARENT PARENT AUTHOR), &tree, &parent, &n));
	ck_assert_uint_eq(n, 2);
	ck_assert(
	    !commit_parents_read(slice_str("tree 12\n"), &tree, &parent, &n));
}
END_TEST

START_TEST(keymap_keeps_all)
{
	struct keymap m = { 0 };
	const struct keymap_slot **sorted;
	char key[24];
	int value[2000];

	ck_assert_ptr_null(keymap_get(&m, "none"));
	for (int i = 0; i < 2000; i++) {
		snprintf(key, sizeof(key), "key-%04d", 1999 - i);
		keymap_put(&m, key, &value[i]);
	}
	keymap_put(&m, "key-0000", &value[0]);
	ck_assert_uint_eq(m.n, 2000);
	ck_assert_ptr_eq(keymap_get(&m, "key-0000"), &value[0]);
	ck_assert_ptr_eq(keymap_get(&m, "key-1998"), &value[1]);
	sorted = keymap_sorted(&m);
	for (int i = 1; i < 2000; i++)
		ck_assert_int_lt(strcmp(sorted[i - 1]->key, sorted[i]->key), 0);
	free(sorted);
	keymap_free(&m, NULL);
}
END_TEST

/* Ids and words are stable, different, and have both sentences. */
START_TEST(rules_are_whole)
{
	for (int i = 1; i < AUDIT_RULES_MAX; i++) {
		enum audit_rule r = (enum audit_rule)i;

		ck_assert_int_eq(strncmp(audit_rule_id(r), "AUDIT-", 6), 0);
		ck_assert_str_ne(audit_rule_word(r), "");
		ck_assert_str_ne(audit_rule_ja(r), "");
		ck_assert_str_ne(audit_rule_en(r), "");
		for (int k = 1; k < i; k++)
			ck_assert_str_ne(audit_rule_word(r),
			    audit_rule_word((enum audit_rule)k));
	}
	ck_assert_str_eq(audit_rule_id(AUDIT_R23), "AUDIT-23");
	ck_assert_str_eq(audit_rule_word(AUDIT_R23), "event-chain");
	for (int i = 0; i < AUDIT_N_MAX; i++)
		ck_assert_str_ne(audit_count_name((enum audit_count)i), "");
}
END_TEST

/* The first of the history is named first, what concerns all last. */
START_TEST(findings_are_in_order)
{
	struct audit_report *r = xcalloc(1, sizeof(*r));
	struct item early = { .at = 3, .has_name = true };
	struct item late = { .at = 9, .has_name = true };
	struct audit_opts o = { .gitdir = "x" };
	struct audit a = { .opts = &o, .report = r };
	struct json *j;

	r->ok = true;
	snprintf(early.view.dossier, sizeof(early.view.dossier), "c-1");
	early.view.seq = 2;
	audit_say_whole(&a, AUDIT_R83, "10 events", "only %d", 9);
	a.it = &late;
	audit_say(&a, AUDIT_R10, "this", "that");
	a.it = &early;
	ck_assert(audit_same(&a, AUDIT_R31, "article", "6(1)", "6(1)"));
	ck_assert(!audit_same(&a, AUDIT_R31, "article", "6(1)", "6(4)"));
	ck_assert(!audit_same(&a, AUDIT_R23, "prev", "1", NULL));
	report_sort(r);
	ck_assert(!r->ok);
	ck_assert_uint_eq(r->failures, 4);
	ck_assert_int_eq((int)r->findings[0].rule, AUDIT_R23);
	ck_assert_str_eq(r->findings[0].event, "c-1/2");
	ck_assert_int_eq((int)r->findings[1].rule, AUDIT_R31);
	ck_assert_str_eq(r->findings[1].expected, "article 6(1)");
	ck_assert_str_eq(r->findings[1].found, "6(4)");
	ck_assert_int_eq((int)r->findings[2].rule, AUDIT_R10);
	ck_assert_int_eq((int)r->findings[3].rule, AUDIT_R83);
	j = audit_report_json(r);
	ck_assert_uint_eq(jsonx_len(jsonx_get(j, "findings")), 4);
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_at(jsonx_get(j, "findings"), 3), "found"),
	    "only 9");
	jsonx_free(j);
	audit_report_free(r);
}
END_TEST

START_TEST(findings_are_counted_beyond_the_list)
{
	struct audit_report *r = xcalloc(1, sizeof(*r));
	struct item it = { .at = 1 };
	struct audit_opts o = { .gitdir = "x" };
	struct audit a = { .opts = &o, .report = r, .it = &it };

	for (int i = 0; i < AUDIT_FINDINGS + 50; i++)
		audit_say(&a, AUDIT_R10, "this", "%d", i);
	ck_assert_uint_eq(r->n_findings, AUDIT_FINDINGS);
	ck_assert_uint_eq(r->failures, AUDIT_FINDINGS + 50);
	it.light = true;
	audit_say(&a, AUDIT_R10, "this", "verified before");
	ck_assert_uint_eq(r->failures, AUDIT_FINDINGS + 50);
	audit_report_free(r);
}
END_TEST

START_TEST(no_repository)
{
	struct audit_opts o = { .gitdir = "/nonexistent" };
	struct audit_report *r = NULL;
	struct err e = ERR_INIT;

	ck_assert_int_eq(audit_run(&o, &r, &e), -1);
	ck_assert_int_eq((int)e.code, E_NOT_FOUND);
	ck_assert_ptr_null(r);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("audit");
	TCase *commit = tcase_create("commit");
	TCase *report = tcase_create("report");

	tcase_add_test(commit, commit_is_read);
	tcase_add_loop_test(
	    commit, commit_bent_is_refused, 0, (int)NELEM(bent));
	tcase_add_test(commit, every_prefix_is_refused);
	tcase_add_test(commit, two_parents_are_counted);
	suite_add_tcase(suite, commit);
	tcase_add_test(report, keymap_keeps_all);
	tcase_add_test(report, rules_are_whole);
	tcase_add_test(report, findings_are_in_order);
	tcase_add_test(report, findings_are_counted_beyond_the_list);
	tcase_add_test(report, no_repository);
	suite_add_tcase(suite, report);
	return suite_main(suite);
}
