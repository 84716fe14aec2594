/* SPDX-License-Identifier: Apache-2.0 */
/* Normal forms, folding, CP932 and the classes of code points. */
#include <string.h>

#include "nintei/limits.h"
#include "nintei/text.h"
#include "support/support.h"

typedef int form_fn(struct slice in, struct buf *out, struct err *e);

static const struct {
	const char *name, *in, *out;
	form_fn *form;
} forms[] = {
	{ "composed", "カ\u3099", "ガ", text_nfc },
	{ "already composed", "ガイド", "ガイド", text_nfc },
	{ "width is kept", "Ａｶﾞ㈱", "Ａｶﾞ㈱", text_nfc },
	{ "empty", "", "", text_nfc },
	{ "width is folded", "Ａｶﾞ㈱", "Aガ(株)", text_nfkc },
	{ "two-dot leader", "\u2025", "..", text_nfkc },
	{ "letter case", "Form.PDF", "form.pdf", text_casefold_key },
	{ "sharp s", "STRASSE", "strasse", text_casefold_key },
	{ "sharp s", "straße", "strasse", text_casefold_key },
	{ "width and case", "申請書Ａ", "申請書a", text_casefold_key },
	{ "empty", "", "", text_casefold_key },
};

START_TEST(forms_come_out_right)
{
	struct buf out = BUF_INIT(256);
	struct err e = ERR_INIT;

	ck_ok(forms[_i].form(slice_str(forms[_i].in), &out, &e), &e);
	ck_assert_str_eq(buf_str(&out), forms[_i].out);
	buf_free(&out);
}
END_TEST

static const char *const malformed[] = { "\xc0\xaf", "\xed\xa0\x80",
	"\xf4\x90\x80\x80", "\xe3\x81", "\x80", "a\xff" };

START_TEST(malformed_text_is_refused)
{
	form_fn *const all[] = { text_nfc, text_nfkc, text_casefold_key };
	struct slice in = slice_str(malformed[_i]);
	struct buf out = BUF_INIT(256);

	for (size_t i = 0; i < NELEM(all); i++) {
		struct err e = ERR_INIT;

		ck_code(all[i](in, &out, &e), &e, E_INPUT);
	}
	ck_assert_uint_eq(out.n, 0);
	ck_assert(!text_is_nfc(in));
	buf_free(&out);
}
END_TEST

START_TEST(text_too_long_is_a_limit)
{
	struct buf out = BUF_INIT(2);
	struct err e = ERR_INIT;

	ck_code(text_nfc(slice_str("ガイド"), &out, &e), &e, E_LIMIT);
	buf_free(&out);
}
END_TEST

static const struct {
	const char *in, *out; /* NULL: refused */
} cp932[] = {
	{ "\x90\x5c\x90\xbf\x8f\x91", "申請書" },
	{ "\x95\x5c\x83\x5c\x94\x5c", "表ソ能" },
	{ "\xb6\xde", "ｶﾞ" },
	{ "\\~", "\\~" },
	{ "\x81\x60", "\uff5e" },
	{ "\x81\x7c", "\uff0d" },
	{ "\xfb\xfc\xee\xe0", "髙髙" },
	{ "\x87\x40", "①" },
	{ "", "" },
	{ "\xf0\x40", NULL }, /* user-defined */
	{ "\x80", NULL },
	{ "\xa0", NULL },
	{ "\xfd", NULL },
	{ "\x82", NULL }, /* no trail byte */
	{ "\x85\x9f", NULL }, /* not assigned */
	{ "\x90\x20", NULL },
};

START_TEST(cp932_is_strict)
{
	struct slice in = slice_str(cp932[_i].in);
	struct buf out = BUF_INIT(256);
	struct err e = ERR_INIT;

	ck_assert_int_eq(text_is_cp932(in), cp932[_i].out != NULL);
	if (cp932[_i].out == NULL) {
		ck_code(text_from_cp932(in, &out, &e), &e, E_INPUT);
	} else {
		ck_ok(text_from_cp932(in, &out, &e), &e);
		ck_assert_str_eq(buf_str(&out), cp932[_i].out);
	}
	buf_free(&out);
}
END_TEST

START_TEST(classes_hold_what_they_should)
{
	static const uint32_t controls[] = { 0, 0x1b, 0x7f, 0x9f, 0xad, 0x200b,
		0x2028, 0xfeff, 0xe000, 0xfdd0, 0xffff, 0x1fffe, 0xe0041,
		0x10fffd };
	static const uint32_t bidis[] = { 0x202e, 0x2066, 0x200e, 0x200f,
		0x61c };
	static const uint32_t fine[] = { 'a', 0x3042, 0x7533, 0xff5e, 0xe0100,
		0xfe0f, 0x20bb7 };

	for (size_t i = 0; i < NELEM(controls); i++)
		ck_assert_msg(text_is_control(controls[i]), "%x", controls[i]);
	for (size_t i = 0; i < NELEM(bidis); i++)
		ck_assert_msg(text_is_bidi(bidis[i]), "%x", bidis[i]);
	for (size_t i = 0; i < NELEM(fine); i++)
		ck_assert(!text_is_control(fine[i]) && !text_is_bidi(fine[i]) &&
		    !text_is_space(fine[i]));
	ck_assert(text_is_space(' ') && text_is_space(0x3000));
}
END_TEST

START_TEST(code_points_go_around)
{
	struct slice s = slice_str("aあ𠮷");
	struct buf out = BUF_INIT(64);
	uint32_t cp;

	ck_assert_uint_eq(text_length(s), 3);
	while (text_next(&s, &cp))
		text_put(&out, cp);
	ck_assert_str_eq(buf_str(&out), "aあ𠮷");
	s = slice_str("\xff");
	ck_assert(!text_next(&s, &cp) && s.n == 1);
	ck_assert(text_is_ascii(slice_str("abc")));
	ck_assert(!text_is_ascii(slice_str("\x80")));
	buf_free(&out);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("forms");

	text_warm();
	tcase_add_loop_test(t, forms_come_out_right, 0, NELEM(forms));
	tcase_add_loop_test(t, malformed_text_is_refused, 0, NELEM(malformed));
	tcase_add_test(t, text_too_long_is_a_limit);
	tcase_add_loop_test(t, cp932_is_strict, 0, NELEM(cp932));
	tcase_add_test(t, classes_hold_what_they_should);
	tcase_add_test(t, code_points_go_around);
	suite_add_tcase(s, t);
	return suite_main(s);
}
