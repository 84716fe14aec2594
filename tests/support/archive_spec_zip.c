/* SPDX-License-Identifier: Apache-2.0 */
/* Stages "zip" of tests/fixtures/archives.txt. */
#include "support/archive_spec_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCAL 1
#define CENTRAL 2

static const struct {
	const char *key;
	size_t at, width;
} side_numbers[] = {
	{ "version", offsetof(struct zip_side, version), 2 },
	{ "flags", offsetof(struct zip_side, flags), 2 },
	{ "method", offsetof(struct zip_side, method), 2 },
	{ "crc", offsetof(struct zip_side, crc), 4 },
	{ "packed", offsetof(struct zip_side, packed), 4 },
	{ "size", offsetof(struct zip_side, size), 4 },
};

static void
set_number(struct zip_side *side, size_t row, struct slice value)
{
	uint8_t *p = (uint8_t *)side + side_numbers[row].at;
	uint16_t two;
	uint32_t four;

	if (is(value, "packed")) {
		memcpy(p, &side->packed, 4);
		return;
	}

	if (side_numbers[row].width == 2) {
		memcpy(&two, p, 2);
		two = (uint16_t)change(two, value);
		memcpy(p, &two, 2);
	} else {
		memcpy(&four, p, 4);
		four = (uint32_t)change(four, value);
		memcpy(p, &four, 4);
	}
}

/* What the local or the central header says. */
static bool
side_option(struct zip_side *side, const struct option *o)
{
	for (size_t i = 0; i < NELEM(side_numbers); i++)
		if (is(o->key, side_numbers[i].key)) {
			set_number(side, i, o->value);
			return true;
		}
	if (is(o->key, "bit11"))
		side->flags |= 1 << 11;
	else if (is(o->key, "name"))
		side->name = spec_bytes(o->value);
	else if (is(o->key, "extra"))
		side->extra = hex_bytes(o->value);
	else if (is(o->key, "7075"))
		side->extra = zip_unicode_extra(
		    side->name, (const char *)spec_bytes(o->value).p, 0);
	else if (is(o->key, "bad7075"))
		side->extra = zip_unicode_extra(
		    side->name, (const char *)spec_bytes(o->value).p, 1);
	else
		return false;
	return true;
}

static void
descriptor(struct zip_item *p, struct slice value)
{
	p->l.flags |= 1 << 3;
	p->c.flags |= 1 << 3;
	p->l.crc = p->l.size = p->l.packed = 0;
	p->after = zip_descriptor(
	    (size_t)number(value), p->c.crc, p->c.packed, p->c.size);
}

/* The 0001 field of the local header with both sizes, the first changed. */
static void
zip64_extra(struct zip_item *p, struct slice value)
{
	uint64_t sizes[2] = { change(p->c.size, value), p->c.packed };
	uint8_t body[16];

	for (size_t i = 0; i < 16; i++)
		body[i] = (uint8_t)(sizes[i / 8] >> (8 * (i % 8)));
	p->l.extra = zip_extra(1, body, sizeof(body));
}

static void
set_data(struct zip_item *p, struct slice data)
{
	p->data = data;
	p->l.packed = p->c.packed = (uint32_t)data.n;
}

static void
longer(struct zip_item *p, struct slice tail)
{
	struct buf b = BUF_INIT(ARCHIVE_MAX);

	buf_put(&b, p->data.p, p->data.n);
	buf_put(&b, tail.p, tail.n);
	set_data(p, keep(&b));
}

static bool
item_option(struct zip_item *p, const struct option *o)
{
	struct slice v = o->value;

	if (is(o->key, "attr"))
		p->attributes = (uint32_t)change(p->attributes, v);
	else if (is(o->key, "mode"))
		p->attributes = (uint32_t)number(v) << 16;
	else if (is(o->key, "made"))
		p->made_by = (uint16_t)(number(v) << 8 | 20);
	else if (is(o->key, "disk"))
		p->disk = (uint16_t)number(v);
	else if (is(o->key, "comment"))
		p->comment = (uint16_t)number(v);
	else if (is(o->key, "after"))
		p->after = spec_bytes(v);
	else if (is(o->key, "descriptor"))
		descriptor(p, v);
	else if (is(o->key, "zip64"))
		zip64_extra(p, v);
	else if (is(o->key, "cut"))
		set_data(p, slice_of(p->data.p, p->data.n - number(v)));
	else if (is(o->key, "tail"))
		longer(p, spec_bytes(v));
	else if (is(o->key, "data"))
		set_data(p, spec_bytes(v));
	else if (is(o->key, "nocd"))
		p->no_central = true;
	else if (is(o->key, "nolfh"))
		p->no_local = true;
	else
		return is(o->key, "text") || is(o->key, "from") ||
		    is(o->key, "stored") || is(o->key, "times");
	return true;
}

static void
apply(struct zip_item *p, struct option o)
{
	unsigned sides = LOCAL | CENTRAL;
	struct option whole = o;
	bool known = false;

	if (o.key.n > 2 && o.key.p[1] == '.') {
		sides = o.key.p[0] == 'l' ? LOCAL : CENTRAL;
		o.key = slice_of(o.key.p + 2, o.key.n - 2);
	}
	if (sides & LOCAL)
		known = side_option(&p->l, &o);
	if (sides & CENTRAL)
		known = side_option(&p->c, &o);
	if (!known && !item_option(p, &whole))
		wrong("option of a zip", whole.key);
}

static void
zip_part(struct stage *s, struct slice part)
{
	struct slice content = content_of(s, part), options = part;
	uint64_t times = times_of(part);
	bool dir;
	struct option o;

	(void)until(&options, ',');
	for (uint64_t i = 0; i < times; i++) {
		struct slice name = name_of(part, i, times), left = options;
		struct zip_item *p = &s->items[s->n++];

		dir = name.n > 0 && name.p[name.n - 1] == '/';
		if (dir && !has_option(part, "text"))
			content = slice_str("");
		*p = zip_item(dir ? "d/" : "x", content,
		    !dir && content.n > 0 && !has_option(part, "stored"));
		zip_rename(p, name.p, name.n);
		while (next_option(&left, &o))
			apply(p, o);
	}
}

static bool
tail_option(struct stage *s, const struct option *o)
{
	struct zip_tail *t = &s->tail;
	struct slice v = o->value;

	if (is(o->key, "@before"))
		t->before = spec_bytes(v);
	else if (is(o->key, "@comment"))
		t->comment = spec_bytes(v);
	else if (is(o->key, "@from"))
		t->comment = s->from;
	else if (is(o->key, "@after"))
		t->trailing = spec_bytes(v);
	else if (is(o->key, "@disk"))
		t->disk = (uint16_t)number(v);
	else if (is(o->key, "@here"))
		t->count_here = (uint16_t)number(v);
	else if (is(o->key, "@count"))
		t->count = (uint16_t)number(v);
	else if (is(o->key, "@cdsize"))
		t->size_delta = (int32_t)change(0, v);
	else if (is(o->key, "@cdzero"))
		t->offset_zero = true;
	else if (is(o->key, "@reverse"))
		t->reverse = true;
	else if (is(o->key, "@zip64"))
		s->zip64 = true;
	else if (is(o->key, "@poke64"))
		s->poke64 = v;
	else
		return false;
	return true;
}

/* ZIP64 end record (56) and locator (20) before the end record. */
static void
build_zip64(struct stage *s, struct buf *out)
{
	struct buf plain = BUF_INIT(ARCHIVE_MAX);
	uint8_t r[76] = { 'P', 'K', 6, 6, 44 };
	size_t end;

	zip_build(s->items, s->n, &s->tail, &plain);
	end = plain.n - 22;
	r[12] = r[14] = 45;
	r[24] = r[32] = (uint8_t)s->n;
	for (size_t i = 0; i < 4; i++) { /* size and offset as they are */
		r[40 + i] = plain.p[end + 12 + i];
		r[48 + i] = plain.p[end + 16 + i];
		r[64 + i] = (uint8_t)(end >> (8 * i));
	}
	memcpy(r + 56, "PK\6\7", 4);
	r[72] = 1;
	while (s->poke64.n > 0)
		poke(r, sizeof(r), until(&s->poke64, '/'));
	s->tail.before_end = slice_of(r, sizeof(r));
	zip_build(s->items, s->n, &s->tail, out);
	buf_free(&plain);
}

void
make_zip(struct stage *s, struct slice words, struct buf *out)
{
	struct slice word, left;
	struct option o;

	while (spec_word(&words, &word)) {
		left = word;
		if (word.p[0] != '@')
			zip_part(s, word);
		else if (!next_option(&left, &o) || !tail_option(s, &o))
			wrong("option of the end", word);
	}
	if (s->zip64)
		build_zip64(s, out);
	else
		zip_build(s->items, s->n, &s->tail, out);
}
