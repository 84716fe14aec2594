/* SPDX-License-Identifier: Apache-2.0 */
/* What one append needs is made by its caller, before it is queued. */
#include "item_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"

#define ENTRY_SLACK 64 /* heads of a small entry */

static void
take_fields(const struct store_tx *tx, struct item *it)
{
	snprintf(it->dossier, sizeof(it->dossier), "%s", tx->dossier);
	snprintf(it->act, sizeof(it->act), "%s.%s", tx->machine, tx->event);
	snprintf(it->role, sizeof(it->role), "%s", tx->role);
	it->seq = tx->seq;
	hash_copy(tx->expected, it->expected);
	sha256_of(tx->text, it->event_hash);
}

/* Bytes that a person may have chosen: hashed with detection of collisions. */
static int
put_blob(struct item *it, struct slice bytes, struct err *e)
{
	struct object o = { .type = PACK_BLOB, .size = bytes.n };

	if (pack_id_safe(PACK_BLOB, bytes, &o.mark.id, e) < 0)
		return -1;
	o.mark.at = it->bytes.n;
	pack_put_stored(&it->bytes, PACK_BLOB, bytes, &o.mark.crc);
	objects_add(&it->objects, &o);
	it->puts[it->nputs++].blob = o.mark.id;
	return 0;
}

static int
put_event(const struct store_tx *tx, struct item *it, struct err *e)
{
	char name[STORE_PATH];

	store_event_name(tx->seq, it->act, name);
	store_dossier_path(tx->dossier, name, it->puts[it->nputs].path);
	return put_blob(it, tx->text, e);
}

static int
put_docs(
    struct store *s, const struct store_tx *tx, struct item *it, struct err *e)
{
	for (size_t i = 0; i < tx->ndocs; i++) {
		struct put *put = &it->puts[it->nputs++];
		char below[STORE_PATH];

		snprintf(below, sizeof(below), "docs/%.200s", tx->docs[i].name);
		store_dossier_path(tx->dossier, below, put->path);
		put->final = put->document = true;
		if (store_id_to(&tx->docs[i].blob, &put->blob, e) < 0)
			return -1;
		if (!object_has(s, &put->blob, PACK_BLOB))
			return err_set(e, E_INPUT, "no such blob");
	}
	/* Only now, so that one sync may serve many. */
	for (size_t i = 0; i < tx->ndocs; i++)
		if (docs_sync(s, &it->puts[it->nputs - 1 - i].blob, e) < 0)
			return -1;
	return 0;
}

static bool
is_decision(const char *below)
{
	return strncmp(below, "decisions/", 10) == 0 &&
	    strstr(below, "/decision.json") != NULL;
}

static int
put_files(const struct store_tx *tx, struct item *it, struct err *e)
{
	for (size_t i = 0; i < tx->nfiles; i++) {
		const struct store_file *file = &tx->files[i];
		struct put *put = &it->puts[it->nputs];

		if (file->at_top)
			snprintf(
			    put->path, sizeof(put->path), "%s", file->path);
		else
			store_dossier_path(tx->dossier, file->path, put->path);
		put->final = !file->at_top && is_decision(file->path);
		if (put_blob(it, file->bytes, e) < 0)
			return -1;
	}
	return 0;
}

static size_t
bytes_max(const struct store_tx *tx)
{
	size_t n = pack_stored_size(tx->text.n) + ENTRY_SLACK;

	for (size_t i = 0; i < tx->nfiles; i++)
		n += pack_stored_size(tx->files[i].bytes.n) + ENTRY_SLACK;
	return n;
}

int
item_prepare(struct store *s, const struct store_tx *tx, struct item **out,
    struct err *e)
{
	CLEANUP(item_freep) struct item *it = xcalloc(1, sizeof(*it));

	if (store_tx_check(tx, &it->recorded_at, e) < 0)
		return -1;
	it->bytes = (struct buf)BUF_INIT(bytes_max(tx));
	it->puts = xcalloc(tx->ndocs + tx->nfiles + 1, sizeof(*it->puts));
	take_fields(tx, it);
	if (put_event(tx, it, e) < 0 || put_docs(s, tx, it, e) < 0 ||
	    put_files(tx, it, e) < 0)
		return -1;
	if (!buf_ok(&it->bytes))
		return err_set(e, E_LIMIT, "too many bytes in one event");
	*out = TAKE(it);
	return 0;
}

void
item_free(struct item *it)
{
	if (it == NULL)
		return;
	free(it->puts);
	buf_free(&it->bytes);
	objects_free(&it->objects);
	free(it);
}
