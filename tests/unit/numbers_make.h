/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_NUMBERS_MAKE_H
#define NINTEI_TESTS_NUMBERS_MAKE_H
/* numbers_make: a home, files of rows, imports of them. */
#include "nintei/numbers_import.h"
#include "support/support.h"

/* A new home with its store/. */
char *home_new(void);
/* dir/name with these bytes; the path, allocated. */
char *file_put(const char *dir, const char *name, struct slice bytes);
char *rows_put(const char *dir, const char *name, const char *text);
/* Import one file; the error's code, E_OK if it went well. */
enum err_code import_file(
    const char *home, const char *path, struct numbers_result *out);

/* A row that is right: 30 fields, of which some are replaced. */
struct row {
	const char *number, *process, *update, *change, *name, *street;
	const char *close, *cause, *successor, *why, *latest;
};
char *row_text(unsigned sequence, struct row r);
#define ROW_A "6010001999001"
#define ROW_B "5010001999010"
#define ROW_C "1010001999022"

#endif
