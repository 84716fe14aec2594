/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates, derived once more from the decision: the record, the facts,
 * the bytes that are signed, the signature.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/ca_lint.h"
#include "nintei/ca_view.h"
#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/jsonx.h"
#include "nintei/x509.h"

#include "certify_int.h"

struct making {
	struct audit *a;
	const struct trail *t; /* of the certification */
	const struct paper *p; /* the decision, of this case or a renewal */
	const struct issued *of; /* an interim one: the term's certificate */
	const char *name; /* of the record: "2", "2-1" */
	const struct scheme *s;
	struct lists *by;
	struct detail detail;
	struct derive_record record;
	struct derive_urls urls;
	struct cert *cert;
	const struct file *der;
};

static void
making_done(struct making *m)
{
	detail_done(&m->detail);
	derive_record_done(&m->record);
	derive_urls_done(&m->urls);
	cert_free(m->cert);
}

/* AUDIT-60: the stored record is the one whose hash the officers signed. */
static bool
record_file_judge(struct making *m)
{
	const struct file *f =
	    audit_need(m->a, "issued/certification-%s.json", m->name);

	if (f == NULL)
		return false;
	if (!slice_eq(buf_slice(&f->bytes), buf_slice(&m->detail.record)))
		audit_say(m->a, AUDIT_R60, "the record of the decision",
		    "issued/certification-%s.json is another", m->name);
	return record_take(m->a, m->p, &m->detail, m->s, &m->record);
}

/* AUDIT-65 and 63. */
static bool
certificate_take(struct making *m)
{
	const char *serial =
	    jsonx_get_str(jsonx_get(m->a->it->event, "data"), "serial");
	struct err why = ERR_INIT;

	m->der =
	    audit_need(m->a, "issued/%s.cer", serial == NULL ? "" : serial);
	if (m->der == NULL)
		return false;
	if (cert_decode(buf_slice(&m->der->bytes), &m->cert, &why) < 0) {
		audit_say(m->a, AUDIT_R61, "a certificate", "%s", why.detail);
		return false;
	}
	audit_same(m->a, AUDIT_R65, "serial", serial, cert_serial_hex(m->cert));
	if (keymap_get(&m->a->serials, cert_serial_hex(m->cert)) != NULL)
		audit_say(m->a, AUDIT_R63, "a new serial number", "%s",
		    cert_serial_hex(m->cert));
	return cert_serial(m->cert).n == SERIAL_BYTES;
}

/* AUDIT-66 (SIGN-25). */
static void
key_judge(struct making *m, const char *number)
{
	char have[SHA256_HEX];
	const struct issued *other;

	sha256_hex(cert_spki(m->cert), have);
	other = keymap_get(&m->a->keys, have);
	if ((const void *)other == (const void *)&m->a->keys)
		audit_say(m->a, AUDIT_R66, "a key of the subject",
		    "one of the body's own");
	else if (other != NULL && strcmp(other->number, number) != 0)
		audit_say(m->a, AUDIT_R66, "a key of this service alone",
		    "that of %s", other->number);
	if (m->detail.spki[0] != '\0')
		audit_same(m->a, AUDIT_R61, "SPKI", m->detail.spki, have);
}

/*
 * The executed decision's instant, earlier only while it was approved; of a
 * reissue the instant of issuing, between execution and record.
 */
static int64_t
decided_at(const struct making *m)
{
	int64_t executed = m->p->executed_at, first = executed;
	int64_t last = executed;
	int64_t have = cert_not_before(m->cert);

	if (m->record.reissue)
		last = event_instant(m->a->it, "recorded_at");
	else if (m->p->n_sigs > 0)
		first = m->p->sigs[m->p->n_sigs - 1].at;
	return have >= first && have <= last ? have : executed;
}

/* Which facts differ, if any: by a reader that shares no code. */
static void
facts_say(struct making *m, const struct ca_certification *f)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	struct err why = ERR_INIT;
	size_t i;

	if (ca_compare_certification(
		buf_slice(&m->der->bytes), f, &found, &why) < 0) {
		audit_say(m->a, AUDIT_R61, "the facts of the decision", "%s",
		    why.detail);
		return;
	}
	for (i = 0; i < found.n && i < 4; i++)
		audit_say(m->a, AUDIT_R61, "the facts of the decision",
		    "another %s", found.items[i].field);
	if (i == 0)
		audit_say(
		    m->a, AUDIT_R61, "the bytes that the facts give", "others");
}

/* Names become public by who signed the decision; see SIGN-29. */
static void
release_of(const struct paper *p, const struct derive_record *r,
    struct declassification *out)
{
	bool again = strcmp(decision_get(p->doc, "kind"), "reissue") == 0;

	*out = (struct declassification){
		.ground = again ? "13-1" : "11-1",
		.act = p->id,
		.on = jsonx_get_str(r->doc, "certified_on"),
	};
	for (size_t i = 0; i < p->n_sigs && i < NELEM(out->officer); i++)
		out->officer[i] = p->sigs[i].person;
}

/* AUDIT-61: the days of an interim one, by calendar and by its record. */
static void
interim_judge(struct making *m, struct ca_certification *f)
{
	const struct issued *last = keymap_get(&m->a->numbers, m->of->number);
	int64_t now = event_instant(m->a->it, "recorded_at");
	int64_t have = cert_not_before(m->cert), end;

	end =
	    last->kind == ISSUED_INTERIM && last->by == m->p ? last->until : 0;
	if (end != 0 && !derive_interim_due(end, now))
		audit_say(m->a, AUDIT_R61, "one interim certificate at a time",
		    "another %" PRId64 " seconds before its end", end - now);
	f->interim = true;
	/* Now is when it begins, unless the calendar says later. */
	if (!derive_interim(m->s, m->of->valid_through, end,
		have <= now && have >= now - AUDIT_SLACK ? have : now,
		&f->not_before, &f->not_after))
		audit_say(
		    m->a, AUDIT_R61, "a statement alone", "a certificate");
}

/* AUDIT-61: byte for byte, but for serial, key and signature. */
static void
bytes_judge(struct making *m)
{
	CLEANUP(buf_free) struct buf want = BUF_INIT(LIMIT_CERT_BYTES);
	struct ca_certification f = { .designated_url = m->detail.url,
		.spki = cert_spki(m->cert) };
	struct slice serial = cert_serial(m->cert), have;
	struct declassification by;
	struct err why = ERR_INIT;

	derive_certificate(m->s, &m->record, &m->urls, decided_at(m), &f);
	if (m->of != NULL)
		interim_judge(m, &f);
	release_of(m->of == NULL ? m->p : m->of->by, &m->record, &by);
	if (derive_names(&m->record, &by, &f, &why) < 0) {
		audit_say(m->a, AUDIT_R61, "names that a decision released",
		    "%s", why.detail);
		return;
	}
	for (size_t i = 0; i < SERIAL_BYTES; i++)
		f.serial[i] = serial.p[i];
	if (ca_signed_tbs(buf_slice(&m->der->bytes), &have, &why) < 0 ||
	    ca_certification_tbs(&f, m->by->issuer, &want, &why) < 0) {
		audit_say(m->a, AUDIT_R61, "the facts of the decision", "%s",
		    why.detail);
		return;
	}
	if (!slice_eq(buf_slice(&want), have))
		facts_say(m, &f);
}

static void
signature_judge(struct making *m)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	struct err why = ERR_INIT;

	if (!cert_signed_by(m->cert, m->by->issuer))
		audit_say(m->a, AUDIT_R62, "the signature of the issuer",
		    "another, or none");
	if (ca_lint_cert(CA_KIND_CERTIFICATION, buf_slice(&m->der->bytes),
		m->by->issuer, buf_str(&m->a->oid_base), &found, &why) < 0)
		audit_say(m->a, AUDIT_R61, "a certificate of PKI 2", "%s",
		    why.detail);
	for (size_t i = 0; i < found.n && i < 3; i++)
		if (strcmp(found.items[i].rule, "CERT-SIGNATURE") != 0)
			audit_say(m->a, AUDIT_R61, "a certificate of PKI 2",
			    "%s: %s", found.items[i].rule,
			    found.items[i].text_en);
}

/* The publication names what was issued, by hash. */
static void
publication_judge(struct making *m)
{
	const struct json *pub =
	    jsonx_get(jsonx_get(m->a->it->event, "data"), "publication");
	const struct json *hashes = jsonx_get(pub, "hashes");
	char hash[SHA256_HEX];

	audit_same(m->a, AUDIT_R60, "hashes.certificate",
	    sha256_hex(buf_slice(&m->der->bytes), hash),
	    jsonx_get_str(hashes, "certificate"));
	audit_same(m->a, AUDIT_R60, "hashes.record",
	    sha256_hex(buf_slice(&m->detail.record), hash),
	    jsonx_get_str(hashes, "record"));
	audit_same(m->a, AUDIT_R60, "designated_url", m->detail.url,
	    jsonx_get_str(pub, "designated_url"));
	audit_same(m->a, AUDIT_R60, "guideline",
	    jsonx_get_str(m->record.doc, "guideline"),
	    jsonx_get_str(pub, "guideline"));
}

/* A second one of the same serial is kept as well, under another name. */
static void
serial_note(struct audit *a, struct issued *one)
{
	CLEANUP(freep)
	char *again = xasprintf("%s of %" PRIu64, one->serial, a->it->at);
	bool new = keymap_get(&a->serials, one->serial) == NULL;

	keymap_put(&a->serials, new ? one->serial : again, one);
}

static void
issued_note(struct making *m, const char *number)
{
	struct audit *a = m->a;
	struct issued *one = xcalloc(1, sizeof(*one));
	struct slice serial = cert_serial(m->cert);
	char *key = one->spki;

	snprintf(
	    one->serial, sizeof(one->serial), "%s", cert_serial_hex(m->cert));
	snprintf(one->number, sizeof(one->number), "%s", number);
	snprintf(one->dossier, sizeof(one->dossier), "%s", m->t->d->id);
	one->kind = m->of != NULL ? ISSUED_INTERIM
	    : m->record.reissue   ? ISSUED_AGAIN
				  : ISSUED_TERM;
	one->by = m->p;
	one->lists = m->by;
	one->term = m->record.term;
	one->certified_on = m->record.certified_on;
	one->valid_from = m->record.span.starts;
	one->valid_through = m->record.span.valid_through;
	one->from = cert_not_before(m->cert);
	one->until = cert_not_after(m->cert);
	one->before = keymap_get(&a->numbers, number);
	for (size_t i = 0; i < SERIAL_BYTES; i++)
		one->entry.serial[i] = serial.p[i];
	serial_note(a, one);
	keymap_put(&a->numbers, number, one);
	sha256_hex(cert_spki(m->cert), key);
	if (keymap_get(&a->keys, key) == NULL)
		keymap_put(&a->keys, key, one);
	a->report->count[AUDIT_N_CERTIFICATES]++;
}

static void
urls_make(struct making *m, const char *number)
{
	CLEANUP(ca_view_freep) struct ca_view *v = NULL;
	CLEANUP(freep) char *page = page_tail(m->s, number);
	CLEANUP(freep) char *crl = xasprintf("/pki/%s.crl", m->s->id);
	CLEANUP(freep) char *https = base_of(m->detail.url, page);
	CLEANUP(freep) char *http = NULL;
	struct err why = ERR_INIT;

	if (ca_view_read(buf_slice(&m->der->bytes), buf_str(&m->a->oid_base),
		&v, &why) == 0)
		http = base_of(v->crl_url, crl);
	derive_urls_make(m->s, buf_str(&m->a->oid_base),
	    https == NULL ? "" : https, http == NULL ? "" : http, &m->urls);
}

/* Certificate, key, bytes, signature: whatever it was issued for. */
static void
making_judge(struct making *m)
{
	const char *number = jsonx_get_str(m->record.doc, "number");

	if (!certificate_take(m))
		return;
	urls_make(m, number);
	key_judge(m, number);
	bytes_judge(m);
	signature_judge(m);
	if (m->of == NULL)
		publication_judge(m);
	issued_note(m, number);
}

/* The subject and key of the term that goes on (Art. 12(2)). */
static void
interim_take(struct making *m)
{
	const char *number = decision_get(m->p->doc, "cert_number");
	struct err why = ERR_INIT;

	m->of = issued_term(m->a, number, 0);
	if (m->of == NULL || m->of->dossier[0] == '\0' ||
	    strcmp(m->of->dossier, m->t->d->id) != 0 ||
	    dossier_state(m->t->d, M_CERTIFICATION, "1") != S_CERT_CONTINUED) {
		audit_say(m->a, AUDIT_R65, "a certification that is continued",
		    "another state");
		return;
	}
	if (detail_read(m->of->by, &m->detail, &why) < 0 ||
	    derive_record_read(buf_slice(&m->detail.record), &m->record, &why) <
		0) {
		audit_say(m->a, AUDIT_R60, "the record of the term", "%s",
		    why.detail);
		return;
	}
	m->detail.spki = m->of->spki;
	m->record.term = m->of->term;
	m->record.span.starts = m->of->valid_from;
	m->record.span.valid_through = m->of->valid_through;
	making_judge(m);
}

/* The decision is of a kind that brings this artefact, and was executed. */
static bool
decision_fits(struct making *m, bool *out_interim)
{
	const char *kind = m->p == NULL ? "" : decision_get(m->p->doc, "kind");
	const struct dossier_artefact *of = dossier_artefact_find(
	    m->t->d, jsonx_get_str(m->a->it->event, "instance"));

	if (of == NULL || m->p == NULL || m->p->executed_at == 0 ||
	    m->s == NULL || m->by == NULL) {
		audit_say(m->a, AUDIT_R65,
		    "a decision, a scheme and its issuer", "none");
		return false;
	}
	*out_interim = strcmp(kind, "continuation") == 0;
	if (of->continuation != *out_interim ||
	    (!*out_interim && strcmp(kind, "certify") != 0 &&
		strcmp(kind, "reissue") != 0)) {
		audit_say(m->a, AUDIT_R65, "a decision that brings this",
		    "%.40s of kind %.40s", of->instance, kind);
		return false;
	}
	audit_same(m->a, AUDIT_R65, "decision_id", m->p->id,
	    jsonx_get_str(m->a->it->event, "decision_id"));
	m->name = of->instance + strcspn(of->instance, "-");
	m->name += *m->name == '-';
	return true;
}

void
certificate_judge(struct audit *a, struct trail *t)
{
	CLEANUP(making_done)
	struct making m = { .a = a, .t = t, .p = artefact_paper(a, t) };
	struct err why = ERR_INIT;
	bool interim;

	if (m.p != NULL)
		m.s =
		    strcmp(decision_get(m.p->doc, "kind"), "continuation") == 0
		    ? scheme_find(a->schemes, t->d->scheme)
		    : paper_scheme(a, m.p);
	m.by = lists_find(a, t->d->scheme);
	if (!decision_fits(&m, &interim))
		return;
	if (interim) {
		interim_take(&m);
		return;
	}
	if (detail_read(m.p, &m.detail, &why) < 0 || !record_file_judge(&m))
		return;
	making_judge(&m);
}
