/* SPDX-License-Identifier: Apache-2.0 */
/* Terms, ends and their couplings: the flows of the calendar, in the tables. */
#include "support/schemes.h"
#include "support/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/instant.h"

static struct scheme_set *schemes;

static void
setup(void)
{
	schemes_shipped(&schemes);
}

/* Certified 2026-07-01T15:00 under default keys: D = 2028-07-01. */
static void
begin(struct world *w)
{
	world_init(w, scheme_find(schemes, "iaas-paas-iot"),
	    "2026-07-01T14:00:00+09:00");
	ck_ok(world_submit(w, false, NULL), &w->e);
	world_wait(w, "2026-07-01T15:00:00+09:00");
	world_certify(w, false);
	ck_assert_str_eq(w->base->certification.valid_through, "2028-07-01");
}

static void
is(const struct world *w, bool renewal, enum machine m, const char *instance,
    enum state want)
{
	const struct dossier *d = renewal ? w->renewal : w->base;
	enum state have = dossier_state(d, m, instance);

	ck_assert_msg(have == want, "%s %s: want %s, have %s", machine_name(m),
	    instance, state_name(want), state_name(have));
}

static void
ended(const struct world *w, const char *at)
{
	char text[INSTANT_TEXT];

	ck_assert_str_eq(
	    instant_format(w->base->certification.ended_at, text), at);
}

static bool
has_flag(const struct world *w, enum machine m, unsigned flag)
{
	const struct dossier_machine *x = dossier_last(w->base, m);

	return x != NULL && (x->flags & flag) != 0;
}

static void
renewal_at(struct world *w, const char *at)
{
	world_wait(w, at);
	ck_ok(world_submit(w, true, NULL), &w->e);
}

static void
done(struct world *w)
{
	world_holds(w);
	world_replays(w);
	world_done(w);
}

/* --- the window: flows 5, 7, 8, 46, 47 --- */

static const struct {
	const char *at;
	bool open;
} instants[] = {
	{ "2028-05-01T23:59:59+09:00", false },
	{ "2028-05-02T00:00:00+09:00", true },
	{ "2028-06-01T23:59:59+09:00", true },
	{ "2028-06-02T00:00:00+09:00", false },
};

START_TEST(flow_7_the_window_is_kept_to_the_second)
{
	struct world w;

	begin(&w);
	world_wait(&w, instants[_i].at);
	if (instants[_i].open) {
		ck_ok(world_submit(&w, true, NULL), &w.e);
		is(&w, true, M_APPLICATION, "1", S_APP_SUBMITTED);
	} else {
		world_refused(&w, world_submit(&w, true, NULL), E_FLOW_GUARD,
		    G_WINDOW_OK);
	}
	done(&w);
}
END_TEST

static const struct {
	const char *stamp, *postmark;
	enum policy_word arrival;
	bool next_day, open;
} papers[] = {
	{ "2028-06-01T10:00:00+09:00", "2028-05-30", POLICY_ARRIVAL, false,
	    true },
	{ "2028-06-02T10:00:00+09:00", "2028-05-30", POLICY_ARRIVAL, false,
	    false },
	{ "2028-06-02T10:00:00+09:00", "2028-05-30", POLICY_POSTMARK, false,
	    true },
	{ "2028-06-02T10:00:00+09:00", "2028-06-02", POLICY_POSTMARK, false,
	    false },
	/* No stamp, no arrival. */
	{ "", "2028-05-30", POLICY_ARRIVAL, false, false },
	/* The close, 2028-06-01, is a Thursday: nothing moves on. */
	{ "2028-06-02T10:00:00+09:00", "2028-06-02", POLICY_ARRIVAL, true,
	    false },
};

START_TEST(flow_5_a_paper_counts_by_stamp_or_postmark)
{
	CLEANUP(freep)
	char *data = xasprintf("{\"kind\":\"renewal\",\"base\":\"base\","
			       "\"received_at\":\"%s\",\"postmark\":\"%s\","
			       "\"fee\":{\"amount\":1000}}",
	    papers[_i].stamp, papers[_i].postmark);
	CLEANUP(jsonx_freep) struct json *j = NULL;
	CLEANUP(dossier_freep) struct dossier *d = dossier_new("renewal");
	const struct flow_link links[] = {
		{ M_APPLICATION, "1", "open_renewal" },
		{ M_APPLICATION, "1", "submit_paper" },
	};
	struct flow_act act = { .event = "submit_paper",
		.roles = ROLE_SECRETARIAT };
	struct flow_facts f;
	struct flow_plan plan;
	struct world w;
	int rv;

	begin(&w);
	world_wait(&w, "2028-06-05T10:00:00+09:00");
	w.scheme.params.paper_arrival = papers[_i].arrival;
	w.scheme.params.paper_on_holiday_next_day = papers[_i].next_day;
	ck_ok(jsonx_parse(slice_str(data), KIB(4), &j, &w.e), &w.e);
	f = w.facts;
	f.base = w.base;
	act.data = j;
	act.now = w.now;
	rv = flow_chain(d, &act, &f, links, 2, 1, &plan, &w.refusal, &w.e);
	if (papers[_i].open)
		ck_ok(rv, &w.e);
	else
		world_refused(&w, rv, E_FLOW_GUARD, G_WINDOW_OK);
	f.two_person_check = false;
	w.e = (struct err)ERR_INIT;
	world_refused(&w,
	    flow_chain(d, &act, &f, links, 2, 1, &plan, &w.refusal, &w.e),
	    E_FLOW_GUARD, G_TWO_PERSON_CHECK);
	done(&w);
}
END_TEST

START_TEST(flow_46_there_is_one_renewal_at_a_time)
{
	struct world w;

	begin(&w);
	renewal_at(&w, "2028-05-10T10:00:00+09:00");
	world_refused(
	    &w, world_submit(&w, true, NULL), E_FLOW_GUARD, G_RENEWAL_PENDING);
	world_review(&w, true);
	ck_ok(world_decide(&w, true, "decline", NULL, NULL, NULL), &w.e);
	renewal_at(&w, "2028-05-20T10:00:00+09:00");
	done(&w);
}
END_TEST

START_TEST(flow_47_officers_let_in_what_an_outage_kept_out)
{
	struct world w;

	begin(&w);
	world_wait(&w, "2028-06-02T09:00:00+09:00");
	world_refused(
	    &w, world_submit(&w, true, NULL), E_FLOW_GUARD, G_WINDOW_OK);
	ck_ok(world_decide(&w, false, "late_allowed", "submit", NULL, NULL),
	    &w.e);
	w.scheme.params.late_renewal = POLICY_NEVER;
	world_refused(
	    &w, world_submit(&w, true, NULL), E_FLOW_GUARD, G_WINDOW_OK);
	w.scheme.params.late_renewal = POLICY_INCIDENT_ONLY;
	/* What is stored of the decision must prove it. */
	w.facts.approvals_verified = false;
	world_refused(
	    &w, world_submit(&w, true, NULL), E_FLOW_GUARD, G_WINDOW_OK);
	w.facts.approvals_verified = true;
	{
		CLEANUP(freep)
		char *more = xasprintf("\"late_allowed\":\"d%u\"", w.decisions);
		char id[16];

		snprintf(id, sizeof(id), "d%u", w.decisions);
		ck_ok(world_submit(&w, true, more), &w.e);
		is(&w, false, M_DECISION, id, S_DEC_EXECUTED);
	}
	done(&w);
}
END_TEST

/* --- continuation: flow 9 --- */

static void
continued(struct world *w)
{
	begin(w);
	renewal_at(w, "2028-05-20T10:00:00+09:00");
	world_wait(w, "2028-06-25T10:00:00+09:00");
	ck_ok(world_decide(w, false, "continuation", NULL, NULL, NULL), &w->e);
	ck_assert(has_flag(w, M_CERTIFICATION, FLAG_CONTINUATION));
	world_wait(w, "2028-07-02T00:00:00+09:00");
	is(w, false, M_CERTIFICATION, "1", S_CERT_CONTINUED);
	is(w, false, M_ARTEFACT, "x509-1", S_ART_ENDED);
	is(w, false, M_ARTEFACT, "x509-1-c1", S_ART_ORDERED);
	is(w, false, M_COMPLIANCE, "1", S_COMP_NONE);
	is(w, false, M_MARK, "1", S_MARK_ALLOWED);
	world_sign(w);
	world_wait(w, "2028-07-20T10:00:00+09:00");
	world_holds(w);
}

START_TEST(flow_9a_a_continued_certification_is_renewed)
{
	const struct dossier_term *t;
	struct world w;

	continued(&w);
	world_certify(&w, true);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_VALID);
	t = dossier_term_find(w.base, 2);
	ck_assert_ptr_nonnull(t);
	ck_assert_str_eq(t->valid_from, "2028-07-02");
	ck_assert_str_eq(t->valid_through, "2030-07-01");
	ck_assert_int_eq(w.base->certification.term, 2);
	ck_assert(!has_flag(&w, M_CERTIFICATION, FLAG_NEXT_TERM));
	is(&w, false, M_ARTEFACT, "x509-1-c1", S_ART_REVOKED);
	is(&w, false, M_ARTEFACT, "x509-2", S_ART_SIGNED);
	is(&w, false, M_PAPER, "1", S_PAPER_REPLACED);
	is(&w, false, M_PAPER, "2", S_PAPER_HELD);
	done(&w);
}
END_TEST

START_TEST(flow_9a_a_term_may_count_from_its_decision)
{
	struct world w;

	continued(&w);
	w.scheme.params.renewal_term = POLICY_DECISION;
	world_certify(&w, true);
	ck_assert_str_eq(w.base->certification.valid_through, "2030-07-20");
	done(&w);
}
END_TEST

START_TEST(flow_9b_a_declined_renewal_ends_the_continuation)
{
	struct world w;

	continued(&w);
	world_review(&w, true);
	ck_ok(world_decide(&w, true, "decline", NULL, NULL, NULL), &w.e);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_EXPIRED);
	ended(&w, "2028-07-20T10:00:00+09:00");
	is(&w, false, M_ARTEFACT, "x509-1-c1", S_ART_REVOKED);
	is(&w, false, M_COMPLIANCE, "1", S_COMP_CLOSED);
	is(&w, false, M_MARK, "1", S_MARK_STOPPING);
	is(&w, false, M_PAPER, "1", S_PAPER_HELD);
	done(&w);
}
END_TEST

START_TEST(flow_9c_a_withdrawn_renewal_ends_the_continuation)
{
	struct world w;

	continued(&w);
	world_must_of(
	    &w, true, M_APPLICATION, "withdraw", ROLE_APPLICANT, NULL);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_EXPIRED);
	ended(&w, "2028-07-20T10:00:00+09:00");
	done(&w);
}
END_TEST

START_TEST(a_continuation_gets_one_certificate_after_the_other)
{
	struct world w;

	continued(&w);
	world_wait(&w, "2028-08-02T10:00:00+09:00");
	is(&w, false, M_ARTEFACT, "x509-1-c1", S_ART_ENDED);
	is(&w, false, M_ARTEFACT, "x509-1-c2", S_ART_ORDERED);
	done(&w);
}
END_TEST

START_TEST(a_continuation_may_stop_the_mark_and_issue_nothing)
{
	struct world w;

	begin(&w);
	w.scheme.params.mark_during_continuation = POLICY_STOP;
	w.scheme.params.continuation_certificate_days = 0;
	renewal_at(&w, "2028-05-20T10:00:00+09:00");
	ck_ok(world_decide(&w, false, "continuation", NULL, NULL, NULL), &w.e);
	world_wait(&w, "2028-07-20T10:00:00+09:00");
	is(&w, false, M_MARK, "1", S_MARK_STOPPING);
	is(&w, false, M_ARTEFACT, "x509-1-c1", S_NONE);
	world_certify(&w, true);
	is(&w, false, M_MARK, "1", S_MARK_ALLOWED);
	done(&w);
}
END_TEST

START_TEST(a_continuation_wants_a_renewal_and_comes_before_the_end)
{
	struct world w;

	begin(&w);
	world_refused(&w,
	    world_decide(&w, false, "continuation", NULL, NULL, NULL),
	    E_FLOW_GUARD, G_RENEWAL_PENDING);
	done(&w);
}
END_TEST

/* --- the end of a term: flows 10, 11, 25 --- */

START_TEST(flow_10_a_gap_is_bridged_and_shown)
{
	const struct dossier_term *t;
	struct world w;

	begin(&w);
	renewal_at(&w, "2028-05-20T10:00:00+09:00");
	world_wait(&w, "2028-07-02T00:00:00+09:00");
	is(&w, false, M_CERTIFICATION, "1", S_CERT_EXPIRED);
	is(&w, true, M_APPLICATION, "1", S_APP_SUBMITTED);
	ended(&w, "2028-07-02T00:00:00+09:00");
	world_holds(&w);
	world_wait(&w, "2028-07-20T10:00:00+09:00");
	world_certify(&w, true);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_VALID);
	is(&w, false, M_COMPLIANCE, "1", S_COMP_NONE);
	is(&w, false, M_MARK, "1", S_MARK_ALLOWED);
	ck_assert(!has_flag(&w, M_MARK, FLAG_ENDED));
	t = dossier_term_find(w.base, 2);
	ck_assert_str_eq(t->valid_from, "2028-07-20");
	ck_assert_str_eq(t->valid_through, "2030-07-20");
	done(&w);
}
END_TEST

START_TEST(a_gap_may_begin_a_new_certification)
{
	struct world w;

	begin(&w);
	w.scheme.params.gap_renewal = POLICY_AS_NEW;
	renewal_at(&w, "2028-05-20T10:00:00+09:00");
	world_wait(&w, "2028-07-20T10:00:00+09:00");
	world_certify(&w, true);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_EXPIRED);
	is(&w, true, M_CERTIFICATION, "1", S_CERT_ISSUING);
	is(&w, true, M_ARTEFACT, "x509-1", S_ART_ORDERED);
	done(&w);
}
END_TEST

START_TEST(flow_11_a_renewal_in_time_is_the_next_term)
{
	struct world w;

	begin(&w);
	renewal_at(&w, "2028-05-20T10:00:00+09:00");
	world_wait(&w, "2028-06-20T10:00:00+09:00");
	world_certify(&w, true);
	ck_assert(has_flag(&w, M_CERTIFICATION, FLAG_NEXT_TERM));
	ck_assert_int_eq(w.base->certification.term, 1);
	ck_assert_str_eq(w.base->certification.valid_through, "2028-07-01");
	world_wait(&w, "2028-06-25T10:00:00+09:00");
	world_refused(
	    &w, world_submit(&w, true, NULL), E_FLOW_GUARD, G_NEXT_TERM);
	is(&w, false, M_ARTEFACT, "x509-1", S_ART_SIGNED);
	world_wait(&w, "2028-07-02T00:00:00+09:00");
	ck_assert_int_eq(w.base->certification.term, 2);
	ck_assert_str_eq(w.base->certification.valid_through, "2030-07-01");
	is(&w, false, M_ARTEFACT, "x509-1", S_ART_ENDED);
	is(&w, false, M_ARTEFACT, "x509-2", S_ART_SIGNED);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_VALID);
	done(&w);
}
END_TEST

START_TEST(a_term_from_its_decision_replaces_the_rest_of_the_present)
{
	struct world w;

	begin(&w);
	w.scheme.params.renewal_term = POLICY_DECISION;
	renewal_at(&w, "2028-05-20T10:00:00+09:00");
	world_wait(&w, "2028-06-20T10:00:00+09:00");
	world_certify(&w, true);
	ck_assert(!has_flag(&w, M_CERTIFICATION, FLAG_NEXT_TERM));
	ck_assert_int_eq(w.base->certification.term, 2);
	ck_assert_str_eq(w.base->certification.valid_through, "2030-06-20");
	is(&w, false, M_ARTEFACT, "x509-1", S_ART_SUPERSEDED);
	world_wait(&w, "2028-07-10T10:00:00+09:00");
	is(&w, false, M_CERTIFICATION, "1", S_CERT_VALID);
	done(&w);
}
END_TEST

START_TEST(flow_25_a_late_tick_changes_nothing_but_the_record)
{
	struct world w, v;

	begin(&w);
	begin(&v);
	world_wait(&w, "2028-07-02T00:00:00+09:00");
	world_wait(&v, "2028-07-04T09:00:00+09:00");
	is(&v, false, M_CERTIFICATION, "1", S_CERT_EXPIRED);
	ended(&v, "2028-07-02T00:00:00+09:00");
	ck_assert_int_ne(v.base->certification.ended_recorded_at,
	    w.base->certification.ended_recorded_at);
	{
		CLEANUP(jsonx_freep)
		struct json *a = dossier_machines_json(w.base);
		CLEANUP(jsonx_freep)
		struct json *b = dossier_machines_json(v.base);

		ck_assert(jsonx_equal(a, b));
	}
	done(&w);
	done(&v);
}
END_TEST

/* --- revocation, lapse, termination: flows 12, 13, 14, 35, 36 --- */

START_TEST(flow_12_a_revocation_ends_the_pending_renewal)
{
	struct world w;

	begin(&w);
	renewal_at(&w, "2028-05-10T10:00:00+09:00");
	world_wait(&w, "2028-05-20T10:00:00+09:00");
	ck_ok(world_decide(&w, false, "revoke", NULL, NULL, "1"), &w.e);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_REVOKED);
	is(&w, false, M_COMPLIANCE, "1", S_COMP_CLOSED);
	is(&w, false, M_PAPER, "1", S_PAPER_DUE);
	is(&w, false, M_ARTEFACT, "x509-1", S_ART_REVOKED);
	is(&w, false, M_MARK, "1", S_MARK_STOPPING);
	is(&w, true, M_APPLICATION, "1", S_APP_MOOT);
	is(&w, true, M_FEE, "1", S_FEE_VOID);
	done(&w);
}
END_TEST

/* Report, and the decision; -1 when the confirmation is refused. */
static int
lapse(struct world *w, const char *day, const char *facts)
{
	CLEANUP(freep)
	char *data = xasprintf(
	    "{\"event_day\":\"%s\",\"evidence\":[\"a\"],%s}", day, facts);

	world_must(w, M_SUCCESSION, "report", ROLE_SECRETARIAT, data);
	return world_decide(w, false, "lapse", "confirm", NULL, NULL);
}

START_TEST(flow_13_a_lapse_counts_from_the_day_of_the_event)
{
	struct world w;

	begin(&w);
	world_wait(&w, "2027-04-15T10:00:00+09:00");
	ck_ok(lapse(&w, "2027-01-10", "\"kind\":\"merger\""), &w.e);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_LAPSED);
	ended(&w, "2027-01-10T00:00:00+09:00");
	ck_assert_int_eq(w.base->certification.ended_recorded_at, w.now);
	is(&w, false, M_PAPER, "1", S_PAPER_HELD);
	is(&w, false, M_ARTEFACT, "x509-1", S_ART_REVOKED);
	done(&w);
}
END_TEST

START_TEST(flow_36_an_event_found_after_expiry_voids_what_came_later)
{
	struct world w;

	begin(&w);
	renewal_at(&w, "2028-05-20T10:00:00+09:00");
	world_wait(&w, "2028-06-15T10:00:00+09:00");
	world_certify(&w, true);
	world_wait(&w, "2028-08-01T10:00:00+09:00");
	ck_assert_int_eq(w.base->certification.term, 2);
	ck_ok(lapse(&w, "2028-06-10", "\"kind\":\"transfer\""), &w.e);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_LAPSED);
	ended(&w, "2028-06-10T00:00:00+09:00");
	ck_assert_int_ne(dossier_term_find(w.base, 2)->void_at, 0);
	done(&w);
}
END_TEST

START_TEST(flow_36_an_expired_certification_lapses_and_its_renewal_is_moot)
{
	struct world w;

	begin(&w);
	renewal_at(&w, "2028-05-20T10:00:00+09:00");
	world_wait(&w, "2028-08-01T10:00:00+09:00");
	is(&w, false, M_CERTIFICATION, "1", S_CERT_EXPIRED);
	ck_ok(lapse(&w, "2028-06-10", "\"kind\":\"transfer\""), &w.e);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_LAPSED);
	ended(&w, "2028-06-10T00:00:00+09:00");
	is(&w, true, M_APPLICATION, "1", S_APP_MOOT);
	done(&w);
}
END_TEST

START_TEST(an_event_after_the_end_is_no_lapse)
{
	struct world w;

	begin(&w);
	world_wait(&w, "2028-08-01T10:00:00+09:00");
	world_refused(&w, lapse(&w, "2028-07-10", "\"kind\":\"transfer\""),
	    E_FLOW_GUARD, G_EVENT_BEFORE_END);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_EXPIRED);
	done(&w);
}
END_TEST

/* What happened before, did not happen to the certification. */
static const struct {
	const char *day;
	bool lapses;
} days[] = {
	{ "2026-06-30", false }, { "2026-07-01", true },
	{ "2026-07-02", false }, /* it is still to come */
};

START_TEST(a_lapse_lies_within_the_certification)
{
	struct world w;
	int rv;

	begin(&w);
	rv = lapse(&w, days[_i].day, "\"kind\":\"transfer\"");
	if (days[_i].lapses)
		ck_ok(rv, &w.e);
	else
		world_refused(&w, rv, E_FLOW_GUARD, G_SUCCESSION);
	done(&w);
}
END_TEST

static const struct {
	const char *facts;
	bool survivor_lapses, lapses;
} events[] = {
	{ "\"kind\":\"rename\"", true, false },
	{ "\"kind\":\"share_sale\"", true, false },
	{ "\"kind\":\"dissolution\"", true, false },
	{ "\"kind\":\"split\",\"handed_over\":false", true, false },
	{ "\"kind\":\"split\",\"handed_over\":true", true, true },
	{ "\"kind\":\"merger\",\"survivor\":true", true, true },
	{ "\"kind\":\"merger\",\"survivor\":true", false, false },
	{ "\"kind\":\"merger\",\"survivor\":false", false, true },
	{ "\"kind\":\"inheritance\"", true, true },
	{ "\"kind\":\"incorporation\"", true, true },
};

START_TEST(flow_37_what_is_a_succession_and_what_is_not)
{
	struct world w;
	int rv;

	begin(&w);
	w.scheme.params.merger_survivor_lapses = events[_i].survivor_lapses;
	rv = lapse(&w, "2026-07-01", events[_i].facts);
	if (events[_i].lapses)
		ck_ok(rv, &w.e);
	else
		world_refused(&w, rv, E_FLOW_GUARD, G_SUCCESSION);
	done(&w);
}
END_TEST

START_TEST(flow_14_a_termination_wants_the_paper_or_its_loss)
{
	struct world w;

	begin(&w);
	world_wait(&w, "2027-03-01T10:00:00+09:00");
	{
		struct deed file = { .machine = M_TERMINATION,
			.event = "file",
			.roles = ROLE_APPLICANT,
			.who = "applicant-1",
			.data = "{\"last_day\":\"2027-03-31\"}" };
		struct deed attach = { .machine = M_TERMINATION,
			.event = "attach",
			.roles = ROLE_APPLICANT,
			.who = "applicant-1" };

		world_refused(
		    &w, world_do(&w, &file), E_FLOW_GUARD, G_PAPER_ATTACHED);
		file.event = "file_without_paper";
		file.data = "{\"last_day\":\"31\"}";
		world_refused(&w, world_do(&w, &file), E_FLOW_GUARD, G_FORM_OK);
		file.data = "{\"last_day\":\"2026-06-30\"}";
		world_refused(&w, world_do(&w, &file), E_FLOW_GUARD, G_FORM_OK);
		file.data = "{\"last_day\":\"2027-03-31\"}";
		ck_ok(world_do(&w, &file), &w.e);
		is(&w, false, M_PAPER, "1", S_PAPER_DUE);
		world_refused(
		    &w, world_do(&w, &attach), E_FLOW_GUARD, G_PAPER_ATTACHED);
	}
	world_must(&w, M_PAPER, "returned", ROLE_SECRETARIAT,
	    "{\"received_on\":\"2027-03-05\"}");
	world_must(&w, M_TERMINATION, "attach", ROLE_APPLICANT, NULL);
	ck_ok(world_decide(&w, false, "termination", NULL, NULL, NULL), &w.e);
	is(&w, false, M_TERMINATION, "1", S_TERMINATION_SCHEDULED);
	world_holds(&w);
	world_wait(&w, "2027-03-31T23:59:59+09:00");
	is(&w, false, M_CERTIFICATION, "1", S_CERT_VALID);
	world_wait(&w, "2027-04-01T00:00:00+09:00");
	is(&w, false, M_CERTIFICATION, "1", S_CERT_TERMINATED);
	is(&w, false, M_TERMINATION, "1", S_TERMINATION_EFFECTIVE);
	ended(&w, "2027-04-01T00:00:00+09:00");
	done(&w);
}
END_TEST

START_TEST(flow_14_a_loss_statement_will_do_and_a_notice_is_taken_back)
{
	struct deed file = { .machine = M_TERMINATION,
		.event = "file",
		.roles = ROLE_APPLICANT,
		.who = "applicant-1",
		.data = "{\"last_day\":\"2027-03-31\","
			"\"paper\":\"loss_statement\"}" };
	struct world w;

	begin(&w);
	w.scheme.params.loss_statement_accepted = false;
	world_refused(&w, world_do(&w, &file), E_FLOW_GUARD, G_PAPER_ATTACHED);
	w.scheme.params.loss_statement_accepted = true;
	ck_ok(world_do(&w, &file), &w.e);
	is(&w, false, M_PAPER, "1", S_PAPER_LOST);
	world_must(&w, M_TERMINATION, "retract", ROLE_APPLICANT, NULL);
	is(&w, false, M_TERMINATION, "1", S_TERMINATION_RETRACTED);
	done(&w);

	begin(&w);
	world_must(&w, M_TERMINATION, "file_without_paper", ROLE_APPLICANT,
	    "{\"last_day\":\"2027-03-31\"}");
	world_must(&w, M_TERMINATION, "retract", ROLE_APPLICANT, NULL);
	is(&w, false, M_PAPER, "1", S_PAPER_HELD);
	done(&w);
}
END_TEST

START_TEST(a_termination_may_be_a_note_until_the_term_ends)
{
	struct world w;

	begin(&w);
	w.scheme.params.termination_ends_certification = false;
	world_must(&w, M_TERMINATION, "file", ROLE_APPLICANT,
	    "{\"last_day\":\"2027-03-31\",\"paper\":\"loss_statement\"}");
	ck_ok(world_decide(&w, false, "termination", NULL, NULL, NULL), &w.e);
	world_wait(&w, "2027-04-02T00:00:00+09:00");
	is(&w, false, M_TERMINATION, "1", S_TERMINATION_EFFECTIVE);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_VALID);
	done(&w);
}
END_TEST

/* A revocation is proposed, then a termination confirmed and its day over. */
static void
proposed_and_terminated(struct world *w, const char *waits)
{
	begin(w);
	world_must(w, M_COMPLIANCE, "propose_revocation", ROLE_SECRETARIAT,
	    "{\"grounds\":\"1\",\"evidence\":[{\"ground\":1,\"event\":1}],"
	    "\"decision\":{\"kind\":\"revoke\",\"needed\":1,"
	    "\"grounds\":\"1\","
	    "\"expires_at\":\"2027-12-01T00:00:00+09:00\"}}");
	world_must(w, M_TERMINATION, "file", ROLE_APPLICANT,
	    "{\"last_day\":\"2027-03-31\",\"paper\":\"loss_statement\"}");
	ck_ok(world_decide(w, false, "termination", NULL, NULL, waits), &w->e);
	world_wait(w, "2027-05-01T00:00:00+09:00");
}

START_TEST(flow_35_a_proposed_revocation_holds_the_termination_back)
{
	struct deed effect = { .machine = M_TERMINATION,
		.event = "take_effect",
		.roles = ROLE_SYSTEM,
		.who = "clk" };
	struct world w;

	proposed_and_terminated(&w, NULL);
	is(&w, false, M_TERMINATION, "1", S_TERMINATION_SCHEDULED);
	world_refused(
	    &w, world_do(&w, &effect), E_FLOW_GUARD, G_REVOCATION_PROPOSED);
	ck_ok(
	    world_decide(&w, false, "revocation_drop", NULL, NULL, NULL), &w.e);
	world_tick(&w);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_TERMINATED);
	ended(&w, "2027-04-01T00:00:00+09:00");
	done(&w);

	proposed_and_terminated(&w, "{\"waits\":false}");
	is(&w, false, M_CERTIFICATION, "1", S_CERT_TERMINATED);
	done(&w);
}
END_TEST

START_TEST(a_proposal_may_outlive_the_certification)
{
	struct world w;

	begin(&w);
	w.scheme.params.revoke_after_end = true;
	world_wait(&w, "2028-06-29T10:00:00+09:00");
	world_must(&w, M_COMPLIANCE, "propose_revocation", ROLE_SECRETARIAT,
	    "{\"grounds\":\"1\",\"evidence\":[{\"ground\":1,\"event\":1}],"
	    "\"decision\":{\"kind\":\"revoke\",\"needed\":1,"
	    "\"grounds\":\"1\","
	    "\"expires_at\":\"2028-12-01T00:00:00+09:00\"}}");
	world_wait(&w, "2028-07-03T00:00:00+09:00");
	is(&w, false, M_CERTIFICATION, "1", S_CERT_EXPIRED);
	is(&w, false, M_COMPLIANCE, "1", S_COMP_PROPOSED);
	{
		char id[16];
		struct deed sign = { .machine = M_DECISION,
			.event = "sign",
			.instance = id,
			.roles = ROLE_OFFICER,
			.who = "officer-1" };
		struct deed revoke = { .machine = M_COMPLIANCE,
			.event = "revoke",
			.decision = id,
			.roles = ROLE_OFFICER,
			.who = "officer-1" };

		snprintf(id, sizeof(id), "d%u", w.decisions);
		ck_ok(world_do(&w, &sign), &w.e);
		ck_ok(world_do(&w, &revoke), &w.e);
	}
	is(&w, false, M_CERTIFICATION, "1", S_CERT_EXPIRED);
	ck_assert_int_ne(w.base->certification.revocation_found_at, 0);
	done(&w);
}
END_TEST

/* --- reissue: flow 16 --- */

START_TEST(flow_16_a_reissue_keeps_number_and_term)
{
	struct world w;

	begin(&w);
	world_wait(&w, "2027-03-01T10:00:00+09:00");
	world_must(&w, M_CHANGE_NOTICE, "notify", ROLE_APPLICANT,
	    "{\"event_day\":\"2027-03-01\"}");
	world_must(&w, M_CHANGE_NOTICE, "record", ROLE_SECRETARIAT,
	    "{\"printed\":true,\"certification\":{\"service\":\"T\"}}");
	ck_assert_str_eq(w.base->certification.service, "T");
	ck_ok(world_decide(&w, false, "reissue", "reissue", NULL, NULL), &w.e);
	is(&w, false, M_ARTEFACT, "x509-1-2", S_ART_ORDERED);
	is(&w, false, M_ARTEFACT, "x509-1", S_ART_SIGNED);
	world_sign(&w);
	is(&w, false, M_ARTEFACT, "x509-1", S_ART_SUPERSEDED);
	is(&w, false, M_PAPER, "1", S_PAPER_REPLACED);
	is(&w, false, M_PAPER, "1-2", S_PAPER_HELD);
	ck_assert_str_eq(w.base->certification.valid_through, "2028-07-01");
	done(&w);
}
END_TEST

/* --- compliance: flows 18, 19, 38, 40 --- */

#define DUE "\"inquiry_due_at\":\"2026-08-01T00:00:00+09:00\""

START_TEST(flow_18_silence_counts_once_and_notes_ground_six)
{
	struct world w;

	begin(&w);
	world_must(&w, M_COMPLIANCE, "inquire", ROLE_SECRETARIAT,
	    "{" DUE ",\"silence_counts\":true}");
	world_wait(&w, "2026-07-31T23:59:59+09:00");
	ck_assert(!has_flag(&w, M_COMPLIANCE, FLAG_INSUFFICIENT));
	world_wait(&w, "2026-08-10T00:00:00+09:00");
	ck_assert(has_flag(&w, M_COMPLIANCE, FLAG_INSUFFICIENT));
	ck_assert_uint_eq(w.base->n_grounds, 1);
	ck_assert_int_eq(w.base->grounds[0].item, 6);
	ck_ok(world_decide(&w, false, "survey15", NULL, NULL, NULL), &w.e);
	is(&w, false, M_COMPLIANCE, "1", S_COMP_SURVEY);
	world_must(&w, M_COMPLIANCE, "survey_done", ROLE_SECRETARIAT, NULL);
	ck_ok(
	    world_decide(&w, false, "improvement", "request_improvement", NULL,
		"{\"improvement_due_at\":\"2026-09-10T00:00:00+09:00\"}"),
	    &w.e);
	world_wait(&w, "2026-09-20T00:00:00+09:00");
	ck_assert_uint_eq(w.base->n_grounds, 2);
	ck_assert_int_eq(w.base->grounds[1].item, 7);
	ck_ok(world_decide(&w, false, "improvement", "extend", NULL,
		  "{\"improvement_due_at\":\"2026-10-10T00:00:00+09:00\"}"),
	    &w.e);
	world_wait(&w, "2026-10-20T00:00:00+09:00");
	ck_assert_uint_eq(w.base->n_grounds, 3);
	ck_ok(world_decide(&w, false, "revoke", NULL, NULL, "7"), &w.e);
	is(&w, false, M_CERTIFICATION, "1", S_CERT_REVOKED);
	done(&w);
}
END_TEST

START_TEST(silence_may_count_for_nothing)
{
	struct world w;

	begin(&w);
	world_must(&w, M_COMPLIANCE, "inquire", ROLE_SECRETARIAT,
	    "{" DUE ",\"silence_counts\":false}");
	world_wait(&w, "2026-08-10T00:00:00+09:00");
	ck_assert(!has_flag(&w, M_COMPLIANCE, FLAG_INSUFFICIENT));
	world_refused(&w, world_decide(&w, false, "survey15", NULL, NULL, NULL),
	    E_FLOW_GUARD, G_INSUFFICIENT);
	done(&w);
}
END_TEST

START_TEST(flow_19_a_misuse_in_force_is_inquired_into)
{
	struct world w;

	begin(&w);
	world_must(&w, M_MARK, "misuse_found", ROLE_SECRETARIAT,
	    "{\"medium\":\"website\",\"findings\":[\"recoloured\"],"
	    "\"breaches\":[\"10(5)\"]," DUE "}");
	is(&w, false, M_MARK, "1", S_MARK_MISUSE);
	is(&w, false, M_COMPLIANCE, "1", S_COMP_INQUIRY);
	ck_assert_int_eq(w.base->grounds[0].item, 3);
	world_must(&w, M_MARK, "fixed", ROLE_SECRETARIAT, NULL);
	is(&w, false, M_MARK, "1", S_MARK_ALLOWED);
	world_must(&w, M_MARK, "misuse_found", ROLE_SECRETARIAT,
	    "{\"medium\":\"website\",\"findings\":[\"part_only\"],"
	    "\"breaches\":[\"10(5)\"]}");
	is(&w, false, M_COMPLIANCE, "1", S_COMP_INQUIRY);
	ck_assert_int_eq(w.base->compliance.joined, 1);
	done(&w);
}
END_TEST

START_TEST(flow_40_a_breach_of_the_first_paragraph_is_no_ground)
{
	struct world w;

	begin(&w);
	world_must(&w, M_MARK, "misuse_found", ROLE_SECRETARIAT,
	    "{\"medium\":\"video\",\"breaches\":[\"10(1)\"]}");
	world_refused(&w, world_decide(&w, false, "revoke", NULL, NULL, "3"),
	    E_FLOW_GUARD, G_GROUND_SHOWN);
	{
		struct deed nothing = { .machine = M_MARK,
			.event = "misuse_found",
			.roles = ROLE_SECRETARIAT,
			.who = "secretary-1",
			.data = "{\"medium\":\"website\"}" };

		world_must(&w, M_MARK, "fixed", ROLE_SECRETARIAT, NULL);
		world_refused(
		    &w, world_do(&w, &nothing), E_FLOW_GUARD, G_CONFIRMED);
	}
	done(&w);
}
END_TEST

START_TEST(flow_38_nothing_is_asked_after_the_end)
{
	struct deed inquire = { .machine = M_COMPLIANCE,
		.event = "inquire",
		.roles = ROLE_SECRETARIAT,
		.who = "secretary-1" };
	struct world w;

	begin(&w);
	world_wait(&w, "2028-07-10T00:00:00+09:00");
	world_refused(&w, world_do(&w, &inquire), E_FLOW_STEP, G_NONE);
	done(&w);
}
END_TEST

START_TEST(flow_30_a_mark_not_kept_is_inquired_into)
{
	struct world w;

	begin(&w);
	world_wait(&w, "2028-05-20T10:00:00+09:00");
	ck_ok(world_submit(&w, true, "\"mark_kept\":false"), &w.e);
	is(&w, true, M_APPLICATION, "1", S_APP_SUBMITTED);
	is(&w, false, M_COMPLIANCE, "1", S_COMP_INQUIRY);
	done(&w);
}
END_TEST

/* --- emergency: flows 17, 45 --- */

START_TEST(flow_17_reports_are_due_one_after_the_other)
{
	struct deed close = { .machine = M_EMERGENCY,
		.event = "close",
		.roles = ROLE_SECRETARIAT,
		.who = "secretary-1" };
	struct world w;

	begin(&w);
	world_must(&w, M_EMERGENCY, "notify", ROLE_APPLICANT,
	    "{\"progress_due_at\":\"2026-07-09T00:00:00+09:00\"}");
	world_refused(&w, world_do(&w, &close), E_FLOW_GUARD, G_MEASURES_DONE);
	world_wait(&w, "2026-07-10T00:00:00+09:00");
	ck_assert_uint_eq(w.base->n_grounds, 1);
	ck_assert_int_eq(w.base->grounds[0].item, 5);
	world_must(&w, M_EMERGENCY, "progress", ROLE_APPLICANT,
	    "{\"cause\":true,"
	    "\"progress_due_at\":\"2026-07-17T00:00:00+09:00\"}");
	world_refused(&w, world_do(&w, &close), E_FLOW_GUARD, G_MEASURES_DONE);
	world_must(
	    &w, M_EMERGENCY, "progress", ROLE_APPLICANT, "{\"measures\":true}");
	world_wait(&w, "2026-08-10T00:00:00+09:00");
	ck_assert_uint_eq(w.base->n_grounds, 1);
	ck_ok(world_do(&w, &close), &w.e);
	done(&w);
}
END_TEST

START_TEST(flow_45_what_the_press_knew_first_is_marked_late)
{
	struct world w;

	begin(&w);
	world_must(&w, M_EMERGENCY, "discovered_by_body", ROLE_SECRETARIAT,
	    "{\"source\":\"press\"}");
	ck_assert_int_eq(w.base->grounds[0].item, 5);
	world_must(&w, M_EMERGENCY, "notify", ROLE_APPLICANT,
	    "{\"progress_due_at\":\"2026-07-09T00:00:00+09:00\"}");
	ck_assert(w.base->emergencies[0].late);
	done(&w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lifecycle");
	TCase *t = tcase_create("flows");

	tcase_add_unchecked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, flow_7_the_window_is_kept_to_the_second, 0,
	    (int)NELEM(instants));
	tcase_add_loop_test(t, flow_5_a_paper_counts_by_stamp_or_postmark, 0,
	    (int)NELEM(papers));
	tcase_add_test(t, flow_46_there_is_one_renewal_at_a_time);
	tcase_add_test(t, flow_47_officers_let_in_what_an_outage_kept_out);
	tcase_add_test(t, flow_9a_a_continued_certification_is_renewed);
	tcase_add_test(t, flow_9a_a_term_may_count_from_its_decision);
	tcase_add_test(t, flow_9b_a_declined_renewal_ends_the_continuation);
	tcase_add_test(t, flow_9c_a_withdrawn_renewal_ends_the_continuation);
	tcase_add_test(t, a_continuation_gets_one_certificate_after_the_other);
	tcase_add_test(t, a_continuation_may_stop_the_mark_and_issue_nothing);
	tcase_add_test(
	    t, a_continuation_wants_a_renewal_and_comes_before_the_end);
	tcase_add_test(t, flow_10_a_gap_is_bridged_and_shown);
	tcase_add_test(t, a_gap_may_begin_a_new_certification);
	tcase_add_test(t, flow_11_a_renewal_in_time_is_the_next_term);
	tcase_add_test(
	    t, a_term_from_its_decision_replaces_the_rest_of_the_present);
	tcase_add_test(t, flow_25_a_late_tick_changes_nothing_but_the_record);
	tcase_add_test(t, flow_12_a_revocation_ends_the_pending_renewal);
	tcase_add_test(t, flow_13_a_lapse_counts_from_the_day_of_the_event);
	tcase_add_test(
	    t, flow_36_an_event_found_after_expiry_voids_what_came_later);
	tcase_add_test(
	    t, flow_36_an_expired_certification_lapses_and_its_renewal_is_moot);
	tcase_add_test(t, an_event_after_the_end_is_no_lapse);
	tcase_add_loop_test(
	    t, a_lapse_lies_within_the_certification, 0, (int)NELEM(days));
	tcase_add_loop_test(t, flow_37_what_is_a_succession_and_what_is_not, 0,
	    (int)NELEM(events));
	tcase_add_test(t, flow_14_a_termination_wants_the_paper_or_its_loss);
	tcase_add_test(
	    t, flow_14_a_loss_statement_will_do_and_a_notice_is_taken_back);
	tcase_add_test(t, a_termination_may_be_a_note_until_the_term_ends);
	tcase_add_test(
	    t, flow_35_a_proposed_revocation_holds_the_termination_back);
	tcase_add_test(t, a_proposal_may_outlive_the_certification);
	tcase_add_test(t, flow_16_a_reissue_keeps_number_and_term);
	tcase_add_test(t, flow_18_silence_counts_once_and_notes_ground_six);
	tcase_add_test(t, silence_may_count_for_nothing);
	tcase_add_test(t, flow_19_a_misuse_in_force_is_inquired_into);
	tcase_add_test(t, flow_40_a_breach_of_the_first_paragraph_is_no_ground);
	tcase_add_test(t, flow_38_nothing_is_asked_after_the_end);
	tcase_add_test(t, flow_30_a_mark_not_kept_is_inquired_into);
	tcase_add_test(t, flow_17_reports_are_due_one_after_the_other);
	tcase_add_test(t, flow_45_what_the_press_knew_first_is_marked_late);
	suite_add_tcase(s, t);
	return suite_main(s);
}
