/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: tap_feed tap_finish tap_pax tar_extract */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/worker.h"

#include "bundle_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Any division of the bytes gives the same verdict and the same entries. */
static enum code
walk(struct slice in, size_t step, struct table *t)
{
	CLEANUP(tap_free) struct tap tap;
	enum code c = CODE_NONE;

	tap_init(&tap, t);
	while (in.n > 0 && c == CODE_NONE) {
		size_t n = in.n < step ? in.n : step;

		c = tap_feed(&tap, slice_of(in.p, n));
		in = slice_of(in.p + n, in.n - n);
	}
	return c == CODE_NONE ? tap_finish(&tap) : c;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(table_free) struct table one = { 0 };
	CLEANUP(table_free) struct table many = { 0 };
	static bool warm;
	struct slice in = slice_of(data, n);

	if (!warm)
		bundle_worker_class()->warm();
	warm = true;
	if (walk(in, SIZE_MAX, &one) != walk(in, 97, &many) ||
	    one.n != many.n || one.total != many.total)
		abort();
	(void)bundle_work(0, in, -1);
	return 0;
}
