/* SPDX-License-Identifier: Apache-2.0 */
/* Rules on certificates, and the table of all of them. */
#include "nintei/ca_lint.h"

#include <string.h>

#include "lint_int.h"

#define DAY INT64_C(86400)
#define ROOT (1u << CA_KIND_ROOT)
#define ISSUER (1u << CA_KIND_ISSUER)
#define SERVICE (1u << CA_KIND_CERTIFICATION)
#define TLS (1u << CA_KIND_TLS)
#define SEAL (1u << CA_KIND_SEAL)
#define TSA (1u << CA_KIND_TSA)
#define BELOW (ISSUER | SERVICE | TLS | SEAL | TSA)
#define ALL (ROOT | BELOW)

const char *
ca_kind_name(enum ca_kind k)
{
	static const char *const names[CA_KIND_MAX] = { "", "root", "issuer",
		"certification", "server", "seal", "tsa" };

	return (unsigned)k < CA_KIND_MAX ? names[k] : "";
}

static bool
holds_version(struct lint *l)
{
	return l->c.version == 2;
}

static bool
holds_der(struct lint *l)
{
	return !l->c.ext.default_written;
}

static bool
holds_serial(struct lint *l)
{
	return is_serial(l->c.serial);
}

static bool
holds_algorithm(struct lint *l)
{
	return is_our_algorithm(l->c.algorithm) &&
	    slice_eq(l->c.algorithm, l->c.outer_algorithm);
}

static bool
holds_key(struct lint *l)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	struct err e = ERR_INIT;

	return pkey_of_spki(l->c.spki, &k, &e) == 0 &&
	    (l->kind == CA_KIND_CERTIFICATION || pkey_kind(k) == KEY_P256);
}

static bool
holds_own_key(struct lint *l)
{
	return l->issuer == NULL || !slice_eq(l->c.spki, cert_spki(l->issuer));
}

static bool
holds_time_form(struct lint *l)
{
	return is_stamp_form(l->c.not_before) && is_stamp_form(l->c.not_after);
}

/* PKI 2: at most; a term of 2 years may begin with a leap year. */
static bool
holds_lifetime(struct lint *l)
{
	static const int64_t most[CA_KIND_MAX] = {
		[CA_KIND_ROOT] = (20 * 365 + 6) * DAY,
		[CA_KIND_ISSUER] = (8 * 365 + 3) * DAY,
		/* term_years of a policy: at most 10; its days: derive. */
		[CA_KIND_CERTIFICATION] = (10 * 365 + 4) * DAY,
		[CA_KIND_TLS] = 90 * DAY,
		[CA_KIND_SEAL] = (3 * 365 + 2) * DAY,
		[CA_KIND_TSA] = (10 * 365 + 4) * DAY,
	};
	int64_t life = l->c.not_after.at - l->c.not_before.at;

	return life > 0 && life <= most[l->kind];
}

static bool
holds_not_after(struct lint *l)
{
	const struct extension *x;
	struct statement s;
	size_t n = l->c.ext.n;

	/* 23:59:59 in Japan, but for an interim certificate. */
	if (((l->c.not_after.at % DAY) + DAY) % DAY == 14 * 3600 + 59 * 60 + 59)
		return true;
	for (size_t i = 0; i < n; i++) {
		x = &l->c.ext.items[i];
		if (statement_read(x->value, &s) && s.interim)
			return true;
	}
	return false;
}

static bool
holds_within_issuer(struct lint *l)
{
	return l->issuer != NULL &&
	    l->c.not_before.at >= cert_not_before(l->issuer) &&
	    l->c.not_after.at <= cert_not_after(l->issuer);
}

static bool
holds_issuer_name(struct lint *l)
{
	return slice_eq(l->c.issuer,
	    l->issuer == NULL ? l->c.subject : cert_subject(l->issuer));
}

/* The attributes of a subject in their order, with their string types. */
static const struct {
	const char *oid;
	int tag;
	bool optional;
	unsigned kinds;
} attributes[] = {
	{ OID_COUNTRY, DER_PRINTABLE, false, ALL },
	{ OID_ORGANIZATION, DER_UTF8, false, ALL },
	{ OID_ORGANIZATION_ID, DER_UTF8, true, SERVICE },
	{ OID_SERIAL_NUMBER, DER_PRINTABLE, false, SERVICE },
	{ OID_CN, DER_UTF8, false, ALL },
};

static bool
holds_name_form(struct lint *l)
{
	const struct name *n = &l->c.name;
	size_t at = 0;

	for (size_t i = 0; i < NELEM(attributes); i++) {
		const struct attribute *a = &n->items[at];

		if ((attributes[i].kinds & (1u << l->kind)) == 0)
			continue;
		if (at < n->n && strcmp(a->oid, attributes[i].oid) == 0) {
			if (a->tag != attributes[i].tag || a->rdn != at)
				return false;
			at++;
		} else if (!attributes[i].optional) {
			return false;
		}
	}
	return at == n->n;
}

static bool
holds_country(struct lint *l)
{
	const struct attribute *a = attribute_get(&l->c.name, OID_COUNTRY);

	return a != NULL && slice_eq_str(a->value, "JP");
}

static bool
holds_name_length(struct lint *l)
{
	for (size_t i = 0; i < l->c.name.n; i++) {
		size_t n = utf8_characters(l->c.name.items[i].value);

		if (n < 1 || n > CA_NAME_CHARS) {
			l->field = l->c.name.items[i].oid;
			return false;
		}
	}
	return true;
}

static bool
holds_name_nfc(struct lint *l)
{
	for (size_t i = 0; i < l->c.name.n; i++)
		if (!is_text(l->c.name.items[i].value, SIZE_MAX)) {
			l->field = l->c.name.items[i].oid;
			return false;
		}
	return true;
}

static bool
are_digits(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* ETSI EN 319 412-1 5.1.4: NTR, JP, -, 法人番号. */
static bool
holds_organization_id(struct lint *l)
{
	const struct attribute *a =
	    attribute_get(&l->c.name, OID_ORGANIZATION_ID);

	return a == NULL ||
	    (a->value.n == 19 && memcmp(a->value.p, "NTRJP-", 6) == 0 &&
		are_digits(slice_of(a->value.p + 6, 13)));
}

/* REGULATION 1: ^[A-Z]{0,3}[0-9]{4}-[0-9]{2}(0[1-9]|1[0-2])$ */
static bool
holds_number(struct lint *l)
{
	const struct attribute *a =
	    attribute_get(&l->c.name, OID_SERIAL_NUMBER);
	struct slice s;
	int month;

	if (a == NULL)
		return false;
	s = a->value;
	for (int i = 0; i < 3 && s.n > 0 && s.p[0] >= 'A' && s.p[0] <= 'Z';
	     i++) {
		s.p++;
		s.n--;
	}
	if (s.n != 9 || s.p[4] != '-' || !are_digits(slice_of(s.p, 4)) ||
	    !are_digits(slice_of(s.p + 5, 4)))
		return false;
	month = (s.p[7] - '0') * 10 + (s.p[8] - '0');
	return month >= 1 && month <= 12;
}

static bool
holds_extensions_unique(struct lint *l)
{
	return extensions_unique(&l->c.ext);
}

static bool
holds_signature(struct lint *l)
{
	CLEANUP(cert_freep) struct cert *self = NULL;
	struct err e = ERR_INIT;

	if (cert_decode(l->der, &self, &e) < 0)
		return false;
	return cert_signed_by(self, l->issuer == NULL ? self : l->issuer);
}

#define R(id, ja, en)                              \
	{                                          \
		id, NULL, SEV_REFUSE, NULL, ja, en \
	}
const struct cert_rule cert_rules[] = {
#include "cert_rules.inc"
};
const size_t cert_rules_n = NELEM(cert_rules);

int
ca_lint_cert(enum ca_kind kind, struct slice der, const struct cert *issuer,
    const char *oid_base, struct findings *out, struct err *e)
{
	struct lint l = {
		.kind = kind,
		.der = der,
		.issuer = issuer,
		.oid_base = oid_base,
	};

	if (parsed_cert_read(der, &l.c, e) < 0)
		return -1;
	for (size_t i = 0; i < cert_rules_n; i++) {
		const struct cert_rule *r = &cert_rules[i];

		l.field = NULL;
		if ((r->kinds & (1u << kind)) != 0 && !r->holds(&l))
			findings_add(out, &r->says, NULL, l.field, NULL);
	}
	return 0;
}
