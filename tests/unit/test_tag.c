/* SPDX-License-Identifier: Apache-2.0 */
/* The lattice of tags: names, join, effective tag, conflict. */
#include "nintei/tag.h"
#include "support/support.h"

START_TEST(names_round_trip)
{
	for (enum tag t = TAG_PUBLIC; t < TAG_MAX; t++)
		ck_assert_int_eq(tag_parse(tag_name(t)), t);
	ck_assert_str_eq(tag_name(TAG_NONE), "secret");
}
END_TEST

START_TEST(unknown_and_missing_are_secret)
{
	static const char *const bad[] = { "", "Secret", "top_secret", "none",
		"public " };

	ck_assert_int_eq(tag_parse(NULL), TAG_NONE);
	for (size_t i = 0; i < NELEM(bad); i++)
		ck_assert_int_eq(tag_level(tag_parse(bad[i])), TAG_SECRET);
	ck_assert_int_eq(tag_level((enum tag)99), TAG_SECRET);
}
END_TEST

START_TEST(join_is_a_lattice)
{
	for (enum tag a = TAG_NONE; a < TAG_MAX; a++)
		for (enum tag b = TAG_NONE; b < TAG_MAX; b++) {
			enum tag j = tag_join(a, b);

			ck_assert_int_eq(j, tag_join(b, a));
			ck_assert_int_ge(j, tag_level(a));
			ck_assert_int_ge(j, tag_level(b));
			ck_assert_int_eq(tag_join(a, a), tag_level(a));
			for (enum tag c = TAG_NONE; c < TAG_MAX; c++)
				ck_assert_int_eq(tag_join(j, c),
				    tag_join(a, tag_join(b, c)));
		}
}
END_TEST

/* clang-format off */
static const struct {
	struct tag_sources in;
	enum tag want;
	bool conflict;
} rows[] = {
	/* bundle, member, label, excluded */
	{ { TAG_NONE, TAG_NONE, TAG_NONE, false }, TAG_SECRET, false },
	{ { TAG_SECRET, TAG_PUBLIC, TAG_NONE, false }, TAG_SECRET, false },
	{ { TAG_SECRET, TAG_PUBLIC, TAG_NONE, true }, TAG_PUBLIC, false },
	{ { TAG_PUBLIC, TAG_NONE, TAG_NONE, true }, TAG_PUBLIC, false },
	{ { TAG_NONE, TAG_NONE, TAG_NONE, true }, TAG_SECRET, false },
	{ { TAG_PERSONAL, TAG_NONE, TAG_NONE, false }, TAG_PERSONAL, false },
	{ { TAG_SECRET, TAG_PERSONAL, TAG_PUBLIC, false }, TAG_PERSONAL, false },
	/* D24: a label above the manifest wins, an exclusion never lowers it */
	{ { TAG_SECRET, TAG_PUBLIC, TAG_SECRET, true }, TAG_SECRET, true },
	{ { TAG_SECRET, TAG_SECRET, TAG_PERSONAL, false }, TAG_PERSONAL, true },
	{ { TAG_NONE, TAG_NONE, TAG_SECRET, false }, TAG_SECRET, false },
};
/* clang-format on */

START_TEST(effective_is_the_highest)
{
	ck_assert_int_eq(tag_effective(&rows[_i].in), rows[_i].want);
	ck_assert_int_eq(tag_is_conflict(&rows[_i].in), rows[_i].conflict);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tag");
	TCase *t = tcase_create("tag");

	tcase_add_test(t, names_round_trip);
	tcase_add_test(t, unknown_and_missing_are_secret);
	tcase_add_test(t, join_is_a_lattice);
	tcase_add_loop_test(t, effective_is_the_highest, 0, (int)NELEM(rows));
	suite_add_tcase(s, t);
	return suite_main(s);
}
