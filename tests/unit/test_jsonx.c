/* SPDX-License-Identifier: Apache-2.0 */
/* Strict reading and canonical writing of JSON. */
#include "support/support.h"

#include <stdio.h>
#include <string.h>

#include "nintei/jsonx.h"

#define MAX_BYTES 65536

static const char *const refused[] = {
	"",
	" ",
	"{",
	"{}x",
	"{} {}",
	"\xef\xbb\xbf{}",
	"{\"a\":1,\"a\":2}",
	"{\"a\":1.5}",
	"{\"a\":1e400}",
	"{\"a\":1e2}",
	"{\"a\":9007199254740992}",
	"{\"a\":-9007199254740992}",
	"{\"a\":99999999999999999999}",
	"{\"a\":\"\\ud800\"}",
	"{\"a\":\"\\u0000\"}",
	"{\"a\":\"\xff\"}",
	"{\"a\":\"\xc0\xae\"}",
	"{\"a\":'b'}",
	"{a:1}",
	"[1,]",
	"{\"a\":01}",
	"{\"a\":NaN}",
	"// c\n{}",
	"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
};

START_TEST(what_is_not_strict_is_refused)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err e = ERR_INIT;

	ck_code(jsonx_parse(slice_str(refused[_i]), MAX_BYTES, &j, &e), &e,
	    E_INPUT);
	ck_assert_ptr_null(j);
}
END_TEST

START_TEST(ten_thousand_brackets_do_no_harm)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MAX_BYTES);
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err e = ERR_INIT;

	for (int i = 0; i < 10000; i++)
		buf_putc(&b, '[');
	ck_code(jsonx_parse(buf_slice(&b), MAX_BYTES, &j, &e), &e, E_INPUT);
}
END_TEST

START_TEST(too_many_bytes_are_a_limit)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err e = ERR_INIT;

	ck_code(jsonx_parse(slice_str("{\"a\":1}"), 6, &j, &e), &e, E_LIMIT);
}
END_TEST

/* Left in, right out; the right is its own fixed point (RFC 8785). */
static const struct {
	const char *in, *out;
} canon[] = {
	{ "{ \"b\" : 1 , \"a\" : [ true , null , \"x\" ] }",
	    "{\"a\":[true,null,\"x\"],\"b\":1}" },
	{ "\"\\u001f\\b\\t\\n\\f\\r\\\"\\\\\\/\"",
	    "\"\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\"" },
	{ "\"\\u007f\"", "\"\x7f\"" },
	{ "\"\\u8a8d\"", "\"認\"" },
	{ "{\"\\ud842\\udfb7\":1,\"\\ufa11\":2}",
	    "{\"\xf0\xa0\xae\xb7\":1,\"\xef\xa8\x91\":2}" },
	{ "{\"a\":1,\"B\":2,\"aa\":3,\"\":4}",
	    "{\"\":4,\"B\":2,\"a\":1,\"aa\":3}" },
	{ "-0", "0" },
	{ "9007199254740991", "9007199254740991" },
};

START_TEST(canonical_form_is_a_fixed_point)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	CLEANUP(jsonx_freep) struct json *k = NULL;
	CLEANUP(buf_free) struct buf b = BUF_INIT(MAX_BYTES);
	struct err e = ERR_INIT, e2 = ERR_INIT;

	ck_ok(jsonx_parse(slice_str(canon[_i].in), MAX_BYTES, &j, &e), &e);
	jsonx_canonical(j, &b);
	ck_assert_str_eq(buf_str(&b), canon[_i].out);
	ck_ok(jsonx_parse_canonical(buf_slice(&b), MAX_BYTES, &k, &e), &e);
	ck_assert(jsonx_equal(j, k));
	jsonx_freep(&k);
	if (strcmp(canon[_i].in, canon[_i].out) != 0)
		ck_code(jsonx_parse_canonical(
			    slice_str(canon[_i].in), MAX_BYTES, &k, &e2),
		    &e2, E_INPUT);
}
END_TEST

START_TEST(absent_and_wrong_kinds_read_as_none)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();

	jsonx_set_int(j, "n", 5);
	jsonx_set_bool(j, "b", true);
	jsonx_set_str(j, "s", "t");
	jsonx_set_str(j, "null", NULL);
	ck_assert_ptr_null(jsonx_get(j, "null"));
	ck_assert_int_eq(jsonx_get_int(j, "n", -1), 5);
	ck_assert_int_eq(jsonx_get_int(j, "s", -1), -1);
	ck_assert(jsonx_get_bool(j, "b", false));
	ck_assert(!jsonx_get_bool(j, "n", false));
	ck_assert_ptr_null(jsonx_get_str(j, "n"));
	ck_assert_str_eq(jsonx_get_str(j, "s"), "t");
	ck_assert_int_eq(jsonx_kind(NULL), JSON_KIND_NONE);
	ck_assert_uint_eq(jsonx_len(jsonx_get(j, "s")), 0);
	ck_assert_ptr_null(jsonx_at(j, 0));
	ck_assert_ptr_null(jsonx_get(NULL, "x"));
	jsonx_del(j, "n");
	ck_assert_uint_eq(jsonx_len(j), 3 - 1);
}
END_TEST

static const struct json_field fields[] = {
	{ "a", JSON_KIND_STRING, true },
	{ "b", JSON_KIND_INT, false },
};

static const struct {
	const char *text;
	bool ok;
} shapes[] = {
	{ "{\"a\":\"x\"}", true },
	{ "{\"a\":\"x\",\"b\":1}", true },
	{ "{\"b\":1}", false },
	{ "{\"a\":1}", false },
	{ "{\"a\":\"x\",\"c\":1}", false },
	{ "[]", false },
};

START_TEST(shapes_are_closed)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err e = ERR_INIT, e2 = ERR_INIT;

	ck_ok(jsonx_parse(slice_str(shapes[_i].text), MAX_BYTES, &j, &e), &e);
	ck_assert_int_eq(
	    jsonx_shape(j, fields, NELEM(fields), &e2) == 0, shapes[_i].ok);
}
END_TEST

/* What is made at random is read back equal, and its form does not move. */
static struct json *
random_value(uint64_t *seed, int depth)
{
	uint64_t r = random_next(seed);
	struct json *j;
	char text[16];

	snprintf(text, sizeof(text), "k%d", (int)(r >> 8 & 15));
	switch (depth == 0 ? r % 4 : r % 6) {
	case 0:
		return jsonx_int((int64_t)(r >> 16) - (1LL << 46));
	case 1:
		return jsonx_bool((r & 64) != 0);
	case 2:
		return jsonx_string((r & 64) != 0 ? "認定\n\x1f" : text);
	case 3:
		return jsonx_null();
	case 4:
		j = jsonx_array();
		for (int i = 0; i < (int)(r >> 20 & 3); i++)
			jsonx_add(j, random_value(seed, depth - 1));
		return j;
	default:
		j = jsonx_object();
		for (int i = 0; i < (int)(r >> 20 & 3); i++)
			jsonx_set(j, text, random_value(seed, depth - 1));
		return j;
	}
}

START_TEST(random_values_survive_the_canonical_form)
{
	uint64_t seed = 7;

	for (int i = 0; i < 1000; i++) {
		CLEANUP(jsonx_freep) struct json *j = random_value(&seed, 5);
		CLEANUP(jsonx_freep) struct json *k = NULL;
		CLEANUP(buf_free) struct buf b = BUF_INIT(MAX_BYTES);
		struct err e = ERR_INIT;

		jsonx_canonical(j, &b);
		ck_ok(jsonx_parse_canonical(buf_slice(&b), MAX_BYTES, &k, &e),
		    &e);
		ck_assert_msg(jsonx_equal(j, k), "case %d", i);
	}
}
END_TEST

START_TEST(findings_become_the_array_of_the_contract)
{
	static const struct finding_rule rule = { "TAG-X", NULL, SEV_WARN, NULL,
		"和", "en" };
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(jsonx_freep) struct json *j = NULL;
	CLEANUP(buf_free) struct buf b = BUF_INIT(MAX_BYTES);

	findings_add(&f, &rule, "m", NULL, NULL);
	j = jsonx_findings(&f);
	jsonx_canonical(j, &b);
	ck_assert_str_eq(buf_str(&b),
	    "[{\"member\":\"m\",\"rule\":\"TAG-X\",\"severity\":\"warn\","
	    "\"text_en\":\"en\",\"text_ja\":\"和\"}]");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("jsonx");
	TCase *t = tcase_create("jsonx");

	tcase_add_loop_test(
	    t, what_is_not_strict_is_refused, 0, (int)NELEM(refused));
	tcase_add_test(t, ten_thousand_brackets_do_no_harm);
	tcase_add_test(t, too_many_bytes_are_a_limit);
	tcase_add_loop_test(
	    t, canonical_form_is_a_fixed_point, 0, (int)NELEM(canon));
	tcase_add_test(t, absent_and_wrong_kinds_read_as_none);
	tcase_add_loop_test(t, shapes_are_closed, 0, (int)NELEM(shapes));
	tcase_add_test(t, random_values_survive_the_canonical_form);
	tcase_add_test(t, findings_become_the_array_of_the_contract);
	suite_add_tcase(s, t);
	return suite_main(s);
}
