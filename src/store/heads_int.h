/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_HEADS_INT_H
#define NINTEI_STORE_HEADS_INT_H
/*
 * heads_int: the last events of the dossiers used lately.  Caller locks.
 */
#include "nintei/store.h"

#define HEADS_MAX 65536

struct heads_row;
struct heads {
	struct heads_row **bucket;
	struct heads_row *newest, *oldest; /* by use */
	size_t n;
	uint64_t forgotten; /* the newest change among those let go */
};
/* False: not known here. */
bool heads_get(
    struct heads *h, const char *dossier, struct store_dossier_head *out);
/* The committer's word: as of the log with this size. */
void heads_set(struct heads *h, const char *dossier,
    const struct store_dossier_head *head, uint64_t log_size);
/* What was read from a tree of this log; nothing newer is replaced. */
void heads_learn(struct heads *h, const char *dossier,
    const struct store_dossier_head *head, uint64_t log_size);
void heads_free(struct heads *h);

#endif
