/* SPDX-License-Identifier: Apache-2.0 */
/* All names of an archive: decoding, policy, ignore list, collisions. */
#include "bundle_int.h"

static void
check_one(struct entry *ent, struct verdicts *v)
{
	struct slice name = slice_str(ent->name);
	char detail[DETAIL_BYTES];
	enum code c;

	ent->ignored = bundle_name_is_ignored(name);
	c = name_policy(name, ent->ignored, detail);
	if (c == CODE_NONE)
		return;
	ent->bad = true;
	verdict_add(v, c, name, detail);
}

void
names_check(struct table *t, struct verdicts *v)
{
	names_decode(t, v);
	for (size_t i = 0; i < t->n; i++)
		if (!t->items[i].bad)
			check_one(&t->items[i], v);
	names_collide(t, v);
}
