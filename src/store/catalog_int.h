/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_CATALOG_INT_H
#define NINTEI_STORE_CATALOG_INT_H
/*
 * catalog_int: the history by number.  Whoever uses a row checks it.
 */
#include "item_int.h"

/* What entry n of the log is; n * sizeof into store/catalog. */
struct catalog_row {
	struct gitx_oid commit;
	struct gitx_oid blob;
};
/* -1: not there. */
int catalog_get(
    const struct store *s, uint64_t index, struct catalog_row *out, size_t n);

/* Ids, newest first. */
struct history {
	struct gitx_oid *ids;
	size_t n, cap;
};
void history_add(struct history *h, const struct gitx_oid *id);
void history_free(struct history *h);

/* Append l's event: the root must be the one of its trailer. */
int log_extend(
    struct tlog *log, const struct loaded *l, struct err *e) MUST_CHECK;

#endif
