/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_STORE_CASE_H
#define NINTEI_TESTS_STORE_CASE_H
/*
 * store_case: a fresh, open store around each check.
 */
#include "support/store_fixture.h"

extern struct fixture f;
extern char *dir;
extern struct store *s;

void store_setup(void); /* for tcase_add_checked_fixture */
void store_teardown(void);
void store_reopen(struct store_report *report); /* report may be NULL */
struct store_done append(
    const char *dossier, const char *event, size_t doc_bytes);

#endif
