/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a case: dates, open acts, notices; committee and body. */
#include "support/schemes.h"
#include "support/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/instant.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct scheme_set *schemes;

static void
setup(void)
{
	schemes_shipped(&schemes);
}

static void
begin_new(struct world *w)
{
	world_init(w, scheme_find(schemes, "iaas-paas-iot"),
	    "2026-07-01T14:00:00+09:00");
	ck_ok(world_submit(w, false, NULL), &w->e);
}

static void
begin(struct world *w)
{
	begin_new(w);
	world_certify(w, false);
}

/* --- dates --- */

static bool
awaits(const struct world *w, const char *what, const char *date)
{
	struct flow_facts f = w->facts;
	CLEANUP(jsonx_freep) struct json *list = NULL;

	f.pending_renewal = w->renewal == NULL ? NULL : w->renewal->id;
	list = flow_deadlines(w->base, &f);
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (strcmp(jsonx_get_str(jsonx_at(list, i), "what"), what) ==
			0 &&
		    strcmp(jsonx_get_str(jsonx_at(list, i), "date"), date) == 0)
			return true;
	return false;
}

START_TEST(the_window_and_its_reminders_are_computed)
{
	static const char *const days[] = { "2028-03-03", "2028-04-17",
		"2028-05-02", "2028-05-17", "2028-05-27", "2028-05-31",
		"2028-06-01" };
	struct world w;

	begin(&w);
	ck_assert(awaits(&w, "renewal_opens", "2028-05-02"));
	ck_assert(awaits(&w, "renewal_closes", "2028-06-01"));
	ck_assert(awaits(&w, "renewal_window_closed", "2028-06-02"));
	ck_assert(awaits(&w, "last_day_of_term", "2028-07-01"));
	ck_assert(awaits(&w, "term_over", "2028-07-02"));
	for (size_t i = 0; i < NELEM(days); i++)
		ck_assert_msg(
		    awaits(&w, "renewal_reminder", days[i]), "%s", days[i]);
	ck_assert(!awaits(&w, "continuation_alarm", "2028-06-17"));
	world_wait(&w, "2028-05-10T10:00:00+09:00");
	ck_ok(world_submit(&w, true, NULL), &w.e);
	ck_assert(awaits(&w, "continuation_alarm", "2028-06-17"));
	ck_assert(!awaits(&w, "renewal_reminder", "2028-05-17"));
	ck_ok(world_decide(&w, false, "continuation", NULL, NULL, NULL), &w.e);
	ck_assert(!awaits(&w, "continuation_alarm", "2028-06-17"));
	world_done(&w);
}
END_TEST

START_TEST(what_is_due_is_awaited_until_it_is_done)
{
	struct world w;

	begin(&w);
	world_must(&w, M_COMPLIANCE, "inquire", ROLE_SECRETARIAT,
	    "{\"inquiry_due_at\":\"2026-07-16T00:00:00+09:00\"}");
	ck_assert(awaits(&w, "inquiry_due", "2026-07-15"));
	world_must(&w, M_COMPLIANCE, "answer", ROLE_APPLICANT, NULL);
	ck_assert(!awaits(&w, "inquiry_due", "2026-07-15"));
	world_must(&w, M_EMERGENCY, "notify", ROLE_APPLICANT,
	    "{\"progress_due_at\":\"2026-07-09T00:00:00+09:00\"}");
	ck_assert(awaits(&w, "progress_due", "2026-07-08"));
	world_must(&w, M_TERMINATION, "file_without_paper", ROLE_APPLICANT,
	    "{\"last_day\":\"2027-03-31\"}");
	ck_assert(awaits(&w, "last_day_of_service", "2027-03-31"));
	/* Filed on Wednesday 2026-07-01: seven business days. */
	ck_assert(awaits(&w, "paper_return_target", "2026-07-10"));
	world_done(&w);
}
END_TEST

static const struct {
	int year, month, day;
	bool open;
} business[] = {
	{ 2026, 7, 1, true },
	{ 2026, 7, 4, false }, /* Saturday */
	{ 2026, 7, 5, false }, /* Sunday */
	{ 2026, 7, 20, false }, /* third Monday of July */
	{ 2026, 5, 6, false }, /* for the holiday of Sunday, May 3 */
	{ 2026, 5, 7, true },
	{ 2026, 9, 21, false }, /* third Monday of September */
	{ 2026, 9, 22, false }, /* between two holidays */
	{ 2026, 9, 23, false }, /* equinox */
	{ 2026, 9, 24, true },
	{ 2027, 3, 22, false }, /* for the equinox of Sunday, March 21 */
	{ 2026, 12, 28, true },
	{ 2026, 12, 29, false },
	{ 2027, 1, 4, true },
};

START_TEST(business_days_are_those_of_japan)
{
	struct jday d;

	ck_assert(jday_of_civil(
	    business[_i].year, business[_i].month, business[_i].day, &d));
	ck_assert(business_day(d) == business[_i].open);
}
END_TEST

/* --- what is open --- */

struct offered {
	const char *event;
	enum machine machine;
	bool found, holds;
	enum guard failed;
};

static bool
offered_fn(const struct flow_option *o, void *arg)
{
	struct offered *want = arg;

	ck_assert((o->row->roles & ~(unsigned)ROLE_SYSTEM) != 0);
	if (o->row->machine != want->machine ||
	    strcmp(o->row->event, want->event) != 0)
		return true;
	want->found = true;
	want->holds = o->n_failed == 0;
	want->failed = o->n_failed == 0 ? G_NONE : o->failed[0];
	return false;
}

static struct offered
offered(const struct world *w, enum machine m, const char *event)
{
	struct offered want = { .event = event, .machine = m };

	flow_possible(w->base, &w->facts, w->now, offered_fn, &want);
	return want;
}

START_TEST(open_acts_are_listed_with_what_they_wait_for)
{
	struct world w;
	struct offered o;

	begin_new(&w);
	o = offered(&w, M_APPLICATION, "accept");
	ck_assert(o.found && !o.holds && o.failed == G_FEE_PAID);
	ck_assert(!offered(&w, M_APPLICATION, "propose_certify").found);
	ck_assert(!offered(&w, M_FEE, "due_passed").found);
	ck_assert(!offered(&w, M_EMERGENCY, "notify").found);
	o = offered(&w, M_FEE, "pay");
	ck_assert(o.found && o.holds); /* it hangs on the amount */
	world_certify(&w, false);
	ck_assert(offered(&w, M_EMERGENCY, "notify").holds);
	o = offered(&w, M_CERTIFICATION, "continue_effect");
	ck_assert(o.found && o.failed == G_RENEWAL_PENDING);
	world_done(&w);
}
END_TEST

/* --- notices --- */

START_TEST(acts_queue_the_notices_that_articles_ask_for)
{
	struct world w;
	const struct flow_notice *n;

	begin(&w);
	ck_ok(world_decide(&w, false, "revoke", NULL, NULL, "1"), &w.e);
	{
		char pdf[40], paper[40];

		snprintf(pdf, sizeof(pdf), "revocation_pdf-%lld",
		    (long long)w.base->seq);
		snprintf(paper, sizeof(paper), "revocation_paper-%lld",
		    (long long)w.base->seq);
		ck_assert_int_eq(
		    dossier_state(w.base, M_NOTICE, pdf), S_NOTICE_QUEUED);
		ck_assert_int_eq(
		    dossier_state(w.base, M_NOTICE, paper), S_NOTICE_QUEUED);
		ck_assert(dossier_notice_find(w.base, pdf)->legal);
	}
	world_done(&w);
	for (size_t i = 0; (n = flow_notice_at(i)) != NULL; i++) {
		const struct flow_notice *found = flow_notice_find(n->kind);

		/* Two words may have one kind; what it is, is one thing. */
		ck_assert_ptr_nonnull(found);
		ck_assert_str_eq(found->kind, n->kind);
		ck_assert(found->legal == n->legal && found->to == n->to);
		ck_assert(flow_event_known(n->machine, n->event));
		ck_assert_uint_lt(strlen(n->kind), 32);
	}
	ck_assert_ptr_null(flow_notice_find("nothing-1"));
}
END_TEST

START_TEST(flow_39_a_legal_notice_that_nobody_opens_fails)
{
	struct deed send = { .machine = M_NOTICE,
		.event = "send",
		.roles = ROLE_SYSTEM,
		.who = "cou",
		.data = "{\"unread_at\":\"2026-07-10T00:00:00+09:00\"}" };
	char name[40] = "", plain[40] = "";
	struct world w;

	begin(&w);
	for (size_t i = 0; i < w.base->n_notices; i++)
		if (w.base->notices[i].legal)
			snprintf(name, sizeof(name), "%.39s",
			    w.base->notices[i].instance);
		else
			snprintf(plain, sizeof(plain), "%.39s",
			    w.base->notices[i].instance);
	send.instance = name;
	ck_ok(world_do(&w, &send), &w.e);
	send.instance = plain;
	ck_ok(world_do(&w, &send), &w.e);
	world_wait(&w, "2026-07-11T00:00:00+09:00");
	ck_assert_int_eq(
	    dossier_state(w.base, M_NOTICE, name), S_NOTICE_FAILED);
	ck_assert_int_eq(dossier_state(w.base, M_NOTICE, plain), S_NOTICE_SENT);
	{
		struct deed paper = { .machine = M_NOTICE,
			.event = "dispatch_paper",
			.instance = name,
			.roles = ROLE_SECRETARIAT,
			.who = "secretary-1" };
		struct deed proof = paper;

		proof.event = "posted_proof";
		world_refused(&w, world_do(&w, &proof), E_FLOW_STEP, G_NONE);
		ck_ok(world_do(&w, &paper), &w.e);
		ck_ok(world_do(&w, &proof), &w.e);
	}
	ck_assert_int_eq(dossier_state(w.base, M_NOTICE, name), S_NOTICE_DONE);
	world_done(&w);
}
END_TEST

/* --- the committee: flows 2, 31, 32 --- */

static int
seat(struct world *w, const char *member, const char *event, unsigned role)
{
	struct deed deed = { .machine = M_SEAT,
		.event = event,
		.instance = member,
		.roles = role,
		.who = role == ROLE_MEMBER ? member : "secretary-1",
		.data = "{\"favourable\":true}" };

	return world_do(w, &deed);
}

static void
convened(struct world *w)
{
	static const char *const members[] = { "m1", "m2", "m3", "m4" };

	begin_new(w);
	world_review(w, false);
	world_must(w, M_APPLICATION, "convene_committee", ROLE_SECRETARIAT,
	    "{\"members\":[\"m1\",\"m2\",\"m3\",\"m4\"]}");
	for (size_t i = 0; i < NELEM(members); i++)
		ck_assert_int_eq(
		    dossier_state(w->base, M_SEAT, members[i]), S_SEAT_INVITED);
}

START_TEST(flow_2_a_quorum_counts_opinions_that_stand)
{
	struct deed close = { .machine = M_APPLICATION,
		.event = "close_opinions",
		.roles = ROLE_CHAIR,
		.who = "chair-1" };
	struct world w;

	convened(&w);
	ck_ok(seat(&w, "m1", "declare_conflict", ROLE_MEMBER), &w.e);
	for (int i = 2; i <= 4; i++) {
		char member[4];

		snprintf(member, sizeof(member), "m%d", i);
		ck_ok(seat(&w, member, "declare_clear", ROLE_MEMBER), &w.e);
		ck_ok(seat(&w, member, "opine", ROLE_MEMBER), &w.e);
	}
	ck_ok(seat(&w, "m4", "conflict_found", ROLE_SECRETARIAT), &w.e);
	ck_assert(dossier_seat_find(w.base, "m4")->late);
	world_refused(
	    &w, world_do(&w, &close), E_FLOW_GUARD, G_COMMITTEE_QUORUM);
	ck_ok(seat(&w, "m5", "invite", ROLE_SECRETARIAT), &w.e);
	ck_ok(seat(&w, "m5", "declare_clear", ROLE_MEMBER), &w.e);
	ck_ok(seat(&w, "m5", "opine", ROLE_MEMBER), &w.e);
	ck_ok(world_do(&w, &close), &w.e);
	world_certify(&w, false);
	world_done(&w);
}
END_TEST

START_TEST(a_seat_is_its_members_own)
{
	struct deed other = { .machine = M_SEAT,
		.event = "declare_clear",
		.instance = "m1",
		.roles = ROLE_MEMBER,
		.who = "m2" };
	struct world w;

	convened(&w);
	world_refused(&w, world_do(&w, &other), E_FLOW_ROLE, G_NONE);
	w.facts.declaration_valid = false;
	world_refused(&w, seat(&w, "m1", "declare_clear", ROLE_MEMBER),
	    E_FLOW_GUARD, G_NO_CONFLICT);
	w.facts.declaration_valid = true;
	w.facts.conflict_known = true;
	world_refused(&w, seat(&w, "m1", "declare_clear", ROLE_MEMBER),
	    E_FLOW_GUARD, G_NO_CONFLICT);
	world_done(&w);
}
END_TEST

START_TEST(flow_31_a_committee_in_conflict_is_dissolved)
{
	struct deed propose = { .machine = M_APPLICATION,
		.event = "propose_certify",
		.roles = ROLE_SECRETARIAT,
		.who = "secretary-1" };
	struct world w;

	convened(&w);
	for (int i = 1; i <= 3; i++) {
		char member[4];

		snprintf(member, sizeof(member), "m%d", i);
		ck_ok(seat(&w, member, "declare_conflict", ROLE_MEMBER), &w.e);
	}
	world_refused(&w, world_do(&w, &propose), E_FLOW_GUARD, G_OPINION_OPEN);
	world_must(
	    &w, M_APPLICATION, "dissolve_committee", ROLE_SECRETARIAT, NULL);
	ck_assert_int_eq(dossier_state(w.base, M_SEAT, "m4"), S_SEAT_RELEASED);
	world_certify(&w, false);
	world_done(&w);
}
END_TEST

START_TEST(flow_32_a_conflict_found_late_makes_the_decision_stale)
{
	struct world w;
	char id[8];

	convened(&w);
	for (int i = 1; i <= 3; i++) {
		char member[4];

		snprintf(member, sizeof(member), "m%d", i);
		ck_ok(seat(&w, member, "declare_clear", ROLE_MEMBER), &w.e);
		ck_ok(seat(&w, member, "opine", ROLE_MEMBER), &w.e);
	}
	world_must(&w, M_APPLICATION, "close_opinions", ROLE_CHAIR, NULL);
	{
		CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(64));

		buf_puts(&b,
		    "{\"decision\":{\"kind\":\"certify\","
		    "\"case_basis\":\"" HASH "\"},\"review\":{");
		for (size_t i = 0; i < w.scheme.n_criteria; i++)
			buf_putf(&b, "%s\"%s\":{\"met\":true}",
			    i == 0 ? "" : ",", w.scheme.criteria[i].id);
		buf_puts(&b, "}}");
		world_must(&w, M_APPLICATION, "propose_certify",
		    ROLE_SECRETARIAT, buf_str(&b));
	}
	snprintf(id, sizeof(id), "d%u", w.decisions);
	ck_ok(seat(&w, "m2", "conflict_found", ROLE_SECRETARIAT), &w.e);
	ck_assert_int_eq(dossier_state(w.base, M_DECISION, id), S_DEC_STALE);
	world_must(&w, M_APPLICATION, "send_back", ROLE_OFFICER, NULL);
	ck_assert_int_eq(
	    dossier_state(w.base, M_APPLICATION, "1"), S_APP_IN_REVIEW);
	world_done(&w);
}
END_TEST

/* --- a delegate --- */

START_TEST(flow_21_a_delegate_works_as_secretariat_within_its_scope)
{
	struct deed pay = { .machine = M_FEE,
		.event = "pay",
		.roles = ROLE_DELEGATE,
		.who = "delegate-1",
		.data = "{\"amount\":1000}" };
	struct deed back = { .machine = M_APPLICATION,
		.event = "close_incomplete",
		.roles = ROLE_DELEGATE,
		.who = "delegate-1" };
	struct world w;

	begin_new(&w);
	world_refused(&w, world_do(&w, &pay), E_FLOW_ROLE, G_NONE);
	w.facts.delegate_in_scope = true;
	ck_ok(world_do(&w, &pay), &w.e);
	ck_assert_uint_eq(
	    dossier_roles_of(w.base, "delegate-1"), ROLE_DELEGATE);
	world_refused(&w, world_do(&w, &back), E_FLOW_ROLE, G_NONE);
	world_replays(&w);
	world_done(&w);
}
END_TEST

/* --- rules, disclosure, ticket --- */

static int
rules(struct world *w, const char *event, unsigned role, const char *data)
{
	struct deed deed = { .machine = M_RULES,
		.event = event,
		.instance = "2027-04-01",
		.roles = role,
		.who = "secretary-1",
		.data = data };

	return world_do(w, &deed);
}

START_TEST(flow_20_rules_are_deliberated_announced_and_wait)
{
	struct world w;

	world_init(&w, scheme_find(schemes, "iaas-paas-iot"),
	    "2027-03-01T10:00:00+09:00");
	ck_ok(rules(&w, "draft", ROLE_SECRETARIAT,
		  "{\"effective_from\":\"2027-03-20\"}"),
	    &w.e);
	world_refused(&w,
	    world_decide(&w, false, "rules", "adopt", "2027-04-01", NULL),
	    E_FLOW_STEP, G_NONE);
	world_refused(&w,
	    rules(&w, "deliberated", ROLE_CHAIR,
		"{\"members\":[\"m1\",\"m1\",\"m2\"]}"),
	    E_FLOW_GUARD, G_COMMITTEE_QUORUM);
	ck_ok(rules(&w, "deliberated", ROLE_CHAIR,
		  "{\"members\":[\"m1\",\"m2\",\"m3\"]}"),
	    &w.e);
	world_refused(&w,
	    world_decide(&w, false, "rules", "adopt", "2027-04-01", NULL),
	    E_FLOW_GUARD, G_NOTICE_ENOUGH);
	ck_ok(rules(&w, "revise", ROLE_SECRETARIAT,
		  "{\"effective_from\":\"2027-04-01\"}"),
	    &w.e);
	ck_ok(rules(&w, "deliberated", ROLE_CHAIR,
		  "{\"members\":[\"m1\",\"m2\",\"m3\"]}"),
	    &w.e);
	ck_ok(world_decide(&w, false, "rules", "adopt", "2027-04-01", NULL),
	    &w.e);
	world_wait(&w, "2027-03-31T23:59:59+09:00");
	ck_assert_int_eq(
	    dossier_state(w.base, M_RULES, "2027-04-01"), S_RULES_ANNOUNCED);
	world_wait(&w, "2027-04-01T00:00:00+09:00");
	ck_assert_int_eq(
	    dossier_state(w.base, M_RULES, "2027-04-01"), S_RULES_IN_FORCE);
	world_replays(&w);
	world_done(&w);
}
END_TEST

static int
disclosure(struct world *w, const char *event, unsigned role, const char *data)
{
	struct deed deed = { .machine = M_DISCLOSURE,
		.event = event,
		.instance = "1",
		.roles = role,
		.who = role == ROLE_APPLICANT ? "applicant-1" : "secretary-1",
		.data = data };

	return world_do(w, &deed);
}

START_TEST(flow_22_an_order_opens_its_objects_and_no_others)
{
	struct world w;

	begin(&w);
	ck_ok(disclosure(&w, "request", ROLE_SECRETARIAT,
		  "{\"basis\":\"order\",\"recipient\":\"" HASH "\","
		  "\"objects\":[1,2]}"),
	    &w.e);
	world_refused(&w,
	    world_decide(&w, false, "disclosure", "compelled", "1", NULL),
	    E_FLOW_GUARD, G_ORDER_EXECUTED);
	world_refused(&w,
	    world_decide(&w, false, "disclosure", "not_secret", "1", NULL),
	    E_FLOW_GUARD, G_EXCEPTION_SHOWN);
	w.facts.consented = false;
	world_refused(&w,
	    disclosure(&w, "consent", ROLE_APPLICANT,
		"{\"objects\":[1],\"recipient\":\"" HASH "\"}"),
	    E_FLOW_GUARD, G_CONSENTED);
	w.facts.consented = true;
	world_refused(&w,
	    disclosure(&w, "consent", ROLE_APPLICANT,
		"{\"objects\":[1],\"recipient\":\"another\"}"),
	    E_FLOW_GUARD, G_CONSENTED);
	ck_ok(disclosure(&w, "consent", ROLE_APPLICANT,
		  "{\"objects\":[1],\"recipient\":\"" HASH "\"}"),
	    &w.e);
	world_refused(&w,
	    disclosure(&w, "disclose", ROLE_SECRETARIAT,
		"{\"objects\":[1,2],\"recipient\":\"" HASH "\"}"),
	    E_FLOW_GUARD, G_WITHIN_SCOPE);
	ck_ok(disclosure(&w, "consent_withdrawn", ROLE_APPLICANT, NULL), &w.e);
	world_done(&w);
}
END_TEST

START_TEST(an_answered_ticket_closes_by_itself)
{
	struct world w;

	world_init(&w, scheme_find(schemes, "iaas-paas-iot"),
	    "2027-03-01T10:00:00+09:00");
	world_must(&w, M_TICKET, "ask", ROLE_PUBLIC, NULL);
	world_must(&w, M_TICKET, "answer", ROLE_SECRETARIAT,
	    "{\"close_at\":\"2027-03-15T00:00:00+09:00\"}");
	world_must(&w, M_TICKET, "reopen", ROLE_PUBLIC, NULL);
	world_wait(&w, "2027-03-20T00:00:00+09:00");
	ck_assert_int_eq(dossier_state(w.base, M_TICKET, "1"), S_TICKET_OPEN);
	world_must(&w, M_TICKET, "answer", ROLE_SECRETARIAT,
	    "{\"close_at\":\"2027-04-03T00:00:00+09:00\"}");
	world_wait(&w, "2027-04-03T00:00:00+09:00");
	ck_assert_int_eq(dossier_state(w.base, M_TICKET, "1"), S_TICKET_CLOSED);
	world_done(&w);
}
END_TEST

/* --- ties --- */

START_TEST(at_one_instant_a_term_ends_before_other_dates)
{
	struct flow_due due;
	struct world w;

	begin(&w);
	world_must(&w, M_TERMINATION, "file", ROLE_APPLICANT,
	    "{\"last_day\":\"2028-07-01\",\"paper\":\"loss_statement\"}");
	ck_ok(world_decide(&w, false, "termination", NULL, NULL, NULL), &w.e);
	world_must(&w, M_COMPLIANCE, "inquire", ROLE_SECRETARIAT,
	    "{\"inquiry_due_at\":\"2028-07-02T00:00:00+09:00\"}");
	ck_assert(flow_next_due(w.base, &due));
	ck_assert_str_eq(due.event, "term_ends");
	world_wait(&w, "2028-07-02T00:00:00+09:00");
	ck_assert_int_eq(
	    dossier_state(w.base, M_CERTIFICATION, "1"), S_CERT_EXPIRED);
	ck_assert_int_eq(
	    dossier_state(w.base, M_TERMINATION, "1"), S_TERMINATION_CLOSED);
	ck_assert_uint_eq(w.base->n_grounds, 0);
	world_holds(&w);
	world_done(&w);
}
END_TEST

/* --- the table of members --- */

START_TEST(members_belong_to_acts_that_exist)
{
	const struct flow_member *m, *other;

	for (size_t i = 0; (m = flow_member_at(i)) != NULL; i++) {
		ck_assert_msg(m->machine == M_NONE ||
			strcmp(m->event, "*") == 0 ||
			flow_event_known(m->machine, m->event),
		    "%s.%s", machine_name(m->machine), m->event);
		ck_assert(m->ja[0] != '\0' && m->en[0] != '\0');
		ck_assert(m->type != ACT_WORD || m->choices[0] != '\0');
		ck_assert(m->type != ACT_LIST || m->choices[0] != '\0');
		for (size_t k = 0; k < i; k++) {
			other = flow_member_at(k);
			ck_assert_msg(other->machine != m->machine ||
				strcmp(other->event, m->event) != 0 ||
				strcmp(other->name, m->name) != 0,
			    "twice: %s.%s %s", machine_name(m->machine),
			    m->event, m->name);
		}
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("flow_next");
	TCase *t = tcase_create("next");

	tcase_add_unchecked_fixture(t, setup, NULL);
	tcase_add_test(t, the_window_and_its_reminders_are_computed);
	tcase_add_test(t, what_is_due_is_awaited_until_it_is_done);
	tcase_add_loop_test(
	    t, business_days_are_those_of_japan, 0, (int)NELEM(business));
	tcase_add_test(t, open_acts_are_listed_with_what_they_wait_for);
	tcase_add_test(t, acts_queue_the_notices_that_articles_ask_for);
	tcase_add_test(t, flow_39_a_legal_notice_that_nobody_opens_fails);
	tcase_add_test(t, flow_2_a_quorum_counts_opinions_that_stand);
	tcase_add_test(t, a_seat_is_its_members_own);
	tcase_add_test(t, flow_31_a_committee_in_conflict_is_dissolved);
	tcase_add_test(
	    t, flow_32_a_conflict_found_late_makes_the_decision_stale);
	tcase_add_test(
	    t, flow_21_a_delegate_works_as_secretariat_within_its_scope);
	tcase_add_test(t, flow_20_rules_are_deliberated_announced_and_wait);
	tcase_add_test(t, flow_22_an_order_opens_its_objects_and_no_others);
	tcase_add_test(t, an_answered_ticket_closes_by_itself);
	tcase_add_test(t, at_one_instant_a_term_ends_before_other_dates);
	tcase_add_test(t, members_belong_to_acts_that_exist);
	suite_add_tcase(s, t);
	return suite_main(s);
}
