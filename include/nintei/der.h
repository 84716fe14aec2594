/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DER_H
#define NINTEI_DER_H
/*
 * der: writing DER, and reading it strictly, without OpenSSL: what is built
 * here is read back by OpenSSL, and the other way round (PKI 9).
 * Runs in: signer, core, nintei.  Trusts: nothing.
 * Source: X.690 8 to 11.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_IA5 = 0x16,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18, /* GeneralizedTime */
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31
};
#define DER_CONTEXT(n) (0x80 | (n)) /* primitive */
#define DER_CONTEXT_SET(n) (0xa0 | (n)) /* constructed */

/*
 * Writing: what stands between der_begin and der_end is the content.  Errors
 * are those of the buffer: ask buf_ok once.
 */
size_t der_begin(struct buf *b, int tag);
void der_end(struct buf *b, size_t mark);
void der_put(struct buf *b, int tag, struct slice content);
/* Tag and length alone, for content of n bytes that goes elsewhere. */
void der_head(struct buf *b, int tag, uint64_t n);
size_t der_head_bytes(uint64_t n); /* what der_head writes */
void der_str(struct buf *b, int tag, const char *text);
void der_uint(struct buf *b, uint64_t v); /* INTEGER */
void der_bool(struct buf *b, bool v);
void der_null(struct buf *b);
/* INTEGER from unsigned big-endian bytes. */
void der_big(struct buf *b, struct slice v);
/* "2.999.1.2.1"; a malformed name turns the buffer bad. */
void der_oid(struct buf *b, const char *dotted);
/* BIT STRING of whole octets. */
void der_bits(struct buf *b, struct slice octets);
/* UTCTime to 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). */
void der_time(struct buf *b, int64_t t);
void der_generalized(struct buf *b, int64_t t);

/*
 * Reading: a sticky cursor.  Lengths minimal and definite, tags of one octet;
 * anything else poisons it.  A poisoned or empty cursor gives empty results.
 */
struct der {
	const uint8_t *p;
	size_t n; /* bytes left */
	bool bad;
};
struct der der_init(struct slice bytes);
int der_peek(const struct der *d); /* the next tag, -1 at the end or bad */
struct slice der_get(struct der *d, int tag); /* the content */
struct slice der_element(struct der *d, int tag); /* with tag and length */
struct der der_enter(struct der *d, int tag);
bool der_has(struct der *d, int tag); /* is it the next one? */
void der_skip(struct der *d); /* one element, any tag */
uint64_t der_get_uint(struct der *d); /* INTEGER below 2^63 */
bool der_get_bool(struct der *d); /* 0x00 or 0xff */
/* Dotted text; returns out, "" when poisoned. */
char *der_get_oid(struct der *d, char *out, size_t cap);
/* Octets of a BIT STRING without unused bits. */
struct slice der_get_bits(struct der *d);
int64_t der_get_time(struct der *d); /* UTCTime or GeneralizedTime, Z */
/* Not poisoned and nothing left. */
bool der_done(const struct der *d);
int der_finish(const struct der *d, struct err *e) MUST_CHECK; /* E_INPUT */

#endif
