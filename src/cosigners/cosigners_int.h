/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_COSIGNERS_INT_H
#define NINTEI_COSIGNERS_INT_H
/* cosigners_int: what the files of this module share. */
#include <pthread.h>

#include "nintei/cosigners.h"
#include "nintei/tlog_text.h"

#define LINE_BYTES 1024
#define PAUSE_MS 500 /* least time between two targets */
#define PATIENCE_MS 2000 /* for who is slow, once the quorum is there */
#define RETRY_FIRST_MS 1000
#define RETRY_MOST_MS 300000
#define CLOCK_SKEW 600 /* seconds that a witness's clock may be off */

/* A checkpoint on its way. */
struct target {
	struct buf note; /* signed by the log alone; empty: none */
	struct tlog_head head;
	uint64_t serial;
	int64_t since; /* monotonic ms */
	uint64_t offered_at; /* UTC seconds */
};

/* What one question to a witness gave. */
enum outcome {
	OUT_FAILED = 0, /* not there, busy, or nonsense */
	OUT_COSIGNED,
	OUT_BEHIND, /* it has seen a larger one that we shall offer too */
	OUT_REFUSED /* it says that this log contradicts itself: alarm */
};
struct said {
	enum outcome outcome;
	struct buf line; /* OUT_COSIGNED; owned */
	uint64_t size; /* the last it cosigned, as far as we know */
	uint64_t time; /* OUT_COSIGNED */
};

struct member {
	struct cosigners *all;
	uint32_t i;
	pthread_t thread;
	struct note_key key;
	uint64_t size; /* the last it cosigned, as far as we know */
	uint64_t cosigned_at;
	unsigned failures;
	bool refuses;
	bool busy;
	int64_t retry_at; /* monotonic ms; 0: at once */
	struct buf line; /* for the target; empty: none yet */
};

struct cosigners {
	struct cosigners_options o;
	int dir;
	pthread_mutex_t publishing; /* taken before lock; files, o.publish */
	pthread_mutex_t lock; /* around all below */
	pthread_cond_t changed;
	struct member *members;
	unsigned n_started;
	struct target target, next;
	uint64_t last_serial;
	uint64_t offered; /* size */
	uint64_t published;
	unsigned published_lines;
	uint64_t waiting_since;
	bool stop;
};

/* --- answer.c: pure --- */

/* A whole note and a line more. */
void note_with(struct slice note, struct slice line, struct buf *out);
/*
 * The line of key in what it answered to note.  Errors: E_INVALID (none, not
 * right, or made at another time than now).
 */
int answer_line(struct slice note, const struct note_key *key,
    struct slice body, uint64_t now, struct said *out,
    struct err *e) MUST_CHECK;

/* --- ask.c: one witness, one checkpoint, a few requests; no lock held --- */
int member_ask(struct member *m, const struct target *t, uint64_t known,
    struct said *out, struct err *e) MUST_CHECK;

/* --- target.c: locked --- */
int64_t now_ms(void);
/* Shall it be asked now? */
bool member_is_due(const struct member *m);
/* Go on to the next checkpoint if this one has all it can get. */
void target_advance(struct cosigners *c);
/* Milliseconds until something is due for m by itself; -1: nothing. */
int64_t member_sleep(const struct member *m);
/* An answer is in; e: of a failure. */
void member_settle(
    struct member *m, uint64_t serial, struct said *s, const struct err *e);
unsigned target_lines(const struct cosigners *c);
/* The target with its lines if it is to be published now; else empty. */
void target_note(struct cosigners *c, struct buf *out);

/* --- files.c: caches below store/log; publishing is held --- */
void files_load(struct cosigners *c, struct buf *out_published);
void files_save_published(struct cosigners *c, struct slice note);
void files_save_members(struct cosigners *c);

#endif
