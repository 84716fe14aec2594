/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_NUMBERS_INT_H
#define NINTEI_NUMBERS_INT_H
/* numbers_int: rows as they are read, and the file they are kept in. */
#include "nintei/numbers.h"
#include "nintei/numbers_import.h"
#include "nintei/numbers_watch.h"
#include "nintei/sqlx.h"

#define NUMBERS_FILE "store/numbers.sqlite"
#define NUMBERS_LAYOUT 1
#define NUMBERS_ROW_BYTES 16384 /* a line; twice as long in UTF-8 */
#define NUMBERS_FIELD_END '\x1f' /* between the fields that are kept */
#define NUMBERS_GAP_DAYS 40 /* the agency keeps difference files so long */

/* codes.c */
bool number_code_is(enum number_column c, struct slice code);

/* row.c: one line, without its end. */
struct numbers_row {
	struct slice field[NUMBER_COLUMNS];
	bool odd; /* characters that the register cannot hold */
};
struct numbers_why {
	enum numbers_fault fault;
	enum number_column column;
};
/*
 * Split and check a line of strict UTF-8 in place: quotes are undone in
 * line's own bytes, which the fields point into.
 */
bool numbers_row_read(
    uint8_t *line, size_t n, struct numbers_row *out, struct numbers_why *why);
/* check.c: every field of a split row. */
bool numbers_row_check(const struct numbers_row *row, struct numbers_why *why);
/* YYYY-MM-DD of the calendar. */
bool numbers_is_day(struct slice text);

/* entry.c: what is kept of a row is columns 3 to 30. */
void numbers_row_keep(const struct numbers_row *row, struct buf *out);
/* number: 13 digits.  E_STORE_CORRUPT. */
int numbers_entry_load(const char *number, struct slice kept, const char *as_of,
    struct numbers_entry *out, struct err *e) MUST_CHECK;

/* table.c: store/numbers.sqlite. */
enum numbers_statement {
#define ST(name, sql) NST_##name,
#include "statements.inc"
#undef ST
	NST_MAX
};
extern const struct sqlx_plan numbers_plan_read; /* read only */
extern const struct sqlx_plan numbers_plan_bulk; /* a new file being filled */
int64_t numbers_key(const char *number); /* of 13 digits */
void numbers_key_text(int64_t key, char out[CORPORATE_NUMBER_TEXT]);

/* numbers.c: all rows of one number, in the order of publication. */
#define NUMBERS_ROWS_MAX 512
struct numbers_row_at {
	struct numbers_entry entry;
	int64_t file, seq;
};
struct numbers_rows {
	char number[CORPORATE_NUMBER_TEXT];
	struct numbers_row_at *at;
	size_t n;
};
int numbers_rows_load(struct numbers *n, const char *number,
    struct numbers_rows *r, struct err *e) MUST_CHECK;
void numbers_rows_done(struct numbers_rows *r); /* for CLEANUP */

/* source.c: the bytes of a CSV, out of a zip where they lie in one. */
struct numbers_source;
int numbers_source_open(
    const char *path, struct numbers_source **out, struct err *e) MUST_CHECK;
void numbers_source_close(struct numbers_source *s);
DEFINE_STRUCT_CLEANUP(numbers_source, numbers_source_close)
/* Up to cap bytes; 0: the end, and its checksum was right.  E_INPUT. */
int numbers_source_read(struct numbers_source *s, uint8_t *p, size_t cap,
    size_t *out_n, struct err *e) MUST_CHECK;
uint64_t numbers_source_size(const struct numbers_source *s);
const char *numbers_source_member(const struct numbers_source *s); /* or "" */
/* The detached signature that lies beside or in the zip; 0 bytes: none. */
struct slice numbers_source_signature(const struct numbers_source *s);

/* gpgv.c: gpgv is fed what is read, and judges at the end. */
struct gpgv;
int gpgv_start(const char *keyring, struct slice signature, struct gpgv **out,
    struct err *e) MUST_CHECK;
int gpgv_feed(struct gpgv *g, struct slice bytes, struct err *e) MUST_CHECK;
/* Fingerprint of the key that signed.  E_INVALID: no good signature. */
int gpgv_finish(struct gpgv *g, char out_signer[65], struct err *e) MUST_CHECK;
void gpgv_free(struct gpgv *g); /* ends the program, if it still runs */
DEFINE_STRUCT_CLEANUP(gpgv, gpgv_free)

/* load.c: all rows of one file into the open database. */
struct numbers_loader {
	const struct numbers_import *in;
	struct sqlx *db;
	int64_t file; /* its number in the database */
	bool fresh; /* the table began empty: nothing is looked up first */
	uint64_t done, total; /* bytes, of all files */
};
/* Counts and faults go to r as they are met.  E_INVALID: too many. */
int numbers_load(struct numbers_loader *l, struct numbers_source *s,
    struct numbers_result *r, struct err *e) MUST_CHECK;

#endif
