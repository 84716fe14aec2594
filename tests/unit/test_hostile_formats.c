/* SPDX-License-Identifier: Apache-2.0 */
/* BUNDLES 6.2, other formats: rule BUNDLE-FORMAT names what it sees. */
#include <string.h>

#include "support/archive_make.h"
#include "support/hostile.h"
#include "support/support.h"

/* What is not taken, by its first bytes. */
#define HEAD(text)                                        \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}
/* clang-format off */
static const struct {
	const char *id, *what, *name;
	struct slice head;
} formats[] = {
	{ "B8", "xz", "xz", HEAD("\xfd" "7zXZ\0\0\4\xe6\xd6\xb4\x46") },
	{ "B9", "zstd", "zstd", HEAD("\x28\xb5\x2f\xfd\0\xa8") },
	{ "F3", "7z", "7z", HEAD("7z\xbc\xaf\x27\x1c\0\4") },
	{ "F6", "RAR 4", "RAR", HEAD("Rar!\x1a\7\0") },
	{ "F6", "RAR 5", "RAR", HEAD("Rar!\x1a\7\1\0") },
	{ "F7", "mtree", "mtree", HEAD("#mtree\n./x contents=/etc/passwd\n") },
	{ "F8", "cpio", "cpio", HEAD("070701") },
	{ "F8", "CAB", "CAB", HEAD("MSCF\0\0\0\0") },
	{ "F8", "lz4", "lz4", HEAD("\x04\x22\x4d\x18") },
	{ "F8", "bzip2", "bzip2", HEAD("BZh91AY&SY") },
	{ "F8", "uuencoded", "unknown", HEAD("begin 644 x.tar\n") },
	{ "F8", "ISO 9660", "unknown", HEAD("\0\0\0\0\0\0\0\0") },
	{ "F9", "lrzip", "lrzip", HEAD("LRZI\0\6") },
	{ "F10", "one byte", "unknown", HEAD("x") },
	{ "D28", "HTML", "HTML", HEAD("<!DOCTYPE html>") },
};
/* clang-format on */

START_TEST(other_formats_are_named)
{
	struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	struct bundle *b;

	buf_put(&bytes, formats[_i].head.p, formats[_i].head.n);
	if (formats[_i].head.n > 1)
		buf_put(&bytes, fill(40000, 0).p, 40000);
	b = admit_bytes(buf_slice(&bytes), &f, &e);
	ck_assert_msg(b != NULL, "%s: %s", formats[_i].what, e.trail);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.items[0].rule, "BUNDLE-FORMAT");
	ck_assert_ptr_nonnull(strstr(f.items[0].text_en, formats[_i].name));
	bundle_free(b);
	findings_free(&f);
	buf_free(&bytes);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hostile_formats");
	TCase *t = tcase_create("formats");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, other_formats_are_named, 0, NELEM(formats));
	suite_add_tcase(s, t);
	return suite_main(s);
}
