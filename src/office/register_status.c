/* SPDX-License-Identifier: Apache-2.0 */
/* How one certification stands today, signed: what carries a continuation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/statement.h"

#include "register_int.h"

#define STATUS_LIFE (24 * 3600) /* seconds until not_after */
#define STATUS_SLOTS 64

/* A statement of today, while the register says the same. */
struct status_slot {
	struct sealed sealed;
	char number[24]; /* "" while empty */
	char sha256[SHA256_HEX]; /* of the document */
	int64_t changed; /* of the register, when it was made */
	int64_t made_at;
};
struct statuses {
	pthread_mutex_t lock; /* one is made at a time */
	struct status_slot slots[STATUS_SLOTS];
	unsigned next;
};

struct statuses *
statuses_new(void)
{
	struct statuses *x = xcalloc(1, sizeof(*x));

	pthread_mutex_init(&x->lock, NULL);
	for (size_t i = 0; i < STATUS_SLOTS; i++)
		sealed_init(&x->slots[i].sealed);
	return x;
}

void
statuses_free(struct statuses *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < STATUS_SLOTS; i++)
		sealed_done(&x->slots[i].sealed);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

/* The entry of a number as it stands; E_NOT_FOUND: none is listed. */
static int
entry_now(
    struct office *o, const char *number, struct pub_doc **out, struct err *e)
{
	static const struct asked now = { .has = false };
	CLEANUP(buf_free) struct buf hold = BUF_INIT(REGISTER_VIEW_BYTES);
	CLEANUP(views_done) struct views l = { 0 };
	struct index_certification row;

	*out = NULL;
	if (index_certification_get(o->index, number, &hold, &row, e) < 0 ||
	    views_fn(&row, &l, e) < 0 ||
	    entry_asked(o, l.entry[0], &now, out, e) < 0)
		return -1;
	return *out != NULL
	    ? 0
	    : err_set(e, E_NOT_FOUND, "the number is not listed");
}

/* State and log as they are at one instant: the lock of acts is held. */
static int
status_collect(
    struct office *o, struct status_slot *s, struct json *doc, struct err *e)
{
	static const char *const copied[] = { "scheme", "number", "service",
		"state", "valid_through" };
	CLEANUP(pub_doc_freep) struct pub_doc *entry = NULL;

	s->made_at = clock_now(&o->clock);
	if (entry_now(o, s->number, &entry, e) < 0)
		return -1;
	for (size_t i = 0; i < NELEM(copied); i++)
		jsonx_set_str(
		    doc, copied[i], jsonx_get_str(pub_json(entry), copied[i]));
	set_instant(doc, "not_after", s->made_at + STATUS_LIFE);
	if (index_register_changed(o->index, &s->changed, e) < 0)
		return -1;
	return statement_head(o, STATEMENT_STATUS, s->made_at, doc, e);
}

static int
status_try(struct office *o, struct status_slot *s, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = jsonx_object();
	int rv;

	pthread_mutex_lock(&o->act);
	rv = status_collect(o, s, doc, e);
	pthread_mutex_unlock(&o->act);
	return rv < 0 ? -1 : statement_seal(o, doc, &s->sealed, e);
}

static int
status_make(
    struct office *o, const char *number, struct status_slot *s, struct err *e)
{
	struct err why = ERR_INIT;

	snprintf(s->number, sizeof(s->number), "%s", number);
	for (unsigned i = 0; i < SEALED_TRIES; i++) {
		why = (struct err)ERR_INIT;
		if (status_try(o, s, &why) == 0) {
			sha256_hex(buf_slice(&s->sealed.json), s->sha256);
			return 0;
		}
		if (why.code != E_SIGNER_REFUSED)
			break;
	}
	s->number[0] = '\0';
	*e = why;
	if (e->code == E_SIGNER_REFUSED)
		e->code = E_UNAVAILABLE;
	return err_wrap(e, "status");
}

/* Made today, and nothing has changed since. */
static bool
status_fits(const struct status_slot *s, const char *number, int64_t changed,
    int64_t now)
{
	return strcmp(s->number, number) == 0 && s->changed == changed &&
	    now >= s->made_at &&
	    jday_cmp(jday_of_instant(now), jday_of_instant(s->made_at)) == 0;
}

/* The lock of the statuses is held. */
static int
status_find(struct visit *v, const char *number, struct status_slot **out,
    struct err *e)
{
	struct statuses *x = v->o->statuses;
	struct status_slot *s = NULL;
	int64_t changed;

	if (index_register_changed(v->o->index, &changed, e) < 0)
		return -1;
	for (size_t i = 0; i < STATUS_SLOTS; i++)
		if (strcmp(x->slots[i].number, number) == 0)
			s = &x->slots[i];
	if (s != NULL && status_fits(s, number, changed, v->now)) {
		*out = s;
		return 0;
	}
	if (s == NULL) {
		s = &x->slots[x->next];
		x->next = (x->next + 1) % STATUS_SLOTS;
	}
	if (status_make(v->o, number, s, e) < 0)
		return -1;
	*out = s;
	return 0;
}

/* A number that nobody has makes room for nothing. */
static int
number_check(struct visit *v, const char *number, struct err *e)
{
	CLEANUP(pub_doc_freep) struct pub_doc *entry = NULL;

	if (strlen(number) >= sizeof(v->o->statuses->slots[0].number))
		return err_set(e, E_NOT_FOUND, "there is no such number");
	return entry_now(v->o, number, &entry, e);
}

int
get_register_status(struct visit *v, struct answer *a, struct err *e)
{
	const char *number = v->q->param[0];
	struct statuses *x = v->o->statuses;
	struct status_slot *s;
	int rv;

	if (office_catch_up(v->o, v->now, e) < 0 ||
	    number_check(v, number, e) < 0)
		return -1;
	pthread_mutex_lock(&x->lock);
	rv = status_find(v, number, &s, e);
	if (rv == 0)
		answer_bytes(a, "application/json", buf_slice(&s->sealed.json));
	pthread_mutex_unlock(&x->lock);
	if (rv == 0)
		answer_public(v, a);
	return rv;
}

/* The status of this number that the hash names. */
static const struct sealed *
status_by_hash(const struct visit *v, const char *of)
{
	const struct statuses *x = v->o->statuses;

	for (size_t i = 0; i < STATUS_SLOTS; i++)
		if (strcmp(x->slots[i].number, v->q->param[0]) == 0 &&
		    strcmp(x->slots[i].sha256, of) == 0)
			return &x->slots[i].sealed;
	return NULL;
}

static int
status_seal(struct visit *v, struct answer *a, bool stamp, struct err *e)
{
	struct sealed_kept kept = { &v->o->statuses->lock, status_by_hash };

	return sealed_answer(v, a, &kept, stamp, e);
}

int
get_register_status_cms(struct visit *v, struct answer *a, struct err *e)
{
	return status_seal(v, a, false, e);
}

int
get_register_status_tst(struct visit *v, struct answer *a, struct err *e)
{
	return status_seal(v, a, true, e);
}
