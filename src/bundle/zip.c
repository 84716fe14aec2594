/* SPDX-License-Identifier: Apache-2.0 */
/* The structural preflight of a zip: rules 1 to 8 of BUNDLES 1.2. */
#include "nintei/bundle.h"

#include <stdlib.h>

#include "zip_int.h"

/* An entry while its rules are checked. */
struct item {
	struct zip_header cd, lfh;
	struct table *t;
	struct entry *ent;
	bool is_dir;
};

#define ATTR_DOS_DIR 0x10U
#define MODE_TYPE 0170000U
#define MODE_FILE 0100000U
#define MODE_DIR 0040000U
#define MODE_LINK 0120000U

/* A size above which a content may not be packed tighter than so. */
static const struct ratio {
	uint64_t free_bytes, most;
} member_ratio = { MIB(1), LIMIT_RATIO_MEMBER },
  part_ratio = { MIB(4), LIMIT_RATIO_PART };

static enum code
inconsistent(const struct item *it, const char *what)
{
	return table_fault(it->t, CODE_ZIP_INCONSISTENT, "%s", what);
}

/* Rule 5. */
static enum code
need_plain(const struct item *it)
{
	const struct zip_header *h = &it->cd;

	if (h->flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED))
		return CODE_ENCRYPTED;
	if (h->flags & ~FLAGS_ALLOWED)
		return table_fault(it->t, CODE_ZIP_FLAGS, "%04x", h->flags);
	if (h->method != 0 && h->method != 8)
		return table_fault(it->t, CODE_ZIP_METHOD, "%u", h->method);
	if (h->version > 45)
		return table_fault(
		    it->t, CODE_ZIP_METHOD, "version %u", h->version);
	if (h->disk != 0)
		return table_fault(it->t, CODE_MULTIVOLUME, "disks");
	return CODE_NONE;
}

/* The type that a Unix system recorded; 0 when there is none. */
static uint32_t
unix_type(const struct zip_header *h)
{
	unsigned host = h->made_by >> 8;

	return host == 3 || host == 19 ? h->attributes >> 16 & MODE_TYPE : 0;
}

/* Rule 7: types, and the three signs of a directory. */
static enum code
need_type(const struct item *it)
{
	const struct zip_header *h = &it->cd;
	uint32_t type = unix_type(h);
	bool dos = h->attributes & ATTR_DOS_DIR;

	if (type == MODE_LINK)
		return CODE_TYPE_LINK;
	if (type != 0 && type != MODE_FILE && type != MODE_DIR)
		return CODE_TYPE_SPECIAL;
	if (!it->is_dir && (dos || type == MODE_DIR))
		return inconsistent(it, "file or folder");
	/* Go and Java record nothing at all. */
	if (it->is_dir && type == MODE_FILE)
		return inconsistent(it, "file or folder");
	if (it->is_dir && !dos && type == 0 && h->attributes != 0)
		return inconsistent(it, "file or folder");
	return CODE_NONE;
}

/* Rules 7 and 8: sizes that are declared. */
static enum code
need_sizes(const struct item *it)
{
	const struct zip_header *h = &it->cd;
	const struct ratio *r = it->t->package ? &part_ratio : &member_ratio;

	if (it->is_dir && h->size != 0)
		return inconsistent(it, "folder with content");
	if (h->method == 0 && h->size != h->packed)
		return inconsistent(it, "sizes");
	if (h->size > r->free_bytes && h->size > h->packed * r->most &&
	    h->size <= LIMIT_ENTRY_BYTES)
		return CODE_LIM_RATIO;
	return table_count(it->t, h->size);
}

static bool
same_or_deferred(uint64_t lfh, uint64_t cd, uint16_t flags)
{
	return lfh == cd || (lfh == 0 && (flags & FLAG_DESCRIPTOR) != 0);
}

/* Rule 4: the local header says what the central directory says. */
static enum code
need_agreement(const struct item *it)
{
	const struct zip_header *l = &it->lfh, *c = &it->cd;

	if (!slice_eq(l->name, c->name))
		return inconsistent(it, "names");
	if (l->flags != c->flags)
		return inconsistent(it, "flags");
	if (l->method != c->method)
		return inconsistent(it, "methods");
	if (l->version > 45)
		return inconsistent(it, "versions");
	if (!same_or_deferred(l->crc, c->crc, c->flags))
		return inconsistent(it, "CRC");
	if (!same_or_deferred(l->packed, c->packed, c->flags) ||
	    !same_or_deferred(l->size, c->size, c->flags))
		return inconsistent(it, "sizes");
	if ((l->unicode.p == NULL) != (c->unicode.p == NULL) ||
	    !slice_eq(l->unicode, c->unicode))
		return inconsistent(it, "extra 7075");
	return CODE_NONE;
}

static enum code (*const central_rules[])(const struct item *) = {
	need_plain,
	need_type,
	need_sizes,
};

static enum code
read_central(struct slice all, uint64_t at, struct item *it)
{
	enum code c = zip_central_read(all, at, it->t, &it->cd);
	const struct slice *name = &it->cd.name;

	if (c != CODE_NONE)
		return c;
	it->is_dir = name->n > 0 && name->p[name->n - 1] == '/';
	for (size_t i = 0; i < NELEM(central_rules); i++)
		if ((c = central_rules[i](it)) != CODE_NONE)
			return c;
	return CODE_NONE;
}

/* The entry keeps the position of its local header until it is placed. */
static void
fill(const struct item *it, struct entry *ent)
{
	ent->raw = it->cd.name;
	ent->unicode = it->cd.unicode;
	ent->utf8 = (it->cd.flags & FLAG_UTF8) != 0;
	ent->is_dir = it->is_dir;
	ent->deflated = it->cd.method == 8;
	ent->crc = it->cd.crc;
	ent->size = it->cd.size;
	ent->packed = it->cd.packed;
	ent->at = it->cd.offset;
}

/* The data descriptor between a content and the next header. */
static enum code
need_descriptor(const struct item *it, struct slice gap)
{
	struct le c = { gap.p, gap.n, false };
	uint64_t packed, size;
	uint32_t crc;

	if ((it->cd.flags & FLAG_DESCRIPTOR) == 0 ||
	    (gap.n != 12 && gap.n != 16 && gap.n != 24))
		return gap.n == 0 && (it->cd.flags & FLAG_DESCRIPTOR) == 0
		    ? CODE_NONE
		    : table_fault(it->t, CODE_ZIP_LAYOUT, "gap");
	if (gap.n != 12 && le_u32(&c) != SIG_DESCRIPTOR)
		return inconsistent(it, "data descriptor");
	crc = le_u32(&c);
	packed = gap.n == 24 ? le_u64(&c) : le_u32(&c);
	size = gap.n == 24 ? le_u64(&c) : le_u32(&c);
	if (crc != it->cd.crc || packed != it->cd.packed || size != it->cd.size)
		return inconsistent(it, "data descriptor");
	return CODE_NONE;
}

/* Rule 3: the entry fills [at, end) exactly. */
static enum code
place(struct slice all, struct item *it, uint64_t at, uint64_t end)
{
	uint64_t after;
	enum code c;

	table_where(it->t, it->cd.name);
	if (it->cd.offset != at)
		return table_fault(it->t, CODE_ZIP_LAYOUT, "order of entries");
	if ((c = zip_local_read(all, at, it->t, &it->lfh)) != CODE_NONE ||
	    (c = need_agreement(it)) != CODE_NONE)
		return c;
	if (it->lfh.after > end || it->cd.packed > end - it->lfh.after)
		return table_fault(it->t, CODE_ZIP_LAYOUT, "overlap");
	after = it->lfh.after + it->cd.packed;
	it->ent->at = it->lfh.after;
	return need_descriptor(
	    it, slice_of(all.p + after, (size_t)(end - after)));
}

static int
offset_cmp(const void *one, const void *other)
{
	uint64_t a = ((const struct item *)one)->cd.offset;
	uint64_t b = ((const struct item *)other)->cd.offset;

	return a < b ? -1 : a > b;
}

static enum code
tile(struct slice all, struct item *items, size_t n, uint64_t end)
{
	uint64_t at = 0;
	enum code c = CODE_NONE;

	qsort(items, n, sizeof(*items), offset_cmp);
	for (size_t i = 0; i < n && c == CODE_NONE; i++) {
		uint64_t next = i + 1 < n ? items[i + 1].cd.offset : end;

		c = next > end ? table_fault(items->t, CODE_ZIP_LAYOUT, "end")
			       : place(all, &items[i], at, next);
		at = next;
	}
	return c;
}

/* All records of the central directory; out has LIMIT_ENTRIES places. */
static enum code
read_directory(struct slice all, const struct zip_end *end, struct table *t,
    struct item *out)
{
	uint64_t at = end->at;
	enum code c;
	size_t n = 0;

	while (at < end->at + end->size) {
		struct item *it = &out[n];

		if (n == LIMIT_ENTRIES)
			return CODE_LIM_ENTRIES;
		*it = (struct item){ .t = t };
		if ((c = read_central(all, at, it)) != CODE_NONE)
			return c;
		at = it->cd.after;
		n++;
		fill(it, table_add(t));
	}
	if (at != end->at + end->size)
		return table_fault(t, CODE_ZIP_LAYOUT, "central directory");
	if (n != end->count)
		return table_fault(t, CODE_ZIP_INCONSISTENT, "counts");
	for (size_t i = 0; i < n; i++)
		out[i].ent = &t->items[i];
	return CODE_NONE;
}

enum code
zip_scan(struct slice all, struct table *t)
{
	CLEANUP(freep) struct item *items = NULL;
	struct zip_end end;
	enum code c = zip_end_find(all, t, &end);

	if (c != CODE_NONE)
		return c;
	if (end.count > LIMIT_ENTRIES)
		return CODE_LIM_ENTRIES;
	items = xcalloc(LIMIT_ENTRIES, sizeof(*items));
	if ((c = read_directory(all, &end, t, items)) != CODE_NONE)
		return c;
	c = tile(all, items, t->n, end.at);
	if (c == CODE_NONE)
		buf_reset(&t->where);
	return c;
}
