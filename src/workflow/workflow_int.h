/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WORKFLOW_INT_H
#define NINTEI_WORKFLOW_INT_H
/* workflow_int: what the files of this module share. */
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

/* Guards of a row that do not hold, in its order. */
size_t guards_failed(const struct guard_in *in, enum guard failed[FLOW_GUARDS]);
/* The row's guards as words: "fee_paid intake_ok !art8_bar". */
void guards_text(const struct flow_row *row, char *out, size_t cap);

/* Bounded copy; too long is cut, and a cut id never matches anything. */
void word_copy(char *out, size_t cap, const char *in);

/* The instance, made if need be. */
struct dossier_machine *dossier_instance(
    struct dossier *d, enum machine m, const char *instance);
struct dossier_decision *dossier_decision_new(
    struct dossier *d, const char *id);

void dossier_acted(struct dossier *d, const char *person, unsigned role);

/* A parsed event, borrowed from its JSON. */
struct event {
	const char *case_id, *scheme, *machine, *instance, *from, *event, *to;
	const char *actor, *role, *decision_id;
	int64_t seq, recorded_at, effective_at;
	const struct json *effects, *data, *docs;
};
int event_read(
    const struct json *j, struct event *out, struct err *e) MUST_CHECK;

#endif
