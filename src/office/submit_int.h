/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SUBMIT_INT_H
#define NINTEI_SUBMIT_INT_H
/* submit_int: a dossier on its way, shared by submit.c and keep.c. */
#include "office_int.h"

/* A dossier on its way from the archive to the event. */
struct arrival {
	struct visit *v;
	struct office *o;
	uint8_t sha256[32]; /* of the body */
	struct intake *in;
	bool refused; /* a finding `refuse` */
	bool correction; /* ?case= */
	char id[LIMIT_ID_BYTES + 1];
	int64_t next_n; /* of the first document */
	struct act_write w;
	struct json *record;
	struct json *tags; /* sources, on their way into the event */
};

/*
 * Encrypt the members (none of a refused bundle) and the intake record, store
 * them durably and note them in the write.
 */
int arrival_store(struct arrival *a, struct err *e) MUST_CHECK;

#endif
