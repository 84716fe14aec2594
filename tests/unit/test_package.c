/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of document parts in memory: preflight, names, limits, reading. */
#include <stdio.h>
#include <string.h>

#include "nintei/limits.h"
#include "nintei/zip.h"
#include "support/archive_make.h"
#include "support/archive_spec.h"
#include "support/support.h"

static struct slice
built(const char *spec)
{
	struct buf out = BUF_INIT(ARCHIVE_MAX);

	spec_build(slice_str(spec), &out);
	return keep(&out);
}

static const struct {
	const char *spec, *code; /* NULL: opens */
} packages[] = {
	{ "zip [Content_Types].xml _rels/.rels word/_rels/document.xml.rels",
	    NULL },
	{ "zip mimetype,stored .rels", NULL },
	{ "zip \\u{7533}.xml", NULL },
	{ "zip \\u{7533}.xml,bit11", NULL },
	{ "zip \\x90\\x5c.xml", "NAME_ENCODING" },
	{ "zip _rels/.hidden", "NAME_RESERVED" },
	{ "zip .x/.rels", "NAME_RESERVED" },
	{ "zip .rels/x", "NAME_RESERVED" },
	{ "zip ../x.xml", "NAME_DOTDOT" },
	{ "zip a/.rels ../.rels", "NAME_DOTDOT" },
	{ "zip xl\\\\sheet.xml", "NAME_BACKSLASH" },
	{ "zip a.xml A.xml", "NAME_DUP" },
	{ "zip a.xml,l.name=b.xml", "ZIP_INCONSISTENT" },
	{ "zip a.xml @before=x | poke 0:50", "FORMAT" },
	{ "zip a.xml @after=x", "ZIP_LAYOUT" },
	{ "zip a.xml,flags=1", "ENCRYPTED" },
	{ "zip e,text=,times=1001", "LIM_ENTRIES" },
	{ "zip a,text={\\0*3M}", NULL },
	{ "zip a,text={\\0*5M}", "LIM_RATIO" },
	{ "zip a,text={\\0*5M},stored", NULL },
	{ "zip", "EMPTY" },
	{ "tar a.xml", "FORMAT" },
	{ "raw x", "FORMAT" },
	{ "raw \\xd0\\xcf\\x11\\xe0\\xa1\\xb1\\x1a\\xe1{x*600}", "FORMAT" },
	{ "raw \\xd0\\xcf\\x11\\xe0\\xa1\\xb1\\x1a\\xe1{x*600}"
	  "E\\0n\\0c\\0r\\0y\\0p\\0t\\0e\\0d\\0"
	  "P\\0a\\0c\\0k\\0a\\0g\\0e\\0",
	    "ENCRYPTED" },
};

START_TEST(packages_are_judged)
{
	CLEANUP(zip_freep) struct zip *z = NULL;
	struct zip_fault f = { 0 };
	int rv = zip_open(built(packages[_i].spec), &z, &f);

	if (packages[_i].code == NULL) {
		ck_assert_msg(rv == 0, "%s: %s", packages[_i].spec, f.code);
		ck_assert_ptr_nonnull(z);
		return;
	}
	ck_assert_msg(rv < 0, "%s was opened", packages[_i].spec);
	ck_assert_ptr_null(z);
	ck_assert_str_eq(f.code, packages[_i].code);
}
END_TEST

/* The ratio of bundles is stricter than that of parts. */
START_TEST(parts_are_listed_and_read)
{
	CLEANUP(zip_freep) struct zip *z = NULL;
	CLEANUP(buf_free) struct buf out = BUF_INIT(64);
	struct zip_fault f = { 0 };
	const struct zip_part *p;

	ck_assert_int_eq(
	    zip_open(built("zip xl/ xl/a.xml,text=hello Empty.xml,text= "
			   "stored.bin,stored,text=plain"),
		&z, &f),
	    0);
	ck_assert_uint_eq(zip_count(z), 4);
	ck_assert(zip_part(z, 0)->is_dir);
	ck_assert_str_eq(zip_part(z, 0)->name, "xl");
	ck_assert_ptr_null(zip_part(z, 4));
	ck_assert_ptr_null(zip_find(z, "a.xml"));
	p = zip_find(z, "XL/A.xml");
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(p->size, 5);
	ck_assert_int_eq(zip_read(z, p, &out, &f), 0);
	ck_assert_int_eq(zip_read(z, zip_find(z, "empty.xml"), &out, &f), 0);
	ck_assert_int_eq(zip_read(z, zip_find(z, "stored.bin"), &out, &f), 0);
	ck_assert_str_eq(buf_str(&out), "helloplain");
}
END_TEST

/* What real writers make opens, and each part of it can be read. */
static const char *const real[] = { "libreoffice.xlsx", "libreoffice.docx",
	"libreoffice.ods", "openpyxl.xlsx", "python-docx.docx", "java.jar" };

START_TEST(real_packages_open)
{
	CLEANUP(zip_freep) struct zip *z = NULL;
	char spec[64];
	struct zip_fault f = { 0 };

	snprintf(spec, sizeof(spec), "file %s", real[_i]);
	ck_assert_msg(zip_open(built(spec), &z, &f) == 0, "%s: %s %s", spec,
	    f.code, f.where);
	ck_assert_uint_gt(zip_count(z), 1);
	for (size_t i = 0; i < zip_count(z); i++) {
		CLEANUP(buf_free) struct buf out = BUF_INIT(MIB(4));
		const struct zip_part *p = zip_part(z, i);

		ck_assert_msg(
		    zip_read(z, p, &out, &f) == 0, "%s: %s", spec, f.where);
		ck_assert_uint_eq(out.n, p->size);
	}
}
END_TEST

static const struct {
	const char *spec, *code;
	size_t room;
} contents[] = {
	{ "zip a.xml,text=hello", NULL, 5 },
	{ "zip a.xml,text=hello", "LIM_ENTRY", 4 },
	{ "zip a.xml,crc=^1", "CRC", 100 },
	{ "zip a.xml,data={\\xff*40}", "CORRUPT", 100 },
	{ "zip a.xml,text={x*5000},size=50", "ZIP_INCONSISTENT", 100 },
	{ "zip a.xml,text={x*50},size=60", "ZIP_INCONSISTENT", 100 },
	{ "zip a.xml,tail=more", "ZIP_INCONSISTENT", 100 },
};

START_TEST(contents_must_be_as_declared)
{
	CLEANUP(zip_freep) struct zip *z = NULL;
	struct buf out = BUF_INIT(contents[_i].room);
	struct zip_fault f = { 0 };
	int rv;

	ck_assert_int_eq(zip_open(built(contents[_i].spec), &z, &f), 0);
	rv = zip_read(z, zip_part(z, 0), &out, &f);
	if (contents[_i].code == NULL) {
		ck_assert_int_eq(rv, 0);
	} else {
		ck_assert_int_eq(rv, -1);
		ck_assert_str_eq(f.code, contents[_i].code);
		ck_assert_str_eq(f.where, "a.xml");
	}
	buf_free(&out);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("package");
	TCase *t = tcase_create("package");

	tcase_add_loop_test(t, packages_are_judged, 0, NELEM(packages));
	tcase_add_test(t, parts_are_listed_and_read);
	tcase_add_loop_test(t, real_packages_open, 0, NELEM(real));
	tcase_add_loop_test(
	    t, contents_must_be_as_declared, 0, NELEM(contents));
	suite_add_tcase(s, t);
	return suite_main(s);
}
