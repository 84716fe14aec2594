/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STATEMENT_VERIFY_H
#define NINTEI_STATEMENT_VERIFY_H
/*
 * statement_verify: are the bytes of a statement (statement.h) sealed by the
 * body?  Part of receipt.  Runs in: nintei.  Trusts: the roots given.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/receipt_verify.h"

struct statement_files {
	struct slice body; /* canonical JSON */
	struct slice cms; /* DER, detached */
	struct slice tst; /* DER; empty: none */
};
struct statement_seal {
	int64_t sealed_at;
	int64_t stamped_at; /* 0: no stamp was given */
	bool revocation_known; /* a list of the root was at hand */
};
/*
 * Signature, certificates up to a root of t, the stamp and, with a list of
 * the root, revocation.  keys and bundle of t are not looked at.  E_INVALID
 * says what is wrong; E_INPUT: no CMS.
 */
int statement_verify(const struct statement_files *f,
    const struct receipt_trust *t, struct statement_seal *out,
    struct err *e) MUST_CHECK;

#endif
