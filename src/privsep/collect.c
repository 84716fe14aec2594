/* SPDX-License-Identifier: Apache-2.0 */
/* All that a child writes, to its end. */
#include "nintei/worker.h"

#include "nintei/limits.h"

static int
read_all(const struct worker_job *j, struct buf *out, struct err *e)
{
	uint8_t piece[KIB(16)];
	size_t n;

	do {
		if (worker_read(j, piece, sizeof(piece), &n, e) < 0)
			return -1;
		buf_put(out, piece, n);
		if (!buf_ok(out))
			return err_set(
			    e, E_INTERNAL, "a worker wrote more than it may");
	} while (n > 0);
	return 0;
}

int
worker_collect(struct worker_job *j, struct buf *out, enum worker_end *out_end,
    struct err *e)
{
	if (read_all(j, out, e) < 0) {
		worker_cancel(j);
		return -1;
	}
	return worker_finish(j, out_end, e);
}
