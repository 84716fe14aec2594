/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate: built from the record that the officers decided. */
#include "signing_int.h"

#include <string.h>

#include "nintei/ca_lint.h"
#include "nintei/enc.h"

static const char *const kinds[] = { "certify", "reissue" };

/* SIGN-25: no key of our own, none of another certified service. */
static int
key_check(const struct signer *s, const struct sign_cert *m, const char *number,
    uint8_t out_hash[32], struct err *e)
{
	uint32_t index;

	sha256_of(m->spki, out_hash);
	if (m->spki.n == 0)
		return 0;
	for (size_t i = 0; i < s->n_issuers; i++)
		if (slice_eq(cert_spki(s->issuers[i].cert), m->spki))
			return refuse(e, 0, "the key is one of our own");
	if (map_get(&s->ledger.keys, out_hash, &index) &&
	    strcmp(s->ledger.issued[index].number, number) != 0)
		return refuse(e, 0, "the key is that of another service");
	return 0;
}

static int
serial_make(struct signer *s, uint8_t out[SERIAL_BYTES], struct err *e)
{
	uint8_t key[32];

	if (ca_serial_make(&s->random, out, e) < 0)
		return -1;
	map_key("serial", slice_of(out, SERIAL_BYTES), key);
	if (map_get(&s->ledger.serials, key, NULL))
		return err_set(e, E_CRYPTO, "the generator repeats itself");
	return 0;
}

/* SIGN-26: linted and compared with the facts from its bytes alone. */
static int
second_look(const struct issuer *by, const struct ca_certification *f,
    struct slice der, struct err *e)
{
	CLEANUP(findings_free) struct findings found = { 0 };

	if (ca_lint_cert(CA_KIND_CERTIFICATION, der, by->cert, f->oid_base,
		&found, e) < 0 ||
	    ca_compare_certification(der, f, &found, e) < 0)
		return -1;
	if (found.n > 0)
		return err_set(
		    e, E_CRYPTO, "certificate: %s", found.items[0].rule);
	return 0;
}

int
certificate_make(struct signer *s, const char *scheme,
    struct ca_certification *f, struct buf *der, struct err *e)
{
	const struct issuer *by = issuer_find(s, scheme);
	struct ca_authority ca;

	if (by == NULL)
		return refuse(e, 0, "no issuer of this scheme");
	ca = (struct ca_authority){ by->cert, by->key };
	if (serial_make(s, f->serial, e) < 0 ||
	    ca_certification_build(f, &ca, der, e) < 0)
		return -1;
	return second_look(by, f, buf_slice(der), e);
}

static void
days_record(struct json *r, const struct derive_record *v,
    const struct ca_certification *f)
{
	char day[JDAY_TEXT];

	jsonx_set_int(r, "term", v->term);
	jsonx_set_str(r, "certified_on", jday_format(v->certified_on, day));
	jsonx_set_str(r, "valid_from", jday_format(v->span.starts, day));
	jsonx_set_str(
	    r, "valid_through", jday_format(v->span.valid_through, day));
	jsonx_set_int(r, "not_before", f->not_before);
	jsonx_set_int(r, "not_after", f->not_after);
}

/* A service's name within its scheme, for what is said about services. */
void
service_key(const char *scheme, const char *name, uint8_t out[32])
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(SIGN_RECORD_BYTES);

	buf_puts(&text, scheme);
	buf_putc(&text, 0);
	buf_puts(&text, name);
	map_key("service", buf_slice(&text), out);
}

static struct json *
issue_record(const struct proven *p, const struct derive_record *v,
    const struct ca_certification *f, const uint8_t spki[32], struct slice der)
{
	CLEANUP(buf_free) struct buf base64 = BUF_INIT(JOURNAL_LINE_BYTES);
	CLEANUP(buf_free) struct buf record = BUF_INIT(SIGN_RECORD_BYTES + 1);
	struct json *r = proof_record(p, "issue");
	char hex[SHA256_HEX];
	uint8_t service[32];

	base64_encode(der, 0, &base64);
	jsonx_canonical(v->doc, &record);
	service_key(p->scheme->id, jsonx_get_str(v->doc, "service"), service);
	jsonx_set_str(r, "cert", buf_str(&base64));
	jsonx_set_str(r, "record", buf_str(&record));
	jsonx_set_str(r, "service", hex_encode(service, 32, hex));
	jsonx_set_str(r, "case", decision_get(p->d, "case_id"));
	jsonx_set_str(r, "scheme", p->scheme->id);
	jsonx_set_str(r, "number", f->number);
	days_record(r, v, f);
	jsonx_set_str(r, "serial", hex_encode(f->serial, SERIAL_BYTES, hex));
	jsonx_set_str(r, "spki", hex_encode(spki, 32, hex));
	scheme_digest(p->scheme, hex);
	jsonx_set_str(r, "policy", hex);
	return r;
}

/* SPKI hash of what was certified, also where the signer drew the key. */
static int
certified_key(struct slice der, uint8_t out[32], struct err *e)
{
	CLEANUP(cert_freep) struct cert *c = NULL;

	if (cert_decode(der, &c, e) < 0)
		return -1;
	sha256_of(cert_spki(c), out);
	return 0;
}

/*
 * Names become public by the decision whose signatures were checked; those
 * of a reissue by the notice of a change that it answers (Art. 13(1)).
 */
static void
release_of(const struct proven *p, const struct sign_cert *m, bool reissue,
    struct declassification *out)
{
	*out = (struct declassification){
		.ground = reissue ? "13-1" : "11-1",
		.act = decision_get(p->d, "decision_id"),
		.on = decision_get(p->d, "certified_on"),
	};
	for (size_t i = 0; i < m->proof.n && i < NELEM(out->officer); i++)
		out->officer[i] = m->proof.sigs[i].person;
}

/* SIGN-28: a case is certified once; a renewal is its own case. */
static int
case_check(const struct signer *s, const struct proven *p,
    const struct derive_record *v, struct err *e)
{
	if (!v->reissue &&
	    ledger_case_certified(&s->ledger, decision_get(p->d, "case_id")))
		return refuse(e, GUARD_BASIS_CURRENT,
		    "this case has its certificate already");
	return 0;
}

static int
build(struct signer *s, const struct proven *p, const struct sign_cert *m,
    struct buf *der, struct err *e)
{
	CLEANUP(derive_record_done) struct derive_record v = { 0 };
	CLEANUP(derive_urls_done) struct derive_urls u = { 0 };
	CLEANUP(jsonx_freep) struct json *record = NULL;
	struct ca_certification f = { .designated_url = m->url,
		.spki = m->spki };
	struct declassification by_decision;
	struct journal_place at;
	uint8_t spki[32];

	if (record_check(s, p, m, &v, e) < 0 || case_check(s, p, &v, e) < 0)
		return -1;
	derive_urls_make(p->scheme, s->conf->oid_base, s->conf->urls.https,
	    s->conf->urls.http, &u);
	derive_certificate(p->scheme, &v, &u, m->decided_at, &f);
	release_of(p, m, v.reissue, &by_decision);
	if (derive_names(&v, &by_decision, &f, e) < 0 ||
	    key_check(s, m, f.number, spki, e) < 0 ||
	    certificate_make(s, p->scheme->id, &f, der, e) < 0 ||
	    certified_key(buf_slice(der), spki, e) < 0)
		return -1;
	record = issue_record(p, &v, &f, spki, buf_slice(der));
	jsonx_set(record, "release", declassification_json(&by_decision));
	return signer_record(s, record, &at, e);
}

int
certificate_again(
    struct signer *s, const struct issued *i, struct buf *der, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *record = NULL;
	const char *cert;

	if (journal_read(&s->journal, &i->place, &record, e) < 0)
		return -1;
	if ((cert = jsonx_get_str(record, "cert")) == NULL)
		return err_set(e, E_STORE_CORRUPT, "record: certificate");
	return base64_decode(slice_str(cert), false, der, e);
}

/* SIGN-27: the same decision again gives the same certificate. */
static int
repeat(struct signer *s, uint32_t index, struct buf *der, struct err *e)
{
	if (index >= s->ledger.n_issued)
		return refuse(e, 0, "this decision brought no certificate");
	return certificate_again(s, &s->ledger.issued[index], der, e);
}

int
op_issue_cert(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(proven_done) struct proven p = { 0 };
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct signer *s = ctx;
	CLEANUP(freep) struct sign_cert *m = xcalloc(1, sizeof(*m));

	if (sign_cert_decode(&rq->in, m, e) < 0 ||
	    proof_check(s, &m->proof, kinds, NELEM(kinds), &p, e) < 0)
		return -1;
	if ((p.done ? repeat(s, p.index, &der, e) : build(s, &p, m, &der, e)) <
	    0)
		return -1;
	return reply_bytes(rq, buf_slice(&der), e);
}
