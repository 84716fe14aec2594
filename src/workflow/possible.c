/* SPDX-License-Identifier: Apache-2.0 */
/* Acts that the tables offer now, and why the rest is not open. */
#include "workflow_int.h"

/* Guards of a row by what the case shows; the others hang on the act. */
static void
option_judge(struct guard_in *in, struct flow_option *o)
{
	enum guard failed[FLOW_GUARDS];
	size_t n = guards_failed(in, failed);

	for (size_t i = 0; i < n; i++)
		if (!guard_of_act(failed[i]))
			o->failed[o->n_failed++] = failed[i];
	for (size_t i = 0; i < FLOW_GUARDS && in->row->guards[i] != 0; i++) {
		int g = in->row->guards[i];
		enum guard id = (enum guard)(g < 0 ? -g : g);

		if (guard_of_act(id))
			o->asked[o->n_asked++] = id;
	}
}

bool
flow_may_begin(const struct dossier *d, enum machine m)
{
	static const enum machine certified[] = { M_SUCCESSION, M_CHANGE_NOTICE,
		M_TERMINATION, M_EMERGENCY };
	bool application = dossier_state(d, M_APPLICATION, "1") != S_NONE;

	for (size_t i = 0; i < NELEM(certified); i++)
		if (certified[i] == m)
			return dossier_state(d, M_CERTIFICATION, "1") != S_NONE;
	if (m == M_SEAT)
		return guard_is(d, M_APPLICATION, FLAG_OPINION_OPEN);
	if (m == M_DISCLOSURE || m == M_WITHHOLDING)
		return application;
	return m == M_RULES || m == M_DELEGATION || m == M_TICKET
	    ? !application
	    : m == M_DECISION;
}

void
flow_possible(const struct dossier *d, const struct flow_facts *facts,
    int64_t now, bool (*fn)(const struct flow_option *o, void *arg), void *arg)
{
	const struct flow_plan plan = { 0 };
	const struct flow_act act = { .now = now };
	struct guard_in in = { d, &plan, &act, facts, NULL, "" };

	for (size_t i = 0; (in.row = flow_row_at(i)) != NULL; i++) {
		if ((in.row->roles & ~(unsigned)ROLE_SYSTEM) == 0)
			continue;
		for (size_t k = 0; k <= d->n_machines; k++) {
			struct flow_option o = { .row = in.row };

			if (k == d->n_machines
				? in.row->from != S_NONE ||
				    !flow_may_begin(d, in.row->machine)
				: d->machines[k].machine != in.row->machine ||
				    d->machines[k].state != in.row->from)
				continue;
			if (k < d->n_machines)
				o.instance = d->machines[k].instance;
			in.instance = o.instance == NULL ? "" : o.instance;
			option_judge(&in, &o);
			if (!fn(&o, arg))
				return;
		}
	}
}
