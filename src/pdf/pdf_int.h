/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PDF_PDF_INT_H
#define NINTEI_PDF_PDF_INT_H
/*
 * pdf_int: words of a PDF, its objects, its streams, and what is looked for.
 * Values are not built: a value is where it begins in bytes that live as long
 * as the file.
 */
#include "nintei/document.h"
#include "nintei/pdf.h"

/* --- lex.c: words --- */

enum lex_kind {
	LEX_END = 0,
	LEX_INT,
	LEX_REAL,
	LEX_NAME, /* text: without the slash, #xx resolved */
	LEX_STRING, /* raw: between the parentheses */
	LEX_HEX, /* raw: between the angles */
	LEX_OPEN, /* [ or << */
	LEX_CLOSE,
	LEX_WORD, /* obj, R, true, operators */
	LEX_BAD /* a string that does not end */
};
#define LEX_NAME_BYTES 64
struct token {
	enum lex_kind kind;
	bool is_dict; /* of LEX_OPEN and LEX_CLOSE */
	double number;
	struct slice raw; /* the bytes of the word */
	char name[LEX_NAME_BYTES]; /* of LEX_NAME, cut */
};
/* Takes one word off the front of s; blanks and comments are passed over. */
void lex_next(struct slice *s, struct token *t);
bool lex_is_word(const struct token *t, const char *word);
bool lex_is_name(const struct token *t, const char *name);
/* Passes over one value; false: nested too deep, or cut off. */
bool lex_skip(struct slice *s);
bool lex_is_blank(int c);

/* --- file.c: objects --- */

struct object {
	uint32_t number;
	struct slice value; /* from its first byte on */
	struct slice stream; /* raw; p NULL: it has none */
};
#define PDF_BUFFERS 4096 /* inflated streams that are kept */
struct pdf_file {
	struct slice bytes;
	struct object *objects;
	size_t n, cap;
	uint32_t *slots; /* hash of number to index + 1; the last one counts */
	size_t n_slots;
	struct slice trailer; /* the last with a Root */
	struct buf *kept[PDF_BUFFERS];
	size_t n_kept;
	size_t inflated;
	struct pdf_verdict *verdict;
};
/* All objects of the file, those in streams as well; faults say what failed. */
void pdf_file_open(
    struct slice pdf, struct pdf_verdict *v, struct pdf_file *out);
void file_close(struct pdf_file *f);
void fault(struct pdf_verdict *v, enum pdf_fault which, const char *detail);
bool faulty(const struct pdf_verdict *v);

/* The value of a key in the dictionary that begins at dict; empty: none. */
struct slice dict_get(struct slice dict, const char *key);
/* The same, and references followed. */
struct slice file_get(
    const struct pdf_file *f, struct slice dict, const char *key);
/* What a value refers to; itself when it is no reference. */
struct slice file_resolve(const struct pdf_file *f, struct slice value);
const struct object *file_object(const struct pdf_file *f, struct slice value);
const struct object *file_find(const struct pdf_file *f, uint32_t number);
bool value_int(struct slice value, int64_t *out);
bool pdf_value_number(struct slice value, double *out);
bool value_is_dict(struct slice value);
bool value_is_array(struct slice value);
bool value_is_name(struct slice value, const char *name);
/* The elements of an array: the next value; false at its end. */
bool array_begin(struct slice value, struct slice *out);
bool array_next(struct slice *rest, struct slice *out_value);
/* The members of a dictionary in order. */
bool dict_begin(struct slice value, struct slice *out);
bool dict_next(
    struct slice *rest, char key[LEX_NAME_BYTES], struct slice *out_value);

/* stream.c: the data of a stream, kept by the file; false: cannot be had,
 * and *out_limit says whether because it is too much. */
/* Streams kept since mark are done with: their data goes. */
void stream_release(struct pdf_file *f, size_t mark);
bool stream_data(struct pdf_file *f, const struct object *o, struct slice *out,
    bool *out_limit);

/* active.c: what must not be in a document; signatures' ranges. */
#define RANGES_MAX 16
struct ranges {
	size_t n; /* found, also beyond what is kept */
	uint64_t range[RANGES_MAX][4];
	bool bad[RANGES_MAX]; /* not four plain numbers */
};
void active_check(struct pdf_file *f, struct ranges *out);

/* pages.c: the leaves of the page tree in order. */
struct page {
	struct slice dict;
	struct slice resources; /* of it or of its parents */
	struct slice box; /* CropBox or MediaBox */
	int rotate; /* 0, 90, 180, 270 */
};
struct pages {
	struct page *items;
	size_t n;
};
void pages_read(struct pdf_file *f, struct pages *out);
void pages_free(struct pages *p);

/* labels.c: of XMP and of the document's information. */
struct json *labels_read(struct pdf_file *f);

/* content.c: where and how a page shows text. */
enum show_kind {
	SHOW_VISIBLE = 0,
	SHOW_INVISIBLE, /* render mode 3 or 7 */
	SHOW_OFF_PAGE,
	SHOW_TINY,
	SHOW_WHITE, /* nothing darker is painted below it */
	SHOW_UNKNOWN, /* in a stream that is not read */
	SHOW_MAX
};
struct show {
	double x, y; /* points from the left top corner of the page */
	enum show_kind kind;
};
struct rect {
	double x1, y1, x2, y2;
};
#define SHOWS_MAX 100000 /* of one page */
#define RECTS_MAX 4096
struct content {
	struct show *shows;
	size_t n, cap;
	struct rect rects[RECTS_MAX]; /* painted in a colour other than white */
	size_t n_rects;
	size_t by_kind[SHOW_MAX]; /* shows that are not blank */
	double width, height;
};
void content_read(
    struct pdf_file *f, const struct page *p, struct content *out);
void content_done(struct content *c);
const char *show_kind_name(enum show_kind k); /* "off_page" */
/* Is something other than white painted there? */
bool content_has_ground(const struct content *c, double x, double y);

/* runs.c: the frames of nintei-pdftext. */
struct run {
	double x1, y1, x2, y2, size;
	uint32_t rgb;
	struct slice text;
};
struct runs_page {
	uint32_t number;
	double width, height;
	uint32_t pictures;
	size_t first, n; /* of runs */
};
struct runs {
	uint32_t pages, flags;
	enum show_kind *kinds; /* for each run, judged later */
	struct run *runs;
	size_t n, cap;
	struct runs_page *page;
	size_t n_pages;
	uint8_t end;
};
/* Takes the frames off in; the rest of in is the PDF.  false: broken. */
bool runs_read(struct slice *in, struct runs *out);
void runs_free(struct runs *r);

/* lines.c: one page's runs as lines, top to bottom, left to right. */
void lines_feed(
    const struct runs *r, const struct runs_page *p, struct document_text *t);

#endif
