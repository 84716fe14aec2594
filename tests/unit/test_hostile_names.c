/* SPDX-License-Identifier: Apache-2.0 */
/* BUNDLES 6.2, names, links of zip and collisions: rules BUNDLE-NAME_*. */
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

/* Names of one archive, each with its flags; n 0 ends the list. */
struct named {
	const char *bytes;
	size_t n;
	uint16_t flags;
};
#define N(text)                           \
	{                                 \
		text, sizeof(text) - 1, 0 \
	}
#define U(text)                              \
	{                                    \
		text, sizeof(text) - 1, UTF8 \
	}

struct named_case {
	const char *id, *what, *codes;
	struct named names[4];
};

#define F10 "f/f/f/f/f/f/f/f/f/f/"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* clang-format off */
static const struct named_case named[] = {
	{ "N1", "absolute", "NAME_ABSOLUTE", { N("/etc/passwd") } },
	{ "N2", "up", "NAME_DOTDOT", { N("../../evil.pdf") } },
	{ "N3", "up inside", "NAME_DOTDOT", { N("a/../../evil.pdf") } },
	{ "N4", "drive", "NAME_DRIVE", { N("C:/Windows/x.pdf") } },
	{ "N5", "UNC", "NAME_BACKSLASH", { N("\\\\srv\\share\\x.pdf") } },
	{ "N6", "two slashes", "NAME_ABSOLUTE", { N("//srv/share/x.pdf") } },
	{ "N7", "backslashes", "NAME_BACKSLASH", { N("..\\..\\evil.pdf") } },
	{ "N8", "full-width dots and slash", "NAME_DOTDOT",
	    { U("\uff0e\uff0e\uff0f" "evil.pdf") } },
	{ "N9", "two-dot leader", "NAME_DOTDOT", { U("\u2025/evil.pdf") } },
	{ "N10", "overlong", "NAME_ENCODING",
	    { U("\xc0\xae\xc0\xae\xc0\xaf" "evil") } },
	{ "N11", "NUL", "NAME_NUL", { N("a.pdf\0.exe") } },
	{ "N15", "escape", "NAME_CONTROL", { N("a\x1b[2J\x07.pdf") } },
	{ "N16", "right to left", "NAME_BIDI",
	    { U("申請書\u202e" "fdp.exe") } },
	{ "N17", "zero width", "NAME_CONTROL", { U("申\u200b請.pdf") } },
	{ "N18", "300 bytes", "NAME_TOOLONG",
	    { N(X50 X50 X50 X50 X50 X50) } },
	{ "N19", "60 folders", "NAME_DEPTH",
	    { N(F10 F10 F10 F10 F10 F10 "x.pdf") } },
	{ "N20", "device", "NAME_RESERVED", { N("NUL.pdf") } },
	{ "N21", "device", "NAME_RESERVED", { N("aux") } },
	{ "N22", "dot and blank", "NAME_RESERVED", { N("a.pdf. ") } },
	{ "N23", "stream", "NAME_DRIVE", { N("a.pdf:Zone.Identifier") } },
	{ "N24", "empty", "NAME_EMPTY", { { "", 0, UTF8 } } },
	{ "N25", "empty part", "NAME_EMPTY", { N("a//b.pdf") } },
	{ "N26", "two encodings", "NAME_ENCODING",
	    { N("\x90\x5c\x90\xbf\x8f\x91.pdf"), N("申請書B.pdf") } },
	{ "N27", "no encoding", "NAME_ENCODING", { N("caf\xe9\xff.pdf") } },
	{ "N28", "git", "NAME_RESERVED", { N(".git/config") } },
	{ "N29", "short git", "NAME_RESERVED", { N("GIT~1/config") } },
	{ "N30", "tag", "NAME_CONTROL", { U("a\U000e0041.pdf") } },
	{ "N31", "under __MACOSX", "NAME_DOTDOT", { N("__MACOSX/../../x") } },
	{ "N32", "system files", "OK",
	    { N("a.pdf"), N("__MACOSX/._a.pdf"), N(".DS_Store") } },
	{ "N33", "CP932", "OK", { N("\x90\x5c\x90\xbf\x8f\x91" "A.csv"),
	    N("\x95\x5c.pdf"), N("\x83\x5c/\x94\x5c\x97\xcd\x95\x5c.pdf") } },
	{ "N34", "NFD", "OK",
	    { N("カ\u3099イト\u3099.pdf") } },
	{ "N35", "half-width", "OK", { N("\xb6\xde\xb2\xc4\xde.pdf") } },
	{ "N36", "full-width slash", "NAME_DOTDOT", { U("a／b.pdf") } },
	{ "N37", "full-width backslash", "NAME_BACKSLASH", { U("a＼b.pdf") } },
	{ "N38", "full-width colon is no drive", "OK", { U("第１：概要.pdf") } },
	{ "N39", "weak name follows the others", "OK",
	    { N("\xc3\xbd.pdf"), N("申請書B.pdf") } },
	{ "N40", "weak name alone", "NAME_ENCODING", { N("\xc3\xbd.pdf") } },
	{ "N41", "private use", "NAME_CONTROL", { U("\ue000.pdf") } },
	{ "N42", "ideographic blank", "NAME_RESERVED", { U("申請書\u3000") } },
	{ "N43", "full-width device", "NAME_RESERVED", { U("ＮＵＬ") } },
	{ "N44", "8 folders", "OK", { N("1/2/3/4/5/6/7/8/x.pdf") } },
	{ "N45", "only system files", "EMPTY", { N(".DS_Store") } },
	{ "N46", "numbered device", "NAME_RESERVED", { N("com1.txt") } },
	{ "N47", "numbered device in full width", "NAME_RESERVED",
	    { U("ＬＰＴ９") } },
	{ "N48", "device with a blank", "NAME_RESERVED", { N("nul .txt") } },
	{ "N49", "no device", "OK", { N("com.txt") } },
	{ "N50", "name of 513 bytes", "NAME_TOOLONG",
	    { N(X50 X50 "/" X50 X50 "/" X50 X50 "/" X50 X50 "/" X50 X50
		"/12345678") } },
	{ "N51", "name of 512 bytes", "OK",
	    { N(X50 X50 "/" X50 X50 "/" X50 X50 "/" X50 X50 "/" X50 X50
		"/1234567") } },
	{ "C1", "twice", "NAME_DUP",
	    { U("申請書A.xlsx"), U("申請書A.xlsx") } },
	{ "C2", "letter case", "NAME_DUP", { N("Form.pdf"), N("form.PDF") } },
	{ "C3", "NFC and NFD", "NAME_DUP",
	    { U("ガイド.pdf"), U("カ\u3099イト\u3099.pdf") } },
	{ "C4", "width", "NAME_DUP", { U("申請書A.xlsx"), U("申請書Ａ.xlsx") } },
	{ "C5", "half-width kana", "NAME_DUP", { U("ｶﾞ.pdf"), U("ガ.pdf") } },
	{ "C6", "file and folder", "NAME_FILEDIR", { N("a"), N("a/b.pdf") } },
	{ "C8", "folder and file", "NAME_FILEDIR", { N("d/"), N("d") } },
	{ "C9", "folder twice", "NAME_DUP", { N("d/"), N("d/"), N("d/x") } },
	{ "C11", "long twins", "NAME_DUP",
	    { N(X50 X50 X50 X50 ".pdf"), N(X50 X50 X50 X50 ".PDF") } },
	{ "C10", "folder and its file", "OK", { N("d/"), N("d/x.pdf") } },
};
/* clang-format on */

static void
make_named(const struct named_case *c, struct buf *out)
{
	struct zip_item parts[4];
	size_t n = 0;

	for (; n < 4 && c->names[n].bytes != NULL; n++) {
		const struct named *name = &c->names[n];
		bool dir = name->n > 0 && name->bytes[name->n - 1] == '/';

		parts[n] = zip_item(
		    dir ? "d/" : "x", dir ? slice_str("") : pdf(), false);
		zip_rename(&parts[n], name->bytes, name->n);
		parts[n].l.flags = parts[n].c.flags = name->flags;
	}
	zip_build(parts, n, NULL, out);
}

static const struct named_case *current;

static void
make_current(struct buf *out)
{
	make_named(current, out);
}

START_TEST(names_are_judged)
{
	struct hostile h = { named[_i].id, named[_i].what, make_current,
		named[_i].codes };

	current = &named[_i];
	hostile_check(&h);
}
END_TEST

/* N12 to N14: the Unicode Path field. */
static void
make_unicode(
    struct buf *out, uint32_t crc_xor, bool twice, bool central, uint16_t flags)
{
	struct zip_item p = zip_item("a.pdf", pdf(), true);
	struct slice x = zip_unicode_extra(p.l.name, "申請書.pdf", crc_xor);
	struct buf two = BUF_INIT(1024);

	buf_put(&two, x.p, x.n);
	if (twice)
		buf_put(&two, x.p, x.n);
	p.l.extra = buf_slice(&two);
	if (central)
		p.c.extra = buf_slice(&two);
	p.l.flags = p.c.flags = flags;
	zip_build(&p, 1, NULL, out);
	buf_free(&two);
}

static void
make_n12(struct buf *out)
{
	make_unicode(out, 1, false, true, 0);
}

static void
make_n13(struct buf *out)
{
	make_unicode(out, 0, true, true, 0);
}

static void
make_n14(struct buf *out)
{
	make_unicode(out, 0, false, false, 0);
}

static void
make_unicode_good(struct buf *out)
{
	make_unicode(out, 0, false, true, 0);
}

static void
make_unicode_two(struct buf *out)
{
	make_unicode(out, 0, false, true, UTF8);
}

static void
make_typed(struct buf *out, uint32_t mode, unsigned host)
{
	struct zip_item p = zip_item("x.pdf", slice_str("/etc/passwd"), false);

	p.attributes = mode << 16;
	p.made_by = (uint16_t)(host << 8 | 20);
	zip_build(&p, 1, NULL, out);
}

static void
make_l1(struct buf *out)
{
	make_typed(out, 0120777, 3);
}

static void
make_l2(struct buf *out)
{
	make_typed(out, 0120777, 19);
}

static void
make_l3(struct buf *out)
{
	make_typed(out, 0010644, 3);
}

static const struct hostile others[] = {
	{ "N12", "7075 with a wrong CRC", make_n12, "ZIP_INCONSISTENT" },
	{ "N13", "7075 twice", make_n13, "ZIP_INCONSISTENT" },
	{ "N14", "7075 in one header", make_n14, "ZIP_INCONSISTENT" },
	{ "N12", "7075 as it must be", make_unicode_good, "OK" },
	{ "N12", "7075 beside bit 11", make_unicode_two, "NAME_ENCODING" },
	{ "L1", "symbolic link", make_l1, "TYPE_LINK" },
	{ "L2", "symbolic link of macOS", make_l2, "TYPE_LINK" },
	{ "L3", "pipe", make_l3, "TYPE_SPECIAL" },
};

START_TEST(zip_fields_are_judged)
{
	hostile_check(&others[_i]);
}
END_TEST

static struct bundle *
admit_case(const char *id, struct findings *f)
{
	struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	struct err e = ERR_INIT;
	struct bundle *b;

	for (size_t i = 0; i < NELEM(named); i++)
		if (strcmp(named[i].id, id) == 0)
			make_named(&named[i], &bytes);
	b = admit_bytes(buf_slice(&bytes), f, &e);
	buf_free(&bytes);
	ck_assert_msg(b != NULL, "%s", e.trail);
	return b;
}

START_TEST(names_come_out_right)
{
	struct findings f = { 0 };
	struct bundle *b = admit_case("N33", &f);

	ck_assert_uint_eq(b->n, 3);
	ck_assert_str_eq(b->members[0].path, "申請書A.csv");
	ck_assert_str_eq(b->members[1].path, "表.pdf");
	ck_assert_str_eq(b->members[2].path, "ソ/能力表.pdf");
	ck_assert_ptr_nonnull(bundle_find(b, "表.pdf"));
	ck_assert_ptr_null(b->top);
	bundle_free(b);
	b = admit_case("N34", &f);
	ck_assert_str_eq(b->members[0].path, "ガイド.pdf");
	bundle_free(b);
	b = admit_case("N35", &f);
	ck_assert_str_eq(b->members[0].path, "ｶﾞｲﾄﾞ.pdf");
	bundle_free(b);
	b = admit_case("N32", &f);
	ck_assert_uint_eq(b->n, 3);
	ck_assert(!b->members[0].ignored && b->members[0].fd >= 0);
	ck_assert(b->members[1].ignored && b->members[2].ignored);
	ck_assert_int_eq(b->members[1].fd, -1);
	bundle_free(b);
	b = admit_case("C10", &f);
	ck_assert_uint_eq(b->n, 1);
	ck_assert_str_eq(b->members[0].path, "x.pdf");
	ck_assert_str_eq(b->top, "d");
	bundle_free(b);
	findings_free(&f);
}
END_TEST

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

/* Rows of data/zipnames.tsv: name_hex, bit11, extra_hex, expected. */
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

/* A 0x7075 field that does not fit is a fault of the zip (N12). */
static bool
is_refused_here(const char *detail, const char *note)
{
	return strcmp(detail, "cp932") == 0 &&
	    strstr(note, "is ignored") != NULL;
}

static void
one_vector(char *field[TSV_COLUMNS], unsigned line, void *arg)
{
	struct zip_item p = zip_item("x", pdf(), false);
	uint8_t name[1024], extra[1024];
	struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	size_t n = unhex(field[0], name);
	bool refuse = strcmp(field[3], "refuse") == 0 ||
	    is_refused_here(field[4], field[5]);
	struct bundle *b;
	const char *want = field[3];

	if (n > 0 && name[n - 1] == '/')
		p = zip_item("d/", slice_str(""), false);
	zip_rename(&p, name, n);
	p.l.flags = p.c.flags = field[1][0] == '1' ? UTF8 : 0;
	p.l.extra = p.c.extra = slice_of(extra, unhex(field[2], extra));
	zip_build(&p, 1, NULL, &bytes);
	b = admit_bytes(buf_slice(&bytes), &f, &e);
	ck_assert_msg(b != NULL, "line %u: %s", line, e.trail);
	++*(unsigned *)arg;
	if ((n > 0 && name[n - 1] == '/') || strncmp(want, "__MACOSX", 8) == 0)
		ck_assert(findings_has(&f, "BUNDLE-EMPTY"));
	else if (refuse)
		ck_assert_msg(f.n > 0, "line %u: want refusal", line);
	else
		ck_assert_msg(
		    f.n == 0, "line %u: %s", line, f.items[0].text_en);
	if (f.n == 0) {
		const char *slash = strrchr(want, '/');

		ck_assert_str_eq(
		    b->members[0].path, slash == NULL ? want : slash + 1);
	}
	bundle_free(b);
	findings_free(&f);
	buf_free(&bytes);
}

START_TEST(vectors_of_zip_names)
{
	unsigned n = 0;

	tsv_each("zipnames.tsv", one_vector, &n);
	ck_assert_uint_gt(n, 60);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hostile_names");
	TCase *t = tcase_create("names");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, names_are_judged, 0, NELEM(named));
	tcase_add_loop_test(t, zip_fields_are_judged, 0, NELEM(others));
	tcase_add_test(t, names_come_out_right);
	tcase_add_test(t, name_findings_are_complete);
	tcase_add_test(t, vectors_of_zip_names);
	suite_add_tcase(s, t);
	return suite_main(s);
}
