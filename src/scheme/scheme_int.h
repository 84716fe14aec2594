/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SCHEME_INT_H
#define NINTEI_SCHEME_INT_H
/*
 * scheme_int: policy files as they are written (texts, NULL when absent) and
 * what keeps a scheme's memory.
 */
#include <pthread.h>

#include "nintei/scheme.h"
#include "params_int.h"

struct guideline_yaml {
	char *name, *publisher, *date;
};
struct version_yaml {
	char *rule_version, *policy, *text, *sha256;
};
struct slip_yaml {
	char *article, *text, *note;
};
struct slot_yaml {
	char *role, *alternative, *required;
	struct conf_list kinds;
	char *article;
};
struct remark_yaml {
	char *about, *known, *source, *note;
};
struct fee_yaml {
	char *kind, *member, *amount, *from;
};
struct scheme_yaml {
	char *id, *name_ja, *name_en;
	struct conf_list classes;
	struct guideline_yaml *guideline;
	struct conf_list versions; /* version_yaml */
	char *number_prefix, *term_years, *renewal_opens_days;
	char *renewal_closes_days, *bar_years;
	struct conf_list publish_items;
	char *mark_other_scope;
	struct conf_list mark_media;
	char *papers_to;
	struct conf_list users;
	char *compares, *delegate_knowledge;
	struct conf_list slips, slots, fees, remarks;
};
struct item_yaml {
	char *id, *group, *item, *written, *requirement, *check, *op, *value;
	char *unit;
	struct conf_list choices;
	char *provenance;
};
struct criteria_yaml {
	struct conf_list items;
};
struct field_yaml {
	char *id, *label_ja, *label_en, *type;
	struct conf_list required;
	char *max_chars, *tag;
};
struct form_yaml {
	struct conf_list fields;
};
struct profile_yaml {
	char *policy_oid, *ca_name, *ca_years, *cps_path, *user_notice;
	char *guideline, *designated_path, *mark_path, *document_signing;
};
struct mark_yaml {
	char *text, *level, *handling;
};
struct label_yaml {
	char *guid, *name, *level;
};
struct tags_yaml {
	char *otherwise; /* key default */
	struct conf_list marks, labels;
};
struct proof_yaml {
	char *role, *form, *grade, *max_age;
};
struct anchor_yaml {
	char *name, *file, *sha256;
};
struct registry_yaml {
	struct conf_list proofs, anchors;
	struct conf_list crls, ocsp; /* files; texts */
};

/* The files of a scheme's folder, in this order. */
enum scheme_part {
	PART_SCHEME = 0,
	PART_CRITERIA,
	PART_FORM_A,
	PART_PROFILES,
	PART_TAGS,
	PART_PARAMS,
	PART_REGISTRY, /* it may point to the policy */
	PART_MAX
};
extern const struct conf_shape *const part_shapes[PART_MAX];
extern const char *const part_names[PART_MAX];

/* A scheme with all memory that its texts borrow from. */
struct scheme_box {
	struct scheme s; /* first: scheme_file finds the box by it */
	void *yaml[PART_MAX];
	struct buf files[PART_MAX];
	char *dir; /* the folder it came from; NULL: another place */
	struct buf rule; /* text of the newest version */
	void *rows[24]; /* arrays and texts made while building */
	size_t n_rows;
};

/* The versions of one scheme. */
#define SCHEMES_MAX 64
#define VERSIONS_MAX 64
struct enactment {
	const struct scheme_box *box;
	int64_t from;
};
struct family {
	struct scheme_box *boxes[VERSIONS_MAX]; /* at least one */
	size_t n;
	struct scheme_box **replaced; /* still lent to somebody */
	size_t n_replaced;
	struct enactment *table; /* in the order of their decisions */
	size_t n_table;
	const struct scheme_box *installed, *current;
};
struct scheme_set {
	struct family *families[SCHEMES_MAX];
	size_t n;
	pthread_rwlock_t lock; /* of everything but the schemes themselves */
};
/* Under the lock. */
struct family *family_find(const struct scheme_set *s, const char *id);
struct scheme_box *family_version(
    const struct family *f, const char *policy_version);

/* The parts of a text in order; an article, then its paragraphs and items. */
#define RULE_PARTS 600
struct rule_part {
	char name[32]; /* "12", "12(1)", "12(1)(2)", "5-2", "附則" */
	int level; /* 0 article with its title, 1 paragraph, 2 item */
	struct slice text;
};
struct rule_parts {
	struct rule_part items[RULE_PARTS];
	size_t n;
};
void rule_parts(struct slice text, struct rule_parts *out);

/* Zeroed memory that lives as long as the box. */
void *box_calloc(struct scheme_box *b, size_t n, size_t size);
const char *text_of(const char *text); /* "" for NULL */
const char *const *texts_of(const struct conf_list *list);

/* Each fills its part of b->s from b->yaml; what is wrong is E_CONFIG. */
int build_scheme(struct scheme_box *b, struct err *e) MUST_CHECK;
int build_criteria(struct scheme_box *b, struct err *e) MUST_CHECK;
int build_form(struct scheme_box *b, struct err *e) MUST_CHECK;
int build_profile(struct scheme_box *b, struct err *e) MUST_CHECK;
int build_tags(struct scheme_box *b, struct err *e) MUST_CHECK;
int build_registry(struct scheme_box *b, struct err *e) MUST_CHECK;

/* Bits of the kinds named; what: the key for messages. */
int kinds_of(const struct conf_list *list, const char *what, unsigned *out,
    struct err *e) MUST_CHECK;
/* A role of INTERFACE 5. */
bool role_known(const char *role);
/* The word stands in a NULL-ended list. */
bool word_known(const char *word, const char *const *list);

#define SCHEME_ID_MAX 40
bool id_valid(const char *id);

/* The anchors are there, as registry.yaml says.  E_CONFIG. */
int trust_check(const struct scheme *s, struct err *e) MUST_CHECK;

/* One scheme from its files; *out is freed by box_free. */
int box_make(const struct scheme_source *from, const char *id,
    struct scheme_box **out, struct err *e) MUST_CHECK;
/* One folder of policies. */
int box_load(const char *dir, const char *id, struct scheme_box **out,
    struct err *e) MUST_CHECK;
/* <dir>/<id>/versions/<name>/, which is of that name.  E_CONFIG. */
int box_load_version(const char *dir, const char *id, const char *name,
    struct scheme_box **out, struct err *e) MUST_CHECK;
void box_free(struct scheme_box *b);
DEFINE_STRUCT_CLEANUP(scheme_box, box_free)

#endif
