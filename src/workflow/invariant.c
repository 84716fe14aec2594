/* SPDX-License-Identifier: Apache-2.0 */
/* The invariants of REGULATION 5 over one case and its counterparts. */
#include "workflow_int.h"

#include <stdio.h>

struct seen {
	const struct dossier *d, *base, *renewal;
	enum state cert, app;
	bool next_term, continuation;
};

static bool
is_pending(const struct dossier *renewal)
{
	enum state s = renewal == NULL
	    ? S_NONE
	    : dossier_state(renewal, M_APPLICATION, "1");

	return s != S_NONE && !state_is_final(s);
}

/* in force => a certified application stands behind it. */
static bool
in_force_was_certified(const struct seen *x)
{
	return !dossier_in_force(x->d) || x->app == S_APP_CERTIFIED;
}

/* A decision of this kind, executed. */
static bool
was_executed(const struct dossier *d, const char *kind)
{
	for (size_t i = 0; i < d->n_decisions; i++)
		if (strcmp(d->decisions[i].kind, kind) == 0 &&
		    dossier_state(d, M_DECISION, d->decisions[i].id) ==
			S_DEC_EXECUTED)
			return true;
	return false;
}

static bool
continued_by_decision(const struct seen *x)
{
	bool stands = x->cert == S_CERT_CONTINUED || x->continuation;

	return !stands || was_executed(x->d, "continuation");
}

static bool
continued_while_pending(const struct seen *x)
{
	bool stands = x->cert == S_CERT_CONTINUED || x->continuation;

	return !stands || x->renewal == NULL || is_pending(x->renewal);
}

/* A flag belongs to valid; continuation to continued too. */
static bool
flags_have_their_state(const struct seen *x)
{
	if (x->next_term && x->cert != S_CERT_VALID)
		return false;
	return !x->continuation || x->cert == S_CERT_VALID ||
	    x->cert == S_CERT_CONTINUED;
}

static bool
next_term_is_there(const struct seen *x)
{
	const struct dossier_term *t =
	    dossier_term_find(x->d, x->d->certification.term + 1);

	return !x->next_term || (t != NULL && t->void_at == 0);
}

static bool
renewal_has_a_base(const struct seen *x)
{
	enum state s = x->base == NULL
	    ? S_NONE
	    : dossier_state(x->base, M_CERTIFICATION, "1");

	return !is_pending(x->d) || x->base == NULL ||
	    (s != S_CERT_LAPSED && s != S_CERT_TERMINATED &&
		s != S_CERT_REVOKED);
}

static bool
mark_needs_force(const struct seen *x)
{
	return dossier_state(x->d, M_MARK, "1") != S_MARK_ALLOWED ||
	    dossier_in_force(x->d);
}

static bool
force_needs_compliance(const struct seen *x)
{
	return !dossier_in_force(x->d) ||
	    dossier_state(x->d, M_COMPLIANCE, "1") != S_COMP_CLOSED;
}

/* What ended has an end, what is in force has none. */
static bool
end_is_recorded(const struct seen *x)
{
	const struct dossier_certification *c = &x->d->certification;

	if (x->cert == S_NONE)
		return true;
	return dossier_in_force(x->d) == (c->ended_at == 0) &&
	    (c->ended_at == 0) == (c->ended_recorded_at == 0);
}

static bool
end_voids_the_future(const struct seen *x)
{
	for (size_t i = 0; i < x->d->n_terms; i++) {
		const struct dossier_term *t = &x->d->terms[i];

		if (!dossier_in_force(x->d) && t->term > 1 && t->void_at == 0 &&
		    day_begin(t->valid_from) >= x->d->certification.ended_at)
			return false;
	}
	return true;
}

/* Nothing that is certified outlives the certification. */
static bool
artefacts_have_ended(const struct seen *x)
{
	bool ended = x->cert == S_CERT_LAPSED || x->cert == S_CERT_REVOKED ||
	    x->cert == S_CERT_TERMINATED;

	for (size_t i = 0; ended && i < x->d->n_machines; i++) {
		enum state s = x->d->machines[i].state;

		if (s == S_ART_ORDERED || s == S_ART_SIGNED ||
		    s == S_ART_DELIVERED)
			return false;
	}
	return true;
}

static bool
termination_was_decided(const struct seen *x)
{
	for (size_t i = 0; i < x->d->n_terminations; i++) {
		const struct dossier_termination *t = &x->d->terminations[i];
		enum state s = dossier_state(x->d, M_TERMINATION, t->instance);

		if ((s == S_TERMINATION_SCHEDULED ||
			s == S_TERMINATION_EFFECTIVE) &&
		    dossier_state(x->d, M_DECISION, t->decision) !=
			S_DEC_EXECUTED)
			return false;
	}
	return true;
}

/* Each end that needs a decision executed one. */
static bool
ends_were_decided(const struct seen *x)
{
	if (x->cert == S_CERT_REVOKED)
		return was_executed(x->d, "revoke");
	if (x->cert == S_CERT_LAPSED)
		return was_executed(x->d, "lapse");
	if (x->cert == S_CERT_TERMINATED)
		return was_executed(x->d, "termination");
	if (x->app == S_APP_CERTIFIED)
		return was_executed(x->d, "certify");
	if (x->app == S_APP_DECLINED)
		return was_executed(x->d, "decline");
	return true;
}

static const struct {
	const char *what;
	bool (*holds)(const struct seen *x);
} invariants[] = {
	{ "in force without a certified application", in_force_was_certified },
	{ "continued without an executed decision", continued_by_decision },
	{ "continued without a pending renewal", continued_while_pending },
	{ "a flag outside of its state", flags_have_their_state },
	{ "next_term without a next term", next_term_is_there },
	{ "a renewal is pending over a base that has ended",
	    renewal_has_a_base },
	{ "the mark is allowed and nothing is in force", mark_needs_force },
	{ "in force and compliance is closed", force_needs_compliance },
	{ "the end is not recorded, or recorded too soon", end_is_recorded },
	{ "a future term stands after the end", end_voids_the_future },
	{ "a certificate outlives the certification", artefacts_have_ended },
	{ "a termination without its decision", termination_was_decided },
	{ "an end without its decision", ends_were_decided },
};

bool
dossier_invariants(const struct dossier *d, const struct dossier *base,
    const struct dossier *renewal, char why[INVARIANT_TEXT])
{
	struct seen x = {
		.d = d,
		.base = base,
		.renewal = renewal,
		.cert = dossier_state(d, M_CERTIFICATION, "1"),
		.app = dossier_state(d, M_APPLICATION, "1"),
		.next_term = guard_is(d, M_CERTIFICATION, FLAG_NEXT_TERM),
		.continuation = guard_is(d, M_CERTIFICATION, FLAG_CONTINUATION),
	};

	why[0] = '\0';
	for (size_t i = 0; i < NELEM(invariants); i++) {
		if (invariants[i].holds(&x))
			continue;
		snprintf(
		    why, INVARIANT_TEXT, "%s: %s", d->id, invariants[i].what);
		return false;
	}
	return true;
}
