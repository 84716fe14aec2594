/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_INDEX_H
#define NINTEI_INDEX_H
/*
 * index: the read model, store/index.sqlite.  A projection of the store that
 * can be deleted: core computes from each event the rows it changes, and they
 * enter in one transaction with the last applied commit.
 * Runs in: core; nintei (index rebuild).  Any thread may call.
 * Texts may be NULL for absent; hashes are hex text; instants UTC seconds.
 * Rows given to a callback are borrowed during the call, which must not call
 * the index again.  A callback returning -1 ends the query with its error.
 */
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"
#include "nintei/store.h"

struct index;
/*
 * Make or open; a file of another layout is emptied.  E_UNAVAILABLE, also
 * while another process has it open.
 */
int index_open(const char *path, struct index **out, struct err *e) MUST_CHECK;
void index_close(struct index *x);
DEFINE_STRUCT_CLEANUP(index, index_close)

/* One dossier as lists and core need it. */
struct index_dossier {
	const char *id;
	const char *scheme;
	const char *kind;
	const char *applicant; /* person */
	const char *applicant_name;
	const char *corporate_number;
	const char *service_name;
	const char *service_url;
	const char *state; /* of its application */
	int64_t received_at; /* 0: not yet */
	const char *number;
	const char *base;
	const char *head; /* hash of the last event */
	int64_t seq;
	int64_t next_clock; /* due instant of a clock event; 0: none */
	const char *view; /* canonical JSON that core keeps with it */
};
struct index_machine {
	const char *dossier;
	const char *machine;
	const char *instance;
	const char *state;
	const char *flags; /* words, one space between */
};
struct index_event {
	const char *dossier;
	int64_t seq;
	const char *machine;
	const char *event;
	int64_t recorded_at;
	const char *actor;
	const char *role;
	const char *article;
	const char *hash;
};
struct index_document {
	const char *dossier;
	int64_t n;
	const char *role;
	int64_t size; /* of the ciphertext or as the event says */
	const char *tag;
	const char *commitment;
	const char *blob; /* store_id in hex */
};
struct index_decision {
	const char *id;
	const char *dossier;
	const char *kind;
	const char *outcome;
	const char *state;
	int64_t expires_at;
};
struct index_certification {
	const char *number;
	const char *dossier;
	const char *scheme;
	const char *state;
	const char *service;
	const char *operator_name;
	const char *corporate_number;
	const char *certified_on; /* YYYY-MM-DD */
	const char *valid_through;
	const char *serial; /* of the certificate, hex */
	const char *search; /* folded text that q is looked for in */
	const char *view; /* canonical JSON: the public register entry */
	int64_t changed; /* where the event stands in the log that changed it */
};
/* A public version of an entry: what it said from then on. */
struct index_version {
	const char *number;
	int64_t n; /* 1: the first */
	int64_t at; /* legal instant */
	int64_t recorded_at;
	const char *view; /* canonical JSON */
};
/* What is published beside the register (publications.inc). */
struct index_publication {
	int64_t log_index; /* of the event that made it public */
	const char *dossier;
	const char *kind;
	const char *instance;
	const char *scheme;
	const char *number; /* NULL: not about one service */
	const char *view; /* canonical JSON */
};
/* A word that an event owes another case, until it is that case's event. */
struct index_owed {
	const char *cause; /* hash of the event that owes */
	const char *dossier; /* the case that is owed */
	const char *machine;
	const char *event;
	const char *source; /* the case of the cause, */
	int64_t seq; /* and its number there */
};
/* Something awaited: dossier_deadlines() of each case. */
struct index_deadline {
	const char *dossier;
	int64_t n; /* order in its case */
	const char *date; /* YYYY-MM-DD */
	const char *what;
	const char *article;
};

/* One movement of the ledger of fees (derive_fees.h). */
struct index_fee {
	const char *dossier;
	int64_t seq, n; /* of the event; 1, 2 ... within it */
	const char *date; /* that it counts from, YYYY-MM-DD */
	int64_t recorded_at;
	const char *scheme, *kind; /* of the application */
	const char *what; /* invoiced, part, paid, excess, overdue, void */
	int64_t amount; /* yen */
};

/* What one event changes.  Rows replace those with the same key. */
struct index_update {
	struct store_id commit;
	int64_t log_size;
	struct index_event event;
	const struct index_dossier *dossier; /* may be NULL */
	const struct index_machine *machines;
	size_t nmachines;
	const struct index_document *documents;
	size_t ndocuments;
	const struct index_decision *decisions;
	size_t ndecisions;
	const struct index_certification *certifications;
	size_t ncertifications;
	const struct index_version *versions;
	size_t nversions;
	const struct index_publication *publications;
	size_t npublications;
	const struct index_owed *owed;
	size_t nowed;
	const char *settles; /* the event's cause: no longer owed to it; NULL */
	const struct index_fee *fees;
	size_t nfees;
	bool has_deadlines; /* those of the case are replaced */
	const struct index_deadline *deadlines;
	size_t ndeadlines;
	const char *request; /* hash of an Idempotency-Key, or NULL */
	const char *serial_prefix; /* a running number was taken, or NULL */
	int64_t serial_value;
};
/* Errors: E_UNAVAILABLE; E_STORE_CORRUPT when log_size does not follow. */
int index_apply(
    struct index *x, const struct index_update *u, struct err *e) MUST_CHECK;

/* The last applied commit (n = 0: none) and its log size. */
struct index_applied {
	struct store_id commit;
	int64_t log_size;
};
int index_applied(
    struct index *x, struct index_applied *out, struct err *e) MUST_CHECK;
/* Empty every table: the next replay starts at the first event. */
int index_clear(struct index *x, struct err *e) MUST_CHECK;
/* The file was found malformed; it is cleared when it is closed, if not before.
 */
bool index_damaged(struct index *x);
/*
 * Bring the index forward: fn gets each event after the last applied one and
 * calls index_apply.  If the last applied commit is not in the store's
 * history, or rows run ahead of it, everything is replayed.
 */
int index_replay(struct index *x, struct store *s,
    int (*fn)(const struct store_event *ev, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
/* All rows as text, in a fixed order: two equal indexes give equal bytes. */
int index_dump(struct index *x, struct buf *out, struct err *e) MUST_CHECK;

/* Lists are in order of id, after the id `after`, at most limit rows. */
struct index_page {
	const char *after; /* NULL: from the start */
	unsigned limit;
};
struct index_dossier_query {
	const char *applicant; /* NULL: any */
	const char *scheme;
	const char *state;
	struct index_page page;
};
int index_dossier_list(struct index *x, const struct index_dossier_query *q,
    int (*fn)(const struct index_dossier *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
/*
 * One row by key.  The texts are borrowed from hold.  E_NOT_FOUND.
 * _dossier_get by id; _dossier_of_number by certification number,
 * _dossier_of_decision by decision id.
 */
int index_dossier_get(struct index *x, const char *id, struct buf *hold,
    struct index_dossier *out, struct err *e) MUST_CHECK;
int index_dossier_of_number(struct index *x, const char *number,
    struct buf *hold, struct index_dossier *out, struct err *e) MUST_CHECK;
int index_dossier_of_decision(struct index *x, const char *decision,
    struct buf *hold, struct index_dossier *out, struct err *e) MUST_CHECK;
int index_decision_get(struct index *x, const char *id, struct buf *hold,
    struct index_decision *out, struct err *e) MUST_CHECK;
int index_certification_get(struct index *x, const char *number,
    struct buf *hold, struct index_certification *out,
    struct err *e) MUST_CHECK;

/* Rows of one dossier, in the order of their keys. */
int index_machine_list(struct index *x, const char *dossier,
    int (*fn)(const struct index_machine *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
int index_event_list(struct index *x, const char *dossier,
    int (*fn)(const struct index_event *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
int index_document_list(struct index *x, const char *dossier,
    int (*fn)(const struct index_document *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
int index_decision_list(struct index *x, const char *dossier,
    int (*fn)(const struct index_decision *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;

/* The event a request led to.  out_dossier[LIMIT_ID_BYTES + 1].  E_NOT_FOUND.
 */
int index_request_get(struct index *x, const char *request, char *out_dossier,
    int64_t *out_seq, struct err *e) MUST_CHECK;
/*
 * Where events stand in the log whose hash (64 hex digits) begins like this
 * one: nearly always none or one.  The caller compares with the log.  E_INPUT.
 */
int index_log_find(struct index *x, const char *hash,
    int (*fn)(uint64_t log_index, void *arg, struct err *e), void *arg,
    struct err *e) MUST_CHECK;
/* The last number taken with a prefix; 0 when none. */
int index_serial_last(struct index *x, const char *prefix, int64_t *out,
    struct err *e) MUST_CHECK;
/* Dossiers whose next_clock is set and at most t, earliest first. */
int index_clock_due(struct index *x, int64_t t, unsigned limit,
    int (*fn)(const struct index_dossier *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
/* Dossiers with an approved decision or an ordered artefact, by id. */
int index_unfinished_list(struct index *x,
    int (*fn)(const char *dossier, void *arg, struct err *e), void *arg,
    struct err *e) MUST_CHECK;
/* How many certifications are in each state that one is in. */
int index_register_count(struct index *x,
    int (*fn)(const char *state, int64_t n, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
/* What is owed, in the order of the log. */
int index_owed_list(struct index *x,
    int (*fn)(const struct index_owed *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
/*
 * The draft or pending renewal over the case of the first application: never
 * two.  E_NOT_FOUND.
 */
int index_renewal_pending(struct index *x, const char *base, struct buf *hold,
    struct index_dossier *out, struct err *e) MUST_CHECK;
/* The state of one machine of a case.  E_NOT_FOUND. */
int index_machine_get(struct index *x, const char *dossier, const char *machine,
    const char *instance, struct buf *hold, struct index_machine *out,
    struct err *e) MUST_CHECK;
/* When the next clock event is due; 0: never. */
int index_clock_next(struct index *x, int64_t *out, struct err *e) MUST_CHECK;

/*
 * Cases after `after` with something awaited from..through, or certified with
 * a last day ends_from..ends_through: reminders count from it.  By id.
 */
struct index_due_query {
	const char *from, *through, *ends_from, *ends_through; /* YYYY-MM-DD */
	const char *applicant; /* NULL: of everybody */
	struct index_page page;
};
int index_due_list(struct index *x, const struct index_due_query *q,
    int (*fn)(const char *dossier, void *arg, struct err *e), void *arg,
    struct err *e) MUST_CHECK;
/* Notices by case and instance; state, applicant NULL: any. */
struct index_notice_query {
	const char *state, *applicant;
	const char *after, *after_instance; /* NULL: from the start */
	unsigned limit;
};
int index_notice_list(struct index *x, const struct index_notice_query *q,
    int (*fn)(const struct index_machine *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
/* The ledger by date, case, event; scheme, from, through NULL: any. */
struct index_fee_query {
	const char *scheme, *from, *through; /* YYYY-MM-DD */
};
int index_fee_list(struct index *x, const struct index_fee_query *q,
    int (*fn)(const struct index_fee *row, void *arg, struct err *e), void *arg,
    struct err *e) MUST_CHECK;

/* The public versions of a number, by n. */
int index_version_list(struct index *x, const char *number,
    int (*fn)(const struct index_version *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;

/* The newest row of each instance, by where it stands in the log. */
struct index_publication_query {
	const char *kind, *scheme, *number; /* NULL: any */
	int64_t after; /* log_index; -1: from the start */
	unsigned limit;
};
int index_publication_list(struct index *x,
    const struct index_publication_query *q,
    int (*fn)(const struct index_publication *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;
int index_publication_get(struct index *x, const char *dossier,
    const char *kind, const char *instance, struct buf *hold,
    struct index_publication *out, struct err *e) MUST_CHECK;

/* Where the last change of the register stands in the log; -1: none. */
int index_register_changed(
    struct index *x, int64_t *out, struct err *e) MUST_CHECK;

struct index_register_query {
	const char *q; /* folded like `search`; NULL or "": any */
	const char *scheme;
	const char *state;
	struct index_page page; /* after: a number */
};
int index_register_list(struct index *x, const struct index_register_query *q,
    int (*fn)(const struct index_certification *row, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;

#endif
