/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PDF_H
#define NINTEI_PDF_H
/*
 * pdf: what the bytes of a PDF hold beside its text, and what the runs of
 * text that nintei-pdftext wrote mean.
 * Runs in: examine (child); core and nintei: pdf_signature() only.
 * Trusts: nothing.  No I/O; all memory is bounded by the limits below.
 * Rules: PDF_* in docs/PROTOCOL.dossier; docs/PROTOCOL.pdftext.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/jsonx.h"
#include "nintei/slice.h"

#define PDF_PAGES_MAX 500
#define PDF_DEPTH_MAX 64 /* arrays and dictionaries in one another */
#define PDF_OBJECTS_MAX 200000
#define PDF_STREAM_MAX ((size_t)64 << 20) /* of one stream, inflated */
#define PDF_INFLATE_MAX ((size_t)256 << 20) /* of all that are read */
#define PDF_TEXT_MAX ((size_t)8 << 20) /* text of all runs */
#define PDF_SIGNATURES_MAX 16 /* that are described */

/* Why a PDF is not acceptable; several may hold. */
enum pdf_fault {
	PDF_FAULT_NONE = 0,
	PDF_FAULT_TYPE, /* %PDF- does not stand at the very beginning */
	PDF_FAULT_ENCRYPTED,
	PDF_FAULT_ACTIVE, /* script, launch, embedded file, XFA, ... */
	PDF_FAULT_PAGES, /* none, too many, a loop, a count that is wrong */
	PDF_FAULT_FORM, /* nesting, or streams of objects: not readable */
	PDF_FAULT_OUTPUT, /* inflates to more than is allowed */
	PDF_FAULT_RUNS, /* the runs break their grammar */
	PDF_FAULT_MAX
};
struct pdf_verdict {
	bool has[PDF_FAULT_MAX];
	char detail[PDF_FAULT_MAX][48]; /* ASCII, never from the document */
};

/*
 * Structure, signatures and labels of a PDF.  out gets, unless a fault says
 * that nothing could be read, {"type": "pdf", "pages", "labels": [...],
 * "signatures": [{"range": [0,a,b,c], "fault": "" | "PDF_SIG_COVERAGE" |
 * "PDF_SIG_GAP"}]}; else NULL.  Errors: E_INTERNAL.
 */
int pdf_facts(struct slice pdf, struct json **out, struct pdf_verdict *verdict,
    struct err *e) MUST_CHECK;

/*
 * Runs of text, as docs/PROTOCOL.pdftext has them, then the bytes of the PDF:
 * the lines in the order of reading go to document_text.  out: {"type":
 * "runs", "pages", "scan", "language", "marks", "hidden", "paper"}, or NULL
 * with a fault.  Errors: E_INTERNAL.
 */
int pdf_runs_facts(struct slice in, struct json **out,
    struct pdf_verdict *verdict, struct err *e) MUST_CHECK;

/*
 * The signature rule of a PDF: range is [0 a b c] with b + c the size of the
 * file, and between a and b stands one hex string and nothing else.
 */
enum pdf_signature {
	PDF_SIGNATURE_NONE = 0,
	PDF_SIGNATURE_WHOLE, /* covers all of the file but the gap */
	PDF_SIGNATURE_COVERAGE, /* PDF_SIG_COVERAGE */
	PDF_SIGNATURE_GAP, /* PDF_SIG_GAP */
	PDF_SIGNATURE_MAX
};
/*
 * By counting bytes and digits alone, so that the parent may do it too.  cms
 * gets the DER of the gap without the zeros behind it, when WHOLE; signed are
 * the bytes before a and from b on.
 */
enum pdf_signature pdf_signature(
    struct slice pdf, const uint64_t range[4], struct buf *cms);

#endif
