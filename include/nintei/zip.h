/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ZIP_H
#define NINTEI_ZIP_H
/*
 * zip: the parts of a package (.xlsx, .docx, .asice) that lies in memory.
 * Runs in: examine's children.  Holds: nothing, it borrows the bytes.
 * Trusts: nothing: the same preflight as for a bundle (BUNDLES 1.2, rules 1
 * to 8) stands before the first part is given.  Writes nothing, starts
 * nothing, makes no system call but for memory.
 * Rules: BUNDLE-* in docs/PROTOCOL.bundle.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/cc.h"
#include "nintei/slice.h"

struct zip;

/* Why a package, or one part of it, is refused. */
struct zip_fault {
	const char *code; /* "ZIP_LAYOUT", "LIM_RATIO", "ENCRYPTED" ... */
	char where[128]; /* the part, safe to show; "" for the package */
	char detail[64]; /* which of the records, or "" */
};

struct zip_part {
	const char *name; /* UTF-8 in NFC; the policy of names holds */
	uint64_t size; /* bytes, as declared; zip_read keeps to it */
	bool is_dir; /* the name has lost its final '/' */
};

/*
 * Judge the package in all and list its parts; no part is inflated.
 *
 * all: stays the caller's and must outlive out; 1 byte or more.
 * Names: ASCII, or UTF-8 (by bit 11 or as it stands); the name policy of
 * BUNDLES 1.4 with the leading dot of ".rels" allowed; two names that differ
 * only in case or width are NAME_DUP.
 * Limits: LIMIT_ENTRIES parts, LIMIT_ENTRY_BYTES a part, LIMIT_TOTAL_BYTES
 * together, LIMIT_RATIO_PART:1 for parts above 4 MiB.
 * -1: *f says why; *out is untouched.  A package that is a compound file
 * (Office with a password) is ENCRYPTED, other bytes FORMAT.
 */
int zip_open(
    struct slice all, struct zip **out, struct zip_fault *f) MUST_CHECK;
void zip_free(struct zip *z);
DEFINE_STRUCT_CLEANUP(zip, zip_free)

size_t zip_count(const struct zip *z);
/* Part i, 0 to zip_count - 1, in the order of the central directory. */
const struct zip_part *zip_part(const struct zip *z, size_t i);
/* By the whole name, ASCII letters alike in either case (ECMA-376-2 6.2.2). */
const struct zip_part *zip_find(const struct zip *z, const char *name);

/*
 * Append the content of part to out.  Its size and CRC must be as declared.
 * Faults: CRC, CORRUPT, ZIP_INCONSISTENT; LIM_ENTRY: more than out may still
 * hold (out->max), known before a byte is inflated.  On failure out may hold
 * part of the content.
 */
int zip_read(const struct zip *z, const struct zip_part *part, struct buf *out,
    struct zip_fault *f) MUST_CHECK;

#endif
