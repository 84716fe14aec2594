/* SPDX-License-Identifier: Apache-2.0 */
/* The lattice of confidentiality levels. */
#include "nintei/tag.h"
#include <string.h>

static const char *const names[TAG_MAX] = {
	[TAG_NONE] = "secret",
	[TAG_PUBLIC] = "public",
	[TAG_INTERNAL] = "internal",
	[TAG_SECRET] = "secret",
	[TAG_PERSONAL] = "personal",
};

enum tag
tag_level(enum tag t)
{
	return t > TAG_NONE && t < TAG_MAX ? t : TAG_SECRET;
}

const char *
tag_name(enum tag t)
{
	return names[tag_level(t)];
}

enum tag
tag_parse(const char *name)
{
	if (name == NULL)
		return TAG_NONE;
	for (enum tag t = TAG_PUBLIC; t < TAG_MAX; t++)
		if (strcmp(name, names[t]) == 0)
			return t;
	return TAG_NONE;
}

enum tag
tag_join(enum tag a, enum tag b)
{
	a = tag_level(a);
	b = tag_level(b);
	return a > b ? a : b;
}

/* What the manifest says of a member, absent where it says nothing. */
static enum tag
stated(const struct tag_sources *s)
{
	return s->member != TAG_NONE ? s->member : s->bundle;
}

enum tag
tag_effective(const struct tag_sources *s)
{
	enum tag t = tag_level(stated(s));

	if (!s->excluded)
		t = tag_join(t, TAG_SECRET);
	return s->label == TAG_NONE ? t : tag_join(t, s->label);
}

bool
tag_is_conflict(const struct tag_sources *s)
{
	enum tag said = stated(s);

	return s->label != TAG_NONE && said != TAG_NONE && s->label > said;
}
