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
#define REFUSED(name, code)                          \
	{                                            \
		name, BUNDLE_NONE, CODE_##code, true \
	}
#define PLAIN(name, code)                             \
	{                                             \
		name, BUNDLE_NONE, CODE_##code, false \
	}
#define BYTES(text) text, sizeof(text) - 1
#define ISO_AT 32769

/* clang-format off */
static const struct row rows[] = {
	{ TAKEN("zip", BUNDLE_ZIP),		0, BYTES("PK\3\4") },
	{ REFUSED("zip", EMPTY),		0, BYTES("PK\5\6") },
	{ REFUSED("zip", MULTIVOLUME),		0, BYTES("PK\7\10") },
	{ REFUSED("zip", MULTIVOLUME),		0, BYTES("PK00PK\3\4") },
	{ TAKEN("gzip", BUNDLE_TAR_GZ),		0, BYTES("\x1f\x8b") },
	{ TAKEN("xz", BUNDLE_TAR_XZ),		0, BYTES("\xfd" "7zXZ\0") },
	{ TAKEN("zstd", BUNDLE_TAR_ZST),	0, BYTES("\x28\xb5\x2f\xfd") },
	{ REFUSED("7z", FORMAT_7Z),		0, BYTES("7z\xbc\xaf\x27\x1c") },
	{ REFUSED("RAR", FORMAT_RAR),		0, BYTES("Rar!\x1a\x07") },
	{ REFUSED("LZH", FORMAT_LZH),		2, BYTES("-lh") },
	{ REFUSED("LZH", FORMAT_LZH),		2, BYTES("-lz") },
	{ REFUSED("bzip2", FORMAT_STREAM),	0, BYTES("BZh") },
	{ REFUSED("compress", FORMAT_STREAM),	0, BYTES("\x1f\x9d") },
	{ REFUSED("lzip", FORMAT_STREAM),	0, BYTES("LZIP") },
	{ REFUSED("lzma", FORMAT_STREAM),	0, BYTES("\x5d\0\0") },
	{ REFUSED("lz4", FORMAT_STREAM),	0, BYTES("\x04\x22\x4d\x18") },
	{ REFUSED("lzop", FORMAT_STREAM),	0, BYTES("\x89LZO\0") },
	{ REFUSED("lrzip", FORMAT_STREAM),	0, BYTES("LRZI") },
	{ REFUSED("CAB", FORMAT_OTHER),		0, BYTES("MSCF") },
	{ REFUSED("cpio", FORMAT_OTHER),	0, BYTES("070701") },
	{ REFUSED("cpio", FORMAT_OTHER),	0, BYTES("070702") },
	{ REFUSED("cpio", FORMAT_OTHER),	0, BYTES("070707") },
	{ REFUSED("xar", FORMAT_OTHER),		0, BYTES("xar!") },
	{ REFUSED("ar", FORMAT_OTHER),		0, BYTES("!<arch>\n") },
	{ PLAIN("ARJ", FORMAT_OTHER),		0, BYTES("\x60\xea") },
	{ REFUSED("mtree", FORMAT_OTHER),	0, BYTES("#mtree") },
	{ PLAIN("uuencode", FORMAT_OTHER),	0, BYTES("begin 6") },
	{ REFUSED("WIM", FORMAT_DISK),		0, BYTES("MSWIM\0\0\0") },
	{ REFUSED("ISO 9660", FORMAT_DISK),	ISO_AT, BYTES("CD001") },
	{ TAKEN("tar", BUNDLE_TAR),		257, BYTES("ustar") },
	{ PLAIN("OpenPGP", ENCRYPTED_FILE),	0,
	    BYTES("-----BEGIN PGP MESSAGE") },
	{ PLAIN("age", ENCRYPTED_FILE),	0, BYTES("age-encryption.org/") },
	{ PLAIN("Windows EXE", FORMAT_PROGRAM),	0, BYTES("MZ") },
	{ PLAIN("ELF", FORMAT_PROGRAM),		0, BYTES("\x7f" "ELF") },
	{ PLAIN("#!", FORMAT_PROGRAM),		0, BYTES("#!") },
	{ PLAIN("PDF", FORMAT_PAPER),		0, BYTES("%PDF-") },
	{ PLAIN("Microsoft Office", FORMAT_OFFICE), 0,
	    BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") },
	{ PLAIN("RTF", FORMAT_PAPER),		0, BYTES("{\\rtf") },
	{ PLAIN("HTML", FORMAT_PAPER),		0, BYTES("<!DOCTYPE") },
	{ PLAIN("HTML", FORMAT_PAPER),		0, BYTES("<html") },
	{ PLAIN("XML", FORMAT_PAPER),		0, BYTES("<?xml") },
	{ PLAIN("PNG", FORMAT_PAPER),		0, BYTES("\x89PNG\r\n\x1a\n") },
	{ PLAIN("JPEG", FORMAT_PAPER),		0, BYTES("\xff\xd8\xff") },
	{ PLAIN("TIFF", FORMAT_PAPER),		0, BYTES("II*\0") },
	{ PLAIN("TIFF", FORMAT_PAPER),		0, BYTES("MM\0*") },
	{ PLAIN("JSON", FORMAT_PAPER),		0, BYTES("{") },
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
