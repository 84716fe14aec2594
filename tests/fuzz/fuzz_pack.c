/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: pack_scan entry_head_read delta_sizes delta_apply */
#include <stdlib.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "packset_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define OUT_MAX KIB(256)

static int
on_entry(const struct pack_found *f, void *arg, struct err *e)
{
	static struct digest *sha1;
	uint64_t *end = arg;
	struct gitx_oid id;

	(void)e;
	if (sha1 == NULL)
		sha1 = digest_sha1_new();
	if (f->mark.at != *end || pack_type_name(f->type) == NULL)
		abort(); /* entries lie one after another */
	*end = f->mark.at + f->stored;
	if (f->has_bytes != (f->size <= KIB(4)))
		abort();
	if (!f->has_bytes)
		return 0;
	if (f->bytes.n != f->size)
		abort();
	pack_id(sha1, f->type, f->bytes, &id);
	if (!gitx_oid_eq(&id, &f->mark.id))
		abort();
	return 0;
}

/* The input as a segment: what is good ends inside it. */
static void
scan(const uint8_t *data, size_t n)
{
	CLEANUP(fd_closep) int fd = -1;
	struct pack_range range = { 0, n, KIB(4) };
	struct pack_scanned out;
	struct err e = ERR_INIT;
	uint64_t end = 0;

	if (memfd_new("fuzz", &fd, &e) < 0 || fd_write(fd, data, n, &e) < 0)
		abort();
	if (pack_scan(fd, &range, on_entry, &end, &out, &e) < 0)
		abort(); /* bad entries are no error */
	if (out.good != end || out.good > n || out.why == PACK_STOP_NONE ||
	    (out.why == PACK_STOP_END && out.good != n))
		abort();
}

/* The first byte says how much is the base; the rest is the delta. */
static void
delta(const uint8_t *data, size_t n)
{
	static uint8_t out[OUT_MAX];
	struct slice base, rest;
	uint64_t base_n, size;
	struct err e = ERR_INIT;

	if (n == 0 || data[0] > n - 1)
		return;
	base = slice_of(data + 1, data[0]);
	rest = slice_of(data + 1 + data[0], n - 1 - data[0]);
	if (delta_sizes(&rest, &base_n, &size, &e) == 0 && size <= OUT_MAX &&
	    delta_apply(base, rest, out, (size_t)size, &e) == 0)
		return;
	if (e.code == E_OK && size <= OUT_MAX)
		abort(); /* a refusal carries a code */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	scan(data, n);
	delta(data, n);
	return 0;
}
