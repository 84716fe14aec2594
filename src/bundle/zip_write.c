/* SPDX-License-Identifier: Apache-2.0 */
/* A zip that is the same bytes each time: for `nintei bundle make`. */
#include "nintei/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/archx.h"
#include "nintei/fs.h"

#include "zip_int.h"

#define DOS_EPOCH 0x0021 /* 1980-01-01 */
#define VERSION_NEEDED 20
#define MADE_BY_UNIX (3 << 8 | VERSION_NEEDED)
#define FILE_MODE (0100644U << 16)

struct part {
	const struct bundle_source *src;
	struct buf deflated; /* empty when stored */
	uint32_t crc, offset;
	bool first; /* at the beginning, and stored */
};
struct writer {
	struct part *parts;
	size_t n;
};

static void
writer_done(struct writer *w)
{
	for (size_t i = 0; i < w->n; i++)
		buf_free(&w->parts[i].deflated);
	free(w->parts);
}

static void
put(struct buf *b, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		buf_putc(b, (int)(v & 0xff));
}

static size_t
packed_size(const struct part *p)
{
	return p->deflated.n > 0 ? p->deflated.n : p->src->content.n;
}

/* From "version needed" to the length of the extra area, in both headers. */
static void
put_common(struct buf *b, const struct part *p)
{
	put(b, VERSION_NEEDED, 2);
	put(b, FLAG_UTF8, 2);
	put(b, p->deflated.n > 0 ? 8 : 0, 2);
	put(b, 0, 2);
	put(b, DOS_EPOCH, 2);
	put(b, p->crc, 4);
	put(b, packed_size(p), 4);
	put(b, p->src->content.n, 4);
	put(b, strlen(p->src->path), 2);
	put(b, 0, 2);
}

static void
put_local(struct buf *b, const struct part *p)
{
	put(b, SIG_LOCAL, 4);
	put_common(b, p);
	buf_puts(b, p->src->path);
}

static void
put_central(struct buf *b, const struct part *p)
{
	put(b, SIG_CENTRAL, 4);
	put(b, MADE_BY_UNIX, 2);
	put_common(b, p);
	put(b, 0, 6); /* comment, disk, internal attributes */
	put(b, FILE_MODE, 4);
	put(b, p->offset, 4);
	buf_puts(b, p->src->path);
}

static void
put_end(struct buf *b, const struct writer *w, uint64_t at)
{
	uint64_t size = b->n;

	put(b, SIG_END, 4);
	put(b, 0, 4);
	put(b, w->n, 2);
	put(b, w->n, 2);
	put(b, size, 4);
	put(b, at, 4);
	put(b, 0, 2);
}

static int
source_cmp(const void *one, const void *other)
{
	const struct part *a = one, *b = other;

	return a->first != b->first ? (int)b->first - (int)a->first
				    : strcmp(a->src->path, b->src->path);
}

/* The same names and limits as for admission. */
static int
check_sources(const struct bundle_source *members, size_t n, struct err *e)
{
	CLEANUP(table_free) struct table t = { 0 };
	CLEANUP(verdicts_free) struct verdicts v = { 0 };

	if (n > LIMIT_ENTRIES)
		return err_set(
		    e, E_LIMIT, "want at most %d members", LIMIT_ENTRIES);
	for (size_t i = 0; i < n; i++) {
		struct entry *ent = table_add(&t);

		ent->raw = slice_str(members[i].path);
		ent->utf8 = true;
		if (table_count(&t, members[i].content.n) != CODE_NONE)
			return err_set(
			    e, E_LIMIT, "%s: too large", members[i].path);
	}
	names_check(&t, &v);
	if (v.n > 0)
		return err_set(e, E_INPUT, "%s: %s", v.items[0].member,
		    code_name(v.items[0].code));
	return 0;
}

/* Deflated where that is shorter and within the ratio that we admit. */
static int
pack(struct part *p, struct err *e)
{
	struct slice in = p->src->content;
	struct err full = ERR_INIT;

	p->crc = archx_crc32(0, in);
	p->deflated = (struct buf)BUF_INIT(in.n);
	if (in.n > 0 && !p->first &&
	    archx_deflate(in, &p->deflated, &full) < 0 && full.code != E_LIMIT)
		return err_set(e, E_INTERNAL, "deflate");
	if (!buf_ok(&p->deflated) || p->deflated.n >= in.n ||
	    in.n / LIMIT_RATIO_MEMBER >= p->deflated.n)
		buf_free(&p->deflated);
	return 0;
}

static int
write_part(struct part *p, uint64_t *at, int fd, struct err *e)
{
	CLEANUP(buf_free) struct buf head = BUF_INIT(KIB(64));
	struct slice in =
	    p->deflated.n > 0 ? buf_slice(&p->deflated) : p->src->content;

	p->offset = (uint32_t)*at;
	put_local(&head, p);
	*at += head.n + in.n;
	if (fd_write(fd, head.p, head.n, e) < 0)
		return -1;
	return fd_write(fd, in.p, in.n, e);
}

static int
write_all(struct writer *w, int fd, struct err *e)
{
	CLEANUP(buf_free) struct buf tail = BUF_INIT(MIB(4));
	uint64_t at = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct part *p = &w->parts[i];

		if (pack(p, e) < 0 || write_part(p, &at, fd, e) < 0)
			return -1;
		put_central(&tail, p);
	}
	put_end(&tail, w, at);
	return fd_write(fd, tail.p, tail.n, e);
}

static int
write_zip(const struct bundle_source *members, size_t n, bool container, int fd,
    struct err *e)
{
	CLEANUP(writer_done) struct writer w = { 0 };

	if (check_sources(members, n, e) < 0)
		return -1;
	w.parts = xcalloc(n + 1, sizeof(*w.parts));
	w.n = n;
	for (size_t i = 0; i < n; i++)
		w.parts[i].src = &members[i];
	w.parts[0].first = container;
	qsort(w.parts, n, sizeof(*w.parts), source_cmp);
	return write_all(&w, fd, e);
}

int
bundle_write_zip(
    const struct bundle_source *members, size_t n, int fd, struct err *e)
{
	return write_zip(members, n, false, fd, e);
}

int
bundle_write_container(
    const struct bundle_source *members, size_t n, int fd, struct err *e)
{
	return write_zip(members, n, true, fd, e);
}
