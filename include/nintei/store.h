/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_H
#define NINTEI_STORE_H
/*
 * store: the record of events, one signed commit each, in store/audit.git;
 * the newest lie in store/intake, a journal that is a future pack.
 * Runs in: core; nintei (init, audit).  Holds: the lock on the folder.
 * Trusts: the folder, after recovery; a tx only as far as it checks it.
 * All functions but _create, _open and _close may be called from any thread.
 * What an append returns is durable.  A full disk refuses with E_UNAVAILABLE
 * until there is room; any other failure to write is final: the same until it
 * is opened again.  Reading goes on.
 * Rules: STORE-n in docs/PROTOCOL.events.  Design: docs/STORE.md.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/instant.h"
#include "nintei/limits.h"
#include "nintei/slice.h"

#define STORE_HASH 32 /* SHA-256: events, log roots, documents */
#define STORE_ID_TEXT 65 /* room for an id in hex and NUL */

/* Name of a commit or a stored blob; n is 0 for none. */
struct store_id {
	uint8_t b[32];
	uint8_t n;
};
bool store_id_eq(const struct store_id *a, const struct store_id *b);
char *store_id_format(const struct store_id *id, char out[STORE_ID_TEXT]);
int store_id_parse(const char *text, struct store_id *out,
    struct err *e) MUST_CHECK; /* E_INPUT; "" is none */

/* One commit to sign: the whole text without a gpgsig header. */
struct store_commit_text {
	struct slice text;
	uint8_t event_hash[STORE_HASH];
};
/*
 * Who signs: n commits at once, oldest first, 1 to STORE_GROUP_MAX.  The
 * first names its true parent (none: the very first commit); the others have
 * an open parent line, "parent " and 40 zeros, which the signer fills in with
 * the id of the one before.  armour[i] gets the SSH SIGNATURE armour of
 * commit i; last the id of the last commit, which the store compares with its
 * own.  sign is called by one thread at a time.  durable (may be NULL) tells
 * that the commit and all before it are fsynced; the same thread calls it.
 */
#define STORE_GROUP_MAX 64
struct store_signer {
	int (*sign)(void *arg, const struct store_commit_text *group, size_t n,
	    struct buf *armour, struct store_id *last, struct err *e);
	void (*durable)(void *arg, const struct store_id *commit);
	void *arg;
};

struct store_files; /* store_files.h: file operations, for tests */

/* Zero means the default. */
struct store_opts {
	struct clock clock;
	struct store_signer signer;
	unsigned seal_ms; /* age of the journal at which it is sealed; 5000 */
	uint64_t seal_bytes; /* its size at which it is sealed; 64 MiB */
	const struct store_files *files; /* NULL: the system's */
};

/* One document, already finished, and its name below docs/. */
struct store_doc {
	const char *name; /* "03-<commitment>.cms" */
	struct store_id blob;
};
/*
 * One more file.  In the folder of the dossier ("decisions/d1/decision.json",
 * "issued/0a1b.cer") or, with at_top, in the root of the tree
 * ("roster/officer-1.json", "allowed_signers", "pki/root.cer",
 * "schemes/<id>/<v>/rule.txt").
 */
struct store_file {
	const char *path;
	bool at_top;
	struct slice bytes;
};

/* What one append asks for.  Everything is borrowed during the call. */
struct store_tx {
	const char *dossier; /* [0-9a-z][0-9a-z-]{0,39} */
	uint64_t seq; /* from 1; agrees with text */
	uint8_t expected[STORE_HASH]; /* hash of event seq - 1; zero for 1 */
	const char *machine;
	const char *event;
	const char *role; /* the acting role: the author */
	struct slice text; /* canonical event, INTERFACE 7 */
	const struct store_doc *docs;
	size_t ndocs;
	const struct store_file *files;
	size_t nfiles;
};

/* What is now durable. */
struct store_done {
	uint64_t seq;
	struct store_id commit;
	uint8_t event_hash[STORE_HASH];
	uint64_t log_index; /* of this event */
	uint64_t log_size; /* log_index + 1 */
	uint8_t log_root[STORE_HASH];
	int64_t committed_at; /* UTC seconds, never before the parent's */
};

/* What opening found and put right. */
struct store_report {
	uint64_t commits; /* in all */
	unsigned locks_removed;
	unsigned temporaries_removed;
	unsigned segments_sealed; /* found in store/intake */
	uint64_t commits_recovered; /* of them, not yet in the ref */
	uint64_t bytes_dropped; /* torn or never acknowledged */
	bool log_rebuilt; /* store/log was missing or wrong */
};

struct store;

/*
 * Make dir/audit.git with its first commit.  first: machine "body", event
 * "genesis", dossier "authority", seq 1; its files hold genesis.json,
 * allowed_signers, roster/, schemes/.  dir must exist.
 * Errors: E_STORE_CONFLICT (exists), E_INPUT, E_UNAVAILABLE, the signer's.
 */
int store_create(const char *dir, const struct store_opts *opts,
    const struct store_tx *first, struct store_done *out,
    struct err *e) MUST_CHECK;
/*
 * Lock, recover, check the tip against the log.  report may be NULL.
 * Errors: E_STORE_LOCKED, E_NOT_FOUND (no store), E_STORE_CORRUPT,
 * E_UNAVAILABLE.
 */
int store_open(const char *dir, const struct store_opts *opts,
    struct store_report *report, struct store **out, struct err *e) MUST_CHECK;
/* Only for reading, without lock: a clone or a copy.  gitdir: bare or .git. */
int store_open_reader(
    const char *gitdir, struct store **out, struct err *e) MUST_CHECK;
/* Drains, seals, unlocks.  NULL is nothing. */
void store_close(struct store *s);
DEFINE_STRUCT_CLEANUP(store, store_close)

/*
 * Append one event.
 * Errors: E_STORE_CONFLICT (not the head: nothing was touched), E_INPUT (a
 * name, the text or a field that disagrees with tx), E_LIMIT, E_UNAVAILABLE,
 * the signer's (nothing was touched).
 */
int store_append(struct store *s, const struct store_tx *tx,
    struct store_done *out, struct err *e) MUST_CHECK;

/*
 * The same without waiting.  0: done will be called once, on the committer's
 * thread, after the fsync: it must be short and may not append.  why is NULL
 * when the event is durable, else out is.  -1: done will not be called.  tx
 * is borrowed during the call only.  Waits while too much is queued.
 */
typedef void store_done_fn(
    const struct store_done *out, const struct err *why, void *arg);
int store_submit(struct store *s, const struct store_tx *tx,
    store_done_fn *done, void *arg, struct err *e) MUST_CHECK;

/*
 * Stream one ciphertext of known size.  _finish may be called once; a size
 * other than announced is E_INPUT.  After it the blob can be read and named;
 * above 1 MiB it is durable as well.  The sync of a smaller one may wait for
 * the append that names it, which queues nothing before: a commit never names
 * a blob that is not durable.  _free before _finish leaves nothing that
 * counts.
 */
struct store_blob;
struct store_blob_done {
	struct store_id id;
	uint64_t size;
	uint8_t sha256[STORE_HASH];
};
int store_blob_new(struct store *s, uint64_t size, struct store_blob **out,
    struct err *e) MUST_CHECK;
int store_blob_add(
    struct store_blob *b, struct slice bytes, struct err *e) MUST_CHECK;
int store_blob_finish(struct store_blob *b, struct store_blob_done *out,
    struct err *e) MUST_CHECK;
void store_blob_free(struct store_blob *b);
DEFINE_STRUCT_CLEANUP(store_blob, store_blob_free)

/* The durable head of everything.  Log index is that of the last event. */
struct store_head {
	struct store_id commit;
	uint64_t log_size;
	uint8_t log_root[STORE_HASH];
	int64_t committed_at;
};
int store_head(
    struct store *s, struct store_head *out, struct err *e) MUST_CHECK;
/*
 * The log in store/log, for tiles and proofs; borrowed.  NULL: a reader of a
 * clone has none.  Holds what store_append acknowledged, unless its disk
 * failed: then tiles_size stays behind.
 */
struct tiles;
const struct tiles *store_log(const struct store *s);
/* The last event of a dossier; seq 0 and zeros when there is none. */
struct store_dossier_head {
	uint64_t seq;
	uint8_t event_hash[STORE_HASH];
};
int store_dossier_head(struct store *s, const char *dossier,
    struct store_dossier_head *out, struct err *e) MUST_CHECK;

/* One event's canonical bytes.  E_NOT_FOUND. */
int store_event_get(struct store *s, const char *dossier, uint64_t seq,
    struct buf *out, struct err *e) MUST_CHECK;
/* A file as it is now; dossier NULL for the root of the tree.  E_NOT_FOUND. */
int store_file_get(struct store *s, const char *dossier, const char *path,
    struct buf *out, struct err *e) MUST_CHECK;
/* Names in a folder, sorted by git; none when it is absent. */
int store_file_list(struct store *s, const char *dossier, const char *path,
    int (*fn)(const char *name, bool is_folder, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;

/* Read a blob in pieces.  _read: the bytes given, 0 at the end, -1. */
struct store_reader;
int store_blob_open(struct store *s, const struct store_id *id,
    struct store_reader **out, struct err *e) MUST_CHECK;
uint64_t store_reader_size(const struct store_reader *r);
int64_t store_reader_read(
    struct store_reader *r, void *p, size_t cap, struct err *e) MUST_CHECK;
void store_reader_close(struct store_reader *r);
DEFINE_STRUCT_CLEANUP(store_reader, store_reader_close)
/* The blob of a document of a dossier, by its name below docs/. */
int store_doc_find(struct store *s, const char *dossier, const char *name,
    struct store_id *out, struct err *e) MUST_CHECK;

/* One event of a walk, borrowed during the call. */
struct store_event {
	const char *dossier;
	uint64_t seq;
	const char *act; /* "application.submit" */
	const char *role;
	struct slice text;
	struct store_done done;
};
/*
 * Every event after the commit `from` (n = 0: from the first), oldest first.
 * fn returning -1 ends the walk with its error.  E_NOT_FOUND: from is not in
 * the history.
 */
int store_walk(struct store *s, const struct store_id *from,
    int (*fn)(const struct store_event *ev, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;

/* A commit object as git has it, its gpgsig header included.  E_NOT_FOUND. */
int store_commit_get(struct store *s, const struct store_id *id,
    struct buf *out, struct err *e) MUST_CHECK;

/* Whether writing has ended for good; then why gets the cause. */
bool store_failed(struct store *s, struct err *why);

/* Make everything acknowledged visible to stock git.  E_UNAVAILABLE. */
int store_seal(struct store *s, struct err *e) MUST_CHECK;

#endif
