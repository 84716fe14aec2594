/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OOXML_INT_H
#define NINTEI_OOXML_INT_H
/*
 * ooxml_int: what the readers of packages share.
 *
 * opc.c opens the package: content types, relationships, what is refused.
 * book.c reads a workbook: strings.c, styles.c, numfmt.c, sheet.c, form.c.
 * docx.c reads a document.  props.c: properties and labels of both.
 */
#include "nintei/document.h"
#include "nintei/ooxml.h"
#include "nintei/xmlx.h"
#include "nintei/zip.h"

#define OOXML_NAME_BYTES 512 /* of a part, a sheet, a defined name */
#define OOXML_RELS 20000 /* of a package */

/* One relationship of a package. */
struct rel {
	char *source; /* the part it belongs to; "" for the package */
	char *id;
	char *type; /* last word of the type's URI: "worksheet" */
	char *target; /* the part, in the package's own spelling; NULL: none */
};

struct pkg {
	struct zip *zip;
	struct ooxml_faults *f;
	struct rel *rels;
	size_t n_rels, cap_rels;
	char *main; /* the part that is the document */
	char *main_type; /* its content type */
	char *default_type; /* that of its extension */
	struct json *hidden; /* array of facts; owned */
};
/* Opens and judges; 0 also with faults in f.  -1: nothing can be read. */
int pkg_open(
    struct slice in, struct ooxml_faults *f, struct pkg *out) MUST_CHECK;
void pkg_done(struct pkg *p); /* for CLEANUP */
/* The part's XML through the handlers; -1 with a fault. */
int pkg_xml(struct pkg *p, const char *part, const struct xmlx_handlers *h,
    void *arg) MUST_CHECK;
/* The part that source's relationship id leads to, or NULL. */
const char *pkg_target(const struct pkg *p, const char *source, const char *id);
/* The first part of that type from *at on, which then stands behind it. */
const char *pkg_target_of_type(
    const struct pkg *p, const char *source, const char *type, size_t *at);
void pkg_hidden(struct pkg *p, const char *what, const char *where);

void fault_add(struct ooxml_faults *f, const char *code, const char *where);
void fault_at(struct ooxml_faults *f, const char *code, const char *where,
    const char *what);
bool fault_is(const struct ooxml_faults *f); /* any so far */

/* opc_judge.c: what a package may not hold, by names, types and links. */
void judge_name(struct pkg *p, const char *part);
void judge_content_type(struct pkg *p, const char *part, const char *type);
void judge_rel(struct pkg *p, const char *source, const char *type,
    const char *target, bool external);

/*
 * Past what a spreadsheet passes over: elements of other namespaces and
 * extensions, with all inside.  *skip: depth of the open one; 0: none.
 */
bool skip_start(unsigned *skip, const struct xmlx_element *el);
bool skip_end(unsigned *skip, const struct xmlx_element *el);

/* names.c: the vocabulary, transitional and strict. */
bool is_sml(const struct xmlx_element *el); /* SpreadsheetML */
bool is_wml(const struct xmlx_element *el); /* WordprocessingML */
bool is_dml(const struct xmlx_element *el); /* DrawingML main */
bool is_local(const struct xmlx_element *el, const char *local);
/* The attribute r:<local>. */
const char *attr_rel(const struct xmlx_element *el, const char *local);
/* The attribute without a prefix, or w:<local>. */
const char *attr_plain(const struct xmlx_element *el, const char *local);
const char *attr_w(const struct xmlx_element *el, const char *local);
/* "1", "true", "on" or present and empty; none when absent. */
bool attr_is_true(const char *value, bool none);
/* A copy of at most so many bytes, cut between characters. */
char *dup_cut(const char *s, size_t max);
/* Decimal digits, at most max; false: not that. */
bool digits(const char *s, uint32_t max, uint32_t *out);
/* "B4" or "$B$4", 0-based; the rest of the text to end. */
bool cell_ref(const char *s, uint32_t *row, uint32_t *col, const char **end);
void cell_name(uint32_t row, uint32_t col, char out[16]);

/* strings.c: rich text as one text, without readings. */
struct rich {
	struct buf out; /* the text so far */
	struct buf t; /* the t element that is open */
	bool in_t, preserve;
	unsigned skip; /* depth of the open rPh; 0: none */
};
void rich_start(struct rich *r, const struct xmlx_element *el);
void rich_end(struct rich *r, const struct xmlx_element *el);
void rich_text(struct rich *r, struct slice s);
/* Append in with _xHHHH_ resolved and line ends as \n. */
void escapes_decode(struct slice in, struct buf *out);

struct strings { /* the shared strings */
	struct buf all;
	uint32_t *ends;
	size_t n, cap;
};
int strings_read(
    struct pkg *p, const char *part, struct strings *out) MUST_CHECK;
bool strings_at(const struct strings *s, uint32_t i, struct slice *out);
void strings_done(struct strings *s);

struct styles { /* format code of each cell style */
	struct numfmt { /* by id, once all are read */
		uint32_t id, order;
		char *code;
	} * custom;
	size_t n_custom, cap_custom;
	uint32_t *xfs; /* style -> format id */
	size_t n_xfs, cap_xfs;
};
int styles_read(struct pkg *p, const char *part, struct styles *out) MUST_CHECK;
const char *styles_code(const struct styles *s, uint32_t style);
void styles_done(struct styles *s);

/* numfmt.c: a number or a text as its cell shows it. */
void numfmt_number(const char *code, double v, bool is_1904, struct buf *out);
void numfmt_text(const char *code, struct slice text, struct buf *out);
/* numfmt_date.c: one section that holds a date or a time. */
struct section {
	const char *p;
	size_t n;
	bool gannen; /* year 1 is written with its character */
};
bool section_is_date(const struct section *s);
void section_date(
    const struct section *s, double v, bool is_1904, struct buf *out);
/* Past one unit at *i: a literal's bytes, or what shows nothing. */
bool section_literal(const struct section *s, size_t *i, struct buf *out);

/* A field of the issued template and where it stands. */
struct slot {
	uint32_t sheet, row, col;
	char *id; /* NULL: the template's own cell */
	char *value;
	char *where; /* "申請書A!C12" */
	struct json *left; /* texts of its row that stand left of it */
	bool scoped; /* by a name of one sheet alone: yields to another */
	bool twice; /* two cells claim its place, or two names its field */
	bool formula;
};
#define SLOT_LEFT 6
struct book;
void slot_add(struct book *b, const char *name, const char *ref, bool scoped);
void slots_sort(struct book *b);
/* A cell as seen.  formula: its text is a result that may change. */
void slots_put(struct book *b, uint32_t row, uint32_t col, struct slice text,
    bool formula);
struct json *slots_form(struct book *b); /* NULL: no template */

struct sheet {
	char *name;
	char *part;
	bool hidden;
};
struct book {
	struct pkg *p;
	struct document_text *text;
	struct strings strings;
	struct styles styles;
	struct sheet *sheets;
	size_t n_sheets, cap_sheets;
	uint32_t at; /* the sheet being read */
	struct slot *slots;
	size_t n_slots, cap_slots;
	size_t cells; /* of all sheets */
	bool is_1904;
};
int sheet_read(struct book *b) MUST_CHECK; /* sheet b->at */

/* docx_styles.c: which styles of a document hide text. */
struct style;
struct word_styles {
	struct style *items;
	size_t n, cap;
	bool vanish; /* what is said of all text */
};
int word_styles_read(struct pkg *p, struct word_styles *out) MUST_CHECK;
/* By the style itself, those it is based on, or the default. */
bool word_style_vanishes(const struct word_styles *w, const char *id);
void word_styles_done(struct word_styles *w);

/* props.c: docProps and labels into facts. */
int props_read(struct pkg *p, struct json *facts) MUST_CHECK;

/* text.c: all text of a small part: comments, drawings. */
enum harvest_as {
	HARVEST_HIDDEN, /* a comment */
	HARVEST_STAMP /* a text box on a sheet */
};
int harvest(struct pkg *p, const char *part, enum harvest_as as,
    struct document_text *text) MUST_CHECK;

#endif
