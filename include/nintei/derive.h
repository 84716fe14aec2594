/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DERIVE_H
#define NINTEI_DERIVE_H
/*
 * derive: what follows from a decision of officers, and from nothing else:
 * how many must sign, the record, the certificate, the revocation, the entry
 * of the register.  The signer makes by it, an auditor checks by it.  Pure.
 * Runs in: signer, core, nintei.  Trusts: a decision that was verified.
 * Rules: SIGN-14, SIGN-20 to SIGN-25, SIGN-30 in docs/PROTOCOL.signer.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/approval.h"
#include "nintei/ca.h"
#include "nintei/dossier.h"
#include "nintei/scheme.h"
#include "nintei/secrecy.h"

/* only: NULL for an act of the body, which the strictest scheme rules. */
unsigned derive_needed(
    const struct scheme_set *all, const struct scheme *only, const char *kind);
/* Seconds for which a decision may stand. */
int64_t derive_life(const struct scheme_set *all, const struct scheme *only);

/* certification.json as it was read. */
struct derive_record {
	struct json *doc;
	uint8_t sha256[32];
	uint32_t term;
	struct jday certified_on;
	struct term span;
	bool chained; /* begins on a day after the decision, or after D */
	bool reissue; /* other names, the same term */
};
void derive_record_done(struct derive_record *r);
/* The last term of the same number: its certificate, not an interim one. */
struct derive_before {
	uint32_t term;
	struct jday certified_on, valid_from, valid_through;
	bool ended; /* revoked, lapsed, terminated: nothing comes after it */
	bool continued; /* or about to be: Art. 12(2) */
	const struct json *record; /* a reissue is compared with it */
};
/* The form alone: canonical, its members.  E_INVALID. */
int derive_record_read(
    struct slice bytes, struct derive_record *out, struct err *e) MUST_CHECK;
/*
 * The record against decision (certify, reissue), scheme and calendar; fills
 * term, span, chained and reissue.  s: the version in force; all: where
 * earlier ones are looked up, or NULL.  before: of a certify decision the last
 * term, NULL for a new number; of a reissue the term that record names.
 * E_INVALID says what differs.
 */
int derive_record_check(struct derive_record *r, const struct decision *d,
    const struct scheme *s, const struct scheme_set *all,
    const struct derive_before *before, struct err *e) MUST_CHECK;

/* Texts of the configuration that a certificate holds for ever. */
struct derive_urls {
	char *oid_base, *policy_oid, *rule, *crl, *issuer, *ocsp;
};
void derive_urls_make(const struct scheme *s, const char *oid_base,
    const char *https, const char *http, struct derive_urls *out);
void derive_urls_done(struct derive_urls *u);
/*
 * The names of the record, public by the certify decision that was proved.
 * Sets service, operator_name and corporate_number, borrowed.  E_INVALID.
 */
int derive_names(const struct derive_record *r,
    const struct declassification *by, struct ca_certification *f,
    struct err *e) MUST_CHECK;
/*
 * The other facts of the certificate, borrowed; serial and spki are left
 * alone.  decided_at counts unless the term is chained.
 */
void derive_certificate(const struct scheme *s, const struct derive_record *r,
    const struct derive_urls *u, int64_t decided_at,
    struct ca_certification *f);

/*
 * What an interim certificate of a continuation covers (PKI 4): from the end
 * of the term, from the end of the interim one before (0: none), or from
 * now, whichever is last; to 23:59:59 JST.  False: the policy wants none.
 */
#define DERIVE_INTERIM_AHEAD 7 /* days before its end the next is made */
bool derive_interim(const struct scheme *s, struct jday valid_through,
    int64_t last_not_after, int64_t now, int64_t *out_not_before,
    int64_t *out_not_after);
/* Is it time for another after the one that ends then? */
bool derive_interim_due(int64_t not_after, int64_t now);

/* PKI 5: what a decision does to certificates. */
struct derive_end {
	uint8_t reason; /* enum crl_reason */
	int64_t since; /* legal date, 0: none but the entry's; see below */
	int64_t from; /* not executed before this instant */
	bool ends; /* the number: no certificate comes after it */
};
/*
 * detail: the bytes whose hash the decision has, or empty.  certified_on: of
 * the last term.  An entry's invalidityDate is since if that is earlier than
 * the entry (derive_invalid_since).  E_INVALID: this decision does not do it.
 */
int derive_end(const struct decision *d, struct slice detail,
    const struct scheme *s, struct jday certified_on, struct derive_end *out,
    struct err *e) MUST_CHECK;
int64_t derive_invalid_since(const struct derive_end *end, int64_t revoked_at);

/*
 * The public entry after one more event, d being the state after it: made by
 * the event that publishes first, with a line of history for each that moves
 * the certification; what was withheld and is published later takes its
 * place.  *entry: NULL before the first.  False: this event leaves it alone.
 */
bool derive_entry_follow(
    struct pub_doc **entry, const struct dossier *d, const struct json *event);
/* The day a revocation executed, from the entry's history; false: none did. */
bool derive_revoked_day(const struct json *entry, struct jday *out);

#endif
