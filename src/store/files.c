/* SPDX-License-Identifier: Apache-2.0 */
/* The system's file operations, and what is made of any. */
#include "nintei/store_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "segment_int.h"

static int
sys_open(void *arg, const char *path, int flags, mode_t mode)
{
	(void)arg;
	return open(path, flags, mode);
}

static ssize_t
sys_pwrite(void *arg, int fd, const void *p, size_t n, off_t at)
{
	(void)arg;
	return pwrite(fd, p, n, at);
}

static int
sys_fdatasync(void *arg, int fd)
{
	(void)arg;
	return fdatasync(fd);
}

static int
sys_fsync(void *arg, int fd)
{
	(void)arg;
	return fsync(fd);
}

static int
sys_ftruncate(void *arg, int fd, off_t size)
{
	(void)arg;
	return ftruncate(fd, size);
}

static int
sys_link(void *arg, const char *from, const char *to)
{
	(void)arg;
	return link(from, to);
}

static int
sys_rename(void *arg, const char *from, const char *to)
{
	(void)arg;
	return rename(from, to);
}

static int
sys_unlink(void *arg, const char *path)
{
	(void)arg;
	return unlink(path);
}

const struct store_files store_files_system = { sys_open, sys_pwrite,
	sys_fdatasync, sys_fsync, sys_ftruncate, sys_link, sys_rename,
	sys_unlink, NULL };

int
files_pwrite(const struct store_files *f, int fd, struct slice bytes,
    uint64_t at, size_t *out_n, struct err *e)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = f->pwrite(f->arg, fd, bytes.p + done,
		    bytes.n - done, (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n == 0)
				errno = ENOSPC;
			if (out_n != NULL)
				*out_n = done;
			return err_sys(
			    e, E_UNAVAILABLE, "the store cannot write");
		}
		done += (size_t)n;
	}
	return 0;
}

int
files_zero(
    const struct store_files *f, int fd, size_t n, uint64_t at, struct err *e)
{
	CLEANUP(freep) uint8_t *zeros = xcalloc(n + 1, 1);

	return files_pwrite(f, fd, slice_of(zeros, n), at, NULL, e);
}

int
files_sync_dir(const struct store_files *f, const char *path, struct err *e)
{
	CLEANUP(fd_closep)
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || f->fsync(f->arg, fd) < 0)
		return files_sync_failed("cannot sync a folder", e);
	return 0;
}

int
files_sync_failed(const char *what, struct err *e)
{
	(void)err_sys(e, E_UNAVAILABLE, "%s", what);
	if (files_full(e))
		e->sys = EIO; /* the trail has the other */
	return -1;
}

bool
files_full(const struct err *e)
{
	return e->sys == ENOSPC || e->sys == EDQUOT;
}
