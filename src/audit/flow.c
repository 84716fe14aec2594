/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the event what the tables make of the act?  Each act is decided once
 * more from the state before it, and the plan compared with the record.
 * Facts that no clone shows (a secret name, a size limit) are taken as the
 * record has them; those that it shows are found out anew.
 */
#include "audit_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/derive.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"
#include "nintei/text.h"

/* --- who --- */

static const struct {
	enum flow_role role;
	enum roster_role in_roster;
} roles[] = {
	{ ROLE_SECRETARIAT, ROSTER_SECRETARIAT },
	{ ROLE_OFFICER, ROSTER_OFFICER },
	{ ROLE_MEMBER, ROSTER_MEMBER },
	{ ROLE_CHAIR, ROSTER_CHAIR },
	{ ROLE_AUDITOR, ROSTER_AUDITOR },
};

static bool
is_part(const char *actor)
{
	static const char *const parts[] = { "clk", "core", "sig", "unp", "exa",
		"cou", "system" };

	for (size_t i = 0; i < NELEM(parts); i++)
		if (strcmp(actor, parts[i]) == 0)
			return true;
	return false;
}

/* AUDIT-33: applicants are nobody's staff and stand in no roster. */
static void
actor_judge(struct audit *a, enum flow_role role, const char *actor)
{
	const struct roster_entry *entry = roster_get(a->roster, actor);
	int64_t at = event_instant(a->it, "recorded_at");

	if (role == ROLE_SYSTEM && !is_part(actor))
		audit_say(a, AUDIT_R33, "a part of the system", "%.60s", actor);
	for (size_t i = 0; i < NELEM(roles); i++)
		if (roles[i].role == role &&
		    !roster_has_role(entry, roles[i].in_roster, at))
			audit_say(a, AUDIT_R33, role_name(role),
			    "%.60s, who was none then", actor);
}

/* QUORUM-3: who proposed may object to what became of it. */
static bool
is_own_objection(const struct audit *a, const struct dossier *d)
{
	const struct json *j = a->it->event;
	const struct dossier_decision *dec =
	    dossier_decision_find(d, jsonx_get_str(j, "instance"));

	return dec != NULL && event_step(j, "decision", "object") == j &&
	    strcmp(dec->proposer, jsonx_get_str(j, "actor")) == 0;
}

/* AUDIT-34 (REGULATION 3). */
static void
one_role_judge(struct audit *a, const struct dossier *d, enum flow_role role,
    const char *actor)
{
	unsigned acted = dossier_roles_of(d, actor);
	bool own = d->applicant[0] != '\0' && strcmp(d->applicant, actor) == 0;

	if (role == ROLE_SYSTEM || d->seq == 0 || is_own_objection(a, d))
		return;
	if (acted != 0 && (acted & (unsigned)role) == 0)
		audit_say(a, AUDIT_R34, "one role in a case",
		    "%.60s acts as %s and acted as another", actor,
		    role_name(role));
	else if (own != (role == ROLE_APPLICANT))
		audit_say(a, AUDIT_R34, "the applicant as applicant alone",
		    "%.60s as %s", actor, role_name(role));
}

/* --- Art. 8, for acts that name the service in clear --- */

struct bar {
	const struct scheme *scheme;
	const struct dossier *d;
	struct buf service;
	struct jday received;
	bool found;
};

static void
bar_look(struct bar *b, const struct issued *one, const struct trail *t)
{
	CLEANUP(buf_free) struct buf service = BUF_INIT(KIB(8));
	struct err why = ERR_INIT;
	struct jday day;
	bool same;

	if (t == NULL || t->entry == NULL || t->d == b->d ||
	    (!b->scheme->params.bar_across_schemes &&
		strcmp(t->d->scheme, b->scheme->id) != 0) ||
	    text_casefold_key(
		slice_str(t->d->certification.service), &service, &why) < 0)
		return;
	same = slice_eq(buf_slice(&service), buf_slice(&b->service));
	for (size_t i = 0; i < b->d->n_lineage; i++)
		same |= strcmp(b->d->lineage[i], one->number) == 0;
	if (same && derive_revoked_day(pub_json(t->entry), &day) &&
	    bar_applies(b->received, day, b->scheme->bar_years,
		b->scheme->params.bar_includes_anniversary))
		b->found = true;
}

static bool
bar_stands(struct audit *a, const struct trail *t, const struct scheme *s,
    const char *service)
{
	struct bar b = { .scheme = s,
		.d = t->d,
		.service = BUF_INIT(KIB(8)),
		.received = jday_of_instant(t->d->received_at) };
	struct err why = ERR_INIT;

	if (text_casefold_key(slice_str(service), &b.service, &why) < 0)
		return false;
	for (size_t i = 0; i < a->n_lists; i++)
		for (size_t k = 0; k < a->lists[i]->n_revoked; k++) {
			const struct issued *one = a->lists[i]->revoked[k];

			bar_look(&b, one, keymap_get(&a->cases, one->dossier));
		}
	buf_free(&b.service);
	return b.found;
}

/* --- the facts --- */

/* A guard of the record: "!art8_bar" says that it is false. */
static bool
recorded(const struct json *event, const char *guard)
{
	const struct json *guards = jsonx_get(event, "guards");

	for (size_t i = 0; i < jsonx_len(guards); i++) {
		const char *one = jsonx_str(jsonx_at(guards, i));

		if (one != NULL && strcmp(one, guard) == 0)
			return true;
	}
	return false;
}

static void
facts_fill(struct audit *a, const struct trail *t, struct flow_facts *f)
{
	const struct json *j = a->it->event;
	const struct json *data = jsonx_get(j, "data");
	const char *id = jsonx_get_str(j, "decision_id");
	const struct paper *p = trail_paper(t, id);
	const char *service =
	    p == NULL ? NULL : decision_get(p->doc, "service");
	const char *event = jsonx_get_str(j, "event");
	int64_t at = event_instant(a->it, "recorded_at");

	f->scheme = scheme_find(a->schemes, jsonx_get_str(j, "scheme"));
	f->quota_ok = f->hash_matches = f->window_ok = true;
	f->archive_safe =
	    jsonx_get_int(jsonx_get(data, "findings"), "refuse", 0) == 0;
	f->may_apply =
	    f->scheme != NULL && scheme_rule_at(f->scheme, at) != NULL;
	f->complete = jsonx_get_bool(data, "complete", false);
	f->partial = true; /* by values that are secret */
	f->art8_bar = recorded(j, "art8_bar");
	if (f->scheme != NULL && service != NULL)
		f->art8_bar = bar_stands(a, t, f->scheme, service);
	/* Signatures are judged by decide.c, which says more of them. */
	f->approvals_verified = strcmp(event, "refuse") != 0;
	f->approvals_checked = f->basis_current = true;
	f->quorum_reached = event_step(j, "decision", "quorum") != NULL;
	f->decision = id != NULL && event_step(j, "decision", "execute") != NULL
	    ? id
	    : NULL;
	f->new_instance = id;
}

/* --- the comparison --- */

static bool
step_agrees(const struct flow_step *s, const struct json *j)
{
	const char *machine = jsonx_get_str(j, "machine");
	const char *instance = jsonx_get_str(j, "instance");
	const char *from = jsonx_get_str(j, "from");
	const char *event = jsonx_get_str(j, "event");
	const char *to = jsonx_get_str(j, "to");

	return machine != NULL && instance != NULL && from != NULL &&
	    event != NULL && to != NULL &&
	    strcmp(machine, machine_name(s->machine)) == 0 &&
	    strcmp(instance, s->instance) == 0 &&
	    strcmp(from, state_name(s->from)) == 0 &&
	    strcmp(event, s->event) == 0 && strcmp(to, state_name(s->to)) == 0;
}

static void
effects_judge(struct audit *a, const struct flow_plan *p)
{
	const struct json *effects = jsonx_get(a->it->event, "effects");
	size_t n = jsonx_len(effects);

	for (size_t i = 0; i < p->n_effects; i++) {
		const struct flow_step *s = &p->effects[i];
		CLEANUP(freep)
		char *want = xasprintf("%s %s.%s to %s", s->instance,
		    machine_name(s->machine), s->event, state_name(s->to));

		if (i < n && step_agrees(s, jsonx_at(effects, i)))
			continue;
		audit_say(a, AUDIT_R37, want, i < n ? "another" : "none");
		return;
	}
	if (n > p->n_effects)
		audit_say(a, AUDIT_R37, "no further effect", "%zu more",
		    n - p->n_effects);
}

static void
guards_join(const struct json *guards, struct buf *out)
{
	for (size_t i = 0; i < jsonx_len(guards); i++) {
		const char *one = jsonx_str(jsonx_at(guards, i));

		if (i > 0)
			buf_putc(out, ' ');
		buf_puts(out, one == NULL ? "?" : one);
	}
}

static void
plan_judge(struct audit *a, const struct flow_plan *p)
{
	const struct json *j = a->it->event;
	CLEANUP(buf_free) struct buf guards = BUF_INIT(KIB(64));

	if (!step_agrees(&p->primary, j))
		audit_say(a, AUDIT_R31, state_name(p->primary.to),
		    "from %.40s to %.40s", jsonx_get_str(j, "from"),
		    jsonx_get_str(j, "to"));
	audit_same(a, AUDIT_R31, "article",
	    p->article == NULL ? "" : p->article, jsonx_get_str(j, "article"));
	guards_join(jsonx_get(j, "guards"), &guards);
	audit_same(a, AUDIT_R31, "guards", p->guards, buf_str(&guards));
	audit_same(
	    a, AUDIT_R32, "role", role_name(p->role), jsonx_get_str(j, "role"));
	effects_judge(a, p);
}

static void
refusal_say(
    struct audit *a, const struct flow_refusal *r, const struct err *why)
{
	enum audit_rule rule = why->code == E_FLOW_ROLE ? AUDIT_R32
	    : why->code == E_FLOW_GUARD                 ? AUDIT_R40
							: AUDIT_R30;

	if (rule == AUDIT_R40)
		audit_say(a, rule, guard_name(r->failed[0]),
		    "it does not hold: %.100s", why->detail);
	else
		audit_say(
		    a, rule, "a step of the tables", "%.150s", why->detail);
}

/* --- the acts --- */

/* Items asked to be withheld: which, only the secret manifest knows. */
static size_t
requests_of(const struct json *event, struct flow_link *out, size_t max)
{
	const struct json *effects = jsonx_get(event, "effects");
	size_t n = 0;

	for (size_t i = 0; i < jsonx_len(effects) && n < max; i++) {
		const struct json *j = jsonx_at(effects, i);
		const char *machine = jsonx_get_str(j, "machine");
		const char *word = jsonx_get_str(j, "event");

		if (machine != NULL && strcmp(machine, "withholding") == 0 &&
		    word != NULL && strcmp(word, "request") == 0)
			out[n++] = (struct flow_link){ M_WITHHOLDING,
				jsonx_get_str(j, "instance"), "request" };
	}
	return n;
}

/* An intake: what the bundle went through stands in the effects. */
static int
chain_decide(const struct trail *t, const struct flow_act *act,
    const struct flow_facts *f, const struct json *event, struct flow_plan *p,
    struct flow_refusal *r, struct err *e)
{
	bool again = strcmp(act->event, "resubmit") == 0;
	char bundle[24];
	struct flow_link links[FLOW_STEPS] = {
		{ M_BUNDLE, bundle, "open" },
		{ M_BUNDLE, bundle, "seal" },
		{ M_BUNDLE, bundle,
		    f->archive_safe ? "unpack_ok" : "unpack_bad" },
	};
	size_t n = 3, word;

	snprintf(bundle, sizeof(bundle), "%" PRId64, t->d->bundles + 1);
	if (f->archive_safe)
		links[n++] =
		    (struct flow_link){ M_BUNDLE, bundle, "examine_done" };
	if (!again)
		links[n++] =
		    (struct flow_link){ M_APPLICATION, "1", "open_new" };
	word = n;
	links[n++] = (struct flow_link){ M_APPLICATION, "1", act->event };
	n += requests_of(event, links + n, NELEM(links) - n - 1);
	if (!f->archive_safe)
		links[n++] =
		    (struct flow_link){ M_APPLICATION, "1", "bundle_refused" };
	return flow_chain(t->d, act, f, links, n, word, p, r, e);
}

static void
machine_judge(struct audit *a, const struct trail *t, enum flow_role role)
{
	const struct json *j = a->it->event;
	bool clock = strcmp(jsonx_get_str(j, "actor"), "clk") == 0;
	struct flow_facts facts = { 0 };
	struct flow_refusal refusal = { 0 };
	struct flow_plan plan = { 0 };
	struct err why = ERR_INIT;
	struct flow_act act = {
		.machine = machine_parse(jsonx_get_str(j, "machine")),
		.event = jsonx_get_str(j, "event"),
		.instance = jsonx_get_str(j, "instance"),
		.roles = (unsigned)role,
		.person = jsonx_get_str(j, "actor"),
		.now = event_instant(
		    a->it, clock ? "effective_at" : "recorded_at"),
		.data = jsonx_get(j, "data"),
	};
	bool intake;
	int rv;

	if (act.machine == M_NONE) {
		audit_say(a, AUDIT_R30, "a machine of the tables", "%.40s",
		    jsonx_get_str(j, "machine"));
		return;
	}
	facts_fill(a, t, &facts);
	intake = act.machine == M_APPLICATION &&
	    (strcmp(act.event, "submit") == 0 ||
		strcmp(act.event, "resubmit") == 0);
	rv = intake ? chain_decide(t, &act, &facts, j, &plan, &refusal, &why)
		    : flow_decide(t->d, &act, &facts, &plan, &refusal, &why);
	if (rv < 0)
		refusal_say(a, &refusal, &why);
	else
		plan_judge(a, &plan);
}

/* Acts outside the machines: in which case, by whom, under which article. */
static const struct {
	const char *event, *dossier; /* "x-": begins with it */
	const char *article;
	unsigned roles;
} body[] = {
	{ "genesis", "authority", "", ROLE_SYSTEM },
	{ "read", "access-", "20(1)",
	    ROLE_SECRETARIAT | ROLE_OFFICER | ROLE_MEMBER | ROLE_CHAIR |
		ROLE_AUDITOR },
	{ "crl", "crl-", "", ROLE_SYSTEM },
	{ "roster", "roster", "", ROLE_OFFICER },
	{ "shred", NULL, "20(1)", ROLE_OFFICER }, /* in the case itself */
};

static bool
case_fits(const char *want, const char *id)
{
	size_t n = want == NULL ? 0 : strlen(want);

	if (n == 0)
		return false;
	return want[n - 1] == '-' ? strncmp(want, id, n) == 0
				  : strcmp(want, id) == 0;
}

/* Only what has an application is a case of the machines. */
static bool
is_body_case(const char *id)
{
	for (size_t i = 0; i < NELEM(body); i++)
		if (case_fits(body[i].dossier, id))
			return true;
	return false;
}

/* A reading is of a case that there is, in the case of its month. */
static void
reading_judge(struct audit *a, const struct trail *t)
{
	const struct json *data = jsonx_get(a->it->event, "data");
	const char *of = jsonx_get_str(data, "case");
	int64_t at = event_instant(a->it, "recorded_at");
	char now[INSTANT_TEXT], before[INSTANT_TEXT];

	instant_format(at, now);
	instant_format(at - AUDIT_SLACK, before);
	if (of == NULL || keymap_get(&a->cases, of) == NULL)
		audit_say(a, AUDIT_R40, "a case that there is", "%.60s",
		    of == NULL ? "none" : of);
	if (strncmp(t->d->id + strlen("access-"), now, 7) != 0 &&
	    strncmp(t->d->id + strlen("access-"), before, 7) != 0)
		audit_say(
		    a, AUDIT_R30, "the case of the month", "%.60s", t->d->id);
}

/* AUDIT-40: after the end, once, by a decision that executes with it. */
static void
shred_judge(struct audit *a, const struct trail *t)
{
	const struct dossier *d = t->d;
	const struct json *step =
	    event_step(a->it->event, "decision", "execute");
	const struct dossier_decision *dec = step == NULL
	    ? NULL
	    : dossier_decision_find(d, jsonx_get_str(step, "instance"));

	if (dec == NULL || strcmp(dec->kind, "shred") != 0)
		audit_say(a, AUDIT_R58, "a decision to shred", "none");
	if (d->shredded[0] != '\0' || dossier_in_force(d) ||
	    !state_is_final(dossier_state(d, M_APPLICATION, "1")))
		audit_say(a, AUDIT_R40, "a case that has ended, once",
		    "the key of %s is destroyed", d->id);
	a->report->documents_destroyed += d->n_documents;
	a->report->cases_shredded++;
}

static void
body_judge(struct audit *a, const struct trail *t, enum flow_role role)
{
	const struct json *j = a->it->event;
	const char *event = jsonx_get_str(j, "event");
	size_t i = 0;

	while (i < NELEM(body) && strcmp(body[i].event, event) != 0)
		i++;
	if (i == NELEM(body) ||
	    (body[i].dossier == NULL ? is_body_case(t->d->id)
				     : !case_fits(body[i].dossier, t->d->id))) {
		audit_say(a, AUDIT_R30, "an act of the body in its own case",
		    "body.%.40s in %s", event, t->d->id);
		return;
	}
	if ((body[i].roles & (unsigned)role) == 0)
		audit_say(a, AUDIT_R32, "a role that may", "%.40s",
		    jsonx_get_str(j, "role"));
	audit_same(a, AUDIT_R31, "article", body[i].article,
	    jsonx_get_str(j, "article"));
	audit_same(a, AUDIT_R31, "from", "-", jsonx_get_str(j, "from"));
	audit_same(a, AUDIT_R31, "to", "-", jsonx_get_str(j, "to"));
	audit_same(a, AUDIT_R31, "instance", "1", jsonx_get_str(j, "instance"));
	if (jsonx_len(jsonx_get(j, "guards")) > 0)
		audit_say(a, AUDIT_R31, "no guard", "some");
	if (strcmp(event, "roster") != 0 && strcmp(event, "shred") != 0 &&
	    jsonx_len(jsonx_get(j, "effects")) > 0)
		audit_say(a, AUDIT_R37, "no effect", "some");
	if (strcmp(event, "read") == 0)
		reading_judge(a, t);
	if (strcmp(event, "shred") == 0)
		shred_judge(a, t);
}

void
flow_judge(struct audit *a, struct trail *t)
{
	const struct json *j = a->it->event;
	const char *actor = jsonx_get_str(j, "actor");
	enum flow_role role = role_parse(jsonx_get_str(j, "role"));
	const char *cause = jsonx_get_str(j, "cause");
	bool of_body = strcmp(jsonx_get_str(j, "machine"), "body") == 0;

	if (role == ROLE_NONE) {
		audit_say(
		    a, AUDIT_R32, "a role", "%.40s", jsonx_get_str(j, "role"));
		return;
	}
	actor_judge(a, role, actor);
	if (!is_body_case(t->d->id))
		one_role_judge(a, t->d, role, actor);
	if (cause != NULL && keymap_get(&a->revocations, cause) == NULL)
		audit_say(a, AUDIT_R39, "an earlier event that leads to this",
		    "%.64s", cause);
	if (of_body)
		body_judge(a, t, role);
	else
		machine_judge(a, t, role);
}

/*
 * AUDIT-38: what the calendar brings happens at its instant, and before
 * people go on.  What the system owes may come late.
 */
void
clock_judge(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	bool clock = strcmp(jsonx_get_str(j, "actor"), "clk") == 0;
	bool system = strcmp(jsonx_get_str(j, "role"), "system") == 0;
	int64_t recorded = event_instant(a->it, "recorded_at");
	struct flow_due due = { 0 };
	bool any = flow_next_due(t->d, &due);
	char when[INSTANT_TEXT] = "nothing";

	if (any)
		instant_format(due.at, when);
	if (clock) {
		if (!any || due.at > recorded ||
		    due.at != event_instant(a->it, "effective_at") ||
		    strcmp(due.event, jsonx_get_str(j, "event")) != 0 ||
		    strcmp(due.instance, jsonx_get_str(j, "instance")) != 0)
			audit_say(a, AUDIT_R38, when, "%.40s effective %.40s",
			    jsonx_get_str(j, "event"),
			    jsonx_get_str(j, "effective_at"));
	} else if (any && !system && due.at <= recorded - AUDIT_SLACK) {
		audit_say(a, AUDIT_R38, when, "%s.%s had not happened",
		    machine_name(due.machine), due.event);
	}
}
