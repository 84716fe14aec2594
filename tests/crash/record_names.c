/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded calls that make, move and remove names. */
#include "record_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
emit_name(
    enum trace_type type, uint64_t ino, const struct place *at, uint64_t mode)
{
	rec_emit(&(struct trace_rec){ .type = type,
		     .n = (uint32_t)strlen(at->name),
		     .ino = ino,
		     .a = at->folder,
		     .b = mode },
	    at->name);
}

/* After a successful open: what it made or emptied. */
static void
opened(int fd, int flags, bool was_there, const struct place *at)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (!was_there)
		emit_name(TRACE_CREATE, st.st_ino, at, st.st_mode & 0777);
	else if ((flags & O_TRUNC) != 0)
		rec_emit(&(struct trace_rec){ .type = TRACE_TRUNCATE,
			     .ino = st.st_ino },
		    NULL);
}

typedef int (*openat_fn)(int, const char *, int, ...);

static int
do_open(int dirfd, const char *path, int flags, mode_t mode)
{
	REAL(openat_fn, "openat")
	struct place at;
	struct stat st;
	bool there;
	int fd, saved;

	if ((flags & (O_CREAT | O_TRUNC)) == 0 ||
	    (flags & O_TMPFILE) == O_TMPFILE || !rec_place(dirfd, path, &at))
		return real(dirfd, path, flags, mode);
	rec_lock();
	there = lstat(at.path, &st) == 0;
	fd = real(dirfd, path, flags, mode);
	saved = errno;
	if (fd >= 0)
		opened(fd, flags, there, &at);
	errno = saved;
	rec_unlock();
	return fd;
}

#define OPEN_SHIM(name, params, last, dirfd)              \
	int name params;                                  \
	int name params                                   \
	{                                                 \
		mode_t mode = 0;                          \
		va_list ap;                               \
                                                          \
		va_start(ap, last);                       \
		if ((flags & (O_CREAT | O_TMPFILE)) != 0) \
			mode = va_arg(ap, mode_t);        \
		va_end(ap);                               \
		return do_open(dirfd, path, flags, mode); \
	}
/* NOLINTBEGIN(bugprone-macro-parentheses): names, lists of parameters */
OPEN_SHIM(open, (const char *path, int flags, ...), flags, AT_FDCWD)
OPEN_SHIM(open64, (const char *path, int flags, ...), flags, AT_FDCWD)
OPEN_SHIM(openat, (int dir, const char *path, int flags, ...), flags, dir)
OPEN_SHIM(openat64, (int dir, const char *path, int flags, ...), flags, dir)
/* NOLINTEND(bugprone-macro-parentheses) */

int
creat(const char *path, mode_t mode)
{
	return do_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

static int
temporary(const char *real_name, char *template)
{
	typedef int (*mkstemp_fn)(char *);
	REAL(mkstemp_fn, real_name)
	struct place at;
	int fd;

	if (rec_trace < 0)
		return real(template);
	rec_lock();
	fd = real(template);
	if (fd >= 0 && rec_place(AT_FDCWD, template, &at))
		opened(fd, O_CREAT, false, &at);
	rec_unlock();
	return fd;
}

int
mkstemp(char *template)
{
	return temporary("mkstemp", template);
}

int mkstemp64(char *template);
int
mkstemp64(char *template)
{
	return temporary("mkstemp", template);
}

int
mkdirat(int dirfd, const char *path, mode_t mode)
{
	typedef int (*mkdirat_fn)(int, const char *, mode_t);
	REAL(mkdirat_fn, "mkdirat")
	struct place at;
	struct stat st;
	int rv;

	if (!rec_place(dirfd, path, &at))
		return real(dirfd, path, mode);
	rec_lock();
	rv = real(dirfd, path, mode);
	if (rv == 0 && stat(at.path, &st) == 0)
		emit_name(TRACE_MKDIR, st.st_ino, &at, st.st_mode & 0777);
	rec_unlock();
	return rv;
}

int
mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

int
unlinkat(int dirfd, const char *path, int flags)
{
	typedef int (*unlinkat_fn)(int, const char *, int);
	REAL(unlinkat_fn, "unlinkat")
	struct place at;
	int rv;

	if (!rec_place(dirfd, path, &at))
		return real(dirfd, path, flags);
	rec_lock();
	rv = real(dirfd, path, flags);
	if (rv == 0)
		emit_name(TRACE_UNLINK, 0, &at, 0);
	else if (rec_renames && errno == ENOENT)
		rv = 0; /* the rename took it away */
	rec_unlock();
	return rv;
}

int
unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int
rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int
remove(const char *path)
{
	struct stat st;
	bool folder = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);

	return unlinkat(AT_FDCWD, path, folder ? AT_REMOVEDIR : 0);
}

static void
emit_rename(const struct place *from, const struct place *to)
{
	char names[2 * (NAME_MAX + 1)];
	int n = snprintf(
	    names, sizeof(names), "%s%c%s", from->name, '\0', to->name);

	rec_emit(&(struct trace_rec){ .type = TRACE_RENAME,
		     .n = (uint32_t)n,
		     .a = from->folder,
		     .b = to->folder },
	    names);
}

int
renameat2(
    int olddir, const char *old, int newdir, const char *new, unsigned flags)
{
	typedef int (*renameat2_fn)(
	    int, const char *, int, const char *, unsigned);
	REAL(renameat2_fn, "renameat2")
	struct place from, to;
	bool is_from = rec_place(olddir, old, &from);
	bool is_to = rec_place(newdir, new, &to);
	int rv;

	if (!is_from && !is_to)
		return real(olddir, old, newdir, new, flags);
	if (is_from != is_to || (flags & ~1u) != 0)
		rec_foreign("rename across the border");
	rec_lock();
	rv = real(olddir, old, newdir, new, flags);
	if (rv == 0)
		emit_rename(&from, &to);
	rec_unlock();
	return rv;
}

int
renameat(int olddir, const char *old, int newdir, const char *new)
{
	return renameat2(olddir, old, newdir, new, 0);
}

int
rename(const char *old, const char *new)
{
	return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}

int
linkat(int olddir, const char *old, int newdir, const char *new, int flags)
{
	typedef int (*linkat_fn)(int, const char *, int, const char *, int);
	REAL(linkat_fn, "linkat")
	struct place to;
	struct stat st;
	int rv;

	if (!rec_place(newdir, new, &to))
		return real(olddir, old, newdir, new, flags);
	if (rec_renames)
		return renameat2(olddir, old, newdir, new, 1);
	rec_lock();
	rv = real(olddir, old, newdir, new, flags);
	if (rv == 0 && lstat(to.path, &st) == 0)
		emit_name(TRACE_LINK, st.st_ino, &to, 0);
	rec_unlock();
	return rv;
}

int
link(const char *old, const char *new)
{
	return linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

int
symlinkat(const char *target, int dirfd, const char *path)
{
	typedef int (*symlinkat_fn)(const char *, int, const char *);
	REAL(symlinkat_fn, "symlinkat")
	struct place at;

	if (rec_place(dirfd, path, &at))
		rec_foreign("symlink");
	return real(target, dirfd, path);
}

int
symlink(const char *target, const char *path)
{
	return symlinkat(target, AT_FDCWD, path);
}
