/* SPDX-License-Identifier: Apache-2.0 */
/* Strict UTF-8, and foreign text made safe to show. */
#include <stdio.h>
#include <string.h>

#include "nintei/findings.h"
#include "nintei/wire.h"

/* Length of the sequence at p, 0 if it is not strict UTF-8. */
static size_t
sequence(const uint8_t *p, size_t n, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = p[0];
	size_t len = c < 0x80    ? 1
	    : (c & 0xe0) == 0xc0 ? 2
	    : (c & 0xf0) == 0xe0 ? 3
	    : (c & 0xf8) == 0xf0 ? 4
				 : 0;

	if (len == 0 || len > n)
		return 0;
	if (len > 1)
		c &= 0x7fU >> len;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fU);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return len;
}

bool
utf8_valid(struct slice s)
{
	uint32_t c;

	for (size_t i = 0, len; i < s.n; i += len)
		if ((len = sequence(s.p + i, s.n - i, &c)) == 0 || c == 0)
			return false;
	return true;
}

char *
utf8_mend(char *s)
{
	size_t n = strlen(s);
	uint32_t c;

	for (size_t i = 0, len; i < n; i += len)
		if ((len = sequence((const uint8_t *)s + i, n - i, &c)) == 0) {
			s[i] = '?';
			len = 1;
		}
	return s;
}

/* Controls, bidirectional overrides, zero-width and line separators. */
static bool
unfit_to_show(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0x61c || c == 0xfeff ||
	    (c >= 0xe0000 && c <= 0xe007f);
}

char *
text_show(char *out, size_t cap, const char *in, size_t n)
{
	const uint8_t *p = (const uint8_t *)in;
	size_t used = 0;

	for (size_t i = 0, len; i < n; i += len) {
		char piece[16];
		uint32_t c = 0;
		size_t need;

		len = sequence(p + i, n - i, &c);
		if (len == 0) {
			snprintf(piece, sizeof(piece), "\\x%02X", p[i]);
			len = 1;
		} else if (unfit_to_show(c)) {
			snprintf(piece, sizeof(piece), "\\u{%X}", c);
		} else {
			memcpy(piece, p + i, len);
			piece[len] = '\0';
		}
		need = strlen(piece);
		if (used + need + 4 > cap) {
			snprintf(out + used, cap - used, "...");
			return out;
		}
		memcpy(out + used, piece, need);
		used += need;
	}
	out[used] = '\0';
	return out;
}
