/* SPDX-License-Identifier: Apache-2.0 */
/* The tables, decide and apply: every row, every refusal, every replay. */
#include "support/schemes.h"
#include "support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/instant.h"
#include "nintei/workflow.h"

#define T0 1785000000 /* 2026-07-25 in Japan */

static struct scheme_set *schemes;

static void
setup(void)
{
	schemes_shipped(&schemes);
}

/* --- a dossier grown by acts, as core grows it --- */

struct growth {
	struct dossier *d;
	struct flow_facts facts;
	struct flow_refusal refusal;
	struct err e;
	int64_t now;
	struct json *data; /* of the next act */
};

static void
growth_init(struct growth *g)
{
	struct err none = ERR_INIT;

	memset(g, 0, sizeof(*g));
	g->d = dossier_new("c1");
	snprintf(g->d->scheme, sizeof(g->d->scheme), "iaas-paas-iot");
	g->e = none;
	g->now = T0;
	g->facts.scheme = scheme_find(schemes, "iaas-paas-iot");
	g->facts.quota_ok = true;
	g->facts.hash_matches = true;
	g->facts.archive_safe = true;
	g->facts.may_apply = true;
	g->facts.complete = true;
	g->facts.approvals_checked = true;
	g->facts.approvals_verified = true;
	g->facts.basis_current = true;
	g->facts.new_instance = "d1";
}

static void
growth_done(struct growth *g)
{
	dossier_free(g->d);
	jsonx_free(g->data);
}

/* The event's bytes, applied. */
static int
grow_plan(struct growth *g, const struct flow_plan *plan, const char *actor,
    const struct json *docs)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct event_head h = {
		.actor = actor,
		.rule_version = "2022-04-01",
		.policy_version = "2022-04-01.1",
		.recorded_at = g->now,
		.effective_at = g->now,
		.salt = "00112233445566778899aabbccddeeff",
	};

	if (event_build(g->d, plan, &h, g->data, docs, &text, &g->e) < 0)
		return -1;
	jsonx_freep(&g->data);
	return dossier_apply(g->d, buf_slice(&text), &g->e);
}

static int
grow(struct growth *g, enum machine m, const char *event, unsigned roles,
    const char *who)
{
	struct err none = ERR_INIT;
	struct flow_plan plan;
	struct flow_act act = {
		.machine = m,
		.event = event,
		.roles = roles,
		.person = who,
		.now = g->now,
		.data = g->data,
	};

	g->e = none;
	g->now += 60;
	if (flow_decide(g->d, &act, &g->facts, &plan, &g->refusal, &g->e) < 0) {
		jsonx_freep(&g->data);
		return -1;
	}
	return grow_plan(g, &plan, who, NULL);
}

/* One dossier taken in, as an applicant's first act. */
static int
take_in(struct growth *g, bool refused, bool again)
{
	struct err none = ERR_INIT;
	struct flow_plan plan;
	struct flow_act act = { .event = "submit",
		.roles = ROLE_APPLICANT,
		.person = "applicant-1",
		.now = g->now };
	char bundle[16];
	struct flow_link links[8] = {
		{ M_BUNDLE, bundle, "open" },
		{ M_BUNDLE, bundle, "seal" },
		{ M_BUNDLE, bundle, refused ? "unpack_bad" : "unpack_ok" },
	};
	CLEANUP(jsonx_freep) struct json *docs = jsonx_array();
	struct json *doc = jsonx_object(), *fee = jsonx_object();
	size_t n = 3, word;

	g->e = none;
	snprintf(bundle, sizeof(bundle), "%d", (int)g->d->bundles + 1);
	if (!refused)
		links[n++] =
		    (struct flow_link){ M_BUNDLE, bundle, "examine_done" };
	if (!again)
		links[n++] =
		    (struct flow_link){ M_APPLICATION, "1", "open_new" };
	word = n;
	links[n++] = (struct flow_link){ M_APPLICATION, "1",
		again ? "resubmit" : "submit" };
	if (refused)
		links[n++] =
		    (struct flow_link){ M_APPLICATION, "1", "bundle_refused" };
	g->facts.archive_safe = !refused;
	if (flow_chain(g->d, &act, &g->facts, links, n, word, &plan,
		&g->refusal, &g->e) < 0)
		return -1;
	jsonx_set_int(doc, "n", 1 + g->d->bundles * 10);
	jsonx_set_int(doc, "size", 10);
	jsonx_set_str(doc, "commitment", "aa");
	jsonx_set_str(doc, "tag", "secret");
	jsonx_add(docs, doc);
	jsonx_set_int(fee, "amount", 1000);
	jsonx_set_str(fee, "due_at", "2026-08-10T00:00:00+09:00");
	g->data = jsonx_object();
	jsonx_set(g->data, "fee", fee);
	jsonx_set_bool(g->data, "complete", true);
	jsonx_set_str(g->data, "kind", "new");
	jsonx_set_str(g->data, "received_at", "2026-07-25T12:00:00+09:00");
	return grow_plan(g, &plan, "applicant-1", docs);
}

static void
data_int(struct growth *g, const char *key, int64_t v)
{
	if (g->data == NULL)
		g->data = jsonx_object();
	jsonx_set_int(g->data, key, v);
}

static void
data_str(struct growth *g, const char *key, const char *v)
{
	if (g->data == NULL)
		g->data = jsonx_object();
	jsonx_set_str(g->data, key, v);
}

/* A review of all criteria; one may be unmet, with or without a reason. */
static void
data_review(struct growth *g, bool unmet, bool reason)
{
	const struct scheme *s = g->facts.scheme;
	struct json *review = jsonx_object();

	for (size_t i = 0; i < s->n_criteria; i++) {
		struct json *row = jsonx_object();

		jsonx_set_bool(row, "met", !(unmet && i == 0));
		if (unmet && reason && i == 0)
			jsonx_set_str(row, "reason", "記載がない");
		jsonx_set(review, s->criteria[i].id, row);
	}
	if (g->data == NULL)
		g->data = jsonx_object();
	jsonx_set(g->data, "review", review);
}

/* Items of 17(1), each shown by the first event. */
static void
data_grounds(struct growth *g, const char *grounds)
{
	struct json *evidence = jsonx_array();

	data_str(g, "grounds", grounds);
	for (const char *p = grounds; *p != '\0'; p++) {
		struct json *row = jsonx_object();

		if (*p < '1' || *p > '9') {
			jsonx_free(row);
			continue;
		}
		jsonx_set_int(row, "ground", *p - '0');
		jsonx_set_int(row, "event", 1);
		jsonx_add(evidence, row);
	}
	jsonx_set(g->data, "evidence", evidence);
}

static void
data_decision(struct growth *g, const char *kind)
{
	struct json *j = jsonx_object();
	char basis[DOSSIER_HASH];

	dossier_basis(g->d, NULL, basis);
	jsonx_set_str(j, "kind", kind);
	jsonx_set_str(j, "case_basis", basis);
	jsonx_set_str(j, "sha256", basis);
	jsonx_set_str(j, "grounds", "1");
	jsonx_set_int(j, "needed", 2);
	jsonx_set_str(j, "expires_at", "2026-08-20T00:00:00+09:00");
	if (g->data == NULL)
		g->data = jsonx_object();
	jsonx_set(g->data, "decision", j);
}

static void
ok(struct growth *g, int rv)
{
	ck_ok(rv, &g->e);
}

static void
refused(struct growth *g, int rv, enum err_code code, enum guard guard)
{
	ck_assert_int_eq(rv, -1);
	ck_assert_msg(g->e.code == code, "want %s, have %s: %s", err_name(code),
	    err_name(g->e.code), g->e.detail);
	if (guard != G_NONE) {
		ck_assert_uint_ge(g->refusal.n_failed, 1);
		ck_assert_msg(g->refusal.failed[0] == guard,
		    "want guard %s, have %s", guard_name(guard),
		    guard_name(g->refusal.failed[0]));
	}
}

static void
to_review(struct growth *g)
{
	ok(g, take_in(g, false, false));
	data_int(g, "amount", 1000);
	ok(g, grow(g, M_FEE, "pay", ROLE_SECRETARIAT, "secretary-1"));
	ok(g, grow(g, M_NONE, "accept", ROLE_SECRETARIAT, "secretary-1"));
}

static void
to_approved(struct growth *g, const char *propose, const char *kind)
{
	bool decline = strcmp(kind, "decline") == 0;

	data_review(g, decline, true);
	data_str(g, "reasons", "理由");
	data_decision(g, kind);
	ok(g, grow(g, M_NONE, propose, ROLE_SECRETARIAT, "secretary-1"));
	ok(g, grow(g, M_DECISION, "sign", ROLE_OFFICER, "officer-1"));
	g->facts.quorum_reached = true;
	ok(g, grow(g, M_DECISION, "sign", ROLE_OFFICER, "officer-2"));
	g->facts.quorum_reached = false;
	ck_assert_int_eq(dossier_state(g->d, M_DECISION, "d1"), S_DEC_APPROVED);
}

static void
to_certified(struct growth *g)
{
	struct json *c = jsonx_object();

	to_review(g);
	to_approved(g, "propose_certify", "certify");
	jsonx_set_str(c, "number", "IPT0001-2607");
	jsonx_set_str(c, "certified_on", "2026-07-25");
	jsonx_set_str(c, "valid_through", "2028-07-25");
	g->data = jsonx_object();
	jsonx_set(g->data, "certification", c);
	ok(g, grow(g, M_NONE, "decide_certify", ROLE_OFFICER, "officer-2"));
	data_str(g, "serial", "0a");
	ok(g, grow(g, M_ARTEFACT, "sign", ROLE_SYSTEM, "sig"));
}

/* --- the main path and its couplings --- */

START_TEST(intake_brings_bundle_application_and_fee_into_being)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	ok(&g, take_in(&g, false, false));
	ck_assert_int_eq(dossier_state(g.d, M_BUNDLE, "1"), S_BUNDLE_STORED);
	ck_assert_int_eq(
	    dossier_state(g.d, M_APPLICATION, "1"), S_APP_SUBMITTED);
	ck_assert_int_eq(dossier_state(g.d, M_FEE, "1"), S_FEE_DUE);
	ck_assert_str_eq(g.d->applicant, "applicant-1");
	ck_assert_int_eq(g.d->fee_amount, 1000);
	ck_assert_uint_eq(g.d->n_basis, 1);
}
END_TEST

START_TEST(a_refused_bundle_keeps_the_day_of_receipt)
{
	CLEANUP(growth_done) struct growth g;
	int64_t received;

	growth_init(&g);
	ok(&g, take_in(&g, true, false));
	received = g.d->received_at;
	ck_assert_int_eq(
	    dossier_state(g.d, M_APPLICATION, "1"), S_APP_CORRECTING);
	ck_assert_int_eq(dossier_state(g.d, M_BUNDLE, "1"), S_BUNDLE_REFUSED);
	ok(&g, take_in(&g, false, true));
	ck_assert_int_eq(
	    dossier_state(g.d, M_APPLICATION, "1"), S_APP_SUBMITTED);
	ck_assert_int_eq(dossier_state(g.d, M_BUNDLE, "2"), S_BUNDLE_STORED);
	ck_assert_int_eq(g.d->received_at, received);
}
END_TEST

START_TEST(certification_follows_from_an_approved_decision)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	to_certified(&g);
	ck_assert_int_eq(
	    dossier_state(g.d, M_APPLICATION, "1"), S_APP_CERTIFIED);
	ck_assert_int_eq(
	    dossier_state(g.d, M_CERTIFICATION, "1"), S_CERT_VALID);
	ck_assert_int_eq(
	    dossier_state(g.d, M_ARTEFACT, "x509-1"), S_ART_SIGNED);
	ck_assert_int_eq(dossier_state(g.d, M_DECISION, "d1"), S_DEC_EXECUTED);
	ck_assert(dossier_in_force(g.d));
	ck_assert_str_eq(g.d->certification.serial, "0a");
}
END_TEST

START_TEST(revocation_ends_certification_and_artefact)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	to_certified(&g);
	g.facts.new_instance = "d2";
	data_str(&g, "grounds", "1");
	jsonx_set(g.data, "evidence", jsonx_array());
	refused(&g,
	    grow(&g, M_NONE, "propose_revocation", ROLE_SECRETARIAT, "s"),
	    E_FLOW_GUARD, G_GROUND_SHOWN);
	data_grounds(&g, "1");
	data_decision(&g, "revoke");
	ok(&g, grow(&g, M_NONE, "propose_revocation", ROLE_SECRETARIAT, "s"));
	refused(&g, grow(&g, M_COMPLIANCE, "revoke", ROLE_OFFICER, "officer-1"),
	    E_FLOW_GUARD, G_APPROVED);
	ok(&g, grow(&g, M_DECISION, "sign", ROLE_OFFICER, "officer-1"));
	g.facts.quorum_reached = true;
	ok(&g, grow(&g, M_DECISION, "sign", ROLE_OFFICER, "officer-2"));
	ok(&g, grow(&g, M_COMPLIANCE, "revoke", ROLE_OFFICER, "officer-2"));
	ck_assert_int_eq(
	    dossier_state(g.d, M_CERTIFICATION, "1"), S_CERT_REVOKED);
	ck_assert_int_eq(
	    dossier_state(g.d, M_ARTEFACT, "x509-1"), S_ART_REVOKED);
	ck_assert_int_eq(dossier_state(g.d, M_COMPLIANCE, "1"), S_COMP_CLOSED);
	ck_assert(!dossier_in_force(g.d));
}
END_TEST

START_TEST(a_declined_application_ends_with_its_decision)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	to_review(&g);
	to_approved(&g, "propose_decline", "decline");
	refused(&g,
	    grow(&g, M_NONE, "decide_certify", ROLE_OFFICER, "officer-2"),
	    E_FLOW_GUARD, G_PROPOSAL_CERTIFY);
	ok(&g, grow(&g, M_NONE, "decide_decline", ROLE_OFFICER, "officer-2"));
	ck_assert_int_eq(
	    dossier_state(g.d, M_APPLICATION, "1"), S_APP_DECLINED);
	ck_assert_int_eq(dossier_state(g.d, M_FEE, "1"), S_FEE_PAID);
}
END_TEST

START_TEST(withdrawal_voids_an_unpaid_fee_and_open_decisions)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	ok(&g, take_in(&g, false, false));
	ok(&g,
	    grow(&g, M_APPLICATION, "withdraw", ROLE_APPLICANT, "applicant-1"));
	ck_assert_int_eq(dossier_state(g.d, M_FEE, "1"), S_FEE_VOID);

	growth_done(&g);
	growth_init(&g);
	to_review(&g);
	data_review(&g, false, false);
	data_decision(&g, "certify");
	ok(&g, grow(&g, M_NONE, "propose_certify", ROLE_SECRETARIAT, "s"));
	ok(&g,
	    grow(&g, M_APPLICATION, "withdraw", ROLE_APPLICANT, "applicant-1"));
	ck_assert_int_eq(dossier_state(g.d, M_DECISION, "d1"), S_DEC_WITHDRAWN);
	ck_assert_int_eq(dossier_state(g.d, M_FEE, "1"), S_FEE_PAID);
}
END_TEST

/* --- guards, one by one --- */

START_TEST(accept_wants_fee_intake_and_no_bar)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	ok(&g, take_in(&g, false, false));
	refused(&g, grow(&g, M_NONE, "accept", ROLE_SECRETARIAT, "s"),
	    E_FLOW_GUARD, G_FEE_PAID);
	data_int(&g, "amount", 400);
	refused(&g, grow(&g, M_FEE, "pay", ROLE_SECRETARIAT, "s"), E_FLOW_GUARD,
	    G_AMOUNT_OK);
	data_int(&g, "amount", 400);
	ok(&g, grow(&g, M_FEE, "pay_part", ROLE_SECRETARIAT, "s"));
	data_int(&g, "amount", 600);
	ok(&g, grow(&g, M_FEE, "pay", ROLE_SECRETARIAT, "s"));
	g.d->to_correct = 1;
	refused(&g, grow(&g, M_NONE, "accept", ROLE_SECRETARIAT, "s"),
	    E_FLOW_GUARD, G_INTAKE_OK);
	g.d->to_correct = 0;
	g.facts.art8_bar = true;
	refused(&g, grow(&g, M_NONE, "accept", ROLE_SECRETARIAT, "s"),
	    E_FLOW_GUARD, G_ART8_BAR);
	g.facts.art8_bar = false;
	ok(&g, grow(&g, M_NONE, "accept", ROLE_SECRETARIAT, "s"));
}
END_TEST

START_TEST(a_refund_does_not_exist)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	to_review(&g);
	refused(&g, grow(&g, M_FEE, "refund", ROLE_SECRETARIAT, "s"), E_INPUT,
	    G_NONE);
	refused(&g, grow(&g, M_FEE, "pay", ROLE_SECRETARIAT, "s"), E_FLOW_STEP,
	    G_NONE);
}
END_TEST

START_TEST(proposals_follow_the_review_sheet)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	to_review(&g);
	refused(&g, grow(&g, M_NONE, "propose_certify", ROLE_SECRETARIAT, "s"),
	    E_FLOW_GUARD, G_REPORT_SIGNED);
	data_review(&g, true, true);
	refused(&g, grow(&g, M_NONE, "propose_certify", ROLE_SECRETARIAT, "s"),
	    E_FLOW_GUARD, G_CRITERIA_MET);
	data_review(&g, false, false);
	data_str(&g, "reasons", "x");
	refused(&g, grow(&g, M_NONE, "propose_decline", ROLE_SECRETARIAT, "s"),
	    E_FLOW_GUARD, G_CRITERIA_MET);
	data_review(&g, true, false);
	data_str(&g, "reasons", "x");
	refused(&g, grow(&g, M_NONE, "propose_decline", ROLE_SECRETARIAT, "s"),
	    E_FLOW_GUARD, G_REASONS_GIVEN);
	data_review(&g, true, true);
	refused(&g, grow(&g, M_NONE, "propose_decline", ROLE_SECRETARIAT, "s"),
	    E_FLOW_GUARD, G_REASONS_GIVEN);
}
END_TEST

static const struct {
	unsigned bit;
	enum guard guard;
} verdicts[] = {
	{ FLOW_APPROVAL_SIGNATURE, G_SIGNATURE_VALID },
	{ FLOW_APPROVAL_ROLE, G_ROLE_OK },
	{ FLOW_APPROVAL_PROPOSER, G_NOT_PROPOSER },
	{ FLOW_APPROVAL_DISTINCT, G_DISTINCT },
	{ FLOW_APPROVAL_CONFLICT, G_NO_CONFLICT },
};

START_TEST(each_verdict_on_a_signature_refuses_it)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	to_review(&g);
	data_review(&g, false, false);
	data_decision(&g, "certify");
	ok(&g, grow(&g, M_NONE, "propose_certify", ROLE_SECRETARIAT, "s"));
	g.facts.approvals_failed = verdicts[_i].bit;
	refused(&g, grow(&g, M_DECISION, "sign", ROLE_OFFICER, "officer-1"),
	    E_FLOW_GUARD, verdicts[_i].guard);
	g.facts.approvals_failed = 0;
	g.facts.approvals_checked = false;
	refused(&g, grow(&g, M_DECISION, "sign", ROLE_OFFICER, "officer-1"),
	    E_FLOW_GUARD, G_SIGNATURE_VALID);
	g.facts.approvals_checked = true;
	g.facts.basis_current = false;
	refused(&g, grow(&g, M_DECISION, "sign", ROLE_OFFICER, "officer-1"),
	    E_FLOW_GUARD, G_BASIS_CURRENT);
}
END_TEST

START_TEST(execution_wants_basis_and_verified_approvals)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	to_review(&g);
	to_approved(&g, "propose_certify", "certify");
	g.facts.approvals_verified = false;
	refused(&g,
	    grow(&g, M_NONE, "decide_certify", ROLE_OFFICER, "officer-2"),
	    E_FLOW_GUARD, G_APPROVALS_VERIFIED);
	g.facts.approvals_verified = true;
	g.facts.basis_current = false;
	refused(&g,
	    grow(&g, M_NONE, "decide_certify", ROLE_OFFICER, "officer-2"),
	    E_FLOW_GUARD, G_BASIS_CURRENT);
	g.facts.basis_current = true;
	g.facts.art8_bar = true;
	refused(&g,
	    grow(&g, M_NONE, "decide_certify", ROLE_OFFICER, "officer-2"),
	    E_FLOW_GUARD, G_ART8_BAR);
}
END_TEST

static const struct {
	const char *grounds;
	bool no_just, falsehood, shown;
} grounds[] = {
	{ "1", false, false, true },
	{ "2", false, false, true },
	{ "2,3", false, false, false }, /* no breach was recorded */
	{ "8,9", false, false, false },
	{ "4", false, false, false },
	{ "4", true, false, true },
	{ "5", false, false, false },
	{ "5", true, false, false }, /* nothing was noted */
	{ "6", false, false, false },
	{ "6", false, true, true },
	{ "6", true, false, false },
	{ "7", false, false, false },
	{ "7", true, false, false },
	{ "0", true, true, false },
	{ "2,2", true, true, false },
	{ "3,2", true, true, false },
	{ "1,", true, true, false },
	{ "10", true, true, false },
	{ "", true, true, false },
};

START_TEST(grounds_of_article_17_are_read_strictly)
{
	CLEANUP(growth_done) struct growth g;
	int rv;

	growth_init(&g);
	to_certified(&g);
	g.facts.new_instance = "d2";
	data_grounds(&g, grounds[_i].grounds);
	jsonx_set_bool(g.data, "no_just_reason", grounds[_i].no_just);
	jsonx_set_bool(g.data, "false_answer", grounds[_i].falsehood);
	data_decision(&g, "revoke");
	rv = grow(&g, M_NONE, "propose_revocation", ROLE_SECRETARIAT, "s");
	if (grounds[_i].shown)
		ok(&g, rv);
	else
		refused(&g, rv, E_FLOW_GUARD, G_GROUND_SHOWN);
}
END_TEST

START_TEST(other_roles_are_refused)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	ok(&g, take_in(&g, false, false));
	refused(&g, grow(&g, M_NONE, "accept", ROLE_APPLICANT, "applicant-1"),
	    E_FLOW_ROLE, G_NONE);
	refused(&g, grow(&g, M_FEE, "due_passed", ROLE_SECRETARIAT, "s"),
	    E_FLOW_ROLE, G_NONE);
	refused(&g, grow(&g, M_NONE, "withdraw", ROLE_AUDITOR, "auditor-1"),
	    E_FLOW_ROLE, G_NONE);
}
END_TEST

/* --- the clock --- */

START_TEST(due_dates_come_in_their_order)
{
	CLEANUP(growth_done) struct growth g;
	struct flow_due due;

	growth_init(&g);
	ok(&g, take_in(&g, false, false));
	ck_assert(flow_next_due(g.d, &due));
	ck_assert_int_eq(due.machine, M_FEE);
	ok(&g, grow(&g, M_FEE, "due_passed", ROLE_SYSTEM, "clk"));
	ck_assert_int_eq(dossier_state(g.d, M_FEE, "1"), S_FEE_OVERDUE);
	ck_assert(!flow_next_due(g.d, &due));
}
END_TEST

START_TEST(a_term_ends_at_midnight_in_japan)
{
	CLEANUP(growth_done) struct growth g;
	struct flow_due due;
	char text[INSTANT_TEXT];

	growth_init(&g);
	to_certified(&g);
	ck_assert(flow_next_due(g.d, &due));
	ck_assert_str_eq(due.event, "term_ends");
	ck_assert_str_eq(
	    instant_format(due.at, text), "2028-07-26T00:00:00+09:00");
	ok(&g, grow(&g, M_CERTIFICATION, "term_ends", ROLE_SYSTEM, "clk"));
	ck_assert_int_eq(
	    dossier_state(g.d, M_CERTIFICATION, "1"), S_CERT_EXPIRED);
	ck_assert_int_eq(dossier_state(g.d, M_ARTEFACT, "x509-1"), S_ART_ENDED);
	ck_assert_int_eq(dossier_state(g.d, M_COMPLIANCE, "1"), S_COMP_CLOSED);
	ck_assert(!flow_next_due(g.d, &due));
}
END_TEST

START_TEST(a_decision_expires_and_can_be_frozen_again)
{
	CLEANUP(growth_done) struct growth g;
	struct flow_due due;

	growth_init(&g);
	to_review(&g);
	to_approved(&g, "propose_certify", "certify");
	ck_assert(flow_next_due(g.d, &due));
	ck_assert_str_eq(due.event, "ttl_passed");
	ok(&g, grow(&g, M_DECISION, "ttl_passed", ROLE_SYSTEM, "clk"));
	refused(&g,
	    grow(&g, M_NONE, "decide_certify", ROLE_OFFICER, "officer-2"),
	    E_FLOW_GUARD, G_PROPOSAL_CERTIFY);
	ok(&g, grow(&g, M_NONE, "send_back", ROLE_OFFICER, "officer-1"));
	g.facts.new_instance = "d2";
	data_review(&g, false, false);
	data_decision(&g, "certify");
	ok(&g, grow(&g, M_NONE, "propose_certify", ROLE_SECRETARIAT, "s"));
}
END_TEST

/* --- replay --- */

START_TEST(apply_refuses_what_does_not_follow)
{
	CLEANUP(growth_done) struct growth g;
	struct flow_plan plan = { .primary = { M_APPLICATION, "1",
				      S_APP_IN_REVIEW, "accept",
				      S_APP_CERTIFIED },
		.role = ROLE_SECRETARIAT,
		.article = "6(1)" };

	growth_init(&g);
	ok(&g, take_in(&g, false, false));
	ck_assert_int_eq(grow_plan(&g, &plan, "s", NULL), -1);
	ck_assert_int_eq(g.e.code, E_STORE_CORRUPT);

	memset(&g.e, 0, sizeof(g.e));
	plan.primary.from = S_APP_DECIDING;
	plan.primary.to = S_APP_DECLINED;
	snprintf(
	    plan.primary.event, sizeof(plan.primary.event), "decide_decline");
	ck_assert_int_eq(grow_plan(&g, &plan, "s", NULL), -1);
	ck_assert_int_eq(g.e.code, E_STORE_CORRUPT);
}
END_TEST

START_TEST(apply_refuses_a_broken_chain)
{
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	ok(&g, take_in(&g, false, false));
	g.d->head[0] = g.d->head[0] == 'a' ? 'b' : 'a';
	{
		char kept[DOSSIER_HASH];
		CLEANUP(buf_free)
		struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
		struct flow_plan plan = { .primary = { .event = "read" },
			.role = ROLE_SYSTEM };
		struct event_head h = { .actor = "x",
			.rule_version = "",
			.policy_version = "",
			.recorded_at = T0,
			.effective_at = T0,
			.salt = "0" };

		memcpy(kept, g.d->head, sizeof(kept));
		ok(&g, event_build(g.d, &plan, &h, NULL, NULL, &text, &g.e));
		g.d->head[1] = g.d->head[1] == 'a' ? 'b' : 'a';
		ck_assert_int_eq(
		    dossier_apply(g.d, buf_slice(&text), &g.e), -1);
		ck_assert_int_eq(g.e.code, E_STORE_CORRUPT);
	}
}
END_TEST

/* BINDING-2: each member of "tags" gives the tag of its document. */
static int
documents(struct growth *g, const char *tags, const char *tag)
{
	CLEANUP(freep)
	char *docs_text = xasprintf("[{\"n\":7,\"commitment\":\"c\","
				    "\"size\":1,\"tag\":\"%s\"}]",
	    tag);
	CLEANUP(freep) char *data_text = xasprintf("{\"tags\":%s}", tags);
	CLEANUP(jsonx_freep) struct json *docs = NULL;
	CLEANUP(jsonx_freep) struct json *data = NULL;
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct flow_plan plan = { .primary = { .event = "read" },
		.role = ROLE_SYSTEM };
	struct event_head h = { .actor = "x",
		.rule_version = "",
		.policy_version = "",
		.recorded_at = T0,
		.effective_at = T0,
		.salt = "0" };

	g->e = (struct err)ERR_INIT;
	ok(g, jsonx_parse(slice_str(docs_text), KIB(4), &docs, &g->e));
	ok(g, jsonx_parse(slice_str(data_text), KIB(4), &data, &g->e));
	ok(g, event_build(g->d, &plan, &h, data, docs, &text, &g->e));
	return dossier_apply(g->d, buf_slice(&text), &g->e);
}

START_TEST(BINDING_2_a_tag_follows_from_its_sources)
{
	static const struct {
		const char *tags, *tag;
		bool good;
	} rows[] = {
		{ "[{\"n\":7,\"stated\":\"secret\"}]", "secret", true },
		{ "[{\"n\":7,\"stated\":\"secret\"}]", "public", false },
		{ "[{\"n\":7,\"stated\":\"secret\"}]", "internal", false },
		{ "[{\"n\":7,\"stated\":\"public\"}]", "public", false },
		{ "[{\"n\":7,\"stated\":\"public\",\"excluded\":true}]",
		    "public", true },
		{ "[{\"n\":7,\"stated\":\"public\",\"excluded\":true,"
		  "\"label\":\"secret\"}]",
		    "public", false },
		{ "[{\"n\":7,\"label\":\"personal\"}]", "personal", true },
		{ "[{\"n\":7,\"label\":\"personal\"}]", "secret", false },
		{ "[{\"n\":7}]", "secret", true },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		CLEANUP(growth_done) struct growth g;
		int rv;

		growth_init(&g);
		ok(&g, take_in(&g, false, false));
		rv = documents(&g, rows[i].tags, rows[i].tag);
		ck_assert_msg(
		    (rv == 0) == rows[i].good, "row %zu: %s", i, g.e.detail);
		if (rv < 0)
			ck_assert_int_eq(g.e.code, E_STORE_CORRUPT);
	}
}
END_TEST

/* --- properties of the tables --- */

START_TEST(one_row_for_a_state_and_an_event)
{
	const struct flow_row *a, *b;

	for (size_t i = 0; (a = flow_row_at(i)) != NULL; i++) {
		ck_assert(a->to != S_NONE);
		ck_assert_int_eq(state_machine(a->to), a->machine);
		ck_assert(
		    a->from == S_NONE || state_machine(a->from) == a->machine);
		ck_assert(!state_is_final(a->from));
		ck_assert(a->roles != 0);
		for (size_t k = i + 1; (b = flow_row_at(k)) != NULL; k++)
			ck_assert(a->machine != b->machine ||
			    a->from != b->from ||
			    strcmp(a->event, b->event) != 0);
	}
}
END_TEST

START_TEST(couplings_name_events_that_exist)
{
	const struct flow_coupling *c;

	for (size_t i = 0; (c = flow_coupling_at(i)) != NULL; i++) {
		ck_assert(flow_event_known(c->machine, c->event));
		ck_assert(flow_event_known(c->then, c->then_event));
	}
}
END_TEST

START_TEST(every_state_can_be_reached_and_left_or_is_final)
{
	const struct flow_row *r;

	for (int s = S_NONE + 1; s < S_MAX; s++) {
		bool in = false, out = false;

		for (size_t i = 0; (r = flow_row_at(i)) != NULL; i++) {
			in |= (int)r->to == s;
			out |= (int)r->from == s;
		}
		ck_assert_msg(in, "%s", state_name((enum state)s));
		ck_assert_msg(out != state_is_final((enum state)s), "%s",
		    state_name((enum state)s));
	}
}
END_TEST

/* Any act on any state is one row or a coded refusal, and replays. */
START_TEST(random_acts_are_decided_or_refused_with_a_code)
{
	uint64_t seed = 20260722 + (uint64_t)_i;
	CLEANUP(growth_done) struct growth g;

	growth_init(&g);
	ok(&g, take_in(&g, false, false));
	for (int step = 0; step < 60; step++) {
		const struct flow_row *r;
		size_t n = 0, pick;
		char id[16];

		while (flow_row_at(n) != NULL)
			n++;
		ck_assert_uint_gt(n, 0);
		pick = (size_t)(random_next(&seed) % n);
		r = flow_row_at(pick);
		if (r->machine == M_BUNDLE || r->from == S_NONE)
			continue;
		snprintf(id, sizeof(id), "d%d", step);
		g.facts.new_instance = id;
		g.facts.quorum_reached = random_next(&seed) % 2 == 0;
		g.facts.art8_bar = random_next(&seed) % 8 == 0;
		data_int(&g, "amount", 600);
		data_str(&g, "grounds", "1");
		data_str(&g, "reasons", "x");
		data_review(&g, random_next(&seed) % 2 == 0, true);
		{
			const struct flow_kind *k =
			    flow_kind_of(r->machine, r->event);

			data_decision(&g, k == NULL ? "certify" : k->kind);
		}
		if (grow(&g, r->machine, r->event, r->roles, "p") < 0)
			ck_assert_msg(g.e.code == E_FLOW_STEP ||
				g.e.code == E_FLOW_GUARD || g.e.code == E_INPUT,
			    "seed %d step %d: %s %s", _i, step,
			    err_name(g.e.code), g.e.detail);
		ck_assert_uint_lt(g.d->n_machines, 200);
	}
}
END_TEST

/* --- the generated page --- */

START_TEST(the_page_of_the_machines_is_the_committed_one)
{
	CLEANUP(buf_free) struct buf made = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf kept = BUF_INIT(MIB(1));
	const char *path = TEST_SOURCE_DIR "/docs/generated/workflow.md";
	struct err e = ERR_INIT;

	flow_describe(&made);
	if (getenv("UPDATE") != NULL)
		ck_ok(fs_write(AT_FDCWD, path, buf_slice(&made), 0644, &e), &e);
	ck_ok(fs_read(AT_FDCWD, path, MIB(1), &kept, &e), &e);
	ck_assert_msg(slice_eq(buf_slice(&made), buf_slice(&kept)),
	    "docs/generated/workflow.md is not that of the tables: run the "
	    "test with UPDATE=1 and read the difference");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("workflow");
	TCase *path = tcase_create("path");
	TCase *guards = tcase_create("guards");
	TCase *tables = tcase_create("tables");

	tcase_add_unchecked_fixture(path, setup, NULL);
	tcase_add_unchecked_fixture(guards, setup, NULL);
	tcase_add_unchecked_fixture(tables, setup, NULL);
	tcase_add_test(
	    path, intake_brings_bundle_application_and_fee_into_being);
	tcase_add_test(path, a_refused_bundle_keeps_the_day_of_receipt);
	tcase_add_test(path, certification_follows_from_an_approved_decision);
	tcase_add_test(path, revocation_ends_certification_and_artefact);
	tcase_add_test(path, a_declined_application_ends_with_its_decision);
	tcase_add_test(path, withdrawal_voids_an_unpaid_fee_and_open_decisions);
	tcase_add_test(path, due_dates_come_in_their_order);
	tcase_add_test(path, a_term_ends_at_midnight_in_japan);
	tcase_add_test(path, a_decision_expires_and_can_be_frozen_again);
	tcase_add_test(path, apply_refuses_what_does_not_follow);
	tcase_add_test(path, apply_refuses_a_broken_chain);
	tcase_add_test(path, BINDING_2_a_tag_follows_from_its_sources);
	tcase_add_test(guards, accept_wants_fee_intake_and_no_bar);
	tcase_add_test(guards, a_refund_does_not_exist);
	tcase_add_test(guards, proposals_follow_the_review_sheet);
	tcase_add_loop_test(guards, each_verdict_on_a_signature_refuses_it, 0,
	    (int)NELEM(verdicts));
	tcase_add_test(guards, execution_wants_basis_and_verified_approvals);
	tcase_add_loop_test(guards, grounds_of_article_17_are_read_strictly, 0,
	    (int)NELEM(grounds));
	tcase_add_test(guards, other_roles_are_refused);
	tcase_add_test(tables, one_row_for_a_state_and_an_event);
	tcase_add_test(tables, couplings_name_events_that_exist);
	tcase_add_test(tables, every_state_can_be_reached_and_left_or_is_final);
	tcase_add_loop_test(
	    tables, random_acts_are_decided_or_refused_with_a_code, 0, 40);
	tcase_add_test(tables, the_page_of_the_machines_is_the_committed_one);
	suite_add_tcase(s, path);
	suite_add_tcase(s, guards);
	suite_add_tcase(s, tables);
	return suite_main(s);
}
