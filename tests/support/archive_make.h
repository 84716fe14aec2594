/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_ARCHIVE_MAKE_H
#define NINTEI_TESTS_ARCHIVE_MAKE_H
/*
 * archive_make: archives with any fault, the same bytes each time.  A part is
 * made honest by zip_item(); a test then spoils one field of it.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/slice.h"

#define ARCHIVE_MAX ((size_t)512 * 1024 * 1024)

/* What both headers of an entry say. */
struct zip_side {
	struct slice name, extra;
	uint16_t version, flags, method;
	uint32_t crc, packed, size;
};
struct zip_item {
	struct zip_side l, c; /* local header, central directory */
	uint16_t made_by, disk, comment; /* a length without a comment */
	uint32_t attributes;
	struct slice data; /* as it stands in the archive */
	struct slice after; /* bytes behind it: a data descriptor, a gap */
	bool no_central; /* only the local header knows it */
	bool no_local; /* another entry's offset is used */
	uint32_t offset; /* set by zip_build */
};
/* What the end record says; zeros are honest. */
struct zip_tail {
	struct slice before, comment, trailing, before_end;
	uint16_t disk, count, count_here; /* 0: honest */
	int32_t size_delta;
	bool offset_zero, reverse;
};
struct zip_item zip_item(const char *name, struct slice content, bool deflate);
/* Give both sides another name of n bytes. */
void zip_rename(struct zip_item *p, const void *name, size_t n);
void zip_build(struct zip_item *parts, size_t n, const struct zip_tail *tail,
    struct buf *out);
/* One extra field, and the 0x7075 field for a name; allocated for good. */
struct slice zip_extra(uint16_t id, const void *body, size_t n);
struct slice zip_unicode_extra(
    struct slice name, const char *utf8, uint32_t crc_xor);
/* A data descriptor of 12, 16 or 24 bytes. */
struct slice zip_descriptor(
    size_t n, uint32_t crc, uint32_t packed, uint32_t size);

/* A member of a tar with honest checksum; its content follows. */
void tar_put(
    struct buf *out, const char *name, char type, struct slice content);
/* A header alone that announces size bytes (12 raw bytes). */
void tar_header(struct buf *out, const char *name, char type,
    const char size[12], const char *link);
void tar_sum(uint8_t *header); /* right the checksum of 512 bytes */
void tar_size(uint64_t size, char out[13]);
void tar_body(struct buf *out, struct slice body); /* padded to 512 */
void tar_end(struct buf *out);
/* One gzip member. */
void gzip_put(struct buf *out, struct slice content);
/* What b holds, kept until keep_free(); b is empty after. */
struct slice keep(struct buf *b);
void keep_free(void);
/* n times byte, kept. */
struct slice fill(size_t n, int byte);

#endif
