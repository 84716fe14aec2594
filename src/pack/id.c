/* SPDX-License-Identifier: Apache-2.0 */
/* Names of objects: SHA-1 over type, size and bytes. */
#include "nintei/pack.h"

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
	const char *name = pack_type_name(type);
	char digits[24], *p = digits + sizeof(digits);

	/* "tree 123" and a NUL, from its end. */
	*--p = '\0';
	do
		*--p = (char)('0' + size % 10);
	while ((size /= 10) != 0);
	*--p = ' ';
	digest_restart(sha1);
	digest_update(sha1, slice_str(name));
	digest_update(sha1, slice_of(p, (size_t)(digits + sizeof(digits) - p)));
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
