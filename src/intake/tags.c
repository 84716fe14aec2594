/* SPDX-License-Identifier: Apache-2.0 */
/* Effective tags of all members, and what a person should look at. */
#include "intake_int.h"

#define MANIFEST "manifest.json"

/* The highest tag that a member declares. */
static enum tag
highest(const struct intake *in)
{
	enum tag t = TAG_NONE;

	for (size_t i = 0; i < in->n_members; i++)
		if (in->members[i].declared > t)
			t = in->members[i].declared;
	return t;
}

static enum tag
bundle_tag(struct check *c)
{
	const char *name = jsonx_get_str(c->manifest, "tag");
	enum tag t = tag_parse(name), top = highest(c->in);

	if (name != NULL && t == TAG_NONE)
		rule_add(c->f, IR_TAG_UNKNOWN, MANIFEST, "tag", name);
	else if (name != NULL && top != TAG_NONE && t != top)
		rule_add(c->f, IR_TAG_BUNDLE, MANIFEST, "tag", tag_name(top));
	return t;
}

void
tags_check(struct check *c)
{
	enum tag bundle = bundle_tag(c);

	labels_check(c);
	for (size_t i = 0; i < c->in->n_members; i++) {
		struct intake_member *m = &c->in->members[i];
		const struct tag_sources s = { .bundle = bundle,
			.member = m->declared,
			.label = m->label,
			.excluded = m->excluded };

		m->effective = tag_effective(&s);
		m->stated = m->declared != TAG_NONE ? m->declared : bundle;
		if (!m->ignored)
			tag_conclude(c, m, &s);
		if (m->declared == TAG_PUBLIC && !m->excluded)
			rule_add(c->f, IR_TAG_LOWERED, m->path, NULL, NULL);
	}
}
