/* SPDX-License-Identifier: Apache-2.0 */
/* Files read with a limit and written durably; sealed memory. */
#include "nintei/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

char *
fs_join(const char *dir, const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

/* What a disk that is full or broken says passes; the rest is a fault. */
static int
disk_err(struct err *e, const char *what)
{
	bool disk = errno == ENOSPC || errno == EDQUOT || errno == EIO ||
	    errno == EROFS;

	return err_sys(e, disk ? E_UNAVAILABLE : E_INTERNAL, "%s", what);
}

int
fd_write(int fd, const void *p, size_t n, struct err *e)
{
	const uint8_t *at = p;

	while (n > 0) {
		ssize_t k = write(fd, at, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return disk_err(e, "cannot write");
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

int
fd_pread(int fd, void *p, size_t n, off_t at, struct err *e)
{
	uint8_t *to = p;

	while (n > 0) {
		ssize_t k = pread(fd, to, n, at);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_sys(e, E_INTERNAL, "cannot read");
		if (k == 0)
			return err_set(e, E_INPUT, "the input ended early");
		to += k;
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

int
fs_read(int dirfd, const char *path, size_t max, struct buf *out, struct err *e)
{
	CLEANUP(fd_closep) int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t piece[8192];
	ssize_t k;

	if (fd < 0)
		return err_sys(e, errno == ENOENT ? E_NOT_FOUND : E_INTERNAL,
		    "cannot open a file");
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(e, E_INPUT, "not a regular file");
	if ((uintmax_t)st.st_size > max)
		return err_set(e, E_LIMIT, "want at most %zu bytes", max);
	while ((k = read(fd, piece, sizeof(piece))) != 0) {
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_sys(e, E_INTERNAL, "cannot read");
		if (out->n + (size_t)k > max)
			return err_set(
			    e, E_LIMIT, "want at most %zu bytes", max);
		buf_put(out, piece, (size_t)k);
	}
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "file too large");
	return 0;
}

/* fsync the folder in which path stands. */
static int
sync_parent(int dirfd, const char *path, struct err *e)
{
	CLEANUP(freep) char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');
	CLEANUP(fd_closep) int fd = -1;

	if (slash == dir)
		slash[1] = '\0';
	else if (slash != NULL)
		*slash = '\0';
	fd = openat(dirfd, slash == NULL ? "." : dir,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return disk_err(e, "cannot sync a folder");
	return 0;
}

static int
write_temp(
    int dirfd, const char *temp, struct slice bytes, mode_t mode, struct err *e)
{
	CLEANUP(fd_closep)
	int fd =
	    openat(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return disk_err(e, "cannot create a file");
	if (fchmod(fd, mode) < 0)
		return err_sys(e, E_INTERNAL, "cannot set a file's mode");
	if (fd_write(fd, bytes.p, bytes.n, e) < 0)
		return -1;
	if (fsync(fd) < 0)
		return disk_err(e, "cannot sync a file");
	return 0;
}

/* A name beside path that no other thread or process uses. */
static char *
temp_name(const char *path)
{
	static unsigned counter;

	return xasprintf("%s.tmp-%d-%u", path, (int)getpid(),
	    __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED));
}

int
fs_write(
    int dirfd, const char *path, struct slice bytes, mode_t mode, struct err *e)
{
	CLEANUP(freep) char *temp = temp_name(path);

	if (write_temp(dirfd, temp, bytes, mode, e) < 0 ||
	    (renameat(dirfd, temp, dirfd, path) < 0 &&
		disk_err(e, "cannot rename a file") < 0)) {
		unlinkat(dirfd, temp, 0);
		return -1;
	}
	return sync_parent(dirfd, path, e);
}

int
fs_create(
    int dirfd, const char *path, struct slice bytes, mode_t mode, struct err *e)
{
	CLEANUP(freep) char *temp = temp_name(path);
	int rv;

	rv = write_temp(dirfd, temp, bytes, mode, e);
	if (rv == 0 && linkat(dirfd, temp, dirfd, path, 0) < 0)
		rv = err_sys(e, errno == EEXIST ? E_STORE_CONFLICT : E_INTERNAL,
		    "cannot create a file that must be new");
	unlinkat(dirfd, temp, 0);
	if (rv < 0)
		return -1;
	return sync_parent(dirfd, path, e);
}

int
fs_mkdirs(int dirfd, const char *path, mode_t mode, struct err *e)
{
	CLEANUP(freep) char *copy = xstrdup(path);

	for (char *p = copy + 1;; p++) {
		char was = *p;

		if (was != '/' && was != '\0')
			continue;
		*p = '\0';
		if (mkdirat(dirfd, copy, mode) < 0 && errno != EEXIST)
			return disk_err(e, "cannot make a folder");
		if (was == '\0')
			return 0;
		*p = was;
	}
}

int
memfd_new(const char *name, int *out, struct err *e)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return err_sys(e, E_UNAVAILABLE, "no memory for a body");
	*out = fd;
	return 0;
}

#define ALL_SEALS (F_SEAL_SEAL | F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK)

int
memfd_seal(int fd, struct err *e)
{
	if (fcntl(fd, F_ADD_SEALS, ALL_SEALS) < 0)
		return err_sys(e, E_INTERNAL, "cannot seal memory");
	return 0;
}

int
memfd_of(const char *name, struct slice bytes, int *out, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;

	if (memfd_new(name, &fd, e) < 0 ||
	    fd_write(fd, bytes.p, bytes.n, e) < 0 || memfd_seal(fd, e) < 0)
		return -1;
	*out = TAKE_FD(fd);
	return 0;
}

int
blob_check(int fd, uint64_t max, uint64_t *out_size, struct err *e)
{
	int have = fcntl(fd, F_GET_SEALS);
	struct stat st;

	if (have < 0 || (have & ALL_SEALS) != ALL_SEALS)
		return err_set(e, E_IPC, "memory is not sealed");
	if (fstat(fd, &st) < 0)
		return err_sys(e, E_INTERNAL, "fstat");
	if (st.st_size <= 0 || (uintmax_t)st.st_size > max)
		return err_set(e, E_LIMIT, "want 1 to %llu bytes",
		    (unsigned long long)max);
	*out_size = (uint64_t)st.st_size;
	return 0;
}

int
blob_map(int fd, size_t max, struct blob *out, struct err *e)
{
	uint64_t size;
	void *p;

	if (blob_check(fd, max, &size, e) < 0)
		return -1;
	/* Older kernels refuse a shared map of write-sealed memory. */
	p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, E_INTERNAL, "cannot map memory");
	out->p = p;
	out->n = (size_t)size;
	return 0;
}

void
blob_unmap(struct blob *b)
{
	union {
		const uint8_t *c;
		void *p;
	} u = { b->p };

	if (b->p != NULL)
		munmap(u.p, b->n);
	b->p = NULL;
	b->n = 0;
}
