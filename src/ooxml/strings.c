/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of cells: shared strings, rich runs, escapes (ECMA-376-1 18.4). */
#include "ooxml_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/text.h"

#define STRINGS_MAX 1000000

/* "_x000D_" at p; false: it is only text. */
static bool
escape_at(const uint8_t *p, size_t n, uint32_t *out)
{
	uint32_t v = 0;

	if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
		return false;
	for (size_t i = 2; i < 6; i++) {
		int d = hex_value(p[i]);

		if (d < 0)
			return false;
		v = v * 16 + (uint32_t)d;
	}
	*out = v;
	return true;
}

/* CR LF and CR are one line end; what no text can hold is U+FFFD. */
static void
put_escaped(struct buf *out, uint32_t cp)
{
	if (cp == '\r')
		cp = '\n';
	if (cp == '\n' && out->n > 0 && out->p[out->n - 1] == '\n')
		return;
	if (cp == 0 || (cp >= 0xd800 && cp <= 0xdfff))
		cp = 0xfffd;
	text_put(out, cp);
}

void
escapes_decode(struct slice in, struct buf *out)
{
	size_t plain = 0, i = 0;
	uint32_t cp;
	bool was_cr = false;

	while (i < in.n) {
		bool escape = escape_at(in.p + i, in.n - i, &cp);
		bool line_end = was_cr && !escape && in.p[i] == '\n';

		if (!escape && !line_end) {
			i++;
			was_cr = false;
			continue;
		}
		buf_put(out, in.p + plain, i - plain);
		if (escape)
			put_escaped(out, cp);
		was_cr = escape && cp == '\r';
		i += escape ? 7 : 1;
		plain = i;
	}
	if (plain < in.n)
		buf_put(out, in.p + plain, in.n - plain);
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void
rich_start(struct rich *r, const struct xmlx_element *el)
{
	const char *space;

	if (r->skip != 0 || !is_sml(el))
		return;
	if (is_local(el, "rPh") || is_local(el, "phoneticPr"))
		r->skip = el->depth; /* readings are no part of the text */
	if (!is_local(el, "t"))
		return;
	space = xmlx_attr(el, "http://www.w3.org/XML/1998/namespace", "space");
	r->in_t = true;
	r->preserve = space != NULL && strcmp(space, "preserve") == 0;
	buf_reset(&r->t);
}

void
rich_end(struct rich *r, const struct xmlx_element *el)
{
	struct slice s = buf_slice(&r->t);

	if (r->skip != 0) {
		if (el->depth == r->skip)
			r->skip = 0;
		return;
	}
	if (!r->in_t || !is_local(el, "t"))
		return;
	r->in_t = false;
	while (!r->preserve && s.n > 0 && is_blank(s.p[0]))
		s = slice_of(s.p + 1, s.n - 1);
	while (!r->preserve && s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	escapes_decode(s, &r->out);
}

void
rich_text(struct rich *r, struct slice s)
{
	if (r->in_t && r->skip == 0)
		buf_put(&r->t, s.p, s.n);
}

struct strings_reading {
	struct strings *out;
	struct rich rich;
	unsigned skip;
};

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	struct strings_reading *r = arg;

	if (!skip_start(&r->skip, el))
		rich_start(&r->rich, el);
	return true;
}

static bool
strings_add(struct strings *s, struct slice text)
{
	if (s->n >= STRINGS_MAX)
		return false;
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 64 : s->cap * 2;
		s->ends = xrealloc(s->ends, s->cap, sizeof(*s->ends));
	}
	buf_put(&s->all, text.p, text.n);
	s->ends[s->n++] = (uint32_t)s->all.n;
	return buf_ok(&s->all);
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	struct strings_reading *r = arg;
	bool ok = true;

	if (skip_end(&r->skip, el))
		return true;
	rich_end(&r->rich, el);
	if (el->depth == 2 && is_local(el, "si")) {
		ok = strings_add(r->out, buf_slice(&r->rich.out));
		buf_reset(&r->rich.out);
	}
	return ok;
}

static bool
on_text(void *arg, struct slice s)
{
	struct strings_reading *r = arg;

	if (r->skip == 0)
		rich_text(&r->rich, s);
	return true;
}

int
strings_read(struct pkg *p, const char *part, struct strings *out)
{
	static const struct xmlx_handlers h = { on_start, on_end, on_text };
	struct strings_reading r = {
		.out = out,
		.rich = { .out = BUF_INIT(XMLX_TEXT_BYTES),
		    .t = BUF_INIT(XMLX_TEXT_BYTES) },
	};
	int rv;

	out->all = (struct buf)BUF_INIT(XMLX_TEXT_BYTES);
	rv = pkg_xml(p, part, &h, &r);
	buf_free(&r.rich.out);
	buf_free(&r.rich.t);
	return rv;
}

bool
strings_at(const struct strings *s, uint32_t i, struct slice *out)
{
	uint32_t from;

	if (i >= s->n)
		return false;
	from = i == 0 ? 0 : s->ends[i - 1];
	*out = slice_of(s->all.p == NULL ? (const uint8_t *)"" : s->all.p, 0);
	if (s->ends[i] > from)
		*out = slice_of(s->all.p + from, s->ends[i] - from);
	return true;
}

void
strings_done(struct strings *s)
{
	buf_free(&s->all);
	free(s->ends);
}
