/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DOCUMENT_H
#define NINTEI_DOCUMENT_H
/*
 * document: what every reader of documents has in common: the visible text
 * goes in line by line, the facts "language", "marks" and "paper" come out;
 * and the reader of plain text.
 * Runs in: examine (child).  Pure: no files, no clock, no locale.
 * Trusts: nothing.
 * Rules: docs/PROTOCOL.dossier 2 and 5.
 */
#include <stdbool.h>
#include "nintei/err.h"
#include "nintei/jsonx.h"
#include "nintei/label.h"
#include "nintei/slice.h"

#define DOCUMENT_TEXT_BYTES 8388608 /* of one document: then LIM_OUTPUT */

/*
 * The visible lines of one document, in reading order.  A reader feeds it
 * and never keeps text of its own.
 */
struct document_text;
struct document_text *document_text_new(void);
void document_text_free(struct document_text *t);
DEFINE_STRUCT_CLEANUP(document_text, document_text_free)
/* A new page, or sheet, begins; not before the first. */
void document_text_page(struct document_text *t);
/*
 * One line, paragraph, cell or field that a person sees.  utf8 may hold line
 * ends: each part is a line.  Bytes that are not UTF-8 end the line.
 */
void document_text_line(
    struct document_text *t, enum label_where where, struct slice utf8);
/* Text that a person does not see: only counted. */
void document_text_hidden(struct document_text *t, struct slice utf8);
/* More than DOCUMENT_TEXT_BYTES came in: the rest was not looked at. */
bool document_text_is_over(const struct document_text *t);
/*
 * Set "language" {"letters", "kana", "han", "outside", "forms", "hidden"},
 * "marks" (label_scan_marks) and, where the text is a paper of the register,
 * "paper" (registry.h: registry_paper_read) in facts.
 */
void document_text_facts(const struct document_text *t, struct json *facts);

/*
 * Facts of a plain text (.txt, .csv, .md): {"type": "plain", ...}.  UTF-8 with
 * or without BOM, UTF-16 with BOM, else strict CP932.
 * out_fault: "TEXT_ENCODING" (none of them) or "LIM_OUTPUT", else NULL; with a
 * fault out_facts is untouched.
 */
void document_plain_facts(
    struct slice in, struct json **out_facts, const char **out_fault);

#endif
