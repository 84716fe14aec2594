/* SPDX-License-Identifier: Apache-2.0 */
/* certification.json against the decision, the scheme and the calendar. */
#include "signing_int.h"

#include <string.h>

#include "nintei/enc.h"

#define DECIDED_SECONDS 600
#define TERM_MAX 1000

static const struct json_field record_fields[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "number", JSON_KIND_STRING, true },
	{ "scheme", JSON_KIND_STRING, true },
	{ "service", JSON_KIND_STRING, true },
	{ "operator", JSON_KIND_STRING, true },
	{ "corporate_number", JSON_KIND_STRING, false },
	{ "rule_version", JSON_KIND_STRING, true },
	{ "guideline", JSON_KIND_STRING, true },
	{ "certified_on", JSON_KIND_STRING, true },
	{ "valid_from", JSON_KIND_STRING, true },
	{ "valid_through", JSON_KIND_STRING, true },
	{ "term", JSON_KIND_STRING, true },
	{ "decision_id", JSON_KIND_STRING, true },
};

/* SIGN-21: what both say, they say alike. */
static const struct {
	const char *record;
	const char *decision;
} same[] = {
	{ "number", "cert_number" },
	{ "scheme", "scheme" },
	{ "service", "service" },
	{ "operator", "operator" },
	{ "rule_version", "rule_version" },
	{ "certified_on", "certified_on" },
	{ "valid_through", "valid_through" },
	{ "decision_id", "decision_id" },
};

void
record_view_done(struct record_view *v)
{
	jsonx_free(v->doc);
	v->doc = NULL;
}

/* SIGN-20: the officers signed the hash of exactly this rest. */
static int
detail_check(const struct proven *p, const struct sign_cert *m,
    const struct json *record, struct err *e)
{
	CLEANUP(buf_free) struct buf rest = BUF_INIT(LIMIT_DECISION_BYTES);
	const char *want = decision_get(p->d, "detail");
	char have[SHA256_HEX];

	if (decision_certify_detail(record, m->spki, m->url, &rest, e) < 0)
		return -1;
	sha256_hex(buf_slice(&rest), have);
	if (want == NULL || strcmp(have, want) != 0)
		return refuse(e, GUARD_BASIS_CURRENT,
		    "record, key or URL are not those of the decision");
	return 0;
}

static int
same_check(const struct proven *p, const struct json *record, struct err *e)
{
	for (size_t i = 0; i < NELEM(same); i++) {
		const char *a = jsonx_get_str(record, same[i].record);
		const char *b = decision_get(p->d, same[i].decision);

		if (a == NULL || b == NULL || strcmp(a, b) != 0)
			return refuse(e, 0, "record and decision differ in %s",
			    same[i].record);
	}
	return 0;
}

/* SIGN-22: of this scheme, under its number and its guideline. */
static int
scheme_check(const struct proven *p, const struct json *record, struct err *e)
{
	const struct scheme *sc = p->scheme;
	const char *number = jsonx_get_str(record, "number");
	size_t prefix = sc == NULL ? 0 : strlen(sc->number_prefix);

	if (sc == NULL)
		return refuse(e, 0, "the decision names no scheme");
	if (!scheme_number_valid(number) ||
	    strncmp(number, sc->number_prefix, prefix) != 0)
		return refuse(e, 0, "%s is no number of this scheme", number);
	if (strcmp(jsonx_get_str(record, "guideline"), sc->profile.guideline) !=
	    0)
		return refuse(e, 0, "the guideline is not the scheme's");
	return 0;
}

/* SIGN-23: executed on certified_on, just now. */
static int
moment_check(const struct signer *s, const struct sign_cert *m,
    struct jday certified_on, struct err *e)
{
	int64_t now = signer_now(s);

	if (m->decided_at > now || now - m->decided_at > DECIDED_SECONDS)
		return refuse(e, 0, "the instant of execution is not now");
	if (jday_cmp(jday_of_instant(m->decided_at), certified_on) != 0)
		return refuse(e, 0, "certified_on is another day");
	return 0;
}

/* The term by the calendar; earlier terms are in the journal. */
static int
span_of(struct signer *s, const struct proven *p, const char *number,
    struct record_view *v, struct err *e)
{
	const struct issued *last = ledger_last_of(&s->ledger, number);
	struct term_rule rule = scheme_term_rule(p->scheme);
	struct term before = { 0 };

	if ((last == NULL ? 0 : last->term) + 1 != v->term)
		return refuse(e, 0, "the number's next term is another");
	if (last != NULL && last->revoked)
		return refuse(e, 0, "the certification was revoked");
	v->chained = last != NULL &&
	    p->scheme->params.renewal_term == POLICY_CHAINED &&
	    jday_cmp(v->certified_on, last->valid_through) <= 0;
	if (!v->chained) {
		term_first(v->certified_on, &rule, &v->span);
		return 0;
	}
	before.certified_on = last->certified_on;
	before.valid_through = last->valid_through;
	term_next(&before, &rule, &v->span);
	return 0;
}

/* SIGN-24: valid_from and valid_through as the regulation counts them. */
static int
term_check(struct signer *s, const struct proven *p, struct record_view *v,
    struct err *e)
{
	const char *number = jsonx_get_str(v->doc, "number");
	char from[JDAY_TEXT], through[JDAY_TEXT];
	struct err why = ERR_INIT;
	uint64_t term;

	if (dec_parse(jsonx_get_str(v->doc, "term"), TERM_MAX, &term, &why) <
		0 ||
	    term == 0)
		return refuse(e, 0, "term is malformed");
	v->term = (uint32_t)term;
	if (span_of(s, p, number, v, e) < 0)
		return -1;
	jday_format(v->span.starts, from);
	jday_format(v->span.valid_through, through);
	if (strcmp(from, jsonx_get_str(v->doc, "valid_from")) != 0 ||
	    strcmp(through, jsonx_get_str(v->doc, "valid_through")) != 0)
		return refuse(
		    e, 0, "the calendar gives %s to %s", from, through);
	return 0;
}

static int
record_read(const struct sign_cert *m, struct json **out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err why = ERR_INIT;

	if (jsonx_parse_canonical(m->record, SIGN_RECORD_BYTES, &j, &why) < 0 ||
	    jsonx_shape(j, record_fields, NELEM(record_fields), &why) < 0)
		return refuse(e, 0, "record: %s", why.detail);
	if (strcmp(jsonx_get_str(j, "schema"), "nintei.certification/1") != 0)
		return refuse(e, 0, "record: schema");
	*out = TAKE(j);
	return 0;
}

int
record_check(struct signer *s, const struct proven *p,
    const struct sign_cert *m, struct record_view *out, struct err *e)
{
	CLEANUP(record_view_done) struct record_view v = { 0 };
	struct err why = ERR_INIT;

	if (record_read(m, &v.doc, e) < 0 || detail_check(p, m, v.doc, e) < 0 ||
	    same_check(p, v.doc, e) < 0 || scheme_check(p, v.doc, e) < 0)
		return -1;
	if (jday_parse(jsonx_get_str(v.doc, "certified_on"), &v.certified_on,
		&why) < 0)
		return refuse(e, 0, "certified_on is malformed");
	if (moment_check(s, m, v.certified_on, e) < 0 ||
	    term_check(s, p, &v, e) < 0)
		return -1;
	sha256_of(m->record, v.sha256);
	*out = v;
	v.doc = NULL;
	return 0;
}
