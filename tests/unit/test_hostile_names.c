/* SPDX-License-Identifier: Apache-2.0 */
/* Names of entries: the vectors of zipnames.tsv, and findings on all names. */
#include <stdlib.h>
#include <string.h>

#include "nintei/text.h"
#include "support/archive_make.h"
#include "support/hostile.h"
#include "support/support.h"

#define UTF8 (1 << 11)

static struct slice
pdf(void)
{
	return slice_str("%PDF-1.4\nharmless\n");
}

/* Every bad name is told, and the good ones are still delivered. */
START_TEST(name_findings_are_complete)
{
	static const char *const names[] = { "../a", "good.pdf", "b\\c",
		"GOOD.PDF", "nul" };
	struct zip_item parts[NELEM(names)];
	struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	struct bundle *b;

	for (size_t i = 0; i < NELEM(names); i++)
		parts[i] = zip_item(names[i], pdf(), true);
	zip_build(parts, NELEM(names), NULL, &bytes);
	b = admit_bytes(buf_slice(&bytes), &f, &e);
	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(f.n, 4);
	ck_assert(findings_has(&f, "BUNDLE-NAME_DOTDOT"));
	ck_assert(findings_has(&f, "BUNDLE-NAME_BACKSLASH"));
	ck_assert(findings_has(&f, "BUNDLE-NAME_DUP"));
	ck_assert(findings_has(&f, "BUNDLE-NAME_RESERVED"));
	ck_assert(b->partial);
	ck_assert_uint_eq(b->n, 1);
	ck_assert_str_eq(b->members[0].path, "good.pdf");
	ck_assert_str_eq(f.items[3].member, "GOOD.PDF");
	ck_assert_ptr_nonnull(strstr(f.items[3].text_ja, "good.pdf"));
	bundle_free(b);
	findings_free(&f);
	buf_free(&bytes);
}
END_TEST

/* System files are told as ignored, without content; folders are not told. */
START_TEST(ignored_files_are_listed)
{
	struct zip_item parts[] = { zip_item("d/", slice_str(""), false),
		zip_item("d/a.pdf", pdf(), true),
		zip_item("__MACOSX/d/._a.pdf", pdf(), true),
		zip_item("d/.DS_Store", pdf(), true) };
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(bundle_freep) struct bundle *b = NULL;
	struct err e = ERR_INIT;

	zip_build(parts, NELEM(parts), NULL, &bytes);
	b = admit_bytes(buf_slice(&bytes), &f, &e);
	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(f.n, 0);
	ck_assert_uint_eq(b->n, 3);
	ck_assert_str_eq(b->top, "d");
	ck_assert_str_eq(b->members[0].path, "a.pdf");
	ck_assert(!b->members[0].ignored && b->members[0].fd >= 0);
	ck_assert_str_eq(b->members[1].path, "__MACOSX/d/._a.pdf");
	ck_assert_str_eq(b->members[2].path, ".DS_Store");
	ck_assert(b->members[1].ignored && b->members[2].ignored);
	ck_assert_int_eq(b->members[1].fd, -1);
	ck_assert_uint_eq(b->members[2].size, pdf().n);
	ck_assert_ptr_null(bundle_find(b, ".DS_Store"));
}
END_TEST

/* Rows of data/zipnames.tsv: name_hex, bit11, extra_hex, expected, detail. */
static size_t
unhex(const char *hex, uint8_t *out)
{
	size_t n = 0;

	if (strcmp(hex, "none") == 0)
		return 0;
	for (; hex[2 * n] != '\0'; n++) {
		char two[3] = { hex[2 * n], hex[2 * n + 1], '\0' };

		out[n] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

/* What the reason of a refusal is in our codes. */
static const struct {
	const char *detail, *codes;
} reasons[] = {
	{ "ambiguous", "NAME_ENCODING" },
	{ "0x7075 not UTF-8", "NAME_ENCODING" },
	{ "extra field broken", "ZIP_INCONSISTENT" },
	{ "two names", "NAME_ENCODING" },
	{ "bit 11 set, not UTF-8", "NAME_ENCODING" },
	{ "no encoding", "NAME_ENCODING" },
	{ "empty", "NAME_EMPTY" },
	{ "control byte", "NAME_CONTROL|NAME_NUL" },
	{ "empty or dot component", "NAME_DOTDOT|NAME_EMPTY" },
	{ "absolute", "NAME_ABSOLUTE" },
	{ "drive", "NAME_DRIVE" },
	{ "backslash", "NAME_BACKSLASH" },
	{ "invisible or private character", "NAME_CONTROL|NAME_BIDI" },
	{ "device name", "NAME_RESERVED" },
	{ "blank or dot at the end", "NAME_RESERVED" },
	{ "too long", "NAME_TOOLONG" },
};

/* A 0x7075 field that does not fit is a fault of the zip (rule 6, N12). */
static const char *
codes_of(char *field[TSV_COLUMNS])
{
	if (strstr(field[5], "is ignored") != NULL)
		return "ZIP_INCONSISTENT";
	if (strcmp(field[3], "refuse") != 0)
		return NULL;
	for (size_t i = 0; i < NELEM(reasons); i++)
		if (strcmp(reasons[i].detail, field[4]) == 0)
			return reasons[i].codes;
	ck_abort_msg("no code for \"%s\"", field[4]);
}

/* The entry, and an honest one that is in no folder and decides nothing. */
static struct bundle *
admit_vector(char *field[TSV_COLUMNS], struct findings *f)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	uint8_t name[1024], extra[1024];
	size_t n = unhex(field[0], name);
	bool dir = n > 0 && name[n - 1] == '/';
	struct zip_item p[2] = { zip_item(dir ? "d/" : "x",
				     dir ? slice_str("") : pdf(), false),
		zip_item("other.pdf", pdf(), false) };
	struct err e = ERR_INIT;
	struct bundle *b;

	zip_rename(&p[0], name, n);
	p[0].l.flags = p[0].c.flags = field[1][0] == '1' ? UTF8 : 0;
	p[0].l.extra = p[0].c.extra = slice_of(extra, unhex(field[2], extra));
	zip_build(p, 2, NULL, &bytes);
	b = admit_bytes(buf_slice(&bytes), f, &e);
	ck_assert_msg(b != NULL, "%s", e.trail);
	return b;
}

static void
one_vector(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(bundle_freep) struct bundle *b = admit_vector(field, &f);
	const char *codes = codes_of(field), *want = field[3];

	++*(unsigned *)arg;
	if (codes != NULL) {
		ck_assert_msg(f.n == 1, "line %u: want refusal", line);
		ck_assert_msg(code_is_listed(codes, f.items[0].code),
		    "line %u: want %s, have %s", line, codes, f.items[0].code);
		return;
	}
	ck_assert_msg(f.n == 0, "line %u: %s", line, f.items[0].text_en);
	if (want[strlen(want) - 1] == '/') {
		ck_assert_uint_eq(b->n, 1);
		return;
	}
	ck_assert_uint_eq(b->n, 2);
	ck_assert_msg(strcmp(b->members[0].path, want) == 0,
	    "line %u: want %s, have %s", line, want, b->members[0].path);
}

START_TEST(vectors_of_zip_names)
{
	unsigned n = 0;

	tsv_each("zipnames.tsv", one_vector, &n);
	ck_assert_uint_eq(n, 72);
	admit_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hostile_names");
	TCase *t = tcase_create("names");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, name_findings_are_complete);
	tcase_add_test(t, ignored_files_are_listed);
	tcase_add_test(t, vectors_of_zip_names);
	suite_add_tcase(s, t);
	return suite_main(s);
}
