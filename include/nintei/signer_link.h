/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SIGNER_LINK_H
#define NINTEI_SIGNER_LINK_H
/*
 * signer_link: what core asks of the signer, one function for each operation.
 * Runs in: core; `nintei init` and tests, where the signer is in the process.
 * Every stub: errors as the signer answered them (E_SIGNER_REFUSED with the
 * guards in detail, E_RATE, E_INPUT), or E_IPC, E_UNAVAILABLE of the channel.
 * Module: signmsg.  Rules: docs/PROTOCOL.signer.
 */
#include "nintei/signmsg.h"

/*
 * Core's end.  call sends one request and gives the reply's fields (a
 * sealed memfd is read into reply by it); over a socket it is chan_call of
 * ipc.h, in tests and in `nintei init` the signer itself.
 */
struct signer_link {
	int (*call)(void *arg, uint32_t op, struct slice request,
	    struct buf *reply, struct err *e);
	void *arg;
};
/* Over the edge; p is borrowed. */
struct signer_link signer_over(struct peer *p);

int signer_hello(const struct signer_link *s, struct sign_hello *out,
    struct err *e) MUST_CHECK;
/*
 * armour[i]: appended, of commits[i] with its parent filled in.  out_last: id
 * of the last commit, each with its armour as gpgsig.  All are signed or none.
 */
int signer_sign_commits(const struct signer_link *s,
    const struct sign_group *group, struct buf *armour,
    uint8_t out_last[SIGN_COMMIT_ID], struct err *e) MUST_CHECK;
/*
 * The commit and all before it are on disk: any of the pending ones, or the
 * durable one.  Nothing before it can be continued any more.
 */
int signer_durable(const struct signer_link *s,
    const uint8_t id[SIGN_COMMIT_ID], struct err *e) MUST_CHECK;
/*
 * Show commits that follow the signer's durable or one of its pending ones
 * and that it signed before power was lost.  The last becomes durable.
 */
int signer_catch_up(const struct signer_link *s,
    const struct sign_group *signed_ones, struct err *e) MUST_CHECK;
/*
 * A checkpoint of the log: size and root as core computed them from what it
 * read back from disk.  note: appended, a C2SP tlog-checkpoint signed by the
 * log key alone.  It must be the head, durable or pending, or one of the last
 * SIGN_RECENT commits; what it covers is durable by that.
 */
#define SIGN_RECENT 1024
int signer_sign_checkpoint(const struct signer_link *s, uint64_t size,
    const uint8_t root[32], struct buf *note, struct err *e) MUST_CHECK;
/* cms: detached SignedData over receipt, DER; tst: RFC 3161 token over cms,
 * DER.  Both appended. */
int signer_sign_receipt(const struct signer_link *s,
    const struct sign_receipt *m, struct buf *cms, struct buf *tst,
    struct err *e) MUST_CHECK;
/*
 * Of a certify or reissue decision: the certificate of its record.  der:
 * appended.  The same decision again gives the same certificate.
 */
int signer_issue_cert(const struct signer_link *s, const struct sign_cert *m,
    struct buf *der, struct err *e) MUST_CHECK;
/*
 * crl: appended, the new list of the scheme.  Repeatable.  A reissue, or a
 * renewal that replaces the rest of a term, is shown here after its
 * certificate was issued.
 */
int signer_revoke_cert(const struct signer_link *s, const struct sign_revoke *m,
    struct buf *crl, struct err *e) MUST_CHECK;
/*
 * When continue_effect, termination.confirm, rules.adopt or rules.rescind
 * executes: before its commit.  Repeatable.
 */
int signer_note_decision(const struct signer_link *s, const struct sign_note *m,
    struct err *e) MUST_CHECK;
/*
 * The interim certificate of a noted continuation, from (D + 1) 00:00 on.
 * der: appended.  As long as the one made last has more than
 * DERIVE_INTERIM_AHEAD days to go it is the answer; then the next period's.
 */
int signer_continue_cert(const struct signer_link *s,
    const struct sign_continue *m, struct buf *der, struct err *e) MUST_CHECK;
/*
 * A typed document (statement.h), canonical: cms is detached SignedData of
 * the seal over it, tst an RFC 3161 token over cms.  Both appended.
 */
int signer_sign_statement(const struct signer_link *s, struct slice document,
    struct buf *cms, struct buf *tst, struct err *e) MUST_CHECK;
/* issuer: a scheme id.  crl: appended. */
int signer_sign_crl(const struct signer_link *s, const char *issuer,
    struct buf *crl, struct err *e) MUST_CHECK;
int signer_change_roster(const struct signer_link *s,
    const struct sign_roster *m, struct err *e) MUST_CHECK;
/*
 * From now on the key of the case that the decision names is neither wrapped
 * nor unwrapped, whatever backup it comes from.  Repeatable.
 */
int signer_shred_key(const struct signer_link *s, const struct sign_shred *m,
    struct err *e) MUST_CHECK;
/* key: 32 bytes.  wrapped: appended, at most SIGN_WRAPPED_MAX. */
int signer_wrap_key(const struct signer_link *s, const char *dossier,
    const uint8_t key[32], struct buf *wrapped, struct err *e) MUST_CHECK;
int signer_unwrap_key(const struct signer_link *s, const char *dossier,
    struct slice wrapped, uint8_t out[32], struct err *e) MUST_CHECK;

#endif
