/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_LOG_MAKE_H
#define NINTEI_TESTS_LOG_MAKE_H
/* log_make: logs of made-up events, their keys, notes and proofs. */
#include "nintei/note.h"
#include "nintei/slice.h"
#include "nintei/tlog.h"
#include "nintei/tlog_text.h"

/* Event i of the log is SHA-256 of "<flavour> <i>", from i = fork on of
 * "<flavour> <i> forked". */
struct test_log {
	struct pkey *key;
	struct note_key pub;
	const char *flavour;
	uint64_t fork; /* 0: none */
};
/* seed: of its key.  Die on failure. */
void test_log_init(struct test_log *l, const char *origin, uint8_t seed);
void test_log_done(struct test_log *l); /* for CLEANUP */
/* 32 bytes an event; owned by out. */
void test_log_events(const struct test_log *l, uint64_t n, struct buf *out);
void test_log_head(
    const struct test_log *l, uint64_t size, struct tlog_head *out);
/* The signed checkpoint. */
void test_log_note(const struct test_log *l, uint64_t size, struct buf *out);
void test_log_prove(const struct test_log *l, uint64_t old, uint64_t now,
    struct tlog_proof *out);
/* A request with the right proof from old to size. */
void test_log_request(
    const struct test_log *l, uint64_t old, uint64_t size, struct buf *out);

#endif
