/* SPDX-License-Identifier: Apache-2.0 */
/* Characters in which a date may be written, and what each stands for. */
#include "term_int.h"

#include <stdio.h>

#include "nintei/wire.h"

const struct era eras[] = {
#define D(year, month, day)      \
	{                        \
		year, month, day \
	}
#define ERA(name, letter, square, first, last, late, accept) \
	{ name, U##name, letter, square, first, last, late, accept },
#include "eras.inc"
#undef ERA
#undef D
};
const size_t eras_n = NELEM(eras);

/* Ranges from..to that stand for as.. in order; as 0: a blank. */
static const struct fold {
	char32_t from, to, as;
} folds[] = {
	{ '0', '9', '0' },
	{ 0xFF10, 0xFF19, '0' }, /* full-width digits */
	{ '.', '.', '.' },
	{ 0xFF0E, 0xFF0E, '.' },
	{ '/', '/', '/' },
	{ 0xFF0F, 0xFF0F, '/' },
	{ '-', '-', '-' },
	{ 0x2010, 0x2013, '-' }, /* hyphens and the en dash */
	{ 0x2212, 0x2212, '-' },
	{ 0xFF0D, 0xFF0D, '-' },
	{ '(', ')', '(' },
	{ 0xFF08, 0xFF09, '(' },
	{ ' ', ' ', 0 },
	{ '\t', '\t', 0 },
	{ 0xA0, 0xA0, 0 },
	{ 0x3000, 0x3000, 0 },
	{ 0x2F47, 0x2F47, U'日' }, /* Kangxi radicals of copied PDF text */
	{ 0x2F49, 0x2F49, U'月' },
	{ U'零', U'零', U'〇' },
};

/* Kanji that stand for themselves, beside those of the eras. */
static const char32_t plain[] = U"年月日元西暦曜火水木金土"
				U"〇一二三四五六七八九十百千";

static bool
letter_fold(char32_t c, char32_t *out)
{
	char32_t up = c;
	size_t i;

	if (up >= 0xFF21 && up <= 0xFF5A)
		up = up - 0xFF21 + 'A';
	if (up >= 'a' && up <= 'z')
		up = up - 'a' + 'A';
	for (i = 0; i < eras_n; i++)
		if (eras[i].letter == up) {
			*out = up;
			return true;
		}
	return false;
}

static bool
kanji_known(char32_t c)
{
	size_t i;

	for (i = 0; plain[i] != 0; i++)
		if (plain[i] == c)
			return true;
	for (i = 0; i < eras_n; i++)
		if (eras[i].name[0] == c || eras[i].name[1] == c)
			return true;
	return false;
}

/* The characters that c stands for: *n of them, 0 to 2; false: refused. */
static bool
char_fold(char32_t c, char32_t out[2], size_t *n)
{
	size_t i;

	*n = 1;
	for (i = 0; i < NELEM(folds); i++)
		if (c >= folds[i].from && c <= folds[i].to) {
			out[0] = folds[i].as + (c - folds[i].from);
			*n = folds[i].as == 0 ? 0 : 1;
			return true;
		}
	for (i = 0; i < eras_n; i++)
		if (eras[i].square == c) {
			out[0] = eras[i].name[0];
			out[1] = eras[i].name[1];
			*n = 2;
			return true;
		}
	out[0] = c;
	return letter_fold(c, &out[0]) || kanji_known(c);
}

/* One code point of valid UTF-8; *p moves on. */
static char32_t
utf8_next(const uint8_t **p)
{
	static const uint8_t lead_bits[] = { 0x7F, 0x1F, 0x0F, 0x07 };
	const uint8_t *s = *p;
	size_t more = s[0] >= 0xF0 ? 3 : s[0] >= 0xE0 ? 2 : s[0] >= 0xC0;
	char32_t c = s[0] & lead_bits[more];
	size_t i;

	for (i = 1; i <= more; i++)
		c = (c << 6) | (s[i] & 0x3Fu);
	*p = s + more + 1;
	return c;
}

bool
date_chars_fold(
    struct slice text, struct date_chars *out, char *reason, size_t reason_size)
{
	const uint8_t *p = text.p;
	const uint8_t *end = text.p + text.n;
	char32_t as[2];
	char32_t c;
	size_t n, i;

	out->n = 0;
	if (!utf8_valid(text)) {
		(void)snprintf(reason, reason_size, "not UTF-8");
		return false;
	}
	while (p < end) {
		c = utf8_next(&p);
		if (!char_fold(c, as, &n)) {
			(void)snprintf(reason, reason_size, "character U+%04lX",
			    (unsigned long)c);
			return false;
		}
		for (i = 0; i < n; i++)
			if (out->n < DATE_CHARS_MAX)
				out->c[out->n++] = as[i];
			else
				p = end; /* too long for any form */
	}
	out->c[out->n] = 0;
	return true;
}
