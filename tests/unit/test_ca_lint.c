/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One negative vector for each rule of our lint: something that is right is
 * taken apart, made wrong in one place and signed again by the right key.
 */
#include <stdlib.h>
#include <string.h>

#include "lint_int.h"
#include "support/pki.h"
#include "support/support.h"

enum how {
	PART, /* replace element `at` of the TBS by hex, or by put() */
	NONE, /* leave it out */
	VALUE, /* replace the value of extension oid by hex, or by put() */
	DROP, /* leave the extension out */
	TWICE, /* write the extension twice */
	FLIP, /* turn its criticality */
	SPELT, /* write critical FALSE out */
	OUTER, /* hex is the algorithm of the envelope */
	SIGNER /* signed by the root's key */
};

struct wrong {
	const char *rule;
	enum ca_kind kind;
	enum how how;
	size_t at; /* element of the TBS */
	const char *oid;
	const char *hex;
	void (*put)(struct buf *b, const struct pki *p);
};

/* Subjects. */
struct subject {
	const char *country, *organization, *id, *number, *cn;
	int cn_tag;
};
static const struct subject good_subject = { "JP", "株式会社みどり",
	"NTRJP-7000012050002", "GAI0001-2607", "みどり文書要約サービス",
	DER_UTF8 };

static void
put_subject(struct buf *b, const struct subject *s)
{
	size_t mark = der_begin(b, DER_SEQUENCE);

	put_attribute(b, OID_COUNTRY, DER_PRINTABLE, s->country);
	if (s->organization != NULL)
		put_attribute(b, OID_ORGANIZATION, DER_UTF8, s->organization);
	put_attribute(b, OID_ORGANIZATION_ID, DER_UTF8, s->id);
	put_attribute(b, OID_SERIAL_NUMBER, DER_PRINTABLE, s->number);
	put_attribute(b, OID_CN, s->cn_tag, s->cn);
	der_end(b, mark);
}

#define SUBJECT(name, field, value)                          \
	static void name(struct buf *b, const struct pki *p) \
	{                                                    \
		struct subject s = good_subject;             \
		(void)p;                                     \
		s.field = value;                             \
		put_subject(b, &s);                          \
	}
SUBJECT(subject_us, country, "US")
SUBJECT(subject_no_organization, organization, NULL)
SUBJECT(subject_decomposed, organization, "か\xe3\x82\x99")
SUBJECT(subject_newline, organization, "a\nb")
SUBJECT(subject_bad_id, id, "NTRJP-123")
SUBJECT(subject_bad_id_country, id, "VATJP-7000012050002")
SUBJECT(subject_month_13, number, "GAI0001-2613")
SUBJECT(subject_four_letters, number, "GAIX0001-2607")
SUBJECT(subject_empty, cn, "")
SUBJECT(subject_65, cn,
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
SUBJECT(subject_bmp, cn_tag, 0x1e)

static void
subject_two_in_one(struct buf *b, const struct pki *p)
{
	size_t mark = der_begin(b, DER_SEQUENCE);
	size_t set = der_begin(b, DER_SET), pair;

	(void)p;
	pair = der_begin(b, DER_SEQUENCE);
	der_oid(b, OID_COUNTRY);
	der_str(b, DER_PRINTABLE, "JP");
	der_end(b, pair);
	pair = der_begin(b, DER_SEQUENCE);
	der_oid(b, OID_ORGANIZATION);
	der_str(b, DER_UTF8, "株式会社みどり");
	der_end(b, pair);
	der_end(b, set);
	put_attribute(b, OID_SERIAL_NUMBER, DER_PRINTABLE, "GAI0001-2607");
	put_attribute(b, OID_CN, DER_UTF8, "みどり文書要約サービス");
	der_end(b, mark);
}

static void
root_name(struct buf *b, const struct pki *p)
{
	struct slice s = cert_subject(p->root);

	buf_put(b, s.p, s.n);
}

static void
issuer_spki(struct buf *b, const struct pki *p)
{
	struct slice s = cert_spki(p->issuer);

	buf_put(b, s.p, s.n);
}

#define VALIDITY(name, from, to)                             \
	static void name(struct buf *b, const struct pki *p) \
	{                                                    \
		size_t mark = der_begin(b, DER_SEQUENCE);    \
		(void)p;                                     \
		der_time(b, from);                           \
		der_time(b, to);                             \
		der_end(b, mark);                            \
	}
VALIDITY(
    validity_eleven_years, PKI_DECIDED, PKI_ENDS + 9 * 366 * INT64_C(86400))
VALIDITY(validity_ten_years, PKI_START, PKI_START + 3660 * INT64_C(86400))
VALIDITY(validity_backwards, PKI_ENDS, PKI_DECIDED)
VALIDITY(validity_midnight, PKI_DECIDED, PKI_ENDS + 1)
VALIDITY(validity_before_issuer, PKI_START - 1, PKI_ENDS - 365 * 86400)

static void
validity_generalized(struct buf *b, const struct pki *p)
{
	size_t mark = der_begin(b, DER_SEQUENCE);

	(void)p;
	der_generalized(b, PKI_DECIDED);
	der_generalized(b, PKI_ENDS);
	der_end(b, mark);
}

/* Extension values. */
static void
policy_value(struct buf *b, const char *oid, const char *url, int tag,
    const char *notice)
{
	size_t list = der_begin(b, DER_SEQUENCE);
	size_t one = der_begin(b, DER_SEQUENCE), all, q, n;

	der_oid(b, oid);
	all = der_begin(b, DER_SEQUENCE);
	q = der_begin(b, DER_SEQUENCE);
	der_oid(b, OID_CPS);
	der_str(b, DER_IA5, url);
	der_end(b, q);
	q = der_begin(b, DER_SEQUENCE);
	der_oid(b, OID_NOTICE);
	n = der_begin(b, DER_SEQUENCE);
	der_str(b, tag, notice);
	der_end(b, n);
	der_end(b, q);
	der_end(b, all);
	der_end(b, one);
	der_end(b, list);
}

static void
policy_other(struct buf *b, const struct pki *p)
{
	(void)p;
	policy_value(b, "2.999.2.1", "https://a.jp/r", DER_UTF8, "x");
}

static void
policy_relative_url(struct buf *b, const struct pki *p)
{
	(void)p;
	policy_value(b, "2.999.1.1.2", "/rules", DER_UTF8, "x");
}

static void
notice_visible(struct buf *b, const struct pki *p)
{
	(void)p;
	policy_value(b, "2.999.1.1.2", "https://a.jp/r", 0x1a, "x");
}

static void
notice_201(struct buf *b, const struct pki *p)
{
	char text[202];

	(void)p;
	memset(text, 'x', sizeof(text) - 1);
	text[201] = '\0';
	policy_value(b, "2.999.1.1.2", "https://a.jp/r", DER_UTF8, text);
}

#define SAN(name, uri)                                       \
	static void name(struct buf *b, const struct pki *p) \
	{                                                    \
		size_t mark = der_begin(b, DER_SEQUENCE);    \
		(void)p;                                     \
		der_str(b, DER_CONTEXT(URI_NAME), uri);      \
		der_end(b, mark);                            \
	}
SAN(san_fragment, "https://a.jp/c#x")
SAN(san_relative, "c/GAI0001-2607")
SAN(san_kanji, "https://a.jp/\xe8\xaa\x8d")
SAN(san_ftp, "ftp://a.jp/c")
SAN(san_userinfo, "https://a.jp@b.jp/c")

static void
point_value(struct buf *b, const char *url)
{
	size_t list = der_begin(b, DER_SEQUENCE);
	size_t point = der_begin(b, DER_SEQUENCE);
	size_t name = der_begin(b, DER_CONTEXT_SET(0));
	size_t full = der_begin(b, DER_CONTEXT_SET(0));

	der_str(b, DER_CONTEXT(URI_NAME), url);
	der_end(b, full);
	der_end(b, name);
	der_end(b, point);
	der_end(b, list);
}

static void
point_https(struct buf *b, const struct pki *p)
{
	(void)p;
	point_value(b, "https://a.jp/x.crl");
}

static void
access_value(struct buf *b, const char *ocsp, const char *issuers)
{
	size_t list = der_begin(b, DER_SEQUENCE), one;

	if (ocsp != NULL) {
		one = der_begin(b, DER_SEQUENCE);
		der_oid(b, OID_OCSP);
		der_str(b, DER_CONTEXT(URI_NAME), ocsp);
		der_end(b, one);
	}
	one = der_begin(b, DER_SEQUENCE);
	der_oid(b, OID_CA_ISSUERS);
	der_str(b, DER_CONTEXT(URI_NAME), issuers);
	der_end(b, one);
	der_end(b, list);
}

static void
access_https(struct buf *b, const struct pki *p)
{
	(void)p;
	access_value(b, "http://a.jp/o", "https://a.jp/x.cer");
}

static void
access_without_ocsp(struct buf *b, const struct pki *p)
{
	(void)p;
	access_value(b, NULL, "http://a.jp/x.cer");
}

static void
access_with_ocsp(struct buf *b, const struct pki *p)
{
	(void)p;
	access_value(b, "http://a.jp/o", "http://a.jp/x.cer");
}

struct said {
	uint64_t version;
	const char *scheme, *number, *service, *mark;
	size_t record;
	int interim; /* 0x100: absent, else the octet */
};
static const struct said good_said = { 1, "2.999.1.1.2", "GAI0001-2607",
	"みどり文書要約サービス", "https://verify.example.jp/c/GAI0001-2607",
	32, 0x100 };

static void
put_said(struct buf *b, const struct said *s)
{
	static const uint8_t record[33];
	size_t mark = der_begin(b, DER_SEQUENCE);

	der_uint(b, s->version);
	der_oid(b, s->scheme);
	der_str(b, DER_UTF8, s->number);
	der_str(b, DER_UTF8, s->service);
	der_str(b, DER_UTF8, "指針");
	der_str(b, DER_IA5, s->mark);
	der_put(b, DER_OCTET_STRING, slice_of(record, s->record));
	if (s->interim != 0x100)
		der_bool(b, s->interim != 0);
	der_end(b, mark);
}

#define SAID(name, field, value)                             \
	static void name(struct buf *b, const struct pki *p) \
	{                                                    \
		struct said s = good_said;                   \
		(void)p;                                     \
		s.field = value;                             \
		put_said(b, &s);                             \
	}
SAID(said_version_2, version, 2)
SAID(said_short_record, record, 31)
SAID(said_default_written, interim, 0)
SAID(said_other_number, number, "GAI0002-2607")
SAID(said_other_service, service, "ほかのサービス")
SAID(said_other_mark, mark, "https://a.jp/c")
SAID(said_other_scheme, scheme, "2.999.1.1.1")

#define STATEMENT CA_OIDS_EXAMPLE STATEMENT_ARC
#define SERVICE CA_KIND_CERTIFICATION
/* clang-format off */
static const struct wrong wrongs[] = {
	{ "CERT-VERSION", SERVICE, PART, 0, NULL, "a003020101", NULL },
	{ "CERT-DER", SERVICE, SPELT, 0, OID_SKI, NULL, NULL },
	{ "CERT-SERIAL", SERVICE, PART, 1, NULL, "020105", NULL },
	{ "CERT-SERIAL", SERVICE, PART, 1, NULL, "020100", NULL },
	{ "CERT-SERIAL", SERVICE, PART, 1, NULL, "0210 91111111111111111111111111111111", NULL },
	{ "CERT-SERIAL", SERVICE, PART, 1, NULL, "0211 0091111111111111111111111111111111", NULL },
	{ "CERT-SERIAL", SERVICE, PART, 1, NULL, "0215 111111111111111111111111111111111111111111", NULL },
	{ "CERT-ALGORITHM", SERVICE, OUTER, 0, NULL, "300a06082a8648ce3d040303", NULL },
	{ "CERT-ALGORITHM", SERVICE, PART, 2, NULL, "300c06082a8648ce3d0403020500", NULL },
	{ "CERT-KEY", SERVICE, PART, 6, NULL, "302a300506032b6570032100ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", NULL },
	{ "CERT-OWN_KEY", SERVICE, PART, 6, NULL, NULL, issuer_spki },
	{ "CERT-TIME_FORM", SERVICE, PART, 4, NULL, NULL, validity_generalized },
	{ "CERT-LIFETIME", SERVICE, PART, 4, NULL, NULL, validity_eleven_years },
	{ "CERT-LIFETIME", SERVICE, PART, 4, NULL, NULL, validity_backwards },
	{ "CERT-NOT_AFTER", SERVICE, PART, 4, NULL, NULL, validity_midnight },
	{ "CERT-WITHIN_ISSUER", SERVICE, PART, 4, NULL, NULL, validity_before_issuer },
	{ "CERT-ISSUER_NAME", SERVICE, PART, 3, NULL, NULL, root_name },
	{ "CERT-NAME_FORM", SERVICE, PART, 5, NULL, NULL, subject_no_organization },
	{ "CERT-NAME_FORM", SERVICE, PART, 5, NULL, NULL, subject_bmp },
	{ "CERT-NAME_FORM", SERVICE, PART, 5, NULL, NULL, subject_two_in_one },
	{ "CERT-COUNTRY", SERVICE, PART, 5, NULL, NULL, subject_us },
	{ "CERT-NAME_LENGTH", SERVICE, PART, 5, NULL, NULL, subject_65 },
	{ "CERT-NAME_LENGTH", SERVICE, PART, 5, NULL, NULL, subject_empty },
	{ "CERT-NAME_NFC", SERVICE, PART, 5, NULL, NULL, subject_decomposed },
	{ "CERT-NAME_NFC", SERVICE, PART, 5, NULL, NULL, subject_newline },
	{ "CERT-ORGANIZATION_ID", SERVICE, PART, 5, NULL, NULL, subject_bad_id },
	{ "CERT-ORGANIZATION_ID", SERVICE, PART, 5, NULL, NULL, subject_bad_id_country },
	{ "CERT-NUMBER", SERVICE, PART, 5, NULL, NULL, subject_month_13 },
	{ "CERT-NUMBER", SERVICE, PART, 5, NULL, NULL, subject_four_letters },
	{ "CERT-EXT_DUPLICATE", SERVICE, TWICE, 0, OID_SKI, NULL, NULL },
	{ "CERT-EXT_SET", SERVICE, DROP, 0, OID_AIA, NULL, NULL },
	{ "CERT-EXT_SET", SERVICE, DROP, 0, STATEMENT, NULL, NULL },
	{ "CERT-EXT_CRITICAL", SERVICE, FLIP, 0, OID_KEY_USAGE, NULL, NULL },
	{ "CERT-EXT_CRITICAL", SERVICE, FLIP, 0, OID_EKU, NULL, NULL },
	{ "CERT-EXT_CRITICAL", SERVICE, FLIP, 0, STATEMENT, NULL, NULL },
	{ "CERT-BASIC_CONSTRAINTS", SERVICE, VALUE, 0, OID_BASIC, "30030101ff", NULL },
	{ "CERT-BASIC_CONSTRAINTS", SERVICE, VALUE, 0, OID_BASIC, "3003010100", NULL },
	{ "CERT-BASIC_CONSTRAINTS", CA_KIND_ISSUER, VALUE, 0, OID_BASIC, "30060101ff020101", NULL },
	{ "CERT-BASIC_CONSTRAINTS", CA_KIND_ROOT, VALUE, 0, OID_BASIC, "3000", NULL },
	{ "CERT-KEY_USAGE", SERVICE, VALUE, 0, OID_KEY_USAGE, "030205a0", NULL },
	{ "CERT-KEY_USAGE", CA_KIND_ISSUER, VALUE, 0, OID_KEY_USAGE, "03020780", NULL },
	{ "CERT-EKU", SERVICE, VALUE, 0, OID_EKU, "300a06082b06010505070302", NULL },
	{ "CERT-KEY_USAGE", CA_KIND_SEAL, VALUE, 0, OID_KEY_USAGE, "03020780", NULL },
	{ "CERT-KEY_USAGE", CA_KIND_TSA, VALUE, 0, OID_KEY_USAGE, "030206c0", NULL },
	{ "CERT-EKU", CA_KIND_SEAL, VALUE, 0, OID_EKU, "300a06082b06010505070304", NULL },
	{ "CERT-EKU", CA_KIND_TSA, VALUE, 0, OID_EKU, "3014 06082b06010505070308 06082b06010505070304", NULL },
	{ "CERT-EXT_CRITICAL", CA_KIND_TSA, FLIP, 0, OID_EKU, NULL, NULL },
	{ "CERT-EXT_CRITICAL", CA_KIND_SEAL, FLIP, 0, OID_EKU, NULL, NULL },
	{ "CERT-EXT_SET", CA_KIND_TSA, DROP, 0, OID_CRLDP, NULL, NULL },
	{ "CERT-EXT_SET", CA_KIND_SEAL, DROP, 0, OID_AIA, NULL, NULL },
	{ "CERT-LIFETIME", CA_KIND_SEAL, PART, 4, NULL, NULL, validity_ten_years },
	{ "CERT-LIFETIME", CA_KIND_TSA, PART, 4, NULL, NULL, validity_ten_years },
	{ "CERT-SKI", SERVICE, VALUE, 0, OID_SKI, "0414 0000000000000000000000000000000000000000", NULL },
	{ "CERT-AKI", SERVICE, VALUE, 0, OID_AKI, "3016 8014 0000000000000000000000000000000000000000", NULL },
	{ "CERT-POLICY", SERVICE, VALUE, 0, OID_POLICIES, NULL, policy_other },
	{ "CERT-POLICY", SERVICE, VALUE, 0, OID_POLICIES, NULL, policy_relative_url },
	{ "CERT-POLICY", CA_KIND_ISSUER, VALUE, 0, OID_POLICIES, "300c 3004 06028837 3004 06028838", NULL },
	{ "CERT-NOTICE", SERVICE, VALUE, 0, OID_POLICIES, NULL, notice_visible },
	{ "CERT-NOTICE", SERVICE, VALUE, 0, OID_POLICIES, NULL, notice_201 },
	{ "CERT-SAN_URI", SERVICE, VALUE, 0, OID_SAN, NULL, san_fragment },
	{ "CERT-SAN_URI", SERVICE, VALUE, 0, OID_SAN, NULL, san_relative },
	{ "CERT-SAN_URI", SERVICE, VALUE, 0, OID_SAN, NULL, san_kanji },
	{ "CERT-SAN_URI", SERVICE, VALUE, 0, OID_SAN, NULL, san_ftp },
	{ "CERT-SAN_URI", SERVICE, VALUE, 0, OID_SAN, NULL, san_userinfo },
	{ "CERT-SAN_HOSTS", CA_KIND_TLS, VALUE, 0, OID_SAN, "3000", NULL },
	{ "CERT-SAN_HOSTS", CA_KIND_TLS, VALUE, 0, OID_SAN, "3003 82012a", NULL },
	{ "CERT-CRLDP", SERVICE, VALUE, 0, OID_CRLDP, NULL, point_https },
	{ "CERT-CRLDP", SERVICE, VALUE, 0, OID_CRLDP, "3000", NULL },
	{ "CERT-AIA", SERVICE, VALUE, 0, OID_AIA, NULL, access_https },
	{ "CERT-AIA", SERVICE, VALUE, 0, OID_AIA, NULL, access_without_ocsp },
	{ "CERT-AIA", CA_KIND_ISSUER, VALUE, 0, OID_AIA, NULL, access_with_ocsp },
	{ "CERT-STATEMENT", SERVICE, VALUE, 0, STATEMENT, "3000", NULL },
	{ "CERT-STATEMENT", SERVICE, VALUE, 0, STATEMENT, NULL, said_version_2 },
	{ "CERT-STATEMENT", SERVICE, VALUE, 0, STATEMENT, NULL, said_short_record },
	{ "CERT-STATEMENT", SERVICE, VALUE, 0, STATEMENT, NULL, said_default_written },
	{ "CERT-STATEMENT_AGREES", SERVICE, VALUE, 0, STATEMENT, NULL, said_other_number },
	{ "CERT-STATEMENT_AGREES", SERVICE, VALUE, 0, STATEMENT, NULL, said_other_service },
	{ "CERT-STATEMENT_AGREES", SERVICE, VALUE, 0, STATEMENT, NULL, said_other_mark },
	{ "CERT-STATEMENT_AGREES", SERVICE, VALUE, 0, STATEMENT, NULL, said_other_scheme },
	{ "CERT-SIGNATURE", SERVICE, SIGNER, 0, NULL, NULL, NULL },
};
/* clang-format on */

/* The new content that a row asks for. */
static void
content(const struct wrong *w, const struct pki *p, struct buf *b)
{
	struct buf hex;

	if (w->put != NULL) {
		w->put(b, p);
		return;
	}
	hex = pki_hex(w->hex);
	buf_put(b, hex.p, hex.n);
	buf_free(&hex);
}

static void
put_ext(struct buf *b, const struct extension *x, enum how how)
{
	size_t mark = der_begin(b, DER_SEQUENCE);

	der_oid(b, x->oid);
	if (x->critical != (how == FLIP))
		der_bool(b, true);
	else if (how == SPELT)
		der_bool(b, false);
	der_put(b, DER_OCTET_STRING, x->value);
	der_end(b, mark);
}

/* The list of extensions with one of them made wrong. */
static void
extensions_make(const struct wrong *w, const struct pki *p,
    struct slice element, int outer, struct buf *b)
{
	CLEANUP(buf_free) struct buf value = BUF_INIT(KIB(4));
	struct extensions all = { .n = 0 };
	struct der d = der_init(element), in;
	size_t mark, list;
	bool hit = false;

	in = der_enter(&d, outer);
	ck_assert(extensions_read(&in, &all));
	mark = der_begin(b, outer);
	list = der_begin(b, DER_SEQUENCE);
	for (size_t i = 0; i < all.n; i++) {
		struct extension x = all.items[i];
		bool here = strcmp(x.oid, w->oid) == 0;

		hit |= here;
		if (here && w->how == DROP)
			continue;
		if (here && w->how == VALUE) {
			content(w, p, &value);
			x.value = buf_slice(&value);
		}
		put_ext(b, &x, here ? w->how : PART);
		if (here && w->how == TWICE)
			put_ext(b, &x, w->how);
	}
	der_end(b, list);
	der_end(b, mark);
	ck_assert_msg(hit, "%s: %s is not there", w->rule, w->oid);
}

static struct buf
wrong_make(const struct wrong *w, const struct pki *p, struct slice der,
    const struct pkey *key)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_CRL_BYTES);
	struct parts parts = pki_split(der);
	struct slice algorithm = { 0 };
	size_t last = parts.n - 1;

	switch (w->how) {
	case PART:
		content(w, p, &b);
		parts.part[w->at] = buf_slice(&b);
		break;
	case NONE:
		parts.part[w->at].n = 0;
		break;
	case OUTER:
		content(w, p, &b);
		algorithm = buf_slice(&b);
		break;
	case SIGNER:
		key = p->root_key;
		break;
	case VALUE:
	case DROP:
	case TWICE:
	case FLIP:
	case SPELT:
		extensions_make(
		    w, p, parts.part[last], parts.part[last].p[0], &b);
		parts.part[last] = buf_slice(&b);
		break;
	}
	return pki_join(&parts, key, algorithm);
}

static struct buf
tls_make(const struct pki *p)
{
	static const char *const dns[] = { "localhost", "verify.example.jp" };
	static const char *const ip[] = { "127.0.0.1", "::1" };
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	struct buf out = BUF_INIT(LIMIT_CERT_BYTES);
	struct ca_tls f = {
		.organization = "情報開示認定機関",
		.common_name = "localhost",
		.dns = dns,
		.dns_n = 2,
		.ip = ip,
		.ip_n = 2,
		.not_before = PKI_START,
		.not_after = PKI_START + 90 * 86400,
	};
	struct err e = ERR_INIT;

	f.serial[0] = 1;
	ck_ok(pkey_generate(KEY_P256, &k, &e), &e);
	f.spki = pkey_spki(k);
	ck_ok(ca_tls_make(&f, &p->by_issuer, &out, &e), &e);
	return out;
}

static struct buf
sealer_make(const struct pki *p, enum ca_service kind)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	struct buf out = BUF_INIT(LIMIT_CERT_BYTES);
	struct ca_sealer f = {
		.organization = "情報開示認定機関",
		.common_name = kind == CA_SEAL ? "受領証 S1" : "時刻認証 T1",
		.crl_url = "http://verify.example.jp/pki/root.crl",
		.issuer_url = "http://verify.example.jp/pki/root.cer",
		.not_before = PKI_START,
		.not_after = PKI_START +
		    (kind == CA_SEAL ? 3 : 10) * 365 * INT64_C(86400),
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < SERIAL_BYTES; i++)
		f.serial[i] = 0x22;
	ck_ok(pkey_generate(KEY_P256, &k, &e), &e);
	f.spki = pkey_spki(k);
	ck_ok(ca_sealer_make(kind, &f, &p->by_root, &out, &e), &e);
	return out;
}

/* A good one of the kind, who signed it and with which key. */
static struct buf
good_make(const struct pki *p, enum ca_kind kind,
    const struct cert **out_issuer, const struct pkey **out_key)
{
	struct ca_certification f = pki_facts(3);
	struct buf b = BUF_INIT(LIMIT_CERT_BYTES);
	struct slice der;

	*out_issuer = p->issuer;
	*out_key = p->issuer_key;
	if (kind == CA_KIND_CERTIFICATION)
		return pki_certification(p, &f);
	if (kind == CA_KIND_TLS)
		return tls_make(p);
	*out_issuer = kind == CA_KIND_ROOT ? NULL : p->root;
	*out_key = p->root_key;
	if (kind == CA_KIND_SEAL || kind == CA_KIND_TSA)
		return sealer_make(p, kind == CA_KIND_SEAL ? CA_SEAL : CA_TSA);
	der = cert_der(kind == CA_KIND_ISSUER ? p->issuer : p->root);
	buf_put(&b, der.p, der.n);
	return b;
}

static void
check_wrong(const struct wrong *w)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	const struct cert *issuer;
	const struct pkey *key;
	struct err e = ERR_INIT;
	struct buf good, bad;
	struct pki p;

	pki_make(&p);
	good = good_make(&p, w->kind, &issuer, &key);
	ck_ok(ca_lint_cert(w->kind, buf_slice(&good), issuer, CA_OIDS_EXAMPLE,
		  &found, &e),
	    &e);
	ck_assert_uint_eq(found.n, 0);
	bad = wrong_make(w, &p, buf_slice(&good), key);
	ck_ok(ca_lint_cert(w->kind, buf_slice(&bad), issuer, CA_OIDS_EXAMPLE,
		  &found, &e),
	    &e);
	ck_assert_msg(findings_has(&found, w->rule), "%s: first is %s", w->rule,
	    found.n == 0 ? "none" : found.items[0].rule);
	buf_free(&good);
	buf_free(&bad);
	pki_done(&p);
}

START_TEST(wrong_certificate_is_found)
{
	check_wrong(&wrongs[_i]);
}
END_TEST

START_TEST(every_certificate_rule_has_a_vector)
{
	for (size_t i = 0; i < cert_rules_n; i++) {
		bool hit = false;

		for (size_t k = 0; k < NELEM(wrongs); k++)
			hit |= strcmp(wrongs[k].rule,
				   cert_rules[i].says.rule) == 0;
		ck_assert_msg(hit, "%s", cert_rules[i].says.rule);
	}
}
END_TEST

/* CRL: 0 version, 1 algorithm, 2 issuer, 3 this, 4 next, 5 list, 6 [0]. */
struct listed {
	uint8_t serial; /* the last octet; 0: a short serial */
	int64_t at;
	int reason; /* -1: no extensions */
	int64_t since;
	bool since_critical, extra;
};
static const struct listed good_listed = { 3, PKI_DECIDED, 9, 0, false, false };

static void
put_listed(struct buf *b, const struct listed *l)
{
	uint8_t serial[SERIAL_BYTES], reason = (uint8_t)l->reason;
	size_t entry = der_begin(b, DER_SEQUENCE), list;
	struct ext_mark m;

	memset(serial, 0x11, sizeof(serial));
	serial[SERIAL_BYTES - 1] = l->serial;
	der_big(b, slice_of(serial, l->serial == 0 ? 4 : SERIAL_BYTES));
	der_time(b, l->at);
	if (l->reason >= 0) {
		list = der_begin(b, DER_SEQUENCE);
		m = ext_begin(b, OID_REASON, false);
		der_put(b, DER_ENUMERATED, slice_of(&reason, 1));
		ext_end(b, m);
		if (l->since != 0) {
			m = ext_begin(b, OID_INVALIDITY, l->since_critical);
			der_generalized(b, l->since);
			ext_end(b, m);
		}
		if (l->extra) {
			m = ext_begin(b, "2.5.29.23", false);
			der_oid(b, "2.2.840.10040.2.1");
			ext_end(b, m);
		}
		der_end(b, list);
	}
	der_end(b, entry);
}

#define LISTED(name, field, value)                           \
	static void name(struct buf *b, const struct pki *p) \
	{                                                    \
		struct listed l = good_listed;               \
		size_t mark = der_begin(b, DER_SEQUENCE);    \
		(void)p;                                     \
		l.field = value;                             \
		put_listed(b, &l);                           \
		der_end(b, mark);                            \
	}
LISTED(listed_short_serial, serial, 0)
LISTED(listed_later, at, PKI_DECIDED + 31 * 86400)
LISTED(listed_no_reason, reason, -1)
LISTED(listed_unspecified, reason, 0)
LISTED(listed_hold, reason, 6)
LISTED(listed_seven, reason, 7)
LISTED(listed_ca, reason, 2)
LISTED(listed_invalid_after, since, PKI_DECIDED + 1)
LISTED(listed_extra, extra, true)

static void
listed_critical(struct buf *b, const struct pki *p)
{
	struct listed l = good_listed;
	size_t mark = der_begin(b, DER_SEQUENCE);

	(void)p;
	l.since = PKI_DECIDED - 1;
	l.since_critical = true;
	put_listed(b, &l);
	der_end(b, mark);
}

static void
two_listed(struct buf *b, uint8_t first, uint8_t second)
{
	struct listed l = good_listed;
	size_t mark = der_begin(b, DER_SEQUENCE);

	l.serial = first;
	put_listed(b, &l);
	l.serial = second;
	put_listed(b, &l);
	der_end(b, mark);
}

static void
listed_twice(struct buf *b, const struct pki *p)
{
	(void)p;
	two_listed(b, 3, 3);
}

static void
listed_unsorted(struct buf *b, const struct pki *p)
{
	(void)p;
	two_listed(b, 4, 3);
}

static void
this_generalized(struct buf *b, const struct pki *p)
{
	(void)p;
	der_generalized(b, PKI_DECIDED + 30 * 86400);
}

static void
next_equal(struct buf *b, const struct pki *p)
{
	(void)p;
	der_time(b, PKI_DECIDED + 30 * 86400);
}

/* clang-format off */
static const struct wrong wrong_crls[] = {
	{ "CRL-VERSION", CA_KIND_NONE, PART, 0, NULL, "020100", NULL },
	{ "CRL-VERSION", CA_KIND_NONE, NONE, 0, NULL, NULL, NULL },
	{ "CRL-ALGORITHM", CA_KIND_NONE, OUTER, 0, NULL, "300a06082a8648ce3d040303", NULL },
	{ "CRL-ISSUER_NAME", CA_KIND_NONE, PART, 2, NULL, NULL, root_name },
	{ "CRL-TIME_FORM", CA_KIND_NONE, PART, 3, NULL, NULL, this_generalized },
	{ "CRL-NEXT_UPDATE", CA_KIND_NONE, NONE, 4, NULL, NULL, NULL },
	{ "CRL-NEXT_UPDATE", CA_KIND_NONE, PART, 4, NULL, NULL, next_equal },
	{ "CRL-EMPTY", CA_KIND_NONE, PART, 5, NULL, "3000", NULL },
	{ "CRL-ENTRY_FORM", CA_KIND_NONE, PART, 5, NULL, "3002 3000", NULL },
	{ "CRL-SERIAL", CA_KIND_NONE, PART, 5, NULL, NULL, listed_short_serial },
	{ "CRL-ORDER", CA_KIND_NONE, PART, 5, NULL, NULL, listed_twice },
	{ "CRL-ORDER", CA_KIND_NONE, PART, 5, NULL, NULL, listed_unsorted },
	{ "CRL-ENTRY_DATE", CA_KIND_NONE, PART, 5, NULL, NULL, listed_later },
	{ "CRL-REASON", CA_KIND_NONE, PART, 5, NULL, NULL, listed_no_reason },
	{ "CRL-REASON", CA_KIND_NONE, PART, 5, NULL, NULL, listed_unspecified },
	{ "CRL-REASON", CA_KIND_NONE, PART, 5, NULL, NULL, listed_hold },
	{ "CRL-REASON", CA_KIND_NONE, PART, 5, NULL, NULL, listed_seven },
	{ "CRL-CA_REASON", CA_KIND_NONE, PART, 5, NULL, NULL, listed_ca },
	{ "CRL-INVALIDITY", CA_KIND_NONE, PART, 5, NULL, NULL, listed_invalid_after },
	{ "CRL-INVALIDITY", CA_KIND_NONE, PART, 5, NULL, NULL, listed_critical },
	{ "CRL-ENTRY_EXT", CA_KIND_NONE, PART, 5, NULL, NULL, listed_extra },
	{ "CRL-NUMBER", CA_KIND_NONE, DROP, 0, OID_CRL_NUMBER, NULL, NULL },
	{ "CRL-NUMBER", CA_KIND_NONE, FLIP, 0, OID_CRL_NUMBER, NULL, NULL },
	{ "CRL-NUMBER", CA_KIND_NONE, VALUE, 0, OID_CRL_NUMBER, "020100", NULL },
	{ "CRL-AKI", CA_KIND_NONE, DROP, 0, OID_AKI, NULL, NULL },
	{ "CRL-EXPIRED_CERTS", CA_KIND_NONE, DROP, 0, OID_EXPIRED_CERTS, NULL, NULL },
	{ "CRL-EXPIRED_CERTS", CA_KIND_NONE, VALUE, 0, OID_EXPIRED_CERTS, "170d3236303130313030303030305a", NULL },
	{ "CRL-EXT_SET", CA_KIND_NONE, TWICE, 0, OID_AKI, NULL, NULL },
	{ "CRL-EXT_SET", CA_KIND_NONE, SPELT, 0, OID_AKI, NULL, NULL },
	{ "CRL-EXT_SET", CA_KIND_NONE, PART, 6, NULL, "a00f 300d 300b 0603551d1c 0101ff 04013 0", NULL },
	{ "CRL-SIGNATURE", CA_KIND_NONE, SIGNER, 0, NULL, NULL, NULL },
};
/* clang-format on */

START_TEST(wrong_crl_is_found)
{
	const struct wrong *w = &wrong_crls[_i];
	CLEANUP(findings_free) struct findings found = { 0 };
	CLEANUP(buf_free) struct buf good = BUF_INIT(KIB(8));
	struct ca_revocation r = { .reason = CRL_PRIVILEGE_WITHDRAWN,
		.revoked_at = PKI_DECIDED,
		.invalid_since = PKI_DECIDED - 1,
		.serial = { 1, 2, 3 } };
	struct ca_crl f = pki_crl_facts(&r, 1);
	struct err e = ERR_INIT;
	struct buf bad;
	struct pki p;

	pki_make(&p);
	ck_ok(ca_crl_build(&f, &p.by_issuer, &good, &e), &e);
	ck_ok(ca_lint_crl(buf_slice(&good), p.issuer, &found, &e), &e);
	ck_assert_uint_eq(found.n, 0);
	bad = wrong_make(w, &p, buf_slice(&good), p.issuer_key);
	ck_ok(ca_lint_crl(buf_slice(&bad), p.issuer, &found, &e), &e);
	ck_assert_msg(findings_has(&found, w->rule), "%s: first is %s", w->rule,
	    found.n == 0 ? "none" : found.items[0].rule);
	buf_free(&bad);
	pki_done(&p);
}
END_TEST

START_TEST(every_crl_rule_has_a_vector)
{
	for (size_t i = 0; i < crl_rules_n; i++) {
		bool hit = false;

		for (size_t k = 0; k < NELEM(wrong_crls); k++)
			hit |= strcmp(wrong_crls[k].rule,
				   crl_rules[i].says.rule) == 0;
		ck_assert_msg(hit, "%s", crl_rules[i].says.rule);
	}
}
END_TEST

/* Bytes that cannot be taken apart are an error, not a finding. */
static const char *const junk[] = { "", "30", "3000", "30053003020101",
	"308000000000", "deadbeef" };

START_TEST(junk_is_an_error)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	struct buf b = pki_hex(junk[_i]);
	struct err e = ERR_INIT;
	struct pki p;

	pki_make(&p);
	ck_code(ca_lint_cert(CA_KIND_CERTIFICATION, buf_slice(&b), p.issuer,
		    NULL, &found, &e),
	    &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(ca_lint_crl(buf_slice(&b), p.issuer, &found, &e), &e, E_INPUT);
	buf_free(&b);
	pki_done(&p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ca_lint");
	TCase *t = tcase_create("certificate");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(
	    t, wrong_certificate_is_found, 0, (int)NELEM(wrongs));
	tcase_add_test(t, every_certificate_rule_has_a_vector);
	tcase_add_loop_test(t, junk_is_an_error, 0, (int)NELEM(junk));
	t = tcase_create("crl");
	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, wrong_crl_is_found, 0, (int)NELEM(wrong_crls));
	tcase_add_test(t, every_crl_rule_has_a_vector);
	return suite_main(s);
}
