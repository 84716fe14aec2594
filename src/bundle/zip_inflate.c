/* SPDX-License-Identifier: Apache-2.0 */
/* The contents of a zip, by the table that the preflight made (rule 8). */
#include <stdlib.h>

#include "nintei/archx.h"

#include "bundle_int.h"

#define BLOCK_BYTES KIB(64)

/* The content must end exactly where both sizes say. */
static enum code
inflate_entry(struct inflater *z, struct slice in, struct entry *ent,
    struct sink *s, uint32_t *out_crc)
{
	CLEANUP(freep) uint8_t *block = xcalloc(1, BLOCK_BYTES);
	enum inflate_state st = INFLATE_MORE;
	uint64_t have = 0;

	while (st == INFLATE_MORE) {
		size_t n;

		st = inflater_run(z, &in, block, BLOCK_BYTES, &n);
		have += n;
		if (have > ent->size)
			return CODE_ZIP_INCONSISTENT;
		if (st == INFLATE_MORE && n == 0)
			return CODE_ZIP_INCONSISTENT;
		*out_crc = archx_crc32(*out_crc, slice_of(block, n));
		sink_data(s, slice_of(block, n));
	}
	if (st == INFLATE_BAD)
		return CODE_CORRUPT;
	return have == ent->size && in.n == 0 ? CODE_NONE
					      : CODE_ZIP_INCONSISTENT;
}

static enum code
copy_entry(
    struct slice in, struct entry *ent, struct sink *s, uint32_t *out_crc)
{
	CLEANUP(inflater_freep) struct inflater *z = NULL;
	struct err e = ERR_INIT;

	if (!ent->deflated) {
		*out_crc = archx_crc32(0, in);
		sink_data(s, in);
		return CODE_NONE;
	}
	if (inflater_new(INFLATE_RAW, &z, &e) < 0)
		return CODE_LIM_MEMORY;
	return inflate_entry(z, in, ent, s, out_crc);
}

static enum code
extract_one(struct slice all, struct entry *ent, struct sink *s)
{
	struct slice in = slice_of(all.p + ent->at, (size_t)ent->packed);
	uint32_t crc = 0;
	enum code c;

	if (!ent->is_dir)
		sink_begin(s, ent);
	c = copy_entry(in, ent, s, &crc);
	if (c == CODE_NONE && crc != ent->crc)
		c = CODE_CRC;
	if (c == CODE_NONE && !ent->is_dir)
		sink_end(s);
	return c;
}

enum code
zip_extract(struct slice all, struct table *t, struct sink *s)
{
	enum code c;

	for (size_t i = 0; i < t->n; i++) {
		c = extract_one(all, &t->items[i], s);
		if (c == CODE_NONE)
			continue;
		table_where(t, t->items[i].raw);
		return table_fault(t, c, "content");
	}
	return CODE_NONE;
}
