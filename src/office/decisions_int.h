/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_DECISIONS_INT_H
#define NINTEI_OFFICE_DECISIONS_INT_H
/* decisions_int: decisions from the proposal to what they bring about. */
#include "case_int.h"
#include "office_state_int.h"

/* --- decisions (freeze.c, sign.c, execute.c, issue.c) --- */
/* Add the decision that an act freezes to the write. */
int office_freeze(struct visit *v, struct dossier *d, const char *kind,
    const char *decision_id, struct act_write *w, struct err *e) MUST_CHECK;
/* The stored decision and its signatures. */
struct proof {
	struct buf document;
	struct decision *decision;
	struct buf basis; /* what case_basis hashes, as it is now */
	size_t n;
	char person[APPROVAL_SIGNATURES_MAX][LIMIT_ID_BYTES + 1];
	struct buf armour[APPROVAL_SIGNATURES_MAX];
	struct approval_signature sigs[APPROVAL_SIGNATURES_MAX];
};
void proof_init(struct proof *p);
void proof_done(struct proof *p); /* for CLEANUP(proof_done) */
int proof_load(struct office *o, const struct dossier *d, const char *id,
    struct proof *out, struct err *e) MUST_CHECK;
int proof_judge(struct office *o, const struct dossier *d,
    const struct proof *p, int64_t now, struct approval_result *out,
    struct err *e) MUST_CHECK;
/* out: what is stored of the decision proves it at this instant. */
int office_proved(struct office *o, const struct dossier *d, const char *id,
    int64_t now, bool *out, struct err *e) MUST_CHECK;
/* Carry out an approved decision, with all that follows. */
int office_execute(struct office *o, struct dossier *d, const char *id,
    const char *actor, struct flow_refusal *refusal, struct err *e) MUST_CHECK;
/* Complete what stands half-way; the lock is held.  done: how many. */
int office_complete(struct office *o, unsigned *done, struct err *e) MUST_CHECK;
/* Is an artefact ordered and not signed? */
bool office_issue_waits(const struct dossier *d);
/* The key that the record of this case names; empty: none. */
int office_spki(struct office *o, const struct dossier *d, struct buf *out,
    struct err *e) MUST_CHECK;
/* Sign everything that is ordered, of any term. */
int office_issue(struct office *o, struct dossier *d, struct err *e) MUST_CHECK;
/*
 * Execute the approved revocations of a scheme.  The signer lists what it has
 * proved, also when its answer was lost: without this, a list could name a
 * certificate whose revocation is no event yet.  The lock is held.
 */
int office_revocations_settle(
    struct office *o, const char *scheme, struct err *e) MUST_CHECK;
/* Have the signer make a new list and publish it; the lock is held. */
int office_crl_refresh(struct office *o, struct office_pki *p,
    const char *cause, struct err *e) MUST_CHECK;
bool office_crl_lists(const struct office_pki *p, struct slice serial);
/* The executed certify decision, or NULL. */
const struct dossier_decision *office_certified_by(const struct dossier *d);
/* What a certificate is asked for with, beside its decision. */
struct sign_ask {
	const struct dossier *holder; /* whose record has the subject key */
	int64_t decided_at;
};
/* Of an executed or executing certify or reissue decision, of case d. */
int office_sign_certificate(struct office *o, const struct dossier *d,
    const struct proof *p, const struct sign_ask *ask, struct buf *der,
    struct err *e) MUST_CHECK;
/* The decision is shown to the signer as that which ends certificates. */
int office_show_end(struct office *o, const struct dossier *d,
    const struct proof *p, struct err *e) MUST_CHECK;
/* The record of a certificate, of an interim one that of its term; owned. */
char *office_record_path(const struct dossier *d, const char *serial);
/* decisions/<id>/detail.json of case d.  E_NOT_FOUND. */
int office_detail(struct office *o, const struct dossier *d, const char *id,
    struct buf *out, struct err *e) MUST_CHECK;
void sign_proof_of(const struct proof *p, struct sign_proof *out);
int proof_add(struct proof *p, const char *person, struct slice armour,
    int64_t at, struct err *e) MUST_CHECK;
void office_basis(const struct dossier *d, const struct dossier_decision *dec,
    char out[DOSSIER_HASH], struct buf *out_bytes);

/* --- versions of the rules (versions.c) --- */
/*
 * Schemes as the tree has them, in force by the events of rules-<scheme> and
 * policy-<scheme>; what lies in policies/ decides nothing.  E_CONFIG: the
 * history does not know the scheme.
 */
int office_versions_open(struct office *o, struct err *e) MUST_CHECK;
/* One version, from the tree, into the set. */
int office_version_take(struct office *o, const char *id, const char *version,
    struct err *e) MUST_CHECK;
/* 00:00 JST of a day. */
int office_effect_day(const char *date, int64_t *out, struct err *e) MUST_CHECK;

/* --- secrets to third parties (disclosure.c): Art. 20 --- */
/* Was document n handed over by this disclosure?  E_FLOW_GUARD, r filled. */
int office_disclosed(const struct dossier *d, const char *instance, int64_t n,
    struct flow_refusal *r, struct err *e) MUST_CHECK;
struct json *office_disclosures_json(const struct dossier *d);

#endif
