/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, decimals and hashes: what every text around a log is made of. */
#include "nintei/tlog.h"

#include <inttypes.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/slice.h"

#include "tlog_int.h"

bool
line_next(struct slice *rest, struct slice *line)
{
	const uint8_t *end =
	    rest->n == 0 ? NULL : memchr(rest->p, '\n', rest->n);
	size_t n;

	if (end == NULL)
		return false;
	n = (size_t)(end - rest->p);
	*line = slice_of(rest->p, n);
	*rest = slice_of(rest->p + n + 1, rest->n - n - 1);
	return true;
}

bool
slice_skip(struct slice *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n) != 0)
		return false;
	*s = slice_of(s->p + n, s->n - n);
	return true;
}

int
slice_dec(struct slice s, uint64_t max, uint64_t *out, struct err *e)
{
	char text[24];

	/* dec_parse would stop at a NUL. */
	if (s.n >= sizeof(text) || (s.n > 0 && memchr(s.p, 0, s.n) != NULL))
		return err_set(e, E_INPUT, "want a decimal number");
	for (size_t i = 0; i < s.n; i++)
		text[i] = (char)s.p[i];
	text[s.n] = '\0';
	return dec_parse(text, max, out, e);
}

int
slice_hash(struct slice s, uint8_t out[TLOG_HASH], struct err *e)
{
	CLEANUP(buf_free) struct buf raw = BUF_INIT(TLOG_HASH + 1);

	if (s.n != HASH_TEXT || base64_decode(s, false, &raw, e) < 0 ||
	    raw.n != TLOG_HASH)
		return err_set(e, E_INPUT, "want a hash in base64");
	tlog_copy(raw.p, out);
	return 0;
}

void
put_hash(struct buf *out, const uint8_t hash[TLOG_HASH])
{
	base64_encode(slice_of(hash, TLOG_HASH), 0, out);
	buf_putc(out, '\n');
}

/* Rule TLOG-10. */
int
hashes_parse(
    struct slice *rest, unsigned max, struct tlog_proof *out, struct err *e)
{
	struct tlog_proof p = { .n = 0 };
	struct slice line;

	for (;;) {
		if (!line_next(rest, &line))
			return err_set(e, E_INPUT, "the proof does not end");
		if (line.n == 0)
			break;
		if (p.n == max)
			return err_set(
			    e, E_INPUT, "want at most %u hashes", max);
		if (slice_hash(line, p.hash[p.n++], e) < 0)
			return -1;
	}
	*out = p;
	return 0;
}

void
hashes_format(const struct tlog_proof *p, struct buf *out)
{
	for (unsigned i = 0; i < p->n; i++)
		put_hash(out, p->hash[i]);
	buf_putc(out, '\n');
}
