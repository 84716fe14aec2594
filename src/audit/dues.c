/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AUDIT-42 for what runs on: due dates by the policy or as named, days that
 * have gone by, what a word repeats of the decision that it carries out.
 */
#include "audit_int.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "nintei/jsonx.h"

/* One event and what its data are held against. */
struct look {
	struct audit *a;
	const struct trail *t;
	const struct json *event, *data;
	const struct params *params; /* NULL: no scheme */
	int64_t at, recorded;
};

static bool
is_act(const struct look *x, const char *machine, const char *event)
{
	return strcmp(jsonx_get_str(x->event, "machine"), machine) == 0 &&
	    (strcmp(event, "*") == 0 ||
		strcmp(jsonx_get_str(x->event, "event"), event) == 0);
}

/* --- due dates --- */

#define DAYS(key) offsetof(struct params, key)
static const struct due {
	const char *machine, *event;
	const char *named; /* a day that the actor may name, or NULL */
	const char *due; /* the instant that follows */
	size_t days; /* of the policy */
	const char *with; /* only with this effect, or NULL */
} dues[] = {
	{ "compliance", "inquire", "due_on", "inquiry_due_at",
	    DAYS(inquiry_due_days), NULL },
	{ "compliance", "judge_insufficient", "due_on", "inquiry_due_at",
	    DAYS(inquiry_due_days), NULL },
	{ "compliance", "propose_revocation", "answer_due_on", "answer_due_at",
	    DAYS(answer_days), NULL },
	{ "change_notice", "record", "due_on", "inquiry_due_at",
	    DAYS(inquiry_due_days), "inquire" },
	{ "mark", "misuse_found", "due_on", "inquiry_due_at",
	    DAYS(inquiry_due_days), "inquire" },
	{ "emergency", "notify", "due_on", "progress_due_at",
	    DAYS(progress_due_days), NULL },
	{ "emergency", "progress", "due_on", "progress_due_at",
	    DAYS(progress_due_days), NULL },
	{ "ticket", "answer", NULL, "close_at", DAYS(ticket_close_days), NULL },
};

static int64_t
days_of(const struct params *p, size_t offset)
{
	int64_t days;

	memcpy(&days, (const char *)p + offset, sizeof(days));
	return days;
}

/* 24:00 of the day so many days after an instant's. */
static const char *
end_after(int64_t at, int64_t days, char out[INSTANT_TEXT])
{
	return instant_format(
	    instant_of_jday(jday_add_days(jday_of_instant(at), (int)days + 1)),
	    out);
}

/* An act and its record may lie on two sides of midnight. */
static bool
is_policy_due(const struct look *x, const char *have, int64_t days)
{
	char text[INSTANT_TEXT];

	return have != NULL &&
	    (strcmp(have, end_after(x->at, days, text)) == 0 ||
		strcmp(have, end_after(x->recorded, days, text)) == 0);
}

static void
due_judge(const struct look *x, const struct due *d)
{
	const char *named =
	    d->named == NULL ? NULL : jsonx_get_str(x->data, d->named);
	const char *have = jsonx_get_str(x->data, d->due);
	int64_t days = days_of(x->params, d->days);
	char want[INSTANT_TEXT];
	struct err why = ERR_INIT;
	struct jday day;

	if (d->with != NULL &&
	    event_step(x->event, "compliance", d->with) == NULL) {
		if (have != NULL)
			audit_say(x->a, AUDIT_R42, "no due date", "%.40s %.40s",
			    d->due, have);
		return;
	}
	if (named != NULL && jday_parse(named, &day, &why) == 0)
		audit_same(x->a, AUDIT_R42, d->due,
		    instant_format(
			instant_of_jday(jday_add_days(day, 1)), want),
		    have);
	else if (!is_policy_due(x, have, days))
		audit_same(x->a, AUDIT_R42, d->due,
		    end_after(x->at, days, want), have);
}

/* What silence means is the policy's. */
static void
silence_judge(const struct look *x)
{
	const struct json *said = jsonx_get(x->data, "silence_counts");
	bool inquires = event_step(x->event, "compliance", "inquire") != NULL;

	if (inquires != (said != NULL) ||
	    (inquires &&
		jsonx_get_bool(x->data, "silence_counts", false) !=
		    x->params->silence_is_insufficient))
		audit_say(
		    x->a, AUDIT_R42, "silence_counts by the policy", "another");
}

static void
dues_look(const struct look *x)
{
	for (size_t i = 0; i < NELEM(dues); i++)
		if (is_act(x, dues[i].machine, dues[i].event))
			due_judge(x, &dues[i]);
	if (is_act(x, "compliance", "inquire") ||
	    is_act(x, "change_notice", "record") ||
	    is_act(x, "mark", "misuse_found"))
		silence_judge(x);
}

/* --- days and instants gone by --- */

static const struct {
	const char *machine, *event, *member;
} gone[] = {
	{ "succession", "*", "event_day" },
	{ "succession", "report", "known_on" },
	{ "compliance", "survey_done", "surveyed_on" },
	{ "compliance", "survey_refused", "refused_on" },
	{ "mark", "misuse_found", "seen_on" },
	{ "paper", "returned", "received_on" },
	{ "paper", "loss_declared", "lost_on" },
	{ "notice", "dispatch_paper", "sent_on" },
	{ "notice", "posted_proof", "delivered_on" },
	{ "emergency", "notify", "occurred_at" },
	{ "emergency", "notify", "discovered_at" },
	{ "emergency", "notify", "called_at" },
	{ "emergency", "notify", "notified_at" },
	{ "emergency", "discovered_by_body", "discovered_at" },
	{ "disclosure", "disclose", "disclosed_at" },
	{ "application", "submit_paper", "received_at" },
	{ "application", "submit_paper", "postmark" },
	{ "application", "submit_paper_part", "received_at" },
	{ "application", "submit_paper_part", "postmark" },
};

/* A day begins at its 00:00. */
static bool
lies_ahead(const char *text, int64_t now)
{
	struct err why = ERR_INIT;
	struct jday day;
	int64_t at;

	if (jday_parse(text, &day, &why) == 0)
		return instant_of_jday(day) > now;
	return instant_parse(text, &at, &why) == 0 && at > now;
}

static void
gone_look(const struct look *x)
{
	for (size_t i = 0; i < NELEM(gone); i++) {
		const char *text;

		if (!is_act(x, gone[i].machine, gone[i].event))
			continue;
		text = jsonx_get_str(x->data, gone[i].member);
		if (text != NULL && lies_ahead(text, x->recorded))
			audit_say(x->a, AUDIT_R42, "a day gone by",
			    "%.40s %.40s", gone[i].member, text);
	}
}

/* --- what the executed decision says --- */

/* Members that a word repeats of its decision's detail. */
static const struct {
	const char *machine, *event, *member, *detail;
	bool day_end; /* the instant at which that day is over */
} repeats[] = {
	{ "compliance", "demand_survey", "survey_on", "survey_on", false },
	{ "compliance", "request_improvement", "improvement_due_at", "due_on",
	    true },
	{ "compliance", "extend", "improvement_due_at", "due_on", true },
	{ "succession", "confirm", "event_day", "day", false },
	{ "withholding", "grant", "review_on", "review_on", false },
	{ "delegation", "conclude", "delegate", "delegate", false },
	{ "delegation", "conclude", "name", "name", false },
	{ "delegation", "conclude", "contract", "contract", false },
	{ "delegation", "conclude", "knowledge", "knowledge", false },
};

static void
repeat_judge(const struct look *x, size_t i, const struct json *detail)
{
	const char *have = jsonx_get_str(x->data, repeats[i].member);
	const char *want = jsonx_get_str(detail, repeats[i].detail);
	char text[INSTANT_TEXT];
	struct err why = ERR_INIT;
	struct jday day;

	if (repeats[i].day_end && want != NULL &&
	    jday_parse(want, &day, &why) == 0)
		want = instant_format(
		    instant_of_jday(jday_add_days(day, 1)), text);
	if (have != NULL || want != NULL)
		audit_same(x->a, AUDIT_R42, repeats[i].member, want, have);
}

static void
repeats_look(const struct look *x)
{
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	const struct paper *p =
	    trail_paper(x->t, jsonx_get_str(x->event, "decision_id"));
	struct err why = ERR_INIT;

	for (size_t i = 0; i < NELEM(repeats); i++) {
		if (!is_act(x, repeats[i].machine, repeats[i].event))
			continue;
		if (p == NULL ||
		    (detail == NULL &&
			jsonx_parse_canonical(buf_slice(&p->detail),
			    LIMIT_DECISION_BYTES, &detail, &why) < 0)) {
			audit_say(x->a, AUDIT_R42, "a decision with a detail",
			    "none");
			return;
		}
		repeat_judge(x, i, detail);
	}
}

/* The day of a revocation is that on which it is carried out. */
static void
revoked_look(const struct look *x)
{
	const char *have = jsonx_get_str(x->data, "revoked_on");
	char day[JDAY_TEXT];

	if (have != NULL)
		audit_same(x->a, AUDIT_R42, "revoked_on",
		    jday_format(jday_of_instant(x->at), day), have);
}

/* Above the fee: to be given back (Art. 5 speaks of the fee alone). */
static void
excess_look(const struct look *x)
{
	const struct dossier *d = x->t->d;
	int64_t paid = jsonx_get_int(x->data, "amount", 0);
	int64_t over = d->fee_received + paid - d->fee_amount;
	int64_t have = jsonx_get_int(x->data, "excess", over);

	if (is_act(x, "fee", "pay") && have != over)
		audit_say(x->a, AUDIT_R42, "what is above the fee",
		    "excess %" PRId64, have);
}

void
dues_judge(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	const struct scheme *s = policy_of(a, t);
	struct look x = { .a = a,
		.t = t,
		.event = j,
		.data = jsonx_get(j, "data"),
		.params = s == NULL ? NULL : &s->params,
		.at = event_instant(a->it, "effective_at"),
		.recorded = event_instant(a->it, "recorded_at") };

	if (x.params != NULL)
		dues_look(&x);
	gone_look(&x);
	repeats_look(&x);
	revoked_look(&x);
	excess_look(&x);
}
