/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: pack_file_of pack_file_find reader_entry pack_walk */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "packset_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define KEEP KIB(64)
#define OBJECTS 64

static void
read_one(struct pack_reader *r, struct pack_file *f, uint32_t pos)
{
	struct pack_object o;
	struct gitx_oid id, real;
	struct err e = ERR_INIT;

	pack_file_id(f, pos, &id);
	if (pack_stat(r, &id, &o, &e) < 0 && e.code == E_OK)
		abort(); /* a refusal carries a code */
	e = (struct err)ERR_INIT;
	if (pack_read(r, &id, KEEP, &o, &e) < 0) {
		if (e.code == E_OK)
			abort();
		return;
	}
	pack_id(r->sha1, o.type, o.bytes, &real);
	if (!gitx_oid_eq(&real, &id) || o.bytes.n > KEEP)
		abort(); /* never other bytes than those of the name */
}

static int
on_object(const struct pack_object *o, void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	if (o->bytes.p != NULL && o->bytes.n != o->size)
		abort();
	return 0;
}

static void
use(struct pack_file *f)
{
	struct pack_list *l =
	    xcalloc(1, sizeof(*l) + sizeof(struct pack_file *));
	struct pack_opts opts = { .verify = true, .cache = KIB(16) };
	struct pack_set set = { .list = l };
	struct pack_share share = { 0, 1, KEEP };
	struct pack_reader *r = NULL;
	struct err e = ERR_INIT;

	atomic_init(&l->refs, 1);
	l->n = 1;
	l->files[0] = pack_file_ref(f);
	pthread_mutex_init(&set.lock, NULL);
	set.fd = open("/", O_PATH | O_DIRECTORY);
	if (pack_reader_new(&set, &opts, &r, &e) < 0)
		abort();
	for (uint32_t i = 0; i < f->count && i < OBJECTS; i++)
		read_one(r, f, i);
	if (f->count < 4096 && pack_walk(r, &share, on_object, NULL, &e) < 0 &&
	    e.code == E_OK)
		abort();
	pack_reader_free(r);
	pack_list_unref(l);
	fd_closep(&set.fd);
}

/*
 * Two bytes say how long the idx is; the pack follows.  The two are made to
 * agree on the sum, so that the fuzzer need not find it.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(pack_file_freep) struct pack_file *f = NULL;
	CLEANUP(freep) uint8_t *copy = NULL;
	struct err e = ERR_INIT;
	size_t idx_n, pack_n;

	if (n < 2 + 2 * PACK_SUM)
		return 0;
	copy = xcalloc(1, n);
	memcpy(copy, data, n);
	idx_n = (size_t)copy[0] << 8 | copy[1];
	if (idx_n < 2 * PACK_SUM || idx_n > n - 2 - PACK_SUM)
		return 0;
	pack_n = n - 2 - idx_n;
	memcpy(copy + n - PACK_SUM, copy + 2 + idx_n - 2 * PACK_SUM, PACK_SUM);
	if (pack_file_of(slice_of(copy + 2, idx_n),
		slice_of(copy + 2 + idx_n, pack_n), &f, &e) < 0) {
		if (e.code == E_OK || f != NULL)
			abort();
		return 0;
	}
	use(f);
	return 0;
}
