/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies: archives straight into sealable memory, small ones into a buffer. */
#include "web_int.h"

#include <unistd.h>

static int
archive_write(struct visit *v, const void *p, size_t n, struct err *e)
{
	if (v->fd < 0 && memfd_new("upload", &v->fd, e) < 0)
		return -1;
	return fd_write(v->fd, p, n, e);
}

bool
body_is_large(const struct visit *v)
{
	int64_t n;

	if (v->route == NULL)
		return false;
	if (v->route->body == BODY_ARCHIVE || v->route->body == BODY_GIT)
		return true;
	/* A command with documents takes room like an archive. */
	n = http_length(v->http);
	return v->route->limit > LIMIT_JSON_BYTES &&
	    (n < 0 || n > (int64_t)LIMIT_JSON_BYTES);
}

uint64_t
body_limit(const struct visit *v)
{
	uint64_t limit = v->route->limit;

	if (v->route->body == BODY_ARCHIVE && v->web->c.upload_bytes < limit)
		limit = v->web->c.upload_bytes;
	return limit;
}

/* Rule HTTP-BODY: nothing is kept past the limit of the route. */
static int
body_put(struct visit *v, const void *p, size_t n, struct err *e)
{
	if (v->size + n > body_limit(v))
		return err_set(e, E_LIMIT, "want at most %llu bytes",
		    (unsigned long long)body_limit(v));
	v->body.max = v->route->limit;
	v->size += n;
	atomic_fetch_add(&v->web->body_bytes, n);
	if (v->route->body == BODY_ARCHIVE)
		return archive_write(v, p, n, e);
	buf_put(&v->body, p, n);
	return buf_ok(&v->body) ? 0 : err_set(e, E_LIMIT, "no memory");
}

size_t
visit_body(struct http_request *r, const void *p, size_t n, void *arg)
{
	struct visit *v = *http_slot(r);
	struct err e = ERR_INIT;

	(void)arg;
	if (body_put(v, p, n, &e) < 0)
		answer_problem(v, &e, NULL);
	return n;
}

/* What core gets: inline, or sealed. */
int
body_finish(struct visit *v, struct err *e)
{
	v->q.body_size = v->size;
	if (v->size == 0)
		return v->route->body == BODY_NONE
		    ? 0
		    : err_set(e, E_INPUT, "want a body, have none");
	if (v->fd < 0 && v->size <= FRONT_INLINE_BYTES) {
		v->q.body = buf_slice(&v->body);
		return 0;
	}
	v->q.has_fd = true;
	if (v->fd >= 0)
		return memfd_seal(v->fd, e);
	return memfd_of("body", buf_slice(&v->body), &v->fd, e);
}
