/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_EXISTENCE_H
#define NINTEI_EXISTENCE_H
/*
 * existence: how strongly a paper proves that the applicant exists (Art.
 * 4(1)(2)): strong, medium, weak, by policies/<scheme>/registry.yaml.
 * Runs in: core, nintei.  Pure.  Trusts: facts that the parent re-validated.
 * Rules: FACTS 9 to 11; docs/PROTOCOL.dossier.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/jsonx.h"
#include "nintei/scheme.h"
#include "nintei/term.h"

enum existence_grade {
	EXISTENCE_NONE = 0, /* nothing that policy takes */
	EXISTENCE_WEAK,
	EXISTENCE_MEDIUM,
	EXISTENCE_STRONG,
	EXISTENCE_GRADE_MAX
};
const char *existence_grade_name(enum existence_grade g); /* "none", ... */
enum existence_grade existence_grade_parse(const char *name);

/* What kind of paper it is: the words `form` of registry.yaml. */
enum existence_form {
	EXISTENCE_FORM_NONE = 0,
	EXISTENCE_CERTIFICATE, /* electronic_certificate: signs this dossier */
	EXISTENCE_SIGNED_PAPER, /* signed_paper: a paper signed with it */
	EXISTENCE_INQUIRY, /* inquiry_number: touki.or.jp, 照会番号 */
	EXISTENCE_EXTRACT, /* extract: nintei.registry/1 as JSON */
	EXISTENCE_PAPER, /* paper: 登記事項証明書, text or scan */
	EXISTENCE_PUBLIC, /* public_paper: another one, for no corporation */
	EXISTENCE_FORM_MAX
};
const char *existence_form_name(enum existence_form f);
enum existence_form existence_form_parse(const char *name);

/* Every reason that keeps a proof below what its form could be. */
enum existence_doubt {
	DOUBT_SIGNATURE = 1 << 0, /* the value or what it covers */
	DOUBT_CHAIN = 1 << 1,
	DOUBT_REVOKED = 1 << 2,
	DOUBT_REVOCATION_UNKNOWN = 1 << 3, /* not checked, or stale */
	DOUBT_STALE = 1 << 4, /* older than policy allows */
	DOUBT_UNDATED = 1 << 5, /* policy has an age, the paper has no day */
	DOUBT_MISMATCH = 1 << 6, /* says another company */
	DOUBT_LOOK_ALIKE = 1 << 7, /* a person decides */
	DOUBT_UNREAD = 1 << 8, /* a person reads it */
	DOUBT_PROFILE = 1 << 9, /* not a registrar's certificate */
	/* No register of corporate numbers bears it out: none at hand, or the
	 * number is not in it.  Of no account beside a signature. */
	DOUBT_UNREGISTERED = 1 << 10
};

/* One proof, as far as it was read. */
struct existence_proof {
	enum existence_form form;
	const char *role; /* of its member */
	bool has_day;
	struct jday day; /* of the paper, of the signature */
	unsigned doubts;
};
struct existence_verdict {
	enum existence_grade grade;
	bool has_limit;
	struct jday fresh_until;
	unsigned doubts; /* with those found here */
	bool needs_human;
};
/*
 * Grade of one proof for a dossier received on that day: the policy's row
 * for role and form, without it none; a broken, revoked, stale or
 * contradicting proof is none; one whose revocation nobody could check, that
 * nobody has read or that no register bears out is at most weak.
 */
void existence_judge(const struct scheme *s, const struct existence_proof *p,
    struct jday received, struct existence_verdict *out);

#endif
