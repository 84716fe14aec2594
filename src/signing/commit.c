/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits: each must continue what was signed before and carry the log root
 * that the signer computes from its own frontier.
 */
#include "signing_int.h"

#include <stdio.h>
#include <string.h>

/* The object's name, with the armour in its gpgsig header as git has it. */
static void
commit_id(struct slice text, size_t headers, struct slice armour,
    uint8_t out[SIGN_COMMIT_ID])
{
	CLEANUP(buf_free) struct buf object = BUF_INIT(LIMIT_FRAME_BYTES);
	struct slice sig = sshsig_header(armour);
	char kind[32];
	struct slice parts[2];

	buf_put(&object, text.p, headers);
	buf_puts(&object, "gpgsig ");
	for (size_t i = 0; i < sig.n; i++) {
		buf_putc(&object, sig.p[i]);
		if (sig.p[i] == '\n')
			buf_putc(&object, ' ');
	}
	buf_putc(&object, '\n');
	buf_put(&object, text.p + headers, text.n - headers);
	snprintf(kind, sizeof(kind), "commit %zu", object.n);
	parts[0] = slice_of(kind, strlen(kind) + 1);
	parts[1] = buf_slice(&object);
	sha1_parts(parts, 2, out);
}

/*
 * One commit of a group: SIGN-1 to SIGN-3 and its place.  Only the first
 * names its parent; the parent of the others is what this signer signs.
 */
static int
group_add(struct signer *s, const struct sign_commit *m, size_t i,
    struct commit_view *v, struct tail *c, struct err *e)
{
	if (!commit_read(m->text, v))
		return refuse(e, 0, "this is not a commit of the store");
	/* SIGN-9 */
	if (i > 0 && !sign_parent_is_open(m->text))
		return refuse(e, 0, "commit %zu: its parent is not open", i);
	if (i == 0 && chain_begin(s, v, c, e) < 0)
		return -1;
	return chain_add(c, v, m->event_hash, e);
}

/* All are judged before the first is signed. */
static int
group_sign(struct signer *s, const struct sign_group *g,
    const struct commit_view *views, struct tail *c, struct buf *out,
    struct err *e)
{
	for (size_t i = 0; i < g->n; i++) {
		CLEANUP(buf_free) struct buf text = BUF_INIT(SIGN_COMMIT_BYTES);
		CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(4));
		uint8_t id[SIGN_COMMIT_ID];

		sign_parent_fill(g->commits[i].text, c->at.id, &text);
		if (sshsig_sign(s->commit_key, SSH_NS_GIT, buf_slice(&text),
			&armour, e) < 0)
			return -1;
		commit_id(
		    buf_slice(&text), views[i].headers, buf_slice(&armour), id);
		chain_name(c, i, id);
		wr_bytes(out, buf_slice(&armour));
	}
	return 0;
}

int
op_sign_commits(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(freep) struct tail *c = xcalloc(1, sizeof(*c));
	struct signer *s = ctx;
	struct sign_group g;
	struct commit_view views[SIGN_GROUP_MAX];

	if (sign_group_decode(&rq->in, &g, e) < 0)
		return -1;
	for (size_t i = 0; i < g.n; i++)
		if (group_add(s, &g.commits[i], i, &views[i], c, e) < 0)
			return -1;
	/* The first names its parent itself: filling leaves it alone. */
	if (group_sign(s, &g, views, c, rq->out, e) < 0 ||
	    chain_commit(s, c, e) < 0)
		return -1;
	buf_put(rq->out, c->at.id, SIGN_COMMIT_ID);
	return 0;
}

int
op_sign_durable(void *ctx, struct request *rq, struct err *e)
{
	struct signer *s = ctx;
	uint8_t id[SIGN_COMMIT_ID] = { 0 };
	size_t n;

	rd_raw(&rq->in, id, sizeof(id));
	if (rd_end(&rq->in, e) < 0)
		return -1;
	/* SIGN-7: a store older than what was acknowledged is refused. */
	if (!chain_find(&s->head, id, &n))
		return refuse(e, 0, "the store's head is not known here");
	if (n == 0)
		return 0;
	if (chain_settle_at(s, n, e) < 0)
		return -1;
	s->head_file.may_wait = true;
	return 0;
}

/* SIGN-15: made by this signer's key, for git, as it makes them. */
static int
own_signature(
    const struct signer *s, const struct sign_commit *m, struct err *e)
{
	struct err why = ERR_INIT;
	struct sshsig sig;

	if (sshsig_parse(m->armour, &sig, &why) < 0 ||
	    !ssh_key_equal(&sig.key, &s->commit_public) || !sig.sha512 ||
	    sshsig_verify(&sig, SSH_NS_GIT, m->text, &why) < 0)
		return refuse(e, 0, "this signer did not sign the commit");
	return 0;
}

static int
shown_add(struct signer *s, const struct sign_commit *m, size_t i,
    struct tail *c, struct err *e)
{
	struct commit_view v;
	uint8_t id[SIGN_COMMIT_ID];

	if (!commit_read(m->text, &v))
		return refuse(e, 0, "this is not a commit of the store");
	if (i == 0 && chain_begin(s, &v, c, e) < 0)
		return -1;
	if (shown_check(s, &v, e) < 0)
		return -1;
	/* SIGN-4 inside the request. */
	if (i > 0 &&
	    (v.first || memcmp(v.parent, c->at.id, SIGN_COMMIT_ID) != 0))
		return refuse(e, 0, "commit %zu does not follow", i);
	if (own_signature(s, m, e) < 0 ||
	    chain_add(c, &v, m->event_hash, e) < 0)
		return -1;
	commit_id(m->text, v.headers, m->armour, id);
	chain_name(c, i, id);
	return 0;
}

int
op_catch_up(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(freep) struct tail *c = xcalloc(1, sizeof(*c));
	struct signer *s = ctx;
	struct sign_group g;

	if (sign_signed_decode(&rq->in, &g, e) < 0)
		return -1;
	/* SIGN-19: power takes one group, and this process with it. */
	if (s->moved)
		return refuse(e, 0, "nothing was lost since this start");
	for (size_t i = 0; i < g.n; i++)
		if (shown_add(s, &g.commits[i], i, c, e) < 0)
			return -1;
	if (chain_commit(s, c, e) < 0)
		return -1;
	return chain_settle_at(s, g.n, e);
}

int
op_sign_hello(void *ctx, struct request *rq, struct err *e)
{
	const struct signer *s = ctx;
	const struct head *h = &s->head;
	struct sign_hello m = { .size = h->durable.log.size,
		.n_pending = (uint8_t)h->n_pending };

	if (rd_end(&rq->in, e) < 0)
		return -1;
	bytes_take(
	    slice_of(h->durable.id, SIGN_COMMIT_ID), m.durable, SIGN_COMMIT_ID);
	if (h->n_pending > 0)
		bytes_take(
		    slice_of(h->pending[h->n_pending - 1].id, SIGN_COMMIT_ID),
		    m.pending, SIGN_COMMIT_ID);
	tlog_root(&h->durable.log, m.root);
	sign_hello_encode(rq->out, &m);
	return 0;
}
