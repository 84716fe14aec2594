/* SPDX-License-Identifier: Apache-2.0 */
/* Archives with any fault, the same bytes each time. */
#include "support/archive_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/archx.h"
#include "nintei/err.h"

static void
le(struct buf *b, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		buf_putc(b, (int)(v & 0xff));
}

/* Memory that lives until keep_free(). */
static struct kept {
	struct kept *next;
	uint8_t *p;
} * all;

struct slice
keep(struct buf *b)
{
	struct kept *k = xcalloc(1, sizeof(*k));
	size_t n;

	k->next = all;
	k->p = buf_take(b, &n);
	all = k;
	return slice_of(k->p, n);
}

void
keep_free(void)
{
	while (all != NULL) {
		struct kept *k = all;

		all = k->next;
		free(k->p);
		free(k);
	}
}

struct slice
fill(size_t n, int byte)
{
	struct buf b = { 0 };

	b.p = xcalloc(1, n + 1);
	b.n = n;
	if (byte != 0)
		memset(b.p, byte, n);
	return keep(&b);
}

static struct slice
deflated(struct slice in)
{
	struct buf out = BUF_INIT(ARCHIVE_MAX);
	struct err e = ERR_INIT;

	if (archx_deflate(in, &out, &e) < 0)
		abort();
	return keep(&out);
}

struct zip_item
zip_item(const char *name, struct slice content, bool deflate)
{
	struct zip_item p = { 0 };

	p.data = deflate ? deflated(content) : content;
	p.l.name = slice_str(name);
	p.l.version = 20;
	p.l.method = deflate ? 8 : 0;
	p.l.crc = archx_crc32(0, content);
	p.l.packed = (uint32_t)p.data.n;
	p.l.size = (uint32_t)content.n;
	p.c = p.l;
	p.made_by = 3 << 8 | 20;
	p.attributes = 0100644U << 16;
	if (p.l.name.n > 0 && name[p.l.name.n - 1] == '/')
		p.attributes = 0040755U << 16 | 0x10;
	return p;
}

void
zip_rename(struct zip_item *p, const void *name, size_t n)
{
	p->l.name = p->c.name = slice_of(name, n);
}

static void
side(struct buf *b, const struct zip_side *s)
{
	le(b, s->version, 2);
	le(b, s->flags, 2);
	le(b, s->method, 2);
	le(b, 0x00210000, 4);
	le(b, s->crc, 4);
	le(b, s->packed, 4);
	le(b, s->size, 4);
	le(b, s->name.n, 2);
	le(b, s->extra.n, 2);
}

static void
put(struct buf *b, struct slice s)
{
	buf_put(b, s.p, s.n);
}

static void
local(struct buf *b, struct zip_item *p)
{
	if (p->no_local)
		return;
	p->offset = (uint32_t)b->n;
	le(b, 0x04034b50, 4);
	side(b, &p->l);
	put(b, p->l.name);
	put(b, p->l.extra);
	put(b, p->data);
	put(b, p->after);
}

static void
central(struct buf *b, const struct zip_item *p)
{
	if (p->no_central)
		return;
	le(b, 0x02014b50, 4);
	le(b, p->made_by, 2);
	side(b, &p->c);
	le(b, p->comment, 2);
	le(b, p->disk, 2);
	le(b, 0, 2);
	le(b, p->attributes, 4);
	le(b, p->offset, 4);
	put(b, p->c.name);
	put(b, p->c.extra);
}

void
zip_build(struct zip_item *parts, size_t n, const struct zip_tail *tail,
    struct buf *out)
{
	static const struct zip_tail honest;
	const struct zip_tail *t = tail == NULL ? &honest : tail;
	uint32_t at, size;
	uint16_t count = 0;

	put(out, t->before);
	for (size_t i = 0; i < n; i++)
		local(out, &parts[i]);
	at = (uint32_t)out->n;
	for (size_t i = 0; i < n; i++) {
		const struct zip_item *p = &parts[t->reverse ? n - 1 - i : i];

		central(out, p);
		count = (uint16_t)(count + !p->no_central);
	}
	size = (uint32_t)out->n - at;
	put(out, t->before_end);
	le(out, 0x06054b50, 4);
	le(out, t->disk, 2);
	le(out, 0, 2);
	le(out, t->count_here != 0 ? t->count_here : count, 2);
	le(out, t->count != 0 ? t->count : count, 2);
	le(out, (uint32_t)((int64_t)size + t->size_delta), 4);
	le(out, t->offset_zero ? 0 : at, 4);
	le(out, t->comment.n, 2);
	put(out, t->comment);
	put(out, t->trailing);
}

struct slice
zip_extra(uint16_t id, const void *body, size_t n)
{
	struct buf b = BUF_INIT(ARCHIVE_MAX);

	le(&b, id, 2);
	le(&b, n, 2);
	buf_put(&b, body, n);
	return keep(&b);
}

struct slice
zip_unicode_extra(struct slice name, const char *utf8, uint32_t crc_xor)
{
	struct buf b = BUF_INIT(ARCHIVE_MAX);
	struct slice extra;

	le(&b, 1, 1);
	le(&b, archx_crc32(0, name) ^ crc_xor, 4);
	buf_puts(&b, utf8);
	extra = zip_extra(0x7075, b.p, b.n);
	buf_free(&b);
	return extra;
}

struct slice
zip_descriptor(size_t n, uint32_t crc, uint32_t packed, uint32_t size)
{
	struct buf b = BUF_INIT(64);

	if (n != 12)
		le(&b, 0x08074b50, 4);
	le(&b, crc, 4);
	le(&b, packed, n == 24 ? 8 : 4);
	le(&b, size, n == 24 ? 8 : 4);
	return keep(&b);
}

void
tar_size(uint64_t size, char out[13])
{
	snprintf(out, 13, "%011llo ", (unsigned long long)size);
}

void
tar_sum(uint8_t *h)
{
	unsigned sum = 0;
	char text[16];

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += h[i];
	snprintf(text, sizeof(text), "%06o", sum);
	memcpy(h + 148, text, 7);
}

void
tar_header(struct buf *out, const char *name, char type, const char size[12],
    const char *link)
{
	uint8_t h[512] = { 0 };

	memcpy(h, name, strnlen(name, 100));
	memcpy(h + 100,
	    "0000644\0"
	    "0000000\0"
	    "0000000\0",
	    24);
	memcpy(h + 124, size, 12);
	memcpy(h + 136,
	    "00000000000\0"
	    "        ",
	    20);
	h[156] = (uint8_t)type;
	memcpy(h + 157, link, strnlen(link, 100));
	memcpy(h + 257,
	    "ustar\0"
	    "00",
	    8);
	tar_sum(h);
	buf_put(out, h, sizeof(h));
}

void
tar_body(struct buf *out, struct slice body)
{
	static const uint8_t zeros[512];

	buf_put(out, body.p, body.n);
	buf_put(out, zeros, ALIGN_UP(body.n, 512) - body.n);
}

void
tar_put(struct buf *out, const char *name, char type, struct slice content)
{
	char size[13];

	tar_size(content.n, size);
	tar_header(out, name, type, size, "");
	tar_body(out, content);
}

void
tar_end(struct buf *out)
{
	static const uint8_t zeros[1024];

	buf_put(out, zeros, sizeof(zeros));
}

void
gzip_put(struct buf *out, struct slice content)
{
	struct slice body = deflated(content);

	buf_put(out, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
	buf_put(out, body.p, body.n);
	le(out, archx_crc32(0, content), 4);
	le(out, content.n, 4);
}
