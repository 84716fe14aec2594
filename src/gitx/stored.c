/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A streamed blob as a loose object that is stored, not deflated: documents
 * are ciphertext, and libgit2 always tries to compress.
 */
#include "nintei/gitx.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "gitx_int.h"

/* RFC 1950 and 1951 3.2.4: a stream of stored blocks. */
#define STORED_HEAD 5 /* last or not, length, its complement */
#define STORED_MAX 65535
#define ADLER_BASE 65521
#define ADLER_RUN 5552 /* bytes until 32 bits could overflow */
#define OBJECT_MODE 0444

struct gitx_stream {
	char *objects; /* the folder */
	char *temp; /* NULL: it has its name */
	int fd;
	uint64_t left; /* of what was announced */
	struct digest *sha1;
	uint32_t a, b; /* Adler-32 */
	struct buf block; /* one block, its head in front */
};

static int
write_all(int fd, struct slice bytes, struct err *e)
{
	struct err cause = ERR_INIT;

	if (fd_write(fd, bytes.p, bytes.n, &cause) == 0)
		return 0;
	errno = cause.sys;
	return err_sys(e, E_UNAVAILABLE, "cannot write an object");
}

static void
block_begin(struct gitx_stream *s)
{
	static const uint8_t head[STORED_HEAD];

	buf_reset(&s->block);
	buf_put(&s->block, head, sizeof(head));
}

static int
block_end(struct gitx_stream *s, bool last, struct err *e)
{
	size_t n = s->block.n - STORED_HEAD;
	uint8_t *head = s->block.p;

	head[0] = last;
	head[1] = (uint8_t)n;
	head[2] = (uint8_t)(n >> 8);
	head[3] = (uint8_t)~head[1];
	head[4] = (uint8_t)~head[2];
	if (write_all(s->fd, buf_slice(&s->block), e) < 0)
		return -1;
	block_begin(s);
	return 0;
}

static void
adler_update(struct gitx_stream *s, struct slice bytes)
{
	while (bytes.n > 0) {
		size_t run = bytes.n < ADLER_RUN ? bytes.n : ADLER_RUN;

		for (size_t i = 0; i < run; i++) {
			s->a += bytes.p[i];
			s->b += s->a;
		}
		s->a %= ADLER_BASE;
		s->b %= ADLER_BASE;
		bytes = slice_of(bytes.p + run, bytes.n - run);
	}
}

/* The last block is not known before the end: a full one waits. */
static int
raw_put(struct gitx_stream *s, struct slice bytes, struct err *e)
{
	digest_update(s->sha1, bytes);
	adler_update(s, bytes);
	while (bytes.n > 0) {
		size_t room = STORED_HEAD + STORED_MAX - s->block.n;
		size_t n = bytes.n < room ? bytes.n : room;

		if (n == 0) {
			if (block_end(s, false, e) < 0)
				return -1;
			continue;
		}
		buf_put(&s->block, bytes.p, n);
		bytes = slice_of(bytes.p + n, bytes.n - n);
	}
	return 0;
}

/* Recovery knows it by "tmp_", and removes it. */
static int
temp_open(struct gitx_stream *s, struct err *e)
{
	static unsigned counter;

	s->temp = xasprintf("%s/tmp_stored_%d_%u", s->objects, (int)getpid(),
	    __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED));
	s->fd =
	    open(s->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, OBJECT_MODE);
	if (s->fd < 0) {
		freep(&s->temp);
		return err_sys(e, E_UNAVAILABLE, "cannot create an object");
	}
	return 0;
}

int
gitx_stream_new(
    struct gitx *g, uint64_t size, struct gitx_stream **out, struct err *e)
{
	static const uint8_t zlib[2] = { 0x78, 0x01 };
	CLEANUP(gitx_stream_freep)
	struct gitx_stream *s = xcalloc(1, sizeof(*s));
	char head[32];
	int n = snprintf(head, sizeof(head), "blob %" PRIu64, size);

	s->fd = -1;
	s->left = size;
	s->a = 1;
	s->block = (struct buf)BUF_INIT(STORED_HEAD + STORED_MAX);
	s->sha1 = digest_sha1_new();
	s->objects = xasprintf("%sobjects", git_repository_path(g->repo));
	block_begin(s);
	if (temp_open(s, e) < 0 ||
	    write_all(s->fd, slice_of(zlib, sizeof(zlib)), e) < 0 ||
	    raw_put(s, slice_of(head, (size_t)n + 1), e) < 0)
		return -1;
	*out = TAKE(s);
	return 0;
}

int
gitx_stream_write(struct gitx_stream *s, struct slice bytes, struct err *e)
{
	if (bytes.n > s->left)
		return err_set(e, E_INPUT, "more bytes than announced");
	s->left -= bytes.n;
	return raw_put(s, bytes, e);
}

static int
tail_write(struct gitx_stream *s, struct err *e)
{
	const uint8_t adler[4] = { (uint8_t)(s->b >> 8), (uint8_t)s->b,
		(uint8_t)(s->a >> 8), (uint8_t)s->a };

	if (block_end(s, true, e) < 0 ||
	    write_all(s->fd, slice_of(adler, sizeof(adler)), e) < 0)
		return -1;
	return fsync(s->fd) < 0
	    ? err_sys(e, E_UNAVAILABLE, "cannot sync an object")
	    : 0;
}

static int
folder_sync(const char *path, struct err *e)
{
	CLEANUP(fd_closep)
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot sync a folder");
	return 0;
}

/* git removes folders that it has packed empty. */
static int
folder_make(const char *path, const char *parent, struct err *e)
{
	if (mkdir(path, 0777) == 0)
		return folder_sync(parent, e);
	return errno == EEXIST
	    ? 0
	    : err_sys(e, E_UNAVAILABLE, "cannot make a folder");
}

/* In place of the same object, should there be one. */
static int
name_give(struct gitx_stream *s, const struct gitx_oid *id, struct err *e)
{
	char hex[GITX_OID_TEXT];
	CLEANUP(freep) char *folder = NULL;
	CLEANUP(freep) char *path = NULL;

	hex_encode(id->b, GITX_OID, hex);
	folder = xasprintf("%s/%.2s", s->objects, hex);
	path = xasprintf("%s/%s", folder, hex + 2);
	if (folder_make(folder, s->objects, e) < 0)
		return -1;
	if (rename(s->temp, path) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot name an object");
	freep(&s->temp);
	return folder_sync(folder, e);
}

int
gitx_stream_finish(struct gitx_stream *s, struct gitx_oid *out, struct err *e)
{
	struct gitx_oid id;

	if (s->left != 0)
		return err_set(e, E_INPUT, "fewer bytes than announced");
	if (tail_write(s, e) < 0)
		return -1;
	digest_final(s->sha1, id.b);
	if (name_give(s, &id, e) < 0)
		return -1;
	*out = id;
	return 0;
}

void
gitx_stream_free(struct gitx_stream *s)
{
	if (s == NULL)
		return;
	if (s->temp != NULL)
		unlink(s->temp);
	fd_closep(&s->fd);
	digest_free(s->sha1);
	buf_free(&s->block);
	free(s->temp);
	free(s->objects);
	free(s);
}
