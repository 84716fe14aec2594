/* SPDX-License-Identifier: Apache-2.0 */
/* What a signature covers: counted in bytes, nothing else is asked. */
#include "nintei/pdf.h"
#include "pdf_int.h"
#include <string.h>

#define CMS_BYTES ((size_t)1 << 20)

static int
digit(int c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == 0 ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)((at - digits) & 15);
}

/* "<", an even number of digits, ">". */
static bool
is_hex(struct slice gap)
{
	if (gap.n < 4 || gap.n % 2 != 0 || gap.p[0] != '<' ||
	    gap.p[gap.n - 1] != '>')
		return false;
	for (size_t i = 1; i + 1 < gap.n; i++)
		if (digit(gap.p[i]) < 0)
			return false;
	return true;
}

/* What stands before the gap is the key whose value it is. */
static bool
is_contents(struct slice before)
{
	static const char key[] = "/Contents";
	size_t n = sizeof(key) - 1;

	while (before.n > 0 && lex_is_blank(before.p[before.n - 1]))
		before.n--;
	return before.n >= n && memcmp(before.p + before.n - n, key, n) == 0;
}

/* How long the DER at the front is, its head included; 0: none. */
static size_t
der_length(const uint8_t *p, size_t n)
{
	size_t bytes, length = 0;

	if (n < 2 || p[0] != 0x30)
		return 0;
	if (p[1] < 0x80)
		return (size_t)p[1] + 2;
	bytes = p[1] & 0x7f;
	if (bytes == 0 || bytes > 4 || n < 2 + bytes)
		return 0;
	for (size_t i = 0; i < bytes; i++)
		length = length << 8 | p[2 + i];
	return length + 2 + bytes;
}

/* The DER, and behind it zeros only. */
static bool
take_cms(struct slice gap, struct buf *cms)
{
	CLEANUP(buf_free) struct buf all = BUF_INIT(CMS_BYTES);
	size_t n;

	for (size_t i = 1; i + 2 < gap.n; i += 2)
		buf_putc(&all, digit(gap.p[i]) * 16 + digit(gap.p[i + 1]));
	if (!buf_ok(&all))
		return false;
	n = der_length(all.p, all.n);
	if (n == 0 || n > all.n)
		return false;
	for (size_t i = n; i < all.n; i++)
		if (all.p[i] != 0)
			return false;
	buf_put(cms, all.p, n);
	return buf_ok(cms);
}

enum pdf_signature
pdf_signature(struct slice pdf, const uint64_t range[4], struct buf *cms)
{
	uint64_t a = range[1], b = range[2], c = range[3];

	if (range[0] != 0 || a > b || b > pdf.n || c != pdf.n - b)
		return PDF_SIGNATURE_COVERAGE;
	if (!is_hex(slice_of(pdf.p + a, b - a)) ||
	    !is_contents(slice_of(pdf.p, a)) ||
	    !take_cms(slice_of(pdf.p + a, b - a), cms))
		return PDF_SIGNATURE_GAP;
	return PDF_SIGNATURE_WHOLE;
}
