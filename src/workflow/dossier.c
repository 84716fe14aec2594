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
	free(d->basis);
	free(d);
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
