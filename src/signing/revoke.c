/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations by decision, and the CRL of each issuer from the journal. */
#include "signing_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/limits.h"

static const char *const kinds[] = { "revoke", "lapse", "termination",
	"reissue" };

/* The legal date lies within the certification's life. */
static bool
since_is_good(const struct signer *s, const struct issued *last, int64_t since)
{
	const struct issued *first = last;

	if (since == 0)
		return true;
	while (first->before != 0)
		first = &s->ledger.issued[first->before - 1];
	return since >= instant_of_jday(first->certified_on) &&
	    since <= signer_now(s);
}

/*
 * SIGN-32: all certificates of the number that still stand; of a reissue the
 * earlier ones alone, for the new one replaces them (PKI 5).
 */
static struct json *
serials_of(const struct ledger *l, const struct issued *last, bool reissue)
{
	struct json *list = jsonx_array();
	const struct issued *i = last;
	char hex[2 * SERIAL_BYTES + 1];

	for (;;) {
		if (!i->revoked && !(reissue && i == last))
			jsonx_add_str(
			    list, hex_encode(i->serial, SERIAL_BYTES, hex));
		if (i->before == 0)
			return list;
		i = &l->issued[i->before - 1];
	}
}

static int
revoke(struct signer *s, const struct proven *p, const struct sign_revoke *m,
    struct err *e)
{
	CLEANUP(jsonx_freep) struct json *r = NULL;
	const struct issued *last = ledger_last_of(&s->ledger, m->number);
	const char *number = decision_get(p->d, "cert_number");
	uint8_t reason = derive_reason(decision_get(p->d, "kind"), m->reason);
	struct journal_place at;
	struct json *serials;
	int64_t since;

	if (number == NULL || strcmp(number, m->number) != 0)
		return refuse(e, 0, "the decision is about another number");
	if (last == NULL || p->scheme == NULL ||
	    strcmp(last->scheme, p->scheme->id) != 0)
		return refuse(e, 0, "no certificate of this number");
	if (reason == 0)
		return refuse(e, 0, "the reason is not one of this kind");
	since = derive_invalid_since(
	    p->d, p->scheme, last->certified_on, m->invalid_from);
	if (!since_is_good(s, last, since))
		return refuse(e, 0,
		    "the legal date lies ahead or before the certification");
	serials = serials_of(&s->ledger, last, reason == CRL_SUPERSEDED);
	r = proof_record(p, "revoke");
	jsonx_set(r, "serials", serials);
	jsonx_set_str(r, "number", m->number);
	jsonx_set_str(r, "scheme", last->scheme);
	jsonx_set_int(r, "reason", reason);
	if (since > 0)
		jsonx_set_int(r, "invalid_since", since);
	if (jsonx_len(serials) == 0)
		return refuse(e, 0, "no certificate is left to revoke");
	return signer_record(s, r, &at, e);
}

static size_t
entries_of(
    const struct ledger *l, const char *scheme, struct ca_revocation **out)
{
	struct ca_revocation *items = xcalloc(l->n_revoked + 1, sizeof(*items));
	size_t n = 0;

	for (size_t i = 0; i < l->n_revoked; i++)
		if (strcmp(l->revoked[i].scheme, scheme) == 0)
			items[n++] = l->revoked[i].entry;
	*out = items;
	return n;
}

static int
crl_record(struct signer *s, const char *scheme, const struct ca_crl *f,
    struct slice der, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *r = jsonx_object();
	struct journal_place at;
	char hex[SHA256_HEX];

	jsonx_set_str(r, "op", "crl");
	jsonx_set_str(r, "scheme", scheme);
	jsonx_set_int(r, "number", (int64_t)f->number);
	jsonx_set_int(r, "this_update", f->this_update);
	jsonx_set_int(r, "next_update", f->next_update);
	jsonx_set_str(r, "sha256", sha256_hex(der, hex));
	return signer_record(s, r, &at, e);
}

/* SIGN-33: numbers grow, time does not go back, entries never leave. */
static int
crl_make(struct signer *s, const char *scheme, struct buf *der, struct err *e)
{
	CLEANUP(freep) struct ca_revocation *items = NULL;
	const struct issuer *by = issuer_find(s, scheme);
	struct crl_state *last;
	struct ca_authority ca;
	struct ca_crl f = { .this_update = signer_now(s) };

	if (by == NULL || (last = ledger_crl(&s->ledger, scheme)) == NULL)
		return refuse(e, 0, "no issuer of this name");
	if (f.this_update < last->this_update)
		return refuse(e, 0, "the clock stands before the last CRL");
	f.next_update =
	    f.this_update + (int64_t)s->conf->crl.valid_hours * 3600;
	f.number = last->number + 1;
	f.n = entries_of(&s->ledger, scheme, &items);
	f.items = items;
	ca = (struct ca_authority){ by->cert, by->key };
	if (ca_crl_build(&f, &ca, der, e) < 0)
		return err_wrap(e, "CRL of %s", scheme);
	return crl_record(s, scheme, &f, buf_slice(der), e);
}

int
op_revoke_cert(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(proven_done) struct proven p = { 0 };
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CRL_BYTES);
	CLEANUP(freep) struct sign_revoke *m = xcalloc(1, sizeof(*m));
	struct signer *s = ctx;

	if (sign_revoke_decode(&rq->in, m, e) < 0 ||
	    proof_check(s, &m->proof, kinds, NELEM(kinds), &p, e) < 0)
		return -1;
	if (!p.done && revoke(s, &p, m, e) < 0)
		return -1;
	if (crl_make(s, decision_get(p.d, "scheme"), &der, e) < 0)
		return -1;
	return reply_bytes(rq, buf_slice(&der), e);
}

int
op_sign_crl(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CRL_BYTES);
	char scheme[41];

	rd_str(&rq->in, scheme, sizeof(scheme));
	if (rd_end(&rq->in, e) < 0)
		return err_wrap(e, "sign-crl");
	if (crl_make(ctx, scheme, &der, e) < 0)
		return -1;
	return reply_bytes(rq, buf_slice(&der), e);
}
