/* SPDX-License-Identifier: Apache-2.0 */
/* Flat files of hashes: one for the entries, one for each level. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/fs.h"

#include "tiles_int.h"

static int
fd_of(const struct tiles *t, int level)
{
	return level == ENTRIES ? t->entries : t->level[level];
}

int
file_open(struct tiles *t, int level, struct err *e)
{
	int *fd = level == ENTRIES ? &t->entries : &t->level[level];
	int flags = t->writable ? O_RDWR | O_CREAT : O_RDONLY;
	char name[16] = "entries";

	if (*fd >= 0)
		return 0;
	if (level != ENTRIES)
		snprintf(name, sizeof(name), "level-%02d", level & 63);
	*fd = openat(t->dir, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return err_sys(e, errno == ENOENT ? E_NOT_FOUND : E_UNAVAILABLE,
		    "the log's cache cannot be opened");
	return 0;
}

int
file_count(const struct tiles *t, int level, uint64_t *out, struct err *e)
{
	struct stat st;

	if (fstat(fd_of(t, level), &st) < 0)
		return err_sys(e, E_UNAVAILABLE, "the log's cache");
	*out = (uint64_t)st.st_size / TLOG_HASH;
	return 0;
}

int
file_cut(const struct tiles *t, int level, uint64_t count, struct err *e)
{
	if (ftruncate(fd_of(t, level), (off_t)(count * TLOG_HASH)) < 0)
		return err_sys(e, E_UNAVAILABLE, "the log's cache");
	return 0;
}

int
file_read(const struct tiles *t, int level, uint64_t index, void *out, size_t n,
    struct err *e)
{
	struct err why = ERR_INIT;

	if (fd_pread(fd_of(t, level), out, n * TLOG_HASH,
		(off_t)(index * TLOG_HASH), &why) < 0)
		return err_set(e, E_UNAVAILABLE,
		    "the log's cache cannot be read: %s", why.detail);
	return 0;
}

int
file_write(const struct tiles *t, int level, uint64_t index, const void *hashes,
    size_t n, struct err *e)
{
	const uint8_t *p = hashes;
	size_t left = n * TLOG_HASH;
	off_t at = (off_t)(index * TLOG_HASH);

	while (left > 0) {
		ssize_t w = pwrite(fd_of(t, level), p, left, at);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return err_sys(e, E_UNAVAILABLE,
			    "the log's cache cannot be written");
		p += w;
		at += w;
		left -= (size_t)w;
	}
	return 0;
}

int
file_sync(const struct tiles *t, int level, struct err *e)
{
	if (fdatasync(fd_of(t, level)) < 0)
		return err_sys(e, E_UNAVAILABLE, "the log's cache");
	return 0;
}
