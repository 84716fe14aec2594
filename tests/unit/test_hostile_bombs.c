/* SPDX-License-Identifier: Apache-2.0 */
/* BUNDLES 6.2: ZIP64, bombs in zip, zips that are something else. */
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

/* ZIP64 end record (56) and locator (20) before the end record; one byte of
 * them is then another. */
static void
end64(struct buf *out, size_t at, uint8_t byte)
{
	struct zip_tail t = { 0 };
	struct zip_item p[2];
	struct buf plain = BUF_INIT(4096);
	uint8_t r[76] = { 'P', 'K', 6, 6, 44 };
	size_t end;

	p[0] = zip_item("a.pdf", text(), true);
	p[1] = zip_item("b.pdf", text(), true);
	zip_build(p, 2, NULL, &plain);
	end = plain.n - 22;
	r[12] = r[14] = 45;
	r[24] = r[32] = 2;
	for (size_t i = 0; i < 4; i++) { /* size and offset as they are */
		r[40 + i] = plain.p[end + 12 + i];
		r[48 + i] = plain.p[end + 16 + i];
		r[64 + i] = (uint8_t)(end >> (8 * i));
	}
	memcpy(r + 56, "PK\6\7", 4);
	r[72] = 1;
	r[at] = byte;
	t.before_end = slice_of(r, sizeof(r));
	zip_build(p, 2, &t, out);
	buf_free(&plain);
}

static const struct {
	const char *what, *codes;
	size_t at;
	uint8_t byte;
} ends[] = {
	{ "as it must be", "OK", 0, 'P' },
	{ "signature", "ZIP_LAYOUT", 2, 9 },
	{ "too long", "ZIP_LAYOUT", 4, 48 },
	{ "version", "ZIP_METHOD", 14, 46 },
	{ "disk", "MULTIVOLUME", 16, 1 },
	{ "disk of the directory", "MULTIVOLUME", 20, 1 },
	{ "says 1 entry here", "ZIP_INCONSISTENT", 24, 1 },
	{ "size", "ZIP_INCONSISTENT", 40, 1 },
	{ "offset", "ZIP_INCONSISTENT", 48, 1 },
	{ "locator's disk", "MULTIVOLUME", 60, 1 },
	{ "locator's offset", "ZIP_LAYOUT", 64, 1 },
	{ "locator's disks", "MULTIVOLUME", 72, 2 },
};
static size_t current;

static void
make_end(struct buf *out)
{
	end64(out, ends[current].at, ends[current].byte);
}

START_TEST(zip64_ends_are_judged)
{
	struct hostile h = { "Z18", ends[_i].what, make_end, ends[_i].codes };

	current = (size_t)_i;
	hostile_check(&h);
}
END_TEST

/* Both records of the directory's end say 1, and both are wrong. */
static void
z18(struct buf *out)
{
	end64(out, 24, 1);
	out->p[out->n - 22 - 76 + 32] = 1;
}

/* The end record has a disk where the ZIP64 one has none. */
static void
z18_disk(struct buf *out)
{
	end64(out, 0, 'P');
	out->p[out->n - 18] = 1;
}

static void
b1(struct buf *out)
{
	static struct zip_item p[100];
	static char names[100][8];

	for (size_t i = 0; i < NELEM(p); i++) {
		p[i] =
		    i == 0 ? zip_item("a.pdf", fill(MIB(1), 'x'), false) : p[0];
		names[i][0] = (char)('a' + i / 26);
		names[i][1] = (char)('a' + i % 26);
		p[i].c.name = slice_of(names[i], 2);
		p[i].l.name = slice_of(names[0], 2);
		p[i].no_local = i > 0;
	}
	zip_build(p, NELEM(p), NULL, out);
}

static void
one(struct buf *out, struct zip_item p)
{
	zip_build(&p, 1, NULL, out);
}

static void
b2(struct buf *out)
{
	one(out, zip_item("zeros.pdf", fill(MIB(60), 0), true));
}

static void
b2_entry(struct buf *out)
{
	one(out, zip_item("large.pdf", fill(MIB(65), 0), false));
}

static void
b2_total(struct buf *out)
{
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	struct zip_item p[5];
	struct slice packed = fill(MIB(1), 0);

	for (size_t i = 0; i < NELEM(p); i++) {
		p[i] = zip_item(names[i], packed, false);
		p[i].l.method = p[i].c.method = 8;
		p[i].l.size = p[i].c.size = (uint32_t)MIB(60);
	}
	zip_build(p, NELEM(p), NULL, out);
}

/* 60 MiB of what does not compress well is an honest size. */
static void
b2_honest(struct buf *out)
{
	one(out, zip_item("large.pdf", fill(MIB(60), 'x'), false));
}

static void
b3(struct buf *out)
{
	struct slice inner = text();

	for (size_t level = 0; level < 5; level++) {
		static char names[16][8];
		struct zip_item p[16];
		struct buf b = BUF_INIT(ARCHIVE_MAX);

		for (size_t i = 0; i < NELEM(p); i++) {
			names[i][0] = (char)('a' + i);
			p[i] = zip_item(names[i], inner, true);
		}
		zip_build(p, NELEM(p), NULL, &b);
		inner = keep(&b);
	}
	buf_put(out, inner.p, inner.n);
}

static void
many(struct buf *out, size_t n)
{
	static struct zip_item p[1500];
	static char names[1500][8];

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0, v = i; k < 4; k++, v /= 26)
			names[i][k] = (char)('a' + v % 26);
		p[i] = zip_item(names[i], slice_str(""), false);
	}
	zip_build(p, n, NULL, out);
}

static void
b4(struct buf *out)
{
	many(out, 1500);
}

/* The end record says 5. */
static void
b4_hidden(struct buf *out)
{
	many(out, 1500);
	out->p[out->n - 14] = out->p[out->n - 12] = 5;
	out->p[out->n - 13] = out->p[out->n - 11] = 0;
}

static void
b4_most(struct buf *out)
{
	many(out, LIMIT_ENTRIES);
}

static void
b5(struct buf *out)
{
	struct zip_item p = zip_item("a.pdf", fill(MIB(80), 0), true);

	p.l.size = p.c.size = 1000;
	one(out, p);
}

/* The stream ends before the content does. */
static void
z25_cut(struct buf *out)
{
	struct zip_item p = zip_item("a.pdf", text(), true);

	p.data.n -= 3;
	p.l.packed = p.c.packed = (uint32_t)p.data.n;
	one(out, p);
}

static void
f10(struct buf *out)
{
	buf_puts(out, "");
}

static void
f11(struct buf *out)
{
	zip_build(NULL, 0, NULL, out);
}

static void
f12(struct buf *out)
{
	struct zip_tail t = { .before = slice_str("PK\7\10") };
	struct zip_item p = zip_item("a.pdf", text(), true);

	zip_build(&p, 1, &t, out);
}

static struct slice
inner_zip(void)
{
	struct buf b = BUF_INIT(ARCHIVE_MAX);

	one(&b, zip_item("a.pdf", text(), true));
	return keep(&b);
}

static void
f15(struct buf *out)
{
	one(out, zip_item("inner.zip", inner_zip(), true));
}

static void
f15_package(struct buf *out)
{
	one(out, zip_item("form.xlsx", inner_zip(), true));
}

static void
f16(struct buf *out)
{
	struct buf gz = BUF_INIT(4096);

	gzip_put(&gz, text());
	one(out, zip_item("inner.pdf", buf_slice(&gz), false));
	buf_free(&gz);
}

static void
f16_tar(struct buf *out)
{
	struct buf tar = BUF_INIT(4096);

	tar_put(&tar, "x", '0', text());
	tar_end(&tar);
	one(out, zip_item("inner.pdf", buf_slice(&tar), false));
	buf_free(&tar);
}

static void
f17(struct buf *out)
{
	buf_puts(out, "%PDF-1.4\n");
	buf_put(out, inner_zip().p, inner_zip().n);
}

static void
cut(struct buf *out)
{
	struct slice whole = inner_zip();

	buf_put(out, whole.p, whole.n - 30);
}

static const struct hostile others[] = {
	{ "Z18", "ZIP64 counts 1", z18, "ZIP_INCONSISTENT" },
	{ "Z18", "disk beside ZIP64", z18_disk, "MULTIVOLUME" },
	{ "Z25", "cut stream", z25_cut, "ZIP_INCONSISTENT" },
	{ "B1", "overlapping", b1, "LIM_RATIO|ZIP_LAYOUT|ZIP_INCONSISTENT" },
	{ "B2", "60 MiB of zeros", b2, "LIM_RATIO" },
	{ "B2", "65 MiB", b2_entry, "LIM_ENTRY" },
	{ "B2", "300 MiB in all", b2_total, "LIM_TOTAL" },
	{ "B2", "60 MiB stored", b2_honest, "OK" },
	{ "B3", "zips of zips", b3, "NESTED" },
	{ "B4", "1,500 entries", b4, "LIM_ENTRIES" },
	{ "B4", "1,500 entries, said to be 5", b4_hidden, "LIM_ENTRIES" },
	{ "B4", "1,000 entries", b4_most, "OK" },
	{ "B5", "80 MiB for 1,000 bytes", b5, "ZIP_INCONSISTENT" },
	{ "F10", "no bytes", f10, "EMPTY" },
	{ "F11", "end record only", f11, "EMPTY" },
	{ "F12", "split", f12, "MULTIVOLUME" },
	{ "F15", "zip in zip", f15, "NESTED" },
	{ "F15", "package of documents", f15_package, "OK" },
	{ "F16", "gzip as pdf", f16, "NESTED" },
	{ "F16", "tar as pdf", f16_tar, "NESTED" },
	{ "F17", "pdf and zip", f17, "FORMAT" },
	{ "Z27", "cut off", cut, "ZIP_LAYOUT" },
};

START_TEST(zips_are_judged)
{
	hostile_check(&others[_i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hostile_bombs");
	TCase *t = tcase_create("zip");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, zip64_ends_are_judged, 0, NELEM(ends));
	tcase_add_loop_test(t, zips_are_judged, 0, NELEM(others));
	suite_add_tcase(s, t);
	return suite_main(s);
}
