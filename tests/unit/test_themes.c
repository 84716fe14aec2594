/* SPDX-License-Identifier: Apache-2.0 */
/* themes: what typed findings about a certified service mean. */
#include <check.h>

#include "nintei/jsonx.h"
#include "nintei/limits.h"
#include "nintei/themes.h"
#include "support/support.h"

static const char *const iaas_classes[] = { "iaas", "paas_narrow",
	"paas_broad" };
static const char *const media[] = { "website", "print" };

static struct scheme
scheme_of(const char *scope)
{
	struct scheme s = { .classes = iaas_classes,
		.n_classes = NELEM(iaas_classes),
		.mark_other_scope = scope,
		.mark_media = media,
		.n_mark_media = NELEM(media) };

	params_default(&s.params);
	return s;
}

static struct json *
parsed(const char *text)
{
	struct err e = ERR_INIT;
	struct json *j = NULL;

	ck_assert_msg(
	    jsonx_parse(slice_str(text), KIB(8), &j, &e) == 0, "%s", text);
	return j;
}

#define SAME "same_class"
#define ANY "any_service"
static const struct {
	const char *name, *scope, *data;
	bool ended;
	const char *want; /* NULL: E_INPUT */
} breaches[] = {
	{ "same class", SAME,
	    "{\"findings\":[\"other_service\"],\"medium\":\"website\","
	    "\"other_class\":\"iaas\"}",
	    false, "[\"10(2)\"]" },
	{ "flow 40: another class", SAME,
	    "{\"findings\":[\"other_service\"],\"medium\":\"website\","
	    "\"other_class\":\"saas\"}",
	    false, "[\"10(1)\"]" },
	{ "flow 40: any service", ANY,
	    "{\"findings\":[\"other_service\"],\"medium\":\"website\","
	    "\"other_class\":\"saas\"}",
	    false, "[\"10(2)\"]" },
	{ "flow 40: another medium", SAME, "{\"medium\":\"video\"}", false,
	    "[\"10(1)\"]" },
	{ "flow 40: another medium, any service", ANY, "{\"medium\":\"video\"}",
	    false, "[\"10(1)\"]" },
	{ "separation within the class", SAME,
	    "{\"findings\":[\"unclear_separation\"],\"medium\":\"print\","
	    "\"other_class\":\"paas_broad\"}",
	    false, "[\"10(3)\"]" },
	{ "separation from another class", SAME,
	    "{\"findings\":[\"unclear_separation\"],\"medium\":\"print\","
	    "\"other_class\":\"saas\"}",
	    false, "[\"10(1)\"]" },
	{ "no link, recoloured", SAME,
	    "{\"findings\":[\"no_link\",\"recoloured\"],"
	    "\"medium\":\"website\"}",
	    false, "[\"10(4)\",\"10(5)\"]" },
	{ "a part of it", ANY,
	    "{\"findings\":[\"part_only\"],\"medium\":\"print\"}", false,
	    "[\"10(5)\"]" },
	{ "after the end", SAME, "{\"medium\":\"website\"}", true,
	    "[\"10(6)\"]" },
	{ "nothing is broken", SAME, "{\"medium\":\"website\"}", false, "[]" },
	{ "paper has no link", SAME,
	    "{\"findings\":[\"no_link\"],\"medium\":\"print\"}", false, NULL },
	{ "no medium", SAME, "{\"findings\":[\"recoloured\"]}", false, NULL },
	{ "a class is wanted", SAME,
	    "{\"findings\":[\"other_service\"],\"medium\":\"website\"}", false,
	    NULL },
	{ "an article is no finding", SAME,
	    "{\"findings\":[\"10(2)\"],\"medium\":\"website\"}", false, NULL },
	{ "a number is no finding", SAME,
	    "{\"findings\":[2],\"medium\":\"website\"}", false, NULL },
};

START_TEST(mark_breaches)
{
	struct scheme s = scheme_of(breaches[_i].scope);
	CLEANUP(jsonx_freep) struct json *data = parsed(breaches[_i].data);
	CLEANUP(jsonx_freep) struct json *list = NULL;
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(1));
	struct err e = ERR_INIT;
	unsigned found = 77;
	int rv = theme_mark_breaches(&s, data, breaches[_i].ended, &found, &e);

	if (breaches[_i].want == NULL) {
		ck_assert_int_eq(rv, -1);
		ck_assert_int_eq(e.code, E_INPUT);
		ck_assert_uint_eq(found, 77);
		return;
	}
	ck_assert_msg(rv == 0, "%s: %s", breaches[_i].name, e.detail);
	list = theme_breaches_json(found);
	jsonx_canonical(list, &b);
	ck_assert_str_eq(buf_str(&b), breaches[_i].want);
	ck_assert_uint_eq(theme_breaches_read(list), found);
}
END_TEST

START_TEST(lists_of_breaches)
{
	static const char *const bad[] = { "[\"10(7)\"]", "[\"10(2)x\"]", "[2]",
		"[\"10(2)\",\"17(1)\"]", "\"10(2)\"", "[\"10(0)\"]" };

	for (size_t i = 0; i < NELEM(bad); i++) {
		CLEANUP(jsonx_freep) struct json *j = parsed(bad[i]);

		ck_assert_msg(theme_breaches_read(j) == 0, "%s", bad[i]);
	}
}
END_TEST

static const struct {
	struct theme_succession s;
	bool survivor_lapses, want, reorganised;
} successions[] = {
	{ { "transfer", false, false }, true, true, true },
	{ { "incorporation", false, false }, true, true, true },
	{ { "inheritance", false, false }, true, true, true },
	{ { "merger", false, false }, false, true, true },
	{ { "merger", true, false }, true, true, true },
	{ { "merger", true, false }, false, false, true },
	{ { "split", false, true }, true, true, true },
	{ { "split", false, false }, true, false, true },
	{ { "rename", false, true }, true, false, false },
	{ { "share_sale", false, true }, true, false, false },
	{ { "dissolution", false, true }, true, false, false },
	{ { "gift", true, true }, true, false, false },
	{ { NULL, true, true }, true, false, false },
};

START_TEST(what_is_a_succession)
{
	struct params p;

	params_default(&p);
	p.merger_survivor_lapses = successions[_i].survivor_lapses;
	ck_assert_int_eq(
	    theme_is_succession(&p, &successions[_i].s), successions[_i].want);
	ck_assert_int_eq(theme_is_reorganisation(successions[_i].s.kind),
	    successions[_i].reorganised);
}
END_TEST

/* A case that has recorded everything, and one that has nothing. */
static const struct theme_record full = {
	.noted = THEME_ITEM(5) | THEME_ITEM(6) | THEME_ITEM(7),
	.breaches = THEME_ITEM(2),
	.reorganised = true,
	.seq = 20,
	.document = 9,
};
static const struct theme_record blank = { .seq = 20, .document = 9 };

#define ROW(g) "{\"event\":4,\"ground\":" #g "}"
static const struct {
	const char *name;
	const struct theme_record *r;
	enum policy_word reading;
	const char *data;
	unsigned want; /* not shown; ~0: malformed */
} shown[] = {
	{ "one with a document", &blank, POLICY_EITHER,
	    "{\"grounds\":\"1\",\"evidence\":[{\"document\":9,\"ground\":1}]}",
	    0 },
	{ "two with evidence each", &blank, POLICY_EITHER,
	    "{\"grounds\":\"1,2\",\"evidence\":[" ROW(1) "," ROW(2) "]}", 0 },
	{ "one of two lacks evidence", &blank, POLICY_EITHER,
	    "{\"grounds\":\"1,2\",\"evidence\":[" ROW(1) "]}", THEME_ITEM(2) },
	{ "no evidence", &blank, POLICY_EITHER, "{\"grounds\":\"1\"}",
	    THEME_ITEM(1) },
	{ "no grounds", &blank, POLICY_EITHER,
	    "{\"grounds\":\"\",\"evidence\":[" ROW(1) "]}", ~0u },
	{ "no such ground", &blank, POLICY_EITHER,
	    "{\"grounds\":\"10\",\"evidence\":[" ROW(1) "]}", ~0u },
	{ "not rising", &blank, POLICY_EITHER,
	    "{\"grounds\":\"2,1\",\"evidence\":[" ROW(1) "," ROW(2) "]}", ~0u },
	{ "an event to come", &blank, POLICY_EITHER,
	    "{\"grounds\":\"1\",\"evidence\":[{\"event\":21,\"ground\":1}]}",
	    ~0u },
	{ "a document that is not there", &blank, POLICY_EITHER,
	    "{\"grounds\":\"1\",\"evidence\":[{\"document\":10,"
	    "\"ground\":1}]}",
	    ~0u },
	{ "both at once", &blank, POLICY_EITHER,
	    "{\"grounds\":\"1\",\"evidence\":[{\"document\":1,\"event\":1,"
	    "\"ground\":1}]}",
	    ~0u },
	{ "a word as evidence", &blank, POLICY_EITHER,
	    "{\"grounds\":\"1\",\"evidence\":[\"inquiry-1\"]}", ~0u },
	{ "3 with a breach of 10(2)", &full, POLICY_EITHER,
	    "{\"grounds\":\"3\",\"evidence\":[" ROW(3) "]}", 0 },
	{ "3 without any", &blank, POLICY_EITHER,
	    "{\"grounds\":\"3\",\"evidence\":[" ROW(3) "]}", THEME_ITEM(3) },
	{ "4 needs the finding", &full, POLICY_EITHER,
	    "{\"grounds\":\"4\",\"evidence\":[" ROW(4) "]}", THEME_ITEM(4) },
	{ "4 with it", &blank, POLICY_EITHER,
	    "{\"grounds\":\"4\",\"evidence\":[" ROW(
		4) "],\"no_just_reason\":true}",
	    0 },
	{ "5 noted, without the finding", &full, POLICY_EITHER,
	    "{\"grounds\":\"5\",\"evidence\":[" ROW(5) "]}", THEME_ITEM(5) },
	{ "5 with the finding, not noted", &blank, POLICY_EITHER,
	    "{\"grounds\":\"5\",\"evidence\":[" ROW(
		5) "],\"no_just_reason\":true}",
	    THEME_ITEM(5) },
	{ "5 with both", &full, POLICY_EITHER,
	    "{\"grounds\":\"5\",\"evidence\":[" ROW(
		5) "],\"no_just_reason\":true}",
	    0 },
	{ "6 by a false answer", &blank, POLICY_EITHER,
	    "{\"grounds\":\"6\",\"evidence\":[" ROW(
		6) "],\"false_answer\":true}",
	    0 },
	{ "6 noted, without the finding", &full, POLICY_EITHER,
	    "{\"grounds\":\"6\",\"evidence\":[" ROW(6) "]}", THEME_ITEM(6) },
	{ "6 not noted", &blank, POLICY_EITHER,
	    "{\"grounds\":\"6\",\"evidence\":[" ROW(
		6) "],\"no_just_reason\":true}",
	    THEME_ITEM(6) },
	{ "7 not noted", &blank, POLICY_EITHER,
	    "{\"grounds\":\"7\",\"evidence\":[" ROW(
		7) "],\"no_just_reason\":true}",
	    THEME_ITEM(7) },
	{ "7 with both", &full, POLICY_EITHER,
	    "{\"grounds\":\"7\",\"evidence\":[" ROW(
		7) "],\"no_just_reason\":true}",
	    0 },
	{ "8 by one, read as either", &blank, POLICY_EITHER,
	    "{\"grounds\":\"8\",\"evidence\":[" ROW(8) "],\"tort\":true}", 0 },
	{ "8 by one, read as both", &blank, POLICY_BOTH,
	    "{\"grounds\":\"8\",\"evidence\":[" ROW(8) "],\"tort\":true}",
	    THEME_ITEM(8) },
	{ "8 by both, read as both", &blank, POLICY_BOTH,
	    "{\"grounds\":\"8\",\"evidence\":[" ROW(
		8) "],\"tort\":true,\"violation\":true}",
	    0 },
	{ "8 by nothing", &full, POLICY_EITHER,
	    "{\"grounds\":\"8\",\"evidence\":[" ROW(8) "]}", THEME_ITEM(8) },
	{ "9 without a reorganisation", &blank, POLICY_EITHER,
	    "{\"grounds\":\"9\",\"evidence\":[" ROW(
		9) "],\"setup_changed\":true,\"doubt\":true}",
	    THEME_ITEM(9) },
	{ "9 without doubt", &full, POLICY_EITHER,
	    "{\"grounds\":\"9\",\"evidence\":[" ROW(
		9) "],\"setup_changed\":true}",
	    THEME_ITEM(9) },
	{ "9 with all three", &full, POLICY_EITHER,
	    "{\"grounds\":\"9\",\"evidence\":[" ROW(
		9) "],\"setup_changed\":true,\"doubt\":true}",
	    0 },
};

START_TEST(grounds_shown)
{
	CLEANUP(jsonx_freep) struct json *data = parsed(shown[_i].data);
	struct params p;

	params_default(&p);
	p.unlawful_reading = shown[_i].reading;
	ck_assert_msg(
	    theme_grounds_missing(&p, shown[_i].r, data) == shown[_i].want,
	    "%s", shown[_i].name);
}
END_TEST

static const struct {
	const char *asked;
	bool want;
} scopes[] = {
	{ "{\"objects\":[3],\"recipient\":\"aa\"}", true },
	{ "{\"objects\":[5,3],\"recipient\":\"aa\"}", true },
	{ "{\"objects\":[3,4],\"recipient\":\"aa\"}", false },
	{ "{\"objects\":[3],\"recipient\":\"bb\"}", false },
	{ "{\"objects\":[3],\"recipient\":\"\"}", false },
	{ "{\"objects\":[],\"recipient\":\"aa\"}", false },
	{ "{\"objects\":[3]}", false },
	{ "{\"recipient\":\"aa\"}", false },
	{ "{\"objects\":[0],\"recipient\":\"aa\"}", false },
	{ "{\"objects\":[\"3\"],\"recipient\":\"aa\"}", false },
};

START_TEST(within_a_scope)
{
	struct dossier_disclosure of = {
		.recipient = "aa", .objects = { 3, 5 }, .n_objects = 2
	};
	struct dossier_disclosure nobody = { .objects = { 3, 5 },
		.n_objects = 2 };
	CLEANUP(jsonx_freep) struct json *asked = parsed(scopes[_i].asked);

	ck_assert_msg(theme_within(&of, asked) == scopes[_i].want, "%s",
	    scopes[_i].asked);
	ck_assert(!theme_within(&nobody, asked));
	ck_assert(!theme_within(NULL, asked));
}
END_TEST

START_TEST(exceptions)
{
	static const char *const item[] = { "20(2)(1)", "20(2)(2)", "20(2)(3)",
		"20(2)(4)", "20(2)(5)", "20(2)(6)" };

	for (size_t i = 0; i < NELEM(item); i++)
		ck_assert_str_eq(theme_exception((int)i + 1), item[i]);
	ck_assert_ptr_null(theme_exception(0));
	ck_assert_ptr_null(theme_exception(7));
	ck_assert_ptr_null(theme_exception(-1));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("themes");
	TCase *t = tcase_create("findings");

	tcase_add_loop_test(t, mark_breaches, 0, (int)NELEM(breaches));
	tcase_add_test(t, lists_of_breaches);
	tcase_add_loop_test(
	    t, what_is_a_succession, 0, (int)NELEM(successions));
	tcase_add_loop_test(t, grounds_shown, 0, (int)NELEM(shown));
	tcase_add_loop_test(t, within_a_scope, 0, (int)NELEM(scopes));
	tcase_add_test(t, exceptions);
	suite_add_tcase(s, t);
	return suite_main(s);
}
