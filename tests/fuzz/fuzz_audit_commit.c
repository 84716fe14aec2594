/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: commit_view_read commit_parents_read */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(64));
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(16));
	struct slice raw = slice_of(data, n);
	struct gitx_oid tree = { 0 }, parent = { 0 };
	struct commit_view v;
	struct err e = ERR_INIT;
	unsigned parents;

	if (commit_view_read(raw, &v, &text, &armour, &e) < 0) {
		if (e.code == E_OK)
			abort();
		return 0;
	}
	/* What is read whole is read in part, and says the same. */
	if (!commit_parents_read(raw, &tree, &parent, &parents) ||
	    parents != v.parents || memcmp(tree.b, v.tree.b, GITX_OID) != 0)
		abort();
	if (v.dossier[0] == '\0' || strchr(v.act, '.') == NULL)
		abort();
	return 0;
}
