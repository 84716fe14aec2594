/* SPDX-License-Identifier: Apache-2.0 */
/* Code points one by one, and the classes that a name may not hold. */
#include "nintei/text.h"

#include <unictype.h>
#include <unistr.h>

struct range {
	uint32_t first, last;
};

/* clang-format off */
static const struct range controls[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f },	/* C0, DEL, C1 */
	{ 0x00ad, 0x00ad },			/* soft hyphen */
	{ 0x034f, 0x034f }, { 0x115f, 0x1160 },	/* joiner, fillers */
	{ 0x17b4, 0x17b5 }, { 0x180e, 0x180e },
	{ 0x200b, 0x200d },			/* zero width */
	{ 0x2028, 0x2029 },			/* line, paragraph */
	{ 0x2060, 0x2065 }, { 0x206a, 0x206f },
	{ 0x3164, 0x3164 },
	{ 0xd800, 0xf8ff },			/* surrogates, private use */
	{ 0xfdd0, 0xfdef },			/* noncharacters */
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
	{ 0xe0000, 0xe00ff },			/* tags */
	{ 0xe01f0, 0xe0fff },
	{ 0xf0000, UINT32_MAX },		/* private use, and no more */
};
static const struct range bidis[] = {
	{ 0x061c, 0x061c }, { 0x200e, 0x200f },
	{ 0x202a, 0x202e }, { 0x2066, 0x2069 },
};
static const struct range spaces[] = {
	{ 0x0009, 0x000d }, { 0x0020, 0x0020 }, { 0x0085, 0x0085 },
	{ 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a },
	{ 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
	{ 0x3000, 0x3000 },
};
/* clang-format on */

static bool
is_in(const struct range *ranges, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

bool
text_is_control(uint32_t cp)
{
	return is_in(controls, NELEM(controls), cp) || (cp & 0xfffe) == 0xfffe;
}

bool
text_is_bidi(uint32_t cp)
{
	return is_in(bidis, NELEM(bidis), cp);
}

bool
text_is_space(uint32_t cp)
{
	return is_in(spaces, NELEM(spaces), cp);
}

bool
text_is_letter(uint32_t cp)
{
	return uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L);
}

bool
text_is_ascii(struct slice in)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] > 0x7f)
			return false;
	return true;
}

bool
text_next(struct slice *s, uint32_t *out)
{
	ucs4_t cp;
	int used;

	if (s->n == 0)
		return false;
	used = u8_mbtoucr(&cp, s->p, s->n);
	if (used <= 0)
		return false;
	s->p += used;
	s->n -= (size_t)used;
	*out = cp;
	return true;
}

void
text_put(struct buf *out, uint32_t cp)
{
	uint8_t bytes[6];
	int n = u8_uctomb(bytes, cp, sizeof(bytes));

	if (n <= 0)
		out->bad = true;
	else
		buf_put(out, bytes, (size_t)n);
}

size_t
text_length(struct slice in)
{
	size_t n = 0;
	uint32_t cp;

	while (text_next(&in, &cp))
		n++;
	return n;
}

struct slice
text_trim(struct slice s, bool (*is_blank)(uint32_t cp))
{
	struct slice rest = s, out = { s.p, 0 };
	bool begun = false;
	uint32_t cp;

	while (rest.n > 0) {
		const uint8_t *at = rest.p;

		if (!text_next(&rest, &cp))
			break;
		if (is_blank(cp))
			continue;
		if (!begun)
			out.p = at;
		begun = true;
		out.n = (size_t)(rest.p - out.p);
	}
	return out;
}
