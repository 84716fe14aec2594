/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP side of a witness: one path, one method, small bodies. */
#include "witness_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "nintei/log.h"

#define PATH "/add-checkpoint"
#define ANSWER_BYTES KIB(4)
#define SECONDS 15 /* for the head, for the body, between two requests */

struct exchange {
	struct buf body;
	bool answered;
};

static void
reply(struct http_request *r, unsigned status, const char *type,
    const char *allow, struct slice body)
{
	const struct http_field fields[] = {
		{ "Content-Type", type },
		{ allow != NULL ? "Allow" : "Cache-Control",
		    allow != NULL ? allow : "no-store" },
	};
	struct http_answer a = { .status = status,
		.fields = fields,
		.nfields = NELEM(fields),
		.body = body,
		.fd = -1 };

	http_reply(r, &a);
}

static void
refuse(
    struct http_request *r, unsigned status, const char *allow, const char *why)
{
	reply(r, status, "text/plain; charset=utf-8", allow, slice_str(why));
}

static void
on_head(struct http_request *r, void *arg)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	(void)arg;
	x->body.max = WITNESS_REQUEST_BYTES;
	*http_slot(r) = x;
	x->answered = true;
	if (!slice_eq_str(http_path(r), PATH))
		refuse(r, 404, NULL, "not found\n");
	else if (!slice_eq_str(slice_str(http_method(r)), "POST"))
		refuse(r, 405, "POST", "want POST\n");
	else if (http_length(r) > (int64_t)WITNESS_REQUEST_BYTES)
		refuse(r, 413, NULL, "too large\n");
	else
		x->answered = false;
}

static void
on_refused(struct http_request *r, unsigned status, void *arg)
{
	struct http_answer a = { .status = status, .fd = -1, .close = true };

	(void)arg;
	http_reply(r, &a);
}

static size_t
on_body(struct http_request *r, const void *p, size_t n, void *arg)
{
	struct exchange *x = *http_slot(r);

	(void)arg;
	if (x->answered)
		return n;
	buf_put(&x->body, p, n);
	if (!buf_ok(&x->body)) {
		x->answered = true;
		refuse(r, 413, NULL, "too large\n");
	}
	return n;
}

static void
record(const struct http_request *r, const struct witness_answer *a)
{
	char size[24], seen[24];
	enum log_level level = a->verdict == WITNESS_SPLIT ? LOG_L_ERROR
	    : witness_is_alarm(a->verdict)                 ? LOG_L_WARN
							   : LOG_L_INFO;

	(void)snprintf(size, sizeof(size), "%" PRIu64, a->head.size);
	(void)snprintf(seen, sizeof(seen), "%" PRIu64, a->seen);
	if (witness_is_alarm(a->verdict))
		log_ev(level, "witness.alarm", "kind", witness_word(a->verdict),
		    "log", a->origin, "size", size, "seen", seen, "kept",
		    a->alarm, "peer", http_peer(r), NULL);
	else
		log_ev(level, "witness.request", "answer",
		    witness_word(a->verdict), "log", a->origin, "size", size,
		    "seen", seen, "peer", http_peer(r), NULL);
}

static void
on_end(struct http_request *r, void *arg)
{
	struct witness_answer a = { .body = BUF_INIT(ANSWER_BYTES) };
	struct exchange *x = *http_slot(r);
	struct err e = ERR_INIT;

	if (x->answered)
		return;
	if (witness_add_checkpoint(arg, buf_slice(&x->body), &a, &e) < 0) {
		log_err("witness.failed", &e, NULL);
		refuse(r, 503, NULL, "not now\n");
	} else {
		record(r, &a);
		if (a.body.n == 0) {
			buf_puts(&a.body, witness_word(a.verdict));
			buf_putc(&a.body, '\n');
		}
		reply(r, a.status,
		    a.is_size ? "text/x.tlog.size"
			      : "text/plain; charset=utf-8",
		    NULL, buf_slice(&a.body));
	}
	buf_free(&a.body);
}

/* Nothing is ever suspended. */
static void
on_resumed(struct http_request *r, void *arg)
{
	(void)r;
	(void)arg;
}

static void
on_done(struct http_request *r, bool answered, void *arg)
{
	struct exchange *x = *http_slot(r);

	(void)answered;
	(void)arg;
	if (x != NULL)
		buf_free(&x->body);
	free(x);
}

int
witness_http_start(int listen_fd, struct slice tls_key, struct slice tls_chain,
    struct witness *w, struct http_server **out, struct err *e)
{
	struct http_config c;

	http_config_default(&c);
	c.listen_fd = listen_fd;
	c.tls_key = tls_key;
	c.tls_chain = tls_chain;
	c.max_connections = 256;
	c.max_per_address = 32;
	c.head_seconds = SECONDS;
	c.body_seconds = SECONDS;
	c.handler = (struct http_handler){
		.head = on_head,
		.refused = on_refused,
		.body = on_body,
		.end = on_end,
		.resumed = on_resumed,
		.done = on_done,
	};
	c.arg = w;
	return http_start(&c, out, e);
}
