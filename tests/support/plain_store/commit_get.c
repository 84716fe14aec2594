/* SPDX-License-Identifier: Apache-2.0 */
/* One commit, whole: what a signer that fell behind is shown. */
#include "nintei/store.h"

#include "plain_int.h"

int
store_commit_get(
    struct store *s, const struct store_id *id, struct buf *out, struct err *e)
{
	struct gitx_oid oid;
	int rv;

	if (id->n != sizeof(oid.b))
		return err_set(e, E_NOT_FOUND, "no such commit");
	for (size_t i = 0; i < sizeof(oid.b); i++)
		oid.b[i] = id->b[i];
	pthread_mutex_lock(&s->lock);
	rv = gitx_commit_bytes(s->reader, &oid, LIMIT_FRAME_BYTES, out, e);
	pthread_mutex_unlock(&s->lock);
	return rv;
}
