/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TLOG_INT_H
#define NINTEI_TLOG_INT_H
/*
 * tlog_int: lines, decimals and hashes, which all formats are made of.
 */
#include "nintei/tlog.h"

#define SIZE_MOST ((uint64_t)INT64_MAX) /* of a log, of a time */
#define HASH_TEXT 44 /* base64 of a hash */

/*
 * The next line of *rest without its newline; *rest moves on behind it.
 * False, nothing moved: no newline is left.
 */
bool line_next(struct slice *rest, struct slice *line);
/* Does s begin with prefix?  Then it moves on behind it. */
bool slice_skip(struct slice *s, const char *prefix);
/* Decimal without leading zeros, at most max. */
int slice_dec(
    struct slice s, uint64_t max, uint64_t *out, struct err *e) MUST_CHECK;
/* Exactly one hash in base64. */
int slice_hash(
    struct slice s, uint8_t out[TLOG_HASH], struct err *e) MUST_CHECK;
void put_hash(struct buf *out, const uint8_t hash[TLOG_HASH]);
/* Lines of hashes up to and with an empty line; at most max of them. */
int hashes_parse(struct slice *rest, unsigned max, struct tlog_proof *out,
    struct err *e) MUST_CHECK;
void hashes_format(const struct tlog_proof *p, struct buf *out);

#endif
