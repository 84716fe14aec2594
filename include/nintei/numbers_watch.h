/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_NUMBERS_WATCH_H
#define NINTEI_NUMBERS_WATCH_H
/*
 * numbers_watch: what the register of corporate numbers says happened to an
 * operator, and what the regulation makes of it.
 * Runs in: core, nintei.  Trusts: as numbers.h.
 * Rules: FACTS 7.3; docs/PROTOCOL.numbers.
 */
#include "nintei/numbers.h"

/* What a change in the register is to the regulation (FACTS 7.3). */
enum numbers_event {
	NUMBERS_EV_NONE = 0,
	NUMBERS_EV_NAME, /* 11: a notice is due, Art. 13(1) */
	NUMBERS_EV_ADDRESS, /* 12, 13: likewise */
	NUMBERS_EV_ABSORBED, /* closed by merger: Art. 9(2), person confirms */
	NUMBERS_EV_CLOSED, /* liquidation, by the registrar: person decides */
	NUMBERS_EV_RESTORED, /* 22 */
	NUMBERS_EV_MERGER_VOID, /* 72 */
	NUMBERS_EV_STRUCK, /* 81 */
	NUMBERS_EV_WITHDRAWN, /* 99 */
	NUMBERS_EV_SURVIVOR, /* 71 without a closing: self-report */
	NUMBERS_EV_MAX
};
const char *numbers_event_name(enum numbers_event ev); /* "absorbed" */
const char *numbers_event_article(enum numbers_event ev); /* "9(2)" */
/* What is to be done, a word: "lapse", "change_notice", "person_decides". */
const char *numbers_event_task(enum numbers_event ev);
const char *numbers_event_text(enum numbers_event ev, bool ja);

#define NUMBERS_CHAIN 16

/* One change that touches a number, lent during the call. */
struct numbers_change {
	enum numbers_event event;
	const struct numbers_entry *entry; /* the row that says it */
	const struct numbers_entry *before; /* the row before; NULL */
	char day[NUMBERS_DAY]; /* of the registry: closeDate or changeDate */
	char legal_day[NUMBERS_DAY]; /* "" when changeCause has none */
	/* Successors in their order; the last may itself be closed. */
	char chain[NUMBERS_CHAIN][CORPORATE_NUMBER_TEXT];
	unsigned n_chain;
	bool loop; /* the chain came back to itself, or is too long */
};
/*
 * Changes of one number that the register published on or after `since`
 * (YYYY-MM-DD; updateDate), oldest first.  The row by which the number was
 * assigned is none.
 */
int numbers_changes(struct numbers *n, const char *number, const char *since,
    int (*fn)(const struct numbers_change *c, void *arg, struct err *e),
    void *arg, struct err *e) MUST_CHECK;

#endif
