/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random walks over the machines of a certified service and its renewal: legal
 * acts keep the invariants and fold again to the same state; illegal ones are
 * refused with a code and change nothing.
 */
#include "support/schemes.h"
#include "support/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/instant.h"

#define WALKS 8
#define STEPS 1250 /* 10,000 of all walks */
#define EVENTS_MAX 300 /* then a new world: a case that never ends is dull */

static struct scheme_set *schemes;

static void
setup(void)
{
	schemes_shipped(&schemes);
}

struct walk {
	struct world w;
	uint64_t seed;
	unsigned done, refused;
	unsigned seen[S_MAX];
};

static uint64_t
chance(struct walk *k, uint64_t n)
{
	return random_next(&k->seed) % n;
}

static void
policy_draw(struct walk *k)
{
	struct params *p = &k->w.scheme.params;

	p->renewal_term = chance(k, 2) ? POLICY_CHAINED : POLICY_DECISION;
	p->gap_renewal = chance(k, 4) ? POLICY_RENEW : POLICY_AS_NEW;
	p->mark_during_continuation = chance(k, 2) ? POLICY_ALLOW : POLICY_STOP;
	p->continuation_certificate_days = chance(k, 2) ? 30 : 0;
	p->termination_ends_certification = chance(k, 3) != 0;
	p->revoke_after_end = chance(k, 2) != 0;
	p->merger_survivor_lapses = chance(k, 2) != 0;
	p->committee_quorum = (int64_t)chance(k, 3) + 1;
}

static void
world_new(struct walk *k)
{
	world_init(&k->w, scheme_at(schemes, chance(k, 2)),
	    "2026-07-01T14:00:00+09:00");
	policy_draw(k);
	ck_ok(world_submit(&k->w, false, NULL), &k->w.e);
	world_certify(&k->w, false);
}

static void
world_end(struct walk *k)
{
	world_replays(&k->w);
	world_done(&k->w);
}

/* An instant some days away, as JSON text. */
static const char *
later(struct walk *k, char out[INSTANT_TEXT])
{
	return instant_format(
	    k->w.now + (int64_t)(1 + chance(k, 40)) * 86400, out);
}

static const char *
some_day(struct walk *k, char out[JDAY_TEXT])
{
	struct jday today = jday_of_instant(k->w.now);

	return jday_format(
	    jday_add_days(today, (int)chance(k, 400) - 300), out);
}

/* Data that fits most acts, with a random choice of its facts. */
static char *
data_draw(struct walk *k, const struct flow_row *row)
{
	static const char *const kinds[] = { "transfer", "merger", "split",
		"rename", "inheritance" };
	static const char *const media[] = { "website", "video", "nothing" };
	char at[INSTANT_TEXT], day[JDAY_TEXT], last[JDAY_TEXT];
	const struct flow_kind *f = flow_kind_of(row->machine, row->event);

	later(k, at);
	some_day(k, day);
	some_day(k, last);
	return xasprintf(
	    "{\"amount\":%d,\"kind\":\"%s\",\"event_day\":\"%s\","
	    "\"evidence\":[{\"ground\":1,\"event\":1}],\"grounds\":\"1\","
	    "\"handed_over\":%s,\"doubt\":%s,\"medium\":\"%s\","
	    "\"findings\":[\"recoloured\"],\"breaches\":[\"10(5)\"],"
	    "\"last_day\":\"%s\",\"paper\":\"%s\",\"cause\":true,"
	    "\"measures\":true,\"inquiry_due_at\":\"%s\","
	    "\"improvement_due_at\":\"%s\",\"progress_due_at\":\"%s\","
	    "\"unread_at\":\"%s\",\"recipient\":\"r\",\"objects\":[1],"
	    "\"basis\":\"consent\",\"person\":\"m%d\"%s%s%s}",
	    (int)chance(k, 2) * 1000 + 1, kinds[chance(k, NELEM(kinds))], day,
	    chance(k, 2) ? "true" : "false", chance(k, 2) ? "true" : "false",
	    media[chance(k, NELEM(media))], last,
	    chance(k, 2) ? "loss_statement" : "returned", at, at, at, at,
	    (int)chance(k, 9), f == NULL ? "" : ",\"decision\":{\"kind\":\"",
	    f == NULL ? "" : f->kind, f == NULL ? "" : "\",\"needed\":1}");
}

static bool
is_end(const char *kind)
{
	return strcmp(kind, "revoke") == 0 || strcmp(kind, "lapse") == 0 ||
	    strcmp(kind, "termination") == 0;
}

/* One decision of some kind, from its freezing to its execution. */
static int
decide_draw(struct walk *k, bool renewal)
{
	static const struct {
		const char *kind, *outcome, *data;
		bool about; /* an instance of its machine */
	} kinds[] = {
		{ "continuation", NULL, NULL, false },
		{ "termination", NULL, NULL, true },
		{ "lapse", "confirm", NULL, true },
		{ "lapse_dismiss", NULL, NULL, true },
		{ "survey15", NULL, NULL, false },
		{ "improvement", "request_improvement",
		    "{\"improvement_due_at\":\"2030-01-01T00:00:00+09:00\"}",
		    false },
		{ "improvement_closed", NULL, NULL, false },
		{ "publish_improvement", NULL, NULL, false },
		{ "revoke", NULL, "1", false },
		{ "revocation_drop", NULL, NULL, false },
		{ "reissue", NULL, NULL, false },
		{ "decline", NULL, NULL, false },
		{ "refuse_art8", NULL, NULL, false },
		{ "close_incomplete", NULL, NULL, false },
	};
	size_t i = chance(k, NELEM(kinds));
	const struct flow_kind *kind = flow_kind_find(kinds[i].kind);
	const struct dossier *d = renewal ? k->w.renewal : k->w.base;
	const struct dossier_machine *m = dossier_last(d, kind->machine);
	CLEANUP(freep)
	char *instance =
	    kinds[i].about && m != NULL ? xstrdup(m->instance) : NULL;

	if (strcmp(kinds[i].kind, "reissue") == 0 && !dossier_in_force(d))
		return -1; /* its proposal is refused (nothing to print) */
	if (is_end(kinds[i].kind) && chance(k, 6) != 0)
		return -1; /* else every world ends soon */
	return world_decide(&k->w, renewal, kinds[i].kind, kinds[i].outcome,
	    instance, kinds[i].data);
}

/* A row of the tables, tried on an instance that there is, or a new one. */
static int
row_draw(struct walk *k, bool renewal, bool legal)
{
	const struct dossier *d = renewal ? k->w.renewal : k->w.base;
	const struct flow_row *row = NULL;
	const struct dossier_machine *m = NULL;
	CLEANUP(freep) char *data = NULL;
	CLEANUP(freep) char *instance = NULL;
	char made[16];
	struct deed deed = { .renewal = renewal, .who = "m1" };
	size_t n = 0;

	while (flow_row_at(n) != NULL)
		n++;
	for (int tries = 0; tries < 200; tries++) {
		row = flow_row_at(chance(k, n));
		m = NULL;
		for (size_t i = 0; i < d->n_machines; i++)
			if (d->machines[i].machine == row->machine &&
			    (!legal || d->machines[i].state == row->from) &&
			    (m == NULL || chance(k, 3) == 0))
				m = &d->machines[i];
		if (!legal || (row->from == S_NONE) == (m == NULL))
			break;
	}
	if (row->machine == M_BUNDLE || row->machine == M_ARTEFACT ||
	    row->kind != NULL || (row->roles & ROLE_SYSTEM) != 0)
		if (legal)
			return -1; /* by decisions, intake or couplings */
	snprintf(made, sizeof(made), "i%u", k->done);
	instance = xstrdup(m != NULL ? m->instance : made);
	data = data_draw(k, row);
	deed.machine = row->machine;
	deed.event = row->event;
	deed.instance = instance;
	/* What the system does, nobody asks of it. */
	deed.roles = legal ? row->roles : 1u << chance(k, 6);
	deed.data = data;
	return world_do(&k->w, &deed);
}

/* Refused: with a code of the workflow, and nothing has changed. */
static void
refusal_check(struct walk *k, const char *base, const char *renewal)
{
	CLEANUP(freep) char *now = world_state(k->w.base);
	enum err_code c = k->w.e.code;

	k->refused++;
	ck_assert_msg(c == E_FLOW_STEP || c == E_FLOW_ROLE ||
		c == E_FLOW_GUARD || c == E_INPUT,
	    "%s: %s", err_name(c), k->w.e.detail);
	ck_assert_str_eq(now, base);
	if (k->w.renewal != NULL && renewal != NULL) {
		CLEANUP(freep) char *r = world_state(k->w.renewal);

		ck_assert_str_eq(r, renewal);
	}
}

static void
step_illegal(struct walk *k)
{
	CLEANUP(freep) char *base = NULL;
	CLEANUP(freep) char *renewal = NULL;
	bool in_renewal = k->w.renewal != NULL && chance(k, 3) == 0;
	unsigned failed = k->w.facts.approvals_failed;

	world_tick(&k->w);
	base = world_state(k->w.base);
	renewal = k->w.renewal == NULL ? NULL : world_state(k->w.renewal);
	if (row_draw(k, in_renewal, false) < 0)
		refusal_check(k, base, renewal);
	else
		k->done++;
	k->w.facts.approvals_failed = failed;
}

static void
renewal_draw(struct walk *k)
{
	if (world_submit(&k->w, true, NULL) < 0 || chance(k, 3) == 0)
		return;
	world_review(&k->w, true);
	if (chance(k, 2) == 0)
		return;
	world_certify(&k->w, true);
}

static void
renewal_go_on(struct walk *k)
{
	enum state s = k->w.renewal == NULL
	    ? S_NONE
	    : dossier_state(k->w.renewal, M_APPLICATION, "1");

	if (s == S_APP_SUBMITTED && k->w.renewal->fee_received == 0 &&
	    dossier_state(k->w.renewal, M_FEE, "1") != S_FEE_PAID)
		world_certify(&k->w, true);
	else
		renewal_draw(k);
}

/* Some days on, or near the end of the term, where most happens. */
static void
time_goes_on(struct walk *k)
{
	static const int near[] = { -55, -40, -20, -3, 1, 15 };
	struct err e = ERR_INIT;
	struct jday last;
	int64_t at = 0;

	if (chance(k, 3) == 0 &&
	    jday_parse(k->w.base->certification.valid_through, &last, &e) == 0)
		at = instant_of_jday(
		    jday_add_days(last, near[chance(k, NELEM(near))]));
	if (at > k->w.now)
		k->w.now = at;
	else
		k->w.now += (int64_t)chance(k, 20) * 86400;
	world_tick(&k->w);
}

static void
step_legal(struct walk *k)
{
	bool in_renewal = k->w.renewal != NULL && chance(k, 3) == 0;
	int rv = 0;

	world_tick(&k->w);
	switch (chance(k, 6)) {
	case 0:
		time_goes_on(k);
		break;
	case 1:
		if (chance(k, 4) == 0)
			renewal_go_on(k);
		else
			rv = world_submit(&k->w, true, NULL);
		break;
	case 2:
		rv = decide_draw(k, in_renewal);
		break;
	default:
		rv = row_draw(k, in_renewal, true);
		break;
	}
	world_sign(&k->w);
	k->done += rv == 0;
	k->w.e = (struct err)ERR_INIT;
}

static void
states_note(struct walk *k)
{
	const struct dossier *both[] = { k->w.base, k->w.renewal };

	for (size_t c = 0; c < NELEM(both); c++)
		for (size_t i = 0; both[c] != NULL && i < both[c]->n_machines;
		     i++)
			k->seen[both[c]->machines[i].state]++;
}

START_TEST(walks_keep_the_invariants_and_fold_again)
{
	struct walk k = { .seed = 20261122 + (uint64_t)_i };

	world_new(&k);
	for (int step = 0; step < STEPS; step++) {
		if (chance(&k, 3) == 0)
			step_illegal(&k);
		else
			step_legal(&k);
		world_holds(&k.w);
		states_note(&k);
		if (k.w.of_base.n > EVENTS_MAX) {
			world_end(&k);
			world_new(&k);
		} else if (!dossier_in_force(k.w.base) && chance(&k, 25) == 0) {
			world_end(&k);
			world_new(&k);
		}
	}
	world_end(&k);
	/* A walk that does nothing, or refuses nothing, shows nothing. */
	ck_assert_uint_gt(k.done, STEPS / 8);
	ck_assert_uint_gt(k.refused, STEPS / 8);
	ck_assert_uint_gt(k.seen[S_CERT_VALID], 0);
	ck_assert_uint_gt(k.seen[S_CERT_EXPIRED], 0);
	ck_assert_uint_gt(k.seen[S_MARK_MISUSE], 0);
	ck_assert_uint_gt(k.seen[S_COMP_INQUIRY], 0);
	if (getenv("VERBOSE") != NULL)
		for (int s = 1; s < S_MAX; s++)
			fprintf(stderr, "%s.%s %u\n",
			    machine_name(state_machine((enum state)s)),
			    state_name((enum state)s), k.seen[s]);
}
END_TEST

/* One word asked of one machine in one state by one role: a row or a code. */
static bool
asked(const struct flow_row *word, enum state s, unsigned role)
{
	struct dossier_machine m = {
		.machine = word->machine, .instance = "1", .state = s
	};
	struct dossier d = {
		.id = "c1", .machines = &m, .n_machines = s == S_NONE ? 0 : 1
	};
	struct flow_act act = { .machine = word->machine,
		.event = word->event,
		.instance = "1",
		.roles = role,
		.person = "p" };
	const struct flow_row *row =
	    flow_row_find(word->machine, s, word->event);
	struct flow_facts f = { 0 };
	struct flow_refusal refusal = { 0 };
	struct flow_plan plan;
	struct err e = ERR_INIT;
	int rv = flow_decide(&d, &act, &f, &plan, &refusal, &e);

	if (row == NULL)
		ck_assert_int_eq(e.code, E_FLOW_STEP);
	else if (row->machine != M_SEAT && (row->roles & role) == 0)
		ck_assert_int_eq(e.code, E_FLOW_ROLE);
	else if (rv < 0)
		ck_assert(e.code == E_FLOW_GUARD || e.code == E_FLOW_ROLE);
	if (rv == 0)
		ck_assert_int_eq(plan.primary.to, row->to);
	return row != NULL;
}

/* A word stands in several rows: it is asked with the first. */
static bool
is_first(size_t at)
{
	const struct flow_row *word = flow_row_at(at);

	for (size_t i = 0; i < at; i++)
		if (flow_row_at(i)->machine == word->machine &&
		    strcmp(flow_row_at(i)->event, word->event) == 0)
			return false;
	return true;
}

/* Every state, every word of every machine, every role. */
START_TEST(each_state_word_and_role_is_a_row_or_a_refusal)
{
	const struct flow_row *word;
	size_t triples = 0, rows = 0;

	for (size_t i = 0; (word = flow_row_at(i)) != NULL; i++)
		for (int s = 0; s < S_MAX && is_first(i); s++) {
			if (s != S_NONE &&
			    state_machine((enum state)s) != word->machine)
				continue;
			for (unsigned r = 1; r <= ROLE_PUBLIC; r <<= 1) {
				triples++;
				rows += asked(word, (enum state)s, r);
			}
		}
	ck_assert_uint_gt(triples, 2000);
	ck_assert_uint_gt(rows, 1000);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("walk");
	TCase *t = tcase_create("walk");

	tcase_add_unchecked_fixture(t, setup, NULL);
	tcase_add_loop_test(
	    t, walks_keep_the_invariants_and_fold_again, 0, WALKS);
	tcase_add_test(t, each_state_word_and_role_is_a_row_or_a_refusal);
	suite_add_tcase(s, t);
	return suite_main(s);
}
