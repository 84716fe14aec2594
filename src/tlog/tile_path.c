/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of tiles and bundles of entries. */
#include "nintei/tlog_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "tlog_int.h"

#define LEVEL_MOST 63
#define INDEX_GROUPS 6 /* of three digits: below 10^18, above any log */

/* The bytes before the next c, which is passed over; all without one. */
static struct slice
cut(struct slice *rest, uint8_t c)
{
	struct slice part = *rest;

	for (size_t i = 0; i < rest->n; i++)
		if (rest->p[i] == c) {
			part.n = i;
			*rest = slice_of(rest->p + i + 1, rest->n - i - 1);
			return part;
		}
	*rest = slice_of(rest->p + rest->n, 0);
	return part;
}

static bool
three_digits(struct slice s, uint64_t *index)
{
	if (s.n != 3)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*index = *index * 10 + (uint64_t)(s.p[i] - '0');
	}
	return true;
}

/* "x001/x234/067", or the same with ".p" at its end: then *partial. */
static bool
index_parse(struct slice *rest, uint64_t *out, bool *partial)
{
	struct slice part = { NULL, 0 };
	uint64_t index = 0;

	for (unsigned i = 0; i < INDEX_GROUPS && rest->n > 0; i++) {
		part = cut(rest, '/');
		if (slice_skip(&part, "x")) {
			if (!three_digits(part, &index) || index == 0)
				return false;
			continue;
		}
		*partial = part.n == 5 && part.p[3] == '.' && part.p[4] == 'p';
		part.n = *partial ? 3 : part.n;
		*out = index;
		return three_digits(part, out);
	}
	return false;
}

/* Rule TLOG-15. */
int
tile_path_parse(struct slice path, struct tile *out, struct err *e)
{
	struct tile t = { .width = TILE_WIDTH };
	struct slice rest = path, first = cut(&rest, '/');
	uint64_t level = 0, width = TILE_WIDTH;
	bool partial = false;

	t.entries = slice_eq_str(first, "entries");
	if (!t.entries && slice_dec(first, LEVEL_MOST, &level, e) < 0)
		return -1;
	if (!index_parse(&rest, &t.index, &partial))
		return err_set(e, E_INPUT, "not the index of a tile");
	if (partial && slice_dec(rest, TILE_WIDTH - 1, &width, e) < 0)
		return -1;
	/* A slash at the end leaves nothing behind it, so look at the byte. */
	if (width == 0 || (!partial && rest.n > 0) || path.p[path.n - 1] == '/')
		return err_set(e, E_INPUT, "not the path of a tile");
	t.level = (unsigned)level;
	t.width = (unsigned)width;
	*out = t;
	return 0;
}

char *
tile_path_format(const struct tile *t, char out[TILE_PATH])
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(TILE_PATH - 1);
	uint64_t top = 1;

	if (t->entries)
		buf_puts(&text, "entries/");
	else
		buf_putf(&text, "%u/", t->level);
	while (t->index / top >= 1000)
		top *= 1000;
	for (; top > 1; top /= 1000)
		buf_putf(&text, "x%03u/", (unsigned)(t->index / top % 1000));
	buf_putf(&text, "%03u", (unsigned)(t->index % 1000));
	if (t->width < TILE_WIDTH)
		buf_putf(&text, ".p/%u", t->width);
	snprintf(out, TILE_PATH, "%s", buf_str(&text));
	return out;
}

bool
tile_is_in(const struct tile *t, uint64_t size)
{
	uint64_t n;

	if (t->level >= TILE_LEVELS || t->width == 0 || t->width > TILE_WIDTH ||
	    (t->entries && t->level != 0))
		return false;
	n = size >> (8 * t->level);
	return t->index <= n / TILE_WIDTH &&
	    t->index * TILE_WIDTH + t->width <= n;
}
