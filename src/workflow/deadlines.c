/* SPDX-License-Identifier: Apache-2.0 */
/* Everything awaited: dates of the records, of the calendar, reminders. */
#include "workflow_int.h"

#include <stdio.h>

/* One date; instance NULL: none is named. */
struct awaited {
	struct jday day;
	const char *what, *article, *whom, *instance;
};

struct list {
	struct awaited *items;
	size_t n;
};

static void
put(struct list *l, struct jday day, const char *what, const char *article,
    enum flow_role whom)
{
	l->items = xrealloc(l->items, l->n + 1, sizeof(*l->items));
	l->items[l->n++] =
	    (struct awaited){ day, what, article, role_name(whom), NULL };
}

static void
put_of(struct list *l, const char *instance)
{
	if (l->n > 0)
		l->items[l->n - 1].instance = instance;
}

/* By an instant: the last day that lies wholly before it; 0: nothing. */
static bool
put_until(struct list *l, int64_t at, const char *what, const char *article,
    enum flow_role whom)
{
	if (at == 0)
		return false;
	put(l, jday_of_instant(at - 1), what, article, whom);
	return true;
}

static bool
put_day(struct list *l, const char *text, const char *what, const char *article,
    enum flow_role whom)
{
	struct err e = ERR_INIT;
	struct jday day;

	if (jday_parse(text, &day, &e) < 0)
		return false;
	put(l, day, what, article, whom);
	return true;
}

/* --- what the records alone say --- */

static void
list_application(const struct dossier *d, struct list *l)
{
	if (dossier_state(d, M_FEE, "1") == S_FEE_DUE)
		put_until(l, d->fee_due_at, "fee_due", "5(1)", ROLE_APPLICANT);
	if (dossier_state(d, M_APPLICATION, "1") == S_APP_CORRECTING)
		put_until(l, d->correction_due_at, "correction_due", "4(1)",
		    ROLE_APPLICANT);
	for (size_t i = 0; i < d->n_decisions; i++) {
		const struct dossier_decision *dec = &d->decisions[i];
		enum state s = dossier_state(d, M_DECISION, dec->id);

		if ((s == S_DEC_OPEN || s == S_DEC_APPROVED) &&
		    put_until(l, dec->expires_at, "decision_expires", "",
			ROLE_OFFICER))
			put_of(l, dec->id);
	}
}

static void
list_compliance(const struct dossier *d, struct list *l)
{
	const struct dossier_compliance *c = &d->compliance;

	put_until(l, c->inquiry_due_at, "inquiry_due", "15(1)", ROLE_APPLICANT);
	put_until(l, c->improvement_due_at, "improvement_due", "16(1)",
	    ROLE_APPLICANT);
	put_until(l, c->answer_due_at, "hearing_due", "17(1)", ROLE_APPLICANT);
	for (size_t i = 0; i < d->n_emergencies; i++)
		if (put_until(l, d->emergencies[i].progress_due_at,
			"progress_due", "14", ROLE_APPLICANT))
			put_of(l, d->emergencies[i].instance);
}

static void
list_certified(const struct dossier *d, struct list *l)
{
	if (dossier_in_force(d))
		put_day(l, d->certification.valid_through, "valid_through",
		    "9(1)", ROLE_APPLICANT);
	for (size_t i = 0; i < d->n_terminations; i++) {
		const struct dossier_termination *t = &d->terminations[i];

		if (!state_is_final(
			dossier_state(d, M_TERMINATION, t->instance)) &&
		    put_day(l, t->last_day, "last_day_of_service", "13(2)",
			ROLE_APPLICANT))
			put_of(l, t->instance);
	}
	for (size_t i = 0; i < d->n_artefacts; i++) {
		const struct dossier_artefact *a = &d->artefacts[i];
		enum state s = dossier_state(d, M_ARTEFACT, a->instance);

		if (a->continuation &&
		    (s == S_ART_SIGNED || s == S_ART_DELIVERED) &&
		    put_until(l, a->not_after + 1, "continuation_certificate",
			"12(2)", ROLE_SYSTEM))
			put_of(l, a->instance);
	}
}

static void
list_body(const struct dossier *d, struct list *l)
{
	for (size_t i = 0; i < d->n_notices; i++)
		if (put_until(l, d->notices[i].unread_at, "notice_unread",
			"6(4),17(2)", ROLE_SECRETARIAT))
			put_of(l, d->notices[i].instance);
	for (size_t i = 0; i < d->n_rules; i++) {
		const struct dossier_rules *r = &d->rules[i];

		if (dossier_state(d, M_RULES, r->instance) ==
			S_RULES_ANNOUNCED &&
		    put_day(l, r->effective_from, "rules_effective", "22(2)",
			ROLE_SECRETARIAT))
			put_of(l, r->instance);
	}
	put_until(
	    l, d->ticket_close_at, "ticket_close", "18", ROLE_SECRETARIAT);
}

static void
list_records(const struct dossier *d, struct list *l)
{
	list_application(d, l);
	list_compliance(d, l);
	list_certified(d, l);
	list_body(d, l);
}

/* --- what the policy computes --- */

/* REGULATION 6.1; a reminder falls away when its matter is settled. */
enum need {
	NEED_RENEWAL, /* no renewal is pending */
	NEED_DECISION /* one is pending, and no continuation */
};
static const struct {
	int days; /* after D */
	const char *what, *article;
	enum need need;
	enum flow_role whom;
} reminders[] = {
	{ -120, "renewal_reminder", "12(1)", NEED_RENEWAL, ROLE_APPLICANT },
	{ -75, "renewal_reminder", "12(1)", NEED_RENEWAL, ROLE_APPLICANT },
	{ -60, "renewal_reminder", "12(1)", NEED_RENEWAL, ROLE_APPLICANT },
	{ -45, "renewal_reminder", "12(1)", NEED_RENEWAL, ROLE_APPLICANT },
	{ -35, "renewal_reminder", "12(1)", NEED_RENEWAL, ROLE_APPLICANT },
	{ -31, "renewal_reminder", "12(1)", NEED_RENEWAL, ROLE_APPLICANT },
	{ -30, "renewal_reminder", "12(1)", NEED_RENEWAL, ROLE_APPLICANT },
	{ -29, "renewal_window_closed", "12(1)", NEED_RENEWAL, ROLE_APPLICANT },
	{ -14, "continuation_alarm", "12(2)", NEED_DECISION, ROLE_OFFICER },
	{ 0, "last_day_of_term", "9(1)", NEED_RENEWAL, ROLE_APPLICANT },
	{ 1, "term_over", "9(1),11(3)", NEED_RENEWAL, ROLE_SECRETARIAT },
};

static void
list_window(
    const struct dossier *d, const struct flow_facts *facts, struct list *l)
{
	bool pending =
	    facts->pending_renewal != NULL && facts->pending_renewal[0] != '\0';
	struct term_rule rule = scheme_term_rule(facts->scheme);
	struct err e = ERR_INIT;
	struct jday last;
	struct term t;

	if (dossier_state(d, M_CERTIFICATION, "1") != S_CERT_VALID ||
	    guard_is(d, M_CERTIFICATION, FLAG_NEXT_TERM) ||
	    jday_parse(d->certification.valid_through, &last, &e) < 0)
		return;
	term_window(last, &rule, &t);
	put(l, t.window_opens, "renewal_opens", "12(1)", ROLE_APPLICANT);
	put(l, t.window_closes, "renewal_closes", "12(1)", ROLE_APPLICANT);
	for (size_t i = 0; i < NELEM(reminders); i++) {
		bool wanted = reminders[i].need == NEED_RENEWAL ? !pending
								: pending &&
			!guard_is(d, M_CERTIFICATION, FLAG_CONTINUATION);

		if (wanted)
			put(l, jday_add_days(last, reminders[i].days),
			    reminders[i].what, reminders[i].article,
			    reminders[i].whom);
	}
}

/* The article of a paper that is due, and since when; 0: none is due. */
static int64_t
paper_since(const struct dossier *d, const char **out_article)
{
	*out_article = "10(8)";
	if (dossier_state(d, M_CERTIFICATION, "1") == S_CERT_REVOKED)
		return d->certification.ended_recorded_at;
	*out_article = "13(3)";
	return d->n_terminations == 0
	    ? 0
	    : d->terminations[d->n_terminations - 1].filed_at;
}

/* Targets, never limits: the text has no numbers (REGULATION 4). */
static void
list_targets(const struct dossier *d, const struct params *p, struct list *l)
{
	const char *article;
	int64_t since = paper_since(d, &article);
	bool revoked = strcmp(article, "10(8)") == 0;

	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];

		if (m->state == S_PAPER_DUE && since != 0) {
			put(l,
			    business_day_after(jday_of_instant(since),
				revoked ? p->target_days_immediately
					: p->target_days_without_delay),
			    "paper_return_target", article, ROLE_APPLICANT);
			put_of(l, m->instance);
		}
		if (m->state == S_MARK_STOPPING &&
		    d->certification.ended_recorded_at != 0)
			put(l,
			    business_day_after(
				jday_of_instant(
				    d->certification.ended_recorded_at),
				p->target_days_promptly),
			    "mark_stop_target", "10(6)", ROLE_APPLICANT);
	}
}

/* --- as JSON --- */

static int
by_day(const void *a, const void *b)
{
	const struct awaited *x = a, *y = b;
	int by = jday_cmp(x->day, y->day);

	return by != 0 ? by : strcmp(x->what, y->what);
}

static struct json *
list_json(struct list *l)
{
	struct json *array = jsonx_array();

	if (l->n > 1)
		qsort(l->items, l->n, sizeof(*l->items), by_day);
	for (size_t i = 0; i < l->n; i++) {
		struct json *j = jsonx_object();
		char text[JDAY_TEXT];

		jsonx_set_str(j, "date", jday_format(l->items[i].day, text));
		jsonx_set_str(j, "what", l->items[i].what);
		jsonx_set_str(j, "article", l->items[i].article);
		jsonx_set_str(j, "for", l->items[i].whom);
		if (l->items[i].instance != NULL)
			jsonx_set_str(j, "instance", l->items[i].instance);
		jsonx_add(array, j);
	}
	free(l->items);
	return array;
}

struct json *
dossier_deadlines(const struct dossier *d)
{
	struct list l = { 0 };

	list_records(d, &l);
	return list_json(&l);
}

struct json *
flow_deadlines(const struct dossier *d, const struct flow_facts *facts)
{
	struct list l = { 0 };
	struct params p;

	guard_policy(facts, &p);
	list_records(d, &l);
	if (facts->scheme != NULL)
		list_window(d, facts, &l);
	list_targets(d, &p, &l);
	return list_json(&l);
}
