/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_NUMBERS_IMPORT_H
#define NINTEI_NUMBERS_IMPORT_H
/*
 * numbers_import: files of the National Tax Agency become the register.
 * Runs in: nintei (number import).  Writes a new store/numbers.sqlite and
 * renames it: nothing is ever half imported.
 * Trusts: nothing in a file; gpgv says whether it is signed.
 * Rules: docs/PROTOCOL.numbers.
 */
#include "nintei/numbers.h"

enum numbers_kind {
	NUMBERS_KIND_NONE = 0, /* by the name of the file */
	NUMBERS_FULL,
	NUMBERS_DIFF,
	NUMBERS_KIND_MAX
};

enum numbers_fault {
	NUMBERS_FAULT_NONE = 0,
	NUMBERS_FAULT_LONG, /* no line end within a row's limit */
	NUMBERS_FAULT_ENCODING,
	NUMBERS_FAULT_CHARACTER, /* control, bidirectional, private use */
	NUMBERS_FAULT_QUOTE,
	NUMBERS_FAULT_COLUMNS, /* not 30 */
	NUMBERS_FAULT_LENGTH, /* of a field */
	NUMBERS_FAULT_SEQUENCE, /* column 1 is no number */
	NUMBERS_FAULT_NUMBER, /* of 13 digits, check digit */
	NUMBERS_FAULT_CODE, /* not in the list of its column */
	NUMBERS_FAULT_DATE,
	NUMBERS_FAULT_DIGITS, /* image id, post code, city code */
	NUMBERS_FAULT_BLANK, /* a field that must be filled is not */
	NUMBERS_FAULT_CLOSING, /* closeDate and closeCause disagree */
	NUMBERS_FAULT_MAX
};
const char *numbers_fault_name(enum numbers_fault f); /* "check_digit" */

#define NUMBERS_BAD_SHOWN 20
#define NUMBERS_BAD_MAX 100 /* more in one file: it is refused */

struct numbers_bad {
	uint64_t line; /* from 1 */
	enum numbers_fault fault;
	enum number_column column; /* where it is one column's */
};
/* What became of one file. */
struct numbers_result {
	char *name; /* last part of its path, owned */
	char *member; /* of a zip: the CSV in it; else "", owned */
	enum numbers_kind kind;
	char as_of[NUMBERS_DAY];
	char sha256[65]; /* of the CSV */
	bool cp932; /* else UTF-8 */
	uint64_t bytes, rows, bad;
	uint64_t gaps; /* places where column 1 does not count on */
	uint64_t odd; /* rows with characters the register cannot hold */
	struct numbers_bad shown[NUMBERS_BAD_SHOWN];
	bool signed_good; /* else it was not checked */
	char signer[65]; /* fingerprint of the key; "" */
};
struct numbers_import {
	const char *home;
	const char *const *paths;
	size_t n_paths;
	enum numbers_kind kind; /* NONE: by each name */
	const char *as_of; /* NULL: by each name, else the newest updateDate */
	const char *keyring; /* NULL: signatures are not checked */
	bool required; /* without a good signature nothing is imported */
	int64_t now;
	void (*progress)(void *arg, uint64_t done, uint64_t total);
	void *progress_arg;
};
struct numbers_summary {
	struct numbers_result *files; /* n_paths of them, as far as it came */
	size_t n;
	uint64_t rows; /* good ones */
};
void numbers_summary_done(struct numbers_summary *s);
/*
 * Import all the files or none.  out is filled as far as it came, also on
 * failure.  Errors: E_INVALID (bad signature, too many bad rows, a difference
 * file after a gap), E_USAGE (neither full nor difference by its name),
 * E_NOT_FOUND, E_INPUT (not such a file), E_STORE_LOCKED (another import
 * runs), E_UNAVAILABLE.
 */
int numbers_import(const struct numbers_import *in, struct numbers_summary *out,
    struct err *e) MUST_CHECK;

#endif
