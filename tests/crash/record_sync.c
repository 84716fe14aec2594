/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded syncs, and calls that a trace cannot follow. */
#include "record_int.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

static bool
is_lie(int fd)
{
	const char *lie = getenv("RECORD_LIE");
	char path[PATH_MAX];

	return lie != NULL && fnmatch(lie, rec_path(fd, path), 0) == 0;
}

/*
 * In place of a sync: the trace decides what is durable, and a test then does
 * not hang on how busy the disk is.  Others write on meanwhile.
 */
static bool
nap(void)
{
	const char *text = getenv("RECORD_NAP");

	if (text == NULL)
		return false;
	usleep((useconds_t)strtoul(text, NULL, 10));
	return true;
}

static int
synced(int fd, enum trace_type type, int (*call)(int))
{
	struct stat st;
	uint64_t from;
	int rv;

	if (!rec_of_interest(fd, &st))
		return call(fd);
	rec_lock();
	from = rec_end();
	rec_unlock();
	rv = nap() ? 0 : call(fd);
	if (rv == 0 && !is_lie(fd)) {
		rec_lock();
		rec_emit(
		    &(struct trace_rec){
			.type = type, .ino = st.st_ino, .a = from },
		    NULL);
		rec_unlock();
	}
	return rv;
}

#define SYNC_SHIM(name, type)                         \
	static int real_##name(int fd)                \
	{                                             \
		typedef int (*name##_fn)(int);        \
		REAL(name##_fn, #name)                \
		return real(fd);                      \
	}                                             \
	int name(int fd)                              \
	{                                             \
		return synced(fd, type, real_##name); \
	}
SYNC_SHIM(fsync, TRACE_SYNC)
SYNC_SHIM(fdatasync, TRACE_SYNC)
SYNC_SHIM(syncfs, TRACE_SYNC_ALL)

/* --- what the trace cannot follow --- */

void *
mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	typedef void *(*mmap_fn)(void *, size_t, int, int, int, off_t);
	REAL(mmap_fn, "mmap")
	char path[PATH_MAX];
	struct stat st;

	/* The index's -shm is not kept over a restart. */
	if (rec_trace >= 0 && fd >= 0 && (flags & MAP_SHARED) != 0 &&
	    (prot & PROT_WRITE) != 0 && rec_of_interest(fd, &st) &&
	    fnmatch("*-shm", rec_path(fd, path), 0) != 0)
		rec_foreign("mmap");
	return real(at, n, prot, flags, fd, off);
}

void *mmap64(void *at, size_t n, int prot, int flags, int fd, off_t off);
void *
mmap64(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	return mmap(at, n, prot, flags, fd, off);
}

ssize_t
sendfile(int out, int in, off_t *at, size_t n)
{
	typedef ssize_t (*sendfile_fn)(int, int, off_t *, size_t);
	REAL(sendfile_fn, "sendfile")
	struct stat st;

	if (rec_of_interest(out, &st))
		rec_foreign("sendfile");
	return real(out, in, at, n);
}

ssize_t
copy_file_range(
    int in, off_t *in_at, int out, off_t *out_at, size_t n, unsigned flags)
{
	typedef ssize_t (*copy_fn)(
	    int, off_t *, int, off_t *, size_t, unsigned);
	REAL(copy_fn, "copy_file_range")
	struct stat st;

	if (rec_of_interest(out, &st))
		rec_foreign("copy_file_range");
	return real(in, in_at, out, out_at, n, flags);
}
