/* SPDX-License-Identifier: Apache-2.0 */
/* Who signed a decision, whether each may, and whether it is enough. */
#include "nintei/approval.h"

#include <stdio.h>
#include <string.h>

static const struct {
	unsigned bit;
	const char *name;
} guards[] = {
	{ GUARD_SIGNATURE_VALID, "signature_valid" },
	{ GUARD_ROLE_OK, "role_ok" },
	{ GUARD_NOT_PROPOSER, "not_proposer" },
	{ GUARD_DISTINCT, "distinct" },
	{ GUARD_NO_CONFLICT, "no_conflict" },
	{ GUARD_BASIS_CURRENT, "basis_current" },
	{ GUARD_QUORUM_REACHED, "quorum_reached" },
	{ GUARD_APPROVALS_VERIFIED, "approvals_verified" },
};

const char *
approval_guard_name(unsigned bits)
{
	for (size_t i = 0; i < NELEM(guards); i++)
		if ((bits & guards[i].bit) != 0)
			return guards[i].name;
	return NULL;
}

char *
approval_guard_names(unsigned bits, char *out, size_t cap)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < NELEM(guards); i++)
		if ((bits & guards[i].bit) != 0 && n < cap)
			n += (size_t)snprintf(out + n, cap - n, "%s%s",
			    n == 0 ? "" : " ", guards[i].name);
	return out;
}

/* QUORUM-1: over these bytes, by a key of that person that held then. */
static bool
signature_holds(const struct decision *d, const struct roster_entry *p,
    int64_t at, const struct approval_verdict *v)
{
	const char *ns = v->objection ? SSH_NS_OBJECTION : SSH_NS_DECISION;
	struct err why = ERR_INIT;

	return roster_find_key(p, &v->sig.key, at) != NULL &&
	    sshsig_verify(&v->sig, ns, decision_bytes(d), &why) == 0;
}

/* QUORUM-4: neither person nor key signed before. */
static bool
is_distinct(const struct approval_signature *sigs, size_t i,
    const struct approval_verdict *each)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(sigs[k].person, sigs[i].person) == 0 ||
		    (each[k].sig.key.type != SSH_KEY_NONE &&
			ssh_key_equal(&each[k].sig.key, &each[i].sig.key)))
			return false;
	return true;
}

static bool
is_conflicted(const struct approval_terms *t, const char *person)
{
	for (size_t i = 0; i < t->n_conflicted; i++)
		if (strcmp(t->conflicted[i], person) == 0)
			return true;
	return false;
}

static void
judge_one(const struct decision *d, const struct approval_signature *sig,
    const struct roster *r, const struct approval_terms *t,
    struct approval_verdict *v)
{
	const struct roster_entry *p = roster_get(r, sig->person);
	int64_t at = sig->at == 0 ? t->now : sig->at;
	struct err why = ERR_INIT;

	if (sshsig_parse(sig->armour, &v->sig, &why) < 0) {
		v->failed |= GUARD_SIGNATURE_VALID;
	} else {
		v->objection = strcmp(v->sig.ns, SSH_NS_OBJECTION) == 0;
		if (!signature_holds(d, p, at, v))
			v->failed |= GUARD_SIGNATURE_VALID;
	}
	if (!roster_has_role(p, ROSTER_OFFICER, at)) /* QUORUM-2 */
		v->failed |= GUARD_ROLE_OK;
	/* QUORUM-3: the proposer may object to what became of it. */
	if (!v->objection &&
	    strcmp(decision_get(d, "proposer"), sig->person) == 0)
		v->failed |= GUARD_NOT_PROPOSER;
	if (is_conflicted(t, sig->person)) /* QUORUM-5 */
		v->failed |= GUARD_NO_CONFLICT;
}

/* QUORUM-6: neither too old, nor not yet frozen, nor about another state. */
static bool
basis_is_current(const struct decision *d, const struct approval_terms *t)
{
	const char *basis = decision_get(d, "case_basis");

	if (t->now < decision_frozen_at(d) || t->now >= decision_expires_at(d))
		return false;
	return t->case_basis == NULL ||
	    (basis != NULL && strcmp(basis, t->case_basis) == 0);
}

int
approval_check(const struct decision *d, const struct approval_signature *sigs,
    size_t n, const struct roster *r, const struct approval_terms *terms,
    struct approval_result *out, struct err *e)
{
	CLEANUP(freep) struct approval_result *a = xcalloc(1, sizeof(*a));

	if (n > APPROVAL_SIGNATURES_MAX)
		return err_set(e, E_LIMIT, "too many signatures");
	for (size_t i = 0; i < n; i++) {
		struct approval_verdict *v = &a->each[i];

		judge_one(d, &sigs[i], r, terms, v);
		if (!is_distinct(sigs, i, a->each))
			v->failed |= GUARD_DISTINCT;
		a->failed |= v->failed;
		a->objections += v->failed == 0 && v->objection;
		a->approvals += v->failed == 0 && !v->objection;
	}
	if (!basis_is_current(d, terms))
		a->failed |= GUARD_BASIS_CURRENT;
	/* QUORUM-7: enough, and no objection among them. */
	if (terms->needed == 0 || a->approvals < terms->needed ||
	    a->objections > 0)
		a->failed |= GUARD_QUORUM_REACHED;
	*out = *a;
	return 0;
}
