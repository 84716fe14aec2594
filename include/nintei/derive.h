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
	bool chained;
};
void derive_record_done(struct derive_record *r);
/* The last certificate of the same number. */
struct derive_before {
	uint32_t term;
	struct jday certified_on, valid_through;
	bool revoked;
};
/* The form alone: canonical, its members.  E_INVALID. */
int derive_record_read(
    struct slice bytes, struct derive_record *out, struct err *e) MUST_CHECK;
/*
 * The record against decision, scheme and calendar; fills term, span and
 * chained.  before: NULL for a new number.  E_INVALID says what differs.
 */
int derive_record_check(struct derive_record *r, const struct decision *d,
    const struct scheme *s, const struct derive_before *before,
    struct err *e) MUST_CHECK;

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

/* PKI 5: the reason for a kind of decision; asked 0: the usual; 0: none. */
uint8_t derive_reason(const char *kind, uint8_t asked);
/*
 * The legal date of a revocation, 0: none.  asked: what the request says, for
 * kinds that may say it; certified_on: of the last certificate.
 */
int64_t derive_invalid_since(const struct decision *d, const struct scheme *s,
    struct jday certified_on, int64_t asked);

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
