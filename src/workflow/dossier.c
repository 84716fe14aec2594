/* SPDX-License-Identifier: Apache-2.0 */
/* The folded state: making, looking up, the basis of a decision. */
#include "workflow_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"

void
word_copy(char *out, size_t cap, const char *in)
{
	snprintf(out, cap, "%s", in == NULL ? "" : in);
}

struct dossier *
dossier_new(const char *id)
{
	struct dossier *d = xcalloc(1, sizeof(*d));

	word_copy(d->id, sizeof(d->id), id);
	memset(d->head, '0', DOSSIER_HASH - 1);
	return d;
}

/* All arrays of a dossier: where the items stand, how many, how large. */
static const struct {
	size_t items, n, size;
} arrays[] = {
#define ARRAY(a)                                                              \
	{                                                                     \
		offsetof(struct dossier, a), offsetof(struct dossier, n_##a), \
		    sizeof(*((struct dossier *)NULL)->a)                      \
	}
	ARRAY(machines),
	ARRAY(documents),
	ARRAY(decisions),
	ARRAY(actors),
	ARRAY(basis),
	ARRAY(terms),
	ARRAY(seats),
	ARRAY(grounds),
	ARRAY(breaches),
	ARRAY(artefacts),
	ARRAY(terminations),
	ARRAY(successions),
	ARRAY(changes),
	ARRAY(emergencies),
	ARRAY(disclosures),
	ARRAY(notices),
	ARRAY(rules),
	ARRAY(delegations),
#undef ARRAY
};

static void *
array_get(const struct dossier *d, size_t i)
{
	void *items;

	memcpy(&items, (const char *)d + arrays[i].items, sizeof(items));
	return items;
}

static size_t
array_len(const struct dossier *d, size_t i)
{
	size_t n;

	memcpy(&n, (const char *)d + arrays[i].n, sizeof(n));
	return n;
}

void
dossier_free(struct dossier *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < NELEM(arrays); i++)
		free(array_get(d, i));
	free(d);
}

/* n items of one size, or NULL for none. */
static void *
items_copy(const void *items, size_t n, size_t size)
{
	void *copy = n == 0 ? NULL : xcalloc(n, size);

	if (n > 0)
		memcpy(copy, items, n * size);
	return copy;
}

struct dossier *
dossier_copy(const struct dossier *d)
{
	struct dossier *c = items_copy(d, 1, sizeof(*d));

	for (size_t i = 0; i < NELEM(arrays); i++) {
		void *items = items_copy(
		    array_get(d, i), array_len(d, i), arrays[i].size);

		memcpy((char *)c + arrays[i].items, &items, sizeof(items));
	}
	return c;
}

static struct dossier_actor *
actor_find(const struct dossier *d, const char *person)
{
	for (size_t i = 0; i < d->n_actors; i++)
		if (strcmp(d->actors[i].person, person) == 0)
			return &d->actors[i];
	return NULL;
}

unsigned
dossier_roles_of(const struct dossier *d, const char *person)
{
	const struct dossier_actor *a = actor_find(d, person);

	return a == NULL ? 0 : a->roles;
}

void
dossier_acted(struct dossier *d, const char *person, unsigned role)
{
	struct dossier_actor *a = actor_find(d, person);

	if (a == NULL) {
		d->actors =
		    xrealloc(d->actors, d->n_actors + 1, sizeof(*d->actors));
		a = &d->actors[d->n_actors++];
		memset(a, 0, sizeof(*a));
		word_copy(a->person, sizeof(a->person), person);
	}
	a->roles |= role;
}

static struct dossier_machine *
instance_find(const struct dossier *d, enum machine m, const char *instance)
{
	for (size_t i = 0; i < d->n_machines; i++)
		if (d->machines[i].machine == m &&
		    strcmp(d->machines[i].instance, instance) == 0)
			return &d->machines[i];
	return NULL;
}

enum state
dossier_state(const struct dossier *d, enum machine m, const char *instance)
{
	const struct dossier_machine *found = instance_find(d, m, instance);

	return found == NULL ? S_NONE : found->state;
}

const struct dossier_machine *
dossier_last(const struct dossier *d, enum machine m)
{
	for (size_t i = d->n_machines; i > 0; i--)
		if (d->machines[i - 1].machine == m)
			return &d->machines[i - 1];
	return NULL;
}

struct dossier_machine *
dossier_instance(struct dossier *d, enum machine m, const char *instance)
{
	struct dossier_machine *found = instance_find(d, m, instance);

	if (found != NULL)
		return found;
	d->machines =
	    xrealloc(d->machines, d->n_machines + 1, sizeof(*d->machines));
	found = &d->machines[d->n_machines++];
	memset(found, 0, sizeof(*found));
	found->machine = m;
	word_copy(found->instance, sizeof(found->instance), instance);
	return found;
}

struct dossier_decision *
dossier_decision_new(struct dossier *d, const char *id)
{
	struct dossier_decision *dec;

	d->decisions =
	    xrealloc(d->decisions, d->n_decisions + 1, sizeof(*d->decisions));
	dec = &d->decisions[d->n_decisions++];
	memset(dec, 0, sizeof(*dec));
	word_copy(dec->id, sizeof(dec->id), id);
	return dec;
}

const struct dossier_decision *
dossier_decision_find(const struct dossier *d, const char *id)
{
	for (size_t i = 0; i < d->n_decisions; i++)
		if (strcmp(d->decisions[i].id, id) == 0)
			return &d->decisions[i];
	return NULL;
}

const struct dossier_decision *
dossier_decision_live(const struct dossier *d, const char *kind)
{
	for (size_t i = d->n_decisions; i > 0; i--) {
		const struct dossier_decision *dec = &d->decisions[i - 1];
		enum state s = dossier_state(d, M_DECISION, dec->id);

		if ((s == S_DEC_OPEN || s == S_DEC_APPROVED) &&
		    strcmp(dec->kind, kind) == 0)
			return dec;
	}
	return NULL;
}

bool
dossier_in_force(const struct dossier *d)
{
	enum state s = dossier_state(d, M_CERTIFICATION, "1");

	return s == S_CERT_ISSUING || s == S_CERT_VALID ||
	    s == S_CERT_CONTINUED;
}

size_t
dossier_instances(const struct dossier *d, enum machine m)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_machines; i++)
		n += d->machines[i].machine == m;
	return n;
}

const struct dossier_document *
dossier_document_find(const struct dossier *d, int64_t n)
{
	for (size_t i = 0; i < d->n_documents; i++)
		if (d->documents[i].n == n)
			return &d->documents[i];
	return NULL;
}

const struct dossier_term *
dossier_term_find(const struct dossier *d, int64_t term)
{
	for (size_t i = 0; i < d->n_terms; i++)
		if (d->terms[i].term == term)
			return &d->terms[i];
	return NULL;
}

/* The last part of an instance: what begins again has a later one. */
#define PART_FIND(name, items)                                               \
	const struct dossier_##name *dossier_##name##_find(                  \
	    const struct dossier *d, const char *instance)                   \
	{                                                                    \
		for (size_t i = d->n_##items; i > 0; i--)                    \
			if (strcmp(d->items[i - 1].instance, instance) == 0) \
				return &d->items[i - 1];                     \
		return NULL;                                                 \
	}
PART_FIND(seat, seats)
PART_FIND(artefact, artefacts)
PART_FIND(termination, terminations)
PART_FIND(succession, successions)
PART_FIND(change, changes)
PART_FIND(emergency, emergencies)
PART_FIND(disclosure, disclosures)
PART_FIND(notice, notices)
PART_FIND(rules, rules)

void
dossier_basis_bytes(
    const struct dossier *d, const uint8_t *review_sha256, struct buf *out)
{
	for (size_t i = 0; i < d->n_basis; i++)
		buf_put(out, d->basis[i], 32);
	if (review_sha256 != NULL)
		buf_put(out, review_sha256, 32);
}

void
dossier_basis(const struct dossier *d, const uint8_t *review_sha256,
    char out[DOSSIER_HASH])
{
	CLEANUP(buf_free)
	struct buf b = BUF_INIT(32 * (d->n_basis + 1));

	dossier_basis_bytes(d, review_sha256, &b);
	sha256_hex(buf_slice(&b), out);
}
