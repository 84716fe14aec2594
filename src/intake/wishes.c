/* SPDX-License-Identifier: Apache-2.0 */
/* What the manifest asks for: publication of items, exclusions (Art. 11, 20).
 */
#include "intake_int.h"
#include <stdlib.h>
#include <string.h>
#include "nintei/text.h"

#define MANIFEST "manifest.json"

static const struct shape_key field_keys[] = {
	{ "id", JSON_KIND_STRING, true },
	{ "tag", JSON_KIND_STRING, false },
	{ "withhold", JSON_KIND_OBJECT, false },
};
static const struct shape_key withhold_keys[] = {
	{ "reason", JSON_KIND_STRING, true },
};
static const struct shape_key exclusion_keys[] = {
	{ "ground", JSON_KIND_STRING, true },
	{ "path", JSON_KIND_STRING, true },
};

static bool
is_wished(const struct intake *in, const char *id)
{
	for (size_t i = 0; i < in->n_fields; i++)
		if (strcmp(in->fields[i].id, id) == 0)
			return true;
	return false;
}

/* The reason of a withholding: owned text, or NULL with a finding. */
static char *
reason_take(struct check *c, const struct json *withhold, const char *where)
{
	CLEANUP(freep) char *text = NULL;

	if (!shape_check(c->f, IR_MANIFEST_SHAPE, MANIFEST, where, withhold,
		withhold_keys, NELEM(withhold_keys)))
		return NULL;
	text = value_text(jsonx_get(withhold, "reason"));
	if (text == NULL || value_is_blank(text) || !value_is_showable(text) ||
	    value_length(text) > LIMIT_FIELD_CHARS) {
		rule_add(c->f, IR_MANIFEST_FIELD, MANIFEST, where,
		    "withhold without a reason");
		return NULL;
	}
	return TAKE(text);
}

static void
field_take(struct check *c, const struct json *j, const char *where)
{
	const char *id = jsonx_get_str(j, "id");
	const struct json *withhold = jsonx_get(j, "withhold");
	struct intake_field one = { .id = "" };
	struct intake *in = c->in;

	if (!shape_check(c->f, IR_MANIFEST_SHAPE, MANIFEST, where, j,
		field_keys, NELEM(field_keys)))
		return;
	if (strlen(id) >= sizeof(one.id) ||
	    (in->scheme != NULL && scheme_criterion(in->scheme, id) == NULL)) {
		rule_add(c->f, IR_MANIFEST_FIELD, MANIFEST, where,
		    "form B has no such item");
		return;
	}
	if (is_wished(in, id)) {
		rule_add(c->f, IR_MANIFEST_FIELD, MANIFEST, where,
		    "the item is named twice");
		return;
	}
	for (size_t i = 0; id[i] != '\0'; i++)
		one.id[i] = id[i];
	one.tag = tag_parse(jsonx_get_str(j, "tag"));
	if (jsonx_get(j, "tag") != NULL && one.tag == TAG_NONE)
		rule_add(c->f, IR_TAG_UNKNOWN, MANIFEST, where,
		    jsonx_get_str(j, "tag"));
	if (withhold != NULL)
		one.withhold_reason = reason_take(c, withhold, where);
	in->fields =
	    xrealloc(in->fields, in->n_fields + 1, sizeof(*in->fields));
	in->fields[in->n_fields++] = one;
}

static void
fields_take(struct check *c, const struct json *member, size_t at)
{
	const struct json *list = jsonx_get(member, "fields");
	const char *role = jsonx_get_str(member, "role");

	if (jsonx_kind(list) != JSON_KIND_ARRAY)
		return;
	if (intake_role_parse(role) != INTAKE_ROLE_FORM_B) {
		CLEANUP(freep) char *where = xasprintf("members/%zu", at);

		rule_add(c->f, IR_MANIFEST_FIELD, MANIFEST, where,
		    "only form B has items");
		return;
	}
	for (size_t i = 0; i < jsonx_len(list) && i < 1024; i++) {
		CLEANUP(freep)
		char *where = xasprintf("members/%zu/fields/%zu", at, i);

		field_take(c, jsonx_at(list, i), where);
	}
}

/* An applicant excludes by 20-2-5 alone; the other grounds are the body's. */
static void
exclusion_take(struct check *c, const struct json *j, const char *where)
{
	const char *ground = jsonx_get_str(j, "ground");
	const char *path = jsonx_get_str(j, "path");
	CLEANUP(buf_free) struct buf nfc = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	bool used = false;

	if (!shape_check(c->f, IR_MANIFEST_SHAPE, MANIFEST, where, j,
		exclusion_keys, NELEM(exclusion_keys)))
		return;
	if (strcmp(ground, "20-2-5") != 0) {
		rule_add(c->f, IR_MANIFEST_EXCLUSION, MANIFEST, where, ground);
		return;
	}
	if (text_nfc(slice_str(path), &nfc, &e) == 0)
		for (size_t i = 0; i < c->in->n_members; i++)
			if (strcmp(c->in->members[i].path, buf_str(&nfc)) == 0)
				c->in->members[i].excluded = used = true;
	if (!used)
		rule_add(c->f, IR_TAG_EXCLUSION, path, where, NULL);
}

void
wishes_check(struct check *c)
{
	const struct json *members = jsonx_get(c->manifest, "members");
	const struct json *list = jsonx_get(c->manifest, "exclusions");

	for (size_t i = 0; i < jsonx_len(members) && i < LIMIT_ENTRIES; i++)
		fields_take(c, jsonx_at(members, i), i);
	for (size_t i = 0; i < jsonx_len(list) && i < LIMIT_ENTRIES; i++) {
		CLEANUP(freep) char *where = xasprintf("exclusions/%zu", i);

		exclusion_take(c, jsonx_at(list, i), where);
	}
}
