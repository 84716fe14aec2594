/* SPDX-License-Identifier: Apache-2.0 */
/* Schemes as data: both of ours, a third without C, and wrong files. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/scheme.h"
#include "support/support.h"

#define POLICIES TEST_SOURCE_DIR "/policies"
static struct scheme_set *set;
static const struct scheme *iaas, *genai;

static struct jday
day(const char *text)
{
	struct err e = ERR_INIT;
	struct jday d;

	ck_ok(jday_parse(text, &d, &e), &e);
	return d;
}

/* REGULATION 1, row by row. */
START_TEST(differences_of_the_two)
{
	ck_assert_uint_eq(iaas->n_classes, 3);
	ck_assert_uint_eq(genai->n_classes, 1);
	ck_assert_str_eq(iaas->guideline.publisher, "総務省");
	ck_assert_str_eq(genai->guideline.publisher, "ASPIC");
	ck_assert_str_eq(iaas->guideline.date, "2018-10");
	ck_assert_str_eq(genai->guideline.date, "2026-06");
	ck_assert_ptr_nonnull(strstr(genai->guideline.name, "安心・安全"));
	ck_assert_ptr_null(strstr(iaas->guideline.name, "安心"));
	ck_assert_str_eq(iaas->mark_other_scope, "same_class");
	ck_assert_str_eq(genai->mark_other_scope, "any_service");
	ck_assert_uint_eq(iaas->n_publish_items, 3);
	ck_assert_str_eq(iaas->publish_items[0], "form_b_items");
	ck_assert_uint_eq(genai->n_publish_items, 4);
	ck_assert_str_eq(genai->publish_items[0], "guideline_version");
	ck_assert_str_eq(iaas->papers_to, "認定機関");
	ck_assert_str_eq(genai->papers_to, "認定機関");
	ck_assert_str_eq(iaas->compares, "認定サービス");
	ck_assert_str_eq(genai->compares, "サービス");
	ck_assert_uint_eq(genai->n_users, 3);
	ck_assert_str_eq(iaas->number_prefix, "IPT");
	ck_assert_str_eq(genai->number_prefix, "GAI");
	ck_assert_uint_eq(iaas->n_slips, 3);
	ck_assert_uint_eq(genai->n_slips, 3);
	ck_assert_ptr_nonnull(scheme_criterion(genai, "G1"));
	ck_assert_ptr_null(scheme_criterion(iaas, "G1"));
}
END_TEST

START_TEST(equal_constants)
{
	const struct scheme *s;
	struct term_rule r;
	size_t i;

	for (i = 0; (s = scheme_at(set, i)) != NULL; i++) {
		r = scheme_term_rule(s);
		ck_assert_int_eq(r.years, 2);
		ck_assert_int_eq(r.opens_days, 60);
		ck_assert_int_eq(r.closes_days, 30);
		ck_assert(!r.first_day_counts);
		ck_assert_int_eq(s->bar_years, 1);
		ck_assert_uint_eq(s->n_mark_media, 2);
	}
	ck_assert_ptr_null(scheme_find(set, "nobody"));
	ck_assert_ptr_null(scheme_find(set, NULL));
}
END_TEST

START_TEST(rules_in_force)
{
	int64_t begins = instant_of_jday(day("2026-07-01"));
	const struct scheme_version *v;

	ck_assert_ptr_null(scheme_rule_at(genai, begins - 1));
	v = scheme_rule_at(genai, begins);
	ck_assert_ptr_nonnull(v);
	ck_assert_str_eq(v->rule_version, "2026-07-01");
	ck_assert_str_eq(v->policy_version, "2026-07-01.1");
	v = scheme_rule_at(iaas, begins);
	ck_assert_str_eq(v->rule_version, "2022-04-01");
	v = scheme_rule_at(iaas, instant_of_jday(day("2020-03-31")));
	ck_assert_str_eq(v->rule_version, "2018-12-01");
	ck_assert_str_eq(v->text, "");
}
END_TEST

/* Every row of the starting table stands in criteria.yaml, in its order. */
static void
item_row(char *f[TSV_COLUMNS], unsigned line, void *arg)
{
	size_t *n = arg;
	bool first = strcmp(f[0], "iaas-paas-iot") == 0;
	const struct scheme *s = first ? iaas : genai;
	const struct criterion *c = &s->criteria[n[!first]++];
	char dotted[32];

	snprintf(dotted, sizeof(dotted), "%s.%s", f[1], f[2]);
	ck_assert_msg(strcmp(c->id, dotted) == 0 ||
		(strcmp(c->id, f[1]) == 0 &&
		    scheme_criterion(s, dotted) == NULL),
	    "line %u: %s", line, c->id);
	ck_assert_str_eq(c->group, f[3]);
	ck_assert_str_eq(c->item, f[4]);
	ck_assert_str_eq(c->written, f[5]);
	ck_assert_int_eq(c->mandatory, strcmp(f[6], "mandatory") == 0);
	ck_assert_str_eq(criterion_check_name(c->check), f[7]);
	ck_assert_str_eq(c->provenance, f[9]);
	ck_assert_int_eq(c->unset, strstr(f[8], "unset") != NULL);
}

START_TEST(items_as_collected)
{
	size_t n[2] = { 0, 0 };

	tsv_each("disclosure-items.tsv", item_row, n);
	ck_assert_uint_eq(n[0], iaas->n_criteria);
	ck_assert_uint_eq(n[1], genai->n_criteria);
	ck_assert_uint_eq(n[0] + n[1], 338);
}
END_TEST

START_TEST(thresholds)
{
	const struct criterion *c = scheme_criterion(iaas, "41.1");

	ck_assert_int_eq(c->op, TH_GE);
	ck_assert_int_eq(c->milli, 99500);
	ck_assert_str_eq(c->unit, "%");
	c = scheme_criterion(iaas, "5");
	ck_assert_int_eq(c->op, TH_LE);
	ck_assert_int_eq(c->milli, 100000);
	c = scheme_criterion(iaas, "16");
	ck_assert_uint_eq(c->n_choices, 4);
	c = scheme_criterion(genai, "29");
	ck_assert(c->unset && c->n_choices == 0);
}
END_TEST

START_TEST(fees_by_day_and_member)
{
	int64_t yen = 0;

	ck_assert(
	    scheme_fee_at(iaas, DOSSIER_NEW, true, day("2026-07-01"), &yen));
	ck_assert_int_eq(yen, 110000);
	ck_assert(scheme_fee_at(
	    iaas, DOSSIER_RENEWAL, false, day("2026-07-01"), &yen));
	ck_assert_int_eq(yen, 132000);
	ck_assert(
	    !scheme_fee_at(iaas, DOSSIER_NEW, true, day("2022-03-31"), &yen));
	ck_assert(!scheme_fee_at(
	    iaas, DOSSIER_CHANGE, true, day("2026-07-01"), &yen));
}
END_TEST

START_TEST(numbers)
{
	static const char *const good[] = { "0003-0805", "IPT0001-2607",
		"GAI9999-2612", "IP0200-1601" };
	static const char *const wrong[] = { "", "0003-0800", "0003-0813",
		"ABCD0001-2607", "ipt0001-2607", "IPT001-2607", "IPT0001-26071",
		"IPT0001 2607", "IPT0001-260" };
	struct err e = ERR_INIT;
	char number[24];
	size_t i;

	ck_ok(scheme_number(iaas, 1, day("2026-07-01"), number, &e), &e);
	ck_assert_str_eq(number, "IPT0001-2607");
	ck_ok(scheme_number(genai, 9999, day("2026-12-31"), number, &e), &e);
	ck_assert_str_eq(number, "GAI9999-2612");
	ck_code(scheme_number(iaas, 10000, day("2026-07-01"), number, &e), &e,
	    E_LIMIT);
	for (i = 0; i < NELEM(good); i++)
		ck_assert_msg(scheme_number_valid(good[i]), "%s", good[i]);
	for (i = 0; i < NELEM(wrong); i++)
		ck_assert_msg(!scheme_number_valid(wrong[i]), "%s", wrong[i]);
}
END_TEST

START_TEST(params_of_regulation_7)
{
	const struct params *p = &iaas->params;
	struct param_value v;
	size_t i;

	for (i = 0; params_at(p, i, &v); i++)
		ck_assert_msg(v.is_default, "%s is %s", v.key, v.text);
	ck_assert_uint_eq(i, 50);
	for (i = 0; params_quorum_kind(i) != NULL; i++)
		ck_assert_int_eq(
		    params_quorum(p, params_quorum_kind(i)), i < 12 ? 2 : 1);
	ck_assert_uint_eq(i, 23);
	ck_assert_int_eq(params_quorum(p, "nonsense"), 0);
	ck_assert_int_eq(p->window_opens, POLICY_D60);
	ck_assert_int_eq(p->registry_paper_max_age.months, 3);
	ck_assert_int_eq(p->decision_ttl_hours, 168);
	ck_assert_uint_eq(p->n_never_withheld, 4);
}
END_TEST

static const struct {
	const char *item;
	bool may;
} withheld[] = {
	{ "1", false }, /* a date */
	{ "2", false }, /* the name of the operator */
	{ "27", false }, /* the name of the service */
	{ "31", true },
	{ "no such item", false },
};

START_TEST(never_withheld_names_and_dates)
{
	struct scheme s = *iaas;

	ck_assert_int_eq(
	    scheme_may_withhold(&s, withheld[_i].item), withheld[_i].may);
	s.params.n_never_withheld = 0;
	ck_assert_int_eq(scheme_may_withhold(&s, withheld[_i].item),
	    scheme_criterion(&s, withheld[_i].item) != NULL);
}
END_TEST

START_TEST(files_for_the_tree)
{
	const char *name;
	struct slice bytes;
	size_t i;

	for (i = 0; scheme_file(iaas, i, &name, &bytes); i++)
		ck_assert_msg(bytes.n > 100, "%s is empty", name);
	ck_assert_uint_eq(i, 8);
	ck_assert(scheme_file(iaas, 7, &name, &bytes));
	ck_assert_str_eq(name, "rule.txt");
	ck_assert_uint_eq(bytes.n, 15367);
}
END_TEST

/* text with the first `from` replaced by `to`. */
static void
replace(struct buf *text, const char *from, const char *to, struct buf *out)
{
	const char *all = buf_str(text);
	const char *at = strstr(all, from);

	ck_assert_msg(at != NULL, "\"%s\" is not there", from);
	buf_put(out, all, (size_t)(at - all));
	buf_puts(out, to);
	buf_puts(out, at + strlen(from));
}

/* A copy of genai-saas as <dir>/<id> with one change in one file. */
static void
copy_scheme(const char *dir, const char *id, const char *file, const char *from,
    const char *to)
{
	const char *name;
	struct slice bytes;
	struct err e = ERR_INIT;
	char path[512];
	size_t i;

	snprintf(path, sizeof(path), "%s/%s", dir, id);
	ck_ok(fs_mkdirs(AT_FDCWD, path, 0755, &e), &e);
	for (i = 0; scheme_file(genai, i, &name, &bytes); i++) {
		CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
		CLEANUP(buf_free) struct buf new = BUF_INIT(MIB(1));

		buf_put(&text, bytes.p, bytes.n);
		if (strcmp(name, file) == 0)
			replace(&text, from, to, &new);
		else
			buf_put(&new, bytes.p, bytes.n);
		snprintf(path, sizeof(path), "%s/%s/%s", dir, id, name);
		ck_ok(fs_write(AT_FDCWD, path, buf_slice(&new), 0644, &e), &e);
	}
}

static void
edit(const char *dir, const char *id, const char *file, const char *from,
    const char *to)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf new = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s/%s", dir, id, file);
	ck_ok(fs_read(AT_FDCWD, path, MIB(1) - 1, &text, &e), &e);
	replace(&text, from, to, &new);
	ck_ok(fs_write(AT_FDCWD, path, buf_slice(&new), 0644, &e), &e);
}

START_TEST(a_third_scheme_is_a_folder)
{
	CLEANUP(scheme_set_freep) struct scheme_set *more = NULL;
	const struct scheme *third;
	struct err e = ERR_INIT;
	char *dir = temp_dir();

	copy_scheme(dir, "genai-saas", "none", "", "");
	copy_scheme(dir, "data-centre", "scheme.yaml", "id: genai-saas",
	    "id: data-centre");
	ck_code(scheme_set_load(dir, NULL, 0, &more, &e), &e, E_CONFIG);
	ck_assert_ptr_nonnull(strstr(e.detail, "same policy_oid"));
	edit(dir, "data-centre", "profiles.yaml", "\"1.2\"", "\"1.3\"");
	edit(dir, "data-centre", "scheme.yaml", "number_prefix: GAI",
	    "number_prefix: DC");
	edit(dir, "data-centre", "scheme.yaml", "term_years: \"2\"",
	    "term_years: \"3\"");
	edit(dir, "data-centre", "params.yaml", "window_opens: d60",
	    "window_opens: d59");
	e = (struct err)ERR_INIT;
	ck_ok(scheme_set_load(dir, NULL, 0, &more, &e), &e);
	third = scheme_find(more, "data-centre");
	ck_assert_ptr_nonnull(third);
	ck_assert_ptr_nonnull(scheme_find(more, "genai-saas"));
	ck_assert_int_eq(scheme_term_rule(third).years, 3);
	ck_assert_int_eq(scheme_term_rule(third).opens_days, 59);
	ck_assert_str_eq(third->number_prefix, "DC");
}
END_TEST

static const struct {
	const char *file, *from, *to, *says;
} bad[] = {
	{ "scheme.yaml", "id: genai-saas", "id: other", "says other" },
	{ "scheme.yaml", "compares: サービス", "unknown: 1",
	    "Unexpected key: unknown" },
	{ "scheme.yaml", "bar_years: \"1\"", "bar_years: 1x", "bar_years" },
	{ "scheme.yaml", "term_years: \"2\"", "term_years: \"0\"",
	    "term_years" },
	{ "scheme.yaml", "renewal_closes_days: \"30\"",
	    "renewal_closes_days: \"60\"", "renewal_closes_days" },
	{ "scheme.yaml", "any_service", "all", "mark_other_scope" },
	{ "scheme.yaml", "number_prefix: GAI", "number_prefix: gai",
	    "number_prefix" },
	{ "scheme.yaml", "[guideline_version,", "[everything,",
	    "publish_items" },
	{ "scheme.yaml", "[website, print]", "[]", "mark_media" },
	{ "scheme.yaml", "role: form_a", "role: form_x", "slots" },
	{ "scheme.yaml", "kinds: [new, renewal, change, termination]",
	    "kinds: [old]", "slots.kinds" },
	{ "scheme.yaml", "required: yes", "required: maybe", "slots.required" },
	{ "scheme.yaml", "kind: new, member", "kind: x, member", "fees" },
	{ "scheme.yaml", "amount: \"110000\"", "amount: \"-1\"",
	    "fees.amount" },
	{ "scheme.yaml", "rule_version: \"2026-07-01\"",
	    "rule_version: \"2026-7-1\"", "versions" },
	{ "scheme.yaml", "    text: rule.txt\n", "", "together" },
	{ "scheme.yaml", "text: rule.txt", "text: ../rule.txt", "beside" },
	{ "rule.txt", "（目的）", "(目的)", "another SHA-256" },
	{ "criteria.yaml", "requirement: mandatory", "requirement: perhaps",
	    "requirement" },
	{ "criteria.yaml", "check: date_ymd", "check: date", "unknown check" },
	{ "criteria.yaml", "id: \"2\"", "id: \"1\"", "twice" },
	{ "criteria.yaml", "value: \"100\"", "value: \"1e2\"", "value" },
	{ "criteria.yaml", "op: \"<=\"", "op: \"<\"", "op" },
	{ "form-a.yaml", "type: date", "type: day", "unknown type" },
	{ "form-a.yaml", "tag: public", "tag: open", "unknown tag" },
	{ "form-a.yaml", "max_chars: \"20\"", "max_chars: \"5000\"",
	    "max_chars" },
	{ "profiles.yaml", "\"1.2\"", "\"1..2\"", "policy_oid" },
	{ "profiles.yaml", "/c/{number}", "/c/", "designated_path" },
	{ "profiles.yaml", "ca_years: \"8\"", "ca_years: \"99\"", "ca_years" },
	{ "tags.yaml", "default: secret", "default: public", "default" },
	{ "tags.yaml", "level: top_secret", "level: high", "unknown level" },
	{ "tags.yaml", "default: secret\n",
	    "default: secret\nlabels: [{guid: 1111, level: secret}]\n",
	    "no GUID" },
	{ "tags.yaml", "default: secret\n",
	    "default: secret\nlabels: [{guid: 11111111-2222-3333-4444-555555555555, level: x}]\n",
	    "unknown level" },
	{ "tags.yaml", "default: secret\n",
	    "default: secret\nlabels: [{guid: 11111111-2222-3333-4444-555555555555, level: ask}, "
	    "{guid: 11111111-2222-3333-4444-555555555555, level: none}]\n",
	    "twice" },
	{ "registry.yaml", "grade: weak, max_age: policy",
	    "grade: weak, max_age: 3M", "period" },
	{ "registry.yaml", "grade: strong", "grade: best", "grade" },
	{ "params.yaml", "first_day_counts: no", "first_day_count: no",
	    "Unexpected key" },
	{ "params.yaml", "renewal_term: chained", "renewal_term: linked",
	    "renewal_term" },
	{ "params.yaml", "rule_notice_days: \"30\"", "rule_notice_days: 3O",
	    "rule_notice_days" },
	{ "params.yaml", "certify: \"2\"", "certify: \"1\"", "certify" },
	{ "params.yaml", "bar_date: received", "bar_date: form_date",
	    "not serve" },
	{ "params.yaml", "revoke_after_end: no", "revoke_after_end: yes",
	    "not serve" },
	{ "params.yaml", "late_conflict: record_only",
	    "late_conflict: hear_again", "not serve" },
	{ "params.yaml", "fee_voluntary_return: no",
	    "fee_voluntary_return: yes", "not serve" },
	{ "params.yaml", "reasons_detail: full", "reasons_detail: summary",
	    "not serve" },
	{ "params.yaml", "dossier_end: shred", "dossier_end: return_paper",
	    "not serve" },
	{ "params.yaml", "objection_rejects: yes", "objection_rejects: no",
	    "not serve" },
};

START_TEST(papers_are_as_old_as_the_policy_says)
{
	struct scheme_set *other = NULL;
	const struct scheme *s;
	struct err e = ERR_INIT;
	char *dir = temp_dir();
	size_t n = 0;

	copy_scheme(dir, "genai-saas", "params.yaml",
	    "registry_paper_max_age: P3M", "registry_paper_max_age: P6M");
	ck_ok(scheme_set_load(dir, NULL, 0, &other, &e), &e);
	s = scheme_find(other, "genai-saas");
	for (size_t i = 0; i < s->n_proofs; i++) {
		n += s->proofs[i].max_age.months == 6;
		ck_assert_int_ne(s->proofs[i].max_age.months, 3);
	}
	ck_assert_uint_eq(n, 3);
	scheme_set_free(other);
}
END_TEST

START_TEST(wrong_policies)
{
	struct scheme_set *none = NULL;
	struct err e = ERR_INIT;
	char *dir = temp_dir();

	copy_scheme(dir, "genai-saas", bad[_i].file, bad[_i].from, bad[_i].to);
	ck_assert_msg(scheme_set_load(dir, NULL, 0, &none, &e) == -1,
	    "%s: %s was accepted", bad[_i].file, bad[_i].to);
	ck_assert_int_eq(e.code, E_CONFIG);
	ck_assert_msg(strstr(e.detail, bad[_i].says) != NULL,
	    "want \"%s\" in: %s", bad[_i].says, e.detail);
	ck_assert_ptr_null(none);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("scheme");
	TCase *tc = tcase_create("policies");
	struct err e = ERR_INIT;
	int rv;

	if (scheme_set_load(POLICIES, NULL, 0, &set, &e) < 0) {
		fprintf(stderr, "%s\n", e.detail);
		return 1;
	}
	iaas = scheme_find(set, "iaas-paas-iot");
	genai = scheme_find(set, "genai-saas");
	tcase_add_test(tc, differences_of_the_two);
	tcase_add_test(tc, equal_constants);
	tcase_add_test(tc, rules_in_force);
	tcase_add_test(tc, items_as_collected);
	tcase_add_test(tc, thresholds);
	tcase_add_test(tc, fees_by_day_and_member);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, params_of_regulation_7);
	tcase_add_loop_test(
	    tc, never_withheld_names_and_dates, 0, (int)NELEM(withheld));
	tcase_add_test(tc, files_for_the_tree);
	tcase_add_test(tc, a_third_scheme_is_a_folder);
	tcase_add_test(tc, papers_are_as_old_as_the_policy_says);
	tcase_add_loop_test(tc, wrong_policies, 0, (int)NELEM(bad));
	suite_add_tcase(s, tc);
	rv = suite_main(s);
	scheme_set_free(set);
	return rv;
}
