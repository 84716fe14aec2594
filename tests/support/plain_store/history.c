/* SPDX-License-Identifier: Apache-2.0 */
/* Going through the commits: walking, and checking the log at the start. */
#include "nintei/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "plain_int.h"

void
history_free(struct history *h)
{
	free(h->ids);
	*h = (struct history){ 0 };
}

void
loaded_free(struct loaded *l)
{
	buf_free(&l->text);
}

static void
history_add(struct history *h, const struct gitx_oid *id)
{
	if (h->n == h->cap) {
		h->cap = h->cap == 0 ? 256 : 2 * h->cap;
		h->ids = xrealloc(h->ids, h->cap, sizeof(*h->ids));
	}
	h->ids[h->n++] = *id;
}

static int
commit_read(struct store *s, const struct gitx_oid *id, struct gitx_commit *out,
    struct err *e)
{
	int rv;

	pthread_mutex_lock(&s->lock);
	rv = gitx_commit_read(s->reader, id, out, e);
	pthread_mutex_unlock(&s->lock);
	if (rv == 0 && out->nparents > 1)
		return err_set(e, E_STORE_CORRUPT, "the history is not linear");
	return rv;
}

int
history_collect(struct store *s, const struct gitx_oid *tip,
    const struct gitx_oid *from, struct history *out, struct err *e)
{
	CLEANUP(history_free) struct history h = { 0 };
	struct gitx_oid at = *tip;
	struct gitx_commit commit;

	while (from == NULL || !gitx_oid_eq(&at, from)) {
		if (commit_read(s, &at, &commit, e) < 0)
			return -1;
		history_add(&h, &at);
		if (commit.nparents == 0 && from != NULL)
			return err_set(e, E_NOT_FOUND,
			    "that commit is not in the history");
		if (commit.nparents == 0)
			break;
		at = commit.parent;
	}
	*out = h;
	h = (struct history){ 0 };
	return 0;
}

/* The event file that the subject names, as this commit's tree has it. */
static int
load_text(struct store *s, struct loaded *l, struct err *e)
{
	char name[STORE_PATH], path[STORE_PATH];
	struct gitx_entry entry;
	int rv;

	store_event_name(l->message.seq, l->message.act, name);
	store_dossier_path(l->message.dossier, name, path);
	pthread_mutex_lock(&s->lock);
	rv = gitx_tree_find(s->reader, &l->commit.tree, path, &entry, e);
	if (rv == 0)
		rv = gitx_blob_read(
		    s->reader, &entry.id, LIMIT_EVENT_BYTES, &l->text, e);
	pthread_mutex_unlock(&s->lock);
	return rv;
}

int
history_load(struct store *s, const struct gitx_oid *id, struct loaded *out,
    struct err *e)
{
	CLEANUP(loaded_free)
	struct loaded l = { .text = BUF_INIT(LIMIT_EVENT_BYTES) };
	char hex[STORE_ID_TEXT];
	struct store_id name;

	store_id_of(id, &name);
	if (commit_read(s, id, &l.commit, e) < 0 ||
	    message_parse(l.commit.message, &l.message, e) < 0 ||
	    load_text(s, &l, e) < 0)
		return err_wrap(e, "commit %s", store_id_format(&name, hex));
	sha256_of(buf_slice(&l.text), l.event_hash);
	*out = l;
	l.text = (struct buf)BUF_INIT(0);
	return 0;
}

/* Rule STORE-7: each trailer is the root that the events before it give. */
static int
check_one(
    struct store *s, const struct gitx_oid *id, struct tip *tip, struct err *e)
{
	CLEANUP(loaded_free) struct loaded l = { .text = BUF_INIT(0) };

	if (history_load(s, id, &l, e) < 0)
		return -1;
	tlog_append(&tip->log, l.event_hash);
	tlog_root(&tip->log, tip->log_root);
	tip->log_size = tip->log.size;
	if (l.message.log_size != tip->log_size ||
	    memcmp(l.message.log_root, tip->log_root, STORE_HASH) != 0)
		return err_set(e, E_STORE_CORRUPT,
		    "entry %" PRIu64 " of the log has another root",
		    tip->log_size);
	if (tip->any && l.commit.committed_at < tip->committed_at)
		return err_set(e, E_STORE_CORRUPT, "commit times go back");
	tip->commit = *id;
	tip->tree = l.commit.tree;
	tip->committed_at = l.commit.committed_at;
	tip->any = true;
	return 0;
}

int
history_check(struct store *s, uint64_t *out_commits, struct err *e)
{
	CLEANUP(history_free) struct history h = { 0 };
	struct tip tip = { .any = false };
	struct gitx_oid head;

	if (gitx_ref_read(s->reader, STORE_REF, &head, e) < 0)
		return -1;
	if (history_collect(s, &head, NULL, &h, e) < 0)
		return -1;
	for (size_t i = h.n; i-- > 0;)
		if (check_one(s, &h.ids[i], &tip, e) < 0)
			return -1;
	s->tip = tip;
	*out_commits = h.n;
	return 0;
}

static void
event_of(
    const struct gitx_oid *id, const struct loaded *l, struct store_event *out)
{
	struct store_event ev = { .dossier = l->message.dossier,
		.seq = l->message.seq,
		.act = l->message.act,
		.role = l->commit.author,
		.text = buf_slice(&l->text) };

	ev.done.seq = l->message.seq;
	store_id_of(id, &ev.done.commit);
	hash_copy(l->event_hash, ev.done.event_hash);
	hash_copy(l->message.log_root, ev.done.log_root);
	ev.done.log_size = l->message.log_size;
	ev.done.log_index = l->message.log_size - 1;
	ev.done.committed_at = l->commit.committed_at;
	*out = ev;
}

static int
walk_one(struct store *s, const struct gitx_oid *id,
    int (*fn)(const struct store_event *ev, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(loaded_free) struct loaded l = { .text = BUF_INIT(0) };
	struct store_event ev;

	if (history_load(s, id, &l, e) < 0)
		return -1;
	event_of(id, &l, &ev);
	return fn(&ev, arg, e);
}

int
store_walk(struct store *s, const struct store_id *from,
    int (*fn)(const struct store_event *ev, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(history_free) struct history h = { 0 };
	struct gitx_oid tip, start;
	bool whole = from == NULL || from->n == 0;

	if (!whole && store_id_to(from, &start, e) < 0)
		return -1;
	pthread_mutex_lock(&s->lock);
	tip = s->tip.commit;
	pthread_mutex_unlock(&s->lock);
	if (history_collect(s, &tip, whole ? NULL : &start, &h, e) < 0)
		return -1;
	for (size_t i = h.n; i-- > 0;)
		if (walk_one(s, &h.ids[i], fn, arg, e) < 0)
			return -1;
	return 0;
}
