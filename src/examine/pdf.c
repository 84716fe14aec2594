/* SPDX-License-Identifier: Apache-2.0 */
/* PDFs: their structure, and the text that nintei-pdftext found. */
#include "examine_int.h"
#include "nintei/pdf.h"

static const enum exf faults[PDF_FAULT_MAX] = {
	[PDF_FAULT_TYPE] = EXF_PDF_TYPE,
	[PDF_FAULT_ENCRYPTED] = EXF_PDF_ENCRYPTED,
	[PDF_FAULT_ACTIVE] = EXF_PDF_ACTIVE,
	[PDF_FAULT_PAGES] = EXF_PDF_PAGES,
	[PDF_FAULT_FORM] = EXF_PDF_FORM,
	[PDF_FAULT_OUTPUT] = EXF_PDF_OUTPUT,
	[PDF_FAULT_RUNS] = EXF_PDF_RUNS,
};

void
pdf_examine(struct slice in, struct xd_writer *w)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	struct pdf_verdict v;
	struct err e = ERR_INIT;
	int rv = w->kind == EXAMINE_PDF ? pdf_facts(in, &facts, &v, &e)
					: pdf_runs_facts(in, &facts, &v, &e);

	if (rv < 0) {
		w->bad = true;
		return;
	}
	if (facts != NULL)
		xd_tree(w, facts);
	for (size_t i = 0; facts == NULL && i < PDF_FAULT_MAX; i++)
		if (v.has[i])
			xd_finding(w, faults[i], v.detail[i]);
}
