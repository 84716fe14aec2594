/* SPDX-License-Identifier: Apache-2.0 */
/* What a certification certificate says. */
#include "nintei/ca_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"

#include "ca_int.h"

/* A copy; NULL if it is absent or holds a NUL. */
static char *
text_of(struct slice s)
{
	return s.p == NULL ? NULL : slice_dup(s);
}

static char *
attribute_text(const struct name *n, const char *oid)
{
	const struct attribute *a = attribute_get(n, oid);

	return a == NULL ? NULL : text_of(a->value);
}

static struct slice
value_of(const struct parsed_cert *c, const char *oid)
{
	const struct extension *x = extension_get(&c->ext, oid);

	return x == NULL ? slice_of(NULL, 0) : x->value;
}

static void
statement_view(
    const struct parsed_cert *c, const char *oid_base, struct ca_view *v)
{
	struct statement s;
	char oid[OID_MAX];

	snprintf(oid, sizeof(oid), "%s" STATEMENT_ARC,
	    oid_base == NULL ? CA_OIDS_EXAMPLE : oid_base);
	if (!statement_read(value_of(c, oid), &s) ||
	    s.record.n != sizeof(v->statement.record))
		return;
	v->has_statement = true;
	v->statement.scheme_oid = xstrdup(s.scheme);
	v->statement.number = text_of(s.number);
	v->statement.service = text_of(s.service);
	v->statement.guideline = text_of(s.guideline);
	v->statement.mark = text_of(s.mark);
	v->statement.interim = s.interim;
	for (size_t i = 0; i < s.record.n; i++)
		v->statement.record[i] = s.record.p[i];
}

static void
urls_view(const struct parsed_cert *c, struct ca_view *v)
{
	struct slice url, ocsp, issuers;
	struct policy p;

	if (one_general_name(value_of(c, OID_SAN), DER_CONTEXT(URI_NAME), &url))
		v->designated_url = text_of(url);
	if (crldp_read(value_of(c, OID_CRLDP), &url))
		v->crl_url = text_of(url);
	if (aia_read(value_of(c, OID_AIA), &ocsp, &issuers)) {
		v->ocsp_url = text_of(ocsp);
		v->issuer_url = text_of(issuers);
	}
	if (policy_read(value_of(c, OID_POLICIES), &p)) {
		v->policy_oid = xstrdup(p.oid);
		v->rule_url = text_of(p.rule_url);
		v->notice = text_of(p.notice);
	}
}

static void
key_view(const struct parsed_cert *c, struct ca_view *v)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	struct err e = ERR_INIT;

	if (pkey_of_spki(c->spki, &k, &e) == 0)
		v->key = xstrdup(key_kind_name(pkey_kind(k)));
}

int
ca_view_read(
    struct slice der, const char *oid_base, struct ca_view **out, struct err *e)
{
	struct parsed_cert c;
	struct name issuer;
	struct ca_view *v;

	if (parsed_cert_read(der, &c, e) < 0)
		return -1;
	if (c.serial.n < 1 || c.serial.n > 20 || !name_read(c.issuer, &issuer))
		return err_set(e, E_INPUT, "not a certificate of our form");
	v = xcalloc(1, sizeof(*v));
	hex_encode(c.serial.p, c.serial.n, v->serial);
	v->common_name = attribute_text(&c.name, OID_CN);
	v->organization = attribute_text(&c.name, OID_ORGANIZATION);
	v->organization_id = attribute_text(&c.name, OID_ORGANIZATION_ID);
	v->number = attribute_text(&c.name, OID_SERIAL_NUMBER);
	v->issuer_common_name = attribute_text(&issuer, OID_CN);
	v->not_before = c.not_before.at;
	v->not_after = c.not_after.at;
	urls_view(&c, v);
	key_view(&c, v);
	statement_view(&c, oid_base, v);
	*out = v;
	return 0;
}

void
ca_view_free(struct ca_view *v)
{
	if (v == NULL)
		return;
	free(v->common_name);
	free(v->organization);
	free(v->organization_id);
	free(v->number);
	free(v->issuer_common_name);
	free(v->designated_url);
	free(v->policy_oid);
	free(v->rule_url);
	free(v->notice);
	free(v->crl_url);
	free(v->ocsp_url);
	free(v->issuer_url);
	free(v->key);
	free(v->statement.scheme_oid);
	free(v->statement.number);
	free(v->statement.service);
	free(v->statement.guideline);
	free(v->statement.mark);
	free(v);
}
