/* SPDX-License-Identifier: Apache-2.0 */
/* certification.json against the decision, the scheme and the calendar. */
#include "nintei/derive.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"

#define RECORD_BYTES KIB(8)
#define TERM_MAX 1000

static const struct json_field fields[] = {
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
	{ "certified_on", "certified_on" },
	{ "valid_through", "valid_through" },
	{ "decision_id", "decision_id" },
};

/* SIGN-29: a reissue changes names and nothing else. */
static const char *const kept[] = { "number", "scheme", "rule_version",
	"guideline", "certified_on", "valid_from", "valid_through", "term" };

void
derive_record_done(struct derive_record *r)
{
	jsonx_free(r->doc);
	r->doc = NULL;
}

int
derive_record_read(struct slice bytes, struct derive_record *out, struct err *e)
{
	CLEANUP(derive_record_done) struct derive_record r = { 0 };
	struct err why = ERR_INIT;

	if (jsonx_parse_canonical(bytes, RECORD_BYTES, &r.doc, &why) < 0 ||
	    jsonx_shape(r.doc, fields, NELEM(fields), &why) < 0)
		return err_set(e, E_INVALID, "record: %s", why.detail);
	if (strcmp(jsonx_get_str(r.doc, "schema"), "nintei.certification/1") !=
	    0)
		return err_set(e, E_INVALID, "record: schema");
	if (jday_parse(jsonx_get_str(r.doc, "certified_on"), &r.certified_on,
		&why) < 0)
		return err_set(e, E_INVALID, "certified_on is malformed");
	sha256_of(bytes, r.sha256);
	*out = r;
	r.doc = NULL;
	return 0;
}

static int
same_check(
    const struct derive_record *r, const struct decision *d, struct err *e)
{
	for (size_t i = 0; i < NELEM(same); i++) {
		const char *a = jsonx_get_str(r->doc, same[i].record);
		const char *b = decision_get(d, same[i].decision);

		if (a == NULL || b == NULL || strcmp(a, b) != 0)
			return err_set(e, E_INVALID,
			    "record and decision differ in %s", same[i].record);
	}
	return 0;
}

/*
 * The guideline is that of the version in force, or of an earlier one whose
 * criteria still judge what was received under it (criteria_version_at).
 */
static bool
guideline_is_good(
    const char *guideline, const struct scheme *s, const struct scheme_set *all)
{
	const struct scheme *v;

	if (strcmp(guideline, s->profile.guideline) == 0)
		return true;
	if (all == NULL || s->params.criteria_version_at != POLICY_RECEIVED)
		return false;
	for (size_t i = 0; (v = scheme_version_at(all, s->id, i)) != NULL; i++)
		if (strcmp(v->rule_version, s->rule_version) < 0 &&
		    strcmp(v->profile.guideline, guideline) == 0)
			return true;
	return false;
}

/* SIGN-22: of this scheme, its version, its number and its guideline. */
static int
scheme_check(const struct derive_record *r, const struct decision *d,
    const struct scheme *s, const struct scheme_set *all, struct err *e)
{
	const char *version = decision_get(d, "rule_version");
	const char *number = jsonx_get_str(r->doc, "number");
	const char *guideline = jsonx_get_str(r->doc, "guideline");
	size_t prefix = s == NULL ? 0 : strlen(s->number_prefix);

	if (s == NULL)
		return err_set(e, E_INVALID, "the decision names no scheme");
	if (!scheme_number_valid(number) ||
	    strncmp(number, s->number_prefix, prefix) != 0)
		return err_set(
		    e, E_INVALID, "%s is no number of this scheme", number);
	if (version == NULL ||
	    strcmp(version, jsonx_get_str(r->doc, "rule_version")) != 0)
		return err_set(
		    e, E_INVALID, "record and decision differ in rule_version");
	if (!guideline_is_good(guideline, s, all))
		return err_set(
		    e, E_INVALID, "the guideline is not the scheme's");
	return 0;
}

/* Decided before the end, or while the effect goes on (Art. 12(2)). */
static bool
in_time(const struct derive_record *r, const struct derive_before *last)
{
	return last->continued ||
	    jday_cmp(r->certified_on, last->valid_through) <= 0;
}

/* What may come after the last term at all. */
static int
order_check(const struct derive_record *r, const struct scheme *s,
    const struct derive_before *last, struct err *e)
{
	if ((last == NULL ? 0 : last->term) + 1 != r->term)
		return err_set(
		    e, E_INVALID, "the number's next term is another");
	if (last == NULL)
		return 0;
	if (last->ended)
		return err_set(e, E_INVALID, "the certification has ended");
	if (jday_cmp(r->certified_on, last->valid_from) < 0)
		return err_set(
		    e, E_INVALID, "the term before has not begun yet");
	if (!in_time(r, last) && s->params.gap_renewal == POLICY_AS_NEW)
		return err_set(
		    e, E_INVALID, "after its end a number has no next term");
	return 0;
}

/* The term by the calendar, after the last one of this number. */
static int
span_of(struct derive_record *r, const struct scheme *s,
    const struct derive_before *last, struct err *e)
{
	struct term_rule rule = scheme_term_rule(s);
	struct term before = { 0 };

	if (order_check(r, s, last, e) < 0)
		return -1;
	r->chained = last != NULL && s->params.renewal_term == POLICY_CHAINED &&
	    in_time(r, last);
	if (!r->chained) {
		term_first(r->certified_on, &rule, &r->span);
		return 0;
	}
	before.certified_on = last->certified_on;
	before.valid_through = last->valid_through;
	term_next(&before, &rule, &r->span);
	return 0;
}

static int
number_of_term(struct derive_record *r, struct err *e)
{
	struct err why = ERR_INIT;
	uint64_t term;

	if (dec_parse(jsonx_get_str(r->doc, "term"), TERM_MAX, &term, &why) <
		0 ||
	    term == 0)
		return err_set(e, E_INVALID, "term is malformed");
	r->term = (uint32_t)term;
	return 0;
}

/* SIGN-24: valid_from and valid_through as the regulation counts them. */
static int
term_check(struct derive_record *r, const struct scheme *s,
    const struct derive_before *last, struct err *e)
{
	char from[JDAY_TEXT], through[JDAY_TEXT];

	if (span_of(r, s, last, e) < 0)
		return -1;
	jday_format(r->span.starts, from);
	jday_format(r->span.valid_through, through);
	if (strcmp(from, jsonx_get_str(r->doc, "valid_from")) != 0 ||
	    strcmp(through, jsonx_get_str(r->doc, "valid_through")) != 0)
		return err_set(
		    e, E_INVALID, "the calendar gives %s to %s", from, through);
	return 0;
}

/* The record of the term with other names. */
static int
reissue_check(
    struct derive_record *r, const struct derive_before *last, struct err *e)
{
	struct err why = ERR_INIT;

	if (last == NULL || last->record == NULL)
		return err_set(e, E_INVALID, "the number has no such term");
	if (last->ended)
		return err_set(e, E_INVALID, "the certification has ended");
	for (size_t i = 0; i < NELEM(kept); i++) {
		const char *was = jsonx_get_str(last->record, kept[i]);

		if (was == NULL ||
		    strcmp(was, jsonx_get_str(r->doc, kept[i])) != 0)
			return err_set(e, E_INVALID,
			    "a reissue does not change %s", kept[i]);
	}
	if (jday_parse(jsonx_get_str(r->doc, "valid_from"), &r->span.starts,
		&why) < 0 ||
	    jday_parse(jsonx_get_str(r->doc, "valid_through"),
		&r->span.valid_through, &why) < 0)
		return err_set(e, E_INVALID, "record: %s", why.detail);
	r->span.certified_on = r->certified_on;
	r->chained = jday_cmp(r->span.starts, r->certified_on) > 0;
	return 0;
}

int
derive_record_check(struct derive_record *r, const struct decision *d,
    const struct scheme *s, const struct scheme_set *all,
    const struct derive_before *before, struct err *e)
{
	r->reissue = strcmp(decision_get(d, "kind"), "reissue") == 0;
	if (same_check(r, d, e) < 0 || number_of_term(r, e) < 0)
		return -1;
	if (r->reissue)
		return reissue_check(r, before, e);
	if (scheme_check(r, d, s, all, e) < 0)
		return -1;
	return term_check(r, s, before, e);
}
