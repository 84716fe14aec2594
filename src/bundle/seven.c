/* SPDX-License-Identifier: Apache-2.0 */
/* 7z, where the operator takes it: libarchive's reading under our limits. */
#include <string.h>

#include "nintei/archx.h"

#include "zip_int.h"

#define HEAD_BYTES 32
#define RATIO_FREE_BYTES MIB(1)

/* The start header says where the archive ends: at the end of the file. */
static enum code
need_whole(struct slice all, struct table *t)
{
	struct le c = le_at(all, 12, HEAD_BYTES - 12);
	uint64_t at = le_u64(&c), size = le_u64(&c);

	if (c.bad || at > all.n - HEAD_BYTES || size > all.n - HEAD_BYTES - at)
		return table_fault(t, CODE_CORRUPT, "7z");
	if (HEAD_BYTES + at + size != all.n)
		return table_fault(t, CODE_TRAILING, "7z");
	return CODE_NONE;
}

static enum code
need_ordinary(struct table *t, const struct tar_entry *te)
{
	if (te->path == NULL)
		return table_fault(t, CODE_CORRUPT, "7z");
	table_where(t, slice_str(te->path));
	if (te->is_encrypted)
		return CODE_ENCRYPTED;
	if (te->is_link)
		return CODE_TYPE_LINK;
	if (!te->is_file && !te->is_dir)
		return CODE_TYPE_SPECIAL;
	return table_count(t, te->size);
}

/* One ratio for all: members of a solid archive have none of their own. */
static enum code
need_ratio(struct slice all, const struct table *t)
{
	return t->total > RATIO_FREE_BYTES &&
		t->total / LIMIT_RATIO_MEMBER > all.n
	    ? CODE_LIM_RATIO
	    : CODE_NONE;
}

static enum code
add(struct table *t, const struct tar_entry *te)
{
	struct entry *ent = table_add(t);
	size_t n = strlen(te->path);

	if (ent == NULL)
		return CODE_LIM_ENTRIES;
	ent->own = (uint8_t *)xstrndup(te->path, n);
	ent->raw = slice_of(ent->own, n);
	ent->utf8 = true;
	ent->is_dir = te->is_dir;
	ent->size = te->size;
	ent->at = te->at;
	return CODE_NONE;
}

static enum code
stopped(struct table *t, enum tar_state st)
{
	if (st == TAR_ENCRYPTED)
		return CODE_ENCRYPTED;
	return st == TAR_MEMORY ? CODE_LIM_MEMORY
				: table_fault(t, CODE_CORRUPT, "7z");
}

/* Each entry is judged before libarchive passes over its content. */
enum code
seven_scan(struct slice all, struct table *t)
{
	CLEANUP(tar_reader_freep) struct tar_reader *seven = NULL;
	struct tar_entry te = { 0 };
	struct err e = ERR_INIT;
	enum tar_state st;
	enum code c;

	if ((c = need_whole(all, t)) != CODE_NONE)
		return c;
	if (tar_reader_7z(all, &seven, &e) < 0)
		return table_fault(t, CODE_CORRUPT, "7z");
	while ((st = tar_reader_next(seven, &te)) == TAR_OK)
		if ((c = need_ordinary(t, &te)) != CODE_NONE ||
		    (c = need_ratio(all, t)) != CODE_NONE ||
		    (c = add(t, &te)) != CODE_NONE)
			return c;
	if (st != TAR_END)
		return stopped(t, st);
	buf_reset(&t->where);
	return CODE_NONE;
}

enum code
seven_extract(struct slice all, struct table *t, struct sink *s)
{
	CLEANUP(tar_reader_freep) struct tar_reader *seven = NULL;
	struct err e = ERR_INIT;

	if (tar_reader_7z(all, &seven, &e) < 0)
		return table_fault(t, CODE_CORRUPT, "7z");
	return entries_in_step(seven, t, s);
}
