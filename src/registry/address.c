/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: town, block number and building, compared as FACTS 8 says. */
#include "nintei/registry.h"
#include "registry_int.h"

/* An address in its three parts. */
struct parts {
	struct runes town;
	struct runes block; /* "1-2-3" */
	struct runes building;
};

static void
parts_free(struct parts *p)
{
	runes_free(&p->town);
	runes_free(&p->block);
	runes_free(&p->building);
}

static void
copy_range(const struct runes *in, size_t from, size_t to, struct runes *out)
{
	for (size_t i = from; i < to && i < in->n; i++)
		runes_put(out, in->p[i]);
}

/* 十, 百, 千: the value, 0 for any other. */
static unsigned
power_of(uint32_t c)
{
	if (c == 0x5341)
		return 10;
	if (c == 0x767E)
		return 100;
	return c == 0x5343 ? 1000 : 0;
}

static unsigned
digit_of(uint32_t c)
{
	static const uint32_t digits[] = U"一二三四五六七八九";

	for (unsigned k = 0; k < NELEM(digits) - 1; k++)
		if (digits[k] == c)
			return k + 1;
	return 0;
}

/* A kanji numeral below ten thousand: its value, 0 when there is none. */
static unsigned
numeral_at(const struct runes *r, size_t i, size_t *out_n)
{
	unsigned value = 0, unit = 0, last = 10000;
	size_t n = 0;

	for (;; n++) {
		uint32_t c = runes_at(r, i + n);
		unsigned d = digit_of(c), power = power_of(c);

		if (d > 0 && unit == 0)
			unit = d;
		else if (power > 0 && power < last) {
			value += (unit == 0 ? 1 : unit) * power;
			unit = 0;
			last = power;
		} else
			break;
	}
	*out_n = n;
	return n == 0 ? 0 : value + unit;
}

static void
put_number(struct runes *out, unsigned v)
{
	unsigned power = 1000;

	while (power > v)
		power /= 10;
	for (; power > 0; power /= 10)
		runes_put(out, '0' + v / power % 10);
}

/* What a numeral may stand before to be a number of the block. */
static bool
is_counter(const struct runes *r, size_t i)
{
	if (RUNES_HAS(r, i, U"丁目"))
		return true;
	if (RUNES_HAS(r, i, U"番"))
		return runes_at(r, i + 1) != 0x753A; /* 番町 is a name */
	return RUNES_HAS(r, i, U"号") || RUNES_HAS(r, i, U"条") ||
	    RUNES_HAS(r, i, U"線");
}

/*
 * Kanji numerals to digits: before a counter, or everywhere; there not from a
 * hundred on, which are names: 千葉, 百人町.
 */
static void
fold_numerals(const struct runes *in, bool everywhere, struct runes *out)
{
	for (size_t i = 0; i < in->n; i++) {
		size_t n;
		unsigned v = numeral_at(in, i, &n);

		if (v == 0 ||
		    ((!everywhere || v >= 100) && !is_counter(in, i + n))) {
			runes_put(out, in->p[i]);
			continue;
		}
		put_number(out, v);
		i += n - 1;
	}
}

/* "〒150-0000" and brackets around it, and blanks: gone. */
static void
drop_postal(const struct runes *in, struct runes *out)
{
	for (size_t i = 0; i < in->n; i++) {
		size_t n = 1;

		if (in->p[i] == '(' && runes_at(in, i + 1) == 0x3012)
			continue;
		if (in->p[i] == ' ')
			continue;
		if (in->p[i] != 0x3012) {
			runes_put(out, in->p[i]);
			continue;
		}
		while (rune_is_digit(runes_at(in, i + n)) ||
		    runes_at(in, i + n) == '-')
			n++;
		if (runes_at(in, i + n) == ')')
			n++;
		i += n - 1;
	}
}

/* Words that part the numbers of a block, longest first. */
static size_t
separator_at(const struct runes *r, size_t i)
{
	static const uint32_t *const words[] = { U"番地の", U"番地", U"丁目",
		U"番", U"号", U"の", U"-", U"ー" };
	static const size_t lengths[] = { 3, 2, 2, 1, 1, 1, 1, 1 };

	if (RUNES_HAS(r, i, U"番") && runes_at(r, i + 1) == 0x753A)
		return 0;
	for (size_t k = 0; k < NELEM(words); k++)
		if (runes_has(r, i, words[k], lengths[k]))
			return lengths[k];
	return 0;
}

/* Separators between digits become one dash; a last counter goes. */
static void
fold_separators(const struct runes *in, struct runes *out)
{
	for (size_t i = 0; i < in->n; i++) {
		size_t n = i > 0 && rune_is_digit(in->p[i - 1])
		    ? separator_at(in, i)
		    : 0;

		if (n > 0 && rune_is_digit(runes_at(in, i + n)))
			runes_put(out, '-');
		else if (n == 0 || !is_counter(in, i))
			n = 0;
		if (n == 0)
			runes_put(out, in->p[i] == 0x30F6 ? 0x30B1 : in->p[i]);
		else
			i += n - 1;
	}
}

/* The block: the first run of digits that no town name goes on after. */
static size_t
block_at(const struct runes *r, size_t *out_n)
{
	for (size_t i = 0; i < r->n; i++) {
		size_t n = 0;

		while (rune_is_digit(runes_at(r, i + n)) ||
		    (n > 0 && runes_at(r, i + n) == '-' &&
			rune_is_digit(runes_at(r, i + n + 1))))
			n++;
		if (n == 0)
			continue;
		if (!RUNES_HAS(r, i + n, U"条") &&
		    !RUNES_HAS(r, i + n, U"線") &&
		    !RUNES_HAS(r, i + n, U"番町")) {
			*out_n = n;
			return i;
		}
		i += n;
	}
	*out_n = 0;
	return r->n;
}

static void
split(const struct runes *in, struct parts *out)
{
	size_t n, at = block_at(in, &n);

	copy_range(in, 0, at, &out->town);
	copy_range(in, at, at + n, &out->block);
	for (size_t i = at + n; i < in->n; i++) {
		uint32_t c = in->p[i] == 0x968E ? 'f' : in->p[i]; /* 階 */

		runes_put(
		    &out->building, c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
	}
}

static void
parse(const struct runes *in, bool everywhere, struct parts *out)
{
	CLEANUP(runes_free) struct runes a = { 0 }, b = { 0 }, c = { 0 };

	drop_postal(in, &a);
	fold_numerals(&a, everywhere, &b);
	fold_separators(&b, &c);
	split(&c, out);
}

/* The length of a prefecture in front, or 0. */
static size_t
prefecture(const struct runes *r)
{
	static const uint32_t *const named[] = { U"北海道", U"東京都",
		U"京都府", U"大阪府" };

	for (size_t k = 0; k < NELEM(named); k++)
		if (runes_has(r, 0, named[k], 3))
			return 3;
	for (size_t i = 2; i <= 3; i++)
		if (runes_at(r, i) == 0x770C) /* 県 */
			return i + 1;
	return 0;
}

/* The length of a county (郡) in front, or 0; 郡山市 is none. */
static size_t
county(const struct runes *r)
{
	for (size_t i = 1; i <= 5 && i < r->n; i++)
		if (runes_at(r, i) == 0x90E1)
			return i + 1;
	return 0;
}

static void
cut_front(struct runes *r, size_t n)
{
	if (r->p == NULL)
		return;
	for (size_t i = n; i < r->n; i++)
		r->p[i - n] = r->p[i];
	r->n -= n;
}

/* A part in front that both name, or only one does, is taken off. */
static void
cut_shared(struct runes *a, struct runes *b, size_t (*of)(const struct runes *))
{
	size_t na = of(a), nb = of(b);

	if (na > 0 && nb > 0 && (na != nb || !runes_has(a, 0, b->p, nb)))
		return;
	cut_front(a, na);
	cut_front(b, nb);
}

/* After the look-alike fold: ガ and ヶ as ケ, 之 as ノ, 大字 and 字 gone. */
static void
fold_town(const struct runes *in, struct runes *out)
{
	for (size_t i = 0; i < in->n; i++) {
		uint32_t c = in->p[i];

		if (RUNES_HAS(in, i, U"大字") || c == 0x5B57) {
			i += c == 0x5B57 ? 0 : 1;
			continue;
		}
		if (c == 0x30AC)
			c = 0x30B1;
		runes_put(out, c == 0x4E4B ? 0x30CE : c);
	}
}

/* 京都市: the streets between ward and town may be missing. */
static bool
differ_by_streets(const struct runes *a, const struct runes *b)
{
	const struct runes *l = a->n > b->n ? a : b, *s = a->n > b->n ? b : a;
	size_t ward = 0, gap = l->n - s->n;

	while (ward < s->n && s->p[ward] == l->p[ward])
		if (s->p[ward++] == 0x533A && ward > 3) /* 区 */
			break;
	if (ward == 0 || s->p[ward - 1] != 0x533A || gap == 0)
		return false;
	for (size_t i = ward; i < s->n; i++)
		if (s->p[i] != l->p[i + gap])
			return false;
	for (size_t i = ward; i < ward + gap; i++)
		if (l->p[i] == 0x4E0A || l->p[i] == 0x4E0B || l->p[i] == 0x5165)
			return true; /* 上, 下, 入 */
	return false;
}

static bool
towns_look_alike(const struct runes *a, const struct runes *b)
{
	CLEANUP(runes_free) struct runes ta = { 0 }, tb = { 0 };

	fold_town(a, &ta);
	fold_town(b, &tb);
	cut_shared(&ta, &tb, prefecture);
	cut_shared(&ta, &tb, county);
	return runes_eq(&ta, &tb) || differ_by_streets(&ta, &tb);
}

/* Equal, or one goes on with the number of a room. */
static bool
blocks_look_alike(const struct runes *a, const struct runes *b)
{
	const struct runes *l = a->n > b->n ? a : b, *s = a->n > b->n ? b : a;

	return runes_eq(a, b) ||
	    (s->n > 0 && runes_has(l, 0, s->p, s->n) && l->p[s->n] == '-');
}

static bool
is_same(const struct parts *a, const struct parts *b)
{
	return runes_eq(&a->town, &b->town) && runes_eq(&a->block, &b->block) &&
	    (a->building.n == 0 || b->building.n == 0 ||
		runes_eq(&a->building, &b->building));
}

/* Numerals before the shapes: 一 and 二 are folded to other signs there. */
static void
parse_look_alike(const struct runes *in, struct parts *out)
{
	CLEANUP(runes_free) struct runes digits = { 0 }, folded = { 0 };

	fold_numerals(in, true, &digits);
	for (size_t i = 0; i < digits.n; i++)
		runes_put(&folded,
		    separator_at(&digits, i) > 0 ? digits.p[i]
						 : fold_rune(digits.p[i]));
	parse(&folded, true, out);
}

enum name_verdict
registry_address_compare(const char *a, const char *b)
{
	CLEANUP(runes_free) struct runes ia = { 0 }, ib = { 0 };
	CLEANUP(parts_free) struct parts pa = { 0 }, pb = { 0 };
	CLEANUP(parts_free) struct parts la = { 0 }, lb = { 0 };

	if (!fold_identity(a, &ia) || !fold_identity(b, &ib))
		return NAME_DIFFERENT;
	parse(&ia, false, &pa);
	parse(&ib, false, &pb);
	if (is_same(&pa, &pb))
		return NAME_SAME;
	parse_look_alike(&ia, &la);
	parse_look_alike(&ib, &lb);
	return towns_look_alike(&la.town, &lb.town) &&
		blocks_look_alike(&la.block, &lb.block)
	    ? NAME_LOOK_ALIKE
	    : NAME_DIFFERENT;
}
