/* SPDX-License-Identifier: Apache-2.0 */
/* The two folds of names: identity and look-alike (FACTS 8). */
#include "registry_int.h"
#include "nintei/text.h"

struct pair {
	uint32_t from, to;
};

static const struct pair radicals[] = {
#define R(from, to) { from, to },
#include "radicals.inc"
#undef R
};

static const struct pair variants[] = {
#define V(from, to) { from, to },
#include "variants.inc"
#undef V
};

/* Step 6: one class each of dashes, dots, waves and quotes. */
static const struct pair marks[] = {
	{ 0x00B7, 0x30FB },
	{ 0x2022, 0x30FB },
	{ 0x2027, 0x30FB },
	{ 0x2219, 0x30FB },
	{ 0x22C5, 0x30FB },
	{ 0x301C, '~' },
	{ 0x223C, '~' },
	{ 0xFF5E, '~' },
	{ 0x2018, '\'' },
	{ 0x201B, '\'' },
	{ 0x2032, '\'' },
	{ 0x201C, '"' },
	{ 0x201D, '"' },
	{ 0x201F, '"' },
	{ 0x2033, '"' },
};

static uint32_t
pair_find(const struct pair *t, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (t[i].from == c)
			return t[i].to;
	return c;
}

/* Steps 3 and 4: what NFKC would not do, or do wrongly. */
static uint32_t
before_nfkc(uint32_t c)
{
	if (c >= 0x2E80 && c <= 0x2FDF)
		return pair_find(radicals, NELEM(radicals), c);
	if (c == 0x309B || c == 0x309C)
		return c - 2;
	return c == 0x2019 ? '\'' : c;
}

/* Steps 1 to 5 as UTF-8. */
static bool
fold_to_nfkc(const struct runes *in, struct buf *out)
{
	CLEANUP(buf_free) struct buf pre = BUF_INIT(FOLD_RUNES * 4);
	struct err e = ERR_INIT;

	for (size_t i = 0; i < in->n; i++) {
		if (rune_is_refused(in->p[i]))
			return false;
		if (!rune_is_invisible(in->p[i]))
			text_put(&pre, before_nfkc(in->p[i]));
	}
	return buf_ok(&pre) && text_nfkc(buf_slice(&pre), out, &e) == 0;
}

static bool
is_latin(uint32_t c)
{
	return rune_is_digit(c) || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || (c >= 0x00C0 && c <= 0x024F);
}

/* Step 7: blanks go, except one between Latin letters or digits. */
static void
drop_blanks(const struct runes *in, struct runes *out)
{
	for (size_t i = 0; i < in->n; i++) {
		size_t next = i;

		if (!text_is_space(in->p[i])) {
			runes_put(out, in->p[i]);
			continue;
		}
		while (next < in->n && text_is_space(in->p[next]))
			next++;
		if (i > 0 && is_latin(in->p[i - 1]) &&
		    is_latin(runes_at(in, next)))
			runes_put(out, ' ');
		i = next - 1;
	}
}

bool
fold_identity(const char *text, struct runes *out)
{
	CLEANUP(runes_free) struct runes raw = { 0 }, classed = { 0 };
	CLEANUP(buf_free) struct buf nfkc = BUF_INIT(FOLD_RUNES * 4);
	struct slice s;
	uint32_t c;

	if (!runes_decode(text, &raw) || !fold_to_nfkc(&raw, &nfkc))
		return false;
	s = buf_slice(&nfkc);
	while (text_next(&s, &c))
		runes_put(&classed,
		    rune_is_dash(c) ? '-' : pair_find(marks, NELEM(marks), c));
	drop_blanks(&classed, out);
	return s.n == 0 && !classed.bad && !out->bad && out->n > 0;
}

/* Small kana stand one before the large one, but for three. */
static uint32_t
large_kana(uint32_t c)
{
	static const struct pair odd[] = {
		{ 0x30F5, 0x30AB },
		{ 0x30F6, 0x30B1 },
		{ 0x30EE, 0x30EF },
		{ 0x30C3, 0x30C4 },
		{ 0x30E3, 0x30E4 },
		{ 0x30E5, 0x30E6 },
		{ 0x30E7, 0x30E8 },
		{ 0x30A1, 0x30A2 },
		{ 0x30A3, 0x30A4 },
		{ 0x30A5, 0x30A6 },
		{ 0x30A7, 0x30A8 },
		{ 0x30A9, 0x30AA },
	};

	return pair_find(odd, NELEM(odd), c);
}

uint32_t
fold_rune(uint32_t c)
{
	if ((c >= 0x3041 && c <= 0x3096) || c == 0x309D || c == 0x309E)
		c += 0x60; /* hiragana to katakana */
	c = pair_find(variants, NELEM(variants), large_kana(c));
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Short forms of companies, as NFKC leaves them: "(株)". */
static const struct {
	uint32_t mark;
	uint32_t full[5];
} forms[] = {
	{ 0x682A, U"株式会社" },
	{ 0x6709, U"有限会社" },
	{ 0x540D, U"合名会社" },
	{ 0x8CC7, U"合資会社" },
	{ 0x540C, U"合同会社" },
};

static bool
expand_form(const struct runes *in, size_t i, struct runes *out)
{
	if (runes_at(in, i) != '(' || runes_at(in, i + 2) != ')')
		return false;
	for (size_t k = 0; k < NELEM(forms); k++) {
		if (forms[k].mark != in->p[i + 1])
			continue;
		for (size_t m = 0; forms[k].full[m] != 0; m++)
			runes_put(out, forms[k].full[m]);
		return true;
	}
	return false;
}

static bool
is_dropped(uint32_t c)
{
	return c == 0x30FB || c == '\'' || c == '"' || c == '~' || c == '.' ||
	    c == ',' || c == ' ';
}

void
fold_look_alike(const struct runes *in, struct runes *out)
{
	for (size_t i = 0; i < in->n; i++) {
		if (expand_form(in, i, out)) {
			i += 2;
			continue;
		}
		if (!is_dropped(in->p[i]))
			runes_put(out, fold_rune(in->p[i]));
	}
}
