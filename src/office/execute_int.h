/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_EXECUTE_INT_H
#define NINTEI_EXECUTE_INT_H
/*
 * execute_int: one execution of an approved decision, shared by execute.c
 * and by the files that know a kind.
 */
#include "office_int.h"

/* One execution on its way; the lock `act` is held. */
struct execution {
	struct office *o;
	struct dossier *d;
	const struct dossier_decision *dec; /* of d, until it is committed */
	const struct flow_kind *kind; /* NULL: an act of the body */
	const char *actor;
	int64_t now;
	struct proof *proof; /* document, basis, signatures */
	const struct json *detail; /* decisions/<id>/detail.json, or NULL */
	struct act_write *w; /* plan is set; data is free to fill */
};

/*
 * What an executed kind asks of the signer (prepare: after all guards, before
 * the event), and what follows once the event is durable (after).  An error
 * of after leaves the event standing: what it could not do must be found
 * again by office_complete.
 */
struct execute_kind {
	const char *kind;
	int (*prepare)(struct execution *x, struct err *e);
	int (*after)(struct execution *x, struct err *e);
};
int execute_nothing(struct execution *x, struct err *e) MUST_CHECK;
/* What the event of a theme's decision says: compliance.c, withholding.c. */
int execute_survey15(struct execution *x, struct err *e) MUST_CHECK;
int execute_improvement(struct execution *x, struct err *e) MUST_CHECK;
int execute_publish_improvement(struct execution *x, struct err *e) MUST_CHECK;
int execute_improvement_closed(struct execution *x, struct err *e) MUST_CHECK;
int execute_withholding(struct execution *x, struct err *e) MUST_CHECK;

/* execute_lifecycle.c */
int prepare_continuation(struct execution *x, struct err *e) MUST_CHECK;
int prepare_lapse(struct execution *x, struct err *e) MUST_CHECK;
int prepare_termination(struct execution *x, struct err *e) MUST_CHECK;
int prepare_reissue(struct execution *x, struct err *e) MUST_CHECK;
int after_termination(struct execution *x, struct err *e) MUST_CHECK;
int after_issue(struct execution *x, struct err *e) MUST_CHECK;
/* The name of the artefact that a reissue orders. */
void reissue_instance(const struct dossier *d, char out[LIMIT_ID_BYTES + 1]);

#endif
