/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DOSSIER_PARTS_H
#define NINTEI_DOSSIER_PARTS_H
/*
 * dossier_parts: what the instances of the machines carry beside their state,
 * each folded from the events that made and moved it.  Days are texts
 * YYYY-MM-DD or "", instants 0 when there is none.
 * Runs in: core, nintei.  Source: REGULATION 4 and 5.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/flow.h"
#include "nintei/limits.h"
#include "nintei/term.h"

#define DOSSIER_WORD 40 /* a word of the tables and NUL */
#define DOSSIER_HASH 65 /* SHA-256 in hex and NUL */
#define DOSSIER_OBJECTS 32 /* documents of one disclosure */
#define DOSSIER_SCOPE 16 /* cases or schemes of one delegation */

#define DOSSIER_ID char instance[LIMIT_ID_BYTES + 1]

struct dossier_term {
	int64_t term; /* from 1 */
	char certified_on[JDAY_TEXT]; /* day its decision executed */
	char valid_from[JDAY_TEXT];
	char valid_through[JDAY_TEXT];
	char decision[LIMIT_ID_BYTES + 1];
	char dossier[LIMIT_ID_BYTES + 1]; /* case of that decision */
	int64_t decided_at; /* instant of the decision */
	int64_t recorded_at; /* when this case learned of it */
	int64_t void_at; /* recorded: it never began; 0: it stands */
	int64_t replaced_at; /* by the next, before its end; 0 */
};

struct dossier_seat {
	DOSSIER_ID; /* "<person>", or "<person>-<n>" when called again */
	char person[LIMIT_ID_BYTES + 1];
	int64_t opined_seq; /* of the event with the opinion; 0: none */
	bool favourable; /* data.favourable of the opinion */
	bool late; /* its conflict was found after it opined */
};

/* A ground of Art. 17(1) that an event noted. */
struct dossier_ground {
	int item; /* 1 to 9 */
	int64_t seq; /* of the event */
	int64_t at; /* effective */
};

/* A breach of Art. 10 that a person confirmed. */
struct dossier_breach {
	int paragraph; /* 1 to 6 */
	int64_t seq;
	int64_t at;
	int64_t fixed_at; /* 0: not yet */
};

struct dossier_artefact {
	DOSSIER_ID; /* x509-<term>, x509-<term>-<n>, x509-<term>-c<n> */
	int64_t term;
	bool continuation;
	char serial[41]; /* "" until signed */
	char decision[LIMIT_ID_BYTES + 1]; /* that it was ordered by */
	int64_t not_after; /* of a continuation certificate; 0: the term's */
};

struct dossier_termination {
	DOSSIER_ID;
	char last_day[JDAY_TEXT]; /* of the service */
	char decision[LIMIT_ID_BYTES + 1]; /* executed by confirm, or "" */
	int64_t filed_at;
	bool waits; /* for a proposed revocation */
};

struct dossier_succession {
	DOSSIER_ID;
	char kind[DOSSIER_WORD]; /* of themes.h: transfer, merger, ... */
	char event_day[JDAY_TEXT];
	int64_t reported_at; /* told */
	bool survivor; /* the operator is the company that remains */
	bool handed_over; /* a split that takes the service's business */
	bool operator_changed;
	bool doubt; /* ground (9) */
	int64_t evidence; /* papers that were named */
};

struct dossier_change {
	DOSSIER_ID;
	char event_day[JDAY_TEXT];
	int64_t notified_at;
	int64_t recorded_at; /* effective; 0: not yet */
	int64_t record; /* number of its intake record; 0: no dossier */
	bool printed; /* a field of the certificate: reissue */
	bool doubt; /* leads to an inquiry */
};

struct dossier_compliance {
	int64_t inquiry_due_at; /* 0: none, or passed */
	bool silence_counts; /* silence_is_insufficient, as recorded */
	int64_t improvement_due_at;
	int64_t answer_due_at; /* of a proposed revocation */
	bool improvement_public; /* published, so its outcome is too */
	int64_t joined; /* findings that joined a running case */
	int64_t opened_seq; /* of the event that began the case; 0: none */
};

struct dossier_emergency {
	DOSSIER_ID;
	int64_t occurred_at, discovered_at, notified_at;
	int64_t progress_due_at; /* 0: none, or passed */
	int64_t progress; /* reports */
	bool cause, measures; /* stated in a report */
	bool late; /* first known otherwise */
};

struct dossier_disclosure {
	DOSSIER_ID;
	char basis[DOSSIER_WORD]; /* consent order exception */
	char recipient[DOSSIER_HASH]; /* salted hash; the name is a paper */
	char order[DOSSIER_HASH]; /* SHA-256 of the order's copy, or "" */
	int64_t exception; /* item of 20(2), or 0 */
	bool evidence; /* of the exception */
	int64_t objects[DOSSIER_OBJECTS]; /* numbers of documents */
	size_t n_objects;
};

struct dossier_notice {
	DOSSIER_ID; /* <kind>-<seq> */
	char kind[DOSSIER_WORD]; /* of notices.inc */
	int64_t seq; /* of the event that demands it */
	int64_t queued_at;
	int64_t unread_at; /* a legal one fails then; 0: none */
	bool legal;
};

struct dossier_rules {
	DOSSIER_ID; /* rule_version */
	char policy_version[DOSSIER_WORD];
	char effective_from[JDAY_TEXT];
	char decision[LIMIT_ID_BYTES + 1];
	int64_t announced_at;
	int64_t in_force_at; /* legal instant; 0: not yet */
	int64_t superseded_at;
};

struct dossier_delegation {
	DOSSIER_ID;
	char delegate[LIMIT_ID_BYTES + 1]; /* person of the roster */
	char scope[DOSSIER_SCOPE][LIMIT_ID_BYTES + 1];
	size_t n_scope;
	int64_t published_at;
	int64_t ended_at;
};

#endif
