/* SPDX-License-Identifier: Apache-2.0 */
/* Does a certificate say the facts it was built from, and nothing else? */
#include "nintei/ca_lint.h"

#include <stdio.h>
#include <string.h>

#include "nintei/ca_view.h"

#include "ca_int.h"

static const struct finding_rule differs = { "CERT-FACT", NULL, SEV_REFUSE,
	NULL, "証明書の「%s」が事実と違います",
	"The certificate differs from the facts in \"%s\"" };

static bool
same(const char *have, const char *want)
{
	if (have == NULL || want == NULL)
		return (have == NULL || have[0] == '\0') &&
		    (want == NULL || want[0] == '\0');
	return strcmp(have, want) == 0;
}

static void
text_compare(
    struct findings *out, const char *field, const char *have, const char *want)
{
	if (!same(have, want))
		findings_add(out, &differs, NULL, field, field);
}

static void
require(struct findings *out, const char *field, bool ok)
{
	if (!ok)
		findings_add(out, &differs, NULL, field, field);
}

static int
names_compare(const struct ca_view *v, const struct ca_certification *w,
    struct findings *out, struct err *e)
{
	CLEANUP(buf_free) struct buf operator_name = BUF_INIT(KIB(1));
	CLEANUP(buf_free) struct buf service = BUF_INIT(KIB(1));
	CLEANUP(freep)
	char *id = w->corporate_number == NULL
	    ? NULL
	    : xasprintf("NTRJP-%s", pub_text(w->corporate_number));

	if (ca_short_name(pub_text(w->operator_name), &operator_name, e) < 0 ||
	    ca_short_name(pub_text(w->service), &service, e) < 0)
		return -1;
	text_compare(out, "operator", v->organization, buf_str(&operator_name));
	text_compare(out, "service", v->common_name, buf_str(&service));
	text_compare(out, "corporate_number", v->organization_id, id);
	text_compare(out, "number", v->number, w->number);
	return 0;
}

static void
texts_compare(const struct ca_view *v, const struct ca_certification *w,
    struct findings *out)
{
	text_compare(
	    out, "designated_url", v->designated_url, w->designated_url);
	text_compare(out, "policy_oid", v->policy_oid, w->policy_oid);
	text_compare(out, "rule_url", v->rule_url, w->rule_url);
	text_compare(out, "notice", v->notice, w->notice);
	text_compare(out, "crl_url", v->crl_url, w->crl_url);
	text_compare(out, "ocsp_url", v->ocsp_url, w->ocsp_url);
	text_compare(out, "issuer_url", v->issuer_url, w->issuer_url);
	text_compare(out, "statement.number", v->statement.number, w->number);
	text_compare(out, "statement.service", v->statement.service,
	    pub_text(w->service));
	text_compare(
	    out, "statement.guideline", v->statement.guideline, w->guideline);
	text_compare(
	    out, "statement.scheme", v->statement.scheme_oid, w->policy_oid);
	text_compare(
	    out, "statement.mark", v->statement.mark, w->designated_url);
}

int
ca_compare_certification(struct slice der, const struct ca_certification *want,
    struct findings *out, struct err *e)
{
	CLEANUP(ca_view_freep) struct ca_view *v = NULL;
	CLEANUP(cert_freep) struct cert *c = NULL;

	if (ca_view_read(der, want->oid_base, &v, e) < 0 ||
	    cert_decode(der, &c, e) < 0 || names_compare(v, want, out, e) < 0)
		return -1;
	texts_compare(v, want, out);
	/* By OpenSSL, where view reads with our own reader. */
	require(out, "serial",
	    slice_eq(cert_serial(c), slice_of(want->serial, SERIAL_BYTES)));
	require(out, "spki",
	    want->spki.n == 0 || slice_eq(cert_spki(c), want->spki));
	require(out, "not_before", cert_not_before(c) == want->not_before);
	require(out, "not_after", cert_not_after(c) == want->not_after);
	require(out, "statement", v->has_statement);
	require(out, "statement.record",
	    memcmp(v->statement.record, want->record, 32) == 0);
	require(
	    out, "statement.interim", v->statement.interim == want->interim);
	return 0;
}
