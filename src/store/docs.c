/* SPDX-License-Identifier: Apache-2.0 */
/* Documents, streamed into segments of their own before an event names them. */
#include "doc_writer_int.h"
#include "item_int.h"
#include "objects_int.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "nintei/digest.h"
#include "nintei/fs.h"

#define SEGMENT_BYTES MIB(512) /* so that the read for its name stays short */
#define COPY_PIECE KIB(256)
#define BUFFER_BYTES KIB(256) /* written at once */
/* Of a larger one the sync is not put off: it is worth one of its own. */
#define LAZY_BYTES MIB(1)
#define EARLY_BYTES MIB(2) /* the disk begins with, of a large one */
#define STORED_MAX 65535 /* RFC 1951 3.2.4: of one block */
#define BLOCK_HEAD 5
#define ZLIB_SUM 4

/* Where the object's own bytes lie among those of its entry. */
struct raw {
	uint64_t left; /* of the object */
	uint64_t head; /* bytes to skip first */
	uint64_t room; /* of the block after them */
};

struct store_blob {
	struct store *store;
	pthread_mutex_t lock; /* segment, start, n */
	struct segment *segment; /* NULL: given back */
	uint64_t n; /* bytes written after segment->end */
	uint64_t begun; /* of them, given to the disk */
	struct buf buffer; /* that follow */
	struct doc_writer *writer; /* NULL: this thread writes itself */
	struct raw raw;
	struct pack_stream *stream;
	struct digest *digest;
	uint64_t size;
	bool ended;
};

static int
segment_new_doc(struct store *s, struct segment **out, struct err *e)
{
	char name[64];
	unsigned n;

	pthread_mutex_lock(&s->lock);
	n = ++s->segments_made;
	pthread_mutex_unlock(&s->lock);
	snprintf(name, sizeof(name), "doc-%012" PRIx64 "-0-%08x", s->epoch, n);
	return segment_make(s->files, s->intake, name, 0, out, e);
}

/*
 * An idle segment with room, or NULL.  The one this thread wrote to last comes
 * first: what one event names should lie in one file.  Holds pool.
 */
static struct segment *
idle_find(struct store *s, uint64_t size)
{
	struct segment *any = NULL;

	for (struct segment *g = s->docs; g != NULL; g = g->next) {
		if (g->stream != NULL || g->closed ||
		    g->end >= s->opts.seal_bytes ||
		    g->end + size > SEGMENT_BYTES)
			continue;
		if (pthread_equal(g->writer, pthread_self()))
			return g;
		any = g;
	}
	return any;
}

/* A segment that this stream alone writes to. */
static int
segment_take(struct store *s, struct store_blob *b, struct err *e)
{
	struct segment *g;

	pthread_mutex_lock(&s->pool);
	g = idle_find(s, b->size);
	if (g != NULL) {
		g->stream = b;
		g->writer = pthread_self();
	}
	pthread_mutex_unlock(&s->pool);
	if (g == NULL) {
		if (segment_new_doc(s, &g, e) < 0)
			return -1;
		pthread_mutex_lock(&s->pool);
		g->stream = b;
		g->writer = pthread_self();
		g->next = s->docs;
		s->docs = g;
		pthread_mutex_unlock(&s->pool);
	}
	b->segment = g;
	return 0;
}

/* The sealer may have taken it already. */
static void
segment_give(struct store_blob *b)
{
	pthread_mutex_lock(&b->store->pool);
	if (b->segment != NULL)
		b->segment->stream = NULL;
	b->segment = NULL;
	pthread_mutex_unlock(&b->store->pool);
}

static struct raw
raw_begin(uint64_t size)
{
	uint64_t room = size < STORED_MAX ? size : STORED_MAX;
	uint64_t more = size == 0 ? 0 : (size - 1) / STORED_MAX;

	return (struct raw){ size,
		pack_stored_size(size) - size - ZLIB_SUM - more * BLOCK_HEAD,
		room };
}

static void
raw_digest(struct raw *r, struct slice in, struct digest *digest)
{
	while (in.n > 0 && r->left > 0) {
		uint64_t want = r->head > 0 ? r->head : r->room;
		size_t n = want < in.n ? (size_t)want : in.n;

		if (r->head > 0) {
			r->head -= n;
		} else {
			digest_update(digest, slice_of(in.p, n));
			r->left -= n;
			r->room -= n;
		}
		if (r->room == 0) {
			r->head = BLOCK_HEAD;
			r->room = r->left < STORED_MAX ? r->left : STORED_MAX;
		}
		in = slice_of(in.p + n, in.n - n);
	}
}

/* The disk begins early with a large one: a hint, no more. */
static int
bytes_write(void *arg, struct slice bytes, struct err *e)
{
	struct store_blob *b = arg;
	uint64_t at = b->segment->end + b->n;
	int fd = b->segment->fd;

	if (files_pwrite(b->store->files, fd, bytes, at, NULL, e) < 0)
		return -1;
	if (b->writer != NULL && b->n + bytes.n - b->begun >= EARLY_BYTES) {
		(void)sync_file_range(fd, (off_t)(b->segment->end + b->begun),
		    EARLY_BYTES, SYNC_FILE_RANGE_WRITE);
		b->begun += EARLY_BYTES;
	}
	b->n += bytes.n;
	raw_digest(&b->raw, bytes, b->digest);
	return 0;
}

static int
buffer_write(struct store_blob *b, struct err *e)
{
	if (b->writer != NULL)
		return doc_writer_give(b->writer, &b->buffer, e);
	if (bytes_write(b, buf_slice(&b->buffer), e) < 0)
		return -1;
	buf_reset(&b->buffer);
	return 0;
}

/* Everything so far is in the segment. */
static int
buffer_end(struct store_blob *b, struct err *e)
{
	if (buffer_write(b, e) < 0)
		return -1;
	return b->writer == NULL ? 0 : doc_writer_end(b->writer, e);
}

/* A piece is at most a block of a stored stream. */
static int
sink(void *arg, struct slice bytes, struct err *e)
{
	struct store_blob *b = arg;

	if (b->buffer.n + bytes.n > b->buffer.max && buffer_write(b, e) < 0)
		return -1;
	buf_put(&b->buffer, bytes.p, bytes.n);
	return buf_ok(&b->buffer)
	    ? 0
	    : err_set(e, E_UNAVAILABLE, "no memory for a document");
}

/*
 * What lies at `at` is durable afterwards; one sync serves all who wait.  A
 * sync that failed says so once only: nothing in this file counts after it.
 */
int
segment_sync(struct store *s, struct segment *g, uint64_t at, struct err *e)
{
	const struct store_files *f = s->files;
	uint64_t end;
	int rv = 0;

	pthread_mutex_lock(&g->syncing);
	if (g->sync_failed)
		rv = err_set(e, E_UNAVAILABLE, "a document is not on disk");
	if (rv == 0 && at >= g->synced) {
		pthread_mutex_lock(&s->lock);
		end = g->end;
		pthread_mutex_unlock(&s->lock);
		if (f->fdatasync(f->arg, g->fd) < 0)
			rv = files_sync_failed("cannot sync a document", e);
		g->sync_failed = rv < 0;
		if (rv == 0)
			g->synced = end;
	}
	pthread_mutex_unlock(&g->syncing);
	return rv;
}

int
docs_sync(struct store *s, const struct gitx_oid *blob, struct err *e)
{
	struct err cause = ERR_INIT;
	struct place p;
	int rv = 0;

	/* In a pack, or in a commit, it is durable. */
	if (!place_hold(s, blob, &p))
		return 0;
	if (!p.segment->journal)
		rv = segment_sync(s, p.segment, p.at, &cause);
	place_release(s, p.segment);
	if (rv == 0)
		return 0;
	store_fail(s, &cause);
	return store_check(s, e);
}

/*
 * Too many or too few bytes are the caller's fault; on a full disk nothing is
 * in doubt but this document; all else ends the store.
 */
static int
blob_failed(struct store_blob *b, const struct err *cause, struct err *e)
{
	b->ended = true;
	if (cause->code == E_INPUT) {
		*e = *cause;
		return -1;
	}
	if (files_full(cause))
		return err_set(e, E_UNAVAILABLE, "the disk is full");
	store_fail(b->store, cause);
	return store_check(b->store, e);
}

int
store_blob_new(
    struct store *s, uint64_t size, struct store_blob **out, struct err *e)
{
	CLEANUP(store_blob_freep) struct store_blob *b = NULL;
	struct err cause = ERR_INIT;

	if (store_check(s, e) < 0)
		return -1;
	b = xcalloc(1, sizeof(*b));
	b->store = s;
	b->size = size;
	pthread_mutex_init(&b->lock, NULL);
	if (segment_take(s, b, &cause) < 0)
		return blob_failed(b, &cause, e);
	b->stream = pack_stream_new(PACK_BLOB, size, sink, b);
	b->buffer = (struct buf)BUF_INIT(BUFFER_BYTES);
	b->digest = digest_sha256_new();
	b->raw = raw_begin(size);
	if (size > LAZY_BYTES)
		b->writer = doc_writer_new(bytes_write, b);
	*out = TAKE(b);
	return 0;
}

int
store_blob_add(struct store_blob *b, struct slice bytes, struct err *e)
{
	struct err cause = ERR_INIT;
	int rv;

	if (b->ended)
		return err_set(e, E_INPUT, "the blob has ended");
	pthread_mutex_lock(&b->lock);
	rv = pack_stream_add(b->stream, bytes, &cause);
	pthread_mutex_unlock(&b->lock);
	if (rv < 0)
		return blob_failed(b, &cause, e);
	return 0;
}

/* Holds the stream's lock.  The same bytes once more are not kept. */
static void
blob_publish(struct store_blob *b, const struct object *o)
{
	struct store *s = b->store;
	struct segment *g = b->segment;

	pthread_mutex_lock(&s->lock);
	if (unsealed_find(&s->unsealed, &o->mark.id) == NULL) {
		objects_add(&g->objects, o);
		unsealed_add(&s->unsealed, g, o);
		g->end += b->n;
	}
	pthread_mutex_unlock(&s->lock);
	b->n = 0;
	b->ended = true;
}

static int
blob_end(struct store_blob *b, struct object *o, struct err *e)
{
	if (pack_stream_end(b->stream, &o->mark, e) < 0 || buffer_end(b, e) < 0)
		return -1;
	if (b->size > LAZY_BYTES &&
	    segment_sync(b->store, b->segment, b->segment->end, e) < 0)
		return -1;
	o->mark.at = b->segment->end;
	blob_publish(b, o);
	return 0;
}

int
store_blob_finish(
    struct store_blob *b, struct store_blob_done *out, struct err *e)
{
	struct store_blob_done done = { .size = b->size };
	struct object o = { .type = PACK_BLOB, .size = b->size };
	struct err cause = ERR_INIT;
	int rv;

	if (b->ended)
		return err_set(e, E_INPUT, "the blob has ended");
	pthread_mutex_lock(&b->lock);
	rv = blob_end(b, &o, &cause);
	pthread_mutex_unlock(&b->lock);
	if (rv < 0)
		return blob_failed(b, &cause, e);
	segment_give(b);
	store_id_of(&o.mark.id, &done.id);
	digest_final(b->digest, done.sha256);
	*out = done;
	return 0;
}

void
store_blob_free(struct store_blob *b)
{
	if (b == NULL)
		return;
	doc_writer_free(b->writer);
	segment_give(b);
	pack_stream_free(b->stream);
	buf_free(&b->buffer);
	digest_free(b->digest);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

void
docs_name(struct store *s, const struct gitx_oid *blob)
{
	const struct place *p = unsealed_find(&s->unsealed, blob);

	if (p != NULL && !p->segment->journal)
		p->segment->named = true;
}

/* --- taking segments out of use --- */

static int
bytes_copy(struct store *s, const struct segment *from, uint64_t n,
    const struct segment *to, struct err *e)
{
	CLEANUP(freep) uint8_t *piece = xcalloc(1, COPY_PIECE);

	for (uint64_t at = 0; at < n;) {
		size_t k = n - at < COPY_PIECE ? (size_t)(n - at) : COPY_PIECE;

		if (fd_pread(from->fd, piece, k, (off_t)(from->end + at), e) <
			0 ||
		    files_pwrite(s->files, to->fd, slice_of(piece, k),
			to->end + at, NULL, e) < 0)
			return -1;
		at += k;
	}
	return 0;
}

/* What is half written moves to a segment of its own.  Holds pool. */
static int
stream_move(
    struct store *s, struct segment *g, struct segment **out, struct err *e)
{
	struct store_blob *b = g->stream;
	struct segment *to = NULL;
	int rv = 0;

	pthread_mutex_lock(&b->lock);
	/* A failure there is told to who adds to the stream. */
	if (b->writer != NULL)
		doc_writer_wait(b->writer);
	if (b->n > 0 || !b->ended) {
		rv = segment_new_doc(s, &to, e);
		if (rv == 0)
			rv = bytes_copy(s, g, b->n, to, e);
		if (rv < 0 && to != NULL) {
			(void)s->files->unlink(s->files->arg, to->path);
			segment_free(TAKE(to));
		}
	}
	if (rv == 0) {
		b->segment = to;
		g->stream = NULL;
		if (to != NULL)
			to->stream = b;
	}
	pthread_mutex_unlock(&b->lock);
	*out = to;
	return rv;
}

static bool
is_due(struct store *s, struct segment *g, bool all)
{
	bool due;

	pthread_mutex_lock(&s->lock);
	due = g->named || (all && g->objects.n > 0);
	pthread_mutex_unlock(&s->lock);
	return due;
}

int
docs_retire(struct store *s, bool all, struct segment **out, struct err *e)
{
	struct segment *taken = NULL, **at, *moved;
	int rv = 0;

	pthread_mutex_lock(&s->pool);
	for (at = &s->docs; *at != NULL;) {
		struct segment *g = *at;

		moved = NULL;
		if (!is_due(s, g, all)) {
			at = &g->next;
			continue;
		}
		if (g->stream != NULL)
			rv = stream_move(s, g, &moved, e);
		if (rv < 0)
			break;
		g->closed = true;
		*at = g->next;
		g->next = taken;
		taken = g;
		if (moved != NULL) {
			moved->next = s->docs;
			if (at == &s->docs)
				at = &moved->next;
			s->docs = moved;
		}
	}
	pthread_mutex_unlock(&s->pool);
	*out = taken;
	return rv;
}
