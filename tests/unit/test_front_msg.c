/* SPDX-License-Identifier: Apache-2.0 */
/* The frames between front and core: what goes in comes out, or is refused. */
#include <string.h>

#include "nintei/front_msg.h"
#include "nintei/wire.h"
#include "support/support.h"

/* Texts of all lengths that a field may have, control characters left out. */
static struct slice
text_random(uint64_t *seed, char *out, size_t max)
{
	size_t n = random_next(seed) % (max + 1);

	for (size_t i = 0; i < n; i++)
		out[i] = (char)(0x20 + random_next(seed) % 0x5f);
	return slice_of(out, n);
}

struct sample {
	struct front_request q;
	char header[FH_MAX][300];
	char name[FRONT_QUERY_MAX][40], value[FRONT_QUERY_MAX][200];
	char body[2000];
};

static void
sample_make(struct sample *s, uint64_t *seed)
{
	struct front_request *q = &s->q;
	const struct route *r =
	    route_get((enum route_id)(1 + random_next(seed) % (ROUTE_MAX - 1)));

	memset(s, 0, sizeof(*s));
	q->route = r->id;
	q->method = r->method;
	q->tls = random_next(seed) % 2 == 0;
	strcpy(q->peer, "192.0.2.1");
	strcpy(q->instance, "urn:nintei:req:1");
	strcpy(q->param[0], "\xe8\xaa\x8d");
	q->nquery = (unsigned)(random_next(seed) % (FRONT_QUERY_MAX + 1));
	for (unsigned i = 0; i < q->nquery; i++) {
		q->query[i].name = text_random(seed, s->name[i], 40);
		q->query[i].value = text_random(seed, s->value[i], 200);
	}
	for (unsigned i = 0; i < FH_MAX; i++)
		if (random_next(seed) % 2 == 0)
			q->header[i] = text_random(seed, s->header[i], 300);
	if (r->body == BODY_ARCHIVE) {
		q->has_fd = true;
		q->body_size = 1 + random_next(seed) % r->limit;
	} else if (r->body != BODY_NONE) {
		q->body = text_random(seed, s->body, sizeof(s->body));
		q->body_size = q->body.n;
	}
}

static void
ck_same(const struct front_request *a, const struct front_request *b)
{
	ck_assert_int_eq(a->route, b->route);
	ck_assert_int_eq(a->method, b->method);
	ck_assert_int_eq(a->tls, b->tls);
	ck_assert_int_eq(a->has_fd, b->has_fd);
	ck_assert_uint_eq(a->body_size, b->body_size);
	ck_assert(slice_eq(a->body, b->body));
	ck_assert_str_eq(a->peer, b->peer);
	ck_assert_str_eq(a->instance, b->instance);
	ck_assert_str_eq(a->param[0], b->param[0]);
	ck_assert_uint_eq(a->nquery, b->nquery);
	for (unsigned i = 0; i < a->nquery; i++)
		ck_assert(slice_eq(a->query[i].name, b->query[i].name) &&
		    slice_eq(a->query[i].value, b->query[i].value));
	for (unsigned i = 0; i < FH_MAX; i++)
		ck_assert(
		    (a->header[i].p == NULL) == (b->header[i].p == NULL) &&
		    slice_eq(a->header[i], b->header[i]));
}

START_TEST(requests_come_out_as_they_went_in)
{
	static struct sample s;
	uint64_t seed = 1;

	for (unsigned round = 0; round < 1000; round++) {
		CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
		struct front_request out;
		struct err e = ERR_INIT;
		uint32_t id = 0;

		sample_make(&s, &seed);
		ck_ok(front_request_encode(round, &s.q, &b, &e), &e);
		ck_ok(front_request_decode(
			  buf_slice(&b), s.q.has_fd, &id, &out, &e),
		    &e);
		ck_assert_uint_eq(id, round);
		ck_same(&s.q, &out);
	}
}
END_TEST

/* Any cut and any changed byte: a refusal or a sound request, no crash. */
START_TEST(damaged_requests_are_refused)
{
	static struct sample s;
	uint64_t seed = 2;

	for (unsigned round = 0; round < 300; round++) {
		CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
		struct front_request out;
		struct err e = ERR_INIT;
		uint32_t id = 0;
		size_t cut;

		sample_make(&s, &seed);
		ck_ok(front_request_encode(round, &s.q, &b, &e), &e);
		cut = random_next(&seed) % b.n;
		ck_code(front_request_decode(
			    slice_of(b.p, cut), s.q.has_fd, &id, &out, &e),
		    &e, E_IPC);
		b.p[random_next(&seed) % b.n] ^=
		    (uint8_t)(1 + random_next(&seed) % 255);
		e = (struct err)ERR_INIT;
		if (front_request_decode(
			buf_slice(&b), s.q.has_fd, &id, &out, &e) < 0)
			ck_assert_int_eq(e.code, E_IPC);
		else
			ck_assert_ptr_nonnull(route_get(out.route));
	}
}
END_TEST

static void
spoil_route(struct front_request *q)
{
	q->route = ROUTE_MAX;
}

static void
spoil_method(struct front_request *q)
{
	q->method = METHOD_POST;
}

static void
spoil_header(struct front_request *q)
{
	q->header[FH_ACCEPT] = slice_str("a\r\nb");
}

static void
spoil_utf8(struct front_request *q)
{
	q->query[0].name = slice_str("\xff");
	q->nquery = 1;
}

static void
spoil_body(struct front_request *q)
{
	q->body = slice_str("x"); /* the route takes none */
	q->body_size = 1;
}

static void
spoil_inline(struct front_request *q)
{
	q->route = ROUTE_PREFLIGHT; /* archives come as memory */
	q->method = METHOD_POST;
	spoil_body(q);
}

static void
spoil_size(struct front_request *q)
{
	q->route = ROUTE_PREFLIGHT;
	q->method = METHOD_POST;
	q->has_fd = true;
	q->body_size = LIMIT_UPLOAD_BYTES + 1;
}

static void (*const spoilers[])(struct front_request *) = { spoil_route,
	spoil_method, spoil_header, spoil_utf8, spoil_body, spoil_inline,
	spoil_size };

START_TEST(malformed_requests_do_not_leave)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
	struct front_request q = { .route = ROUTE_CASES, .method = METHOD_GET };
	struct err e = ERR_INIT;

	ck_ok(front_request_encode(1, &q, &b, &e), &e);
	buf_reset(&b);
	spoilers[_i](&q);
	ck_code(front_request_encode(1, &q, &b, &e), &e, E_INTERNAL);
}
END_TEST

START_TEST(descriptors_must_be_announced)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
	struct front_request q = { .route = ROUTE_CASES,
		.method = METHOD_HEAD };
	struct err e = ERR_INIT;
	uint32_t id;

	ck_ok(front_request_encode(1, &q, &b, &e), &e);
	ck_code(front_request_decode(buf_slice(&b), 1, &id, &q, &e), &e, E_IPC);
}
END_TEST

START_TEST(a_request_may_not_overflow_its_frame)
{
	static char text[FRONT_HEADER_BYTES];
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
	static uint8_t body[FRONT_INLINE_BYTES];
	struct front_request q = { .route = ROUTE_CASE_COMMAND,
		.method = METHOD_POST,
		.body = { body, sizeof(body) },
		.body_size = sizeof(body) };
	struct err e = ERR_INIT;

	memset(text, 'a', sizeof(text));
	for (unsigned i = 0; i < FH_MAX; i++)
		q.header[i] = slice_of(text, sizeof(text));
	ck_code(front_request_encode(1, &q, &b, &e), &e, E_LIMIT);
}
END_TEST

START_TEST(answers_come_out_as_they_went_in)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
	struct front_response a = { .status = 201,
		.body = { (const uint8_t *)"\0\xff", 2 },
		.body_size = 2 },
			      out;
	struct err e = ERR_INIT;
	uint32_t id = 0;

	a.header[FR_CONTENT_TYPE] = slice_str("application/json");
	a.header[FR_LOCATION] = slice_str("/v1/cases/c-1");
	ck_ok(front_response_encode(77, &a, &b, &e), &e);
	ck_ok(front_response_decode(buf_slice(&b), 0, &id, &out, &e), &e);
	ck_assert_uint_eq(id, 77);
	ck_assert_uint_eq(out.status, 201);
	ck_assert(slice_eq(a.body, out.body));
	ck_assert(slice_eq_str(out.header[FR_LOCATION], "/v1/cases/c-1"));
	ck_assert_ptr_null(out.header[FR_ETAG].p);
}
END_TEST

static const struct {
	bool memory, stream, file;
	uint64_t size;
	unsigned fds;
} kinds[] = {
	{ false, false, false, 0, 0 },
	{ true, false, false, 7, 1 },
	{ false, true, false, 0, 2 },
	{ false, false, true, 0, 1 },
	{ false, false, true, UINT64_C(5) << 40, 1 },
};

START_TEST(answers_say_what_their_descriptors_are)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
	struct front_response a = { .status = 200,
		.has_fd = kinds[_i].memory,
		.stream = kinds[_i].stream,
		.file = kinds[_i].file,
		.body_size = kinds[_i].size },
			      out;
	struct err e = ERR_INIT;
	uint32_t id = 0;

	a.header[FR_CONTENT_TYPE] = slice_str("application/octet-stream");
	ck_assert_uint_eq(front_response_fds(&a), kinds[_i].fds);
	ck_ok(front_response_encode(9, &a, &b, &e), &e);
	for (unsigned nfds = 0; nfds < 4; nfds++) {
		int rv =
		    front_response_decode(buf_slice(&b), nfds, &id, &out, &e);

		if (nfds != kinds[_i].fds) {
			ck_code(rv, &e, E_IPC);
			continue;
		}
		ck_ok(rv, &e);
		ck_assert_int_eq(out.has_fd, a.has_fd);
		ck_assert_int_eq(out.stream, a.stream);
		ck_assert_int_eq(out.file, a.file);
		ck_assert_uint_eq(out.body_size, a.body_size);
	}
}
END_TEST

START_TEST(malformed_answers_do_not_leave)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
	struct front_response a = { .status = 200 };
	struct err e = ERR_INIT;

	a.status = 199;
	ck_code(front_response_encode(1, &a, &b, &e), &e, E_INTERNAL);
	a.status = 600;
	buf_reset(&b);
	ck_code(front_response_encode(1, &a, &b, &e), &e, E_INTERNAL);
	a.status = 200;
	a.header[FR_LOCATION] = slice_str("/a\r\nSet-Cookie: b");
	buf_reset(&b);
	ck_code(front_response_encode(1, &a, &b, &e), &e, E_INTERNAL);
	a.header[FR_LOCATION] = slice_str("/\xe8\xaa\x8d");
	buf_reset(&b);
	ck_code(front_response_encode(1, &a, &b, &e), &e, E_INTERNAL);
	a.header[FR_LOCATION] = slice_of(NULL, 0);
	a.body = slice_str("x"); /* without a type */
	a.body_size = 1;
	buf_reset(&b);
	ck_code(front_response_encode(1, &a, &b, &e), &e, E_INTERNAL);
	a = (struct front_response){ .status = 200, .stream = true };
	buf_reset(&b);
	ck_code(front_response_encode(1, &a, &b, &e), &e, E_INTERNAL);
	a = (struct front_response){ .status = 200, .file = true };
	a.header[FR_CONTENT_TYPE] = slice_str("a/b");
	a.body_size = UINT64_MAX;
	buf_reset(&b);
	ck_code(front_response_encode(1, &a, &b, &e), &e, E_INTERNAL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("front_msg");
	TCase *t = tcase_create("request");

	tcase_add_test(t, requests_come_out_as_they_went_in);
	tcase_add_test(t, damaged_requests_are_refused);
	tcase_add_loop_test(
	    t, malformed_requests_do_not_leave, 0, (int)NELEM(spoilers));
	tcase_add_test(t, descriptors_must_be_announced);
	tcase_add_test(t, a_request_may_not_overflow_its_frame);
	suite_add_tcase(s, t);
	t = tcase_create("response");
	tcase_add_test(t, answers_come_out_as_they_went_in);
	tcase_add_loop_test(
	    t, answers_say_what_their_descriptors_are, 0, (int)NELEM(kinds));
	tcase_add_test(t, malformed_answers_do_not_leave);
	suite_add_tcase(s, t);
	return suite_main(s);
}
