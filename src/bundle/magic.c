/* SPDX-License-Identifier: Apache-2.0 */
/* Formats by their first bytes: what is taken, what is named and refused. */
#include <string.h>
#include <strings.h>

#include "bundle_int.h"

struct row {
	struct magic magic;
	size_t at;
	const char *bytes;
	size_t n;
};

#define TAKEN(name, format)                   \
	{                                     \
		name, format, CODE_NONE, true \
	}
#define OTHER(name)                                  \
	{                                            \
		name, BUNDLE_NONE, CODE_FORMAT, true \
	}
#define PLAIN(name)                                   \
	{                                             \
		name, BUNDLE_NONE, CODE_FORMAT, false \
	}
#define BYTES(text) text, sizeof(text) - 1

/* clang-format off */
static const struct row rows[] = {
	{ TAKEN("zip", BUNDLE_ZIP),		0, BYTES("PK\3\4") },
	{ { "zip", BUNDLE_NONE, CODE_EMPTY, true },
						0, BYTES("PK\5\6") },
	{ { "zip", BUNDLE_NONE, CODE_MULTIVOLUME, true },
						0, BYTES("PK\7\10") },
	{ TAKEN("gzip", BUNDLE_TAR_GZ),		0, BYTES("\x1f\x8b") },
	{ TAKEN("xz", BUNDLE_TAR_XZ),		0, BYTES("\xfd" "7zXZ\0") },
	{ TAKEN("zstd", BUNDLE_TAR_ZST),		0, BYTES("\x28\xb5\x2f\xfd") },
	{ OTHER("bzip2"),			0, BYTES("BZh") },
	{ OTHER("compress"),			0, BYTES("\x1f\x9d") },
	{ OTHER("lzip"),			0, BYTES("LZIP") },
	{ OTHER("lz4"),				0, BYTES("\x04\x22\x4d\x18") },
	{ OTHER("lzop"),			0, BYTES("\x89LZO\0") },
	{ OTHER("lrzip"),			0, BYTES("LRZI") },
	{ OTHER("7z"),				0, BYTES("7z\xbc\xaf\x27\x1c") },
	{ OTHER("RAR"),				0, BYTES("Rar!\x1a\x07") },
	{ OTHER("CAB"),				0, BYTES("MSCF") },
	{ OTHER("cpio"),			0, BYTES("070701") },
	{ OTHER("cpio"),			0, BYTES("070702") },
	{ OTHER("cpio"),			0, BYTES("070707") },
	{ OTHER("xar"),				0, BYTES("xar!") },
	{ OTHER("ar"),				0, BYTES("!<arch>\n") },
	{ OTHER("mtree"),			0, BYTES("#mtree") },
	{ OTHER("LHA"),				2, BYTES("-lh") },
	{ PLAIN("Windows EXE"),			0, BYTES("MZ") },
	{ PLAIN("PDF"),				0, BYTES("%PDF-") },
	{ PLAIN("Microsoft Office"),		0,
	    BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") },
	{ PLAIN("HTML"),			0, BYTES("<!DOCTYPE") },
	{ PLAIN("XML"),				0, BYTES("<?xml") },
	{ TAKEN("tar", BUNDLE_TAR),		257, BYTES("ustar") },
};
/* clang-format on */

static const struct magic tar = TAKEN("tar", BUNDLE_TAR);

/* Packages of documents: their own reader judges what is inside. */
static const char *const packages[] = { ".xlsx", ".docx", ".asice" };

/* The sum of a header's bytes with blanks in the place of the checksum. */
static bool
has_tar_checksum(const uint8_t *p)
{
	uint64_t sum = 0, want = 0;
	size_t i;

	for (i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? ' ' : p[i];
	for (i = 148; i < 156 && p[i] == ' '; i++)
		;
	for (; i < 156 && p[i] >= '0' && p[i] <= '7'; i++)
		want = want * 8 + (uint64_t)(p[i] - '0');
	return want != 0 && sum == want && p[0] != '\0';
}

bool
magic_is_tar(struct slice head)
{
	if (head.n < 512)
		return false;
	return memcmp(head.p + 257, "ustar", 5) == 0 ||
	    has_tar_checksum(head.p);
}

const struct magic *
magic_of(struct slice head)
{
	for (size_t i = 0; i < NELEM(rows); i++)
		if (head.n >= rows[i].at + rows[i].n &&
		    memcmp(head.p + rows[i].at, rows[i].bytes, rows[i].n) == 0)
			return &rows[i].magic;
	return magic_is_tar(head) ? &tar : NULL;
}

static bool
is_package(const char *member)
{
	const char *dot = strrchr(member, '.');

	for (size_t i = 0; i < NELEM(packages); i++)
		if (dot != NULL && strcasecmp(dot, packages[i]) == 0)
			return true;
	return false;
}

const char *
magic_nested(const char *member, struct slice head)
{
	const struct magic *m = magic_of(head);

	if (m == NULL || !m->is_archive)
		return NULL;
	if (m->format == BUNDLE_ZIP && is_package(member))
		return NULL;
	return m->name;
}
