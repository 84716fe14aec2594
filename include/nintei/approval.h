/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_APPROVAL_H
#define NINTEI_APPROVAL_H
/*
 * approval: the decision document, who may sign it, and whether enough
 * people did.  Pure: no I/O; time is an argument.
 * Runs in: signer, core, nintei.  Trusts: nothing that it has not verified.
 * Rules: WEB 6.1, INTERFACE 7 (decision, roster entry), REGULATION 3 and 8;
 * DECISION-*, ROSTER-* and QUORUM-* in docs/PROTOCOL.decision.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/jsonx.h"
#include "nintei/slice.h"
#include "nintei/roster.h"
#include "nintei/sshsig.h"

/*
 * Decision: a flat canonical object of strings.  Members are fixed by kind:
 * schema, decision_id, kind, article, scheme, rule_version, policy_version,
 * case_id, case_basis, outcome, proposer, frozen_at, expires_at, affirmation
 * and nonce always; the others as the table of kinds says.
 */
struct decision;

#define DECISION_SCHEMA "nintei.decision/1"
#define DECISION_CODE 20 /* "XXXX-XXXX-XXXX-XXXX" and NUL */
extern const char decision_affirmation[]; /* the fixed sentence */

/*
 * fields: an object of strings without schema and affirmation, which are
 * added.  Errors: E_INPUT naming the member.  Rules: DECISION-1 to -7.
 */
int decision_build(
    const struct json *fields, struct decision **out, struct err *e) MUST_CHECK;
/* The stored bytes; refused unless canonical and complete.  E_INPUT. */
int decision_parse(
    struct slice bytes, struct decision **out, struct err *e) MUST_CHECK;
void decision_free(struct decision *d);
DEFINE_STRUCT_CLEANUP(decision, decision_free)
struct slice decision_bytes(const struct decision *d);
/* SHA-256 of the bytes, 32 bytes. */
const uint8_t *decision_hash(const struct decision *d);
const char *decision_get(const struct decision *d, const char *key); /* NULL */
int64_t decision_frozen_at(const struct decision *d);
int64_t decision_expires_at(const struct decision *d);
/* WEB 6.2: the first 80 bits of a SHA-256.  Returns out. */
char *decision_code(const uint8_t sha256[32], char out[DECISION_CODE]);

/* Approvals that a kind needs by REGULATION 3: 1 or 2; 0: no such kind. */
unsigned decision_quorum(const char *kind);
/* The first word that a kind permits ("decide_certify"), or NULL. */
const char *decision_outcome(const char *kind);
/* Is the word one of those that the kind permits? */
bool decision_permits(const char *kind, const char *outcome);
/* The same with the policy's quorum.KIND (0: unset), never below the floor. */
unsigned decision_needed(const char *kind, unsigned policy);

/*
 * The rest of a certify decision, whose SHA-256 in hex is `detail`:
 * {"designated_url", "existence"? (the grade of the proof of existence, as
 * the intake has it; NULL or "": none was recorded), "record" (the
 * certification.json), "schema": "nintei.certify/1", "spki": SHA-256 in hex
 * of the key or ""}, canonical.
 */
int decision_certify_detail(const struct json *record, struct slice spki,
    const char *designated_url, const char *existence, struct buf *out,
    struct err *e) MUST_CHECK;
/* The detail of bytes already canonical (a roster entry, objects): hex. */
void decision_detail_hex(struct slice canonical, char out[65]);

/* Guards of REGULATION 8 as bits; names by approval_guard_name. */
enum approval_guard {
	GUARD_SIGNATURE_VALID = 1,
	GUARD_ROLE_OK = 2,
	GUARD_NOT_PROPOSER = 4,
	GUARD_DISTINCT = 8,
	GUARD_NO_CONFLICT = 16,
	GUARD_BASIS_CURRENT = 32,
	GUARD_QUORUM_REACHED = 64,
	GUARD_APPROVALS_VERIFIED = 128
};
#define APPROVAL_SIGNATURES_MAX 16

struct approval_signature {
	const char *person;
	struct slice armour;
	int64_t at; /* when it was given; 0: now */
};
struct approval_terms {
	int64_t now;
	unsigned needed; /* decision_needed() */
	const char *const *conflicted; /* persons, or NULL */
	size_t n_conflicted;
	const char *case_basis; /* recomputed, or NULL: not compared */
};
struct approval_verdict {
	unsigned failed; /* guards; 0: it counts */
	bool objection;
	struct sshsig sig; /* key.type SSH_KEY_NONE: could not be read */
};
struct approval_result {
	unsigned failed; /* union, with BASIS_CURRENT and QUORUM_REACHED */
	unsigned approvals;
	unsigned objections;
	struct approval_verdict each[APPROVAL_SIGNATURES_MAX];
};

/* Judge all signatures of a decision.  E_LIMIT: more than the maximum. */
int approval_check(const struct decision *d,
    const struct approval_signature *sigs, size_t n, const struct roster *r,
    const struct approval_terms *terms, struct approval_result *out,
    struct err *e) MUST_CHECK;
/* "quorum_reached" of the lowest bit; NULL for 0. */
const char *approval_guard_name(unsigned guards);
/* Names of all bits, separated by one space.  Returns out. */
char *approval_guard_names(unsigned guards, char *out, size_t cap);

#endif
