/* SPDX-License-Identifier: Apache-2.0 */
/* Judging a tx before anything is written: the committer cannot fail on it. */
#include "nintei/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/jsonx.h"
#include "nintei/workflow.h"
#include "layout_int.h"

#define EVENT_SCHEMA "nintei.event/1"

static int
check_words(const struct store_tx *tx, struct err *e)
{
	if (!store_id_valid(tx->dossier))
		return err_set(e, E_INPUT, "not the id of a case");
	if (tx->seq == 0 || tx->seq > INT64_MAX)
		return err_set(e, E_INPUT, "the first sequence number is 1");
	if (!store_word_valid(tx->machine) || !store_word_valid(tx->event) ||
	    !store_word_valid(tx->role))
		return err_set(e, E_INPUT, "machine, event, role are words");
	if (tx->ndocs + tx->nfiles >= STORE_PUTS_MAX)
		return err_set(e, E_LIMIT, "too many files in one event");
	return 0;
}

static int
same(const struct json *event, const char *key, const char *want, struct err *e)
{
	const char *have = jsonx_get_str(event, key);

	if (have == NULL || strcmp(have, want) != 0)
		return err_set(
		    e, E_INPUT, "%s of the event: want %s", key, want);
	return 0;
}

/* Rule STORE-2: the record says itself what the store files it under. */
static int
check_event(const struct store_tx *tx, const struct json *event, struct err *e)
{
	char id[LIMIT_ID_BYTES + 24], prev[2 * STORE_HASH + 1];

	if (event_shape(event, e) < 0)
		return err_wrap(e, "event");
	snprintf(id, sizeof(id), "%s/%" PRIu64, tx->dossier, tx->seq);
	if (jsonx_get_int(event, "seq", 0) != (int64_t)tx->seq)
		return err_set(
		    e, E_INPUT, "seq of the event: want %" PRIu64, tx->seq);
	if (same(event, "schema", EVENT_SCHEMA, e) < 0 ||
	    same(event, "event_id", id, e) < 0 ||
	    same(event, "case_id", tx->dossier, e) < 0 ||
	    same(event, "machine", tx->machine, e) < 0 ||
	    same(event, "event", tx->event, e) < 0 ||
	    same(event, "role", tx->role, e) < 0)
		return -1;
	return same(
	    event, "prev", hex_encode(tx->expected, STORE_HASH, prev), e);
}

static bool
names_doc(const struct json *entry, const char *name)
{
	const char *commitment = jsonx_get_str(entry, "commitment");
	char want[STORE_PATH];

	if (commitment == NULL)
		return false;
	snprintf(want, sizeof(want), "%02" PRId64 "-%s.cms",
	    jsonx_get_int(entry, "n", 0), commitment);
	return strcmp(want, name) == 0;
}

/* Rule STORE-4: a document is filed only under what the event commits to. */
static int
check_doc(const struct store_doc *doc, const struct json *docs, struct err *e)
{
	char path[STORE_PATH];

	snprintf(path, sizeof(path), "issued/%.200s", doc->name);
	if (strchr(doc->name, '/') != NULL || !store_path_valid(path, false))
		return err_set(e, E_INPUT, "not a name of a document");
	for (size_t i = 0; i < jsonx_len(docs); i++)
		if (names_doc(jsonx_at(docs, i), doc->name))
			return 0;
	return err_set(e, E_INPUT, "a document that the event does not name");
}

static int
check_files(const struct store_tx *tx, const struct json *docs, struct err *e)
{
	for (size_t i = 0; i < tx->ndocs; i++)
		if (check_doc(&tx->docs[i], docs, e) < 0)
			return -1;
	for (size_t i = 0; i < tx->nfiles; i++)
		if (!store_path_valid(tx->files[i].path, tx->files[i].at_top))
			return err_set(e, E_INPUT, "not a path of the tree");
	return 0;
}

int
store_tx_check(
    const struct store_tx *tx, int64_t *out_recorded_at, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *event = NULL;

	if (check_words(tx, e) < 0)
		return -1;
	if (jsonx_parse_canonical(tx->text, LIMIT_EVENT_BYTES, &event, e) < 0)
		return err_wrap(e, "event");
	if (check_event(tx, event, e) < 0 ||
	    check_files(tx, jsonx_get(event, "docs"), e) < 0)
		return -1;
	return instant_parse(
	    jsonx_get_str(event, "recorded_at"), out_recorded_at, e);
}
