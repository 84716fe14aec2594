/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_FINDINGS_H
#define NINTEI_FINDINGS_H
/*
 * findings: verdicts on what was checked, each with a stable rule id, the
 * article, the member or field and a sentence in Japanese and in English.
 * Runs in: every process.  Rules: INTERFACE 5 (ids), BUNDLES 6 (codes).
 */
#include <stdbool.h>
#include "nintei/cc.h"

enum severity {
	SEV_NONE = 0,
	SEV_WARN, /* a person looks */
	SEV_CORRECT, /* can be put right in the correction period */
	SEV_REFUSE, /* the dossier is refused */
	SEV_MAX
};

/*
 * One row of a module's rule table (src/<module>/rules.inc).  ja and en are
 * sentences in which "%s" (at most one) stands for the detail.
 */
struct finding_rule {
	const char *rule; /* "BUNDLE-NAME_DOTDOT" */
	const char *code; /* "NAME_DOTDOT", or NULL */
	enum severity severity;
	const char *article; /* "4(1)(1)", or NULL */
	const char *ja;
	const char *en;
};

struct finding {
	char rule[48];
	char code[40]; /* "" when there is none */
	enum severity severity;
	char article[16];
	char member[512]; /* decoded name, "" when there is none */
	char field[64];
	char text_ja[512];
	char text_en[512];
};

struct findings {
	struct finding *items;
	size_t n;
	size_t cap;
	size_t dropped; /* beyond LIMIT_FINDINGS */
};

/*
 * Add one.  member, field and detail may be NULL; they are made safe to show
 * (invalid UTF-8 and control characters escaped, cut at a character).  Beyond
 * LIMIT_FINDINGS a graver one takes the place of a lesser one.
 */
void findings_add(struct findings *f, const struct finding_rule *rule,
    const char *member, const char *field, const char *detail);
/* Add a finished one (from a lesser process, after re-validation). */
void findings_push(struct findings *f, const struct finding *one);
enum severity findings_worst(const struct findings *f);
bool findings_has(const struct findings *f, const char *rule);
void findings_free(struct findings *f); /* for CLEANUP(findings_free) */

const char *severity_name(enum severity s); /* "refuse", ... */
enum severity severity_parse(const char *name); /* SEV_NONE if unknown */

/*
 * Foreign text made safe to show: control, bidi and invalid bytes as \xHH or
 * \u{HEX}; cut to fit cap with "...".  Returns out.
 */
char *text_show(char *out, size_t cap, const char *in, size_t n);

#endif
