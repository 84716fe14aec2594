/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WORKFLOW_H
#define NINTEI_WORKFLOW_H
/*
 * workflow: decide what an act leads to, write it as an event, and apply
 * events to a dossier.  Pure: time, identifiers and all facts from outside
 * are arguments.  apply alone sets a state.
 * Runs in: core, nintei.
 * Rules: REGULATION 5 and 8, INTERFACE 7 (event).
 */
#include "nintei/dossier.h"
#include "nintei/scheme.h"

#define FLOW_STEPS 224 /* of one event: every item of form B may be asked */

struct flow_step {
	enum machine machine;
	char instance[LIMIT_ID_BYTES + 1];
	enum state from;
	char event[DOSSIER_WORD];
	enum state to;
};

/* What somebody asks for. */
struct flow_act {
	enum machine machine; /* M_NONE: whichever has the event */
	const char *event;
	const char *instance; /* NULL: the only fitting one */
	unsigned roles; /* ROLE_ bits of the person; the row picks one */
	const char *person;
	int64_t now;
	const struct json *data; /* may be NULL */
};

/* Verdicts on one signature, the values of approval.h. */
#define FLOW_APPROVAL_SIGNATURE 1u
#define FLOW_APPROVAL_ROLE 2u
#define FLOW_APPROVAL_PROPOSER 4u
#define FLOW_APPROVAL_DISTINCT 8u
#define FLOW_APPROVAL_CONFLICT 16u

/*
 * What core found out for guards that look beyond the dossier.  Each is false
 * until it was established.
 */
struct flow_facts {
	const struct scheme *scheme; /* may be NULL for body cases */
	const struct scheme *criteria; /* of the application; NULL: scheme's */
	const struct dossier *base; /* of a renewal, as it stands; or NULL */
	const char *pending_renewal; /* id, of this case as a base; or NULL */
	/* What no clone shows, or another part has to establish. */
	bool quota_ok, hash_matches, archive_safe, may_apply;
	bool complete;
	bool art8_bar;
	bool partial;
	bool two_person_check; /* two staff signed the transcription */
	bool declaration_valid; /* a member's signed statement */
	bool conflict_known; /* of the member that acts */
	bool consented; /* the operator's signed consent */
	bool delegate_in_scope; /* the delegate's delegation is active here */
	bool owed; /* another case owes the word: the system says it */
	bool approvals_verified;
	bool approvals_checked; /* approvals_failed means something */
	unsigned approvals_failed; /* FLOW_APPROVAL_ bits */
	bool quorum_reached; /* with the signature that the act brings */
	bool basis_current;
	const char *decision; /* that executes, where several are live */
	const char *new_instance; /* id of a decision that the act freezes */
};

struct flow_plan {
	struct flow_step primary;
	struct flow_step effects[FLOW_STEPS];
	size_t n_effects;
	size_t primary_after; /* so many effects come before the word */
	const char *article;
	enum flow_role role;
	char guards[256]; /* names, as the row has them, one space between */
};

/* What a refusal says beside err: members of the problem (INTERFACE 7). */
struct flow_refusal {
	enum machine machine;
	enum state state;
	char event[DOSSIER_WORD];
	const char *article;
	enum guard failed[FLOW_GUARDS];
	size_t n_failed;
};

/*
 * Decide.  Errors: E_INPUT (no such event, ambiguous), E_FLOW_STEP,
 * E_FLOW_ROLE, E_FLOW_GUARD; refusal is then filled.
 */
int flow_decide(const struct dossier *d, const struct flow_act *act,
    const struct flow_facts *facts, struct flow_plan *out,
    struct flow_refusal *refusal, struct err *e) MUST_CHECK;
/*
 * A chain of steps as one act, for intake: several machines come into being
 * at once.  Each row's guards are asked in order; the step `primary` is the
 * act's word, the others its effects, and the couplings of the word follow.
 */
struct flow_link {
	enum machine machine;
	const char *instance;
	const char *event;
};
int flow_chain(const struct dossier *d, const struct flow_act *act,
    const struct flow_facts *facts, const struct flow_link *links, size_t n,
    size_t primary, struct flow_plan *out, struct flow_refusal *refusal,
    struct err *e) MUST_CHECK;
/*
 * Add a step by hand, for acts that bring several machines into being at once
 * (intake).  Takes the row from the tables; E_FLOW_STEP if there is none.
 */
int flow_plan_add(struct flow_plan *p, const struct dossier *d, enum machine m,
    const char *instance, const char *event, struct err *e) MUST_CHECK;
/* State of an instance after the plan's steps so far. */
enum state flow_plan_state(const struct flow_plan *p, const struct dossier *d,
    enum machine m, const char *instance);

/* Everything else that an event says. */
struct event_head {
	const char *actor;
	const char *decision_id; /* or NULL */
	const char *rule_version, *policy_version;
	int64_t recorded_at, effective_at;
	const char *request; /* hex, or NULL */
	const char *cause; /* hex, or NULL */
	const char *salt; /* 32 hex digits */
};
/*
 * The canonical event.  data and docs are borrowed, may be NULL.  For acts
 * outside the machines plan->primary.machine is M_NONE: machine "body".
 * Errors: E_LIMIT.
 */
int event_build(const struct dossier *d, const struct flow_plan *plan,
    const struct event_head *h, const struct json *data,
    const struct json *docs, struct buf *out, struct err *e) MUST_CHECK;

/*
 * Apply one event's canonical bytes.  Every step must follow from the state:
 * replay of a history that the tables do not allow is E_STORE_CORRUPT.
 */
int dossier_apply(
    struct dossier *d, struct slice event, struct err *e) MUST_CHECK;
/* The same of an event that was parsed from canonical bytes of this SHA-256. */
int dossier_apply_parsed(struct dossier *d, const struct json *event,
    const uint8_t hash[32], struct err *e) MUST_CHECK;
/* Members and their kinds, and those of each effect.  E_INPUT. */
int event_shape(const struct json *event, struct err *e) MUST_CHECK;

/*
 * The next clock event of a dossier, and when it is due; false: none.  It is
 * applied before any act at or after that instant (REGULATION 4).
 */
struct flow_due {
	int64_t at;
	enum machine machine;
	const char *event;
	char instance[LIMIT_ID_BYTES + 1];
};
bool flow_next_due(const struct dossier *d, struct flow_due *out);

#endif
