/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_RECOVER_INT_H
#define NINTEI_STORE_RECOVER_INT_H
/*
 * recover_int: which commits of a journal count (STORE 4).
 */
#include "nintei/sshsig.h"
#include "catalog_int.h"

/* The commits of a segment, as they lie in it. */
struct found_commit {
	struct gitx_oid id;
	uint64_t end; /* in the segment, after it */
	size_t objects; /* up to it */
};
struct commits {
	struct found_commit *v;
	size_t n;
};
void commits_add(struct commits *c, const struct found_commit *one);
void commits_free(struct commits *c);

/* Where recovery has come to. */
struct recovery {
	struct store *s;
	struct store_report *report;
	struct tlog log; /* at the store's tip */
	struct ssh_key keys[8]; /* of the store, by allowed_signers */
	size_t n_keys;
	struct gitx_oid keys_from; /* that file */
	bool may_wait; /* a journal that does not follow is put off */
};
/*
 * Does this commit follow the tip?  Parent, time, signature by the key of
 * allowed_signers, trailer, event, documents.  1: no.  -1: cannot be read.
 */
int commit_check(struct recovery *r, const struct gitx_oid *id, struct tip *out,
    struct err *e) MUST_CHECK;
/* It is in the history up to the tip. */
bool commit_is_before(struct store *s, const struct gitx_oid *id);

#endif
