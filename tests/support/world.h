/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_WORLD_H
#define NINTEI_TESTS_WORLD_H
/*
 * world: a case, its renewal and their clock, driven through the tables alone:
 * each act is decided, written as an event, applied, and what it owes to the
 * other case is paid.  No files, no processes.  Every event is kept, so that a
 * history can be folded again.
 */
#include "nintei/flow_next.h"
#include "nintei/scheme.h"
#include "support/support.h"

struct world_history {
	char **events;
	size_t n;
};

struct world {
	struct scheme scheme; /* a copy: its params may be changed */
	struct dossier *base, *renewal; /* renewal may be NULL */
	struct world_history of_base, of_renewal;
	int64_t now;
	unsigned decisions; /* ids given */
	struct flow_facts facts; /* what core would have established */
	struct flow_refusal refusal;
	struct err e;
};

/* now: an instant as text, "2026-07-01T15:00:00+09:00". */
void world_init(struct world *w, const struct scheme *s, const char *now);
void world_done(struct world *w);
int64_t world_at(const char *instant);
/* Move the clock; what is due in both cases happens, by instant. */
void world_wait(struct world *w, const char *instant);
void world_tick(struct world *w);

struct deed {
	bool renewal; /* in the renewal's case */
	enum machine machine;
	const char *event, *instance;
	unsigned roles;
	const char *who;
	const char *data; /* JSON, or NULL */
	const char *decision; /* that it executes, or NULL */
};
/* 0, or -1 with w->e and w->refusal: then nothing has changed. */
int world_do(struct world *w, const struct deed *deed);
/* That it was refused so, by this guard first (G_NONE: by none). */
void world_refused(
    const struct world *w, int rv, enum err_code code, enum guard guard);
/* The common ones; they must succeed. */
void world_must(struct world *w, enum machine m, const char *event,
    unsigned roles, const char *data);
void world_must_of(struct world *w, bool renewal, enum machine m,
    const char *event, unsigned roles, const char *data);
/* Intake: kind new or renewal; -1 when refused. */
int world_submit(struct world *w, bool renewal, const char *more);
/* Fee, review, opinion of nobody: until the proposal may be made. */
void world_review(struct world *w, bool renewal);
/*
 * Freeze a decision of the kind, have it approved, carry it out.  outcome and
 * instance may be NULL; data goes to the word that it executes.
 */
int world_decide(struct world *w, bool renewal, const char *kind,
    const char *outcome, const char *instance, const char *data);
/* From nothing to a valid certification; of a renewal: certified. */
void world_certify(struct world *w, bool renewal);
/* What was ordered is signed, in the base's case. */
void world_sign(struct world *w);

/* All that a fold leaves, as canonical JSON; to be freed. */
char *world_state(const struct dossier *d);
/* The events folded once more give the same state. */
void world_replays(const struct world *w);
/* Invariants of both cases; dies saying which. */
void world_holds(const struct world *w);

#endif
