/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TILES_INT_H
#define NINTEI_TILES_INT_H
/*
 * tiles_int: the files of the cache, and how levels are made from entries.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "nintei/tiles.h"

#define CHUNK 1024 /* entries worked on at once */
#define ENTRIES (-1) /* as a level: the file of event hashes */

#define TOP_LEVEL 3 /* from here on nodes are kept in memory, too */
struct top;

/*
 * The right edge of the log that was last asked for: below[k] is the root of
 * its last size % 2^k events, where there are any.
 */
struct edge {
	pthread_mutex_t lock;
	uint64_t size; /* 0: none */
	uint8_t below[TLOG_LEVELS + 1][TLOG_HASH];
};

/* A reader found something wrong; fetched by the writer before it marks. */
struct trust {
	atomic_bool lost;
};
#define MARK_FILE "mark"

/*
 * Readers see what lies below size: a file of a level is open before a size
 * that needs it is published.
 */
struct tiles {
	int dir;
	int entries;
	int level[TLOG_LEVELS]; /* -1: not made yet */
	bool writable;
	_Atomic uint64_t size;
	struct top *top;
	struct edge *edge;
	struct trust *trust;
	/* Of the writer alone. */
	struct tlog log; /* the right edge at size */
	uint64_t mark; /* what a sync has covered */
	bool sync_failed; /* the kernel may have dropped pages: no mark more */
};

/* --- files.c: E_UNAVAILABLE --- */
/* Open or, when writable, make the file of a level.  E_NOT_FOUND. */
int file_open(struct tiles *t, int level, struct err *e) MUST_CHECK;
/* How many whole hashes the file holds. */
int file_count(
    const struct tiles *t, int level, uint64_t *out, struct err *e) MUST_CHECK;
int file_cut(
    const struct tiles *t, int level, uint64_t count, struct err *e) MUST_CHECK;
int file_read(const struct tiles *t, int level, uint64_t index, void *out,
    size_t n, struct err *e) MUST_CHECK;
int file_write(const struct tiles *t, int level, uint64_t index,
    const void *hashes, size_t n, struct err *e) MUST_CHECK;
int file_sync(const struct tiles *t, int level, struct err *e) MUST_CHECK;

/* --- top.c: levels from TOP_LEVEL up --- */
struct top *top_new(void);
void top_free(struct top *top);
void top_put(
    struct top *top, int level, uint64_t n, const uint8_t hash[TLOG_HASH]);
/* False: look into the file. */
bool top_get(
    const struct top *top, int level, uint64_t n, uint8_t out[TLOG_HASH]);
/* All that a log of this size has in its files. */
int top_load(struct tiles *t, uint64_t size, struct err *e) MUST_CHECK;

/* --- make.c --- */
/* What becomes of n hashes that continue a level at index. */
struct sink {
	int (*put)(const struct tiles *t, unsigned level, uint64_t index,
	    const uint8_t *hashes, size_t n, struct err *e);
};
extern const struct sink sink_write;
extern const struct sink sink_compare; /* E_INVALID */
/* Continue log by n (at most CHUNK) event hashes; what it completes: sink. */
int levels_make(struct tiles *t, struct tlog *log, const uint8_t *event_hashes,
    size_t n, const struct sink *sink, struct err *e) MUST_CHECK;
/* The same for all entries from log up to size, read from the file. */
int levels_from_entries(struct tiles *t, struct tlog *log, uint64_t size,
    const struct sink *sink, struct err *e) MUST_CHECK;

#endif
