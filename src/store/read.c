/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what is durable: heads, events, files. */
#include "item_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"

int
store_head(struct store *s, struct store_head *out, struct err *e)
{
	struct tip tip;

	store_tip(s, &tip);
	if (!tip.any)
		return err_set(e, E_NOT_FOUND, "the store is empty");
	*out = (struct store_head){ .log_size = tip.log_size,
		.committed_at = tip.committed_at };
	store_id_of(&tip.commit, &out->commit);
	hash_copy(tip.log_root, out->log_root);
	return 0;
}

/* The entry of a folder whose name begins with the wanted or last number. */
struct pick {
	uint64_t want; /* 0: the last */
	uint64_t seq; /* 0: not there */
	struct gitx_oid id;
};

static void
pick_entry(struct pick *p, const struct tree_item *t)
{
	/* In a tree a NUL follows each name. */
	uint64_t seq =
	    t->is_folder ? 0 : store_event_seq((const char *)t->name.p);

	if (seq > p->seq && (p->want == 0 || seq == p->want)) {
		p->seq = seq;
		p->id = t->id;
	}
}

/* 0 and no bytes when there is no such folder. */
static int
folder_read(struct store *s, const struct tip *tip, const char *path,
    struct buf *out, struct err *e)
{
	struct err quiet = ERR_INIT;
	struct gitx_entry folder;

	if (tree_find(s, &tip->tree, path, &folder, &quiet) < 0) {
		if (quiet.code == E_NOT_FOUND)
			return 0;
		*e = quiet;
		return -1;
	}
	if (!folder.is_folder)
		return 0;
	return object_read(s, &folder.id, PACK_TREE, out, e);
}

static int
pick_event(struct store *s, const struct tip *tip, const char *dossier,
    struct pick *p, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(OBJECT_BYTES);
	struct tree_item item;
	struct slice rest;
	char path[STORE_PATH];
	int rv;

	if (!store_id_valid(dossier) || !tip->any)
		return 0;
	store_dossier_path(dossier, "", path);
	if (folder_read(s, tip, path, &bytes, e) < 0)
		return -1;
	rest = buf_slice(&bytes);
	while ((rv = tree_next(&rest, &item, e)) > 0)
		pick_entry(p, &item);
	return rv;
}

int
head_read(struct store *s, const struct tip *tip, const char *dossier,
    struct store_dossier_head *out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct store_dossier_head head = { .seq = 0 };
	struct pick p = { .want = 0 };

	if (pick_event(s, tip, dossier, &p, e) < 0)
		return -1;
	if (p.seq != 0) {
		if (object_read(s, &p.id, PACK_BLOB, &text, e) < 0)
			return -1;
		sha256_of(buf_slice(&text), head.event_hash);
	}
	head.seq = p.seq;
	*out = head;
	return 0;
}

int
store_dossier_head(struct store *s, const char *dossier,
    struct store_dossier_head *out, struct err *e)
{
	struct store_dossier_head head;
	struct tip tip;
	bool known;

	pthread_mutex_lock(&s->lock);
	known = heads_get(&s->heads, dossier, out);
	tip = s->tip;
	pthread_mutex_unlock(&s->lock);
	if (known)
		return 0;
	if (head_read(s, &tip, dossier, &head, e) < 0)
		return -1;
	pthread_mutex_lock(&s->lock);
	/* Only what is there: names that were made up take no room. */
	if (head.seq != 0)
		heads_learn(&s->heads, dossier, &head, tip.log_size);
	pthread_mutex_unlock(&s->lock);
	*out = head;
	return 0;
}

int
store_event_get(struct store *s, const char *dossier, uint64_t seq,
    struct buf *out, struct err *e)
{
	struct pick p = { .want = seq };
	struct tip tip;

	store_tip(s, &tip);
	if (seq != 0 && pick_event(s, &tip, dossier, &p, e) < 0)
		return -1;
	if (p.seq == 0)
		return err_set(e, E_NOT_FOUND, "no such event");
	return object_read(s, &p.id, PACK_BLOB, out, e);
}

/* Where a file lies; a path that cannot exist is not found. */
static int
find(struct store *s, const char *dossier, const char *path,
    struct gitx_entry *out, struct err *e)
{
	char full[STORE_PATH];
	struct tip tip;

	store_tip(s, &tip);
	if (!tip.any || path[0] == '/' ||
	    (dossier != NULL && !store_id_valid(dossier)))
		return err_set(e, E_NOT_FOUND, "no such file");
	if (dossier != NULL)
		store_dossier_path(dossier, path, full);
	else
		snprintf(full, sizeof(full), "%s", path);
	return tree_find(s, &tip.tree, full, out, e);
}

int
store_file_get(struct store *s, const char *dossier, const char *path,
    struct buf *out, struct err *e)
{
	struct gitx_entry entry;

	if (find(s, dossier, path, &entry, e) < 0)
		return -1;
	if (entry.is_folder)
		return err_set(e, E_NOT_FOUND, "no such file");
	return object_read(s, &entry.id, PACK_BLOB, out, e);
}

/* A copy of the tree: fn may call the store. */
static int
list_tree(struct slice bytes,
    int (*fn)(const char *name, bool is_folder, void *arg, struct err *e),
    void *arg, struct err *e)
{
	struct tree_item t;
	int rv;

	while ((rv = tree_next(&bytes, &t, e)) > 0)
		if (fn((const char *)t.name.p, t.is_folder, arg, e) < 0)
			return -1;
	return rv;
}

int
store_file_list(struct store *s, const char *dossier, const char *path,
    int (*fn)(const char *name, bool is_folder, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(OBJECT_BYTES);
	struct err quiet = ERR_INIT;
	struct gitx_entry entry;

	if (find(s, dossier, path, &entry, &quiet) < 0) {
		if (quiet.code == E_NOT_FOUND)
			return 0;
		*e = quiet;
		return -1;
	}
	if (!entry.is_folder)
		return 0;
	if (object_read(s, &entry.id, PACK_TREE, &bytes, e) < 0)
		return -1;
	return list_tree(buf_slice(&bytes), fn, arg, e);
}

int
store_doc_find(struct store *s, const char *dossier, const char *name,
    struct store_id *out, struct err *e)
{
	struct gitx_entry entry;
	char path[STORE_PATH];

	snprintf(path, sizeof(path), "docs/%.200s", name);
	if (find(s, dossier, path, &entry, e) < 0)
		return -1;
	store_id_of(&entry.id, out);
	return 0;
}
