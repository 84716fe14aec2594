/* SPDX-License-Identifier: Apache-2.0 */
/* Objects by id: first the segments, then the packs. */
#include "objects_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"

struct readers *
reader_take(struct store *s, struct err *e)
{
	struct readers *r;

	pthread_mutex_lock(&s->lock);
	r = s->readers;
	if (r != NULL)
		s->readers = r->next;
	pthread_mutex_unlock(&s->lock);
	if (r != NULL)
		return r;
	r = xcalloc(1, sizeof(*r));
	if (pack_reader_new(s->packs, NULL, &r->reader, e) < 0) {
		free(r);
		return NULL;
	}
	r->sha1 = digest_sha1_new();
	return r;
}

void
reader_give(struct store *s, struct readers *r)
{
	pthread_mutex_lock(&s->lock);
	r->next = s->readers;
	s->readers = r;
	pthread_mutex_unlock(&s->lock);
}

void
readers_free(struct store *s)
{
	while (s->readers != NULL) {
		struct readers *r = s->readers;

		s->readers = r->next;
		pack_reader_free(r->reader);
		digest_free(r->sha1);
		free(r);
	}
}

bool
place_hold(struct store *s, const struct gitx_oid *id, struct place *out)
{
	const struct place *p;

	pthread_mutex_lock(&s->lock);
	p = unsealed_find(&s->unsealed, id);
	if (p != NULL) {
		*out = *p;
		out->segment->refs++;
	}
	pthread_mutex_unlock(&s->lock);
	return p != NULL;
}

void
place_release(struct store *s, struct segment *g)
{
	bool last;

	pthread_mutex_lock(&s->lock);
	last = --g->refs == 0;
	pthread_mutex_unlock(&s->lock);
	if (last)
		segment_free(g);
}

/* Of a segment, all bytes at once; its id is checked. */
static int
place_read(
    struct readers *r, const struct place *p, struct buf *out, struct err *e)
{
	CLEANUP(freep) uint8_t *bytes = malloc(p->size > 0 ? p->size : 1);
	struct slice whole = slice_of(bytes, p->size);
	struct stored at;
	struct gitx_oid id;

	if (bytes == NULL)
		return err_set(e, E_LIMIT, "an object of this size");
	stored_begin(&at, p->segment->fd, p->at, p->size);
	if (stored_read(&at, bytes, p->size, e) < 0)
		return -1;
	pack_id(r->sha1, p->type, whole, &id);
	if (!gitx_oid_eq(&id, &p->id))
		return err_set(e, E_STORE_CORRUPT, "a segment changed");
	buf_put(out, whole.p, whole.n);
	return 0;
}

/* git may have swapped the packs since: then look again, once. */
static int
packed_read(struct store *s, struct readers *r, const struct gitx_oid *id,
    size_t max, struct pack_object *out, struct err *e)
{
	struct err quiet = ERR_INIT;

	if (pack_read(r->reader, id, max, out, &quiet) == 0)
		return 0;
	if (quiet.code != E_NOT_FOUND) {
		*e = quiet;
		return -1;
	}
	if (pack_set_refresh(s->packs, e) < 0)
		return -1;
	return pack_read(r->reader, id, max, out, e);
}

static int
read_with(struct store *s, struct readers *r, const struct gitx_oid *id,
    enum pack_type type, struct buf *out, struct err *e)
{
	size_t max = type == PACK_BLOB ? out->max - out->n : OBJECT_BYTES;
	struct pack_object object;
	struct place p;
	int rv;

	if (place_hold(s, id, &p)) {
		if (p.type != type)
			rv = err_set(e, E_STORE_CORRUPT, "of another type");
		else if (p.size > max)
			rv = err_set(e, E_LIMIT, "an object of this size");
		else
			rv = place_read(r, &p, out, e);
		place_release(s, p.segment);
		return rv;
	}
	if (packed_read(s, r, id, max, &object, e) < 0)
		return -1;
	if (object.type != type)
		return err_set(e, E_STORE_CORRUPT, "of another type");
	buf_put(out, object.bytes.p, object.bytes.n);
	return 0;
}

int
object_read(struct store *s, const struct gitx_oid *id, enum pack_type type,
    struct buf *out, struct err *e)
{
	struct readers *r = reader_take(s, e);
	int rv;

	if (r == NULL)
		return -1;
	rv = read_with(s, r, id, type, out, e);
	reader_give(s, r);
	if (rv == 0 && !buf_ok(out))
		return err_set(e, E_LIMIT, "an object of this size");
	return rv;
}

static int
packed_stat(struct store *s, const struct gitx_oid *id, struct pack_object *out,
    struct err *e)
{
	struct readers *r = reader_take(s, e);
	struct err quiet = ERR_INIT;
	int rv;

	if (r == NULL)
		return -1;
	rv = pack_stat(r->reader, id, out, &quiet);
	if (rv < 0 && quiet.code == E_NOT_FOUND) {
		quiet = (struct err)ERR_INIT;
		rv = pack_set_refresh(s->packs, &quiet);
		if (rv == 0)
			rv = pack_stat(r->reader, id, out, &quiet);
	}
	reader_give(s, r);
	if (rv < 0)
		*e = quiet;
	return rv;
}

bool
object_has(struct store *s, const struct gitx_oid *id, enum pack_type type)
{
	struct err quiet = ERR_INIT;
	struct pack_object object;
	struct place p;

	if (place_hold(s, id, &p)) {
		place_release(s, p.segment);
		return p.type == type;
	}
	return packed_stat(s, id, &object, &quiet) == 0 && object.type == type;
}
