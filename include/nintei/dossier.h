/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DOSSIER_H
#define NINTEI_DOSSIER_H
/*
 * dossier: the state of one case, folded from its events and from nothing
 * else.  "case" is a C keyword; what the pages call a case is a dossier here.
 * Runs in: core, nintei.  Trusts: events whose bytes the store has checked.
 * Secret values (names, form values) are not here: they are documents.
 * Source: INTERFACE 7 (case, event), REGULATION 5.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/dossier_parts.h"
#include "nintei/err.h"
#include "nintei/flow.h"
#include "nintei/jsonx.h"
#include "nintei/limits.h"
#include "nintei/slice.h"
#include "nintei/term.h"

#define DOSSIER_SIGNATURES 16

struct dossier_machine {
	enum machine machine;
	char instance[LIMIT_ID_BYTES + 1];
	enum state state;
	unsigned flags; /* FLAG_ bits */
};

struct dossier_document {
	int64_t n;
	char commitment[DOSSIER_HASH];
	int64_t size; /* of the plaintext */
	char tag[16];
	char role[DOSSIER_WORD]; /* of a paper of an act; "" of intake's */
};

struct dossier_signature {
	char person[LIMIT_ID_BYTES + 1];
	bool objection;
	int64_t at;
};

struct dossier_decision {
	char id[LIMIT_ID_BYTES + 1];
	char kind[DOSSIER_WORD];
	char outcome[DOSSIER_WORD];
	char proposer[LIMIT_ID_BYTES + 1];
	char basis[DOSSIER_HASH]; /* case_basis as frozen */
	char review[DOSSIER_HASH]; /* SHA-256 of data.review, or "" */
	char sha256[DOSSIER_HASH]; /* of the document */
	char grounds[24];
	char instance[LIMIT_ID_BYTES + 1]; /* that it is about, or "" */
	char certified_on[JDAY_TEXT]; /* of a certify decision, or "" */
	int64_t needed;
	int64_t expires_at;
	size_t n_signatures;
	struct dossier_signature signatures[DOSSIER_SIGNATURES];
};

struct dossier_certification {
	char number[24]; /* "" until certified */
	char certified_on[JDAY_TEXT]; /* of the first term; kept */
	char valid_from[JDAY_TEXT]; /* of the present term */
	char valid_through[JDAY_TEXT]; /* of the present term */
	int64_t term; /* the present one, from 1 */
	int64_t in_force_from; /* instant of the first decision */
	int64_t ended_at; /* legal end; 0: in force (or again) */
	int64_t ended_recorded_at; /* when that was recorded; 0 */
	int64_t revocation_found_at; /* revoke_after_end: annotated; 0 */
	char serial[41]; /* of the present certificate, or "" */
	char operator_name[768];
	char service[768];
	char corporate_number[16];
};

/* Who acted in the case, and as what (REGULATION 3). */
struct dossier_actor {
	char person[LIMIT_ID_BYTES + 1];
	unsigned roles; /* ROLE_ bits */
};

#define DOSSIER_REVIEWERS 16
struct dossier {
	char id[LIMIT_ID_BYTES + 1];
	char scheme[LIMIT_ID_BYTES + 1];
	char kind[DOSSIER_WORD];
	char applicant[LIMIT_ID_BYTES + 1]; /* person */
	char base[LIMIT_ID_BYTES + 1]; /* a renewal's case of term 1, or "" */
	int64_t seq;
	char head[DOSSIER_HASH]; /* hash of the last event */
	int64_t received_at; /* kept through corrections; 0: not yet */
	struct dossier_machine *machines;
	size_t n_machines;
	struct dossier_document *documents; /* of all bundles, by n */
	size_t n_documents;
	int64_t first_document; /* n of the first of the last bundle */
	int64_t record; /* n of the intake record among them; 0: none */
	char bundle[DOSSIER_HASH]; /* SHA-256 of the last archive */
	char intake_event[DOSSIER_HASH]; /* the event that brought them */
	int64_t intake_seq; /* its number */
	struct dossier_decision *decisions;
	size_t n_decisions;
	struct dossier_actor *actors;
	size_t n_actors;
	uint8_t (*basis)[32]; /* hashes of the events that hold */
	size_t n_basis;
	bool complete; /* of the last bundle */
	int64_t to_correct; /* findings that must be put right */
	char existence[8]; /* grade of its proof of existence; "": old intake */
	int64_t fee_amount, fee_received; /* yen */
	int64_t fee_due_at; /* instant; 0: none */
	int64_t correction_due_at;
	int64_t bundles;
	char lineage[8][24]; /* numbers a person linked (Art. 8) */
	size_t n_lineage;
	char reviewers[DOSSIER_REVIEWERS][LIMIT_ID_BYTES + 1];
	size_t n_reviewers; /* 0: not accepted yet */
	char shredded[LIMIT_ID_BYTES + 1]; /* decision that did it, or "" */
	struct dossier_certification certification;
	struct dossier_compliance compliance;
	int64_t ticket_close_at; /* 0: none */
	/* Parts, in the order of their making (dossier_parts.h). */
	struct dossier_term *terms;
	size_t n_terms;
	struct dossier_seat *seats;
	size_t n_seats;
	struct dossier_ground *grounds;
	size_t n_grounds;
	struct dossier_breach *breaches;
	size_t n_breaches;
	struct dossier_artefact *artefacts;
	size_t n_artefacts;
	struct dossier_termination *terminations;
	size_t n_terminations;
	struct dossier_succession *successions;
	size_t n_successions;
	struct dossier_change *changes;
	size_t n_changes;
	struct dossier_emergency *emergencies;
	size_t n_emergencies;
	struct dossier_disclosure *disclosures;
	size_t n_disclosures;
	struct dossier_notice *notices;
	size_t n_notices;
	struct dossier_rules *rules;
	size_t n_rules;
	struct dossier_delegation *delegations;
	size_t n_delegations;
};

struct dossier *dossier_new(const char *id);
void dossier_free(struct dossier *d);
DEFINE_STRUCT_CLEANUP(dossier, dossier_free)
struct dossier *dossier_copy(const struct dossier *d);
/* Roles in which a person has acted in this case; 0: not at all. */
unsigned dossier_roles_of(const struct dossier *d, const char *person);

/*
 * Persons with an interest in the case (REGULATION 3 and 7): its applicant,
 * and whose seat was recused.  Borrowed; how many.
 */
#define DOSSIER_CONFLICTED 64
size_t dossier_conflicted(
    const struct dossier *d, const char *out[DOSSIER_CONFLICTED]);

/* S_NONE when there is no such instance. */
enum state dossier_state(
    const struct dossier *d, enum machine m, const char *instance);
size_t dossier_instances(const struct dossier *d, enum machine m);
/* The document of this number in the case, or NULL. */
const struct dossier_document *dossier_document_find(
    const struct dossier *d, int64_t n);
/* The last made instance of a machine, or NULL. */
const struct dossier_machine *dossier_last(
    const struct dossier *d, enum machine m);
const struct dossier_decision *dossier_decision_find(
    const struct dossier *d, const char *id);
/* The decision that is open or approved for a kind, or NULL. */
const struct dossier_decision *dossier_decision_live(
    const struct dossier *d, const char *kind);
/* issuing, valid or continued (REGULATION 5). */
bool dossier_in_force(const struct dossier *d);
/* A part by its instance or number; NULL: there is none. */
const struct dossier_term *dossier_term_find(
    const struct dossier *d, int64_t term);
#define DOSSIER_PART(name)                                  \
	const struct dossier_##name *dossier_##name##_find( \
	    const struct dossier *d, const char *instance)
DOSSIER_PART(seat);
DOSSIER_PART(artefact);
DOSSIER_PART(termination);
DOSSIER_PART(succession);
DOSSIER_PART(change);
DOSSIER_PART(emergency);
DOSSIER_PART(disclosure);
DOSSIER_PART(notice);
DOSSIER_PART(rules);

/*
 * INTERFACE 7: SHA-256 over the hashes of the events that hold, then the
 * SHA-256 of the canonical review (32 bytes, or NULL when there is none).
 */
void dossier_basis(const struct dossier *d, const uint8_t *review_sha256,
    char out[DOSSIER_HASH]);
/* What is hashed there, appended: 32 bytes for each. */
void dossier_basis_bytes(
    const struct dossier *d, const uint8_t *review_sha256, struct buf *out);

/* [{"term", "certified_on", "valid_from", ...}], by term. */
struct json *dossier_terms_json(const struct dossier *d);
/*
 * {"date", "what", "article", "for", "instance"?} of all that is awaited by
 * the records alone; flow_deadlines() adds what the policy computes.
 */
struct json *dossier_deadlines(const struct dossier *d);
/* [{"machine", "instance", "state", "flags"}], [{"decision_id", ...}] */
struct json *dossier_machines_json(const struct dossier *d);
struct json *dossier_decisions_json(const struct dossier *d);
/* INTERFACE 7's decision state, without "comparison_code" and "head". */
struct json *dossier_decision_json(
    const struct dossier *d, const struct dossier_decision *dec);

#endif
