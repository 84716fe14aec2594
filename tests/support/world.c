/* SPDX-License-Identifier: Apache-2.0 */
/* A case and its renewal, driven through the tables alone. */
#include "support/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/instant.h"

int64_t
world_at(const char *instant)
{
	struct err e = ERR_INIT;
	int64_t at;

	ck_ok(instant_parse(instant, &at, &e), &e);
	return at;
}

void
world_init(struct world *w, const struct scheme *s, const char *now)
{
	memset(w, 0, sizeof(*w));
	w->scheme = *s;
	w->base = dossier_new("base");
	snprintf(w->base->scheme, sizeof(w->base->scheme), "%s", s->id);
	w->now = world_at(now);
	w->facts = (struct flow_facts){
		.scheme = &w->scheme,
		.quota_ok = true,
		.hash_matches = true,
		.archive_safe = true,
		.may_apply = true,
		.complete = true,
		.partial = true,
		.two_person_check = true,
		.declaration_valid = true,
		.consented = true,
		.approvals_verified = true,
		.approvals_checked = true,
		.basis_current = true,
		.quorum_reached = true,
	};
}

static void
history_done(struct world_history *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->events[i]);
	free(h->events);
}

void
world_done(struct world *w)
{
	dossier_free(w->base);
	dossier_free(w->renewal);
	history_done(&w->of_base);
	history_done(&w->of_renewal);
}

/* The renewal that is under way, or NULL. */
static const char *
pending(const struct world *w)
{
	enum state s = w->renewal == NULL
	    ? S_NONE
	    : dossier_state(w->renewal, M_APPLICATION, "1");

	return s == S_NONE || state_is_final(s) ? NULL : w->renewal->id;
}

static struct flow_facts
facts_of(const struct world *w, const struct dossier *d)
{
	struct flow_facts f = w->facts;

	if (d == w->base)
		f.pending_renewal = pending(w);
	else
		f.base = w->base;
	return f;
}

/* --- one event --- */

static void pay_owed(struct world *w, struct dossier *d,
    const struct dossier *base_before, const struct json *event,
    int64_t effective);

static void
event_apply(struct world *w, struct dossier *d, const struct flow_plan *plan,
    const struct event_head *head, const struct json *data)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	CLEANUP(jsonx_freep) struct json *event = NULL;
	struct world_history *h = d == w->base ? &w->of_base : &w->of_renewal;
	struct event_head all = *head;

	all.rule_version = "2022-04-01";
	all.policy_version = "2022-04-01.1";
	all.recorded_at = w->now;
	all.salt = "00112233445566778899aabbccddeeff";
	w->e = (struct err)ERR_INIT;
	ck_ok(event_build(d, plan, &all, data, NULL, &text, &w->e), &w->e);
	ck_ok(dossier_apply(d, buf_slice(&text), &w->e), &w->e);
	h->events = xrealloc(h->events, h->n + 1, sizeof(*h->events));
	h->events[h->n++] = xstrdup(buf_str(&text));
	ck_ok(jsonx_parse(buf_slice(&text), LIMIT_EVENT_BYTES, &event, &w->e),
	    &w->e);
	pay_owed(w, d, w->base, event, all.effective_at);
}

/* data.term of the base's event: chained, or from the decision's day. */
static struct json *
term_data(const struct world *w, int64_t decided)
{
	const struct dossier *b = w->base;
	const struct dossier_term *last = &b->terms[b->n_terms - 1];
	struct term_rule rule = scheme_term_rule(&w->scheme);
	struct json *data = jsonx_object(), *j = jsonx_object();
	struct jday day = jday_of_instant(decided);
	struct err e = ERR_INIT;
	struct term t = { 0 };
	char text[JDAY_TEXT];

	ck_ok(jday_parse(last->valid_through, &t.valid_through, &e), &e);
	if (w->scheme.params.renewal_term == POLICY_CHAINED &&
	    dossier_in_force(b)) {
		struct term next;

		term_next(&t, &rule, &next);
		t = next;
	} else {
		term_first(day, &rule, &t);
	}
	jsonx_set_int(j, "term", last->term + 1);
	jsonx_set_str(j, "certified_on", jday_format(day, text));
	jsonx_set_str(j, "valid_from", jday_format(t.starts, text));
	jsonx_set_str(j, "valid_through", jday_format(t.valid_through, text));
	jsonx_set_str(j, "case", "renewal");
	jsonx_set(data, "term", j);
	return data;
}

static void
pay(struct world *w, const struct flow_owed *o, int64_t effective)
{
	struct dossier *to = o->to_base ? w->base : w->renewal;
	struct flow_facts f = facts_of(w, to);
	struct flow_refusal refusal = { 0 };
	struct flow_plan plan;
	struct event_head head = { .actor = "core",
		.effective_at = effective,
		.cause = "00000000000000000000000000000000"
			 "00000000000000000000000000000000" };
	CLEANUP(jsonx_freep) struct json *data = NULL;
	struct flow_act act = {
		.machine = o->machine,
		.event = o->event,
		.instance = o->instance,
		.roles = ROLE_SYSTEM,
		.person = "core",
		.now = effective,
	};

	if (flow_row_find(o->machine,
		dossier_state(to, o->machine, o->instance), o->event) == NULL)
		return;
	if (strncmp(o->event, "renewed", 7) == 0)
		data = term_data(w, effective);
	act.data = data;
	f.owed = true;
	f.decision = o->machine == M_DECISION ? o->instance : NULL;
	w->e = (struct err)ERR_INIT;
	ck_ok(flow_decide(to, &act, &f, &plan, &refusal, &w->e), &w->e);
	event_apply(w, to, &plan, &head, data);
}

static void
pay_owed(struct world *w, struct dossier *d, const struct dossier *base_before,
    const struct json *event, int64_t effective)
{
	struct flow_facts f = facts_of(w, d);
	struct flow_owed owed[FLOW_OWED];
	size_t n;

	(void)base_before;
	n = flow_owed(d, event, &f, owed);
	for (size_t i = 0; i < n; i++)
		pay(w, &owed[i], effective);
}

/* --- the clock --- */

/* Of both cases, the earlier first. */
static bool
due_next(const struct world *w, struct flow_due *out, struct dossier **of)
{
	struct flow_due base, renewal;
	bool b = flow_next_due(w->base, &base);
	bool r = w->renewal != NULL && flow_next_due(w->renewal, &renewal);

	if (!b && !r)
		return false;
	*of = b && (!r || base.at <= renewal.at) ? w->base : w->renewal;
	*out = *of == w->base ? base : renewal;
	return out->at <= w->now;
}

void
world_tick(struct world *w)
{
	struct flow_due due;
	struct dossier *d;

	for (int n = 0; due_next(w, &due, &d); n++) {
		struct flow_facts f = facts_of(w, d);
		struct flow_refusal refusal = { 0 };
		struct flow_plan plan;
		struct event_head head = { .actor = "clk",
			.effective_at = due.at };
		struct flow_act act = { .machine = due.machine,
			.event = due.event,
			.instance = due.instance,
			.roles = ROLE_SYSTEM,
			.now = due.at };

		ck_assert_msg(n < 1000, "the clock does not come to rest");
		w->e = (struct err)ERR_INIT;
		ck_ok(flow_decide(d, &act, &f, &plan, &refusal, &w->e), &w->e);
		event_apply(w, d, &plan, &head, NULL);
	}
}

void
world_wait(struct world *w, const char *instant)
{
	w->now = world_at(instant);
	world_tick(w);
}

/* --- acts --- */

static struct json *
data_parse(const char *text)
{
	struct json *j = NULL;
	struct err e = ERR_INIT;

	if (text == NULL)
		return jsonx_object();
	ck_ok(jsonx_parse(slice_str(text), KIB(64), &j, &e), &e);
	return j;
}

int
world_do(struct world *w, const struct deed *deed)
{
	struct dossier *d = deed->renewal ? w->renewal : w->base;
	CLEANUP(jsonx_freep) struct json *data = data_parse(deed->data);
	struct flow_facts f;
	struct flow_plan plan;
	char id[16];
	struct event_head head = {
		.actor = deed->who,
		.decision_id = deed->decision,
		.effective_at = w->now,
	};
	struct flow_act act = {
		.machine = deed->machine,
		.event = deed->event,
		.instance = deed->instance,
		.roles = deed->roles,
		.person = deed->who,
		.now = w->now,
		.data = data,
	};

	world_tick(w);
	f = facts_of(w, d);
	f.decision = deed->decision;
	snprintf(id, sizeof(id), "d%u", w->decisions + 1);
	f.new_instance = jsonx_get(data, "decision") != NULL ? id : NULL;
	w->e = (struct err)ERR_INIT;
	w->refusal = (struct flow_refusal){ 0 };
	if (flow_decide(d, &act, &f, &plan, &w->refusal, &w->e) < 0)
		return -1;
	w->decisions += f.new_instance != NULL;
	event_apply(w, d, &plan, &head, data);
	return 0;
}

void
world_must_of(struct world *w, bool renewal, enum machine m, const char *event,
    unsigned roles, const char *data)
{
	struct deed deed = {
		.renewal = renewal,
		.machine = m,
		.event = event,
		.roles = roles,
		.who = roles == ROLE_APPLICANT ? "applicant-1"
		    : roles == ROLE_OFFICER    ? "officer-1"
		    : roles == ROLE_SYSTEM     ? "core"
					       : "secretary-1",
		.data = data,
	};

	ck_ok(world_do(w, &deed), &w->e);
}

void
world_must(struct world *w, enum machine m, const char *event, unsigned roles,
    const char *data)
{
	world_must_of(w, false, m, event, roles, data);
}

/* "{...}" with a member more. */
static char *
submit_data(const struct world *w, bool renewal, const char *more)
{
	char at[INSTANT_TEXT], due[INSTANT_TEXT];

	instant_format(w->now, at);
	instant_format(w->now + 14 * 86400, due);
	return xasprintf("{\"kind\":\"%s\",\"complete\":true%s,"
			 "\"received_at\":\"%s\","
			 "\"fee\":{\"amount\":1000,\"due_at\":\"%s\"}%s%s}",
	    renewal ? "renewal" : "new", renewal ? ",\"base\":\"base\"" : "",
	    at, due, more == NULL ? "" : ",", more == NULL ? "" : more);
}

int
world_submit(struct world *w, bool renewal, const char *more)
{
	CLEANUP(freep) char *text = submit_data(w, renewal, more);
	CLEANUP(jsonx_freep) struct json *data = data_parse(text);
	const struct flow_link links[] = {
		{ M_BUNDLE, "1", "open" },
		{ M_BUNDLE, "1", "seal" },
		{ M_BUNDLE, "1", "unpack_ok" },
		{ M_BUNDLE, "1", "examine_done" },
		{ M_APPLICATION, "1", renewal ? "open_renewal" : "open_new" },
		{ M_APPLICATION, "1", "submit" },
	};
	struct dossier *d = renewal ? dossier_new("renewal") : w->base;
	struct flow_act act = { .event = "submit",
		.roles = ROLE_APPLICANT,
		.person = "applicant-1",
		.data = data };
	struct event_head head = { .actor = "applicant-1" };
	struct flow_facts f;
	struct flow_plan plan;

	world_tick(w);
	act.now = head.effective_at = w->now;
	f = facts_of(w, w->base);
	f.base = renewal ? w->base : NULL;
	snprintf(d->scheme, sizeof(d->scheme), "%s", w->scheme.id);
	w->e = (struct err)ERR_INIT;
	w->refusal = (struct flow_refusal){ 0 };
	if (flow_chain(d, &act, &f, links, NELEM(links), 5, &plan, &w->refusal,
		&w->e) < 0) {
		if (renewal)
			dossier_free(d);
		return -1;
	}
	if (renewal) {
		history_done(&w->of_renewal);
		memset(&w->of_renewal, 0, sizeof(w->of_renewal));
		dossier_free(w->renewal);
		w->renewal = d;
	}
	event_apply(w, d, &plan, &head, data);
	return 0;
}

void
world_review(struct world *w, bool renewal)
{
	const struct dossier *d = renewal ? w->renewal : w->base;

	if (!state_is_final(dossier_state(d, M_FEE, "1")))
		world_must_of(w, renewal, M_FEE, "pay", ROLE_SECRETARIAT,
		    "{\"amount\":1000}");
	if (dossier_state(d, M_APPLICATION, "1") == S_APP_SUBMITTED)
		world_must_of(w, renewal, M_APPLICATION, "accept",
		    ROLE_SECRETARIAT, "{\"reviewers\":[\"secretary-1\"]}");
}

/* data.review: all criteria, met or with one unmet; and the decision. */
static char *
proposal_data(const struct world *w, const char *kind, const char *more)
{
	bool unmet = strcmp(kind, "decline") == 0;
	struct json *data = jsonx_object(), *review = jsonx_object();
	struct json *dec = jsonx_object();
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(64));
	char until[INSTANT_TEXT];

	for (size_t i = 0; i < w->scheme.n_criteria; i++) {
		struct json *row = jsonx_object();

		jsonx_set_bool(row, "met", !(unmet && i == 0));
		if (unmet && i == 0)
			jsonx_set_str(row, "reason", "記載がない");
		jsonx_set(review, w->scheme.criteria[i].id, row);
	}
	jsonx_set_str(dec, "kind", kind);
	jsonx_set_int(dec, "needed", 1);
	jsonx_set_str(
	    dec, "expires_at", instant_format(w->now + 7 * 86400, until));
	if (more != NULL)
		jsonx_set_str(dec, "grounds", more);
	jsonx_set(data, "review", review);
	jsonx_set_str(data, "reasons", "理由");
	jsonx_set(data, "decision", dec);
	if (more != NULL) {
		struct json *list = jsonx_array(), *one = jsonx_object();

		jsonx_set_int(one, "ground", more[0] - '0');
		jsonx_set_int(one, "event", 1);
		jsonx_add(list, one);
		jsonx_set(data, "evidence", list);
		jsonx_set_str(data, "grounds", more);
		jsonx_set_bool(data, "no_just_reason", true);
	}
	jsonx_canonical(data, &b);
	jsonx_free(data);
	return xstrdup(buf_str(&b));
}

static int
decision_freeze(struct world *w, bool renewal, const char *kind,
    const char *outcome, const char *instance, const char *data)
{
	const struct flow_kind *k = flow_kind_find(kind);
	bool freezes = strcmp(k->propose, "freeze") == 0;
	CLEANUP(freep)
	char *proposal =
	    proposal_data(w, kind, strcmp(kind, "revoke") == 0 ? data : NULL);
	char until[INSTANT_TEXT];
	CLEANUP(freep)
	char *frozen = xasprintf("{\"decision\":{\"kind\":\"%s\",\"needed\":1,"
				 "\"outcome\":\"%s\",\"instance\":\"%s\","
				 "\"expires_at\":\"%s\"}}",
	    kind, outcome == NULL ? "" : outcome,
	    instance == NULL ? "" : instance,
	    instant_format(w->now + 7 * 86400, until));
	struct deed deed = {
		.renewal = renewal,
		.machine = freezes ? M_DECISION : k->machine,
		.event = k->propose,
		.roles = ROLE_SECRETARIAT,
		.who = "secretary-1",
		.data = freezes ? frozen : proposal,
	};

	return world_do(w, &deed);
}

int
world_decide(struct world *w, bool renewal, const char *kind,
    const char *outcome, const char *instance, const char *data)
{
	const struct flow_kind *k = flow_kind_find(kind);
	char id[16];
	struct deed sign = { .renewal = renewal,
		.machine = M_DECISION,
		.event = "sign",
		.roles = ROLE_OFFICER,
		.who = "officer-1" };
	struct deed word = { .renewal = renewal,
		.machine = k->machine,
		.event = k->event == NULL ? outcome : k->event,
		.instance = instance,
		.roles = ROLE_OFFICER | ROLE_SYSTEM,
		.who = "officer-1",
		.data = strcmp(kind, "revoke") == 0 ? NULL : data };

	if (decision_freeze(w, renewal, kind, outcome, instance, data) < 0)
		return -1;
	snprintf(id, sizeof(id), "d%u", w->decisions);
	sign.instance = word.decision = id;
	if (world_do(w, &sign) < 0)
		return -1;
	return k->waits ? 0 : world_do(w, &word);
}

void
world_sign(struct world *w)
{
	for (size_t i = 0; i < w->base->n_machines; i++) {
		struct deed deed = { .machine = M_ARTEFACT,
			.event = "sign",
			.roles = ROLE_SYSTEM,
			.who = "sig" };
		CLEANUP(freep) char *instance = NULL;
		CLEANUP(freep) char *data = NULL;
		char end[INSTANT_TEXT];

		if (w->base->machines[i].state != S_ART_ORDERED)
			continue;
		instance = xstrdup(w->base->machines[i].instance);
		data = xasprintf("{\"serial\":\"%02zx\",\"not_after\":\"%s\"}",
		    i, instant_format(w->now + 30 * 86400 - 1, end));
		deed.instance = instance;
		deed.data = data;
		ck_ok(world_do(w, &deed), &w->e);
	}
}

void
world_certify(struct world *w, bool renewal)
{
	struct term_rule rule = scheme_term_rule(&w->scheme);
	CLEANUP(freep) char *data = NULL;
	char on[JDAY_TEXT], through[JDAY_TEXT];
	struct term t;

	world_review(w, renewal);
	term_first(jday_of_instant(w->now), &rule, &t);
	data = xasprintf("{\"certification\":{\"number\":\"IPT0001-2607\","
			 "\"certified_on\":\"%s\",\"valid_through\":\"%s\","
			 "\"service\":\"S\",\"operator\":\"O\"}}",
	    jday_format(t.certified_on, on),
	    jday_format(t.valid_through, through));
	ck_ok(world_decide(w, renewal, "certify", NULL, NULL, data), &w->e);
	world_sign(w);
}

/* --- what is compared --- */

char *
world_state(const struct dossier *d)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(4));
	const struct dossier_certification *c = &d->certification;

	jsonx_set(j, "machines", dossier_machines_json(d));
	jsonx_set(j, "decisions", dossier_decisions_json(d));
	jsonx_set(j, "deadlines", dossier_deadlines(d));
	jsonx_set(j, "terms", dossier_terms_json(d));
	jsonx_set_str(j, "head", d->head);
	jsonx_set_int(j, "seq", d->seq);
	jsonx_set_str(j, "base", d->base);
	jsonx_set_int(j, "term", c->term);
	jsonx_set_str(j, "valid_through", c->valid_through);
	jsonx_set_str(j, "serial", c->serial);
	jsonx_set_int(j, "ended_at", c->ended_at);
	jsonx_set_int(j, "ended_recorded_at", c->ended_recorded_at);
	jsonx_set_int(j, "grounds", (int64_t)d->n_grounds);
	jsonx_set_int(j, "breaches", (int64_t)d->n_breaches);
	jsonx_set_int(j, "joined", d->compliance.joined);
	jsonx_canonical(j, &b);
	return xstrdup(buf_str(&b));
}

static void
history_replays(const struct dossier *d, const struct world_history *h)
{
	CLEANUP(dossier_freep) struct dossier *again = dossier_new(d->id);
	CLEANUP(freep) char *have = NULL;
	CLEANUP(freep) char *want = world_state(d);
	struct err e = ERR_INIT;

	for (size_t i = 0; i < h->n; i++)
		ck_ok(dossier_apply(again, slice_str(h->events[i]), &e), &e);
	have = world_state(again);
	ck_assert_str_eq(have, want);
}

void
world_replays(const struct world *w)
{
	history_replays(w->base, &w->of_base);
	if (w->renewal != NULL)
		history_replays(w->renewal, &w->of_renewal);
}

void
world_holds(const struct world *w)
{
	char why[INVARIANT_TEXT];

	ck_assert_msg(
	    dossier_invariants(w->base, NULL, w->renewal, why), "%s", why);
	if (w->renewal != NULL)
		ck_assert_msg(
		    dossier_invariants(w->renewal, w->base, NULL, why), "%s",
		    why);
}

void
world_refused(
    const struct world *w, int rv, enum err_code code, enum guard guard)
{
	ck_assert_int_eq(rv, -1);
	ck_assert_msg(w->e.code == code, "want %s, have %s: %s", err_name(code),
	    err_name(w->e.code), w->e.detail);
	if (guard != G_NONE)
		ck_assert_str_eq(
		    guard_name(w->refusal.failed[0]), guard_name(guard));
}
