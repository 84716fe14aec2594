/* SPDX-License-Identifier: Apache-2.0 */
/* The contents of a zip, by the table that the preflight made (rule 8). */
#include <stdlib.h>

#include "nintei/archx.h"

#include "bundle_int.h"

#define BLOCK_BYTES KIB(64)

static enum code
ready(struct unzip *u)
{
	struct err e = ERR_INIT;

	if (u->block == NULL)
		u->block = xcalloc(1, BLOCK_BYTES);
	if (u->z != NULL)
		inflater_restart(u->z);
	else if (inflater_new(INFLATE_RAW, &u->z, &e) < 0)
		return CODE_LIM_MEMORY;
	return CODE_NONE;
}

void
unzip_done(struct unzip *u)
{
	inflater_free(TAKE(u->z));
	free(TAKE(u->block));
}

/* The content must end exactly where both sizes say. */
static enum code
inflate_entry(struct unzip *u, struct slice in, const struct entry *ent,
    uint32_t *out_crc)
{
	enum inflate_state st = INFLATE_MORE;
	enum code c = ready(u);
	uint64_t have = 0;

	while (c == CODE_NONE && st == INFLATE_MORE) {
		size_t n;

		st = inflater_run(u->z, &in, u->block, BLOCK_BYTES, &n);
		have += n;
		if (have > ent->size || (st == INFLATE_MORE && n == 0))
			return CODE_ZIP_INCONSISTENT;
		*out_crc = archx_crc32(*out_crc, slice_of(u->block, n));
		u->put(u->arg, slice_of(u->block, n));
	}
	if (c != CODE_NONE || st == INFLATE_BAD)
		return c != CODE_NONE ? c : CODE_CORRUPT;
	return have == ent->size && in.n == 0 ? CODE_NONE
					      : CODE_ZIP_INCONSISTENT;
}

enum code
unzip_entry(struct unzip *u, struct slice all, const struct entry *ent)
{
	struct slice in = slice_of(all.p + ent->at, (size_t)ent->packed);
	enum code c = CODE_NONE;
	uint32_t crc = 0;

	if (ent->deflated) {
		c = inflate_entry(u, in, ent, &crc);
	} else {
		crc = archx_crc32(0, in);
		u->put(u->arg, in);
	}
	return c == CODE_NONE && crc != ent->crc ? CODE_CRC : c;
}

static void
to_sink(void *arg, struct slice bytes)
{
	sink_data(arg, bytes);
}

static enum code
extract_one(
    struct unzip *u, struct slice all, struct entry *ent, struct sink *s)
{
	enum code c;

	if (!ent->is_dir)
		sink_begin(s, ent);
	c = unzip_entry(u, all, ent);
	if (c == CODE_NONE && !ent->is_dir)
		sink_end(s);
	return c;
}

enum code
zip_extract(struct slice all, struct table *t, struct sink *s)
{
	CLEANUP(unzip_done) struct unzip u = { .put = to_sink, .arg = s };
	enum code c;

	for (size_t i = 0; i < t->n; i++) {
		c = extract_one(&u, all, &t->items[i], s);
		if (c == CODE_NONE)
			continue;
		table_where(t, t->items[i].raw);
		return table_fault(t, c, "content");
	}
	return CODE_NONE;
}
