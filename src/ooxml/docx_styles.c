/* SPDX-License-Identifier: Apache-2.0 */
/* The styles of a document, as far as they hide text. */
#include <stdlib.h>
#include <string.h>

#include "ooxml_int.h"

#define STYLES_MAX 20000

/* A style: hidden itself, or by the one it is based on. */
struct style {
	char *id, *based_on;
	size_t order; /* of two with one id the first counts */
	bool vanish, says; /* says: it has the element, of either value */
};

static bool
style_add(struct word_styles *w, const struct xmlx_element *el)
{
	const char *id = attr_w(el, "styleId");
	struct style *s;

	if (w->n >= STYLES_MAX)
		return false;
	if (w->n == w->cap) {
		w->cap = w->cap == 0 ? 64 : w->cap * 2;
		w->items = xrealloc(w->items, w->cap, sizeof(*w->items));
	}
	s = &w->items[w->n++];
	*s = (struct style){ .order = w->n };
	s->id = dup_cut(id == NULL ? "" : id, OOXML_NAME_BYTES);
	return true;
}

static bool
styles_start(void *arg, const struct xmlx_element *el)
{
	struct word_styles *w = arg;
	struct style *s;
	const char *v;

	if (!is_wml(el))
		return true;
	if (is_local(el, "style"))
		return style_add(w, el);
	if (w->n == 0) {
		if (is_local(el, "vanish"))
			w->vanish = attr_is_true(attr_w(el, "val"), true);
		return true;
	}
	s = &w->items[w->n - 1];
	if (is_local(el, "basedOn") && s->based_on == NULL &&
	    (v = attr_w(el, "val")) != NULL)
		s->based_on = dup_cut(v, OOXML_NAME_BYTES);
	if (is_local(el, "vanish")) {
		s->says = true;
		s->vanish = attr_is_true(attr_w(el, "val"), true);
	}
	return true;
}

static int
style_cmp(const void *one, const void *other)
{
	const struct style *a = one, *b = other;
	int d = strcmp(a->id, b->id);

	return d != 0 ? d : a->order < b->order ? -1 : a->order > b->order;
}

/* The first with this id, once all are in order. */
static const struct style *
style_find(const struct word_styles *w, const char *id)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(w->items[mid].id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->n && strcmp(w->items[low].id, id) == 0 ? &w->items[low]
							       : NULL;
}

bool
word_style_vanishes(const struct word_styles *w, const char *id)
{
	for (unsigned hops = 0; id != NULL && hops < 16; hops++) {
		const struct style *s = style_find(w, id);

		if (s == NULL)
			break;
		if (s->says)
			return s->vanish;
		id = s->based_on;
	}
	return w->vanish;
}

int
word_styles_read(struct pkg *p, struct word_styles *out)
{
	static const struct xmlx_handlers h = { .start = styles_start };
	size_t at = 0;
	const char *part = pkg_target_of_type(p, p->main, "styles", &at);

	if (part == NULL)
		return 0;
	if (pkg_xml(p, part, &h, out) < 0)
		return -1;
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), style_cmp);
	return 0;
}

void
word_styles_done(struct word_styles *w)
{
	for (size_t i = 0; i < w->n; i++) {
		free(w->items[i].id);
		free(w->items[i].based_on);
	}
	free(w->items);
}
