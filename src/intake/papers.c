/* SPDX-License-Identifier: Apache-2.0 */
/* Each member through the worker that reads its kind. */
#include "intake_int.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "nintei/examine.h"
#include "nintei/fs.h"

/*
 * Which worker reads a member with this role (NONE: any) and extension; the
 * first row that fits.
 */
static const struct {
	enum intake_role role;
	const char *extension; /* NULL: any */
	enum examine_kind kind;
} readers[] = {
	{ INTAKE_ROLE_FORM_A, ".json", EXAMINE_FORM },
	{ INTAKE_ROLE_FORM_B, ".json", EXAMINE_FORM },
	{ INTAKE_ROLE_FORM_A, ".xlsx", EXAMINE_XLSX },
	{ INTAKE_ROLE_FORM_B, ".xlsx", EXAMINE_XLSX },
	{ INTAKE_ROLE_REGISTRY_CERTIFICATE, ".json", EXAMINE_REGISTRY },
	{ INTAKE_ROLE_SUBJECT_KEY, NULL, EXAMINE_CSR },
	{ INTAKE_ROLE_NONE, ".xlsx", EXAMINE_XLSX },
	{ INTAKE_ROLE_NONE, ".docx", EXAMINE_DOCX },
	{ INTAKE_ROLE_NONE, ".txt", EXAMINE_PLAIN },
	{ INTAKE_ROLE_NONE, ".csv", EXAMINE_PLAIN },
	{ INTAKE_ROLE_NONE, ".md", EXAMINE_PLAIN },
};

static bool
is_form(const struct intake_member *m)
{
	return m->role == INTAKE_ROLE_FORM_A || m->role == INTAKE_ROLE_FORM_B;
}

static enum examine_kind
reader_of(const struct intake_member *m)
{
	for (size_t i = 0; i < NELEM(readers); i++)
		if ((readers[i].role == m->role ||
			(readers[i].role == INTAKE_ROLE_NONE && !is_form(m))) &&
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
	if (kind == EXAMINE_XLSX && is_form(m))
		ooxml_form_take(c, m);
	return 0;
}

/* A form that no worker of this class reads. */
static void
unread(struct check *c, const struct intake_member *m)
{
	if (is_form(m))
		rule_add(c->f, IR_FORM_FORMAT, m->path, NULL, NULL);
}

/* By the reader of its role, else by its type. */
static int
paper_read(struct check *c, struct intake_member *m, enum examine_kind kind,
    bool is_typed, struct err *e)
{
	if (kind != EXAMINE_NONE)
		return document_check(c, m, kind, e);
	unread(c, m);
	if (is_typed && has_extension(m, ".pdf"))
		return pdf_check(c, m, e);
	return 0;
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
		if (!budget_left(c, m))
			return 0;
		if (paper_read(c, m, kind, type_check(c, m), e) < 0)
			return -1;
	}
	return 0;
}
