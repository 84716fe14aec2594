/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_OFFICE_MAKE_H
#define NINTEI_TESTS_OFFICE_MAKE_H
/*
 * office_make: small workbooks and documents from parts in plain text, so
 * that a test spoils one part of an honest one.
 */
#include <stdbool.h>
#include "nintei/slice.h"

#define OFFICE_PARTS 40

struct office {
	struct {
		char *name;
		struct buf content;
	} parts[OFFICE_PARTS];
	size_t n;
	bool stored; /* parts are not deflated */
};

/* A workbook with one sheet 申請書A and the shared string あおい. */
void office_xlsx(struct office *o);
/* A document with one paragraph, あおい. */
void office_docx(struct office *o);
/* Add or replace a part; text NULL: take it away. */
void office_put(struct office *o, const char *name, const char *text);
void office_put_bytes(struct office *o, const char *name, struct slice bytes);
/* The content of xl/worksheets/sheet1.xml between <worksheet> and its end. */
void office_sheet(struct office *o, const char *inner);
/* Of xl/workbook.xml: attributes of workbookPr, what follows <sheets>. */
void office_book(struct office *o, const char *pr, const char *after);
/* One cell style, number 1, with this format code. */
void office_format(struct office *o, const char *code);
/* Of word/document.xml between <w:body> and its end. */
void office_body(struct office *o, const char *inner);
/* A further relationship of the main part ("xl/workbook.xml" ...). */
void office_rel(struct office *o, const char *part, const char *type,
    const char *target, bool external);
void office_zip(const struct office *o, struct buf *out);
void office_done(struct office *o);

#endif
