/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates, derived once more from the decision: the record, the facts,
 * the bytes that are signed, the signature.
 */
#include "audit_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/ca_lint.h"
#include "nintei/ca_view.h"
#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/jsonx.h"
#include "nintei/x509.h"

#define RECORD_BYTES KIB(8)

/* What the officers' detail holds. */
struct detail {
	struct json *json;
	struct buf record; /* canonical certification.json */
	const char *url, *spki;
	const char *existence; /* "" when it says nothing */
};

static void
detail_done(struct detail *d)
{
	jsonx_free(d->json);
	buf_free(&d->record);
}

static int
detail_read(const struct paper *p, struct detail *out, struct err *e)
{
	if (jsonx_parse_canonical(
		buf_slice(&p->detail), LIMIT_DECISION_BYTES, &out->json, e) < 0)
		return -1;
	out->record.max = RECORD_BYTES;
	jsonx_canonical(jsonx_get(out->json, "record"), &out->record);
	out->url = jsonx_get_str(out->json, "designated_url");
	out->spki = jsonx_get_str(out->json, "spki");
	out->existence = jsonx_get_str(out->json, "existence");
	if (out->existence == NULL)
		out->existence = "";
	if (out->url == NULL || out->spki == NULL || !buf_ok(&out->record))
		return err_set(e, E_INPUT, "a member is missing");
	return 0;
}

/* The last certificate of the number, as the calendar wants it. */
static const struct derive_before *
before_of(const struct audit *a, const char *number, struct derive_before *out)
{
	const struct issued *last =
	    number == NULL ? NULL : keymap_get(&a->numbers, number);

	if (last == NULL)
		return NULL;
	*out = (struct derive_before){ .term = last->term,
		.certified_on = last->certified_on,
		.valid_through = last->valid_through,
		.ended = last->revoked };
	return out;
}

/* AUDIT-60 and 64: the record follows from decision, scheme and calendar. */
static bool
record_take(struct audit *a, const struct paper *p, const struct detail *d,
    const struct scheme *s, struct derive_record *out)
{
	struct derive_before before;
	struct err why = ERR_INIT;
	enum audit_rule rule = AUDIT_R60;

	if (derive_record_read(buf_slice(&d->record), out, &why) == 0) {
		if (derive_record_check(out, p->doc, s, a->schemes,
			before_of(
			    a, jsonx_get_str(out->doc, "number"), &before),
			&why) == 0)
			return true;
		if (strstr(why.detail, "calendar") != NULL ||
		    strstr(why.detail, "term") != NULL)
			rule = AUDIT_R64;
	}
	audit_say(a, rule, "the record that follows from the decision", "%s",
	    why.detail);
	return false;
}

/* The page that the scheme's template gives for the number. */
static char *
page_tail(const struct scheme *s, const char *number)
{
	const char *form = s->profile.designated_path;
	const char *at = strstr(form, "{number}");

	if (at == NULL)
		return xasprintf("%s/%s", form, number);
	return xasprintf("%.*s%s%s", (int)(at - form), form, number,
	    at + strlen("{number}"));
}

/*
 * Bases of URLs are configuration, which no clone holds: they are taken from
 * the certificate, one for its three http URLs, and from the page that the
 * officers signed.  NULL: the URL does not end so.
 */
static char *
base_of(const char *url, const char *tail)
{
	size_t n = url == NULL ? 0 : strlen(url), m = strlen(tail);

	if (n <= m || strcmp(url + n - m, tail) != 0)
		return NULL;
	return xstrndup(url, n - m);
}

void
record_judge(struct audit *a, const struct trail *t, const struct paper *p)
{
	CLEANUP(derive_record_done) struct derive_record r = { 0 };
	CLEANUP(detail_done) struct detail d = { 0 };
	const struct scheme *s = scheme_find(a->schemes, t->d->scheme);
	const char *number = decision_get(p->doc, "cert_number");
	CLEANUP(freep) char *page = NULL;
	CLEANUP(freep) char *base = NULL;
	struct err why = ERR_INIT;

	if (p->detail.n == 0)
		return; /* said */
	if (detail_read(p, &d, &why) < 0) {
		audit_say(a, AUDIT_R60, "nintei.certify/1", "detail.json: %s",
		    why.detail);
		return;
	}
	record_take(a, p, &d, s, &r);
	audit_same(a, AUDIT_R60, "existence", t->d->existence, d.existence);
	if (s == NULL)
		return;
	page = page_tail(s, number);
	base = base_of(d.url, page);
	if (base == NULL)
		audit_say(a, AUDIT_R60, page, "%.150s", d.url);
}

/* --- the certificate --- */

struct making {
	struct audit *a;
	const struct trail *t;
	const struct paper *p;
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

static struct paper *
decided(const struct trail *t)
{
	for (struct paper *p = t->papers; p != NULL; p = p->next)
		if (p->executed_at != 0 &&
		    strcmp(decision_get(p->doc, "kind"), "certify") == 0)
			return p;
	return NULL;
}

/* AUDIT-60: the stored record is the one whose hash the officers signed. */
static bool
record_file_judge(struct making *m)
{
	const struct file *f = audit_need(m->a, "issued/certification-1.json");

	if (f == NULL)
		return false;
	if (!slice_eq(buf_slice(&f->bytes), buf_slice(&m->detail.record)))
		audit_say(m->a, AUDIT_R60, "the record of the decision",
		    "issued/certification-1.json is another");
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

/* The executed decision's instant; earlier only while it was approved. */
static int64_t
decided_at(const struct making *m)
{
	int64_t executed = m->p->executed_at;
	int64_t signed_at =
	    m->p->n_sigs == 0 ? executed : m->p->sigs[m->p->n_sigs - 1].at;
	int64_t have = cert_not_before(m->cert);

	return have >= signed_at && have <= executed ? have : executed;
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

/* Names become public by who signed the decision. */
static void
release_of(const struct making *m, struct declassification *out)
{
	*out = (struct declassification){
		.ground = "11-1",
		.act = m->p->id,
		.on = jsonx_get_str(m->record.doc, "certified_on"),
	};
	for (size_t i = 0; i < m->p->n_sigs && i < NELEM(out->officer); i++)
		out->officer[i] = m->p->sigs[i].person;
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
	release_of(m, &by);
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
	char key[SHA256_HEX];

	snprintf(
	    one->serial, sizeof(one->serial), "%s", cert_serial_hex(m->cert));
	snprintf(one->number, sizeof(one->number), "%s", number);
	snprintf(one->dossier, sizeof(one->dossier), "%s", m->t->d->id);
	one->lists = m->by;
	one->term = m->record.term;
	one->certified_on = m->record.certified_on;
	one->valid_through = m->record.span.valid_through;
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

void
certificate_judge(struct audit *a, struct trail *t)
{
	CLEANUP(making_done)
	struct making m = { .a = a, .t = t, .p = decided(t) };
	struct err why = ERR_INIT;
	const char *number;

	m.s = scheme_find(a->schemes, t->d->scheme);
	m.by = lists_find(a, t->d->scheme);
	if (m.p == NULL || m.s == NULL || m.by == NULL) {
		audit_say(a, AUDIT_R65, "a decision, a scheme and its issuer",
		    "none");
		return;
	}
	audit_same(a, AUDIT_R65, "decision_id", m.p->id,
	    jsonx_get_str(a->it->event, "decision_id"));
	if (detail_read(m.p, &m.detail, &why) < 0 || !record_file_judge(&m) ||
	    !certificate_take(&m))
		return;
	number = jsonx_get_str(m.record.doc, "number");
	urls_make(&m, number);
	key_judge(&m, number);
	bytes_judge(&m);
	signature_judge(&m);
	publication_judge(&m);
	issued_note(&m, number);
}
