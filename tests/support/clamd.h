/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_CLAMD_H
#define NINTEI_TESTS_CLAMD_H
/*
 * clamd: a scanner that is none, with every fault of protocol; and the real
 * one with two signatures of our own, where it is installed.
 */
#include <stdbool.h>
#include <sys/types.h>
#include "nintei/slice.h"

/* What the false scanner does with a document. */
enum clamd_mood {
	CLAMD_HONEST = 0, /* FOUND if it holds "nintei-local-signature" */
	CLAMD_SAYS, /* reads it, then says the text */
	CLAMD_EARLY, /* says the text before it has read it, and closes */
	CLAMD_SILENT, /* reads it and never answers */
	CLAMD_GONE /* closes at once */
};
/* Serve one connected socket; false: the stream was not well formed. */
bool clamd_serve(int fd, enum clamd_mood mood, struct slice text);
/* A child that listens on the path; clamd_stop ends it. */
pid_t clamd_start(const char *path, enum clamd_mood mood, struct slice text);
void clamd_stop(pid_t pid);

/*
 * The real clamd in dir, on dir/socket, with limits of 1 MiB a file.  Its
 * signatures: "Nintei.Local" and "Eicar.Test".
 */
pid_t clamd_real(const char *program, const char *dir);
/* The test file of EICAR, put together here: no file of ours holds it. */
struct slice clamd_eicar(void);

#endif
