/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_NUMBERS_H
#define NINTEI_NUMBERS_H
/*
 * numbers: the register of corporate numbers (法人番号) as the National Tax
 * Agency publishes it: look-up, history, what touches an operator.
 * Runs in: core, nintei.  Holds: store/numbers.sqlite, read only.
 * Trusts: the file, which numbers_import made; its texts are foreign.
 * Rules: FACTS 7, docs/PROTOCOL.numbers.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/registry.h"
#include "nintei/slice.h"
#include "nintei/term.h"

/* 出典：... and the sentence that no credit may lack. */
extern const char numbers_credit[];
extern const char numbers_disclaimer_ja[];
extern const char numbers_disclaimer_en[];

/* The 30 columns of a row, in their order. */
enum number_column {
	NUMBER_SEQUENCE = 0, /* not kept: always "" */
	NUMBER_NUMBER,
	NUMBER_PROCESS,
	NUMBER_CORRECT,
	NUMBER_UPDATE_DATE,
	NUMBER_CHANGE_DATE, /* of the registry entry */
	NUMBER_NAME,
	NUMBER_NAME_IMAGE,
	NUMBER_KIND,
	NUMBER_PREFECTURE,
	NUMBER_CITY,
	NUMBER_STREET,
	NUMBER_ADDRESS_IMAGE,
	NUMBER_PREFECTURE_CODE,
	NUMBER_CITY_CODE,
	NUMBER_POST_CODE,
	NUMBER_OUTSIDE,
	NUMBER_OUTSIDE_IMAGE,
	NUMBER_CLOSE_DATE, /* of the registry entry, no legal day */
	NUMBER_CLOSE_CAUSE,
	NUMBER_SUCCESSOR,
	NUMBER_CHANGE_CAUSE,
	NUMBER_ASSIGNMENT_DATE,
	NUMBER_LATEST,
	NUMBER_EN_NAME,
	NUMBER_EN_PREFECTURE,
	NUMBER_EN_CITY,
	NUMBER_EN_OUTSIDE,
	NUMBER_FURIGANA,
	NUMBER_HIDDEN,
	NUMBER_COLUMNS
};
const char *number_column_name(enum number_column c); /* "changeCause" */
/* What a code means, in Japanese; NULL: there is no such code. */
const char *number_code_meaning(enum number_column c, const char *code);

#define NUMBERS_DAY 11 /* "2026-05-29" and NUL */

/* One row.  { 0 } is empty; numbers_entry_done() frees it. */
struct numbers_entry {
	const char *field[NUMBER_COLUMNS]; /* never NULL; "" when blank */
	char as_of[NUMBERS_DAY]; /* day of the file that last showed it */
	char *hold; /* what the fields point into */
};
void numbers_entry_done(struct numbers_entry *e);
/* Prefecture, city and street, or the place abroad; cut at 1 KiB. */
struct numbers_address {
	char text[1024];
};
struct numbers_address numbers_address_of(const struct numbers_entry *e);
bool numbers_is_closed(const struct numbers_entry *e);
bool numbers_is_withdrawn(const struct numbers_entry *e); /* process 99 */
/* Characters of name or address stand only in an image of the register. */
bool numbers_name_is_cut(const struct numbers_entry *e);
bool numbers_address_is_cut(const struct numbers_entry *e);
/* The legal day in changeCause (「令和６年４月１日…に合併し解散」). */
bool numbers_legal_day(const struct numbers_entry *e, struct jday *out);

/* What one finds under a number. */
enum numbers_answer {
	NUMBERS_NONE = 0, /* no register was imported */
	NUMBERS_PRESENT, /* out is its present row */
	NUMBERS_ABSENT, /* a full file was imported, and it is not there */
	NUMBERS_UNKNOWN, /* not there, but only parts were imported */
	NUMBERS_ANSWER_MAX
};
const char *numbers_answer_name(enum numbers_answer a); /* "present" */

struct numbers;
/*
 * The register of a home.  It need not exist, and may come, go or be replaced
 * while it is open: each look-up sees the file of that moment.  Any thread.
 */
int numbers_open(
    const char *home, struct numbers **out, struct err *e) MUST_CHECK;
void numbers_close(struct numbers *n);
DEFINE_STRUCT_CLEANUP(numbers, numbers_close)

/*
 * What the register says of 13 valid digits.  out is filled with
 * NUMBERS_PRESENT alone.  Errors: E_INPUT (no number), E_UNAVAILABLE,
 * E_STORE_CORRUPT.
 */
int numbers_find(struct numbers *n, const char *number,
    enum numbers_answer *out_answer, struct numbers_entry *out,
    struct err *e) MUST_CHECK;
/* Each row known of a number, oldest first; the entry is lent to fn. */
typedef int numbers_fn(
    const struct numbers_entry *entry, void *arg, struct err *e);
int numbers_history(struct numbers *n, const char *number, numbers_fn *fn,
    void *arg, struct err *e) MUST_CHECK;

/* The register as a whole. */
struct numbers_state {
	bool present; /* there is one */
	bool whole; /* a national full file is in it */
	int64_t generation; /* grows with each import */
	char as_of[NUMBERS_DAY]; /* of the newest file; "" */
	int64_t files;
};
int numbers_state(
    struct numbers *n, struct numbers_state *out, struct err *e) MUST_CHECK;
/* The evidence: one imported file. */
struct numbers_file {
	const char *name;
	const char *kind; /* "full", "diff" */
	const char *as_of;
	const char *sha256; /* hex, of the CSV */
	const char *signature; /* "good", "not_checked" */
	const char *signer; /* fingerprint; "" */
	int64_t rows, bad;
	int64_t imported_at;
};
int numbers_files(struct numbers *n,
    int (*fn)(const struct numbers_file *f, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;

#endif
