/* SPDX-License-Identifier: Apache-2.0 */
/* The store's history and the signer's memory of it: one and the same. */
#include "office_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "nintei/log.h"

#define LAG_MAX (2 * SIGN_GROUP_MAX) /* pending ones, and a lost group */
#define TRIES 5

_Static_assert(STORE_GROUP_MAX == SIGN_GROUP_MAX, "one group, one request");

int
office_sign_commits(void *arg, const struct store_commit_text *group, size_t n,
    struct buf *armour, struct store_id *last, struct err *e)
{
	struct office *o = arg;
	struct store_id id = { .n = SIGN_COMMIT_ID };
	struct sign_group g = { .n = n };

	if (n > SIGN_GROUP_MAX)
		return err_set(e, E_INTERNAL, "a group of %zu commits", n);
	for (size_t i = 0; i < n; i++) {
		g.commits[i].text = group[i].text;
		for (size_t k = 0; k < STORE_HASH; k++)
			g.commits[i].event_hash[k] = group[i].event_hash[k];
	}
	if (signer_sign_commits(&o->signer, &g, armour, id.b, e) == 0) {
		*last = id;
		return 0;
	}
	/* A history that the signer does not know is nobody's request. */
	if (e->code == E_SIGNER_REFUSED)
		e->code = E_UNAVAILABLE;
	return -1;
}

void
office_commit_durable(void *arg, const struct store_id *commit)
{
	struct office *o = arg;
	struct err e = ERR_INIT;

	/* The signer learns it with the next group as well. */
	if (commit->n == SIGN_COMMIT_ID &&
	    signer_durable(&o->signer, commit->b, &e) < 0)
		log_err("signer.durable", &e, NULL);
}

/* --- after a start: does the signer remember what the store has? --- */

/* Commits of the store after the signer's durable one, oldest first. */
struct lag {
	size_t n;
	struct store_id id[LAG_MAX];
	uint8_t event_hash[LAG_MAX][STORE_HASH];
};

static int
lag_fn(const struct store_event *ev, void *arg, struct err *e)
{
	struct lag *l = arg;

	if (l->n == LAG_MAX)
		return err_set(
		    e, E_STORE_CORRUPT, "the signer is far behind the store");
	l->id[l->n] = ev->done.commit;
	for (size_t i = 0; i < STORE_HASH; i++)
		l->event_hash[l->n][i] = ev->done.event_hash[i];
	l->n++;
	return 0;
}

/* The newest that the signer knows becomes durable; out: how many. */
static int
lag_known(struct office *o, const struct lag *l, size_t *out, struct err *e)
{
	for (size_t n = l->n; n > 0; n--) {
		struct err why = ERR_INIT;

		if (signer_durable(&o->signer, l->id[n - 1].b, &why) == 0) {
			*out = n;
			return 0;
		}
		if (why.code != E_SIGNER_REFUSED) {
			*e = why;
			return -1;
		}
	}
	*out = 0;
	return 0;
}

struct shown {
	struct buf text[SIGN_GROUP_MAX], armour[SIGN_GROUP_MAX];
	struct sign_group group;
};

static void
shown_free(struct shown **s)
{
	for (size_t i = 0; *s != NULL && i < SIGN_GROUP_MAX; i++) {
		buf_free(&(*s)->text[i]);
		buf_free(&(*s)->armour[i]);
	}
	free(*s);
}

static int
shown_add(struct office *o, const struct lag *l, size_t at, struct shown *s,
    struct err *e)
{
	CLEANUP(buf_free) struct buf object = BUF_INIT(LIMIT_FRAME_BYTES);
	size_t i = s->group.n++;
	struct sign_commit *c = &s->group.commits[i];

	s->text[i] = (struct buf)BUF_INIT(SIGN_COMMIT_BYTES);
	s->armour[i] = (struct buf)BUF_INIT(LIMIT_SIGNATURE_BYTES);
	if (store_commit_get(o->store, &l->id[at], &object, e) < 0 ||
	    sign_commit_split(
		buf_slice(&object), &s->text[i], &s->armour[i], e) < 0)
		return -1;
	c->text = buf_slice(&s->text[i]);
	c->armour = buf_slice(&s->armour[i]);
	for (size_t k = 0; k < STORE_HASH; k++)
		c->event_hash[k] = l->event_hash[at][k];
	return 0;
}

/* Show the signer what it signed and lost with the power. */
static int
lag_show(struct office *o, const struct lag *l, size_t known, struct err *e)
{
	CLEANUP(shown_free) struct shown *s = xcalloc(1, sizeof(*s));
	char text[24];

	if (l->n - known > SIGN_GROUP_MAX)
		return err_set(
		    e, E_STORE_CORRUPT, "the signer is far behind the store");
	for (size_t i = known; i < l->n; i++)
		if (shown_add(o, l, i, s, e) < 0)
			return -1;
	if (signer_catch_up(&o->signer, &s->group, e) < 0)
		return -1;
	snprintf(text, sizeof(text), "%zu", s->group.n);
	log_ev(LOG_L_WARN, "signer.caught_up", "commits", text, NULL);
	return 0;
}

static int
lag_close(struct office *o, const struct sign_hello *hello, struct err *e)
{
	CLEANUP(freep) struct lag *l = xcalloc(1, sizeof(*l));
	struct store_id from = { .n = SIGN_COMMIT_ID };
	size_t known;

	for (size_t i = 0; i < SIGN_COMMIT_ID; i++)
		from.b[i] = hello->durable[i];
	if (store_walk(o->store, &from, lag_fn, l, e) < 0)
		return -1;
	if (lag_known(o, l, &known, e) < 0)
		return -1;
	return known == l->n ? 0 : lag_show(o, l, known, e);
}

int
office_history_settle(struct office *o, struct err *e)
{
	struct sign_hello hello;
	struct store_head head;
	struct err why = ERR_INIT;

	if (signer_hello(&o->signer, &hello, e) < 0 ||
	    store_head(o->store, &head, e) < 0)
		return -1;
	/* The usual start: the signer knows it, and all before is durable. */
	if (head.commit.n == SIGN_COMMIT_ID &&
	    signer_durable(&o->signer, head.commit.b, &why) == 0)
		return 0;
	if (why.code != E_SIGNER_REFUSED) {
		*e = why;
		return err_wrap(e, "history");
	}
	if (head.log_size <= hello.size)
		return err_set(e, E_STORE_CORRUPT,
		    "the store is of an earlier moment than the signer: it "
		    "has %llu events, %llu were signed and acknowledged",
		    (unsigned long long)head.log_size,
		    (unsigned long long)hello.size);
	if (lag_close(o, &hello, &why) == 0)
		return 0;
	*e = why;
	if (e->code == E_SIGNER_REFUSED || e->code == E_NOT_FOUND)
		e->code = E_STORE_CORRUPT;
	return err_wrap(e, "history");
}

/* A store of another moment than the signer's takes no event (SIGN-4). */
static bool
heads_agree(const struct store_head *head, const struct sign_hello *hello)
{
	struct slice mine = slice_of(head->commit.b, head->commit.n);

	return slice_eq(mine, slice_of(hello->durable, SIGN_COMMIT_ID)) ||
	    slice_eq(mine, slice_of(hello->pending, SIGN_COMMIT_ID));
}

int
office_history_check(struct office *o, struct err *e)
{
	if (store_failed(o->store, e))
		return -1;
	/* Both may move between the two questions. */
	for (int i = 0; i < TRIES; i++) {
		struct sign_hello hello;
		struct store_head head;

		if (signer_hello(&o->signer, &hello, e) < 0 ||
		    store_head(o->store, &head, e) < 0)
			return -1;
		if (heads_agree(&head, &hello))
			return 0;
	}
	return err_set(e, E_UNAVAILABLE,
	    "the history is not the one that the signer knows");
}
