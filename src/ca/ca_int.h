/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CA_INT_H
#define NINTEI_CA_INT_H
/*
 * ca_int: parts of certificates and CRLs, as the builders write them and as
 * lint and view read them.  The two sides share nothing but the OIDs.
 */
#include "nintei/ca.h"
#include "nintei/ca_lint.h"
#include "nintei/der.h"
#include "nintei/limits.h"

#define OID_MAX 64

/* Names: X.520, RFC 5280. */
#define OID_CN "2.5.4.3"
#define OID_SERIAL_NUMBER "2.5.4.5"
#define OID_COUNTRY "2.5.4.6"
#define OID_ORGANIZATION "2.5.4.10"
#define OID_ORGANIZATION_ID "2.5.4.97"
/* Extensions: RFC 5280 4.2 and 5.2; ExpiredCertsOnCRL: X.509 8.5.2.12. */
#define OID_SKI "2.5.29.14"
#define OID_KEY_USAGE "2.5.29.15"
#define OID_SAN "2.5.29.17"
#define OID_BASIC "2.5.29.19"
#define OID_CRL_NUMBER "2.5.29.20"
#define OID_REASON "2.5.29.21"
#define OID_INVALIDITY "2.5.29.24"
#define OID_CRLDP "2.5.29.31"
#define OID_POLICIES "2.5.29.32"
#define OID_AKI "2.5.29.35"
#define OID_EKU "2.5.29.37"
#define OID_EXPIRED_CERTS "2.5.29.60"
#define OID_AIA "1.3.6.1.5.5.7.1.1"
#define OID_CPS "1.3.6.1.5.5.7.2.1"
#define OID_NOTICE "1.3.6.1.5.5.7.2.2"
#define OID_SERVER_AUTH "1.3.6.1.5.5.7.3.1"
#define OID_CLIENT_AUTH "1.3.6.1.5.5.7.3.2"
#define OID_EMAIL_PROTECTION "1.3.6.1.5.5.7.3.4"
#define OID_TIME_STAMPING "1.3.6.1.5.5.7.3.8"
#define OID_DOCUMENT_SIGNING "1.3.6.1.5.5.7.3.36"
#define OID_OCSP "1.3.6.1.5.5.7.48.1"
#define OID_CA_ISSUERS "1.3.6.1.5.5.7.48.2"
#define OID_ECDSA_SHA256 "1.2.840.10045.4.3.2"
#define STATEMENT_ARC ".2.1" /* below oid_base */
#define POLICY_ARC ".1." /* below oid_base; then the scheme */
#define URI_NAME 6 /* GeneralName: uniformResourceIdentifier */

/* Writing: part.c and ext.c. */
struct tbs {
	const uint8_t *serial; /* SERIAL_BYTES */
	struct slice issuer; /* DER Name */
	int64_t not_before, not_after;
	struct slice subject; /* DER Name */
	struct slice spki;
	struct slice extensions; /* Extension after Extension */
};
void put_algorithm(struct buf *b);
void put_attribute(
    struct buf *b, const char *oid, int string_tag, const char *text);
/* C=JP, O, CN. */
void put_ca_name(
    struct buf *b, const char *organization, const char *common_name);
/* Sign tbs and append SEQUENCE { tbs, algorithm, signature }. */
int signed_encode(
    struct slice tbs, const struct pkey *key, struct buf *out, struct err *e);
/* key NULL: the part to be signed alone. */
int cert_encode(const struct tbs *t, const struct pkey *key, struct buf *out,
    struct err *e);

struct ext_mark {
	size_t ext, value;
};
struct ext_mark ext_begin(struct buf *b, const char *oid, bool critical);
void ext_end(struct buf *b, struct ext_mark m);
void ext_ski(struct buf *b, struct slice spki);
void ext_aki(struct buf *b, struct slice key_id);
enum basic {
	BASIC_LEAF,
	BASIC_ROOT,
	BASIC_ISSUER /* pathlen 0 */
};
void ext_basic(struct buf *b, enum basic kind);
enum usage {
	USAGE_LEAF, /* digitalSignature */
	USAGE_CA, /* keyCertSign, cRLSign */
	USAGE_SEAL /* digitalSignature, nonRepudiation */
};
void ext_key_usage(struct buf *b, enum usage usage);
void ext_eku(struct buf *b, const char *const *oids, size_t n, bool critical);
/* rule_url, notice: NULL for none. */
void ext_policies(
    struct buf *b, const char *oid, const char *rule_url, const char *notice);
void ext_san_uri(struct buf *b, const char *uri);
void ext_crldp(struct buf *b, const char *uri);
void ext_aia(struct buf *b, const char *ocsp, const char *issuers);
/* RFC 7093 method 1: the leftmost 160 bits of SHA-256 of the key's bits. */
#define KEY_ID_BYTES 20
int key_id_of(struct slice spki, uint8_t out[KEY_ID_BYTES]);

/* Lint, facts and OpenSSL agree, or E_INVALID with the first finding. */
int cert_release(enum ca_kind kind, struct slice der,
    const struct ca_authority *issuer, const char *oid_base, struct err *e);
/* E_INVALID with the rule and words of the first, if there is one. */
int findings_to_err(const struct findings *f, struct err *e);

/* Reading: parse.c. */
#define EXTENSIONS_MAX 24
#define ATTRIBUTES_MAX 8
struct extension {
	char oid[OID_MAX];
	bool critical;
	struct slice value;
};
struct extensions {
	struct extension items[EXTENSIONS_MAX];
	size_t n;
	bool default_written; /* critical FALSE spelt out: not DER */
};
struct attribute {
	char oid[OID_MAX];
	int tag;
	struct slice value;
	size_t rdn; /* of which RelativeDistinguishedName */
};
struct name {
	struct attribute items[ATTRIBUTES_MAX];
	size_t n;
};
struct stamp {
	int tag; /* DER_UTC_TIME or DER_TIME */
	int64_t at;
};
struct parsed_cert {
	uint64_t version; /* 2 is v3 */
	struct slice serial; /* content of the INTEGER */
	struct slice algorithm, outer_algorithm; /* elements */
	struct slice issuer, subject; /* elements */
	struct stamp not_before, not_after;
	struct slice spki; /* element */
	struct extensions ext;
	struct name name; /* of the subject */
};
int parsed_cert_read(struct slice der, struct parsed_cert *out, struct err *e);
const struct extension *extension_get(
    const struct extensions *x, const char *oid);
const struct attribute *attribute_get(const struct name *n, const char *oid);
/* Extension list: SEQUENCE OF Extension. */
bool extensions_read(struct der *d, struct extensions *out);
struct stamp stamp_read(struct der *d);
bool name_read(struct slice element, struct name *out);

/* The parts of extensions, borrowed; false: malformed. */
struct policy {
	char oid[OID_MAX];
	struct slice rule_url, notice; /* p NULL: absent */
	int notice_tag;
	size_t count; /* of policies */
};
bool policy_read(struct slice value, struct policy *out);
/* One GeneralName of this context tag and no other. */
bool one_general_name(struct slice value, int tag, struct slice *out);
bool crldp_read(struct slice value, struct slice *out_url);
/* Either is empty if absent; anything else is malformed. */
bool aia_read(
    struct slice value, struct slice *out_ocsp, struct slice *out_issuers);
struct statement {
	uint64_t version;
	char scheme[OID_MAX];
	struct slice number, service, guideline, mark, record;
	bool interim;
};
bool statement_read(struct slice value, struct statement *out);

struct parsed_entry {
	struct slice serial; /* content */
	struct stamp at;
	struct extensions ext;
};
struct parsed_crl {
	bool is_v2;
	struct slice algorithm, outer_algorithm, issuer;
	struct stamp this_update, next_update;
	bool has_next;
	bool has_list; /* revokedCertificates is there */
	struct der list; /* its content */
	struct extensions ext;
};
int parsed_crl_read(struct slice der, struct parsed_crl *out, struct err *e);
bool parsed_entry_read(struct der *list, struct parsed_entry *out);

#endif
