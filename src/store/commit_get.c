/* SPDX-License-Identifier: Apache-2.0 */
/* One commit, whole: what a signer that fell behind is shown. */
#include "objects_int.h"

int
store_commit_get(
    struct store *s, const struct store_id *id, struct buf *out, struct err *e)
{
	struct gitx_oid oid;
	struct err quiet = ERR_INIT;

	if (store_id_to(id, &oid, &quiet) < 0)
		return err_set(e, E_NOT_FOUND, "no such commit");
	return object_read(s, &oid, PACK_COMMIT, out, e);
}
