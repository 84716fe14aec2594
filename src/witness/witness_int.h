/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WITNESS_INT_H
#define NINTEI_WITNESS_INT_H
/* witness_int: what the files of this module share. */
#include <pthread.h>

#include "nintei/witness.h"

#define NAME_HEX 32 /* digits of a hash in a file's name */
#define FILE_NAME 128

/* One log; the lock is held from the decision to the cosignature. */
struct witnessed {
	pthread_mutex_t lock;
	struct note_key key;
	char name[NAME_HEX + 1]; /* of its files: from SHA-256(origin) */
	struct tlog_head seen; /* size 0: nothing cosigned yet */
	struct buf note; /* the last one cosigned; empty likewise */
	int64_t minute; /* of the count below */
	unsigned in_minute;
	unsigned alarms; /* written since the start */
};

struct witness {
	int dir; /* the state folder */
	int lock;
	struct witness_key key;
	struct clock clock;
	unsigned per_minute;
	struct witnessed *logs;
	size_t n_logs;
};

/* The first NAME_HEX digits of a SHA-256. */
void name_of(struct slice bytes, char out[NAME_HEX + 1]);

/*
 * Keep both notes in alarms/.  out_name: the file below the state folder.
 * The same again is kept once; more than a few hundred are not kept.
 */
int alarm_keep(struct witness *w, struct witnessed *log,
    enum witness_verdict verdict, struct slice request, char *out_name,
    struct err *e) MUST_CHECK;

#endif
