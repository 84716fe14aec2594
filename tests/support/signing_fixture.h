/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_SIGNING_FIXTURE_H
#define NINTEI_TESTS_SIGNING_FIXTURE_H
/*
 * signing_fixture: a development home, its signer under a clock of our own,
 * and requests made as an honest core would make them, to be bent.
 */
#include "nintei/approval.h"
#include "nintei/jsonx.h"
#include "nintei/key.h"
#include "nintei/signing.h"
#include "support/support.h"

#define SF_NOW INT64_C(1782885600) /* 2026-07-01T15:00:00+09:00 */
#define SF_URL "https://127.0.0.1:8443/c/IPT0001-2607"
#define SF_NUMBER "IPT0001-2607"

enum {
	SF_OFFICER_1,
	SF_OFFICER_2,
	SF_SECRETARY,
	SF_STRANGER,
	SF_PEOPLE
};
extern const char *const sf_people[SF_PEOPLE];

struct sf {
	char *home;
	int64_t now;
	struct signer *signer;
	struct signer_link link;
	struct pkey *keys[SF_PEOPLE];
};
/* For tcase_add_unchecked_fixture: homes of this case are copies of one. */
void sf_prepare(void);
/* The seal of its home still holds when the first term is over. */
void sf_prepare_later(void);
void sf_init(struct sf *f);
void sf_open(struct sf *f); /* again, after sf_close */
void sf_close(struct sf *f);
void sf_done(struct sf *f);

/* A request in the making: what the officers decide, and how they sign. */
struct sf_request {
	struct json *record; /* certification.json, or NULL */
	struct json *fields; /* of the decision */
	const char *url;
	const char *existence; /* NULL: none */
	struct slice spki;
	int signers[4]; /* indexes of people, -1 ends */
	int as[4]; /* under whose name; -1: their own */
	const char *ns;
	bool other_bytes; /* the last one signs something else */
	struct buf basis;
	struct buf detail_of; /* roster entry: its hash is detail */
	int64_t decided_at;
	/* Made by sf_prove: */
	struct decision *decision;
	struct buf record_bytes;
	struct buf armour[4];
	struct sign_proof proof;
};
void sf_certify(struct sf *f, struct sf_request *r, const char *decision_id);
void sf_revoke(struct sf *f, struct sf_request *r, const char *decision_id);
void sf_roster(struct sf *f, struct sf_request *r, const char *decision_id,
    const char *person, const char *role, const char *until);
/* Fill detail (unless it stands), build the decision, sign it. */
void sf_prove(struct sf *f, struct sf_request *r);
int sf_issue(
    struct sf *f, struct sf_request *r, struct buf *der, struct err *e);
int sf_do_revoke(
    struct sf *f, struct sf_request *r, struct buf *crl, struct err *e);
int sf_do_roster(struct sf *f, struct sf_request *r, struct err *e);
void sf_request_done(struct sf_request *r);

#endif
