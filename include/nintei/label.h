/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_LABEL_H
#define NINTEI_LABEL_H
/*
 * label: confidentiality labels that stand in a document: the marks of its
 * text and the labels of its metadata.
 * Runs in: examine (the scan), core and nintei (what a mark means).  Pure.
 * Trusts: nothing; the scan knows no policy, and what it returns is only
 * compared with the policy's own marks.
 * Rules: TAG-LABEL_* in docs/PROTOCOL.dossier; tags.yaml; FACTS 16.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/jsonx.h"
#include "nintei/scheme.h"
#include "nintei/slice.h"
#include "nintei/tag.h"

/* --- The child: candidates for marks --- */

enum label_where {
	LABEL_WHERE_NONE = 0,
	LABEL_WHERE_BODY, /* counts on the first and on the last page only */
	LABEL_WHERE_HEADER, /* of any page or sheet */
	LABEL_WHERE_FOOTER,
	LABEL_WHERE_STAMP, /* text box, watermark, stamp annotation */
	LABEL_WHERE_MAX
};

#define LABEL_MARKS 512 /* most candidates of one document */
#define LABEL_MARK_BYTES 192 /* longest candidate */
#define LABEL_PAGE_LINES 60 /* a page where a format has no pages */

struct label_scan;
struct label_scan *label_scan_new(void);
void label_scan_free(struct label_scan *s);
DEFINE_STRUCT_CLEANUP(label_scan, label_scan_free)
/* A new page begins (not before the first). */
void label_scan_page(struct label_scan *s);
/* One visible line; a table's cell or a header's field is a line, too. */
void label_scan_line(
    struct label_scan *s, enum label_where where, struct slice utf8);
/*
 * [{"where": "first" | "last" (head or foot of that page) | "page" (between
 * them) | "header" | "footer" | "stamp", "text"}], in reading order; at most
 * LABEL_MARKS.  Owned by the caller.
 */
struct json *label_scan_marks(const struct label_scan *s);

/* --- The parent: what they mean --- */

enum label_level {
	LABEL_NONE = 0, /* not a label */
	LABEL_PUBLIC,
	LABEL_CONFIDENTIAL,
	LABEL_SECRET,
	LABEL_TOP_SECRET, /* named readers */
	LABEL_ASK, /* a person decides; until then as the highest */
	LABEL_LEVEL_MAX
};
const char *label_level_name(enum label_level l); /* "top_secret" */
enum label_level label_level_parse(const char *name); /* MAX: no such */
/* tags.yaml: all but public and none count as secret. */
enum tag label_level_tag(enum label_level l);

struct label_table; /* the marks and labels of a scheme, normalised */
struct label_table *label_table_new(const struct scheme *s);
void label_table_free(struct label_table *t);
DEFINE_STRUCT_CLEANUP(label_table, label_table_free)

#define LABEL_HANDLING_BYTES 256
struct label {
	enum label_level level;
	char handling[LABEL_HANDLING_BYTES]; /* "no_copy,personal", sorted */
};
bool label_has_handling(const struct label *l, const char *word);
/* The higher level, all handlings. */
void label_join(struct label *into, const struct label *other);

/*
 * The label of one whole mark.  false: the text is no mark (out untouched); a
 * text that the policy lists as none is a mark of level LABEL_NONE.
 */
bool label_of_mark(
    const struct label_table *t, struct slice mark, struct label *out);
/*
 * Of a sensitivity label by its id (GUID).  true: tags.yaml does not know it,
 * and it is secret, or higher where its name is a higher mark.
 */
bool label_of_id(const struct label_table *t, const char *id, const char *name,
    struct label *out);

/* Everything that a document's facts say about its confidentiality. */
struct label_finding {
	struct label label; /* joined */
	enum tag tag; /* TAG_NONE: no label at all */
	bool has_unknown; /* an enabled label that tags.yaml does not know */
	bool has_ask; /* a person decides */
	bool has_stop; /* must not be taken in */
	struct json *sources; /* [{"source", "where"?, "mark"?, "level",
			       * "handling"?}]: the policy's words, none
			       * of the document's */
};
/* facts: "marks" and "labels" of a document, of any shape; NULL: none. */
void label_read(const struct label_table *t, const struct json *facts,
    struct label_finding *out);
void label_finding_done(struct label_finding *f);

#endif
