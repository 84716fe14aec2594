/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_REGISTER_INT_H
#define NINTEI_REGISTER_INT_H
/* register_int: what the public endpoints of the register share. */
#include "office_int.h"

#define REGISTER_VIEW_BYTES MIB(2)

/* Cache-Control and ETag of a public answer. */
void answer_public(struct visit *v, struct answer *a);
/* Takes the document: nothing that is not public has its type. */
void answer_pub(struct answer *a, struct pub_doc *take);

/* ?as_of=DAY&known=INSTANT or DAY; without as_of: now. */
struct asked {
	bool has;
	struct derive_as_of q;
};
/* E_INPUT: no day, known without as_of, known lies ahead. */
int asked_read(
    const struct visit *v, struct asked *out, struct err *e) MUST_CHECK;

/* Entries as the index has them, one after the other. */
struct views {
	struct json **entry; /* owned */
	size_t n;
	char last[24]; /* number of the last row, "" */
};
void views_done(struct views *l); /* for CLEANUP(views_done) */
int views_fn(const struct index_certification *row, void *arg, struct err *e);
/*
 * The entry as it was asked for; NULL: there was none then, or the policy no
 * longer lists it.
 */
int entry_asked(struct office *o, const struct json *entry,
    const struct asked *a, struct pub_doc **out, struct err *e) MUST_CHECK;
/* {"version", "at", "recorded_at", "entry"} of a number, by version. */
int versions_read(struct office *o, const char *number, struct json **out,
    struct err *e) MUST_CHECK;

/* --- statements (statement.h; sealed.c) --- */
#define SEALED_TRIES                                             \
	3 /* the signer knows at once what the index hears later \
	   */
/* A document, its detached CMS and the stamp over that. */
struct sealed {
	struct buf json, cms, tst;
};
void sealed_init(struct sealed *s);
void sealed_done(struct sealed *s); /* for CLEANUP(sealed_done) */
/* What every statement says; the lock of acts is held. */
int statement_head(struct office *o, const char *schema, int64_t now,
    struct json *j, struct err *e) MUST_CHECK;
/* E_SIGNER_REFUSED: the signer's journal has it otherwise. */
int statement_seal(struct office *o, const struct json *doc, struct sealed *out,
    struct err *e) MUST_CHECK;
/*
 * Statements that are kept for a while, under their lock: find is called with
 * it held, and lends the one of this SHA-256 (hex), or NULL.
 */
struct sealed_kept {
	pthread_mutex_t *lock;
	const struct sealed *(*find)(const struct visit *v, const char *of);
};
/* ?of=SHA-256: the seal (CMS) or the time stamp.  E_INPUT, E_NOT_FOUND. */
int sealed_answer(struct visit *v, struct answer *a,
    const struct sealed_kept *kept, bool stamp, struct err *e) MUST_CHECK;

#endif
