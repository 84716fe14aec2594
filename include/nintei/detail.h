/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DETAIL_H
#define NINTEI_DETAIL_H
/*
 * detail: the rest of a decision, whose SHA-256 in hex is its member
 * `detail`: canonical JSON, in the tree decisions/<id>/detail.json.  What is
 * read here is what signer and audit rest on.  Module: approval.  Pure.
 * Runs in: core, signer, nintei.  Trusts: nothing.
 * Rules: DETAIL-* in docs/PROTOCOL.decision.  nintei.rules/1: scheme_set.h.
 */
#include <stdbool.h>
#include "nintei/approval.h"
#include "nintei/err.h"
#include "nintei/jsonx.h"
#include "nintei/slice.h"
#include "nintei/term.h"

#define DETAIL_CERTIFY "nintei.certify/1"
#define DETAIL_REISSUE "nintei.reissue/1"
#define DETAIL_LAPSE "nintei.lapse/1"
#define DETAIL_TERMINATION "nintei.termination/1"
#define DETAIL_RULES "nintei.rules/1"

/*
 * Of a reissue: {"designated_url", "record": the certification.json with the
 * new names, "schema": "nintei.reissue/1", "spki": SHA-256 in hex or ""}.
 * record: term, dates, number, rule_version and guideline as they were;
 * decision_id that of the reissue.  Appended to out.
 */
int decision_reissue_detail(const struct json *record, struct slice spki,
    const char *designated_url, struct buf *out, struct err *e) MUST_CHECK;

/*
 * Of a lapse (Art. 9(2)): {"day": of the event, "event", "operator_changed":
 * "true" or "false", "schema", "successor"?: corporate number}.
 */
struct detail_lapse {
	/* business_transfer, merger, company_split, inheritance */
	char event[24];
	struct jday day;
	bool operator_changed; /* false: it survived a merger */
	char successor[14]; /* 13 digits, or "" */
};
int detail_lapse_build(
    const struct detail_lapse *f, struct buf *out, struct err *e) MUST_CHECK;
int detail_lapse_read(
    struct slice bytes, struct detail_lapse *out, struct err *e) MUST_CHECK;

/* Of a termination (Art. 13(2)): {"last_day": of the service, "schema"}. */
struct detail_termination {
	struct jday last_day;
};
void detail_termination_build(
    const struct detail_termination *f, struct buf *out);
int detail_termination_read(struct slice bytes, struct detail_termination *out,
    struct err *e) MUST_CHECK;

/* Is it what the decision's member `detail` is the hash of? */
bool detail_is_of(const struct decision *d, struct slice bytes);

#endif
