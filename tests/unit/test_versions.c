/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of a scheme: folders, timetable, articles, differences. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/scheme.h"
#include "support/support.h"

#define POLICIES TEST_SOURCE_DIR "/policies"
#define ID "genai-saas"
static struct scheme_set *shared;
static const struct scheme *genai;

static int64_t
at(const char *date)
{
	struct err e = ERR_INIT;
	struct jday d;

	ck_ok(jday_parse(date, &d, &e), &e);
	return instant_of_jday(d);
}

/* What a version changes: one text of one file for another, in order. */
struct edit {
	const char *file, *from, *to;
};

static void
text_edit(
    const char *name, const struct edit *edits, size_t n, struct buf *text)
{
	for (size_t i = 0; i < n; i++) {
		struct buf new = BUF_INIT(MIB(1));
		const char *found;

		if (strcmp(name, edits[i].file) != 0)
			continue;
		found = strstr(buf_str(text), edits[i].from);
		ck_assert_msg(found != NULL, "no \"%s\"", edits[i].from);
		buf_put(&new, text->p, (size_t)(found - buf_str(text)));
		buf_puts(&new, edits[i].to);
		buf_puts(&new, found + strlen(edits[i].from));
		buf_free(text);
		*text = new;
	}
}

/* scheme.yaml names the digest of rule.txt as it came to be. */
static void
digest_put(struct buf *yaml, const struct buf *rule)
{
	const struct scheme_version *v = &genai->versions[0];
	char hex[SHA256_HEX];
	struct edit e = { "scheme.yaml", v->sha256,
		sha256_hex(buf_slice(rule), hex) };

	text_edit("scheme.yaml", &e, 1, yaml);
}

/* The scheme with edits, as a folder. */
static void
folder_make(const char *dir, const struct edit *edits, size_t n)
{
	struct buf all[9] = { 0 };
	const char *name;
	struct slice bytes;
	struct err e = ERR_INIT;

	ck_ok(fs_mkdirs(AT_FDCWD, dir, 0755, &e), &e);
	for (size_t i = 0; scheme_file(genai, i, &name, &bytes); i++) {
		all[i].max = MIB(1);
		buf_put(&all[i], bytes.p, bytes.n);
		text_edit(name, edits, n, &all[i]);
	}
	digest_put(&all[0], &all[7]);
	for (size_t i = 0; scheme_file(genai, i, &name, &bytes); i++) {
		CLEANUP(freep) char *path = xasprintf("%s/%s", dir, name);

		ck_ok(
		    fs_write(AT_FDCWD, path, buf_slice(&all[i]), 0644, &e), &e);
		buf_free(&all[i]);
	}
}

static const struct edit amended[] = {
	{ "scheme.yaml", "- rule_version: \"2026-07-01\"",
	    "- rule_version: \"2027-04-01\"" },
	{ "scheme.yaml", "term_years: \"2\"", "term_years: \"3\"" },
	{ "rule.txt", "認定を実施した日から2年", "認定を実施した日から3年" },
	{ "params.yaml", "first_day_counts: no", "first_day_counts: yes" },
	{ "params.yaml", "rule_for_open_cases: at_act",
	    "rule_for_open_cases: at_received" },
	{ "params.yaml", "criteria_version_at: received",
	    "criteria_version_at: decision" },
	{ "criteria.yaml", "value: \"100\"", "value: \"90\"" },
};
static const struct edit second_policy[] = {
	{ "scheme.yaml", "policy: \"1\"", "policy: \"2\"" },
	{ "params.yaml", "first_day_counts: no", "first_day_counts: yes" },
};

/* A home's policies: the installed folder and those of versions/. */
static struct scheme_set *
home_load(const char *dir, struct err *e)
{
	struct scheme_set *s = NULL;

	return scheme_set_load(dir, NULL, 0, &s, e) < 0 ? NULL : s;
}

static char *
home_make(void)
{
	char *dir = temp_dir();
	CLEANUP(freep) char *base = xasprintf("%s/" ID, dir);
	CLEANUP(freep)
	char *next = xasprintf("%s/" ID "/versions/2027-04-01", dir);
	CLEANUP(freep)
	char *policy = xasprintf("%s/" ID "/versions/2026-07-01.2", dir);

	folder_make(base, NULL, 0);
	folder_make(next, amended, NELEM(amended));
	folder_make(policy, second_policy, NELEM(second_policy));
	return dir;
}

static const char *
in_force(const struct scheme_set *s, const char *date, int64_t plus)
{
	const struct scheme *v = scheme_in_force(s, ID, at(date) + plus);

	return v == NULL ? "-" : v->policy_version;
}

START_TEST(only_events_put_in_force)
{
	struct err e = ERR_INIT;
	CLEANUP(scheme_set_freep) struct scheme_set *s = NULL;

	s = home_load(home_make(), &e);
	ck_assert_msg(s != NULL, "%s", e.detail);
	ck_assert_str_eq(in_force(s, "2026-06-30", 0), "-");
	ck_assert_str_eq(in_force(s, "2026-07-01", 0), "2026-07-01.1");
	ck_assert_str_eq(in_force(s, "2030-01-01", 0), "2026-07-01.1");
	ck_ok(
	    scheme_set_enact(s, ID, "2027-04-01.1", at("2027-04-01"), &e), &e);
	ck_assert_str_eq(in_force(s, "2027-04-01", -1), "2026-07-01.1");
	ck_assert_str_eq(in_force(s, "2027-04-01", 0), "2027-04-01.1");
	ck_ok(
	    scheme_set_enact(s, ID, "2026-07-01.2", at("2026-09-01"), &e), &e);
	ck_assert_str_eq(in_force(s, "2026-09-01", -1), "2026-07-01.1");
	ck_assert_str_eq(in_force(s, "2026-09-01", 0), "2026-07-01.2");
	ck_assert_str_eq(in_force(s, "2027-04-01", 0), "2027-04-01.1");
	scheme_set_repeal(s, ID, "2027-04-01");
	ck_assert_str_eq(in_force(s, "2027-04-01", 0), "2026-07-01.2");
	ck_code(
	    scheme_set_enact(s, ID, "2028-01-01.1", 1, &e), &e, E_NOT_FOUND);
	ck_assert_ptr_null(scheme_in_force(s, "nobody", at("2027-04-01")));
}
END_TEST

START_TEST(turns_with_the_clock)
{
	struct err e = ERR_INIT;
	CLEANUP(scheme_set_freep) struct scheme_set *s = NULL;
	const struct scheme *before;
	int64_t from = 0;

	s = home_load(home_make(), &e);
	ck_assert_msg(s != NULL, "%s", e.detail);
	before = scheme_find(s, ID);
	ck_ok(
	    scheme_set_enact(s, ID, "2027-04-01.1", at("2027-04-01"), &e), &e);
	ck_assert_ptr_eq(scheme_find(s, ID), before);
	ck_assert_str_eq(
	    scheme_coming(s, ID, at("2027-03-31"), &from)->rule_version,
	    "2027-04-01");
	ck_assert_int_eq(from, at("2027-04-01"));
	ck_assert_ptr_null(scheme_coming(s, ID, from, &from));
	scheme_set_turn(s, at("2027-04-01"));
	ck_assert_int_eq(scheme_find(s, ID)->term_years, 3);
	ck_assert_int_eq(scheme_at(s, 0)->term_years, 3);
	ck_assert_int_eq(before->term_years, 2);
	scheme_set_turn(s, at("2027-04-01") - 1);
	ck_assert_ptr_eq(scheme_find(s, ID), before);
}
END_TEST

START_TEST(open_cases)
{
	struct err e = ERR_INIT;
	CLEANUP(scheme_set_freep) struct scheme_set *s = NULL;
	int64_t received = at("2027-03-10"), now = at("2027-04-10");

	s = home_load(home_make(), &e);
	ck_assert_msg(s != NULL, "%s", e.detail);
	/* Of the version in force before: at_act, and received. */
	ck_assert_int_eq(scheme_for_case(s, ID, received, now)->term_years, 2);
	ck_ok(
	    scheme_set_enact(s, ID, "2026-07-01.2", at("2026-09-01"), &e), &e);
	ck_assert_str_eq(
	    scheme_for_case(s, ID, at("2026-08-01"), now)->policy_version,
	    "2026-07-01.2");
	ck_assert_str_eq(
	    scheme_criteria_for(s, ID, at("2026-08-01"), now)->policy_version,
	    "2026-07-01.1");
	/* The amended one says at_received, and decision. */
	ck_ok(
	    scheme_set_enact(s, ID, "2027-04-01.1", at("2027-04-01"), &e), &e);
	ck_assert_int_eq(scheme_for_case(s, ID, received, now)->term_years, 2);
	ck_assert_int_eq(scheme_for_case(s, ID, 0, now)->term_years, 3);
	ck_assert_int_eq(
	    scheme_criteria_for(s, ID, received, now)->term_years, 3);
}
END_TEST

START_TEST(wrong_folders)
{
	struct err e = ERR_INIT;
	char *dir = home_make();
	CLEANUP(freep)
	char *other = xasprintf("%s/" ID "/versions/2029-01-01", dir);

	folder_make(other, amended, NELEM(amended));
	ck_assert_ptr_null(home_load(dir, &e));
	ck_assert_msg(strstr(e.detail, "holds 2027-04-01.1"), "%s", e.detail);
	dir = home_make();
	e = (struct err)ERR_INIT;
	freep(&other);
	other = xasprintf("%s/" ID "/versions/2027-04-01.1", dir);
	folder_make(other, amended, NELEM(amended));
	ck_assert_ptr_null(home_load(dir, &e));
	ck_assert_msg(strstr(e.detail, "twice"), "%s", e.detail);
	dir = home_make();
	e = (struct err)ERR_INIT;
	freep(&other);
	other = xasprintf("%s/" ID "/versions/later", dir);
	folder_make(other, amended, NELEM(amended));
	ck_assert_ptr_null(home_load(dir, &e));
	ck_assert_msg(strstr(e.detail, "not a version"), "%s", e.detail);
}
END_TEST

START_TEST(a_replaced_version_is_still_lent)
{
	struct err e = ERR_INIT;
	CLEANUP(scheme_set_freep) struct scheme_set *s = NULL;
	char *dir = home_make();
	CLEANUP(freep)
	char *next = xasprintf("%s/" ID "/versions/2027-04-01", dir);
	const struct scheme *old;
	struct scheme *again = NULL;

	s = home_load(dir, &e);
	ck_assert_msg(s != NULL, "%s", e.detail);
	old = scheme_of_version(s, ID, "2027-04-01.1");
	ck_ok(
	    scheme_set_enact(s, ID, "2027-04-01.1", at("2027-04-01"), &e), &e);
	folder_make(next, amended, NELEM(amended) - 1);
	ck_ok(scheme_read_version(dir, ID, "2027-04-01", &again, &e), &e);
	ck_ok(scheme_set_take(s, again, &e), &e);
	ck_assert_ptr_eq(scheme_in_force(s, ID, at("2027-04-01")), again);
	ck_assert_ptr_ne(old, again);
	ck_assert_int_eq(old->term_years, 3);
	ck_assert_ptr_null(scheme_version_at(s, ID, 3));
}
END_TEST

START_TEST(details_name_each_file)
{
	struct err e = ERR_INIT;
	CLEANUP(scheme_set_freep)
	struct scheme_set *s = home_load(home_make(), &e);
	const struct scheme *next = scheme_of_version(s, ID, "2027-04-01.1");
	CLEANUP(jsonx_freep)
	struct json *j = scheme_rules_detail(next, "2027-04-01");
	char one[65], other[65];

	ck_assert(scheme_rules_match(next, j));
	ck_assert(!scheme_rules_match(genai, j));
	ck_assert_uint_eq(jsonx_len(jsonx_get(j, "files")), 8);
	jsonx_set_str(j, "extra", "x");
	ck_assert(!scheme_rules_match(next, j));
	scheme_digest(next, one);
	scheme_digest(genai, other);
	ck_assert_str_ne(one, other);
	ck_assert_uint_eq(strlen(one), 64);
}
END_TEST

static const struct json *
row(const struct json *list, const char *key, const char *name)
{
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (strcmp(jsonx_get_str(jsonx_at(list, i), key), name) == 0)
			return jsonx_at(list, i);
	return NULL;
}

START_TEST(difference_is_by_meaning)
{
	struct err e = ERR_INIT;
	CLEANUP(scheme_set_freep)
	struct scheme_set *s = home_load(home_make(), &e);
	const struct scheme *next = scheme_of_version(s, ID, "2027-04-01.1");
	CLEANUP(jsonx_freep) struct json *j = scheme_diff(genai, next);
	CLEANUP(jsonx_freep) struct json *none = scheme_diff(genai, genai);
	CLEANUP(jsonx_freep) struct json *all = scheme_diff(NULL, genai);
	const struct json *articles = jsonx_get(j, "articles");
	const struct json *p;

	ck_assert_uint_eq(jsonx_len(jsonx_get(j, "files")), 4);
	ck_assert_uint_eq(jsonx_len(articles), 1);
	p = row(articles, "article", "9(1)");
	ck_assert_ptr_nonnull(p);
	ck_assert_str_eq(jsonx_get_str(p, "change"), "changed");
	ck_assert_ptr_nonnull(strstr(jsonx_get_str(p, "from"), "2年"));
	ck_assert_ptr_nonnull(strstr(jsonx_get_str(p, "to"), "3年"));
	p = row(jsonx_get(j, "params"), "key", "first_day_counts");
	ck_assert_str_eq(jsonx_get_str(p, "to"), "true");
	ck_assert_uint_eq(jsonx_len(jsonx_get(j, "params")), 3);
	ck_assert_uint_eq(jsonx_len(jsonx_get(j, "criteria")), 1);
	p = row(jsonx_get(j, "values"), "key", "term_years");
	ck_assert_int_eq(jsonx_get_int(p, "to", 0), 3);
	ck_assert_uint_eq(jsonx_len(jsonx_get(none, "files")), 0);
	ck_assert_uint_eq(jsonx_len(jsonx_get(none, "articles")), 0);
	ck_assert_uint_eq(jsonx_len(jsonx_get(none, "values")), 0);
	ck_assert_uint_ge(jsonx_len(jsonx_get(all, "articles")), 60);
}
END_TEST

START_TEST(difference_in_lines)
{
	struct err e = ERR_INIT;
	CLEANUP(scheme_set_freep)
	struct scheme_set *s = home_load(home_make(), &e);
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(16));

	scheme_diff_text(
	    genai, scheme_of_version(s, ID, "2027-04-01.1"), &text);
	ck_assert_str_eq(buf_str(&text),
	    "article 9(1) changed\n"
	    "param first_day_counts changed\n"
	    "param criteria_version_at changed\n"
	    "param rule_for_open_cases changed\n"
	    "value term_years changed\n"
	    "criterion 5 changed\n");
}
END_TEST

START_TEST(what_a_policy_may_change)
{
	struct err e = ERR_INIT;
	CLEANUP(scheme_set_freep)
	struct scheme_set *s = home_load(home_make(), &e);

	ck_ok(scheme_policy_check(
		  genai, scheme_of_version(s, ID, "2026-07-01.2"), &e),
	    &e);
	ck_code(scheme_policy_check(
		    genai, scheme_of_version(s, ID, "2027-04-01.1"), &e),
	    &e, E_FLOW_GUARD);
	e = (struct err)ERR_INIT;
	ck_code(scheme_policy_check(genai, genai, &e), &e, E_FLOW_GUARD);
	ck_assert_ptr_nonnull(strstr(e.detail, "policy after 2026-07-01.1"));
}
END_TEST

static const struct edit terms_by_policy[] = {
	{ "scheme.yaml", "policy: \"1\"", "policy: \"2\"" },
	{ "scheme.yaml", "bar_years: \"1\"", "bar_years: \"2\"" },
};

START_TEST(terms_of_articles_are_no_policy)
{
	struct err e = ERR_INIT;
	char *dir = temp_dir();
	CLEANUP(freep) char *base = xasprintf("%s/" ID, dir);
	CLEANUP(scheme_set_freep) struct scheme_set *s = NULL;

	folder_make(base, terms_by_policy, NELEM(terms_by_policy));
	s = home_load(dir, &e);
	ck_assert_msg(s != NULL, "%s", e.detail);
	ck_code(scheme_policy_check(genai, scheme_find(s, ID), &e), &e,
	    E_FLOW_GUARD);
	ck_assert_ptr_nonnull(strstr(e.detail, "bar_years"));
}
END_TEST

static const struct {
	const char *article, *begins;
} parts[] = {
	{ "1", "（目的）" },
	{ "1(1)", "この規程は、" },
	{ "4(1)(2)", "登記事項証明書その他" },
	{ "8(1)", "認定機関は、第4条の申請に係る" },
	{ "12", "(認定の更新)" },
	{ "12(1)", "認定の更新を受けようとする事業者は" },
	{ "12(2)", "認定機関は、前項の規定により" },
	{ "17(1)(9)", "認定サービスに係る事業譲渡" },
	{ "17(3)", "認定機関は、第1項の規定により" },
	{ "20(2)(5)", "事業者から機密情報より除外" },
	{ "22(2)", "改正後の規程については" },
	{ "附則", "附則" },
	{ "12(4)", NULL },
	{ "23", NULL },
	{ "5(1)(1)", NULL },
	{ "", NULL },
};

START_TEST(articles_of_both_texts)
{
	const struct scheme *s;
	struct slice text;

	for (size_t i = 0; (s = scheme_at(shared, i)) != NULL; i++) {
		bool found = scheme_article(s, parts[_i].article, &text);
		size_t n =
		    parts[_i].begins == NULL ? 0 : strlen(parts[_i].begins);

		ck_assert_int_eq(found, parts[_i].begins != NULL);
		if (!found)
			continue;
		ck_assert_msg(text.n >= n &&
			(memcmp(text.p, parts[_i].begins, n) == 0 ||
			    parts[_i].begins[0] == '(' ||
			    memcmp(text.p, "（", 3) == 0),
		    "%s %s: %.60s", s->id, parts[_i].article, text.p);
	}
}
END_TEST

/* A sentence that is broken before 第17条 begins no article. */
START_TEST(broken_lines_are_no_headings)
{
	const struct scheme *iaas = scheme_find(shared, "iaas-paas-iot");
	struct slice text;

	ck_assert(scheme_article(iaas, "8(1)", &text));
	ck_assert_ptr_nonnull(
	    memmem(text.p, text.n, "拒否するものとする。", 30));
	ck_assert(scheme_article(iaas, "8", &text));
	ck_assert_ptr_null(memmem(text.p, text.n, "有効期間", 12));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("versions");
	TCase *tc = tcase_create("set");
	struct err e = ERR_INIT;
	int rv;

	if (scheme_set_load(POLICIES, NULL, 0, &shared, &e) < 0) {
		fprintf(stderr, "%s\n", e.detail);
		return 1;
	}
	genai = scheme_find(shared, ID);
	tcase_add_test(tc, only_events_put_in_force);
	tcase_add_test(tc, turns_with_the_clock);
	tcase_add_test(tc, open_cases);
	tcase_add_test(tc, wrong_folders);
	tcase_add_test(tc, a_replaced_version_is_still_lent);
	tcase_add_test(tc, details_name_each_file);
	tcase_add_test(tc, difference_is_by_meaning);
	tcase_add_test(tc, difference_in_lines);
	tcase_add_test(tc, what_a_policy_may_change);
	tcase_add_test(tc, terms_of_articles_are_no_policy);
	tcase_add_loop_test(tc, articles_of_both_texts, 0, (int)NELEM(parts));
	tcase_add_test(tc, broken_lines_are_no_headings);
	suite_add_tcase(s, tc);
	rv = suite_main(s);
	scheme_set_free(shared);
	return rv;
}
