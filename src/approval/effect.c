/* SPDX-License-Identifier: Apache-2.0 */
/* Details of decisions that end a certification: written, and read again. */
#include "nintei/detail.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/limits.h"

#define CORPORATE_DIGITS 13

static const struct json_field lapse_fields[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "event", JSON_KIND_STRING, true },
	{ "day", JSON_KIND_STRING, true },
	{ "operator_changed", JSON_KIND_STRING, true },
	{ "successor", JSON_KIND_STRING, false },
};
static const struct json_field termination_fields[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "last_day", JSON_KIND_STRING, true },
};

/* Article 9(2): each hands the service over, but for who survives a merger. */
static const struct {
	const char *word;
	bool may_stay;
} lapse_events[] = {
	{ "business_transfer", false },
	{ "merger", true },
	{ "company_split", false },
	{ "inheritance", false },
};

static int
lapse_check(const struct detail_lapse *f, struct err *e)
{
	size_t n = strlen(f->successor);

	if (n != 0 &&
	    (n != CORPORATE_DIGITS || strspn(f->successor, "0123456789") != n))
		return err_set(
		    e, E_INPUT, "detail: successor is no corporate number");
	for (size_t i = 0; i < NELEM(lapse_events); i++) {
		if (strcmp(lapse_events[i].word, f->event) != 0)
			continue;
		if (f->operator_changed || lapse_events[i].may_stay)
			return 0;
		return err_set(
		    e, E_INPUT, "detail: %s changes the operator", f->event);
	}
	return err_set(e, E_INPUT, "detail: event is not one of Art. 9(2)");
}

int
detail_lapse_build(const struct detail_lapse *f, struct buf *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	char day[JDAY_TEXT];

	if (lapse_check(f, e) < 0)
		return -1;
	jsonx_set_str(j, "schema", DETAIL_LAPSE);
	jsonx_set_str(j, "event", f->event);
	jsonx_set_str(j, "day", jday_format(f->day, day));
	jsonx_set_str(
	    j, "operator_changed", f->operator_changed ? "true" : "false");
	if (f->successor[0] != '\0')
		jsonx_set_str(j, "successor", f->successor);
	jsonx_canonical(j, out);
	return 0;
}

static int
detail_open(struct slice bytes, const char *schema,
    const struct json_field *fields, size_t n, struct json **out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;

	if (jsonx_parse_canonical(bytes, LIMIT_DECISION_BYTES, &j, e) < 0 ||
	    jsonx_shape(j, fields, n, e) < 0)
		return err_wrap(e, "detail");
	if (strcmp(jsonx_get_str(j, "schema"), schema) != 0)
		return err_set(e, E_INPUT, "detail: want %s", schema);
	*out = TAKE(j);
	return 0;
}

/* "true" or "false": a decision's rest holds nothing but texts. */
static int
truth_read(const char *text, bool *out, struct err *e)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return err_set(
		    e, E_INPUT, "detail: operator_changed is true or false");
	*out = text[0] == 't';
	return 0;
}

int
detail_lapse_read(struct slice bytes, struct detail_lapse *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct detail_lapse f = { 0 };
	const char *successor;

	if (detail_open(bytes, DETAIL_LAPSE, lapse_fields, NELEM(lapse_fields),
		&j, e) < 0 ||
	    jday_parse(jsonx_get_str(j, "day"), &f.day, e) < 0 ||
	    truth_read(jsonx_get_str(j, "operator_changed"),
		&f.operator_changed, e) < 0)
		return -1;
	successor = jsonx_get_str(j, "successor");
	if (strlen(jsonx_get_str(j, "event")) >= sizeof(f.event) ||
	    (successor != NULL && strlen(successor) != CORPORATE_DIGITS))
		return err_set(e, E_INPUT, "detail: a member is malformed");
	snprintf(f.event, sizeof(f.event), "%s", jsonx_get_str(j, "event"));
	if (successor != NULL)
		snprintf(f.successor, sizeof(f.successor), "%s", successor);
	if (lapse_check(&f, e) < 0)
		return -1;
	*out = f;
	return 0;
}

void
detail_termination_build(const struct detail_termination *f, struct buf *out)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	char day[JDAY_TEXT];

	jsonx_set_str(j, "schema", DETAIL_TERMINATION);
	jsonx_set_str(j, "last_day", jday_format(f->last_day, day));
	jsonx_canonical(j, out);
}

int
detail_termination_read(
    struct slice bytes, struct detail_termination *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;

	if (detail_open(bytes, DETAIL_TERMINATION, termination_fields,
		NELEM(termination_fields), &j, e) < 0)
		return -1;
	return jday_parse(jsonx_get_str(j, "last_day"), &out->last_day, e);
}

bool
detail_is_of(const struct decision *d, struct slice bytes)
{
	const char *want = decision_get(d, "detail");
	char have[SHA256_HEX];

	decision_detail_hex(bytes, have);
	return want != NULL && strcmp(have, want) == 0;
}
