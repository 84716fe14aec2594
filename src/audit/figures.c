/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AUDIT-42: dates and amounts that an event carries in its data, found out
 * once more from the calendar and the policy.
 */
#include "audit_int.h"

#include <inttypes.h>
#include <string.h>

#include "nintei/jsonx.h"
#include "nintei/term.h"

/* One event and what its data are held against. */
struct look {
	struct audit *a;
	const struct trail *t;
	const struct json *event, *data;
	const struct scheme *scheme;
	int64_t at; /* effective_at */
};

static void
instant_same(
    const struct look *x, const struct json *in, const char *key, int64_t want)
{
	char text[INSTANT_TEXT];

	audit_same(x->a, AUDIT_R42, key, instant_format(want, text),
	    jsonx_get_str(in, key));
}

static int64_t
end_after(const struct look *x, int64_t days)
{
	return instant_of_jday(
	    jday_add_days(jday_of_instant(x->at), (int)days + 1));
}

static int64_t
received_at(const struct look *x)
{
	const char *text = jsonx_get_str(x->data, "received_at");
	struct err why = ERR_INIT;
	int64_t t;

	return text != NULL && instant_parse(text, &t, &why) == 0 ? t : x->at;
}

/* Members of the association pay less; who is one, a document says. */
static void
fee_judge(const struct look *x)
{
	const struct json *fee = jsonx_get(x->data, "fee");
	const char *word = jsonx_get_str(x->data, "kind");
	enum dossier_kind kind = dossier_kind_parse(word == NULL ? "" : word);
	int64_t have = jsonx_get_int(fee, "amount", -1);
	int64_t others = 0, members = 0;
	struct jday day = jday_of_instant(received_at(x));

	if (kind != DOSSIER_NEW && kind != DOSSIER_RENEWAL)
		audit_say(x->a, AUDIT_R42, "a kind of application", "%.40s",
		    word == NULL ? "-" : word);
	else if ((kind == DOSSIER_RENEWAL) !=
	    (jsonx_get(x->data, "base") != NULL))
		audit_say(
		    x->a, AUDIT_R42, "of a renewal its base", "%.40s", word);
	scheme_fee_at(x->scheme, kind, false, day, &others);
	scheme_fee_at(x->scheme, kind, true, day, &members);
	if (have != others && have != members) {
		CLEANUP(freep)
		char *want = xasprintf(
		    "a fee of %" PRId64 " or %" PRId64 " yen", others, members);

		audit_say(x->a, AUDIT_R42, want, "%" PRId64, have);
	}
	instant_same(
	    x, fee, "due_at", end_after(x, x->scheme->params.fee_due_days));
}

/* A grade is one of four words. */
static void
existence_grade_judge(const struct look *x)
{
	static const char *const grades[] = { "none", "weak", "medium",
		"strong" };
	const struct json *e = jsonx_get(x->data, "existence");
	const char *grade = jsonx_get_str(e, "grade");

	for (size_t i = 0; grade != NULL && i < NELEM(grades); i++)
		if (strcmp(grades[i], grade) == 0)
			return;
	if (e != NULL)
		audit_say(x->a, AUDIT_R42, "a grade of existence", "%.20s",
		    grade == NULL ? "" : grade);
}

/* A refused bundle gives days for the correction; another does not. */
static void
bundle_judge(const struct look *x)
{
	const struct json *bundle = jsonx_get(x->data, "bundle");
	const char *due = jsonx_get_str(x->data, "correction_due_at");
	bool part = event_step(x->event, "application", "submit_paper_part") ==
	    x->event;
	bool refused = part || !intake_is_safe(x->event);

	existence_grade_judge(x);
	if (jsonx_get_int(bundle, "instance", 0) != x->t->d->bundles + 1)
		audit_say(x->a, AUDIT_R42, "the next bundle of the case",
		    "bundle.instance is another");
	if (refused)
		instant_same(x, x->data, "correction_due_at",
		    end_after(x, x->scheme->params.correction_days));
	else if (due != NULL)
		audit_say(x->a, AUDIT_R42, "no correction_due_at", "%s", due);
}

static void
submit_judge(const struct look *x)
{
	instant_same(x, x->data, "received_at", x->at);
	fee_judge(x);
	bundle_judge(x);
}

/* When it came, paper.c says. */
static void
post_judge(const struct look *x)
{
	fee_judge(x);
	bundle_judge(x);
}

/* The secretariat may name a day; else it is the policy's. */
static void
correction_judge(const struct look *x)
{
	const char *named = jsonx_get_str(x->data, "due");
	int64_t want = end_after(x, x->scheme->params.correction_days);
	struct err why = ERR_INIT;
	struct jday day;

	if (named != NULL && jday_parse(named, &day, &why) == 0)
		want = instant_of_jday(jday_add_days(day, 1));
	instant_same(x, x->data, "correction_due_at", want);
	if (want <= x->at)
		audit_say(x->a, AUDIT_R42, "a day to come", "%s", named);
}

static void
payment_judge(const struct look *x)
{
	const char *on = jsonx_get_str(x->data, "paid_on");
	struct err why = ERR_INIT;
	struct jday day;

	if (jsonx_get_int(x->data, "amount", 0) <= 0)
		audit_say(x->a, AUDIT_R42, "an amount above zero", "%" PRId64,
		    jsonx_get_int(x->data, "amount", 0));
	if (on == NULL || jday_parse(on, &day, &why) < 0 ||
	    jday_cmp(day, jday_of_instant(x->at)) > 0)
		audit_say(x->a, AUDIT_R42, "a day of payment gone by", "%.40s",
		    on == NULL ? "-" : on);
}

/* What is done to a decision names it. */
static void
decision_named(const struct look *x)
{
	audit_same(x->a, AUDIT_R42, "decision_id",
	    jsonx_get_str(x->event, "instance"),
	    jsonx_get_str(x->event, "decision_id"));
}

static const struct {
	const char *machine, *event;
	void (*judge)(const struct look *x);
} acts[] = {
	{ "application", "submit", submit_judge },
	{ "application", "submit_paper", post_judge },
	{ "application", "submit_paper_part", post_judge },
	{ "application", "resubmit", bundle_judge },
	{ "application", "request_correction", correction_judge },
	{ "fee", "pay", payment_judge },
	{ "fee", "pay_part", payment_judge },
	{ "decision", "freeze", decision_named },
	{ "decision", "sign", decision_named },
	{ "decision", "object", decision_named },
};

void
figures_judge(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	struct look x = { a, t, j, jsonx_get(j, "data"), policy_of(a, t),
		event_instant(a->it, "effective_at") };

	for (size_t i = 0; i < NELEM(acts); i++)
		if (strcmp(acts[i].machine, jsonx_get_str(j, "machine")) == 0 &&
		    strcmp(acts[i].event, jsonx_get_str(j, "event")) == 0 &&
		    (x.scheme != NULL || acts[i].judge == decision_named))
			acts[i].judge(&x);
}
