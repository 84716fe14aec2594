/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain: the durable point with its frontier, and the pending commits
 * after it, any of which may be continued.
 */
#include "signing_int.h"

#include <string.h>

static bool
id_eq(const uint8_t a[SIGN_COMMIT_ID], const uint8_t b[SIGN_COMMIT_ID])
{
	return memcmp(a, b, SIGN_COMMIT_ID) == 0;
}

static void
point_append(struct head_point *p, const struct head_pending *one)
{
	tlog_append(&p->log, one->event_hash);
	p->time = one->time;
	bytes_take(slice_of(one->id, SIGN_COMMIT_ID), p->id, SIGN_COMMIT_ID);
}

/* The point after the first n pending ones. */
static void
chain_point(const struct head *h, size_t n, struct head_point *out)
{
	*out = h->durable;
	for (size_t i = 0; i < n; i++)
		point_append(out, &h->pending[i]);
}

bool
chain_find(const struct head *h, const uint8_t id[SIGN_COMMIT_ID], size_t *out)
{
	if (id_is_zero(id))
		return false;
	/* Nearly always the last one. */
	for (size_t n = h->n_pending; n > 0; n--)
		if (id_eq(h->pending[n - 1].id, id)) {
			*out = n;
			return true;
		}
	*out = 0;
	return id_eq(h->durable.id, id);
}

/* SIGN-4: the durable or a pending commit; none only before the first. */
int
chain_begin(const struct signer *s, const struct commit_view *first,
    struct tail *out, struct err *e)
{
	const struct head *h = &s->head;
	size_t n = 0;

	*out = (struct tail){ .s = s };
	if (first->first ? !id_is_zero(h->durable.id)
			 : !chain_find(h, first->parent, &n))
		return refuse(e, 0, "the commit does not continue the head");
	if (n > 0 && n == h->n_pending)
		out->base = s->tip;
	else
		chain_point(h, n, &out->base);
	out->at = out->base;
	return 0;
}

/* SIGN-5 and SIGN-6: the root over this event too; time never goes back. */
int
chain_add(struct tail *c, const struct commit_view *v,
    const uint8_t event_hash[32], struct err *e)
{
	struct head_pending *one = &c->made[c->n];
	uint8_t *root = c->roots[c->n];

	if (v->time < c->at.time)
		return refuse(e, 0, "the commit is older than its parent");
	one->time = v->time;
	bytes_take(slice_of(event_hash, 32), one->event_hash, 32);
	point_append(&c->at, one);
	tlog_root(&c->at.log, root);
	if (v->size != c->at.log.size || memcmp(v->root, root, 32) != 0)
		return refuse(e, 0, "the log root is not that of this signer");
	c->n++;
	return 0;
}

void
chain_name(struct tail *c, size_t i, const uint8_t id[SIGN_COMMIT_ID])
{
	bytes_take(slice_of(id, SIGN_COMMIT_ID), c->made[i].id, SIGN_COMMIT_ID);
	bytes_take(slice_of(id, SIGN_COMMIT_ID), c->at.id, SIGN_COMMIT_ID);
}

static void
recent_put(struct signer *s, uint64_t size, const uint8_t root[32])
{
	struct recent *r = &s->recent[size % SIGN_RECENT];

	r->size = size;
	bytes_take(slice_of(root, 32), r->root, 32);
}

const uint8_t *
recent_root(const struct signer *s, uint64_t size)
{
	const struct recent *r = &s->recent[size % SIGN_RECENT];

	/* Beyond the tip lie the roots of a tail that was lost. */
	if (size == 0 || size > s->tip.log.size || r->size != size)
		return NULL;
	return r->root;
}

/* What stands in the head file now counts from here on. */
static int
head_set(struct signer *s, struct head *h, struct err *e)
{
	h->journal_seq = s->journal.seq;
	bytes_take(slice_of(s->journal.hash, 32), h->journal_hash, 32);
	if (head_write(&s->head_file, h, e) < 0)
		return -1;
	s->head = *h;
	return 0;
}

int
chain_commit(struct signer *s, const struct tail *c, struct err *e)
{
	CLEANUP(freep) struct head *h = xcalloc(1, sizeof(*h));

	h->generation = s->head.generation;
	h->durable = c->base;
	h->n_pending = c->n;
	for (size_t i = 0; i < c->n; i++)
		h->pending[i] = c->made[i];
	if (head_set(s, h, e) < 0)
		return -1;
	s->tip = c->at;
	s->moved = true;
	for (size_t i = 0; i < c->n; i++)
		recent_put(s, c->base.log.size + i + 1, c->roots[i]);
	return 0;
}

int
chain_settle_at(struct signer *s, size_t n, struct err *e)
{
	CLEANUP(freep) struct head *h = xcalloc(1, sizeof(*h));

	*h = s->head;
	chain_point(&s->head, n, &h->durable);
	h->n_pending -= n;
	for (size_t i = 0; i < h->n_pending; i++)
		h->pending[i] = s->head.pending[n + i];
	return head_set(s, h, e);
}

void
chain_open(struct signer *s)
{
	struct head_point p = s->head.durable;
	uint8_t root[32];

	for (size_t i = 0;; i++) {
		tlog_root(&p.log, root);
		recent_put(s, p.log.size, root);
		if (i == s->head.n_pending)
			break;
		point_append(&p, &s->head.pending[i]);
	}
	s->tip = p;
}
