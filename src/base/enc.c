/* SPDX-License-Identifier: Apache-2.0 */
/* Hex, base64 and decimal, strict in both directions. */
#include "nintei/enc.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *
hex_encode(const void *p, size_t n, char *out)
{
	const uint8_t *in = p;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = hex_digits[in[i] >> 4];
		out[2 * i + 1] = hex_digits[in[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}

/* Position in an alphabet, -1 if absent. */
static int
digit(const char *alphabet, char c)
{
	const char *at = c == '\0' ? NULL : strchr(alphabet, c);

	return at == NULL ? -1 : (int)(at - alphabet);
}

int
hex_value(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
hex_decode(const char *text, void *out, size_t n, struct err *e)
{
	if (strlen(text) != 2 * n)
		return err_set(e, E_INPUT, "want %zu hex digits", 2 * n);
	for (size_t i = 0; i < 2 * n; i++)
		if (digit(hex_digits, text[i]) < 0)
			return err_set(
			    e, E_INPUT, "want lower-case hex digits");
	for (size_t i = 0; i < n; i++)
		((uint8_t *)out)[i] =
		    (uint8_t)(16 * digit(hex_digits, text[2 * i]) +
			digit(hex_digits, text[2 * i + 1]));
	return 0;
}

void
base64_encode(struct slice in, unsigned wrap, struct buf *out)
{
	unsigned column = 0;

	for (size_t i = 0; i < in.n; i += 3) {
		size_t left = in.n - i;
		uint32_t v = (uint32_t)in.p[i] << 16;

		if (left > 1)
			v |= (uint32_t)in.p[i + 1] << 8;
		if (left > 2)
			v |= in.p[i + 2];
		for (unsigned k = 0; k < 4; k++) {
			if (wrap > 0 && column == wrap) {
				buf_putc(out, '\n');
				column = 0;
			}
			buf_putc(out,
			    k > left ? '='
				     : base64_digits[v >> (18 - 6 * k) & 63]);
			column++;
		}
	}
	if (wrap > 0 && in.n > 0)
		buf_putc(out, '\n');
}

/* Four digits to up to three bytes; pad: how many of them were '='. */
static int
base64_group(const int v[4], unsigned pad, struct buf *out, struct err *e)
{
	uint32_t bits = (uint32_t)v[0] << 18 | (uint32_t)v[1] << 12 |
	    (uint32_t)v[2] << 6 | (uint32_t)v[3];

	if ((pad == 1 && (v[2] & 3) != 0) || (pad == 2 && (v[1] & 15) != 0))
		return err_set(e, E_INPUT, "base64: trailing bits");
	buf_putc(out, (int)(bits >> 16 & 255));
	if (pad < 2)
		buf_putc(out, (int)(bits >> 8 & 255));
	if (pad < 1)
		buf_putc(out, (int)(bits & 255));
	return 0;
}

int
base64_decode(struct slice in, bool lines, struct buf *out, struct err *e)
{
	int v[4];
	unsigned have = 0, pad = 0;

	for (size_t i = 0; i < in.n; i++) {
		char c = (char)in.p[i];

		if (lines && c == '\n')
			continue;
		if (pad > 0 && (have == 0 || c != '='))
			return err_set(
			    e, E_INPUT, "base64: text after padding");
		if (c == '=') {
			if (have < 2)
				return err_set(e, E_INPUT, "base64: padding");
			pad++;
			v[have++] = 0;
		} else if ((v[have++] = digit(base64_digits, c)) < 0) {
			return err_set(e, E_INPUT, "base64: bad character");
		}
		if (have < 4)
			continue;
		if (base64_group(v, pad, out, e) < 0)
			return -1;
		have = 0;
	}
	if (have != 0)
		return err_set(e, E_INPUT, "base64: cut off");
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "base64: too long");
	return 0;
}

int
dec_parse(const char *text, uint64_t max, uint64_t *out, struct err *e)
{
	uint64_t v = 0;

	if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
		return err_set(e, E_INPUT, "want a decimal number");
	for (const char *p = text; *p != '\0'; p++) {
		unsigned d = (unsigned)(*p - '0');

		if (*p < '0' || *p > '9')
			return err_set(e, E_INPUT, "want a decimal number");
		if (v > (max - d) / 10 || d > max)
			return err_set(e, E_INPUT, "want at most %llu",
			    (unsigned long long)max);
		v = v * 10 + d;
	}
	*out = v;
	return 0;
}
