/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuse_disk MOUNTPOINT MEGABYTES FOLDER: a disk with a volatile cache, as a
 * file for a loop device.  MOUNTPOINT/disk is what is written; FOLDER/durable
 * holds what was written before the last flush.  Writing "HOW SEED FILE" into
 * MOUNTPOINT/control makes FILE what the disk holds if power fails now: what
 * is durable, and of the rest none, all, some pieces of 4 KiB (some) or what
 * was written first (prefix).
 */
#define FUSE_USE_VERSION 35
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/cc.h"
#include "support/support.h"

#define PIECE 4096u

/* One piece that no flush has followed yet. */
struct pending {
	uint64_t at;
	uint32_t n;
	uint8_t bytes[PIECE];
};

static struct disk {
	uint64_t size;
	int live, durable;
	struct pending *pending; /* oldest first */
	size_t n, cap;
	unsigned long flushes, writes;
} disk;

static int
put(int fd, const void *p, size_t n, uint64_t at)
{
	return pwrite(fd, p, n, (off_t)at) == (ssize_t)n ? 0 : -EIO;
}

static void
remember(const uint8_t *p, uint32_t n, uint64_t at)
{
	struct pending *x;

	if (disk.n == disk.cap) {
		disk.cap = disk.cap == 0 ? 1024 : 2 * disk.cap;
		disk.pending =
		    xrealloc(disk.pending, disk.cap, sizeof(*disk.pending));
	}
	x = &disk.pending[disk.n++];
	x->at = at;
	x->n = n;
	memcpy(x->bytes, p, n);
}

static int
flush(void)
{
	for (size_t i = 0; i < disk.n; i++)
		if (put(disk.durable, disk.pending[i].bytes, disk.pending[i].n,
			disk.pending[i].at) < 0)
			return -EIO;
	disk.n = 0;
	disk.flushes++;
	return 0;
}

/* --- power fails --- */

/* Only where there is data: the disk is mostly holes. */
static int
copy_sparse(int from, int to)
{
	static uint8_t bytes[1 << 20];
	off_t at = 0, end = 0;

	if (ftruncate(to, (off_t)disk.size) < 0)
		return -EIO;
	while ((at = lseek(from, end, SEEK_DATA)) >= 0) {
		end = lseek(from, at, SEEK_HOLE);
		while (at < end) {
			size_t want = (size_t)(end - at) < sizeof(bytes)
			    ? (size_t)(end - at)
			    : sizeof(bytes);
			ssize_t n = pread(from, bytes, want, at);

			if (n <= 0 || put(to, bytes, (size_t)n, (uint64_t)at))
				return -EIO;
			at += n;
		}
	}
	return errno == ENXIO ? 0 : -EIO;
}

static bool
survives(const char *how, size_t i, size_t prefix, uint64_t *random)
{
	if (strcmp(how, "some") == 0)
		return random_next(random) % 2 == 0;
	if (strcmp(how, "prefix") == 0)
		return i < prefix;
	return strcmp(how, "all") == 0;
}

static int
fail_power(const char *how, uint64_t seed, const char *path)
{
	CLEANUP(fd_closep)
	int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t prefix = disk.n == 0 ? 0 : random_next(&seed) % disk.n;
	int rv;

	if (out < 0)
		return -errno;
	rv = copy_sparse(disk.durable, out);
	for (size_t i = 0; i < disk.n && rv == 0; i++)
		if (survives(how, i, prefix, &seed))
			rv = put(out, disk.pending[i].bytes, disk.pending[i].n,
			    disk.pending[i].at);
	return rv;
}

static int
obey(const char *p, size_t n)
{
	char text[4096], how[16], path[4000];
	uint64_t seed;
	int rv;

	if (n >= sizeof(text))
		return -EINVAL;
	memcpy(text, p, n);
	text[n] = '\0';
	if (sscanf(text, "%15s %" SCNu64 " %3999s", how, &seed, path) != 3)
		return -EINVAL;
	rv = fail_power(how, seed, path);
	return rv < 0 ? rv : (int)n;
}

/* --- the two files --- */

static bool
is_disk(const char *path)
{
	return strcmp(path, "/disk") == 0;
}

static int
op_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	*st = (struct stat){ .st_nlink = 1, .st_mode = S_IFREG | 0600 };
	if (strcmp(path, "/") == 0)
		st->st_mode = S_IFDIR | 0700;
	else if (is_disk(path))
		st->st_size = (off_t)disk.size;
	else if (strcmp(path, "/control") != 0)
		return -ENOENT;
	return 0;
}

static int
op_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t at,
    struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	(void)path;
	(void)at;
	(void)fi;
	(void)flags;
	fill(buf, "disk", NULL, 0, FUSE_FILL_DIR_PLUS);
	fill(buf, "control", NULL, 0, FUSE_FILL_DIR_PLUS);
	return 0;
}

static int
op_open(const char *path, struct fuse_file_info *fi)
{
	fi->direct_io = !is_disk(path);
	fi->keep_cache = is_disk(path);
	return 0;
}

static int
op_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	(void)fi;
	return is_disk(path) && (uint64_t)size != disk.size ? -EINVAL : 0;
}

static int
op_read(
    const char *path, char *p, size_t n, off_t at, struct fuse_file_info *fi)
{
	(void)fi;
	return is_disk(path) ? (int)pread(disk.live, p, n, at) : 0;
}

static int
op_write(const char *path, const char *p, size_t n, off_t at,
    struct fuse_file_info *fi)
{
	uint64_t end = (uint64_t)at + n;

	(void)fi;
	if (!is_disk(path))
		return obey(p, n);
	if (end > disk.size)
		return -ENOSPC;
	if (put(disk.live, p, n, (uint64_t)at) < 0)
		return -EIO;
	for (uint64_t i = (uint64_t)at, next; i < end; i = next) {
		next = (i / PIECE + 1) * PIECE;
		if (next > end)
			next = end;
		remember((const uint8_t *)p + (i - (uint64_t)at),
		    (uint32_t)(next - i), i);
	}
	disk.writes++;
	return (int)n;
}

static int
op_fsync(const char *path, int data_only, struct fuse_file_info *fi)
{
	(void)data_only;
	(void)fi;
	return is_disk(path) ? flush() : 0;
}

/* A discarded block reads as anything: the old bytes will do. */
static int
op_fallocate(
    const char *path, int mode, off_t at, off_t n, struct fuse_file_info *fi)
{
	(void)path;
	(void)mode;
	(void)at;
	(void)n;
	(void)fi;
	return -EOPNOTSUPP;
}

static const struct fuse_operations operations = {
	.getattr = op_getattr,
	.readdir = op_readdir,
	.open = op_open,
	.truncate = op_truncate,
	.read = op_read,
	.write = op_write,
	.fsync = op_fsync,
	.fallocate = op_fallocate,
};

static int
image_open(const char *folder, const char *name)
{
	CLEANUP(freep) char *path = xasprintf("%s/%s", folder, name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)disk.size) < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

int
main(int argc, char **argv)
{
	char foreground[] = "-f", single[] = "-s";
	char *args[] = { argv[0], argv[1], foreground, single, NULL };
	int rv;

	if (argc != 4) {
		fprintf(
		    stderr, "usage: fuse_disk MOUNTPOINT MEGABYTES FOLDER\n");
		return 2;
	}
	disk.size = strtoull(argv[2], NULL, 10) << 20;
	disk.live = image_open(argv[3], "live");
	disk.durable = image_open(argv[3], "durable");
	rv = fuse_main((int)NELEM(args) - 1, args, &operations, NULL);
	printf("%lu writes, %lu flushes\n", disk.writes, disk.flushes);
	free(disk.pending);
	return rv;
}
