/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STATEMENT_H
#define NINTEI_STATEMENT_H
/*
 * statement: the typed documents that OP_SIGN_STATEMENT seals and stamps.
 * Core writes them, the signer holds them against its own journal and signs
 * nothing that it knows to be otherwise.  All are canonical JSON.
 * Runs in: core (writer), signer (judge), nintei (reader).
 * Rules: SIGN-90 to SIGN-97 in docs/PROTOCOL.signer.
 *
 * Members of every one:
 *	schema		one of the three below
 *	authority	authority.name of nintei.yaml
 *	clock		"system" or "development", as in a receipt
 *	at		now: at most STATEMENT_AGE ago, never ahead
 *	not_after	until when it may be relied on; after at, at most
 *			STATEMENT_LIFE later (an absence: none)
 *	log		{"root": hex, "size": n}: the log at the head, or at
 *			one of the last SIGN_RECENT commits
 * Register export, besides:
 *	as_of		optional: {"day": civil day, "known": instant}, what
 *			was the case at the end of the day (at known, if that
 *			is earlier) by what was recorded until known; day is
 *			not after known's, known not after at
 *	entries		of the register (INTERFACE 7), by number, ascending;
 *			every number that there was, at that time
 * Absence: scheme, on (civil day) and either number or service (the name,
 *	exactly): no certification of it was in force at any instant of on,
 *	as known at `at`; on is not ahead.
 * Status: how a certification stands now, and all that says so while its
 *	effect is continued without a certificate (Art. 12(2)): scheme,
 *	number, service, state as in the register, valid_through (continued:
 *	of the ended term).
 */
#define STATEMENT_EXPORT "nintei.register-export/1"
#define STATEMENT_ABSENCE "nintei.absence/1"
#define STATEMENT_STATUS "nintei.status/1"
#define STATEMENT_AGE 600 /* seconds */
#define STATEMENT_LIFE (48 * 3600) /* seconds */

#endif
