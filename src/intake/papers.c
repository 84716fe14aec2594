/* SPDX-License-Identifier: Apache-2.0 */
/* Each member: its type by extension and first bytes, then what it says. */
#include "intake_int.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include "nintei/examine.h"
#include "nintei/fs.h"

#define MAGIC_BYTES 8

static const struct {
	const char *extension, *magic;
	size_t n;
} types[] = {
	{ ".pdf", "%PDF-", 5 },
	{ ".png", "\x89PNG\r\n\x1a\n", 8 },
	{ ".jpg", "\xff\xd8\xff", 3 },
	{ ".jpeg", "\xff\xd8\xff", 3 },
	{ ".xlsx", "PK\x03\x04", 4 },
	{ ".docx", "PK\x03\x04", 4 },
};

static const char *
extension_of(const char *path)
{
	const char *name = strrchr(path, '/'), *dot;

	dot = strrchr(name == NULL ? path : name, '.');
	return dot == NULL ? "" : dot;
}

static bool
has_extension(const struct intake_member *m, const char *extension)
{
	return strcasecmp(extension_of(m->path), extension) == 0;
}

/* The first bytes of a member; fewer when it is short. */
static size_t
first_bytes(const struct intake_member *m, uint8_t out[MAGIC_BYTES])
{
	ssize_t n = m->fd < 0 ? 0 : pread(m->fd, out, MAGIC_BYTES, 0);

	return n < 0 ? 0 : (size_t)n;
}

/* Each extension has its magic, and a PDF or picture has its extension. */
static void
type_check(struct check *c, const struct intake_member *m)
{
	uint8_t head[MAGIC_BYTES] = { 0 };
	size_t n = first_bytes(m, head);
	const char *extension = extension_of(m->path);
	bool wrong = false;

	for (size_t i = 0; i < NELEM(types); i++) {
		bool named = strcasecmp(extension, types[i].extension) == 0;
		bool is = n >= types[i].n &&
		    memcmp(head, types[i].magic, types[i].n) == 0;

		if (named)
			wrong = !is;
		else if (is && i == 0)
			wrong = true;
	}
	if (wrong)
		rule_add(c->f, IR_TYPE_MISMATCH, m->path, NULL, extension);
}

/* Which worker reads a member with this role and extension. */
static const struct {
	enum intake_role role;
	const char *extension; /* NULL: any */
	enum examine_kind kind;
} readers[] = {
	{ INTAKE_ROLE_FORM_A, ".json", EXAMINE_FORM },
	{ INTAKE_ROLE_FORM_B, ".json", EXAMINE_FORM },
	{ INTAKE_ROLE_REGISTRY_CERTIFICATE, ".json", EXAMINE_REGISTRY },
	{ INTAKE_ROLE_SUBJECT_KEY, NULL, EXAMINE_CSR },
	{ INTAKE_ROLE_EXISTENCE_PROOF, ".p7s", EXAMINE_CMS },
	{ INTAKE_ROLE_EXISTENCE_PROOF, ".p7m", EXAMINE_CMS },
};

static enum examine_kind
reader_of(const struct intake_member *m)
{
	for (size_t i = 0; i < NELEM(readers); i++)
		if (readers[i].role == m->role &&
		    (readers[i].extension == NULL ||
			has_extension(m, readers[i].extension)))
			return readers[i].kind;
	return EXAMINE_NONE;
}

/* Where the answer of a kind goes; NULL: it stays with its member. */
static struct json **
place_of(
    struct intake *in, const struct intake_member *m, enum examine_kind kind)
{
	if (kind == EXAMINE_REGISTRY)
		return &in->registry;
	if (kind != EXAMINE_FORM)
		return NULL;
	return m->role == INTAKE_ROLE_FORM_A ? &in->form_a : &in->form_b;
}

/* What a document said goes to its place in the intake. */
static void
keep(struct intake *in, struct intake_member *m, struct examined *x)
{
	struct json **place = place_of(in, m, x->kind);

	if (x->kind == EXAMINE_CSR) {
		in->spki_len = x->spki_len;
		memcpy(in->spki, x->spki, x->spki_len);
	} else if (place == NULL)
		m->document = TAKE(x->json);
	else if (*place == NULL)
		*place = TAKE(x->json);
}

static int
document_check(struct check *c, struct intake_member *m, enum examine_kind kind,
    struct err *e)
{
	CLEANUP(examined_freep) struct examined *x = NULL;
	CLEANUP(fd_closep) int none = -1;

	if (m->fd < 0 && memfd_of("empty", (struct slice){ 0 }, &none, e) < 0)
		return -1;
	if (examine_run(c->hosts->examine, kind, m->path,
		m->fd < 0 ? none : m->fd, &x, c->f, e) < 0)
		return -1;
	keep(c->in, m, x);
	return 0;
}

/* A paper that no worker of this class reads. */
static void
unread(struct check *c, const struct intake_member *m)
{
	if (m->role == INTAKE_ROLE_FORM_A || m->role == INTAKE_ROLE_FORM_B)
		rule_add(c->f, IR_FORM_FORMAT, m->path, NULL, NULL);
}

static bool
is_of_register(const struct intake_member *m)
{
	return m->role == INTAKE_ROLE_REGISTRY_CERTIFICATE ||
	    m->role == INTAKE_ROLE_EXISTENCE_PROOF;
}

int
papers_check(struct check *c, struct err *e)
{
	for (size_t i = 0; i < c->in->n_members; i++) {
		struct intake_member *m = &c->in->members[i];
		enum examine_kind kind = reader_of(m);

		if (m->ignored || m->role == INTAKE_ROLE_MANIFEST ||
		    m->role == INTAKE_ROLE_CONTAINER)
			continue;
		type_check(c, m);
		if (kind == EXAMINE_NONE)
			unread(c, m);
		else if (document_check(c, m, kind, e) < 0)
			return -1;
		if (is_of_register(m) && kind != EXAMINE_REGISTRY)
			rule_add(c->f, IR_NEEDS_HUMAN, m->path, NULL, NULL);
	}
	return 0;
}
