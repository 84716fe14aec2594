/* SPDX-License-Identifier: Apache-2.0 */
/* Objects in pieces: inflated from the mapping, from a loose file, or whole. */
#include "nintei/packset.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "loose_int.h"
#include "packset_int.h"

struct pack_blob {
	struct gitx_oid id;
	enum pack_type type;
	uint64_t size, at;
	/* one of three sources */
	struct pack_file *file;
	struct slice in; /* of file */
	struct inflater *inflater;
	struct loose *loose;
	struct buf whole;
	struct digest *sha1; /* with verify */
	bool over, failed;
};

/* As loose_read: bytes, 0 at the end of the stream. */
static int64_t
file_read(struct pack_blob *b, uint8_t *p, size_t cap, struct err *e)
{
	enum inflate_state state = INFLATE_MORE;
	size_t n = 0;

	while (!b->over && n == 0) {
		state = inflater_run(b->inflater, &b->in, p, cap, &n);
		if (state == INFLATE_BAD ||
		    (state == INFLATE_MORE && n == 0 && b->in.n == 0))
			return err_set(
			    e, E_STORE_CORRUPT, "an entry does not inflate");
		b->over = state == INFLATE_END;
	}
	return (int64_t)n;
}

static int64_t
whole_read(struct pack_blob *b, uint8_t *p, size_t cap)
{
	size_t n = b->whole.n - (size_t)b->at;

	if (n > cap)
		n = cap;
	if (n > 0)
		memcpy(p, b->whole.p + b->at, n);
	return (int64_t)n;
}

static int64_t
source_read(struct pack_blob *b, uint8_t *p, size_t cap, struct err *e)
{
	if (b->file != NULL)
		return file_read(b, p, cap, e);
	if (b->loose != NULL)
		return loose_read(b->loose, p, cap, e);
	return whole_read(b, p, cap);
}

/* PACK-10: nothing may follow, and the id has to be right. */
static int
finish(struct pack_blob *b, struct err *e)
{
	struct gitx_oid id;
	uint8_t more;
	int64_t n = source_read(b, &more, 1, e);

	if (n < 0)
		return -1;
	if (n > 0)
		return err_set(
		    e, E_STORE_CORRUPT, "an object is longer than it says");
	if (b->sha1 == NULL)
		return 0;
	digest_final(b->sha1, id.b);
	digest_free(b->sha1);
	b->sha1 = NULL;
	return gitx_oid_eq(&id, &b->id)
	    ? 0
	    : err_set(e, E_STORE_CORRUPT, "an object is not what it is named");
}

static int64_t
piece(struct pack_blob *b, uint8_t *p, size_t cap, struct err *e)
{
	int64_t n = 0;

	if (cap > b->size - b->at)
		cap = (size_t)(b->size - b->at);
	if (cap > 0 && (n = source_read(b, p, cap, e)) < 0)
		return -1;
	if (n == 0 && cap > 0)
		return err_set(
		    e, E_STORE_CORRUPT, "an object is shorter than it says");
	if (b->sha1 != NULL)
		digest_update(b->sha1, slice_of(p, (size_t)n));
	b->at += (uint64_t)n;
	if (b->at == b->size && (n > 0 || b->size == 0) && finish(b, e) < 0)
		return -1;
	return n;
}

int64_t
pack_blob_read(struct pack_blob *b, void *p, size_t cap, struct err *e)
{
	char hex[GITX_OID_TEXT];
	int64_t n;

	if (b->failed)
		return err_set(e, E_STORE_CORRUPT, "this stream has failed");
	if (cap == 0)
		return 0;
	if ((n = piece(b, p, cap, e)) < 0) {
		b->failed = true;
		err_wrap(e, "object %s", hex_encode(b->id.b, GITX_OID, hex));
	}
	return n;
}

uint64_t
pack_blob_size(const struct pack_blob *b)
{
	return b->size;
}

void
pack_blob_free(struct pack_blob *b)
{
	if (b == NULL)
		return;
	pack_file_unref(b->file);
	inflater_free(b->inflater);
	loose_free(b->loose);
	buf_free(&b->whole);
	digest_free(b->sha1);
	free(b);
}

/* A delta has to be made whole; it is then copied out of the reader. */
static int
open_delta(struct pack_reader *r, struct pack_file *f, uint64_t at, size_t max,
    struct pack_blob *b, struct err *e)
{
	struct pack_object o;

	if (reader_entry(r, f, at, max, &o, e) < 0)
		return -1;
	b->type = o.type;
	b->size = o.size;
	b->whole = (struct buf)BUF_INIT(max);
	buf_put(&b->whole, o.bytes.p, o.bytes.n);
	return buf_ok(&b->whole)
	    ? 0
	    : err_set(e, E_UNAVAILABLE, "no memory for an object");
}

static int
open_file(struct pack_reader *r, struct pack_file *f, uint64_t at, size_t max,
    struct pack_blob *b, struct err *e)
{
	struct entry en;

	if (entry_at(f, at, &en, e) < 0)
		return -1;
	if (en.type >= PACK_MAX)
		return open_delta(r, f, at, max, b, e);
	if (inflater_new(INFLATE_ZLIB, &b->inflater, e) < 0)
		return -1;
	b->type = (enum pack_type)en.type;
	b->size = en.size;
	b->in = slice_of(f->pack.p + en.data, (size_t)(f->end - en.data));
	b->file = pack_file_ref(f);
	return 0;
}

static void
ready(
    struct pack_blob *b, const struct pack_reader *r, const struct gitx_oid *id)
{
	b->id = *id;
	if (!r->verify)
		return;
	b->sha1 = digest_sha1_new();
	pack_id_begin(b->sha1, b->type, b->size);
}

int
stream_open_at(struct pack_reader *r, struct pack_file *f, uint64_t at,
    const struct gitx_oid *id, size_t max_delta, struct pack_blob **out,
    struct err *e)
{
	CLEANUP(pack_blob_freep) struct pack_blob *b = xcalloc(1, sizeof(*b));

	if (open_file(r, f, at, max_delta, b, e) < 0)
		return -1;
	ready(b, r, id);
	*out = TAKE(b);
	return 0;
}

int
stream_open_loose(struct pack_reader *r, const struct gitx_oid *id,
    struct pack_blob **out, struct err *e)
{
	CLEANUP(pack_blob_freep) struct pack_blob *b = xcalloc(1, sizeof(*b));
	int rv = loose_open(r->set, id, &b->loose, e);

	if (rv < 0)
		return -1;
	if (rv == 0)
		return err_set(e, E_NOT_FOUND, "no such object");
	b->type = b->loose->type;
	b->size = b->loose->size;
	ready(b, r, id);
	*out = TAKE(b);
	return 0;
}

static int
open_any(struct pack_reader *r, const struct gitx_oid *id, size_t max_delta,
    struct pack_blob **out, struct err *e)
{
	struct pack_file *f;
	uint64_t at;

	if ((f = reader_find(r, id, &at)) == NULL)
		return stream_open_loose(r, id, out, e);
	return stream_open_at(r, f, at, id, max_delta, out, e);
}

int
pack_blob_open(struct pack_reader *r, const struct gitx_oid *id,
    size_t max_delta, struct pack_blob **out, struct err *e)
{
	CLEANUP(pack_blob_freep) struct pack_blob *b = NULL;
	char hex[GITX_OID_TEXT];

	reader_follow(r);
	if (open_any(r, id, max_delta, &b, e) < 0)
		return err_wrap(
		    e, "object %s", hex_encode(id->b, GITX_OID, hex));
	if (b->type != PACK_BLOB)
		return err_set(e, E_STORE_CORRUPT, "want a blob");
	*out = TAKE(b);
	return 0;
}
