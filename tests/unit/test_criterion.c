/* SPDX-License-Identifier: Apache-2.0 */
/* Values as people write them, and items of form B by a limit of their own. */
#include <stdlib.h>
#include <string.h>
#include "intake_int.h"
#include "support/support.h"

static char *
fold(const char *text)
{
	char *folded = value_fold(text);

	ck_assert_ptr_nonnull(folded);
	return folded;
}

static const struct {
	const char *text;
	enum answer want;
} answers[] = {
	{ "有", ANSWER_YES },
	{ " 有り（２種類）", ANSWER_YES },
	{ "あり", ANSWER_YES },
	{ "Yes, two", ANSWER_YES },
	{ "○", ANSWER_YES },
	{ "無", ANSWER_NO },
	{ "無し", ANSWER_NO },
	{ "　なし", ANSWER_NO },
	{ "No.", ANSWER_NO },
	{ "Notes", ANSWER_NONE },
	{ "Yesterday", ANSWER_NONE },
	{ "未定", ANSWER_NONE },
	{ "", ANSWER_NONE },
};

START_TEST(answers_are_read)
{
	CLEANUP(freep) char *folded = fold(answers[_i].text);

	ck_assert_msg(
	    value_answer(folded) == answers[_i].want, "%s", answers[_i].text);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	int64_t milli;
} numbers[] = {
	{ "12", true, 12000 },
	{ "約１，２３４．５６７８社", true, 1234567 },
	{ "0.5", true, 500 },
	{ "5.", true, 5000 },
	{ "国内: 3ヶ所、国外: 0ヶ所", true, 3000 },
	{ "999999999999999", true, INT64_C(999999999999999000) },
	{ "9999999999999999", false, 0 },
	{ "多数", false, 0 },
	{ "", false, 0 },
};

START_TEST(numbers_are_read)
{
	CLEANUP(freep) char *folded = fold(numbers[_i].text);
	int64_t have = 0;

	ck_assert_msg(value_number(folded, &have) == numbers[_i].ok, "%s",
	    numbers[_i].text);
	if (numbers[_i].ok)
		ck_assert_int_eq(have, numbers[_i].milli);
}
END_TEST

START_TEST(percentages_are_read)
{
	CLEANUP(freep) char *marked = fold("2025年度 ９９．９５％");
	CLEANUP(freep) char *bare = fold("99.5");
	CLEANUP(freep) char *none = fold("高い");
	int64_t v;

	ck_assert(value_percent(marked, &v) && v == 99950);
	ck_assert(value_percent(bare, &v) && v == 99500);
	ck_assert(!value_percent(none, &v));
}
END_TEST

static const struct {
	const char *text, *unit;
	int64_t minutes; /* -1: none */
} durations[] = {
	{ "24時間", "hour", 1440 },
	{ "1日1回", "hour", 1440 },
	{ "３か月前", "month", 129600 },
	{ "1ヶ月", "day", 43200 },
	{ "2週間前", "day", 20160 },
	{ "5", "minute", 5 },
	{ "5", "", -1 },
	{ "すぐに", "minute", -1 },
	{ "夜間は30分", "minute", 30 },
	{ "99999999999999年", "day", INT64_MAX / 2 / 1000 },
};

START_TEST(durations_are_read)
{
	CLEANUP(freep) char *folded = fold(durations[_i].text);
	int64_t have = 0;
	bool ok = value_duration(folded, durations[_i].unit, &have);

	ck_assert_msg(
	    ok == (durations[_i].minutes >= 0), "%s", durations[_i].text);
	if (ok)
		ck_assert_msg(have / 1000 == durations[_i].minutes, "%s: %lld",
		    durations[_i].text, (long long)have);
}
END_TEST

static const struct {
	const char *text;
	bool https, any;
} urls[] = {
	{ "https://a.example", true, true },
	{ "https://a.example/x?y=z#w", true, true },
	{ "https://a.example:8443/", true, true },
	{ "http://a.example/", false, true },
	{ "https://a", false, false },
	{ "https://.example/", false, false },
	{ "https://a.example./", false, false },
	{ "https://u@a.example/", false, false },
	{ "https://a.example/ x", false, false },
	{ "https://a.example/\"", false, false },
	{ "https://例え.example/", false, false },
	{ "javascript:alert(1)", false, false },
	{ "HTTPS://a.example/", false, false },
	{ "", false, false },
};

START_TEST(urls_are_checked)
{
	ck_assert_msg(value_is_url(urls[_i].text, true) == urls[_i].https, "%s",
	    urls[_i].text);
	ck_assert_msg(value_is_url(urls[_i].text, false) == urls[_i].any, "%s",
	    urls[_i].text);
}
END_TEST

START_TEST(mail_and_phone)
{
	static const char *const bad_mail[] = { "", "@", "a@", "@a.example",
		"a@b", "a@b@c.example", "a b@c.example", "a@c..",
		"a@-c.example", "\"a\"@c.example" };
	static const char *const bad_phone[] = { "", "1", "03-0000",
		"03-0000-0000x", "++81300000000" };

	ck_assert(value_is_email("a.b+c@d.example"));
	for (size_t i = 0; i < NELEM(bad_mail); i++)
		ck_assert_msg(!value_is_email(bad_mail[i]), "%s", bad_mail[i]);
	ck_assert(value_is_phone("03-0000-0000"));
	ck_assert(value_is_phone("+81(3)00000000"));
	for (size_t i = 0; i < NELEM(bad_phone); i++)
		ck_assert_msg(
		    !value_is_phone(bad_phone[i]), "%s", bad_phone[i]);
}
END_TEST

/* A scheme of one item with a limit that the policies leave unset. */
static const struct {
	enum criterion_check check;
	enum threshold_op op;
	const char *value, *unit, *text, *want;
} limits[] = {
	{ CRITERION_MAX_HOURS, TH_LE, "24", "hour", "24時間", NULL },
	{ CRITERION_MAX_HOURS, TH_LE, "24", "hour", "1日", NULL },
	{ CRITERION_MAX_HOURS, TH_LE, "24", "hour", "25時間",
	    "FORM-THRESHOLD" },
	{ CRITERION_MAX_HOURS, TH_LE, "24", "hour", "無", NULL },
	{ CRITERION_MAX_HOURS, TH_LE, "24", "hour", "随時", "FORM-DURATION" },
	{ CRITERION_MIN_MONTHS, TH_GE, "3", "month", "3か月前", NULL },
	{ CRITERION_MIN_MONTHS, TH_GE, "3", "month", "2か月前",
	    "FORM-THRESHOLD" },
	{ CRITERION_MIN_MONTHS, TH_GE, "3", "month", "1年前", NULL },
	{ CRITERION_MAX_DAYS, TH_LE, "30", "day", "31日前", "FORM-THRESHOLD" },
	{ CRITERION_MIN_DAYS, TH_GE, "7", "day", "1週間前", NULL },
	{ CRITERION_MAX_MINUTES, TH_LE, "5", "minute", "5分", NULL },
	{ CRITERION_MIN_MINUTES, TH_GE, "10", "minute", "9分",
	    "FORM-THRESHOLD" },
	{ CRITERION_MIN_HOURS, TH_GE, "48", "hour", "2日", NULL },
	{ CRITERION_MIN_PERCENT, TH_GE, "99.5", "%", "99.5%", NULL },
	{ CRITERION_MIN_PERCENT, TH_GE, "99.5", "%", "99.49%",
	    "FORM-THRESHOLD" },
	{ CRITERION_MIN_PERCENT, TH_NONE, "", "%", "1%", NULL },
	{ CRITERION_MAX_CHARS, TH_LE, "3", "char", "あいう", NULL },
	{ CRITERION_MAX_CHARS, TH_LE, "3", "char", "あいうえ",
	    "FORM-MAX_CHARS" },
	{ CRITERION_AMOUNT_YEN_OR_TEXT, TH_NONE, "", "", "個別", NULL },
	{ CRITERION_NONE, TH_NONE, "", "", "自由", NULL },
};

static int64_t
milli_of(const char *value)
{
	int64_t v = 0;

	(void)value_number(value, &v);
	return v;
}

START_TEST(limits_are_checked)
{
	const struct criterion k = { .id = "1",
		.group = "",
		.item = "",
		.written = "",
		.check = limits[_i].check,
		.op = limits[_i].op,
		.milli = milli_of(limits[_i].value),
		.value = limits[_i].value,
		.unit = limits[_i].unit };
	const struct scheme scheme = { .criteria = &k, .n_criteria = 1 };
	struct intake in = { .scheme = &scheme, .guideline_version = NULL };
	CLEANUP(findings_free) struct findings f = { 0 };
	const struct check c = { .in = &in, .f = &f };
	const struct form_b b = { .c = &c, .member = "form-b.json" };

	criterion_check(&b, &k, limits[_i].text);
	if (limits[_i].want == NULL)
		ck_assert_msg(f.n == 0, "%s: %s", limits[_i].text,
		    f.n == 0 ? "" : f.items[0].rule);
	else
		ck_assert_msg(
		    f.n == 1 && strcmp(f.items[0].rule, limits[_i].want) == 0,
		    "%s", limits[_i].text);
}
END_TEST

/* A limit that is expected but not known is not checked. */
START_TEST(unset_limits_are_off)
{
	const struct criterion k = { .id = "1",
		.check = CRITERION_MAX_HOURS,
		.op = TH_LE,
		.unset = true,
		.value = "unset",
		.unit = "hour" };
	const struct scheme scheme = { .criteria = &k, .n_criteria = 1 };
	struct intake in = { .scheme = &scheme };
	CLEANUP(findings_free) struct findings f = { 0 };
	const struct check c = { .in = &in, .f = &f };
	const struct form_b b = { .c = &c, .member = "form-b.json" };

	criterion_check(&b, &k, "随時");
	ck_assert_uint_eq(f.n, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("criterion");
	TCase *t = tcase_create("values");

	tcase_add_loop_test(t, answers_are_read, 0, (int)NELEM(answers));
	tcase_add_loop_test(t, numbers_are_read, 0, (int)NELEM(numbers));
	tcase_add_test(t, percentages_are_read);
	tcase_add_loop_test(t, durations_are_read, 0, (int)NELEM(durations));
	tcase_add_loop_test(t, urls_are_checked, 0, (int)NELEM(urls));
	tcase_add_test(t, mail_and_phone);
	tcase_add_loop_test(t, limits_are_checked, 0, (int)NELEM(limits));
	tcase_add_test(t, unset_limits_are_off);
	suite_add_tcase(s, t);
	return suite_main(s);
}
