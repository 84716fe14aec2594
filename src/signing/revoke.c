/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations by decision, and the CRL of each issuer from the journal. */
#include "signing_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/limits.h"

static const char *const kinds[] = { "revoke", "lapse", "termination",
	"reissue", "certify", "continuation" };

/* What a decision takes back, and how. */
struct taking {
	const struct proven *p;
	const struct issued *by; /* what the decision brought, or NULL */
	const struct issued *last; /* the number's last term */
	struct derive_end end;
	int64_t now;
};

/*
 * SIGN-32: a reissue replaces the other certificates of its term; a renewal
 * that begins now the rest of the term before; a continuation that is over
 * takes its interim ones; what ends the number takes all.
 */
static bool
is_taken(const struct taking *t, const struct issued *i)
{
	const char *kind = decision_get(t->p->d, "kind");

	if (i->revoked || i->not_after < t->now || i == t->by)
		return false;
	if (strcmp(kind, "continuation") == 0)
		return i->kind == ISSUED_INTERIM;
	if (t->by == NULL)
		return true;
	if (i->kind == ISSUED_INTERIM || i > t->by)
		return false;
	return strcmp(kind, "reissue") == 0 ? i->term == t->by->term
					    : i->term < t->by->term;
}

static struct json *
serials_of(const struct ledger *l, const struct taking *t)
{
	struct json *list = jsonx_array();
	const struct issued *i = ledger_last_of(l, t->last->number);
	char hex[2 * SERIAL_BYTES + 1];

	for (; i != NULL; i = ledger_before(l, i))
		if (is_taken(t, i))
			jsonx_add_str(
			    list, hex_encode(i->serial, SERIAL_BYTES, hex));
	return list;
}

/* SIGN-31: the legal date lies within the certification's life. */
static int
dates_check(const struct signer *s, const struct taking *t, struct err *e)
{
	const struct issued *first =
	    ledger_first_of(&s->ledger, t->last->number);

	if (t->end.from > t->now)
		return refuse(e, 0, "its day has not come");
	if (t->end.since != 0 &&
	    t->end.since < instant_of_jday(first->certified_on))
		return refuse(
		    e, 0, "the legal date lies before the certification");
	return 0;
}

/* What replaces others was issued before them; the rest has not been done. */
static int
order_check(const struct signer *s, struct taking *t, struct err *e)
{
	const char *kind = decision_get(t->p->d, "kind");
	bool replaces =
	    strcmp(kind, "reissue") == 0 || strcmp(kind, "certify") == 0;

	if (replaces && !t->p->done)
		return refuse(e, 0, "what replaces it was not issued yet");
	if (replaces)
		t->by = &s->ledger.issued[t->p->index];
	if (strcmp(kind, "continuation") == 0 && !t->p->noted)
		return refuse(e, 0, "this continuation never began");
	return 0;
}

static int
number_check(const struct signer *s, struct taking *t, struct err *e)
{
	const char *number = decision_get(t->p->d, "cert_number");

	t->last = number == NULL ? NULL : ledger_term(&s->ledger, number, 0);
	if (t->last == NULL || t->p->scheme == NULL ||
	    strcmp(t->last->scheme, t->p->scheme->id) != 0)
		return refuse(e, 0, "no certificate of this number");
	return 0;
}

static struct json *
revoke_record(const struct taking *t, struct json *serials)
{
	struct json *r = proof_record(t->p, "revoke");
	int64_t since = derive_invalid_since(&t->end, t->now);

	jsonx_set(r, "serials", serials);
	jsonx_set_str(r, "number", t->last->number);
	jsonx_set_str(r, "scheme", t->last->scheme);
	jsonx_set_int(r, "reason", t->end.reason);
	if (since > 0)
		jsonx_set_int(r, "invalid_since", since);
	return r;
}

static int
revoke(struct signer *s, const struct proven *p, const struct sign_revoke *m,
    struct err *e)
{
	CLEANUP(jsonx_freep) struct json *r = NULL;
	struct taking t = { .p = p, .now = signer_now(s) };
	struct err why = ERR_INIT;
	struct journal_place at;

	if (number_check(s, &t, e) < 0 || order_check(s, &t, e) < 0)
		return -1;
	if (derive_end(p->d, m->detail, p->scheme, t.last->certified_on, &t.end,
		&why) < 0)
		return refuse(e, 0, "%s", why.detail);
	if (dates_check(s, &t, e) < 0)
		return -1;
	r = revoke_record(&t, serials_of(&s->ledger, &t));
	/* Shown again, with nothing left: only the list is made anew. */
	if (t.by != NULL && jsonx_len(jsonx_get(r, "serials")) == 0)
		return 0;
	return signer_record(s, r, &at, e);
}

/* Was it done before?  What replaces others was only issued before. */
static bool
is_repeated(const struct signer *s, const struct proven *p)
{
	const char *kind = decision_get(p->d, "kind");

	if (p->noted && s->ledger.noted[p->note].over)
		return true;
	return p->done && strcmp(kind, "reissue") != 0 &&
	    strcmp(kind, "certify") != 0;
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
	if (!is_repeated(s, &p) && revoke(s, &p, m, e) < 0)
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
