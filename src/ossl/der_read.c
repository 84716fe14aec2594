/* SPDX-License-Identifier: Apache-2.0 */
/* Reading DER strictly, by a sticky cursor. */
#include "nintei/der.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct der
der_init(struct slice bytes)
{
	return (struct der){ .p = bytes.p, .n = bytes.n, .bad = false };
}

int
der_peek(const struct der *d)
{
	return d->bad || d->n == 0 ? -1 : d->p[0];
}

static struct slice
poison(struct der *d)
{
	d->bad = true;
	d->n = 0;
	return slice_of(NULL, 0);
}

/* Take one element; the header's size in *head. */
static struct slice
take(struct der *d, int tag, size_t *head)
{
	struct slice all;
	size_t len, octets = 0;

	if (d->bad || d->n < 2 || (d->p[0] & 0x1f) == 0x1f ||
	    (tag >= 0 && d->p[0] != tag))
		return poison(d);
	len = d->p[1];
	if (len >= 0x80) {
		octets = len & 0x7f;
		if (octets == 0 || octets > 4 || d->n < 2 + octets ||
		    d->p[2] == 0)
			return poison(d);
		len = 0;
		for (size_t i = 0; i < octets; i++)
			len = len << 8 | d->p[2 + i];
		if (len < 0x80)
			return poison(d);
	}
	*head = 2 + octets;
	if (len > d->n - *head)
		return poison(d);
	all = slice_of(d->p, *head + len);
	d->p += all.n;
	d->n -= all.n;
	return all;
}

struct slice
der_element(struct der *d, int tag)
{
	size_t head;

	return take(d, tag, &head);
}

struct slice
der_get(struct der *d, int tag)
{
	size_t head = 0;
	struct slice all = take(d, tag, &head);

	return d->bad ? all : slice_of(all.p + head, all.n - head);
}

struct der
der_enter(struct der *d, int tag)
{
	struct der in = der_init(der_get(d, tag));

	in.bad = d->bad;
	return in;
}

bool
der_has(struct der *d, int tag)
{
	return der_peek(d) == tag;
}

void
der_skip(struct der *d)
{
	size_t head;

	(void)take(d, -1, &head);
}

uint64_t
der_get_uint(struct der *d)
{
	struct slice s = der_get(d, DER_INTEGER);
	uint64_t v = 0;

	if (d->bad || s.n == 0 || s.n > 8 || (s.p[0] & 0x80) != 0 ||
	    (s.n > 1 && s.p[0] == 0 && (s.p[1] & 0x80) == 0)) {
		poison(d);
		return 0;
	}
	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return v;
}

bool
der_get_bool(struct der *d)
{
	struct slice s = der_get(d, DER_BOOLEAN);

	if (d->bad || s.n != 1 || (s.p[0] != 0 && s.p[0] != 0xff)) {
		poison(d);
		return false;
	}
	return s.p[0] == 0xff;
}

/* One base-128 number below 2^35; false if malformed. */
static bool
oid_number(struct slice *s, uint64_t *out)
{
	uint64_t v = 0;

	if (s->n == 0 || s->p[0] == 0x80)
		return false;
	for (size_t i = 0; i < s->n && i < 5; i++) {
		v = v << 7 | (s->p[i] & 0x7f);
		if ((s->p[i] & 0x80) == 0) {
			s->p += i + 1;
			s->n -= i + 1;
			*out = v;
			return true;
		}
	}
	return false;
}

char *
der_get_oid(struct der *d, char *out, size_t cap)
{
	struct slice s = der_get(d, DER_OID);
	uint64_t v;
	unsigned first;
	size_t used;
	int n;

	out[0] = '\0';
	if (d->bad || !oid_number(&s, &v)) {
		poison(d);
		return out;
	}
	first = v < 40 ? 0 : v < 80 ? 1 : 2;
	n = snprintf(out, cap, "%u.%llu", first,
	    (unsigned long long)(v - 40 * (uint64_t)first));
	used = n < 0 ? cap : (size_t)n;
	while (s.n > 0 && used < cap && oid_number(&s, &v)) {
		n = snprintf(
		    out + used, cap - used, ".%llu", (unsigned long long)v);
		used += n < 0 ? cap : (size_t)n;
	}
	if (s.n > 0 || used >= cap) {
		out[0] = '\0';
		poison(d);
	}
	return out;
}

struct slice
der_get_bits(struct der *d)
{
	struct slice s = der_get(d, DER_BIT_STRING);

	if (d->bad || s.n < 1 || s.p[0] != 0)
		return poison(d);
	return slice_of(s.p + 1, s.n - 1);
}

static bool
two_digits(const uint8_t *p, int low, int high, int *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	return *out >= low && *out <= high;
}

static bool
parse_time(const uint8_t *p, int year, int64_t *out)
{
	struct tm tm = { 0 };
	int64_t t;
	int day;

	if (!two_digits(p, 1, 12, &tm.tm_mon) ||
	    !two_digits(p + 2, 1, 31, &tm.tm_mday) ||
	    !two_digits(p + 4, 0, 23, &tm.tm_hour) ||
	    !two_digits(p + 6, 0, 59, &tm.tm_min) ||
	    !two_digits(p + 8, 0, 59, &tm.tm_sec) || p[10] != 'Z')
		return false;
	tm.tm_mon -= 1;
	tm.tm_year = year - 1900;
	day = tm.tm_mday;
	t = (int64_t)timegm(&tm);
	/* timegm makes 30 February another day. */
	if (tm.tm_mday != day)
		return false;
	*out = t;
	return true;
}

int64_t
der_get_time(struct der *d)
{
	bool generalized = der_has(d, DER_TIME);
	size_t digits = generalized ? 4 : 2;
	struct slice s = der_get(d, generalized ? DER_TIME : DER_UTC_TIME);
	int high = 0, low = 0;
	int64_t t = 0;

	if (d->bad || s.n != digits + 11 ||
	    (generalized && !two_digits(s.p, 0, 99, &high)) ||
	    !two_digits(s.p + digits - 2, 0, 99, &low)) {
		poison(d);
		return 0;
	}
	if (!generalized)
		high = low < 50 ? 20 : 19;
	if (!parse_time(s.p + digits, high * 100 + low, &t))
		poison(d);
	return t;
}

bool
der_done(const struct der *d)
{
	return !d->bad && d->n == 0;
}

int
der_finish(const struct der *d, struct err *e)
{
	if (d->bad)
		return err_set(e, E_INPUT, "malformed DER");
	if (d->n != 0)
		return err_set(e, E_INPUT, "bytes after the end");
	return 0;
}
