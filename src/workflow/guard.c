/* SPDX-License-Identifier: Apache-2.0 */
/* Guards by name, and what all of them look at: policy, flags, decisions. */
#include "workflow_int.h"

#include <stdio.h>

void
guard_policy(const struct flow_facts *facts, struct params *out)
{
	if (facts != NULL && facts->scheme != NULL)
		*out = facts->scheme->params;
	else
		params_default(out);
}

/* A flag of the machine's last instance. */
bool
guard_is(const struct dossier *d, enum machine m, enum flow_flag flag)
{
	const struct dossier_machine *found =
	    d == NULL ? NULL : dossier_last(d, m);

	return found != NULL && (found->flags & (unsigned)flag) != 0;
}

/* A decision about one instance permits its word there and nowhere else. */
static bool
decision_fits(const struct guard_in *in, const struct dossier_decision *dec)
{
	const struct flow_kind *k = flow_kind_find(dec->kind);

	if (strcmp(dec->kind, in->row->kind) != 0)
		return false;
	/* Of another machine: the effect of the word that it permits. */
	if (k == NULL || k->machine != in->row->machine)
		return true;
	if (dec->outcome[0] != '\0' &&
	    strcmp(flow_kind_word(k, dec->outcome), in->row->event) != 0)
		return false;
	return dec->instance[0] == '\0' ||
	    strcmp(dec->instance, in->instance) == 0;
}

const struct dossier_decision *
guard_decision(const struct guard_in *in)
{
	const struct dossier *d = in->d;

	for (size_t i = d->n_decisions; i > 0; i--) {
		const struct dossier_decision *dec = &d->decisions[i - 1];
		enum state s = dossier_state(d, M_DECISION, dec->id);

		if (in->facts->decision != NULL &&
		    strcmp(in->facts->decision, dec->id) != 0)
			continue;
		if ((s == S_DEC_OPEN || s == S_DEC_APPROVED) &&
		    decision_fits(in, dec))
			return dec;
	}
	return NULL;
}

static const struct {
	const char *name;
	bool (*holds)(const struct guard_in *in);
} guards[G_MAX] = {
	[G_NONE] = { "", NULL },
#define GUARD(id, name, fn) [G_##id] = { name, guard_##fn },
#include "nintei/flow_guards.inc"
#undef GUARD
};

const char *
guard_name(enum guard g)
{
	return guards[(unsigned)g < G_MAX ? g : G_NONE].name;
}

bool
guard_of_act(enum guard g)
{
	static const enum guard of_act[] = { G_QUOTA_OK, G_HASH_MATCHES,
		G_ARCHIVE_SAFE, G_TWO_PERSON_CHECK, G_MAY_APPLY, G_COMPLETE,
		G_REPORT_SIGNED, G_CRITERIA_MET, G_REASONS_GIVEN, G_AMOUNT_OK,
		G_NO_CONFLICT, G_SIGNATURE_VALID, G_ROLE_OK, G_NOT_PROPOSER,
		G_DISTINCT, G_BASIS_CURRENT, G_QUORUM_REACHED,
		G_APPROVALS_VERIFIED, G_GROUND_SHOWN, G_FORM_OK, G_PARTIAL,
		G_MAY_WITHHOLD, G_CONFIRMED, G_KNOWLEDGE_SHOWN, G_CONSENTED,
		G_WITHIN_SCOPE };

	for (size_t i = 0; i < NELEM(of_act); i++)
		if (of_act[i] == g)
			return true;
	return false;
}

size_t
guards_failed(const struct guard_in *in, enum guard failed[FLOW_GUARDS])
{
	size_t n = 0;

	for (size_t i = 0; i < FLOW_GUARDS && in->row->guards[i] != 0; i++) {
		int g = in->row->guards[i];
		enum guard id = (enum guard)(g < 0 ? -g : g);

		if (guards[id].holds(in) == (g < 0))
			failed[n++] = id;
	}
	return n;
}

void
guards_text(const struct flow_row *row, char *out, size_t cap)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < FLOW_GUARDS && row->guards[i] != 0; i++) {
		int g = row->guards[i];
		bool of_kind = g == G_APPROVED && row->kind != NULL;
		int n = snprintf(out + used, cap - used, "%s%s%s%s%s%s",
		    i > 0 ? " " : "", g < 0 ? "!" : "",
		    guard_name((enum guard)(g < 0 ? -g : g)),
		    of_kind ? "(" : "", of_kind ? row->kind : "",
		    of_kind ? ")" : "");

		if (n < 0 || (size_t)n >= cap - used)
			return;
		used += (size_t)n;
	}
}
