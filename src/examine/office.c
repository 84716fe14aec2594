/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks and documents of Office: ooxml reads them. */
#include "examine_int.h"
#include <string.h>
#include "nintei/ooxml.h"

/* The rule with that code for the kind; every code of a package has one. */
static enum exf
exf_of(const char *code, enum examine_kind kind)
{
	for (unsigned i = EXF_NONE + 1; i < EXF_MAX; i++) {
		const struct finding_rule *rule = exf_rule(i, kind);

		if (rule != NULL && rule->code != NULL &&
		    strcmp(rule->code, code) == 0)
			return (enum exf)i;
	}
	return EXF_OFFICE_CORRUPT;
}

static int
facts_of(enum examine_kind kind, struct slice in, struct json **out,
    struct ooxml_faults *f)
{
	return kind == EXAMINE_XLSX ? ooxml_xlsx_facts(in, out, f)
				    : ooxml_docx_facts(in, out, f);
}

void
office_examine(struct slice in, struct xd_writer *w)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	struct ooxml_faults f = { .n = 0 };

	if (facts_of(w->kind, in, &facts, &f) == 0) {
		xd_tree(w, facts);
		return;
	}
	for (size_t i = 0; i < f.n; i++)
		xd_finding(
		    w, exf_of(f.items[i].code, w->kind), f.items[i].where);
}
