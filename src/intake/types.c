/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is: the extension, the first bytes and, in the reader of each
 * kind, the structure must agree.  The few kinds that are accepted are a
 * table here: libmagic knows thousands that are not, by a parser and a
 * database that would have to be confined like the documents themselves.
 */
#include "intake_int.h"
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define HEAD_BYTES 16

struct type {
	const char *extension, *magic;
	size_t n;
};

/* An extension with more than one beginning stands more than once. */
static const struct type types[] = {
	{ ".pdf", "%PDF-", 5 },
	{ ".png", "\x89PNG\r\n\x1a\n", 8 },
	{ ".jpg", "\xff\xd8\xff", 3 },
	{ ".jpeg", "\xff\xd8\xff", 3 },
	{ ".tif", "II*\0", 4 },
	{ ".tif", "MM\0*", 4 },
	{ ".tiff", "II*\0", 4 },
	{ ".tiff", "MM\0*", 4 },
	{ ".xlsx", "PK\x03\x04", 4 },
	{ ".xlsx", "\xd0\xcf\x11\xe0", 4 }, /* with a password: its reader */
	{ ".docx", "PK\x03\x04", 4 },
	{ ".docx", "\xd0\xcf\x11\xe0", 4 },
};

/* Beginnings of what is never a paper, whatever its name says. */
static const struct {
	const char *magic, *name;
	size_t n;
} refused[] = {
	{ "MZ", "EXE", 2 },
	{ "\x7f"
	  "ELF",
	    "ELF", 4 },
	{ "\xcf\xfa\xed\xfe", "Mach-O", 4 },
	{ "\xca\xfe\xba\xbe", "Java", 4 },
	{ "#!", "script", 2 },
	{ "\xd0\xcf\x11\xe0", "DOC/XLS", 4 },
	{ "{\\rtf", "RTF", 5 },
	{ "<!DOCTYPE ht", "HTML", 12 },
	{ "<!doctype ht", "HTML", 12 },
	{ "<html", "HTML", 5 },
	{ "<HTML", "HTML", 5 },
	{ "<svg", "SVG", 4 },
};

/* No beginning of their own: their reader says what they are. */
static const char *const plain[] = { ".txt", ".csv", ".md", ".json", ".csr",
	".p10", ".pem", ".der", ".p7s", ".p7m", ".cer", ".crt", ".crl",
	".xml" };

const char *
extension_of(const char *path)
{
	const char *name = strrchr(path, '/'), *dot;

	dot = strrchr(name == NULL ? path : name, '.');
	return dot == NULL ? "" : dot;
}

bool
has_extension(const struct intake_member *m, const char *extension)
{
	return strcasecmp(extension_of(m->path), extension) == 0;
}

/* The first bytes of a member; fewer when it is short. */
static struct slice
first_bytes(const struct intake_member *m, uint8_t out[HEAD_BYTES])
{
	ssize_t n = m->fd < 0 ? 0 : pread(m->fd, out, HEAD_BYTES, 0);

	return slice_of(out, n < 0 ? 0 : (size_t)n);
}

static bool
begins(struct slice head, const char *magic, size_t n)
{
	return head.n >= n && memcmp(head.p, magic, n) == 0;
}

/* PDFs and pictures go by their own names only. */
static bool
is_strange(const struct type *t, struct slice head)
{
	return t->magic[0] != 'P' && t->magic[0] != '\xd0' &&
	    begins(head, t->magic, t->n);
}

static bool
is_known(const char *extension, bool *out_typed)
{
	*out_typed = false;
	for (size_t i = 0; i < NELEM(types); i++)
		*out_typed |= strcasecmp(extension, types[i].extension) == 0;
	for (size_t i = 0; i < NELEM(plain); i++)
		if (strcasecmp(extension, plain[i]) == 0)
			return true;
	return *out_typed;
}

static bool
agrees(const char *extension, bool typed, struct slice head)
{
	bool named = false, strange = false;

	for (size_t i = 0; i < NELEM(types); i++) {
		if (strcasecmp(extension, types[i].extension) == 0)
			named |= begins(head, types[i].magic, types[i].n);
		strange |= is_strange(&types[i], head);
	}
	return typed ? named : !strange;
}

/* The last chunk of a PNG ends the file: nothing hides behind it. */
static bool
is_whole(const struct intake_member *m, const char *extension)
{
	static const char end[] = "\0\0\0\0IEND\xae\x42\x60\x82";
	char tail[12];

	if (strcasecmp(extension, ".png") != 0)
		return true;
	return m->size >= sizeof(tail) &&
	    pread(m->fd, tail, sizeof(tail), (off_t)(m->size - sizeof(tail))) ==
	    (ssize_t)sizeof(tail) &&
	    memcmp(tail, end, sizeof(tail)) == 0;
}

/* What it is when it is none of the accepted kinds; NULL: one cannot tell. */
static const char *
refused_name(struct slice head)
{
	static const char bom[] = "\xef\xbb\xbf";

	if (begins(head, bom, 3))
		head = slice_of(head.p + 3, head.n - 3);
	for (size_t i = 0; i < NELEM(refused); i++)
		if (begins(head, refused[i].magic, refused[i].n))
			return refused[i].name;
	return NULL;
}

bool
type_check(struct check *c, const struct intake_member *m)
{
	uint8_t bytes[HEAD_BYTES] = { 0 };
	struct slice head = first_bytes(m, bytes);
	const char *extension = extension_of(m->path), *name;
	bool typed, known = is_known(extension, &typed);

	if (!agrees(extension, typed, head) || !is_whole(m, extension)) {
		rule_add(c->f, IR_TYPE_MISMATCH, m->path, NULL, extension);
		return false;
	}
	name = typed ? NULL : refused_name(head);
	if (name != NULL)
		rule_add(c->f, IR_TYPE_REFUSED, m->path, NULL, name);
	else if (!known && m->role != INTAKE_ROLE_SUBJECT_KEY)
		rule_add(c->f, IR_TYPE_UNKNOWN, m->path, NULL, extension);
	return name == NULL;
}
