/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8785: keys by UTF-16 code units, shortest escapes, no white space. */
#include "nintei/jsonx.h"

#include <stdlib.h>
#include <string.h>

#include "jsonx_int.h"

/* Bytes up to the next one that is escaped. */
static size_t
plain_run(const char *s, size_t n)
{
	size_t i = 0;

	while (
	    i < n && (unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

static void
put_escape(struct buf *out, char c)
{
	static const char shorts[] = "\bb\tt\nn\ff\rr\"\"\\\\";

	/* Only even places of the table are characters. */
	for (size_t i = 0; i + 1 < sizeof(shorts); i += 2)
		if (c == shorts[i]) {
			buf_putc(out, '\\');
			buf_putc(out, shorts[i + 1]);
			return;
		}
	buf_putf(out, "\\u%04x", (unsigned char)c);
}

static void
put_string(struct buf *out, const char *s, size_t n)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < n;) {
		size_t run = plain_run(s + i, n - i);

		buf_put(out, s + i, run);
		i += run;
		if (i < n)
			put_escape(out, s[i++]);
	}
	buf_putc(out, '"');
}

/* The next code point of valid UTF-8; 0 at the end. */
static uint32_t
next_point(const unsigned char **p)
{
	uint32_t c = **p;
	unsigned more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

	if (c == 0)
		return 0;
	if (more > 0)
		c &= 0x3fU >> more;
	for ((*p)++; more > 0; more--)
		c = c << 6 | (*(*p)++ & 0x3fU);
	return c;
}

/* The first UTF-16 code unit: what decides between unlike code points. */
static uint32_t
first_unit(uint32_t c)
{
	return c > 0xffff ? 0xd800 + ((c - 0x10000) >> 10) : c;
}

static int
by_utf16(const void *a, const void *b)
{
	const unsigned char *p = *(const unsigned char *const *)a;
	const unsigned char *q = *(const unsigned char *const *)b;
	uint32_t c, d;

	do {
		c = next_point(&p);
		d = next_point(&q);
	} while (c == d && c != 0);
	if (first_unit(c) != first_unit(d))
		return first_unit(c) < first_unit(d) ? -1 : 1;
	return c < d ? -1 : c > d;
}

static void put_value(struct buf *out, json_t *v);

static void
put_object(struct buf *out, json_t *v)
{
	size_t n = json_object_size(v), i = 0;
	CLEANUP(freep)
	const char **keys = xcalloc(n, sizeof(*keys));
	const char *key;
	json_t *child;

	json_object_foreach(v, key, child) keys[i++] = key;
	qsort(keys, n, sizeof(*keys), by_utf16);
	buf_putc(out, '{');
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_string(out, keys[i], strlen(keys[i]));
		buf_putc(out, ':');
		put_value(out, json_object_get(v, keys[i]));
	}
	buf_putc(out, '}');
}

static void
put_array(struct buf *out, json_t *v)
{
	buf_putc(out, '[');
	for (size_t i = 0; i < json_array_size(v); i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_value(out, json_array_get(v, i));
	}
	buf_putc(out, ']');
}

static void
put_value(struct buf *out, json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		put_object(out, v);
		break;
	case JSON_ARRAY:
		put_array(out, v);
		break;
	case JSON_STRING:
		put_string(out, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		buf_putf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_TRUE:
		buf_puts(out, "true");
		break;
	case JSON_FALSE:
		buf_puts(out, "false");
		break;
	case JSON_NULL:
		buf_puts(out, "null");
		break;
	case JSON_REAL:
		out->bad = true;
		break;
	}
}

void
jsonx_canonical(const struct json *j, struct buf *out)
{
	put_value(out, inner(j));
}

void
jsonx_pretty(const struct json *j, struct buf *out)
{
	CLEANUP(freep)
	char *text = json_dumps(inner(j), JSON_INDENT(2) | JSON_ENCODE_ANY);

	if (text == NULL)
		out->bad = true;
	else
		buf_puts(out, text);
}
