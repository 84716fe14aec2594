/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: bundle_work zip_scan zip_extract names_check */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/worker.h"

#include "bundle_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static bool warm;

	if (!warm)
		bundle_worker_class()->warm();
	warm = true;
	(void)bundle_work(0, slice_of(data, n), -1);
	return 0;
}
