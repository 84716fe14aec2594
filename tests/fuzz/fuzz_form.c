/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: examine_work form_a_check form_b_check agree_check */
#include "examine_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct intake_hint hint = { .now = 1784073600 };
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(examined_freep)
	struct examined *x =
	    worker_examine(EXAMINE_FORM, slice_of(data, n), &f);
	CLEANUP(intake_freep) struct intake *in = fuzz_intake();
	struct check c = {
		.schemes = fuzz_schemes(), .hint = &hint, .in = in, .f = &f
	};

	if (x->json == NULL)
		return 0;
	in->kind = DOSSIER_NEW;
	in->scheme = scheme_at(c.schemes, n % 2);
	in->registry = jsonx_dup(x->json);
	in->form_a = jsonx_dup(x->json);
	in->form_b = TAKE(x->json);
	form_a_check(&c);
	form_b_check(&c);
	agree_check(&c);
	return 0;
}
