/* SPDX-License-Identifier: Apache-2.0 */
/* One document through a confined child: start, read, judge its end. */
#include "examine_int.h"
#include <stdint.h>
#include "nintei/worker.h"

static const struct finding_rule too_long = { "BUNDLE-LIM_TIME", "LIM_TIME",
	SEV_REFUSE, NULL, "この書類の検査が制限時間内に終わりませんでした。",
	"Examining this document took longer than the limit allows." };

/* All that the child writes, in at most XD_STREAM_BYTES. */
static int
collect(const struct worker_job *j, struct buf *out, struct err *e)
{
	uint8_t piece[KIB(16)];
	size_t n;

	do {
		if (worker_read(j, piece, sizeof(piece), &n, e) < 0)
			return -1;
		buf_put(out, piece, n);
		if (!buf_ok(out))
			return err_set(e, E_INTERNAL,
			    "a document worker broke the protocol");
	} while (n > 0);
	return 0;
}

static int
unavailable(enum worker_end end, struct err *e)
{
	err_set(e, E_UNAVAILABLE, "a document could not be examined");
	return err_wrap(e, "%s",
	    end == WORKER_SECURITY ? "worker killed: forbidden call"
				   : "worker crashed");
}

int
examine_run(struct worker_host *h, enum examine_kind kind, const char *member,
    int doc_memfd, struct examined **out, struct findings *f, struct err *e)
{
	CLEANUP(buf_free) struct buf stream = BUF_INIT(XD_STREAM_BYTES);
	struct worker_job job;
	enum worker_end end;

	if (worker_start(h, kind, doc_memfd, &job, e) < 0)
		return -1;
	if (collect(&job, &stream, e) < 0) {
		worker_cancel(&job);
		return -1;
	}
	if (worker_finish(&job, &end, e) < 0)
		return -1;
	if (end == WORKER_TIME) {
		findings_add(f, &too_long, member, NULL, NULL);
		*out = xcalloc(1, sizeof(**out));
		(*out)->kind = kind;
		return 0;
	}
	if (end != WORKER_OK)
		return unavailable(end, e);
	return examine_decode(kind, member, buf_slice(&stream), out, f, e);
}
