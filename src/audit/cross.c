/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that one case owes another (INTERFACE 7): each happens as an event of
 * its own, names its cause, and happens before either case goes on.  What is
 * open is a handful of words at any time, whatever the history holds.
 */
#include "audit_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/jsonx.h"

/* --- the other case of a renewal --- */

static struct trail *
trail_known(const struct audit *a, const char *id)
{
	return id == NULL || id[0] == '\0' ? NULL : keymap_get(&a->cases, id);
}

/* A case that is not begun yet says in its first event what it renews. */
const struct trail *
trail_base(const struct audit *a, const struct trail *t)
{
	const struct json *data = jsonx_get(a->it->event, "data");
	const char *id =
	    t->d->seq == 0 ? jsonx_get_str(data, "base") : t->d->base;

	return trail_known(a, id);
}

void
relation_fill(
    const struct audit *a, const struct trail *t, struct flow_facts *f)
{
	const struct trail *base = trail_base(a, t);
	const char *pending = base == NULL || t->d->certification.number[0]
	    ? t->pending
	    : base->pending;

	f->base = base == NULL ? NULL : base->d;
	f->pending_renewal = pending[0] == '\0' ? NULL : pending;
}

static bool
is_pending(enum state s)
{
	return s == S_APP_SUBMITTED || s == S_APP_CORRECTING ||
	    s == S_APP_IN_REVIEW || s == S_APP_DECIDING;
}

/* What is pending over a base is known there. */
static void
pending_note(const struct audit *a, const struct trail *t)
{
	struct trail *base = trail_known(a, t->d->base);

	if (base == NULL)
		return;
	if (is_pending(dossier_state(t->d, M_APPLICATION, "1")))
		snprintf(base->pending, sizeof(base->pending), "%s", t->d->id);
	else if (strcmp(base->pending, t->d->id) == 0)
		base->pending[0] = '\0';
}

/* --- debts --- */

static void
debt_drop(struct audit *a, size_t i)
{
	jsonx_free(a->debts[i].said);
	a->debts[i] = a->debts[--a->n_debts];
}

static bool
debt_has(const struct debt *b, const struct json *j, const char *cause)
{
	const struct flow_owed *o = &b->owed;

	return strcmp(b->cause, cause) == 0 &&
	    strcmp(o->dossier, jsonx_get_str(j, "case_id")) == 0 &&
	    strcmp(machine_name(o->machine), jsonx_get_str(j, "machine")) ==
	    0 &&
	    strcmp(o->event, jsonx_get_str(j, "event")) == 0 &&
	    strcmp(o->instance, jsonx_get_str(j, "instance")) == 0;
}

/* The instant of what owes this event; 0: nothing does. */
int64_t
cross_instant(const struct audit *a)
{
	const struct json *j = a->it->event;
	const char *cause = jsonx_get_str(j, "cause");

	for (size_t i = 0; cause != NULL && i < a->n_debts; i++)
		if (debt_has(&a->debts[i], j, cause))
			return a->debts[i].at;
	return 0;
}

/* Words that come from another case and from nowhere else. */
static bool
is_owed_word(const struct json *j)
{
	static const char *const words[][2] = {
		{ "certification", "renewed" },
		{ "certification", "renewed_after_gap" },
		{ "certification", "renewal_ended" },
		{ "application", "base_void" },
	};
	const char *machine = jsonx_get_str(j, "machine");
	const char *event = jsonx_get_str(j, "event");

	for (size_t i = 0; i < NELEM(words); i++)
		if (strcmp(words[i][0], machine) == 0 &&
		    strcmp(words[i][1], event) == 0)
			return true;
	return false;
}

/* Absent in both is the same too. */
static bool
is_same(const struct json *a, const struct json *b)
{
	return a == b || (a != NULL && b != NULL && jsonx_equal(a, b));
}

static void
member_same(struct audit *a, const char *key, const struct json *want,
    const struct json *have)
{
	if (!is_same(jsonx_get(want, key), jsonx_get(have, key)))
		audit_say(
		    a, AUDIT_R42, "what its cause says", "another %.40s", key);
}

/* AUDIT-42: the base hears of a term what the renewal decided. */
static void
term_judge(struct audit *a, const struct debt *b, const struct json *data)
{
	static const char *const dates[] = { "term", "certified_on",
		"valid_from", "valid_through" };
	static const char *const printed[] = { "service", "operator",
		"corporate_number" };
	const struct json *term = jsonx_get(data, "term");

	for (size_t i = 0; i < NELEM(dates); i++)
		member_same(a, dates[i], b->said, term);
	for (size_t i = 0; i < NELEM(printed); i++)
		member_same(
		    a, printed[i], b->said, jsonx_get(data, "certification"));
	audit_same(a, AUDIT_R42, "term.decision", b->decision,
	    jsonx_get_str(term, "decision"));
	audit_same(
	    a, AUDIT_R42, "term.case", b->from, jsonx_get_str(term, "case"));
}

static void
heard_judge(struct audit *a, const struct debt *b)
{
	const struct json *data = jsonx_get(a->it->event, "data");

	if (jsonx_get(data, "term") != NULL)
		term_judge(a, b, data);
	if (strcmp(b->owed.event, "base_void") == 0 &&
	    !is_same(b->said, jsonx_get(data, "evidence")))
		audit_say(a, AUDIT_R42, "the evidence of the base", "another");
	if (strcmp(b->owed.event, "renewal_ended") == 0)
		audit_same(a, AUDIT_R42, "renewal", b->from,
		    jsonx_get_str(data, "renewal"));
}

/* AUDIT-39; true: this event is what was owed. */
static bool
cause_judge(struct audit *a)
{
	const struct json *j = a->it->event;
	const char *cause = jsonx_get_str(j, "cause");
	bool list = strcmp(jsonx_get_str(j, "machine"), "body") == 0 &&
	    strcmp(jsonx_get_str(j, "event"), "crl") == 0;

	if (cause == NULL) {
		if (is_owed_word(j))
			audit_say(a, AUDIT_R39, "the event that owes this word",
			    "no cause");
		return false;
	}
	if (list && keymap_get(&a->revocations, cause) != NULL)
		return false;
	for (size_t i = 0; i < a->n_debts; i++)
		if (debt_has(&a->debts[i], j, cause)) {
			heard_judge(a, &a->debts[i]);
			debt_drop(a, i);
			return true;
		}
	audit_say(a, AUDIT_R39,
	    list ? "an earlier revocation"
		 : "an event that owes this word to this case, once",
	    "%.64s", cause);
	return false;
}

static bool
is_party(const struct debt *b, const char *id)
{
	return strcmp(b->from, id) == 0 || strcmp(b->owed.dossier, id) == 0;
}

static bool
is_lost(const struct audit *a, const char *id)
{
	const struct trail *t = trail_known(a, id);

	return t != NULL && t->lost;
}

static void
debt_say(struct audit *a, const struct debt *b)
{
	CLEANUP(freep)
	char *want = xasprintf("%s.%s in %s first",
	    machine_name(b->owed.machine), b->owed.event, b->owed.dossier);

	audit_say(a, AUDIT_R41, want, "%s owes it and was not heard", b->event);
}

bool
cross_judge(struct audit *a, const struct trail *t)
{
	bool pays = cause_judge(a);

	for (size_t i = a->n_debts; i-- > 0;) {
		struct debt *b = &a->debts[i];
		bool late = a->committed > b->committed + AUDIT_SLACK;

		if (is_lost(a, b->from) || is_lost(a, b->owed.dossier)) {
			debt_drop(a, i);
			continue;
		}
		if (pays || !(late || is_party(b, t->d->id)))
			continue;
		debt_say(a, b);
		debt_drop(a, i); /* said once */
	}
	return pays;
}

/* Is the word open there?  Else nothing is owed (REGULATION 5, couplings). */
static bool
is_open(const struct audit *a, const struct flow_owed *o)
{
	const struct trail *t = trail_known(a, o->dossier);
	enum state now =
	    t == NULL ? S_NONE : dossier_state(t->d, o->machine, o->instance);

	return flow_row_find(o->machine, now, o->event) != NULL;
}

/* What the word will say: of a term what was decided, of an end why. */
static struct json *
debt_said(const struct trail *t, const struct json *j, const char *event)
{
	if (strcmp(event, "base_void") == 0)
		return flow_evidence(t->d);
	return jsonx_dup(jsonx_get(jsonx_get(j, "data"), "certification"));
}

static void
debt_add(struct audit *a, const struct trail *t, const struct flow_owed *o)
{
	const struct json *j = a->it->event;
	const char *decision = jsonx_get_str(j, "decision_id");
	struct debt *b;

	a->debts = xrealloc(a->debts, a->n_debts + 1, sizeof(*a->debts));
	b = &a->debts[a->n_debts++];
	*b = (struct debt){ .owed = *o,
		.committed = a->committed,
		.said = debt_said(t, j, o->event),
		.at = event_instant(a->it, "effective_at") };
	snprintf(b->decision, sizeof(b->decision), "%s",
	    decision == NULL ? "" : decision);
	hex_encode(a->it->hash, 32, b->cause);
	snprintf(b->from, sizeof(b->from), "%s", t->d->id);
	snprintf(b->event, sizeof(b->event), "%s/%" PRIu64, t->d->id,
	    a->it->view.seq);
}

void
cross_follow(struct audit *a, const struct trail *t)
{
	struct flow_facts f = { .scheme =
				    scheme_find(a->schemes, t->d->scheme) };
	struct flow_owed owed[FLOW_OWED];
	size_t n;

	if (is_body_case(t->d->id))
		return;
	relation_fill(a, t, &f);
	if (f.base != NULL || f.pending_renewal != NULL) {
		n = flow_owed(t->d, a->it->event, &f, owed);
		for (size_t i = 0; i < n; i++)
			if (is_open(a, &owed[i]))
				debt_add(a, t, &owed[i]);
	}
	pending_note(a, t);
}

bool
cross_open(const struct audit *a, const char *id)
{
	for (size_t i = 0; i < a->n_debts; i++)
		if (is_party(&a->debts[i], id))
			return true;
	return false;
}

/* What the last acts owe may be on its way. */
void
cross_end(struct audit *a)
{
	for (size_t i = 0; i < a->n_debts; i++) {
		const struct debt *b = &a->debts[i];

		if (is_lost(a, b->from) || is_lost(a, b->owed.dossier))
			continue;
		if (a->committed > b->committed + AUDIT_SLACK)
			debt_say(a, b);
		else
			a->report->words_pending++;
	}
}

void
cross_done(struct audit *a)
{
	while (a->n_debts > 0)
		debt_drop(a, 0);
	free(a->debts);
}
