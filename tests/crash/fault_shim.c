/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded: counts the calls that change a disk, and at call FAULT_AT does
 * what FAULT_MODE says: "before" and "after" kill the process around the
 * call, "short" writes half and kills, "eio" and "enospc" let it fail.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

int fault_arm(int on);

static int armed;
static _Atomic long count;
static long target;
static _Atomic pid_t hit; /* the thread whose call it was */
static const char *mode = "";

static void
die(void)
{
	raise(SIGKILL);
}

/* Begin or stop counting; returns whether the call was reached. */
int
fault_arm(int on)
{
	const char *at = getenv("FAULT_AT");
	const char *how = getenv("FAULT_MODE");
	int reached = armed && count >= target;

	armed = on && at != NULL && how != NULL;
	target = armed ? strtol(at, NULL, 10) : 0;
	mode = how;
	count = 0;
	hit = 0;
	return reached;
}

/* True if this call must fail now, with errno set. */
static int
begin(void)
{
	if (!armed)
		return 0;
	if (++count != target)
		return 0;
	hit = gettid();
	if (strcmp(mode, "before") == 0)
		die();
	if (strcmp(mode, "eio") == 0)
		errno = EIO;
	else if (strcmp(mode, "enospc") == 0)
		errno = ENOSPC;
	else
		return 0;
	return 1;
}

/* Caches that nothing rests on: their failure costs nothing. */
static int
is_cache(int fd)
{
	char link[64], path[512];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return 0;
	path[n] = '\0';
	return strstr(path, "/store/log/") != NULL ||
	    strstr(path, "/store/catalog") != NULL;
}

static int
begin_fd(int fd)
{
	if (armed && mode[0] == 'e' && is_cache(fd))
		return 0;
	return begin();
}

static void
end(void)
{
	if (armed && hit == gettid() &&
	    (strcmp(mode, "after") == 0 || strcmp(mode, "short") == 0))
		die();
}

/* The real function; ISO C has no cast from void * to it. */
#define REAL(type, name)                           \
	static type real;                          \
	if (real == NULL) {                        \
		void *at = dlsym(RTLD_NEXT, name); \
		memcpy(&real, &at, sizeof(real));  \
	}

/* NOLINTBEGIN(bugprone-macro-parentheses): names, lists of parameters */
#define SHIM(name, start, params, args)         \
	int name params;                        \
	int name params                         \
	{                                       \
		int rv;                         \
		typedef int(*name##_fn) params; \
		REAL(name##_fn, #name)          \
		if (start)                      \
			return -1;              \
		rv = real args;                 \
		end();                          \
		return rv;                      \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

SHIM(fsync, begin_fd(fd), (int fd), (fd))
SHIM(fdatasync, begin_fd(fd), (int fd), (fd))
SHIM(ftruncate, begin_fd(fd), (int fd, off_t size), (fd, size))
SHIM(rename, begin(), (const char *from, const char *to), (from, to))
SHIM(link, begin(), (const char *from, const char *to), (from, to))
SHIM(unlink, begin(), (const char *path), (path))
SHIM(mkdir, begin(), (const char *path, mode_t perm), (path, perm))

/* Only what makes a file. */
int
open(const char *path, int flags, ...)
{
	typedef int (*open_fn)(const char *, int, ...);
	mode_t perm = 0;
	va_list args;
	int fd;
	REAL(open_fn, "open")

	if ((flags & O_CREAT) == 0)
		return real(path, flags);
	va_start(args, flags);
	perm = va_arg(args, mode_t);
	va_end(args);
	if (begin())
		return -1;
	fd = real(path, flags, perm);
	end();
	return fd;
}

/* Half of it, where that is asked for. */
static size_t
some(size_t n)
{
	return armed && hit == gettid() && strcmp(mode, "short") == 0 && n > 1
	    ? n / 2
	    : n;
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t where)
{
	typedef ssize_t (*pwrite_fn)(int, const void *, size_t, off_t);
	ssize_t rv;
	REAL(pwrite_fn, "pwrite")

	if (begin_fd(fd))
		return -1;
	rv = real(fd, p, some(n), where);
	end();
	return rv;
}

ssize_t
write(int fd, const void *p, size_t n)
{
	typedef ssize_t (*write_fn)(int, const void *, size_t);
	ssize_t rv;
	REAL(write_fn, "write")

	if (begin_fd(fd))
		return -1;
	rv = real(fd, p, some(n));
	end();
	return rv;
}
