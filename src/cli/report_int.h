/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CLI_REPORT_INT_H
#define NINTEI_CLI_REPORT_INT_H
/*
 * report: findings as people read them: by file, as e-Gov's table, as SARIF.
 * Runs in: nintei.  Trusts: nothing; names and texts come from a bundle or
 * from a server and are shown safe.
 */
#include "cli_int.h"
#include "nintei/intake.h"

struct report {
	const struct cli *c;
	const struct scheme *scheme; /* NULL: fields go by their ids */
	const struct json *members; /* of a check; NULL: not known */
	const struct json *findings;
};

/* By file, the dossier as a whole first, then the counts of each severity. */
void report_print(const struct report *r, FILE *to);
/* Five columns with tabs between them, one line a finding, and a header. */
void report_table(const struct report *r);
/* A log of SARIF 2.1.0; owned by the caller. */
struct json *report_sarif(const struct report *r);

/* What report_sarif.c asks for too.  "" for the dossier as a whole. */
const char *report_member(const struct json *finding);
const char *report_text(const struct report *r, const struct json *finding);
enum intake_role report_role(const struct report *r, const char *member);
/* The field as its form names it; allocated; NULL: the finding names none. */
char *report_field(const struct report *r, const struct json *finding);
/* "第4条第1項第1号", "Art. 4(1)(1)"; "" for none. */
const char *report_article(
    const struct report *r, const struct json *finding, char *out, size_t cap);

#endif
