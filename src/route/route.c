/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint table and the matching of paths against it. */
#include "nintei/route.h"

#include <string.h>
#include <strings.h>

#include "nintei/enc.h"
#include "nintei/wire.h"

static const struct route routes[ROUTE_MAX] = {
#define X(n, m, p, w, b, l, f) \
	[ROUTE_##n] = { ROUTE_##n, METHOD_##m, #n, p, w, BODY_##b, l, f },
#include "nintei/routes.inc"
#undef X
};

static const char *const methods[METHOD_MAX] = { "", "GET", "HEAD", "POST",
	"PUT", "PATCH", "DELETE", "OPTIONS" };

const char *
method_name(enum method m)
{
	return (unsigned)m < METHOD_MAX ? methods[m] : "";
}

enum method
method_parse(const char *name)
{
	for (unsigned m = METHOD_NONE + 1; m < METHOD_MAX; m++)
		if (strcmp(name, methods[m]) == 0)
			return (enum method)m;
	return METHOD_NONE;
}

const struct route *
route_get(enum route_id id)
{
	if (id <= ROUTE_NONE || id >= ROUTE_MAX)
		return NULL;
	return &routes[id];
}

/* pchar of RFC 3986 3.3 without "%": what may stand unescaped. */
static bool
is_plain(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') ||
	    (c != 0 && strchr("-._~!$&'()*+,;=:@", c) != NULL);
}

/* Control characters, C1 controls apart: those are found after decoding. */
static bool
is_hostile(uint8_t c)
{
	return c < 0x20 || c == 0x7f || c == '/' || c == '\\';
}

/* The byte at *i, decoded; -1 if it may not stand there.  Moves *i on. */
static int
decode_byte(struct slice in, size_t *i)
{
	int hi, lo, c;

	if (in.p[*i] != '%') {
		c = in.p[(*i)++];
		return is_plain((uint8_t)c) ? c : -1;
	}
	if (in.n - *i < 3)
		return -1;
	hi = hex_value(in.p[*i + 1]);
	lo = hex_value(in.p[*i + 2]);
	if (hi < 0 || lo < 0)
		return -1;
	*i += 3;
	c = hi * 16 + lo;
	return is_hostile((uint8_t)c) ? -1 : c;
}

/* U+0080 to U+009F in UTF-8. */
static bool
has_c1(const char *s, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if ((uint8_t)s[i] == 0xc2 && (uint8_t)s[i + 1] < 0xa0)
			return true;
	return false;
}

static bool
is_dots(const char *s)
{
	return strcmp(s, ".") == 0 || strcmp(s, "..") == 0;
}

bool
route_decode(struct slice in, char *out, size_t cap)
{
	char text[ROUTE_PATH_BYTES + 1];
	size_t n = 0;

	for (size_t i = 0; i < in.n;) {
		int c = decode_byte(in, &i);

		if (c < 0 || n >= sizeof(text) - 1)
			return false;
		text[n++] = (char)c;
	}
	text[n] = '\0';
	if (n + 1 > cap || !utf8_valid(slice_of(text, n)) || has_c1(text, n))
		return false;
	for (size_t i = 0; i <= n; i++)
		out[i] = text[i];
	return true;
}

/* A decoded path: its segments stand one after the other in text. */
struct path {
	char text[ROUTE_PATH_BYTES + 2];
	unsigned n;
	const char *segment[16];
};

static bool
segment_add(struct path *p, struct slice raw, size_t *used)
{
	char *at = p->text + *used;

	if (p->n == NELEM(p->segment) || raw.n == 0)
		return false;
	if (!route_decode(raw, at, sizeof(p->text) - *used) || is_dots(at))
		return false;
	p->segment[p->n++] = at;
	*used += strlen(at) + 1;
	return true;
}

/* Rule HTTP-PATH: split first, then decode each segment. */
static bool
path_split(struct slice in, struct path *p)
{
	size_t used = 0, start = 1;

	if (in.n == 0 || in.n > ROUTE_PATH_BYTES || in.p[0] != '/')
		return false;
	if (in.n == 1)
		return true; /* "/": no segments, names nothing */
	for (size_t i = 1; i <= in.n; i++) {
		if (i < in.n && in.p[i] != '/')
			continue;
		if (!segment_add(p, slice_of(in.p + start, i - start), &used))
			return false;
		start = i + 1;
	}
	return true;
}

static bool
param_put(struct route_match *m, const char *text, size_t n)
{
	char *out;

	if (m->nparams == ROUTE_PARAMS || n == 0 || n > ROUTE_PARAM_BYTES)
		return false;
	out = m->param[m->nparams++];
	for (size_t i = 0; i < n; i++)
		out[i] = text[i];
	out[n] = '\0';
	return true;
}

/* One segment against "word", "{name}" or "{name}.ext"; len: of the want. */
static bool
segment_match(
    const char *want, size_t len, const char *have, struct route_match *m)
{
	const char *brace;
	size_t tail, n = strlen(have);

	if (want[0] != '{')
		return n == len && strncmp(want, have, n) == 0;
	brace = memchr(want, '}', len);
	tail = len - (size_t)(brace + 1 - want);
	if (n <= tail || strncmp(have + n - tail, brace + 1, tail) != 0)
		return false;
	return param_put(m, have, n - tail);
}

/* The segments from i on, joined by "/". */
static bool
rest_match(const struct path *p, unsigned i, struct route_match *m)
{
	char joined[ROUTE_PARAM_BYTES + 1];
	size_t n = 0;

	for (unsigned k = i; k < p->n; k++) {
		if (k > i)
			joined[n++] = '/';
		for (const char *c = p->segment[k]; *c != '\0'; c++) {
			if (n + 1 >= sizeof(joined))
				return false;
			joined[n++] = *c;
		}
	}
	return param_put(m, joined, n);
}

static bool
template_match(const char *want, const struct path *p, struct route_match *m)
{
	unsigned i = 0;

	m->nparams = 0;
	for (const char *at = want + 1; *at != '\0'; i++) {
		size_t len = strcspn(at, "/");

		if (i >= p->n)
			return false;
		if (len > 2 && at[len - 2] == '*')
			return rest_match(p, i, m);
		if (!segment_match(at, len, p->segment[i], m))
			return false;
		at += at[len] == '/' ? len + 1 : len;
	}
	return i == p->n;
}

/* "GET, HEAD" after what is already listed. */
static void
allow_add(struct route_match *m, enum method method)
{
	const char *name = method_name(method);
	size_t n = strlen(m->allow), k = strlen(name);

	if (n + k + 3 > sizeof(m->allow))
		return;
	if (n > 0) {
		m->allow[n++] = ',';
		m->allow[n++] = ' ';
	}
	for (size_t i = 0; i <= k; i++)
		m->allow[n + i] = name[i];
	if (method == METHOD_GET)
		allow_add(m, METHOD_HEAD);
}

static bool
method_fits(enum method want, enum method have)
{
	return want == have || (want == METHOD_GET && have == METHOD_HEAD);
}

enum route_result
route_match(enum method method, struct slice path, struct route_match *out)
{
	struct route_match m = { 0 };
	struct path p = { .n = 0 };

	if (!path_split(path, &p))
		return ROUTE_BAD_PATH;
	for (unsigned i = ROUTE_NONE + 1; i < ROUTE_MAX; i++) {
		if (!template_match(routes[i].path, &p, &m))
			continue;
		if (method_fits(routes[i].method, method)) {
			m.route = &routes[i];
			m.allow[0] = '\0';
			for (unsigned k = m.nparams; k < ROUTE_PARAMS; k++)
				m.param[k][0] = '\0';
			*out = m;
			return ROUTE_FOUND;
		}
		allow_add(&m, routes[i].method);
	}
	if (m.allow[0] == '\0')
		return ROUTE_NO_PATH;
	m.nparams = 0;
	*out = m;
	return ROUTE_NO_METHOD;
}
