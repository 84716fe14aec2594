/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: csr_examine cms_examine */
#include "examine_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const enum examine_kind kinds[] = { EXAMINE_CSR, EXAMINE_CMS };

	for (size_t i = 0; i < NELEM(kinds); i++) {
		CLEANUP(findings_free) struct findings f = { 0 };
		CLEANUP(examined_freep)
		struct examined *x =
		    worker_examine(kinds[i], slice_of(data, n), &f);

		if ((x->json == NULL) == (f.n == 0))
			abort();
		if ((kinds[i] == EXAMINE_CSR && f.n == 0) != (x->spki_len > 0))
			abort();
	}
	return 0;
}
