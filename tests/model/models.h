/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODELS_H
#define MODELS_H
/* models: which machines are composed, and the faults that must be found. */
#include "model.h"

const char *models_name(size_t i); /* NULL past the end */
void models_make(const char *name, struct model *out);

/* A row without one guard; without one coupling; or that happens unasked. */
struct mutant {
	const char *name;
	const char *model; /* where it is found */
	enum machine machine;
	enum state from; /* of the row */
	const char *event;
	enum guard guard; /* that is dropped, or G_NONE */
	enum machine then; /* of the coupling that is dropped, or M_NONE */
	const char *then_event;
	enum state to; /* the row happens of itself, or S_NONE */
};
const struct mutant *mutant_at(size_t i); /* NULL past the end */
/* False: the tables have no such thing. */
bool mutant_apply(struct model *m, const struct mutant *u);

#endif
