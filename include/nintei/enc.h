/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ENC_H
#define NINTEI_ENC_H
/*
 * enc: hex and base64, strict in both directions.
 * Runs in: every process.
 */
#include "nintei/err.h"
#include "nintei/slice.h"

/* Lower case; out holds 2 * n + 1.  Returns out. */
char *hex_encode(const void *p, size_t n, char *out);
/* Exactly n bytes from 2 * n lower-case digits and the end.  E_INPUT. */
/* Of one hex digit, either case; -1: it is none. */
int hex_value(int c);
int hex_decode(const char *text, void *out, size_t n, struct err *e) MUST_CHECK;

/* RFC 4648 with padding; wrap: line length, 0 for one line without newline. */
void base64_encode(struct slice in, unsigned wrap, struct buf *out);
/*
 * RFC 4648 with padding and zero trailing bits.  With lines: newlines are
 * passed over; nothing else ever is.  E_INPUT.
 */
int base64_decode(
    struct slice in, bool lines, struct buf *out, struct err *e) MUST_CHECK;

/* Decimal digits only, no sign, no leading zero but "0", at most max. */
int dec_parse(
    const char *text, uint64_t max, uint64_t *out, struct err *e) MUST_CHECK;

#endif
