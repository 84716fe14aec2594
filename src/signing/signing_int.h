/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SIGNING_INT_H
#define NINTEI_SIGNING_INT_H
/* What the signer holds, shared by the files of src/signing. */
#include <stdbool.h>
#include "nintei/approval.h"
#include "nintei/ca.h"
#include "nintei/conf.h"
#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/jsonx.h"
#include "nintei/key.h"
#include "nintei/note.h"
#include "nintei/scheme.h"
#include "nintei/signing.h"
#include "nintei/tlog.h"

#define SIGNER_KEYS "keys"
#define SIGNER_JOURNAL "keys/signer.journal"
#define SIGNER_HEAD "keys/signer.head"
#define JOURNAL_SCHEMA "nintei.signer/1"
#define JOURNAL_LINE_BYTES KIB(256)

/* Map from 32 bytes to a number; map.c. */
struct map {
	struct map_slot {
		uint8_t key[32];
		uint32_t value; /* + 1; 0: free */
	} * slots;
	size_t cap, n;
};
void map_put(struct map *m, const uint8_t key[32], uint32_t value);
bool map_get(const struct map *m, const uint8_t key[32], uint32_t *out);
/* By map_key(kind, text); NULL text: false. */
bool map_find(
    const struct map *m, const char *kind, const char *text, uint32_t *out);
void map_free(struct map *m);
/* SHA-256 of kind, NUL, text: keys that are no hashes by themselves. */
void map_key(const char *kind, struct slice text, uint8_t out[32]);

/* Append-only lines, each naming the hash of the one before; journal.c. */
struct journal {
	int fd;
	uint64_t seq; /* of the last record; 0: none */
	uint8_t hash[32]; /* of its line without newline; zeros: none */
	uint64_t size; /* bytes of whole records */
	bool broken; /* a write failed: nothing more is signed */
};
struct journal_place {
	uint64_t offset;
	uint64_t seq;
	size_t n; /* bytes of the line */
	uint8_t hash[32];
};
typedef int (*journal_fn)(void *arg, const struct json *record,
    const struct journal_place *at, struct err *e);
/* Lock, replay every record into fn; a torn last line is cut off. */
int journal_open(int fd, struct journal *out, journal_fn fn, void *arg,
    struct err *e) MUST_CHECK;
/* Adds schema, seq, prev, at to the record; durable when it returns. */
int journal_append(struct journal *j, struct json *record, int64_t now,
    struct journal_place *out, struct err *e) MUST_CHECK;
int journal_read(const struct journal *j, const struct journal_place *at,
    struct json **out, struct err *e) MUST_CHECK;

/* Where the chain of commits stands; head.c. */
struct head_point {
	uint8_t id[SIGN_COMMIT_ID]; /* zeros: none */
	int64_t time;
	struct tlog log;
};
/* A commit that was signed and may be on disk. */
struct head_pending {
	uint8_t id[SIGN_COMMIT_ID];
	uint8_t event_hash[32];
	int64_t time;
};
struct head {
	uint64_t generation;
	uint64_t journal_seq; /* at least so long ... */
	uint8_t journal_hash[32]; /* ... and with this record there */
	struct head_point durable;
	size_t n_pending;
	struct head_pending pending[SIGN_GROUP_MAX]; /* after durable */
};
struct head_file {
	int fd;
	bool safe; /* which slot of the two is known to be on disk */
	bool dirty; /* the other one was written since */
	bool may_wait; /* its sync may go with that of the next group */
	bool broken; /* a write or sync failed: nothing more is signed */
};
int head_load(struct head_file *f, struct head *out, struct err *e) MUST_CHECK;
/* Into the other slot, with the next generation; not yet durable. */
int head_write(struct head_file *f, struct head *h, struct err *e) MUST_CHECK;
int head_sync(struct head_file *f, struct err *e) MUST_CHECK;
bool id_is_zero(const uint8_t id[SIGN_COMMIT_ID]);

/* SIGN-1 to SIGN-3: what a commit says of its place; commit_view.c. */
struct commit_view {
	bool first; /* no parent */
	uint8_t parent[SIGN_COMMIT_ID];
	int64_t time;
	uint64_t size;
	uint8_t root[32];
	size_t headers; /* bytes before the empty line */
	struct slice subject; /* borrowed from the text */
};
bool commit_read(struct slice text, struct commit_view *out);

/* Commits that are about to continue the chain; chain.c. */
struct tail {
	const struct signer *s;
	struct head_point base; /* what the first one continues */
	struct head_point at; /* after the last one */
	size_t n;
	struct head_pending made[SIGN_GROUP_MAX];
	uint8_t roots[SIGN_GROUP_MAX][32];
};
int chain_begin(const struct signer *s, const struct commit_view *first,
    struct tail *out, struct err *e) MUST_CHECK;
int chain_add(struct tail *c, const struct commit_view *v,
    const uint8_t event_hash[32], struct err *e) MUST_CHECK;
/* Commit i got its id; in order. */
void chain_name(struct tail *c, size_t i, const uint8_t id[SIGN_COMMIT_ID]);
/* They are pending, and what they continue is durable by that. */
int chain_commit(
    struct signer *s, const struct tail *c, struct err *e) MUST_CHECK;
/* The first n pending ones are durable. */
int chain_settle_at(struct signer *s, size_t n, struct err *e) MUST_CHECK;
/* How many pending ones end in this commit; 0: it is the durable one. */
bool chain_find(
    const struct head *h, const uint8_t id[SIGN_COMMIT_ID], size_t *out);
/*
 * SIGN-18: does the journal remember what this act rests on?  Else it is of
 * an earlier moment than the store, not only the head file.
 */
int shown_check(
    struct signer *s, const struct commit_view *v, struct err *e) MUST_CHECK;
/* After the head file was read. */
void chain_open(struct signer *s);
/* The root that the log had at this size, if it was lately; else NULL. */
const uint8_t *recent_root(const struct signer *s, uint64_t size);

enum issued_kind {
	ISSUED_TERM = 0, /* by a certify decision */
	ISSUED_AGAIN, /* by a reissue: other names */
	ISSUED_INTERIM /* of a continuation */
};
struct issued {
	enum issued_kind kind;
	char number[41];
	char scheme[41];
	char decision_id[41];
	uint8_t serial[SERIAL_BYTES];
	uint8_t service[32]; /* map_key of scheme and service */
	uint32_t term;
	struct jday certified_on, valid_from, valid_through;
	int64_t at, not_before, not_after;
	bool revoked;
	int64_t revoked_at;
	uint32_t before; /* earlier one of this number + 1; 0: none */
	struct journal_place place;
};
struct revoked {
	char scheme[41];
	struct ca_revocation entry;
};
/* A number that ended by decision: nothing is issued for it again. */
struct ended {
	int64_t at; /* recorded */
	int64_t since; /* legal date, if earlier; else at */
	enum crl_reason reason;
};
/* A decision whose effect comes later (OP_NOTE_DECISION). */
struct noted {
	char kind[24];
	char number[41];
	char scheme[41];
	int64_t at;
	bool over; /* a continuation that was shown as ended */
	int64_t over_at;
	uint32_t interim; /* its last certificate + 1; 0: none yet */
	struct json *rules; /* nintei.rules/1, or NULL */
	bool adopts; /* false: rescinds */
};
struct ledger {
	bool begun; /* the first record was read */
	bool development;
	struct roster *roster;
	struct issued *issued;
	size_t n_issued;
	struct revoked *revoked;
	size_t n_revoked;
	struct pinned {
		char person[41];
		int64_t at; /* of the last change by decision */
	} * pinned;
	size_t n_pinned;
	struct noted *noted;
	size_t n_noted;
	struct ended *ended;
	size_t n_ended;
	struct map executed; /* decision hash or id -> issued index or 0 */
	struct map notes; /* decision hash or id -> index of noted */
	struct map ends; /* number -> index of ended */
	struct map numbers; /* -> last of struct issued */
	struct map keys; /* SPKI hash -> first of struct issued */
	struct map counters; /* use of an sk key's counter */
	struct map serials;
	struct map certified; /* case -> index of what it brought */
	struct map shredded; /* case whose key was destroyed */
	struct map crls; /* scheme -> index in crl */
	struct crl_state {
		char scheme[41];
		uint64_t number;
		int64_t this_update;
	} crl[64];
	size_t n_crl;
};
void ledger_init(struct ledger *l);
void ledger_free(struct ledger *l);
/* ledger_note.c: records of effects that come later, and of ends. */
int ledger_apply_note(struct ledger *l, const struct json *r,
    const struct journal_place *at, struct err *e) MUST_CHECK;
void ledger_end(struct ledger *l, const char *number, const struct ended *one);
/* The note that this record's decision is; NULL: none. */
struct noted *ledger_note_of(const struct ledger *l, const struct json *r);
/* Counters of authenticators that the record used up. */
int ledger_used(
    struct ledger *l, const struct json *r, struct err *e) MUST_CHECK;
/* Take one record of the journal into the state.  E_STORE_CORRUPT. */
int ledger_apply(struct ledger *l, const struct json *record,
    const struct journal_place *at, struct err *e) MUST_CHECK;
/* The last certificate of any kind; NULL: the number is not known. */
const struct issued *ledger_last_of(const struct ledger *l, const char *number);
const struct issued *ledger_before(
    const struct ledger *l, const struct issued *i); /* NULL */
/* The last one of a term (0: of the last term) that is no interim one. */
const struct issued *ledger_term(
    const struct ledger *l, const char *number, uint32_t term);
const struct issued *ledger_first_of(
    const struct ledger *l, const char *number);
const struct ended *ledger_ended(const struct ledger *l, const char *number);
/* A noted continuation that is not over; NULL: none. */
const struct noted *ledger_continued(
    const struct ledger *l, const char *number);
/* When a decision last changed this person's entry; 0: never. */
int64_t ledger_pinned_at(const struct ledger *l, const char *person);
bool ledger_case_shredded(const struct ledger *l, const char *dossier);
bool ledger_case_certified(const struct ledger *l, const char *dossier);
struct crl_state *ledger_crl(struct ledger *l, const char *scheme);

struct issuer {
	char scheme[41];
	struct cert *cert;
	struct pkey *key;
};
/* Who seals receipts, who stamps the time. */
struct sealer {
	struct cert *cert;
	struct pkey *key;
};
struct signer {
	struct config *conf;
	struct scheme_set *schemes;
	struct clock clock;
	bool own_clock; /* that of nintei.yaml */
	struct random random;
	int conf_fd;
	struct journal journal;
	struct head_file head_file;
	struct head head;
	struct head_point tip; /* after the last pending commit */
	bool moved; /* signed or caught up since the start */
	struct recent {
		uint64_t size; /* 0: none */
		uint8_t root[32];
	} recent[SIGN_RECENT]; /* by size modulo SIGN_RECENT */
	struct ledger ledger;
	struct pkey *commit_key;
	struct ssh_key commit_public;
	struct secret *master;
	struct issuer *issuers;
	size_t n_issuers;
	struct cert *root;
	struct sealer seal, tsa;
	struct pkey *log_key;
	struct note_key log_vkey;
	struct rate {
		int64_t minute;
		uint32_t used;
	} rates[OP_SIGN_MAX];
	bool rates_off;
};
int signer_file_open(const char *home, const char *path, int flags, int *out,
    struct err *e) MUST_CHECK;
/* keys.c */
int keys_open(struct signer *s, const char *home, struct err *e) MUST_CHECK;
void keys_close(struct signer *s);
int64_t signer_now(const struct signer *s);
const struct issuer *issuer_find(const struct signer *s, const char *scheme);
/* Journal, then state; a failure of either ends all signing. */
int signer_record(struct signer *s, struct json *record,
    struct journal_place *out, struct err *e) MUST_CHECK;

/*
 * E_SIGNER_REFUSED with the guards by name, then why; logged as alarm.
 * guards 0: approvals_verified alone.
 */
int refuse(struct err *e, unsigned guards, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/*
 * The decision behind a request, of one of these kinds, verified; proof.c.
 * done: it was executed before, nothing else was checked.
 */
struct proven {
	struct decision *d;
	const struct scheme *scheme; /* in force; NULL for acts of the body */
	bool done;
	uint32_t index; /* of what it made, if done */
	bool noted; /* proved when it was noted */
	uint32_t note; /* of struct noted, if so */
	struct json *used; /* counters of sk keys, for the journal */
};
void proven_done(struct proven *p); /* for CLEANUP(proven_done) */
int proof_check(struct signer *s, const struct sign_proof *m,
    const char *const *kinds, size_t n_kinds, struct proven *out,
    struct err *e) MUST_CHECK;
/* A record of the act with decision, decision_id and used. */
struct json *proof_record(const struct proven *p, const char *op);

/* certification.json against decision, scheme and calendar; record.c. */
int record_check(const struct signer *s, const struct proven *p,
    const struct sign_cert *m, struct derive_record *out,
    struct err *e) MUST_CHECK;

/* What struct issued.service holds; certify.c. */
void service_key(const char *scheme, const char *name, uint8_t out[32]);
/* A certificate by this issuer: serial, lint, comparison; certify.c. */
int certificate_make(struct signer *s, const char *scheme,
    struct ca_certification *f, struct buf *der, struct err *e) MUST_CHECK;
/* The certificate of a journal record. */
int certificate_again(struct signer *s, const struct issued *i, struct buf *der,
    struct err *e) MUST_CHECK;
/* SIGN-80 to SIGN-82: versions of rules; rules_op.c. */
int rules_check(struct signer *s, const struct proven *p,
    const struct sign_note *m, struct err *e) MUST_CHECK;
int rules_enact(
    struct signer *s, const struct noted *n, struct err *e) MUST_CHECK;
int rules_replay(struct signer *s, struct err *e) MUST_CHECK;
/* SIGN-16, SIGN-17: the log was this, and nothing of it can be replaced. */
int log_stands(
    struct signer *s, const struct tlog_head *want, struct err *e) MUST_CHECK;
/* Sealed and stamped: what a document's way out is; receipt.c. */
int sealed_reply(struct signer *s, struct slice document, struct request *rq,
    struct err *e) MUST_CHECK;

int op_note_decision(void *ctx, struct request *rq, struct err *e);
int op_continue_cert(void *ctx, struct request *rq, struct err *e);
int op_sign_statement(void *ctx, struct request *rq, struct err *e);
int op_sign_hello(void *ctx, struct request *rq, struct err *e);
int op_sign_commits(void *ctx, struct request *rq, struct err *e);
int op_catch_up(void *ctx, struct request *rq, struct err *e);
int op_sign_checkpoint(void *ctx, struct request *rq, struct err *e);
int op_sign_receipt(void *ctx, struct request *rq, struct err *e);
int op_sign_durable(void *ctx, struct request *rq, struct err *e);
int op_issue_cert(void *ctx, struct request *rq, struct err *e);
int op_revoke_cert(void *ctx, struct request *rq, struct err *e);
int op_sign_crl(void *ctx, struct request *rq, struct err *e);
int op_change_roster(void *ctx, struct request *rq, struct err *e);
int op_shred_key(void *ctx, struct request *rq, struct err *e);
int op_wrap_key(void *ctx, struct request *rq, struct err *e);
int op_unwrap_key(void *ctx, struct request *rq, struct err *e);
/* One byte string as the whole answer; a memfd where it is large. */
int reply_bytes(
    struct request *rq, struct slice bytes, struct err *e) MUST_CHECK;
/* Copy a text of at most 40 bytes; longer ones are cut. */
void text_copy(char out[41], const char *text);
void bytes_take(struct slice from, uint8_t *out, size_t n);

#endif
