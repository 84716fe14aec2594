/* SPDX-License-Identifier: Apache-2.0 */
/* File operations that count, and fail at a number. */
#include "support/store_faults.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>

#include "nintei/cc.h"

static bool
fails(struct faults *f, enum fault_kind kind)
{
	unsigned at = f->at, n;

	if (f->kind != FAULT_ALL && f->kind != kind)
		return false;
	n = ++f->count;
	if (f->kind == FAULT_ROOM ? at == 0 || n < at : n != at)
		return false;
	f->hit = true;
	if (f->kill)
		raise(SIGKILL);
	errno = f->sys;
	return true;
}

static int
fault_open(void *arg, const char *path, int flags, mode_t mode)
{
	const struct store_files *sys = &store_files_system;

	if ((flags & O_CREAT) != 0 && fails(arg, FAULT_ROOM))
		return -1;
	return sys->open(NULL, path, flags, mode);
}

static ssize_t
fault_pwrite(void *arg, int fd, const void *p, size_t n, off_t at)
{
	const struct store_files *sys = &store_files_system;
	struct faults *f = arg;

	if (!fails(f, FAULT_ROOM))
		return sys->pwrite(NULL, fd, p, n, at);
	/* The rest is tried again, and fails then. */
	if (f->half && n > 1) {
		f->at++;
		return sys->pwrite(NULL, fd, p, n / 2, at);
	}
	return -1;
}

#define FAULT(kind, name, params, args)                                      \
	static int fault_##name params                                       \
	{                                                                    \
		return fails(arg, kind) ? -1 : store_files_system.name args; \
	}
/* clang-format off */
FAULT(FAULT_SYNC, fdatasync, (void *arg, int fd), (NULL, fd))
FAULT(FAULT_SYNC, fsync, (void *arg, int fd), (NULL, fd))
FAULT(FAULT_ALL, ftruncate, (void *arg, int fd, off_t size), (NULL, fd, size))
FAULT(FAULT_ROOM, link, (void *arg, const char *from, const char *to),
    (NULL, from, to))
FAULT(FAULT_ROOM, rename, (void *arg, const char *from, const char *to),
    (NULL, from, to))
FAULT(FAULT_ALL, unlink, (void *arg, const char *path), (NULL, path))
/* clang-format on */

struct store_files
fault_files(struct faults *f)
{
	return (struct store_files){ fault_open, fault_pwrite, fault_fdatasync,
		fault_fsync, fault_ftruncate, fault_link, fault_rename,
		fault_unlink, f };
}
