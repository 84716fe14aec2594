/* SPDX-License-Identifier: Apache-2.0 */
/* Going through the events: by the catalog, or from commit to parent. */
#include "catalog_int.h"

#include <stdlib.h>

#include "nintei/digest.h"

#define ROWS 256

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

void
history_add(struct history *h, const struct gitx_oid *id)
{
	if (h->n == h->cap) {
		h->cap = h->cap == 0 ? 256 : 2 * h->cap;
		h->ids = xrealloc(h->ids, h->cap, sizeof(*h->ids));
	}
	h->ids[h->n++] = *id;
}

/* The event file that the subject names, as this commit's tree has it. */
static int
event_find(struct store *s, struct loaded *l, struct err *e)
{
	const struct message *m = &l->commit.message;
	char name[STORE_PATH], path[STORE_PATH];
	struct gitx_entry entry;

	store_event_name(m->seq, m->act, name);
	store_dossier_path(m->dossier, name, path);
	if (tree_find(s, &l->commit.tree, path, &entry, e) < 0)
		return -1;
	l->blob = entry.id;
	return 0;
}

int
history_load(struct store *s, const struct gitx_oid *id,
    const struct gitx_oid *blob, struct loaded *out, struct err *e)
{
	CLEANUP(loaded_free)
	struct loaded l = { .text = BUF_INIT(LIMIT_EVENT_BYTES) };
	char hex[STORE_ID_TEXT];
	struct store_id name;

	store_id_of(id, &name);
	if (store_commit_read(s, id, &l.commit, e) < 0)
		return err_wrap(e, "commit %s", store_id_format(&name, hex));
	if (blob != NULL)
		l.blob = *blob;
	else if (event_find(s, &l, e) < 0)
		return err_wrap(e, "commit %s", store_id_format(&name, hex));
	if (object_read(s, &l.blob, PACK_BLOB, &l.text, e) < 0)
		return err_wrap(e, "commit %s", store_id_format(&name, hex));
	sha256_of(buf_slice(&l.text), l.event_hash);
	*out = l;
	l.text = (struct buf)BUF_INIT(0);
	return 0;
}

/* --- walking --- */

struct walk {
	struct store *s;
	int (*fn)(const struct store_event *ev, void *arg, struct err *e);
	void *arg;
	struct tip tip;
	bool has_at;
	struct gitx_oid at; /* the last commit that fn has seen */
	uint64_t size; /* log size at it */
};

static int
see(struct walk *w, const struct gitx_oid *id, const struct loaded *l,
    struct err *e)
{
	const struct message *m = &l->commit.message;
	struct store_event ev = { .dossier = m->dossier,
		.seq = m->seq,
		.act = m->act,
		.role = l->commit.author,
		.text = buf_slice(&l->text) };

	ev.done.seq = m->seq;
	store_id_of(id, &ev.done.commit);
	hash_copy(l->event_hash, ev.done.event_hash);
	hash_copy(m->log_root, ev.done.log_root);
	ev.done.log_size = m->log_size;
	ev.done.log_index = m->log_size - 1;
	ev.done.committed_at = l->commit.committed_at;
	w->has_at = true;
	w->at = *id;
	w->size = m->log_size;
	return w->fn(&ev, w->arg, e);
}

/* 1: seen; 0: the row does not fit the history; -1: fn's error. */
static int
row_see(struct walk *w, const struct catalog_row *row, struct tlog *log,
    struct err *e)
{
	CLEANUP(loaded_free) struct loaded l = { .text = BUF_INIT(0) };
	struct err quiet = ERR_INIT;

	if (history_load(w->s, &row->commit, &row->blob, &l, &quiet) < 0 ||
	    l.commit.has_parent != w->has_at ||
	    (w->has_at && !gitx_oid_eq(&l.commit.parent, &w->at)) ||
	    log_extend(log, &l, &quiet) < 0)
		return 0;
	return see(w, &row->commit, &l, e) < 0 ? -1 : 1;
}

static int
rows_see(struct walk *w, struct tlog *log, struct err *e)
{
	struct catalog_row rows[ROWS];
	uint64_t left = w->tip.log_size - w->size;
	size_t n = left < ROWS ? (size_t)left : ROWS;

	if (catalog_get(w->s, w->size, rows, n) < 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		int rv = row_see(w, &rows[i], log, e);

		if (rv <= 0)
			return rv;
	}
	return 1;
}

/* As far as the caches are right; each row is checked by its commit. */
static int
walk_rows(struct walk *w, struct err *e)
{
	struct err quiet = ERR_INIT;
	struct tlog log;
	int rv = 1;

	if (w->s->tiles == NULL ||
	    tiles_frontier(w->s->tiles, w->size, &log, &quiet) < 0)
		return 0;
	while (rv > 0 && w->size < w->tip.log_size)
		rv = rows_see(w, &log, e);
	return rv < 0 ? -1 : 0;
}

/* From the tip back to w->at. */
static int
collect(struct walk *w, struct history *out, struct err *e)
{
	struct gitx_oid at = w->tip.commit;
	struct commit c;

	while (!w->has_at || !gitx_oid_eq(&at, &w->at)) {
		if (store_commit_read(w->s, &at, &c, e) < 0)
			return -1;
		history_add(out, &at);
		if (!c.has_parent && w->has_at)
			return err_set(e, E_NOT_FOUND,
			    "that commit is not in the history");
		if (!c.has_parent)
			break;
		at = c.parent;
	}
	return 0;
}

static int
walk_parents(struct walk *w, struct err *e)
{
	CLEANUP(history_free) struct history h = { 0 };

	if (collect(w, &h, e) < 0)
		return -1;
	for (size_t i = h.n; i-- > 0;) {
		CLEANUP(loaded_free) struct loaded l = { .text = BUF_INIT(0) };

		if (history_load(w->s, &h.ids[i], NULL, &l, e) < 0 ||
		    see(w, &h.ids[i], &l, e) < 0)
			return -1;
	}
	return 0;
}

/* Does the catalog know where it stands? */
static void
start_find(struct walk *w)
{
	struct err quiet = ERR_INIT;
	struct catalog_row row;
	struct commit c;

	if (store_commit_read(w->s, &w->at, &c, &quiet) < 0 ||
	    catalog_get(w->s, c.message.log_size - 1, &row, 1) < 0 ||
	    !gitx_oid_eq(&row.commit, &w->at))
		return;
	w->size = c.message.log_size;
}

int
store_walk(struct store *s, const struct store_id *from,
    int (*fn)(const struct store_event *ev, void *arg, struct err *e),
    void *arg, struct err *e)
{
	struct walk w = { .s = s, .fn = fn, .arg = arg };

	store_tip(s, &w.tip);
	w.has_at = from != NULL && from->n != 0;
	if (w.has_at) {
		if (store_id_to(from, &w.at, e) < 0)
			return -1;
		start_find(&w);
	}
	if ((!w.has_at || w.size > 0) && walk_rows(&w, e) < 0)
		return -1;
	return w.size == w.tip.log_size ? 0 : walk_parents(&w, e);
}
