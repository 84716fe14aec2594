/* SPDX-License-Identifier: Apache-2.0 */
/* Names of objects: SHA-1 over type, size and bytes. */
#include "nintei/pack.h"

#include <inttypes.h>
#include <stdio.h>

#include "pack_int.h"

static const char *const names[PACK_MAX] = {
	[PACK_COMMIT] = "commit",
	[PACK_TREE] = "tree",
	[PACK_BLOB] = "blob",
	[PACK_TAG] = "tag",
};

const char *
pack_type_name(unsigned type)
{
	return type < PACK_MAX ? names[type] : NULL;
}

enum pack_type
pack_type_of(struct slice name)
{
	for (unsigned i = PACK_COMMIT; i < PACK_MAX; i++)
		if (slice_eq_str(name, names[i]))
			return (enum pack_type)i;
	return PACK_NONE;
}

void
pack_id_begin(struct digest *sha1, enum pack_type type, uint64_t size)
{
	char head[32];
	int n = snprintf(
	    head, sizeof(head), "%s %" PRIu64, pack_type_name(type), size);

	digest_restart(sha1);
	digest_update(sha1, slice_of(head, (size_t)n + 1));
}

void
pack_id(struct digest *sha1, enum pack_type type, struct slice bytes,
    struct gitx_oid *out)
{
	pack_id_begin(sha1, type, bytes.n);
	digest_update(sha1, bytes);
	digest_final(sha1, out->b);
}

int
pack_id_safe(enum pack_type type, struct slice bytes, struct gitx_oid *out,
    struct err *e)
{
	return gitx_id(type, bytes, out, e);
}
