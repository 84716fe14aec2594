/* SPDX-License-Identifier: Apache-2.0 */
/* One pack with its idx version 2, mapped; every bound is checked here. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "packset_int.h"

#define FANOUT_BYTES 1024
#define IDX_HEAD 8
#define LARGE_BIT 0x80000000U

static atomic_ullong serials = 1;

/* 1 mapped, 0 no such file, -1. */
static int
map(int dirfd, const char *name, const char *end, struct slice *out,
    struct err *e)
{
	CLEANUP(freep) char *path = xasprintf("%s%s", name, end);
	CLEANUP(fd_closep)
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	void *p;

	if (fd < 0)
		return errno == ENOENT ? 0
				       : err_sys(e, E_UNAVAILABLE, "%s", end);
	if (fstat(fd, &st) < 0)
		return err_sys(e, E_UNAVAILABLE, "fstat");
	if (!S_ISREG(st.st_mode) || st.st_size <= 0)
		return err_set(e, E_STORE_CORRUPT, "a pack is empty");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, E_UNAVAILABLE, "mmap");
	*out = slice_of(p, (size_t)st.st_size);
	return 1;
}

static void
unmap(struct slice s)
{
	if (s.p != NULL)
		munmap((void *)(uintptr_t)s.p, s.n);
}

/* PACK-5: counts never fall, and end with the number of entries. */
static bool
fanout_read(struct pack_file *f)
{
	uint32_t last = 0, now;

	for (unsigned i = 0; i < 256; i++) {
		now = be32_get(f->fanout + (size_t)4 * i);
		if (now < last)
			return false;
		last = now;
	}
	f->count = last;
	return true;
}

static int
idx_read(struct pack_file *f, struct err *e)
{
	uint64_t fixed, n = f->idx.n;

	if (n < IDX_HEAD + FANOUT_BYTES + 2 * PACK_SUM ||
	    be32_get(f->idx.p) != 0xff744f63 || be32_get(f->idx.p + 4) != 2)
		return err_set(e, E_STORE_CORRUPT, "not an idx of version 2");
	f->fanout = f->idx.p + IDX_HEAD;
	if (!fanout_read(f))
		return err_set(e, E_STORE_CORRUPT, "the fanout of an idx");
	fixed = IDX_HEAD + FANOUT_BYTES +
	    (uint64_t)f->count * (GITX_OID + 4 + 4) + 2 * PACK_SUM;
	if (n < fixed || (n - fixed) % 8 != 0 || (n - fixed) / 8 > f->count)
		return err_set(e, E_STORE_CORRUPT, "the length of an idx");
	f->large = (uint32_t)((n - fixed) / 8);
	f->ids = f->fanout + FANOUT_BYTES;
	f->small = f->ids + (size_t)f->count * (GITX_OID + 4);
	f->big = f->small + (size_t)f->count * 4;
	return 0;
}

static int
pack_check(struct pack_file *f, struct err *e)
{
	if (f->pack.n < PACK_HEADER + PACK_SUM ||
	    be32_get(f->pack.p) != 0x5041434b || be32_get(f->pack.p + 4) != 2)
		return err_set(e, E_STORE_CORRUPT, "not a pack of version 2");
	f->end = f->pack.n - PACK_SUM;
	if (be32_get(f->pack.p + 8) != f->count ||
	    memcmp(f->pack.p + f->end, f->idx.p + f->idx.n - 2 * PACK_SUM,
		PACK_SUM) != 0)
		return err_set(e, E_STORE_CORRUPT, "an idx of another pack");
	return 0;
}

static struct pack_file *
file_new(void)
{
	struct pack_file *f = xcalloc(1, sizeof(*f));

	atomic_init(&f->refs, 1);
	f->serial = atomic_fetch_add(&serials, 1);
	pthread_mutex_init(&f->lock, NULL);
	return f;
}

int
pack_file_open(
    int dirfd, const char *name, struct pack_file **out, struct err *e)
{
	CLEANUP(pack_file_freep) struct pack_file *f = file_new();
	int rv;

	f->mapped = true;
	f->name = xstrdup(name);
	if ((rv = map(dirfd, name, ".idx", &f->idx, e)) <= 0)
		return rv;
	if ((rv = map(dirfd, name, ".pack", &f->pack, e)) <= 0)
		return rv;
	if (idx_read(f, e) < 0 || pack_check(f, e) < 0)
		return err_wrap(e, "%s", name);
	*out = TAKE(f);
	return 1;
}

int
pack_file_of(
    struct slice idx, struct slice pack, struct pack_file **out, struct err *e)
{
	CLEANUP(pack_file_freep) struct pack_file *f = file_new();

	f->idx = idx;
	f->pack = pack;
	if (idx_read(f, e) < 0 || pack_check(f, e) < 0)
		return -1;
	*out = TAKE(f);
	return 0;
}

struct pack_file *
pack_file_ref(struct pack_file *f)
{
	atomic_fetch_add(&f->refs, 1);
	return f;
}

void
pack_file_unref(struct pack_file *f)
{
	if (f == NULL || atomic_fetch_sub(&f->refs, 1) > 1)
		return;
	if (f->mapped) {
		unmap(f->pack);
		unmap(f->idx);
	}
	pthread_mutex_destroy(&f->lock);
	free(f->rows);
	free(f->name);
	free(f);
}

bool
pack_file_offset(const struct pack_file *f, uint32_t pos, uint64_t *out_at)
{
	uint32_t small = be32_get(f->small + (size_t)4 * pos);

	if ((small & LARGE_BIT) == 0) {
		*out_at = small;
		return true;
	}
	small &= ~LARGE_BIT;
	if (small >= f->large)
		return false;
	*out_at = be64_get(f->big + (size_t)8 * small);
	return true;
}

void
pack_file_id(const struct pack_file *f, uint32_t pos, struct gitx_oid *out)
{
	memcpy(out->b, f->ids + (size_t)GITX_OID * pos, GITX_OID);
}

bool
pack_file_find(
    const struct pack_file *f, const struct gitx_oid *id, uint64_t *out_at)
{
	unsigned first = id->b[0];
	uint32_t low =
	    first == 0 ? 0 : be32_get(f->fanout + (size_t)4 * (first - 1));
	uint32_t high = be32_get(f->fanout + (size_t)4 * first);

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		int rv =
		    memcmp(f->ids + (size_t)GITX_OID * mid, id->b, GITX_OID);

		if (rv == 0)
			return pack_file_offset(f, mid, out_at);
		if (rv < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

static int
by_place(const void *a, const void *b)
{
	const struct pack_row *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static int
rows_fill(const struct pack_file *f, struct pack_row *rows, struct err *e)
{
	for (uint32_t i = 0; i < f->count; i++) {
		rows[i].pos = i;
		if (!pack_file_offset(f, i, &rows[i].at))
			return err_set(
			    e, E_STORE_CORRUPT, "an offset in an idx");
	}
	if (f->count > 1)
		qsort(rows, f->count, sizeof(*rows), by_place);
	return 0;
}

/* The idx is longer than its rows will be. */
static int
rows_make(struct pack_file *f, struct err *e)
{
	struct pack_row *rows = malloc(((size_t)f->count + 1) * sizeof(*rows));

	if (rows == NULL)
		return err_set(e, E_UNAVAILABLE, "no memory for a pack");
	if (rows_fill(f, rows, e) < 0) {
		free(rows);
		return -1;
	}
	f->rows = rows;
	return 0;
}

int
pack_file_rows(struct pack_file *f, const struct pack_row **out, struct err *e)
{
	int rv = 0;

	pthread_mutex_lock(&f->lock);
	if (f->rows == NULL)
		rv = rows_make(f, e);
	pthread_mutex_unlock(&f->lock);
	if (rv == 0)
		*out = f->rows;
	return rv;
}
