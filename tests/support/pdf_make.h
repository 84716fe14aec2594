/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_PDF_MAKE_H
#define NINTEI_TESTS_PDF_MAKE_H
/*
 * pdf_make: PDFs, good and bad, byte for byte the same each time.
 */
#include <stdint.h>
#include "nintei/slice.h"

#define PDF_MAKE_OBJECTS 2048
struct pdf_make {
	struct buf out;
	size_t at[PDF_MAKE_OBJECTS]; /* 0: no such object */
	unsigned most;
};

void pdf_make_begin(struct pdf_make *p);
/* An object; body is what stands between "obj" and "endobj". */
void pdf_make_object(struct pdf_make *p, unsigned number, const char *body);
/* A stream; dict: more members; deflated so many times, or 0. */
void pdf_make_stream(struct pdf_make *p, unsigned number, const char *dict,
    struct slice data, unsigned deflations);
/* Table of references and trailer; more: members beside Root and Size. */
void pdf_make_end(struct pdf_make *p, const char *more);
void pdf_make_done(struct pdf_make *p);

/* The zlib form of bytes. */
void pdf_make_deflate(struct slice in, struct buf *out);

/*
 * One page of 595 x 842 with this content, F1 Helvetica and F2 a Japanese
 * font of CP932 that is not embedded; catalog: more members of it.
 */
void pdf_make_page(
    struct pdf_make *p, const char *catalog, const char *content);
/* Objects 1 to 7 of that, without an end: more may follow. */
void pdf_make_page_open(
    struct pdf_make *p, const char *catalog, const char *content);
/* 20 pages of Japanese text in F2 (case D14). */
void pdf_make_japanese(struct pdf_make *p, unsigned pages);

enum pdf_signing {
	PDF_SIGNED_WELL,
	PDF_SIGNED_TOKENS, /* something stands beside the hex (D11) */
	PDF_SIGNED_SHORT, /* bytes follow that are not covered */
	PDF_SIGNED_TWICE
};
/* A page with a signature whose value is the DER cms, zeros behind it. */
void pdf_make_signed(
    struct pdf_make *p, struct slice cms, enum pdf_signing how);

#endif
