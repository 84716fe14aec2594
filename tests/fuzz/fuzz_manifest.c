/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: examine_work examine_decode manifest_check tags_check */
#include "examine_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct intake_hint hint = { .now = 1784073600 };
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(examined_freep)
	struct examined *x =
	    worker_examine(EXAMINE_MANIFEST, slice_of(data, n), &f);
	CLEANUP(intake_freep) struct intake *in = fuzz_intake();
	CLEANUP(jsonx_freep) struct json *report = NULL;
	struct check c = { .schemes = fuzz_schemes(),
		.hint = &hint,
		.in = in,
		.f = &f,
		.manifest = x->json };

	in->members = xcalloc(2, sizeof(*in->members));
	in->n_members = 2;
	for (size_t i = 0; i < in->n_members; i++) {
		in->members[i].path =
		    xstrdup(i == 0 ? "manifest.json" : "form-a.json");
		in->members[i].fd = -1;
	}
	in->members[0].role = INTAKE_ROLE_MANIFEST;
	if (x->json == NULL)
		return 0;
	manifest_check(&c);
	tags_check(&c);
	report = intake_report(in, &f);
	if (f.n == 0 && !jsonx_get_bool(report, "ok", false))
		abort();
	return 0;
}
