/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_FLOW_NEXT_H
#define NINTEI_FLOW_NEXT_H
/*
 * flow_next: what follows from a case as it stands: words that another case
 * is owed, acts that are open, dates that are awaited, notices that are due.
 * Runs in: core, nintei.  Pure.
 * Rules: REGULATION 4, 5 and 6.1; INTERFACE 7 (case, couplings).
 */
#include "nintei/workflow.h"

/*
 * Couplings into another case (INTERFACE 7): its own event, with `cause`.
 * base: the renewal's base; renewal: the pending renewal of this base.
 */
#define FLOW_OWED 4
struct flow_owed {
	char dossier[LIMIT_ID_BYTES + 1]; /* to whom */
	enum machine machine;
	const char *event; /* static */
	char instance[LIMIT_ID_BYTES + 1];
	bool to_base; /* else to the pending renewal */
};
/*
 * What `event`, which brought the dossier to `after`, owes.  facts->base is
 * the base before it is told (for a renewal), facts->pending_renewal the id
 * of the pending renewal (for a base), facts->scheme the policy.  What the
 * target has no row for is not listed where facts->base shows it; of a
 * renewal's draft or final state the caller skips what has no row.
 */
size_t flow_owed(const struct dossier *after, const struct json *event,
    const struct flow_facts *facts, struct flow_owed out[FLOW_OWED]);

/*
 * The evidence of a compliance case, which joins a pending renewal when the
 * certification ends (REGULATION 5): ids of the events that began it, noted a
 * ground or confirmed a breach since then.  NULL: no case was running.
 */
struct json *flow_evidence(const struct dossier *base);

/* An act that a row offers now, to somebody. */
struct flow_option {
	const struct flow_row *row;
	const char *instance; /* borrowed of d; NULL: would be made */
	enum guard failed[FLOW_GUARDS]; /* by what the case shows */
	size_t n_failed;
	enum guard asked[FLOW_GUARDS]; /* hang on what the act brings */
	size_t n_asked;
};
/*
 * May a person's command begin an instance of this machine in this case?
 * (Intake and couplings begin the others.)
 */
bool flow_may_begin(const struct dossier *d, enum machine m);
/* Does this guard hang on data, files or signatures of the act itself? */
bool guard_of_act(enum guard g);
/*
 * Each row that is open now (from the state of an instance, or creating one),
 * in the order of the tables; without those of ROLE_SYSTEM alone.
 * now: for guards of time.  fn returns false to stop.
 */
void flow_possible(const struct dossier *d, const struct flow_facts *facts,
    int64_t now, bool (*fn)(const struct flow_option *o, void *arg), void *arg);

/*
 * Everything awaited and every reminder of REGULATION 6.1, by date:
 * [{"date", "what", "article", "for": role, "instance"?}].  Past dates of what
 * still stands are listed too.  facts: scheme and pending_renewal.
 */
struct json *flow_deadlines(
    const struct dossier *d, const struct flow_facts *facts);
/* The n-th business day after a day (weekends, holidays, 12-29 to 01-03). */
struct jday business_day_after(struct jday from, int64_t n);
bool business_day(struct jday day);

/* A notice that an act demands (src/workflow/notices.inc). */
struct flow_notice {
	enum machine machine;
	const char *event;
	const char *kind; /* "result"; instance "<kind>-<seq>" */
	bool legal; /* done only by opening or by proof of posting */
	const char *article;
	enum flow_role to; /* addressee */
};
const struct flow_notice *flow_notice_at(size_t i); /* NULL past the end */
/* By the kind, or by the instance "<kind>-<seq>"; NULL: none. */
const struct flow_notice *flow_notice_find(const char *kind);

/* A member of the data of an act (include/nintei/acts.inc). */
enum act_type {
	ACT_TEXT = 0, /* short, not secret */
	ACT_WORD, /* one of a fixed list: choices */
	ACT_ID,
	ACT_HASH,
	ACT_DATE,
	ACT_INSTANT,
	ACT_INT,
	ACT_BOOL,
	ACT_LIST, /* items: see choices */
	ACT_OBJECT
};
struct flow_member {
	enum machine machine;
	const char *event;
	const char *name;
	enum act_type type;
	const char *choices; /* words with spaces; of a list: its items' type */
	bool required;
	bool server; /* a client that sends it is refused */
	const char *ja, *en;
};
const struct flow_member *flow_member_at(size_t i); /* NULL past the end */

/*
 * The invariants of REGULATION 5 over one case; base and renewal (either may
 * be NULL) are its counterparts.  False: why says which was broken.
 */
#define INVARIANT_TEXT 160
bool dossier_invariants(const struct dossier *d, const struct dossier *base,
    const struct dossier *renewal, char why[INVARIANT_TEXT]);

#endif
