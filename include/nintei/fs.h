/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_FS_H
#define NINTEI_FS_H
/*
 * fs: files read with a limit, written whole and durably; sealed memory.
 * Runs in: every process but the workers.
 */
#include <sys/types.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

/* Read a regular file of at most max bytes.  dirfd may be AT_FDCWD. */
int fs_read(int dirfd, const char *path, size_t max, struct buf *out,
    struct err *e) MUST_CHECK;
/*
 * Write the whole file durably: temporary name, fsync, rename, fsync of the
 * folder.  mode as for open(2).
 */
int fs_write(int dirfd, const char *path, struct slice bytes, mode_t mode,
    struct err *e) MUST_CHECK;
/* The same, but an existing file is E_STORE_CONFLICT. */
int fs_create(int dirfd, const char *path, struct slice bytes, mode_t mode,
    struct err *e) MUST_CHECK;
/* mkdir -p below dirfd. */
int fs_mkdirs(
    int dirfd, const char *path, mode_t mode, struct err *e) MUST_CHECK;
/* "dir/name", allocated. */
char *fs_join(const char *dir, const char *name);

/*
 * All n bytes, or an error: E_INTERNAL; E_UNAVAILABLE of a disk that is full
 * or broken, also of fs_write and fs_create; E_INPUT of short input.
 */
int fd_write(int fd, const void *p, size_t n, struct err *e) MUST_CHECK;
int fd_pread(int fd, void *p, size_t n, off_t at, struct err *e) MUST_CHECK;

/*
 * Sealed memory: how bulk data travels between processes (PROTOCOL.ipc).
 * memfd_new: close-on-exec, sealable.  memfd_seal: against write, grow,
 * shrink and further seals.  memfd_of: a sealed one with these bytes.
 */
int memfd_new(const char *name, int *out, struct err *e) MUST_CHECK;
int memfd_seal(int fd, struct err *e) MUST_CHECK;
int memfd_of(
    const char *name, struct slice bytes, int *out, struct err *e) MUST_CHECK;

/*
 * What a peer sent as sealed memory, mapped private and read-only.
 * Errors: E_IPC (not a sealed memfd), E_LIMIT (empty or over max).
 * blob_check does all but map and gives the size.
 */
struct blob {
	const uint8_t *p;
	size_t n;
};
int blob_check(
    int fd, uint64_t max, uint64_t *out_size, struct err *e) MUST_CHECK;
int blob_map(int fd, size_t max, struct blob *out, struct err *e) MUST_CHECK;
void blob_unmap(struct blob *b); /* for CLEANUP(blob_unmap) */

#endif
