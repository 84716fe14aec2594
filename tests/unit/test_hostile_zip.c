/* SPDX-License-Identifier: Apache-2.0 */
/* BUNDLES 6.2, structure of zip, bombs in zip: rules BUNDLE-ZIP_*, LIM_*. */
#include "support/archive_make.h"
#include "support/hostile.h"
#include "support/support.h"

#define DESCRIPTOR (1 << 3)

static struct slice
text(void)
{
	return slice_str("%PDF-1.4\nthe same words again, the same words\n");
}

/* Two honest parts, deflated. */
static void
two(struct zip_item p[2])
{
	p[0] = zip_item("a.pdf", text(), true);
	p[1] = zip_item("b.pdf", text(), true);
}

static void
build2(struct zip_item p[2], const struct zip_tail *t, struct buf *out)
{
	zip_build(p, 2, t, out);
}

/* Most cases: two honest parts, one of which is spoiled. */
typedef void spoil_fn(struct zip_item *p, struct zip_tail *t);

static void
z1(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.name = slice_str("c.pdf");
}

static void
z2(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.method = 0;
}

static void
z3(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->c.method = 0;
	p->c.size = p->c.packed;
}

static void
z4(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.size -= 5;
	p->l.packed -= 5;
}

static void
z5(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.crc ^= 1;
}

static void
z6(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.crc ^= 1;
	p->c.crc ^= 1;
}

static void
z7(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.flags = 1;
}

static void
z8(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->c.flags = 1;
}

static void
z9(struct zip_item *p, struct zip_tail *t UNUSED)
{
	zip_rename(p, "test/", 5);
}

static void
z9_marked(struct zip_item *p, struct zip_tail *t UNUSED)
{
	z9(p, t);
	p->attributes = 0040755U << 16 | 0x10;
}

static void
z9_unmarked(struct zip_item *p, struct zip_tail *t UNUSED)
{
	*p = zip_item("test/", slice_str(""), false);
	p->attributes = 0; /* as Java and Go leave it */
}

static void
z9_denied(struct zip_item *p, struct zip_tail *t UNUSED)
{
	*p = zip_item("test/", slice_str(""), false);
	p->made_by = 20;
	p->attributes = 0x20;
}

static void
z9_file(struct zip_item *p, struct zip_tail *t UNUSED)
{
	*p = zip_item("test/", slice_str(""), false);
	p->attributes = 0100644U << 16;
}

static void
z10(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->attributes |= 0x10;
}

static void
z11(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->no_central = true;
}

static void
z12(struct zip_item *p UNUSED, struct zip_tail *t)
{
	static char stub[102] = "MZ";

	t->before = slice_of(stub, sizeof(stub));
}

static void
z13(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->trailing = slice_str("more");
}

static void
z14(struct zip_item *p UNUSED, struct zip_tail *t)
{
	static struct buf inner = BUF_INIT(4096);
	struct zip_item q[2];

	two(q);
	build2(q, NULL, &inner);
	t->comment = buf_slice(&inner);
}

static void
z14b(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->comment = slice_str("see PK\3\4");
}

static void
z15(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->count = t->count_here = 1;
}

static void
z15b(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->count = 1;
}

static void
z15_here(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->count_here = 1;
}

static void
z16(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->size_delta = -5;
}

static void
z17(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->offset_zero = true;
}

/* The content of the last entry would end behind the directory. */
static void
z18_overlap(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p[1] = zip_item("b.pdf", text(), false);
	p[1].l.size = p[1].c.size = p[1].l.packed = p[1].c.packed = 1000;
}

static void
z18_comment(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p[1].comment = 5;
}

static void
z19(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->after = fill(64, 0);
}

static void
z20(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.flags = p->c.flags = DESCRIPTOR;
	p->after = zip_descriptor(16, p->c.crc ^ 1, 7, 8);
}

static void
described(struct zip_item *p, size_t n)
{
	p->l.flags = p->c.flags = DESCRIPTOR;
	p->l.crc = p->l.size = p->l.packed = 0;
	p->after = zip_descriptor(n, p->c.crc, p->c.packed, p->c.size);
}

static void
z20_12(struct zip_item *p, struct zip_tail *t UNUSED)
{
	described(p, 12);
}

static void
z20_16(struct zip_item *p, struct zip_tail *t UNUSED)
{
	described(p, 16);
}

static void
z20_24(struct zip_item *p, struct zip_tail *t UNUSED)
{
	described(p, 24);
}

static void
z20_none(struct zip_item *p, struct zip_tail *t UNUSED)
{
	described(p, 16);
	p->after.n = 0;
}

static void
z20_undeclared(struct zip_item *p, struct zip_tail *t UNUSED)
{
	described(p, 16);
	p->l.flags = p->c.flags = 0;
	p->l = p->c;
}

static void
z20_unsigned(struct zip_item *p, struct zip_tail *t UNUSED)
{
	described(p, 16);
	p->after = slice_of(fill(16, 'x').p, 16);
}

static void
z21(struct zip_item *p, struct zip_tail *t UNUSED)
{
	static const uint8_t extra[] = { 0x55, 0x54, 0x40, 0, 1, 2, 3, 4 };

	p->l.extra = p->c.extra = slice_of(extra, sizeof(extra));
}

static void
z21_rest(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.extra = p->c.extra = slice_str("xyz");
}

static void
z21_padded(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.extra = p->c.extra = fill(3, 0);
}

static void
z22(struct zip_item *p, struct zip_tail *t UNUSED)
{
	static const uint8_t extra[] = { 1, 0, 0, 0, 1, 0, 0, 0 };

	p->c.extra = slice_of(extra, sizeof(extra));
}

static void
zip64(struct zip_item *p, uint64_t size)
{
	static uint8_t extra[20] = { 1, 0, 16, 0 };

	for (size_t i = 0; i < 8; i++)
		extra[4 + i] = (uint8_t)(size >> (8 * i));
	extra[12] = (uint8_t)p->c.packed;
	p->l.size = p->l.packed = UINT32_MAX;
	p->l.extra = slice_of(extra, sizeof(extra));
}

static void
z22_good(struct zip_item *p, struct zip_tail *t UNUSED)
{
	zip64(p, p->c.size);
}

static void
z22_lies(struct zip_item *p, struct zip_tail *t UNUSED)
{
	zip64(p, p->c.size + 1);
}

static void
z22_missing(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->c.size = p->l.size = UINT32_MAX;
}

/* Values that nobody asked for, but which are right, or are not. */
static void
z22_repeated(struct zip_item *p, struct zip_tail *t UNUSED)
{
	zip64(p, p->c.size);
	p->l.size = p->c.size;
	p->l.packed = p->c.packed;
}

static void
z22_repeated_lies(struct zip_item *p, struct zip_tail *t UNUSED)
{
	zip64(p, p->c.size + 1);
	p->l.size = p->c.size;
	p->l.packed = p->c.packed;
}

/* One value is ones and two are given: readers differ in which is which. */
static void
z22_doubtful(struct zip_item *p, struct zip_tail *t UNUSED)
{
	zip64(p, p->c.size);
	p->l.size = p->c.size;
}

static void
z23(struct zip_item *p, struct zip_tail *t UNUSED)
{
	*p = zip_item("a.pdf", text(), false);
	p->l.size = p->c.size = p->c.packed + 1;
}

static void
z24(struct zip_item *p, struct zip_tail *t UNUSED)
{
	*p = zip_item("a.pdf", fill(5000, 'x'), true);
	p->l.size = p->c.size = 50;
}

static void
z25(struct zip_item *p, struct zip_tail *t UNUSED)
{
	*p = zip_item("a.pdf", fill(50, 'x'), true);
	p->l.size = p->c.size = 5000;
}

static void
z25_more(struct zip_item *p, struct zip_tail *t UNUSED)
{
	struct buf b = BUF_INIT(4096);

	buf_put(&b, p->data.p, p->data.n);
	buf_puts(&b, "tail");
	p->data = keep(&b);
	p->l.packed = p->c.packed = (uint32_t)p->data.n;
}

static void
z25_bad(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->data = fill(p->data.n, 0xff);
}

static void
z26(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->reverse = true;
}

static void
f1(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.flags = p->c.flags = 1;
}

static void
f2(struct zip_item *p, struct zip_tail *t UNUSED)
{
	f1(p, t);
	p->l.method = p->c.method = 99;
	p->l.extra = p->c.extra = zip_extra(0x9901, "\2\0AE\3\10\0", 7);
}

static void
f2b(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.extra = p->c.extra = zip_extra(0x9901, "\2\0AE\3\10\0", 7);
}

static void
f13(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->disk = 1;
}

static void
f13_entry(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->disk = 1;
}

static void
f14_9(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.method = p->c.method = 9;
}

static void
f14_12(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.method = p->c.method = 12;
	p->l.version = p->c.version = 46;
}

static void
f14_98(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.method = p->c.method = 98;
	p->l.version = p->c.version = 63;
}

static void
f14_version(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.version = p->c.version = 46;
}

static void
f14_local(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.version = 46;
}

static void
f19(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.flags = p->c.flags = 1 << 5;
}

static void
f20(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.flags = p->c.flags = 1 | 1 << 6;
}

static void
f20_13(struct zip_item *p, struct zip_tail *t UNUSED)
{
	p->l.flags = p->c.flags = 1 << 13;
}

static void
honest(struct zip_item *p UNUSED, struct zip_tail *t UNUSED)
{
}

static void
commented(struct zip_item *p UNUSED, struct zip_tail *t)
{
	t->comment = slice_str("made by hand");
}

/* clang-format off */
static const struct {
	const char *id, *what, *codes;
	spoil_fn *spoil;
} spoiled[] = {
	{ "Z0", "nothing wrong", "OK", honest },
	{ "Z0", "with a comment", "OK", commented },
	{ "Z1", "two names", "ZIP_INCONSISTENT", z1 },
	{ "Z2", "local header stored", "ZIP_INCONSISTENT", z2 },
	{ "Z3", "directory stored", "ZIP_INCONSISTENT", z3 },
	{ "Z4", "sizes smaller", "ZIP_INCONSISTENT", z4 },
	{ "Z5", "two CRCs", "ZIP_INCONSISTENT", z5 },
	{ "Z6", "both CRCs wrong", "CRC", z6 },
	{ "Z7", "encrypted in local header", "ZIP_INCONSISTENT", z7 },
	{ "Z8", "encrypted in directory", "ENCRYPTED", z8 },
	{ "Z9", "folder with data", "ZIP_INCONSISTENT", z9 },
	{ "Z9", "marked folder with data", "ZIP_INCONSISTENT", z9_marked },
	{ "Z9", "folder without a mark", "OK", z9_unmarked },
	{ "Z9", "folder marked as something else", "ZIP_INCONSISTENT",
	    z9_denied },
	{ "Z9", "folder with a file's mode", "ZIP_INCONSISTENT", z9_file },
	{ "Z10", "file with folder's attribute", "ZIP_INCONSISTENT", z10 },
	{ "Z11", "not in the directory", "ZIP_LAYOUT", z11 },
	{ "Z12", "program in front", "FORMAT", z12 },
	{ "Z13", "bytes after", "ZIP_LAYOUT", z13 },
	{ "Z14", "zip as comment", "ZIP_LAYOUT", z14 },
	{ "Z14", "signature in comment", "ZIP_LAYOUT", z14b },
	{ "Z15", "counts 1 of 2", "ZIP_INCONSISTENT", z15 },
	{ "Z15", "two counts", "ZIP_INCONSISTENT", z15b },
	{ "Z15", "counts 1 on this disk", "ZIP_INCONSISTENT", z15_here },
	{ "Z16", "directory too small", "ZIP_LAYOUT", z16 },
	{ "Z17", "directory at 0", "ZIP_LAYOUT", z17 },
	{ "Z18", "overlaps the directory", "ZIP_LAYOUT", z18_overlap },
	{ "Z18", "comment runs into the end", "ZIP_LAYOUT", z18_comment },
	{ "Z19", "zeros between", "ZIP_LAYOUT", z19 },
	{ "Z20", "descriptor lies", "ZIP_INCONSISTENT", z20 },
	{ "Z20", "descriptor of 12", "OK", z20_12 },
	{ "Z20", "descriptor of 16", "OK", z20_16 },
	{ "Z20", "descriptor of 24", "OK", z20_24 },
	{ "Z20", "no descriptor", "ZIP_LAYOUT", z20_none },
	{ "Z20", "descriptor without flag", "ZIP_LAYOUT", z20_undeclared },
	{ "Z20", "descriptor without signature", "ZIP_INCONSISTENT",
	    z20_unsigned },
	{ "Z21", "extra too long", "ZIP_INCONSISTENT", z21 },
	{ "Z21", "rest of an extra", "ZIP_INCONSISTENT", z21_rest },
	{ "Z21", "padding of an extra", "OK", z21_padded },
	{ "Z22", "two ZIP64 extras", "ZIP_INCONSISTENT", z22 },
	{ "Z22", "ZIP64 as it must be", "OK", z22_good },
	{ "Z22", "ZIP64 lies", "ZIP_INCONSISTENT", z22_lies },
	{ "Z22", "ZIP64 missing", "ZIP_INCONSISTENT", z22_missing },
	{ "Z22", "ZIP64 repeats", "OK", z22_repeated },
	{ "Z22", "ZIP64 repeats and lies", "ZIP_INCONSISTENT",
	    z22_repeated_lies },
	{ "Z22", "ZIP64 doubtful", "ZIP_INCONSISTENT", z22_doubtful },
	{ "Z23", "stored, two sizes", "ZIP_INCONSISTENT", z23 },
	{ "Z24", "gives more", "ZIP_INCONSISTENT", z24 },
	{ "Z25", "gives less", "ZIP_INCONSISTENT", z25 },
	{ "Z25", "bytes after the stream", "ZIP_INCONSISTENT", z25_more },
	{ "Z25", "no deflate stream", "CORRUPT", z25_bad },
	{ "Z26", "other order", "OK", z26 },
	{ "F1", "password", "ENCRYPTED", f1 },
	{ "F2", "AES", "ENCRYPTED", f2 },
	{ "F2", "AES by its field alone", "ENCRYPTED", f2b },
	{ "F13", "second disk", "MULTIVOLUME", f13 },
	{ "F13", "entry on a second disk", "MULTIVOLUME", f13_entry },
	{ "F14", "Deflate64", "ZIP_METHOD", f14_9 },
	{ "F14", "bzip2", "ZIP_METHOD", f14_12 },
	{ "F14", "PPMd", "ZIP_METHOD", f14_98 },
	{ "F14", "version", "ZIP_METHOD", f14_version },
	{ "F14", "version of the local header", "ZIP_INCONSISTENT", f14_local },
	{ "F19", "patched data", "ZIP_FLAGS", f19 },
	{ "F20", "strong encryption", "ENCRYPTED", f20 },
	{ "F20", "masked headers", "ENCRYPTED", f20_13 },
};
/* clang-format on */

static spoil_fn *spoil;

static void
make_spoiled(struct buf *out)
{
	struct zip_tail t = { 0 };
	struct zip_item p[2];

	two(p);
	spoil(&p[0], &t);
	build2(p, &t, out);
}

START_TEST(zip_structure_is_judged)
{
	struct hostile h = { spoiled[_i].id, spoiled[_i].what, make_spoiled,
		spoiled[_i].codes };

	spoil = spoiled[_i].spoil;
	hostile_check(&h);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hostile_zip");
	TCase *t = tcase_create("zip");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, zip_structure_is_judged, 0, NELEM(spoiled));
	suite_add_tcase(s, t);
	return suite_main(s);
}
