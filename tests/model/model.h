/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_H
#define MODEL_H
/*
 * model: the tables of src/workflow as one machine composed of several, small
 * enough to look at every state that can be reached.  What the tables leave
 * open (a signature, a date, an approval) may be either: whatever holds here
 * holds whatever people and the calendar do.
 *
 * A model has its own copy of rows and couplings, so that a mutant of them can
 * be made: a check that finds nothing wrong with a mutant checks nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "nintei/flow.h"

#define MODEL_PARTS 12
#define MODEL_BASE 0 /* the case of the first application; 1, 2: renewals */
#define MODEL_ANY (-1) /* any part of the machine */
#define MODEL_RENEWALS (-2) /* any but that of the base */
#define MODEL_OWN (-3) /* of the case that asks */

/* A word that another case is owed (REGULATION 5, couplings). */
struct model_cross {
	enum machine machine;
	const char *event;
	bool to_base; /* by a renewal; else by the base to its renewals */
	enum machine then;
	const char *then_event;
};
const struct model_cross *model_cross_at(size_t i); /* NULL past the end */

/* One machine of one case. */
struct model_part {
	enum machine machine;
	int at; /* case */
	const char *name; /* of the variable in Promela */
};

struct model {
	const char *name;
	struct model_part parts[MODEL_PARTS];
	size_t n_parts;
	struct flow_row *rows;
	size_t n_rows;
	struct flow_coupling *couplings;
	size_t n_couplings;
	struct model_cross *crosses;
	size_t n_crosses;
	bool otherwise; /* open points read otherwise than by default */
};

struct model_state {
	uint8_t state[MODEL_PARTS]; /* enum state */
	uint8_t flags[MODEL_PARTS]; /* FLAG_ bits */
};

/* Copies the tables.  parts ends with machine M_NONE. */
void model_init(
    struct model *m, const char *name, const struct model_part *parts);
void model_done(struct model *m);

/* One step: a row of one part, then all that it couples. */
struct model_step {
	size_t part;
	const struct flow_row *row;
};

/* What was found: how many states, or the way to the first wrong one. */
struct model_report {
	size_t states, steps;
	const char *broken; /* the invariant, or NULL */
	char trace[8192]; /* one line for each step that led there */
};
/* Look at every state that can be reached. */
void model_explore(const struct model *m, struct model_report *out);
/* The same question for spin: each step one atomic option, each invariant an
 * assertion. */
void model_promela(const struct model *m, FILE *out);

/* --- invariants (invariants.c) --- */

/*
 * A literal speaks of the parts of a machine: one of them, or every one, is
 * in one of the states (and has the flag, if one is named).
 */
struct model_literal {
	enum machine machine;
	int at; /* a case, or one of the three below */
	enum state in[8]; /* S_NONE ends; empty: any state */
	unsigned flag; /* 0: none asked */
	bool negated;
};
/* "if all of these then one of those", REGULATION 5. */
struct model_invariant {
	const char *name;
	struct model_literal given[3]; /* machine M_NONE ends */
	struct model_literal then[3];
};
/* From this state only there, and only by this event (NULL: any). */
struct model_way {
	const char *name;
	enum machine machine;
	enum state from;
	enum state to[6]; /* S_NONE ends; empty: nowhere */
	enum state by_to; /* where `by` counts, or S_NONE */
	const char *by;
};
const struct model_invariant *model_invariant_at(size_t i); /* NULL: end */
const struct model_way *model_way_at(size_t i);

/* --- shared with the generator (step.c) --- */
enum model_truth {
	MODEL_FALSE = 0,
	MODEL_TRUE = 1,
	MODEL_EITHER = 2
};
/*
 * What a guard is: true or false in this case for ever, or what the literal
 * says of the state (*out), or either.
 */
enum model_truth model_guard(const struct model *m, size_t part, enum guard g,
    const struct model_literal **out);
/* Another application is a draft: it is submitted first. */
bool model_waits(
    const struct model *m, const struct model_state *s, size_t part);
/* No guard of the row is known to be false. */
bool model_may(const struct model *m, const struct model_state *s, size_t part,
    const struct flow_row *row);
/* The model's row, mutant or not. */
const struct flow_row *model_row(
    const struct model *m, size_t part, enum state from, const char *event);
/* May this row happen by itself, not as the effect of another? */
bool model_is_spontaneous(const struct flow_row *row);
/* Is it a row of this part: open_renewal only where a renewal is? */
bool model_row_fits(const struct model_part *p, const struct flow_row *row);
/*
 * May the coupling follow from this row of this part?  *out: what it hangs on
 * besides, or NULL.
 */
bool model_couples(const struct model *m, size_t part,
    const struct flow_row *cause, const struct flow_coupling *c,
    const struct model_literal **out);
/* Is this part one of the instances that the coupling means? */
bool model_meant(const struct model *m, size_t part,
    const struct flow_row *cause, const struct flow_coupling *c, size_t then);
/* Are all machines there that the invariant speaks of? */
bool model_has_all(const struct model *m, const struct model_invariant *v);
bool model_literal_of(
    const struct model_literal *l, const struct model_part *p, int own);
bool model_literal_known(
    const struct model *m, const struct model_literal *l, int own);
bool model_literal_holds(const struct model *m, const struct model_state *s,
    const struct model_literal *l, int own);
/* Is this a legal move from the way's state? */
bool model_way_allows(
    const struct model_way *w, enum state to, const char *event);

#endif
