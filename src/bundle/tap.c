/* SPDX-License-Identifier: Apache-2.0 */
/* The shadow walk over a tar: headers read strictly, contents passed over. */
#include <string.h>

#include "bundle_int.h"

#define BLOCK 512
#define ZEROS_MAX MIB(1)
#define SPECIALS_MAX 3
#define PAX_MAX KIB(64)
#define LONG_NAME_MAX KIB(4)

/* Places of the fields in a header (POSIX ustar). */
enum {
	AT_NAME = 0,
	AT_SIZE = 124,
	AT_SUM = 148,
	AT_TYPE = 156
};
enum {
	AT_MAGIC = 257,
	AT_PREFIX = 345
};

void
tap_init(struct tap *tap, struct table *t)
{
	*tap = (struct tap){ .t = t };
	tap->hold.max = PAX_MAX + BLOCK;
	tap->path.max = PAX_MAX;
}

void
tap_free(struct tap *tap)
{
	buf_free(&tap->hold);
	buf_free(&tap->path);
}

static bool
is_zero(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != 0)
			return false;
	return true;
}

/* Octal digits between blanks and an end by blank or NUL. */
static bool
octal(const uint8_t *p, size_t n, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < n && p[i] == ' ')
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		v = v << 3 | (uint64_t)(p[i] - '0');
	for (; i < n; i++)
		if (p[i] != ' ' && p[i] != '\0')
			return false;
	*out = v;
	return true;
}

/* The size field: octal, or base 256 when the first bit is set. */
static enum code
read_size(struct tap *tap, const uint8_t *p, uint64_t *out)
{
	uint64_t v = 0;

	if ((p[0] & 0x80) == 0)
		return octal(p, 12, out)
		    ? CODE_NONE
		    : table_fault(tap->t, CODE_CORRUPT, "size");
	if (p[0] != 0x80)
		return table_fault(tap->t, CODE_CORRUPT, "negative size");
	for (size_t i = 1; i < 12; i++) {
		if (v >> 55 != 0)
			return table_fault(tap->t, CODE_LIM_ENTRY, "size");
		v = v << 8 | p[i];
	}
	*out = v;
	return CODE_NONE;
}

static enum code
need_checksum(struct tap *tap, const uint8_t *h)
{
	uint64_t sum = 0, want;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : h[i];
	if (!octal(h + AT_SUM, 8, &want) || sum != want)
		return table_fault(tap->t, CODE_CORRUPT, "header checksum");
	return CODE_NONE;
}

/* A field that ends at its first NUL; only NULs may follow. */
static enum code
field(const uint8_t *p, size_t max, struct slice *out)
{
	const uint8_t *end = memchr(p, '\0', max);

	*out = slice_of(p, end == NULL ? max : (size_t)(end - p));
	return is_zero(slice_of(p + out->n, max - out->n)) ? CODE_NONE
							   : CODE_NAME_NUL;
}

enum code
tap_path(struct tap *tap, struct slice path, bool utf8)
{
	if (tap->has_path)
		return table_fault(tap->t, CODE_CORRUPT, "two names");
	buf_put(&tap->path, path.p, path.n);
	tap->has_path = true;
	tap->path_utf8 = utf8;
	return CODE_NONE;
}

/* Name and prefix of a ustar header; GNU headers have no prefix. */
static enum code
header_path(struct tap *tap, const uint8_t *h)
{
	CLEANUP(buf_free) struct buf path = BUF_INIT(BLOCK);
	struct slice name, prefix = { 0 };

	if (field(h + AT_NAME, 100, &name) != CODE_NONE)
		return CODE_NAME_NUL;
	if (memcmp(h + AT_MAGIC, "ustar\0", 6) == 0 &&
	    field(h + AT_PREFIX, 155, &prefix) != CODE_NONE)
		return CODE_NAME_NUL;
	buf_put(&path, prefix.p, prefix.n);
	if (prefix.n > 0 && prefix.p[prefix.n - 1] != '/')
		buf_putc(&path, '/');
	buf_put(&path, name.p, name.n);
	return tap_path(tap, buf_slice(&path), false);
}

static enum code
need_magic(struct tap *tap, const uint8_t *h)
{
	if (memcmp(h + AT_MAGIC, "ustar\0", 6) == 0 ||
	    memcmp(h + AT_MAGIC, "ustar  \0", 8) == 0 ||
	    is_zero(slice_of(h + AT_MAGIC, 8)))
		return CODE_NONE;
	return table_fault(tap->t, CODE_CORRUPT, "kind of tar");
}

/* The entry takes over the name. */
static void
name_entry(struct tap *tap, struct entry *ent, char type)
{
	size_t n;

	buf_putc(&tap->path, '\0'); /* memory also for an empty name */
	ent->own = buf_take(&tap->path, &n);
	tap->path.max = PAX_MAX;
	ent->raw = slice_of(ent->own, n - 1);
	ent->utf8 = tap->path_utf8;
	ent->is_dir = type == '5' || (n > 1 && ent->own[n - 2] == '/');
}

/* The header of a file or folder ends a group. */
static enum code
member(struct tap *tap, const uint8_t *h, uint64_t size)
{
	struct entry *ent;
	enum code c;

	if (!tap->has_path && (c = header_path(tap, h)) != CODE_NONE)
		return c;
	if (tap->has_size)
		size = tap->size;
	if ((c = table_count(tap->t, size)) != CODE_NONE)
		return c;
	if ((ent = table_add(tap->t)) == NULL)
		return CODE_LIM_ENTRIES;
	name_entry(tap, ent, (char)h[AT_TYPE]);
	if (ent->is_dir && size != 0)
		return table_fault(tap->t, CODE_CORRUPT, "folder with content");
	ent->size = size;
	ent->at = tap->group;
	tap->skip = ALIGN_UP(size, (uint64_t)BLOCK);
	tap->specials = 0;
	tap->has_path = tap->path_utf8 = tap->has_size = false;
	tap->state = TAP_DATA;
	return CODE_NONE;
}

/* A header whose body says something about the member that follows. */
static enum code
special(struct tap *tap, const uint8_t *h, uint64_t size)
{
	size_t max = h[AT_TYPE] == 'L' ? LONG_NAME_MAX : PAX_MAX;

	if (++tap->specials > SPECIALS_MAX)
		return table_fault(
		    tap->t, CODE_METADATA, "too many special headers");
	if (size > max)
		return table_fault(tap->t, CODE_METADATA,
		    "special header of %ju bytes", (uintmax_t)size);
	tap->special = (char)h[AT_TYPE];
	tap->body = (size_t)size;
	tap->padded = ALIGN_UP(tap->body, BLOCK);
	tap->state = tap->body == 0 ? TAP_HEADER : TAP_SPECIAL;
	return CODE_NONE;
}

static const struct type {
	char type;
	enum code (*take)(struct tap *, const uint8_t *, uint64_t);
	enum code code;
} types[] = {
	{ '0', member, CODE_NONE },
	{ '\0', member, CODE_NONE },
	{ '5', member, CODE_NONE },
	{ '7', member, CODE_NONE },
	{ 'x', special, CODE_NONE },
	{ 'g', special, CODE_NONE },
	{ 'L', special, CODE_NONE },
	{ '1', NULL, CODE_TYPE_LINK },
	{ '2', NULL, CODE_TYPE_LINK },
	{ 'K', NULL, CODE_TYPE_LINK },
	{ '3', NULL, CODE_TYPE_SPECIAL },
	{ '4', NULL, CODE_TYPE_SPECIAL },
	{ '6', NULL, CODE_TYPE_SPECIAL },
	{ 'S', NULL, CODE_SPARSE },
	{ 'M', NULL, CODE_MULTIVOLUME },
	{ 'V', NULL, CODE_METADATA },
	{ 'D', NULL, CODE_METADATA },
	{ 'N', NULL, CODE_METADATA },
};

static enum code
by_type(struct tap *tap, const uint8_t *h, uint64_t size)
{
	char type = (char)h[AT_TYPE];
	struct slice name;

	for (size_t i = 0; i < NELEM(types); i++) {
		if (types[i].type != type)
			continue;
		if (types[i].take != NULL)
			return types[i].take(tap, h, size);
		(void)field(h + AT_NAME, 100, &name);
		table_where(tap->t, name);
		return table_fault(tap->t, types[i].code, "%c", type);
	}
	return table_fault(tap->t, CODE_METADATA, "type %02x", h[AT_TYPE]);
}

/* What was compressed is something else. */
static enum code
no_tar(const struct tap *tap)
{
	if (tap->t->format <= BUNDLE_TAR)
		return table_fault(tap->t, CODE_FORMAT, "tar");
	return table_fault(tap->t, CODE_FORMAT_NO_TAR, "%s",
	    bundle_format_name(tap->t->format) + strlen("tar."));
}

static enum code
header(struct tap *tap, struct slice block)
{
	uint64_t size = 0;
	enum code c;

	if (is_zero(block)) {
		if (tap->specials > 0)
			return table_fault(tap->t, CODE_CORRUPT, "no member");
		tap->state = TAP_AFTER;
		return CODE_NONE;
	}
	if (tap->pos == 0 && !magic_is_tar(block))
		return no_tar(tap);
	if (tap->specials == 0)
		tap->group = tap->pos;
	if ((c = need_checksum(tap, block.p)) != CODE_NONE ||
	    (c = need_magic(tap, block.p)) != CODE_NONE ||
	    (c = read_size(tap, block.p + AT_SIZE, &size)) != CODE_NONE)
		return c;
	return by_type(tap, block.p, size);
}

/* A GNU long name: it may end in one NUL. */
static enum code
long_name(struct tap *tap, struct slice body)
{
	if (body.n > 0 && body.p[body.n - 1] == '\0')
		body.n--;
	return tap_path(tap, body, false);
}

static enum code
special_body(struct tap *tap, struct slice padded)
{
	struct slice body = slice_of(padded.p, tap->body);

	tap->state = TAP_HEADER;
	if (tap->special == 'L')
		return long_name(tap, body);
	return tap_pax(tap, body, tap->special == 'g');
}

/* Bytes that the present state wants to see at once. */
static size_t
want(const struct tap *tap)
{
	return tap->state == TAP_SPECIAL ? tap->padded : BLOCK;
}

static enum code
take_whole(struct tap *tap, struct slice *in)
{
	size_t need = want(tap) - tap->hold.n;
	size_t n = in->n < need ? in->n : need;
	struct slice whole;
	enum code c;

	buf_put(&tap->hold, in->p, n);
	in->p += n;
	in->n -= n;
	if (n < need)
		return CODE_NONE;
	whole = buf_slice(&tap->hold);
	c = tap->state == TAP_SPECIAL ? special_body(tap, whole)
				      : header(tap, whole);
	tap->pos += whole.n;
	buf_reset(&tap->hold);
	return c;
}

static enum code
pass_over(struct tap *tap, struct slice *in)
{
	size_t n = in->n < tap->skip ? in->n : (size_t)tap->skip;

	tap->skip -= n;
	tap->pos += n;
	in->p += n;
	in->n -= n;
	if (tap->skip == 0)
		tap->state = TAP_HEADER;
	return CODE_NONE;
}

static enum code
after(struct tap *tap, struct slice *in)
{
	tap->zeros += in->n;
	if (!is_zero(*in) || tap->zeros > ZEROS_MAX)
		return CODE_TRAILING;
	in->n = 0;
	return CODE_NONE;
}

enum code
tap_feed(struct tap *tap, struct slice in)
{
	enum code c = CODE_NONE;

	while (in.n > 0 && c == CODE_NONE) {
		if (tap->state == TAP_AFTER)
			c = after(tap, &in);
		else if (tap->state == TAP_DATA)
			c = pass_over(tap, &in);
		else
			c = take_whole(tap, &in);
	}
	if (tap->state == TAP_DATA && tap->skip == 0)
		tap->state = TAP_HEADER;
	return c;
}

enum code
tap_finish(struct tap *tap)
{
	if (tap->pos == 0 && tap->t->format > BUNDLE_TAR)
		return no_tar(tap);
	if (tap->state != TAP_AFTER)
		return table_fault(tap->t, CODE_CORRUPT, "no end of archive");
	return CODE_NONE;
}
