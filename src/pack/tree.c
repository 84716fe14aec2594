/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a tree: "<mode> <name>\0" and 20 bytes of id, in order. */
#include "nintei/trie.h"

#include <string.h>

#include "nintei/limits.h"

static const struct {
	const char *text;
	size_t n;
	bool is_folder;
} modes[] = {
	{ "40000 ", 6, true },
	{ "100644 ", 7, false },
};

static bool
take_mode(struct slice *in, struct tree_item *out)
{
	for (size_t i = 0; i < NELEM(modes); i++) {
		if (in->n < modes[i].n ||
		    memcmp(in->p, modes[i].text, modes[i].n) != 0)
			continue;
		out->is_folder = modes[i].is_folder;
		in->p += modes[i].n;
		in->n -= modes[i].n;
		return true;
	}
	return false;
}

/* TREE-1 */
int
tree_next(struct slice *in, struct tree_item *out, struct err *e)
{
	struct slice rest = *in;
	struct tree_item item;
	const uint8_t *end;

	if (rest.n == 0)
		return 0;
	if (!take_mode(&rest, &item))
		return err_set(e, E_STORE_CORRUPT, "a mode in a tree");
	if ((end = memchr(rest.p, '\0', rest.n)) == NULL)
		return err_set(e, E_STORE_CORRUPT, "a tree is cut off");
	item.name = slice_of(rest.p, (size_t)(end - rest.p));
	rest.p += item.name.n + 1;
	rest.n -= item.name.n + 1;
	if (rest.n < GITX_OID)
		return err_set(e, E_STORE_CORRUPT, "a tree is cut off");
	if (item.name.n == 0 || item.name.n > LIMIT_COMPONENT_BYTES)
		return err_set(e, E_STORE_CORRUPT, "a name in a tree");
	memcpy(item.id.b, rest.p, GITX_OID);
	rest.p += GITX_OID;
	rest.n -= GITX_OID;
	*in = rest;
	*out = item;
	return 1;
}

static int
after(const struct tree_item *a, size_t n)
{
	if (a->name.n > n)
		return a->name.p[n];
	return a->is_folder ? '/' : '\0';
}

int
tree_compare(const struct tree_item *a, const struct tree_item *b)
{
	size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
	int rv = memcmp(a->name.p, b->name.p, n);

	return rv != 0 ? rv : after(a, n) - after(b, n);
}

/* TREE-2 */
int
tree_check(struct slice bytes, struct err *e)
{
	struct tree_item last = { .name = { NULL, 0 } }, item;
	int rv;

	while ((rv = tree_next(&bytes, &item, e)) > 0) {
		if (memchr(item.name.p, '/', item.name.n) != NULL)
			return err_set(e, E_STORE_CORRUPT, "a name in a tree");
		if (last.name.p != NULL &&
		    (tree_compare(&last, &item) >= 0 ||
			slice_eq(last.name, item.name)))
			return err_set(e, E_STORE_CORRUPT, "order in a tree");
		last = item;
	}
	return rv;
}
