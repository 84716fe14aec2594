/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_ITEM_INT_H
#define NINTEI_STORE_ITEM_INT_H
/*
 * item_int: one append on its way: made ready by its caller, then queued,
 * ordered, signed, written and answered by the committer.
 */
#include "objects_int.h"

/* A file of the commit. */
struct put {
	char path[STORE_PATH];
	struct gitx_oid blob;
	bool final; /* rule STORE-5 */
	bool document; /* its blob is not among the item's entries */
};

struct item {
	struct item *next;
	char dossier[LIMIT_ID_BYTES + 1];
	uint64_t seq;
	uint8_t expected[STORE_HASH];
	char act[2 * STORE_WORD];
	char role[STORE_WORD];
	int64_t recorded_at;
	uint8_t event_hash[STORE_HASH];
	struct put *puts;
	size_t nputs;
	struct buf bytes; /* entries, one after another; mark.at is in here */
	struct objects objects;
	store_done_fn *done;
	void *arg;
	/* What became of it. */
	struct err why; /* E_OK: durable */
	struct store_done out;
};

/* Everything that needs neither the committer nor the order. */
int item_prepare(struct store *s, const struct store_tx *tx, struct item **out,
    struct err *e) MUST_CHECK;
void item_free(struct item *it);
DEFINE_STRUCT_CLEANUP(item, item_free)

/* A group of items in order, on their way to the disk.  One committer. */
struct committer *committer_new(struct store *s, struct err *e);
void committer_free(struct committer *c);
DEFINE_STRUCT_CLEANUP(committer, committer_free)
/* Up to STORE_GROUP_MAX items become durable or get their error in why. */
void commit_group(struct committer *c, struct item **items, size_t n);

/* The last event of a dossier in this tree; seq 0: none. */
int head_read(struct store *s, const struct tip *tip, const char *dossier,
    struct store_dossier_head *out, struct err *e) MUST_CHECK;

/* queue.c */
int committer_start(struct store *s, struct err *e) MUST_CHECK;
/* Drain the queue, end the thread; the journal is given to the sealer. */
void committer_stop(struct store *s);

/* sealer.c.  The committer alone calls these three. */
int journal_need(struct store *s, struct err *e) MUST_CHECK;
void journal_rotate(struct store *s);
/* After a group: when to seal, what to fill. */
void journal_wrote(struct store *s);
/* seal.c */
/* Make a pack of a segment; of a journal, move the ref, too. */
int segment_seal(struct store *s, struct segment *g, struct err *e) MUST_CHECK;
/* All that is retired, and first the documents it names. */
int seal_retired(struct store *s, struct err *e) MUST_CHECK;
int sealer_start(struct store *s, struct err *e) MUST_CHECK;
/* Seal what is left, remove what is empty. */
void sealer_stop(struct store *s);

/* docs.c */
/* The bytes of a blob are durable afterwards; a failure is final. */
int docs_sync(
    struct store *s, const struct gitx_oid *blob, struct err *e) MUST_CHECK;
/* The same of a whole segment. */
int segment_sync(
    struct store *s, struct segment *g, uint64_t at, struct err *e) MUST_CHECK;
/* Segments whose documents are named (all: that hold any), out of use.  Also
 * after an error *out has those that were taken. */
int docs_retire(
    struct store *s, bool all, struct segment **out, struct err *e) MUST_CHECK;
/* Under lock: the blob is in a commit. */
void docs_name(struct store *s, const struct gitx_oid *blob);

/* log.c: tiles and catalog after the history, and history after them. */
int log_open(struct store *s, const char *dir, bool *out_rebuilt,
    struct err *e) MUST_CHECK;
/* Bring both up to the tip. */
int log_extend_all(struct store *s, struct err *e) MUST_CHECK;
void log_append(struct store *s, struct item **items, size_t n);
/* The log up to the tip, also where tiles could not take all of it. */
int log_frontier(
    const struct store *s, struct tlog *out, struct err *e) MUST_CHECK;

/* recover.c */
int recover(struct store *s, struct store_report *r, struct err *e) MUST_CHECK;

/* history.c */
struct loaded {
	struct commit commit;
	struct gitx_oid blob; /* of the event */
	struct buf text;
	uint8_t event_hash[STORE_HASH];
};
void loaded_free(struct loaded *l);
/* blob NULL: look it up in the commit's tree. */
int history_load(struct store *s, const struct gitx_oid *id,
    const struct gitx_oid *blob, struct loaded *out, struct err *e) MUST_CHECK;

#endif
