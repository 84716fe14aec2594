/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SHEETX_H
#define NINTEI_SHEETX_H
/*
 * sheetx: writes one form as a workbook: fixed texts, cells to fill in with a
 * defined name each, drop-down lists.  The same bytes each time.
 * Runs in: nintei.  Trusts: its caller.
 * Vendor: libxlsxwriter (temporary files below $TMPDIR).
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/cc.h"
#include "nintei/err.h"

#define SHEETX_COLUMNS 6

struct sheetx_column {
	const char *title;
	double width; /* in characters */
};
/* A line of the form; heading: cells[0] alone, over the whole width. */
struct sheetx_row {
	const char *cells[SHEETX_COLUMNS]; /* NULL or "": blank */
	char *name; /* defined name of its cell to fill in */
	const char *const *choices; /* a list to choose from; NULL: free */
	size_t n_choices;
	bool heading;
	bool tall; /* room for several lines */
};
struct sheetx_form {
	const char *sheet; /* name of the sheet, at most 31 characters */
	const char *title;
	const char *version; /* text of the cell named version_name */
	const char *version_name;
	const char *const *notes; /* instructions, a line each */
	size_t n_notes;
	struct sheetx_column columns[SHEETX_COLUMNS];
	size_t n_columns;
	size_t fill; /* the column to fill in; all others are locked */
	const struct sheetx_row *rows;
	size_t n_rows;
	int64_t created; /* UTC seconds, for the properties */
};

/*
 * Write the workbook to path, which must not exist.
 * Errors: E_INPUT (path exists), E_INTERNAL (the library's word).
 */
int sheetx_write(
    const struct sheetx_form *form, const char *path, struct err *e) MUST_CHECK;

#endif
