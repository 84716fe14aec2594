/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_FLOW_H
#define NINTEI_FLOW_H
/*
 * flow: the state machines of the regulation as tables: machines, states,
 * roles, guards and rows.  Nothing else says what is a legal step.
 * Runs in: core, nintei.  Pure.
 * Rules: REGULATION 5 and 8; the rows stand in src/workflow/<machine>.inc.
 */
#include <stdbool.h>
#include <stddef.h>
#include "nintei/cc.h"

enum machine {
	M_NONE = 0,
	M_BUNDLE,
	M_APPLICATION,
	M_FEE,
	M_SEAT,
	M_DECISION,
	M_CERTIFICATION,
	M_SUCCESSION,
	M_CHANGE_NOTICE,
	M_TERMINATION,
	M_COMPLIANCE,
	M_EMERGENCY,
	M_WITHHOLDING,
	M_PAPER,
	M_MARK,
	M_ARTEFACT,
	M_NOTICE,
	M_RULES,
	M_DELEGATION,
	M_DISCLOSURE,
	M_TICKET,
	M_MAX
};

enum state {
	S_NONE = 0, /* "-": before creation */
#define STATE(machine, id, name, final) S_##id,
#include "nintei/flow_states.inc"
#undef STATE
	S_MAX
};

/* Who acts (REGULATION 3); one role per person and case. */
enum flow_role {
	ROLE_NONE = 0,
	ROLE_APPLICANT = 0x01,
	ROLE_SECRETARIAT = 0x02,
	ROLE_OFFICER = 0x04,
	ROLE_MEMBER = 0x08,
	ROLE_CHAIR = 0x10,
	ROLE_AUDITOR = 0x20,
	ROLE_SYSTEM = 0x40, /* clk, core, sig, unp, exa, cou */
	ROLE_DELEGATE =
	    0x80, /* works as secretariat within its scope (Art. 19) */
	ROLE_PUBLIC = 0x100
};

enum guard {
	G_NONE = 0,
#define GUARD(id, name, fn) G_##id,
#include "nintei/flow_guards.inc"
#undef GUARD
	G_MAX
};

#define FLOW_GUARDS 6

/* What a machine's state carries beside its name (REGULATION 5). */
enum flow_flag {
	FLAG_SURVEY_OPEN = 0x01, /* of application */
	FLAG_OPINION_OPEN = 0x02,
	FLAG_NEXT_TERM = 0x04, /* of certification */
	FLAG_CONTINUATION = 0x08,
	FLAG_INSUFFICIENT = 0x10, /* of compliance */
	FLAG_ENDED = 0x20 /* of mark */
};

/* One legal step: one row per (state, event). */
struct flow_row {
	enum machine machine;
	enum state from; /* S_NONE: creation */
	const char *event; /* REGULATION's word */
	unsigned roles;
	int guards[FLOW_GUARDS]; /* G_x, or -G_x for "not"; 0 ends */
	const char *kind; /* of decision, for approved(kind); or NULL */
	enum state to;
	unsigned sets, clears; /* FLAG_ bits */
	const char *article; /* "6(1)", or "" */
};

/* "survey_open" of one FLAG_ bit; NULL: none. */
const char *flag_name(unsigned flag);
const char *machine_name(enum machine m); /* "application" */
enum machine machine_parse(const char *name); /* M_NONE if unknown */
const char *state_name(enum state s); /* "in_review"; "-" for S_NONE */
enum state state_parse(enum machine m, const char *name); /* S_NONE */
enum machine state_machine(enum state s);
bool state_is_final(enum state s);
const char *role_name(enum flow_role r); /* "secretariat" */
enum flow_role role_parse(const char *name); /* ROLE_NONE if unknown */
const char *guard_name(enum guard g); /* "fee_paid" */

/* The row for a state and an event; NULL: the step is not open. */
const struct flow_row *flow_row_find(
    enum machine m, enum state from, const char *event);
/* Is there such an event at all?  Then some state has it. */
bool flow_event_known(enum machine m, const char *event);
/* The i-th row over all machines; NULL past the end. */
const struct flow_row *flow_row_at(size_t i);

/*
 * Couplings: when `event` happens on `machine`, `then_event` happens on the
 * machine `then` too, where that has such a row.
 */
struct flow_coupling {
	enum machine machine;
	const char *event;
	enum machine then;
	const char *then_event;
	bool must; /* a failing guard refuses the whole act */
	const char *when, *which; /* condition and instances: couple.c */
};
const struct flow_coupling *flow_coupling_at(size_t i); /* NULL past the end */

/*
 * What an approved decision of a kind carries out: the machine's event, and
 * by which event a proposal of the kind is frozen.  NULL: no such kind here.
 */
struct flow_kind {
	const char *kind; /* "certify" */
	enum machine machine;
	/* "decide_certify": also the outcome; NULL: the outcome says which */
	const char *event;
	const char *propose; /* "propose_certify", or "freeze" */
	bool waits; /* not executed at quorum: something else does it */
}; /* where the row is the system's alone (reissue), core acts as system */
const struct flow_kind *flow_kind_find(const char *kind);
/* The event that a decision of this kind and outcome carries out. */
const char *flow_kind_word(const struct flow_kind *k, const char *outcome);
const struct flow_kind *flow_kind_of(enum machine m, const char *propose);

/* The tables as Markdown with drawings: docs/generated/workflow.md. */
struct buf;
void flow_describe(struct buf *out);

#endif
