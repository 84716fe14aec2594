/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_FILES_H
#define NINTEI_STORE_FILES_H
/*
 * store_files: the operations by which the store changes a disk.  Tests give
 * a table whose n-th call fails, writes short or kills.
 * Runs in: core; nintei (init).  Each is the call of its name in POSIX.
 */
#include <sys/types.h>

struct store_files {
	int (*open)(void *arg, const char *path, int flags, mode_t mode);
	ssize_t (*pwrite)(void *arg, int fd, const void *p, size_t n, off_t at);
	int (*fdatasync)(void *arg, int fd);
	int (*fsync)(void *arg, int fd);
	int (*ftruncate)(void *arg, int fd, off_t size);
	int (*link)(void *arg, const char *from, const char *to);
	int (*rename)(void *arg, const char *from, const char *to);
	int (*unlink)(void *arg, const char *path);
	void *arg;
};
/* The system's. */
extern const struct store_files store_files_system;

#endif
