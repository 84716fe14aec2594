/* SPDX-License-Identifier: Apache-2.0 */
/* Renewals, reissues, ends: honest requests and what came of them. */
#include "support/signing_terms.h"

#include <stdio.h>
#include <string.h>

#include "nintei/detail.h"
#include "nintei/limits.h"

int64_t
st_at(const char *text)
{
	struct err e = ERR_INIT;
	int64_t at = 0;

	ck_ok(instant_parse(text, &at, &e), &e);
	return at;
}

void
st_go(struct sf *f, const char *text)
{
	f->now = st_at(text);
}

void
st_first(struct sf *f, struct buf *der)
{
	struct sf_request r;

	sf_certify(f, &r, "d-1");
	st_issue(f, &r, NULL, der);
}

static void
both(struct sf_request *r, const char *key, const char *value)
{
	jsonx_set_str(r->fields, key, value);
	jsonx_set_str(r->record, key, value);
}

void
st_renewal(struct sf *f, struct sf_request *r, const char *id, const char *from,
    const char *through)
{
	char today[JDAY_TEXT];

	sf_certify(f, r, id);
	jsonx_set_str(r->fields, "case_id", "c-2");
	both(r, "certified_on", jday_format(jday_of_instant(f->now), today));
	both(r, "valid_through", through);
	jsonx_set_str(r->record, "valid_from", from);
	jsonx_set_str(r->record, "term", "2");
}

void
st_reissue(struct sf *f, struct sf_request *r, const char *id)
{
	sf_certify(f, r, id);
	jsonx_set_str(r->fields, "kind", "reissue");
	jsonx_set_str(r->fields, "outcome", "reissue");
	jsonx_set_str(r->fields, "article", "13(1)");
	both(r, "operator", "新見本株式会社");
	r->signers[1] = -1; /* one approval is enough */
}

void
st_decision(struct sf *f, struct sf_request *r, const char *id,
    const char *kind, const char *outcome)
{
	sf_revoke(f, r, id);
	jsonx_set_str(r->fields, "kind", kind);
	jsonx_set_str(r->fields, "outcome", outcome);
	jsonx_del(r->fields, "grounds");
	r->signers[1] = -1;
}

void
st_lapse(struct sf *f, struct sf_request *r, const char *id, const char *event,
    const char *day, bool changed)
{
	struct detail_lapse d = { .operator_changed = changed };
	struct err e = ERR_INIT;

	st_decision(f, r, id, "lapse", "confirm");
	snprintf(d.event, sizeof(d.event), "%s", event);
	ck_ok(jday_parse(day, &d.day, &e), &e);
	ck_ok(detail_lapse_build(&d, &r->detail_of, &e), &e);
}

void
st_termination(
    struct sf *f, struct sf_request *r, const char *id, const char *last_day)
{
	struct detail_termination d;
	struct err e = ERR_INIT;

	st_decision(f, r, id, "termination", "confirm");
	ck_ok(jday_parse(last_day, &d.last_day, &e), &e);
	detail_termination_build(&d, &r->detail_of);
}

static void
judge(int rv, struct err *e, const char *refusal)
{
	if (refusal == NULL) {
		ck_ok(rv, e);
		return;
	}
	ck_code(rv, e, E_SIGNER_REFUSED);
	ck_assert_msg(
	    strstr(e->detail, refusal) != NULL, "%s: %s", refusal, e->detail);
}

void
st_issue(
    struct sf *f, struct sf_request *r, const char *refusal, struct buf *der)
{
	struct err e = ERR_INIT;

	sf_prove(f, r);
	buf_reset(der);
	judge(sf_issue(f, r, der, &e), &e, refusal);
	sf_request_done(r);
}

void
st_note(struct sf *f, struct sf_request *r, const char *refusal)
{
	CLEANUP(freep) struct sign_note *m = xcalloc(1, sizeof(*m));
	struct err e = ERR_INIT;

	sf_prove(f, r);
	m->proof = r->proof;
	m->detail = buf_slice(&r->detail_of);
	judge(signer_note_decision(&f->link, m, &e), &e, refusal);
	sf_request_done(r);
}

void
st_revoke(
    struct sf *f, struct sf_request *r, const char *refusal, struct buf *crl)
{
	struct err e = ERR_INIT;

	sf_prove(f, r);
	buf_reset(crl);
	judge(sf_do_revoke(f, r, crl, &e), &e, refusal);
	sf_request_done(r);
}

int
st_continue(struct sf *f, struct sf_request *r, struct buf *der, struct err *e)
{
	struct sign_continue m = { .proof = r->proof };

	buf_reset(der);
	return signer_continue_cert(&f->link, &m, der, e);
}

bool
st_entry(const struct buf *crl, const struct buf *der, struct crl_entry *out)
{
	CLEANUP(crl_freep) struct crl *list = NULL;
	CLEANUP(cert_freep) struct cert *c = NULL;
	struct err e = ERR_INIT;

	ck_ok(crl_decode(buf_slice(crl), &list, &e), &e);
	ck_ok(cert_decode(buf_slice(der), &c, &e), &e);
	return crl_find(list, cert_serial(c), out);
}

size_t
st_count(const struct buf *crl)
{
	CLEANUP(crl_freep) struct crl *list = NULL;
	struct err e = ERR_INIT;

	ck_ok(crl_decode(buf_slice(crl), &list, &e), &e);
	return crl_count(list);
}

int64_t
st_not_before(const struct buf *der)
{
	CLEANUP(cert_freep) struct cert *c = NULL;
	struct err e = ERR_INIT;

	ck_ok(cert_decode(buf_slice(der), &c, &e), &e);
	return cert_not_before(c);
}

int64_t
st_not_after(const struct buf *der)
{
	CLEANUP(cert_freep) struct cert *c = NULL;
	struct err e = ERR_INIT;

	ck_ok(cert_decode(buf_slice(der), &c, &e), &e);
	return cert_not_after(c);
}
