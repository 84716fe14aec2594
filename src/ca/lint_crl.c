/* SPDX-License-Identifier: Apache-2.0 */
/* Rules on CRLs, and the table of all of them. */
#include "nintei/ca_lint.h"

#include <string.h>

#include "lint_int.h"

static bool
list_version(struct crl_lint *l)
{
	return l->c.is_v2;
}

static bool
list_algorithm(struct crl_lint *l)
{
	return is_our_algorithm(l->c.algorithm) &&
	    slice_eq(l->c.algorithm, l->c.outer_algorithm);
}

static bool
list_issuer_name(struct crl_lint *l)
{
	return slice_eq(l->c.issuer, cert_subject(l->issuer));
}

static bool
list_next_update(struct crl_lint *l)
{
	return l->c.has_next && l->c.next_update.at > l->c.this_update.at;
}

static bool
list_empty(struct crl_lint *l)
{
	return !l->c.has_list || l->c.list.n > 0;
}

/* Does the test accept every entry that can be read? */
static bool
each_entry(struct crl_lint *l,
    bool (*holds)(struct crl_lint *l, const struct parsed_entry *en))
{
	struct der list = l->c.list;
	struct parsed_entry en;

	while (der_peek(&list) >= 0)
		if (parsed_entry_read(&list, &en) && !holds(l, &en))
			return false;
	return true;
}

static bool
list_entry_form(struct crl_lint *l)
{
	struct der list = l->c.list;
	struct parsed_entry en;

	while (der_peek(&list) >= 0)
		if (!parsed_entry_read(&list, &en) || en.ext.default_written)
			return false;
	return der_done(&list);
}

static bool
entry_stamp(struct crl_lint *l, const struct parsed_entry *en)
{
	(void)l;
	return is_stamp_form(en->at);
}

static bool
list_time_form(struct crl_lint *l)
{
	return is_stamp_form(l->c.this_update) &&
	    (!l->c.has_next || is_stamp_form(l->c.next_update)) &&
	    each_entry(l, entry_stamp);
}

static bool
entry_serial(struct crl_lint *l, const struct parsed_entry *en)
{
	(void)l;
	return is_serial(en->serial);
}

static bool
list_entry_serial(struct crl_lint *l)
{
	return each_entry(l, entry_serial);
}

static bool
list_order(struct crl_lint *l)
{
	struct der list = l->c.list;
	struct slice last = { 0 };
	struct parsed_entry en;

	while (der_peek(&list) >= 0) {
		if (!parsed_entry_read(&list, &en))
			continue;
		if (last.p != NULL &&
		    (en.serial.n < last.n ||
			(en.serial.n == last.n &&
			    memcmp(en.serial.p, last.p, last.n) <= 0)))
			return false;
		last = en.serial;
	}
	return true;
}

static bool
entry_date(struct crl_lint *l, const struct parsed_entry *en)
{
	return en->at.at <= l->c.this_update.at;
}

static bool
list_entry_date(struct crl_lint *l)
{
	return each_entry(l, entry_date);
}

/* The reason, or -1 when it is absent, critical or malformed. */
static int
reason_of(const struct parsed_entry *en)
{
	const struct extension *x = extension_get(&en->ext, OID_REASON);
	struct der d;
	struct slice v;

	if (x == NULL || x->critical)
		return -1;
	d = der_init(x->value);
	v = der_get(&d, DER_ENUMERATED);
	return der_done(&d) && v.n == 1 ? v.p[0] : -1;
}

static bool
entry_reason(struct crl_lint *l, const struct parsed_entry *en)
{
	(void)l;
	return crl_reason_name(reason_of(en)) != NULL;
}

static bool
list_reason(struct crl_lint *l)
{
	return each_entry(l, entry_reason);
}

static bool
entry_ca_reason(struct crl_lint *l, const struct parsed_entry *en)
{
	return reason_of(en) != CRL_CA_COMPROMISE ||
	    slice_eq(cert_subject(l->issuer), cert_issuer(l->issuer));
}

static bool
list_ca_reason(struct crl_lint *l)
{
	return each_entry(l, entry_ca_reason);
}

static bool
entry_invalidity(struct crl_lint *l, const struct parsed_entry *en)
{
	const struct extension *x = extension_get(&en->ext, OID_INVALIDITY);
	struct der d;
	struct stamp since;

	(void)l;
	if (x == NULL)
		return true;
	d = der_init(x->value);
	since = stamp_read(&d);
	return !x->critical && der_done(&d) && since.tag == DER_TIME &&
	    since.at <= en->at.at;
}

static bool
list_invalidity(struct crl_lint *l)
{
	return each_entry(l, entry_invalidity);
}

static bool
entry_extensions(struct crl_lint *l, const struct parsed_entry *en)
{
	(void)l;
	for (size_t i = 0; i < en->ext.n; i++)
		if (strcmp(en->ext.items[i].oid, OID_REASON) != 0 &&
		    strcmp(en->ext.items[i].oid, OID_INVALIDITY) != 0)
			return false;
	return extensions_unique(&en->ext);
}

static bool
list_entry_extensions(struct crl_lint *l)
{
	return each_entry(l, entry_extensions);
}

static bool
list_number(struct crl_lint *l)
{
	const struct extension *x = extension_get(&l->c.ext, OID_CRL_NUMBER);
	struct der d;

	if (x == NULL || x->critical)
		return false;
	d = der_init(x->value);
	return der_get_uint(&d) > 0 && der_done(&d);
}

static bool
list_aki(struct crl_lint *l)
{
	const struct extension *x = extension_get(&l->c.ext, OID_AKI);

	return x != NULL && !x->critical && is_aki_of(x->value, l->issuer);
}

static bool
list_expired(struct crl_lint *l)
{
	const struct extension *x = extension_get(&l->c.ext, OID_EXPIRED_CERTS);
	struct der d;

	if (x == NULL || x->critical)
		return false;
	d = der_init(x->value);
	return stamp_read(&d).tag == DER_TIME && der_done(&d);
}

/* No issuingDistributionPoint: NSS and mbedTLS refuse it. */
static bool
list_extension_set(struct crl_lint *l)
{
	static const char *const known[] = { OID_AKI, OID_CRL_NUMBER,
		OID_EXPIRED_CERTS };

	for (size_t i = 0; i < l->c.ext.n; i++) {
		bool hit = false;

		for (size_t k = 0; k < NELEM(known); k++)
			hit |= strcmp(l->c.ext.items[i].oid, known[k]) == 0;
		if (!hit)
			return false;
	}
	return !l->c.ext.default_written && extensions_unique(&l->c.ext);
}

static bool
list_signature(struct crl_lint *l)
{
	CLEANUP(crl_freep) struct crl *c = NULL;
	struct err e = ERR_INIT;

	return crl_decode(l->der, &c, &e) == 0 && crl_signed_by(c, l->issuer);
}

#define R(id, ja, en)                              \
	{                                          \
		id, NULL, SEV_REFUSE, NULL, ja, en \
	}
const struct crl_rule crl_rules[] = {
#include "crl_rules.inc"
};
const size_t crl_rules_n = NELEM(crl_rules);

int
ca_lint_crl(struct slice der, const struct cert *issuer, struct findings *out,
    struct err *e)
{
	struct crl_lint l = { .der = der, .issuer = issuer };

	if (parsed_crl_read(der, &l.c, e) < 0)
		return -1;
	for (size_t i = 0; i < crl_rules_n; i++)
		if (!crl_rules[i].holds(&l))
			findings_add(out, &crl_rules[i].says, NULL, NULL, NULL);
	return 0;
}
