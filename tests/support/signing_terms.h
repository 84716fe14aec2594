/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_SIGNING_TERMS_H
#define NINTEI_TESTS_SIGNING_TERMS_H
/* signing_terms: what comes after the first certificate, honestly asked. */
#include "nintei/x509.h"
#include "support/signing_fixture.h"

/* An instant of REGULATION's tables: "2028-07-02T00:00:00+09:00". */
int64_t st_at(const char *text);
/* The clock goes there. */
void st_go(struct sf *f, const char *text);
/* The fixture's certificate, term 1 of 2026-07-01 to 2028-07-01. */
void st_first(struct sf *f, struct buf *der);

/* A request in the making, whose days are given. */
void st_renewal(struct sf *f, struct sf_request *r, const char *id,
    const char *from, const char *through);
void st_reissue(struct sf *f, struct sf_request *r, const char *id);
/* kind, outcome, detail or NULL; about the fixture's number. */
void st_decision(struct sf *f, struct sf_request *r, const char *id,
    const char *kind, const char *outcome);
/* The same of a lapse and a termination, with the detail. */
void st_lapse(struct sf *f, struct sf_request *r, const char *id,
    const char *event, const char *day, bool changed);
void st_termination(
    struct sf *f, struct sf_request *r, const char *id, const char *last_day);

/* Prove, send and free; refusal NULL: it is done, else it says that. */
void st_issue(
    struct sf *f, struct sf_request *r, const char *refusal, struct buf *der);
void st_note(struct sf *f, struct sf_request *r, const char *refusal);
void st_revoke(
    struct sf *f, struct sf_request *r, const char *refusal, struct buf *crl);
/* Of a request that stays: again and again. */
int st_continue(
    struct sf *f, struct sf_request *r, struct buf *der, struct err *e);

/* The list's entry of this certificate; false: it is not listed. */
bool st_entry(
    const struct buf *crl, const struct buf *der, struct crl_entry *out);
size_t st_count(const struct buf *crl);
int64_t st_not_before(const struct buf *der);
int64_t st_not_after(const struct buf *der);

#endif
