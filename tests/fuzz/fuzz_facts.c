/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: examine_decode */
#include "examine_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(examined_freep) struct examined *out = NULL;
	struct err e = ERR_INIT;
	enum examine_kind kind;

	if (n == 0)
		return 0;
	kind = (enum examine_kind)(1 + data[0] % (EXAMINE_KIND_MAX - 1));
	if (examine_decode(
		kind, "doc", slice_of(data + 1, n - 1), &out, &f, &e) < 0) {
		if (e.code != E_INTERNAL || out != NULL || f.n > 0)
			abort(); /* a refusal carries a code, and nothing else
				  */
	} else if ((out->json == NULL) == (f.n == 0))
		abort(); /* facts or findings */
	return 0;
}
