/* SPDX-License-Identifier: Apache-2.0 */
/* The query of a target: decoded once, strictly. */
#include "web_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/wire.h"

static int
hex(char c)
{
	const char *digits = "0123456789abcdef", *at;

	at = c == '\0' ? NULL
		       : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
	return at == NULL ? -1 : (int)(at - digits);
}

/* Decode in place up to end; -1 if it is not well-formed. */
static int
decode(char *s, char *end, struct slice *out)
{
	char *to = s;

	for (char *at = s; at < end; at++) {
		int c = *at == '+' ? ' ' : (unsigned char)*at;

		if (*at == '%') {
			int hi = hex(at[1]);
			int lo = hi < 0 ? -1 : hex(at[2]);

			if (lo < 0)
				return -1;
			c = hi * 16 + lo;
			at += 2;
		}
		if (c < 0x20 || c == 0x7f)
			return -1;
		*to++ = (char)c;
	}
	*out = slice_of(s, (size_t)(to - s));
	return out->n <= FRONT_QUERY_BYTES && utf8_valid(*out) ? 0 : -1;
}

static int
pair_read(struct front_request *q, char *s, char *end)
{
	struct front_query *x = &q->query[q->nquery];
	char *eq = memchr(s, '=', (size_t)(end - s));

	if (q->nquery == FRONT_QUERY_MAX)
		return -1;
	if (decode(s, eq == NULL ? end : eq, &x->name) < 0 || x->name.n == 0)
		return -1;
	x->value = slice_str("");
	if (eq != NULL && decode(eq + 1, end, &x->value) < 0)
		return -1;
	for (unsigned i = 0; i < q->nquery; i++)
		if (slice_eq(q->query[i].name, x->name))
			return -1;
	q->nquery++;
	return 0;
}

int
query_read(struct visit *v, struct err *e)
{
	struct slice raw = http_query(v->http);
	char *s, *end;

	if (raw.n == 0)
		return 0;
	v->query = xstrndup((const char *)raw.p, raw.n);
	for (s = v->query; *s != '\0'; s = *end == '\0' ? end : end + 1) {
		end = s + strcspn(s, "&");
		if (end > s && pair_read(&v->q, s, end) < 0)
			return err_set(e, E_INPUT,
			    "want a query of at most %d different names, each "
			    "name and value at most %d bytes of UTF-8",
			    FRONT_QUERY_MAX, FRONT_QUERY_BYTES);
	}
	return 0;
}
