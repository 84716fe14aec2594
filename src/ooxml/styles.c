/* SPDX-License-Identifier: Apache-2.0 */
/* The number format of each cell style (ECMA-376-1 18.8.30). */
#include "ooxml_int.h"

#include <stdlib.h>
#include <string.h>

#define FORMATS_MAX 65536
#define CODE_BYTES 1024

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
	one->code = dup_cut(code, CODE_BYTES);
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

int
styles_read(struct pkg *p, const char *part, struct styles *out)
{
	static const struct xmlx_handlers h = { on_start, on_end, NULL };
	struct styles_reading r = { .out = out };

	return pkg_xml(p, part, &h, &r);
}

const char *
styles_code(const struct styles *s, uint32_t style)
{
	uint32_t id = style < s->n_xfs ? s->xfs[style] : 0;

	for (size_t i = 0; i < s->n_custom; i++)
		if (s->custom[i].id == id)
			return s->custom[i].code;
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
