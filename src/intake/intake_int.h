/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_INTAKE_INT_H
#define NINTEI_INTAKE_INT_H
/* intake_int: the state of one check, its rules, and reading of values. */
#include "nintei/asic.h"
#include "nintei/intake.h"
#include "nintei/term.h"

enum intake_rule {
	IR_NONE = 0,
#define X(name, rule, code, sev, article, ja, en) name,
#include "rules.inc"
#undef X
	IR_MAX
};

struct bundle;

/* One check of one dossier. */
struct check {
	const struct intake_hosts *hosts;
	const struct scheme_set *schemes;
	const struct intake_hint *hint;
	struct intake *in;
	struct findings *f;
	struct json *manifest; /* NULL at level 0 and when unreadable */
	bool partial; /* the archive was refused: members may lack */
	struct asic_pair pairs[ASIC_MANIFESTS]; /* level 2: what signs what */
	size_t n_pairs;
	enum tag label; /* of the container; TAG_NONE: none that counts */
	unsigned register_doubts; /* existence.h: what the register adds */
	struct json *proofs; /* existence.c: while they are judged */
	int64_t until; /* budget.c: monotonic seconds */
	bool spent; /* budget.c: nothing more is examined */
};
/* The version whose forms and criteria count (criteria_version_at). */
const struct scheme *check_scheme(const struct check *c, const char *id);

void rule_add(struct findings *f, enum intake_rule rule, const char *member,
    const char *field, const char *detail);
/* The same with another article than the table's. */
void rule_add_article(struct findings *f, enum intake_rule rule,
    const char *article, const char *member, const char *detail);

/* budget.c: time for all papers.  False: it is spent, and f says so. */
void budget_begin(struct check *c);
bool budget_left(struct check *c, const struct intake_member *m);
/* unbag.c: a bag becomes what its data/ holds. */
int bag_import(struct check *c, struct err *e) MUST_CHECK;
/* container.c: level 2.  Form before the manifest is read; then signatures. */
int container_check(struct check *c, int archive_fd, struct err *e) MUST_CHECK;
int container_signatures(struct check *c, struct err *e) MUST_CHECK;
/* The label of the container against the tags of the manifest. */
void container_label(struct check *c);
/* manifest.c: everything of level 1; fills c->in. */
void manifest_check(struct check *c);
/* wishes.c: fields and exclusions of the manifest. */
void wishes_check(struct check *c);
/* papers.c: type of each member, then the documents through the worker. */
int papers_check(struct check *c, struct err *e) MUST_CHECK;
/* pdf.c: structure, signatures, text; m->document gets the facts. */
int pdf_check(
    struct check *c, struct intake_member *m, struct err *e) MUST_CHECK;
/* "range" of a signature's facts: two spans as offset and length. */
bool pdf_range(const struct json *signature, uint64_t out[4]);
/* ooxml.c: the form in a workbook goes to its place in the intake. */
void ooxml_form_take(struct check *c, const struct intake_member *m);
/* Findings about its fields name the cells. */
void ooxml_name_cells(struct check *c);
/* form.c: both forms against the scheme. */
void form_a_check(struct check *c);
void form_b_check(struct check *c);
/* agree.c: manifest, forms and registry say the same. */
void agree_check(struct check *c);
/* malware.c: each file shown to the scanner. */
void malware_check(struct check *c);
/* types.c: do extension and first bytes agree, and is it no refused kind? */
bool type_check(struct check *c, const struct intake_member *m);
const char *extension_of(const char *path); /* ".pdf", or "" */
bool has_extension(const struct intake_member *m, const char *extension);
/* existence.c: proofs of existence and their grade; after agree_check. */
int existence_check(struct check *c, struct err *e) MUST_CHECK;
/* tags.c: effective tags. */
void tags_check(struct check *c);
/* labels.c: the labels found inside go to members; the language of papers. */
void labels_check(struct check *c);
void language_check(struct check *c);
/* The sources of one tag, and the conflict between them. */
void tag_conclude(
    struct check *c, struct intake_member *m, const struct tag_sources *s);

/* shape.c: an object against its keys, all faults at once. */
struct shape_key {
	const char *key;
	enum json_kind kind;
	bool required;
};
/* rule: IR_MANIFEST_SHAPE or another with a detail; where: "members/3". */
bool shape_check(struct findings *f, enum intake_rule rule, const char *member,
    const char *where, const struct json *j, const struct shape_key *keys,
    size_t n);

/* value.c: what people write, after NFKC without blanks. */
enum answer {
	ANSWER_NONE = 0, /* neither */
	ANSWER_YES,
	ANSWER_NO
};
/* A scalar as NFC text, owned; NULL: array or object.  null is "". */
char *value_text(const struct json *j);
/* NFKC without blanks, owned; NULL when it cannot be done. */
char *value_fold(const char *text);
bool value_is_blank(const char *text);
bool value_is_showable(const char *text); /* no control, bidi, private use */
size_t value_length(const char *text); /* code points */
enum answer value_answer(const char *folded);
/* The first number of the text, times 1000; with unit: of the one before it. */
bool value_number(const char *folded, int64_t *out_milli);
bool value_percent(const char *folded, int64_t *out_milli);
/* A length of time in thousandths of minutes; unit: when none is written. */
bool value_duration(const char *folded, const char *unit, int64_t *out_milli);
/* "新規...", "new"; DOSSIER_NONE for anything else. */
enum dossier_kind value_kind(const char *folded);
bool value_is_url(const char *text, bool https_only);
bool value_is_email(const char *text);
bool value_is_phone(const char *folded);
/* A date or a year alone; *out_exact: a whole date. */
bool value_year(const char *text, struct jday *out, bool *out_exact);

/* criterion.c: one item of form B. */
struct form_b {
	const struct check *c;
	const char *member;
	const struct json *fields;
	struct jday as_of; /* day of the disclosure */
};
void criterion_check(
    const struct form_b *b, const struct criterion *k, const char *text);
/* Does the row that this one depends on say yes? */
bool criterion_applies(const struct form_b *b, const struct criterion *k);

/* agree.c: two statements of one fact; finds the difference. */
struct statement {
	const char *member; /* where it stands */
	const char *field;
	const char *text; /* NULL or blank: says nothing */
};
enum agree_subject {
	AGREE_NAME, /* 商号 */
	AGREE_NUMBER, /* 法人番号, 会社法人等番号 */
	AGREE_OFFICE, /* 本店 */
	AGREE_HEAD, /* 代表者 */
	AGREE_FOUNDED, /* 設立: form B against papers */
	AGREE_MAX
};
/*
 * What a paper says, against form A (the manifest where form A is silent);
 * NAME_NONE: one of them says nothing.
 */
enum name_verdict agree_paper(
    struct check *c, enum agree_subject subject, const struct statement *paper);
void agree_names(
    struct findings *f, const struct statement *a, const struct statement *b);
void agree_addresses(
    struct findings *f, const struct statement *a, const struct statement *b);
/* The scalar of a form's field as text, owned; "" when absent. */
char *field_text(const struct json *fields, const char *id);
/* The path of the first member with the role; "" without one. */
const char *path_of(const struct intake *in, enum intake_role role);

#endif
