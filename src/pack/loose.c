/* SPDX-License-Identifier: Apache-2.0 */
/* Loose objects: one zlib stream each, "type size\0" and the bytes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "loose_int.h"

#define IN_BYTES KIB(16)
#define HEAD_MAX 32 /* "commit 18446744073709551615" */

static void
loose_path(const struct gitx_oid *id, char out[GITX_OID_TEXT + 1])
{
	char hex[GITX_OID_TEXT];

	hex_encode(id->b, GITX_OID, hex);
	snprintf(out, GITX_OID_TEXT + 1, "%.2s/%s", hex, hex + 2);
}

bool
loose_has(const struct pack_set *s, const struct gitx_oid *id)
{
	char path[GITX_OID_TEXT + 1];

	loose_path(id, path);
	return faccessat(s->fd, path, R_OK, 0) == 0;
}

static int
bad(struct err *e)
{
	return err_set(e, E_STORE_CORRUPT, "a loose object is damaged");
}

/* More of the file; left.n stays 0 at its end. */
static int
refill(struct loose *l, struct err *e)
{
	ssize_t n;

	if (l->left.n > 0)
		return 0;
	while ((n = read(l->fd, l->in, IN_BYTES)) < 0 && errno == EINTR)
		;
	if (n < 0)
		return err_sys(e, E_UNAVAILABLE, "read of an object");
	l->left = slice_of(l->in, (size_t)n);
	return 0;
}

/* Bytes inflated; 0 at the end of the stream. */
static int64_t
inflate_some(struct loose *l, uint8_t *p, size_t cap, struct err *e)
{
	enum inflate_state state;
	size_t n = 0;

	while (!l->over && n == 0) {
		if (refill(l, e) < 0)
			return -1;
		if (l->left.n == 0)
			return bad(e);
		state = inflater_run(l->inflater, &l->left, p, cap, &n);
		if (state == INFLATE_BAD)
			return bad(e);
		l->over = state == INFLATE_END;
	}
	return (int64_t)n;
}

/* Digits without a zero in front, nothing else. */
static bool
size_read(struct slice text, uint64_t *out)
{
	uint64_t v = 0;

	if (text.n == 0 || text.n > 19 || (text.n > 1 && text.p[0] == '0'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text.p[i] - '0');
	}
	*out = v;
	return true;
}

/* PACK-11 */
static int
head_read(struct loose *l, struct err *e)
{
	const uint8_t *end = NULL, *space;
	int64_t n;

	while (end == NULL) {
		if (l->first_n > HEAD_MAX)
			return bad(e);
		n = inflate_some(
		    l, l->first + l->first_n, sizeof(l->first) - l->first_n, e);
		if (n < 0)
			return -1;
		if (n == 0)
			return bad(e);
		l->first_n += (size_t)n;
		end = memchr(l->first, '\0', l->first_n);
	}
	space = memchr(l->first, ' ', (size_t)(end - l->first));
	if (space == NULL ||
	    !size_read(
		slice_of(space + 1, (size_t)(end - space - 1)), &l->size))
		return bad(e);
	l->type = pack_type_of(slice_of(l->first, (size_t)(space - l->first)));
	l->first_at = (size_t)(end - l->first) + 1;
	return l->type == PACK_NONE ? bad(e) : 0;
}

int
loose_open(const struct pack_set *s, const struct gitx_oid *id,
    struct loose **out, struct err *e)
{
	CLEANUP(loose_freep) struct loose *l = NULL;
	char path[GITX_OID_TEXT + 1];
	int fd;

	loose_path(id, path);
	fd = openat(s->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return err_sys(e, E_UNAVAILABLE, "open of an object");
	l = xcalloc(1, sizeof(*l));
	l->fd = fd;
	l->in = xcalloc(1, IN_BYTES);
	if (inflater_new(INFLATE_ZLIB, &l->inflater, e) < 0 ||
	    head_read(l, e) < 0)
		return -1;
	*out = TAKE(l);
	return 1;
}

int64_t
loose_read(struct loose *l, uint8_t *p, size_t cap, struct err *e)
{
	size_t n = l->first_n - l->first_at;

	if (n == 0)
		return cap == 0 ? 0 : inflate_some(l, p, cap, e);
	if (n > cap)
		n = cap;
	memcpy(p, l->first + l->first_at, n);
	l->first_at += n;
	return (int64_t)n;
}

void
loose_free(struct loose *l)
{
	if (l == NULL)
		return;
	fd_closep(&l->fd);
	inflater_free(l->inflater);
	free(l->in);
	free(l);
}

static int
whole(struct pack_reader *r, struct loose *l, struct slice *out, struct err *e)
{
	size_t size = (size_t)l->size, have = 0;
	uint8_t *p = scratch_get(&r->object[0], size + 1, e);
	int64_t n = 1;

	if (p == NULL)
		return -1;
	/* One byte more than there may be. */
	while (n > 0 && have <= size) {
		if ((n = loose_read(l, p + have, size + 1 - have, e)) < 0)
			return -1;
		have += (size_t)n;
	}
	if (have != size)
		return bad(e);
	*out = slice_of(p, size);
	return 0;
}

int
loose_object(struct pack_reader *r, const struct gitx_oid *id, size_t max,
    struct pack_object *out, struct err *e)
{
	CLEANUP(loose_freep) struct loose *l = NULL;
	struct pack_object o;
	int rv = loose_open(r->set, id, &l, e);

	if (rv <= 0)
		return rv;
	if (l->size > max)
		return err_set(e, E_LIMIT,
		    "want at most %zu bytes, have %" PRIu64, max, l->size);
	o = (struct pack_object){ .type = l->type, .size = l->size };
	if (whole(r, l, &o.bytes, e) < 0)
		return -1;
	*out = o;
	return 1;
}

/* "3f..." of 38 digits below the folder "ab". */
static bool
loose_id(unsigned first, const char *name, struct gitx_oid *out)
{
	char text[GITX_OID_TEXT];
	struct err e = ERR_INIT;

	if (strlen(name) != GITX_OID_TEXT - 3)
		return false;
	snprintf(text, sizeof(text), "%02x%s", first & 0xff, name);
	return hex_decode(text, out->b, GITX_OID, &e) == 0;
}

int
loose_each(const struct pack_set *s, unsigned first,
    int (*fn)(const struct gitx_oid *id, void *arg, struct err *e), void *arg,
    struct err *e)
{
	char name[3];
	const struct dirent *entry;
	struct gitx_oid id;
	DIR *dir;
	int fd, rv = 0;

	snprintf(name, sizeof(name), "%02x", first & 0xff);
	fd = openat(s->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT
		    ? 0
		    : err_sys(e, E_UNAVAILABLE, "a folder of objects");
	if ((dir = fdopendir(fd)) == NULL) {
		close(fd);
		return err_sys(e, E_UNAVAILABLE, "a folder of objects");
	}
	while (rv == 0 && (entry = readdir(dir)) != NULL)
		if (loose_id(first, entry->d_name, &id))
			rv = fn(&id, arg, e);
	closedir(dir);
	return rv;
}
