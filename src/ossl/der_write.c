/* SPDX-License-Identifier: Apache-2.0 */
/* Writing DER (X.690 8 to 11). */
#include "nintei/der.h"

#include <string.h>
#include <time.h>

#include "nintei/limits.h"

size_t
der_begin(struct buf *b, int tag)
{
	buf_putc(b, tag);
	buf_putc(b, 0); /* the length: der_end */
	return b->n;
}

static size_t
length_octets(uint64_t n)
{
	size_t octets = 0;

	if (n < 0x80)
		return 0;
	for (; n > 0; n >>= 8)
		octets++;
	return octets;
}

size_t
der_head_bytes(uint64_t n)
{
	return 2 + length_octets(n);
}

void
der_head(struct buf *b, int tag, uint64_t n)
{
	size_t octets = length_octets(n);

	buf_putc(b, tag);
	if (octets == 0) {
		buf_putc(b, (int)n);
		return;
	}
	buf_putc(b, (int)(0x80 | octets));
	while (octets-- > 0)
		buf_putc(b, (int)(n >> (8 * octets) & 0xff));
}

void
der_end(struct buf *b, size_t mark)
{
	static const uint8_t room[8];
	size_t n, octets;

	if (!buf_ok(b))
		return;
	n = b->n - mark;
	octets = length_octets(n);
	if (octets == 0) {
		b->p[mark - 1] = (uint8_t)n;
		return;
	}
	buf_put(b, room, octets);
	if (!buf_ok(b))
		return;
	memmove(b->p + mark + octets, b->p + mark, n);
	b->p[mark - 1] = (uint8_t)(0x80 | octets);
	for (size_t i = 0; i < octets; i++)
		b->p[mark + i] = (uint8_t)(n >> (8 * (octets - 1 - i)));
}

void
der_put(struct buf *b, int tag, struct slice content)
{
	size_t mark = der_begin(b, tag);

	buf_put(b, content.p, content.n);
	der_end(b, mark);
}

void
der_str(struct buf *b, int tag, const char *text)
{
	der_put(b, tag, slice_str(text));
}

void
der_uint(struct buf *b, uint64_t v)
{
	uint8_t be[8];

	for (size_t i = 0; i < 8; i++)
		be[i] = (uint8_t)(v >> (8 * (7 - i)));
	der_big(b, slice_of(be, sizeof(be)));
}

void
der_bool(struct buf *b, bool v)
{
	uint8_t octet = v ? 0xff : 0;

	der_put(b, DER_BOOLEAN, slice_of(&octet, 1));
}

void
der_null(struct buf *b)
{
	der_put(b, DER_NULL, slice_of(NULL, 0));
}

void
der_big(struct buf *b, struct slice v)
{
	size_t mark = der_begin(b, DER_INTEGER);

	while (v.n > 0 && v.p[0] == 0) {
		v.p++;
		v.n--;
	}
	if (v.n == 0 || (v.p[0] & 0x80) != 0)
		buf_putc(b, 0);
	buf_put(b, v.p, v.n);
	der_end(b, mark);
}

/* One number of the dotted form, below 2^31; moves *p past it. */
static bool
oid_arc(const char **p, uint64_t *out)
{
	const char *start = *p;
	uint64_t v = 0;

	while (**p >= '0' && **p <= '9' && v < (UINT64_C(1) << 31)) {
		v = v * 10 + (uint64_t)(**p - '0');
		(*p)++;
	}
	*out = v;
	return *p > start && (*start != '0' || *p == start + 1) &&
	    v < (UINT64_C(1) << 31);
}

static void
oid_put(struct buf *b, uint64_t v)
{
	for (int shift = 28; shift > 0; shift -= 7)
		if (v >> shift != 0)
			buf_putc(b, (int)(0x80 | ((v >> shift) & 0x7f)));
	buf_putc(b, (int)(v & 0x7f));
}

void
der_oid(struct buf *b, const char *dotted)
{
	size_t mark = der_begin(b, DER_OID);
	uint64_t first, arc;
	const char *p = dotted;

	if (!oid_arc(&p, &first) || first > 2 || *p++ != '.' ||
	    !oid_arc(&p, &arc) || (first < 2 && arc > 39)) {
		b->bad = true;
		return;
	}
	oid_put(b, first * 40 + arc);
	while (*p == '.') {
		p++;
		if (!oid_arc(&p, &arc)) {
			b->bad = true;
			return;
		}
		oid_put(b, arc);
	}
	if (*p != '\0')
		b->bad = true;
	der_end(b, mark);
}

void
der_bits(struct buf *b, struct slice octets)
{
	size_t mark = der_begin(b, DER_BIT_STRING);

	buf_putc(b, 0);
	buf_put(b, octets.p, octets.n);
	der_end(b, mark);
}

static void
time_put(struct buf *b, int64_t t, bool generalized)
{
	time_t tt = (time_t)t;
	struct tm tm;
	size_t mark;

	if (gmtime_r(&tt, &tm) == NULL || tm.tm_year < -1900 + 1 ||
	    tm.tm_year > 9999 - 1900) {
		b->bad = true;
		return;
	}
	mark = der_begin(b, generalized ? DER_TIME : DER_UTC_TIME);
	if (generalized)
		buf_putf(b, "%04d", tm.tm_year + 1900);
	else
		buf_putf(b, "%02d", tm.tm_year % 100);
	buf_putf(b, "%02d%02d%02d%02d%02dZ", tm.tm_mon + 1, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
	der_end(b, mark);
}

void
der_time(struct buf *b, int64_t t)
{
	/* 1950-01-01 and 2050-01-01: the range of UTCTime in RFC 5280. */
	time_put(b, t, t < INT64_C(-631152000) || t >= INT64_C(2524608000));
}

void
der_generalized(struct buf *b, int64_t t)
{
	time_put(b, t, true);
}
