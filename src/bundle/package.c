/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of document parts in memory: the preflight, then part by part. */
#include "nintei/zip.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nintei/text.h"
#include "nintei/wire.h"

#include "bundle_int.h"

struct zip {
	struct slice all;
	struct table t;
	struct zip_part
	    *parts; /* one for each entry of t, as it stands there */
};

static int
fault(struct zip_fault *f, enum code c, struct slice where, const char *detail)
{
	struct zip_fault made = { .code = code_name(c) };

	text_show(
	    made.where, sizeof(made.where), (const char *)where.p, where.n);
	text_show(made.detail, sizeof(made.detail), detail, strlen(detail));
	*f = made;
	return -1;
}

static int
table_said(struct zip_fault *f, enum code c, const struct table *t)
{
	return fault(f, c, buf_slice(&t->where), t->detail);
}

/* The bytes of a stored entry; empty when it is not one. */
static struct slice
stored(struct slice all, const struct entry *ent)
{
	return ent->deflated ? slice_of(NULL, 0)
			     : slice_of(all.p + ent->at, (size_t)ent->size);
}

static bool
begins(struct slice s, const char *text)
{
	size_t n = strlen(text);

	return s.n >= n && memcmp(s.p, text, n) == 0;
}

enum code
package_alone(struct slice all, struct table *t)
{
	if (t->format != BUNDLE_ZIP || t->n == 0)
		return CODE_NONE;
	for (size_t i = 0; i < t->n; i++)
		if (slice_eq_str(t->items[i].raw, "[Content_Types].xml"))
			return table_fault(
			    t, CODE_FORMAT_OFFICE, "Office Open XML");
	if (slice_eq_str(t->items[0].raw, "mimetype") &&
	    begins(stored(all, &t->items[0]),
		"application/vnd.oasis.opendocument"))
		return table_fault(t, CODE_FORMAT_OFFICE, "OpenDocument");
	return CODE_NONE;
}

/* "EncryptedPackage" as a compound file writes it: UTF-16LE. */
static bool
has_password(struct slice all)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0"
				   "P\0a\0c\0k\0a\0g\0e\0";

	return memmem(all.p, all.n, name, sizeof(name) - 1) != NULL;
}

/* Only zips; what has a password is a compound file. */
static int
need_zip(struct slice all, struct zip_fault *f)
{
	const struct magic *m = magic_of(all);

	if (m != NULL && m->format == BUNDLE_ZIP)
		return 0;
	if (m == NULL)
		return fault(f, CODE_FORMAT, slice_of(NULL, 0), "");
	if (m->code == CODE_FORMAT_OFFICE && has_password(all))
		return fault(f, CODE_ENCRYPTED, slice_of(NULL, 0), m->name);
	return fault(f, m->code == CODE_NONE ? CODE_FORMAT : m->code,
	    slice_of(NULL, 0), m->name);
}

/* Part names are UTF-8; CP932 has no place in a package. */
static int
judge_names(struct table *t, struct zip_fault *f)
{
	CLEANUP(verdicts_free) struct verdicts v = { 0 };

	for (size_t i = 0; i < t->n; i++)
		t->items[i].utf8 = true;
	names_check(t, &v);
	if (v.n == 0)
		return 0;
	return fault(f, v.items[0].code, slice_str(v.items[0].member),
	    v.items[0].detail);
}

static void
list_parts(struct zip *z)
{
	z->parts = xcalloc(z->t.n + 1, sizeof(*z->parts));
	for (size_t i = 0; i < z->t.n; i++) {
		const struct entry *ent = &z->t.items[i];

		z->parts[i] =
		    (struct zip_part){ ent->name, ent->size, ent->is_dir };
	}
}

int
zip_open(struct slice all, struct zip **out, struct zip_fault *f)
{
	CLEANUP(zip_freep) struct zip *z = xcalloc(1, sizeof(*z));
	enum code c;

	z->all = all;
	z->t.package = true;
	if (need_zip(all, f) < 0)
		return -1;
	if ((c = zip_scan(all, &z->t)) != CODE_NONE)
		return table_said(f, c, &z->t);
	if (judge_names(&z->t, f) < 0)
		return -1;
	list_parts(z);
	*out = TAKE(z);
	return 0;
}

void
zip_free(struct zip *z)
{
	if (z == NULL)
		return;
	table_free(&z->t);
	free(z->parts);
	free(z);
}

size_t
zip_count(const struct zip *z)
{
	return z->t.n;
}

const struct zip_part *
zip_part(const struct zip *z, size_t i)
{
	return i < z->t.n ? &z->parts[i] : NULL;
}

const struct zip_part *
zip_find(const struct zip *z, const char *name)
{
	for (size_t i = 0; i < z->t.n; i++)
		if (strcasecmp(z->parts[i].name, name) == 0)
			return &z->parts[i];
	return NULL;
}

static void
to_buf(void *arg, struct slice bytes)
{
	buf_put(arg, bytes.p, bytes.n);
}

int
zip_read(const struct zip *z, const struct zip_part *part, struct buf *out,
    struct zip_fault *f)
{
	CLEANUP(unzip_done) struct unzip u = { .put = to_buf, .arg = out };
	struct slice name = slice_str(part->name);
	enum code c;

	if (part->size > out->max - out->n)
		return fault(f, CODE_LIM_ENTRY, name, "");
	c = unzip_entry(&u, z->all, &z->t.items[part - z->parts]);
	return c == CODE_NONE ? 0 : fault(f, c, name, "content");
}
