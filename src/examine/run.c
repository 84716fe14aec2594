/* SPDX-License-Identifier: Apache-2.0 */
/* One document through a confined child: start, read, judge its end. */
#include "examine_int.h"
#include <stdint.h>
#include "nintei/worker.h"

static const struct finding_rule too_long = { "BUNDLE-LIM_TIME", "LIM_TIME",
	SEV_REFUSE, NULL, "この書類の検査が制限時間内に終わりませんでした。",
	"Examining this document took longer than the limit allows." };

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

	if (worker_start(h, kind, doc_memfd, &job, e) < 0 ||
	    worker_collect(&job, &stream, &end, e) < 0)
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
