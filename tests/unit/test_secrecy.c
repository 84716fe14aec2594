/* SPDX-License-Identifier: Apache-2.0 */
/* The door from secret to public: complete records only. */
#include "nintei/secrecy.h"

#include <string.h>

#include "support/support.h"

#define DIGEST \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct declassification whole = {
	.ground = "11-1",
	.act = "d1",
	.on = "2026-07-15",
	.officer = { "officer-1", "officer-2" },
};
static const struct declassification exception = {
	.ground = "20-2-3",
	.act = "d1",
	.evidence = DIGEST,
	.on = "2026-07-15",
	.officer = { "officer-1", "officer-2" },
};

static bool
opens(const struct declassification *r)
{
	const struct pub_str *out = NULL;
	struct err e = ERR_INIT;
	const struct sec_str *s = sec_of_signed("秘密");

	if (declassify(r, s, &out, &e) == 0) {
		ck_assert_str_eq(pub_text(out), "秘密");
		return true;
	}
	ck_assert_int_eq(e.code, E_INVALID);
	ck_assert_ptr_null(out);
	return false;
}

START_TEST(SECRECY_2_a_record_is_whole)
{
#define WITHOUT(base, member, value)                \
	do {                                        \
		struct declassification r = base;   \
		r.member = (value);                 \
		ck_assert_msg(!opens(&r), #member); \
	} while (0)
	ck_assert(opens(&whole));
	ck_assert(opens(&exception));
	ck_assert(!opens(NULL));
	WITHOUT(whole, ground, NULL);
	WITHOUT(whole, ground, "20-2-7");
	WITHOUT(whole, ground, "20-2");
	WITHOUT(whole, act, NULL);
	WITHOUT(whole, act, "");
	WITHOUT(whole, on, NULL);
	WITHOUT(whole, on, "2026-7-15");
	WITHOUT(whole, on, "2026-07-150");
	WITHOUT(whole, officer[0], NULL);
	WITHOUT(whole, officer[1], NULL);
	WITHOUT(whole, officer[1], "officer-1");
	WITHOUT(whole, evidence, DIGEST);
	WITHOUT(exception, evidence, NULL);
	WITHOUT(exception, evidence, "00");
	WITHOUT(exception, officer[1], NULL);
	WITHOUT(exception, officer[1], "officer-1");
}
END_TEST

/* Each ground: its article, evidence or none, so many officers. */
static const struct {
	const char *ground, *article;
	bool evidence;
	unsigned officers;
} grounds[] = {
	{ "11-1", "11(1)", false, 2 },
	{ "11-2", "11(2)", false, 1 },
	{ "20-2-1", "20(2)(1)", true, 2 },
	{ "20-2-2", "20(2)(2)", true, 2 },
	{ "20-2-3", "20(2)(3)", true, 2 },
	{ "20-2-4", "20(2)(4)", true, 2 },
	{ "20-2-5", "20(2)(5)", false, 0 },
	{ "20-2-6", "20(2)(6)", false, 0 },
};

START_TEST(each_ground_asks_for_its_own)
{
	struct declassification r = {
		.ground = grounds[_i].ground, .act = "d1", .on = "2026-07-15"
	};

	ck_assert_str_eq(
	    declassification_article(r.ground), grounds[_i].article);
	r.evidence = grounds[_i].evidence ? DIGEST : NULL;
	for (unsigned n = 0; n < grounds[_i].officers; n++) {
		ck_assert(!opens(&r));
		r.officer[n] = n == 0 ? "officer-1" : "officer-2";
	}
	ck_assert(opens(&r));
}
END_TEST

START_TEST(a_record_is_read_back)
{
	CLEANUP(jsonx_freep) struct json *j = declassification_json(&exception);
	struct declassification r;
	struct err e = ERR_INIT;

	ck_ok(declassification_read(j, &r, &e), &e);
	ck_assert_str_eq(r.ground, "20-2-3");
	ck_assert_str_eq(r.evidence, DIGEST);
	ck_assert_str_eq(r.officer[1], "officer-2");
	jsonx_set_str(j, "article", "11(1)");
	ck_code(declassification_read(j, &r, &e), &e, E_INVALID);
	jsonx_set_str(j, "article", "20(2)(3)");
	jsonx_del(j, "officers");
	ck_code(declassification_read(j, &r, &e), &e, E_INVALID);
	ck_code(declassification_read(NULL, &r, &e), &e, E_INVALID);
}
END_TEST

START_TEST(a_text_may_tell_a_secret)
{
	CLEANUP(sec_doc_freep) struct sec_doc *d = NULL;
	const struct sec_str *name, *word;
	struct err e = ERR_INIT;
	struct json *j = NULL;

	ck_ok(jsonx_parse(
		  slice_str("{\"n\":\"Hanako Kakuu\",\"w\":\"secret word\"}"),
		  100, &j, &e),
	    &e);
	d = sec_doc_take(j);
	name = sec_get(d, "n", NULL);
	word = sec_get(d, "w", NULL);
	ck_assert(sec_is_told(name, "by Hanako Kakuu."));
	ck_assert(!sec_is_told(name, "by Hanako  Kakuu."));
	ck_assert(!sec_is_told(word, "a secret word")); /* 11 bytes */
	ck_assert(!sec_is_told(sec_get(d, "x", NULL), "x"));
	ck_assert(sec_is(word, "secret word") && !sec_is(word, "secret"));
	ck_assert(!sec_is(sec_get(d, "x", NULL), ""));
}
END_TEST

START_TEST(absent_stays_absent)
{
	CLEANUP(sec_doc_freep) struct sec_doc *d = NULL;
	CLEANUP(pub_doc_freep) struct pub_doc *out = pub_doc_new();
	const struct pub_str *p = pub_literal("x");
	struct err e = ERR_INIT;
	struct json *j = NULL;

	ck_ok(jsonx_parse(slice_str("{\"a\":{\"b\":\"\",\"n\":1},\"c\":\"v\"}"),
		  100, &j, &e),
	    &e);
	d = sec_doc_take(j);
	ck_assert_ptr_null(sec_get(d, "a", "z"));
	ck_assert_ptr_null(sec_get(d, "a", "n"));
	ck_assert(sec_is_blank(sec_get(d, "a", "b")));
	ck_assert(!sec_is_blank(sec_get(d, "c", NULL)));
	ck_ok(declassify(&whole, NULL, &p, &e), &e);
	ck_assert_ptr_null(p);
	pub_set(out, "k", p);
	ck_assert_uint_eq(jsonx_len(pub_json(out)), 0);
	ck_assert_ptr_null(sec_doc_take(NULL));
	ck_assert_ptr_null(sec_doc_inside(NULL));
	ck_assert_ptr_null(sec_get(NULL, "a", "b"));
}
END_TEST

START_TEST(a_salted_hash_depends_on_both)
{
	char a[65], b[65], c[65];

	sec_salted_hash(slice_str("salt"), sec_of_signed("v"), a);
	sec_salted_hash(slice_str("salt"), sec_of_signed("w"), b);
	sec_salted_hash(slice_str("sale"), sec_of_signed("v"), c);
	ck_assert_str_ne(a, b);
	ck_assert_str_ne(a, c);
	/* SHA-256 of "saltv". */
	ck_assert_uint_eq(strspn(a, "0123456789abcdef"), 64);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("secrecy");
	TCase *t = tcase_create("door");

	tcase_add_test(t, SECRECY_2_a_record_is_whole);
	tcase_add_loop_test(
	    t, each_ground_asks_for_its_own, 0, (int)NELEM(grounds));
	tcase_add_test(t, a_record_is_read_back);
	tcase_add_test(t, a_text_may_tell_a_secret);
	tcase_add_test(t, absent_stays_absent);
	tcase_add_test(t, a_salted_hash_depends_on_both);
	suite_add_tcase(s, t);
	return suite_main(s);
}
