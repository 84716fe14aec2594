/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interim certificates of a continuation (Art. 12(2), PKI 4): the subject
 * and key of the term that is over, for a short while, one after the other.
 */
#include "signing_int.h"

#include <string.h>

#include "nintei/ca_view.h"
#include "nintei/enc.h"

static const char *const kinds[] = { "continuation" };

/* What the term's certificate rested on, from the journal alone. */
struct term_facts {
	struct json *line;
	struct buf der;
	struct derive_record record;
	struct declassification release;
	struct ca_view *view;
	struct cert *cert;
};

static void
term_facts_done(struct term_facts *t)
{
	jsonx_free(t->line);
	buf_free(&t->der);
	derive_record_done(&t->record);
	ca_view_free(t->view);
	cert_free(t->cert);
}

static int
term_facts_read(const struct signer *s, const struct issued *i,
    struct term_facts *t, struct err *e)
{
	const char *cert, *record;

	if (journal_read(&s->journal, &i->place, &t->line, e) < 0)
		return -1;
	cert = jsonx_get_str(t->line, "cert");
	record = jsonx_get_str(t->line, "record");
	if (cert == NULL || record == NULL)
		return err_set(e, E_STORE_CORRUPT, "record: certificate");
	t->der.max = LIMIT_CERT_BYTES;
	if (base64_decode(slice_str(cert), false, &t->der, e) < 0 ||
	    derive_record_read(slice_str(record), &t->record, e) < 0 ||
	    declassification_read(
		jsonx_get(t->line, "release"), &t->release, e) < 0 ||
	    ca_view_read(buf_slice(&t->der), s->conf->oid_base, &t->view, e) <
		0 ||
	    cert_decode(buf_slice(&t->der), &t->cert, e) < 0)
		return -1;
	t->record.span.starts = i->valid_from;
	t->record.span.valid_through = i->valid_through;
	t->record.term = i->term;
	return 0;
}

static struct json *
interim_record(const struct proven *p, const struct issued *last,
    const struct ca_certification *f, const struct term_facts *t,
    struct slice der)
{
	CLEANUP(buf_free) struct buf base64 = BUF_INIT(JOURNAL_LINE_BYTES);
	struct json *r = proof_record(p, "issue");
	static const char *const same[] = { "certified_on", "valid_from",
		"valid_through", "spki", "service", "number", "scheme" };
	char hex[SHA256_HEX];

	base64_encode(der, 0, &base64);
	jsonx_set_str(r, "cert", buf_str(&base64));
	jsonx_set_str(r, "case", decision_get(p->d, "case_id"));
	for (size_t i = 0; i < NELEM(same); i++)
		jsonx_set_str(r, same[i], jsonx_get_str(t->line, same[i]));
	jsonx_set_int(r, "term", last->term);
	jsonx_set_int(r, "not_before", f->not_before);
	jsonx_set_int(r, "not_after", f->not_after);
	jsonx_set_str(r, "serial", hex_encode(f->serial, SERIAL_BYTES, hex));
	scheme_digest(p->scheme, hex);
	jsonx_set_str(r, "policy", hex);
	return r;
}

static int
interim_make(struct signer *s, const struct proven *p,
    const struct issued *last, int64_t last_end, struct buf *der, struct err *e)
{
	CLEANUP(term_facts_done) struct term_facts t = { 0 };
	CLEANUP(derive_urls_done) struct derive_urls u = { 0 };
	CLEANUP(jsonx_freep) struct json *record = NULL;
	struct ca_certification f = { .interim = true };
	struct journal_place at;
	int64_t from, until;

	if (!derive_interim(p->scheme, last->valid_through, last_end,
		signer_now(s), &from, &until))
		return refuse(e, 0, "the policy wants a statement alone");
	if (term_facts_read(s, last, &t, e) < 0)
		return -1;
	derive_urls_make(p->scheme, s->conf->oid_base, s->conf->urls.https,
	    s->conf->urls.http, &u);
	derive_certificate(p->scheme, &t.record, &u, from, &f);
	f.not_before = from;
	f.not_after = until;
	f.designated_url = t.view->designated_url;
	f.spki = cert_spki(t.cert);
	if (derive_names(&t.record, &t.release, &f, e) < 0 ||
	    certificate_make(s, p->scheme->id, &f, der, e) < 0)
		return -1;
	record = interim_record(p, last, &f, &t, buf_slice(der));
	return signer_record(s, record, &at, e);
}

/* SIGN-37: noted, not over, and the term it goes on for has ended. */
static const struct issued *
term_of(const struct signer *s, const struct proven *p, struct err *e)
{
	const char *number = decision_get(p->d, "cert_number");
	const struct issued *last = ledger_term(&s->ledger, number, 0);

	if (!p->noted || s->ledger.noted[p->note].over) {
		refuse(e, 0, "this continuation does not stand");
		return NULL;
	}
	if (last == NULL || p->scheme == NULL ||
	    ledger_ended(&s->ledger, number) != NULL) {
		refuse(e, 0, "the certification has ended");
		return NULL;
	}
	if (jday_cmp(jday_of_instant(signer_now(s)), last->valid_through) <=
	    0) {
		refuse(e, 0, "the term is not over");
		return NULL;
	}
	return last;
}

int
op_continue_cert(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(proven_done) struct proven p = { 0 };
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(freep) struct sign_continue *m = xcalloc(1, sizeof(*m));
	struct signer *s = ctx;
	const struct issued *last, *now = NULL;
	int rv;

	if (sign_continue_decode(&rq->in, m, e) < 0 ||
	    proof_check(s, &m->proof, kinds, NELEM(kinds), &p, e) < 0 ||
	    (last = term_of(s, &p, e)) == NULL)
		return -1;
	if (s->ledger.noted[p.note].interim != 0)
		now = &s->ledger.issued[s->ledger.noted[p.note].interim - 1];
	/* SIGN-38: one at a time; the next one shortly before its end. */
	if (now != NULL && !derive_interim_due(now->not_after, signer_now(s)))
		rv = certificate_again(s, now, &der, e);
	else
		rv = interim_make(
		    s, &p, last, now == NULL ? 0 : now->not_after, &der, e);
	return rv < 0 ? -1 : reply_bytes(rq, buf_slice(&der), e);
}
