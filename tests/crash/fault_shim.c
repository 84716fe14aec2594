/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded: counts the calls that change a disk, and at call FAULT_AT does
 * what FAULT_MODE says: "before" and "after" kill the process around the
 * call, "short" writes half and kills, "eio" and "enospc" let it fail.
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

int fault_arm(int on);

static int armed;
static long count, target;
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
	return reached;
}

/* True if this call must fail now, with errno set. */
static int
begin(void)
{
	if (!armed || ++count != target)
		return 0;
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

/*
 * Calls whose failure costs nothing, and is not counted: a link that fails is
 * followed by a rename, an unlink that fails leaves a temporary object.
 */
static int
begin_link(void)
{
	if (armed && mode[0] == 'e')
		return 0;
	return begin();
}

static void
end(void)
{
	if (armed && count == target &&
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
		if (start())                    \
			return -1;              \
		rv = real args;                 \
		end();                          \
		return rv;                      \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

SHIM(fsync, begin, (int fd), (fd))
SHIM(fdatasync, begin, (int fd), (fd))
SHIM(rename, begin, (const char *from, const char *to), (from, to))
SHIM(link, begin_link, (const char *from, const char *to), (from, to))
SHIM(unlink, begin_link, (const char *path), (path))
SHIM(mkdir, begin, (const char *path, mode_t perm), (path, perm))

ssize_t
write(int fd, const void *p, size_t n)
{
	typedef ssize_t (*write_fn)(int, const void *, size_t);
	ssize_t rv;
	REAL(write_fn, "write")

	if (begin())
		return -1;
	if (armed && count == target && strcmp(mode, "short") == 0)
		n = n > 1 ? n / 2 : n;
	rv = real(fd, p, n);
	end();
	return rv;
}
