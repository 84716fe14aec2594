/* SPDX-License-Identifier: Apache-2.0 */
/* Letters counted by script, and whether they are a Japanese text. */
#include "nintei/lang.h"

#include "nintei/text.h"

#define UNDECIDED_BELOW 40 /* letters */
#define HIDING_FROM 10 /* letters: fewer are a stray field or blank */

static const uint64_t cp932[] = {
#include "cp932.inc"
};
static const uint16_t forms[] = {
#include "forms.inc"
};

/* The compatibility ideographs that CP932 has. */
static const uint16_t cp932_extra[] = { 0xf929, 0xf9dc, 0xfa0e, 0xfa0f, 0xfa10,
	0xfa11, 0xfa12, 0xfa13, 0xfa14, 0xfa15, 0xfa16, 0xfa17, 0xfa18, 0xfa19,
	0xfa1a, 0xfa1b, 0xfa1c, 0xfa1d, 0xfa1e, 0xfa1f, 0xfa20, 0xfa21, 0xfa22,
	0xfa23, 0xfa24, 0xfa25, 0xfa26, 0xfa27, 0xfa28, 0xfa29, 0xfa2a, 0xfa2b,
	0xfa2c, 0xfa2d };

static const struct {
	uint32_t first, last;
	bool is_kana; /* else Han */
} scripts[] = {
	{ 0x3005, 0x3005, false }, /* repetition mark */
	{ 0x3007, 0x3007, false }, /* zero */
	{ 0x3041, 0x3096, true },
	{ 0x309d, 0x309f, true },
	{ 0x30a1, 0x30fa, true },
	{ 0x30fc, 0x30ff, true },
	{ 0x31f0, 0x31ff, true },
	{ 0x3400, 0x4dbf, false },
	{ 0x4e00, 0x9fff, false },
	{ 0xf900, 0xfaff, false },
	{ 0xff66, 0xff9d, true },
	{ 0x1b000, 0x1b16f, true },
	{ 0x20000, 0x323af, false },
};

static bool
is_listed(const uint16_t *list, size_t n, uint32_t cp)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = low + (n - low) / 2;

		if (list[mid] == cp)
			return true;
		if (list[mid] < cp)
			low = mid + 1;
		else
			n = mid;
	}
	return false;
}

static bool
is_in_cp932(uint32_t cp)
{
	if (cp >= 0x4e00 && cp <= 0x9fff)
		return (cp932[(cp - 0x4e00) / 64] >> (cp % 64) & 1) != 0;
	return cp < 0x3400 || is_listed(cp932_extra, NELEM(cp932_extra), cp);
}

static void
count_han(struct lang_count *c, uint32_t cp)
{
	c->letters++;
	c->han++;
	if (!is_in_cp932(cp))
		c->outside++;
	else if (is_listed(forms, NELEM(forms), cp))
		c->forms++;
}

static void
count_one(struct lang_count *c, uint32_t cp)
{
	for (size_t i = 0; cp >= 0x3005 && i < NELEM(scripts); i++) {
		if (cp < scripts[i].first || cp > scripts[i].last)
			continue;
		if (!scripts[i].is_kana) {
			count_han(c, cp);
			return;
		}
		c->letters++;
		c->kana++;
		return;
	}
	if (text_is_letter(cp))
		c->letters++;
}

void
lang_add(struct lang_count *c, struct slice utf8)
{
	uint32_t cp;

	while (utf8.n != 0)
		if (text_next(&utf8, &cp)) {
			count_one(c, cp);
		} else {
			utf8.p++; /* not UTF-8: on with the next byte */
			utf8.n--;
		}
}

void
lang_add_hidden(struct lang_count *c, struct slice utf8)
{
	struct lang_count all = { 0 };

	lang_add(&all, utf8);
	c->hidden += all.letters;
}

enum lang
lang_verdict(const struct lang_count *c)
{
	if (c->letters < UNDECIDED_BELOW)
		return LANG_UNDECIDED;
	if (c->kana * 10 >= c->letters)
		return LANG_JA;
	if (c->han * 2 >= c->letters && c->outside * 200 <= c->han &&
	    c->forms * 50 >= c->han)
		return LANG_JA; /* registry lines are written in kanji only */
	return LANG_NOT_JAPANESE;
}

bool
lang_is_hiding(const struct lang_count *c)
{
	return c->hidden >= HIDING_FROM;
}

bool
lang_is_possible(const struct lang_count *c)
{
	return c->letters <= LANG_COUNT_MAX && c->hidden <= LANG_COUNT_MAX &&
	    c->kana <= c->letters && c->han <= c->letters - c->kana &&
	    c->outside <= c->han && c->forms <= c->han - c->outside;
}

const char *
lang_name(enum lang l)
{
	static const char *const names[LANG_MAX] = {
		[LANG_NONE] = "none",
		[LANG_JA] = "ja",
		[LANG_NOT_JAPANESE] = "not_japanese",
		[LANG_UNDECIDED] = "undecided",
	};

	return l < LANG_MAX ? names[l] : names[LANG_NONE];
}
