/* SPDX-License-Identifier: Apache-2.0 */
/* add-checkpoint at one witness, again with the size it wants if need be. */
#include "cosigners_int.h"

#include <inttypes.h>

#define TRIES 3 /* two 409: it was asked by somebody else meanwhile */

struct question {
	struct member *m;
	const struct target *t;
	uint64_t known; /* the largest size that will be offered */
	uint64_t old;
};

/* Refused for good; people must look. */
static int
refused(struct said *out, struct err *e, const char *why)
{
	out->outcome = OUT_REFUSED;
	return err_set(e, E_INVALID, "%s", why);
}

static int
on_cosigned(const struct question *q, const struct cosign_answer *a,
    struct said *out, struct err *e)
{
	const struct cosigners *c = q->m->all;

	if (answer_line(buf_slice(&q->t->note), &q->m->key, buf_slice(&a->body),
		(uint64_t)clock_now(&c->o.clock), out, e) < 0)
		return -1;
	out->outcome = OUT_COSIGNED;
	out->size = q->t->head.size;
	return 0;
}

/* WIT-5: what size it has; the question is changed for another try. */
static int
on_conflict(struct question *q, const struct cosign_answer *a, struct said *out,
    struct err *e)
{
	uint64_t size;

	if (!a->is_size)
		return refused(out, e,
		    "409: it has another checkpoint of "
		    "this size");
	if (witness_size_parse(buf_slice(&a->body), &size, e) < 0)
		return err_wrap(e, "409");
	if (size == q->old)
		return refused(out, e,
		    "409: it has another checkpoint of "
		    "this size");
	out->size = size;
	if (size > q->known)
		return refused(out, e,
		    "it has cosigned a larger log than "
		    "this: events were lost here");
	if (size > q->t->head.size) {
		out->outcome = OUT_BEHIND;
		return err_set(e, E_UNAVAILABLE,
		    "it has cosigned a newer checkpoint already");
	}
	q->old = size;
	return 0;
}

static const struct {
	unsigned status;
	bool refused;
	const char *why;
} answers[] = {
	{ 400, false, "400: it does not understand us" },
	{ 403, false, "403: it knows our log by another key" },
	{ 404, false, "404: it does not know our log" },
	{ 413, false, "413: too large for it" },
	{ 422, true, "422: our log does not continue what it has seen" },
	{ 429, false, "429: it is asked too often" },
};

static int
on_other(unsigned status, struct said *out, struct err *e)
{
	for (size_t i = 0; i < NELEM(answers); i++) {
		if (answers[i].status != status)
			continue;
		if (answers[i].refused)
			return refused(out, e, answers[i].why);
		return err_set(e, E_UNAVAILABLE, "%s", answers[i].why);
	}
	return err_set(e, E_UNAVAILABLE, "status %u", status);
}

static int
request_make(const struct question *q, struct buf *out, struct err *e)
{
	const struct cosigners *c = q->m->all;
	struct witness_request r = { .old_size = q->old,
		.checkpoint = buf_slice(&q->t->note) };

	if (q->old != 0 && q->old < q->t->head.size &&
	    c->o.prove(c->o.prove_arg, q->old, q->t->head.size, &r.proof, e) <
		0)
		return err_wrap(e, "consistency proof");
	witness_request_format(&r, out);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "the note is too large");
}

/* 0 with outcome OUT_FAILED: ask again. */
static int
ask_once(struct question *q, struct said *out, struct err *e)
{
	CLEANUP(buf_free) struct buf body = BUF_INIT(WITNESS_REQUEST_BYTES);
	struct cosign_answer a = { .body = BUF_INIT(NOTE_BYTES) };
	const struct cosigners *c = q->m->all;
	int rv;

	if (request_make(q, &body, e) < 0 ||
	    c->o.post(c->o.post_arg, q->m->i, buf_slice(&body), &a, e) < 0)
		return -1;
	if (a.status == 200)
		rv = on_cosigned(q, &a, out, e);
	else if (a.status == 409)
		rv = on_conflict(q, &a, out, e);
	else
		rv = on_other(a.status, out, e);
	buf_free(&a.body);
	return rv;
}

int
member_ask(struct member *m, const struct target *t, uint64_t known,
    struct said *out, struct err *e)
{
	struct question q = { m, t, known, m->size };

	/* What we remember may be wrong; it will say so. */
	if (q.old > t->head.size)
		q.old = t->head.size;
	for (int i = 0; i < TRIES; i++) {
		if (ask_once(&q, out, e) < 0)
			return -1;
		if (out->outcome == OUT_COSIGNED)
			return 0;
	}
	return err_set(e, E_UNAVAILABLE, "409: it changes its mind");
}
