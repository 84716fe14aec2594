/* SPDX-License-Identifier: Apache-2.0 */
/* The number format of each cell style (ECMA-376-1 18.8.30). */
#include "ooxml_int.h"

#include <stdlib.h>
#include <string.h>

#define FORMATS_MAX 65536
#define CODE_CHARS 255 /* of a format; Excel writes no more */

/* Formats that every reader knows, as Excel in Japan shows them. */
static const struct {
	uint32_t id;
	const char *code;
} builtin[] = {
#define FMT(id, code) { id, code },
#include "formats.inc"
#undef FMT
};

struct styles_reading {
	struct styles *out;
	bool in_xfs;
	unsigned skip;
};

/* The bytes of at most so many characters. */
static size_t
chars_bytes(const char *utf8, size_t max)
{
	size_t i = 0;

	for (; utf8[i] != '\0'; i++)
		if (((uint8_t)utf8[i] & 0xc0) != 0x80 && max-- == 0)
			break;
	return i;
}

static bool
custom_add(struct styles *s, const struct xmlx_element *el)
{
	const char *id = attr_plain(el, "numFmtId");
	const char *code = attr_plain(el, "formatCode");
	struct numfmt *one;
	uint32_t n;

	if (code == NULL || !digits(id, UINT32_MAX, &n))
		return true;
	if (s->n_custom >= FORMATS_MAX)
		return false;
	if (s->n_custom == s->cap_custom) {
		s->cap_custom = s->cap_custom == 0 ? 16 : s->cap_custom * 2;
		s->custom =
		    xrealloc(s->custom, s->cap_custom, sizeof(*s->custom));
	}
	one = &s->custom[s->n_custom++];
	one->id = n;
	one->code = dup_cut(code, chars_bytes(code, CODE_CHARS));
	one->order = (uint32_t)s->n_custom;
	return true;
}

static bool
xf_add(struct styles *s, const struct xmlx_element *el)
{
	uint32_t n = 0;

	if (!digits(attr_plain(el, "numFmtId"), UINT32_MAX, &n))
		n = 0;
	if (s->n_xfs >= FORMATS_MAX)
		return false;
	if (s->n_xfs == s->cap_xfs) {
		s->cap_xfs = s->cap_xfs == 0 ? 64 : s->cap_xfs * 2;
		s->xfs = xrealloc(s->xfs, s->cap_xfs, sizeof(*s->xfs));
	}
	s->xfs[s->n_xfs++] = n;
	return true;
}

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	struct styles_reading *r = arg;

	if (skip_start(&r->skip, el))
		return true;
	if (is_local(el, "cellXfs") && el->depth == 2)
		r->in_xfs = true;
	if (is_local(el, "numFmt") && el->depth == 3)
		return custom_add(r->out, el);
	if (r->in_xfs && is_local(el, "xf") && el->depth == 3)
		return xf_add(r->out, el);
	return true;
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	struct styles_reading *r = arg;

	if (skip_end(&r->skip, el))
		return true;
	if (is_local(el, "cellXfs"))
		r->in_xfs = false;
	return true;
}

/* Of two formats with one number the first counts. */
static int
numfmt_cmp(const void *one, const void *other)
{
	const struct numfmt *a = one, *b = other;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

int
styles_read(struct pkg *p, const char *part, struct styles *out)
{
	static const struct xmlx_handlers h = { on_start, on_end, NULL };
	struct styles_reading r = { .out = out };

	if (pkg_xml(p, part, &h, &r) < 0)
		return -1;
	if (out->n_custom > 1)
		qsort(out->custom, out->n_custom, sizeof(*out->custom),
		    numfmt_cmp);
	return 0;
}

const char *
styles_code(const struct styles *s, uint32_t style)
{
	uint32_t id = style < s->n_xfs ? s->xfs[style] : 0;

	size_t low = 0, high = s->n_custom;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->custom[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < s->n_custom && s->custom[low].id == id)
		return s->custom[low].code;
	for (size_t i = 0; i < NELEM(builtin); i++)
		if (builtin[i].id == id)
			return builtin[i].code;
	return "General";
}

void
styles_done(struct styles *s)
{
	for (size_t i = 0; i < s->n_custom; i++)
		free(s->custom[i].code);
	free(s->custom);
	free(s->xfs);
}
