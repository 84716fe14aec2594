/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_BUNDLE_ZIP_INT_H
#define NINTEI_BUNDLE_ZIP_INT_H
/*
 * zip_int: the records of a zip as the preflight reads them (APPNOTE 6.3).
 */
#include "bundle_int.h"

/* A sticky little-endian cursor over part of the archive. */
struct le {
	const uint8_t *p;
	size_t n;
	bool bad;
};
struct le le_at(struct slice all, uint64_t at, uint64_t n);
uint16_t le_u16(struct le *c);
uint32_t le_u32(struct le *c);
uint64_t le_u64(struct le *c);
struct slice le_bytes(struct le *c, size_t n);

#define SIG_LOCAL 0x04034b50U
#define SIG_CENTRAL 0x02014b50U
#define SIG_END 0x06054b50U
#define SIG_END64 0x06064b50U
#define SIG_LOCATOR 0x07064b50U
#define SIG_DESCRIPTOR 0x08074b50U

enum {
	FLAG_ENCRYPTED = 1 << 0,
	FLAG_DESCRIPTOR = 1 << 3,
	FLAG_PATCHED = 1 << 5,
	FLAG_STRONG = 1 << 6,
	FLAG_UTF8 = 1 << 11,
	FLAG_MASKED = 1 << 13,
	FLAGS_ALLOWED = 1 << 1 | 1 << 2 | FLAG_DESCRIPTOR | FLAG_UTF8
};

/* Where the central directory lies (rules 1 and 2). */
struct zip_end {
	uint64_t at, size, count;
};
enum code zip_end_find(struct slice all, struct table *t, struct zip_end *out);

/* The extra area of one header (rule 6). */
struct zip_extra {
	struct slice zip64; /* p NULL: absent */
	struct slice unicode; /* 0x7075, whole field */
};
enum code zip_extra_parse(
    struct slice area, struct table *t, struct zip_extra *out);
/* The name in a 0x7075 field, checked against the header's name. */
enum code zip_unicode_parse(
    struct slice field, struct slice name, struct table *t, struct slice *out);

/* One header, local or central; sizes after ZIP64. */
struct zip_header {
	uint16_t made_by, version, flags, method, disk;
	uint32_t crc, attributes;
	uint64_t packed, size, offset;
	struct slice name, unicode;
	uint64_t after; /* position behind it */
};
enum code zip_central_read(
    struct slice all, uint64_t at, struct table *t, struct zip_header *out);
enum code zip_local_read(
    struct slice all, uint64_t at, struct table *t, struct zip_header *out);

#endif
