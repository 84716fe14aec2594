/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_SIGNING_COMMITS_H
#define NINTEI_TESTS_SIGNING_COMMITS_H
/* signing_commits: commits as an honest core would send them, to be bent. */
#include "nintei/tlog.h"
#include "support/signing_fixture.h"

/* What core would send next, to be bent. */
struct next {
	uint8_t parent[SIGN_COMMIT_ID];
	bool no_parent;
	uint8_t event[32];
	struct tlog log; /* before this event */
	bool open; /* the parent is left open */
	uint64_t size; /* 0: the right one */
	int64_t time;
	const char *author;
	const char *committer;
	const char *subject;
	const char *after;
};

/* After the durable head; log_init_one while genesis is all there is. */
void next_init(const struct sf *f, struct next *n);
void log_init_one(const struct sf *f, struct tlog *log);
void text_write(const struct next *n, struct buf *out);
/* What follows the commit with this id. */
void step(struct next *n, const uint8_t id[SIGN_COMMIT_ID]);
/* A group of one. */
int sign_one(struct sf *f, struct slice text, const uint8_t event_hash[32],
    struct buf *armour, uint8_t id[SIGN_COMMIT_ID], struct err *e);
/* The object's id, as git names it. */
void commit_name(
    struct slice text, struct slice armour, uint8_t id[SIGN_COMMIT_ID]);

/* n commits in a row, the later ones with open parents. */
struct grp {
	struct buf text[SIGN_GROUP_MAX], armour[SIGN_GROUP_MAX];
	struct sign_group g;
	uint8_t ids[SIGN_GROUP_MAX][SIGN_COMMIT_ID]; /* after grp_sign */
	uint8_t last[SIGN_COMMIT_ID];
};
/* n is moved to what follows; its parent by grp_sign. */
struct grp *grp_make(struct next *n, size_t count);
void grp_set(struct grp *g, size_t i, const struct next *n);
/* Sign, fill the parents in, name each; step n on. */
int grp_sign(struct sf *f, struct grp *g, struct next *n, struct err *e);
void grp_free(struct grp **g); /* for CLEANUP(grp_free) */

/* A home, and what follows its genesis. */
void chain_begin_at(struct sf *f, struct next *n);
/* E_SIGNER_REFUSED with these words; e is fresh again. */
void ck_refused(int rv, struct err *e, const char *why);
/* Where the signer stands. */
void ck_hello(
    struct sf *f, const uint8_t durable[SIGN_COMMIT_ID], size_t pending);
/* As start stood before the group, moved on by the first k of its commits. */
struct next next_after(const struct next *start, const struct grp *g, size_t k);
/* A file of the home, whole. */
void home_file_get(const struct sf *f, const char *path, struct buf *out);
void home_file_put(
    const struct sf *f, const char *path, const struct buf *bytes);

#endif
