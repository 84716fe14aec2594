/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_FREEZE_INT_H
#define NINTEI_FREEZE_INT_H
/*
 * freeze_int: what the kinds of decision add to the document that officers
 * sign.  A theme adds lines to its own freezes_<theme>.inc.
 */
#include "office_int.h"

/* What one decision is made of. */
struct draft {
	struct visit *v;
	struct dossier *d;
	const struct scheme *scheme; /* NULL for body cases */
	const struct json *data; /* of the command */
	const struct json *record; /* of the intake, or NULL */
	const struct sec_doc *secret; /* the same, not to be published */
	const char *kind;
	const char *id;
	const char *outcome; /* one of the kind's words */
	/*
	 * That the decision is about: data.instance, where the kind's machine
	 * has several; NULL: the only one.  Lent to the end of the freezing.
	 */
	const char *instance;
	struct json *fields; /* of the decision */
	struct json *fact; /* data.decision of the event */
	struct act_write *w;
};

/* A member of the decision; NULL and "" add nothing. */
void draft_put(struct draft *f, const char *key, const char *value);
/* cert_number, service, operator as certified, or as the intake has them. */
void draft_put_party(struct draft *f);
/*
 * article, scheme, rule_version, policy_version, case_basis.  E_FLOW_STEP: no
 * version of the regulation is in force.
 */
int draft_put_subject(
    struct draft *f, const char *article, struct err *e) MUST_CHECK;
/*
 * The rest of the decision: canonical JSON kept as detail.json, its hash in
 * the document.  E_LIMIT.
 */
int draft_put_detail(
    struct draft *f, const struct json *detail, struct err *e) MUST_CHECK;
/* decisions/<id>/<name> beside the event. */
void draft_file(struct draft *f, const char *name, struct slice bytes);
/* E_FLOW_STEP unless the kind's machine has the word f->outcome open now. */
int draft_open(const struct draft *f, enum machine m, const char *instance,
    struct err *e) MUST_CHECK;

/* The number and the term that a certify decision of a day brings. */
struct draft_term {
	char number[24]; /* that of the base, or the next one */
	int64_t n; /* from 1 */
	struct term t;
};
int draft_term(const struct draft *f, struct jday day, struct draft_term *out,
    struct err *e) MUST_CHECK;

/*
 * FREEZE(kind, where, fill) of freezes*.inc.  where: NULL: a case with an
 * application; "roster": that body case; "rules-": those with the prefix.
 * fill: after identity, times, proposer, reasons and outcome are put.
 */
#define FREEZE(kind, where, fill) int fill(struct draft *f, struct err *e);
#include "freezes.inc"
#include "freezes_body.inc"
#include "freezes_lifecycle.inc"
#include "freezes_themes.inc"
#undef FREEZE

#endif
