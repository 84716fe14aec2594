/* SPDX-License-Identifier: Apache-2.0 */
/* All text of a small part: comments, and the boxes drawn on a sheet. */
#include "ooxml_int.h"

struct reading {
	enum harvest_as as;
	struct document_text *text;
	struct rich rich; /* comments */
	struct buf line; /* a paragraph of a drawing */
	bool in_t, threaded;
};

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	struct reading *r = arg;

	rich_start(&r->rich, el);
	if (is_dml(el) && is_local(el, "t"))
		r->in_t = true;
	if (!is_sml(el) && is_local(el, "text"))
		r->threaded = true;
	return true;
}

static void
put(struct reading *r, struct buf *b)
{
	if (b->n == 0)
		return;
	if (r->as == HARVEST_HIDDEN)
		document_text_hidden(r->text, buf_slice(b));
	else
		document_text_line(r->text, LABEL_WHERE_STAMP, buf_slice(b));
	buf_reset(b);
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	struct reading *r = arg;

	rich_end(&r->rich, el);
	if (is_sml(el) && is_local(el, "comment"))
		put(r, &r->rich.out);
	if (is_dml(el) && is_local(el, "t"))
		r->in_t = false;
	if (is_dml(el) && is_local(el, "p"))
		put(r, &r->line);
	if (r->threaded && is_local(el, "text")) {
		r->threaded = false;
		put(r, &r->line);
	}
	return true;
}

static bool
on_text(void *arg, struct slice s)
{
	struct reading *r = arg;

	rich_text(&r->rich, s);
	if (r->in_t || r->threaded)
		buf_put(&r->line, s.p, s.n);
	return true;
}

int
harvest(struct pkg *p, const char *part, enum harvest_as as,
    struct document_text *text)
{
	static const struct xmlx_handlers h = { on_start, on_end, on_text };
	struct reading r = {
		.as = as,
		.text = text,
		.rich = { .out = BUF_INIT(XMLX_TEXT_BYTES),
		    .t = BUF_INIT(XMLX_TEXT_BYTES) },
		.line = BUF_INIT(XMLX_TEXT_BYTES),
	};
	int rv = pkg_xml(p, part, &h, &r);

	buf_free(&r.rich.out);
	buf_free(&r.rich.t);
	buf_free(&r.line);
	return rv;
}
