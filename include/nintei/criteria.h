/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CRITERIA_H
#define NINTEI_CRITERIA_H
/*
 * criteria: the disclosure items of form B with their checks, and the fields
 * of form A, as rows that a scheme's policy files fill.
 * Runs in: core, nintei.
 * Rules: FACTS 2 and 5; policies/<id>/criteria.yaml and form-a.yaml.
 * All texts are borrowed from the scheme and never NULL.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words of `check` in criteria.yaml: CRITERION_DATE_YMD = "date_ymd". */
enum criterion_check {
	CRITERION_NONE = 0, /* nothing to check */
	CRITERION_AMOUNT_YEN,
	CRITERION_AMOUNT_YEN_OR_TEXT,
	CRITERION_COUNT,
	CRITERION_DATE_YMD,
	CRITERION_FULL_YEARS,
	CRITERION_GUIDELINE_VERSION,
	CRITERION_MAX_CHARS,
	CRITERION_MAX_DAYS,
	CRITERION_MAX_HOURS,
	CRITERION_MAX_MINUTES,
	CRITERION_MIN_DAYS,
	CRITERION_MIN_HOURS,
	CRITERION_MIN_MINUTES,
	CRITERION_MIN_MONTHS,
	CRITERION_MIN_PERCENT,
	CRITERION_NOT_EMPTY,
	CRITERION_NOT_EMPTY_IF_YES,
	CRITERION_ONE_OF,
	CRITERION_PERCENT,
	CRITERION_RATIO,
	CRITERION_REGISTER_CAPITAL,
	CRITERION_REGISTER_ESTABLISHED,
	CRITERION_REGISTER_HEAD_OFFICE,
	CRITERION_REGISTER_NAME,
	CRITERION_REGISTER_OFFICERS,
	CRITERION_REGISTER_REPRESENTATIVE,
	CRITERION_SAME_AS_FORM_A,
	CRITERION_YES_NO,
	CRITERION_YES_REQUIRED,
	CRITERION_MAX
};
const char *criterion_check_name(enum criterion_check c); /* "" for NONE */

enum threshold_op {
	TH_NONE = 0,
	TH_LE,
	TH_GE,
	TH_EQ,
	TH_IN,
	TH_MAX
};

const char *threshold_op_name(enum threshold_op op); /* "<="; "" for NONE */

struct criterion { /* one sub-row of the disclosure items */
	const char *id; /* "<no>", or "<no>.<sub>" when the item has several */
	const char *group, *item, *written;
	bool mandatory;
	enum criterion_check check;
	enum threshold_op op; /* TH_NONE: no threshold */
	bool unset; /* a limit is expected, its value unknown: not checked */
	int64_t milli; /* value times 1000: 99.5 % is 99500 */
	const char *value; /* as written: "100", "Y-1..Y", "yes" */
	const char *unit; /* char, %, day, hour, minute, month, year */
	const char *const *choices; /* of ONE_OF; none: not checked */
	size_t n_choices;
	const char *provenance;
};

enum form_type {
	FORM_NONE = 0,
	FORM_TEXT,
	FORM_DATE,
	FORM_URL,
	FORM_EMAIL,
	FORM_PHONE,
	FORM_CORPORATE_NUMBER,
	FORM_CERT_NUMBER,
	FORM_YES_NO,
	FORM_KIND,
	FORM_CLASS, /* one of the scheme's classes */
	FORM_MAX
};

const char *form_type_name(enum form_type t); /* "text"; "" for NONE */

struct form_field { /* of form A */
	const char *id, *label_ja, *label_en;
	enum form_type type;
	unsigned required; /* DOSSIER_BITs in which it must be filled */
	unsigned max_chars; /* code points after NFC */
	const char *tag; /* public, internal, secret, personal */
};

#endif
