/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TAG_H
#define NINTEI_TAG_H
/*
 * tag: levels of confidentiality and how they combine (Art. 20).
 * Runs in: core, nintei.  Pure.
 * Rules: INTERFACE 5; a missing or unknown tag counts as secret.
 */
#include <stdbool.h>

enum tag {
	TAG_NONE = 0, /* missing or unknown: counts as secret */
	TAG_PUBLIC,
	TAG_INTERNAL,
	TAG_SECRET,
	TAG_PERSONAL,
	TAG_MAX
};

/* "public", ...; TAG_NONE and anything out of range is "secret". */
const char *tag_name(enum tag t);
/* TAG_NONE for NULL and for a name that is not one of the four. */
enum tag tag_parse(const char *name);
/* What a tag counts as: TAG_SECRET for TAG_NONE, else itself. */
enum tag tag_level(enum tag t);
/* The higher of both levels: never TAG_NONE. */
enum tag tag_join(enum tag a, enum tag b);

/* The sources of a member's tag (BUNDLES 4). */
struct tag_sources {
	enum tag bundle; /* of the manifest; TAG_NONE when absent */
	enum tag member; /* of the manifest; TAG_NONE when absent */
	enum tag label; /* highest label found inside; TAG_NONE: no label */
	bool excluded; /* the applicant's exclusion, Art. 20(2)(5) */
};
/*
 * The effective tag: the highest of member, label and the default secret.
 * An exclusion lifts the default, never a label.  The bundle's tag stands in
 * for a member without one.
 */
enum tag tag_effective(const struct tag_sources *s);
/* The label stands above what the manifest says (TAG-LABEL_CONFLICT). */
bool tag_is_conflict(const struct tag_sources *s);

#endif
