/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: JSON, bytes, problems (RFC 9457), entity tags. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/log.h"

#define BODY_MAX_BYTES MIB(32)

void
answer_init(struct answer *a)
{
	struct answer empty = { .body = BUF_INIT(BODY_MAX_BYTES),
		.fd = -1,
		.stream_fd = -1,
		.status_fd = -1 };

	*a = empty;
}

void
answer_done(struct answer *a)
{
	for (size_t i = 0; i < FR_MAX; i++)
		freep(&a->header[i]);
	buf_free(&a->body);
	fd_closep(&a->fd);
	fd_closep(&a->stream_fd);
	fd_closep(&a->status_fd);
}

void
answer_header(struct answer *a, enum front_reply_header h, const char *value)
{
	freep(&a->header[h]);
	if (value != NULL)
		a->header[h] = xstrdup(value);
}

void
answer_json(struct answer *a, unsigned status, struct json *take)
{
	CLEANUP(jsonx_freep) struct json *j = take;

	a->status = status;
	buf_reset(&a->body);
	jsonx_canonical(j, &a->body);
	if (!buf_ok(&a->body)) { /* never half a document */
		a->status = 500;
		buf_reset(&a->body);
	}
	answer_header(a, FR_CONTENT_TYPE, "application/json");
}

void
answer_bytes(struct answer *a, const char *type, struct slice bytes)
{
	a->status = 200;
	buf_reset(&a->body);
	buf_put(&a->body, bytes.p, bytes.n);
	answer_header(a, FR_CONTENT_TYPE, type);
}

/* INTERFACE 7 lists the codes that leave; others become one of them. */
static const char *
public_code(enum err_code code)
{
	static const struct {
		enum err_code ours;
		const char *theirs;
	} map[] = {
		{ E_STORE_PRECONDITION, "E_STORE_CONFLICT" },
		{ E_STORE_LOCKED, "E_UNAVAILABLE" },
		{ E_SIGNER_REFUSED, "E_FLOW_GUARD" },
		{ E_METHOD, "E_INPUT" },
		{ E_FORBIDDEN, "E_NOT_FOUND" },
		{ E_INVALID, "E_INPUT" },
		{ E_USAGE, "E_INPUT" },
	};

	for (size_t i = 0; i < NELEM(map); i++)
		if (map[i].ours == code)
			return map[i].theirs;
	return err_status(code) >= 500 && code != E_UNAVAILABLE
	    ? "E_INTERNAL"
	    : err_name(code);
}

static unsigned
problem_status(const struct visit *v, enum err_code code)
{
	if (code == E_STORE_CONFLICT && v->by_if_match)
		return 412;
	return code == E_STORE_LOCKED ? 503 : (unsigned)err_status(code);
}

/* What a refusal by the regulation says beside the words. */
static void
set_refusal(struct json *j, const struct visit *v, enum err_code code)
{
	const struct flow_refusal *r = &v->refusal;
	struct json *guards;

	if (code == E_SIGNER_REFUSED) {
		jsonx_set_str(j, "guard", "approvals_verified");
		return;
	}
	if (r->machine == M_NONE)
		return;
	jsonx_set_str(j, "machine", machine_name(r->machine));
	jsonx_set_str(j, "state", state_name(r->state));
	jsonx_set_str(j, "event", r->event);
	if (r->article != NULL && r->article[0] != '\0')
		jsonx_set_str(j, "article", r->article);
	if (r->n_failed == 0)
		return;
	guards = jsonx_array();
	for (size_t i = 0; i < r->n_failed; i++)
		jsonx_add_str(guards, guard_name(r->failed[i]));
	jsonx_set_str(j, "guard", guard_name(r->failed[0]));
	jsonx_set(j, "guards", guards);
	if (v->since != 0)
		set_instant(j, "since", v->since);
	if (v->until != 0)
		set_instant(j, "until", v->until);
}

void
answer_problem(const struct visit *v, struct answer *a, const struct err *e)
{
	struct json *j = jsonx_object();
	CLEANUP(freep)
	char *type = xasprintf("/problems/%s", err_slug(e->code));
	unsigned status = problem_status(v, e->code);

	jsonx_set_str(j, "type", type);
	jsonx_set_str(j, "title", err_title(e->code));
	jsonx_set_int(j, "status", status);
	jsonx_set_str(j, "detail",
	    status >= 500 && e->code != E_UNAVAILABLE
		? "The failure was logged under the instance."
		: e->detail);
	jsonx_set_str(j, "instance", v->q->instance);
	jsonx_set_str(j, "code", public_code(e->code));
	set_refusal(j, v, e->code);
	if (v->findings.n > 0)
		jsonx_set(j, "findings", jsonx_findings(&v->findings));
	if (v->problem_case[0] != '\0')
		jsonx_set_str(j, "case", v->problem_case);
	jsonx_set(j, "receipt", jsonx_dup(v->problem_receipt));
	answer_json(a, status, j);
	answer_header(a, FR_CONTENT_TYPE, "application/problem+json");
	if (status == 503 || status == 429)
		answer_header(a, FR_RETRY_AFTER, "5");
	if (status >= 500 || e->code == E_SIGNER_REFUSED)
		log_err("request.failed", e, v->q->instance);
}

/* Is this version among the tags of If-None-Match? */
static bool
tag_listed(struct slice list, const char *tag)
{
	CLEANUP(freep) char *text = slice_dup(list);

	return text != NULL &&
	    (strcmp(text, "*") == 0 || strstr(text, tag) != NULL);
}

bool
answer_etag(const struct visit *v, struct answer *a, const char *version)
{
	CLEANUP(freep) char *tag = xasprintf("\"%s.j1\"", version);

	answer_header(a, FR_ETAG, tag);
	if (v->q->method == METHOD_POST ||
	    v->q->header[FH_IF_NONE_MATCH].p == NULL ||
	    !tag_listed(v->q->header[FH_IF_NONE_MATCH], tag))
		return false;
	a->status = 304;
	buf_reset(&a->body);
	answer_header(a, FR_CONTENT_TYPE, NULL);
	return true;
}
