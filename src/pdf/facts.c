/* SPDX-License-Identifier: Apache-2.0 */
/* EXAMINE_PDF: everything about a PDF but its text. */
#include "nintei/pdf.h"
#include "pdf_int.h"
#include <stdlib.h>

static const char *const signature_faults[PDF_SIGNATURE_MAX] = {
	[PDF_SIGNATURE_NONE] = "PDF_SIG_COVERAGE",
	[PDF_SIGNATURE_WHOLE] = "",
	[PDF_SIGNATURE_COVERAGE] = "PDF_SIG_COVERAGE",
	[PDF_SIGNATURE_GAP] = "PDF_SIG_GAP",
};

static struct json *
signature_facts(const struct pdf_file *f, const struct ranges *r, size_t i)
{
	struct buf cms = BUF_INIT((size_t)1 << 20);
	struct json *o = jsonx_object(), *range = jsonx_array();
	enum pdf_signature s = PDF_SIGNATURE_COVERAGE;

	if (!r->bad[i])
		s = pdf_signature(f->bytes, r->range[i], &cms);
	buf_free(&cms);
	/* A second range: what came after the first is not covered by it. */
	if (r->n > 1 && s == PDF_SIGNATURE_WHOLE)
		s = PDF_SIGNATURE_COVERAGE;
	for (size_t k = 0; k < 4 && !r->bad[i]; k++)
		jsonx_add(range,
		    jsonx_int((int64_t)(r->range[i][k] & 0x1fffffffffffff)));
	jsonx_set(o, "range", range);
	jsonx_set_str(o, "fault", signature_faults[s]);
	return o;
}

static struct json *
signatures_facts(const struct pdf_file *f, const struct ranges *r)
{
	struct json *a = jsonx_array();

	for (size_t i = 0; i < r->n && i < PDF_SIGNATURES_MAX; i++)
		jsonx_add(a, signature_facts(f, r, i));
	return a;
}

/* Every page is looked through once: what inflates too far shows here. */
static void
contents_check(struct pdf_file *f, const struct pages *pages)
{
	struct content *c = xcalloc(1, sizeof(*c));

	for (size_t i = 0; i < pages->n && !faulty(f->verdict); i++) {
		content_read(f, &pages->items[i], c);
		content_done(c);
	}
	free(c);
}

int
pdf_facts(struct slice pdf, struct json **out, struct pdf_verdict *verdict,
    struct err *e)
{
	struct pages pages = { 0 };
	struct pdf_file f;
	struct ranges ranges;
	struct json *facts;

	(void)e;
	*verdict = (struct pdf_verdict){ 0 };
	*out = NULL;
	pdf_file_open(pdf, verdict, &f);
	if (!verdict->has[PDF_FAULT_TYPE])
		active_check(&f, &ranges);
	if (!faulty(verdict)) {
		pages_read(&f, &pages);
		contents_check(&f, &pages);
	}
	if (!faulty(verdict)) {
		facts = jsonx_object();
		jsonx_set_str(facts, "type", "pdf");
		jsonx_set_int(facts, "pages", (int64_t)pages.n);
		jsonx_set(facts, "labels", labels_read(&f));
		jsonx_set(facts, "signatures", signatures_facts(&f, &ranges));
		*out = facts;
	}
	pages_free(&pages);
	file_close(&f);
	return 0;
}
