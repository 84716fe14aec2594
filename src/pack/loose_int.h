/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_LOOSE_INT_H
#define NINTEI_LOOSE_INT_H
/*
 * loose_int: loose objects, for this folder.
 */
#include "packset_int.h"

/* A loose object while it is inflated. */
struct loose {
	int fd;
	struct inflater *inflater; /* owned */
	uint8_t *in;
	struct slice left; /* of in */
	enum pack_type type;
	uint64_t size;
	uint8_t first[512]; /* what came with the header */
	size_t first_n, first_at;
	bool over;
};
/* 1, or 0 when there is none. */
int loose_open(const struct pack_set *s, const struct gitx_oid *id,
    struct loose **out, struct err *e) MUST_CHECK;
/* At most cap bytes; 0: the stream has ended. */
int64_t loose_read(
    struct loose *l, uint8_t *p, size_t cap, struct err *e) MUST_CHECK;
void loose_free(struct loose *l);
DEFINE_STRUCT_CLEANUP(loose, loose_free)
bool loose_has(const struct pack_set *s, const struct gitx_oid *id);
/* Whole, as pack_read; 1, or 0 when there is none. */
int loose_object(struct pack_reader *r, const struct gitx_oid *id, size_t max,
    struct pack_object *out, struct err *e) MUST_CHECK;
/* Those whose first byte is `first`. */
int loose_each(const struct pack_set *s, unsigned first,
    int (*fn)(const struct gitx_oid *id, void *arg, struct err *e), void *arg,
    struct err *e) MUST_CHECK;

#endif
