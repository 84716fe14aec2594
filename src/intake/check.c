/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a dossier through all checks, in one order. */
#include "intake_int.h"
#include <stdlib.h>
#include <string.h>
#include "nintei/bundle.h"
#include "nintei/examine.h"
#include "nintei/fs.h"

static struct intake *
intake_new(const struct bundle *b)
{
	struct intake *in = xcalloc(1, sizeof(*in));

	in->size = b->size;
	memcpy(in->sha256, b->sha256, sizeof(in->sha256));
	in->applicant = xstrdup("");
	in->service = xstrdup("");
	in->service_url = xstrdup("");
	in->guideline_version = xstrdup("");
	return in;
}

/* The members with their descriptors move over from the bundle. */
static void
take_members(struct intake *in, struct bundle *b)
{
	in->members = xcalloc(b->n + 1, sizeof(*in->members));
	in->n_members = b->n;
	for (size_t i = 0; i < b->n; i++) {
		struct intake_member *m = &in->members[i];

		m->path = TAKE(b->members[i].path);
		m->size = b->members[i].size;
		m->fd = TAKE_FD(b->members[i].fd);
		m->ignored = b->members[i].ignored;
		m->role = INTAKE_ROLE_NONE;
		memcpy(m->sha256, b->members[i].sha256, sizeof(m->sha256));
	}
	b->n = 0;
}

static struct intake_member *
manifest_member(struct intake *in)
{
	for (size_t i = 0; i < in->n_members; i++)
		if (!in->members[i].ignored &&
		    strcmp(in->members[i].path, "manifest.json") == 0)
			return &in->members[i];
	return NULL;
}

static int
manifest_read(struct check *c, const struct intake_member *m, struct err *e)
{
	CLEANUP(examined_freep) struct examined *x = NULL;
	CLEANUP(fd_closep) int none = -1;

	if (m->fd < 0 && memfd_of("empty", (struct slice){ 0 }, &none, e) < 0)
		return -1;
	if (examine_run(c->hosts->examine, EXAMINE_MANIFEST, m->path,
		m->fd < 0 ? none : m->fd, &x, c->f, e) < 0)
		return -1;
	c->manifest = TAKE(x->json);
	return 0;
}

const struct scheme *
check_scheme(const struct check *c, const char *id)
{
	const struct intake_hint *h = c->hint;
	const struct scheme *found = id == NULL || h->received_at == 0
	    ? NULL
	    : scheme_criteria_for(c->schemes, id, h->received_at, h->now);

	return found != NULL ? found : scheme_find(c->schemes, id);
}

/* Level 0: what the request says, and roles by name. */
static void
hint_take(struct check *c)
{
	struct intake *in = c->in;
	const struct intake_hint *h = c->hint;

	in->scheme = check_scheme(c, h->scheme);
	in->kind = dossier_kind_parse(h->kind == NULL ? "new" : h->kind);
	if (h->number != NULL && scheme_number_valid(h->number) &&
	    in->kind != DOSSIER_NEW)
		in->number = xstrdup(h->number);
}

static void
files_check(struct check *c)
{
	struct intake *in = c->in;
	const struct intake_hint *h = c->hint;

	hint_take(c);
	if (in->scheme == NULL)
		rule_add(c->f, IR_MANIFEST_SCHEME, NULL, "scheme",
		    h->scheme == NULL ? "" : h->scheme);
	if (in->kind == DOSSIER_NONE)
		rule_add(c->f, IR_MANIFEST_KIND, NULL, "kind", h->kind);
	for (size_t i = 0; i < in->n_members; i++) {
		struct intake_member *m = &in->members[i];
		enum intake_role role = intake_role_of_path(m->path);

		if (m->ignored || m->role == INTAKE_ROLE_CONTAINER)
			continue;
		if (role == INTAKE_ROLE_MANIFEST ||
		    ((role == INTAKE_ROLE_FORM_A ||
			 role == INTAKE_ROLE_FORM_B ||
			 role == INTAKE_ROLE_SUBJECT_KEY) &&
			intake_member_of(in, role) != NULL))
			role = INTAKE_ROLE_ATTACHMENT;
		m->role = role;
	}
}

static int
level_check(struct check *c, struct err *e)
{
	struct intake_member *m = manifest_member(c->in);

	if (m == NULL) {
		files_check(c);
		return 0;
	}
	if (c->in->level == 0)
		c->in->level = 1;
	m->role = INTAKE_ROLE_MANIFEST;
	if (manifest_read(c, m, e) < 0)
		return -1;
	if (c->manifest != NULL)
		manifest_check(c);
	return 0;
}

/* Is the paper there, or what serves as well? */
static bool
is_filled(const struct intake *in, const struct scheme_slot *slot)
{
	enum intake_role role = intake_role_parse(slot->role);
	enum intake_role other = intake_role_parse(slot->alternative);
	CLEANUP(freep) char *declared = NULL;

	if (intake_member_of(in, role) != NULL ||
	    (other != INTAKE_ROLE_NONE && intake_member_of(in, other) != NULL))
		return true;
	if (role != INTAKE_ROLE_MARK_DECLARATION)
		return false;
	declared = field_text(in->form_a, "mark_declaration");
	return !value_is_blank(declared); /* Art. 10(7): any answer */
}

/* A role as its applicant names the file. */
static const char *
paper_name(const char *role)
{
	static const char *const names[INTAKE_ROLE_MAX] = {
		[INTAKE_ROLE_FORM_A] = "申請書A (form_a)",
		[INTAKE_ROLE_FORM_B] = "申請書B (form_b)",
		[INTAKE_ROLE_REGISTRY_CERTIFICATE] =
		    "登記事項証明書 (registry_certificate)",
		[INTAKE_ROLE_EXISTENCE_PROOF] = "実在証明 (existence_proof)",
		[INTAKE_ROLE_MARK_DECLARATION] =
		    "認定マーク自己申告書 (mark_declaration)",
		[INTAKE_ROLE_GUIDELINE_EVIDENCE] =
		    "指針適合資料 (guideline_evidence)",
	};
	const char *name = names[intake_role_parse(role)];

	return name != NULL ? name : role;
}

static void
slots_check(struct check *c)
{
	const struct scheme *s = c->in->scheme;

	c->in->complete = true;
	for (size_t i = 0; i < s->n_slots; i++) {
		const struct scheme_slot *slot = &s->slots[i];

		if (!slot->required ||
		    (slot->kinds & DOSSIER_BIT(c->in->kind)) == 0 ||
		    is_filled(c->in, slot))
			continue;
		c->in->complete = false;
		rule_add_article(c->f, IR_SLOT_MISSING, slot->article, NULL,
		    paper_name(slot->role));
	}
}

/* What the regulation asks once scheme and kind are known. */
static void
regulation_check(struct check *c)
{
	struct intake *in = c->in;

	if (in->scheme == NULL || in->kind == DOSSIER_NONE)
		return;
	if (scheme_rule_at(in->scheme, c->hint->now) == NULL)
		rule_add(c->f, IR_NOT_IN_FORCE, NULL, NULL, NULL);
	if (in->level == 0 && in->kind != DOSSIER_NEW && in->number == NULL)
		rule_add(
		    c->f, IR_MANIFEST_NUMBER, NULL, "number", "it is missing");
	slots_check(c);
}

/* Level 0 has the version of the guideline from form B alone. */
static void
guideline_take(struct check *c)
{
	const struct scheme *s = c->in->scheme;

	for (size_t i = 0; s != NULL && i < s->n_criteria; i++)
		if (s->criteria[i].check == CRITERION_GUIDELINE_VERSION &&
		    c->in->guideline_version[0] == '\0') {
			free(c->in->guideline_version);
			c->in->guideline_version =
			    field_text(c->in->form_b, s->criteria[i].id);
		}
}

static int
all_checks(struct check *c, int archive_fd, struct err *e)
{
	if (bag_import(c, e) < 0 || container_check(c, archive_fd, e) < 0 ||
	    level_check(c, e) < 0 || container_signatures(c, e) < 0 ||
	    papers_check(c, e) < 0)
		return -1;
	container_label(c);
	form_a_check(c);
	form_b_check(c);
	agree_check(c);
	if (existence_check(c, e) < 0)
		return -1;
	guideline_take(c);
	tags_check(c);
	language_check(c);
	malware_check(c);
	regulation_check(c);
	ooxml_name_cells(c);
	return 0;
}

int
intake_check(const struct intake_hosts *hosts, const struct scheme_set *schemes,
    const struct intake_hint *hint, int archive_fd, struct intake **out,
    struct findings *f, struct err *e)
{
	CLEANUP(bundle_freep) struct bundle *b = NULL;
	CLEANUP(intake_freep) struct intake *in = NULL;
	CLEANUP(jsonx_freep) struct json *manifest = NULL;
	CLEANUP(jsonx_freep) struct json *proofs = NULL;
	struct check c = {
		.hosts = hosts, .schemes = schemes, .hint = hint, .f = f
	};
	int rv;

	rv = (hosts->take_7z ? bundle_admit_7z : bundle_admit)(
	    hosts->unpack, archive_fd, &b, f, e);
	if (rv < 0)
		return -1;
	c.in = in = intake_new(b);
	c.partial = b->partial;
	take_members(in, b);
	budget_begin(&c);
	if (in->n_members == 0)
		hint_take(&c);
	else {
		rv = all_checks(&c, archive_fd, e);
		manifest = c.manifest;
		proofs = c.proofs; /* left over by an error */
		if (rv < 0)
			return -1;
	}
	*out = TAKE(in);
	return 0;
}
