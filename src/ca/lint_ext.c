/* SPDX-License-Identifier: Apache-2.0 */
/* Rules on the extensions of a certificate (PKI 2 and 3). */
#include <stdio.h>
#include <string.h>

#include "lint_int.h"

#define ROOT (1u << CA_KIND_ROOT)
#define ISSUER (1u << CA_KIND_ISSUER)
#define SERVICE (1u << CA_KIND_CERTIFICATION)
#define TLS (1u << CA_KIND_TLS)
#define SEAL (1u << CA_KIND_SEAL)
#define TSA (1u << CA_KIND_TSA)
#define SEALERS (SEAL | TSA)
#define ALL (ROOT | ISSUER | SERVICE | TLS | SEALERS)

/* The profile: who has it, whether a kind may leave it out, whose is
 * critical. */
static const struct {
	const char *oid;
	unsigned must, may;
	unsigned critical;
} profile[] = {
	{ OID_SKI, ALL, 0, 0 },
	{ OID_AKI, ALL & ~ROOT, 0, 0 },
	{ OID_BASIC, ALL, 0, ALL },
	{ OID_KEY_USAGE, ALL, 0, ALL },
	{ OID_EKU, SERVICE | TLS | SEALERS, 0, TSA },
	{ OID_POLICIES, ISSUER | SERVICE, 0, 0 },
	{ OID_SAN, SERVICE | TLS, 0, 0 },
	{ OID_CRLDP, ISSUER | SERVICE | SEALERS, TLS, 0 },
	{ OID_AIA, ISSUER | SERVICE | SEALERS, TLS, 0 },
};

static void
statement_oid(const struct lint *l, char out[OID_MAX])
{
	snprintf(out, OID_MAX, "%s" STATEMENT_ARC,
	    l->oid_base == NULL ? CA_OIDS_EXAMPLE : l->oid_base);
}

static bool
is_statement(const struct lint *l, const char *oid)
{
	char want[OID_MAX];

	statement_oid(l, want);
	return l->kind == CA_KIND_CERTIFICATION && strcmp(oid, want) == 0;
}

static bool
may_have(struct lint *l, const char *oid)
{
	for (size_t i = 0; i < NELEM(profile); i++)
		if (strcmp(profile[i].oid, oid) == 0)
			return ((profile[i].must | profile[i].may) &
				   (1u << l->kind)) != 0;
	return is_statement(l, oid);
}

bool
holds_extension_set(struct lint *l)
{
	char oid[OID_MAX];

	for (size_t i = 0; i < l->c.ext.n; i++)
		if (!may_have(l, l->c.ext.items[i].oid)) {
			l->field = l->c.ext.items[i].oid;
			return false;
		}
	for (size_t i = 0; i < NELEM(profile); i++)
		if ((profile[i].must & (1u << l->kind)) != 0 &&
		    extension_get(&l->c.ext, profile[i].oid) == NULL) {
			l->field = profile[i].oid;
			return false;
		}
	statement_oid(l, oid);
	return l->kind != CA_KIND_CERTIFICATION ||
	    extension_get(&l->c.ext, oid) != NULL;
}

bool
holds_critical(struct lint *l)
{
	char oid[OID_MAX];
	const struct extension *x;

	for (size_t i = 0; i < NELEM(profile); i++) {
		x = extension_get(&l->c.ext, profile[i].oid);
		if (x != NULL &&
		    x->critical !=
			((profile[i].critical & (1u << l->kind)) != 0)) {
			l->field = profile[i].oid;
			return false;
		}
	}
	statement_oid(l, oid);
	x = extension_get(&l->c.ext, oid);
	return x == NULL || !x->critical;
}

/* The value of an extension; empty if it is not there. */
static struct slice
value(const struct lint *l, const char *oid)
{
	const struct extension *x = extension_get(&l->c.ext, oid);

	return x == NULL ? slice_of(NULL, 0) : x->value;
}

static bool
is_bytes(struct slice s, const void *want, size_t n)
{
	return slice_eq(s, slice_of(want, n));
}

bool
holds_basic(struct lint *l)
{
	static const uint8_t leaf[] = { 0x30, 0 };
	static const uint8_t root[] = { 0x30, 3, 1, 1, 0xff };
	static const uint8_t issuer[] = { 0x30, 6, 1, 1, 0xff, 2, 1, 0 };
	struct slice s = value(l, OID_BASIC);

	if (l->kind == CA_KIND_ROOT)
		return is_bytes(s, root, sizeof(root));
	if (l->kind == CA_KIND_ISSUER)
		return is_bytes(s, issuer, sizeof(issuer));
	return is_bytes(s, leaf, sizeof(leaf));
}

bool
holds_key_usage(struct lint *l)
{
	static const uint8_t ca[] = { 3, 2, 1, 6 };
	static const uint8_t leaf[] = { 3, 2, 7, 0x80 };
	static const uint8_t seal[] = { 3, 2, 6, 0xc0 };
	static const uint8_t *const want[CA_KIND_MAX] = {
		[CA_KIND_ROOT] = ca,
		[CA_KIND_ISSUER] = ca,
		[CA_KIND_SEAL] = seal,
	};
	const uint8_t *one = want[l->kind] != NULL ? want[l->kind] : leaf;

	return is_bytes(value(l, OID_KEY_USAGE), one, 4);
}

bool
holds_eku(struct lint *l)
{
	static const char *const want[CA_KIND_MAX][3] = {
		[CA_KIND_CERTIFICATION] = { OID_CLIENT_AUTH,
		    OID_DOCUMENT_SIGNING },
		[CA_KIND_TLS] = { OID_SERVER_AUTH },
		[CA_KIND_SEAL] = { OID_EMAIL_PROTECTION, OID_DOCUMENT_SIGNING },
		[CA_KIND_TSA] = { OID_TIME_STAMPING },
	};
	struct der d = der_init(value(l, OID_EKU));
	struct der list = der_enter(&d, DER_SEQUENCE);
	char oid[OID_MAX];

	for (size_t i = 0; want[l->kind][i] != NULL; i++)
		if (strcmp(der_get_oid(&list, oid, sizeof(oid)),
			want[l->kind][i]) != 0)
			return false;
	return der_done(&list) && der_done(&d);
}

bool
holds_ski(struct lint *l)
{
	struct der d = der_init(value(l, OID_SKI));
	struct slice id = der_get(&d, DER_OCTET_STRING);
	uint8_t want[KEY_ID_BYTES];

	return der_done(&d) && key_id_of(l->c.spki, want) == 0 &&
	    is_bytes(id, want, sizeof(want));
}

bool
holds_aki(struct lint *l)
{
	return l->issuer != NULL && is_aki_of(value(l, OID_AKI), l->issuer);
}

/* One policy; below oid_base where that is known; the rules' URL. */
bool
holds_policy(struct lint *l)
{
	struct policy p;
	char prefix[OID_MAX];

	if (!policy_read(value(l, OID_POLICIES), &p) || p.count != 1)
		return false;
	if (l->kind == CA_KIND_ISSUER)
		return p.rule_url.p == NULL && p.notice.p == NULL;
	snprintf(prefix, sizeof(prefix), "%s" POLICY_ARC,
	    l->oid_base == NULL ? CA_OIDS_EXAMPLE : l->oid_base);
	return strncmp(p.oid, prefix, strlen(prefix)) == 0 &&
	    is_url(p.rule_url, false);
}

bool
holds_notice(struct lint *l)
{
	struct policy p;

	if (!policy_read(value(l, OID_POLICIES), &p))
		return false;
	return p.notice.p == NULL ||
	    (p.notice_tag == DER_UTF8 && is_text(p.notice, 200));
}

bool
holds_san_uri(struct lint *l)
{
	struct slice url;

	return one_general_name(
		   value(l, OID_SAN), DER_CONTEXT(URI_NAME), &url) &&
	    is_url(url, false);
}

static bool
is_host(struct slice s)
{
	if (s.n == 0 || s.n > 253 || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", s.p[i]) ==
			NULL ||
		    s.p[i] == '\0')
			return false;
	return true;
}

bool
holds_san_hosts(struct lint *l)
{
	struct der d = der_init(value(l, OID_SAN));
	struct der list = der_enter(&d, DER_SEQUENCE);
	size_t n = 0;

	for (; der_peek(&list) >= 0; n++) {
		if (der_has(&list, DER_CONTEXT(2))) {
			if (!is_host(der_get(&list, DER_CONTEXT(2))))
				return false;
		} else {
			struct slice ip = der_get(&list, DER_CONTEXT(7));

			if (ip.n != 4 && ip.n != 16)
				return false;
		}
	}
	return n > 0 && der_done(&list) && der_done(&d);
}

bool
holds_crldp(struct lint *l)
{
	struct slice url;

	if (extension_get(&l->c.ext, OID_CRLDP) == NULL)
		return l->kind == CA_KIND_TLS;
	return crldp_read(value(l, OID_CRLDP), &url) && is_url(url, true);
}

bool
holds_aia(struct lint *l)
{
	struct slice ocsp, issuers;

	if (extension_get(&l->c.ext, OID_AIA) == NULL)
		return l->kind == CA_KIND_TLS;
	if (!aia_read(value(l, OID_AIA), &ocsp, &issuers) ||
	    !is_url(issuers, true))
		return false;
	return l->kind == CA_KIND_CERTIFICATION ? is_url(ocsp, true)
						: ocsp.p == NULL;
}

static bool
statement_get(const struct lint *l, struct statement *out)
{
	char oid[OID_MAX];

	statement_oid(l, oid);
	return statement_read(value(l, oid), out);
}

bool
holds_statement(struct lint *l)
{
	struct statement s;

	return statement_get(l, &s) && s.version == 1 && s.record.n == 32 &&
	    is_text(s.number, 64) && is_text(s.service, 4000) &&
	    is_text(s.guideline, 4000);
}

/* What the certificate says twice, it says alike. */
bool
holds_statement_agrees(struct lint *l)
{
	CLEANUP(freep) char *service = NULL;
	CLEANUP(buf_free) struct buf name = BUF_INIT(KIB(1));
	const struct attribute *number, *cn;
	struct statement s;
	struct policy p;
	struct slice url;
	struct err e = ERR_INIT;

	number = attribute_get(&l->c.name, OID_SERIAL_NUMBER);
	cn = attribute_get(&l->c.name, OID_CN);
	if (!statement_get(l, &s) || number == NULL || cn == NULL ||
	    !policy_read(value(l, OID_POLICIES), &p) ||
	    !one_general_name(value(l, OID_SAN), DER_CONTEXT(URI_NAME), &url) ||
	    (service = slice_dup(s.service)) == NULL ||
	    ca_short_name(service, &name, &e) < 0)
		return false;
	return slice_eq(s.number, number->value) && slice_eq(s.mark, url) &&
	    strcmp(s.scheme, p.oid) == 0 &&
	    slice_eq(buf_slice(&name), cn->value);
}
