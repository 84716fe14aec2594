/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DECISION_INT_H
#define NINTEI_DECISION_INT_H
/* Members and kinds of a decision, shared by decision.c and quorum.c. */
#include "nintei/approval.h"
#include "approval_int.h"

/* Members beyond those of every decision, as bits of kinds.inc. */
enum decision_member {
	ARTI = 1,
	SCHM = 2,
	RULE = 4,
	BASI = 8,
	CERT = 16,
	SERV = 32,
	OPER = 64,
	CDAY = 128,
	VDAY = 256,
	GRND = 512,
	DETL = 1024,
	REAS = 2048,
	SUBJ = ARTI | SCHM | RULE | BASI,
	BODY = SUBJ,
	DATES = CDAY | VDAY
};

struct decision_kind {
	const char *name;
	unsigned needs;
	const char *words; /* separated by one space */
	unsigned must;
	unsigned may;
};
const struct decision_kind *decision_kind_find(const char *name);

#endif
