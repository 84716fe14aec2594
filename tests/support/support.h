/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_SUPPORT_H
#define NINTEI_TESTS_SUPPORT_H
/*
 * support: what every Check suite shares: a runner, temporary folders,
 * fixtures as text.
 */
#include <check.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

/*
 * Run a suite and give main's return value.  Under a sanitizer CK_FORK=no is
 * the default, elsewhere yes.  At the end prints Check's summary line.
 */
int suite_main(Suite *suite);

/* ck_assert with the error's words. */
#define ck_ok(rv, e)                                                 \
	ck_assert_msg((rv) == 0, "%s: %s [%s]", err_name((e)->code), \
	    (e)->detail, (e)->trail)
#define ck_code(rv, e, want)                                               \
	do {                                                               \
		ck_assert_int_eq((rv), -1);                                \
		ck_assert_msg((e)->code == (want), "want %s, have %s: %s", \
		    err_name(want), err_name((e)->code), (e)->detail);     \
	} while (0)

/* A new empty folder, removed with its content at exit of the process. */
char *temp_dir(void);
void remove_tree(const char *path);

/* tests/fixtures/<name> whole; dies with a message if it is missing. */
struct buf fixture_read(const char *name);

/*
 * Rows of a TSV fixture: comments and the header line are passed over,
 * \u{HEX} escapes decoded.  fn gets the fields; missing ones are "".
 */
#define TSV_COLUMNS 32
void tsv_each(const char *name,
    void (*fn)(char *field[TSV_COLUMNS], unsigned line, void *arg), void *arg);

/* A deterministic generator for property tests (splitmix64). */
uint64_t random_next(uint64_t *state);

#endif
