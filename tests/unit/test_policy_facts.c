/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing in policies/ claims as a fact what is not known: each such value has
 * a remark that says so, and every key of the policy is explained.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "nintei/flow_next.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/notice_texts.h"
#include "nintei/params_about.h"
#include "nintei/scheme.h"
#include "support/support.h"

#define POLICIES TEST_SOURCE_DIR "/policies"
static struct scheme_set *set;

/* Values of the outside world that nobody told us. */
static const char *const unknown[] = { "fees", "number_prefix", "criteria",
	"form_a", "rule_notice_days", "registry_paper_max_age",
	"registry.anchors", "profiles.mark_path", "certificate" };
/* Values of which only readings or the body's habits are known. */
static const char *const unsettled[] = { "first_day_counts", "renewal_term",
	"bar_includes_anniversary", "merger_survivor_lapses",
	"revoke_after_end", "mark_during_continuation", "expired_listing",
	"written_notice_form", "quorum", "committee_quorum" };

static const struct scheme_remark *
remark(const struct scheme *s, const char *about)
{
	const struct scheme_remark *found = NULL;

	for (size_t i = 0; i < s->n_remarks; i++)
		if (strcmp(s->remarks[i].about, about) == 0) {
			ck_assert_msg(found == NULL, "%s twice", about);
			found = &s->remarks[i];
		}
	return found;
}

START_TEST(unknown_values_say_so)
{
	const struct scheme *s;

	for (size_t i = 0; (s = scheme_at(set, i)) != NULL; i++)
		for (size_t k = 0; k < NELEM(unknown); k++) {
			const struct scheme_remark *r = remark(s, unknown[k]);

			ck_assert_msg(
			    r != NULL && strcmp(r->known, "unknown") == 0,
			    "%s: %s claims to be known", s->id, unknown[k]);
		}
}
END_TEST

START_TEST(readings_are_no_facts)
{
	const struct scheme *s;

	for (size_t i = 0; (s = scheme_at(set, i)) != NULL; i++)
		for (size_t k = 0; k < NELEM(unsettled); k++) {
			const struct scheme_remark *r = remark(s, unsettled[k]);

			ck_assert_msg(r != NULL &&
				(strcmp(r->known, "reading") == 0 ||
				    strcmp(r->known, "practice") == 0),
			    "%s: %s claims to be a fact", s->id, unsettled[k]);
		}
}
END_TEST

/* A fact names its source; what the text says, its article. */
START_TEST(facts_have_sources)
{
	const struct scheme *s;

	for (size_t i = 0; (s = scheme_at(set, i)) != NULL; i++)
		for (size_t k = 0; k < s->n_remarks; k++) {
			const struct scheme_remark *r = &s->remarks[k];

			if (strcmp(r->known, "fact") == 0 ||
			    strcmp(r->known, "regulation") == 0)
				ck_assert_msg(r->source[0] != '\0',
				    "%s: %s without a source", s->id, r->about);
		}
}
END_TEST

/* A placeholder is no number that could be taken for the body's. */
START_TEST(placeholders_are_marked)
{
	static const char *const ids[] = { "iaas-paas-iot", "genai-saas" };

	for (size_t i = 0; i < NELEM(ids); i++) {
		CLEANUP(freep)
		char *path = xasprintf(POLICIES "/%s/scheme.yaml", ids[i]);
		CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
		struct err e = ERR_INIT;

		ck_ok(fs_read(AT_FDCWD, path, MIB(1) - 1, &text, &e), &e);
		ck_assert_ptr_nonnull(
		    strstr(buf_str(&text), "PLACEHOLDER AMOUNTS"));
		ck_assert_ptr_nonnull(strstr(buf_str(&text), "laceholder"));
	}
}
END_TEST

START_TEST(every_key_is_explained)
{
	struct param_value v;
	struct params p;
	size_t n = 0;

	params_default(&p);
	for (size_t i = 0; params_at(&p, i, &v); i++, n++) {
		const struct param_about *a;
		size_t k = 0;

		while ((a = param_about_at(k)) != NULL &&
		    strcmp(a->key, v.key) != 0)
			k++;
		ck_assert_msg(a != NULL, "%s is not explained", v.key);
		ck_assert(a->article[0] != '\0' && a->ja[0] != '\0' &&
		    a->en[0] != '\0');
	}
	ck_assert_ptr_null(param_about_at(n));
}
END_TEST

/* params.yaml names every key, and all of them are defaults. */
START_TEST(every_key_stands_in_the_policy)
{
	const struct scheme *s;
	struct param_value v;

	for (size_t i = 0; (s = scheme_at(set, i)) != NULL; i++) {
		CLEANUP(freep)
		char *path = xasprintf(POLICIES "/%s/params.yaml", s->id);
		CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
		struct err e = ERR_INIT;

		ck_ok(fs_read(AT_FDCWD, path, MIB(1) - 1, &text, &e), &e);
		for (size_t k = 0; params_at(&s->params, k, &v); k++) {
			CLEANUP(freep) char *line = xasprintf("\n%s: ", v.key);

			ck_assert_msg(strstr(buf_str(&text), line) != NULL,
			    "%s: no %s", s->id, v.key);
			ck_assert_msg(v.is_default, "%s: %s", s->id, v.key);
		}
	}
}
END_TEST

/* --- notices --- */

START_TEST(every_notice_has_its_text)
{
	CLEANUP(notice_texts_freep) struct notice_texts *t = NULL;
	const struct flow_notice *n;
	const struct notice_text *text;
	struct err e = ERR_INIT;

	ck_ok(notice_texts_load(POLICIES, &t, &e), &e);
	for (size_t i = 0; (n = flow_notice_at(i)) != NULL; i++) {
		text = notice_text_find(t, n->kind);
		ck_assert_msg(text != NULL, "no text of %s", n->kind);
		ck_assert_msg(strstr(text->text_ja, "{article}") != NULL &&
			strstr(text->text_en, "{article}") != NULL,
		    "%s names no article", n->kind);
	}
	for (size_t i = 0; (text = notice_text_at(t, i)) != NULL; i++)
		ck_assert_msg(flow_notice_find(text->kind) != NULL,
		    "%s is no notice", text->kind);
}
END_TEST

START_TEST(names_are_filled_in)
{
	static const struct notice_values v = { "IPT0001-2607", "c1",
		"2027-03-01", "6(4)", "https://x" };
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(4));

	notice_text_fill(
	    "{number}/{case} {deadline}{article} {link} {reasons}", &v, &out);
	ck_assert_str_eq(buf_str(&out),
	    "IPT0001-2607/c1 2027-03-016(4) https://x {reasons}");
}
END_TEST

static const struct {
	const char *yaml, *says;
} wrong[] = {
	{ "notices: []\nother: 1\n", "other" },
	{ "notices:\n  - {kind: a, subject_ja: a, text_ja: a, subject_en: a}\n",
	    "text_en" },
	{ "notices:\n  - {kind: a, subject_ja: a, text_ja: \"\", "
	  "subject_en: a, text_en: a}\n",
	    "1 to" },
	{ "notices:\n  - {kind: a, by_post: maybe, subject_ja: a, text_ja: a, "
	  "subject_en: a, text_en: a}\n",
	    "by_post" },
	{ "notices:\n"
	  "  - {kind: a, subject_ja: a, text_ja: a, subject_en: a, text_en: a}\n"
	  "  - {kind: a, subject_ja: a, text_ja: a, subject_en: a, "
	  "text_en: a}\n",
	    "twice" },
};

START_TEST(wrong_texts)
{
	struct notice_texts *t = NULL;
	char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, "notices.yaml");
	struct err e = ERR_INIT;

	ck_ok(
	    fs_write(AT_FDCWD, path, slice_str(wrong[_i].yaml), 0644, &e), &e);
	ck_code(notice_texts_load(dir, &t, &e), &e, E_CONFIG);
	ck_assert_msg(strstr(e.detail, wrong[_i].says) != NULL, "%s", e.detail);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy_facts");
	TCase *tc = tcase_create("remarks");
	struct err e = ERR_INIT;
	int rv;

	if (scheme_set_load(POLICIES, NULL, 0, &set, &e) < 0) {
		fprintf(stderr, "%s\n", e.detail);
		return 1;
	}
	tcase_add_test(tc, unknown_values_say_so);
	tcase_add_test(tc, readings_are_no_facts);
	tcase_add_test(tc, facts_have_sources);
	tcase_add_test(tc, placeholders_are_marked);
	tcase_add_test(tc, every_key_is_explained);
	tcase_add_test(tc, every_key_stands_in_the_policy);
	tcase_add_test(tc, every_notice_has_its_text);
	tcase_add_test(tc, names_are_filled_in);
	tcase_add_loop_test(tc, wrong_texts, 0, (int)NELEM(wrong));
	suite_add_tcase(s, tc);
	rv = suite_main(s);
	scheme_set_free(set);
	return rv;
}
