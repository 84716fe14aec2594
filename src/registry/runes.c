/* SPDX-License-Identifier: Apache-2.0 */
/* Text as an array of code points, and the classes that the folds use. */
#include "registry_int.h"
#include <stdlib.h>
#include "nintei/text.h"

void
runes_put(struct runes *r, uint32_t c)
{
	if (r->bad || r->n >= FOLD_RUNES) {
		r->bad = true;
		return;
	}
	if (r->n == r->cap) {
		r->cap = r->cap == 0 ? 64 : r->cap * 2;
		r->p = xrealloc(r->p, r->cap, sizeof(*r->p));
	}
	r->p[r->n++] = c;
}

void
runes_free(struct runes *r)
{
	free(r->p);
	*r = (struct runes){ 0 };
}

bool
runes_eq(const struct runes *a, const struct runes *b)
{
	if (a->bad || b->bad || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->p[i] != b->p[i])
			return false;
	return true;
}

uint32_t
runes_at(const struct runes *r, size_t i)
{
	return i < r->n ? r->p[i] : 0;
}

bool
runes_has(const struct runes *r, size_t i, const uint32_t *w, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (i + k >= r->n || r->p[i + k] != w[k])
			return false;
	return true;
}

bool
rune_is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

bool
rune_is_dash(uint32_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ||
	    c == 0xFE58 || c == 0xFE63 || c == 0xFF0D;
}

struct range {
	uint32_t first, last;
};

static bool
is_in(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].first && c <= r[i].last)
			return true;
	return false;
}

bool
rune_is_refused(uint32_t c)
{
	static const struct range refused[] = {
		{ 0x0000, 0x001F },
		{ 0x007F, 0x009F },
		{ 0x061C, 0x061C },
		{ 0x200E, 0x200F },
		{ 0x2028, 0x202E },
		{ 0x2066, 0x2069 },
		{ 0xE000, 0xF8FF },
		{ 0xE0000, 0xE007F },
		{ 0xF0000, 0x10FFFF },
	};

	return is_in(refused, NELEM(refused), c);
}

bool
rune_is_invisible(uint32_t c)
{
	static const struct range invisible[] = {
		{ 0x00AD, 0x00AD },
		{ 0x200B, 0x200D },
		{ 0x2060, 0x2060 },
		{ 0xFE00, 0xFE0F },
		{ 0xFEFF, 0xFEFF },
		{ 0xE0100, 0xE01EF },
	};

	return is_in(invisible, NELEM(invisible), c);
}

bool
runes_decode(const char *text, struct runes *out)
{
	struct slice s = slice_str(text);
	uint32_t c;

	if (s.n == 0 || s.n > FOLD_BYTES)
		return false;
	while (text_next(&s, &c))
		runes_put(out, c);
	return s.n == 0 && !out->bad;
}
