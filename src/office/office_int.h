/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_INT_H
#define NINTEI_OFFICE_INT_H
/* office_int: what the files of this module share. */
#include <pthread.h>
#include <stdatomic.h>

#include "nintei/account.h"
#include "nintei/approval.h"
#include "nintei/conf.h"
#include "nintei/derive_entry.h"
#include "nintei/index.h"
#include "nintei/note.h"
#include "nintei/office.h"
#include "nintei/scheme.h"
#include "nintei/secrecy.h"
#include "nintei/store.h"
#include "nintei/vault.h"
#include "nintei/worker.h"
#include "nintei/workflow.h"

/* One issuing authority: what is served under /pki/. */
struct office_pki {
	char *name; /* scheme id or "root" */
	struct buf cer; /* DER */
	struct buf pem; /* the same as PEM */
	struct buf crl; /* DER, newest */
	int64_t crl_due; /* when the schedule asks for a new one; 0: never */
};

/*
 * The log as it is served.  Published is what everybody may see, with as many
 * cosignatures as log.quorum wants; signed is the newest that the log's key
 * signed.
 */
struct office_log {
	struct note_key key; /* pki/log.vkey of genesis */
	pthread_mutex_t lock; /* of the four below */
	struct buf note, signed_note; /* empty: none yet */
	struct tlog_head head, signed_head;
	pthread_mutex_t making; /* one at a time asks the signer */
	int64_t tried_ms; /* under making */
	atomic_bool damaged; /* the cache was found wrong: start anew */
};

struct office {
	char *home;
	const struct config *config;
	struct scheme_set *schemes;
	struct clock clock;
	struct random random;
	struct signer_link signer;
	struct intake_hosts hosts;
	struct worker_host *git;
	struct worker_job maintenance; /* the clock's thread only */
	bool maintaining;
	int64_t maintain_again; /* not before; real time */
	struct store *store;
	struct index *index;
	struct accounts *accounts;
	struct vault *vault;
	struct roster *roster;
	struct ssh_key commit_key;
	int64_t commit_key_from;
	bool development;
	bool unfinished; /* an ordered certificate waits for the signer */
	bool paying; /* what is owed to other cases is being carried out */
	bool settling; /* revocations are executed before a list is made */
	bool broken; /* the index lacks a durable event: start anew */
	struct err ready; /* what /readyz found, good until then */
	int64_t ready_until; /* milliseconds of the monotonic clock */
	struct office_pki *pki;
	size_t n_pki;
	struct office_log log;
	struct cosigners *cosigners; /* NULL: no witness is configured */
	struct exports *exports; /* of the register, as they were signed */
	struct statuses *statuses; /* of certifications, likewise */
	struct notice_texts *notices; /* policies/notices.yaml */
	struct numbers *numbers; /* the imported register, if there is one */
	int64_t register_seen; /* its generation; the clock's thread only */
	bool register_failed; /* and was said so */
	_Atomic uint64_t register_touched; /* certifications that it touches */
	pthread_mutex_t cache_lock;
	struct cache *cache; /* of office_load, under cache_lock */
	/*
	 * One act at a time: load, decide, append, project.  Also guards
	 * roster and pki.  Bodies are checked and encrypted outside of it.
	 */
	pthread_mutex_t act;
};

/* A request on its way. */
struct visit {
	struct office *o;
	const struct front_request *q;
	int body_fd;
	int64_t now;
	struct account account; /* person "" when no token came */
	unsigned roles; /* ROLE_ bits */
	struct flow_refusal refusal; /* filled with E_FLOW_* */
	int64_t since, until; /* of the problem: when it is open; 0: unknown */
	struct findings findings; /* for E_BUNDLE_REFUSED */
	char problem_case[LIMIT_ID_BYTES + 1]; /* member "case" or "" */
	struct json *problem_receipt; /* member "receipt" or NULL */
	uint8_t request[32]; /* of the Idempotency-Key */
	bool has_request;
	bool by_if_match; /* a stale head is then 412 */
};

/* --- answers (answer.c) --- */
void answer_header(
    struct answer *a, enum front_reply_header h, const char *value);
/* Takes the document. */
void answer_json(struct answer *a, unsigned status, struct json *take);
void answer_bytes(struct answer *a, const char *type, struct slice bytes);
void answer_problem(
    const struct visit *v, struct answer *a, const struct err *e);
/* Strong ETag of a version; answers 304 by If-None-Match.  True: done. */
bool answer_etag(const struct visit *v, struct answer *a, const char *version);

/* --- said alike (common.c) --- */
void set_instant(struct json *j, const char *key, int64_t t);
/* The end of the civil day so many days after the one of now. */
int64_t end_of_day_after(int64_t now, int64_t days);
struct blob; /* fs.h */
/* The body of a request, inline or mapped into map.  E_LIMIT. */
int visit_text(const struct visit *v, size_t max, struct blob *map,
    struct slice *out, struct err *e) MUST_CHECK;
/* A query parameter, owned by the caller; NULL when absent. */
char *query_text(const struct visit *v, const char *name);

/* --- repeated requests (repeat.c) --- */
struct repeat {
	unsigned status; /* of an answer that must be made again */
	bool answered; /* the first answer was given */
	uint8_t body_sha256[32];
};
/*
 * Give the first answer to the same request, if there was one; without an
 * Idempotency-Key nothing happens.  Errors: E_INPUT, E_IDEMPOTENCY.
 */
int repeat_begin(struct visit *v, const uint8_t body_sha256[32],
    struct repeat *r, struct answer *out, struct err *e) MUST_CHECK;
/* What a repeated request must share: route, object and body. */
void repeat_body(const struct visit *v, struct slice body, uint8_t out[32]);
void repeat_keep(
    const struct visit *v, const struct repeat *r, const struct answer *out);

/* --- who (who.c) --- */
int visit_authenticate(struct visit *v, struct err *e) MUST_CHECK;
/* E_AUTH without a token, E_NOT_FOUND where the route is for others. */
int visit_authorise(
    struct visit *v, const struct route *r, struct err *e) MUST_CHECK;
bool visit_is_staff(const struct visit *v);
/* What the visitor may be in this case: ROLE_ bits. */
unsigned visit_roles_in(const struct visit *v, const struct dossier *d);
/* How much of a case a visitor sees (REGULATION 6.4). */
enum access {
	ACCESS_NONE = 0, /* it is not there: 404 */
	ACCESS_NAMES, /* invited: names of applicant and service, own seat */
	ACCESS_OPEN, /* an auditor: what a clone shows, no secret values */
	ACCESS_CASE /* all of it; documents by their tags */
};
enum access visit_access(const struct visit *v, const struct dossier *d);
/* May this visitor see the dossier at all? */
bool visit_may_see(const struct visit *v, const struct dossier *d);
/* Was it open to them once: a seat that ended, a delegation that ended? */
bool visit_was_let_in(const struct visit *v, const struct dossier *d);
/* May they read documents of this tag in this case? */
bool visit_may_read(
    const struct visit *v, const struct dossier *d, const char *tag);
/* Is a delegation of the visitor active and in scope here (Art. 19)? */
bool visit_delegate_in_scope(const struct visit *v, const struct dossier *d);
/* The person's last seat in the case's committee, or NULL. */
const struct dossier_seat *seat_of(const struct dossier *d, const char *person);

/* --- signed exports of the register (register_signed.c) --- */
struct exports *exports_new(void);
void exports_free(struct exports *x);
/* --- and of one certification, for a day (register_status.c) --- */
struct statuses;
struct statuses *statuses_new(void);
void statuses_free(struct statuses *x);

/* --- folded dossiers (cache.c): for one thread at a time --- */
struct cache;
struct cache *cache_new(size_t max); /* at least 1 */
void cache_free(struct cache *c);
DEFINE_STRUCT_CLEANUP(cache, cache_free)
/* Lent until the next put; NULL when it is not there. */
struct dossier *cache_get(struct cache *c, const char *id);
/* Takes d in place of what has its id or is longest unused; lends it. */
struct dossier *cache_put(struct cache *c, struct dossier *take);

/* --- dossiers (load.c, record.c, view.c) --- */
int office_load(struct office *o, const char *id, struct dossier **out,
    struct err *e) MUST_CHECK; /* E_NOT_FOUND when there is no event */
/*
 * A reading of something secret of a case, as an event of its own in the case
 * of the month, durable before the bytes leave (Art. 20).  n: of a document,
 * or 0; disclosure: its instance, or NULL.  The lock is not held.  cases.c.
 */
int office_reading(struct visit *v, const struct dossier *of, const char *what,
    int64_t n, const char *disclosure, struct err *e) MUST_CHECK;
/* What intake found, decrypted; NULL when there is none yet. */
int office_record(struct office *o, const struct dossier *d,
    struct sec_doc **out, struct err *e) MUST_CHECK;
/* The intake record of a dossier about the certification: document n. */
int office_said(struct office *o, const struct dossier *d, int64_t n,
    struct sec_doc **out, struct err *e) MUST_CHECK;
/* One document of the last bundle, checked against its commitment. */
int office_document(struct office *o, const struct dossier *d, int64_t n,
    int *out_fd, struct err *e) MUST_CHECK;
/* Into the security trail: what is stored is not what was taken in. */
void office_binding_broken(
    const struct dossier *d, int64_t n, const struct err *e);
struct json *office_case_json(struct office *o, const struct dossier *d);
/* The same, as much as the visitor may see of it. */
struct json *office_case_seen(const struct visit *v, const struct dossier *d);
/* Items that the last bundle asks to hold back and why; NULL: none known. */
struct json *office_withholding_json(struct office *o, const struct dossier *d);
/*
 * The receipt for the last dossier taken in (receipt.c); NULL while it cannot
 * be sealed: who asks later gets it.
 */
struct json *office_receipt_json(
    struct office *o, const struct dossier *d, const struct json *record);

/* --- acts (act.c, project.c) --- */
struct act_write {
	struct flow_plan plan;
	const char *actor;
	const char *decision_id;
	const char *request; /* hex or NULL */
	const char *cause;
	int64_t effective_at; /* 0: now */
	struct json *data; /* owned: act_write_done */
	struct json *docs;
	struct store_doc *store_docs; /* owned, as are their names */
	char **doc_names;
	size_t n_store_docs;
	struct store_file files[64];
	char *file_paths[64]; /* owned */
	struct buf file_bytes[64]; /* owned */
	size_t n_files;
};
void act_write_init(struct act_write *w);
void act_write_done(struct act_write *w); /* for CLEANUP(act_write_done) */
/* Copies path and bytes. */
void act_write_file(
    struct act_write *w, const char *path, bool at_top, struct slice bytes);
/*
 * A document of the act (docs.c): encrypted under the key of the case before
 * it is stored, and listed in the event with its commitment.
 */
struct act_doc {
	int64_t n;
	int plain; /* sealed memory */
	uint64_t size;
	const uint8_t *sha256; /* of the plaintext */
	const char *tag;
};
int act_write_doc(struct office *o, const char *id, struct act_write *w,
    const struct act_doc *doc, struct err *e) MUST_CHECK;
/*
 * Make it an event: build, append durably, apply to d, project.  The lock
 * `act` is held.
 */
int office_commit(struct office *o, struct dossier *d, struct act_write *w,
    struct err *e) MUST_CHECK;
/* Commit a plan by the system itself, nothing else to say. */
int office_commit_plan(struct office *o, struct dossier *d,
    const struct flow_plan *plan, const char *actor, struct err *e) MUST_CHECK;
/* Rows of one event, parsed; d is the state after it. */
int office_project(struct index *x, const struct dossier *d,
    const struct store_event *ev, const struct json *event,
    struct err *e) MUST_CHECK;
int office_replay(struct index *x, struct store *s, uint64_t *out_n,
    struct err *e) MUST_CHECK;
/*
 * Clock events that ask something of the signer (interim.c): before the
 * event, as it proves first; and what follows, tried again if it fails.
 */
int office_clock_prepare(struct office *o, const struct dossier *d,
    struct act_write *w, struct err *e) MUST_CHECK;
void office_clock_after(
    struct office *o, struct dossier *d, const struct act_write *w);
/* A new list is wanted: made now, or by the clock. */
void office_list_due(struct office *o, const struct dossier *d);
/*
 * The continuation ends: its interim certificates are shown as ended.  out:
 * there was one, so a new list is due after the event.
 */
int office_interim_end(struct office *o, const struct dossier *d, bool *out,
    struct err *e) MUST_CHECK;
/* Clock events of a dossier up to now; the lock is held. */
int office_clock(
    struct office *o, struct dossier *d, int64_t now, struct err *e) MUST_CHECK;
/* One round over the cases that the clock moves by now; the lock is held. */
int office_clock_round(struct office *o, int64_t now, struct err *e) MUST_CHECK;
/* Everything due by now, before a list is read; takes the lock. */
int office_catch_up(struct office *o, int64_t now, struct err *e) MUST_CHECK;
/* Load and bring up to now; the lock is held. */
int office_load_now(struct office *o, const char *id, struct dossier **out,
    struct err *e) MUST_CHECK;
/* A fresh opaque id: prefix and 24 hex digits. */
int office_new_id(struct office *o, const char *prefix,
    char out[LIMIT_ID_BYTES + 1], struct err *e) MUST_CHECK;

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
	char person[16][LIMIT_ID_BYTES + 1];
	struct buf armour[16];
	struct approval_signature sigs[16];
};
void proof_init(struct proof *p);
void proof_done(struct proof *p); /* for CLEANUP(proof_done) */
int proof_load(struct office *o, const struct dossier *d, const char *id,
    struct proof *out, struct err *e) MUST_CHECK;
int proof_judge(struct office *o, const struct dossier *d,
    const struct proof *p, int64_t now, struct approval_result *out,
    struct err *e) MUST_CHECK;
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
/* --- the end (shred.c) --- */
/* The case has ended, nothing of it is in force, and its key is there. */
bool office_may_shred(const struct dossier *d);
/* E_NOT_FOUND that names the decision, where the key was destroyed. */
int office_shred_check(const struct dossier *d, struct err *e) MUST_CHECK;

/* --- publication (publish.c): the door of Art. 11 --- */
/*
 * What the executed certify decision of a term released, copied out of the
 * secret record; items under withholding as a salted hash.  d: the case of
 * the first application, where certification and withholdings live.
 */
struct publish_by {
	const struct dossier_decision *decision; /* certify, executed */
	const struct json *detail; /* of it, or of the reissue */
	struct slice certificate; /* DER */
	const struct dossier *holder; /* the renewal with the record; NULL: d */
	int64_t term; /* 0: the first */
};
int office_publication(struct office *o, const struct dossier *d,
    const struct publish_by *by, struct json *data, struct err *e) MUST_CHECK;
/*
 * One item that was withheld, now published: data.publication and
 * data.release of the event.  by: the withholding decision, or that which
 * certified where the applicant gave it up.
 */
int office_publish_item(struct office *o, const struct dossier *d,
    const char *item, const struct dossier_decision *by, struct json *data,
    struct err *e) MUST_CHECK;
/*
 * What is published beside the register: the members that publications.inc
 * lists, out of the detail of an executed decision of that kind, into
 * data.publication and data.release.  E_INVALID where a member is missing.
 */
int office_publish_kind(struct office *o, const struct dossier *d,
    enum derive_publication kind, const struct json *detail,
    const struct dossier_decision *by, struct json *data,
    struct err *e) MUST_CHECK;
/*
 * Art. 13(1): values of form B that the dossier of a notice changes; what is
 * withheld stays withheld.  Into the event of change_notice.record of that
 * instance; nothing where the notice changes no item.
 */
int office_publish_change(struct office *o, const struct dossier *d,
    const char *instance, struct json *data, struct err *e) MUST_CHECK;
/* What one notice said (changes.c). */
struct change_said {
	const char *instance; /* lent by the dossier */
	struct sec_doc *said;
};
/* Recorded notices with a dossier, the newest first. */
struct changes {
	struct change_said *list;
	size_t n;
};
/* Those of d that were recorded after an instant. */
int office_changes(struct office *o, const struct dossier *d, int64_t since,
    struct changes *out, struct err *e) MUST_CHECK;
void changes_done(struct changes *c);
/* Its value of an item; NULL: it does not change it. */
const struct sec_str *change_value(
    const struct change_said *c, const char *item);
/* The salt of an item that a notice changed: of the case with the notice. */
#define WITHHELD_SALT 32
struct slice change_salt(const struct secret *key, const char *item,
    const char *instance, uint8_t out[WITHHELD_SALT]);
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
char *office_designated_url(
    struct office *o, const struct scheme *s, const char *number);
int office_pki_load(struct office *o, struct err *e) MUST_CHECK;
struct office_pki *office_pki_find(struct office *o, const char *name);
int office_dossier_of_decision(struct office *o, const char *id,
    struct dossier **out, struct err *e) MUST_CHECK;
struct json *office_decision_view(
    const struct dossier *d, const struct dossier_decision *dec);
/* Art. 8 for a service of that name; d has the day of receipt. */
int office_bar(struct office *o, const struct dossier *d, const char *service,
    bool *out, struct err *e) MUST_CHECK;
/* The other case of a renewal (relation.c). */
struct relation {
	struct dossier *base; /* of a renewal */
	char pending[LIMIT_ID_BYTES + 1]; /* over a base, or "" */
};
void relation_done(struct relation *r); /* for CLEANUP(relation_done) */
/* Into the facts, which borrow from r; the lock is held. */
int office_relation(struct office *o, const struct dossier *d,
    struct relation *r, struct flow_facts *out, struct err *e) MUST_CHECK;
/* --- what one case owes another (owed.c) --- */
/*
 * Carry out every word that an event owes another case, each as that case's
 * own event with its cause; the lock is held.  Called after each commit, and
 * before anything is served.  A failure is tried again by the clock.
 */
int office_owed_settle(struct office *o, struct err *e) MUST_CHECK;
/* Like office_commit, without what follows in other cases. */
int office_commit_alone(struct office *o, struct dossier *d,
    struct act_write *w, struct err *e) MUST_CHECK;

/* Facts for guards beyond the dossier. */
int office_facts(struct office *o, const struct dossier *d,
    struct flow_facts *out, struct err *e) MUST_CHECK;

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

/* --- the repository (maintain.c) --- */
/* Begin what is due, note what has ended; the clock's thread. */
void office_maintain(struct office *o);

/* --- the register of corporate numbers (watch.c) --- */
/* What it says happened since the certification, each a task with its day. */
void office_register_tasks(
    struct office *o, const struct dossier *d, struct json *deadlines);
/* The clock: a register that is new is held against all certifications. */
void office_register_tick(struct office *o);
void office_register_metrics(struct office *o, struct buf *out);

/* --- the log (log.c): from any thread --- */
int office_log_open(struct office *o, struct err *e) MUST_CHECK;
void office_log_close(struct office *o);
/*
 * A checkpoint of at least this size, signed by the log's key (a receipt's;
 * witnesses may not have seen it): note appended.  E_UNAVAILABLE, the
 * signer's errors, E_STORE_CORRUPT.
 */
int office_checkpoint_over(struct office *o, uint64_t size, struct buf *note,
    struct tlog_head *out, struct err *e) MUST_CHECK;
/* Where the event of this hash stands in the log.  E_NOT_FOUND. */
int office_log_index(struct office *o, const uint8_t hash[32], uint64_t *out,
    struct err *e) MUST_CHECK;
/* Serve this note from now on; arg is the office. */
void office_log_publish(void *arg, struct slice note);
/* The clock: sign what moved, so that the witnesses see it unasked. */
void office_log_renew(struct office *o);

/* --- witnesses (cosign.c): from any thread --- */
int office_cosign_open(struct office *o, const struct office_options *opts,
    struct err *e) MUST_CHECK;
void office_cosign_close(struct office *o);
/* A new signed checkpoint: published now, or when enough have cosigned it. */
int office_cosign_offer(
    struct office *o, struct slice note, struct err *e) MUST_CHECK;
void office_cosign_metrics(struct office *o, struct buf *out);
/* The member "log" of /readyz. */
void office_cosign_ready(struct office *o, struct json *out);

/* --- endpoints --- */
typedef int (*endpoint_fn)(struct visit *v, struct answer *a, struct err *e);
int get_readyz(struct visit *v, struct answer *a, struct err *e);
int get_metrics(struct visit *v, struct answer *a, struct err *e);
int get_case_notices(struct visit *v, struct answer *a, struct err *e);
int get_case_notice(struct visit *v, struct answer *a, struct err *e);
int get_notices(struct visit *v, struct answer *a, struct err *e);
int post_notice_mail(struct visit *v, struct answer *a, struct err *e);
int get_fees(struct visit *v, struct answer *a, struct err *e);
int get_deadlines(struct visit *v, struct answer *a, struct err *e);
int get_rule(struct visit *v, struct answer *a, struct err *e);
int post_ticket(struct visit *v, struct answer *a, struct err *e);
int get_ticket(struct visit *v, struct answer *a, struct err *e);
int post_ticket_again(struct visit *v, struct answer *a, struct err *e);
int get_schemes(struct visit *v, struct answer *a, struct err *e);
int get_scheme(struct visit *v, struct answer *a, struct err *e);
int post_dossier(struct visit *v, struct answer *a, struct err *e);
int post_preflight(struct visit *v, struct answer *a, struct err *e);
int get_schemas(struct visit *v, struct answer *a, struct err *e);
int get_schema(struct visit *v, struct answer *a, struct err *e);
int get_case_commands(struct visit *v, struct answer *a, struct err *e);
int get_cases(struct visit *v, struct answer *a, struct err *e);
int get_case(struct visit *v, struct answer *a, struct err *e);
int get_case_events(struct visit *v, struct answer *a, struct err *e);
int get_case_findings(struct visit *v, struct answer *a, struct err *e);
int get_case_document(struct visit *v, struct answer *a, struct err *e);
int get_case_key(struct visit *v, struct answer *a, struct err *e);
int post_case_command(struct visit *v, struct answer *a, struct err *e);
int get_decision(struct visit *v, struct answer *a, struct err *e);
int get_decision_document(struct visit *v, struct answer *a, struct err *e);
int post_signature(struct visit *v, struct answer *a, struct err *e);
int get_register(struct visit *v, struct answer *a, struct err *e);
int get_register_entry(struct visit *v, struct answer *a, struct err *e);
int get_register_versions(struct visit *v, struct answer *a, struct err *e);
int get_register_export(struct visit *v, struct answer *a, struct err *e);
int get_register_export_cms(struct visit *v, struct answer *a, struct err *e);
int get_register_export_tst(struct visit *v, struct answer *a, struct err *e);
int get_register_status(struct visit *v, struct answer *a, struct err *e);
int get_register_status_cms(struct visit *v, struct answer *a, struct err *e);
int get_register_status_tst(struct visit *v, struct answer *a, struct err *e);
int get_register_absence(struct visit *v, struct answer *a, struct err *e);
int get_publications(struct visit *v, struct answer *a, struct err *e);
int get_certificate_pem(struct visit *v, struct answer *a, struct err *e);
int get_certificate_json(struct visit *v, struct answer *a, struct err *e);
int get_log_checkpoint(struct visit *v, struct answer *a, struct err *e);
int get_log_tile(struct visit *v, struct answer *a, struct err *e);
int get_log_proof(struct visit *v, struct answer *a, struct err *e);
int get_pki_cer(struct visit *v, struct answer *a, struct err *e);
int get_audit_refs(struct visit *v, struct answer *a, struct err *e);
int post_audit_pack(struct visit *v, struct answer *a, struct err *e);
int get_audit_bundle(struct visit *v, struct answer *a, struct err *e);
int get_pki_crl(struct visit *v, struct answer *a, struct err *e);

/* --- the store's commits and the signer (history.c) --- */
/* struct store_signer; arg is the office. */
int office_sign_commits(void *arg, const struct store_commit_text *group,
    size_t n, struct buf *armour, struct store_id *last, struct err *e);
void office_commit_durable(void *arg, const struct store_id *commit);
/*
 * After the store was opened: tell the signer what is durable; show it what
 * it lost with the power.  E_STORE_CORRUPT: the two are of different moments,
 * nothing can be written.
 */
int office_history_settle(struct office *o, struct err *e) MUST_CHECK;
int64_t office_ms(void); /* of the monotonic clock */
/* E_UNAVAILABLE: the clock went back before what is recorded. */
int office_time_check(const struct office *o, struct err *e) MUST_CHECK;
/* Do the two agree now?  E_UNAVAILABLE. */
int office_history_check(struct office *o, struct err *e) MUST_CHECK;

#endif
