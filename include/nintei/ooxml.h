/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OOXML_H
#define NINTEI_OOXML_H
/*
 * ooxml: what a person sees in an .xlsx or .docx, what he does not see, and
 * why such a file is refused.
 * Runs in: examine (confined, after ooxml_warm()).  Holds: nothing.
 * Trusts: nothing.  No I/O; memory only.
 * Rules: BUNDLE-MACRO, EXTERNAL_REF, ENCRYPTED, XML_*, LIM_*, ZIP_*,
 * FORM-XLSX_REF in docs/PROTOCOL.dossier; ECMA-376, ISO/IEC 29500.
 */
#include "nintei/cc.h"
#include "nintei/jsonx.h"
#include "nintei/slice.h"

#define OOXML_CELLS 200000 /* of a workbook that hold something */
#define OOXML_HIDDEN 200 /* entries of "hidden"; more are not listed */
#define OOXML_FAULTS 16

/* Why the file, or a part of it, is not accepted. */
struct ooxml_fault {
	const char *code; /* "MACRO", "EXTERNAL_REF", "XLSX_REF" ... */
	char where[160]; /* the part, or "part: what"; UTF-8, safe to show */
};
struct ooxml_faults {
	struct ooxml_fault items[OOXML_FAULTS];
	size_t n;
};

/* Before confinement: what the first reading would ask the system for. */
void ooxml_warm(void);

/*
 * The document facts of an .xlsx:
 *   type "xlsx"; form (only where the name nintei_template stands):
 *   schema, template, fields {id: text}, cells {id: "Sheet!B4"}; language,
 *   marks (of lang and label); labels; hidden.
 * A value is the text of its cell as displayed: rich text joined without its
 * readings, a formula's stored result, numbers and dates by their format.
 * -1: out is untouched, f says why, at least once.
 * 0: f is empty.  out is the caller's.
 */
int ooxml_xlsx_facts(
    struct slice in, struct json **out, struct ooxml_faults *f) MUST_CHECK;

/*
 * The same of a .docx (no form): visible text of the body, headers, footers
 * and notes; hidden text, revisions, comments apart in "hidden".
 */
int ooxml_docx_facts(
    struct slice in, struct json **out, struct ooxml_faults *f) MUST_CHECK;

#endif
