/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the journal: made ahead, filled with zeros, read in place. */
#include "segment_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/limits.h"

#define SEGMENT_MODE 0644
#define PIECE KIB(64) /* of zeros at a time */
/* RFC 1950, 1951 3.2.4: a head of 2 bytes, then blocks with heads of 5. */
#define ZLIB_HEAD 2
#define BLOCK_HEAD 5

void
objects_add(struct objects *o, const struct object *one)
{
	if (o->n == o->cap) {
		o->cap = o->cap == 0 ? 64 : 2 * o->cap;
		o->v = xrealloc(o->v, o->cap, sizeof(*o->v));
	}
	o->v[o->n++] = *one;
}

void
objects_free(struct objects *o)
{
	free(o->v);
	*o = (struct objects){ 0 };
}

static struct segment *
segment_new(const char *path)
{
	struct segment *g = xcalloc(1, sizeof(*g));

	g->path = xstrdup(path);
	g->fd = -1;
	g->end = PACK_HEADER;
	g->refs = 1;
	pthread_mutex_init(&g->fill, NULL);
	pthread_mutex_init(&g->syncing, NULL);
	return g;
}

void
segment_free(struct segment *g)
{
	if (g == NULL)
		return;
	fd_closep(&g->fd);
	pthread_mutex_destroy(&g->fill);
	pthread_mutex_destroy(&g->syncing);
	objects_free(&g->objects);
	free(g->path);
	free(g);
}

/* A piece at a time, so that a writer at the edge waits for one at most. */
static int
fill_piece(const struct store_files *f, struct segment *g, uint64_t to,
    bool *out_done, struct err *e)
{
	static uint8_t zeros[PIECE];
	size_t n = sizeof(zeros);
	int rv = 0;

	pthread_mutex_lock(&g->fill);
	*out_done = g->filled >= to;
	if (!*out_done) {
		if (to - g->filled < n)
			n = (size_t)(to - g->filled);
		rv = files_pwrite(
		    f, g->fd, slice_of(zeros, n), g->filled, NULL, e);
	}
	if (rv == 0 && !*out_done)
		g->filled += n;
	pthread_mutex_unlock(&g->fill);
	return rv;
}

static int
fill_to(
    const struct store_files *f, struct segment *g, uint64_t to, struct err *e)
{
	bool done = false;

	while (!done)
		if (fill_piece(f, g, to, &done, e) < 0)
			return -1;
	return 0;
}

int
segment_fill(
    const struct store_files *f, struct segment *g, uint64_t to, struct err *e)
{
	if (fill_to(f, g, to, e) < 0)
		return -1;
	if (f->fdatasync(f->arg, g->fd) < 0)
		return files_sync_failed("cannot sync a segment", e);
	return 0;
}

static int
make_durable(const struct store_files *f, const char *dir, struct segment *g,
    uint64_t fill, struct err *e)
{
	uint8_t head[PACK_HEADER];

	pack_header(0, head);
	if (files_pwrite(f, g->fd, slice_of(head, sizeof(head)), 0, NULL, e) <
	    0)
		return -1;
	g->filled = PACK_HEADER;
	if (fill_to(f, g, fill, e) < 0)
		return -1;
	if (f->fsync(f->arg, g->fd) < 0)
		return files_sync_failed("cannot sync a segment", e);
	return files_sync_dir(f, dir, e);
}

int
segment_make(const struct store_files *f, const char *dir, const char *name,
    uint64_t fill, struct segment **out, struct err *e)
{
	CLEANUP(freep) char *path = fs_join(dir, name);
	CLEANUP(segment_freep) struct segment *g = segment_new(path);

	g->fd = f->open(
	    f->arg, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, SEGMENT_MODE);
	if (g->fd < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot make a segment");
	if (make_durable(f, dir, g, fill, e) < 0) {
		/* On a full disk many tries must not take what is left. */
		(void)f->unlink(f->arg, path);
		return -1;
	}
	*out = TAKE(g);
	return 0;
}

int
segment_load(const struct store_files *f, const char *path,
    struct segment **out, struct err *e)
{
	CLEANUP(segment_freep) struct segment *g = segment_new(path);

	g->fd = f->open(f->arg, path, O_RDWR | O_CLOEXEC, 0);
	if (g->fd < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot open a segment");
	*out = TAKE(g);
	return 0;
}

/* Type and size in front: 4 bits of the size, then 7 at a time. */
static unsigned
head_size(uint64_t size)
{
	unsigned n = 1;

	for (size >>= 4; size != 0; size >>= 7)
		n++;
	return n;
}

void
stored_begin(struct stored *r, int fd, uint64_t at, uint64_t size)
{
	*r = (struct stored){ fd, at + head_size(size) + ZLIB_HEAD, size, 0 };
}

static int
block_begin(struct stored *r, struct err *e)
{
	uint8_t head[BLOCK_HEAD];

	if (fd_pread(r->fd, head, sizeof(head), (off_t)r->at, e) < 0)
		return -1;
	r->at += sizeof(head);
	r->block = (size_t)(head[1] | head[2] << 8);
	if (r->block == 0 || r->block > r->left)
		return err_set(e, E_STORE_CORRUPT, "a segment changed");
	return 0;
}

int64_t
stored_read(struct stored *r, void *p, size_t cap, struct err *e)
{
	uint8_t *to = p;
	size_t done = 0;

	while (done < cap && r->left > 0) {
		size_t n = cap - done;

		if (r->block == 0 && block_begin(r, e) < 0)
			return -1;
		if (n > r->block)
			n = r->block;
		if (fd_pread(r->fd, to + done, n, (off_t)r->at, e) < 0)
			return -1;
		r->at += n;
		r->left -= n;
		r->block -= n;
		done += n;
	}
	return (int64_t)done;
}
