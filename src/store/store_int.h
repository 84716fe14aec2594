/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_INT_H
#define NINTEI_STORE_INT_H
/*
 * store_int: the journal store, inside (docs/STORE.md).
 *
 * Threads: callers prepare; one committer decides the order, signs, writes
 * and answers; one sealer makes packs of what was written.
 * Locks, in the order in which they nest: pool, a stream's, seal, lock.
 * queue_lock is never held with another.
 */
#include <pthread.h>

#include "nintei/packset.h"
#include "nintei/store_files.h"
#include "nintei/tiles.h"
#include "nintei/trie.h"
#include "heads_int.h"
#include "layout_int.h"
#include "segment_int.h"

#define GIT_NAME "audit.git"
#define SEAL_MS 5000
#define SEAL_BYTES MIB(64)

/* The newest commit, and everything that follows from it. */
struct tip {
	struct gitx_oid commit;
	struct gitx_oid tree;
	uint64_t log_size;
	uint8_t log_root[STORE_HASH];
	int64_t committed_at;
	bool any; /* there is a commit */
};

struct readers; /* objects.c: readers of packs that wait for work */
struct committer; /* commit.c */
struct item; /* item_int.h */

struct store {
	int lock_fd;
	bool writable;
	struct store_opts opts;
	const struct store_files *files;
	char *gitdir, *packdir, *intake;
	uint64_t epoch; /* in the names of segments */

	pthread_mutex_t lock;
	struct tip tip;
	struct unsealed unsealed;
	struct heads heads;
	bool failed;
	struct err why;
	unsigned segments_made;

	struct pack_set *packs;
	struct readers *readers;

	/* What commits wait in. */
	pthread_mutex_t queue_lock;
	pthread_cond_t queue_more, queue_room;
	struct item *first, **last;
	size_t queued_bytes;
	bool rotate, stopping;
	struct committer *committer;
	pthread_t commit_thread;
	bool threads;

	/* Segments for documents. */
	pthread_mutex_t pool;
	struct segment *docs; /* all that are not yet given to the sealer */

	/* Between committer and sealer. */
	pthread_mutex_t seal;
	pthread_cond_t seal_more, seal_done;
	struct segment *journal; /* being written; the committer's */
	struct segment *ahead; /* the next */
	bool making; /* it */
	struct segment *retired, **retired_last;
	uint64_t sealed_size; /* events that stock git sees */
	size_t step; /* bytes that a new journal is filled with */
	bool seal_wanted, seal_stop;
	bool seal_full; /* no room to seal */
	int64_t seal_again; /* monotonic ms of the next try */
	unsigned seal_failures; /* tries for which there was no room */
	bool ahead_failed; /* until the next look */
	const struct segment *asked; /* to be rotated */
	pthread_t seal_thread;

	/* Caches: the Merkle log, and the names of commits and events. */
	struct tiles *tiles;
	struct buf unlogged; /* event hashes that tiles did not take */
	int catalog;
};

/* store.c */
int store_new(const char *dir, const char *gitdir, struct store **out,
    struct err *e) MUST_CHECK;
/* All memory; no thread may run. */
void store_free(struct store *s);
/* Rule STORE-6: no more writing; everybody who waits is told. */
void store_fail(struct store *s, const struct err *cause);
/* 0 while writing is possible; else E_UNAVAILABLE. */
int store_check(struct store *s, struct err *e) MUST_CHECK;
void store_tip(struct store *s, struct tip *out);
int64_t monotonic_ms(void);

#endif
