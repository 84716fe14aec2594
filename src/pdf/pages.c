/* SPDX-License-Identifier: Apache-2.0 */
/* The page tree: every leaf once, no loop, and the count that it claims. */
#include "pdf_int.h"
#include <stdlib.h>

#define NODES_MAX (4 * PDF_PAGES_MAX)
#define TREE_DEPTH 32

/* One way down the tree. */
struct walk {
	struct pdf_file *f;
	struct pages *out;
	size_t nodes;
};

static void
bad(const struct walk *w, const char *what)
{
	fault(w->f->verdict, PDF_FAULT_PAGES, what);
}

static bool
inherit(const struct pdf_file *f, struct slice node, const char *key,
    struct slice *io)
{
	struct slice own = file_get(f, node, key);

	if (own.p != NULL)
		*io = own;
	return own.p != NULL;
}

/* What a node has for itself and for all below it. */
static struct page
node_page(const struct pdf_file *f, struct slice node, const struct page *up)
{
	struct page p = *up;
	struct slice rotate = { 0 };
	int64_t degrees;

	p.dict = node;
	(void)inherit(f, node, "Resources", &p.resources);
	if (!inherit(f, node, "CropBox", &p.box))
		(void)inherit(f, node, "MediaBox", &p.box);
	if (inherit(f, node, "Rotate", &rotate) && value_int(rotate, &degrees))
		p.rotate = (int)(((degrees % 360) + 360) % 360);
	return p;
}

static void
leaf_add(struct walk *w, const struct page *p)
{
	if (w->out->n >= PDF_PAGES_MAX) {
		bad(w, "more than 500");
		return;
	}
	w->out->items[w->out->n++] = *p;
}

/* Depth is bounded, and so is the number of nodes: a loop ends at either. */
static void
node_read(
    struct walk *w, struct slice value, const struct page *up, unsigned depth)
{
	struct slice node = file_resolve(w->f, value), kids, kid;
	struct page p;

	if (!value_is_dict(node)) {
		bad(w, "no page");
		return;
	}
	if (depth > TREE_DEPTH || ++w->nodes > NODES_MAX) {
		bad(w, "loop");
		return;
	}
	p = node_page(w->f, node, up);
	kids = file_get(w->f, node, "Kids");
	if (kids.p == NULL) {
		leaf_add(w, &p);
		return;
	}
	if (!array_begin(kids, &kids)) {
		bad(w, "no list of pages");
		return;
	}
	while (!faulty(w->f->verdict) && array_next(&kids, &kid))
		node_read(w, kid, &p, depth + 1);
}

void
pages_read(struct pdf_file *f, struct pages *out)
{
	struct slice root = file_get(f, f->trailer, "Root");
	struct slice tree = file_get(f, root, "Pages");
	struct walk w = { .f = f, .out = out };
	struct page none = { 0 };
	int64_t count = -1;

	*out = (struct pages){ 0 };
	out->items = xcalloc(PDF_PAGES_MAX, sizeof(*out->items));
	if (!value_is_dict(tree)) {
		bad(&w, "no page tree");
		return;
	}
	if (!value_int(file_get(f, tree, "Count"), &count) || count < 1 ||
	    count > PDF_PAGES_MAX)
		bad(&w, "count");
	node_read(&w, tree, &none, 0);
	if (!faulty(f->verdict) && out->n != (size_t)count)
		bad(&w, "count");
}

void
pages_free(struct pages *p)
{
	free(p->items);
	*p = (struct pages){ 0 };
}
