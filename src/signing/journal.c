/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: canonical JSON lines, each with the SHA-256 of the one
 * before, appended and synced before any answer leaves.
 */
#include "signing_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"

static void
file_closep(FILE **f)
{
	if (*f != NULL)
		fclose(*f);
}

/* JOURNAL-1: sequence and hash of the record before. */
static int
link_check(const struct journal *j, const struct json *record, struct err *e)
{
	const char *prev = jsonx_get_str(record, "prev");
	char want[SHA256_HEX];

	hex_encode(j->hash, sizeof(j->hash), want);
	if (jsonx_get_int(record, "seq", -1) != (int64_t)j->seq + 1 ||
	    prev == NULL || strcmp(prev, want) != 0)
		return err_set(e, E_STORE_CORRUPT,
		    "signer's journal breaks after record %llu",
		    (unsigned long long)j->seq);
	return 0;
}

static void
advance(struct journal *j, struct slice line, struct journal_place *at)
{
	at->offset = j->size;
	at->n = line.n;
	at->seq = j->seq + 1;
	sha256_of(line, at->hash);
	j->seq++;
	j->size += line.n + 1;
	bytes_take(slice_of(at->hash, 32), j->hash, 32);
}

static int
line_replay(struct journal *j, struct slice line, journal_fn fn, void *arg,
    struct err *e)
{
	CLEANUP(jsonx_freep) struct json *record = NULL;
	struct err why = ERR_INIT;
	struct journal_place at;

	if (jsonx_parse_canonical(line, JOURNAL_LINE_BYTES, &record, &why) < 0)
		return err_set(e, E_STORE_CORRUPT,
		    "signer's journal: record %llu cannot be read",
		    (unsigned long long)j->seq + 1);
	if (link_check(j, record, e) < 0)
		return -1;
	advance(j, line, &at);
	return fn(arg, record, &at, e);
}

/* JOURNAL-2: a last line without its newline was never answered. */
static int
tail_cut(struct journal *j, struct err *e)
{
	off_t end = lseek(j->fd, 0, SEEK_END);

	if (end < 0)
		return err_sys(e, E_INTERNAL, "lseek");
	if ((uint64_t)end == j->size)
		return 0;
	if (ftruncate(j->fd, (off_t)j->size) < 0 || fdatasync(j->fd) < 0)
		return err_sys(e, E_INTERNAL, "signer's journal");
	return 0;
}

static int
lines_replay(struct journal *j, journal_fn fn, void *arg, struct err *e)
{
	CLEANUP(fd_closep) int fd = dup(j->fd);
	CLEANUP(file_closep) FILE *f = NULL;
	CLEANUP(freep) char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (fd < 0 || (f = fdopen(fd, "r")) == NULL)
		return err_sys(e, E_INTERNAL, "signer's journal");
	(void)TAKE_FD(fd);
	while ((n = getline(&line, &cap, f)) > 0 && line[n - 1] == '\n')
		if (line_replay(j, slice_of(line, (size_t)n - 1), fn, arg, e) <
		    0)
			return -1;
	if (ferror(f))
		return err_sys(e, E_INTERNAL, "signer's journal");
	return 0;
}

int
journal_open(
    int fd, struct journal *out, journal_fn fn, void *arg, struct err *e)
{
	struct journal j = { .fd = fd };

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
		    ? err_set(e, E_STORE_LOCKED, "another signer is running")
		    : err_sys(e, E_INTERNAL, "flock");
	if (lines_replay(&j, fn, arg, e) < 0 || tail_cut(&j, e) < 0)
		return -1;
	*out = j;
	return 0;
}

static void
record_complete(const struct journal *j, struct json *record, int64_t now)
{
	char hex[SHA256_HEX], text[INSTANT_TEXT];

	jsonx_set_str(record, "at", instant_format(now, text));
	jsonx_set_str(record, "prev", hex_encode(j->hash, 32, hex));
	jsonx_set_str(record, "schema", JOURNAL_SCHEMA);
	jsonx_set_int(record, "seq", (int64_t)j->seq + 1);
}

static int
line_write(const struct journal *j, const struct buf *line, struct err *e)
{
	size_t done = 0;

	while (done < line->n) {
		ssize_t n = pwrite(j->fd, line->p + done, line->n - done,
		    (off_t)(j->size + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, E_UNAVAILABLE, "signer's journal");
		done += (size_t)n;
	}
	if (fdatasync(j->fd) < 0)
		return err_sys(e, E_UNAVAILABLE, "signer's journal");
	return 0;
}

int
journal_append(struct journal *j, struct json *record, int64_t now,
    struct journal_place *out, struct err *e)
{
	CLEANUP(buf_free) struct buf line = BUF_INIT(JOURNAL_LINE_BYTES);

	if (j->broken)
		return err_set(
		    e, E_UNAVAILABLE, "the signer's journal failed before");
	record_complete(j, record, now);
	jsonx_canonical(record, &line);
	buf_putc(&line, '\n');
	if (!buf_ok(&line))
		return err_set(e, E_LIMIT, "record too large");
	/* After a failed write or sync the file's end proves nothing. */
	if (line_write(j, &line, e) < 0) {
		j->broken = true;
		return -1;
	}
	advance(j, slice_of(line.p, line.n - 1), out);
	return 0;
}

int
journal_read(const struct journal *j, const struct journal_place *at,
    struct json **out, struct err *e)
{
	CLEANUP(freep) uint8_t *line = xcalloc(1, at->n);
	uint8_t hash[32];

	if (fd_pread(j->fd, line, at->n, (off_t)at->offset, e) < 0)
		return err_wrap(e, "signer's journal");
	sha256_of(slice_of(line, at->n), hash);
	if (memcmp(hash, at->hash, sizeof(hash)) != 0)
		return err_set(
		    e, E_STORE_CORRUPT, "signer's journal changed under us");
	return jsonx_parse_canonical(
	    slice_of(line, at->n), JOURNAL_LINE_BYTES, out, e);
}
