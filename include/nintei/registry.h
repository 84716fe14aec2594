/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_REGISTRY_H
#define NINTEI_REGISTRY_H
/*
 * registry: corporate numbers (法人番号), and names and addresses compared as
 * a register, a certificate and a form write them.
 * Runs in: core, nintei.  Trusts: nothing.  Pure.
 * Rules: FACTS 7.1 and 8; REGISTRY-FIELD_CHECK, REGISTRY-FIELD_MISMATCH.
 */
#include <stdbool.h>
#include "nintei/slice.h"

#define CORPORATE_NUMBER_TEXT 14 /* 13 digits and NUL */

/* What the twelve digits behind the check digit say (FACTS 7.1). */
enum number_structure {
	NUMBER_NONE = 0,
	NUMBER_LEGISLATIVE,
	NUMBER_ADMINISTRATIVE,
	NUMBER_JUDICIAL,
	NUMBER_LOCAL,
	NUMBER_REGISTERED,
	NUMBER_NOT_REGISTERED, /* 7...: corporation without registration */
	NUMBER_UNUSED, /* no such range is assigned */
	NUMBER_STRUCTURE_MAX
};

/* Why a number is not one; NUMBER_FAULT_NONE: it is. */
enum number_fault {
	NUMBER_FAULT_NONE = 0,
	NUMBER_FAULT_EMPTY,
	NUMBER_FAULT_CHARACTER, /* something else than digits */
	NUMBER_FAULT_TWELVE, /* a 会社法人等番号 without check digit */
	NUMBER_FAULT_LENGTH,
	NUMBER_FAULT_CHECK_DIGIT,
	NUMBER_FAULT_MAX
};

/* Exactly 13 ASCII digits with a right check digit. */
enum number_fault registry_number_check(const char *text);
/*
 * The same after folding: full-width forms, blanks, dashes and one leading T.
 * out: the canonical 13 digits, untouched on a fault.
 */
enum number_fault registry_number_fold(
    const char *text, char out[CORPORATE_NUMBER_TEXT]);
/* Of 13 valid digits; NUMBER_NONE for anything else. */
enum number_structure registry_number_structure(const char *number);
const char *number_structure_name(enum number_structure s);
const char *number_fault_name(enum number_fault f); /* "check_digit" */

/* FACTS 8: look_alike is a warning for a person and never a refusal. */
enum name_verdict {
	NAME_NONE = 0,
	NAME_SAME, /* equal after the identity fold */
	NAME_LOOK_ALIKE, /* equal only after the look-alike fold */
	NAME_DIFFERENT,
	NAME_VERDICT_MAX
};
const char *name_verdict_name(enum name_verdict v); /* "look_alike" */

/* UTF-8 of at most 4 KiB each; longer, invalid or empty: NAME_DIFFERENT. */
enum name_verdict registry_name_compare(const char *a, const char *b);
enum name_verdict registry_address_compare(const char *a, const char *b);
/* Holds invisible characters, which are dropped and reported. */
bool registry_name_has_invisible(const char *name);
/* Holds control, bidirectional or private-use characters: never equal. */
bool registry_name_is_refused(const char *name);

/*
 * A paper of the commercial register (登記事項証明書, 登記情報, a slip with a
 * 照会番号) out of its visible lines; of stacked values the last one counts.
 * text: UTF-8, at most PAPER_TEXT_BYTES.  Runs in: examine.
 * Returns, owned by the caller, members present where they could be read:
 *   {"kind": "history_all" | "history_part" | "current_all" | "current_part"
 *        | "closed_all" | "closed_part" | "representative" | "transcript"
 *        | "information" (登記情報提供サービス: proves nothing by itself),
 *    "number": 12 digits, "name", "head_office", "established": ISO 8601,
 *    "capital": text, "capital_yen": integer,
 *    "representative": {"title", "name"}, "representatives": [the same],
 *    "issued_on": ISO 8601, "office": 法務局, "registrar",
 *    "inquiry": {"number": 10 digits, "issued_on"?}, "era_ended": true}
 * NULL: not such a paper.  Source: FACTS 9 and 14.
 */
#define PAPER_TEXT_BYTES 262144
struct json;
struct json *registry_paper_read(struct slice text);

#endif
