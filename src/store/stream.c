/* SPDX-License-Identifier: Apache-2.0 */
/* Documents read in pieces, from a segment or from a pack. */
#include "objects_int.h"

#include <stdlib.h>

struct store_reader {
	struct store *store;
	struct segment *segment; /* held; NULL: packed */
	struct stored at;
	uint64_t size;
	struct gitx_oid id;
	struct digest *sha1; /* of a segment's; NULL: told */
	struct pack_blob *packed;
};

static void
segment_begin(struct store_reader *r, const struct place *p)
{
	r->segment = p->segment;
	r->size = p->size;
	r->sha1 = digest_sha1_new();
	pack_id_begin(r->sha1, PACK_BLOB, p->size);
	stored_begin(&r->at, p->segment->fd, p->at, p->size);
}

static int
packed_begin(struct store *s, struct store_reader *r, struct err *e)
{
	struct readers *with = reader_take(s, e);
	struct err quiet = ERR_INIT;
	int rv;

	if (with == NULL)
		return -1;
	rv = pack_blob_open(
	    with->reader, &r->id, OBJECT_BYTES, &r->packed, &quiet);
	if (rv < 0 && quiet.code == E_NOT_FOUND) {
		quiet = (struct err)ERR_INIT;
		rv = pack_set_refresh(s->packs, &quiet);
		if (rv == 0)
			rv = pack_blob_open(with->reader, &r->id, OBJECT_BYTES,
			    &r->packed, &quiet);
	}
	reader_give(s, with);
	if (rv < 0)
		*e = quiet;
	else
		r->size = pack_blob_size(r->packed);
	return rv;
}

int
store_blob_open(struct store *s, const struct store_id *id,
    struct store_reader **out, struct err *e)
{
	CLEANUP(store_reader_freep)
	struct store_reader *r = xcalloc(1, sizeof(*r));
	struct place p;

	r->store = s;
	if (store_id_to(id, &r->id, e) < 0)
		return -1;
	if (!place_hold(s, &r->id, &p)) {
		if (packed_begin(s, r, e) < 0)
			return -1;
	} else if (p.type != PACK_BLOB) {
		place_release(s, p.segment);
		return err_set(e, E_NOT_FOUND, "no such blob");
	} else {
		segment_begin(r, &p);
	}
	*out = TAKE(r);
	return 0;
}

uint64_t
store_reader_size(const struct store_reader *r)
{
	return r->size;
}

/* The last piece is given only when all of them are the blob. */
static int64_t
segment_piece(struct store_reader *r, void *p, size_t cap, struct err *e)
{
	int64_t n = stored_read(&r->at, p, cap, e);
	struct gitx_oid id;

	if (n < 0 || r->sha1 == NULL)
		return n;
	digest_update(r->sha1, slice_of(p, (size_t)n));
	if (r->at.left > 0)
		return n;
	digest_final(r->sha1, id.b);
	digest_free(r->sha1);
	r->sha1 = NULL;
	if (!gitx_oid_eq(&id, &r->id))
		return err_set(e, E_STORE_CORRUPT, "a segment changed");
	return n;
}

int64_t
store_reader_read(struct store_reader *r, void *p, size_t cap, struct err *e)
{
	if (r->packed != NULL)
		return pack_blob_read(r->packed, p, cap, e);
	return segment_piece(r, p, cap, e);
}

void
store_reader_close(struct store_reader *r)
{
	if (r == NULL)
		return;
	pack_blob_free(r->packed);
	digest_free(r->sha1);
	if (r->segment != NULL)
		place_release(r->store, r->segment);
	free(r);
}
