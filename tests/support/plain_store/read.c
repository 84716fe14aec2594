/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what is durable: heads, events, files, documents. */
#include "nintei/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "plain_int.h"

struct store_reader {
	struct gitx_reader *reader;
};

static void
unlock(pthread_mutex_t **lock)
{
	pthread_mutex_unlock(*lock);
}

/* Hold the lock until the end of the scope. */
static pthread_mutex_t *
locked(struct store *s)
{
	pthread_mutex_lock(&s->lock);
	return &s->lock;
}

int
store_head(struct store *s, struct store_head *out, struct err *e)
{
	CLEANUP(unlock) pthread_mutex_t *lock UNUSED = locked(s);

	if (!s->tip.any)
		return err_set(e, E_NOT_FOUND, "the store is empty");
	*out = (struct store_head){ .log_size = s->tip.log_size,
		.committed_at = s->tip.committed_at };
	store_id_of(&s->tip.commit, &out->commit);
	hash_copy(s->tip.log_root, out->log_root);
	return 0;
}

/* The entry of a folder whose name begins with the wanted or last number. */
struct pick {
	uint64_t want; /* 0: the last */
	uint64_t seq;
	struct gitx_oid id;
};

static int
pick_entry(
    const char *name, const struct gitx_entry *entry, void *arg, struct err *e)
{
	struct pick *p = arg;
	uint64_t seq = entry->is_folder ? 0 : store_event_seq(name);

	(void)e;
	if (seq > p->seq && (p->want == 0 || seq == p->want)) {
		p->seq = seq;
		p->id = entry->id;
	}
	return 0;
}

/* p->seq stays 0 when the dossier or the event is not there. */
static int
pick_event(struct gitx *g, const struct tip *tip, const char *dossier,
    struct pick *p, struct err *e)
{
	struct err quiet = ERR_INIT;
	struct gitx_entry folder;
	char path[STORE_PATH];

	if (!store_id_valid(dossier) || !tip->any)
		return 0;
	store_dossier_path(dossier, "", path);
	if (gitx_tree_find(g, &tip->tree, path, &folder, &quiet) < 0) {
		if (quiet.code == E_NOT_FOUND)
			return 0;
		*e = quiet;
		return -1;
	}
	return gitx_tree_list(g, &folder.id, pick_entry, p, e);
}

int
store_head_in(struct gitx *g, const struct tip *tip, const char *dossier,
    struct store_dossier_head *out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct store_dossier_head head = { .seq = 0 };
	struct pick p = { .want = 0 };

	if (pick_event(g, tip, dossier, &p, e) < 0)
		return -1;
	if (p.seq != 0) {
		if (gitx_blob_read(g, &p.id, LIMIT_EVENT_BYTES, &text, e) < 0)
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
	CLEANUP(unlock) pthread_mutex_t *lock UNUSED = locked(s);

	return store_head_in(s->reader, &s->tip, dossier, out, e);
}

int
store_event_get(struct store *s, const char *dossier, uint64_t seq,
    struct buf *out, struct err *e)
{
	CLEANUP(unlock) pthread_mutex_t *lock UNUSED = locked(s);
	struct pick p = { .want = seq };

	if (seq != 0 && pick_event(s->reader, &s->tip, dossier, &p, e) < 0)
		return -1;
	if (p.seq == 0)
		return err_set(e, E_NOT_FOUND, "no such event");
	return gitx_blob_read(s->reader, &p.id, LIMIT_EVENT_BYTES, out, e);
}

/* Where a file lies; a path that cannot exist is not found. */
static int
find(struct store *s, const char *dossier, const char *path,
    struct gitx_entry *out, struct err *e)
{
	char full[STORE_PATH];

	if (!s->tip.any || path[0] == '/' ||
	    (dossier != NULL && !store_id_valid(dossier)))
		return err_set(e, E_NOT_FOUND, "no such file");
	if (dossier != NULL)
		store_dossier_path(dossier, path, full);
	else
		snprintf(full, sizeof(full), "%s", path);
	if (full[0] == '\0') {
		*out = (struct gitx_entry){ s->tip.tree, true };
		return 0;
	}
	return gitx_tree_find(s->reader, &s->tip.tree, full, out, e);
}

int
store_file_get(struct store *s, const char *dossier, const char *path,
    struct buf *out, struct err *e)
{
	CLEANUP(unlock) pthread_mutex_t *lock UNUSED = locked(s);
	struct gitx_entry entry;

	if (find(s, dossier, path, &entry, e) < 0)
		return -1;
	if (entry.is_folder)
		return err_set(e, E_NOT_FOUND, "no such file");
	return gitx_blob_read(s->reader, &entry.id, out->max, out, e);
}

struct names {
	struct buf text; /* 'd' or 'f', name, NUL */
};

static int
note_name(
    const char *name, const struct gitx_entry *entry, void *arg, struct err *e)
{
	struct names *names = arg;

	(void)e;
	buf_putc(&names->text, entry->is_folder ? 'd' : 'f');
	buf_puts(&names->text, name);
	buf_putc(&names->text, '\0');
	return 0;
}

/* Under the lock only the names are taken: fn may call the store. */
static int
list_names(struct store *s, const char *dossier, const char *path,
    struct buf *out, struct err *e)
{
	CLEANUP(unlock) pthread_mutex_t *lock UNUSED = locked(s);
	struct names names = { .text = *out };
	struct err quiet = ERR_INIT;
	struct gitx_entry entry;
	int rv;

	if (find(s, dossier, path, &entry, &quiet) < 0) {
		if (quiet.code == E_NOT_FOUND)
			return 0;
		*e = quiet;
		return -1;
	}
	if (!entry.is_folder)
		return 0;
	rv = gitx_tree_list(s->reader, &entry.id, note_name, &names, e);
	*out = names.text;
	if (rv == 0 && !buf_ok(out))
		return err_set(e, E_LIMIT, "too many names");
	return rv;
}

int
store_file_list(struct store *s, const char *dossier, const char *path,
    int (*fn)(const char *name, bool is_folder, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(buf_free) struct buf names = BUF_INIT(MIB(64));
	size_t at = 0;

	if (list_names(s, dossier, path, &names, e) < 0)
		return -1;
	while (at < names.n) {
		const char *name = (const char *)names.p + at + 1;

		if (fn(name, names.p[at] == 'd', arg, e) < 0)
			return -1;
		at += strlen(name) + 2;
	}
	return 0;
}

int
store_doc_find(struct store *s, const char *dossier, const char *name,
    struct store_id *out, struct err *e)
{
	CLEANUP(unlock) pthread_mutex_t *lock UNUSED = locked(s);
	struct gitx_entry entry;
	char path[STORE_PATH];

	snprintf(path, sizeof(path), "docs/%.200s", name);
	if (find(s, dossier, path, &entry, e) < 0)
		return -1;
	store_id_of(&entry.id, out);
	return 0;
}

int
store_blob_open(struct store *s, const struct store_id *id,
    struct store_reader **out, struct err *e)
{
	CLEANUP(unlock) pthread_mutex_t *lock UNUSED = locked(s);
	struct gitx_reader *reader;
	struct store_reader *r;
	struct gitx_oid oid;

	if (store_id_to(id, &oid, e) < 0 ||
	    gitx_reader_open(s->reader, &oid, &reader, e) < 0)
		return -1;
	r = xcalloc(1, sizeof(*r));
	r->reader = reader;
	*out = r;
	return 0;
}

uint64_t
store_reader_size(const struct store_reader *r)
{
	return gitx_reader_size(r->reader);
}

int64_t
store_reader_read(struct store_reader *r, void *p, size_t cap, struct err *e)
{
	return gitx_reader_read(r->reader, p, cap, e);
}

void
store_reader_close(struct store_reader *r)
{
	if (r == NULL)
		return;
	gitx_reader_free(r->reader);
	free(r);
}
