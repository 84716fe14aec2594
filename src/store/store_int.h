/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_INT_H
#define NINTEI_STORE_INT_H
/*
 * store_int: the libgit2 store, inside.
 */
#include <pthread.h>

#include "nintei/gitx.h"
#include "nintei/store.h"
#include "nintei/tlog.h"

#define STORE_REF "refs/heads/main"
#define STORE_PATH 320 /* room for a path in the tree */
#define STORE_WORD 64 /* room for "<machine>.<event>" and roles */
#define STORE_PUTS_MAX 2048 /* files of one commit */

/* Everything that an append changes. */
struct tip {
	struct gitx_oid commit;
	struct gitx_oid tree;
	struct tlog log; /* of a writer */
	uint64_t log_size;
	uint8_t log_root[STORE_HASH];
	int64_t committed_at;
	bool any; /* there is a commit */
};

/*
 * Two handles on one repository, so that no reader waits for an fsync.
 * append_lock: writer, and the tip as the next append sees it.
 * lock: reader, and tip as everybody sees it.
 */
struct store {
	int lock_fd;
	bool writable;
	bool failed; /* under append_lock */
	struct store_opts opts;
	pthread_mutex_t append_lock;
	struct gitx *writer;
	pthread_mutex_t lock;
	struct gitx *reader;
	struct tip tip;
};

/* layout.c: names in the tree and the text of a commit. */
bool store_id_valid(const char *id);
bool store_word_valid(const char *word);
/* Components [0-9a-z._-], none starting with a dot, below an allowed root. */
bool store_path_valid(const char *path, bool at_top);
void store_dossier_path(
    const char *dossier, const char *below, char out[STORE_PATH]);
void store_event_name(uint64_t seq, const char *act, char out[STORE_PATH]);
/* The sequence number an event file's name begins with; 0: no event. */
uint64_t store_event_seq(const char *name);
void store_id_of(const struct gitx_oid *in, struct store_id *out);
int store_id_to(
    const struct store_id *in, struct gitx_oid *out, struct err *e) MUST_CHECK;

void hash_copy(const uint8_t from[STORE_HASH], uint8_t to[STORE_HASH]);

/* What a commit's message says. */
struct message {
	char dossier[LIMIT_ID_BYTES + 1];
	uint64_t seq;
	char act[2 * STORE_WORD];
	uint64_t log_size;
	uint8_t log_root[STORE_HASH];
};
void message_format(const struct message *m, struct buf *out);
int message_parse(
    const char *text, struct message *out, struct err *e) MUST_CHECK;

/* check.c: everything about a tx that can be judged without the store. */
int store_tx_check(const struct store_tx *tx, int64_t *out_recorded_at,
    struct err *e) MUST_CHECK;

/* read.c, with the handle and the tree to use. */
int store_head_in(struct gitx *g, const struct tip *tip, const char *dossier,
    struct store_dossier_head *out, struct err *e) MUST_CHECK;

/* history.c */
struct history {
	struct gitx_oid *ids; /* newest first */
	size_t n;
	size_t cap;
};
void history_free(struct history *h);
/* All commits after `from` (NULL: all) up to tip. */
int history_collect(struct store *s, const struct gitx_oid *tip,
    const struct gitx_oid *from, struct history *out, struct err *e) MUST_CHECK;
/* Read and check one commit's event: name, hash, trailer. */
struct loaded {
	struct gitx_commit commit;
	struct message message;
	struct buf text;
	uint8_t event_hash[STORE_HASH];
};
void loaded_free(struct loaded *l);
int history_load(struct store *s, const struct gitx_oid *id, struct loaded *out,
    struct err *e) MUST_CHECK;
/* Recompute the log from the first commit; fills tip.  E_STORE_CORRUPT. */
int history_check(
    struct store *s, uint64_t *out_commits, struct err *e) MUST_CHECK;

/* append.c: append_lock is held or nobody else knows the store. */
int store_append_locked(struct store *s, const struct store_tx *tx,
    int64_t recorded_at, struct store_done *out, struct err *e) MUST_CHECK;

#endif
