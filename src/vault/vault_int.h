/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_VAULT_INT_H
#define NINTEI_VAULT_INT_H
/*
 * vault_int: the file of one wrapped key, store/casekeys/<case id>.json.
 */
#include "nintei/vault.h"

/* [0-9a-z][0-9a-z-]{0,39}.  E_INPUT. */
int case_id_check(const char *case_id, struct err *e);
/* Errors: E_NOT_FOUND, E_STORE_CORRUPT. */
int keyfile_load(
    int dir, const char *case_id, struct buf *out_wrapped, struct err *e);
/* Durable; E_STORE_CONFLICT if there is one. */
int keyfile_create(
    int dir, const char *case_id, struct slice wrapped, struct err *e);
/* Overwritten, removed, synced each time; no file is no error. */
int keyfile_destroy(int dir, const char *case_id, struct err *e);

#endif
