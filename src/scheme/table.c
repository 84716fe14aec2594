/* SPDX-License-Identifier: Apache-2.0 */
/* The timetable: which version is in force when. */
#include "scheme_int.h"

#include <string.h>

/* The lock is not part of what a set says. */
static pthread_rwlock_t *
lock_of(const struct scheme_set *s)
{
	return (pthread_rwlock_t *)(uintptr_t)&s->lock;
}

static const struct scheme_box *
at_instant(const struct family *f, int64_t at)
{
	const struct enactment *best = NULL;

	for (size_t i = 0; i < f->n_table; i++)
		if (f->table[i].from <= at &&
		    (best == NULL || f->table[i].from >= best->from))
			best = &f->table[i];
	return best == NULL ? f->installed : best->box;
}

int
scheme_set_install(struct scheme_set *s, const char *id,
    const char *policy_version, struct err *e)
{
	struct scheme_box *b;
	struct family *f;

	pthread_rwlock_wrlock(&s->lock);
	f = family_find(s, id);
	b = family_version(f, policy_version);
	if (b != NULL) {
		f->current = f->current == f->installed ? b : f->current;
		f->installed = b;
	}
	pthread_rwlock_unlock(&s->lock);
	return b != NULL
	    ? 0
	    : err_set(e, E_NOT_FOUND, "no policies %.40s of %.40s at hand",
		  policy_version, id);
}

int
scheme_set_enact(struct scheme_set *s, const char *id,
    const char *policy_version, int64_t from, struct err *e)
{
	struct scheme_box *b;
	struct family *f;
	size_t i = 0;

	pthread_rwlock_wrlock(&s->lock);
	f = family_find(s, id);
	b = family_version(f, policy_version);
	while (b != NULL && i < f->n_table && f->table[i].box != b)
		i++;
	if (b != NULL && i == f->n_table) {
		f->table = xrealloc(f->table, i + 1, sizeof(*f->table));
		f->n_table++;
	}
	if (b != NULL)
		f->table[i] = (struct enactment){ b, from };
	pthread_rwlock_unlock(&s->lock);
	return b != NULL
	    ? 0
	    : err_set(e, E_NOT_FOUND, "no policies %.40s of %.40s at hand",
		  policy_version, id);
}

void
scheme_set_repeal(
    struct scheme_set *s, const char *id, const char *rule_version)
{
	struct family *f;
	size_t n = 0;

	pthread_rwlock_wrlock(&s->lock);
	f = family_find(s, id);
	for (size_t i = 0; f != NULL && i < f->n_table; i++)
		if (strcmp(f->table[i].box->s.rule_version, rule_version) != 0)
			f->table[n++] = f->table[i];
	if (f != NULL)
		f->n_table = n;
	pthread_rwlock_unlock(&s->lock);
}

void
scheme_set_turn(struct scheme_set *s, int64_t now)
{
	pthread_rwlock_wrlock(&s->lock);
	for (size_t i = 0; i < s->n; i++)
		s->families[i]->current = at_instant(s->families[i], now);
	pthread_rwlock_unlock(&s->lock);
}

/* Installed, but its own date has not come: nothing is in force yet. */
static const struct scheme *
begun(const struct scheme_box *b, int64_t at)
{
	return b != NULL && scheme_rule_at(&b->s, at) != NULL ? &b->s : NULL;
}

const struct scheme *
scheme_in_force(const struct scheme_set *s, const char *id, int64_t at)
{
	const struct scheme *found = NULL;
	const struct family *f;

	pthread_rwlock_rdlock(lock_of(s));
	f = family_find(s, id);
	if (f != NULL)
		found = begun(at_instant(f, at), at);
	pthread_rwlock_unlock(lock_of(s));
	return found;
}

const struct scheme *
scheme_of_version(
    const struct scheme_set *s, const char *id, const char *policy_version)
{
	const struct scheme_box *b;

	pthread_rwlock_rdlock(lock_of(s));
	b = family_version(family_find(s, id), policy_version);
	pthread_rwlock_unlock(lock_of(s));
	return b == NULL ? NULL : &b->s;
}

const struct scheme *
scheme_coming(
    const struct scheme_set *s, const char *id, int64_t at, int64_t *out_from)
{
	const struct enactment *next = NULL;
	const struct scheme *found;
	const struct family *f;

	pthread_rwlock_rdlock(lock_of(s));
	f = family_find(s, id);
	for (size_t i = 0; f != NULL && i < f->n_table; i++)
		if (f->table[i].from > at &&
		    (next == NULL || f->table[i].from <= next->from))
			next = &f->table[i];
	found = next == NULL ? NULL : &next->box->s;
	if (next != NULL)
		*out_from = next->from;
	pthread_rwlock_unlock(lock_of(s));
	return found;
}

const struct scheme *
scheme_for_case(const struct scheme_set *s, const char *id, int64_t received_at,
    int64_t now)
{
	const struct scheme *here = scheme_in_force(s, id, now);

	if (here == NULL || received_at == 0 ||
	    here->params.rule_for_open_cases != POLICY_AT_RECEIVED)
		return here;
	return scheme_in_force(s, id, received_at);
}

const struct scheme *
scheme_criteria_for(const struct scheme_set *s, const char *id,
    int64_t received_at, int64_t now)
{
	const struct scheme *here = scheme_in_force(s, id, now);

	if (here == NULL || received_at == 0 ||
	    here->params.criteria_version_at != POLICY_RECEIVED)
		return here;
	return scheme_in_force(s, id, received_at);
}

const struct scheme *
scheme_find(const struct scheme_set *s, const char *id)
{
	const struct family *f;
	const struct scheme *found;

	pthread_rwlock_rdlock(lock_of(s));
	f = family_find(s, id);
	found = f == NULL ? NULL : &f->current->s;
	pthread_rwlock_unlock(lock_of(s));
	return found;
}

const struct scheme *
scheme_at(const struct scheme_set *s, size_t i)
{
	const struct scheme *found;

	pthread_rwlock_rdlock(lock_of(s));
	found = i < s->n ? &s->families[i]->current->s : NULL;
	pthread_rwlock_unlock(lock_of(s));
	return found;
}

const struct scheme *
scheme_version_at(const struct scheme_set *s, const char *id, size_t i)
{
	const struct family *f;
	const struct scheme *found;

	pthread_rwlock_rdlock(lock_of(s));
	f = family_find(s, id);
	found = f != NULL && i < f->n ? &f->boxes[i]->s : NULL;
	pthread_rwlock_unlock(lock_of(s));
	return found;
}
