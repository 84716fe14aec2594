/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DERIVE_FEES_H
#define NINTEI_DERIVE_FEES_H
/*
 * derive_fees: the ledger of fees as what events say: each event moves at most
 * a few lines, and nothing else makes one.  The fee is never returned (Art.
 * 5(2)): no line takes it back; an excess is not the fee and stands apart.
 * Module: derive.  Pure.  Runs in: core, nintei.
 */
#include <stdint.h>
#include "nintei/dossier.h"
#include "nintei/jsonx.h"

#define FEE_LINES 4 /* of one event */
struct fee_line {
	/* invoiced, part, paid (the fee is settled), excess, overdue, void */
	const char *what;
	int64_t amount; /* yen: invoiced or void the fee, else what came in */
	char date[JDAY_TEXT]; /* paid_on, or the day of its effect */
};
/* The lines of an event, after the state it led to; returns how many. */
size_t derive_fee_lines(const struct dossier *after, const struct json *event,
    struct fee_line out[FEE_LINES]);

#endif
