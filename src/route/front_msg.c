/* SPDX-License-Identifier: Apache-2.0 */
/* The two frames of the edge between front and core. */
#include "nintei/front_msg.h"

#include <string.h>

#include "nintei/wire.h"

#define NO_HEADER 0xffu
#define STATUS_LEAST 200u
#define STATUS_MOST 599u

struct slice
front_query_get(const struct front_request *q, const char *name)
{
	for (unsigned i = 0; i < q->nquery; i++)
		if (slice_eq_str(q->query[i].name, name))
			return q->query[i].value;
	return slice_of(NULL, 0);
}

/* No control character: nothing that could end a header or a log line. */
static bool
is_line(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool
is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] > 0x7e)
			return false;
	return true;
}

/* Headers: pairs of u8 number (ascending) and text, ended by 0xff. */
static void
wr_headers(struct buf *b, const struct slice *header, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (header[i].p == NULL)
			continue;
		wr_u8(b, (uint8_t)i);
		wr_bytes(b, header[i]);
	}
	wr_u8(b, NO_HEADER);
}

static void
rd_headers(struct rd *r, struct slice *header, unsigned n)
{
	unsigned least = 0;

	while (!r->bad) {
		unsigned i = rd_u8(r);

		if (i == NO_HEADER)
			return;
		if (i < least || i >= n) {
			r->bad = true;
			return;
		}
		header[i] = rd_text(r, FRONT_HEADER_BYTES);
		if (!is_line(header[i]))
			r->bad = true;
		least = i + 1;
	}
}

enum {
	BODY_INLINE = 1,
	BODY_MEMORY = 2,
	BODY_STREAM = 3, /* of answers only, as the next */
	BODY_FILE = 4
};

/* Body: u8 kind; then bytes, or u64 size, or (a stream) nothing. */
static void
wr_body(struct buf *b, struct slice body, bool has_fd, uint64_t size)
{
	wr_u8(b, has_fd ? BODY_MEMORY : BODY_INLINE);
	if (has_fd)
		wr_u64(b, size);
	else
		wr_bytes(b, body);
}

static struct slice
rd_body(struct rd *r, uint8_t kind, uint64_t max, bool *has_fd, uint64_t *size)
{
	struct slice body = { NULL, 0 };

	*has_fd = kind == BODY_MEMORY;
	if (kind == BODY_INLINE) {
		body = rd_bytes(r, FRONT_INLINE_BYTES);
		*size = body.n;
	} else if (kind == BODY_MEMORY) {
		*size = rd_u64(r);
		r->bad = r->bad || *size == 0;
	} else {
		r->bad = true;
	}
	r->bad = r->bad || *size > max;
	return body;
}

static void
wr_reply_body(struct buf *b, const struct front_response *a)
{
	if (a->stream) {
		wr_u8(b, BODY_STREAM);
	} else if (a->file) {
		wr_u8(b, BODY_FILE);
		wr_u64(b, a->body_size);
	} else {
		wr_body(b, a->body, a->has_fd, a->body_size);
	}
}

static void
rd_reply_body(struct rd *r, struct front_response *a)
{
	uint8_t kind = rd_u8(r);

	a->stream = kind == BODY_STREAM;
	a->file = kind == BODY_FILE;
	if (a->file)
		a->body_size = rd_u64(r);
	else if (!a->stream)
		a->body = rd_body(
		    r, kind, FRONT_REPLY_BYTES, &a->has_fd, &a->body_size);
	r->bad = r->bad || a->body_size > INT64_MAX;
}

unsigned
front_response_fds(const struct front_response *a)
{
	return a->stream ? FRONT_REPLY_FDS : a->has_fd || a->file ? 1 : 0;
}

static void
rd_line(struct rd *r, char *out, size_t cap)
{
	rd_str(r, out, cap);
	r->bad = r->bad || !is_line(slice_str(out));
}

static void
wr_query(struct buf *b, const struct front_request *q)
{
	wr_u8(b, (uint8_t)q->nquery);
	for (unsigned i = 0; i < q->nquery; i++) {
		wr_bytes(b, q->query[i].name);
		wr_bytes(b, q->query[i].value);
	}
}

static void
rd_query(struct rd *r, struct front_request *q)
{
	unsigned n = rd_u8(r);

	if (n > FRONT_QUERY_MAX)
		r->bad = true;
	for (unsigned i = 0; i < n && !r->bad; i++) {
		struct slice name = rd_text(r, FRONT_QUERY_BYTES);

		q->query[i].name = name;
		q->query[i].value = rd_text(r, FRONT_QUERY_BYTES);
		if (!is_line(name) || !is_line(q->query[i].value))
			r->bad = true;
		q->nquery = i + 1;
	}
}

/* What route, body and descriptor must say together. */
static bool
request_agrees(const struct front_request *q, unsigned nfds)
{
	const struct route *route = route_get(q->route);

	if (route == NULL || nfds != (q->has_fd ? 1u : 0u))
		return false;
	if (q->method != route->method &&
	    !(q->method == METHOD_HEAD && route->method == METHOD_GET))
		return false;
	if (q->body_size > route->limit)
		return false;
	return route->body != BODY_ARCHIVE || q->body_size == 0 || q->has_fd;
}

/* What the other side would refuse must not leave: it would end the edge. */
static int
request_recheck(const struct buf *frame, bool has_fd, struct err *e)
{
	struct front_request q;
	struct err why = ERR_INIT;
	uint32_t id;

	if (front_request_decode(
		buf_slice(frame), has_fd ? 1 : 0, &id, &q, &why) < 0)
		return err_set(e, E_INTERNAL, "a request that is malformed");
	return 0;
}

static int
response_recheck(const struct buf *frame, unsigned nfds, struct err *e)
{
	struct front_response a;
	struct err why = ERR_INIT;
	uint32_t id;

	if (front_response_decode(buf_slice(frame), nfds, &id, &a, &why) < 0)
		return err_set(e, E_INTERNAL, "an answer that is malformed");
	return 0;
}

/*
 * u32 op, u32 id, u16 route, u8 method, bool tls, text peer, text instance,
 * text param[2], u8 n and n pairs of text, headers, body.
 */
int
front_request_encode(uint32_t id, const struct front_request *q,
    struct buf *frame, struct err *e)
{
	if (q->nquery > FRONT_QUERY_MAX)
		return err_set(e, E_LIMIT, "too many query members");
	wr_u32(frame, OP_FRONT_REQUEST);
	wr_u32(frame, id);
	wr_u16(frame, (uint16_t)q->route);
	wr_u8(frame, (uint8_t)q->method);
	wr_bool(frame, q->tls);
	wr_text(frame, q->peer);
	wr_text(frame, q->instance);
	for (unsigned i = 0; i < ROUTE_PARAMS; i++)
		wr_text(frame, q->param[i]);
	wr_query(frame, q);
	wr_headers(frame, q->header, FH_MAX);
	wr_body(frame, q->body, q->has_fd, q->body_size);
	if (!buf_ok(frame) || frame->n > LIMIT_FRAME_BYTES)
		return err_set(e, E_LIMIT, "the request does not fit a frame");
	return request_recheck(frame, q->has_fd, e);
}

int
front_request_decode(struct slice frame, unsigned nfds, uint32_t *out_id,
    struct front_request *out, struct err *e)
{
	struct front_request q = { 0 };
	struct rd r = rd_init(frame);
	uint8_t kind;
	uint32_t id;

	if (rd_u32(&r) != OP_FRONT_REQUEST)
		r.bad = true;
	id = rd_u32(&r);
	q.route = (enum route_id)rd_u16(&r);
	q.method = (enum method)rd_u8(&r);
	q.tls = rd_bool(&r);
	rd_line(&r, q.peer, sizeof(q.peer));
	rd_line(&r, q.instance, sizeof(q.instance));
	for (unsigned i = 0; i < ROUTE_PARAMS; i++)
		rd_line(&r, q.param[i], sizeof(q.param[i]));
	rd_query(&r, &q);
	rd_headers(&r, q.header, FH_MAX);
	kind = rd_u8(&r);
	q.body = rd_body(&r, kind, LIMIT_UPLOAD_BYTES, &q.has_fd, &q.body_size);
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "front request");
	if (!request_agrees(&q, nfds))
		return err_set(e, E_IPC, "front request: fields disagree");
	*out_id = id;
	*out = q;
	return 0;
}

static bool
response_agrees(const struct front_response *a, unsigned nfds)
{
	for (unsigned i = 0; i < FR_MAX; i++)
		if (!is_ascii(a->header[i]))
			return false;
	return a->status >= STATUS_LEAST && a->status <= STATUS_MOST &&
	    nfds == front_response_fds(a) &&
	    ((a->body_size == 0 && !a->stream) ||
		a->header[FR_CONTENT_TYPE].n > 0);
}

/* u32 op, u32 id, u16 status, headers, body. */
int
front_response_encode(uint32_t id, const struct front_response *a,
    struct buf *frame, struct err *e)
{
	wr_u32(frame, OP_FRONT_RESPONSE);
	wr_u32(frame, id);
	wr_u16(frame, (uint16_t)a->status);
	wr_headers(frame, a->header, FR_MAX);
	wr_reply_body(frame, a);
	if (!buf_ok(frame) || frame->n > LIMIT_FRAME_BYTES)
		return err_set(e, E_LIMIT, "the answer does not fit a frame");
	return response_recheck(frame, front_response_fds(a), e);
}

int
front_response_decode(struct slice frame, unsigned nfds, uint32_t *out_id,
    struct front_response *out, struct err *e)
{
	struct front_response a = { 0 };
	struct rd r = rd_init(frame);
	uint32_t id;

	if (rd_u32(&r) != OP_FRONT_RESPONSE)
		r.bad = true;
	id = rd_u32(&r);
	a.status = rd_u16(&r);
	rd_headers(&r, a.header, FR_MAX);
	rd_reply_body(&r, &a);
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "front response");
	if (!response_agrees(&a, nfds))
		return err_set(e, E_IPC, "front response: fields disagree");
	*out_id = id;
	*out = a;
	return 0;
}
