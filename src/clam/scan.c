/* SPDX-License-Identifier: Apache-2.0 */
/* The parent: a job for the zygote, and its one frame re-validated. */
#include "clam_int.h"

#include <string.h>

#include "nintei/wire.h"
#include "nintei/worker.h"

void
clam_encode(const struct clam_result *r, struct buf *b)
{
	wr_u32(b, CLAM_MAGIC);
	wr_u16(b, (uint16_t)r->verdict);
	wr_text(b, r->name);
}

/* What name_take makes, and a name only with a finding. */
static bool
is_possible(const struct clam_result *r)
{
	for (const char *p = r->name; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return r->verdict != CLAM_NONE && r->verdict < CLAM_MAX &&
	    (r->verdict == CLAM_FOUND || r->name[0] == '\0');
}

int
clam_decode(struct slice frame, struct clam_result *out, struct err *e)
{
	struct rd r = rd_init(frame);
	struct clam_result m = { 0 };
	uint32_t magic = rd_u32(&r);

	m.verdict = (enum clam_verdict)rd_u16(&r);
	rd_str(&r, m.name, sizeof(m.name));
	if (rd_end(&r, e) < 0)
		return err_wrap(e, "scanner");
	if (magic != CLAM_MAGIC || !is_possible(&m))
		return err_set(e, E_IPC, "a frame of the scanner is broken");
	*out = m;
	return 0;
}

static int
ask(struct worker_host *h, int memfd, struct clam_result *out, struct err *e)
{
	CLEANUP(buf_free) struct buf frame = BUF_INIT(CLAM_FRAME_BYTES);
	struct worker_job job;
	enum worker_end end;

	if (worker_start(h, 0, memfd, &job, e) < 0 ||
	    worker_collect(&job, &frame, &end, e) < 0)
		return -1;
	if (end != WORKER_OK)
		return err_set(e, E_UNAVAILABLE, "the scanner was ended");
	return clam_decode(buf_slice(&frame), out, e);
}

void
clam_scan(
    struct worker_host *h, int memfd, uint64_t size, struct clam_result *out)
{
	struct err e = ERR_INIT;

	*out = (struct clam_result){ .verdict = CLAM_FAULT };
	if (size > CLAM_BYTES)
		out->verdict = CLAM_LIMIT;
	else if (ask(h, memfd, out, &e) < 0)
		*out = (struct clam_result){ .verdict = CLAM_FAULT };
}
