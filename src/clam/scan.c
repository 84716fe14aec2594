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
frame_read(const struct worker_job *job, uint8_t *frame, size_t cap,
    size_t *out_n, struct err *e)
{
	size_t n = 0, got = 1;

	while (n < cap && got > 0) {
		if (worker_read(job, frame + n, cap - n, &got, e) < 0)
			return -1;
		n += got;
	}
	if (n == cap)
		return err_set(e, E_IPC, "the scanner says too much");
	*out_n = n;
	return 0;
}

static int
ask(struct worker_host *h, int memfd, struct clam_result *out, struct err *e)
{
	uint8_t frame[CLAM_FRAME_BYTES + 1];
	struct worker_job job;
	enum worker_end end;
	size_t n = 0;

	if (worker_start(h, 0, memfd, &job, e) < 0)
		return -1;
	if (frame_read(&job, frame, sizeof(frame), &n, e) < 0) {
		worker_cancel(&job);
		return -1;
	}
	if (worker_finish(&job, &end, e) < 0)
		return -1;
	if (end != WORKER_OK)
		return err_set(e, E_UNAVAILABLE, "the scanner was ended");
	return clam_decode(slice_of(frame, n), out, e);
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
