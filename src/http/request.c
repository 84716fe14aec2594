/* SPDX-License-Identifier: Apache-2.0 */
/* One request: from its first line to the end of its answer. */
#include "http_int.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *
request_begin(void *server, const char *uri, struct MHD_Connection *mhd)
{
	struct http_server *s = server;
	struct conn *c = conn_of(mhd);
	struct http_request *r;

	if (c == NULL || c->request != NULL)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->conn = c;
	r->mhd = mhd;
	r->target = xstrdup(uri);
	c->request = r;
	conn_phase(c, PHASE_HEAD, s->c.head_seconds);
	return r;
}

void
request_free(struct http_request *r)
{
	if (r == NULL)
		return;
	if (r->response != NULL)
		MHD_destroy_response(r->response);
	free(r->method);
	free(r->target);
	free(r);
}

void
request_done(void *server, struct MHD_Connection *mhd, void **context,
    enum MHD_RequestTerminationCode code)
{
	struct http_server *s = server;
	struct http_request *r = *context;
	struct conn *c;

	(void)mhd;
	if (r == NULL)
		return;
	c = r->conn;
	if (r->begun) {
		s->c.handler.done(
		    r, code == MHD_REQUEST_TERMINATED_COMPLETED_OK, s->c.arg);
		atomic_fetch_sub(&s->in_flight, 1);
	}
	c->request = NULL;
	conn_phase(c, PHASE_IDLE, s->c.idle_seconds);
	request_free(r);
	*context = NULL;
}

static const char *
method_of(const struct http_request *r)
{
	return r->method == NULL ? "" : r->method;
}

/* What a body of n bytes at the least rate may take, after the grace. */
static int64_t
transfer_seconds(const struct http_server *s, uint64_t n)
{
	return (int64_t)s->c.body_seconds + (int64_t)(n / s->c.min_rate);
}

static void
reply_take(struct http_request *r)
{
	struct http_server *s = r->conn->server;

	r->answered = true;
	conn_phase(r->conn, PHASE_REPLY, transfer_seconds(s, r->reply_bytes));
}

/* Only where the library takes an answer: at the head, or after the body. */
static enum MHD_Result
reply_queue(struct http_request *r)
{
	enum MHD_Result rv;

	reply_take(r);
	rv = MHD_queue_response(r->mhd, r->status, r->response);
	MHD_destroy_response(r->response);
	r->response = NULL;
	return rv;
}

static bool
body_unread(const struct http_request *r)
{
	return r->length != 0 && !r->ended;
}

/*
 * After the head was looked at, at once or on resuming: an answer now means
 * that the body stays unread.
 */
static enum MHD_Result
leave_head(struct http_server *s, struct http_request *r)
{
	if (r->response != NULL) {
		r->conn->linger = body_unread(r);
		return reply_queue(r);
	}
	if (r->suspended)
		return MHD_YES; /* the library comes back to the head */
	r->in_head = false;
	r->body_from_ms = ms_now();
	conn_phase(r->conn, PHASE_BODY, transfer_seconds(s, 0));
	return MHD_YES;
}

static enum MHD_Result
run_head(struct http_server *s, struct http_request *r, const char *method)
{
	unsigned status;

	r->begun = r->in_head = true;
	atomic_fetch_add(&s->in_flight, 1);
	r->method = xstrdup(method);
	conn_phase(r->conn, PHASE_WAIT, -1);
	if ((status = head_check(r)) == 0)
		s->c.handler.head(r, s->c.arg);
	else
		s->c.handler.refused(r, status, s->c.arg);
	return leave_head(s, r);
}

/* Bytes behind an answer that could not be sent yet. */
static enum MHD_Result
run_discard(struct http_request *r, size_t *size)
{
	r->got += *size;
	*size = 0;
	return r->got > HTTP_DISCARD_BYTES && r->length < 0 ? MHD_NO : MHD_YES;
}

static void
body_deadline(struct http_server *s, struct http_request *r)
{
	int64_t used = (ms_now() - r->body_from_ms) / 1000;

	conn_phase(r->conn, PHASE_BODY, transfer_seconds(s, r->got) - used);
}

static enum MHD_Result
run_body(struct http_server *s, struct http_request *r, const char *data,
    size_t *size)
{
	size_t taken;

	if (r->response != NULL)
		return run_discard(r, size);
	taken = s->c.handler.body(r, data, *size, s->c.arg);
	r->got += taken;
	*size -= taken;
	if (r->response != NULL)
		r->got = 0; /* from here on: what is discarded */
	else if (!r->suspended)
		body_deadline(s, r);
	return MHD_YES;
}

static enum MHD_Result
run_end(struct http_server *s, struct http_request *r)
{
	if (!r->ended) {
		r->ended = true;
		conn_phase(r->conn, PHASE_WAIT, -1);
		if (r->response == NULL)
			s->c.handler.end(r, s->c.arg);
	}
	if (r->response != NULL)
		return reply_queue(r);
	return r->suspended ? MHD_YES : MHD_NO; /* a handler that forgot */
}

enum MHD_Result
request_run(void *server, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **context)
{
	struct http_server *s = server;
	struct http_request *r = *context;

	(void)mhd;
	(void)url;
	(void)version;
	if (r == NULL)
		return MHD_NO;
	if (!r->begun)
		return run_head(s, r, method);
	if (r->answered)
		return MHD_YES;
	if (atomic_exchange(&r->resumed, false)) {
		r->body_from_ms += ms_now() - r->suspended_ms;
		r->suspended = false;
		s->c.handler.resumed(r, s->c.arg);
		if (r->in_head)
			return leave_head(s, r);
	}
	if (r->suspended)
		return MHD_YES;
	return *size > 0 ? run_body(s, r, data, size) : run_end(s, r);
}

const char *
http_method(const struct http_request *r)
{
	return method_of(r);
}

struct slice
http_path(const struct http_request *r)
{
	return slice_of(r->target, strcspn(r->target, "?"));
}

struct slice
http_query(const struct http_request *r)
{
	const char *q = strchr(r->target, '?');

	return slice_str(q == NULL ? "" : q + 1);
}

struct slice
http_header(const struct http_request *r, const char *name)
{
	const char *value = NULL;
	size_t n = 0;

	if (MHD_lookup_connection_value_n(r->mhd, MHD_HEADER_KIND, name,
		strlen(name), &value, &n) != MHD_YES)
		return slice_of(NULL, 0);
	return slice_of(value == NULL ? "" : value, n);
}

const char *
http_peer(const struct http_request *r)
{
	return r->conn->peer;
}

bool
http_is_loopback(const struct http_request *r)
{
	return r->conn->loopback;
}

bool
http_is_tls(const struct http_request *r)
{
	return r->conn->server->key != NULL;
}

int64_t
http_length(const struct http_request *r)
{
	return r->length;
}

void **
http_slot(struct http_request *r)
{
	return &r->slot;
}

void
http_suspend(struct http_request *r)
{
	r->suspended = true;
	r->suspended_ms = ms_now();
	conn_phase(r->conn, PHASE_WAIT, -1);
	MHD_suspend_connection(r->mhd);
}

void
http_resume(struct http_request *r)
{
	atomic_store(&r->resumed, true);
	MHD_resume_connection(r->mhd);
}

static struct MHD_Response *
response_of(struct http_request *r, struct http_answer *a)
{
	struct MHD_Response *m;
	char empty[1] = "";

	if (a->stream)
		return stream_response(r, a);
	if (a->fd < 0)
		return MHD_create_response_from_buffer_with_free_callback(
		    0, empty, NULL);
	m = MHD_create_response_from_fd_at_offset64(a->fd_size, a->fd, 0);
	if (m == NULL)
		close(a->fd);
	a->fd = -1;
	return m;
}

static struct MHD_Response *
response_copy(struct slice body)
{
	struct buf copy = BUF_INIT(body.n);

	buf_put(&copy, body.p, body.n);
	if (!buf_ok(&copy))
		return NULL;
	return MHD_create_response_from_buffer(
	    body.n, copy.p, MHD_RESPMEM_MUST_FREE);
}

static bool
fields_add(struct MHD_Response *m, const struct http_answer *a)
{
	for (size_t i = 0; i < a->nfields; i++)
		if (MHD_add_response_header(
			m, a->fields[i].name, a->fields[i].value) != MHD_YES)
			return false;
	return true;
}

void
http_reply(struct http_request *r, struct http_answer *take)
{
	bool last = take->close || atomic_load(&r->conn->server->quiesced);
	struct MHD_Response *m;

	r->reply_bytes = take->stream ? 0
	    : take->fd < 0            ? take->body.n
				      : take->fd_size;
	m = take->fd < 0 && take->body.n > 0 ? response_copy(take->body)
					     : response_of(r, take);
	if (m == NULL)
		return;
	if (!fields_add(m, take) ||
	    (last &&
		MHD_add_response_header(m, "Connection", "close") != MHD_YES)) {
		MHD_destroy_response(m);
		return;
	}
	r->status = take->status;
	r->response = m;
}
