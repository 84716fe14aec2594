/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PACK_INT_H
#define NINTEI_PACK_INT_H
/*
 * pack_int: the bytes of entries, for this folder and its tests.
 */
#include "nintei/archx.h"
#include "nintei/limits.h"
#include "nintei/pack.h"

/* Types that stand in packs alone. */
#define PACK_OFS_DELTA 6
#define PACK_REF_DELTA 7

#define ENTRY_HEAD_MAX 10 /* type, 4 + 9 * 7 = 67 bits of size */
#define ZLIB_HEAD 2
#define ZLIB_SUM 4
#define STORED_HEAD 5 /* final bit, length, its complement */
#define STORED_MAX 65535 /* bytes in one stored block */

/* "commit" to "tag"; NULL for anything else. */
const char *pack_type_name(unsigned type);
/* PACK_NONE for a name that is none. */
enum pack_type pack_type_of(struct slice name);

/* Type and size varint of an entry; the bytes written. */
size_t entry_head(unsigned type, uint64_t size, uint8_t out[ENTRY_HEAD_MAX]);
/*
 * Read them.  The bytes taken; 0: cut off; -1: a size beyond 64 bits.  Type 0
 * and 5, which git does not use, are the caller's to refuse.
 */
int entry_head_read(struct slice in, unsigned *out_type, uint64_t *out_size);
void stored_head(uint32_t len, bool last, uint8_t out[STORED_HEAD]);
/* Of a block that begins at p: stored, lengths agree. */
bool stored_head_read(
    const uint8_t p[STORED_HEAD], uint32_t *out_len, bool *out_last);

uint32_t be32_get(const uint8_t *p);
uint64_t be64_get(const uint8_t *p);
void be32_set(uint32_t v, uint8_t *p);

/* pread until n bytes or the end of the file; the bytes read, -1. */
int64_t pack_pread(
    int fd, void *p, size_t n, uint64_t at, struct err *e) MUST_CHECK;

#endif
