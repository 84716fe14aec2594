/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded calls that change the bytes and sizes of files. */
#include "record_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

static void
emit_bytes(uint64_t ino, off_t at, const uint8_t *p, size_t n)
{
	while (n > 0) {
		size_t piece = n < (1u << 24) ? n : 1u << 24;
		bool zero = p[0] == 0 && memcmp(p, p + 1, piece - 1) == 0;
		struct trace_rec r = { .type = zero ? TRACE_ZERO : TRACE_WRITE,
			.n = zero ? 0 : (uint32_t)piece,
			.ino = ino,
			.a = (uint64_t)at,
			.b = piece };

		rec_emit(&r, p);
		p += piece;
		n -= piece;
		at += (off_t)piece;
	}
}

static void
emit_sync(uint64_t ino, uint64_t from)
{
	rec_emit(
	    &(struct trace_rec){ .type = TRACE_SYNC, .ino = ino, .a = from },
	    NULL);
}

/* All of v, n bytes of it written. */
static void
emit_vector(uint64_t ino, off_t at, const struct iovec *v, size_t n)
{
	for (; n > 0; v++) {
		size_t piece = v->iov_len < n ? v->iov_len : n;

		emit_bytes(ino, at, v->iov_base, piece);
		at += (off_t)piece;
		n -= piece;
	}
}

/* at < 0: where the descriptor stands.  Under the lock, after the call. */
static void
written(
    int fd, const struct stat *st, const struct iovec *v, ssize_t n, off_t at)
{
	int flags = fcntl(fd, F_GETFL);

	if (n <= 0)
		return;
	if (at < 0)
		at = lseek(fd, 0, SEEK_CUR) - n;
	emit_vector(st->st_ino, at, v, (size_t)n);
	if ((flags & O_DSYNC) != 0)
		emit_sync(st->st_ino, rec_end());
}

static void
acknowledged(const void *p, size_t n)
{
	rec_lock();
	rec_emit(&(struct trace_rec){ .type = TRACE_ACK, .n = (uint32_t)n }, p);
	rec_unlock();
}

ssize_t
write(int fd, const void *p, size_t n)
{
	typedef ssize_t (*write_fn)(int, const void *, size_t);
	REAL(write_fn, "write")
	struct iovec v = { .iov_len = n };
	struct stat st;
	ssize_t rv;

	memcpy(&v.iov_base, &p, sizeof(p));
	if (!rec_of_interest(fd, &st)) {
		rv = real(fd, p, n);
		if (rec_trace >= 0 && fd == rec_ack && rv > 0)
			acknowledged(p, (size_t)rv);
		return rv;
	}
	rec_lock();
	rv = real(fd, p, n);
	written(fd, &st, &v, rv, -1);
	rec_unlock();
	return rv;
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	typedef ssize_t (*pwrite_fn)(int, const void *, size_t, off_t);
	REAL(pwrite_fn, "pwrite")
	struct iovec v = { .iov_len = n };
	struct stat st;
	ssize_t rv;

	memcpy(&v.iov_base, &p, sizeof(p));
	if (!rec_of_interest(fd, &st))
		return real(fd, p, n, at);
	rec_lock();
	rv = real(fd, p, n, at);
	written(fd, &st, &v, rv, at);
	rec_unlock();
	return rv;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t
pwrite64(int fd, const void *p, size_t n, off_t at)
{
	return pwrite(fd, p, n, at);
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	typedef ssize_t (*writev_fn)(int, const struct iovec *, int);
	REAL(writev_fn, "writev")
	struct stat st;
	ssize_t rv;

	if (!rec_of_interest(fd, &st))
		return real(fd, v, n);
	rec_lock();
	rv = real(fd, v, n);
	written(fd, &st, v, rv, -1);
	rec_unlock();
	return rv;
}

ssize_t
pwritev(int fd, const struct iovec *v, int n, off_t at)
{
	typedef ssize_t (*pwritev_fn)(int, const struct iovec *, int, off_t);
	REAL(pwritev_fn, "pwritev")
	struct stat st;
	ssize_t rv;

	if (!rec_of_interest(fd, &st))
		return real(fd, v, n, at);
	rec_lock();
	rv = real(fd, v, n, at);
	written(fd, &st, v, rv, at);
	rec_unlock();
	return rv;
}

ssize_t pwritev64(int fd, const struct iovec *v, int n, off_t at);
ssize_t
pwritev64(int fd, const struct iovec *v, int n, off_t at)
{
	return pwritev(fd, v, n, at);
}

int
ftruncate(int fd, off_t size)
{
	typedef int (*ftruncate_fn)(int, off_t);
	REAL(ftruncate_fn, "ftruncate")
	struct stat st;
	int rv;

	if (!rec_of_interest(fd, &st))
		return real(fd, size);
	rec_lock();
	rv = real(fd, size);
	if (rv == 0)
		rec_emit(&(struct trace_rec){ .type = TRACE_TRUNCATE,
			     .ino = st.st_ino,
			     .a = (uint64_t)size },
		    NULL);
	rec_unlock();
	return rv;
}

int ftruncate64(int fd, off_t size);
int
ftruncate64(int fd, off_t size)
{
	return ftruncate(fd, size);
}

int
truncate(const char *path, off_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rv = fd < 0 ? -1 : ftruncate(fd, size);

	if (fd >= 0)
		close(fd);
	return rv;
}

/* It only makes a file longer: how, is a matter of taste for a crash. */
static int
grown(
    int fd, off_t at, off_t n, bool keeps_size, int (*call)(int, off_t, off_t))
{
	struct stat before, after;
	int rv;

	if (!rec_of_interest(fd, &before))
		return call(fd, at, n);
	rec_lock();
	(void)fstat(fd, &before);
	rv = call(fd, at, n);
	if (rv == 0 && !keeps_size && fstat(fd, &after) == 0 &&
	    after.st_size != before.st_size)
		rec_emit(&(struct trace_rec){ .type = TRACE_TRUNCATE,
			     .ino = after.st_ino,
			     .a = (uint64_t)after.st_size },
		    NULL);
	rec_unlock();
	return rv;
}

static int
real_posix_fallocate(int fd, off_t at, off_t n)
{
	typedef int (*posix_fallocate_fn)(int, off_t, off_t);
	REAL(posix_fallocate_fn, "posix_fallocate")

	return real(fd, at, n);
}

static int
real_fallocate(int fd, off_t at, off_t n)
{
	typedef int (*fallocate_fn)(int, int, off_t, off_t);
	REAL(fallocate_fn, "fallocate")

	return real(fd, 0, at, n);
}

int
posix_fallocate(int fd, off_t at, off_t n)
{
	return grown(fd, at, n, false, real_posix_fallocate);
}

int posix_fallocate64(int fd, off_t at, off_t n);
int
posix_fallocate64(int fd, off_t at, off_t n)
{
	return posix_fallocate(fd, at, n);
}

int
fallocate(int fd, int mode, off_t at, off_t n)
{
	typedef int (*fallocate_fn)(int, int, off_t, off_t);
	REAL(fallocate_fn, "fallocate")
	struct stat st;

	if (mode == 0)
		return grown(fd, at, n, false, real_fallocate);
	if (mode != FALLOC_FL_KEEP_SIZE && rec_of_interest(fd, &st))
		rec_foreign("fallocate");
	return real(fd, mode, at, n);
}

int fallocate64(int fd, int mode, off_t at, off_t n);
int
fallocate64(int fd, int mode, off_t at, off_t n)
{
	return fallocate(fd, mode, at, n);
}
