/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: detail_lapse_read detail_termination_read */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/detail.h"
#include "nintei/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
refusal_holds(const struct err *e)
{
	if (e->code == E_OK)
		abort();
}

/* What is read is written again as the same bytes: one spelling. */
static void
lapse(struct slice in)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);
	struct detail_lapse d;
	struct err e = ERR_INIT;

	if (detail_lapse_read(in, &d, &e) < 0) {
		refusal_holds(&e);
		return;
	}
	if (detail_lapse_build(&d, &b, &e) < 0 || !slice_eq(buf_slice(&b), in))
		abort();
}

static void
termination(struct slice in)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);
	struct detail_termination d;
	struct err e = ERR_INIT;

	if (detail_termination_read(in, &d, &e) < 0) {
		refusal_holds(&e);
		return;
	}
	detail_termination_build(&d, &b);
	if (!slice_eq(buf_slice(&b), in))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	lapse(slice_of(data, n));
	termination(slice_of(data, n));
	return 0;
}
