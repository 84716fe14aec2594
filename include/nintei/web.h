/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WEB_H
#define NINTEI_WEB_H
/*
 * web: what front does with a request: routing, limits, bodies into sealed
 * memory, the way to core and back, headers, problems (RFC 9457).
 * Runs in: front.  Holds: bodies under way, the edge to core.
 * Trusts: core, within the bounds of front_msg.h; nobody else.
 * Rules: HTTP-* in docs/HTTP.md.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/http.h"
#include "nintei/instant.h"

struct web;

/* How often one address may; GCRA with a burst. */
struct web_rate {
	unsigned count; /* per period */
	unsigned period_seconds;
	unsigned burst;
};

struct web_config {
	const char *url; /* urls.https, no slash at the end */
	bool proxied; /* X-Forwarded-For counts, from loopback only */
	uint64_t upload_bytes; /* of one body */
	uint64_t body_bytes; /* of all archives under way together */
	unsigned uploads_per_address;
	unsigned core_seconds; /* until core must have answered */
	unsigned upload_seconds; /* the same, where a body is an archive */
	unsigned memory_seconds; /* an upload waits for room at most */
	struct web_rate reads; /* without a token */
	struct web_rate preflights;
	struct web_rate failures; /* answers 401 to a token */
	struct clock clock;
	int (*random)(void *out, size_t n); /* 0 or -1 */
};

/* Values of WEB 5.2 and 11; clock and random are the system's. */
void web_config_default(struct web_config *out);
/* url is copied. */
int web_new(
    const struct web_config *c, struct web **out, struct err *e) MUST_CHECK;
/* After http_stop() of every attached server. */
void web_free(struct web *w);
DEFINE_STRUCT_CLEANUP(web, web_free)

enum web_listener {
	WEB_NONE = 0,
	WEB_HTTPS, /* everything */
	WEB_PLAIN, /* ROUTE_PLAIN; the rest is redirected to url */
	WEB_METRICS, /* /metrics, /healthz, /readyz */
	WEB_MAX
};
/* Fill in handler and arg of c. */
void web_attach(struct web *w, enum web_listener which, struct http_config *c);

/*
 * The edge to core, already greeted; replaces the one before, whose requests
 * are answered 503.  Owns fd.  Any thread.
 */
void web_core(struct web *w, int fd);
/* Every waiting request is answered 503 now; new ones too. */
void web_abandon(struct web *w);

#endif
