/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of one CSV, from a file or from the zip as it is published: one
 * CSV and its detached signature.  Read piece by piece; any other zip is
 * refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/archx.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

#include "numbers_int.h"

#define PIECE KIB(64)
#define SIGNATURE_MAX KIB(64)
#define END_BYTES 22
#define TAIL_MAX (65535 + END_BYTES)
#define CENTRAL_MAX KIB(64)
#define MEMBERS_MAX 8
#define CENTRAL_BYTES 46
#define LOCAL_BYTES 30
#define STORED 0
#define DEFLATED 8

struct member {
	char name[256];
	unsigned flags, method;
	uint32_t crc;
	uint64_t packed, size, at; /* of the local header, then of the data */
};

struct numbers_source {
	int fd;
	bool zip;
	struct member m; /* of a plain file: size alone */
	uint64_t given, left; /* bytes out; packed bytes not yet read */
	uint32_t crc;
	struct inflater *z; /* NULL: stored */
	uint8_t piece[PIECE];
	struct slice packed; /* of piece, not yet inflated */
	struct buf signature;
};

static uint32_t
le(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n > 0)
		v = v << 8 | p[--n];
	return v;
}

static int
not_ours(struct err *e, const char *why)
{
	return err_set(e, E_INPUT, "not a zip of the agency: %s", why);
}

/* The last end record whose comment ends with the file. */
static const uint8_t *
find_end(const uint8_t *tail, size_t n)
{
	for (size_t i = n >= END_BYTES ? n - END_BYTES + 1 : 0; i > 0; i--) {
		const uint8_t *p = tail + i - 1;

		if (le(p, 4) == 0x06054b50 &&
		    le(p + 20, 2) == n - (i - 1) - END_BYTES)
			return p;
	}
	return NULL;
}

static bool
member_read(struct slice *cd, struct member *m)
{
	const uint8_t *p = cd->p;
	size_t name, all;

	if (cd->n < CENTRAL_BYTES || le(p, 4) != 0x02014b50)
		return false;
	name = le(p + 28, 2);
	all = CENTRAL_BYTES + name + le(p + 30, 2) + le(p + 32, 2);
	if (all > cd->n || name == 0 || name >= sizeof(m->name))
		return false;
	m->flags = le(p + 8, 2);
	m->method = le(p + 10, 2);
	m->crc = le(p + 16, 4);
	m->packed = le(p + 20, 4);
	m->size = le(p + 24, 4);
	m->at = le(p + 42, 4);
	for (size_t i = 0; i < name; i++)
		m->name[i] = (char)p[CENTRAL_BYTES + i];
	m->name[name] = '\0';
	cd->p += all;
	cd->n -= all;
	return strlen(m->name) == name;
}

static bool
ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && strcasecmp(name + n - k, end) == 0;
}

/* Exactly one CSV; at most one signature. */
static int
members_sort(struct slice cd, unsigned count, struct member *csv,
    struct member *asc, struct err *e)
{
	struct member m;

	csv->name[0] = asc->name[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		struct member *to = NULL;

		if (!member_read(&cd, &m))
			return not_ours(e, "its directory is malformed");
		if (ends_with(m.name, ".csv"))
			to = csv;
		else if (ends_with(m.name, ".asc"))
			to = asc;
		if (to != NULL && to->name[0] != '\0')
			return not_ours(e, "want one CSV and one signature");
		if (to != NULL)
			*to = m;
	}
	return csv->name[0] != '\0' ? 0 : not_ours(e, "no CSV is in it");
}

static int
member_start(int fd, struct member *m, struct err *e)
{
	uint8_t h[LOCAL_BYTES];

	if ((m->flags & 1) != 0 ||
	    (m->method != STORED && m->method != DEFLATED) ||
	    m->packed == UINT32_MAX || m->size == UINT32_MAX ||
	    (m->method == STORED && m->packed != m->size))
		return not_ours(e, "encrypted, or of another method");
	if (fd_pread(fd, h, sizeof(h), (off_t)m->at, e) < 0)
		return -1;
	if (le(h, 4) != 0x04034b50 || le(h + 8, 2) != m->method ||
	    le(h + 26, 2) != strlen(m->name))
		return not_ours(e, "a local header is malformed");
	m->at += LOCAL_BYTES + le(h + 26, 2) + le(h + 28, 2);
	return 0;
}

/* Turn the source to a member. */
static int
begin(struct numbers_source *s, struct member *m, struct err *e)
{
	if (member_start(s->fd, m, e) < 0)
		return -1;
	s->m = *m;
	s->given = 0;
	s->left = m->packed;
	s->crc = 0;
	s->packed = slice_of(NULL, 0);
	inflater_free(TAKE(s->z));
	return m->method == DEFLATED ? inflater_new(INFLATE_RAW, &s->z, e) : 0;
}

static int
refill(struct numbers_source *s, struct err *e)
{
	size_t n = s->left < PIECE ? (size_t)s->left : PIECE;

	if (fd_pread(s->fd, s->piece, n, (off_t)s->m.at, e) < 0)
		return -1;
	s->m.at += n;
	s->left -= n;
	s->packed = slice_of(s->piece, n);
	return 0;
}

static int
inflate_some(struct numbers_source *s, uint8_t *p, size_t cap, size_t *out_n,
    struct err *e)
{
	enum inflate_state st = INFLATE_MORE;

	*out_n = 0;
	while (*out_n == 0 && st == INFLATE_MORE) {
		if (s->packed.n == 0 && s->left > 0 && refill(s, e) < 0)
			return -1;
		st = inflater_run(s->z, &s->packed, p, cap, out_n);
		if (st == INFLATE_BAD ||
		    (st == INFLATE_MORE && *out_n == 0 && s->packed.n == 0 &&
			s->left == 0))
			return not_ours(e, "its data are damaged");
	}
	return 0;
}

static int
copy_some(struct numbers_source *s, uint8_t *p, size_t cap, size_t *out_n,
    struct err *e)
{
	size_t n = s->left < cap ? (size_t)s->left : cap;

	if (fd_pread(s->fd, p, n, (off_t)s->m.at, e) < 0)
		return -1;
	s->m.at += n;
	s->left -= n;
	*out_n = n;
	return 0;
}

int
numbers_source_read(struct numbers_source *s, uint8_t *p, size_t cap,
    size_t *out_n, struct err *e)
{
	size_t n = 0;

	if ((s->z != NULL ? inflate_some : copy_some)(s, p, cap, &n, e) < 0)
		return -1;
	s->given += n;
	if (s->given > s->m.size)
		return not_ours(e, "its data are longer than it says");
	if (s->zip)
		s->crc = archx_crc32(s->crc, slice_of(p, n));
	if (n == 0 && (s->given != s->m.size || (s->zip && s->crc != s->m.crc)))
		return not_ours(e, "its checksum is wrong");
	*out_n = n;
	return 0;
}

static int
read_signature(struct numbers_source *s, struct member *asc, struct err *e)
{
	uint8_t some[4096];
	size_t n;

	if (asc->name[0] == '\0')
		return 0;
	if (asc->size > SIGNATURE_MAX)
		return not_ours(e, "its signature is too large");
	if (begin(s, asc, e) < 0)
		return -1;
	do {
		if (numbers_source_read(s, some, sizeof(some), &n, e) < 0)
			return -1;
		buf_put(&s->signature, some, n);
	} while (n > 0);
	return 0;
}

static int
open_zip(struct numbers_source *s, uint64_t size, struct err *e)
{
	CLEANUP(freep) uint8_t *tail = xcalloc(1, TAIL_MAX);
	CLEANUP(freep) uint8_t *central = xcalloc(1, CENTRAL_MAX);
	size_t n = size < TAIL_MAX ? (size_t)size : TAIL_MAX;
	struct member csv, asc;
	const uint8_t *end;
	uint64_t at, bytes;

	if (fd_pread(s->fd, tail, n, (off_t)(size - n), e) < 0)
		return -1;
	if ((end = find_end(tail, n)) == NULL)
		return not_ours(e, "it has no end");
	bytes = le(end + 12, 4);
	at = le(end + 16, 4);
	if (bytes > CENTRAL_MAX || at > size || bytes > size - at ||
	    le(end + 8, 2) != le(end + 10, 2) || le(end + 10, 2) > MEMBERS_MAX)
		return not_ours(e, "want one CSV and one signature");
	if (fd_pread(s->fd, central, bytes, (off_t)at, e) < 0)
		return -1;
	if (members_sort(
		slice_of(central, bytes), le(end + 10, 2), &csv, &asc, e) < 0 ||
	    read_signature(s, &asc, e) < 0)
		return -1;
	return begin(s, &csv, e);
}

/* FILE.csv.asc beside FILE.csv, if there is one. */
static int
open_beside(struct numbers_source *s, const char *path, struct err *e)
{
	CLEANUP(freep) char *asc = xasprintf("%s.asc", path);
	struct err why = ERR_INIT;

	if (fs_read(AT_FDCWD, asc, SIGNATURE_MAX - 1, &s->signature, &why) <
		0 &&
	    why.code != E_NOT_FOUND) {
		*e = why;
		return -1;
	}
	s->left = s->m.size;
	return 0;
}

int
numbers_source_open(
    const char *path, struct numbers_source **out, struct err *e)
{
	CLEANUP(numbers_source_freep)
	struct numbers_source *s = xcalloc(1, sizeof(*s));
	uint8_t magic[4] = { 0 };
	struct stat st;

	s->signature = (struct buf)BUF_INIT(SIGNATURE_MAX);
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (s->fd < 0)
		return err_sys(e, E_NOT_FOUND, "cannot open %.200s", path);
	if (fstat(s->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(e, E_INPUT, "%.200s is no file", path);
	s->m.size = (uint64_t)st.st_size;
	if (s->m.size >= sizeof(magic) &&
	    fd_pread(s->fd, magic, sizeof(magic), 0, e) < 0)
		return -1;
	s->zip = le(magic, 4) == 0x04034b50;
	if ((s->zip ? open_zip(s, s->m.size, e) : open_beside(s, path, e)) < 0)
		return err_wrap(e, "%s", path);
	*out = TAKE(s);
	return 0;
}

void
numbers_source_close(struct numbers_source *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	inflater_free(s->z);
	buf_free(&s->signature);
	free(s);
}

uint64_t
numbers_source_size(const struct numbers_source *s)
{
	return s->m.size;
}

const char *
numbers_source_member(const struct numbers_source *s)
{
	return s->m.name;
}

struct slice
numbers_source_signature(const struct numbers_source *s)
{
	return buf_slice(&s->signature);
}
