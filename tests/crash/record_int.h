/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_CRASH_RECORD_INT_H
#define NINTEI_TESTS_CRASH_RECORD_INT_H
/*
 * record: what the wrappers of names, bytes and syncs share.
 * Runs in: any program that record_shim is preloaded into.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "trace.h"

/* Nothing of this is seen by the program. */
#pragma GCC visibility push(hidden)

extern int rec_trace; /* descriptor; -1: nothing is recorded */
extern int rec_ack; /* descriptor of acknowledgements, or -1 */
extern bool rec_renames; /* RECORD_RENAME */

/* The real function; ISO C has no cast from void * to it. */
#define REAL(type, name)                              \
	static type real;                             \
	if (real == NULL) {                           \
		void *real_ = dlsym(RTLD_NEXT, name); \
		memcpy(&real, &real_, sizeof(real));  \
	}

/* Around a call and its record; errno survives. */
void rec_lock(void);
void rec_unlock(void);
/* One record; under the lock. */
void rec_emit(const struct trace_rec *r, const void *payload);
/* Where the trace ends now; under the lock. */
uint64_t rec_end(void);
/* A call that the trace cannot follow; not under the lock. */
void rec_foreign(const char *what);

/* A file or folder below the root. */
bool rec_of_interest(int fd, struct stat *st);
/* Its path below the root, "" for others. */
const char *rec_path(int fd, char out[PATH_MAX]);

/* A name in a folder below the root. */
struct place {
	uint64_t folder;
	char name[NAME_MAX + 1];
	char path[PATH_MAX];
};
bool rec_place(int dirfd, const char *path, struct place *out);

#pragma GCC visibility pop

#endif
