/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: csr_examine */
#include "examine_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(examined_freep)
	struct examined *x = worker_examine(EXAMINE_CSR, slice_of(data, n), &f);

	if ((x->json == NULL) == (f.n == 0))
		abort();
	if ((f.n == 0) != (x->spki_len > 0))
		abort();
	return 0;
}
