/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an audit says of each act of the machines: true ones pass, and of each
 * a forger's versions are named with their rule.
 */
#include "support/audit_scenes.h"

#include <string.h>

#include "nintei/instant.h"
#include "nintei/jsonx.h"

/* --- what a forger does to any of them --- */

static void
put(struct json *j, const char *key, const char *text)
{
	jsonx_set_str(j, key, text);
}

static struct json *
data_of(struct json *j)
{
	return jsonx_dup(jsonx_get(j, "data"));
}

static bool
bend_role(struct json *j)
{
	const char *role = jsonx_get_str(j, "role");

	put(j, "role", strcmp(role, "officer") == 0 ? "auditor" : "officer");
	return true;
}

static bool
bend_guards(struct json *j)
{
	struct json *list = jsonx_array();

	jsonx_add_str(list, "fee_paid");
	jsonx_set(j, "guards", list);
	return true;
}

static bool
bend_article(struct json *j)
{
	put(j, "article", "99");
	return true;
}

static bool
bend_to(struct json *j)
{
	put(j, "to", "revoked");
	return true;
}

static bool
bend_effects(struct json *j)
{
	if (jsonx_len(jsonx_get(j, "effects")) == 0)
		return false;
	jsonx_set(j, "effects", jsonx_array());
	return true;
}

static bool
bend_effect_more(struct json *j)
{
	struct json *list = jsonx_dup(jsonx_get(j, "effects"));
	struct json *step = jsonx_object();

	put(step, "machine", "notice");
	put(step, "instance", "extra-1");
	put(step, "from", "-");
	put(step, "event", "queue");
	put(step, "to", "queued");
	jsonx_add(list, step);
	jsonx_set(j, "effects", list);
	return true;
}

static bool
bend_member(struct json *j)
{
	struct json *data = data_of(j);

	put(data, "remark", "more");
	jsonx_set(j, "data", data);
	return true;
}

static bool
bend_version(struct json *j)
{
	put(j, "policy_version", "2026-01-01.9");
	return true;
}

static bool
bend_effective(struct json *j)
{
	put(j, "effective_at", "2026-09-01T00:00:00+09:00");
	return true;
}

static bool
bend_actor(struct json *j)
{
	put(j, "actor", "auditor-1");
	return strcmp(jsonx_get_str(j, "role"), "public") != 0 &&
	    strcmp(jsonx_get_str(j, "role"), "applicant") != 0;
}

static bool
bend_signature(struct json *j)
{
	struct json *data = data_of(j);
	bool has = jsonx_get(data, "signature") != NULL;

	jsonx_del(data, "signature");
	jsonx_set(j, "data", data);
	return has;
}

/* What was signed says something else. */
static bool
bend_signed(struct json *j)
{
	struct json *data = data_of(j);
	bool has = jsonx_get(data, "signature") != NULL;

	put(data, "signs", "case-9/seat.opine");
	jsonx_set(j, "data", data);
	return has;
}

static bool
bend_papers(struct json *j)
{
	struct json *data = data_of(j);
	bool has = jsonx_get(data, "documents") != NULL;

	jsonx_del(data, "documents");
	jsonx_set(j, "data", data);
	return has;
}

/* A date or due date that the calendar does not give. */
static bool
bend_due(struct json *j)
{
	static const char *const dues[] = { "correction_due_at",
		"inquiry_due_at", "progress_due_at", "close_at",
		"received_at" };
	struct json *data = data_of(j);
	bool has = false;

	for (size_t i = 0; i < NELEM(dues); i++)
		if (jsonx_get(data, dues[i]) != NULL) {
			put(data, dues[i], "2027-03-03T00:00:00+09:00");
			has = true;
		}
	jsonx_set(j, "data", data);
	return has;
}

static bool
bend_ahead(struct json *j)
{
	static const char *const days[] = { "event_day", "received_on",
		"known_on" };
	struct json *data = data_of(j);
	bool has = false;

	for (size_t i = 0; i < NELEM(days); i++)
		if (jsonx_get(data, days[i]) != NULL) {
			put(data, days[i], "2030-01-01");
			has = true;
		}
	jsonx_set(j, "data", data);
	return has;
}

static bool
bend_silence(struct json *j)
{
	struct json *data = data_of(j);
	bool has = jsonx_get(data, "silence_counts") != NULL;

	jsonx_set_bool(data, "silence_counts", false);
	jsonx_set(j, "data", data);
	return has;
}

static bool
bend_cause(struct json *j)
{
	put(j, "cause",
	    "1111111111111111111111111111111111111111111111111111111111111111");
	return true;
}

static bool
bend_no_cause(struct json *j)
{
	bool has = jsonx_get(j, "cause") != NULL;

	jsonx_del(j, "cause");
	return has;
}

static bool
bend_place(struct json *j)
{
	bool body = strcmp(jsonx_get_str(j, "machine"), "body") == 0;

	if (!body)
		return false;
	put(j, "article", "");
	return true;
}

#define R(n) AUDIT_R##n
static const struct bend {
	const char *name;
	bool (*fn)(struct json *j);
	enum audit_rule rules[4]; /* one of these is named */
} bends[] = {
	{ "by another role", bend_role, { R(32), R(33), R(15) } },
	{ "with other guards", bend_guards, { R(31) } },
	{ "under another article", bend_article, { R(31) } },
	{ "to another state", bend_to, { R(31), R(30) } },
	{ "without what follows", bend_effects, { R(37), R(30) } },
	{ "with more than follows", bend_effect_more, { R(37) } },
	{ "with a member of its own", bend_member, { R(21) } },
	{ "under another version", bend_version, { R(35) } },
	{ "dated back", bend_effective, { R(25), R(38) } },
	{ "by somebody else", bend_actor, { R(33), R(45), R(38) } },
	{ "unsigned", bend_signature, { R(44) } },
	{ "signed for another act", bend_signed, { R(44) } },
	{ "without its papers", bend_papers, { R(26) } },
	{ "with another due date", bend_due, { R(42) } },
	{ "on a day to come", bend_ahead, { R(42) } },
	{ "silence weighed otherwise", bend_silence, { R(42) } },
	{ "with a cause that is none", bend_cause, { R(39) } },
	{ "without its cause", bend_no_cause, { R(39) } },
	{ "as another act of the body", bend_place, { R(31) } },
};

START_TEST(scene_is_good)
{
	const struct scene *s = &scenes[_i];
	struct walk w;

	walk_init(&w);
	s->before(&w);
	walk_do(&w, &s->act);
	walk_done(&w);
}
END_TEST

static bool
is_named(const struct walk *w, const struct bend *b)
{
	for (size_t i = 0; i < NELEM(b->rules); i++)
		if (b->rules[i] != AUDIT_NONE && walk_found(w, b->rules[i]))
			return true;
	return false;
}

/* Every scene, bent in every way that it has something for. */
static void
bent(const struct scene *s, const struct bend *b)
{
	struct walk w;
	struct json *event;

	walk_init(&w);
	s->before(&w);
	event = walk_event(&w, &s->act);
	if (b->fn(event)) {
		walk_feed(&w, event);
		ck_assert_msg(is_named(&w, b), "%s, %s: found %s", s->name,
		    b->name, walk_findings(&w));
	}
	jsonx_free(event);
	walk_done(&w);
}

START_TEST(scene_is_bent)
{
	for (size_t i = 0; i < NELEM(bends); i++)
		bent(&scenes[_i], &bends[i]);
}
END_TEST

/* --- what takes more than one event --- */

/* AUDIT-41: people go on, and the base was not told. */
START_TEST(owed_and_forgotten)
{
	static const struct walk_act acts[] = {
		{ A = "compliance", .event = "inquire", SEC,
		    .data = "{'inquiry_due_at':'2028-08-08T00:00:00+09:00',"
			    "'silence_counts':true}",
		    .papers = "demand" },
		{ READ, SEC },
	};
	CLEANUP(jsonx_freep) struct json *event = NULL;
	struct walk w;

	walk_init(&w);
	scene_withdrawn(&w);
	if (_i == 1)
		w.now += 2 * AUDIT_SLACK;
	event = walk_event(&w, &acts[_i]);
	walk_feed(&w, event);
	ck_assert_msg(walk_found(&w, AUDIT_R41), "%s", walk_findings(&w));
	walk_done(&w);
}
END_TEST

/* Once is enough: the second time scene_nothing owes it. */
START_TEST(owed_and_said_twice)
{
	struct walk_act heard = { A = "certification", .event = "renewal_ended",
		CORE, .data = "{'renewal':'case-2'}", .cause = "case-2" };
	CLEANUP(jsonx_freep) struct json *again = NULL;
	struct walk w;

	walk_init(&w);
	scene_withdrawn(&w);
	walk_do(&w, &heard);
	again = walk_event(&w, &heard);
	walk_feed(&w, again);
	ck_assert_msg(walk_found(&w, AUDIT_R39), "%s", walk_findings(&w));
	walk_done(&w);
}
END_TEST

/* At the end of the history it may be on its way; later it may not. */
START_TEST(owed_at_the_end)
{
	struct walk w;

	walk_init(&w);
	scene_withdrawn(&w);
	if (_i == 1)
		w.a.committed += 2 * AUDIT_SLACK;
	cross_end(&w.a);
	ck_assert_uint_eq(w.a.report->words_pending, _i == 0 ? 1 : 0);
	ck_assert(walk_found(&w, AUDIT_R41) == (_i == 1));
	walk_done(&w);
}
END_TEST

/* AUDIT-45 and 68: who may not, whatever the roster says. */
static const struct {
	void (*before)(struct walk *w);
	struct walk_act act;
	enum audit_rule rule;
} strangers[] = {
	{ scene_recused, { READ, .person = "member-1", .role = ROLE_MEMBER },
	    AUDIT_R68 },
	{ scene_convened, { READ, .person = "member-1", .role = ROLE_MEMBER },
	    AUDIT_R68 },
	{ scene_submitted, { READ, .person = "member-1", .role = ROLE_MEMBER },
	    AUDIT_R68 },
	{ scene_delegated,
	    { READ, .person = "delegate-1", .role = ROLE_DELEGATE },
	    AUDIT_R68 },
	{ scene_submitted,
	    { READ, .person = "delegate-1", .role = ROLE_DELEGATE },
	    AUDIT_R68 },
	{ scene_submitted,
	    { READ, .person = "applicant-1", .role = ROLE_AUDITOR },
	    AUDIT_R68 },
	{ scene_delegated,
	    { A = "application", .event = "request_correction",
		.person = "delegate-1", .role = ROLE_DELEGATE,
		.data = "{'correction_due_at':"
			"'2026-10-06T00:00:00+09:00'}" },
	    AUDIT_R45 },
	{ scene_reviewing,
	    { A = "application", .event = "convene_committee", SEC,
		.data = "{'members':['secretary-2']}" },
	    AUDIT_R45 },
	{ scene_recused,
	    { A = "seat", .event = "invite", .instance = "member-1-2", SEC,
		.data = "{'person':'member-1'}" },
	    AUDIT_R45 },
};

START_TEST(strangers_are_named)
{
	CLEANUP(jsonx_freep) struct json *event = NULL;
	struct walk w;

	walk_init(&w);
	strangers[_i].before(&w);
	event = walk_event(&w, &strangers[_i].act);
	walk_feed(&w, event);
	ck_assert_msg(walk_found(&w, strangers[_i].rule), "%d: %s", _i,
	    walk_findings(&w));
	walk_done(&w);
}
END_TEST

/* AUDIT-43: a state that no event may leave behind. */
START_TEST(invariants_are_kept)
{
	struct walk_act act = { A = "application", .event = "withdraw", APP };
	CLEANUP(jsonx_freep) struct json *event = NULL;
	struct dossier_machine *m;
	struct dossier *d;
	struct walk w;

	walk_init(&w);
	scene_submitted(&w);
	d = walk_trail(&w, "case-1")->d;
	event = walk_event(&w, &act);
	d->machines =
	    xrealloc(d->machines, d->n_machines + 1, sizeof(*d->machines));
	m = &d->machines[d->n_machines++];
	*m = (struct dossier_machine){
		.machine = M_MARK, .instance = "1", .state = S_MARK_ALLOWED
	};
	walk_feed(&w, event);
	ck_assert_msg(walk_found(&w, AUDIT_R43), "%s", walk_findings(&w));
	walk_done(&w);
}
END_TEST

/* AUDIT-30: each machine in cases of its own. */
START_TEST(machines_have_their_places)
{
	static const struct walk_act acts[] = {
		{ .dossier = "case-1",
		    .machine = "ticket",
		    .event = "ask",
		    .instance = "1",
		    .person = "public",
		    .role = ROLE_PUBLIC,
		    .papers = "question" },
		{ .dossier = "rules-iaas-paas-iot",
		    .machine = "ticket",
		    .event = "ask",
		    .instance = "1",
		    .person = "public",
		    .role = ROLE_PUBLIC,
		    .papers = "question" },
		{ .dossier = "ticket-1",
		    .machine = "application",
		    .event = "submit",
		    APP,
		    .data = SUBMIT("new") "}" },
	};
	CLEANUP(jsonx_freep) struct json *event = NULL;
	struct walk w;

	walk_init(&w);
	event = walk_event(&w, &acts[_i]);
	walk_feed(&w, event);
	ck_assert_msg(walk_found(&w, AUDIT_R30), "%s", walk_findings(&w));
	walk_done(&w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("audit_walk");
	TCase *t = tcase_create("walk");
	int rv;

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, walk_prepare, walk_forget);
	tcase_add_loop_test(t, scene_is_good, 0, (int)n_scenes);
	tcase_add_loop_test(t, scene_is_bent, 0, (int)n_scenes);
	tcase_add_loop_test(t, owed_and_forgotten, 0, 2);
	tcase_add_test(t, owed_and_said_twice);
	tcase_add_loop_test(t, owed_at_the_end, 0, 2);
	tcase_add_loop_test(t, strangers_are_named, 0, NELEM(strangers));
	tcase_add_test(t, invariants_are_kept);
	tcase_add_loop_test(t, machines_have_their_places, 0, 3);
	suite_add_tcase(s, t);
	rv = suite_main(s);
	return rv;
}
