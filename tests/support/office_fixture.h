/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_OFFICE_FIXTURE_H
#define NINTEI_TESTS_OFFICE_FIXTURE_H
/*
 * office_fixture: a whole office in this process: a development home, its
 * signer behind a link that can be made to fail, local workers, a clock of
 * our own; requests as front would hand them over.
 */
#include "nintei/conf.h"
#include "nintei/jsonx.h"
#include "nintei/office.h"
#include "nintei/scheme.h"
#include "support/signing_fixture.h"

#define OF_IAAS "iaas-paas-iot"
#define OF_ID 41

struct of {
	struct sf sf; /* home, clock, signer, keys of the people */
	struct config *config;
	struct scheme_set *schemes;
	struct intake_hosts hosts;
	struct office *office;
	/* The signer answers E_UNAVAILABLE to this op, after so many. */
	uint32_t fail_op;
	int fail_after; /* -1: never */
	bool fail_late; /* it did what was asked, and its answer is lost */
	/* The last answer. */
	struct answer a;
	struct json *j; /* its body, if JSON */
};

struct of_request {
	enum route_id route;
	enum method method; /* METHOD_NONE: that of the route */
	const char *who; /* token <who>.token; NULL: none */
	const char *p0, *p1;
	const char *body; /* inline, or NULL */
	int fd; /* sealed memfd, borrowed; 0: none */
	const char *key, *if_match, *none_match;
	const char *query[2][2];
};

void of_init(struct of *f);
void of_done(struct of *f);
void of_open(struct of *f); /* again, after of_close */
void of_close(struct of *f);
/* Another token <who>, with these scopes; the office is closed meanwhile. */
void of_token(
    struct of *f, const char *who, const char *person, const char *roles);

/* Serve; the status. */
unsigned of_serve(struct of *f, const struct of_request *q);
/* The same, and the status must be this one. */
void of_want(struct of *f, unsigned status, const struct of_request *q);
const char *of_text(const struct of *f, const char *key); /* of the answer */

/* The sample dossier of the scheme as a zip; service NULL: as it is. */
int of_zip(struct of *f, const char *scheme, const char *service);
/* Submit it as applicant-1; the case's id. */
void of_submit(
    struct of *f, const char *key, const char *service, char out[OF_ID]);
/* One command with the head as it is now; the status. */
unsigned of_command(struct of *f, const char *who, const char *dossier,
    const char *command, const char *data);
void of_head(struct of *f, const char *dossier, char out[65]);
/* The state of a machine's instance in the case document, or "". */
void of_state(struct of *f, const char *dossier, const char *machine,
    const char *instance, char out[OF_ID]);
/* Up to the frozen decision; its id. */
void of_accept(struct of *f, const char *dossier);
void of_propose(struct of *f, const char *dossier, char out[OF_ID]);
/* An officer's answer, in the namespace; the status. */
unsigned of_sign(struct of *f, int who, const char *decision, const char *ns);
/* From the dossier to the certificate; the number. */
void of_certify(struct of *f, const char *dossier, char out[OF_ID]);
/* Ground 1, two signatures. */
void of_revoke(struct of *f, const char *dossier);

#endif
