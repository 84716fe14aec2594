/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: admit_feed admit_take frame_decode */
#include <stdint.h>
#include <stdlib.h>

#include "bundle_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
feed(struct slice in, size_t step, struct findings *f)
{
	CLEANUP(admit_freep) struct admit *a = admit_new(f);
	CLEANUP(bundle_freep) struct bundle *b = NULL;
	struct err e = ERR_INIT;

	while (in.n > 0) {
		size_t n = in.n < step ? in.n : step;

		if (admit_feed(a, slice_of(in.p, n), &e) < 0) {
			if (e.code != E_INTERNAL)
				abort();
			return -1;
		}
		in = slice_of(in.p + n, in.n - n);
	}
	if (admit_is_over(a))
		b = admit_take(a);
	return b == NULL ? 0 : 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(findings_free) struct findings one = { 0 };
	CLEANUP(findings_free) struct findings many = { 0 };
	struct slice in = slice_of(data, n);

	if (feed(in, SIZE_MAX, &one) != feed(in, 7, &many))
		abort();
	return 0;
}
