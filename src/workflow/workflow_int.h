/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WORKFLOW_INT_H
#define NINTEI_WORKFLOW_INT_H
/* workflow_int: what the files of this module share. */
#include <stdlib.h>
#include <string.h>

#include "nintei/flow_next.h"
#include "nintei/workflow.h"

/* What a guard looks at. */
struct guard_in {
	const struct dossier *d;
	const struct flow_plan *plan; /* steps decided so far */
	const struct flow_act *act;
	const struct flow_facts *facts;
	const struct flow_row *row;
	const char *instance;
};
#define GUARD(id, name, fn) bool guard_##fn(const struct guard_in *in);
#include "nintei/flow_guards.inc"
#undef GUARD

/* Guards of a row that do not hold, in its order. */
size_t guards_failed(const struct guard_in *in, enum guard failed[FLOW_GUARDS]);
/* The row's guards as words: "fee_paid intake_ok !art8_bar". */
void guards_text(const struct flow_row *row, char *out, size_t cap);
/* The policy of the act; the defaults where there is no scheme. */
void guard_policy(const struct flow_facts *facts, struct params *out);
/* An open or approved decision that permits this row's word here, or NULL. */
const struct dossier_decision *guard_decision(const struct guard_in *in);
/* "2,7" of a proposal's data; false: malformed. */
bool guard_is(const struct dossier *d, enum machine m, enum flow_flag flag);

/* --- couplings (couple.c) --- */

/* All that follows inside the case from the steps of p, from `from` on. */
int couple_all(struct guard_in *in, struct flow_plan *p, size_t from,
    struct flow_refusal *r, struct err *e) MUST_CHECK;
int refuse_guard(
    const struct guard_in *in, struct flow_refusal *r, struct err *e);

/* --- the fold --- */

/* Bounded copy; too long is cut, and a cut id never matches anything. */
void word_copy(char *out, size_t cap, const char *in);

/* The instance, made if need be. */
struct dossier_machine *dossier_instance(
    struct dossier *d, enum machine m, const char *instance);
struct dossier_decision *dossier_decision_new(
    struct dossier *d, const char *id);

void dossier_acted(struct dossier *d, const char *person, unsigned role);

/* One more zeroed item of an array of d. */
#define PART_ADD(d, items)                                                     \
	((d)->items =                                                          \
		xrealloc((d)->items, (d)->n_##items + 1, sizeof(*(d)->items)), \
	    memset(&(d)->items[(d)->n_##items], 0, sizeof(*(d)->items)),       \
	    &(d)->items[(d)->n_##items++])

/* A parsed event, borrowed from its JSON. */
struct event {
	const char *case_id, *scheme, *machine, *instance, *from, *event, *to;
	const char *actor, *role, *decision_id, *cause;
	int64_t seq, recorded_at, effective_at;
	const struct json *effects, *data, *docs;
};
int event_read(
    const struct json *j, struct event *out, struct err *e) MUST_CHECK;

/* What steps leave behind beside the state, which is set already. */
void fold_case(
    struct dossier *d, const struct event *ev, const struct flow_step *s);
void fold_term(
    struct dossier *d, const struct event *ev, const struct flow_step *s);
void fold_theme(
    struct dossier *d, const struct event *ev, const struct flow_step *s);
void fold_body(
    struct dossier *d, const struct event *ev, const struct flow_step *s);

typedef void (*fold_fn)(
    struct dossier *d, const struct event *ev, const struct flow_step *s);
struct fold {
	enum machine machine;
	const char *event; /* NULL: any of the machine */
	fold_fn fn;
};
void fold_run(const struct fold *table, size_t n, struct dossier *d,
    const struct event *ev, const struct flow_step *s);
/* A text member, bounded; untouched when absent. */
void fold_text(const struct json *j, const char *key, char *out, size_t cap);
/* 0 when absent or malformed. */
int64_t fold_instant(const struct json *j, const char *key);

/* 00:00 JST after a civil day; 0: no day. */
int64_t day_end(const char *day);
/* 00:00 JST of a civil day; 0: no day. */
int64_t day_begin(const char *day);

#endif
