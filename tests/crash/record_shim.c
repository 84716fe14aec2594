/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded: writes into RECORD_TRACE every call that changes something below
 * RECORD_ROOT, with its bytes, and each write to descriptor RECORD_ACK as an
 * acknowledgement.  A call and its record are one step under a lock that all
 * recorded processes share; a sync names the place in the trace at which it
 * began, because it promises nothing about what is written beside it.
 *   RECORD_LIE=PATTERN   syncs of paths like this are not believed (mutants)
 *   RECORD_NAP=N         a sync takes N microseconds and is not done
 *   RECORD_RENAME=1      a link is a rename (the sealing that loses events)
 */
#include "record_int.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int rec_trace = -1;
int rec_ack = -1;
static char root[PATH_MAX];
static size_t root_n;
bool rec_renames;

static void
die(const char *why)
{
	dprintf(2, "record: %s\n", why);
	_exit(70);
}

__attribute__((constructor)) static void
begin(void)
{
	const char *trace = getenv("RECORD_TRACE"), *ack = getenv("RECORD_ACK");
	const char *where = getenv("RECORD_ROOT");
	const char *swap = getenv("RECORD_RENAME");

	if (trace == NULL || where == NULL)
		return;
	if (realpath(where, root) == NULL)
		die("no RECORD_ROOT");
	root_n = strlen(root);
	rec_renames = swap != NULL && *swap != '\0';
	if (ack != NULL)
		rec_ack = (int)strtol(ack, NULL, 10);
	/* High, so that nobody who closes what he inherited meets it. */
	int fd = open(trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	rec_trace = fcntl(fd, F_DUPFD_CLOEXEC, 900);
	if (fd < 0 || rec_trace < 0)
		die("no RECORD_TRACE");
	close(fd);
}

/* --- one step --- */

/* POSIX locks belong to the process: fork and exec need no care. */
void
rec_lock(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	pthread_mutex_lock(&mutex);
	while (fcntl(rec_trace, F_SETLKW, &l) < 0)
		if (errno != EINTR)
			die("cannot lock the trace");
}

void
rec_unlock(void)
{
	struct flock l = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
	int saved = errno;

	if (fcntl(rec_trace, F_SETLK, &l) < 0)
		die("cannot unlock the trace");
	pthread_mutex_unlock(&mutex);
	errno = saved;
}

void
rec_emit(const struct trace_rec *r, const void *payload)
{
	typedef ssize_t (*writev_fn)(int, const struct iovec *, int);
	static const char pad[8];
	struct iovec v[3];
	struct trace_rec copy = *r;
	size_t total;
	int saved = errno;

	v[0] = (struct iovec){ &copy, sizeof(copy) };
	memcpy(&v[1].iov_base, &payload, sizeof(payload));
	v[1].iov_len = copy.n;
	memcpy(&v[2].iov_base, &(const char *){ pad }, sizeof(pad));
	v[2].iov_len = (8 - copy.n % 8) % 8;
	total = v[0].iov_len + v[1].iov_len + v[2].iov_len;
	REAL(writev_fn, "writev")
	if (real(rec_trace, v, 3) != (ssize_t)total)
		die("cannot write the trace");
	errno = saved;
}

/* --- where a call goes --- */

static bool
is_below(const char *path)
{
	return root_n > 0 && strncmp(path, root, root_n) == 0 &&
	    (path[root_n] == '/' || path[root_n] == '\0');
}

static bool
fd_path(int fd, char out[PATH_MAX])
{
	char link[64];
	ssize_t n;
	int saved = errno;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, out, PATH_MAX - 1);
	errno = saved;
	if (n < 0)
		return false;
	out[n] = '\0';
	return true;
}

uint64_t
rec_end(void)
{
	return (uint64_t)lseek(rec_trace, 0, SEEK_END);
}

bool
rec_of_interest(int fd, struct stat *st)
{
	char path[PATH_MAX];
	int saved = errno;
	bool good = rec_trace >= 0 && fd != rec_trace && fd_path(fd, path) &&
	    is_below(path) && fstat(fd, st) == 0;

	errno = saved;
	return good;
}

const char *
rec_path(int fd, char out[PATH_MAX])
{
	return fd_path(fd, out) && is_below(out) ? out + root_n : "";
}

static bool
absolute(int dirfd, const char *path, char out[PATH_MAX])
{
	char base[PATH_MAX];

	if (path[0] == '/')
		return snprintf(out, PATH_MAX, "%s", path) < PATH_MAX;
	if (dirfd == AT_FDCWD ? getcwd(base, sizeof(base)) == NULL
			      : !fd_path(dirfd, base))
		return false;
	return snprintf(out, PATH_MAX, "%s/%s", base, path) < PATH_MAX;
}

static bool
place_find(int dirfd, const char *path, struct place *out)
{
	char text[PATH_MAX], folder[PATH_MAX];
	struct stat st;
	char *slash;

	if (!absolute(dirfd, path, text))
		return false;
	for (size_t n = strlen(text); n > 1 && text[n - 1] == '/'; n--)
		text[n - 1] = '\0';
	slash = strrchr(text, '/');
	if (slash == NULL || strlen(slash + 1) > NAME_MAX)
		return false;
	memcpy(out->name, slash + 1, strlen(slash + 1) + 1);
	*slash = '\0';
	if (realpath(text[0] == '\0' ? "/" : text, folder) == NULL ||
	    !is_below(folder) || stat(folder, &st) < 0)
		return false;
	out->folder = st.st_ino;
	return snprintf(out->path, PATH_MAX, "%s/%s", folder, out->name) <
	    PATH_MAX;
}

bool
rec_place(int dirfd, const char *path, struct place *out)
{
	int saved = errno;
	bool good =
	    rec_trace >= 0 && path != NULL && place_find(dirfd, path, out);

	errno = saved;
	return good;
}

void
rec_foreign(const char *what)
{
	rec_lock();
	rec_emit(&(struct trace_rec){ .type = TRACE_FOREIGN,
		     .n = (uint32_t)strlen(what) },
	    what);
	rec_unlock();
}
