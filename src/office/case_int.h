/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_CASE_INT_H
#define NINTEI_OFFICE_CASE_INT_H
/* case_int: loading cases and committing acts, also into other cases. */
#include "office_state_int.h"

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

/* --- the end (shred.c) --- */
/* The case has ended, nothing of it is in force, and its key is there. */
bool office_may_shred(const struct dossier *d);
/* May what is printed be issued again at this instant?  E_FLOW_STEP. */
int office_may_reissue(
    const struct dossier *d, int64_t now, struct err *e) MUST_CHECK;
/* E_NOT_FOUND that names the decision, where the key was destroyed. */
int office_shred_check(const struct dossier *d, struct err *e) MUST_CHECK;

/* --- what one case owes another (owed.c) --- */
/*
 * Carry out every word that an event owes another case, each as that case's
 * own event with its cause; the lock is held.  Called after each commit, and
 * before anything is served.  A word that cannot be said is logged, holds up
 * its two cases alone (office_owed_check), and is tried again by the clock.
 * E_UNAVAILABLE: the signer or the index is away.
 */
int office_owed_settle(struct office *o, struct err *e) MUST_CHECK;
/*
 * Neither of two cases goes on before the word that the one owes the other
 * (AUDIT-41).  E_UNAVAILABLE: it waits for the signer.
 */
int office_owed_check(
    struct office *o, const struct dossier *d, struct err *e) MUST_CHECK;
/* Like office_commit, without what follows in other cases. */
int office_commit_alone(struct office *o, struct dossier *d,
    struct act_write *w, struct err *e) MUST_CHECK;

/* Facts for guards beyond the dossier. */
int office_facts(struct office *o, const struct dossier *d,
    struct flow_facts *out, struct err *e) MUST_CHECK;

/* --- the other case of a renewal (relation.c) --- */
struct relation {
	struct dossier *base; /* of a renewal */
	char pending[LIMIT_ID_BYTES + 1]; /* over a base, or "" */
};
void relation_done(struct relation *r); /* for CLEANUP(relation_done) */
/* Into the facts, which borrow from r; the lock is held. */
int office_relation(struct office *o, const struct dossier *d,
    struct relation *r, struct flow_facts *out, struct err *e) MUST_CHECK;

#endif
