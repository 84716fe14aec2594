/* SPDX-License-Identifier: Apache-2.0 */
/* Level 1: manifest.json against its form and against the archive. */
#include "intake_int.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "nintei/bundle.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/text.h"

#define MANIFEST "manifest.json"
#define NAME_CHARS 256 /* of an applicant or a service */

static const struct shape_key top_keys[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "scheme", JSON_KIND_STRING, true },
	{ "kind", JSON_KIND_STRING, true },
	{ "number", JSON_KIND_STRING, false },
	{ "applicant", JSON_KIND_OBJECT, true },
	{ "service", JSON_KIND_OBJECT, true },
	{ "guideline_version", JSON_KIND_STRING, true },
	{ "created", JSON_KIND_STRING, true },
	{ "tag", JSON_KIND_STRING, false },
	{ "members", JSON_KIND_ARRAY, true },
	{ "exclusions", JSON_KIND_ARRAY, false },
};
static const struct shape_key applicant_keys[] = {
	{ "name", JSON_KIND_STRING, true },
	{ "corporate_number", JSON_KIND_STRING, false },
};
static const struct shape_key service_keys[] = {
	{ "name", JSON_KIND_STRING, true },
	{ "url", JSON_KIND_STRING, false },
};
static const struct shape_key member_keys[] = {
	{ "path", JSON_KIND_STRING, true },
	{ "role", JSON_KIND_STRING, true },
	{ "sha256", JSON_KIND_STRING, true },
	{ "size", JSON_KIND_INT, true },
	{ "tag", JSON_KIND_STRING, false },
	{ "fields", JSON_KIND_ARRAY, false },
};

#define SHAPE(c, where, j, keys)                                               \
	shape_check((c)->f, IR_MANIFEST_SHAPE, MANIFEST, (where), (j), (keys), \
	    NELEM(keys))

/* A name: NFC, showable, not blank, at most NAME_CHARS; "" when it is not. */
static char *
name_take(
    struct check *c, const struct json *j, const char *key, const char *field)
{
	CLEANUP(freep) char *text = NULL;

	if (jsonx_get_str(j, key) == NULL)
		return xstrdup("");
	text = value_text(jsonx_get(j, key));
	if (text == NULL || value_is_blank(text) || !value_is_showable(text) ||
	    value_length(text) > NAME_CHARS) {
		rule_add(c->f, IR_MANIFEST_TEXT, MANIFEST, field, NULL);
		return xstrdup("");
	}
	return TAKE(text);
}

/* What the request says must not contradict the manifest. */
static void
hint_check(struct check *c, const char *key, const char *hint)
{
	const char *have = jsonx_get_str(c->manifest, key);

	if (hint != NULL && have != NULL && strcmp(hint, have) != 0)
		rule_add(c->f, IR_MANIFEST_HINT, MANIFEST, key, key);
}

static void
scheme_take(struct check *c)
{
	const char *id = jsonx_get_str(c->manifest, "scheme");
	const char *kind = jsonx_get_str(c->manifest, "kind");

	if (id != NULL && (c->in->scheme = check_scheme(c, id)) == NULL)
		rule_add(c->f, IR_MANIFEST_SCHEME, MANIFEST, "scheme", id);
	if (kind == NULL)
		return;
	c->in->kind = dossier_kind_parse(kind);
	if (c->in->kind == DOSSIER_NONE)
		rule_add(c->f, IR_MANIFEST_KIND, MANIFEST, "kind", kind);
}

static void
number_take(struct check *c)
{
	const char *number = jsonx_get_str(c->manifest, "number");
	const char *what = NULL;

	if (c->in->kind == DOSSIER_NONE)
		return;
	if (c->in->kind == DOSSIER_NEW)
		what = number != NULL ? "new has none" : NULL;
	else if (number == NULL)
		what = "it is missing";
	else if (!scheme_number_valid(number))
		what = "it is malformed";
	if (what != NULL)
		rule_add(c->f, IR_MANIFEST_NUMBER, MANIFEST, "number", what);
	else if (number != NULL)
		c->in->number = xstrdup(number);
}

static void
applicant_take(struct check *c)
{
	const struct json *a = jsonx_get(c->manifest, "applicant");
	const char *number = jsonx_get_str(a, "corporate_number");
	enum number_fault fault;

	SHAPE(c, "applicant", a, applicant_keys);
	free(c->in->applicant);
	c->in->applicant = name_take(c, a, "name", "applicant/name");
	if (registry_name_has_invisible(c->in->applicant))
		rule_add(c->f, IR_INVISIBLE, MANIFEST, "applicant/name", NULL);
	if (number == NULL)
		return;
	fault = registry_number_check(number);
	if (fault != NUMBER_FAULT_NONE)
		rule_add(c->f, IR_FIELD_CHECK, MANIFEST,
		    "applicant/corporate_number", number_fault_name(fault));
	else
		registry_number_fold(number, c->in->corporate_number);
}

static void
service_take(struct check *c)
{
	const struct json *s = jsonx_get(c->manifest, "service");
	const char *url = jsonx_get_str(s, "url");

	SHAPE(c, "service", s, service_keys);
	free(c->in->service);
	c->in->service = name_take(c, s, "name", "service/name");
	if (url == NULL)
		return;
	if (strlen(url) > 200 || !value_is_url(url, true)) {
		rule_add(c->f, IR_MANIFEST_URL, MANIFEST, "service/url", NULL);
		return;
	}
	free(c->in->service_url);
	c->in->service_url = xstrdup(url);
}

static void
created_take(struct check *c)
{
	const char *created = jsonx_get_str(c->manifest, "created");
	struct err e = ERR_INIT;

	if (created != NULL && instant_parse(created, &c->in->created, &e) < 0)
		rule_add(c->f, IR_MANIFEST_CREATED, MANIFEST, "created", NULL);
}

static struct intake_member *
member_find(struct intake *in, const char *path)
{
	CLEANUP(buf_free) struct buf nfc = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;

	if (text_nfc(slice_str(path), &nfc, &e) < 0)
		return NULL;
	for (size_t i = 0; i < in->n_members; i++)
		if (!in->members[i].ignored &&
		    strcmp(in->members[i].path, buf_str(&nfc)) == 0)
			return &in->members[i];
	return NULL;
}

/* Size and digest; the archive is what counts. */
static void
content_check(struct check *c, const struct intake_member *m,
    const struct json *j, const char *where)
{
	const char *hex = jsonx_get_str(j, "sha256");
	int64_t size = jsonx_get_int(j, "size", -1);
	char have[65];

	hex_encode(m->sha256, sizeof(m->sha256), have);
	if (size >= 0 && (uint64_t)size != m->size) {
		CLEANUP(freep)
		char *what = xasprintf("%" PRId64 ", %" PRIu64, size, m->size);

		rule_add(c->f, IR_MANIFEST_SIZE, m->path, where, what);
	} else if (size < 0 && jsonx_get(j, "size") != NULL)
		rule_add(c->f, IR_MANIFEST_SIZE, m->path, where, "negative");
	if (hex != NULL && strcmp(hex, have) != 0)
		rule_add(c->f, IR_MANIFEST_DIGEST, m->path, where, NULL);
}

/* Roles that more than one member may have. */
static bool
may_repeat(enum intake_role r)
{
	return r != INTAKE_ROLE_FORM_A && r != INTAKE_ROLE_FORM_B &&
	    r != INTAKE_ROLE_SUBJECT_KEY && r != INTAKE_ROLE_MARK_DECLARATION;
}

static void
role_take(struct check *c, struct intake_member *m, const struct json *j,
    const char *where)
{
	const char *name = jsonx_get_str(j, "role");
	enum intake_role role = intake_role_parse(name);

	if (name == NULL)
		return;
	if (role == INTAKE_ROLE_NONE ||
	    (!may_repeat(role) && intake_member_of(c->in, role) != NULL)) {
		rule_add(c->f, IR_MANIFEST_ROLE, m->path, where, name);
		return;
	}
	m->role = role;
}

static void
tag_take(struct check *c, struct intake_member *m, const struct json *j,
    const char *where)
{
	const char *name = jsonx_get_str(j, "tag");

	m->declared = tag_parse(name);
	if (name != NULL && m->declared == TAG_NONE)
		rule_add(c->f, IR_TAG_UNKNOWN, m->path, where, name);
}

/* One entry of members[]; seen[] marks the archive's members. */
static void
entry_check(struct check *c, size_t i, const struct json *j, bool *seen)
{
	CLEANUP(freep) char *where = xasprintf("members/%zu", i);
	const char *path = jsonx_get_str(j, "path"), *fault;
	struct intake_member *m;

	SHAPE(c, where, j, member_keys);
	if (path == NULL)
		return;
	if ((fault = bundle_name_fault(slice_str(path))) != NULL) {
		rule_add(c->f, IR_MANIFEST_PATH, path, where, fault);
		return;
	}
	if ((m = member_find(c->in, path)) == NULL) {
		if (!c->partial)
			rule_add(c->f, IR_MANIFEST_MISSING, path, where, NULL);
		return;
	}
	if (m->role == INTAKE_ROLE_CONTAINER) {
		rule_add(c->f, IR_MANIFEST_PATH, path, where, "META-INF");
		return;
	}
	if (seen[m - c->in->members]) {
		rule_add(c->f, IR_MANIFEST_TWICE, path, where, NULL);
		return;
	}
	seen[m - c->in->members] = true;
	role_take(c, m, j, where);
	tag_take(c, m, j, where);
	content_check(c, m, j, where);
}

static void
members_check(struct check *c)
{
	const struct json *list = jsonx_get(c->manifest, "members");
	CLEANUP(freep)
	bool *seen = xcalloc(c->in->n_members + 1, sizeof(*seen));

	if (jsonx_len(list) > LIMIT_ENTRIES) {
		rule_add(c->f, IR_MANIFEST_SHAPE, MANIFEST, "members",
		    "too many members");
		return;
	}
	for (size_t i = 0; i < jsonx_len(list); i++)
		entry_check(c, i, jsonx_at(list, i), seen);
	for (size_t i = 0; i < c->in->n_members; i++) {
		const struct intake_member *m = &c->in->members[i];

		if (!seen[i] && !m->ignored &&
		    m->role != INTAKE_ROLE_MANIFEST &&
		    m->role != INTAKE_ROLE_CONTAINER)
			rule_add(c->f, IR_MANIFEST_EXTRA, m->path, NULL, NULL);
	}
}

void
manifest_check(struct check *c)
{
	const char *schema = jsonx_get_str(c->manifest, "schema");

	SHAPE(c, "", c->manifest, top_keys);
	if (schema != NULL && strcmp(schema, "nintei.bundle/1") != 0)
		rule_add(c->f, IR_MANIFEST_SHAPE, MANIFEST, "schema",
		    "want nintei.bundle/1");
	hint_check(c, "scheme", c->hint->scheme);
	hint_check(c, "kind", c->hint->kind);
	hint_check(c, "number", c->hint->number);
	scheme_take(c);
	number_take(c);
	applicant_take(c);
	service_take(c);
	free(c->in->guideline_version);
	c->in->guideline_version =
	    name_take(c, c->manifest, "guideline_version", "guideline_version");
	created_take(c);
	members_check(c);
	wishes_check(c);
}
