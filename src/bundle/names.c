/* SPDX-License-Identifier: Apache-2.0 */
/* All names of an archive: decoding, policy, ignore list, collisions. */
#include "nintei/wire.h"

#include "bundle_int.h"

/* The folder of relations in a package: its dot is as it must be. */
static enum code
part_policy(struct slice name, bool ignored, char *detail)
{
	CLEANUP(buf_free) struct buf plain = BUF_INIT(MIB(1));
	size_t at = 0;

	while (at < name.n && name.p[name.n - 1 - at] != '/')
		at++;
	if (!slice_eq_str(slice_of(name.p + name.n - at, at), ".rels"))
		return name_policy(name, ignored, detail);
	buf_put(&plain, name.p, name.n - at);
	buf_puts(&plain, "rels");
	return name_policy(buf_slice(&plain), ignored, detail);
}

static void
check_one(const struct table *t, struct entry *ent, struct verdicts *v)
{
	struct slice name = slice_str(ent->name);
	char detail[DETAIL_BYTES];
	enum code c;

	ent->ignored = bundle_name_is_ignored(name);
	c = t->package ? part_policy(name, ent->ignored, detail)
		       : name_policy(name, ent->ignored, detail);
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
			check_one(t, &t->items[i], v);
	names_collide(t, v);
}
