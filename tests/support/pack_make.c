/* SPDX-License-Identifier: Apache-2.0 */
/* Packs made with nintei/pack.h, and stock git beside them. */
#include "support/pack_make.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "support/support.h"

void
made_begin(struct made *m)
{
	uint8_t zeros[PACK_HEADER] = { 0 };

	*m = (struct made){ .bytes = BUF_INIT(MIB(64)) };
	buf_put(&m->bytes, zeros, sizeof(zeros));
}

static int
to_buf(void *arg, struct slice bytes, struct err *e)
{
	struct buf *b = arg;

	buf_put(b, bytes.p, bytes.n);
	return buf_ok(b) ? 0 : err_set(e, E_LIMIT, "buffer");
}

static void
add_streamed(struct made *m, enum pack_type type, struct slice bytes,
    struct pack_mark *mark)
{
	CLEANUP(pack_stream_freep) struct pack_stream *s = NULL;
	struct err e = ERR_INIT;
	uint64_t at = mark->at;
	size_t piece = bytes.n / 7 + 1;

	s = pack_stream_new(type, bytes.n, to_buf, &m->bytes);
	while (bytes.n > 0) {
		size_t n = bytes.n < piece ? bytes.n : piece;

		ck_ok(pack_stream_add(s, slice_of(bytes.p, n), &e), &e);
		bytes.p += n;
		bytes.n -= n;
	}
	ck_ok(pack_stream_end(s, mark, &e), &e);
	mark->at = at;
}

void
made_add(
    struct made *m, enum pack_type type, struct slice bytes, enum made_how how)
{
	CLEANUP(pack_press_freep) struct pack_press *z = pack_press_new();
	CLEANUP(digest_freep) struct digest *sha1 = digest_sha1_new();
	struct pack_mark mark = { .at = m->bytes.n };

	pack_id(sha1, type, bytes, &mark.id);
	for (size_t i = 0; i < m->n; i++)
		if (gitx_oid_eq(&m->order[i].id, &mark.id))
			return;
	if (how == MADE_STREAMED)
		add_streamed(m, type, bytes, &mark);
	else if (how == MADE_PRESSED)
		pack_put_pressed(z, &m->bytes, type, bytes, &mark.crc);
	else
		pack_put_stored(&m->bytes, type, bytes, &mark.crc);
	ck_assert_uint_lt(m->n, MADE_MAX);
	m->types[m->n] = type;
	m->sizes[m->n] = bytes.n;
	m->order[m->n] = mark;
	m->marks[m->n++] = mark;
}

char *
made_write(struct made *m, const char *dir)
{
	CLEANUP(buf_free) struct buf idx = BUF_INIT(pack_idx_max(m->n));
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(freep) char *idx_path = NULL;
	char name[2 * PACK_SUM + 1], *path;
	struct err e = ERR_INIT;

	ck_ok(memfd_new("pack", &fd, &e), &e);
	ck_ok(fd_write(fd, m->bytes.p, m->bytes.n, &e), &e);
	ck_ok(
	    pack_trailer(fd, m->bytes.n, (uint32_t)m->n, &m->trailer, &e), &e);
	memcpy(m->bytes.p, m->trailer.header, PACK_HEADER);
	buf_put(&m->bytes, m->trailer.sum, PACK_SUM);
	ck_ok(pack_idx(m->marks, m->n, m->trailer.sum, &idx, &e), &e);
	hex_encode(m->trailer.sum, PACK_SUM, name);
	path = xasprintf("%s/pack-%s.pack", dir, name);
	idx_path = xasprintf("%s/pack-%s.idx", dir, name);
	ck_ok(fs_write(AT_FDCWD, path, buf_slice(&m->bytes), 0644, &e), &e);
	ck_ok(fs_write(AT_FDCWD, idx_path, buf_slice(&idx), 0644, &e), &e);
	return path;
}

void
made_free(struct made *m)
{
	buf_free(&m->bytes);
}

void
random_bytes(uint64_t *seed, struct buf *out, size_t n)
{
	static const char text[] = "the applicant submits the dossier, and ";

	while (n > 0) {
		bool noise = random_next(seed) % 3 == 0;
		size_t run = random_next(seed) % 900 + 1;

		for (run = run < n ? run : n; run > 0; run--, n--)
			buf_putc(out,
			    noise ? (int)(random_next(seed) & 0xff)
				  : text[n % (sizeof(text) - 1)]);
	}
}

PRINTF_LIKE(2, 0)
static char *
command(const char *dir, const char *format, va_list ap)
{
	CLEANUP(freep) char *what = NULL;

	if (vasprintf(&what, format, ap) < 0)
		abort();
	return xasprintf("cd '%s' && export GIT_CONFIG_NOSYSTEM=1 "
			 "GIT_CONFIG_GLOBAL=/dev/null HOME=/nonexistent && %s",
	    dir, what);
}

int
shell_status(const char *dir, const char *format, ...)
{
	CLEANUP(freep) char *line = NULL;
	va_list ap;

	va_start(ap, format);
	line = command(dir, format, ap);
	va_end(ap);
	/* NOLINTNEXTLINE(cert-env33-c): a test's own command line */
	return system(line);
}

void
shell(const char *dir, const char *format, ...)
{
	CLEANUP(freep) char *line = NULL;
	va_list ap;

	va_start(ap, format);
	line = command(dir, format, ap);
	va_end(ap);
	/* NOLINTNEXTLINE(cert-env33-c): a test's own command line */
	ck_assert_msg(system(line) == 0, "failed: %s", line);
}

struct buf
shell_read(const char *dir, const char *format, ...)
{
	CLEANUP(freep) char *line = NULL;
	struct buf out = BUF_INIT(MIB(64));
	uint8_t block[4096];
	va_list ap;
	size_t n;
	FILE *f;

	va_start(ap, format);
	line = command(dir, format, ap);
	va_end(ap);
	/* NOLINTNEXTLINE(cert-env33-c): a test's own command line */
	f = popen(line, "r");
	ck_assert_ptr_nonnull(f);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_put(&out, block, n);
	ck_assert_msg(pclose(f) == 0, "failed: %s", line);
	return out;
}
