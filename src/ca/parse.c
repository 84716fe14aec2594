/* SPDX-License-Identifier: Apache-2.0 */
/* Taking certificates and CRLs apart, strictly, for lint and view. */
#include <string.h>

#include "ca_int.h"

struct stamp
stamp_read(struct der *d)
{
	struct stamp s = { .tag = der_peek(d), .at = 0 };

	s.at = der_get_time(d);
	return s;
}

static bool
extension_read(struct der *d, struct extension *out, bool *default_written)
{
	struct der in = der_enter(d, DER_SEQUENCE);

	der_get_oid(&in, out->oid, sizeof(out->oid));
	out->critical = false;
	if (der_has(&in, DER_BOOLEAN)) {
		out->critical = der_get_bool(&in);
		if (!out->critical)
			*default_written = true;
	}
	out->value = der_get(&in, DER_OCTET_STRING);
	return der_done(&in);
}

bool
extensions_read(struct der *d, struct extensions *out)
{
	struct der list = der_enter(d, DER_SEQUENCE);

	if (der_done(&list))
		return false; /* SIZE (1..MAX) */
	while (der_peek(&list) >= 0) {
		if (out->n == EXTENSIONS_MAX ||
		    !extension_read(
			&list, &out->items[out->n++], &out->default_written))
			return false;
	}
	return der_done(&list);
}

const struct extension *
extension_get(const struct extensions *x, const char *oid)
{
	for (size_t i = 0; i < x->n; i++)
		if (strcmp(x->items[i].oid, oid) == 0)
			return &x->items[i];
	return NULL;
}

static bool
rdn_read(struct der *rdns, size_t rdn, struct name *out)
{
	struct der set = der_enter(rdns, DER_SET);

	if (der_done(&set))
		return false;
	while (der_peek(&set) >= 0) {
		struct der pair = der_enter(&set, DER_SEQUENCE);
		struct attribute *a;

		if (out->n == ATTRIBUTES_MAX)
			return false;
		a = &out->items[out->n++];
		der_get_oid(&pair, a->oid, sizeof(a->oid));
		a->tag = der_peek(&pair);
		a->value = der_get(&pair, a->tag < 0 ? 0 : a->tag);
		a->rdn = rdn;
		if (!der_done(&pair))
			return false;
	}
	return der_done(&set);
}

bool
name_read(struct slice element, struct name *out)
{
	struct der d = der_init(element);
	struct der rdns = der_enter(&d, DER_SEQUENCE);

	*out = (struct name){ 0 };
	for (size_t rdn = 0; der_peek(&rdns) >= 0; rdn++)
		if (!rdn_read(&rdns, rdn, out))
			return false;
	return der_done(&rdns) && der_done(&d);
}

const struct attribute *
attribute_get(const struct name *n, const char *oid)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->items[i].oid, oid) == 0)
			return &n->items[i];
	return NULL;
}

/* SEQUENCE { tbs, algorithm, signature }. */
static struct slice
envelope(struct slice der, struct slice *out_algorithm, struct err *e)
{
	struct der d = der_init(der);
	struct der all = der_enter(&d, DER_SEQUENCE);
	struct slice tbs = der_get(&all, DER_SEQUENCE);

	*out_algorithm = der_element(&all, DER_SEQUENCE);
	der_get_bits(&all);
	if (der_finish(&d, e) < 0 || der_finish(&all, e) < 0)
		return slice_of(NULL, 0);
	return tbs;
}

static void
validity_read(struct der *tbs, struct parsed_cert *c)
{
	struct der validity = der_enter(tbs, DER_SEQUENCE);

	c->not_before = stamp_read(&validity);
	c->not_after = stamp_read(&validity);
	if (!der_done(&validity))
		tbs->bad = true;
}

int
parsed_cert_read(struct slice der, struct parsed_cert *out, struct err *e)
{
	struct parsed_cert c = { 0 };
	struct der tbs, part;
	bool fits;

	if (der.n > LIMIT_CERT_BYTES)
		return err_set(e, E_LIMIT, "certificate too large");
	tbs = der_init(envelope(der, &c.outer_algorithm, e));
	if (tbs.n == 0)
		return err_set(e, E_INPUT, "not a certificate");
	part = der_enter(&tbs, DER_CONTEXT_SET(0));
	c.version = der_get_uint(&part);
	c.serial = der_get(&tbs, DER_INTEGER);
	c.algorithm = der_element(&tbs, DER_SEQUENCE);
	c.issuer = der_element(&tbs, DER_SEQUENCE);
	validity_read(&tbs, &c);
	c.subject = der_element(&tbs, DER_SEQUENCE);
	c.spki = der_element(&tbs, DER_SEQUENCE);
	fits = der_done(&part) && name_read(c.subject, &c.name);
	/* No unique identifiers; a v3 certificate has extensions. */
	part = der_enter(&tbs, DER_CONTEXT_SET(3));
	fits = fits && extensions_read(&part, &c.ext) && der_done(&part) &&
	    der_done(&tbs);
	if (!fits)
		return err_set(e, E_INPUT, "not a certificate of our form");
	*out = c;
	return 0;
}

bool
one_general_name(struct slice value, int tag, struct slice *out)
{
	struct der d = der_init(value);
	struct der list = der_enter(&d, DER_SEQUENCE);
	struct slice name = der_get(&list, tag);

	if (!der_done(&list) || !der_done(&d))
		return false;
	*out = name;
	return true;
}

static bool
qualifier_read(struct der *list, struct policy *p)
{
	struct der one = der_enter(list, DER_SEQUENCE), notice;
	char oid[OID_MAX];

	der_get_oid(&one, oid, sizeof(oid));
	if (strcmp(oid, OID_CPS) == 0 && p->rule_url.p == NULL) {
		p->rule_url = der_get(&one, DER_IA5);
		return der_done(&one);
	}
	if (strcmp(oid, OID_NOTICE) != 0 || p->notice.p != NULL)
		return false;
	notice = der_enter(&one, DER_SEQUENCE);
	p->notice_tag = der_peek(&notice);
	p->notice = der_get(&notice, p->notice_tag < 0 ? 0 : p->notice_tag);
	return der_done(&notice) && der_done(&one);
}

bool
policy_read(struct slice value, struct policy *out)
{
	struct der d = der_init(value);
	struct der list = der_enter(&d, DER_SEQUENCE);
	struct der one = der_enter(&list, DER_SEQUENCE), qualifiers;
	struct policy p = { .count = 1 };

	der_get_oid(&one, p.oid, sizeof(p.oid));
	if (der_has(&one, DER_SEQUENCE)) {
		qualifiers = der_enter(&one, DER_SEQUENCE);
		while (der_peek(&qualifiers) >= 0)
			if (!qualifier_read(&qualifiers, &p))
				return false;
		if (!der_done(&qualifiers))
			return false;
	}
	for (; der_peek(&list) >= 0; p.count++)
		der_skip(&list);
	if (!der_done(&one) || !der_done(&list) || !der_done(&d))
		return false;
	*out = p;
	return true;
}

bool
crldp_read(struct slice value, struct slice *out_url)
{
	struct der d = der_init(value);
	struct der list = der_enter(&d, DER_SEQUENCE);
	struct der point = der_enter(&list, DER_SEQUENCE);
	struct der name = der_enter(&point, DER_CONTEXT_SET(0));
	struct der full = der_enter(&name, DER_CONTEXT_SET(0));
	struct slice url = der_get(&full, DER_CONTEXT(URI_NAME));

	if (!der_done(&full) || !der_done(&name) || !der_done(&point) ||
	    !der_done(&list) || !der_done(&d))
		return false;
	*out_url = url;
	return true;
}

bool
aia_read(struct slice value, struct slice *out_ocsp, struct slice *out_issuers)
{
	struct der d = der_init(value);
	struct der list = der_enter(&d, DER_SEQUENCE);
	struct slice ocsp = { 0 }, issuers = { 0 };
	char oid[OID_MAX];

	while (der_peek(&list) >= 0) {
		struct der one = der_enter(&list, DER_SEQUENCE);
		struct slice *to;

		der_get_oid(&one, oid, sizeof(oid));
		to = strcmp(oid, OID_OCSP) == 0        ? &ocsp
		    : strcmp(oid, OID_CA_ISSUERS) == 0 ? &issuers
						       : NULL;
		if (to == NULL || to->p != NULL)
			return false;
		*to = der_get(&one, DER_CONTEXT(URI_NAME));
		if (!der_done(&one))
			return false;
	}
	if (!der_done(&list) || !der_done(&d))
		return false;
	*out_ocsp = ocsp;
	*out_issuers = issuers;
	return true;
}

bool
statement_read(struct slice value, struct statement *out)
{
	struct der d = der_init(value);
	struct der in = der_enter(&d, DER_SEQUENCE);
	struct statement s = { 0 };

	s.version = der_get_uint(&in);
	der_get_oid(&in, s.scheme, sizeof(s.scheme));
	s.number = der_get(&in, DER_UTF8);
	s.service = der_get(&in, DER_UTF8);
	s.guideline = der_get(&in, DER_UTF8);
	s.mark = der_get(&in, DER_IA5);
	s.record = der_get(&in, DER_OCTET_STRING);
	if (der_has(&in, DER_BOOLEAN)) {
		s.interim = der_get_bool(&in);
		if (!s.interim)
			return false; /* a default is not written */
	}
	if (!der_done(&in) || !der_done(&d))
		return false;
	*out = s;
	return true;
}

static bool
is_time(const struct der *d)
{
	return der_peek(d) == DER_UTC_TIME || der_peek(d) == DER_TIME;
}

int
parsed_crl_read(struct slice der, struct parsed_crl *out, struct err *e)
{
	struct parsed_crl c = { 0 };
	struct der tbs, part;
	bool fits = true;

	if (der.n > LIMIT_CRL_BYTES)
		return err_set(e, E_LIMIT, "CRL too large");
	tbs = der_init(envelope(der, &c.outer_algorithm, e));
	if (tbs.n == 0)
		return err_set(e, E_INPUT, "not a CRL");
	if (der_has(&tbs, DER_INTEGER))
		c.is_v2 = der_get_uint(&tbs) == 1;
	c.algorithm = der_element(&tbs, DER_SEQUENCE);
	c.issuer = der_element(&tbs, DER_SEQUENCE);
	c.this_update = stamp_read(&tbs);
	if ((c.has_next = is_time(&tbs)))
		c.next_update = stamp_read(&tbs);
	if ((c.has_list = der_has(&tbs, DER_SEQUENCE)))
		c.list = der_enter(&tbs, DER_SEQUENCE);
	if (der_has(&tbs, DER_CONTEXT_SET(0))) {
		part = der_enter(&tbs, DER_CONTEXT_SET(0));
		fits = extensions_read(&part, &c.ext) && der_done(&part);
	}
	if (!fits || !der_done(&tbs))
		return err_set(e, E_INPUT, "not a CRL of our form");
	*out = c;
	return 0;
}

bool
parsed_entry_read(struct der *list, struct parsed_entry *out)
{
	struct der in = der_enter(list, DER_SEQUENCE);

	*out = (struct parsed_entry){ 0 };
	out->serial = der_get(&in, DER_INTEGER);
	out->at = stamp_read(&in);
	if (der_has(&in, DER_SEQUENCE) && !extensions_read(&in, &out->ext))
		return false;
	return der_done(&in);
}
