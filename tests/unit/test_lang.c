/* SPDX-License-Identifier: Apache-2.0 */
/* The Japanese check: tables, counts, and texts of every kind. */
#include "nintei/lang.h"
#include <string.h>
#include "nintei/text.h"
#include "support/support.h"

static struct lang_count
count_of(const char *text)
{
	struct lang_count c = { 0 };

	lang_add(&c, slice_str(text));
	ck_assert(lang_is_possible(&c));
	return c;
}

/* Each sample is repeated until it has enough letters. */
static enum lang
verdict_of(const char *text)
{
	struct lang_count c = { 0 };

	for (unsigned i = 0; i < 40 && c.letters < 60; i++)
		lang_add(&c, slice_str(text));
	return lang_verdict(&c);
}

/* Every Han of CP932, from the converter itself, and none besides. */
START_TEST(table_is_that_of_cp932)
{
	static uint8_t inside[0x10000];
	struct err e = ERR_INIT;
	unsigned n = 0;

	for (unsigned pair = 0x8140; pair <= 0xfcfc; pair++) {
		uint8_t bytes[2] = { (uint8_t)(pair >> 8), (uint8_t)pair };
		CLEANUP(buf_free) struct buf b = BUF_INIT(16);
		struct slice s;
		uint32_t cp;

		if (text_from_cp932(slice_of(bytes, 2), &b, &e) < 0)
			continue;
		s = buf_slice(&b);
		if (text_next(&s, &cp) && s.n == 0 && cp < 0x10000)
			inside[cp] = 1;
	}
	for (uint32_t cp = 0x3400; cp < 0xfb00; cp++) {
		CLEANUP(buf_free) struct buf b = BUF_INIT(16);
		struct lang_count c = { 0 };

		if ((cp >= 0xa000 && cp < 0xf900) ||
		    (cp >= 0x4dc0 && cp < 0x4e00)) /* hexagrams */
			continue;
		text_put(&b, cp);
		lang_add(&c, buf_slice(&b));
		ck_assert_uint_eq(c.han, 1);
		ck_assert_msg(
		    (c.outside == 0) == (inside[cp] == 1), "U+%04X", cp);
		n += c.outside == 0;
	}
	ck_assert_uint_gt(n, 6700);
}
END_TEST

START_TEST(scripts_are_counted)
{
	struct lang_count c = count_of("Aあア漢ｱ々〇证証1、。ー \xd0\x96");

	ck_assert_uint_eq(c.letters, 11);
	ck_assert_uint_eq(c.kana, 4);
	ck_assert_uint_eq(c.han, 5);
	ck_assert_uint_eq(c.outside, 1);
	ck_assert_uint_eq(c.forms, 1);
	c = count_of("号働込");
	ck_assert_uint_eq(c.forms, 3);
	c = count_of("\xff\xfe\x80 ab\xc3");
	ck_assert_uint_eq(c.letters, 2);
}
END_TEST

static const struct {
	const char *text;
	enum lang want;
} samples[] = {
	{ "この規程は、認定の制度を定めることにより、普及を図る。", LANG_JA },
	{ "会社法人等番号　商号　株式会社山田製作所　本店　東京都千代田区丸之"
	  "内一丁目　資本金額　金壱千万円　代表取締役　山田太郎　東京法務局",
	    LANG_JA },
	{ "履歴事項全部証明書　令和七年十月一日　登記官　法務太郎", LANG_JA },
	{ "ｶﾌﾞｼｷｶﾞｲｼﾔ ﾐﾎﾝｸﾗｳﾄﾞ", LANG_JA },
	{ "本公司致力于云计算服务的开发与运营，为客户提供安全可靠的解决方案。",
	    LANG_NOT_JAPANESE },
	{ "本公司致力於雲端運算服務的開發與營運，為客戶提供安全可靠的解決方案。",
	    LANG_NOT_JAPANESE },
	{ "The service is operated in two data centres in Tokyo.",
	    LANG_NOT_JAPANESE },
	{ "본 서비스는 안전합니다. 데이터센터는 도쿄에 있습니다.",
	    LANG_NOT_JAPANESE },
	{ "サービス概要 Overview of the platform as a service", LANG_JA },
	{ "Это не японский текст.", LANG_NOT_JAPANESE },
};

START_TEST(samples_are_right)
{
	ck_assert_msg(verdict_of(samples[_i].text) == samples[_i].want,
	    "%s: %s", samples[_i].text,
	    lang_name(verdict_of(samples[_i].text)));
}
END_TEST

/* D16: a Japanese name and headline do not make a Chinese text Japanese. */
START_TEST(chinese_with_a_japanese_name)
{
	struct lang_count c = count_of("株式会社みほんクラウドサービス");

	for (int i = 0; i < 8; i++)
		lang_add(&c, slice_str(samples[4].text));
	ck_assert_int_eq(lang_verdict(&c), LANG_NOT_JAPANESE);
}
END_TEST

/* D17: the lines of the register in kanji only. */
START_TEST(registry_lines_in_kanji)
{
	struct lang_count c = { 0 };
	struct buf b = fixture_read("paper/history.txt");
	struct slice s = buf_slice(&b);
	uint32_t cp;

	while (text_next(&s, &cp)) {
		CLEANUP(buf_free) struct buf one = BUF_INIT(8);

		text_put(&one, cp);
		if (cp < 0x3041 || cp > 0x30ff)
			lang_add(&c, buf_slice(&one));
	}
	ck_assert_uint_eq(c.kana, 0);
	ck_assert_int_eq(lang_verdict(&c), LANG_JA);
	c.forms = 0;
	ck_assert_int_eq(lang_verdict(&c), LANG_NOT_JAPANESE);
	buf_free(&b);
}
END_TEST

START_TEST(regulations_are_japanese)
{
	static const char *const rules[] = {
		"../../policies/genai-saas/rule.txt",
		"../../policies/iaas-paas-iot/rule.txt"
	};

	for (size_t i = 0; i < NELEM(rules); i++) {
		struct buf b = fixture_read(rules[i]);
		struct lang_count c = { 0 };

		lang_add(&c, buf_slice(&b));
		ck_assert_int_eq(lang_verdict(&c), LANG_JA);
		/* 0.49, as BUNDLES measured */
		ck_assert_uint_gt(c.kana * 100, c.letters * 40);
		buf_free(&b);
	}
}
END_TEST

/* Each bound of the rule, at it and one below. */
START_TEST(bounds)
{
	static const struct {
		struct lang_count c;
		enum lang want;
	} rows[] = {
		{ { .letters = 39, .kana = 39 }, LANG_UNDECIDED },
		{ { .letters = 40, .kana = 4 }, LANG_JA },
		{ { .letters = 40, .kana = 3 }, LANG_NOT_JAPANESE },
		{ { .letters = 2000, .han = 1000, .outside = 5, .forms = 20 },
		    LANG_JA },
		{ { .letters = 2000, .han = 999, .outside = 4, .forms = 20 },
		    LANG_NOT_JAPANESE },
		{ { .letters = 2000, .han = 1000, .outside = 6, .forms = 20 },
		    LANG_NOT_JAPANESE },
		{ { .letters = 2000, .han = 1000, .outside = 5, .forms = 19 },
		    LANG_NOT_JAPANESE },
		{ { .hidden = 900 }, LANG_UNDECIDED },
	};

	ck_assert_int_eq(lang_verdict(&rows[_i].c), rows[_i].want);
}
END_TEST

/* D18: kana that nobody sees count for nothing. */
START_TEST(hidden_letters_stand_apart)
{
	struct lang_count c = { 0 };

	for (int i = 0; i < 10; i++)
		lang_add(&c, slice_str("An English body of text. "));
	lang_add_hidden(&c, slice_str("これは見えない文"));
	ck_assert(!lang_is_hiding(&c));
	lang_add_hidden(&c, slice_str("字です、本当に、見えない文字です"));
	ck_assert(lang_is_hiding(&c));
	ck_assert_uint_eq(c.kana, 0);
	ck_assert_int_eq(lang_verdict(&c), LANG_NOT_JAPANESE);
}
END_TEST

START_TEST(impossible_counts)
{
	static const struct lang_count bad[] = {
		{ .letters = 1, .kana = 2 },
		{ .letters = 3, .kana = 2, .han = 2 },
		{ .letters = 5, .han = 2, .outside = 3 },
		{ .letters = 5, .han = 2, .outside = 1, .forms = 2 },
		{ .letters = LANG_COUNT_MAX + 1 },
		{ .hidden = LANG_COUNT_MAX + 1 },
	};

	for (size_t i = 0; i < NELEM(bad); i++)
		ck_assert(!lang_is_possible(&bad[i]));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lang");
	TCase *c = tcase_create("lang");

	tcase_add_test(c, table_is_that_of_cp932);
	tcase_add_test(c, scripts_are_counted);
	tcase_add_loop_test(c, samples_are_right, 0, (int)NELEM(samples));
	tcase_add_test(c, chinese_with_a_japanese_name);
	tcase_add_test(c, registry_lines_in_kanji);
	tcase_add_test(c, regulations_are_japanese);
	tcase_add_loop_test(c, bounds, 0, 8);
	tcase_add_test(c, hidden_letters_stand_apart);
	tcase_add_test(c, impossible_counts);
	suite_add_tcase(s, c);
	return suite_main(s);
}
