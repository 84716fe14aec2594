/* SPDX-License-Identifier: Apache-2.0 */
/* Data of commands and events: what is refused, and what is published. */
#include "nintei/acts.h"
#include "support/support.h"

#include <string.h>

static struct json *
parsed(const char *text)
{
	struct json *j = NULL;
	struct err e = ERR_INIT;

	ck_ok(jsonx_parse(slice_str(text), KIB(64), &j, &e), &e);
	return j;
}

/* Each refusal names the member and says what is wanted. */
static const struct {
	enum machine machine;
	const char *event, *data;
	const char *says; /* in the refusal; NULL: it is taken */
} commands[] = {
	{ M_FEE, "pay", "{\"amount\":1,\"paid_on\":\"2026-08-01\"}", NULL },
	{ M_FEE, "pay", "{\"amount\":1}", NULL },
	{ M_FEE, "pay", "{}", "data.amount is missing" },
	{ M_FEE, "pay", "{\"amount\":\"1\"}", "data.amount: want an integer" },
	{ M_FEE, "pay", "{\"amount\":-1}", "data.amount: want no negative" },
	{ M_FEE, "pay", "{\"amount\":1,\"paid_on\":\"2026-02-30\"}",
	    "data.paid_on" },
	{ M_FEE, "pay", "{\"amount\":1,\"paid_on\":\"R8.8.1\"}",
	    "data.paid_on: want a date" },
	{ M_FEE, "pay", "{\"amount\":1,\"refund\":1}",
	    "data.refund: there is no such member" },
	{ M_FEE, "pay", "{\"amount\":1,\"excess\":1}",
	    "data.excess: only the server writes this" },
	{ M_SEAT, "invite", "{\"person\":\"member-1\"}", NULL },
	{ M_SEAT, "invite", "{\"person\":\"Member\"}",
	    "data.person: want an id" },
	{ M_SEAT, "invite", "{\"person\":\"-m\"}", "data.person: want an id" },
	{ M_SEAT, "declare_clear", "{\"statement\":\"no_interest\"}", NULL },
	{ M_SEAT, "declare_clear", "{\"statement\":\"interest\"}",
	    "data.statement: want one of: no_interest" },
	{ M_SEAT, "declare_clear", "{\"statement\":\"no_\"}",
	    "data.statement: want one of" },
	{ M_SEAT, "opine", "{\"favourable\":\"yes\"}",
	    "data.favourable: want true or false" },
	{ M_SEAT, "opine", "{\"favourable\":true,\"signature\":\"x\"}", NULL },
	{ M_SEAT, "opine", "{\"favourable\":true,\"signature\":\"\"}",
	    "data.signature: want 1 to" },
	{ M_APPLICATION, "accept", "{\"reviewers\":[\"secretary-1\"]}", NULL },
	{ M_APPLICATION, "accept", "{\"reviewers\":[\"secretary-1\",7]}",
	    "data.reviewers: [1]: want an id" },
	{ M_APPLICATION, "accept", "{\"reviewers\":{}}",
	    "data.reviewers: want a list" },
	{ M_APPLICATION, "withdraw", "{}", NULL },
	{ M_APPLICATION, "withdraw", "{\"documents\":[]}",
	    "data.documents: only the server" },
	{ M_EMERGENCY, "notify",
	    "{\"occurred_at\":\"2026-08-01T00:00:00+09:00\"}", NULL },
	{ M_EMERGENCY, "notify", "{\"occurred_at\":\"2026-08-01T00:00:00Z\"}",
	    "data.occurred_at" },
	{ M_DISCLOSURE, "consent", "{\"objects\":[1,2],\"recipient\":\"00\"}",
	    "data.recipient: want 64" },
	{ M_COMPLIANCE, "propose_revocation",
	    "{\"grounds\":\"1\",\"evidence\":[\"x\"]}",
	    "data.evidence: [0]: want an object" },
	{ M_APPLICATION, "propose_certify", "{\"review\":[]}",
	    "data.review: want an object" },
};

START_TEST(data_of_commands)
{
	for (size_t i = 0; i < NELEM(commands); i++) {
		CLEANUP(jsonx_freep)
		struct json *data = parsed(commands[i].data);
		struct err e = ERR_INIT;
		int rv = acts_command_check(
		    commands[i].machine, commands[i].event, data, &e);

		if (commands[i].says == NULL) {
			ck_ok(rv, &e);
			continue;
		}
		ck_assert_msg(rv < 0, "%s is taken", commands[i].data);
		ck_assert_int_eq(e.code, E_INPUT);
		ck_assert_msg(strstr(e.detail, commands[i].says) != NULL,
		    "%s: %s", commands[i].data, e.detail);
	}
}
END_TEST

START_TEST(no_data_is_no_members)
{
	struct err e = ERR_INIT;

	ck_ok(acts_command_check(M_APPLICATION, "withdraw", NULL, &e), &e);
	ck_assert(acts_command_check(M_FEE, "pay", NULL, &e) < 0);
}
END_TEST

/* An event must have what the server writes, and no more than the table. */
START_TEST(data_of_events)
{
	static const struct {
		const char *machine, *event, *data;
		bool good;
	} events[] = {
		{ "body", "roster", "{\"person\":\"officer-1\"}", true },
		{ "body", "roster", "{}", false },
		{ "body", "roster", "{\"person\":\"officer-1\",\"key\":\"\"}",
		    false },
		{ "body", "shred", "{\"documents\":3}", true },
		{ "body", "shred", "{\"documents\":[]}", false },
		{ "compliance", "inquire", "{}", false },
		{ "compliance", "inquire",
		    "{\"inquiry_due_at\":\"2026-08-01T00:00:00+09:00\","
		    "\"silence_counts\":true}",
		    true },
		{ "complaint", "inquire", "{}", false },
		{ "fee", "pay", "{\"amount\":5,\"excess\":1}", true },
	};

	for (size_t i = 0; i < NELEM(events); i++) {
		CLEANUP(jsonx_freep)
		struct json *data = parsed(events[i].data);
		struct err e = ERR_INIT;
		int rv = acts_event_check(
		    events[i].machine, events[i].event, data, &e);

		ck_assert_msg((rv == 0) == events[i].good, "%s.%s %s: %s",
		    events[i].machine, events[i].event, events[i].data,
		    e.detail);
	}
}
END_TEST

START_TEST(text_is_counted_in_characters)
{
	CLEANUP(jsonx_freep) struct json *data = jsonx_object();
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(32));
	struct err e = ERR_INIT;

	jsonx_set_str(data, "kind", "shred");
	for (int i = 0; i < ACTS_TEXT; i++)
		buf_put(&text, "理", strlen("理"));
	jsonx_set_str(data, "reasons", buf_str(&text));
	ck_ok(acts_command_check(M_DECISION, "freeze", data, &e), &e);
	buf_put(&text, "x", 1);
	jsonx_set_str(data, "reasons", buf_str(&text));
	ck_assert(acts_command_check(M_DECISION, "freeze", data, &e) < 0);
}
END_TEST

/* Every name has a schema of its own, and nothing else has one. */
START_TEST(what_a_signature_is_for)
{
	static const struct {
		const char *signs, *instance;
		bool ok;
	} rows[] = {
		{ "c/m.e", NULL, true },
		{ "c/m.e", "2", true },
		{ "c/m.e/2", "2", true },
		{ "c/m.e/2#1z", "2", true },
		{ "c/m.e#1", NULL, true },
		{ "c/m.e/2", NULL, false },
		{ "c/m.e/3", "2", false },
		{ "c/m.e/22", "2", false },
		{ "c/m.ex", "2", false },
		{ "c/m", "2", false },
		{ "c/m.e#", NULL, false },
		{ "c/m.e#A", NULL, false },
		{ "c/m.e#1#2", NULL, false },
		{ "c/m.e#12345678901234567890123456789012345678901", NULL,
		    false },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		ck_assert_msg(acts_signs(rows[i].signs, "c/m.e",
				  rows[i].instance) == rows[i].ok,
		    "%s", rows[i].signs);
}
END_TEST

START_TEST(schemas_are_published)
{
	CLEANUP(jsonx_freep) struct json *names = acts_schema_names();

	ck_assert_uint_gt(jsonx_len(names), 100);
	for (size_t i = 0; i < jsonx_len(names); i++) {
		const char *name = jsonx_str(jsonx_at(names, i));
		CLEANUP(jsonx_freep) struct json *s = acts_schema(name);
		CLEANUP(freep)
		char *id = xasprintf("urn:nintei:schema:%s", name);

		ck_assert_msg(s != NULL, "%s", name);
		ck_assert_str_eq(jsonx_get_str(s, "$id"), id);
		ck_assert(!jsonx_get_bool(s, "additionalProperties", true));
	}
	ck_assert_ptr_null(acts_schema("command.fee.refund"));
	ck_assert_ptr_null(acts_schema("command.certification.revoked"));
	ck_assert_ptr_null(acts_schema(""));
}
END_TEST

/* What the system does is an event and no command. */
START_TEST(clock_events_are_no_commands)
{
	ck_assert_ptr_null(acts_schema("command.certification.term_ends"));
	CLEANUP(jsonx_freep)
	struct json *s = acts_schema("event.certification.term_ends");
	ck_assert_ptr_nonnull(s);
}
END_TEST

/* Every line of the table is of an act that there is. */
START_TEST(lines_are_of_acts)
{
	const struct flow_member *m;

	for (size_t i = 0; (m = flow_member_at(i)) != NULL; i++) {
		ck_assert_msg(
		    m->choices != NULL && m->ja[0] != '\0' && m->en[0] != '\0',
		    "%s.%s", m->event, m->name);
		if (strcmp(m->event, "*") != 0)
			ck_assert_msg(flow_event_known(m->machine, m->event),
			    "%s.%s", machine_name(m->machine), m->event);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("acts");
	TCase *tc = tcase_create("acts");

	tcase_add_test(tc, data_of_commands);
	tcase_add_test(tc, no_data_is_no_members);
	tcase_add_test(tc, data_of_events);
	tcase_add_test(tc, text_is_counted_in_characters);
	tcase_add_test(tc, what_a_signature_is_for);
	tcase_add_test(tc, schemas_are_published);
	tcase_add_test(tc, clock_events_are_no_commands);
	tcase_add_test(tc, lines_are_of_acts);
	suite_add_tcase(s, tc);
	return suite_main(s);
}
