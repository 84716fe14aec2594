/* SPDX-License-Identifier: Apache-2.0 */
/* Every object of a repository, in the order of the packs. */
#include "nintei/packset.h"

#include <stdlib.h>

#include "nintei/enc.h"
#include "loose_int.h"
#include "packset_int.h"

struct walk {
	struct pack_reader *r;
	const struct pack_share *share;
	pack_walk_fn fn;
	void *arg;
	uint8_t *piece; /* for large objects */
};

/* A large object: read through for its id, not kept. */
static int
read_through(struct walk *w, struct pack_blob *b, struct err *e)
{
	int64_t n = 1;

	if (w->piece == NULL)
		w->piece = xcalloc(1, PACK_PIECE);
	while (n > 0)
		if ((n = pack_blob_read(b, w->piece, PACK_PIECE, e)) < 0)
			return -1;
	return 0;
}

/*
 * Small: whole.  The size of a delta's result shows only when it is made, so
 * E_LIMIT may also say that it is large.
 */
static int
visit_small(struct walk *w, struct pack_file *f, uint64_t at,
    struct pack_object *o, bool *out_large, struct err *e)
{
	struct err why = ERR_INIT;
	struct entry en;

	if (entry_at(f, at, &en, e) < 0)
		return -1;
	*out_large = en.type < PACK_MAX && en.size > w->share->keep;
	if (*out_large ||
	    reader_entry(w->r, f, at, w->share->keep, o, &why) == 0)
		return 0;
	*out_large = why.code == E_LIMIT;
	if (!*out_large)
		*e = why;
	return *out_large ? 0 : -1;
}

static int
visit_pack(struct walk *w, struct pack_file *f, const struct pack_row *row,
    struct pack_object *o, struct err *e)
{
	CLEANUP(pack_blob_freep) struct pack_blob *b = NULL;
	struct gitx_oid id;
	bool large = false;

	pack_file_id(f, row->pos, &id);
	if (visit_small(w, f, row->at, o, &large, e) < 0 ||
	    (large && reader_stat(w->r, f, row->at, o, e) < 0))
		return -1;
	o->id = id;
	if (!w->r->verify)
		return 0;
	if (!large)
		return reader_verify(w->r, o, e);
	if (stream_open_at(w->r, f, row->at, &id, BASE_MAX, &b, e) < 0)
		return -1;
	return read_through(w, b, e);
}

static int
loose_large(struct walk *w, const struct gitx_oid *id, struct err *e)
{
	CLEANUP(pack_blob_freep) struct pack_blob *b = NULL;

	if (!w->r->verify)
		return 0;
	if (stream_open_loose(w->r, id, &b, e) < 0)
		return -1;
	return read_through(w, b, e);
}

static int
visit_loose(struct walk *w, const struct gitx_oid *id, struct pack_object *o,
    struct err *e)
{
	CLEANUP(loose_freep) struct loose *l = NULL;
	int rv = loose_open(w->r->set, id, &l, e);

	if (rv < 0)
		return -1;
	/* Gone since its name was read: it is in a pack now. */
	if (rv == 0)
		return pack_read(w->r, id, w->share->keep, o, e);
	*o =
	    (struct pack_object){ .id = *id, .type = l->type, .size = l->size };
	if (o->size > w->share->keep)
		return loose_large(w, id, e);
	if (loose_object(w->r, id, w->share->keep, o, e) < 0)
		return -1;
	o->id = *id;
	return w->r->verify ? reader_verify(w->r, o, e) : 0;
}

static int
named(const struct gitx_oid *id, struct err *e)
{
	char hex[GITX_OID_TEXT];

	return err_wrap(e, "object %s", hex_encode(id->b, GITX_OID, hex));
}

static int
walk_pack(struct walk *w, struct pack_file *f, struct err *e)
{
	const struct pack_row *rows;
	uint64_t from = (uint64_t)f->count * w->share->job / w->share->jobs;
	uint64_t to = (uint64_t)f->count * (w->share->job + 1) / w->share->jobs;
	struct pack_object o;
	struct gitx_oid id;

	if (pack_file_rows(f, &rows, e) < 0)
		return -1;
	for (; from < to; from++) {
		if (visit_pack(w, f, &rows[from], &o, e) < 0) {
			pack_file_id(f, rows[from].pos, &id);
			return named(&id, e);
		}
		if (w->fn(&o, w->arg, e) < 0)
			return -1;
	}
	return 0;
}

static int
walk_loose(const struct gitx_oid *id, void *arg, struct err *e)
{
	struct walk *w = arg;
	struct pack_object o;

	if (visit_loose(w, id, &o, e) < 0)
		return named(id, e);
	return w->fn(&o, w->arg, e);
}

int
pack_walk(struct pack_reader *r, const struct pack_share *share,
    pack_walk_fn fn, void *arg, struct err *e)
{
	unsigned generation;
	/* The walk has its own hold of the packs. */
	CLEANUP(pack_list_freep)
	struct pack_list *list = pack_set_list(r->set, &generation);
	struct walk w = { .r = r, .share = share, .fn = fn, .arg = arg };
	int rv = 0;

	if (share->jobs == 0 || share->job >= share->jobs)
		return err_set(e, E_INPUT, "not a share of a walk");
	reader_follow(r);
	for (size_t i = 0; rv == 0 && i < list->n; i++)
		rv = walk_pack(&w, list->files[i], e);
	for (unsigned i = share->job; rv == 0 && i < 256; i += share->jobs)
		rv = loose_each(r->set, i, walk_loose, &w, e);
	free(w.piece);
	return rv;
}
