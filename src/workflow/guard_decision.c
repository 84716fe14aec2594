/* SPDX-License-Identifier: Apache-2.0 */
/* Guards of decisions, seats and what decisions carry out. */
#include "workflow_int.h"

/* A scheduled effect was approved when its act was confirmed. */
static bool
termination_was_approved(const struct guard_in *in)
{
	const struct dossier_termination *t =
	    in->plan->primary.machine == M_TERMINATION
	    ? dossier_termination_find(in->d, in->plan->primary.instance)
	    : NULL;

	return t != NULL &&
	    dossier_state(in->d, M_DECISION, t->decision) == S_DEC_EXECUTED;
}

bool
guard_approved(const struct guard_in *in)
{
	const struct dossier_decision *dec = guard_decision(in);

	if (in->row->machine == M_CERTIFICATION &&
	    in->row->to == S_CERT_TERMINATED)
		return termination_was_approved(in);
	return dec != NULL &&
	    dossier_state(in->d, M_DECISION, dec->id) == S_DEC_APPROVED;
}

static bool
verdict(const struct guard_in *in, unsigned bit)
{
	return in->facts->approvals_checked &&
	    (in->facts->approvals_failed & bit) == 0;
}

bool
guard_signature_valid(const struct guard_in *in)
{
	return verdict(in, FLOW_APPROVAL_SIGNATURE);
}

bool
guard_role_ok(const struct guard_in *in)
{
	return verdict(in, FLOW_APPROVAL_ROLE);
}

bool
guard_not_proposer(const struct guard_in *in)
{
	return verdict(in, FLOW_APPROVAL_PROPOSER);
}

bool
guard_distinct(const struct guard_in *in)
{
	return verdict(in, FLOW_APPROVAL_DISTINCT);
}

/* Of a seat: the signed statement, and nothing known against it. */
bool
guard_no_conflict(const struct guard_in *in)
{
	if (in->row->machine == M_SEAT)
		return in->facts->declaration_valid &&
		    !in->facts->conflict_known;
	return verdict(in, FLOW_APPROVAL_CONFLICT);
}

bool
guard_basis_current(const struct guard_in *in)
{
	return in->facts->basis_current;
}

bool
guard_quorum_reached(const struct guard_in *in)
{
	return in->facts->quorum_reached;
}

bool
guard_approvals_verified(const struct guard_in *in)
{
	return in->facts->approvals_verified;
}

/* All artefacts that were ordered are signed, by the plan's end. */
bool
guard_artefacts_signed(const struct guard_in *in)
{
	const struct dossier *d = in->d;
	bool any = false;

	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];

		if (m->machine != M_ARTEFACT)
			continue;
		if (flow_plan_state(in->plan, d, M_ARTEFACT, m->instance) ==
		    S_ART_ORDERED)
			return false;
		any = true;
	}
	return any;
}

/* Different members that were present when rules were deliberated on. */
static int64_t
members_present(const struct json *list)
{
	int64_t n = 0;

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *one = jsonx_str(jsonx_at(list, i));
		bool again = one == NULL || one[0] == '\0';

		for (size_t k = 0; !again && k < i; k++)
			again =
			    jsonx_equal(jsonx_at(list, i), jsonx_at(list, k));
		n += !again;
	}
	return n;
}

bool
guard_committee_quorum(const struct guard_in *in)
{
	const struct dossier *d = in->d;
	struct params p;
	int64_t n = 0;

	guard_policy(in->facts, &p);
	if (in->row->machine == M_RULES)
		return members_present(jsonx_get(in->act->data, "members")) >=
		    p.committee_quorum;
	for (size_t i = 0; i < d->n_machines; i++)
		n += d->machines[i].state == S_SEAT_OPINED;
	return n >= p.committee_quorum;
}
