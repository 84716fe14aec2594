/* SPDX-License-Identifier: Apache-2.0 */
/* What is checked before the body of a request is read, in order. */
#include "web_int.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "nintei/enc.h"
#include "nintei/wire.h"

static const struct {
	enum front_header header;
	const char *name;
} headers[] = {
	{ FH_AUTHORIZATION, "Authorization" },
	{ FH_IDEMPOTENCY_KEY, "Idempotency-Key" },
	{ FH_IF_MATCH, "If-Match" },
	{ FH_IF_NONE_MATCH, "If-None-Match" },
	{ FH_ACCEPT, "Accept" },
	{ FH_CONTENT_TYPE, "Content-Type" },
	{ FH_REPR_DIGEST, "Repr-Digest" },
	{ FH_ACCEPT_LANGUAGE, "Accept-Language" },
	{ FH_CONTENT_ENCODING, "Content-Encoding" },
	{ FH_GIT_PROTOCOL, "Git-Protocol" },
};

static int
admit_headers(struct visit *v, struct err *e)
{
	for (size_t i = 0; i < NELEM(headers); i++) {
		struct slice s = http_header(v->http, headers[i].name);

		if (s.n > FRONT_HEADER_BYTES || !utf8_valid(s) ||
		    (s.n > 0 && memchr(s.p, '\t', s.n) != NULL))
			return err_set(e, E_INPUT,
			    "%s: want at most %d bytes of text",
			    headers[i].name, FRONT_HEADER_BYTES);
		v->q.header[headers[i].header] = s;
	}
	return 0;
}

/* The last address that our own proxy vouches for. */
static int
admit_forwarded(struct visit *v, struct err *e)
{
	struct slice s = http_header(v->http, "X-Forwarded-For");
	char text[FRONT_PEER_BYTES];
	struct in6_addr any;
	size_t from = s.n;

	if (!v->web->c.proxied || s.n == 0 || !http_is_loopback(v->http))
		return 0;
	while (from > 0 && s.p[from - 1] != ',' && s.p[from - 1] != ' ')
		from--;
	snprintf(text, sizeof(text), "%.*s", (int)(s.n - from),
	    (const char *)s.p + from);
	if (inet_pton(AF_INET, text, &any) != 1 &&
	    inet_pton(AF_INET6, text, &any) != 1)
		return err_set(e, E_INPUT, "X-Forwarded-For: want an address");
	snprintf(v->q.peer, sizeof(v->q.peer), "%s", text);
	return 0;
}

/* A proxy in front makes everybody look local: then nobody is. */
static bool
is_local_peer(const struct visit *v)
{
	return http_is_loopback(v->http) &&
	    http_header(v->http, "X-Forwarded-For").p == NULL &&
	    http_header(v->http, "Forwarded").p == NULL &&
	    http_header(v->http, "Via").p == NULL;
}

static bool
is_offered(const struct visit *v, const struct route *route)
{
	switch (v->where) {
	case WEB_METRICS:
		return route->id == ROUTE_METRICS ||
		    route->id == ROUTE_HEALTHZ || route->id == ROUTE_READYZ;
	case WEB_HTTPS:
		return (route->flags & ROUTE_LOOPBACK) == 0 || is_local_peer(v);
	case WEB_PLAIN:
		return (route->flags & ROUTE_PLAIN) != 0;
	case WEB_NONE:
	case WEB_MAX:
		break;
	}
	return false;
}

/* Rule HTTP-PATH. */
static int
admit_route(struct visit *v, struct err *e)
{
	enum method method = method_parse(http_method(v->http));
	struct route_match m = { 0 };
	enum route_result found = route_match(method, http_path(v->http), &m);

	if (found == ROUTE_BAD_PATH)
		return err_set(e, E_INPUT, "want a plain path");
	if (found == ROUTE_NO_METHOD) {
		snprintf(v->allow, sizeof(v->allow), "%s", m.allow);
		return err_set(e, E_METHOD, "want %s", m.allow);
	}
	if (found != ROUTE_FOUND || !is_offered(v, m.route))
		return err_set(e, E_NOT_FOUND, "no such path");
	v->route = m.route;
	v->q.route = m.route->id;
	v->q.method = method;
	for (unsigned i = 0; i < m.nparams; i++)
		snprintf(
		    v->q.param[i], sizeof(v->q.param[i]), "%s", m.param[i]);
	return 0;
}

/*
 * Rule HTTP-BASIC: where the route says so, the token may be a password; the
 * name before it means nothing.
 */
static bool
token_basic(struct visit *v, struct slice *s)
{
	CLEANUP(buf_free) struct buf both = BUF_INIT(FRONT_HEADER_BYTES);
	struct err e = ERR_INIT;
	const char *colon;

	if ((v->route->flags & ROUTE_BASIC) == 0 || s->n < 7 ||
	    strncasecmp((const char *)s->p, "Basic ", 6) != 0 ||
	    base64_decode(slice_of(s->p + 6, s->n - 6), false, &both, &e) < 0)
		return false;
	colon = strchr(buf_str(&both), ':');
	if (colon == NULL || strlen(buf_str(&both)) != both.n)
		return false;
	snprintf(v->basic, sizeof(v->basic), "%s", colon + 1);
	*s = slice_str(v->basic);
	for (size_t i = 0; i < s->n; i++)
		if (s->p[i] <= 0x20 || s->p[i] >= 0x7f)
			return false;
	return s->n > 0;
}

/* Rule HTTP-TOKEN: a bearer token; its value is core's business. */
static int
admit_token(struct visit *v, struct err *e)
{
	struct slice *s = &v->q.header[FH_AUTHORIZATION];

	if (s->p == NULL)
		return v->route->who == WHO_ALL
		    ? 0
		    : err_set(e, E_AUTH, "want an Authorization header");
	if (token_basic(v, s))
		return 0;
	if (s->n < 8 || strncasecmp((const char *)s->p, "Bearer ", 7) != 0 ||
	    memchr(s->p + 7, ' ', s->n - 7) != NULL)
		return err_set(e, E_AUTH, "want Authorization: Bearer <token>");
	*s = slice_of(s->p + 7, s->n - 7);
	return 0;
}

/* What anybody may ask for and what costs: checks, questions, signatures. */
static bool
asks_for_work(enum route_id id)
{
	static const enum route_id costly[] = { ROUTE_PREFLIGHT, ROUTE_TICKETS,
		ROUTE_TICKET_AGAIN, ROUTE_REGISTER_ABSENCE,
		ROUTE_REGISTER_EXPORT };

	for (size_t i = 0; i < NELEM(costly); i++)
		if (costly[i] == id)
			return true;
	return false;
}

/* Rule HTTP-RATE. */
static int
admit_rate(struct visit *v, struct err *e)
{
	struct rate *r = &v->web->rate;
	bool anonymous = v->q.header[FH_AUTHORIZATION].p == NULL;
	unsigned wait = 0;

	if (v->route->id == ROUTE_HEALTHZ)
		return 0;
	/* Anybody gets a token by asking a question: it buys no more reads. */
	if (anonymous || v->route->who == WHO_ALL)
		wait = rate_take(r, RATE_READ, v->q.peer, false, web_ms());
	if (wait == 0 && !anonymous)
		wait = rate_take(r, RATE_FAILURE, v->q.peer, true, web_ms());
	if (wait == 0 && asks_for_work(v->route->id))
		wait = rate_take(r, RATE_PREFLIGHT, v->q.peer, false, web_ms());
	v->wait_seconds = wait;
	return wait == 0 ? 0 : err_set(e, E_RATE, "wait %u seconds", wait);
}

static const char *const archives[] = { "application/zip", "application/x-tar",
	"application/gzip", "application/x-xz", "application/zstd",
	"application/vnd.etsi.asic-e+zip", NULL };
static const char *const documents[] = { "application/json", NULL };
static const char *const signatures[] = { "text/plain", "application/json",
	NULL };
static const char *const git_requests[] = {
	"application/x-git-upload-pack-request", NULL
};
static const char *const *const accepted[BODY_MAX] = {
	[BODY_JSON] = documents,
	[BODY_ARCHIVE] = archives,
	[BODY_SIGNATURE] = signatures,
	[BODY_GIT] = git_requests,
};

/* The type without its parameters, in any case. */
static bool
is_type(struct slice have, const char *want)
{
	size_t n = 0;

	while (n < have.n && have.p[n] != ';' && have.p[n] != ' ')
		n++;
	return n == strlen(want) &&
	    strncasecmp((const char *)have.p, want, n) == 0;
}

/* Rule HTTP-MEDIA. */
static int
admit_media(struct visit *v, struct err *e)
{
	struct slice have = v->q.header[FH_CONTENT_TYPE];
	const char *const *want = accepted[v->route->body];

	if (want == NULL)
		return 0;
	for (const char *const *t = want; *t != NULL; t++)
		if (have.p != NULL && is_type(have, *t))
			return 0;
	return err_set(e, E_MEDIA, "want Content-Type: %s", want[0]);
}

/*
 * Rule HTTP-CODING: git packs its larger requests with gzip; they are
 * unpacked by the child that reads them.  Elsewhere a body is as it is.
 */
static int
admit_coding(struct visit *v, struct err *e)
{
	struct slice *s = &v->q.header[FH_CONTENT_ENCODING];

	if (v->route->body != BODY_GIT || s->p == NULL ||
	    is_type(*s, "identity")) {
		*s = slice_of(NULL, 0);
		return 0;
	}
	if (!is_type(*s, "gzip") && !is_type(*s, "x-gzip"))
		return err_set(e, E_MEDIA, "want Content-Encoding: gzip");
	*s = slice_str("gzip");
	return 0;
}

/* Rule HTTP-BODY: refused before it is read. */
static int
admit_length(struct visit *v, struct err *e)
{
	int64_t n = http_length(v->http);

	if (v->route->body == BODY_NONE)
		return n == 0 ? 0 : err_set(e, E_INPUT, "want no body");
	if (n > 0 && (uint64_t)n > body_limit(v))
		return err_set(e, E_LIMIT, "want at most %llu bytes, have %lld",
		    (unsigned long long)body_limit(v), (long long)n);
	return n != 0 ? 0 : err_set(e, E_INPUT, "want a body, have none");
}

static bool
is_key(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
			return false;
	return s.n > 0 && s.n <= 255;
}

static int
admit_key(struct visit *v, struct err *e)
{
	struct slice s = v->q.header[FH_IDEMPOTENCY_KEY];
	bool needed = (v->route->flags & ROUTE_IDEMPOTENT) != 0;

	if (s.p == NULL ? !needed : is_key(s))
		return 0;
	return err_set(e, E_INPUT,
	    "want Idempotency-Key: 1 to 255 visible ASCII characters");
}

int
visit_admit(struct visit *v, struct err *e)
{
	static int (*const rules[])(struct visit *, struct err *) = {
		admit_forwarded,
		admit_route,
		admit_headers,
		admit_rate,
		admit_token,
		admit_media,
		admit_coding,
		admit_length,
		admit_key,
		query_read,
	};

	for (size_t i = 0; i < NELEM(rules); i++)
		if (rules[i](v, e) < 0)
			return -1;
	return 0;
}
