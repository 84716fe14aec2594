/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of a zip with their extra fields (rules 5 and 6). */
#include "nintei/archx.h"

#include "zip_int.h"

#define LOCAL_BYTES 30
#define CENTRAL_BYTES 46

static bool
is_padding(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != 0)
			return false;
	return s.n <= 3;
}

/* The fields that matter here; at most one of each. */
static enum code
keep(uint16_t id, struct slice body, struct table *t, struct zip_extra *out)
{
	struct slice *place = id == 0x0001 ? &out->zip64
	    : id == 0x7075                 ? &out->unicode
					   : NULL;

	if (id == 0x9901 || id == 0x0017)
		return table_fault(t, CODE_ENCRYPTED, "%04x", id);
	if (place == NULL)
		return CODE_NONE;
	if (place->p != NULL)
		return table_fault(
		    t, CODE_ZIP_INCONSISTENT, "two extra %04x", id);
	*place = body;
	return CODE_NONE;
}

enum code
zip_extra_parse(struct slice area, struct table *t, struct zip_extra *out)
{
	struct le c = { area.p, area.n, false };
	enum code code = CODE_NONE;

	*out = (struct zip_extra){ 0 };
	while (c.n > 0 && code == CODE_NONE) {
		struct slice body;
		uint16_t id;

		if (is_padding(slice_of(c.p, c.n)))
			return CODE_NONE;
		id = le_u16(&c);
		body = le_bytes(&c, le_u16(&c));
		if (c.bad)
			return table_fault(
			    t, CODE_ZIP_INCONSISTENT, "extra field");
		code = keep(id, body, t, out);
	}
	return code;
}

enum code
zip_unicode_parse(
    struct slice field, struct slice name, struct table *t, struct slice *out)
{
	struct le c = { field.p, field.n, false };
	uint32_t crc;

	*out = slice_of(NULL, 0);
	if (field.p == NULL)
		return CODE_NONE;
	if (le_bytes(&c, 1).n != 1 || field.p[0] != 1)
		return table_fault(
		    t, CODE_ZIP_INCONSISTENT, "version of extra 7075");
	crc = le_u32(&c);
	if (c.bad || crc != archx_crc32(0, name))
		return table_fault(
		    t, CODE_ZIP_INCONSISTENT, "CRC of extra 7075");
	*out = slice_of(c.p, c.n);
	return CODE_NONE;
}

/*
 * ZIP64 values stand for the fields that are all ones, in their order.  What
 * is left over must repeat the header, and only if nothing was taken: else
 * readers differ in which value belongs to which field.
 */
static bool
widen(struct slice zip64, uint64_t **fields, size_t n, uint16_t *disk)
{
	struct le c = { zip64.p, zip64.n, false };
	bool taken = false;

	for (size_t i = 0; i < n; i++)
		if (*fields[i] == UINT32_MAX) {
			*fields[i] = le_u64(&c);
			taken = true;
		}
	if (disk != NULL && *disk == UINT16_MAX) {
		*disk = le_u32(&c) == 0 ? 0 : 1;
		taken = true;
	}
	for (size_t i = 0; !taken && i < n && c.n > 0; i++)
		if (le_u64(&c) != *fields[i])
			return false;
	return !c.bad && c.n == 0;
}

static enum code
finish(struct slice extra, struct table *t, struct zip_header *h, bool central)
{
	uint64_t *fields[3] = { &h->size, &h->packed, &h->offset };
	struct zip_extra x;
	enum code c = zip_extra_parse(extra, t, &x);

	if (c != CODE_NONE)
		return c;
	if (!widen(x.zip64, fields, central ? 3 : 2, central ? &h->disk : NULL))
		return table_fault(t, CODE_ZIP_INCONSISTENT, "ZIP64 extra");
	return zip_unicode_parse(x.unicode, h->name, t, &h->unicode);
}

/* The fields that both kinds of header have in the same order. */
static void
common(struct le *c, struct zip_header *h)
{
	h->version = le_u16(c);
	h->flags = le_u16(c);
	h->method = le_u16(c);
	(void)le_u32(c); /* time and date are not used */
	h->crc = le_u32(c);
	h->packed = le_u32(c);
	h->size = le_u32(c);
}

enum code
zip_central_read(
    struct slice all, uint64_t at, struct table *t, struct zip_header *out)
{
	struct le c = le_at(all, at, all.n - at);
	struct zip_header h = { 0 };
	struct slice extra;
	uint16_t name_n, extra_n, comment_n;

	if (le_u32(&c) != SIG_CENTRAL)
		return table_fault(
		    t, CODE_ZIP_INCONSISTENT, "central directory");
	h.made_by = le_u16(&c);
	common(&c, &h);
	name_n = le_u16(&c);
	extra_n = le_u16(&c);
	comment_n = le_u16(&c);
	h.disk = le_u16(&c);
	(void)le_u16(&c);
	h.attributes = le_u32(&c);
	h.offset = le_u32(&c);
	h.name = le_bytes(&c, name_n);
	extra = le_bytes(&c, extra_n);
	(void)le_bytes(&c, comment_n);
	if (c.bad)
		return table_fault(
		    t, CODE_ZIP_INCONSISTENT, "central directory");
	h.after = at + CENTRAL_BYTES + name_n + extra_n + comment_n;
	*out = h;
	table_where(t, h.name);
	return finish(extra, t, out, true);
}

enum code
zip_local_read(
    struct slice all, uint64_t at, struct table *t, struct zip_header *out)
{
	struct le c = le_at(all, at, at > all.n ? 0 : all.n - at);
	struct zip_header h = { 0 };
	struct slice extra;
	uint16_t name_n, extra_n;

	if (le_u32(&c) != SIG_LOCAL)
		return table_fault(t, CODE_ZIP_LAYOUT, "local header");
	common(&c, &h);
	name_n = le_u16(&c);
	extra_n = le_u16(&c);
	h.name = le_bytes(&c, name_n);
	extra = le_bytes(&c, extra_n);
	if (c.bad)
		return table_fault(t, CODE_ZIP_INCONSISTENT, "local header");
	h.after = at + LOCAL_BYTES + name_n + extra_n;
	*out = h;
	return finish(extra, t, out, false);
}
