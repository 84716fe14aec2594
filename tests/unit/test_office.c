/* SPDX-License-Identifier: Apache-2.0 */
/* The office against those who hold a token and mean no good. */
#include "support/office_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/x509.h"

static struct of f;

static void
setup(void)
{
	of_init(&f);
}

static void
teardown(void)
{
	of_done(&f);
}

static void
state_is(const char *dossier, const char *machine, const char *instance,
    const char *want)
{
	char have[OF_ID];

	of_state(&f, dossier, machine, instance, have);
	ck_assert_str_eq(have, want);
}

static uint64_t
listed(void)
{
	struct crl *crl = NULL;
	struct err e = ERR_INIT;
	uint64_t n;

	of_want(&f, 200,
	    &(struct of_request){ .route = ROUTE_PKI_CRL, .p0 = OF_IAAS });
	ck_ok(crl_load(buf_slice(&f.a.body), &crl, &e), &e);
	n = crl_count(crl);
	crl_free(crl);
	return n;
}

START_TEST(dossier_becomes_certificate_and_is_revoked)
{
	char id[OF_ID], number[OF_ID];

	of_submit(&f, "k1", NULL, id);
	of_certify(&f, id, number);
	state_is(id, "certification", "1", "valid");
	of_want(&f, 200,
	    &(struct of_request){
		.route = ROUTE_REGISTER_ENTRY, .p0 = number });
	ck_assert_str_eq(of_text(&f, "state"), "valid");
	ck_assert(jsonx_get_bool(f.j, "development", false));
	ck_assert_uint_eq(listed(), 0);
	of_revoke(&f, id);
	state_is(id, "certification", "1", "revoked");
	ck_assert_uint_eq(listed(), 1);
	of_close(&f);
	of_open(&f);
	state_is(id, "certification", "1", "revoked");
}
END_TEST

/* --- who may ask for what --- */

static const struct {
	enum route_id route;
	const char *p0, *p1;
	const char *allowed; /* applicant, secretary, officer, auditor: y/n */
} doors[] = {
	{ ROUTE_CASES, "", "", "yyyy" },
	{ ROUTE_CASE, "CASE", "", "yyyy" },
	{ ROUTE_CASE_EVENTS, "CASE", "", "yyyy" },
	{ ROUTE_CASE_FINDINGS, "CASE", "", "yyyn" },
	{ ROUTE_CASE_COMMANDS, "CASE", "", "yyyy" },
	{ ROUTE_CASE_DOCUMENT, "CASE", "1", "nyyn" },
	{ ROUTE_CASE_KEY, "CASE", "", "nyyn" },
	{ ROUTE_DECISION, "DECISION", "", "nyyy" },
	{ ROUTE_DECISION_DOCUMENT, "DECISION", "", "nyyy" },
};
static const char *const visitors[] = { "applicant-1", "secretary-1",
	"officer-1", "auditor-1" };

static const char *
param_of(const char *name, const char *dossier, const char *decision)
{
	if (strcmp(name, "CASE") == 0)
		return dossier;
	return strcmp(name, "DECISION") == 0 ? decision : name;
}

START_TEST(each_door_has_its_key)
{
	char id[OF_ID], decision[OF_ID];

	of_submit(&f, "k1", NULL, id);
	of_accept(&f, id);
	of_propose(&f, id, decision);
	for (size_t i = 0; i < NELEM(doors); i++) {
		struct of_request q = { .route = doors[i].route,
			.p0 = param_of(doors[i].p0, id, decision),
			.p1 = doors[i].p1 };

		of_want(&f, 401, &q);
		for (size_t k = 0; k < NELEM(visitors); k++) {
			q.who = visitors[k];
			of_want(&f, doors[i].allowed[k] == 'y' ? 200 : 404, &q);
		}
	}
}
END_TEST

START_TEST(what_one_may_not_see_is_not_there)
{
	char id[OF_ID], roster[65];
	struct of_request q = { .route = ROUTE_CASE, .who = "other" };

	of_token(&f, "other", "applicant-2", "applicant");
	of_submit(&f, "k1", NULL, id);
	q.p0 = id;
	of_want(&f, 404, &q);
	q.route = ROUTE_CASE_EVENTS;
	of_want(&f, 404, &q);
	q.route = ROUTE_CASE_COMMAND;
	q.body = "{\"command\":\"withdraw\",\"if_head\":\"x\"}";
	of_want(&f, 404, &q);
	snprintf(roster, sizeof(roster), "crl-" OF_IAAS);
	q.route = ROUTE_CASE;
	q.p0 = roster;
	of_want(&f, 404, &q);
	q.p0 = "roster";
	q.route = ROUTE_CASE_COMMAND;
	of_want(&f, 404, &q);
	of_want(&f, 200,
	    &(struct of_request){ .route = ROUTE_CASES, .who = "other" });
	ck_assert_uint_eq(jsonx_len(jsonx_get(f.j, "items")), 0);
}
END_TEST

/* REGULATION 3: one role per person and case. */
START_TEST(staff_are_no_applicants_in_other_cases)
{
	CLEANUP(fd_closep) int fd = -1;
	char id[OF_ID];

	of_token(&f, "both", "secretary-1", "secretariat applicant");
	of_submit(&f, "k1", NULL, id);
	ck_assert_uint_eq(of_command(&f, "both", id, "withdraw", NULL), 403);
	state_is(id, "application", "1", "submitted");
	ck_assert_uint_eq(
	    of_command(&f, "secretary-1", id, "application.request_correction",
		"{\"items\":[\"form-b\"]}"),
	    200);
	fd = of_zip(&f, OF_IAAS, NULL);
	of_want(&f, 404,
	    &(struct of_request){ .route = ROUTE_DOSSIER_SUBMIT,
		.who = "both",
		.fd = fd,
		.key = "k2",
		.query = { { "case", id } } });
	state_is(id, "application", "1", "correcting");
}
END_TEST

START_TEST(applicants_are_no_staff_in_their_own_case)
{
	char id[OF_ID];

	of_token(&f, "both", "applicant-1", "applicant secretariat officer");
	of_submit(&f, "k1", NULL, id);
	ck_assert_uint_eq(of_command(&f, "both", id, "fee.pay",
			      "{\"amount\":165000,\"paid_on\":\"2026-07-15\"}"),
	    403);
	state_is(id, "fee", "1", "due");
	of_want(&f, 404,
	    &(struct of_request){
		.route = ROUTE_CASE_KEY, .who = "both", .p0 = id });
	ck_assert_uint_eq(of_command(&f, "both", id, "withdraw", NULL), 200);
}
END_TEST

/* The roster gives officer-1 both roles, by decision of the two. */
static void
officer_with_two_roles(void)
{
	CLEANUP(freep)
	char *path = fs_join(f.sf.home, "keys/roster/officer-1.json");
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(16));
	CLEANUP(buf_free) struct buf body = BUF_INIT(KIB(32));
	CLEANUP(jsonx_freep) struct json *entry = NULL;
	struct json *roles = jsonx_array();
	struct err e = ERR_INIT;
	const struct json *list;
	char decision[OF_ID];

	ck_assert_int_eq(fs_read(AT_FDCWD, path, KIB(16) - 1, &text, &e), 0);
	ck_assert_int_eq(jsonx_parse(buf_slice(&text), KIB(16), &entry, &e), 0);
	jsonx_add_str(roles, "officer");
	jsonx_add_str(roles, "secretariat");
	jsonx_set(entry, "roles", roles);
	buf_puts(&body, "{\"command\":\"freeze\",\"if_head\":\"");
	for (int i = 0; i < 64; i++)
		buf_putc(&body, '0');
	buf_puts(&body,
	    "\",\"data\":{\"kind\":\"roster\",\"outcome\":\"roster\","
	    "\"reasons\":\"r\",\"entry\":");
	jsonx_canonical(entry, &body);
	buf_puts(&body, "}}");
	of_want(&f, 200,
	    &(struct of_request){ .route = ROUTE_CASE_COMMAND,
		.who = "secretary-1",
		.p0 = "roster",
		.body = buf_str(&body) });
	list = jsonx_get(f.j, "decisions");
	snprintf(decision, sizeof(decision), "%s",
	    jsonx_get_str(jsonx_at(list, 0), "decision_id"));
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_1, decision, SSH_NS_DECISION), 200);
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_2, decision, SSH_NS_DECISION), 200);
}

/* A token alone makes nobody a secretary. */
START_TEST(staff_act_by_the_roster)
{
	char id[OF_ID];

	of_token(&f, "worker", "officer-1", "secretariat officer");
	of_submit(&f, "k1", NULL, id);
	ck_assert_uint_eq(of_command(&f, "worker", id, "fee.pay",
			      "{\"amount\":165000,\"paid_on\":\"2026-07-15\"}"),
	    403);
	ck_assert_str_eq(of_text(&f, "code"), "E_FLOW_ROLE");
	state_is(id, "fee", "1", "due");
}
END_TEST

/* Who prepared the case does not decide it, whatever the token says. */
START_TEST(who_prepared_does_not_sign)
{
	char id[OF_ID], decision[OF_ID];

	of_token(&f, "worker", "officer-1", "secretariat officer");
	officer_with_two_roles();
	of_submit(&f, "k1", NULL, id);
	ck_assert_uint_eq(of_command(&f, "worker", id, "fee.pay",
			      "{\"amount\":165000,\"paid_on\":\"2026-07-15\"}"),
	    200);
	ck_assert_uint_eq(
	    of_command(&f, "secretary-1", id, "application.accept",
		"{\"reviewers\":[\"secretary-1\"]}"),
	    200);
	of_propose(&f, id, decision);
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_1, decision, SSH_NS_DECISION), 403);
	ck_assert_str_eq(of_text(&f, "code"), "E_FLOW_ROLE");
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_2, decision, SSH_NS_DECISION), 200);
	state_is(id, "decision", decision, "open");
}
END_TEST

/* --- commands --- */

/* An act that cannot be replayed must never become durable. */
START_TEST(named_instance_breaks_nothing)
{
	static const char *const commands[] = { "decision.freeze", "freeze",
		"bundle.open", "fee.invoice", "application.open_new",
		"compliance.open", "artefact.order", "certification.create" };
	char id[OF_ID], decision[OF_ID], head[65], now[65];
	const char *instances[] = { decision, "1", "x509-1", "" };

	of_submit(&f, "k1", NULL, id);
	of_accept(&f, id);
	of_propose(&f, id, decision);
	of_head(&f, id, head);
	for (size_t i = 0; i < NELEM(commands); i++)
		for (size_t k = 0; k < NELEM(instances); k++) {
			CLEANUP(freep)
			char *body =
			    xasprintf("{\"command\":\"%s\",\"if_head\":\"%s\","
				      "\"instance\":\"%s\",\"data\":"
				      "{\"kind\":\"close_incomplete\","
				      "\"reasons\":\"r\"}}",
				commands[i], head, instances[k]);
			unsigned status = of_serve(&f,
			    &(struct of_request){ .route = ROUTE_CASE_COMMAND,
				.who = "secretary-1",
				.p0 = id,
				.body = body });

			ck_assert_msg(status >= 400 && status < 500,
			    "%s %s: %u %.*s", commands[i], instances[k], status,
			    (int)f.a.body.n, (char *)f.a.body.p);
		}
	of_head(&f, id, now);
	ck_assert_str_eq(head, now);
	of_close(&f);
	of_open(&f);
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_1, decision, SSH_NS_DECISION), 200);
}
END_TEST

/* A decision of another case cannot be taken over by naming it. */
START_TEST(nobody_chooses_the_id_of_a_decision)
{
	CLEANUP(freep) char *body = NULL;
	char one[OF_ID], two[OF_ID], decision[OF_ID], head[65];

	of_submit(&f, "k1", NULL, one);
	of_accept(&f, one);
	of_propose(&f, one, decision);
	of_submit(&f, "k2", "別のクラウド", two);
	of_head(&f, two, head);
	body = xasprintf("{\"command\":\"decision.freeze\",\"if_head\":\"%s\","
			 "\"instance\":\"%s\",\"data\":{\"kind\":"
			 "\"close_incomplete\",\"reasons\":\"r\"}}",
	    head, decision);
	ck_assert_uint_ge(of_serve(&f,
			      &(struct of_request){ .route = ROUTE_CASE_COMMAND,
				  .who = "secretary-1",
				  .p0 = two,
				  .body = body }),
	    400);
	of_want(&f, 200,
	    &(struct of_request){
		.route = ROUTE_DECISION, .who = "officer-1", .p0 = decision });
	ck_assert_str_eq(of_text(&f, "case"), one);
}
END_TEST

START_TEST(head_is_named_once_and_must_be_the_last)
{
	static const char none[] = "{\"command\":\"withdraw\"}";
	CLEANUP(freep) char *body = NULL;
	CLEANUP(freep) char *tag = NULL;
	char id[OF_ID], head[65];
	struct of_request q = { .route = ROUTE_CASE_COMMAND,
		.who = "applicant-1" };

	of_submit(&f, "k1", NULL, id);
	of_head(&f, id, head);
	q.p0 = id;
	q.body = none;
	of_want(&f, 428, &q);
	ck_assert_str_eq(of_text(&f, "code"), "E_STORE_CONFLICT");
	q.if_match = "*";
	of_want(&f, 400, &q);
	q.if_match = "\"0000\"";
	of_want(&f, 412, &q);
	body = xasprintf("{\"command\":\"withdraw\",\"if_head\":\"%s\"}", head);
	q.body = body;
	of_want(&f, 400, &q);
	q.if_match = NULL;
	q.body = "{\"command\":\"withdraw\",\"if_head\":\"0000\"}";
	of_want(&f, 409, &q);
	tag = xasprintf("\"%s.j1\"", head);
	q.body = none;
	q.if_match = tag;
	of_want(&f, 200, &q);
	of_want(&f, 412, &q);
}
END_TEST

static const char *const garbage[] = { "", "{", "[]", "null", "{}",
	"{\"command\":1}", "{\"command\":\"\"}",
	"{\"command\":\"x\",\"data\":[]}", "{\"command\":\"x\",\"data\":1}",
	"{\"command\":\"x\",\"more\":1}", "{\"command\":\".\"}",
	"{\"command\":\"body.roster\"}", "{\"command\":\"nothing.at_all\"}",
	"{\"command\":\"withdraw\",\"if_head\":\"h\",\"instance\":\"\"}",
	"{\"command\":\"withdraw\",\"command\":\"withdraw\"}" };
START_TEST(garbage_is_refused)
{
	char id[OF_ID];

	of_submit(&f, "k1", NULL, id);
	for (size_t i = 0; i < NELEM(garbage); i++) {
		unsigned status = of_serve(&f,
		    &(struct of_request){ .route = ROUTE_CASE_COMMAND,
			.who = "secretary-1",
			.p0 = id,
			.body = garbage[i] });

		ck_assert_msg(status >= 400 && status < 500, "%s: %u",
		    garbage[i], status);
	}
}
END_TEST

/* Members that replay believes are never the client's. */
START_TEST(data_of_the_client_moves_no_facts)
{
	static const char lie[] =
	    "{\"items\":[\"form-b\"],\"complete\":true,"
	    "\"correction_due_at\":\"2099-01-01T00:00:00+09:00\","
	    "\"received_at\":\"2001-01-01T00:00:00+09:00\","
	    "\"findings\":{\"correct\":0},\"fee\":{\"amount\":0},"
	    "\"decision\":{\"kind\":\"certify\",\"needed\":0,"
	    "\"cert_number\":\"IPT9999-2607\"},"
	    "\"certification\":{\"number\":\"IPT9999-2607\"},"
	    "\"publication\":{\"items\":[]},\"serial\":\"00\",\"record\":1}";
	char id[OF_ID], received[40];

	of_submit(&f, "k1", NULL, id);
	snprintf(received, sizeof(received), "%s", of_text(&f, "received_at"));
	ck_assert_uint_eq(of_command(&f, "secretary-1", id,
			      "application.request_correction", lie),
	    400);
	ck_assert_uint_eq(
	    of_command(&f, "secretary-1", id, "application.request_correction",
		"{\"items\":[\"form-b\"]}"),
	    200);
	ck_assert_str_eq(of_text(&f, "received_at"), received);
	ck_assert_ptr_null(of_text(&f, "number"));
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_at(jsonx_get(f.j, "deadlines"), 0), "date"),
	    "2026-07-29");
}
END_TEST

START_TEST(payment_is_a_sum_of_money)
{
	static const char *const bad[] = { "{}",
		"{\"amount\":0,\"paid_on\":\"2026-07-15\"}",
		"{\"amount\":-165000,\"paid_on\":\"2026-07-15\"}",
		"{\"amount\":\"165000\",\"paid_on\":\"2026-07-15\"}",
		"{\"amount\":165000}",
		"{\"amount\":165000,\"paid_on\":\"yesterday\"}",
		"{\"amount\":165000,\"paid_on\":\"2026-07-16\"}" };
	char id[OF_ID];

	of_submit(&f, "k1", NULL, id);
	for (size_t i = 0; i < NELEM(bad); i++) {
		unsigned status =
		    of_command(&f, "secretary-1", id, "fee.pay", bad[i]);

		ck_assert_msg(
		    status == 400 || status == 422, "%s: %u", bad[i], status);
	}
	state_is(id, "fee", "1", "due");
}
END_TEST

/* --- repetition --- */

START_TEST(key_belongs_to_one_body)
{
	CLEANUP(fd_closep) int one = of_zip(&f, OF_IAAS, NULL);
	CLEANUP(fd_closep) int two = of_zip(&f, OF_IAAS, "別のクラウド");
	char id[OF_ID];
	struct of_request q = { .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = one,
		.key = "k1",
		.none_match = "*" };

	of_want(&f, 201, &q);
	ck_assert_ptr_nonnull(f.j);
	snprintf(id, sizeof(id), "%s", of_text(&f, "case"));
	of_want(&f, 201, &q);
	ck_assert_str_eq(of_text(&f, "case"), id);
	q.fd = two;
	of_want(&f, 422, &q);
	ck_assert_str_eq(of_text(&f, "code"), "E_IDEMPOTENCY");
	/* Three days on the kept answer is gone, the event is not. */
	f.sf.now += 4 * 86400;
	ck_assert_int_gt(office_tick(f.office), 0);
	of_want(&f, 422, &q);
	ck_assert_str_eq(of_text(&f, "code"), "E_IDEMPOTENCY");
	q.fd = one;
	of_want(&f, 201, &q);
	ck_assert_str_eq(of_text(&f, "case"), id);
	q.key = NULL;
	of_want(&f, 400, &q);
}
END_TEST

/* What is kept for a repetition is no clear copy of the dossier. */
START_TEST(kept_answers_are_ciphertext)
{
	CLEANUP(freep)
	char *look = xasprintf("grep -rlaE '架空クラウド|架空IoT' '%s/store'"
			       " '%s/run' 2>/dev/null | wc -l",
	    f.sf.home, f.sf.home);
	CLEANUP(fd_closep) int fd = of_zip(&f, OF_IAAS, NULL);
	struct of_request q = { .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = fd,
		.key = "k1" };
	char id[OF_ID];
	FILE *p;
	int found = -1;

	of_submit(&f, "k1", NULL, id);
	of_close(&f);
	p = popen(look, "r");
	ck_assert_int_eq(fscanf(p, "%d", &found), 1);
	pclose(p);
	ck_assert_int_eq(found, 0);
	of_open(&f);
	of_want(&f, 201, &q);
	ck_assert_str_eq(of_text(&f, "case"), id);
}
END_TEST

struct twin {
	const struct front_request *q;
	int fd;
	struct answer a;
};

static void *
twin_run(void *arg)
{
	struct twin *t = arg;

	office_serve(f.office, t->q, t->fd, &t->a);
	return NULL;
}

START_TEST(two_of_the_same_at_once_are_one)
{
	CLEANUP(freep)
	char *path =
	    xasprintf("%s/keys/development/applicant-1.token", f.sf.home);
	CLEANUP(buf_free) struct buf token = BUF_INIT(256);
	CLEANUP(freep) struct front_request *q = xcalloc(1, sizeof(*q));
	struct twin twins[4];
	pthread_t threads[4];
	struct err e = ERR_INIT;

	ck_ok(fs_read(AT_FDCWD, path, 200, &token, &e), &e);
	token.n -= token.p[token.n - 1] == '\n';
	q->route = ROUTE_DOSSIER_SUBMIT;
	q->method = METHOD_POST;
	q->header[FH_AUTHORIZATION] = buf_slice(&token);
	q->header[FH_IDEMPOTENCY_KEY] = slice_str("k1");
	for (size_t i = 0; i < NELEM(twins); i++) {
		twins[i].q = q;
		/* A file description of its own, as front would send it. */
		twins[i].fd = of_zip(&f, OF_IAAS, NULL);
		answer_init(&twins[i].a);
	}
	for (size_t i = 0; i < NELEM(twins); i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, twin_run, &twins[i]), 0);
	for (size_t i = 0; i < NELEM(twins); i++) {
		pthread_join(threads[i], NULL);
		ck_assert_msg(twins[i].a.status == 201, "%u: %.*s",
		    twins[i].a.status, (int)twins[i].a.body.n,
		    (char *)twins[i].a.body.p);
		ck_assert_str_eq(twins[i].a.header[FR_LOCATION],
		    twins[0].a.header[FR_LOCATION]);
	}
	for (size_t i = 0; i < NELEM(twins); i++) {
		answer_done(&twins[i].a);
		fd_closep(&twins[i].fd);
	}
	of_want(&f, 200,
	    &(struct of_request){ .route = ROUTE_CASES, .who = "applicant-1" });
	ck_assert_uint_eq(jsonx_len(jsonx_get(f.j, "items")), 1);
}
END_TEST

START_TEST(long_histories_come_in_pages)
{
	struct of_request q = { .route = ROUTE_CASE_EVENTS,
		.who = "secretary-1" };
	size_t seen = 0;
	char id[OF_ID], next[24];

	of_submit(&f, "k1", NULL, id);
	for (int i = 0; i < 105; i++)
		ck_assert_uint_eq(
		    of_command(&f, "secretary-1", id, "fee.pay_part",
			"{\"amount\":1,"
			"\"paid_on\":\"2026-07-15\"}"),
		    200);
	q.p0 = id;
	of_want(&f, 200, &q);
	seen = jsonx_len(jsonx_get(f.j, "items"));
	ck_assert_uint_eq(seen, 100);
	snprintf(next, sizeof(next), "%s", of_text(&f, "next"));
	q.query[0][0] = "cursor";
	q.query[0][1] = next;
	of_want(&f, 200, &q);
	ck_assert_uint_eq(seen + jsonx_len(jsonx_get(f.j, "items")), 106);
	ck_assert_ptr_null(of_text(&f, "next"));
	q.query[0][1] = "-1";
	of_want(&f, 400, &q);
}
END_TEST

/* Readings continue one history without folding it. */
START_TEST(each_reading_is_an_event)
{
	struct of_request q = {
		.route = ROUTE_CASE_DOCUMENT, .who = "secretary-1", .p1 = "1"
	};
	char id[OF_ID];

	of_submit(&f, "k1", NULL, id);
	q.p0 = id;
	for (int i = 0; i < 3; i++) {
		of_want(&f, 200, &q);
		if (i == 1) {
			of_close(&f);
			of_open(&f);
		}
	}
	of_want(&f, 200,
	    &(struct of_request){ .route = ROUTE_CASE_EVENTS,
		.who = "auditor-1",
		.p0 = "access-2026-07" });
	ck_assert_uint_eq(jsonx_len(jsonx_get(f.j, "items")), 3);
}
END_TEST

START_TEST(only_reading_is_conditional)
{
	CLEANUP(freep) char *body = NULL;
	char id[OF_ID], head[65];

	of_submit(&f, "k1", NULL, id);
	of_head(&f, id, head);
	of_want(&f, 304,
	    &(struct of_request){ .route = ROUTE_CASE,
		.who = "applicant-1",
		.p0 = id,
		.none_match = "*" });
	body = xasprintf("{\"command\":\"withdraw\",\"if_head\":\"%s\"}", head);
	of_want(&f, 200,
	    &(struct of_request){ .route = ROUTE_CASE_COMMAND,
		.who = "applicant-1",
		.p0 = id,
		.body = body,
		.none_match = "*" });
	ck_assert_str_eq(of_text(&f, "state"), "withdrawn");
}
END_TEST

/* --- what fails half-way --- */

START_TEST(list_follows_when_the_signer_is_back)
{
	char id[OF_ID], number[OF_ID];

	of_submit(&f, "k1", NULL, id);
	of_certify(&f, id, number);
	f.fail_op = OP_SIGN_CRL;
	f.fail_after = 0;
	of_revoke(&f, id);
	state_is(id, "certification", "1", "revoked");
	f.sf.now += 10;
	ck_assert_int_gt(office_tick(f.office), 0);
	ck_assert_uint_eq(listed(), 1);
}
END_TEST

/* The signer lists what it has proved; the events must be there before. */
START_TEST(no_list_before_the_events_of_its_revocations)
{
	char first[OF_ID], second[OF_ID], number[OF_ID];

	of_submit(&f, "k1", NULL, first);
	of_certify(&f, first, number);
	of_submit(&f, "k2", "別のサービス", second);
	of_certify(&f, second, number);
	f.fail_op = OP_REVOKE_CERT;
	f.fail_after = 0;
	f.fail_late = true;
	of_revoke(&f, first);
	state_is(first, "certification", "1", "valid");
	ck_assert_uint_eq(listed(), 0);
	of_revoke(&f, second);
	state_is(second, "certification", "1", "revoked");
	state_is(first, "certification", "1", "revoked");
	ck_assert_uint_eq(listed(), 2);
}
END_TEST

START_TEST(revocation_follows_when_the_signer_is_back)
{
	char id[OF_ID], number[OF_ID];

	of_submit(&f, "k1", NULL, id);
	of_certify(&f, id, number);
	f.fail_op = OP_REVOKE_CERT;
	f.fail_after = 0;
	of_revoke(&f, id);
	state_is(id, "certification", "1", "valid");
	f.sf.now += 10;
	ck_assert_int_gt(office_tick(f.office), 0);
	state_is(id, "certification", "1", "revoked");
	ck_assert_uint_eq(listed(), 1);
}
END_TEST

START_TEST(certificate_follows_when_the_signer_is_back)
{
	char id[OF_ID], number[OF_ID];

	of_submit(&f, "k1", NULL, id);
	f.fail_op = OP_ISSUE_CERT;
	f.fail_after = 1; /* proved and issued, then not read back */
	of_certify(&f, id, number);
	state_is(id, "certification", "1", "issuing");
	f.sf.now += 10;
	ck_assert_int_gt(office_tick(f.office), 0);
	state_is(id, "certification", "1", "valid");
}
END_TEST

START_TEST(approved_decision_waits_for_the_signer)
{
	char id[OF_ID], decision[OF_ID];

	of_submit(&f, "k1", NULL, id);
	of_accept(&f, id);
	of_propose(&f, id, decision);
	f.fail_op = OP_ISSUE_CERT;
	f.fail_after = 0;
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_1, decision, SSH_NS_DECISION), 200);
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_2, decision, SSH_NS_DECISION), 200);
	ck_assert_str_eq(of_text(&f, "state"), "approved");
	state_is(id, "application", "1", "deciding");
	ck_assert_uint_eq(
	    of_command(&f, "officer-1", id, "decide_certify", NULL), 200);
	state_is(id, "certification", "1", "valid");
}
END_TEST

/* --- corrections --- */

START_TEST(papers_of_before_stay_readable)
{
	CLEANUP(fd_closep) int fd = of_zip(&f, OF_IAAS, NULL);
	struct of_request q = {
		.route = ROUTE_CASE_DOCUMENT, .who = "secretary-1", .p1 = "1"
	};
	char id[OF_ID];
	int64_t first;

	of_submit(&f, "k1", NULL, id);
	q.p0 = id;
	of_want(&f, 200, &q);
	ck_assert_uint_eq(
	    of_command(&f, "secretary-1", id, "application.request_correction",
		"{\"items\":[\"form-b\"]}"),
	    200);
	of_want(&f, 201,
	    &(struct of_request){ .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = fd,
		.key = "k2",
		.query = { { "case", id } } });
	first = jsonx_get_int(jsonx_at(jsonx_get(f.j, "documents"), 0), "n", 0);
	ck_assert_int_gt(first, 1);
	of_want(&f, 200, &q);
	of_close(&f);
	of_open(&f);
	of_want(&f, 200, &q);
}
END_TEST

/* --- Art. 8 --- */

START_TEST(revoked_service_is_barred_under_any_spelling)
{
	/* 半角カナ and full-width letters of the sample's name. */
	static const char *const spelled[] = { "架空ＩｏＴクラウド基盤",
		"架空IoTｸﾗｳﾄﾞ基盤", "架空ＩＯＴクラウド基盤" };
	char id[OF_ID], number[OF_ID], again[OF_ID], key[8];

	of_submit(&f, "k1", NULL, id);
	of_certify(&f, id, number);
	/* Taken in before the revocation of the same day: barred too. */
	of_submit(&f, "k0", NULL, again);
	of_revoke(&f, id);
	ck_assert_uint_eq(of_command(&f, "secretary-1", again, "fee.pay",
			      "{\"amount\":165000,\"paid_on\":\"2026-07-15\"}"),
	    200);
	ck_assert_uint_eq(
	    of_command(&f, "secretary-1", again, "application.accept",
		"{\"reviewers\":[\"secretary-1\"]}"),
	    422);
	for (size_t i = 0; i < NELEM(spelled); i++) {
		snprintf(key, sizeof(key), "s%zu", i);
		of_submit(&f, key, spelled[i], again);
		ck_assert_uint_eq(
		    of_command(&f, "secretary-1", again, "fee.pay",
			"{\"amount\":165000,"
			"\"paid_on\":\"2026-07-15\"}"),
		    200);
		ck_assert_uint_eq(
		    of_command(&f, "secretary-1", again, "application.accept",
			"{\"reviewers\":[\"secretary-1\"]}"),
		    422);
		ck_assert_str_eq(of_text(&f, "guard"), "art8_bar");
	}
}
END_TEST

/* --- decisions --- */

START_TEST(ended_application_leaves_no_open_decision)
{
	char id[OF_ID], other[OF_ID], number[OF_ID];

	of_submit(&f, "k1", NULL, id);
	ck_assert_uint_eq(of_command(&f, "secretary-1", id, "decision.freeze",
			      "{\"kind\":\"close_incomplete\","
			      "\"reasons\":\"r\"}"),
	    200);
	snprintf(other, sizeof(other), "%s",
	    jsonx_get_str(
		jsonx_at(jsonx_get(f.j, "decisions"), 0), "decision_id"));
	of_certify(&f, id, number);
	state_is(id, "decision", other, "withdrawn");
}
END_TEST

START_TEST(objection_rejects_and_counts_for_nothing)
{
	char id[OF_ID], decision[OF_ID];

	of_submit(&f, "k1", NULL, id);
	of_accept(&f, id);
	of_propose(&f, id, decision);
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_1, decision, SSH_NS_DECISION), 200);
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_1, decision, SSH_NS_DECISION), 422);
	ck_assert_uint_eq(of_sign(&f, SF_OFFICER_2, decision, SSH_NS_GIT), 422);
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_2, decision, SSH_NS_OBJECTION), 200);
	ck_assert_str_eq(of_text(&f, "state"), "rejected");
	ck_assert_uint_eq(
	    of_sign(&f, SF_OFFICER_2, decision, SSH_NS_DECISION), 409);
	state_is(id, "application", "1", "deciding");
}
END_TEST

/* --- limits --- */

START_TEST(quota_is_asked_before_anything_is_kept)
{
	CLEANUP(fd_closep) int fd = of_zip(&f, OF_IAAS, "別のクラウド");
	CLEANUP(freep)
	char *keys = fs_join(f.sf.home, "store/casekeys");
	CLEANUP(freep) char *count = NULL;
	char id[OF_ID];
	FILE *p;
	int before = 0, after = 0;

	f.config->limits.open_cases = 1;
	of_submit(&f, "k1", NULL, id);
	count = xasprintf("find %s -type f | wc -l", keys);
	p = popen(count, "r");
	ck_assert_int_eq(fscanf(p, "%d", &before), 1);
	pclose(p);
	of_want(&f, 422,
	    &(struct of_request){ .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = fd,
		.key = "k2" });
	ck_assert_str_eq(of_text(&f, "guard"), "quota_ok");
	p = popen(count, "r");
	ck_assert_int_eq(fscanf(p, "%d", &after), 1);
	pclose(p);
	ck_assert_int_eq(before, after);
}
END_TEST

START_TEST(receipt_follows_when_the_signer_is_back)
{
	struct of_request ask = { .route = ROUTE_CASE, .who = "applicant-1" };
	CLEANUP(freep) char *cms = NULL;
	char id[OF_ID];

	f.fail_op = OP_SIGN_RECEIPT;
	f.fail_after = 0;
	of_submit(&f, "k1", NULL, id);
	ck_assert_ptr_null(jsonx_get_str(jsonx_get(f.j, "receipt"), "cms"));
	f.fail_after = -1;
	ask.p0 = id;
	of_want(&f, 200, &ask);
	ck_assert_ptr_nonnull(jsonx_get_str(jsonx_get(f.j, "receipt"), "tst"));
	cms = xstrdup(jsonx_get_str(jsonx_get(f.j, "receipt"), "cms"));
	of_want(&f, 200, &ask);
	ck_assert_str_eq(jsonx_get_str(jsonx_get(f.j, "receipt"), "cms"), cms);
}
END_TEST

/* What it wrote then, no audit would believe. */
START_TEST(clock_set_back_only_reads)
{
	int fd = of_zip(&f, OF_IAAS, NULL);
	char id[OF_ID];

	of_submit(&f, "k1", NULL, id);
	f.sf.now -= 600;
	of_want(&f, 503,
	    &(struct of_request){ .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = fd,
		.key = "k2" });
	ck_assert_str_eq(of_text(&f, "code"), "E_UNAVAILABLE");
	of_want(&f, 200,
	    &(struct of_request){
		.route = ROUTE_CASE, .who = "applicant-1", .p0 = id });
	f.sf.now += 600;
	of_want(&f, 201,
	    &(struct of_request){ .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = fd,
		.key = "k2" });
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("office");
	TCase *t = tcase_create("office");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, dossier_becomes_certificate_and_is_revoked);
	tcase_add_test(t, each_door_has_its_key);
	tcase_add_test(t, what_one_may_not_see_is_not_there);
	tcase_add_test(t, staff_are_no_applicants_in_other_cases);
	tcase_add_test(t, applicants_are_no_staff_in_their_own_case);
	tcase_add_test(t, staff_act_by_the_roster);
	tcase_add_test(t, who_prepared_does_not_sign);
	tcase_add_test(t, named_instance_breaks_nothing);
	tcase_add_test(t, nobody_chooses_the_id_of_a_decision);
	tcase_add_test(t, head_is_named_once_and_must_be_the_last);
	tcase_add_test(t, garbage_is_refused);
	tcase_add_test(t, data_of_the_client_moves_no_facts);
	tcase_add_test(t, payment_is_a_sum_of_money);
	tcase_add_test(t, key_belongs_to_one_body);
	tcase_add_test(t, kept_answers_are_ciphertext);
	tcase_add_test(t, two_of_the_same_at_once_are_one);
	tcase_add_test(t, long_histories_come_in_pages);
	tcase_add_test(t, each_reading_is_an_event);
	tcase_add_test(t, only_reading_is_conditional);
	tcase_add_test(t, list_follows_when_the_signer_is_back);
	tcase_add_test(t, no_list_before_the_events_of_its_revocations);
	tcase_add_test(t, revocation_follows_when_the_signer_is_back);
	tcase_add_test(t, certificate_follows_when_the_signer_is_back);
	tcase_add_test(t, approved_decision_waits_for_the_signer);
	tcase_add_test(t, papers_of_before_stay_readable);
	tcase_add_test(t, revoked_service_is_barred_under_any_spelling);
	tcase_add_test(t, ended_application_leaves_no_open_decision);
	tcase_add_test(t, objection_rejects_and_counts_for_nothing);
	tcase_add_test(t, quota_is_asked_before_anything_is_kept);
	tcase_add_test(t, receipt_follows_when_the_signer_is_back);
	tcase_add_test(t, clock_set_back_only_reads);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
