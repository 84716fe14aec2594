/* SPDX-License-Identifier: Apache-2.0 */
/* BUNDLES 6.2, tar, gzip and other formats: the tap, limits, BUNDLE-FORMAT. */
#include <stdio.h>
#include <string.h>

#include "nintei/limits.h"
#include "support/archive_make.h"
#include "support/hostile.h"
#include "support/support.h"

static struct slice
text(void)
{
	return slice_str("%PDF-1.4\nthe same words again, the same words\n");
}

/* One member of a type with a link target, and an honest one. */
static void
typed(struct buf *out, const char *name, char type, const char *link)
{
	char zero[13];

	tar_size(0, zero);
	tar_put(out, "a.pdf", '0', text());
	tar_header(out, name, type, zero, link);
	tar_end(out);
}

/* clang-format off */
static const struct {
	const char *id, *what, *codes;
	const char *name, *link;
	char type;
} types[] = {
	{ "L4", "symbolic link", "TYPE_LINK", "l", "/etc/passwd", '2' },
	{ "L5", "hard link", "TYPE_LINK", "l", "a.pdf", '1' },
	{ "L6", "hard link out", "TYPE_LINK", "l", "/etc/shadow", '1' },
	{ "L6", "GNU long link", "TYPE_LINK", "l", "", 'K' },
	{ "L7", "device", "TYPE_SPECIAL", "d", "", '3' },
	{ "L7", "block device", "TYPE_SPECIAL", "d", "", '4' },
	{ "L8", "pipe", "TYPE_SPECIAL", "f", "", '6' },
	{ "T16", "sparse", "SPARSE", "s", "", 'S' },
	{ "T16", "continued", "MULTIVOLUME", "s", "", 'M' },
	{ "T16", "volume", "METADATA", "s", "", 'V' },
	{ "T16", "dump", "METADATA", "s", "", 'D' },
	{ "T16", "old name", "METADATA", "s", "", 'N' },
	{ "T16", "unknown", "METADATA", "s", "", 'Q' },
	{ "T17", "contiguous", "OK", "c.pdf", "", '7' },
	{ "T17", "old file", "OK", "c.pdf", "", '\0' },
	{ "T17", "folder", "OK", "c", "", '5' },
	{ "T17", "old folder", "OK", "c/", "", '0' },
	{ "C7", "twice", "NAME_DUP", "a.pdf", "", '0' },
	{ "L10", "absolute", "NAME_ABSOLUTE", "/etc/x", "", '0' },
	{ "T18", "dot", "NAME_DOTDOT", "./x", "", '0' },
};
/* clang-format on */

static int current;

static void
make_typed(struct buf *out)
{
	typed(
	    out, types[current].name, types[current].type, types[current].link);
}

START_TEST(types_are_judged)
{
	struct hostile h = { types[_i].id, types[_i].what, make_typed,
		types[_i].codes };

	current = _i;
	hostile_check(&h);
}
END_TEST

static void
gz(struct buf *out, struct buf *tar)
{
	gzip_put(out, buf_slice(tar));
	buf_free(tar);
}

static void
l9(struct buf *out)
{
	struct buf tar = BUF_INIT(ARCHIVE_MAX);

	tar_put(&tar, "../../moo", '0', text());
	tar_end(&tar);
	gz(out, &tar);
}

static void
zeros(struct buf *out, unsigned n, size_t each)
{
	struct buf tar = BUF_INIT(ARCHIVE_MAX);
	char name[] = "a";

	for (unsigned i = 0; i < n; i++, name[0]++)
		tar_put(&tar, name, '0', fill(each, 0));
	tar_end(&tar);
	gz(out, &tar);
}

static void
b6(struct buf *out)
{
	zeros(out, 1, MIB(200));
}

static void
b7(struct buf *out)
{
	zeros(out, 10, MIB(30));
}

static void
b7_small(struct buf *out)
{
	zeros(out, 3, MIB(1));
}

static void
pax(struct buf *out, const char *records, char type)
{
	tar_put(out, "PaxHeader", type, slice_str(records));
}

/* A pax header before an honest member. */
static void
paxed(struct buf *out, const char *records, char type)
{
	pax(out, records, type);
	tar_put(out, "safe.pdf", '0', text());
	tar_end(out);
}

/* clang-format off */
static const struct {
	const char *id, *what, *codes, *records;
	char type;
} paxes[] = {
	{ "T1", "path", "NAME_DOTDOT", "19 path=../../evil\n", 'x' },
	{ "T1", "path as it must be", "OK", "20 path=申請書.pdf\n", 'x' },
	{ "T1", "path not UTF-8", "NAME_ENCODING",
	    "14 path=\x90\x5c\xff\n", 'x' },
	{ "T1", "two paths", "CORRUPT", "9 path=a\n" "9 path=b\n", 'x' },
	{ "T1", "empty path", "CORRUPT", "8 path=\n", 'x' },
	{ "T14", "length 0", "CORRUPT|METADATA|FORMAT", "0 path=a\n", 'x' },
	{ "T14", "length short", "CORRUPT", "8 path=a\n", 'x' },
	{ "T14", "length long", "CORRUPT", "90 path=a\n", 'x' },
	{ "T14", "no key", "CORRUPT", "6 =ab\n", 'x' },
	{ "T14", "no equals", "CORRUPT", "6 abc\n", 'x' },
	{ "T19", "unknown keys", "OK",
	    "19 mtime=1700000000\n", 'x' },
	{ "T20", "linkpath", "METADATA", "14 linkpath=x\n", 'x' },
	{ "T20", "hdrcharset", "METADATA", "21 hdrcharset=BINARY\n", 'x' },
	{ "T20", "sparse", "SPARSE", "22 GNU.sparse.major=1\n", 'x' },
	{ "T20", "two sizes", "CORRUPT", "9 size=1\n" "9 size=1\n", 'x' },
	{ "T20", "no size", "CORRUPT", "8 size=\n", 'x' },
	{ "T20", "real size", "SPARSE", "21 SCHILY.realsize=9\n", 'x' },
	{ "T20", "negative size", "CORRUPT", "11 size=-1\n", 'x' },
	{ "T20", "size of 2^64", "LIM_ENTRY",
	    "29 size=18446744073709551617\n", 'x' },
	{ "T20", "global path", "METADATA", "9 path=a\n", 'g' },
	{ "T20", "global comment", "OK", "17 comment=abcde\n", 'g' },
	{ "T20", "global sparse", "SPARSE", "22 GNU.sparse.major=1\n", 'g' },
};
/* clang-format on */

static void
make_pax(struct buf *out)
{
	char records[128];
	size_t n;

	/* Let the honest ones have the right length whatever it is. */
	snprintf(records, sizeof(records), "%s", paxes[current].records);
	n = strlen(records);
	if (strcmp(paxes[current].codes, "OK") == 0 ||
	    strncmp(paxes[current].codes, "NAME", 4) == 0) {
		records[0] = (char)('0' + n / 10);
		records[1] = (char)('0' + n % 10);
	}
	paxed(out, records, paxes[current].type);
}

START_TEST(pax_records_are_judged)
{
	struct hostile h = { paxes[_i].id, paxes[_i].what, make_pax,
		paxes[_i].codes };

	current = _i;
	hostile_check(&h);
}
END_TEST

static void
t1_nul(struct buf *out)
{
	tar_put(out, "PaxHeader", 'x', slice_of("11 path=a\0b\n", 11));
	tar_put(out, "safe.pdf", '0', text());
	tar_end(out);
}

static void
t2(struct buf *out)
{
	struct buf body = BUF_INIT(ARCHIVE_MAX);

	buf_puts(&body, "8388608 comment=");
	buf_put(&body, fill(MIB(8) - 17, 'x').p, MIB(8) - 17);
	buf_puts(&body, "\n");
	tar_put(out, "PaxHeader", 'x', buf_slice(&body));
	tar_put(out, "safe.pdf", '0', text());
	tar_end(out);
	buf_free(&body);
}

static void
t3(struct buf *out)
{
	for (int i = 0; i < 20000; i++)
		pax(out, "8 k=abc\n", 'x');
	tar_put(out, "safe.pdf", '0', text());
	tar_end(out);
}

static void
t3_most(struct buf *out)
{
	pax(out, "8 k=abc\n", 'g');
	pax(out, "8 k=abc\n", 'x');
	tar_put(out, "././@LongLink", 'L', slice_of("long.pdf", 9));
	tar_put(out, "safe.pdf", '0', text());
	tar_end(out);
}

static void
t3_alone(struct buf *out)
{
	tar_put(out, "safe.pdf", '0', text());
	pax(out, "8 k=abc\n", 'x');
	tar_end(out);
}

static void
t4(struct buf *out)
{
	tar_put(out, "././@LongLink", 'L', fill(MIB(4), 'x'));
	tar_put(out, "safe.pdf", '0', text());
	tar_end(out);
}

static void
t4_both(struct buf *out)
{
	tar_put(out, "././@LongLink", 'L', slice_of("long.pdf", 9));
	pax(out, "9 path=a\n", 'x');
	tar_put(out, "safe.pdf", '0', text());
	tar_end(out);
}

static void
sized(struct buf *out, const char size[12])
{
	tar_header(out, "a.pdf", '0', size, "");
	tar_body(out, text());
	tar_end(out);
}

static void
t5(struct buf *out)
{
	sized(out, "\x80\0\0\0\x10\0\0\0\0\0\0\0");
}

static void
t6(struct buf *out)
{
	sized(out, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
}

static void
t6_text(struct buf *out)
{
	sized(out, "0000000x000\0");
}

static void
small_tar(struct buf *out)
{
	tar_put(out, "a.pdf", '0', text());
	tar_put(out, "b.pdf", '0', text());
	tar_end(out);
}

static void
t7(struct buf *out)
{
	small_tar(out);
	small_tar(out);
}

static void
t7_padded(struct buf *out)
{
	small_tar(out);
	buf_put(out, fill(10240, 0).p, 10240);
}

static void
t7_zeros(struct buf *out)
{
	small_tar(out);
	buf_put(out, fill(MIB(2), 0).p, MIB(2));
}

static struct slice
small_gz(void)
{
	struct buf tar = BUF_INIT(ARCHIVE_MAX), out = BUF_INIT(ARCHIVE_MAX);

	small_tar(&tar);
	gz(&out, &tar);
	return keep(&out);
}

static void
t8(struct buf *out)
{
	buf_put(out, small_gz().p, small_gz().n);
	buf_put(out, small_gz().p, small_gz().n);
}

static void
t9(struct buf *out)
{
	buf_put(out, small_gz().p, small_gz().n);
	buf_puts(out, "garbage");
}

static void
t10(struct buf *out)
{
	buf_put(out, small_gz().p, small_gz().n - 9);
}

static void
t10_crc(struct buf *out)
{
	buf_put(out, small_gz().p, small_gz().n);
	out->p[out->n - 6] ^= 1;
}

static void
t10_plain(struct buf *out)
{
	small_tar(out);
	out->n = 1024 + 100;
}

static void
t10_no_end(struct buf *out)
{
	tar_put(out, "a.pdf", '0', text());
}

static void
t11(struct buf *out)
{
	gzip_put(out, small_gz());
}

static void
t13(struct buf *out)
{
	small_tar(out);
	out->p[148] ^= 1;
}

static void
t13_second(struct buf *out)
{
	small_tar(out);
	out->p[1024 + 3] ^= 1;
}

static void
t15(struct buf *out)
{
	char zero[13];

	tar_size(0, zero);
	pax(out, "13 size=1024\n", 'x');
	tar_header(out, "a.pdf", '0', zero, "");
	tar_body(out, fill(1024, 'x'));
	tar_end(out);
}

static void
t21(struct buf *out)
{
	tar_put(out, "d", '5', text());
	tar_end(out);
}

static void
t22(struct buf *out)
{
	tar_put(out, "a.pdf", '0', text());
	memcpy(out->p + 50, "tail", 4); /* after the NUL of the name */
	tar_sum(out->p);
	tar_end(out);
}

/* A header of another kind of tar, or of none. */
static void
t24(struct buf *out)
{
	small_tar(out);
	memcpy(out->p + 257, "ustar  x", 8);
	tar_sum(out->p);
}

static void
t24_old(struct buf *out)
{
	small_tar(out);
	memcpy(out->p + 257, "\0\0\0\0\0\0\0", 8);
	tar_sum(out->p);
}

static void
t24_prefix(struct buf *out)
{
	small_tar(out);
	memcpy(out->p + 345, "folder/", 7);
	tar_sum(out->p);
}

static void
t24_prefix_nul(struct buf *out)
{
	small_tar(out);
	memcpy(out->p + 345, "folder\0x", 8);
	tar_sum(out->p);
}

static void
t24_text(struct buf *out)
{
	gzip_put(out, fill(4096, 'x'));
}

static void
t24_short(struct buf *out)
{
	struct slice gzipped = small_gz();

	buf_put(out, gzipped.p, 12);
}

static void
t23(struct buf *out)
{
	tar_end(out);
}

static void
b4(struct buf *out)
{
	char name[] = "aaa";

	for (int i = 0; i < 1100; i++) {
		name[0] = (char)('a' + i / 676);
		name[1] = (char)('a' + i / 26 % 26);
		name[2] = (char)('a' + i % 26);
		tar_put(out, name, '0', slice_str(""));
	}
	tar_end(out);
}

static void
f16(struct buf *out)
{
	tar_put(out, "inner.pdf", '0', small_gz());
	tar_end(out);
}

static void
f18(struct buf *out)
{
	tar_put(out, "PK\3\4x", '0', small_gz());
	tar_end(out);
}

static const struct hostile others[] = {
	{ "L9", "up, in gzip", l9, "NAME_DOTDOT" },
	{ "B4", "1,100 members", b4, "LIM_ENTRIES" },
	{ "B6", "200 MiB of zeros", b6, "LIM_ENTRY|LIM_RATIO" },
	{ "B7", "10 times 30 MiB", b7, "LIM_RATIO|LIM_TOTAL" },
	{ "B7", "3 MiB of zeros", b7_small, "OK" },
	{ "T1", "NUL in a record", t1_nul, "CORRUPT" },
	{ "T2", "pax of 8 MiB", t2, "METADATA|CORRUPT|LIM_MEMORY" },
	{ "T3", "20,000 pax headers", t3, "METADATA" },
	{ "T3", "three special headers", t3_most, "OK" },
	{ "T3", "special header alone", t3_alone, "CORRUPT" },
	{ "T4", "long name of 4 MiB", t4, "METADATA|CORRUPT|NAME_TOOLONG" },
	{ "T4", "two names", t4_both, "CORRUPT" },
	{ "T5", "2^60 bytes", t5, "LIM_ENTRY|CORRUPT" },
	{ "T6", "negative", t6, "CORRUPT|METADATA|LIM_ENTRY" },
	{ "T6", "no number", t6_text, "CORRUPT" },
	{ "T7", "two tars", t7, "TRAILING" },
	{ "T7", "padded by 10 KiB", t7_padded, "OK" },
	{ "T7", "2 MiB of zeros after", t7_zeros, "TRAILING" },
	{ "T8", "two gzip members", t8, "TRAILING" },
	{ "T9", "garbage", t9, "TRAILING" },
	{ "T10", "cut gzip", t10, "CORRUPT" },
	{ "T10", "gzip checksum", t10_crc, "CORRUPT" },
	{ "T10", "cut tar", t10_plain, "CORRUPT" },
	{ "T10", "no end", t10_no_end, "CORRUPT" },
	{ "T11", "gzip of gzip", t11, "CORRUPT|FORMAT" },
	{ "T13", "checksum", t13, "CORRUPT|FORMAT" },
	{ "T13", "second checksum", t13_second, "CORRUPT" },
	{ "T15", "size by pax", t15, "OK" },
	{ "T21", "folder with content", t21, "CORRUPT" },
	{ "T22", "bytes after the name", t22, "NAME_NUL" },
	{ "T23", "no member", t23, "FORMAT|EMPTY" },
	{ "T24", "unknown kind", t24, "CORRUPT" },
	{ "T24", "old tar", t24_old, "OK" },
	{ "T24", "prefix", t24_prefix, "OK" },
	{ "T24", "NUL in the prefix", t24_prefix_nul, "NAME_NUL" },
	{ "T24", "gzip of text", t24_text, "FORMAT" },
	{ "T24", "gzip cut in its header", t24_short, "CORRUPT" },
	{ "F16", "gzip as pdf", f16, "NESTED" },
	{ "F18", "tar that begins as zip", f18, "NESTED|ZIP_LAYOUT|CORRUPT" },
};

START_TEST(tars_are_judged)
{
	hostile_check(&others[_i]);
}
END_TEST

START_TEST(pax_size_is_the_size)
{
	struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	struct bundle *b;

	t15(&bytes);
	b = admit_bytes(buf_slice(&bytes), &f, &e);
	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(b->members[0].size, 1024);
	ck_assert_int_eq(b->format, BUNDLE_TAR);
	bundle_free(b);
	buf_free(&bytes);
	findings_free(&f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hostile_tar");
	TCase *t = tcase_create("tar");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, types_are_judged, 0, NELEM(types));
	tcase_add_loop_test(t, pax_records_are_judged, 0, NELEM(paxes));
	tcase_add_loop_test(t, tars_are_judged, 0, NELEM(others));
	tcase_add_test(t, pax_size_is_the_size);
	suite_add_tcase(s, t);
	return suite_main(s);
}
