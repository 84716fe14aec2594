/* SPDX-License-Identifier: Apache-2.0 */
/* Stages "tar" of tests/fixtures/archives.txt. */
#include "support/archive_spec_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "LEN KEY=VALUE\n", where LEN counts itself. */
static void
pax_record(struct buf *out, struct slice text)
{
	struct slice bytes = spec_bytes(text);
	size_t n = bytes.n + 3, digits;
	char len[24];

	do {
		digits = (size_t)snprintf(len, sizeof(len), "%zu", n);
		n = bytes.n + 2 + digits;
	} while ((size_t)snprintf(len, sizeof(len), "%zu", n) != digits);
	buf_putf(out, "%zu ", n);
	buf_put(out, bytes.p, bytes.n);
	buf_puts(out, "\n");
}

/* The content of a tar's member; pax=KEY=VALUE makes records. */
static struct slice
tar_content(const struct stage *s, struct slice part, char type)
{
	struct buf records = BUF_INIT(ARCHIVE_MAX);
	struct slice left = part;
	struct option o;

	(void)until(&left, ',');
	while (next_option(&left, &o))
		if (is(o.key, "pax"))
			pax_record(&records, o.value);
	if (records.n > 0)
		return keep(&records);
	return strchr("0x7Lg", type) != NULL || has_option(part, "text") ||
		has_option(part, "from")
	    ? content_of(s, part)
	    : slice_str("");
}

static void
tar_header_option(uint8_t *h, const struct option *o, bool *bad_sum)
{
	struct slice v = o->value;
	struct slice bytes;
	char size[13];

	if (is(o->key, "link")) {
		bytes = spec_bytes(v);
		memcpy(h + 157, bytes.p, bytes.n);
	} else if (is(o->key, "size")) {
		tar_size(number(v), size);
		memcpy(h + 124, size, 12);
	} else if (is(o->key, "poke")) {
		poke(h, 512, v);
	} else if (is(o->key, "badsum")) {
		*bad_sum = true;
	} else if (!is(o->key, "text") && !is(o->key, "from") &&
	    !is(o->key, "pax") && !is(o->key, "type") && !is(o->key, "times")) {
		wrong("option of a tar", o->key);
	}
}

static char
type_of(struct slice part)
{
	struct option o;

	(void)until(&part, ',');
	while (next_option(&part, &o))
		if (is(o.key, "type"))
			return (char)spec_bytes(o.value).p[0];
	return '0';
}

static void
tar_part(struct stage *s, struct slice part)
{
	struct slice left = part, name = spec_bytes(until(&left, ','));
	char type = type_of(part), size[13];
	struct slice content = tar_content(s, part, type);
	bool bad_sum = false;
	struct option o;
	uint8_t *h;

	tar_size(content.n, size);
	tar_header(&s->tar, (const char *)name.p, type, size, "");
	h = s->tar.p + s->tar.n - 512;
	while (next_option(&left, &o))
		tar_header_option(h, &o, &bad_sum);
	tar_sum(h);
	h[148] ^= bad_sum ? 1 : 0;
	tar_body(&s->tar, content);
}

void
make_tar(struct stage *s, struct slice words, struct buf *out)
{
	struct slice word, value;

	while (spec_word(&words, &word)) {
		value = word;
		if (is(word, "@noend"))
			s->no_end = true;
		else if (is(until(&value, '='), "@zeros"))
			s->zeros = number(value);
		else
			for (uint64_t i = times_of(word); i > 0; i--)
				tar_part(s, word);
	}
	if (!s->no_end)
		tar_end(&s->tar);
	buf_put(out, s->tar.p, s->tar.n);
	buf_put(out, fill(s->zeros, 0).p, s->zeros);
}
