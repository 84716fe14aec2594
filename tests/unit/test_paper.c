/* SPDX-License-Identifier: Apache-2.0 */
/* Papers of the register out of their lines; plain text. */
#include <string.h>
#include "nintei/document.h"
#include "nintei/jsonx.h"
#include "nintei/lang.h"
#include "nintei/registry.h"
#include "support/support.h"

static const struct {
	const char *file, *facts;
} papers[] = {
	{ "paper/history.txt",
	    "{\"kind\":\"history_all\",\"number\":\"010001999012\","
	    "\"name\":\"株式会社見本クラウド\",\"head_office\":"
	    "\"東京都千代田区丸の内一丁目9番9号見本ビルディング20階\","
	    "\"established\":\"2000-04-03\",\"capital\":\"金1億2345万円\","
	    "\"capital_yen\":123450000,\"representative\":"
	    "{\"title\":\"代表取締役\",\"name\":\"例題花子\"},"
	    "\"representatives\":[{\"title\":\"代表取締役\",\"name\":"
	    "\"例題花子\"}],\"issued_on\":\"2026-07-01\",\"office\":"
	    "\"東京法務局\",\"registrar\":\"仮名三郎印\"}" },
	{ "paper/touki.txt",
	    "{\"kind\":\"information\",\"number\":\"010003099901\","
	    "\"name\":\"合同会社架空ホールディングス\",\"head_office\":"
	    "\"横浜市西区架空みらい九丁目99番地の9架空タワー\","
	    "\"established\":\"2019-05-07\",\"capital\":\"金1000万円\","
	    "\"capital_yen\":10000000,\"representative\":"
	    "{\"title\":\"職務執行者\",\"name\":\"仮名五郎\"},"
	    "\"representatives\":[{\"title\":\"代表社員\",\"name\":"
	    "\"株式会社見本クラウド\"},{\"title\":\"職務執行者\",\"name\":"
	    "\"架空四郎\"},{\"title\":\"職務執行者\",\"name\":"
	    "\"仮名五郎\"}],\"issued_on\":\"2026-06-30\",\"inquiry\":"
	    "{\"number\":\"1234567890\",\"issued_on\":\"2026-06-30\"}}" },
	{ "paper/current.txt",
	    "{\"kind\":\"current_all\",\"number\":\"010005099903\","
	    "\"name\":\"一般社団法人見本情報流通協会\",\"head_office\":"
	    "\"東京都港区見本九丁目9番9号見本会館\",\"established\":"
	    "\"2019-05-08\",\"representative\":{\"title\":\"代表理事\","
	    "\"name\":\"架空六郎\"},\"representatives\":[{\"title\":"
	    "\"代表理事\",\"name\":\"架空六郎\"}],\"issued_on\":"
	    "\"2026-05-29\",\"office\":\"東京法務局港出張所\","
	    "\"registrar\":\"仮名三郎\",\"era_ended\":true}" },
	{ "paper/representative.txt",
	    "{\"kind\":\"representative\",\"number\":\"020001099904\","
	    "\"name\":\"MIHON Networks株式会社\",\"head_office\":"
	    "\"横浜市西区架空みらい九丁目99番地の9\",\"representative\":"
	    "{\"title\":\"代表取締役\",\"name\":\"見本一\"},"
	    "\"representatives\":[{\"title\":\"代表取締役\",\"name\":"
	    "\"見本一\"}],\"issued_on\":\"2026-06-05\",\"office\":"
	    "\"横浜地方法務局\",\"registrar\":\"仮名七郎\"}" },
};

static void
same(const struct json *have, const char *want_text)
{
	CLEANUP(jsonx_freep) struct json *want = NULL;
	CLEANUP(buf_free) struct buf a = BUF_INIT(65536), b = BUF_INIT(65536);
	struct err e = ERR_INIT;

	ck_ok(jsonx_parse(slice_str(want_text), 65536, &want, &e), &e);
	ck_assert_ptr_nonnull(have);
	jsonx_canonical(have, &a);
	jsonx_canonical(want, &b);
	ck_assert_str_eq(buf_str(&a), buf_str(&b));
}

START_TEST(papers_are_read)
{
	struct buf b = fixture_read(papers[_i].file);
	CLEANUP(jsonx_freep)
	struct json *j = registry_paper_read(buf_slice(&b));

	same(j, papers[_i].facts);
	buf_free(&b);
}
END_TEST

static const struct {
	const char *text, *facts; /* NULL: no paper */
} texts[] = {
	{ "", NULL },
	{ "商号 株式会社見本\n本店 東京都千代田区\n", NULL },
	{ "会社法人等番号 0100-01-99901\n商号 株式会社見本\n本店 東京都\n",
	    NULL }, /* eleven digits */
	{ "会社法人等番号 010001999012\n商号 株式会社見本\n本店 東京都\n",
	    "{\"number\":\"010001999012\",\"name\":\"株式会社見本\","
	    "\"head_office\":\"東京都\"}" },
	/* labels at the beginning of a sentence are none */
	{ "照会番号 1234567890\n商号の変更は届け出る。\n本店等\n",
	    "{\"inquiry\":{\"number\":\"1234567890\"}}" },
	{ "照会番号：1234567890　発行年月日　Ｒ８．７．１\n",
	    "{\"inquiry\":{\"number\":\"1234567890\",\"issued_on\":"
	    "\"2026-07-01\"}}" },
	{ "照会番号 12345678901\n", NULL },
	{ "照会番号 1234567890\n発行年月日 令和8年2月30日\n",
	    "{\"inquiry\":{\"number\":\"1234567890\"}}" },
	/* the last block, and the day of the certificate, not a later one */
	{ "履歴事項全部証明書\n商号：株式会社旧\n株式会社新 令和6年4月1日変更\n"
	  "令和6年4月9日登記\n資本金の額 金3兆円\n"
	  "を証明した書面である。\n令和8年7月1日\n令和8年7月9日\n",
	    "{\"kind\":\"history_all\",\"name\":\"株式会社新\",\"capital\":"
	    "\"金3兆円\",\"capital_yen\":3000000000000,"
	    "\"issued_on\":\"2026-07-01\"}" },
	/* all have left; a director alone represents */
	{ "現在事項全部証明書\n役員に関する事項\n代表取締役 見本太郎 "
	  "令和6年4月1日就任\n令和7年4月1日辞任\n令和7年4月9日登記\n"
	  "取締役 例題花子\n取締役会設置会社 に関する事項\n",
	    "{\"kind\":\"current_all\",\"representative\":{\"title\":"
	    "\"取締役\",\"name\":\"例題花子\"},\"representatives\":[{\"title\":"
	    "\"取締役\",\"name\":\"例題花子\"}]}" },
	/* appointed again, then dead: no entry of his counts */
	{ "現在事項全部証明書\n役員に関する事項\n代表取締役 見本太郎 "
	  "令和4年4月1日就任\n代表取締役 見本太郎 令和6年4月1日重任\n"
	  "令和7年4月1日死亡\n",
	    "{\"kind\":\"current_all\"}" },
	{ "現在事項全部証明書\n資本金の額 9999999999999999円\n",
	    "{\"kind\":\"current_all\",\"capital\":\"9999999999999999円\"}" },
};

START_TEST(texts_are_read)
{
	CLEANUP(jsonx_freep)
	struct json *j = registry_paper_read(slice_str(texts[_i].text));

	if (texts[_i].facts == NULL)
		ck_assert_ptr_null(j);
	else
		same(j, texts[_i].facts);
}
END_TEST

/* No home address of anybody gets out (FACTS 9.1). */
START_TEST(no_home_address)
{
	struct buf b = fixture_read("paper/history.txt");
	CLEANUP(jsonx_freep)
	struct json *j = registry_paper_read(buf_slice(&b));
	CLEANUP(buf_free) struct buf out = BUF_INIT(65536);

	jsonx_canonical(j, &out);
	ck_assert_ptr_null(strstr(buf_str(&out), "世田谷"));
	buf_free(&b);
}
END_TEST

/* --- plain text --- */

static void
plain(const char *bytes, size_t n, const char *fault, uint64_t letters)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	const char *why = NULL;

	document_plain_facts(slice_of(bytes, n), &facts, &why);
	if (fault != NULL) {
		ck_assert_str_eq(why, fault);
		ck_assert_ptr_null(facts);
		return;
	}
	ck_assert_ptr_null(why);
	ck_assert_str_eq(jsonx_get_str(facts, "type"), "plain");
	ck_assert_int_eq(
	    jsonx_get_int(jsonx_get(facts, "language"), "letters", -1),
	    (int64_t)letters);
}
#define PLAIN(text, fault, letters) \
	plain(text, sizeof(text) - 1, fault, letters)

START_TEST(encodings)
{
	PLAIN("", NULL, 0);
	PLAIN("abc", NULL, 3);
	PLAIN("\xef\xbb\xbf"
	      "abc\r\nあ",
	    NULL, 4);
	PLAIN("\x82\xa0\x95\x5c", NULL, 2); /* CP932; the trail is 5C */
	PLAIN("\xff\xfe"
	      "a\0\x42\x30",
	    NULL, 2);
	PLAIN("\xfe\xff"
	      "\0a\x30\x42\xd8\x42\xdf\xb7",
	    NULL, 3);
	PLAIN("\xff\xfe"
	      "a",
	    "TEXT_ENCODING", 0);
	PLAIN("\xff\xfe"
	      "\x42\xd8"
	      "a\0",
	    "TEXT_ENCODING", 0);
	PLAIN("\xff\xfe"
	      "\xb7\xdf",
	    "TEXT_ENCODING", 0);
	PLAIN("\x82", "TEXT_ENCODING", 0);
	PLAIN("abc\0def", "TEXT_ENCODING", 0);
	PLAIN("\x1b$B$\"\x1b(B", "TEXT_ENCODING", 0); /* ISO-2022-JP */
	PLAIN("\xf0\x40", "TEXT_ENCODING", 0); /* user-defined cell */
}
END_TEST

START_TEST(too_long)
{
	CLEANUP(freep) char *big = xcalloc(DOCUMENT_TEXT_BYTES + 1, 1);
	CLEANUP(document_text_freep)
	struct document_text *t = document_text_new();

	for (size_t i = 0; i <= DOCUMENT_TEXT_BYTES; i++)
		big[i] = 'a';
	plain(big, DOCUMENT_TEXT_BYTES + 1, "LIM_OUTPUT", 0);
	plain(big, DOCUMENT_TEXT_BYTES, NULL, DOCUMENT_TEXT_BYTES);
	document_text_line(
	    t, LABEL_WHERE_BODY, slice_of(big, DOCUMENT_TEXT_BYTES - 1));
	ck_assert(!document_text_is_over(t));
	document_text_hidden(t, slice_str("\xe3\x81\x82"));
	ck_assert(document_text_is_over(t));
}
END_TEST

/* The facts of a text are bounded and complete whatever it is. */
START_TEST(facts_of_a_paper)
{
	struct buf b = fixture_read("paper/current.txt");
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	const char *why = NULL;

	document_plain_facts(buf_slice(&b), &facts, &why);
	same(jsonx_get(facts, "paper"), papers[2].facts);
	ck_assert_uint_gt(jsonx_len(jsonx_get(facts, "marks")), 10);
	ck_assert_uint_eq(jsonx_len(jsonx_get(facts, "language")), 6);
	buf_free(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("paper");
	TCase *c = tcase_create("paper");

	tcase_add_loop_test(c, papers_are_read, 0, (int)NELEM(papers));
	tcase_add_loop_test(c, texts_are_read, 0, (int)NELEM(texts));
	tcase_add_test(c, no_home_address);
	tcase_add_test(c, encodings);
	tcase_add_test(c, too_long);
	tcase_add_test(c, facts_of_a_paper);
	suite_add_tcase(s, c);
	return suite_main(s);
}
