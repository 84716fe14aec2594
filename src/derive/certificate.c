/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a certificate: from the record and the scheme's profile. */
#include "nintei/derive.h"

#include "nintei/jsonx.h"

void
derive_urls_make(const struct scheme *s, const char *oid_base,
    const char *https, const char *http, struct derive_urls *out)
{
	const char *cps = s->profile.cps_path;

	out->oid_base = xstrdup(oid_base);
	out->policy_oid = xasprintf("%s.%s", oid_base, s->profile.policy_oid);
	out->rule = xasprintf("%s%s", cps[0] == '/' ? https : "", cps);
	out->crl = xasprintf("%s/pki/%s.crl", http, s->id);
	out->issuer = xasprintf("%s/pki/%s.cer", http, s->id);
	out->ocsp = xasprintf("%s/ocsp", http);
}

void
derive_urls_done(struct derive_urls *u)
{
	freep(&u->oid_base);
	freep(&u->policy_oid);
	freep(&u->rule);
	freep(&u->crl);
	freep(&u->issuer);
	freep(&u->ocsp);
}

static const char *
text_or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? NULL : text;
}

int
derive_names(const struct derive_record *r, const struct declassification *by,
    struct ca_certification *f, struct err *e)
{
	const char *service = jsonx_get_str(r->doc, "service");
	const char *operator_name = jsonx_get_str(r->doc, "operator");
	const char *number =
	    text_or_null(jsonx_get_str(r->doc, "corporate_number"));

	if (declassify(by, sec_of_signed(service), &f->service, e) < 0 ||
	    declassify(by, sec_of_signed(operator_name), &f->operator_name, e) <
		0)
		return -1;
	return declassify(by, sec_of_signed(number), &f->corporate_number, e);
}

/* A term's first instant is the decision's, unless it begins on a day. */
static int64_t
begins(const struct derive_record *r, int64_t decided_at)
{
	int64_t first = instant_of_jday(r->span.starts);

	if (!r->chained)
		return decided_at;
	return r->reissue && decided_at > first ? decided_at : first;
}

void
derive_certificate(const struct scheme *s, const struct derive_record *r,
    const struct derive_urls *u, int64_t decided_at, struct ca_certification *f)
{
	f->oid_base = u->oid_base;
	f->policy_oid = u->policy_oid;
	f->rule_url = u->rule;
	f->notice = text_or_null(s->profile.user_notice);
	f->guideline = jsonx_get_str(r->doc, "guideline");
	f->number = jsonx_get_str(r->doc, "number");
	f->crl_url = u->crl;
	f->issuer_url = u->issuer;
	f->ocsp_url = u->ocsp;
	f->not_before = begins(r, decided_at);
	f->not_after = term_end_instant(&r->span) - 1;
	for (size_t i = 0; i < sizeof(f->record); i++)
		f->record[i] = r->sha256[i];
}
