/* SPDX-License-Identifier: Apache-2.0 */
/* Any facts and any mark against the policy: no level is ever lowered. */
#include <stdlib.h>
#include "nintei/jsonx.h"
#include "nintei/label.h"

static struct label_table *
table(void)
{
	static struct scheme_set *set;
	static struct label_table *t;
	struct err e = ERR_INIT;

	if (t != NULL)
		return t;
	if (scheme_set_load(TEST_SOURCE_DIR "/policies", NULL, 0, &set, &e) < 0)
		abort();
	t = label_table_new(scheme_at(set, 0));
	return t;
}

static void
finding_holds(const struct label_finding *f)
{
	bool is_label = jsonx_len(f->sources) > 0;

	if (f->label.level >= LABEL_LEVEL_MAX ||
	    (f->tag == TAG_NONE && f->label.level > LABEL_NONE) ||
	    (f->tag != TAG_NONE && !is_label) ||
	    (f->label.level > LABEL_PUBLIC && f->tag < TAG_SECRET))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEANUP(label_scan_freep) struct label_scan *s = label_scan_new();
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	struct err e = ERR_INIT;
	struct label_finding f;
	struct label l;

	(void)label_of_mark(table(), slice_of(p, n), &l);
	if (jsonx_parse(slice_of(p, n), 1 << 16, &facts, &e) < 0) {
		facts = jsonx_object();
		for (size_t i = 0; i + 1 < n; i += 1 + p[i] % 64) {
			size_t k = p[i] % 64;

			label_scan_line(s, (enum label_where)(1 + p[i] % 4),
			    slice_of(p + i, k < n - i ? k : n - i));
			if (p[i] > 250)
				label_scan_page(s);
		}
		jsonx_set(facts, "marks", label_scan_marks(s));
	}
	label_read(table(), facts, &f);
	finding_holds(&f);
	label_finding_done(&f);
	return 0;
}
