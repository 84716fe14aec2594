/* SPDX-License-Identifier: Apache-2.0 */
/* From a decided plan to a durable, projected event. */
#include "office_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/acts.h"
#include "nintei/derive_versions.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/log.h"

#define CLOCK_BEHIND 300 /* seconds; the audit takes twice that */
#define ACT_FILES NELEM(((struct act_write *)0)->files)

void
act_write_init(struct act_write *w)
{
	struct act_write empty = { 0 };

	*w = empty;
	w->data = jsonx_object();
}

void
act_write_done(struct act_write *w)
{
	jsonx_freep(&w->data);
	jsonx_freep(&w->docs);
	for (size_t i = 0; i < w->n_files; i++) {
		freep(&w->file_paths[i]);
		buf_free(&w->file_bytes[i]);
	}
	for (size_t i = 0; i < w->n_store_docs; i++)
		freep(&w->doc_names[i]);
	freep(&w->doc_names);
	freep(&w->store_docs);
}

void
act_write_file(
    struct act_write *w, const char *path, bool at_top, struct slice bytes)
{
	size_t i = w->n_files;
	struct buf copy = BUF_INIT(bytes.n);

	if (i == ACT_FILES)
		return;
	buf_put(&copy, bytes.p, bytes.n);
	w->file_paths[i] = xstrdup(path);
	w->file_bytes[i] = copy;
	w->files[i].path = w->file_paths[i];
	w->files[i].at_top = at_top;
	w->files[i].bytes = buf_slice(&w->file_bytes[i]);
	w->n_files++;
}

int
office_new_id(struct office *o, const char *prefix,
    char out[LIMIT_ID_BYTES + 1], struct err *e)
{
	uint8_t bytes[12];
	char hex[2 * sizeof(bytes) + 1];

	if (random_fill(&o->random, bytes, sizeof(bytes), e) < 0)
		return -1;
	snprintf(out, LIMIT_ID_BYTES + 1, "%s%s", prefix,
	    hex_encode(bytes, sizeof(bytes), hex));
	return 0;
}

/* The rule in force at the act; body cases cite none. */
static void
head_rule(struct office *o, const struct dossier *d, struct event_head *h)
{
	const struct scheme *s = derive_scheme(o->schemes, d, h->recorded_at);
	const struct scheme_version *v =
	    s == NULL ? NULL : scheme_rule_at(s, h->recorded_at);

	h->rule_version = v == NULL ? "" : v->rule_version;
	h->policy_version = v == NULL ? "" : v->policy_version;
}

/*
 * An event recorded long before the commits it follows would stand in the
 * history for ever as one that no audit believes (AUDIT-24).
 */
int
office_time_check(const struct office *o, struct err *e)
{
	struct store_head head;
	int64_t behind;

	/* That of a development authority goes where it is set. */
	if (o->development && o->config->clock != CLOCK_REAL)
		return 0;
	if (store_head(o->store, &head, e) < 0)
		return -1;
	behind = head.committed_at - clock_now(&o->clock);
	if (behind <= CLOCK_BEHIND)
		return 0;
	return err_set(e, E_UNAVAILABLE,
	    "the clock is %" PRId64 " s behind the history", behind);
}

static int
event_text(struct office *o, const struct dossier *d, const struct act_write *w,
    struct buf *text, struct err *e)
{
	uint8_t salt[16];
	char salt_hex[33];
	struct event_head h = {
		.actor = w->actor,
		.decision_id = w->decision_id,
		.recorded_at = clock_now(&o->clock),
		.request = w->request,
		.cause = w->cause,
		.salt = salt_hex,
	};

	if (random_fill(&o->random, salt, sizeof(salt), e) < 0)
		return -1;
	hex_encode(salt, sizeof(salt), salt_hex);
	h.effective_at = w->effective_at != 0 ? w->effective_at : h.recorded_at;
	head_rule(o, d, &h);
	return event_build(d, &w->plan, &h, w->data, w->docs, text, e);
}

static void
dossier_swap(struct dossier *a, struct dossier *b)
{
	struct dossier was = *a;

	*a = *b;
	*b = was;
}

/*
 * Staff act by the roster (REGULATION 3): a token alone makes nobody an
 * officer or a secretary, and no auditor would believe it.
 */
static int
actor_check(const struct office *o, const struct act_write *w, struct err *e)
{
	static const struct {
		enum flow_role role;
		enum roster_role in_roster;
	} staff[] = {
		{ ROLE_SECRETARIAT, ROSTER_SECRETARIAT },
		{ ROLE_OFFICER, ROSTER_OFFICER },
		{ ROLE_MEMBER, ROSTER_MEMBER },
		{ ROLE_CHAIR, ROSTER_CHAIR },
		{ ROLE_AUDITOR, ROSTER_AUDITOR },
		{ ROLE_DELEGATE, ROSTER_DELEGATE },
	};
	const struct roster_entry *entry = roster_get(o->roster, w->actor);
	bool roster = w->plan.primary.machine == M_NONE &&
	    strcmp(w->plan.primary.event, "roster") == 0;

	/* Judged with its decision; the roster is the new one by now. */
	for (size_t i = 0; !roster && i < NELEM(staff); i++)
		if (staff[i].role == w->plan.role &&
		    !roster_has_role(
			entry, staff[i].in_roster, clock_now(&o->clock)))
			return err_set(e, E_FLOW_ROLE,
			    "the roster does not have %.40s as %s", w->actor,
			    role_name(w->plan.role));
	return 0;
}

/* What the published schema would refuse must never become durable. */
static int
data_check(const char *machine, const struct act_write *w, struct err *e)
{
	struct err why = ERR_INIT;

	if (acts_event_check(machine, w->plan.primary.event, w->data, &why) ==
	    0)
		return 0;
	return err_set(e, E_INTERNAL, "%s.%s: %s", machine,
	    w->plan.primary.event, why.detail);
}

int
office_commit_alone(
    struct office *o, struct dossier *d, struct act_write *w, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	CLEANUP(dossier_freep) struct dossier *after = dossier_copy(d);
	CLEANUP(jsonx_freep) struct json *event = NULL;
	CLEANUP(freep) char *act = NULL;
	uint8_t hash[STORE_HASH];
	bool body = w->plan.primary.machine == M_NONE;
	const char *machine =
	    body ? "body" : machine_name(w->plan.primary.machine);
	struct store_tx tx = {
		.dossier = d->id,
		.seq = (uint64_t)d->seq + 1,
		.machine = machine,
		.event = w->plan.primary.event,
		.role = role_name(w->plan.role),
		.docs = w->store_docs,
		.ndocs = w->n_store_docs,
		.files = w->files,
		.nfiles = w->n_files,
	};
	struct store_event ev = { 0 };

	if (o->broken)
		return err_set(e, E_UNAVAILABLE, "the office starts anew");
	if (office_time_check(o, e) < 0 || actor_check(o, w, e) < 0 ||
	    data_check(machine, w, e) < 0)
		return -1;
	if (hex_decode(d->head, tx.expected, sizeof(tx.expected), e) < 0 ||
	    event_text(o, d, w, &text, e) < 0)
		return -1;
	tx.text = buf_slice(&text);
	sha256_of(tx.text, hash);
	/* What replay would refuse must never become durable. */
	if (jsonx_parse_canonical(tx.text, LIMIT_EVENT_BYTES, &event, e) < 0 ||
	    dossier_apply_parsed(after, event, hash, e) < 0)
		return -1;
	if (store_append(o->store, &tx, &ev.done, e) < 0)
		return -1;
	/* Durable from here on: if what follows fails, only a start mends it.
	 */
	o->broken = true;
	dossier_swap(d, after);
	act = xasprintf("%s.%s", machine, tx.event);
	ev.dossier = d->id;
	ev.seq = tx.seq;
	ev.act = act;
	ev.role = tx.role;
	ev.text = tx.text;
	if (office_project(o->index, d, &ev, event, e) < 0)
		return -1;
	o->broken = false;
	return 0;
}

int
office_commit(
    struct office *o, struct dossier *d, struct act_write *w, struct err *e)
{
	struct err later = ERR_INIT;

	if (office_owed_check(o, d, e) < 0 ||
	    office_commit_alone(o, d, w, e) < 0)
		return -1;
	/* Durable all the same: what another case is owed is not forgotten. */
	if (office_owed_settle(o, &later) < 0) {
		log_err("owed.later", &later, d->id);
		o->unfinished = true;
	}
	return 0;
}

int
office_commit_plan(struct office *o, struct dossier *d,
    const struct flow_plan *plan, const char *actor, struct err *e)
{
	CLEANUP(act_write_done) struct act_write w;

	act_write_init(&w);
	w.plan = *plan;
	w.actor = actor;
	return office_commit(o, d, &w, e);
}

/*
 * Everything due at or before now, each with its legal instant.  A late tick
 * changes only recorded_at (REGULATION 4).
 */
int
office_clock(struct office *o, struct dossier *d, int64_t now, struct err *e)
{
	struct flow_due due;

	while (flow_next_due(d, &due) && due.at <= now) {
		CLEANUP(act_write_done) struct act_write w;
		CLEANUP(relation_done) struct relation of = { 0 };
		struct flow_refusal refusal;
		struct flow_facts facts = { 0 };
		struct flow_act act = {
			.machine = due.machine,
			.event = due.event,
			.instance = due.instance,
			.roles = ROLE_SYSTEM,
			.now = due.at,
		};

		act_write_init(&w);
		w.actor = "clk";
		w.effective_at = due.at;
		facts.scheme = derive_scheme(o->schemes, d, due.at);
		/* The signer proves it before the event, or there is none. */
		facts.approvals_verified = due.machine == M_TERMINATION;
		act.data = w.data;
		if (office_relation(o, d, &of, &facts, e) < 0 ||
		    flow_decide(d, &act, &facts, &w.plan, &refusal, e) < 0 ||
		    office_clock_prepare(o, d, &w, e) < 0 ||
		    office_commit(o, d, &w, e) < 0)
			return -1;
		office_clock_after(o, d, &w);
	}
	return 0;
}

int
office_load_now(
    struct office *o, const char *id, struct dossier **out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(dossier_freep) struct dossier *base = NULL;

	if (office_load(o, id, &d, e) < 0)
		return -1;
	/* What ends the base may end the renewal: the base comes first. */
	if (d->base[0] != '\0') {
		if (office_load_now(o, d->base, &base, e) < 0)
			return -1;
		dossier_free(TAKE(d));
		if (office_load(o, id, &d, e) < 0)
			return -1;
	}
	if (office_clock(o, d, clock_now(&o->clock), e) < 0)
		return -1;
	*out = TAKE(d);
	return 0;
}
