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
#include "nintei/err.h"
#include "nintei/flow.h"
#include "nintei/jsonx.h"
#include "nintei/limits.h"
#include "nintei/slice.h"
#include "nintei/term.h"

#define DOSSIER_WORD 40 /* a word of the tables and NUL */
#define DOSSIER_HASH 65 /* SHA-256 in hex and NUL */
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
	char certified_on[JDAY_TEXT];
	char valid_through[JDAY_TEXT];
	int64_t term;
	int64_t in_force_from; /* instant of the decision */
	int64_t ended_at; /* 0: not ended */
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

struct dossier {
	char id[LIMIT_ID_BYTES + 1];
	char scheme[LIMIT_ID_BYTES + 1];
	char kind[DOSSIER_WORD];
	char applicant[LIMIT_ID_BYTES + 1]; /* person */
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
	char shredded[LIMIT_ID_BYTES + 1]; /* decision that did it, or "" */
	struct dossier_certification certification;
};

struct dossier *dossier_new(const char *id);
void dossier_free(struct dossier *d);
DEFINE_STRUCT_CLEANUP(dossier, dossier_free)
struct dossier *dossier_copy(const struct dossier *d);
/* Roles in which a person has acted in this case; 0: not at all. */
unsigned dossier_roles_of(const struct dossier *d, const char *person);

/* S_NONE when there is no such instance. */
enum state dossier_state(
    const struct dossier *d, enum machine m, const char *instance);
/* The last made instance of a machine, or NULL. */
const struct dossier_machine *dossier_last(
    const struct dossier *d, enum machine m);
const struct dossier_decision *dossier_decision_find(
    const struct dossier *d, const char *id);
/* The decision that is open or approved for a kind, or NULL. */
const struct dossier_decision *dossier_decision_live(
    const struct dossier *d, const char *kind);
bool dossier_in_force(const struct dossier *d);

/*
 * INTERFACE 7: SHA-256 over the hashes of the events that hold, then the
 * SHA-256 of the canonical review (32 bytes, or NULL when there is none).
 */
void dossier_basis(const struct dossier *d, const uint8_t *review_sha256,
    char out[DOSSIER_HASH]);
/* What is hashed there, appended: 32 bytes for each. */
void dossier_basis_bytes(
    const struct dossier *d, const uint8_t *review_sha256, struct buf *out);

/* {"date", "what", "article"} of all that is awaited. */
struct json *dossier_deadlines(const struct dossier *d);
/* [{"machine", "instance", "state", "flags"}], [{"decision_id", ...}] */
struct json *dossier_machines_json(const struct dossier *d);
struct json *dossier_decisions_json(const struct dossier *d);
/* INTERFACE 7's decision state, without "comparison_code" and "head". */
struct json *dossier_decision_json(
    const struct dossier *d, const struct dossier_decision *dec);

#endif
