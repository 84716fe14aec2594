/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a zip: end record, ZIP64 end record and locator (rules 1, 2). */
#include <string.h>

#include "zip_int.h"

#define END_BYTES 22
#define END64_BYTES 56
#define LOCATOR_BYTES 20
#define COMMENT_MAX 65535

struct end {
	uint64_t at;
	uint16_t disk, cd_disk, here;
	uint64_t count, size, offset;
};

struct le
le_at(struct slice all, uint64_t at, uint64_t n)
{
	struct le c = { NULL, 0, true };

	if (at > all.n || n > all.n - at)
		return c;
	return (struct le){ all.p + at, (size_t)n, false };
}

struct slice
le_bytes(struct le *c, size_t n)
{
	struct slice s = { c->p, n };

	if (c->bad || n > c->n) {
		c->bad = true;
		return slice_of(NULL, 0);
	}
	c->p += n;
	c->n -= n;
	return s;
}

static uint64_t
le_get(struct le *c, size_t n)
{
	struct slice s = le_bytes(c, n);
	uint64_t v = 0;

	for (size_t i = s.n; i > 0; i--)
		v = v << 8 | s.p[i - 1];
	return v;
}

uint16_t
le_u16(struct le *c)
{
	return (uint16_t)le_get(c, 2);
}

uint32_t
le_u32(struct le *c)
{
	return (uint32_t)le_get(c, 4);
}

uint64_t
le_u64(struct le *c)
{
	return le_get(c, 8);
}

/* Position of the last end record in the last 65,557 bytes. */
static bool
last_end(struct slice all, uint64_t *out)
{
	size_t least = all.n > END_BYTES + COMMENT_MAX
	    ? all.n - END_BYTES - COMMENT_MAX
	    : 0;

	if (all.n < END_BYTES)
		return false;
	for (size_t at = all.n - 4 + 1; at > least; at--)
		if (memcmp(all.p + at - 1, "PK\5\6", 4) == 0) {
			*out = at - 1;
			return true;
		}
	return false;
}

/* Signatures of records; none may stand in the comment. */
static bool
holds_signature(struct slice s)
{
	static const char pairs[][2] = { { 1, 2 }, { 3, 4 }, { 5, 5 }, { 5, 6 },
		{ 6, 6 }, { 6, 7 }, { 7, 8 } };

	for (size_t i = 0; i + 4 <= s.n; i++)
		for (size_t k = 0; k < NELEM(pairs); k++)
			if (s.p[i] == 'P' && s.p[i + 1] == 'K' &&
			    memcmp(s.p + i + 2, pairs[k], 2) == 0)
				return true;
	return false;
}

static enum code
read_end(struct slice all, struct table *t, struct end *out)
{
	struct le c;
	uint16_t comment;

	if (!last_end(all, &out->at))
		return table_fault(t, CODE_ZIP_LAYOUT, "no end record");
	c = le_at(all, out->at, all.n - out->at);
	(void)le_u32(&c);
	out->disk = le_u16(&c);
	out->cd_disk = le_u16(&c);
	out->here = le_u16(&c);
	out->count = le_u16(&c);
	out->size = le_u32(&c);
	out->offset = le_u32(&c);
	comment = le_u16(&c);
	if (c.bad || c.n != comment)
		return table_fault(
		    t, CODE_ZIP_LAYOUT, "bytes after the end record");
	if (holds_signature(slice_of(c.p, c.n)))
		return table_fault(t, CODE_ZIP_LAYOUT, "zip in the comment");
	return CODE_NONE;
}

static bool
has_locator(struct slice all, uint64_t end_at)
{
	struct le c;

	if (end_at < LOCATOR_BYTES + END64_BYTES)
		return false;
	c = le_at(all, end_at - LOCATOR_BYTES, LOCATOR_BYTES);
	return le_u32(&c) == SIG_LOCATOR;
}

/* The locator names the record that stands directly before it. */
static enum code
check_locator(struct slice all, struct table *t, uint64_t at)
{
	struct le c = le_at(all, at, LOCATOR_BYTES);
	uint32_t disk, disks;
	uint64_t offset;

	(void)le_u32(&c);
	disk = le_u32(&c);
	offset = le_u64(&c);
	disks = le_u32(&c);
	if (disk != 0 || disks != 1)
		return table_fault(t, CODE_MULTIVOLUME, "disks");
	if (offset != at - END64_BYTES)
		return table_fault(t, CODE_ZIP_LAYOUT, "ZIP64 locator");
	return CODE_NONE;
}

static enum code
read_end64(struct slice all, struct table *t, uint64_t at, struct end *out)
{
	struct le c = le_at(all, at, END64_BYTES);
	uint64_t here;

	if (le_u32(&c) != SIG_END64 || le_u64(&c) != END64_BYTES - 12)
		return table_fault(t, CODE_ZIP_LAYOUT, "ZIP64 end record");
	(void)le_u16(&c);
	if (le_u16(&c) > 45)
		return table_fault(t, CODE_ZIP_METHOD, "version");
	if (le_u32(&c) != 0 || le_u32(&c) != 0)
		return table_fault(t, CODE_MULTIVOLUME, "disks");
	here = le_u64(&c);
	out->count = le_u64(&c);
	out->size = le_u64(&c);
	out->offset = le_u64(&c);
	out->at = at;
	if (here != out->count)
		return table_fault(t, CODE_ZIP_INCONSISTENT, "counts");
	return CODE_NONE;
}

/* Every value of the end record is all ones or the ZIP64 one. */
static enum code
agree(struct table *t, const struct end *e32, const struct end *e64)
{
	if ((e32->disk != 0 && e32->disk != UINT16_MAX) ||
	    (e32->cd_disk != 0 && e32->cd_disk != UINT16_MAX))
		return table_fault(t, CODE_MULTIVOLUME, "disks");
	if ((e32->count != UINT16_MAX && e32->count != e64->count) ||
	    (e32->here != UINT16_MAX && e32->here != e64->count) ||
	    (e32->size != UINT32_MAX && e32->size != e64->size) ||
	    (e32->offset != UINT32_MAX && e32->offset != e64->offset))
		return table_fault(t, CODE_ZIP_INCONSISTENT, "ZIP64");
	return CODE_NONE;
}

static enum code
widen(struct slice all, struct table *t, struct end *end)
{
	uint64_t at = end->at - LOCATOR_BYTES;
	struct end e64 = { 0 };
	enum code c;

	if ((c = check_locator(all, t, at)) != CODE_NONE ||
	    (c = read_end64(all, t, at - END64_BYTES, &e64)) != CODE_NONE ||
	    (c = agree(t, end, &e64)) != CODE_NONE)
		return c;
	*end = e64;
	return CODE_NONE;
}

enum code
zip_end_find(struct slice all, struct table *t, struct zip_end *out)
{
	struct end end = { 0 };
	enum code c = read_end(all, t, &end);

	if (c != CODE_NONE)
		return c;
	if (has_locator(all, end.at)) {
		if ((c = widen(all, t, &end)) != CODE_NONE)
			return c;
	} else if (end.disk != 0 || end.cd_disk != 0) {
		return table_fault(t, CODE_MULTIVOLUME, "disks");
	} else if (end.here != end.count) {
		return table_fault(t, CODE_ZIP_INCONSISTENT, "counts");
	}
	if (end.offset > end.at || end.size != end.at - end.offset)
		return table_fault(t, CODE_ZIP_LAYOUT, "central directory");
	*out = (struct zip_end){ end.offset, end.size, end.count };
	return CODE_NONE;
}
