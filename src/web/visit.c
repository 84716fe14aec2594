/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a request: head, body, core, answer. */
#include "web_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/log.h"

/* "urn:nintei:req:" and a ULID: 48 bits of time, 80 of chance. */
static void
instance_make(struct visit *v)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint64_t t = (uint64_t)clock_now(&v->web->c.clock) * 1000;
	uint8_t r[16] = { 0 };
	char *at = v->q.instance;

	(void)v->web->c.random(r, sizeof(r));
	at += snprintf(at, FRONT_INSTANCE_BYTES, "urn:nintei:req:");
	for (int i = 9; i >= 0; i--)
		*at++ = digits[t >> (5 * i) & 31];
	for (size_t i = 0; i < sizeof(r); i++)
		*at++ = digits[r[i] & 31];
	*at = '\0';
}

static struct visit *
visit_new(struct http_request *r, struct listener *l)
{
	struct visit *v = xcalloc(1, sizeof(*v));

	v->web = l->web;
	v->where = l->where;
	v->http = r;
	v->fd = v->answer_fd = v->status_fd = -1;
	v->body.max = LIMIT_COMMAND_BYTES;
	v->frame.max = LIMIT_FRAME_BYTES;
	v->q.tls = http_is_tls(r);
	snprintf(v->q.peer, sizeof(v->q.peer), "%s", http_peer(r));
	instance_make(v);
	atomic_fetch_add(&v->web->visits, 1);
	*http_slot(r) = v;
	return v;
}

/* Everything that ends a visit at its head. */
static void
refuse(struct visit *v, const struct err *e)
{
	struct http_field allow = { "Allow", v->allow };

	if (e->code == E_NOT_FOUND && v->where == WEB_PLAIN)
		answer_redirect(v);
	else if (v->wait_seconds > 0)
		answer_later(v, E_RATE, v->wait_seconds);
	else
		answer_problem(v, e, v->allow[0] != '\0' ? &allow : NULL);
}

void
visit_head(struct http_request *r, void *arg)
{
	struct visit *v = visit_new(r, arg);
	struct err e = ERR_INIT;

	if (visit_admit(v, &e) < 0) {
		refuse(v, &e);
	} else if ((v->route->flags & ROUTE_FRONT) != 0) {
		own_answer(v);
	} else if (!link_is_up(v->web)) {
		own_down(v);
	} else if (body_is_large(v)) {
		if (uploads_enter(v, &e) < 0)
			answer_problem(v, &e, NULL);
		else if (room_take(v))
			v->stage = STAGE_BODY;
	}
}

static const struct {
	unsigned status;
	const char *detail;
} rules[] = {
	{ 431, "want a head of at most 16 KiB and 100 fields" },
	{ 414, "want a shorter target" },
	{ 400,
	    "want one Host, one framing of the body, no field twice, and no "
	    "control characters" },
};

void
visit_refused(struct http_request *r, unsigned status, void *arg)
{
	struct visit *v = visit_new(r, arg);

	for (size_t i = 0; i < NELEM(rules); i++)
		if (rules[i].status == status) {
			answer_status(v, status, rules[i].detail);
			return;
		}
	answer_status(v, status, "the head is not acceptable");
}

void
visit_end(struct http_request *r, void *arg)
{
	struct visit *v = *http_slot(r);
	struct err e = ERR_INIT;

	(void)arg;
	if (body_finish(v, &e) < 0 || link_ask(v, &e) < 0)
		answer_problem(v, &e, NULL);
}

void
visit_resumed(struct http_request *r, void *arg)
{
	struct visit *v = *http_slot(r);

	(void)arg;
	if (v->failed != E_OK && v->stage == STAGE_CORE)
		own_down(v);
	else if (v->failed != E_OK)
		answer_later(v, v->failed, 10);
	else if (v->stage == STAGE_STREAM ||
	    (v->stage == STAGE_CORE && v->a.stream))
		answer_stream(v);
	else if (v->stage == STAGE_CORE)
		answer_core(v);
	else
		v->stage = STAGE_BODY; /* there is room now */
}

static void
visit_log(const struct visit *v, bool answered)
{
	char status[16], size[24];

	if (answered && v->status < 500)
		return;
	snprintf(status, sizeof(status), "%u", v->status);
	snprintf(size, sizeof(size), "%llu", (unsigned long long)v->size);
	log_ev(v->status < 500 ? LOG_L_DEBUG : LOG_L_WARN,
	    answered ? "request.failed" : "request.broken", "route",
	    v->route == NULL ? "none" : v->route->name, "status", status,
	    "bytes", size, "instance", v->q.instance, NULL);
}

void
visit_done(struct http_request *r, bool answered, void *arg)
{
	struct visit *v = *http_slot(r);

	(void)arg;
	visit_log(v, answered);
	uploads_leave(v);
	room_give(v);
	atomic_fetch_sub(&v->web->visits, 1);
	fd_closep(&v->fd);
	fd_closep(&v->answer_fd);
	fd_closep(&v->status_fd);
	buf_free(&v->body);
	buf_free(&v->frame);
	free(v->query);
	free(v);
}
