/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_PACK_MAKE_H
#define NINTEI_TESTS_PACK_MAKE_H
/*
 * pack_make: packs made with nintei/pack.h, and stock git beside them.
 */
#include <check.h>
#include "nintei/pack.h"

#define MADE_MAX 512

/* A pack in the making: its bytes and one mark for each entry. */
struct made {
	struct buf bytes;
	struct pack_mark marks[MADE_MAX];
	struct pack_mark order[MADE_MAX]; /* as they lie in the pack */
	enum pack_type types[MADE_MAX];
	uint64_t sizes[MADE_MAX];
	size_t n;
	struct pack_trailer trailer;
};

enum made_how {
	MADE_STORED,
	MADE_PRESSED,
	MADE_STREAMED
};

void made_begin(struct made *m);
void made_add(
    struct made *m, enum pack_type type, struct slice bytes, enum made_how how);
/*
 * Header, sum and idx, as DIR/pack-<sum>.pack and .idx.  The path of the pack,
 * which the caller frees.
 */
char *made_write(struct made *m, const char *dir);
void made_free(struct made *m);

/* Bytes from a seed: some runs of text, some noise. */
void random_bytes(uint64_t *seed, struct buf *out, size_t n);
/* Run a shell command in dir; its exit status must be 0. */
void shell(const char *dir, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same; the status is the caller's to judge. */
int shell_status(const char *dir, const char *format, ...) PRINTF_LIKE(2, 3);
/* What the command writes, owned. */
struct buf shell_read(const char *dir, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif
