/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs, written whole and read in pieces, and commits. */
#include "nintei/gitx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"
#include "gitx_int.h"

struct gitx_reader {
	git_odb_stream *stream; /* a loose object */
	git_odb_object *whole; /* or a packed one */
	uint64_t size;
	uint64_t at;
};

int
gitx_object_write(struct gitx *g, git_object_t type, struct slice bytes,
    struct gitx_oid *out, struct err *e)
{
	CLEANUP(git_odb_stream_freep) git_odb_stream *stream = NULL;
	git_oid id;
	int rv = git_odb_open_wstream(&stream, g->odb, bytes.n, type);

	if (rv >= 0)
		rv = git_odb_stream_write(
		    stream, (const char *)bytes.p, bytes.n);
	if (rv >= 0)
		rv = git_odb_stream_finalize_write(&id, stream);
	if (rv < 0)
		return err_git(e, rv, "write");
	gitx_oid_from(&id, out);
	return 0;
}

int
gitx_id(unsigned kind, struct slice bytes, struct gitx_oid *out, struct err *e)
{
	git_oid id;

	if (gitx_start(e) < 0)
		return -1;
	if (git_odb_hash(&id, bytes.n == 0 ? "" : (const char *)bytes.p,
		bytes.n, (git_object_t)kind) < 0) {
		git_error_clear();
		return err_set(e, E_INPUT, "these bytes cannot be named");
	}
	gitx_oid_from(&id, out);
	return 0;
}

int
gitx_blob_write(
    struct gitx *g, struct slice bytes, struct gitx_oid *out, struct err *e)
{
	return gitx_object_write(g, GIT_OBJECT_BLOB, bytes, out, e);
}

/* The header first: a size over the limit must not be allocated. */
static int
object_get(struct gitx *g, const struct gitx_oid *id, git_object_t want,
    size_t max, struct buf *out, struct err *e)
{
	CLEANUP(git_odb_object_freep) git_odb_object *object = NULL;
	git_object_t type;
	size_t size;
	git_oid oid;
	int rv;

	gitx_oid_to(id, &oid);
	if ((rv = git_odb_read_header(&size, &type, g->odb, &oid)) < 0)
		return err_git(e, rv, "object header");
	if (type != want)
		return err_set(e, E_STORE_CORRUPT, "want a %s",
		    git_object_type2string(want));
	if (size > max)
		return err_set(
		    e, E_LIMIT, "want at most %zu bytes, have %zu", max, size);
	if ((rv = git_odb_read(&object, g->odb, &oid)) < 0)
		return err_git(e, rv, "object");
	buf_put(out, git_odb_object_data(object), git_odb_object_size(object));
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "buffer too small");
}

int
gitx_blob_read(struct gitx *g, const struct gitx_oid *id, size_t max,
    struct buf *out, struct err *e)
{
	return object_get(g, id, GIT_OBJECT_BLOB, max, out, e);
}

int
gitx_commit_bytes(struct gitx *g, const struct gitx_oid *id, size_t max,
    struct buf *out, struct err *e)
{
	return object_get(g, id, GIT_OBJECT_COMMIT, max, out, e);
}

bool
gitx_has_blob(struct gitx *g, const struct gitx_oid *id)
{
	git_object_t type;
	size_t size;
	git_oid oid;

	gitx_oid_to(id, &oid);
	return git_odb_read_header(&size, &type, g->odb, &oid) == 0 &&
	    type == GIT_OBJECT_BLOB;
}

int
gitx_reader_open(struct gitx *g, const struct gitx_oid *id,
    struct gitx_reader **out, struct err *e)
{
	CLEANUP(gitx_reader_freep)
	struct gitx_reader *r = xcalloc(1, sizeof(*r));
	git_object_t type = GIT_OBJECT_BLOB;
	size_t size = 0;
	git_oid oid;
	int rv;

	gitx_oid_to(id, &oid);
	rv = git_odb_open_rstream(&r->stream, &size, &type, g->odb, &oid);
	if (rv < 0) {
		r->stream = NULL;
		rv = git_odb_read(&r->whole, g->odb, &oid);
		if (rv < 0)
			return err_git(e, rv, "reader");
		size = git_odb_object_size(r->whole);
		type = git_odb_object_type(r->whole);
	}
	if (type != GIT_OBJECT_BLOB)
		return err_set(e, E_STORE_CORRUPT, "want a blob");
	r->size = size;
	*out = TAKE(r);
	return 0;
}

uint64_t
gitx_reader_size(const struct gitx_reader *r)
{
	return r->size;
}

static size_t
take_whole(struct gitx_reader *r, void *p, size_t cap)
{
	const uint8_t *data = git_odb_object_data(r->whole);
	uint8_t *to = p;

	for (size_t i = 0; i < cap; i++)
		to[i] = data[r->at + i];
	return cap;
}

int64_t
gitx_reader_read(struct gitx_reader *r, void *p, size_t cap, struct err *e)
{
	int n;

	if (cap > r->size - r->at)
		cap = (size_t)(r->size - r->at);
	if (cap > 1U << 30)
		cap = 1U << 30;
	if (cap == 0)
		return 0;
	if (r->whole != NULL) {
		n = (int)take_whole(r, p, cap);
	} else {
		n = git_odb_stream_read(r->stream, p, cap);
		if (n <= 0)
			return err_git(e, n, "reader read");
	}
	r->at += (uint64_t)n;
	return n;
}

void
gitx_reader_free(struct gitx_reader *r)
{
	if (r == NULL)
		return;
	if (r->stream != NULL)
		git_odb_stream_free(r->stream);
	git_odb_object_free(r->whole);
	free(r);
}

/* A header goes on in lines that begin with a space. */
static void
put_header(struct buf *out, const char *name, struct slice value)
{
	buf_puts(out, name);
	buf_putc(out, ' ');
	for (size_t i = 0; i < value.n; i++) {
		buf_putc(out, value.p[i]);
		if (value.p[i] == '\n')
			buf_putc(out, ' ');
	}
	buf_putc(out, '\n');
}

int
gitx_commit_write(struct gitx *g, struct slice text, struct slice armour,
    struct gitx_oid *out, struct err *e)
{
	CLEANUP(buf_free) struct buf whole = BUF_INIT(MIB(1));
	const uint8_t *end = memmem(text.p, text.n, "\n\n", 2);
	size_t headers;

	if (end == NULL)
		return err_set(e, E_INPUT, "a commit without a message");
	while (armour.n > 0 && armour.p[armour.n - 1] == '\n')
		armour.n--;
	headers = (size_t)(end - text.p) + 1;
	buf_put(&whole, text.p, headers);
	put_header(&whole, "gpgsig", armour);
	buf_put(&whole, text.p + headers, text.n - headers);
	if (!buf_ok(&whole))
		return err_set(e, E_LIMIT, "commit too long");
	return gitx_object_write(
	    g, GIT_OBJECT_COMMIT, buf_slice(&whole), out, e);
}

int
gitx_commit_read(struct gitx *g, const struct gitx_oid *id,
    struct gitx_commit *out, struct err *e)
{
	CLEANUP(git_commit_freep) git_commit *commit = NULL;
	struct gitx_commit c = { 0 };
	git_oid oid;
	int rv;

	gitx_oid_to(id, &oid);
	if ((rv = git_commit_lookup(&commit, g->repo, &oid)) < 0)
		return err_git(e, rv, "commit");
	gitx_oid_from(git_commit_tree_id(commit), &c.tree);
	c.nparents = git_commit_parentcount(commit);
	if (c.nparents > 0)
		gitx_oid_from(git_commit_parent_id(commit, 0), &c.parent);
	c.committed_at = git_commit_time(commit);
	snprintf(c.author, sizeof(c.author), "%.60s",
	    git_commit_author(commit)->name);
	snprintf(
	    c.message, sizeof(c.message), "%.500s", git_commit_message(commit));
	*out = c;
	return 0;
}
