/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SEAL_INT_H
#define NINTEI_SEAL_INT_H
/* seal_int: what receipts and statements ask of seals and stamps. */
#include "nintei/ca_lint.h"
#include "nintei/receipt_verify.h"

/*
 * Of this kind, by a trusted root itself, while both were valid.  *root: NULL
 * or the root it must be; then which it was.  E_INVALID.
 */
int seal_issued(const struct receipt_trust *t, enum ca_kind kind,
    const struct cert *c, int64_t at, const struct cert **root,
    struct err *e) MUST_CHECK;
/* The newest list of a root that is at hand; NULL: none. */
const struct crl *seal_crl(
    const struct receipt_trust *t, const struct cert *root);
/*
 * Revoked after it sealed is as good as before, if a stamp says when that
 * was.  E_INVALID: it was revoked by then.
 */
int seal_revoked(const struct crl *crl, const struct cert *c, int64_t at,
    struct err *e) MUST_CHECK;

#endif
