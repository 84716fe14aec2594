/* SPDX-License-Identifier: Apache-2.0 */
/* The way to the server: where it is, who asks, what a problem means. */
#include "cli_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/conf.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

static const char *
named(const char *option, const char *variable)
{
	const char *value = option != NULL ? option : getenv(variable);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The server's URL without a slash at its end. */
static int
server_url(const struct cli *c, char **out, struct err *e)
{
	CLEANUP(config_freep) struct config *conf = NULL;
	const char *url = named(c->a.server, "NINTEI_SERVER");
	struct err why = ERR_INIT;
	size_t n;

	if (url == NULL && config_load(c->a.home, &conf, &why) < 0)
		return err_set(e, E_USAGE,
		    "which server? Use --server URL, NINTEI_SERVER or -C DIR");
	if (url == NULL)
		url = conf->urls.https;
	n = strlen(url);
	while (n > 0 && url[n - 1] == '/')
		n--;
	*out = xstrndup(url, n);
	return 0;
}

bool
remote_known(const struct cli *c)
{
	CLEANUP(freep) char *url = NULL;
	struct err e = ERR_INIT;

	return server_url(c, &url, &e) == 0;
}

static int
token_read(const struct cli *c, struct buf *out, struct err *e)
{
	const char *path = named(c->a.token_file, "NINTEI_TOKEN_FILE");

	if (path == NULL)
		return 0;
	if (fs_read(AT_FDCWD, path, KIB(4), out, e) < 0)
		return err_wrap(e, "token file");
	while (out->n > 0 && strchr(" \r\n\t", out->p[out->n - 1]) != NULL)
		out->p[--out->n] = '\0';
	return out->n > 0 ? 0 : err_set(e, E_USAGE, "the token file is empty");
}

/* --cacert, or the root of this home; NULL: the system's. */
static char *
root_file(const struct cli *c)
{
	char *path;

	if (c->a.cacert != NULL)
		return xstrdup(c->a.cacert);
	path = xasprintf("%s/keys/root/root.pem", c->a.home);
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static enum err_code
code_of_status(unsigned status)
{
	static const struct {
		unsigned status;
		enum err_code code;
	} rows[] = {
		{ 400, E_INPUT },
		{ 401, E_AUTH },
		{ 403, E_FORBIDDEN },
		{ 404, E_NOT_FOUND },
		{ 405, E_METHOD },
		{ 409, E_STORE_CONFLICT },
		{ 412, E_STORE_CONFLICT },
		{ 413, E_LIMIT },
		{ 415, E_MEDIA },
		{ 422, E_FLOW_GUARD },
		{ 428, E_STORE_PRECONDITION },
		{ 429, E_RATE },
		{ 502, E_UNAVAILABLE },
		{ 503, E_UNAVAILABLE },
		{ 504, E_UNAVAILABLE },
	};
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].status == status)
			return rows[i].code;
	return E_INTERNAL;
}

/* RFC 9457; anything else is judged by its status. */
static int
problem_of(struct cli *c, const struct fetch_answer *a, struct err *e)
{
	struct json *p = NULL;
	struct err ignored = ERR_INIT;
	const char *code, *detail;

	if (strncmp(a->content_type, "application/problem+json", 24) != 0 ||
	    jsonx_parse(buf_slice(&a->body), MIB(32), &p, &ignored) < 0)
		return err_set(e, code_of_status(a->status),
		    "the server answered %u", a->status);
	jsonx_free(c->problem);
	c->problem = p;
	code = jsonx_get_str(p, "code");
	detail = jsonx_get_str(p, "detail");
	return err_set(e,
	    code != NULL ? err_from_name(code) : code_of_status(a->status),
	    "%s", detail != NULL ? detail : "");
}

int
remote_call(struct cli *c, struct fetch_request *q, const char *path,
    struct fetch_answer *out, struct err *e)
{
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	CLEANUP(buf_free) struct buf token = BUF_INIT(KIB(8));
	CLEANUP(freep) char *base = NULL;
	CLEANUP(freep) char *url = NULL;
	CLEANUP(freep) char *root = root_file(c);

	if (server_url(c, &base, e) < 0 || token_read(c, &token, e) < 0)
		return -1;
	url = xasprintf("%s%s", base, path);
	q->url = url;
	q->ca_file = root;
	q->token = token.n > 0 ? buf_str(&token) : NULL;
	if (fetch(q, &a, e) < 0)
		return -1;
	if (a.status >= 300)
		return problem_of(c, &a, e);
	*out = a;
	a = (struct fetch_answer){ 0 };
	return 0;
}

int
remote_get(struct cli *c, const char *path, struct json **out, struct err *e)
{
	static const char *const headers[] = { "Accept: application/json",
		NULL };
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	struct fetch_request q = FETCH_INIT;

	q.headers = headers;
	if (remote_call(c, &q, path, &a, e) < 0)
		return -1;
	if (jsonx_parse(buf_slice(&a.body), MIB(32), out, e) < 0)
		return err_wrap(e, "the server's answer");
	return 0;
}

int
remote_public(struct cli *c, const char *url, struct buf *out, struct err *e)
{
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	CLEANUP(freep) char *root = root_file(c);
	struct fetch_request q = FETCH_INIT;

	q.url = url;
	q.ca_file = root;
	q.seconds = 10;
	if (fetch(&q, &a, e) < 0)
		return -1;
	if (a.status != 200)
		return err_set(e, code_of_status(a.status),
		    "the server answered %u", a.status);
	buf_put(out, a.body.p, a.body.n);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "the answer is too large");
}

#define PAGES_MAX 10000

int
remote_list(struct cli *c, const char *path, struct json **out, struct err *e)
{
	struct json *all = jsonx_object();
	struct json *items = jsonx_array();
	CLEANUP(freep) char *next = NULL;
	const struct json *page_items;
	size_t i;
	int pages;

	jsonx_set(all, "items", items);
	for (pages = 0; pages < PAGES_MAX; pages++) {
		CLEANUP(jsonx_freep) struct json *page = NULL;
		CLEANUP(freep)
		char *cursor = next == NULL ? NULL : fetch_escape(next);
		const char *by =
		    strchr(path, '?') == NULL ? "?cursor=" : "&cursor=";
		CLEANUP(freep)
		char *url = xasprintf("%s%s%s", path, next == NULL ? "" : by,
		    cursor == NULL ? "" : cursor);

		if (remote_get(c, url, &page, e) < 0) {
			jsonx_free(all);
			return -1;
		}
		page_items = jsonx_get(page, "items");
		for (i = 0; i < jsonx_len(page_items); i++)
			jsonx_add(items, jsonx_dup(jsonx_at(page_items, i)));
		free(next);
		next = NULL;
		if (jsonx_get_str(page, "next") == NULL)
			break;
		next = xstrdup(jsonx_get_str(page, "next"));
	}
	*out = all;
	return 0;
}
