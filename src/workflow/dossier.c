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

void
dossier_free(struct dossier *d)
{
	if (d == NULL)
		return;
	free(d->machines);
	free(d->documents);
	free(d->decisions);
	free(d->actors);
	free(d->basis);
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

	c->machines =
	    items_copy(d->machines, d->n_machines, sizeof(*d->machines));
	c->documents =
	    items_copy(d->documents, d->n_documents, sizeof(*d->documents));
	c->decisions =
	    items_copy(d->decisions, d->n_decisions, sizeof(*d->decisions));
	c->actors = items_copy(d->actors, d->n_actors, sizeof(*d->actors));
	c->basis = items_copy(d->basis, d->n_basis, sizeof(*d->basis));
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

	return s == S_CERT_ISSUING || s == S_CERT_VALID;
}

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
