/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: headers that each one carries, and what core said. */
#include "web_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fields under way; values in text are freed with it. */
struct fields {
	struct http_field at[FIELDS_MAX];
	size_t n;
	char *owned[FR_MAX];
	size_t n_owned;
};

static void
fields_free(struct fields *f)
{
	for (size_t i = 0; i < f->n_owned; i++)
		free(f->owned[i]);
}

static void
field_add(struct fields *f, const char *name, const char *value)
{
	if (f->n < FIELDS_MAX)
		f->at[f->n++] = (struct http_field){ name, value };
}

/* WEB 1.3, as far as it applies to data. */
static const struct http_field secure[] = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Permissions-Policy",
	    "camera=(), microphone=(), geolocation=(), "
	    "publickey-credentials-get=(), publickey-credentials-create=()" },
};

static const char *
policy_of(const struct visit *v)
{
	if (v->route != NULL && v->route->id == ROUTE_CASE_DOCUMENT)
		return "sandbox; default-src 'none'";
	return "default-src 'none'; form-action 'none'; "
	       "frame-ancestors 'none'; base-uri 'none'";
}

static void
fields_secure(struct fields *f, const struct visit *v)
{
	bool open = v->route != NULL && (v->route->flags & ROUTE_PUBLIC) != 0;

	for (size_t i = 0; i < NELEM(secure); i++)
		field_add(f, secure[i].name, secure[i].value);
	field_add(f, "Content-Security-Policy", policy_of(v));
	field_add(f, "Cross-Origin-Resource-Policy",
	    open ? "cross-origin" : "same-origin");
	if (http_is_tls(v->http))
		field_add(f, "Strict-Transport-Security", "max-age=63072000");
}

static bool
has_field(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->at[i].name, name) == 0)
			return true;
	return false;
}

static void
fields_default(struct fields *f, const struct visit *v, unsigned status)
{
	if (!has_field(f, "Cache-Control"))
		field_add(f, "Cache-Control", "no-store");
	if (status != 401)
		return;
	/* Rule HTTP-BASIC: git asks for a password only when told to. */
	if (v->route != NULL && (v->route->flags & ROUTE_BASIC) != 0)
		field_add(f, "WWW-Authenticate",
		    "Basic realm=\"nintei\", charset=\"UTF-8\"");
	field_add(f, "WWW-Authenticate", "Bearer realm=\"nintei\"");
}

static void
count(struct visit *v, unsigned status)
{
	unsigned hundreds = status / 100;

	v->status = status;
	if (hundreds < NELEM(v->web->answered))
		atomic_fetch_add(&v->web->answered[hundreds], 1);
	if (status == 429)
		atomic_fetch_add(&v->web->limited, 1);
}

static void
send_fields(struct visit *v, struct fields *f, struct http_answer *a)
{
	fields_secure(f, v);
	fields_default(f, v, a->status);
	count(v, a->status);
	a->fields = f->at;
	a->nfields = f->n;
	http_reply(v->http, a);
}

void
answer_send(struct visit *v, const struct reply *r)
{
	struct fields f = { .n = 0 };
	struct http_answer a = {
		.status = r->status, .body = r->body, .fd = -1
	};

	if (r->body.n > 0)
		field_add(&f, "Content-Type", r->type);
	for (size_t i = 0; i < r->nfields; i++)
		field_add(&f, r->fields[i].name, r->fields[i].value);
	send_fields(v, &f, &a);
}

void
answer_redirect(struct visit *v)
{
	CLEANUP(freep) char *to = NULL;
	struct slice path = http_path(v->http), query = http_query(v->http);
	struct http_field field = { "Location", NULL };

	to = xasprintf("%s%.*s%s%.*s", v->web->url, (int)path.n,
	    (const char *)path.p, query.n > 0 ? "?" : "", (int)query.n,
	    (const char *)query.p);
	field.value = to;
	answer_send(v,
	    &(struct reply){ .status = 308, .fields = &field, .nfields = 1 });
}

static const char *const reply_names[FR_MAX] = {
	[FR_CONTENT_TYPE] = "Content-Type",
	[FR_ETAG] = "ETag",
	[FR_LOCATION] = "Location",
	[FR_CACHE_CONTROL] = "Cache-Control",
	[FR_RETRY_AFTER] = "Retry-After",
	[FR_ALLOW] = "Allow",
	[FR_CONTENT_DISPOSITION] = "Content-Disposition",
	[FR_LINK] = "Link",
	[FR_VARY] = "Vary",
	[FR_CONTENT_LOCATION] = "Content-Location",
};

static void
fields_core(struct fields *f, const struct front_response *a)
{
	for (unsigned i = 0; i < FR_MAX; i++) {
		char *value;

		if (a->header[i].p == NULL ||
		    (value = slice_dup(a->header[i])) == NULL)
			continue;
		f->owned[f->n_owned++] = value;
		field_add(f, reply_names[i], value);
	}
}

static bool
is_metrics(const struct visit *v)
{
	return v->route->id == ROUTE_METRICS && v->a.status == 200 &&
	    !v->a.has_fd;
}

void
answer_core(struct visit *v)
{
	CLEANUP(fields_free) struct fields f = { .n = 0 };
	CLEANUP(buf_free) struct buf both = BUF_INIT(MIB(1));
	struct http_answer a = {
		.status = v->a.status, .body = v->a.body, .fd = -1
	};

	fields_core(&f, &v->a);
	if (v->a.has_fd || v->a.file || v->a.stream) {
		a.fd = TAKE_FD(v->answer_fd);
		a.fd_size = v->a.body_size;
		a.stream = v->a.stream;
		a.end_fd = v->status_fd;
	}
	if (is_metrics(v)) {
		buf_put(&both, v->a.body.p, v->a.body.n);
		own_metrics(v->web, &both);
		a.body = buf_slice(&both);
	}
	if (a.status == 401 && v->q.header[FH_AUTHORIZATION].p != NULL)
		(void)rate_take(
		    &v->web->rate, RATE_FAILURE, v->q.peer, false, web_ms());
	send_fields(v, &f, &a);
}
