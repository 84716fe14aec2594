/* SPDX-License-Identifier: Apache-2.0 */
/* The words of tests/fixtures/archives.txt: escapes, numbers, options. */
#include "support/archive_spec_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/archive_make.h"

unsigned spec_line;

void
wrong(const char *what, struct slice where)
{
	fprintf(stderr, "archives.txt:%u: %s: %.*s\n", spec_line, what,
	    (int)where.n, (const char *)where.p);
	abort();
}

/* Words. */

bool
spec_word(struct slice *s, struct slice *out)
{
	size_t n = 0;

	while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = slice_of(s->p + 1, s->n - 1);
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	*out = slice_of(s->p, n);
	*s = n < s->n ? slice_of(s->p + n, s->n - n) : slice_of(NULL, 0);
	return n > 0;
}

/* The part of s before c, which is taken off; all of it without c. */
struct slice
until(struct slice *s, int c)
{
	const uint8_t *at = s->n == 0 ? NULL : memchr(s->p, c, s->n);
	struct slice head = *s;

	if (at == NULL) {
		*s = slice_of(NULL, 0);
		return head;
	}
	head.n = (size_t)(at - s->p);
	*s = slice_of(at + 1, s->n - head.n - 1);
	return head;
}

bool
is(struct slice s, const char *text)
{
	return slice_eq_str(s, text);
}

/* A number in C's notations, with K or M behind it. */
uint64_t
number(struct slice s)
{
	char text[32], *end;
	uint64_t v;

	snprintf(text, sizeof(text), "%.*s", (int)s.n, (const char *)s.p);
	v = strtoull(text, &end, 0);
	if (*end == 'K' || *end == 'M')
		v *= *end++ == 'K' ? 1024 : 1024 * 1024;
	if (s.n == 0 || *end != '\0')
		wrong("number", s);
	return v;
}

/* A value beside the one there is: "+1", "-5", "^1", or a new one. */
uint64_t
change(uint64_t old, struct slice s)
{
	struct slice rest = slice_of(s.p + 1, s.n - 1);

	if (s.n > 1 && s.p[0] == '+')
		return old + number(rest);
	if (s.n > 1 && s.p[0] == '-')
		return old - number(rest);
	return s.n > 1 && s.p[0] == '^' ? old ^ number(rest) : number(s);
}

static void
put_rune(struct buf *b, uint64_t cp)
{
	if (cp < 0x80) {
		buf_putc(b, (int)cp);
	} else if (cp < 0x800) {
		buf_putc(b, (int)(0xc0 | cp >> 6));
		buf_putc(b, (int)(0x80 | (cp & 0x3f)));
	} else if (cp < 0x10000) {
		buf_putc(b, (int)(0xe0 | cp >> 12));
		buf_putc(b, (int)(0x80 | (cp >> 6 & 0x3f)));
		buf_putc(b, (int)(0x80 | (cp & 0x3f)));
	} else {
		buf_putc(b, (int)(0xf0 | cp >> 18));
		buf_putc(b, (int)(0x80 | (cp >> 12 & 0x3f)));
		buf_putc(b, (int)(0x80 | (cp >> 6 & 0x3f)));
		buf_putc(b, (int)(0x80 | (cp & 0x3f)));
	}
}

int
hex_pair(const uint8_t *p)
{
	char text[3] = { (char)p[0], (char)p[1], '\0' };

	return (int)strtoul(text, NULL, 16);
}

/* \xHH \u{HEX} \n \s (a blank) \0; in points behind the backslash. */
static void
escape(struct slice *in, struct buf *out)
{
	static const char plain[][2] = { { 'n', '\n' }, { 's', ' ' },
		{ '0', '\0' }, { 'r', '\r' }, { '\\', '\\' }, { '{', '{' } };
	struct slice hex, rest;

	if (in->n >= 3 && in->p[0] == 'x') {
		buf_putc(out, hex_pair(in->p + 1));
		*in = slice_of(in->p + 3, in->n - 3);
		return;
	}
	if (in->n >= 3 && in->p[0] == 'u') {
		char text[16];

		rest = slice_of(in->p + 2, in->n - 2);
		hex = until(&rest, '}');
		snprintf(text, sizeof(text), "%.*s", (int)hex.n,
		    (const char *)hex.p);
		put_rune(out, strtoull(text, NULL, 16));
		*in = rest;
		return;
	}
	for (size_t i = 0; i < NELEM(plain); i++)
		if (in->n > 0 && in->p[0] == (uint8_t)plain[i][0]) {
			buf_putc(out, plain[i][1]);
			*in = slice_of(in->p + 1, in->n - 1);
			return;
		}
	wrong("escape", *in);
}

/* {TEXT*N}: TEXT so many times. */
static void
repeat(struct slice *in, struct buf *out)
{
	struct slice inner = until(in, '}'), text = until(&inner, '*');
	struct slice bytes = spec_bytes(text);

	struct buf many = BUF_INIT(ARCHIVE_MAX);
	uint64_t n = number(inner);

	/* By larger pieces, for the sake of the bombs. */
	buf_put(&many, bytes.p, bytes.n);
	for (; n % 2 == 0 && many.n > 0 && many.n < 65536; n /= 2) {
		struct slice half = keep(&many);

		many.max = ARCHIVE_MAX;
		buf_put(&many, half.p, half.n);
		buf_put(&many, half.p, half.n);
	}
	for (; n > 0; n--)
		buf_put(out, many.p, many.n);
	buf_free(&many);
}

struct slice
spec_bytes(struct slice word)
{
	struct buf out = BUF_INIT(ARCHIVE_MAX);

	while (word.n > 0) {
		int c = word.p[0];

		word = slice_of(word.p + 1, word.n - 1);
		if (c == '\\')
			escape(&word, &out);
		else if (c == '{')
			repeat(&word, &out);
		else
			buf_putc(&out, c);
	}
	if (out.n == 0)
		buf_puts(&out, "");
	return keep(&out);
}

bool
next_option(struct slice *part, struct option *out)
{
	struct slice whole;

	if (part->n == 0)
		return false;
	whole = until(part, ',');
	out->key = until(&whole, '=');
	out->value = whole;
	return true;
}

struct slice
content_of(const struct stage *s, struct slice part)
{
	struct option o;

	(void)until(&part, ',');
	while (next_option(&part, &o)) {
		if (is(o.key, "text"))
			return spec_bytes(o.value);
		if (is(o.key, "from"))
			return s->from;
	}
	return slice_str("%PDF-1.4\nthe same words again, the same words\n");
}

bool
has_option(struct slice part, const char *key)
{
	struct option o;

	(void)until(&part, ',');
	while (next_option(&part, &o))
		if (is(o.key, key))
			return true;
	return false;
}

/* times=N: so many parts, whose names end in a number. */
uint64_t
times_of(struct slice part)
{
	struct option o;

	(void)until(&part, ',');
	while (next_option(&part, &o))
		if (is(o.key, "times"))
			return number(o.value);
	return 1;
}

struct slice
name_of(struct slice part, uint64_t i, uint64_t times)
{
	struct buf b = BUF_INIT(ARCHIVE_MAX);
	struct slice name = spec_bytes(until(&part, ','));

	buf_put(&b, name.p, name.n);
	if (times > 1)
		buf_putf(&b, "%llu", (unsigned long long)i);
	buf_puts(&b, "");
	return keep(&b);
}

/* AT:HEX over bytes; AT below 0 counts from the end. */
void
poke(uint8_t *p, size_t n, struct slice value)
{
	struct slice at = until(&value, ':');
	bool end = at.n > 0 && at.p[0] == '-';
	uint64_t v = number(slice_of(at.p + end, at.n - end));
	size_t place = end ? n - v : v;

	if (place > n || value.n / 2 > n - place)
		wrong("place", at);
	for (size_t i = 0; i + 1 < value.n; i += 2)
		p[place + i / 2] = (uint8_t)hex_pair(value.p + i);
}

struct slice
hex_bytes(struct slice hex)
{
	struct buf b = BUF_INIT(ARCHIVE_MAX);

	for (size_t i = 0; i + 1 < hex.n; i += 2)
		buf_putc(&b, hex_pair(hex.p + i));
	buf_puts(&b, "");
	return keep(&b);
}
