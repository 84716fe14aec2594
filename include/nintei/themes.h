/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_THEMES_H
#define NINTEI_THEMES_H
/*
 * themes: judgements about a certified service that follow from typed
 * findings: which rule on the mark is broken, what is a succession, whether
 * grounds of a revocation are shown, what lies within a disclosure.  People
 * say what they saw; what it means is computed, here and nowhere else.
 * Runs in: core, nintei.  Pure.
 * Rules: REGULATION 2 (Arts. 9, 10, 17, 20), 7 and 8; THEME-* in
 * docs/PROTOCOL.events.
 */
#include <stdbool.h>
#include <stddef.h>
#include "nintei/dossier.h"
#include "nintei/err.h"
#include "nintei/jsonx.h"
#include "nintei/scheme.h"

/* Items of an article as bits: item n is 1u << n. */
#define THEME_ITEM(n) (1u << (n))
/* Art. 10(2)-(6): what alone is a ground under Art. 17(1)(3). */
#define THEME_MARK_GROUND                                                \
	(THEME_ITEM(2) | THEME_ITEM(3) | THEME_ITEM(4) | THEME_ITEM(5) | \
	    THEME_ITEM(6))

/*
 * Items of Art. 10 that a finding on the mark breaks.  data: "findings" (list
 * of words, may be absent), "medium" (word), "other_class" (word: the class of
 * the other service, where the findings name one).  ended: the right to the
 * mark has ended.  E_INPUT: a word is unknown or does not fit the others.
 */
int theme_mark_breaches(const struct scheme *s, const struct json *data,
    bool ended, unsigned *out, struct err *e) MUST_CHECK;
/* ["10(2)", "10(5)"]. */
struct json *theme_breaches_json(unsigned breaches);
/* The same back; 0 for what is no such list. */
unsigned theme_breaches_read(const struct json *list);

/* What happened to the operator, in facts (Art. 9(2)). */
struct theme_succession {
	const char *kind; /* "merger"; see theme_judge.c */
	bool survivor; /* merger: this operator goes on */
	bool handed_over; /* the service's business went to somebody else */
};
/* Does the certification lose its effect by it? */
bool theme_is_succession(
    const struct params *p, const struct theme_succession *s);
/* May it be looked at under Art. 17(1)(9)?  Any split, also one that leaves. */
bool theme_is_reorganisation(const char *kind);

/* "2,7": items of Art. 17(1), rising, as THEME_ITEM bits; 0: malformed. */
unsigned theme_grounds_read(const char *text);
/* What the case has recorded for the grounds. */
struct theme_record {
	unsigned noted; /* items of 17(1) noted: 5, 6, 7 */
	unsigned breaches; /* items of Art. 10 found on the mark */
	bool reorganised; /* a transfer, merger, split, inheritance reported */
	int64_t seq; /* events of the case so far */
	int64_t document; /* number of its last document */
};
void theme_record_of(const struct dossier *d, struct theme_record *out);
/*
 * data: "grounds"; "evidence": [{"ground": 7, "event": 12} or {"ground": 1,
 * "document": 4}], each ground at least once; "no_just_reason" for 4 to 7
 * ("false_answer" does for 6); "tort" and "violation" for 8; "setup_changed"
 * and "doubt" for 9.  Returns the items that are not shown; all bits when data
 * is malformed.
 */
unsigned theme_grounds_missing(const struct params *p,
    const struct theme_record *r, const struct json *data);

/*
 * Is every object (document number) of asked.objects in what is permitted, is
 * there one, and is asked.recipient its recipient?
 */
bool theme_within(
    const struct dossier_disclosure *of, const struct json *asked);
/* "20(2)(3)" by the item's number; NULL: Art. 20(2) has no such item. */
const char *theme_exception(long long item);

#endif
