/* SPDX-License-Identifier: Apache-2.0 */
/* Routes that front answers by itself, and its share of the metrics. */
#include "web_int.h"

#include <stdio.h>
#include <string.h>

#define CACHE_OWN "public, max-age=300"

static void
send_json(struct visit *v, const char *type, const struct buf *b)
{
	bool open = (v->route->flags & ROUTE_PUBLIC) != 0;
	struct http_field cache = { "Cache-Control",
		open ? CACHE_OWN : "no-store" };

	answer_send(v,
	    &(struct reply){ .status = 200,
		.type = type,
		.fields = &cache,
		.nfields = 1,
		.body = buf_slice(b) });
}

static void
own_health(struct visit *v)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(256);

	buf_puts(&b, "{\"status\":\"ok\"}");
	send_json(v, "application/json", &b);
}

/* FNV-1a: an entity tag, no proof. */
void
own_init(struct web *w)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < web_openapi_size; i++)
		h = (h ^ web_openapi[i]) * 0x100000001b3u;
	snprintf(w->openapi_etag, sizeof(w->openapi_etag), "\"%016llx\"",
	    (unsigned long long)h);
}

static void
own_openapi(struct visit *v)
{
	const struct http_field fields[] = { { "Cache-Control", CACHE_OWN },
		{ "ETag", v->web->openapi_etag } };
	bool same =
	    slice_eq_str(v->q.header[FH_IF_NONE_MATCH], v->web->openapi_etag);
	struct slice body = slice_of(web_openapi, web_openapi_size);

	answer_send(v,
	    &(struct reply){ .status = same ? 304 : 200,
		.type = "application/json",
		.fields = fields,
		.nfields = NELEM(fields),
		.body = same ? slice_of(NULL, 0) : body });
}

/* RFC 9727. */
static void
own_catalog(struct visit *v)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(4));
	CLEANUP(freep) char *anchor = xasprintf("%s/v1", v->web->url);
	CLEANUP(freep) char *href = xasprintf("%s/openapi.json", v->web->url);

	buf_puts(&b, "{\"linkset\":[{\"anchor\":");
	quote_put(&b, anchor);
	buf_puts(&b, ",\"service-desc\":[{\"href\":");
	quote_put(&b, href);
	buf_puts(&b, ",\"type\":\"application/json\"}]}]}");
	send_json(v, "application/linkset+json", &b);
}

static enum err_code
code_of(const char *slug)
{
	for (unsigned c = E_OK + 1; c < E_MAX; c++)
		if (strcmp(err_slug((enum err_code)c), slug) == 0)
			return (enum err_code)c;
	return E_OK;
}

/* What a problem's type means: the same words as in every problem. */
static void
own_problem(struct visit *v)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(4));
	enum err_code code = code_of(v->q.param[0]);
	struct err e = ERR_INIT;

	if (code == E_OK) {
		err_set(&e, E_NOT_FOUND, "no such problem");
		answer_problem(v, &e, NULL);
		return;
	}
	buf_putf(&b, "{\"type\":\"/problems/%s\",\"title\":", err_slug(code));
	quote_put(&b, err_title(code));
	buf_putf(&b, ",\"status\":%d,\"code\":\"%s\",\"exit\":%d}",
	    err_status(code), err_name(code), err_exit(code));
	send_json(v, "application/json", &b);
}

void
own_answer(struct visit *v)
{
	static const struct {
		enum route_id route;
		void (*answer)(struct visit *v);
	} own[] = {
		{ ROUTE_HEALTHZ, own_health },
		{ ROUTE_OPENAPI, own_openapi },
		{ ROUTE_API_CATALOG, own_catalog },
		{ ROUTE_PROBLEM, own_problem },
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < NELEM(own); i++)
		if (own[i].route == v->route->id) {
			own[i].answer(v);
			return;
		}
	err_set(&e, E_NOT_FOUND, "no such path");
	answer_problem(v, &e, NULL);
}

static void
metric(struct buf *b, const char *name, const char *kind, uint64_t value)
{
	buf_putf(b, "# TYPE nintei_front_%s %s\nnintei_front_%s %llu\n", name,
	    kind, name, (unsigned long long)value);
}

void
own_metrics(struct web *w, struct buf *out)
{
	static const char *const label[] = { "", "1xx", "2xx", "3xx", "4xx",
		"5xx" };

	buf_puts(out, "# TYPE nintei_front_answers_total counter\n");
	for (size_t i = 2; i < NELEM(label); i++)
		buf_putf(out,
		    "nintei_front_answers_total{status=\"%s\"} %llu\n",
		    label[i], (unsigned long long)atomic_load(&w->answered[i]));
	metric(out, "limited_total", "counter", atomic_load(&w->limited));
	metric(out, "body_bytes_total", "counter", atomic_load(&w->body_bytes));
	metric(out, "requests_in_flight", "gauge", atomic_load(&w->visits));
	pthread_mutex_lock(&w->link.lock);
	metric(out, "queue_depth", "gauge", w->link.busy);
	metric(out, "core_up", "gauge", w->link.read_fd >= 0);
	pthread_mutex_unlock(&w->link.lock);
	pthread_mutex_lock(&w->room.lock);
	metric(out, "upload_memory_bytes", "gauge", w->room.used);
	pthread_mutex_unlock(&w->room.lock);
}

void
own_down(struct visit *v)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(16));

	if (v->route->id != ROUTE_METRICS) {
		answer_later(v, E_UNAVAILABLE, 1);
		return;
	}
	own_metrics(v->web, &b);
	send_json(v, "text/plain; version=0.0.4; charset=utf-8", &b);
}
