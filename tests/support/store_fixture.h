/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_STORE_FIXTURE_H
#define NINTEI_TESTS_STORE_FIXTURE_H
/*
 * store_fixture: a store with a local key and a fixed clock, and events that
 * are right unless a test bends them.
 */
#include "nintei/key.h"
#include "nintei/store.h"

/* RFC 8032 7.1 test 1: a key that everybody knows. */
struct fixture {
	struct pkey *key;
	int64_t now;
	unsigned signed_commits;
	unsigned groups; /* calls of the signer */
	unsigned durable; /* calls */
	bool refuse; /* the signer says no */
};
void fixture_init(struct fixture *f);
void fixture_done(struct fixture *f);
struct store_opts fixture_opts(struct fixture *f);

/* An event for tx: dossier, seq, expected, machine, event, role are read. */
void fixture_event(
    const struct store_tx *tx, const char *docs_json, struct buf *out);
/* store_create with genesis.json, allowed_signers and one roster entry. */
int fixture_create(
    struct fixture *f, const char *dir, struct err *e) MUST_CHECK;
/*
 * Append application.<event> after the dossier's head; with a document of
 * doc_bytes when that is not 0, filed as nn-<commitment>.cms, nn = seq.
 */
int fixture_append(struct store *s, const char *dossier, const char *event,
    size_t doc_bytes, struct store_done *out, struct err *e) MUST_CHECK;

#endif
