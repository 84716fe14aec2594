/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must not be in a document, and the ranges of its signatures: looked
 * for in every byte of the file, in whatever it calls a stream as well, for a
 * reader may take objects from there; and in every stream of objects.
 */
#include "pdf_int.h"
#include <string.h>

/* As the value of S, Subtype or Type; alone as an object's whole value. */
static const char *const kinds[] = { "JavaScript", "Launch", "SubmitForm",
	"ImportData", "Rendition", "Movie", "Sound", "GoToE", "GoTo3DView",
	"RichMedia", "RichMediaExecute", "EmbeddedFile", "FileAttachment",
	"3D" };
/* As a key with something behind it. */
static const char *const keys[] = { "JavaScript", "EmbeddedFiles", "EF", "XFA",
	"RichMediaContent", "RichMediaSettings" };

static const char *
listed(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return list[i];
	return NULL;
}

static bool
says_kind(const char *name)
{
	return strcmp(name, "S") == 0 || strcmp(name, "Subtype") == 0 ||
	    strcmp(name, "Type") == 0;
}

/* "/S 5 0 R" hides what it does; no writer does that. */
static bool
is_reference(struct slice at)
{
	struct token t;

	for (int i = 0; i < 2; i++) {
		lex_next(&at, &t);
		if (t.kind != LEX_INT)
			return false;
	}
	lex_next(&at, &t);
	return lex_is_word(&t, "R");
}

/* Something that a key can lead to, not the next word of a sentence. */
static bool
leads_on(struct slice at)
{
	struct slice first = at;
	struct token t;

	lex_next(&first, &t);
	return t.kind == LEX_OPEN || is_reference(at);
}

static void
range_take(struct slice at, struct ranges *out)
{
	size_t i = out->n++;
	struct slice rest, one;
	int64_t v = 0;

	if (i >= RANGES_MAX)
		return;
	out->bad[i] = !array_begin(at, &rest);
	for (size_t k = 0; k < 4 && !out->bad[i]; k++) {
		out->bad[i] =
		    !array_next(&rest, &one) || !value_int(one, &v) || v < 0;
		out->range[i][k] = (uint64_t)v;
	}
	if (!out->bad[i] && array_next(&rest, &one))
		out->bad[i] = true;
}

/* One name, and what stands behind it. */
static void
name_check(struct pdf_file *f, const char *name, struct slice after,
    struct ranges *out)
{
	struct slice at = after;
	struct token t;
	const char *found = NULL;

	if (strcmp(name, "ByteRange") == 0) {
		range_take(after, out);
		return;
	}
	if (says_kind(name)) {
		lex_next(&at, &t);
		if (t.kind == LEX_NAME)
			found = listed(kinds, NELEM(kinds), t.name);
		else if (strcmp(name, "S") == 0 && is_reference(after))
			found = "reference";
	}
	if (found == NULL && leads_on(after))
		found = listed(keys, NELEM(keys), name);
	if (found != NULL)
		fault(f->verdict, PDF_FAULT_ACTIVE, found);
}

/* Only words that begin like one of those are read to their end. */
static bool
may_matter(int c)
{
	return c == '#' || c == 'S' || c == 'T' || c == 'J' || c == 'E' ||
	    c == 'X' || c == 'R' || c == 'B';
}

static void
bytes_check(struct pdf_file *f, struct slice bytes, struct ranges *out)
{
	const uint8_t *p = bytes.p, *end = bytes.p + bytes.n;

	while (p < end && (p = memchr(p, '/', (size_t)(end - p))) != NULL) {
		struct slice at = slice_of(p, (size_t)(end - p));
		struct token t;

		p++;
		if (p == end || !may_matter(*p))
			continue;
		lex_next(&at, &t);
		name_check(f, t.name, at, out);
	}
}

/* An object that is nothing but such a name. */
static void
object_check(struct pdf_file *f, const struct object *o)
{
	struct slice at = o->value;
	struct token t;
	const char *found;

	lex_next(&at, &t);
	if (t.kind != LEX_NAME ||
	    (found = listed(kinds, NELEM(kinds), t.name)) == NULL)
		return;
	fault(f->verdict, PDF_FAULT_ACTIVE, found);
}

void
active_check(struct pdf_file *f, struct ranges *out)
{
	size_t packed = f->n_kept;

	*out = (struct ranges){ 0 };
	bytes_check(f, f->bytes, out);
	for (size_t i = 0; i < packed; i++)
		bytes_check(f, buf_slice(f->kept[i]), out);
	for (size_t i = 0; i < f->n; i++)
		object_check(f, &f->objects[i]);
}
