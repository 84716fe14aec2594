/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_LAYOUT_INT_H
#define NINTEI_STORE_LAYOUT_INT_H
/*
 * layout_int: names in the tree, ids, the message of a commit, and what of a
 * tx can be judged without a store.
 */
#include "nintei/gitx.h"
#include "nintei/store.h"

#define STORE_REF "refs/heads/main"
#define STORE_PATH 320 /* room for a path in the tree */
#define STORE_WORD 64 /* room for "<machine>.<event>" and roles */
#define STORE_PUTS_MAX 2048 /* files of one commit */

/* layout.c: names in the tree and the text of a commit. */
bool store_id_valid(const char *id);
bool store_word_valid(const char *word);
/* Components [0-9a-z._-], none starting with a dot, below an allowed root. */
bool store_path_valid(const char *path, bool at_top);
void store_dossier_path(
    const char *dossier, const char *below, char out[STORE_PATH]);
void store_event_name(uint64_t seq, const char *act, char out[STORE_PATH]);
/* The sequence number an event file's name begins with; 0: no event. */
uint64_t store_event_seq(const char *name);
void store_id_of(const struct gitx_oid *in, struct store_id *out);
int store_id_to(
    const struct store_id *in, struct gitx_oid *out, struct err *e) MUST_CHECK;

void hash_copy(const uint8_t from[STORE_HASH], uint8_t to[STORE_HASH]);

/* What a commit's message says. */
struct message {
	char dossier[LIMIT_ID_BYTES + 1];
	uint64_t seq;
	char act[2 * STORE_WORD];
	uint64_t log_size;
	uint8_t log_root[STORE_HASH];
};
void message_format(const struct message *m, struct buf *out);
/* The gpgsig header of a commit. */
void signature_format(struct slice armour, struct buf *out);
int message_parse(
    const char *text, struct message *out, struct err *e) MUST_CHECK;

/* check.c: everything about a tx that can be judged without the store. */
int store_tx_check(const struct store_tx *tx, int64_t *out_recorded_at,
    struct err *e) MUST_CHECK;

#endif
