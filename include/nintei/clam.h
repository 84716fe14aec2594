/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CLAM_H
#define NINTEI_CLAM_H
/*
 * clam: a document shown to clamd over its unix socket (INSTREAM).  A child
 * without any other socket or file talks to clamd; the parent gets a verdict.
 * Runs in: nintei-clam (class, session), core (scan).
 * Holds: the plaintext of one document, for as long as it is scanned.
 * Trusts: clamd for its verdict, and for nothing else: its answer is bounded
 * and read strictly.
 * Rules: BUNDLE-MALWARE, BUNDLE-SCANNER; BUNDLES 3; docs/PROTOCOL.dossier 5.
 */
#include <stdint.h>
#include "nintei/cc.h"
#include "nintei/err.h"
#include "nintei/limits.h"
#include "nintei/slice.h"

struct worker_class;
struct worker_host;

/*
 * The least of clamd's stock limits (StreamMaxLength, MaxFileSize).  Above
 * them it may pass over a file and still say OK: nothing larger is clean.
 */
#define CLAM_BYTES MIB(25)
#define CLAM_NAME 101 /* a signature's name and NUL */
#define CLAM_WALL_SECONDS 30

enum clam_verdict {
	CLAM_NONE = 0,
	CLAM_CLEAN,
	CLAM_FOUND,
	CLAM_LIMIT, /* too large for the scanner: not clean */
	CLAM_FAULT, /* no scanner, or no sense in its answer */
	CLAM_MAX
};
struct clam_result {
	enum clam_verdict verdict;
	char name[CLAM_NAME]; /* of the signature; "" unless CLAM_FOUND */
};

/* clamd's answer, without what it quotes; anything unknown is CLAM_FAULT. */
void clam_answer(struct slice answer, struct clam_result *out);
/* One INSTREAM on a connected socket, borrowed.  Blocks. */
void clam_session(int fd, struct slice document, struct clam_result *out);

/*
 * The class whose children connect to the socket: its path is absolute and
 * lives as long as the process.  One class in a process.
 */
const struct worker_class *clam_worker_class(const char *socket_path);
/*
 * Scan a sealed memfd of so many bytes, borrowed.  Never fails: a zygote that
 * is gone, a child that was killed and a broken answer are CLAM_FAULT.
 */
void clam_scan(
    struct worker_host *h, int memfd, uint64_t size, struct clam_result *out);

#endif
