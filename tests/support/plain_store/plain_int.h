/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PLAIN_INT_H
#define NINTEI_PLAIN_INT_H
/*
 * plain_int: the store on libgit2 alone, inside.
 */
#include <pthread.h>

#include "nintei/tlog.h"
#include "layout_int.h"

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
